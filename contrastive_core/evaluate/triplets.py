"""The triplet loss, of listed triplets and of all triplets of labels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from ..evaluation import Evaluation, Ratio
from ..losses import Triplet
from ..numerics import Float, softplus
from ..plan import Asking, Request
from ..prepared import Prepared
from ..problem import Labelled, TripletList
from ..reductions import (
    BatchHard,
    NearestBeyond,
    RandomSemiHard,
    Reduction,
    TripletSums,
    TripletVisits,
)
from ..samples import CATEGORIES
from ..scores import PRODUCT, NegativeDistance, Score
from ..tables import Gathered, Index, Table, row_distances
from .classes import remarks_on_labels
from .triplet_terms import TripletTerms, terms_of_hardest, terms_of_pairs, terms_of_totals

MOST_VISITED = 10**11
"""Triplets that are visited one by one at most: where a soft margin or a swap asks for it."""


def score_of(loss: Triplet, data: Prepared) -> tuple[Score, float]:
    """How its distance of these rows is scored, and the offset: D = offset - score."""
    if loss.distance == "cosine":
        return PRODUCT, 1.0
    return NegativeDistance(loss.distance == "sqeuclidean", data.unit), 0.0


def evaluate_triplets_of_labels(loss: Triplet, problem: Labelled) -> Asking[Evaluation]:
    """All triplets of the labels, or those that are mined."""
    return evaluation_of_terms(loss, problem, (yield from _mine(loss, problem)))


def evaluation_of_terms(loss: Triplet, problem: Labelled, terms: TripletTerms) -> Evaluation:
    """The loss, its terms found."""
    return Evaluation(
        loss,
        problem,
        "anchor",
        terms.values * loss.multiplier,
        terms.mean(active=loss.active_only) * loss.multiplier,
        terms.n,
        problem.data.dtype.name,
        rows=problem.n,
        views=problem.count > 1,
        columns=terms.columns,
        ratios=(terms.ratio(loss.multiplier),),
        chance=_collapsed(loss),
        collapsed=_fingerprint(loss),
        stuck=None if loss.soft_margin else loss.margin * loss.multiplier,
        parameters={"average": "active" if loss.active_only else "all"},
        remarks=(*remarks_on_labels(problem, softmax=False), *_all_easy(loss, terms.values)),
    )


def _all_easy(loss: Triplet, values: Float) -> tuple[str, ...]:
    """A loss of 0 that is so because no triplet costs anything."""
    if loss.soft_margin or not loss.margin or not (values == 0.0).any() or np.nansum(values):
        return ()
    which = "all triplets are" if loss.mining == "all" else f"all that {loss.mining} mines is"
    return (
        f"{which} easy: every negative is farther than its positive by the margin of "
        f"{loss.margin:g} or more. The loss of 0 has no gradient: raise the margin, or mine harder "
        "triplets.",
    )


def _fingerprint(loss: Triplet) -> float | None:
    """The same, where it tells of collapse: a loss of 0 is also that of a perfect space."""
    return _collapsed(loss) or None


def _collapsed(loss: Triplet) -> float | None:
    """The value when all distances are 0: every triplet is hard."""
    library = loss.foreign_mining and loss.mining == "semi-hard"
    if loss.mining not in ("all", "hard", "batch-hard") and not library:
        return None
    return (math.log(2.0) if loss.soft_margin else loss.margin) * loss.multiplier


def _mine(loss: Triplet, problem: Labelled) -> Asking[TripletTerms]:
    codes, offset = problem.codes, score_of(loss, problem.data)[1]
    if loss.mining == "batch-hard":
        found = yield from _reduce(loss, problem, BatchHard(codes, offset))
        return terms_of_hardest(loss, found, codes >= 0)
    if loss.mining == "random-semi-hard":
        soft, seed = loss.soft_margin, int(loss.seed)
        ask: Reduction = RandomSemiHard(codes, loss.margin, offset, seed, soft)
        return terms_of_pairs(loss, (yield from _reduce(loss, problem, ask)))
    if loss.foreign_mining and loss.mining == "semi-hard":
        ask = NearestBeyond(codes, loss.margin, offset)
        return terms_of_pairs(loss, (yield from _reduce(loss, problem, ask)))
    if loss.soft_margin or loss.swap:
        return terms_of_totals(loss, (yield from visited_totals(loss, problem)))
    ask = TripletSums(codes, (loss.margin,), offset)
    (totals,) = yield from _reduce(loss, problem, ask)
    return terms_of_totals(loss, totals)


def _reduce(loss: Triplet, problem: Labelled, ask: Reduction) -> Asking[Any]:
    """One row reduction over all rows."""
    score = score_of(loss, problem.data)[0]
    ((found,),) = yield [Request(Table(problem.all, problem.all, score=score), (ask,))]
    return found


def visited_totals(loss: Triplet, problem: Labelled) -> Asking[Any]:
    """Every triplet visited, where their number allows it; with a swap, class after class."""
    strangers = int(problem.sizes.sum()) - problem.sizes
    triplets = int((problem.sizes * (problem.sizes - 1) * strangers).sum())
    if triplets > MOST_VISITED:
        what = "soft-margin" if loss.soft_margin else "swap"
        raise BadInput(
            f"--{what}",
            expected=f"at most {MOST_VISITED:.0e} triplets, which are visited one by one",
            got=f"{triplets:.3g} triplets of {problem.data.n} rows",
            remedy=f"Take --mining batch-hard, or leave --{what} out: the hinge over all triplets "
            "needs no visits.",
        )
    score, offset = score_of(loss, problem.data)
    how = (problem.codes, loss.margin, offset, loss.soft_margin)
    if not loss.swap:
        return (yield from _reduce(loss, problem, TripletVisits(*how)))
    order = np.argsort(problem.codes, kind="stable")
    ask = TripletVisits(*how, (problem.data, score), order)
    side = Gathered(problem.data, order)
    ((totals,),) = yield [Request(Table(side, problem.all, score=score), (ask,))]
    return totals.at(np.argsort(order))


def evaluate_triplets(loss: Triplet, problem: TripletList) -> Evaluation:
    """Every listed triplet, or those of the category that is asked for."""
    return evaluation_of_listed(loss, problem, *listed_distances(loss, problem))


def categories(loss: Triplet, near: Float, far: Float) -> npt.NDArray[np.int8]:
    """The place of each listed triplet's category in `CATEGORIES`, from its two distances."""
    active, hard = far < near + loss.margin, far <= near
    return np.asarray(active.astype(np.int8) + (hard & active), np.int8)


def evaluation_of_listed(
    loss: Triplet, problem: TripletList, near: Float, far: Float
) -> Evaluation:
    """The loss, its distances D(a, p) and D(a, n) found."""
    category = categories(loss, near, far)
    active = category > 0
    hinge = np.where(active, near + loss.margin - far, 0.0)
    values = softplus(near - far) if loss.soft_margin else hinge
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
    n, values = int(np.count_nonzero(terms)), np.where(wanted, values, np.nan)
    none = 0.0 if loss.active_only and wanted.any() else float("nan")
    return Evaluation(
        loss,
        problem,
        "triplet",
        values * loss.multiplier,
        (float(values[terms].mean()) if n else none) * loss.multiplier,
        n,
        "float64",
        rows=len(values),
        columns=columns,
        ratios=(Ratio(np.where(terms | ~wanted, values, 0.0) * loss.multiplier, terms),),
        remarks=(*_remarks(near, far), *_all_easy(loss, values)),
        chance=_collapsed(loss),
        collapsed=_fingerprint(loss),
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
