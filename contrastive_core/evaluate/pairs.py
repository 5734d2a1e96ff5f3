"""The contrastive loss, of listed pairs and of all pairs of labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..evaluation import Evaluation, Ratio
from ..losses import Contrastive
from ..numerics import Float
from ..plan import Asking, Request
from ..problem import Labelled, PairList
from ..reductions import RowSum
from ..scores import PRODUCT, NegativeDistance, Score
from ..tables import Gathered, OtherClass, Relation, Strangers, Table, row_distances
from .classes import remarks_on_labels

Block = npt.NDArray[Any]


@dataclass(frozen=True)
class _Term:
    """What a pair costs, as a function of its score."""

    loss: Contrastive
    similar: bool
    offset: float = 0.0
    counted: bool = False
    """Whether 1 is meant for every term > 0, instead of the term."""

    def __call__(self, scores: Block) -> Block:
        terms = self.of_distances(self.offset - scores)
        return np.where(terms > 0, 1.0, 0.0) if self.counted else terms

    def of_distances(self, distances: Block) -> Block:
        """D or what is missing to the margin; half its square unless a library has it plain."""
        missing = distances if self.similar else np.maximum(self.loss.margin - distances, 0)
        return np.asarray(missing**2 / 2 if self.loss.squared else missing)


@dataclass(frozen=True)
class _Sums:
    """Sum and number of some terms, and how many are > 0."""

    total: float
    count: int
    active: float

    @property
    def mean_active(self) -> float:
        """Mean over the terms > 0; 0 where there is none."""
        return self.total / self.active if self.active else 0.0


def _value(loss: Contrastive, similar: _Sums, other: _Sums) -> float:
    """The mean over the pairs; or, for one library, the sum of two means."""
    if loss.nonzero_parts:
        return (similar.mean_active + other.mean_active) * loss.multiplier
    count = similar.count + other.count
    total = similar.total + other.total
    return total / count * loss.multiplier if count else float("nan")


def _ratios(
    loss: Contrastive, sums: Sequence[tuple[Float, Block]], pairs: Block
) -> tuple[Ratio, ...]:
    """What `_value` is of, sample by sample.

    Args:
        loss: The loss.
        sums: Sum of the similar terms of each sample and how many are > 0; of the dissimilar ones.
        pairs: How many terms each sample has.
    """
    parts = sums if loss.nonzero_parts else [(sums[0][0] + sums[1][0], pairs)]
    return tuple(
        Ratio(np.where(pairs > 0, total, np.nan) * loss.multiplier, count) for total, count in parts
    )


def _collapsed(loss: Contrastive, similar: int, other: int) -> float | None:
    """The value when all distances are 0."""
    at_zero = loss.margin**2 / 2 if loss.squared else loss.margin
    if loss.nonzero_parts:
        return at_zero if other else 0.0
    return at_zero * other / (similar + other) * loss.multiplier if similar + other else None


def evaluate_pairs(loss: Contrastive, problem: PairList) -> Evaluation:
    """Every listed pair."""
    left, right = (Gathered(problem.data, index) for index in (problem.first, problem.second))
    distances = row_distances(left, right)
    if loss.distance == "cosine":
        distances = distances**2 / 2  # |x - y|^2 = 2 - 2 cos of unit rows
    similar = problem.similar
    terms = np.where(
        similar,
        _Term(loss, similar=True).of_distances(distances),
        _Term(loss, similar=False).of_distances(distances),
    )
    parts = [
        _Sums(float(terms[part].sum()), int(part.sum()), float((terms[part] > 0).sum()))
        for part in (similar, ~similar)
    ]
    sums = [(np.where(part, terms, 0.0), part & (terms > 0)) for part in (similar, ~similar)]
    columns = {"distance": distances, "similar": similar.astype(np.int64)}
    if not problem.aligned:
        columns = {"first": problem.first, "second": problem.second, **columns}
    return Evaluation(
        loss,
        problem,
        "pair",
        terms * loss.multiplier,
        _value(loss, *parts),
        len(terms),
        "float64",
        rows=len(terms),
        columns=columns,
        ratios=_ratios(loss, sums, np.ones(len(terms))),
        collapsed=_collapsed(loss, parts[0].count, parts[1].count),
        remarks=_remarks(distances, similar),
    )


def _remarks(distances: Float, similar: npt.NDArray[np.bool_]) -> tuple[str, ...]:
    """Pairs of one sort alone, or the two sorts the wrong way round."""
    if similar.all():
        return (
            "no dissimilar pair was seen: the loss is 0 for a collapsed space. Give the dissimilar "
            "pairs too (y = 0 in --pairs, or --match).",
        )
    if not similar.any():
        return ("no similar pair was seen. Does y = 0 mean similar? Then say --similar 0.",)
    near, far = float(distances[similar].mean()), float(distances[~similar].mean())
    if near < far:
        return ()
    return (
        f"similar pairs are no closer than dissimilar ones (mean distance {near:.4g} against "
        f"{far:.4g}). Does y = 0 mean similar? Then say --similar 0.",
    )


def evaluate_all_pairs(loss: Contrastive, problem: Labelled) -> Asking[Evaluation]:
    """All unordered pairs of rows with a class; per row the mean over its pairs."""
    euclidean = NegativeDistance(unit=problem.data.unit)
    score, offset = (PRODUCT, 1.0) if loss.distance == "cosine" else (euclidean, 0.0)
    known = problem.codes >= 0
    counts = (problem.positives, np.where(known, known.sum() - 1 - problem.positives, 0))
    sums = yield from _row_sums(loss, problem, score, offset)
    pairs = counts[0] + counts[1]
    with np.errstate(invalid="ignore", divide="ignore"):  # rows in no pair
        values = np.where(pairs > 0, sum(total for total, _ in sums) / pairs, np.nan)
    parts = [
        _Sums(float(total.sum()) / 2, int(count.sum()) // 2, float(active.sum()) / 2)
        for (total, active), count in zip(sums, counts, strict=True)
    ]
    lone = () if parts[1].count else ("no dissimilar pair was seen: all labels are equal.",)
    return Evaluation(
        loss,
        problem,
        "anchor",
        values * loss.multiplier,
        _value(loss, *parts),
        parts[0].count + parts[1].count,
        problem.data.dtype.name,
        rows=problem.n,
        views=problem.count > 1,
        columns={"positives": counts[0], "negatives": counts[1]},
        ratios=_ratios(loss, sums, pairs),
        collapsed=_collapsed(loss, parts[0].count, parts[1].count),
        remarks=(*remarks_on_labels(problem, softmax=False), *lone),
    )


def _row_sums(
    loss: Contrastive, problem: Labelled, score: Score, offset: float
) -> Asking[list[tuple[Float, Float]]]:
    """Per row, sum and number > 0 of its similar and of its dissimilar terms."""
    relations: tuple[Relation, Relation] = (OtherClass(problem.codes), Strangers(problem.codes))
    counting = loss.nonzero_parts
    closed = loss.squared and loss.distance == "euclidean" and not counting
    requests = []
    for relation, similar in zip(relations, (True, False), strict=True):
        if similar and closed:
            continue
        asks = [RowSum(_Term(loss, similar, offset))]
        asks += [RowSum(_Term(loss, similar, offset, counted=True))] if counting else []
        table = Table(problem.all, problem.all, relation, score)
        requests.append(Request(table, tuple(asks)))
    reduced = yield requests
    found = [(each[0], each[-1]) for each in reduced]
    if closed:
        sums = _similar_squares(problem) / 2
        found.insert(0, (sums, sums))
    return found


def _similar_squares(problem: Labelled) -> Float:
    """sum_p |x_i - x_p|^2 over the class of i, through the class mean: nothing cancels."""
    own, sizes = np.zeros(problem.data.n), np.maximum(problem.sizes, 1)
    if not len(sizes):
        return own
    for group in problem.groups():
        codes = problem.codes[group.ids]
        gaps = group.rows - group.sums[codes - group.first] / sizes[codes][:, None]
        own[group.ids] = np.einsum("ij,ij->i", gaps, gaps)
    known = problem.codes >= 0
    spread = np.bincount(problem.codes[known], own[known], minlength=len(sizes))
    codes = np.where(known, problem.codes, 0)
    return np.where(problem.positives > 0, sizes[codes] * own + spread[codes], 0.0)
