"""What is averaged of an anchor's triplets: all of them, those of a category, or mined ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..evaluation import Columns, Ratio, mean_of
from ..losses import Triplet
from ..numerics import Float, softplus
from ..reductions import Hardest, Mined, TripletTotals

Count = npt.NDArray[np.int64]


@dataclass(frozen=True)
class TripletTerms:
    """Terms of each anchor, and over all anchors.

    Args:
        values: Mean of each anchor's terms; NaN where it has none, shape (n,).
        sums: Sum of each anchor's terms, shape (n,).
        counts: How many they are, shape (n,).
        total: Sum of all terms.
        n: How many terms there are.
        columns: What is known of each anchor beside its loss.
    """

    values: Float
    sums: Float
    counts: Count
    total: float
    n: int
    columns: Columns

    def ratio(self, multiplier: float) -> Ratio:
        """Their mean, as the anchors make it."""
        return Ratio(np.where(np.isnan(self.values), np.nan, self.sums) * multiplier, self.counts)

    def mean(self, *, active: bool) -> float:
        """Mean over the terms; NaN where there is none, but 0 where only none is active."""
        if self.n:
            return self.total / self.n
        return 0.0 if active and not np.isnan(self.values).all() else float("nan")


def terms_of_totals(loss: Triplet, totals: TripletTotals) -> TripletTerms:
    """The triplets of the category that is asked for."""
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
    return TripletTerms(values, sums, counts, math.fsum(sums), int(counts.sum()), columns)


def terms_of_pairs(loss: Triplet, mined: Mined) -> TripletTerms:
    """One negative for each anchor and positive."""
    counts = mined.active if loss.active_only else mined.terms
    zero = (loss.active_only) & (mined.terms > 0)
    columns: dict[str, npt.NDArray[Any]] = {"pairs": mined.terms}
    if mined.undefined.any():
        columns["undefined_pairs"] = mined.undefined
    values = _means(mined.sums, counts, zero=zero)
    total = math.fsum(mined.sums)
    return TripletTerms(values, mined.sums, counts, total, int(counts.sum()), columns)


def _means(sums: Float, counts: Count, *, zero: npt.NDArray[np.bool_]) -> Float:
    """Mean per sample; where there is no term NaN, or 0."""
    with np.errstate(invalid="ignore", divide="ignore"):  # replaced just here
        means = sums / counts
    return np.where(counts > 0, means, np.where(zero, 0.0, np.nan))


def terms_of_hardest(loss: Triplet, found: Hardest, known: npt.NDArray[np.bool_]) -> TripletTerms:
    """Each anchor with its farthest positive and nearest negative.

    Args:
        loss: The loss.
        found: Of each anchor.
        known: Which anchors have a class.
    """
    positive, negative = found.positive, found.negative
    if loss.foreign_mining:
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
    kept = active if loss.active_only else ~np.isnan(values)
    sums, counts = np.where(kept, values, 0.0), kept.astype(np.int64)
    if loss.active_only:
        total, n = math.fsum(values[kept]), int(counts.sum())
    else:
        mean, n = mean_of(values)
        total = mean * n if n else 0.0
    return TripletTerms(values, sums, counts, total, n, columns)
