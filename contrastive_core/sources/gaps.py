"""Vectors of any file block by block, past the rows that hold none.

Every other reader stops at a null or ragged row. Who asks what a file holds wants to know of all
of them, and of the others too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from .bits import BitSource
from .formats import FORMATS
from .forward import Rows
from .memory import ArraySource
from .shards import ShardShelf
from .shelf import Shelf, Taken, find
from .source import Source

BLOCK = 2**16
"""Numbers read at a time."""

Mask = npt.NDArray[np.bool_]

_TABLES = {known.name for known in FORMATS if known.opener[0] == "columns"}


@dataclass(frozen=True, eq=False)
class Block:
    """Some vectors of a file; those of views are counted one after the other.

    Args:
        first: The number of the first.
        rows: Those that can be read, (k, d).
        null: Which of the block are null, or hold a null; None, as `ragged`, for none of either.
        ragged: Which are of another length than a row of the file has.
    """

    first: int
    rows: Rows
    null: Mask | None = None
    ragged: Mask | None = None

    @property
    def gap(self) -> Mask | None:
        """Which hold no vector; None for none."""
        if self.null is None or self.ragged is None:
            return None
        return np.asarray(self.null | self.ragged)


def blocks(shelf: Shelf, taken: Taken, source: Source) -> Iterator[Block]:
    """All vectors of an array or column, in the order of the file, each once.

    Args:
        shelf: The file.
        taken: What is read of it.
        source: The same as a source.
    """
    if isinstance(source, BitSource):
        for block in blocks(shelf, taken, source.packed):
            yield replace(block, rows=source.unpack(block.rows))
    elif isinstance(shelf, ShardShelf):
        yield from _of_shards(shelf, taken)
    elif shelf.format in _TABLES:
        # pyarrow is slow to import, and only tables need it.
        from .column_gaps import of_column

        for first, rows, null, ragged in of_column(shelf, taken):
            yield Block(first, rows, null, ragged)
    else:
        yield from _of_array(source)


def _of_shards(shelf: ShardShelf, taken: Taken) -> Iterator[Block]:
    """The shards one behind the other."""
    first = 0
    for number, shard in enumerate(shelf.shards):
        part = shelf.shelf(number)
        entry = find(part, shard.name, taken.entry.name)
        own = replace(taken, entry=entry, name=shard.name, empty=True)
        source = shelf.part(number, taken)
        if source.shape[0]:
            for block in blocks(part, own, source):
                yield replace(block, first=first + block.first)
        first += math.prod(source.shape[:-1])


def _of_array(source: Source) -> Iterator[Block]:
    """Rows of an array; of views whose numbers do not lie one after the other, view by view."""
    first = 0
    for part in _parts(source):
        n, d = part.shape
        step = max(1, BLOCK // d)
        for start in range(0, n, step):
            yield Block(first + start, part.read(start, min(start + step, n)))
        first += n


def _parts(source: Source) -> Iterator[Source]:
    """The whole, flat; or view after view, each without a copy."""
    whole = not isinstance(source, ArraySource) or source.array.flags.c_contiguous
    if isinstance(source, ArraySource) and not whole and source.array.ndim == 3:
        yield from (replace(source, array=view) for view in source.array)
    else:
        yield source.flat()
