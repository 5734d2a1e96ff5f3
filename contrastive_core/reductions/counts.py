"""How many candidates score better than a given one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..numerics import Float
from .reduction import Reduction, State, View


@dataclass(frozen=True, eq=False)
class CountNearer(Reduction):
    """How many candidates come before a reference candidate in the order of neighbours.

    Candidate j comes before the reference of row i when its score is better by more than the
    tolerance, or when the two tie and j has the lower number.

    Args:
        scores: The reference's score, shape (n,).
        numbers: The reference's number among the candidates, shape (n,).
        tolerance: Scores tie when they differ by at most this, times the lengths below.
        lengths: Norms of the rows, shape (n,), and of the candidates by number, for dot products;
            None for unit rows.
    """

    scores: Float
    numbers: npt.NDArray[np.intp]
    tolerance: float
    lengths: tuple[Float, Float] | None = None

    def start(self, n: int) -> State:
        """Nobody."""
        return (np.zeros(n, np.int64),)

    def update(self, view: View, state: State) -> None:
        """Count in the rows whose best score reaches the reference; the others have no say."""
        reference = self.scores[view.rows]
        slack = self._slack(view)
        least = reference - (slack if slack.ndim == 1 else slack.max(axis=1))
        rows = np.flatnonzero(view.best >= least)
        if not len(rows):
            return
        gap = view.scores[rows] - reference[rows, None]
        limit = slack[rows, None] if slack.ndim == 1 else slack[rows]
        numbers = view.first + np.arange(view.scores.shape[1])
        tied_before = (np.abs(gap) <= limit) & (numbers < self.numbers[view.rows][rows, None])
        state[0][rows] += np.count_nonzero((gap > limit) | tied_before, axis=1)

    def merge(self, into: State, other: State) -> None:
        """Add."""
        into[0][:] += other[0]

    def finish(self, state: State) -> npt.NDArray[np.int64]:
        """The counts, shape (n,)."""
        return state[0]

    def _slack(self, view: View) -> Float:
        """The tie tolerance: per row, or per pair where it grows with the lengths."""
        b, c = view.scores.shape
        if self.lengths is None:
            return np.full(b, self.tolerance)
        rows, candidates = self.lengths
        return self.tolerance * np.outer(rows[view.rows], candidates[view.first : view.first + c])
