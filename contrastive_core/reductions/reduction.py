"""The protocol that every reduction keeps, and what it is shown of a tile."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from ..tables import Hidden

State = tuple[npt.NDArray[Any], ...]
"""Arrays whose first axis counts the rows of the table."""

Scratch = Callable[[tuple[int, int]], npt.NDArray[Any]]
"""A C-contiguous array of some shape, free to write to until the next tile."""


@dataclass(frozen=True)
class Exponent:
    """Which exponentials a reduction asks for: exp(scale * s - top).

    Args:
        scale: The scale.
        shifted: Whether top is the tile's largest scale * s; else it is 0.
    """

    scale: float
    shifted: bool = False


@dataclass
class View:
    """A tile seen from its rows, or (transposed) from its columns.

    Args:
        scores: Shape (b, c); the pairs left out hold -inf. Not to be written to.
        rows: Which rows of the table's side these are.
        first: The number of the first candidate of the tile.
        hidden: The pairs left out, by positions or as a mask; None where there are none.
        buffer: Where `scratch` comes from.
        exponentials: exp(scale * score - top) with 0 for the pairs left out, for a reduction that
            asked; shaped as the scores.
        top: What they are shifted by; None for exponentials as they are.
    """

    scores: npt.NDArray[Any]
    rows: slice
    first: int
    hidden: Hidden | None
    buffer: Scratch
    exponentials: npt.NDArray[Any] | None = None
    top: float | None = None

    @property
    def scratch(self) -> npt.NDArray[Any]:
        """An array shaped and laid out as the scores, free to write to."""
        b, c = self.scores.shape
        if self.scores.flags.c_contiguous:
            return self.buffer((b, c))
        return self.buffer((c, b)).T

    @cached_property
    def best(self) -> npt.NDArray[Any]:
        """The largest score of each row, shape (b,)."""
        return np.asarray(self.scores.max(axis=1))


class Reduction(ABC):
    """A few numbers per row of a table of scores."""

    whole_rows: ClassVar[bool] = False
    """Whether `update` must see complete rows."""

    def exponent(self, bound: float, dtype: np.dtype[Any]) -> Exponent | None:
        """The exponentials to be shown beside the scores; None: the scores alone."""
        del bound, dtype
        return None

    @abstractmethod
    def start(self, n: int) -> State:
        """The state of n rows that have seen no candidate: the neutral element of `merge`."""

    @abstractmethod
    def update(self, view: View, state: State) -> None:
        """Let the rows of a tile, whose state is given, see the tile's candidates; in place."""

    @abstractmethod
    def merge(self, into: State, other: State) -> None:
        """Add what `other` has seen to `into`, in place; associative up to rounding."""

    def learn(self, where: slice, state: State) -> None:
        """Look at the merged state of some rows, so that later tiles cost less.

        It may change no result: an engine need not call it.
        """
        del where, state

    @abstractmethod
    def finish(self, state: State) -> Any:
        """The result: one or several numbers per row."""


@lru_cache(maxsize=64)
def _ones(length: int, dtype: str) -> npt.NDArray[Any]:
    return np.ones(length, dtype)


def row_sums(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Sums along the rows of a tile as a product with ones, in the precision of the tile."""
    return np.asarray(values @ _ones(values.shape[1], values.dtype.char))
