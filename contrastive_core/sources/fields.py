"""Plain columns of tables: numbers and strings, read whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

from ..errors import BadInput
from .files import first_line
from .layers import is_list
from .tables import ARROW_ERRORS, Table, damaged
from .values import Values, Wanted, rows_found

_BATCH = 2**20
"""Values read at a time."""


def values(table: Table, name: str, column: str, wanted: Wanted) -> Values:
    """One column; its type is looked at before it is read."""
    kind = table.schema.field(column).type
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    words = _is_text(plain)
    numbers = pa.types.is_integer(plain) or pa.types.is_floating(plain)
    if not words and not numbers and not pa.types.is_boolean(plain):
        raise BadInput(
            name,
            expected=f"{wanted.noun} as plain {wanted.kinds}",
            got=f"column {column!r} of type {kind}",
            remedy=_remedy(kind, wanted),
        )
    read = _read(table, name, column, plain)
    null = np.asarray(read.is_null().to_numpy(), dtype=bool)
    if words:
        return _words(read, name, null)
    return Values(name, _numbers(read, plain, null), null)


def is_id(kind: pa.DataType) -> bool:
    """Whether these are integers or strings."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return _is_text(kind) or bool(pa.types.is_integer(kind))


def ids(array: pa.Array, name: str) -> npt.NDArray[Any]:
    """Integers or strings of a batch.

    Raises:
        BadInput: One is missing, or bytes that are no string stand in its place.
    """
    try:
        array.validate(full=True)
    except ARROW_ERRORS as error:
        raise damaged(name, first_line(error)) from error
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if array.null_count:
        null = np.asarray(array.is_null().to_numpy(zero_copy_only=False), dtype=bool)
        raise BadInput(
            name,
            expected="an id in every row",
            got=f"null in {rows_found(null)} of a batch",
            remedy="Give every row an id, or rename the column where it holds none.",
        )
    return np.asarray(array.to_numpy(zero_copy_only=False))


def _read(table: Table, name: str, column: str, kind: pa.DataType) -> pa.ChunkedArray:
    """All values of one column, without a dictionary."""
    chunks = []
    try:
        for _, batch in table.batches([column], 0, _BATCH):
            chunk = batch.column(column)
            chunk.validate(full=True)
            coded = pa.types.is_dictionary(chunk.type)
            chunks.append(chunk.dictionary_decode() if coded else chunk)
    except ARROW_ERRORS as error:
        raise damaged(name, first_line(error)) from error
    if sum(len(chunk) for chunk in chunks) != sum(table.groups):
        raise damaged(name, "fewer rows than its footer declares")
    return pa.chunked_array(chunks, kind)


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


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
    if is_list(kind):
        return f"A list per row is a vector, an embedding: {wanted.noun} are other columns."
    return "Name another column, or store it as int64 or string."
