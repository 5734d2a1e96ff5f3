"""The nearest neighbours in an order that rounding cannot change: needs whole rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from ..numerics import Float
from .reduction import Reduction, State, View

_LONG = 4
"""A run of ties this many times longer than what is wanted is looked at as a whole."""


@dataclass(frozen=True, eq=False)
class Neighbours(Reduction):
    """The k nearest candidates: by descending score, and within a run of ties by lower number.

    Neighbours in the sorted row belong to one run when their scores differ by at most the
    tolerance. A run may be as long as the row, so no bounded state can be merged: the reduction
    looks at whole rows.

    Args:
        k: How many.
        tolerances: Scores of row i tie when they differ by at most tolerances[i], shape (n,).
    """

    k: int
    tolerances: Float
    whole_rows: ClassVar[bool] = True

    def start(self, n: int) -> State:
        """K free places."""
        return (np.full((n, self.k), -1, np.int64),)

    def update(self, view: View, state: State) -> None:
        """Order each row."""
        if self.k == 1:
            nearest = first_in_rows(view.scores, self.tolerances[view.rows])
            state[0][:, 0] = np.where(nearest >= 0, view.first + nearest, -1)
            return
        tolerances = self.tolerances[view.rows]
        for row, scores in enumerate(view.scores):
            nearest = view.first + nearest_in_row(scores, self.k, float(tolerances[row]))
            state[0][row, : len(nearest)] = nearest

    def merge(self, into: State, other: State) -> None:
        """Take the rows over: whole rows are seen once."""
        into[0][:] = other[0]

    def finish(self, state: State) -> npt.NDArray[np.int64]:
        """Numbers of the neighbours, nearest first, shape (n, k); -1 where there are fewer."""
        return state[0]


def first_in_rows(scores: npt.NDArray[np.floating], tolerances: Float) -> npt.NDArray[np.int64]:
    """Position of each row's first neighbour: the lowest in the run of the best; -1 if none."""
    low = scores.max(axis=1)
    slack = tolerances.astype(scores.dtype)
    while True:
        reached = scores >= (low - slack)[:, None]
        lowest = np.min(scores, axis=1, where=reached, initial=np.inf)
        if (lowest >= low).all():
            break
        low = np.minimum(low, lowest)
    return np.where(scores.max(axis=1) > -np.inf, reached.argmax(axis=1), -1)


def nearest_in_row(
    scores: npt.NDArray[np.floating], k: int, tolerance: float
) -> npt.NDArray[np.intp]:
    """Positions of the k nearest of one row; those at -inf never count."""
    wanted = min(k, len(scores))
    kth = float(np.partition(scores, -wanted)[-wanted])
    if kth == -np.inf:
        wanted = int(np.count_nonzero(scores > -np.inf))
        if wanted == 0:
            return np.empty(0, np.intp)
        kth = float(scores[scores > -np.inf].min())
    close = np.flatnonzero(scores >= _end_of_run(scores, kth, tolerance))
    if len(close) > _LONG * wanted:  # perhaps one run, as long as a collapsed space makes it
        best = scores >= _end_of_run(scores, float(scores.max()), tolerance)
        if np.count_nonzero(best) >= wanted:
            return np.flatnonzero(best)[:wanted]
    close = close[np.argsort(-scores[close], kind="stable")]
    return in_runs(scores[close], close, tolerance)[:wanted]


def in_runs(
    scores: npt.NDArray[np.floating], numbers: npt.NDArray[np.intp], tolerance: float
) -> npt.NDArray[np.intp]:
    """Numbers of candidates sorted by descending score, reordered inside runs of ties."""
    wide = scores.astype(np.float64)
    ends = wide[:-1] - wide[1:] > tolerance
    if ends.all():
        return numbers
    run = np.zeros(len(numbers), np.intp)
    np.cumsum(ends, out=run[1:])
    return numbers[np.lexsort((numbers, run))]


def _end_of_run(scores: npt.NDArray[np.floating], value: float, tolerance: float) -> float:
    """The lowest score of the run of ties that `value` belongs to."""
    while True:
        reached = scores[scores >= value - tolerance]
        lowest = float(reached.min())
        if lowest >= value:
            return value
        value = lowest
