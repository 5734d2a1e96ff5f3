"""The oracles of the losses of distances: pairs, triplets, the hypersphere.

Scalar loops written from the papers, like those of `textbook`. A label of None is null: its row has
no positives and is nobody's negative.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textbook_arithmetic import ABSENT, Labels, Row, Rows, mean, softplus, unit, units


def distance(x: Row, y: Row, name: str) -> float:
    """Euclidean, its square, or 1 - cos."""
    if name == "cosine":
        return 1.0 - math.fsum(a * b for a, b in zip(unit(x), unit(y), strict=True))
    far = math.hypot(*(float(a) - float(b) for a, b in zip(x, y, strict=True)))
    return far * far if name == "sqeuclidean" else far


# Pairs: Hadsell, Chopra, LeCun 2006, eq. 4, with y = 1 for a similar pair.


def contrastive_pair(
    x: Row, y: Row, similar: bool, *, margin: float = 1.0, distance_name: str = "euclidean"
) -> float:
    far = distance(x, y, distance_name)
    return 0.5 * far**2 if similar else 0.5 * max(0.0, margin - far) ** 2


def contrastive_match(
    first: Rows,
    second: Rows,
    match: Sequence[bool],
    *,
    margin: float = 1.0,
    distance: str = "euclidean",
    similar: str = "1",
    normalize: bool | None = None,
) -> list[float]:
    """Row i with row i: similar where `match` is 1, or 0 under the paper's own Y."""
    if normalize:
        first, second = units(first), units(second)
    return [
        contrastive_pair(x, y, int(m) == int(similar), margin=margin, distance_name=distance)
        for x, y, m in zip(first, second, match, strict=True)
    ]


class Pairwise(NamedTuple):
    """Each unordered pair once, and of each sample the mean over the others."""

    pairs: list[float]
    samples: list[float]


def contrastive_labels(
    rows: Rows,
    labels: Labels,
    *,
    margin: float = 1.0,
    distance: str = "euclidean",
    normalize: bool | None = None,
) -> Pairwise:
    rows = units(rows) if normalize else rows
    pairs, of = [], [[] for _ in rows]  # type: tuple[list[float], list[list[float]]]
    for i in range(len(rows)):
        for j in range(i + 1, len(rows)):
            if labels[i] is None or labels[j] is None:
                continue
            cost = contrastive_pair(
                rows[i], rows[j], labels[i] == labels[j], margin=margin, distance_name=distance
            )
            pairs.append(cost)
            of[i].append(cost)
            of[j].append(cost)
    return Pairwise(pairs, [mean(costs) for costs in of])


# Triplets: Schroff, Kalenichenko, Philbin 2015.


class Triplet(NamedTuple):
    """One triplet: who, both distances, the category by its two comparisons, the loss."""

    anchor: int
    positive: int
    negative: int
    near: float
    far: float
    category: str
    loss: float


def triplet(
    rows: Rows,
    a: int,
    p: int,
    n: int,
    *,
    margin: float = 0.2,
    distance_name: str = "sqeuclidean",
    soft_margin: bool = False,
    swap: bool = False,
) -> Triplet:
    """One triplet of rows that are already as they are to be measured."""
    near, far = distance(rows[a], rows[p], distance_name), distance(rows[a], rows[n], distance_name)
    if swap:
        far = min(far, distance(rows[p], rows[n], distance_name))
    active, hard = far < near + margin, far <= near
    category = ("hard" if hard else "semi-hard") if active else "easy"
    hinge = (near + margin) - far if active else 0.0
    return Triplet(a, p, n, near, far, category, softplus(near - far) if soft_margin else hinge)


def of_labels(labels: Labels) -> Iterator[tuple[int, int, int]]:
    """Every (anchor, positive, negative) that labels make."""
    for a, label in enumerate(labels):
        if label is None:
            continue
        for p, same in enumerate(labels):
            if p == a or same != label:
                continue
            for n, other in enumerate(labels):
                if other is not None and other != label:
                    yield a, p, n


def triplets(
    rows: Rows,
    labels: Labels,
    *,
    margin: float = 0.2,
    distance: str = "sqeuclidean",
    mining: str = "all",
    soft_margin: bool = False,
    swap: bool = False,
    normalize: bool | None = None,
) -> list[Triplet]:
    """The triplets that a mining keeps; `random-semi-hard` has none, it draws from the pairs."""
    rows = rows if normalize is False else units(rows)
    every = [
        triplet(
            rows, a, p, n, margin=margin, distance_name=distance, soft_margin=soft_margin, swap=swap
        )
        for a, p, n in of_labels(labels)
    ]
    if mining == "all":
        return every
    if mining != "batch-hard":
        return [found for found in every if found.category == mining]
    hardest = []
    for anchor in sorted({found.anchor for found in every}):
        own = [found for found in every if found.anchor == anchor]
        farthest = min(own, key=lambda found: (-found.near, found.positive)).positive
        own = [found for found in own if found.positive == farthest]
        hardest.append(min(own, key=lambda found: (found.far, found.negative)))
    return hardest


def semi_hard_choices(
    rows: Rows, labels: Labels, *, margin: float = 0.2, distance: str = "sqeuclidean"
) -> dict[tuple[int, int], list[Triplet]]:
    """FaceNet's candidates per (a, p), those with 0 < g < m: one of them is drawn."""
    choices: dict[tuple[int, int], list[Triplet]] = {}
    for found in triplets(rows, labels, margin=margin, distance=distance):
        kept = choices.setdefault((found.anchor, found.positive), [])
        if 0.0 < found.far - found.near < margin:
            kept.append(found)
    return choices


def triplet_value(found: Sequence[Triplet], average: str = "all") -> float:
    """The mean over triplets, never of anchor means; over the active ones 0 where none is."""
    losses = [one.loss for one in found if average == "all" or one.category != "easy"]
    if average == "active" and not losses:
        return 0.0
    return mean(losses)


def triplet_samples(found: Sequence[Triplet], n: int, average: str = "all") -> list[float]:
    """Per anchor; an anchor without a triplet is undefined."""
    own = [[one for one in found if one.anchor == anchor] for anchor in range(n)]
    return [triplet_value(some, average) if some else ABSENT for some in own]


def counts(found: Sequence[Triplet]) -> tuple[int, int, int]:
    """Hard, semi-hard, easy."""
    categories = [one.category for one in found]
    return categories.count("hard"), categories.count("semi-hard"), categories.count("easy")


# The hypersphere: Wang & Isola 2020.


def alignment(views: Sequence[Rows], *, alpha: float = 2.0, normalize: bool = True) -> list[float]:
    first, second = (units(view) if normalize else view for view in views)
    return [distance(x, y, "euclidean") ** alpha for x, y in zip(first, second, strict=True)]


def uniformity_samples(rows: Rows, *, t: float = 2.0, normalize: bool = True) -> list[float]:
    """u_i = log mean over j != i of exp(-t |z_i - z_j|^2)."""
    z = units(rows) if normalize else rows
    found = []
    for i, x in enumerate(z):
        powers = [-t * distance(x, y, "sqeuclidean") for j, y in enumerate(z) if j != i]
        largest = max(powers)
        total = math.fsum(math.exp(power - largest) for power in powers)
        found.append(largest + math.log(total / len(powers)))
    return found


def uniformity(rows: Rows, *, t: float = 2.0, normalize: bool = True) -> float:
    """log mean over the unordered pairs of exp(-t |z_i - z_j|^2)."""
    z = units(rows) if normalize else rows
    powers = [
        -t * distance(z[i], z[j], "sqeuclidean")
        for i in range(len(z))
        for j in range(i + 1, len(z))
    ]
    largest = max(powers)
    return largest + math.log(math.fsum(math.exp(p - largest) for p in powers) / len(powers))


def align_uniform(
    views: Sequence[Rows],
    *,
    alpha: float = 2.0,
    t: float = 2.0,
    weight: float = 1.0,
    normalize: bool = True,
) -> float:
    """alignment + weight * mean of both views' uniformity."""
    spread = [uniformity(view, t=t, normalize=normalize) for view in views]
    pull = mean(alignment(views, alpha=alpha, normalize=normalize))
    return pull + weight * math.fsum(spread) / len(spread)
