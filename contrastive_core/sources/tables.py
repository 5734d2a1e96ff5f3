"""Parquet files, Arrow IPC files and Arrow streams as tables that are read forward in batches."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

from ..errors import BadInput, counted
from .files import File, first_line, unsupported
from .spill import spilled

ARROW_ERRORS = (pa.ArrowException, OSError, UnicodeDecodeError)
"""What pyarrow raises on bytes that mean nothing."""

_NOT_YET = re.compile(r"not (yet )?(supported|implemented)|unsupported", re.IGNORECASE)
"""Words of a library that does not read all that the format allows; it may raise any error."""

_REMOTE = 2**20
"""Bytes of a column read ahead from another machine."""

_COPIED = 2**23
"""Bytes copied at a time."""

Batch = tuple[int, pa.RecordBatch]
"""The first row, and the columns asked for by their names."""


class Table(Protocol):
    """A columnar file: its schema, its row groups, and its batches from a row on."""

    @property
    def file(self) -> File:
        """Its bytes."""

    @property
    def schema(self) -> pa.Schema:
        """Names and types of the columns."""

    @property
    def groups(self) -> tuple[int, ...]:
        """Rows of each row group or record batch."""

    def batches(self, columns: Sequence[str], start: int, rows: int) -> Iterator[Batch]:
        """Some columns in batches of at most `rows`, from the group that holds row `start`."""


class ParquetTable:
    """A Parquet file; its strings are read with the dictionaries that they are stored with."""

    def __init__(self, file: File) -> None:
        self.file = file
        opened = self._open()
        self.schema: pa.Schema = opened.schema_arrow
        metadata = opened.metadata
        words = [field.name for field in self.schema if is_text(field.type)]
        self._file = self._open(metadata=metadata, read_dictionary=words) if words else opened
        self.groups = tuple(
            metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)
        )

    def batches(self, columns: Sequence[str], start: int, rows: int) -> Iterator[Batch]:
        """Some columns in batches, from the row group that holds row `start`."""
        first, row = place(self.groups, start)
        wanted = list(range(first, len(self.groups)))
        batches = self._file.iter_batches(rows, row_groups=wanted, columns=list(columns))
        for batch in whole(self.file, batches):
            yield row, batch
            row += len(batch)

    def _open(self, **how: Any) -> pa.parquet.ParquetFile:
        buffered = 0 if self.file.memory is not None else _REMOTE
        return pa.parquet.ParquetFile(self.file.arrow(), buffer_size=buffered, **how)


class ArrowTable:
    """An Arrow IPC file.

    Where it is mapped and not compressed, a batch is a look at the map. Else pyarrow is told to
    read only the columns asked for, which it copies.
    """

    def __init__(self, file: File) -> None:
        self.file = file
        opened = self._open([])
        self.schema: pa.Schema = opened.schema
        numbers = range(opened.num_record_batches)
        self._in_place = _is_in_place(file, opened.get_batch(0)) if numbers else True
        counted = self._open(narrowest(self.schema))
        self.groups = tuple(counted.get_batch(number).num_rows for number in numbers)

    def batches(self, columns: Sequence[str], start: int, rows: int) -> Iterator[Batch]:
        """Some columns in batches, from the record batch that holds row `start`."""
        first, row = place(self.groups, start)
        reader = self._open([self.schema.get_field_index(column) for column in columns])
        for number in range(first, len(self.groups)):
            batch = reader.get_batch(number).select(list(columns))
            yield from whole(self.file, cut(row, batch, rows))
            row += self.groups[number]

    def _open(self, fields: list[int]) -> Any:
        options = pa.ipc.IpcReadOptions(included_fields=[] if self._in_place else fields)
        return pa.ipc.open_file(self.file.arrow(), options=options)

    _in_place = True


class StreamTable:
    """An Arrow stream, which is walked once to count its rows; from elsewhere it is copied."""

    def __init__(self, file: File) -> None:
        if file.memory is None:
            steps = range(0, file.size, _COPIED)
            parts = (file.read(at, at + _COPIED) for at in steps)
            file = spilled(parts, file.name, "a copied stream")
        self.file = file
        self.schema: pa.Schema = pa.ipc.open_stream(file.arrow()).schema
        self.groups = tuple(self._counted())

    def batches(self, columns: Sequence[str], start: int, rows: int) -> Iterator[Batch]:
        """Some columns in batches, from the record batch that holds row `start`."""
        first, row = place(self.groups, start)
        fields = [self.schema.get_field_index(column) for column in columns]
        for number, batch in enumerate(self._open(fields)):
            if number >= first:
                yield from whole(self.file, cut(row, batch.select(list(columns)), rows))
                row += len(batch)

    def _counted(self) -> Iterator[int]:
        """Rows of each batch; a writer that died between two of them wrote no mark of the end."""
        opened = self.file.arrow()
        reader = self._open(narrowest(self.schema), opened)
        end = opened.tell()
        for batch in reader:
            yield batch.num_rows
            end = opened.tell()
        if opened.tell() == end:
            raise pa.ArrowInvalid("a stream without its end: the mark behind the last batch")
        if opened.tell() != self.file.size:
            behind = self.file.size - opened.tell()
            raise pa.ArrowInvalid(f"{counted(behind, 'byte')} behind the end of its stream")

    def _open(self, fields: list[int], opened: Any = None) -> Any:
        options = pa.ipc.IpcReadOptions(included_fields=fields)
        return pa.ipc.open_stream(opened or self.file.arrow(), options=options)


TABLES: dict[str, Callable[[File], Table]] = {
    "parquet": ParquetTable,
    "arrow": ArrowTable,
    "arrow stream": StreamTable,
}
"""By format."""


def place(groups: Sequence[int], start: int) -> tuple[int, int]:
    """The group that holds a row, and the first row of it."""
    first, row = 0, 0
    while first < len(groups) and row + groups[first] <= start:
        row += groups[first]
        first += 1
    return first, row


def cut(row: int, batch: pa.RecordBatch, rows: int) -> Iterator[Batch]:
    """A validated batch in pieces; offsets that lead outside it are refused, not followed."""
    batch.validate(full=True)
    for start in range(0, len(batch), rows):
        yield row + start, batch.slice(start, rows)


def whole(file: File, batches: Iterable[Any]) -> Iterator[Any]:
    """Batches of a file, as long as it is not cut short behind our back."""
    file.check()
    for batch in batches:
        yield batch
        file.check()


def _is_in_place(file: File, batch: pa.RecordBatch) -> bool:
    """Whether the numbers of a batch lie in the map of its file."""
    if file.memory is None:
        return False
    whole = pa.py_buffer(file.memory)
    buffers = [each for column in batch.columns for each in column.buffers() if each is not None]
    largest = max(buffers, key=lambda each: each.size, default=whole)
    return bool(whole.address <= largest.address < whole.address + whole.size)


def is_text(kind: pa.DataType) -> bool:
    """Whether these are strings."""
    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def narrowest(schema: pa.Schema) -> list[int]:
    """The column whose rows are counted, a plain one before lists; none, which stands for all."""
    plain = [place for place, field in enumerate(schema) if not pa.types.is_nested(field.type)]
    return plain[:1] or list(range(len(schema)))[:1]


def damaged(name: str, got: str) -> BadInput:
    """The error for a file that ends early or holds bytes that mean nothing."""
    return BadInput(
        name,
        expected="a complete Parquet or Arrow IPC file",
        got=got,
        remedy="The file is damaged or was cut short: write it again.",
    )


def failed(name: str, error: Exception) -> BadInput:
    """The error for what pyarrow refuses: damage, or what it does not support."""
    said = first_line(error)
    if isinstance(error, pa.ArrowNotImplementedError) or _NOT_YET.search(said):
        remedy = (
            "Write it with plain columns (list<float>, int64, string) and zstd, snappy or no "
            "compression."
        )
        return unsupported(name, error, remedy)
    return damaged(name, said)


def open_table(file: File, format_name: str) -> Table:
    """Open a columnar file whose columns have different names."""
    try:
        table = TABLES[format_name](file)
        names = table.schema.names
    except ARROW_ERRORS as error:
        file.check()
        raise failed(file.name, error) from error
    name, times = Counter(names).most_common(1)[0] if names else ("", 0)
    if times > 1:
        raise BadInput(
            file.name,
            expected="a name of its own for each column",
            got=f"{name!r} {times} times",
            remedy="Rename the columns when writing the file.",
        )
    return table
