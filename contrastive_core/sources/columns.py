"""Tables as shelves: vector columns, read forward in batches, and plain ones, read whole.

A vector column is a `list`, `large_list`, `fixed_size_list` or `fixed_shape_tensor` of numbers, or
a list of such lists; or several numeric columns are the dimensions of one matrix. A batch is
decoded when its rows are asked for, so a file never has to fit in memory, whatever the size of its
row groups.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..errors import BadInput, counted
from . import fields, layers
from .bfloat16 import NOT_A_NUMBER, bits_dtype, check_numbers
from .checks import check_shape, plain_shape
from .files import File
from .forward import Forward, Rows, Streamed
from .matrices import gap, matrices
from .reading import Reading
from .shelf import Entry, Shelf, Taken, Words, called, check_names
from .source import Facts, Source, left_out
from .tables import ARROW_ERRORS, Table, damaged, failed, open_table
from .values import Check, Values, Wanted

WORDS = Words("column", "a list of numbers per row", "Store each vector as one list<float> value.")

_BATCH = 2**20
"""Numbers decoded at a time."""

_LOOK = 1024
"""Rows decoded at a time to find the shape of one."""

_IDS = 2**16
"""Ids compared at a time."""

_FIRST = 5
"""How many bad rows a message names."""


class TableShelf:
    """A columnar file."""

    def __init__(self, file: File, format_name: str, reading: Reading) -> None:
        self.name, self.format, self.reading = file.name, format_name, reading
        self.table = open_table(file, format_name)
        check_names(self.name, WORDS.entry, self.table.schema.names)
        self.n = sum(self.table.groups)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The columns; behind them the matrices of numeric ones."""
        schema = self.table.schema
        single = [
            Entry(field.name, str(field.type), layers.number_type(field.type) is not None)
            for field in schema
        ]
        return (*single, *matrices(self._numeric, schema.names))

    @cached_property
    def _numeric(self) -> list[tuple[str, str]]:
        """Names and types of the columns of one number per row."""
        schema = self.table.schema
        return [(field.name, str(field.type)) for field in schema if _is_number(field.type)]

    @property
    def words(self) -> Words:
        """How messages speak of columns; of numbered ones with a gap, what is missing."""
        lack = gap(self._numeric)
        save = f"{lack}: number them without a gap. Or store each vector as one list<float> value."
        return replace(WORDS, save=save) if lack else WORDS

    def entry(self, name: str) -> Entry | None:
        """The column, or the matrix, of a name."""
        return called(self.entries, name)

    def source(self, taken: Taken) -> Source:
        """Vectors, read by rows."""
        return VectorColumn(self, taken).source()

    def column(self, entry: Entry, name: str, wanted: Wanted, check: Check) -> list[Values]:
        """A plain column, read whole."""
        check(name, (self.n,))
        return [fields.values(self.table, name, entry.name, wanted)]

    def has_ids(self, entry: Entry) -> bool:
        """Whether a column holds integers or strings."""
        return not entry.columns and fields.is_id(self.table.schema.field(entry.name).type)

    def ids(self, entry: Entry, name: str) -> Iterator[npt.NDArray[Any]]:
        """Integers or strings, one per row, in parts."""
        for _, batch in guarded(self.table, name, (entry.name,), 0, _IDS):
            yield fields.ids(batch.column(entry.name), name)


class VectorColumn:
    """One vector column, or one matrix of several columns, of a table."""

    def __init__(self, shelf: TableShelf, taken: Taken) -> None:
        self.shelf, self.taken, self.name = shelf, taken, taken.name
        self.columns = taken.entry.columns or (taken.entry.name,)
        self.kinds = [shelf.table.schema.field(column).type for column in self.columns]
        numbers = [layers.number_type(kind) or kind for kind in self.kinds]
        self.dtype = np.result_type(*(np.dtype(kind.to_pandas_dtype()) for kind in numbers))
        self.bits = False
        self.row: tuple[int, ...] = ()  # until the shape of a row is known
        self.flat: tuple[int, ...] = ()  # the same without axes of length 1
        self.step = _LOOK
        self.row = self._row()
        self.step = max(1, _BATCH // max(1, math.prod(self.row)))

    def source(self) -> Source:
        """The source: (n, d), or (n, k, d) of lists of lists."""
        shelf, taken = self.shelf, self.taken
        self.bits = check_numbers(self.name, self.dtype, shelf.reading)
        stored = str(self.dtype)
        if self.bits:
            self.dtype = bits_dtype(self.dtype)
        elif shelf.reading.drops and self.dtype.kind != "f":
            self.dtype = np.dtype(np.float64)  # integers have no NaN
        stored_shape = (shelf.n, *self.row)
        shape = plain_shape(stored_shape, shard=taken.empty)
        if not (taken.empty and shelf.n == 0):
            check_shape(self.name, shape)
        facts = Facts(shelf.format, taken.chosen, taken.unused, shelf.table.groups)
        facts = left_out(facts, stored_shape, shape)
        short = damaged(self.name, "fewer rows than its footer declares")
        self.flat = shape[1:]
        rows = Forward(self._blocks, shape[-1], self.dtype, short)
        return Streamed(self.name, shape, rows, facts, shelf, self.bits, stored)

    def _row(self) -> tuple[int, ...]:
        """The shape of a row: as the type says, or the one that most of the first rows have."""
        if self.taken.entry.columns:
            return (len(self.columns),)
        column, kind = self.columns[0], self.kinds[0]
        known = layers.declared(kind)
        if known is not None:
            return known
        for _, batch in guarded(self.shelf.table, self.name, self.columns, 0, _LOOK):
            shape = layers.found(batch.column(column))
            if shape is not None:
                return shape
        if self.shelf.n:
            raise self._bad_rows(0)
        return (0, 0) if layers.is_list(kind.value_type) else (0,)

    def _blocks(self, row: int) -> Iterator[tuple[int, Rows]]:
        """Blocks of flat rows of d numbers, from the row group that holds flat row `row`."""
        each = math.prod(self.flat[:-1])
        table, start = self.shelf.table, row // max(1, each)
        for first, batch in guarded(table, self.name, self.columns, start, self.step):
            bad = self.bad(batch)
            if bad is None:
                rows = self.numbers(batch)
            elif self.shelf.reading.drops:
                rows = self._with_gaps(batch, bad)
            else:
                raise self._bad_rows(first)
            yield first * each, rows.reshape(-1, self.flat[-1])

    def _with_gaps(self, batch: pa.RecordBatch, bad: layers.Bad) -> Rows:
        """A batch as numbers, NaN in rows that hold none."""
        rows = np.full((len(batch), math.prod(self.row)), self._gap, self.dtype)
        rows[~bad] = self.numbers(batch.filter(pa.array(~bad))).reshape(-1, math.prod(self.row))
        return rows

    @property
    def _gap(self) -> float:
        """NaN, or its bits in bfloat16."""
        return NOT_A_NUMBER if self.bits else math.nan

    def numbers(self, batch: pa.RecordBatch) -> Rows:
        """A batch as numbers: of one column without a copy, of several side by side."""
        if not self.taken.entry.columns:
            column = layers.plain(batch.column(self.columns[0]))
            numbers = layers.values(column, self.row)
            return numbers.view(self.dtype) if self.bits else numbers.astype(self.dtype, copy=False)
        rows = np.empty((len(batch), len(self.columns)), self.dtype)
        for index, column in enumerate(self.columns):
            rows[:, index] = batch.column(column).to_numpy(zero_copy_only=False)
        return rows

    def bad(self, batch: pa.RecordBatch) -> layers.Bad | None:
        """Which rows cannot be used."""
        if not self.taken.entry.columns:
            return layers.bad_rows(layers.plain(batch.column(self.columns[0])), self.row)
        nulls = [batch.column(c).is_null() for c in self.columns if batch.column(c).null_count]
        if not nulls:
            return None
        bad = [np.asarray(each.to_numpy(zero_copy_only=False), dtype=bool) for each in nulls]
        return np.asarray(np.any(bad, axis=0))

    def _bad_rows(self, first: int) -> BadInput:
        """The error for null and ragged rows, counted from row `first` to the end of the file."""
        found: list[int] = []
        for row, batch in guarded(self.shelf.table, self.name, self.columns, first, self.step):
            bad = self.bad(batch)
            found.extend([] if bad is None else (row + np.flatnonzero(bad)).tolist())
        listed = ", ".join(str(row) for row in found[:_FIRST])
        numbers = " x ".join(map(str, self.row)) if math.prod(self.row) else "some"
        return BadInput(
            self.name,
            expected=f"{numbers} numbers in every row",
            got=f"{counted(len(found), 'row')} null, holding a null or of "
            "another length "
            f"(first: {listed})",
            remedy="Leave these rows out when writing the file, or here with --on-bad drop.",
        )


def guarded(
    table: Table, name: str, columns: tuple[str, ...], start: int, rows: int
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Batches, with pyarrow's exceptions as errors of bad input."""
    try:
        yield from table.batches(columns, start, rows)
    except ARROW_ERRORS as error:
        table.file.check()
        raise failed(name, error) from error


def open_shelf(file: File, format_name: str, reading: Reading) -> Shelf:
    """A columnar file as a shelf."""
    return TableShelf(file, format_name, reading)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))
