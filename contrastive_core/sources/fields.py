"""Plain columns of Parquet and Arrow IPC files: numbers and strings, read whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

from ..errors import BadInput
from .columns import Table, listing, open_table, read_column, unknown_column
from .values import Check, Values, Wanted


def read_one(path: Path, name: str, column: str | None, wanted: Wanted, check: Check) -> Values:
    """The column asked for, the only one, or the one with a recognised name."""
    table = open_table(path, name)
    chosen = _choose(table, name, wanted) if column is None else column
    if chosen not in table.schema.names:
        raise unknown_column(name, chosen, table.schema.names)
    check(name, (table.n,))
    return _values(table, name, chosen, wanted)


def read_several(path: Path, name: str, wanted: Wanted, check: Check) -> list[Values]:
    """The wanted columns, by their names; those marked "?" where the file has them."""
    table = open_table(path, name)
    known = table.schema.names
    needed = [column for column in wanted.columns if not column.endswith("?")]
    if not set(needed) <= set(known):
        raise BadInput(
            name,
            expected=f"the columns {', '.join(needed)}",
            got=f"the columns {listing(table)}",
            remedy="They are found by their names: rename the columns when writing the file.",
        )
    chosen = [column for column in wanted.names if column in known]
    check(name, (table.n, len(chosen)))
    return [_values(table, name, column, wanted) for column in chosen]


def _choose(table: Table, name: str, wanted: Wanted) -> str:
    names: list[str] = table.schema.names
    if len(names) == 1:
        return names[0]
    recognised = [column for column in wanted.columns if column in names]
    if len(recognised) == 1:
        return recognised[0]
    raise BadInput(
        name,
        expected=f"one column, or one that is named {' or '.join(wanted.columns)}",
        got=f"{len(recognised) or 'none'} of these among: {listing(table)}",
        remedy=f"Name the column of {wanted.noun}: {name}::{(recognised or names or ['name'])[0]}.",
    )


def _values(table: Table, name: str, column: str, wanted: Wanted) -> Values:
    """One column; its type is looked at before it is read."""
    kind = table.schema.field(column).type
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    types = pa.types
    words = types.is_string(plain) or types.is_large_string(plain) or types.is_string_view(plain)
    numbers = types.is_integer(plain) or types.is_floating(plain) or types.is_boolean(plain)
    if not words and not numbers:
        raise BadInput(
            name,
            expected=f"{wanted.noun} as plain {wanted.kinds}",
            got=f"column {column!r} of type {kind}",
            remedy=_remedy(kind, wanted),
        )
    read = read_column(table, name, column)
    if types.is_dictionary(kind):
        read = pa.chunked_array([chunk.dictionary_decode() for chunk in read.chunks], plain)
    null = np.asarray(read.is_null().to_numpy(), dtype=bool)
    if words:
        return _words(read, name, null)
    return Values(name, _numbers(read, plain, null), null)


def _numbers(read: pa.ChunkedArray, kind: pa.DataType, null: npt.NDArray[np.bool_]) -> Any:
    """Numbers in their own type, with 0 for a null."""
    if pa.types.is_floating(kind):
        # A null becomes NaN, which holds its place: float16 has no fill_null.
        array = np.array(read.to_numpy())
        array[null] = 0
        return array
    return np.array(read.fill_null(False if pa.types.is_boolean(kind) else 0).to_numpy())


def _words(read: pa.ChunkedArray, name: str, null: npt.NDArray[np.bool_]) -> Values:
    """Strings by their places among the sorted different ones; only these become Python's."""
    encoded = pa.compute.dictionary_encode(read.cast(pa.large_string())).combine_chunks()
    words = encoded.dictionary.to_pylist()
    order = sorted(range(len(words)), key=words.__getitem__)
    place = np.zeros(len(words) + 1, np.int64)  # and one for the nulls
    place[order] = np.arange(len(words))
    codes = encoded.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
    return Values(name, place[codes], null, [words[number] for number in order])


def _remedy(kind: pa.DataType, wanted: Wanted) -> str:
    lists = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    if any(is_list(kind) for is_list in lists):
        return f"A list per row is a vector, an embedding: {wanted.noun} are other columns."
    return "Name another column, or store it as int64 or string."
