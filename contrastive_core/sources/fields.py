"""Plain columns of tables: numbers and strings, read whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

from ..errors import BadInput
from .layers import is_list
from .tables import ARROW_ERRORS, Table, damaged, failed, is_text
from .values import Values, Wanted, rows_found

_BATCH = 2**20
"""Values read at a time."""


def values(table: Table, name: str, column: str, wanted: Wanted) -> Values:
    """One column; its type is looked at before it is read."""
    kind = table.schema.field(column).type
    plain = _plain(kind)
    words = is_text(plain)
    numbers = pa.types.is_integer(plain) or pa.types.is_floating(plain)
    if not words and not numbers and not pa.types.is_boolean(plain):
        raise BadInput(
            name,
            expected=f"{wanted.noun} as plain {wanted.kinds}",
            got=f"column {column!r} of type {kind}",
            remedy=_remedy(kind, wanted),
        )
    chunks = _chunks(table, name, column)
    if words:
        return _words(chunks, name)
    read = pa.chunked_array([_decoded(chunk) for chunk in chunks], plain)
    null = np.asarray(read.is_null().to_numpy(), dtype=bool)
    return Values(name, _numbers(read, plain, null), null)


def is_id(kind: pa.DataType) -> bool:
    """Whether these are integers or strings."""
    return is_text(_plain(kind)) or bool(pa.types.is_integer(_plain(kind)))


def ids(array: pa.Array, name: str) -> npt.NDArray[Any]:
    """Integers or strings of a batch.

    Raises:
        BadInput: One is missing, or bytes that are no string stand in its place.
    """
    try:
        array.validate(full=True)
    except ARROW_ERRORS as error:
        raise failed(name, error) from error
    if is_text(_plain(array.type)):
        codes, words = _coded(array)
        found = np.array(words, object)[codes]
        null = np.array([word is None for word in words], bool)[codes]
    else:
        array = _decoded(array)
        null = np.asarray(array.is_null().to_numpy(zero_copy_only=False), dtype=bool)
        found = np.asarray(array.to_numpy(zero_copy_only=False))
    if null.any():
        raise BadInput(
            name,
            expected="an id in every row",
            got=f"null in {rows_found(null)} of a batch",
            remedy="Give every row an id, or rename the column where it holds none.",
        )
    return found


def _chunks(table: Table, name: str, column: str) -> Iterator[pa.Array]:
    """All values of one column, some at a time, with their dictionaries."""
    rows = 0
    try:
        for _, batch in table.batches([column], 0, _BATCH):
            chunk = batch.column(column)
            chunk.validate(full=True)
            rows += len(chunk)
            yield chunk
    except ARROW_ERRORS as error:
        table.file.check()
        raise failed(name, error) from error
    if rows != sum(table.groups):
        raise damaged(name, "fewer rows than its footer declares")


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type of the values, without a dictionary."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _decoded(array: pa.Array) -> pa.Array:
    """Numbers without their dictionary."""
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _numbers(read: pa.ChunkedArray, kind: pa.DataType, null: npt.NDArray[np.bool_]) -> Any:
    """Numbers in their own type, with 0 for a null."""
    if pa.types.is_floating(kind):
        # A null becomes NaN, which holds its place: float16 has no fill_null.
        array = np.array(read.to_numpy())
        array[null] = 0
        return array
    return np.array(read.fill_null(False if pa.types.is_boolean(kind) else 0).to_numpy())


def _words(chunks: Iterator[pa.Array], name: str) -> Values:
    """Strings by their places among the sorted different ones, each of which is held once."""
    known: dict[str, int] = {}
    parts = [np.empty(0, np.int64)]
    for chunk in chunks:
        codes, words = _coded(chunk)
        places = [-1 if word is None else known.setdefault(word, len(known)) for word in words]
        parts.append(np.array(places, np.int64)[codes])
    codes, order = np.concatenate(parts), sorted(known)
    place = np.zeros(len(known) + 1, np.int64)  # and one for the nulls, which is the last
    place[[known[word] for word in order]] = np.arange(len(order))
    return Values(name, place[codes], codes < 0, order)


def _coded(array: pa.Array) -> tuple[npt.NDArray[np.intp], list[str | None]]:
    """Strings as places in a list of those that occur; a null is None there.

    A dictionary is never expanded: a few long strings may stand in any number of rows.
    """
    if not pa.types.is_dictionary(array.type):
        array = pa.compute.dictionary_encode(array.cast(pa.large_string()))
    places = array.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    used, codes = np.unique(places, return_inverse=True)
    taken = array.dictionary.cast(pa.large_string()).take(pa.array(used, mask=used < 0))
    return codes, taken.to_pylist()


def _remedy(kind: pa.DataType, wanted: Wanted) -> str:
    if is_list(kind):
        return f"A list per row is a vector, an embedding: {wanted.noun} are other columns."
    return "Name another column, or store it as int64 or string."
