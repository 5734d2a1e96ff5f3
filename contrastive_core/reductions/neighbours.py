"""The nearest neighbours in an order that rounding cannot change: needs whole rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from ..numerics import Float
from .reduction import Reduction, State, View

_STEPS = 4
"""Steps of one tolerance that a run of ties is followed by, before the row is sorted."""

_TOGETHER = 2**16
"""Neighbours that are sorted at a time."""

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
        nearest = nearest_in_rows(view.scores, self.k, self.tolerances[view.rows])
        state[0][:, : nearest.shape[1]] = np.where(nearest >= 0, view.first + nearest, -1)

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


def nearest_in_rows(
    scores: npt.NDArray[np.floating], k: int, tolerances: Float
) -> npt.NDArray[np.int64]:
    """Positions of the k nearest of each row, shape (b, k); -1 where there are fewer.

    All rows at once: what reaches the k-th best, and a few tolerances below it, is sorted, and runs
    of ties by number. A row whose run goes on further is looked at by itself.
    """
    b, m = scores.shape
    k = min(k, m)
    found = np.full((b, k), -1, np.int64)
    step = max(1, _TOGETHER // k)
    for start in range(0, b, step):
        part = slice(start, min(start + step, b))
        _nearest_of_some(scores[part], tolerances[part], found[part])
    return found


def _nearest_of_some(
    scores: npt.NDArray[np.floating], tolerances: Float, found: npt.NDArray[np.int64]
) -> None:
    """The same of so few rows that what is sorted of them is no larger than a block."""
    b, k = found.shape
    kth = np.partition(scores, -k, axis=1)[:, -k]
    level = kth.astype(np.float64) - _STEPS * tolerances
    reached = scores >= np.maximum(level, np.finfo(scores.dtype).min)[:, None]
    counts = np.add.reduce(reached.view(np.uint8), axis=1, dtype=np.uint32)  # much the fastest way
    long = np.flatnonzero(counts > _LONG * k + _STEPS)
    reached[long] = False
    rows, cols = np.divmod(np.flatnonzero(reached.ravel()), scores.shape[1])
    counts = np.bincount(rows, minlength=b)
    width = max(1, int(counts.max(initial=0)))
    places = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    values = np.full((b, width), -np.inf)
    numbers = np.full((b, width), -1, np.int64)
    values[rows, places], numbers[rows, places] = scores[rows, cols], cols
    order = np.argsort(-values, axis=1, kind="stable")
    values = np.take_along_axis(values, order, axis=1)
    numbers = np.take_along_axis(numbers, order, axis=1)
    with np.errstate(invalid="ignore"):  # -inf - -inf behind the last
        ends = ~(values[:, :-1] - values[:, 1:] <= tolerances[:, None])
    tied = np.flatnonzero(~ends.all(axis=1))
    numbers[tied] = _by_number(numbers[tied], ends[tied])
    found[:, : min(k, width)] = numbers[:, :k]
    last = np.take_along_axis(values, np.maximum(counts - 1, 0)[:, None], axis=1)[:, 0]
    closed = last - tolerances >= level  # a run that went on would have been seen to
    real = ends & (np.arange(1, width) < counts[:, None])  # behind the last one nothing was seen
    closed |= real[:, k - 1 :].any(axis=1)
    closed[long] = False
    for row in np.flatnonzero(~closed).tolist():
        nearest = nearest_in_row(scores[row], k, float(tolerances[row]))
        found[row] = -1
        found[row, : len(nearest)] = nearest


def _by_number(
    numbers: npt.NDArray[np.int64], ends: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Candidates by descending score, reordered inside runs of ties by number; -1 comes last."""
    runs = np.concatenate([np.zeros((len(numbers), 1), np.int64), np.cumsum(ends, axis=1)], axis=1)
    order = np.lexsort((np.where(numbers < 0, np.iinfo(np.int64).max, numbers), runs), axis=1)
    return np.take_along_axis(numbers, order, axis=1)


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
    tied = wide[:-1] - wide[1:] <= tolerance
    if not tied.any():
        return numbers
    inside = np.zeros(len(numbers), bool)
    inside[:-1] |= tied
    inside[1:] |= tied
    run = np.zeros(len(numbers), np.intp)
    np.cumsum(~tied, out=run[1:])
    ordered = numbers.copy()
    ordered[inside] = numbers[inside][np.lexsort((numbers[inside], run[inside]))]
    return ordered


def _end_of_run(scores: npt.NDArray[np.floating], value: float, tolerance: float) -> float:
    """The lowest score of the run of ties that `value` belongs to."""
    for _ in range(_STEPS):
        lowest = float(scores[scores >= value - tolerance].min())
        if lowest >= value:
            return value
        value = lowest
    # A long run: all steps at once.
    below = np.sort(scores[(scores <= value) & (scores > -np.inf)])[::-1].astype(np.float64)
    ends = np.flatnonzero(below[:-1] - below[1:] > tolerance)
    return float(below[ends[0]] if len(ends) else below[-1])
