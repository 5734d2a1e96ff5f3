"""Triplets chosen for each anchor, or for each pair of anchor and positive."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from ..numerics import Float, softplus
from .reduction import State, View
from .triplets import AnchorByAnchor, Block, Count, Rows, Surroundings


@dataclass(frozen=True, eq=False)
class Hardest:
    """Farthest positive and nearest negative of each anchor, each of shape (n,).

    Args:
        positive: Distance of the farthest positive; NaN where there is none.
        positive_row: Its row, the lowest of equals; -1 where there is none.
        negative: Distance of the nearest negative; NaN where there is none.
        negative_row: Its row, the lowest of equals; -1 where there is none.
        row_max: The largest distance to any row, the anchor among them.
    """

    positive: Float
    positive_row: Count
    negative: Float
    negative_row: Count
    row_max: Float


@dataclass(frozen=True, eq=False)
class BatchHard(AnchorByAnchor):
    """The hardest triplet of each anchor.

    Args:
        labels: Class of each row, -1 for none.
        offset: The distance is offset - score.
        anchors: The row of each anchor, by position; None where the anchors are all rows.
    """

    labels: Count
    offset: float
    anchors: Rows | None = None

    def start(self, n: int) -> State:
        """Nobody."""
        unknown, nobody = np.full(n, np.nan), np.full(n, -1, np.int64)
        return unknown, nobody, unknown.copy(), nobody.copy(), unknown.copy()

    def update(self, view: View, state: State) -> None:
        """Find the extremes of each row."""
        positive, positive_row, negative, negative_row, row_max = state
        row_max[:] = view.scores.dtype.type(self.offset) - view.scores.min(axis=1)
        for around in self.surroundings(view):
            place = around.place
            if len(around.positives):
                farthest = around.positives.argmax()
                positive[place] = around.positives[farthest]
                positive_row[place] = around.mates[farthest]
            if around.negatives:
                nearest = around.others.argmin()
                negative[place], negative_row[place] = around.others[nearest], nearest

    def finish(self, state: State) -> Hardest:
        """Distances and rows."""
        return Hardest(*state)


@dataclass(frozen=True, eq=False)
class Mined:
    """Losses of the pairs of each anchor with its positives, one negative chosen for each.

    Args:
        sums: Sum of the losses, shape (n,).
        terms: Pairs that have a loss, shape (n,).
        undefined: Pairs that have none, shape (n,).
        active: Losses above 0, shape (n,).
    """

    sums: Float
    terms: Count
    undefined: Count
    active: Count


class PerPair(AnchorByAnchor):
    """A reduction that gives each pair of anchor and positive one loss, or none."""

    def start(self, n: int) -> State:
        """No pairs."""
        return np.zeros(n), np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)

    def update(self, view: View, state: State) -> None:
        """Choose for the pairs of each anchor."""
        sums, terms, undefined, active = state
        for around in self.surroundings(view):
            if len(around.positives):
                losses = self.losses(around)
                sums[around.place] = losses.sum()
                terms[around.place] = len(losses)
                undefined[around.place] = len(around.positives) - len(losses)
                active[around.place] = np.count_nonzero(losses)

    @abstractmethod
    def losses(self, around: Surroundings) -> Float:
        """The losses of those pairs that have one; none is negative."""

    def finish(self, state: State) -> Mined:
        """Sums and counts of each anchor."""
        return Mined(*state)


@dataclass(frozen=True, eq=False)
class RandomSemiHard(PerPair):
    """For each pair one of its negatives with D(a, p) < D(a, n) < D(a, p) + margin, at random.

    Args:
        labels: Class of each row, -1 for none.
        margin: Added to D(a, p) in the working precision.
        offset: The distance is offset - score.
        seed: Of the draws; every anchor has its own.
        soft: The loss is log(1 + e^(D(a, p) - D(a, n))), without the margin.
        anchors: The row of each anchor, by position; None where the anchors are all rows.
    """

    labels: Count
    margin: float
    offset: float
    seed: int
    soft: bool
    anchors: Rows | None = None

    def losses(self, around: Surroundings) -> Float:
        """Losses of the pairs that have such a negative."""
        negatives, positives = around.sorted_negatives(), around.positives
        reach = positives + positives.dtype.type(self.margin)
        first = negatives.searchsorted(positives, "right")
        end = negatives.searchsorted(reach, "left")
        some = first < end
        draws = np.random.default_rng((self.seed, around.anchor))
        chosen = wide(negatives[draws.integers(first[some], end[some])])
        if self.soft:
            return softplus(wide(positives[some]) - chosen)
        return wide(reach[some]) - chosen


@dataclass(frozen=True, eq=False)
class NearestBeyond(PerPair):
    """For each pair the nearest negative beyond the positive, else the farthest negative.

    sentence-transformers and tensorflow-addons call it semi-hard. Where an anchor has no
    negative, they take D(a, n) = 0.

    Args:
        labels: Class of each row, -1 for none.
        margin: Added to D(a, p) in the working precision.
        offset: The distance is offset - score.
    """

    labels: Count
    margin: float
    offset: float

    def losses(self, around: Surroundings) -> Float:
        """Losses of all pairs."""
        negatives, positives = around.sorted_negatives(), around.positives
        if not len(negatives):
            negatives = np.zeros(1, positives.dtype)
        beyond = negatives.searchsorted(positives, "right")
        chosen = negatives[np.minimum(beyond, len(negatives) - 1)]
        reach = positives + positives.dtype.type(self.margin)
        return np.maximum(wide(reach) - wide(chosen), 0.0)


def wide(distances: Block) -> Float:
    """In float64, where the difference of two distances is as good as exact."""
    return distances.astype(np.float64)
