"""The triplet loss, of listed triplets and of all triplets of labels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..engines import triplet_tiles
from ..errors import BadInput
from ..evaluation import Columns, Evaluation, mean_of
from ..losses import Triplet
from ..numerics import Float, softplus
from ..plan import Request, reduce_all
from ..problem import Labelled, TripletList
from ..reductions import (
    BatchHard,
    Mined,
    NearestBeyond,
    RandomSemiHard,
    Reduction,
    TripletSums,
    TripletTotals,
)
from ..samples import CATEGORIES
from ..scores import PRODUCT, NegativeDistance, Score
from ..tables import Gathered, Index, row_distances
from .classes import remarks_on_labels
from .work import Work

MOST_TILED = 10**11
"""Triplets that are walked one by one at most: where a soft margin or a swap asks for it."""


def score_of(loss: Triplet) -> tuple[Score, float]:
    """How its distance is scored, and the offset: D = offset - score."""
    if loss.distance == "cosine":
        return PRODUCT, 1.0
    return NegativeDistance(loss.distance == "sqeuclidean", loss.unit_rows), 0.0


@dataclass(frozen=True)
class _Reduced:
    """Terms of each sample, and over all samples."""

    values: Float
    total: float
    n: int
    columns: Columns

    @property
    def mean(self) -> float:
        """Mean over the terms; NaN where there is none."""
        return self.total / self.n if self.n else float("nan")


def evaluate_triplets_of_labels(loss: Triplet, problem: Labelled, work: Work) -> Evaluation:
    """All triplets of the labels, or those that are mined."""
    reduced = _mine(loss, problem, work)
    mean = reduced.mean
    if loss.active_only and not reduced.n and not np.isnan(reduced.values).all():
        mean = 0.0
    return Evaluation(
        loss,
        problem,
        "anchor",
        reduced.values * loss.multiplier,
        mean * loss.multiplier,
        reduced.n,
        problem.data.dtype.name,
        rows=problem.n,
        views=problem.count > 1,
        columns=reduced.columns,
        chance=_collapsed(loss),
        collapsed=_collapsed(loss),
        parameters={"average": "active" if loss.active_only else "all"},
        remarks=remarks_on_labels(problem),
    )


def _collapsed(loss: Triplet) -> float | None:
    """The value when all distances are 0: every triplet is hard."""
    library = loss.foreign_mining and loss.mining == "semi-hard"
    if loss.mining not in ("all", "hard", "batch-hard") and not library:
        return None
    return (math.log(2.0) if loss.soft_margin else loss.margin) * loss.multiplier


def _mine(loss: Triplet, problem: Labelled, work: Work) -> _Reduced:
    if loss.mining == "batch-hard":
        return _batch_hard(loss, problem, work)
    codes, offset = problem.codes, score_of(loss)[1]
    if loss.mining == "random-semi-hard":
        soft, seed = loss.soft_margin, int(loss.seed)
        ask: Reduction = RandomSemiHard(codes, loss.margin, offset, seed, soft)
        return _of_pairs(loss, _reduce(loss, problem, ask, work))
    if loss.foreign_mining and loss.mining == "semi-hard":
        ask = NearestBeyond(codes, loss.margin, offset)
        return _of_pairs(loss, _reduce(loss, problem, ask, work))
    if loss.soft_margin or loss.swap:
        return _of_totals(loss, _tiled(loss, problem, work))
    return _of_totals(loss, _reduce(loss, problem, TripletSums(codes, loss.margin, offset), work))


def _reduce(loss: Triplet, problem: Labelled, ask: Reduction, work: Work) -> Any:
    """One row reduction over all rows."""
    score = score_of(loss)[0]
    request = Request(problem.all, problem.all, 0, (ask,), score=score)
    ((found,),) = reduce_all([request], work.run)
    return found


def _tiled(loss: Triplet, problem: Labelled, work: Work) -> TripletTotals:
    """Every triplet visited, where their number allows it."""
    strangers = int(problem.sizes.sum()) - problem.sizes
    triplets = int((problem.sizes * (problem.sizes - 1) * strangers).sum())
    if triplets > MOST_TILED:
        what = "soft-margin" if loss.soft_margin else "swap"
        raise BadInput(
            f"--{what}",
            expected=f"at most {MOST_TILED:.0e} triplets, which are visited one by one",
            got=f"{triplets:.3g} triplets of {problem.data.n} rows",
            remedy=f"Take --mining batch-hard, or leave --{what} out: the hinge over all triplets "
            "needs no visits.",
        )
    score, offset = score_of(loss)
    return triplet_tiles(
        problem.data,
        problem.codes,
        score,
        offset=offset,
        margin=loss.margin,
        soft=loss.soft_margin,
        swap=loss.swap,
        progress=work.progress,
    )


def _of_totals(loss: Triplet, totals: TripletTotals) -> _Reduced:
    """The category that is asked for."""
    chosen = {
        "all": (totals.sums, totals.triplets),
        "easy": (totals.easy_sum, totals.easy),
        "semi-hard": (totals.semi_sum, totals.semi),
        "hard": (totals.hard_sum, totals.hard),
    }
    sums, counts = chosen[loss.mining]
    if loss.active_only and loss.mining in ("all", "easy"):
        active = loss.mining == "all"
        sums = totals.active_sum if active else np.zeros_like(sums)
        counts = totals.active if active else np.zeros_like(counts)
    columns = {
        "triplets": totals.triplets,
        "hard": totals.hard,
        "semi_hard": totals.semi,
        "easy": totals.easy,
    }
    some = chosen[loss.mining][1] > 0
    values = _means(sums, counts, zero=loss.active_only & some)
    return _Reduced(values, math.fsum(sums), int(counts.sum()), columns)


def _of_pairs(loss: Triplet, mined: Mined) -> _Reduced:
    """One negative for each anchor and positive."""
    counts = mined.active if loss.active_only else mined.terms
    zero = (loss.active_only) & (mined.terms > 0)
    columns: dict[str, npt.NDArray[Any]] = {"pairs": mined.terms}
    if mined.undefined.any():
        columns["undefined_pairs"] = mined.undefined
    values = _means(mined.sums, counts, zero=zero)
    return _Reduced(values, math.fsum(mined.sums), int(counts.sum()), columns)


def _means(sums: Float, counts: npt.NDArray[np.int64], *, zero: npt.NDArray[np.bool_]) -> Float:
    """Mean per sample; where there is no term NaN, or 0."""
    with np.errstate(invalid="ignore", divide="ignore"):  # replaced just here
        means = sums / counts
    return np.where(counts > 0, means, np.where(zero, 0.0, np.nan))


def _batch_hard(loss: Triplet, problem: Labelled, work: Work) -> _Reduced:
    """Each anchor with its farthest positive and nearest negative."""
    ask = BatchHard(problem.codes, score_of(loss)[1])
    found = _reduce(loss, problem, ask, work)
    positive, negative = found.positive, found.negative
    if loss.foreign_mining:
        known = problem.codes >= 0
        positive = np.where(np.isnan(positive) & known, 0.0, positive)
        negative = np.where(np.isnan(negative) & known, found.row_max, negative)
    if loss.swap:
        mates = np.where(found.positive_row < 0, 0, found.positive_row)
        negative = np.fmin(negative, found.negative[mates])
    gaps = positive - negative
    values = (
        softplus(gaps) if loss.soft_margin else np.maximum(positive + loss.margin - negative, 0)
    )
    active = negative < positive + loss.margin
    columns = {
        "positive_distance": positive,
        "positive_index": found.positive_row,
        "negative_distance": negative,
        "negative_index": found.negative_row,
    }
    if loss.active_only:
        kept = values[active]
        return _Reduced(values, math.fsum(kept), len(kept), columns)
    mean, n = mean_of(values)
    return _Reduced(values, mean * n if n else 0.0, n, columns)


def evaluate_triplets(loss: Triplet, problem: TripletList) -> Evaluation:
    """Every listed triplet, or those of the category that is asked for."""
    near, far = listed_distances(loss, problem)
    reach = near + loss.margin
    active, hard = far < reach, far <= near
    values = softplus(near - far) if loss.soft_margin else np.where(active, reach - far, 0.0)
    category = active.astype(np.int8) + (hard & active)
    wanted = np.full(len(values), True)
    if loss.mining != "all":
        wanted = category == CATEGORIES.index(loss.mining)
    terms = wanted & active if loss.active_only else wanted
    columns: dict[str, npt.NDArray[Any]] = {
        "positive_distance": near,
        "negative_distance": far,
        "category": category,
    }
    if not problem.aligned:
        columns["anchor"] = problem.anchor
        columns["positive_index"], columns["negative_index"] = problem.positive, problem.negative
    n = int(np.count_nonzero(terms))
    none = 0.0 if loss.active_only and wanted.any() else float("nan")
    return Evaluation(
        loss,
        problem,
        "triplet",
        np.where(wanted, values, np.nan) * loss.multiplier,
        (float(values[terms].mean()) if n else none) * loss.multiplier,
        n,
        "float64",
        rows=len(values),
        columns=columns,
        remarks=_remarks(near, far),
        chance=_collapsed(loss),
        collapsed=_collapsed(loss),
        parameters={"average": "active" if loss.active_only else "all"},
    )


def _remarks(near: Float, far: Float) -> tuple[str, ...]:
    """Positives that are no closer than negatives."""
    if near.mean() < far.mean():
        return ()
    return (
        f"positives are no closer than negatives (mean distance {near.mean():.4g} against "
        f"{far.mean():.4g}). Check the order of the files, or of the columns.",
    )


def listed_distances(loss: Triplet, problem: TripletList) -> tuple[Float, Float]:
    """D(a, p) and D(a, n) of every listed triplet, from differences of rows, in float64."""

    def distances(left: Index, right: Index) -> Float:
        found = row_distances(Gathered(problem.data, left), Gathered(problem.data, right))
        if loss.distance == "euclidean":
            return found
        # |x - y|^2 = 2 - 2 cos of unit rows
        return found**2 / 2 if loss.distance == "cosine" else found**2

    near = distances(problem.anchor, problem.positive)
    far = distances(problem.anchor, problem.negative)
    if loss.swap:
        far = np.minimum(far, distances(problem.positive, problem.negative))
    return near, far
