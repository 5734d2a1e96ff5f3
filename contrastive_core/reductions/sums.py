"""Sums of any function of the score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..numerics import Float
from .reduction import Reduction, State, View

Block = npt.NDArray[np.floating]


@dataclass(frozen=True)
class RowSum(Reduction):
    """sum_j f(s_ij), accumulated in float64.

    Args:
        function: f, applied to a tile; it must not write to its argument.
    """

    function: Callable[[Block], Block]

    def start(self, n: int) -> State:
        """Zero."""
        return (np.zeros(n),)

    def update(self, view: View, state: State) -> None:
        """Add f of the tile's scores."""
        with np.errstate(invalid="ignore", over="ignore"):  # f(-inf) of pairs that are left out
            values = self._values(view)
        if view.hidden is not None:
            if np.shares_memory(values, view.scores):  # the identity, for one
                values = values.copy()
            values[view.hidden] = 0
        state[0][:] += values.sum(axis=1, dtype=np.float64)

    def _values(self, view: View) -> Block:
        return self.function(view.scores)

    def merge(self, into: State, other: State) -> None:
        """Add."""
        into[0][:] += other[0]

    def finish(self, state: State) -> Float:
        """The sums, shape (n,)."""
        return state[0]


@dataclass(frozen=True)
class PlacedSum(RowSum):
    """sum_j f(s_ij, i, j): what is added depends on who meets whom.

    Args:
        function: f, applied to a tile with the slices of its rows and of its candidates' numbers.
    """

    function: Callable[..., Block]

    def _values(self, view: View) -> Block:
        cols = slice(view.first, view.first + view.scores.shape[1])
        return self.function(view.scores, view.rows, cols)
