"""The oracles of the metrics: scalar loops and a plain singular value decomposition.

Written from the papers and the definitions. They share no code with the core, and are slow on
purpose. A label of None is null: its row is in no pair of a class, and neither a query nor a
candidate of retrieval. What is undefined is NaN.
"""

import math
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import textbook
import textbook_distance
from textbook_arithmetic import ABSENT, Labels, Rows, dot, length, mean, units

Array = npt.NDArray[Any]
TIED = 1e-12
"""Cosines that differ by no more are equal."""


# Spectrum: rows as stored.


def singular_values(rows: Array) -> list[float]:
    """Of the rows as they are, descending, min(n, d) of them."""
    found: list[float] = np.linalg.svd(rows.astype(np.float64), compute_uv=False).tolist()
    return found


def stored_eps(rows: Array) -> float:
    """The spacing of the stored type; integers are exact, and are computed with as float64."""
    kind = rows.dtype if rows.dtype.kind == "f" else np.dtype(np.float64)
    return float(np.finfo(kind).eps)


def centred_singular_values(rows: Array, eps: float | None = None) -> list[float]:
    """Of the rows less their mean; 0 where rounding alone would make as much."""
    stored = stored_eps(rows) if eps is None else eps
    noise = max(rows.shape) * stored * max(singular_values(rows))
    exact = rows.astype(np.float64)
    return [s if s > noise else 0.0 for s in singular_values(exact - exact.mean(axis=0))]


def eigenvalues(rows: Array) -> list[float]:
    """Of the covariance over n - 1."""
    n = len(rows)
    return [s**2 / (n - 1) for s in centred_singular_values(rows)] if n > 1 else []


def entropy(shares: Sequence[float]) -> float:
    """- sum p log p, with 0 log 0 = 0."""
    return -math.fsum(p * math.log(p) for p in shares if p > 0.0)


def rankme(rows: Array) -> float:
    """Garrido et al. 2023, eq. 1: the one epsilon, which is part of the definition."""
    s = singular_values(rows)
    return math.exp(entropy([value / math.fsum(s) + 1e-7 for value in s]))


def effective_rank(rows: Array, eps: float | None = None) -> float:
    """Roy & Vetterli 2007, eq. 2 and 4, of the singular values of the centred rows."""
    s = centred_singular_values(rows, eps)
    total = math.fsum(s)
    return math.exp(entropy([value / total for value in s])) if total > 0.0 else ABSENT


def participation_ratio(rows: Array) -> float:
    """(sum of the eigenvalues)^2 over the sum of their squares."""
    found = eigenvalues(rows)
    squares = math.fsum(value**2 for value in found)
    return math.fsum(found) ** 2 / squares if squares > 0.0 else ABSENT


def stable_rank(rows: Array) -> float:
    """Rudelson & Vershynin 2007: the squared Frobenius norm over the squared spectral norm."""
    squares = [float(value) ** 2 for value in rows.ravel()]
    largest = max(singular_values(rows))
    return math.fsum(squares) / (largest * largest)


def iso_score(rows: Array) -> float:
    """Rudman et al. 2022, algorithm 1, all six steps.

    In the basis of the principal components the covariance is diagonal; its diagonal, scaled to the
    length of the vector of ones, is compared with that vector.
    """
    d: int = rows.shape[1]
    variances = eigenvalues(rows) + [0.0] * d
    diagonal = variances[:d]
    size = math.sqrt(math.fsum(value**2 for value in diagonal))
    if d < 2 or size == 0.0:
        return ABSENT
    normalised = [math.sqrt(d) * value / size for value in diagonal]
    defect = math.sqrt(math.fsum((value - 1.0) ** 2 for value in normalised))
    defect /= math.sqrt(2.0 * (d - math.sqrt(d)))
    share = (d - defect**2 * (d - math.sqrt(d))) ** 2 / d**2
    return (d * share - 1.0) / (d - 1.0)


def alpha_req(rows: Array) -> float:
    """Agrawal et al. 2022 by the fit of Stringer et al. 2019: weighted sums, written out."""
    positive = [value for value in eigenvalues(rows) if value > 0.0]
    if len(positive) < 20:
        return ABSENT
    ranks = range(11, min(100, len(positive)) + 1)
    weight = math.fsum(1.0 / k for k in ranks)
    mean_x = math.fsum(math.log(k) / k for k in ranks) / weight
    mean_y = math.fsum(math.log(positive[k - 1]) / k for k in ranks) / weight
    covariance = math.fsum(
        (math.log(k) - mean_x) * (math.log(positive[k - 1]) - mean_y) / k for k in ranks
    )
    return -covariance / math.fsum((math.log(k) - mean_x) ** 2 / k for k in ranks)


# Unit rows of one cloud.


def cosines(rows: Rows) -> list[list[float]]:
    z = units(rows)
    return [[dot(x, y) for y in z] for x in z]


def mean_cosine(rows: Rows) -> float:
    """Over i < j."""
    cos = cosines(rows)
    return mean([cos[i][j] for i in range(len(cos)) for j in range(i + 1, len(cos))])


def tolerance(rows: Rows, labels: Labels) -> float:
    """Wang & Liu 2021, but over the pairs with equal labels alone, all classes pooled."""
    cos = cosines(rows)
    return mean([cos[i][j] for i, j in equal_pairs(labels)])


def equal_pairs(labels: Labels) -> list[tuple[int, int]]:
    """i < j of one class; None is no class."""
    n = len(labels)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    return [(i, j) for i, j in pairs if labels[i] is not None and labels[i] == labels[j]]


def norms(rows: Rows) -> list[float]:
    return [length(row) for row in rows]


def population_deviation(values: Sequence[float]) -> float:
    centre = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - centre) ** 2 for value in values) / len(values))


def twins(rows: Rows, threshold: float) -> int:
    """Rows with another row at cosine > threshold; no cosine is over 1, whatever rounding makes."""
    cos = cosines(rows)
    n = len(cos)
    return sum(any(min(cos[i][j], 1.0) > threshold for j in range(n) if j != i) for i in range(n))


# Neighbours.


def neighbours(rows: Rows, among: Sequence[int], tied: float = TIED) -> dict[int, list[int]]:
    """The others of `among`, nearest first by cosine; inside a run of ties by ascending row."""
    cos = cosines(rows)
    return {i: textbook.neighbours({j: cos[i][j] for j in among if j != i}, tied) for i in among}


def occurrences(rows: Rows, k: int = 10, tied: float = TIED) -> list[int]:
    """In how many lists of k nearest neighbours each row is."""
    lists = neighbours(rows, range(len(rows)), tied)
    return [sum(x in found[:k] for found in lists.values()) for x in range(len(rows))]


def skewness(values: Sequence[float]) -> float:
    """Of the population: the third central moment over the cubed deviation."""
    centre = math.fsum(values) / len(values)
    third = math.fsum((value - centre) ** 3 for value in values) / len(values)
    deviation = population_deviation(values)
    return third / deviation**3 if deviation > 0.0 else ABSENT


def hubness(rows: Rows, tied: float = TIED) -> float:
    """Radovanovic et al. 2010, with lists of ten; NaN below 12 rows and where counts are equal."""
    return skewness(occurrences(rows, 10, tied)) if len(rows) >= 12 else ABSENT


# Retrieval: Musgrave, Belongie, Lim 2020.


class Retrieved(NamedTuple):
    """One query: hit of its nearest, hits among the R nearest, and each weighted by its place."""

    precision_at_1: float
    r_precision: float
    average_precision: float


def retrieved(hits: Sequence[bool], relevant: int) -> Retrieved:
    """From whether each neighbour in order is of the class, and how many of the class there are."""
    first = list(hits[:relevant])
    weighted = []
    for i in range(1, relevant + 1):
        precision_at_i = sum(first[:i]) / i
        weighted.append(first[i - 1] * precision_at_i)
    return Retrieved(float(first[0]), sum(first) / relevant, math.fsum(weighted) / relevant)


def retrieval(rows: Rows, labels: Labels, tied: float = TIED) -> list[Retrieved | None]:
    """Of each row among all labelled rows; None where it is alone in its class, or has none."""
    labelled = [i for i, label in enumerate(labels) if label is not None]
    lists = neighbours(rows, labelled, tied)
    found: list[Retrieved | None] = []
    for i, label in enumerate(labels):
        relevant = sum(j != i and labels[j] == label for j in labelled)
        if label is None or relevant == 0:
            found.append(None)
            continue
        found.append(retrieved([labels[j] == label for j in lists[i]], relevant))
    return found


def ranks(rows: Rows, keys: Rows, tied: float = TIED) -> list[int]:
    """Of key i for row i: 1 + keys that are better, or tied and lower."""
    found = []
    for i, contest in enumerate(textbook.contests([rows, keys], 0, [1], "cosine", tied)):
        assert contest.positives == [i]
        found.append(textbook.rank(contest))
    return found


# Two clouds.


def modality_gap(rows: Rows, keys: Rows) -> float:
    """Liang et al. 2022: how far apart the means of the unit rows lie."""
    first, second = (
        [math.fsum(column) / len(cloud) for column in zip(*units(cloud), strict=True)]
        for cloud in (rows, keys)
    )
    return math.dist(first, second)


def alignment_of_pairs(rows: Rows, pairs: Sequence[Sequence[int]], alpha: float) -> float:
    """Over listed pairs (i, j) of rows of one cloud."""
    first, second = ([rows[pair[side]] for pair in pairs] for side in (0, 1))
    return mean(textbook_distance.alignment([first, second], alpha=alpha))


# Classes.


class OfClass(NamedTuple):
    """One class."""

    size: int
    tolerance: float
    effective_rank: float
    hardest_class: Hashable
    hardest_cosine: float
    r_precision: float


def classes(rows: Array, labels: Labels) -> dict[Hashable, OfClass]:
    """By label: its size, its own tolerance and rank, and the other class that is nearest."""
    cos, z = cosines(rows.tolist()), np.array(units(rows.tolist()))
    names = dict.fromkeys(label for label in labels if label is not None)
    of = {name: [i for i, label in enumerate(labels) if label == name] for name in names}
    queries = retrieval(rows.tolist(), labels)
    found = {}
    for name, own in of.items():
        between = {
            other: mean([cos[i][j] for i in own for j in theirs])
            for other, theirs in of.items()
            if other != name
        }
        hardest = max(between, key=lambda other: between[other], default=None)
        pooled = [cos[i][j] for i in own for j in own if i < j]
        precisions = [query.r_precision for query in map(queries.__getitem__, own) if query]
        found[name] = OfClass(
            size=len(own),
            tolerance=mean(pooled),
            effective_rank=effective_rank(z[own], stored_eps(rows)),
            hardest_class=hardest,
            hardest_cosine=ABSENT if hardest is None else between[hardest],
            r_precision=mean(precisions),
        )
    return found


# Directions uniform on the sphere.


def of_uniform_directions(function: Callable[[float], float], d: int) -> float:
    """The mean of a function of the angle between two of them, whose density is sin^(d - 2).

    Gauss-Legendre over u from 0 to 1, the angle pi u^2: a square root at 0 is none of u.
    """
    nodes, weights = np.polynomial.legendre.leggauss(400)
    places = [(node + 1.0) / 2.0 for node in nodes.tolist()]
    angles = [math.pi * u**2 for u in places]
    density = [
        w * u * math.sin(angle) ** (d - 2)
        for w, u, angle in zip(weights.tolist(), places, angles, strict=True)
    ]
    weighted = (w * function(angle) for angle, w in zip(angles, density, strict=True))
    return math.fsum(weighted) / math.fsum(density)


def random_uniformity(d: int, t: float) -> float:
    return math.log(
        of_uniform_directions(lambda angle: math.exp(-2.0 * t * (1.0 - math.cos(angle))), d)
    )


def random_alignment(d: int, alpha: float) -> float:
    return of_uniform_directions(lambda angle: (2.0 * math.sin(angle / 2.0)) ** alpha, d)


def random_retrieval(sizes: Sequence[int]) -> Retrieved:
    """What an order drawn at random has on average, rows of these classes the candidates.

    A place holds a hit with probability R / (N - 1); given that, every other place does with
    probability (R - 1) / (N - 2).
    """
    everybody, found = sum(sizes), []
    for size in sizes:
        relevant = size - 1
        if relevant == 0:
            continue
        hit = relevant / (everybody - 1)
        beside = (relevant - 1) / (everybody - 2) if everybody > 2 else 0.0
        weighted = [hit * (1.0 + (i - 1) * beside) / i for i in range(1, relevant + 1)]
        found += [Retrieved(hit, hit, math.fsum(weighted) / relevant)] * size
    return Retrieved(*(mean(column) for column in zip(*found, strict=True)))


# All of them.


def of_cloud(
    rows: Array,
    *,
    labels: Labels | None = None,
    t: float = 2.0,
    duplicate_threshold: float = 0.999,
    tied: float = TIED,
) -> dict[str, float]:
    """Every metric of one cloud by name."""
    listed = rows.tolist()
    lengths = norms(listed)
    found = {
        "uniformity": textbook_distance.uniformity(listed, t=t),
        "mean_cosine": mean_cosine(listed),
        "effective_rank": effective_rank(rows),
        "rankme": rankme(rows),
        "participation_ratio": participation_ratio(rows),
        "stable_rank": stable_rank(rows),
        "alpha_req": alpha_req(rows),
        "iso_score": iso_score(rows),
        "hubness": hubness(listed, tied),
        "duplicates": float(twins(listed, duplicate_threshold)),
        "norm_mean": mean(lengths),
        "norm_std": population_deviation(lengths),
    }
    if labels is not None:
        queries = [query for query in retrieval(listed, labels, tied) if query is not None]
        found["tolerance"] = tolerance(listed, labels)
        found["precision_at_1"] = mean([query.precision_at_1 for query in queries])
        found["r_precision"] = mean([query.r_precision for query in queries])
        found["map_at_r"] = mean([query.average_precision for query in queries])
    return found


def of_two_clouds(
    rows: Array, keys: Array, *, alpha: float = 2.0, tied: float = TIED
) -> dict[str, float]:
    """Every metric that relates two of them by name."""
    first, second = rows.tolist(), keys.tolist()
    found = ranks(first, second, tied)
    return {
        "alignment": mean(textbook_distance.alignment([first, second], alpha=alpha)),
        "recall_at_1": sum(rank == 1 for rank in found) / len(found),
        "modality_gap": modality_gap(first, second),
    }


def metrics(
    rows: Array,
    keys: Array | None = None,
    *,
    labels: Labels | None = None,
    alpha: float = 2.0,
    **how: Any,
) -> dict[str, float]:
    """Everything that these inputs define, those of the second cloud under `.keys`."""
    found = of_cloud(rows, labels=labels, **how)
    if keys is None:
        return found
    beside = of_cloud(keys, labels=labels, **how)
    tied = how.get("tied", TIED)
    return {
        **found,
        **of_two_clouds(rows, keys, alpha=alpha, tied=tied),
        **{f"{name}.keys": value for name, value in beside.items()},
    }
