"""All triplets of a table of whole rows, counted and summed exactly without visiting any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from ..numerics import Float
from .reduction import State, View
from .triplets import AnchorByAnchor, Block, Count, Rows, Surroundings, TripletTotals


@dataclass(frozen=True, eq=False)
class TripletSums(AnchorByAnchor):
    """sum over (p, n) of max(0, (D(a, p) + margin) - D(a, n)), with the count of each category.

    The negatives within the farthest positive's reach are sorted once for all margins; each
    positive is two binary searches. The reach D(a, p) + margin is rounded to the working precision;
    what follows is summed in float64. What one margin comes to does not depend on the others.

    Args:
        labels: Class of each row, -1 for none.
        margins: Each at least 0. With 0 a tie is easy: its loss is 0.
        offset: The distance is offset - score.
        anchors: The row of each anchor, by position; None where the anchors are all rows.
    """

    labels: Count
    margins: tuple[float, ...]
    offset: float
    anchors: Rows | None = None

    def start(self, n: int) -> State:
        """No triplets: for each margin three counts and two sums."""
        counts = [np.zeros(n, np.int64) for _ in range(3)]
        each = (*counts, np.zeros(n), np.zeros(n))
        return each + tuple(array.copy() for _ in self.margins[1:] for array in each)

    def update(self, view: View, state: State) -> None:
        """Sort each anchor's negatives."""
        for around in self.surroundings(view):
            if len(around.positives) and around.negatives:
                found = chain.from_iterable(_sums_at(self.margins, around))
                for array, value in zip(state, found, strict=True):
                    array[around.place] = value

    def finish(self, state: State) -> list[TripletTotals]:
        """Counts and sums of each anchor, for each margin."""
        found = []
        for start in range(0, len(state), 5):
            hard, semi, easy, hard_sum, semi_sum = state[start : start + 5]
            none = np.zeros(len(easy))
            found.append(TripletTotals(hard, semi, easy, hard_sum, semi_sum, none))
        return found


def _sums_at(
    margins: tuple[float, ...], around: Surroundings
) -> Iterator[tuple[int, int, int, float, float]]:
    """Hard, semi-hard, easy, and the sums of the first two, for each margin.

    The negatives within the reach of the largest margin are sorted once; those within a smaller
    one are the first of them.
    """
    positives = np.sort(around.positives)
    kind = positives.dtype.type
    reaches = [positives + kind(margin) for margin in margins]
    near = around.others[around.others < max(reach[-1] for reach in reaches)]
    near.sort()
    for reach in reaches:
        inside = near.searchsorted(reach[-1], "left")
        yield _sums_within(positives, reach, near[:inside], around.negatives)


def _sums_within(
    positives: Block, reach: Block, near: Block, negatives: int
) -> tuple[int, int, int, float, float]:
    """Counts and sums at one margin.

    Args:
        positives: D(a, p), ascending, shape (p,).
        reach: D(a, p) + margin, ascending, shape (p,).
        near: D(a, n) of the negatives within the largest reach, ascending, shape (c,).
        negatives: How many negatives there are in all.
    """
    if not len(near):
        return 0, 0, len(positives) * negatives, 0.0, 0.0
    active = near.searchsorted(reach, "left")
    hard = np.minimum(near.searchsorted(positives, "right"), active)
    middle = np.float64(near[len(near) // 2])
    ahead, behind = reach - middle, near - middle
    hard_sum, active_sum = (hinge_sum(ahead, behind, k) for k in (hard, active))
    hards, actives = int(hard.sum()), int(active.sum())
    easy = len(positives) * negatives - actives
    return hards, actives - hards, easy, hard_sum, active_sum - hard_sum


def hinge_sum(reach: Float, near: Float, nearest: Rows) -> float:
    """Sum over i of the sum of (reach_i - D) over the k_i nearest of the sorted distances D.

    Both are taken from the median of D: neither part of the difference below is then larger than
    a few times the sum for the largest reach with all of D, and no digits are lost to it.

    Args:
        reach: Ascending, shape (p,).
        near: D, shape (c,).
        nearest: k, ascending, shape (p,).
    """
    steps = nearest.copy()
    steps[1:] -= nearest[:-1]
    met = np.repeat(np.arange(len(nearest), 0.0, -1.0), steps)  # how often each D is subtracted
    return float(nearest @ reach) - float(met @ near[: len(met)])
