"""log sum exp(scale * s) over the candidates of each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..numerics import Float
from .reduction import Reduction, State, View, row_sums

UNSHIFTED = {"float32": 60.0, "float64": 600.0}
"""exp(+-x) for x up to this neither overflows nor vanishes, nor do sums of up to 1e12 of them."""


@dataclass(frozen=True)
class LogSumExp(Reduction):
    """log sum_j exp(scale * s_ij).

    The state is (top, total): the sum is total * exp(top). While |scale * s| is known to be small
    the exponentials are taken as they are, and one tile of them serves its rows and its columns;
    beyond, each row is shifted by its running maximum.

    Args:
        scale: 1 / temperature.
    """

    scale: float

    def exponent(self, bound: float, dtype: np.dtype[Any]) -> float | None:
        """The scale, where no shift is needed."""
        return self.scale if self.scale * bound <= UNSHIFTED[dtype.name] else None

    def start(self, n: int) -> State:
        """An empty sum."""
        return np.full(n, -np.inf), np.zeros(n)

    def update(self, view: View, state: State) -> None:
        """Add the tile's exponentials."""
        if view.exponentials is not None:
            state[0].fill(0.0)  # in this path no sum is ever shifted
            state[1][:] += row_sums(view.exponentials)
            return
        best = np.where(view.best > -np.inf, view.best, view.best.dtype.type(0))
        shifted = np.subtract(view.scores, best[:, None], out=view.scratch)
        with np.errstate(over="ignore"):  # -inf is as good as any logit below the top's reach,
            shifted *= min(self.scale, float(np.finfo(shifted.dtype).max))
            np.exp(shifted, out=shifted)
            # and a top beyond float64 makes a loss that is refused where it is evaluated
            reached = np.where(view.best > -np.inf, best * np.float64(self.scale), -np.inf)
        self.merge(state, (reached, row_sums(shifted).astype(np.float64)))

    def merge(self, into: State, other: State) -> None:
        """Bring both sums to the larger top, and add."""
        top, total = into
        if np.array_equal(top, other[0]):
            total += other[1]
            return
        new = np.maximum(top, other[0])
        shift = np.where(np.isfinite(new), new, 0.0)
        total *= np.exp(top - shift)
        total += other[1] * np.exp(other[0] - shift)
        top[:] = new

    def finish(self, state: State) -> Float:
        """Natural logarithm of the sum, shape (n,); -inf where a row has no candidate."""
        top, total = state
        with np.errstate(divide="ignore"):  # an empty sum
            return np.where(total > 0.0, top, 0.0) + np.log(total)
