"""Vectors of tables past the rows that hold none."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from . import layers
from .bfloat16 import NAME, widen
from .columns import TableShelf, VectorColumn, guarded
from .forward import Rows
from .layers import Bad
from .shelf import Shelf, Taken


def of_column(shelf: Shelf, taken: Taken) -> Iterator[tuple[int, Rows, Bad | None, Bad | None]]:
    """Vectors of a table: the first of a batch, those that can be read, nulls, ragged ones.

    Args:
        shelf: A table.
        taken: The column, or the columns of a matrix.
    """
    if not isinstance(shelf, TableShelf):
        raise TypeError(f"{shelf.name} is no table")
    column = VectorColumn(shelf, taken)
    bits = column.source().stored == NAME
    each = math.prod(column.flat[:-1])
    table, names = column.shelf.table, column.columns
    for first, batch in guarded(table, column.name, names, 0, column.step):
        bad = column.bad(batch)
        good = batch if bad is None else batch.filter(pa.array(~bad))
        rows = column.numbers(good).reshape(-1, column.flat[-1])
        rows = widen(rows) if bits else rows
        if bad is None:
            yield first * each, rows, None, None
            continue
        null = np.any([_nulls_within(batch.column(name)) for name in names], axis=0)
        yield first * each, rows, np.repeat(bad & null, each), np.repeat(bad & ~null, each)


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
