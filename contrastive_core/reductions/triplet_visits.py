"""Triplets one by one, for the losses that do not decompose: soft margin and swap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..numerics import softplus
from ..prepared import Prepared
from ..scores import Score
from .reduction import State, View
from .triplets import AnchorByAnchor, Block, Count, Rows, TripletTotals

BLOCK = 2**16
"""Triplets of an anchor at a time, and numbers of a block of rows."""


@dataclass(frozen=True, eq=False)
class TripletVisits(AnchorByAnchor):
    """sum over (p, n) of the loss of each triplet, with the count of each category.

    The cost is that of all triplets; no temporary is larger than `BLOCK`, or than one class. With
    a swap the distances of an anchor's positives to its negatives are worked out once for the
    anchors of a class that are seen together: let these follow each other.

    Args:
        labels: Class of each row, -1 for none.
        margin: At least 0; it decides the categories also where the loss is soft.
        offset: The distance is offset - score.
        soft: The loss is log(1 + e^(D(a, p) - D(a, n))), for every triplet.
        swapped: The rows and their score, where the nearer of D(a, n) and D(p, n) stands for
            D(a, n) throughout; None where it does not.
        anchors: The row of each anchor, by position; None where the anchors are all rows.
    """

    labels: Count
    margin: float
    offset: float
    soft: bool
    swapped: tuple[Prepared, Score] | None = None
    anchors: Rows | None = None

    def start(self, n: int) -> State:
        """No triplets."""
        return (*(np.zeros(n, np.int64) for _ in range(3)), *(np.zeros(n) for _ in range(3)))

    def update(self, view: View, state: State) -> None:
        """Visit class by class, and block by block of its negatives."""
        rows = np.arange(view.rows.start, view.rows.stop)
        anchors = rows if self.anchors is None else self.anchors[rows]
        known = np.flatnonzero(self.labels >= 0)
        for code in np.unique(self.labels[anchors]).tolist():
            members = self.classes.members.get(code, known[:0])
            outsiders = known[self.labels[known] != code]
            if len(members) < 2:
                continue
            places = np.flatnonzero(self.labels[anchors] == code)
            for negatives in _blocks(outsiders, self._block(len(members))):
                across = self._across(members, negatives)
                for place in places.tolist():
                    near = np.subtract(self.offset, view.scores[place, members])
                    near[members == anchors[place]] = -np.inf  # no triplet with itself is active
                    far = np.subtract(self.offset, view.scores[place, negatives])
                    for array, value in zip(state, self._visit(near, far, across), strict=True):
                        array[place] += value

    def finish(self, state: State) -> TripletTotals:
        """Counts and sums of each anchor."""
        return TripletTotals(*state)

    def _block(self, members: int) -> int:
        """Negatives at a time."""
        width = self.swapped[0].d if self.swapped is not None else 1
        return max(1, BLOCK // max(members, width))

    def _across(self, members: Rows, negatives: Rows) -> Block | None:
        """D(p, n) in the working precision, shape (p, c); None without a swap."""
        if self.swapped is None:
            return None
        data, score = self.swapped
        out, others = np.empty((len(members), len(negatives)), data.dtype), data.take(negatives)
        step = max(1, BLOCK // data.d)
        for first in range(0, len(members), step):
            some = data.take(members[first : first + step])
            score.fill(some, others, out[first : first + step])
        return np.subtract(self.offset, out, out=out)

    def _visit(
        self, near: Block, far: Block, across: Block | None
    ) -> tuple[int, int, int, float, float, float]:
        """Counts of an anchor's hard, semi-hard and easy triplets, and their sums.

        Args:
            near: D(a, p), shape (p,), with -inf for the anchor itself.
            far: D(a, n), shape (c,).
            across: D(p, n), shape (p, c); None without a swap.
        """
        positive = near[:, None]
        negative = far[None, :] if across is None else np.minimum(far, across)
        reach = positive + near.dtype.type(self.margin)
        active = negative < reach
        hard = (negative <= positive) & active
        ahead = np.subtract(positive if self.soft else reach, negative, dtype=np.float64)
        losses = softplus(ahead) if self.soft else np.maximum(ahead, 0.0, out=ahead)
        hards, actives = int(np.count_nonzero(hard)), int(np.count_nonzero(active))
        return (
            hards,
            actives - hards,
            (len(near) - 1) * len(far) - actives,
            _sum(losses, hard),
            _sum(losses, active ^ hard),
            _sum(losses, ~active),
        )


def _blocks(rows: Rows, size: int) -> Iterator[Rows]:
    """Consecutive pieces."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _sum(losses: Block, mask: Block) -> float:
    return float(np.einsum("ij,ij->", losses, mask, dtype=np.float64, casting="unsafe"))
