"""What every source of rows offers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from .shelf import Shelf


@dataclass(frozen=True)
class Facts:
    """How a source lies in its file, for those who ask what a file holds.

    Args:
        format: The format in a word: npy, npz, parquet, arrow, arrow stream, safetensors, memory.
        chosen: Why this array or column was taken, where there was a choice.
        unused: Arrays or columns of vectors that were left out.
        groups: Rows of each row group or record batch; of each shard.
        passed_over: Other files of the same folder.
        joined: How its rows belong to those of another file: by which ids, compared or joined.
        stored: Its shape in the file, where axes of length 1 were left out of that.
        order: The row of the file that each row is; None for the file's own order.
        of: Rows of the file, where there is such an order.
    """

    format: str
    chosen: str = ""
    unused: tuple[str, ...] = ()
    groups: tuple[int, ...] = ()
    passed_over: tuple[str, ...] = ()
    joined: str = ""
    stored: tuple[int, ...] = ()
    order: npt.NDArray[np.intp] | None = field(default=None, compare=False, repr=False)
    of: int = 0


def left_out(facts: Facts, before: tuple[int, ...], after: tuple[int, ...]) -> Facts:
    """Facts that tell the shape in the file, where it is another; what is told first stays."""
    return facts if facts.stored or before == after else replace(facts, stored=before)


class Source(Protocol):
    """Rows that can be read by range: (n, d), or (a, b, d) when the file holds views."""

    @property
    def name(self) -> str:
        """The path as the user wrote it, or the name of an argument."""

    @property
    def format(self) -> str:
        """The file format in a word."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, d), or (a, b, d) for views."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """The number type that `read` gives."""

    @property
    def stored(self) -> str:
        """The number type in the file: as `dtype`, or bfloat16, which NumPy does not have."""

    @property
    def unused(self) -> tuple[str, ...]:
        """Vector columns of the same table that were left out."""

    @property
    def facts(self) -> Facts:
        """How it lies in its file."""

    @property
    def shelf(self) -> Shelf | None:
        """The file with its other arrays or columns; None for an array in memory."""

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Entries `start` to `stop` of the first axis; cheapest when asked for in order."""

    def strand(self, axis: int, index: int) -> Strided:
        """View `index` of a 3-D source whose views lie on `axis` (0 or 1)."""

    def flat(self) -> Source:
        """(a, b, d) as (a * b, d); the same source every time, so that one pass reads it."""


@dataclass(frozen=True)
class Strided:
    """Every `step`-th row of a 2-D source from `start` on, `n` of them."""

    source: Source
    start: int
    step: int
    n: int

    @property
    def name(self) -> str:
        """The name of the source that the rows come from."""
        return self.source.name

    @property
    def d(self) -> int:
        """Dimensions of a row."""
        return self.source.shape[1]


def strand_of(source: Source, axis: int, index: int) -> Strided:
    """A view as every so-and-so-many-th row of the flat source: one forward pass reads them all."""
    first, second, _ = source.shape
    if axis == 0:
        return Strided(source.flat(), index * second, 1, second)
    return Strided(source.flat(), index, second, first)
