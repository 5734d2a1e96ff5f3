"""Per anchor and per class: what the table, csv and json list."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..evaluate.contests import view_of
from ..evaluate.triplet_terms import TripletTerms
from ..numerics import Float
from ..reductions import Hardest, TripletTotals
from ..tables import Index
from .drawing import Anchors
from .rows import AnchorRows, ClassRows


def anchor_rows(
    anchors: Anchors, totals: TripletTotals, hardest: Hardest, values: Float
) -> AnchorRows:
    """Every anchor with its counts and its hardest pair.

    Args:
        anchors: Who they are.
        totals: Their counts.
        hardest: Their farthest positives and nearest negatives.
        values: Their losses, NaN where undefined.
    """
    problem, rows = anchors.problem, anchors.rows
    n, count = problem.n, problem.count
    views = {}
    if count > 1:
        views = {
            "view": rows // n,
            "positive_view": view_of(hardest.positive_row, n, count),
            "negative_view": view_of(hardest.negative_row, n, count),
        }
    return AnchorRows(
        index=rows % n,
        loss=values,
        label=_names(problem.classes)[anchors.codes],
        triplets=totals.triplets,
        hard=totals.hard,
        semi_hard=totals.semi,
        easy=totals.easy,
        positive_index=hardest.positive_row,
        positive_distance=hardest.positive,
        negative_index=hardest.negative_row,
        negative_distance=hardest.negative,
        **views,
    )


def class_rows(
    anchors: Anchors, totals: TripletTotals, hardest: Hardest, terms: TripletTerms
) -> ClassRows:
    """Every class with the triplets of its anchors; shares alone where anchors were drawn."""
    problem, codes = anchors.problem, anchors.codes
    n, known = len(problem.classes), anchors.codes >= 0
    names, own = _names(problem.classes), codes[codes >= 0]

    def summed(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Of each class, in whole numbers."""
        sums = np.zeros(n, np.int64)
        np.add.at(sums, own, counts[known])
        return sums

    hard, semi, easy = (summed(each) for each in (totals.hard, totals.semi, totals.easy))
    seen, terms_of = hard + semi + easy, summed(terms.counts)
    sums = np.bincount(own, terms.sums[known], minlength=n)
    some = np.bincount(own, ~np.isnan(terms.values[known]), minlength=n)
    drawn = anchors.drawn is not None
    with np.errstate(invalid="ignore"):  # 0 / 0 is NaN: a class without triplets
        return ClassRows(
            label=names[:n],
            size=problem.sizes,
            triplets=np.array([*anchors.by_class, None], object)[:n],
            hard_fraction=hard / seen,
            semi_hard_fraction=semi / seen,
            loss=np.where((some > 0) & (terms_of == 0), 0.0, sums / terms_of),  # none active
            nearest_class=names[_nearest(own, problem.codes, hardest.negative_row[known], n)],
            anchors=np.bincount(own, minlength=n) if drawn else None,
            hard=None if drawn else hard,
            semi_hard=None if drawn else semi,
            easy=None if drawn else easy,
        )


def _names(classes: tuple[Any, ...]) -> npt.NDArray[Any]:
    """The names of the classes by code; None at the end, where -1 points to."""
    return np.array([*classes, None], object)


def _nearest(own: Index, codes: Index, negatives: Index, n: int) -> Index:
    """The class that the nearest negatives of a class are of most often; -1 for none.

    Of equally frequent ones the first.
    """
    some = negatives >= 0
    pairs, often = np.unique(own[some] * n + codes[negatives[some]], return_counts=True)
    order = np.lexsort([pairs, -often])[::-1]  # the most frequent, and of these the first, last
    nearest = np.full(n, -1)
    nearest[pairs[order] // n] = pairs[order] % n
    return nearest
