"""The k best candidates of each row."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..numerics import Float
from .reduction import Reduction, State, View

_NOBODY = np.iinfo(np.int64).max
"""The number of a place that no candidate has taken."""


@dataclass(frozen=True)
class TopK(Reduction):
    """The k best scores of each row with the candidates' numbers; equal scores by lower number.

    The running k-th score filters: a row whose best in a tile does not reach it is left alone.

    Args:
        k: How many.
        n: Rows of the table, where what is merged of them is to help the tasks that follow.
    """

    k: int
    n: int = 0
    floor: Float = field(init=False, repr=False, compare=False)
    """The k-th best score that each row is known to reach: what lies below is not looked at. It
    only ever rises, and changes no result."""

    def __post_init__(self) -> None:
        """Nothing is known."""
        object.__setattr__(self, "floor", np.full(self.n, -np.inf))

    def start(self, n: int) -> State:
        """K free places."""
        return np.full((n, self.k), -np.inf), np.full((n, self.k), _NOBODY, np.int64)

    def update(self, view: View, state: State) -> None:
        """Let the few candidates that reach the k-th score in."""
        known = state[0][:, -1]
        kth = np.maximum(known, self.floor[view.rows]) if self.n else known
        rows = np.flatnonzero((view.best >= kth) & (view.best > -np.inf))
        if not len(rows):
            return
        found = _best_of(np.ascontiguousarray(view.scores[rows]), self.k)
        self._keep_best(state, rows, (found[0], found[1] + view.first))

    def merge(self, into: State, other: State) -> None:
        """The k best of both."""
        self._keep_best(into, np.arange(len(into[0])), other)

    def learn(self, where: slice, state: State) -> None:
        """Raise the floor of some rows to what they have reached."""
        if self.n:
            np.maximum(self.floor[where], state[0][:, -1], out=self.floor[where])

    def finish(self, state: State) -> tuple[Float, npt.NDArray[np.int64]]:
        """Scores and numbers, each (n, k), best first; -inf and -1 in free places."""
        values, numbers = state
        return values, np.where(numbers == _NOBODY, -1, numbers)

    def _keep_best(self, into: State, rows: npt.NDArray[np.intp], other: State) -> None:
        values = np.concatenate([into[0][rows], other[0]], axis=1)
        numbers = np.concatenate([into[1][rows], other[1]], axis=1)
        numbers[values == -np.inf] = _NOBODY
        order = np.lexsort((numbers, -values), axis=1)[:, : self.k]
        into[0][rows] = np.take_along_axis(values, order, axis=1)
        into[1][rows] = np.take_along_axis(numbers, order, axis=1)


def _best_of(scores: npt.NDArray[np.floating], k: int) -> tuple[Float, npt.NDArray[np.int64]]:
    """The k best of each row of a tile, by k rounds of argmax: the first of equals is taken.

    Overwrites `scores`.
    """
    rounds = min(k, scores.shape[1])
    rows = np.arange(len(scores))
    values = np.empty((len(scores), rounds))
    places = np.empty((len(scores), rounds), np.int64)
    for number in range(rounds):
        place = scores.argmax(axis=1)
        values[:, number], places[:, number] = scores[rows, place], place
        scores[rows, place] = -np.inf
    return values, places
