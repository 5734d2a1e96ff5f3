"""How well a row's nearest neighbours are of its class: needs whole rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from ..numerics import Float
from .neighbours import nearest_in_rows
from .reduction import Reduction, State, View

Count = npt.NDArray[np.int64]

_ALIKE = 2.0
"""Rows whose classes differ by less than this factor are ordered together."""


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
    r_precision: Float | None = None
    average_precision: Float | None = None


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
        """Order each row as far as it is needed, rows of like classes together."""
        neighbours, best, *precisions = state
        best[:] = np.where(view.best > -np.inf, view.scores.argmax(axis=1), -1)
        own = self.own[view.rows]
        others = np.where(own >= 0, self._sizes[own] - 1, 0)
        wanted = np.maximum(others, self.k)
        for size in np.unique(_ALIKE ** np.ceil(np.log(wanted) / np.log(_ALIKE))).tolist():
            rows = np.flatnonzero((wanted <= size) & (wanted > size / _ALIKE))
            if not len(rows):
                continue
            whole = len(rows) == len(wanted) and not len(self._unclassed)
            scores, most = view.scores if whole else view.scores[rows], int(wanted[rows].max())
            tolerances = np.full(len(rows), self.tolerance)
            order = nearest_in_rows(scores, most, tolerances)
            neighbours[rows, : min(self.k, order.shape[1])] = order[:, : self.k]
            if len(self._unclassed):
                scores[:, self._unclassed] = -np.inf
                order = nearest_in_rows(scores, most, tolerances)
            hits = (self.codes[order] == own[rows, None]) & (order >= 0)
            found = _precisions(hits, others[rows])
            for column, values in zip(precisions, found, strict=True):
                column[rows] = values

    def merge(self, into: State, other: State) -> None:
        """Take the rows over: whole rows are seen once."""
        for mine, theirs in zip(into, other, strict=True):
            mine[:] = theirs

    def finish(self, state: State) -> Retrieved:
        """Neighbours and precisions."""
        return Retrieved(*state)


def _precisions(hits: npt.NDArray[np.bool_], others: Count) -> tuple[Float, Float, Float]:
    """First hit, R-precision and average precision of each row; NaN where R is 0.

    Args:
        hits: Whether the neighbours of each row are of its class, nearest first, shape (b, k).
        others: R, shape (b,).
    """
    places = np.arange(1, hits.shape[1] + 1)
    hits = hits & (places <= others[:, None])
    found = np.cumsum(hits, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):  # 0 / 0 is NaN: nobody is to be found
        precision = np.where(hits, found / places, 0.0)
        first = np.where(others > 0, hits[:, 0].astype(np.float64), np.nan)
        return first, found[:, -1] / others, precision.sum(axis=1) / others
