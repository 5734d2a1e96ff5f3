"""log sum exp(scale * s) over the candidates of each row."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..numerics import Float
from .reduction import Exponent, Reduction, State, View, row_sums

Block = npt.NDArray[Any]

UNSHIFTED = {"float32": 60.0, "float64": 600.0}
"""exp(+-x) for x up to this neither overflows nor vanishes, nor do sums of up to 1e12 of them."""

SHARED = {"float32": 400.0, "float64": 4000.0}
"""Logits up to this are shifted by one number for a whole tile: of rows that are not much further
from each other than UNSHIFTED, few need a shift of their own."""

_OWN = 2**16
"""Scores of rows with a shift of their own that are copied at a time: no second tile is held."""


@dataclass(frozen=True)
class LogSumExp(Reduction):
    """log sum_j exp(scale * s_ij).

    The state is (top, total): the sum is total * exp(top). While |scale * s| is known to be small
    the exponentials are taken as they are; up to `SHARED` they are relative to the largest logit of
    the tile, and the few rows whose sum all but vanishes beside it are shifted by their own. Either
    way one tile of exponentials serves its rows and its columns. Beyond, each row is shifted by its
    own maximum.

    Args:
        scale: 1 / temperature.
    """

    scale: float

    def exponent(self, bound: float, dtype: np.dtype[Any]) -> Exponent | None:
        """The scale, and whether a shift is needed; None where one for all would not do."""
        reach = self.scale * bound
        if reach > SHARED[dtype.name]:
            return None
        return Exponent(self.scale, shifted=reach > UNSHIFTED[dtype.name])

    def start(self, n: int) -> State:
        """An empty sum."""
        return np.full(n, -np.inf), np.zeros(n)

    def update(self, view: View, state: State) -> None:
        """Add the tile's exponentials."""
        if view.exponentials is None:
            self.merge(state, _shifted(view.scores, self.scale, view.scratch))
            return
        sums = row_sums(view.exponentials).astype(np.float64)
        if view.top is None:
            state[0].fill(0.0)  # in this path no sum is ever shifted
            state[1][:] += sums
            return
        far = np.flatnonzero(sums < math.exp(-UNSHIFTED[view.scores.dtype.name]))
        reached = np.full(len(sums), view.top)
        sums[far], reached[far] = 0.0, -np.inf
        self.merge(state, (reached, sums))
        step = max(1, _OWN // view.scores.shape[1])
        for start in range(0, len(far), step):
            rows = far[start : start + step]
            own = view.scores[rows]
            part = state[0][rows], state[1][rows]
            self.merge(part, _shifted(own, self.scale, own))
            state[0][rows], state[1][rows] = part

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


def _shifted(scores: Block, scale: float, out: Block) -> State:
    """The sums of rows that are each shifted by their maximum; `out` may be the scores."""
    most = scores.max(axis=1)
    best = np.where(most > -np.inf, most, most.dtype.type(0))
    shifted = np.subtract(scores, best[:, None], out=out)
    with np.errstate(over="ignore"):  # -inf is as good as any logit below the top's reach,
        shifted *= min(scale, float(np.finfo(shifted.dtype).max))
        np.exp(shifted, out=shifted)
        # and a top beyond float64 makes a loss that is refused where it is evaluated
        reached = np.where(most > -np.inf, best * np.float64(scale), -np.inf)
    return reached, row_sums(shifted).astype(np.float64)
