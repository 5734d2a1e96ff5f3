"""Vectors of any file block by block, past the rows that hold none.

Every other reader stops at a null or ragged row. Who asks what a file holds wants to know of all
of them, and of the others too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from . import layers
from .bfloat16 import widen
from .columns import TableShelf, VectorColumn, guarded
from .forward import Rows
from .layers import Bad
from .memory import ArraySource
from .shards import ShardShelf
from .shelf import Shelf, Taken, find
from .source import Source

BLOCK = 2**16
"""Numbers read at a time."""


@dataclass(frozen=True, eq=False)
class Block:
    """Some vectors of a file; those of views are counted one after the other.

    Args:
        first: The number of the first.
        rows: Those that can be read, (k, d).
        null: Which of the block are null, or hold a null; None for none.
        ragged: Which are of another length than the first of the file; None for none.
    """

    first: int
    rows: Rows
    null: Bad | None = None
    ragged: Bad | None = None


def blocks(shelf: Shelf, taken: Taken, source: Source) -> Iterator[Block]:
    """All vectors of an array or column, in the order of the file, each once.

    Args:
        shelf: The file.
        taken: What is read of it.
        source: The same as a source.
    """
    if isinstance(shelf, ShardShelf):
        yield from _of_shards(shelf, taken)
    elif isinstance(shelf, TableShelf):
        yield from _of_column(VectorColumn(shelf, taken))
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


def _of_column(column: VectorColumn) -> Iterator[Block]:
    """Rows of a table, without those that hold no vector."""
    bits = column.source().stored == "bfloat16"
    each = math.prod(column.row[:-1])
    table, names = column.shelf.table, column.columns
    for first, batch in guarded(table, column.name, names, 0, column.step):
        bad = column.bad(batch)
        good = batch if bad is None else batch.filter(pa.array(~bad))
        rows = column.numbers(good).reshape(-1, column.row[-1])
        rows = widen(rows) if bits else rows
        if bad is None:
            yield Block(first * each, rows)
            continue
        null = np.any([_nulls_within(batch.column(name)) for name in names], axis=0)
        masks = (np.repeat(mask, each) for mask in (bad & null, bad & ~null))
        yield Block(first * each, rows, *masks)


def _nulls_within(array: pa.Array) -> Bad:
    """Which values are null, or hold a null."""
    array = layers.plain(array)
    null = np.asarray(array.is_null().to_numpy(zero_copy_only=False), dtype=bool)
    if not layers.is_list(array.type):
        return null
    below = _nulls_within(array.flatten())
    parents = array.value_parent_indices().to_numpy(zero_copy_only=False)
    null[parents[below]] = True
    return null
