"""The oracles: every loss and every reduction as scalar loops, written from the papers.

They share no code with the kernel, know nothing of tiles, and are slow on purpose.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import textbook_distance
import textbook_noise
from textbook_arithmetic import Labels, Rows, length, log_sum_exp, score, softplus
from textbook_arithmetic import dot as dot

Scores = dict[int, float]
"""Candidate number to score; a candidate that is left out is absent."""


# Losses: one value per sample.


def info_nce(
    anchors: Rows, keys: Rows, similarity: str, tau: float, bank: Rows = ()
) -> list[float]:
    """van den Oord et al. 2018, eq. 4, with the temperature of He et al. 2020, eq. 1."""
    losses = []
    for i, anchor in enumerate(anchors):
        logits = [score(anchor, key, similarity) / tau for key in keys]
        further = [score(anchor, key, similarity) / tau for key in bank]
        losses.append(-logits[i] + log_sum_exp(logits + further))
    return losses


def info_nce_over_views(
    anchors: Rows, keys: Rows, similarity: str, tau: float, bank: Rows = ()
) -> list[float]:
    """The tutorial form: the anchor's own set stands in the denominator too, itself excepted."""
    losses = []
    for i, anchor in enumerate(anchors):
        logits = [score(anchor, key, similarity) / tau for key in keys]
        own = [score(anchor, a, similarity) / tau for j, a in enumerate(anchors) if j != i]
        further = [score(anchor, key, similarity) / tau for key in bank]
        losses.append(-logits[i] + log_sum_exp(logits + own + further))
    return losses


def info_nce_over_bank(
    anchors: Rows, keys: Rows, similarity: str, tau: float, bank: Rows = ()
) -> list[float]:
    """He et al. 2020, eq. 1 and algorithm 1: the positive against the queue and nothing else."""
    own = [bank for _ in anchors]
    return info_nce_over_own_negatives(anchors, keys, own, similarity, tau)


def info_nce_over_own_negatives(
    anchors: Rows, keys: Rows, negatives: Sequence[Rows], similarity: str, tau: float
) -> list[float]:
    """Each anchor brings its negatives: 1 + k candidates."""
    losses = []
    for anchor, key, others in zip(anchors, keys, negatives, strict=True):
        logits = [score(anchor, other, similarity) / tau for other in (key, *others)]
        losses.append(-logits[0] + log_sum_exp(logits))
    return losses


def info_nce_over_all_negatives(
    anchors: Rows, keys: Rows, negatives: Sequence[Rows], similarity: str, tau: float
) -> list[float]:
    """The explicit negatives of all queries beside all keys: N (1 + k) candidates."""
    everybody = [row for others in negatives for row in others]
    return info_nce(anchors, keys, similarity, tau, everybody)


def infonce(
    views: Sequence[Rows],
    *,
    tau: float = 0.07,
    similarity: str = "cosine",
    denominator: str = "keys",
    symmetric: bool = False,
    bank: Rows = (),
) -> list[float]:
    first, second = views
    form = {"keys": info_nce, "views": info_nce_over_views, "bank": info_nce_over_bank}[denominator]
    there = form(first, second, similarity, tau, bank)
    if not symmetric:
        return there
    back = form(second, first, similarity, tau)
    return [(a + b) / 2 for a, b in zip(there, back, strict=True)]


def nt_xent(views: Sequence[Rows], *, tau: float = 0.5, similarity: str = "cosine") -> list[float]:
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


def clip(views: Sequence[Rows], *, tau: float = 0.07, similarity: str = "cosine") -> list[float]:
    """Radford et al. 2021, figure 3: cross-entropy of the rows and of the columns, averaged."""
    images, texts = views
    by_row = info_nce(images, texts, similarity, tau)
    by_column = info_nce(texts, images, similarity, tau)
    return [(a + b) / 2 for a, b in zip(by_row, by_column, strict=True)]


def dcl(views: Sequence[Rows], *, tau: float = 0.1, similarity: str = "cosine") -> list[float]:
    """Yeh et al. 2021, eq. 6: the positive is left out of the denominator."""
    losses = []
    for v, view in enumerate(views):
        for i, anchor in enumerate(view):
            other_view = views[1 - v]
            negatives = [
                score(anchor, other, similarity) / tau
                for among in views
                for j, other in enumerate(among)
                if j != i
            ]
            pull = score(anchor, other_view[i], similarity) / tau
            losses.append(-pull + log_sum_exp(negatives) if negatives else math.nan)
    return losses


def siglip(
    views: Sequence[Rows], *, scale: float = 10.0, bias: float = -10.0, similarity: str = "cosine"
) -> list[float]:
    """Zhai et al. 2023, algorithm 1: a sigmoid per pair, summed over the row."""
    images, texts = views
    losses = []
    for i, image in enumerate(images):
        costs = []
        for j, text in enumerate(texts):
            sign = 1.0 if i == j else -1.0
            costs.append(softplus(-sign * (scale * score(image, text, similarity) + bias)))
        losses.append(math.fsum(costs) if len(texts) > 1 else math.nan)
    return losses


def supcon(
    rows: Rows,
    labels: Labels,
    *,
    tau: float = 0.1,
    similarity: str = "cosine",
    form: str = "out",
) -> list[float]:
    """Khosla et al. 2020, eq. 2 (out) and 3 (in); a null label (None) is only a candidate."""
    losses = []
    for i, anchor in enumerate(rows):
        logits = {
            j: score(anchor, other, similarity) / tau for j, other in enumerate(rows) if j != i
        }
        positives = [
            logit for j, logit in logits.items() if labels[i] is not None and labels[j] == labels[i]
        ]
        if not positives:
            losses.append(math.nan)
            continue
        partition = log_sum_exp(list(logits.values()))
        if form == "out":
            pull = math.fsum(positives) / len(positives)
        else:
            pull = log_sum_exp(positives) - math.log(len(positives))
        losses.append(partition - pull)
    return losses


def supcon_of_views(
    views: Sequence[Rows], *, tau: float = 0.1, similarity: str = "cosine", form: str = "out"
) -> list[float]:
    """The views of a sample are each other's positives."""
    rows = [row for view in views for row in view]
    labels = [i for view in views for i in range(len(view))]
    return supcon(rows, labels, tau=tau, similarity=similarity, form=form)


def nt_xent_of_labels(
    rows: Rows, labels: Labels, *, tau: float = 0.5, similarity: str = "cosine"
) -> list[float]:
    """SupCon `out` at its own temperature."""
    return supcon(rows, labels, tau=tau, similarity=similarity, form="out")


def nt_xent_of_pairs(
    rows: Rows, labels: Labels, *, tau: float = 0.07, similarity: str = "cosine"
) -> dict[tuple[int, int], float]:
    """Per ordered positive pair (i, p): p against the negatives of i, other positives left out."""
    losses = {}
    for i, anchor in enumerate(rows):
        logits = [score(anchor, other, similarity) / tau for other in rows]
        negatives = [logits[j] for j, label in enumerate(labels) if label != labels[i]]
        for p, label in enumerate(labels):
            if p != i and label is not None and label == labels[i]:
                losses[i, p] = -logits[p] + log_sum_exp([logits[p], *negatives])
    return losses


def cross_entropy_of_scores(
    scores: Rows, labels: Sequence[int | None], *, tau: float = 1.0
) -> list[float]:
    """-s_iy / t + log sum_c e^{s_ic / t}."""
    losses = []
    for row, label in zip(scores, labels, strict=True):
        logits = [float(value) / tau for value in row]
        losses.append(math.nan if label is None else -logits[label] + log_sum_exp(logits))
    return losses


def cross_entropy(
    rows: Rows,
    prototypes: Rows,
    labels: Sequence[int | None],
    *,
    tau: float = 1.0,
    similarity: str = "dot",
) -> list[float]:
    """The class of a row against class vectors."""
    scores = [[score(row, of_class, similarity) for of_class in prototypes] for row in rows]
    return cross_entropy_of_scores(scores, labels, tau=tau)


# Losses of distances, over views.


def contrastive_of_views(views: Sequence[Rows], *, similar: str = "1", **how: Any) -> list[float]:
    """Aligned rows are all similar pairs."""
    first, second = views
    match = [similar == "1"] * len(first)
    return textbook_distance.contrastive_match(first, second, match, similar=similar, **how)


def triplet_of_views(
    views: Sequence[Rows], *, average: str = "all", seed: int = 0, **how: Any
) -> list[float]:
    """Per anchor over the stacked views; the views of a sample share its label."""
    del seed
    rows = [row for view in views for row in view]
    labels = [i for view in views for i in range(len(view))]
    found = textbook_distance.triplets(rows, labels, **how)
    return textbook_distance.triplet_samples(found, len(rows), average)


ORACLES: dict[str, Callable[..., list[float]]] = {
    "infonce": infonce,
    "nt-xent": nt_xent,
    "clip": clip,
    "dcl": dcl,
    "siglip": siglip,
    "supcon": supcon_of_views,
    "nce": textbook_noise.nce_in_batch,
    "contrastive": contrastive_of_views,
    "triplet": triplet_of_views,
    "alignment": textbook_distance.alignment,
}
"""The textbook form of every loss of aligned views; its parameters are the declared ones.

Others have a form of their own: `cross_entropy`, and `uniformity` and `align_uniform` of
`textbook_distance`, whose value is no mean over samples.
"""


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
