"""What several measurings of one input share: open files, and rows that are decoded once.

Rows that lie in a mapped file as they are need no keeping. Those that must be decoded (Parquet,
compressed Arrow, deflated .npz, files of other machines, shards of these) are written into a
temporary file without a name while they are first read, and read from there ever after. Where the
disk has no room for them, they are decoded anew each time.
"""

from __future__ import annotations

import math
import mmap
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from ..errors import TooLittleMemory
from .forward import ByRange, Streamed
from .shards import ShardedSource
from .source import Source
from .spill import temporary

if TYPE_CHECKING:
    from .shelf import Shelf, Taken

T = TypeVar("T")

_STEP = 2**20
"""Numbers decoded at a time to get to rows further on."""


@dataclass
class Reads:
    """Whether rows are read more than once: decoded rows are written down only then.

    It may be settled until the first row is read.
    """

    often: bool = False


class Keep:
    """What is kept for as long as one input is measured."""

    def __init__(self) -> None:
        self.reads = Reads()
        self._held: dict[Hashable, Any] = {}

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made under this key; it is made where nothing was. An error is not kept."""
        if key not in self._held:
            self._held[key] = make()
        found: T = self._held[key]
        return found

    def source(self, location: str, shelf: Shelf, taken: Taken) -> Source:
        """Vectors of a file, whose rows are decoded once by whatever name they are asked for.

        Args:
            location: The file, without the name of an array or column.
            shelf: The file, open.
            taken: What of it is read.
        """
        return self.once(
            ("source", location, taken),
            lambda: self._kept((location, taken.entry.name), shelf.source(taken)),
        )

    def _kept(self, key: Hashable, source: Source) -> Source:
        """The source over kept rows, where these must be decoded."""
        if isinstance(source, ShardedSource) and not source.mapped:
            flat = source.flat()
            rows: ByRange = flat
            kept = Streamed(source.name, source.shape, rows, source.facts, source.shelf)
            source = replace(kept, type=flat.stored)
        if not isinstance(source, Streamed):
            return source
        inner, shape = source.rows, (math.prod(source.shape[:-1]), source.shape[-1])
        return replace(
            source, rows=self.once(("rows", key), lambda: KeptRows(inner, shape, self.reads))
        )


class KeptRows:
    """Rows by range, (n, d), of which those once read lie in a temporary file.

    Args:
        rows: What decodes them; cheapest when asked for in order.
        shape: (n, d).
        reads: How often they are read.
    """

    def __init__(self, rows: ByRange, shape: tuple[int, int], reads: Reads) -> None:
        self.dtype = rows.dtype
        self._rows, self._shape, self._reads = rows, shape, reads
        self._known = 0
        self._store: npt.NDArray[Any] | None = None
        self._open = False

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start` to `stop`."""
        stop = min(stop, self._shape[0])
        if not self._opened():
            return self._rows.read(start, stop)
        step = max(1, _STEP // max(1, self._shape[1]))
        while self._known < start:  # what is passed over is wanted some day
            self._take(min(self._known + step, start))
        if self._known < stop:
            self._take(stop)
        if self._store is None:
            raise TypeError("rows are read from a store that is open")
        return self._store[start:stop]

    def _take(self, stop: int) -> None:
        """Decode the rows up to one."""
        if self._store is not None:
            self._store[self._known : stop] = self._rows.read(self._known, stop)
            self._known = stop

    def _opened(self) -> bool:
        """Whether there is a file to keep the rows in; it is made by the first read."""
        if not self._open:
            self._open, size = True, math.prod(self._shape) * self.dtype.itemsize
            try:
                if size and self._reads.often:
                    with temporary(size, "decoded rows") as file:
                        held = mmap.mmap(file.fileno(), size)
                    self._store = np.ndarray(self._shape, self.dtype, held)
            except TooLittleMemory:
                self._store = None
        return self._store is not None
