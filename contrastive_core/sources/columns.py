"""Vector columns of Parquet and Arrow IPC files, read forward in batches.

A vector column is a `list`, `large_list` or `fixed_size_list` of numbers. A batch is decoded when
its rows are asked for, so a file never has to fit in memory, whatever the size of its row groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

from ..errors import BadInput, known_names
from .memory import check_shape
from .source import Source

_BATCH = 2**20
"""Numbers decoded at a time."""

_FIRST = 5
"""How many bad rows a message names."""

EMBEDDING_NAMES = ("embedding", "embeddings", "emb", "vector", "vectors")
"""Column names taken as the embeddings where a file has several vector columns."""

RELATED_NAMES = (
    ("anchor", "positive", "negative"),
    ("query", "positive", "negative"),
    ("anchor", "positive"),
    ("query", "positive"),
    ("image", "text"),
    ("sentence1", "sentence2"),
    ("z1", "z2"),
)
"""Column names taken as related files, by name and never by position."""


def open_columns(path: Path, name: str, column: str | None, *, related: int) -> list[Source]:
    """The column asked for, the only one, recognised related ones, or a recognised one."""
    table = open_table(path, name)
    chosen = _choose(table, name, column, related=related)
    single = column is None and len(chosen) == 1
    unused = () if column else tuple(c for c in _vectors(table) if c not in chosen)
    names = [name if single or column else f"{name}::{each}" for each in chosen]
    return [ColumnSource(table, n, c, unused) for n, c in zip(names, chosen, strict=True)]


class Table:
    """A columnar file: its schema, its length, and its batches from a row on."""

    def __init__(self, path: Path, format_name: str) -> None:
        self.format = format_name
        if format_name == "parquet":
            self._parquet = pa.parquet.ParquetFile(path, memory_map=True)
            self.schema: pa.Schema = self._parquet.schema_arrow
            self._lengths = [
                self._parquet.metadata.row_group(group).num_rows
                for group in range(self._parquet.num_row_groups)
            ]
        else:
            self._arrow = pa.ipc.open_file(pa.memory_map(str(path)))
            self.schema = self._arrow.schema
            self._lengths = [
                self._arrow.get_batch(batch).num_rows
                for batch in range(self._arrow.num_record_batches)
            ]
        self.n = sum(self._lengths)

    def batches(self, column: str, start: int, rows: int) -> Iterator[tuple[int, pa.Array]]:
        """(first row, values) of one column in batches, from the group that holds row `start`."""
        first, row = 0, 0
        while first < len(self._lengths) and row + self._lengths[first] <= start:
            row += self._lengths[first]
            first += 1
        for batch in self._from_group(column, first, rows):
            yield row, batch
            row += len(batch)

    def _from_group(self, column: str, first: int, rows: int) -> Iterator[pa.Array]:
        if self.format == "parquet":
            groups = list(range(first, len(self._lengths)))
            stream = self._parquet.iter_batches(rows, row_groups=groups, columns=[column])
            for batch in stream:
                yield batch.column(0)
        else:
            position = self.schema.get_field_index(column)
            for number in range(first, len(self._lengths)):
                whole = self._arrow.get_batch(number).column(position)
                for start in range(0, len(whole), rows):
                    yield whole.slice(start, rows)


class ColumnSource:
    """One vector column as an (n, d) source."""

    def __init__(self, table: Table, name: str, column: str, unused: tuple[str, ...] = ()) -> None:
        self.name = name
        self.unused = unused
        self.column = column
        self.format = table.format
        self._table = table
        self._type = table.schema.field(column).type
        self.dtype: np.dtype[Any] = np.dtype(self._type.value_type.to_pandas_dtype())
        self._batch = 1  # until the length of a row is known
        self.shape: tuple[int, ...] = (table.n, self._dimensions() if table.n else 0)
        check_shape(name, self.shape)
        self._batch = max(1, _BATCH // self.shape[1])
        self._next = 0
        self._rest = np.empty((0, self.shape[1]), self.dtype)
        self._stream = table.batches(column, 0, self._batch)

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start` to `stop`; cheapest when asked for in order."""
        if start != self._next:
            self._rewind(start)
        parts = [self._rest]
        have = len(self._rest)
        while have < stop - start:
            row, batch = self._pull(self._stream)
            part = self._rows(batch, row)[max(0, start - row) :]
            parts.append(part)
            have += len(part)
        whole = np.concatenate(parts) if len(parts) > 1 else parts[0]
        self._next, self._rest = stop, whole[stop - start :]
        return whole[: stop - start]

    def view(self, axis: int, index: int) -> Source:
        """A vector column has no views."""
        raise TypeError(f"{self.name} is 2-D: it has no view {index} on axis {axis}")

    def _rewind(self, start: int) -> None:
        self._stream = self._table.batches(self.column, start, self._batch)
        self._next = start
        self._rest = np.empty((0, self.shape[1]), self.dtype)

    def _pull(self, stream: Iterator[tuple[int, pa.Array]]) -> tuple[int, pa.Array]:
        try:
            return next(stream)
        except StopIteration as error:
            raise damaged(self.name, "fewer rows than its footer declares") from error
        except (pa.ArrowException, OSError) as error:
            raise damaged(self.name, str(error).splitlines()[0]) from error

    def _dimensions(self) -> int:
        """The length of a vector: declared by the type, or that of the first row that has one."""
        if pa.types.is_fixed_size_list(self._type):
            return int(self._type.list_size)
        stream = self._table.batches(self.column, 0, self._batch)
        while True:
            row, batch = self._pull(stream)
            lengths = batch.drop_null().value_lengths()
            if len(lengths):
                return int(lengths[0].as_py())
            if row + len(batch) >= self._table.n:
                raise self._bad_rows(0, 0)

    def _rows(self, batch: pa.Array, first_row: int) -> npt.NDArray[Any]:
        """A batch as (rows, d), without a copy; the batch that starts at row `first_row`."""
        d = self.shape[1]
        if _bad(batch, d).any():
            raise self._bad_rows(first_row, d)
        if pa.types.is_fixed_size_list(self._type):
            # `values` spans the whole buffer: a slice of a list array carries its offset.
            values = batch.values.slice(batch.offset * d, len(batch) * d)
        else:
            values = batch.flatten()
        return np.asarray(values.to_numpy(zero_copy_only=False)).reshape(len(batch), d)

    def _bad_rows(self, first_row: int, d: int) -> BadInput:
        """The error for null and ragged rows, counted to the end of the file."""
        found: list[int] = []
        for row, batch in self._table.batches(self.column, first_row, self._batch):
            found.extend((row + np.flatnonzero(_bad(batch, d))).tolist())
        listed = ", ".join(str(row) for row in found[:_FIRST])
        return BadInput(
            self.name,
            expected=f"{d or 'some'} numbers in every row",
            got=f"{len(found)} {'row' if len(found) == 1 else 'rows'} null, holding a null or of "
            "another length "
            f"(first: {listed})",
            remedy="Leave these rows out when writing the file.",
        )


def _bad(batch: pa.Array, d: int) -> npt.NDArray[np.bool_]:
    """Which rows are null, hold a null, or are not of length d."""
    bad = np.asarray(batch.is_null().to_numpy(zero_copy_only=False), dtype=bool)
    if pa.types.is_fixed_size_list(batch.type):
        values = batch.values.slice(batch.offset * d, len(batch) * d)
        if values.null_count:
            nulls = np.asarray(values.is_null().to_numpy(zero_copy_only=False), dtype=bool)
            bad = bad | nulls.reshape(len(batch), d).any(axis=1)
        return bad
    lengths = batch.value_lengths().fill_null(-1).to_numpy(zero_copy_only=False)
    bad |= lengths != d
    values = batch.flatten()
    if values.null_count:
        nulls = np.asarray(values.is_null().to_numpy(zero_copy_only=False), dtype=bool)
        parents = batch.value_parent_indices().to_numpy(zero_copy_only=False)
        bad[np.unique(parents[nulls])] = True
    return bad


def open_table(path: Path, name: str) -> Table:
    """Open a columnar file whose columns have different names."""
    with path.open("rb") as file:
        kind = "parquet" if file.read(4) == b"PAR1" else "arrow"
    try:
        table = Table(path, kind)
        names = table.schema.names
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise damaged(name, str(error).splitlines()[0]) from error
    twice = [known for known in names if names.count(known) > 1]
    if twice:
        raise BadInput(
            name,
            expected="a name of its own for each column",
            got=f"{twice[0]!r} {names.count(twice[0])} times",
            remedy="Rename the columns when writing the file.",
        )
    return table


def read_column(table: Table, name: str, column: str) -> pa.ChunkedArray:
    """All values of one column, as they are stored."""
    try:
        batches = [batch for _, batch in table.batches(column, 0, _BATCH)]
        for batch in batches:
            batch.validate(full=True)
    except (pa.ArrowException, OSError) as error:
        raise damaged(name, str(error).splitlines()[0]) from error
    if sum(len(batch) for batch in batches) != table.n:
        raise damaged(name, "fewer rows than its footer declares")
    return pa.chunked_array(batches, table.schema.field(column).type)


def unknown_column(name: str, column: str, known: list[str]) -> BadInput:
    """The error for a column that the file does not have."""
    return BadInput(
        name,
        expected="a column of the file",
        got=f"{column!r}",
        remedy=known_names(column, known),
    )


def listing(table: Table) -> str:
    """The columns of a file with their types, for messages."""
    return ", ".join(f"{field.name}: {field.type}" for field in table.schema) or "none"


def _choose(table: Table, name: str, column: str | None, *, related: int) -> tuple[str, ...]:
    """The names of the columns to read."""
    vectors = _vectors(table)
    if column is not None:
        return (_named(table, name, column, vectors),)
    if len(vectors) == 1:
        return (vectors[0],)
    if related == len(RELATED_NAMES[0]):
        _check_negatives(table, name, vectors)
    fitting = [names for names in RELATED_NAMES if set(names) <= set(vectors)]
    for count in range(related, 1, -1):
        several = [names for names in fitting if len(names) == count]
        if len(several) == 1:
            return several[0]
    recognised = [known for known in EMBEDDING_NAMES if known in vectors]
    if len(recognised) == 1:
        return (recognised[0],)
    raise BadInput(
        name,
        expected="one vector column (a list of numbers per row)",
        got=f"{len(vectors)} vector columns among: {listing(table)}",
        remedy=(
            f"Name two as two views: {name}::{vectors[0]} {name}::{vectors[1]}; or one alone."
            if len(vectors) > 1
            else "Store each vector as one list<float> value."
        ),
    )


def _vectors(table: Table) -> list[str]:
    """The names of the vector columns."""
    return [field.name for field in table.schema if _is_vector(field.type)]


def _check_negatives(table: Table, name: str, vectors: list[str]) -> None:
    """Refuse to leave out negatives that lie in lists of lists."""
    for column in ("negative", "negatives"):
        pair = any(set(names) <= set(vectors) for names in RELATED_NAMES)
        if pair and column in table.schema.names and column not in vectors:
            raise BadInput(
                f"{name}::{column}",
                expected="one vector per row",
                got=f"type {table.schema.field(column).type}",
                remedy="Save several negatives of each anchor as a .npy file (n, k, d) and give it "
                f"third: {name}::anchor {name}::positive negatives.npy.",
            )


def _named(table: Table, name: str, column: str, vectors: list[str]) -> str:
    if column in vectors:
        return column
    if column in table.schema.names:
        got = f"column {column!r} of type {table.schema.field(column).type}"
        raise BadInput(
            name,
            expected="a vector column",
            got=got,
            remedy=f"Vector columns: {', '.join(vectors) or 'none'}.",
        )
    raise unknown_column(name, column, table.schema.names)


def _is_vector(kind: pa.DataType) -> bool:
    lists = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    if not any(is_list(kind) for is_list in lists):
        return False
    value = kind.value_type
    return bool(pa.types.is_floating(value) or pa.types.is_integer(value))


def damaged(name: str, got: str) -> BadInput:
    """The error for a file that ends early or holds bytes that mean nothing."""
    return BadInput(
        name,
        expected="a complete Parquet or Arrow IPC file",
        got=got,
        remedy="The file is damaged or was cut short: write it again.",
    )
