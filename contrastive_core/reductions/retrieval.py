"""How well a row's nearest neighbours are of its class: needs whole rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from ..numerics import Float
from .neighbours import nearest_in_row
from .reduction import Reduction, State, View

Count = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Retrieved:
    """What the neighbours of each of n rows are worth.

    Args:
        neighbours: Numbers of the k nearest, nearest first, shape (n, k); -1 where there are fewer.
        best: Number of the candidate of the largest score, shape (n,); -1 where there is none.
        first: 1 where the nearest labelled neighbour is of the row's class, else 0; NaN for a row
            alone in its class, or without one.
        r_precision: Hits among the first R neighbours over R, R the others of the class.
        average_precision: 1/R sum_{i <= R} hit_i * precision@i.
    """

    neighbours: Count
    best: Count
    first: Float
    r_precision: Float
    average_precision: Float


@dataclass(frozen=True, eq=False)
class Retrieval(Reduction):
    """The k nearest neighbours of each row, and precision over the R nearest labelled ones.

    A candidate without a class is nobody's hit and takes nobody's place.

    Args:
        k: Neighbours to keep.
        own: Class of each row of the table, -1 for none, shape (n,).
        codes: Class of each candidate, by number, -1 for none, shape (m,).
        tolerance: Scores tie when they differ by at most this.
    """

    k: int
    own: Count
    codes: Count
    tolerance: float
    whole_rows: ClassVar[bool] = True

    @cached_property
    def _unclassed(self) -> npt.NDArray[np.intp]:
        return np.flatnonzero(self.codes < 0)

    @cached_property
    def _sizes(self) -> Count:
        known = self.codes[self.codes >= 0]
        return np.bincount(known, minlength=1 + int(max(self.own.max(), 0)))

    def start(self, n: int) -> State:
        """Nobody."""
        unknown = [np.full(n, np.nan) for _ in range(3)]
        return (np.full((n, self.k), -1, np.int64), np.full(n, -1, np.int64), *unknown)

    def update(self, view: View, state: State) -> None:
        """Order each row as far as it is needed."""
        neighbours, best, *precisions = state
        for place, scores in enumerate(view.scores):
            own = int(self.own[view.rows.start + place])
            others = int(self._sizes[own]) - 1 if own >= 0 else 0
            order = nearest_in_row(scores, max(self.k, others, 1), self.tolerance)
            neighbours[place, : len(order)] = order[: self.k]
            best[place] = scores.argmax() if len(order) else -1
            if others > 0:
                hits = self.codes[self._ranking(scores, order, others)] == own
                for column, value in zip(precisions, _precisions(hits), strict=True):
                    column[place] = value

    def merge(self, into: State, other: State) -> None:
        """Take the rows over: whole rows are seen once."""
        for mine, theirs in zip(into, other, strict=True):
            mine[:] = theirs

    def finish(self, state: State) -> Retrieved:
        """Neighbours and precisions."""
        return Retrieved(*state)

    def _ranking(
        self, scores: npt.NDArray[np.floating], order: npt.NDArray[np.intp], wanted: int
    ) -> npt.NDArray[np.intp]:
        """The nearest neighbours that have a class."""
        if not len(self._unclassed):
            return order[:wanted]
        known = scores.copy()
        known[self._unclassed] = -np.inf
        return nearest_in_row(known, wanted, self.tolerance)


def _precisions(hits: npt.NDArray[np.bool_]) -> tuple[float, float, float]:
    """First hit, R-precision and average precision of the R nearest."""
    found = 1 + np.flatnonzero(hits)  # the places of the hits, from 1
    precision = np.arange(1, len(found) + 1) / found
    return float(hits[0]), len(found) / len(hits), float(precision.sum()) / len(hits)
