"""How a given candidate scores, and how many score better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..numerics import Float
from .reduction import Reduction, State, View

Block = npt.NDArray[np.floating]


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
        low, high = self._limits(view)
        rows = np.flatnonzero(view.best >= (low if low.ndim == 1 else low.min(axis=1)))
        if not len(rows):
            return
        scores = view.scores if len(rows) == len(view.scores) else view.scores[rows]
        low, high = (limit[rows].reshape(len(rows), -1) for limit in (low, high))
        counts = _count(scores > high)
        tied = np.flatnonzero(_count(scores >= low) > counts)
        if len(tied):
            own = self.numbers[view.rows][rows[tied], None]
            lower_number = view.first + np.arange(scores.shape[1]) < own
            some = scores[tied]
            ties = (some >= low[tied]) & (some <= high[tied]) & lower_number
            counts[tied] += _count(ties)
        state[0][rows] += counts

    def merge(self, into: State, other: State) -> None:
        """Add."""
        into[0][:] += other[0]

    def finish(self, state: State) -> npt.NDArray[np.int64]:
        """The counts, shape (n,)."""
        return state[0]

    def _limits(self, view: View) -> tuple[Block, Block]:
        """Lowest and highest score that tie with the reference: per row, or per pair."""
        reference = self.scores[view.rows]
        if self.lengths is None:
            low, high = reference - self.tolerance, reference + self.tolerance
        else:
            rows, candidates = self.lengths
            columns = candidates[view.first : view.first + view.scores.shape[1]]
            slack = self.tolerance * np.outer(rows[view.rows], columns)
            low, high = reference[:, None] - slack, reference[:, None] + slack
        kind = view.scores.dtype
        return low.astype(kind), high.astype(kind)


@dataclass(frozen=True, eq=False)
class ScoreOf(Reduction):
    """The score of one candidate of each row, which is not left out.

    Args:
        numbers: The candidate's number, shape (n,); -1 for none.
    """

    numbers: npt.NDArray[np.int64]

    def start(self, n: int) -> State:
        """Not seen."""
        return (np.full(n, np.nan),)

    def update(self, view: View, state: State) -> None:
        """Take the scores that are in sight."""
        place = self.numbers[view.rows] - view.first
        seen = (self.numbers[view.rows] >= 0) & (place >= 0) & (place < view.scores.shape[1])
        rows = np.flatnonzero(seen)
        state[0][rows] = view.scores[rows, place[rows]]

    def merge(self, into: State, other: State) -> None:
        """It is seen once."""
        seen = ~np.isnan(other[0])
        into[0][seen] = other[0][seen]

    def finish(self, state: State) -> Float:
        """The scores, shape (n,); NaN for no candidate."""
        return state[0]


@dataclass(frozen=True)
class Reach(Reduction):
    """The largest magnitude of a score; 0 where there is none."""

    def start(self, n: int) -> State:
        """Nothing seen."""
        return (np.zeros(n),)

    def update(self, view: View, state: State) -> None:
        """Look at every score that is not left out."""
        size = np.abs(view.scores)
        np.maximum(state[0], np.where(np.isinf(size), 0.0, size).max(axis=1), out=state[0])

    def merge(self, into: State, other: State) -> None:
        """The larger."""
        np.maximum(into[0], other[0], out=into[0])

    def finish(self, state: State) -> Float:
        """The magnitudes, shape (n,)."""
        return state[0]


def _count(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """How many are true in each row; a sum of bytes is much faster than count_nonzero by row."""
    return np.asarray(np.add.reduce(mask.view(np.uint8), axis=1, dtype=np.uint32), np.int64)
