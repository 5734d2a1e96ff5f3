"""Sources that are read forward, block by block: columns, compressed arrays, remote files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from .bfloat16 import widen
from .source import Facts, Source, Strided, left_out, strand_of

if TYPE_CHECKING:
    from .shelf import Shelf

Rows = npt.NDArray[Any]

Blocks = Callable[[int], Iterator[tuple[int, Rows]]]
"""From a row to (first row, rows) of the blocks from the one that holds it on; blocks before it
are passed over."""


class ByRange(Protocol):
    """Rows of d numbers that are read by range."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """The number type that `read` gives."""

    def read(self, start: int, stop: int) -> Rows:
        """Rows `start` to `stop`; cheapest when asked for in order."""


class Forward:
    """Rows of a stream of blocks by range, (n, d).

    The last block is kept, so that going back within it costs nothing; going back further, or
    skipping ahead, begins anew at the block that holds the row.
    """

    def __init__(self, blocks: Blocks, d: int, dtype: np.dtype[Any], short: BadInput) -> None:
        self.dtype = dtype
        self._blocks, self._short = blocks, short
        self._none = np.empty((0, d), dtype)
        self._begin(0)

    def read(self, start: int, stop: int) -> Rows:
        """Rows `start` to `stop`, without a copy where they lie in one block."""
        if not self._first <= start <= self._first + len(self._held):
            self._begin(start)
        parts = [self._held[start - self._first : stop - self._first]]
        row = start + len(parts[0])
        while row < stop:
            self._pull()
            parts.append(self._held[row - self._first : stop - self._first])
            row += len(parts[-1])
        return np.concatenate(parts) if len(parts) > 1 else parts[0]

    def _begin(self, row: int) -> None:
        self._stream = self._blocks(row)
        self._first, self._held = row, self._none

    def _pull(self) -> None:
        """Hold the next block; a stream that failed is begun anew by the next read."""
        try:
            self._first, self._held = next(self._stream)
        except (StopIteration, BadInput) as error:
            self._first, self._held = -1, self._none
            if isinstance(error, BadInput):
                raise
            raise self._short from None


@dataclass(frozen=True, eq=False)
class Streamed:
    """Blocks of flat rows as a source, (n, d) or (a, b, d).

    Args:
        name: What messages call it.
        shape: (n, d), or (a, b, d).
        rows: Rows of d numbers, in the order of the file.
        facts: How it lies in its file.
        shelf: The file.
        bfloat16: Whether the rows hold the bits of bfloat16 numbers.
        type: The number type in the file, where that is another than that of the rows.
    """

    name: str
    shape: tuple[int, ...]
    rows: ByRange
    facts: Facts
    shelf: Shelf | None = None
    bfloat16: bool = False
    type: str = ""

    @property
    def dtype(self) -> np.dtype[Any]:
        """The number type that `read` gives."""
        return np.dtype(np.float32) if self.bfloat16 else self.rows.dtype

    @property
    def stored(self) -> str:
        """The number type in the file."""
        return "bfloat16" if self.bfloat16 else self.type or str(self.rows.dtype)

    @property
    def format(self) -> str:
        """The file format."""
        return self.facts.format

    @property
    def unused(self) -> tuple[str, ...]:
        """Vector columns of the same file that were left out."""
        return self.facts.unused

    def read(self, start: int, stop: int) -> Rows:
        """Entries `start` to `stop` of the first axis; cheapest when asked for in order."""
        each = self.shape[1] if len(self.shape) == 3 else 1
        rows = self.rows.read(start * each, stop * each).reshape(stop - start, *self.shape[1:])
        return widen(rows) if self.bfloat16 else rows

    def strand(self, axis: int, index: int) -> Strided:
        """One view, as rows of the flat source."""
        return strand_of(self, axis, index)

    def flat(self) -> Source:
        """(a, b, d) as (a * b, d), over the same stream."""
        return self._flat if len(self.shape) == 3 else self

    @cached_property
    def _flat(self) -> Source:
        first, second, d = self.shape
        flat = (first * second, d)
        return replace(self, shape=flat, facts=left_out(self.facts, self.shape, flat))
