"""The oracles: every loss and every reduction as scalar loops, written from the papers.

They share no code with the kernel, know nothing of tiles, and are slow on purpose.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

Row = Sequence[float]
Rows = Sequence[Row]
Scores = dict[int, float]
"""Candidate number to score; a candidate that is left out is absent."""


def dot(x: Row, y: Row) -> float:
    return math.fsum(float(a) * float(b) for a, b in zip(x, y, strict=True))


def length(x: Row) -> float:
    return math.hypot(*(float(a) for a in x))


def score(x: Row, y: Row, similarity: str) -> float:
    if similarity == "dot":
        return dot(x, y)
    x_length, y_length = length(x), length(y)
    return math.fsum(
        (float(a) / x_length) * (float(b) / y_length) for a, b in zip(x, y, strict=True)
    )


def log_sum_exp(terms: Sequence[float]) -> float:
    if not terms:
        return -math.inf
    largest = max(terms)
    return largest + math.log(math.fsum(math.exp(term - largest) for term in terms))


# Losses: one value per sample.


def info_nce(anchors: Rows, keys: Rows, similarity: str, tau: float) -> list[float]:
    """van den Oord et al. 2018, eq. 4, with the temperature of He et al. 2020, eq. 1."""
    losses = []
    for i, anchor in enumerate(anchors):
        logits = [score(anchor, key, similarity) / tau for key in keys]
        losses.append(-logits[i] + log_sum_exp(logits))
    return losses


def info_nce_over_views(anchors: Rows, keys: Rows, similarity: str, tau: float) -> list[float]:
    """The tutorial form: the anchor's own set stands in the denominator too, itself excepted."""
    losses = []
    for i, anchor in enumerate(anchors):
        logits = [score(anchor, key, similarity) / tau for key in keys]
        own = [score(anchor, a, similarity) / tau for j, a in enumerate(anchors) if j != i]
        losses.append(-logits[i] + log_sum_exp(logits + own))
    return losses


def infonce(
    views: Sequence[Rows],
    *,
    tau: float,
    similarity: str = "cosine",
    denominator: str = "keys",
    symmetric: bool = False,
) -> list[float]:
    first, second = views
    form = {"keys": info_nce, "views": info_nce_over_views}[denominator]
    there = form(first, second, similarity, tau)
    if not symmetric:
        return there
    back = form(second, first, similarity, tau)
    return [(a + b) / 2 for a, b in zip(there, back, strict=True)]


def nt_xent(views: Sequence[Rows], *, tau: float, similarity: str = "cosine") -> list[float]:
    """Chen et al. 2020, eq. 1; more than two views as Khosla et al. 2020, eq. 2."""
    losses = []
    for v, view in enumerate(views):
        for i, anchor in enumerate(view):
            everybody_else, positives = [], []
            for w, other_view in enumerate(views):
                for j, other in enumerate(other_view):
                    if (v, i) == (w, j):
                        continue
                    logit = score(anchor, other, similarity) / tau
                    everybody_else.append(logit)
                    if i == j:
                        positives.append(logit)
            pull = math.fsum(positives) / len(positives)
            losses.append(-pull + log_sum_exp(everybody_else))
    return losses


def clip(views: Sequence[Rows], *, tau: float, similarity: str = "cosine") -> list[float]:
    """Radford et al. 2021, figure 3: cross-entropy of the rows and of the columns, averaged."""
    images, texts = views
    by_row = info_nce(images, texts, similarity, tau)
    by_column = info_nce(texts, images, similarity, tau)
    return [(a + b) / 2 for a, b in zip(by_row, by_column, strict=True)]


ORACLES: dict[str, Callable[..., list[float]]] = {
    "infonce": infonce,
    "nt-xent": nt_xent,
    "clip": clip,
}
"""The textbook form of every loss, by its name; its parameters are the declared ones."""


# Where a positive stands.


class Contest(NamedTuple):
    """One anchor: candidate number to score, which are positives, and the tie tolerances."""

    scores: Scores
    positives: list[int]
    tolerances: Scores


def contests(
    views: Sequence[Rows],
    anchor_view: int,
    candidate_views: Sequence[int],
    similarity: str,
    tolerance: float,
) -> list[Contest]:
    """The contest of every row of a view among the rows of some views, stacked."""
    found = []
    n = len(views[0])
    for i, anchor in enumerate(views[anchor_view]):
        scores, tolerances, positives = {}, {}, []
        for place, w in enumerate(candidate_views):
            for j, candidate in enumerate(views[w]):
                if (w, j) == (anchor_view, i):
                    continue
                number = place * n + j
                lengths = length(anchor) * length(candidate) if similarity == "dot" else 1.0
                scores[number] = score(anchor, candidate, similarity)
                tolerances[number] = tolerance * lengths
                if j == i:
                    positives.append(number)
        found.append(Contest(scores, positives, tolerances))
    return found


def rank(contest: Contest) -> int:
    """1 + the negatives that come before the nearest positive: better, or tied and lower."""
    positives = {number: contest.scores[number] for number in contest.positives}
    nearest = max(positives, key=lambda number: positives[number])
    reference = neighbours(positives, contest.tolerances[nearest])[0]
    before = 0
    for number, candidate in contest.scores.items():
        if number in contest.positives:
            continue
        gap = candidate - contest.scores[reference]
        better = gap > contest.tolerances[number]
        tied = abs(gap) <= contest.tolerances[number]
        before += better or (tied and number < reference)
    return 1 + before


def hardest_negative(contest: Contest) -> int:
    """The number of the nearest negative: the lowest in the first run of ties."""
    negatives = {j: s for j, s in contest.scores.items() if j not in contest.positives}
    nearest = max(negatives, key=lambda number: negatives[number])
    return neighbours(negatives, contest.tolerances[nearest])[0]


# Reductions of one row.


def neighbours(scores: Scores, tolerance: float) -> list[int]:
    """Descending score; inside a run of tied neighbours ascending number."""
    descending = sorted(scores, key=lambda number: -scores[number])
    runs: list[list[int]] = []
    for place, number in enumerate(descending):
        if place and scores[descending[place - 1]] - scores[number] <= tolerance:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [number for run in runs for number in sorted(run)]


def top_k(scores: Scores, k: int) -> list[int]:
    """Numbers of the k best; equal scores by lower number."""
    return sorted(scores, key=lambda number: (-scores[number], number))[:k]


def row_sum(scores: Scores, function: Callable[[float], float]) -> float:
    return math.fsum(function(value) for value in scores.values())


def row_log_sum_exp(scores: Scores, scale: float) -> float:
    return log_sum_exp([scale * value for value in scores.values()])


def count_nearer(scores: Scores, reference: float, number: int, tolerance: float) -> int:
    """How many come before a reference: better, or tied with a lower number."""
    count = 0
    for j, value in scores.items():
        gap = value - reference
        count += gap > tolerance or (abs(gap) <= tolerance and j < number)
    return count


def triplet_hinges(rows: Rows, labels: Sequence[int], margin: float) -> list[float]:
    """Per anchor, sum of max(0, D(a, p) - D(a, n) + m) over all its triplets, D Euclidean."""
    sums = []
    for a, anchor in enumerate(rows):
        hinges = []
        for p, positive in enumerate(rows):
            if p == a or labels[p] != labels[a]:
                continue
            for n, negative in enumerate(rows):
                if labels[n] != labels[a]:
                    far = math.dist(anchor, positive) - math.dist(anchor, negative)
                    hinges.append(max(0.0, far + margin))
        sums.append(math.fsum(hinges))
    return sums
