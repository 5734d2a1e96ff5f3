"""Labels and their like in text: one value per line, or the columns of a CSV file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadInput, counted
from ..resources import format_size
from . import piped
from .files import File, first_line
from .formats import recognise, unknown_format
from .reading import Reading
from .shelf import LABEL_NAMES, Entry, Shelf, Taken, Words, called
from .source import Source
from .values import Check, Values, Wanted, from_array

LINES = ("", ".txt", ".text", ".labels")
"""Ends of names of files with one value per line."""

SEPARATED = {".csv": (",", ";", "\t"), ".tsv": ("\t",)}
"""Ends of names of files with columns, and what may separate them."""

MOST = 2**30
"""Bytes of the longest text that is read, which is read whole."""

WORDS = Words("column", "a list of numbers per row", "Save the vectors with np.save('emb.npy', v).")

_FIRST = 2**10
"""Bytes that are looked at before the rest is read: a stream may have no end."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|nan|NaN|[-+]?inf")


def open_related(
    file: File,
    reading: Reading,
    save: str,
    *,
    asked: str | None = None,
    names: Sequence[str] = LABEL_NAMES,
) -> Shelf:
    """A file of any format, or text where the name says nothing else.

    Args:
        file: The file.
        reading: What the user says about the files.
        save: How such a file is written, for one that is of no format.
        asked: What stands behind `::`.
        names: Names of columns that would be taken.
    """
    known = recognise(file)
    if known is not None:
        return known.open(file, reading)
    first = file.read(0, _FIRST)
    if file.suffix not in (*LINES, *SEPARATED) or not first or b"\x00" in first:
        raise unknown_format(file, save)
    if file.size > MOST:
        raise too_long(file.name)
    data = file.read(0, file.size)
    if b"\x00" in data:
        raise unknown_format(file, save)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _damaged(file.name, f"bytes that are none ({error})", "UTF-8 text") from error
    separators = SEPARATED.get(file.suffix, ())
    if file.name == piped.NAME and piped.is_csv(text, asked, names):
        separators = piped.SEPARATORS
    if separators:
        return TextShelf(file.name, "csv", _separated(file.name, text, separators))
    lines = text.removesuffix("\n").split("\n")
    return TextShelf(file.name, "text", {"": [line.removesuffix("\r") for line in lines]})


def too_long(name: str) -> BadInput:
    """The error for text that no list of labels comes to."""
    return BadInput(
        name,
        expected=f"at most {format_size(MOST)} of text",
        got="more",
        remedy="Check that it ends and holds one value per row; store so many values as .npy or as "
        "a Parquet column.",
    )


def _separated(name: str, text: str, separators: Sequence[str]) -> dict[str, list[str]]:
    """The columns of a CSV file, whose first line names them."""
    header, _, _ = text.partition("\n")
    separator = max(separators, key=header.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
    except csv.Error as error:
        raise _damaged(name, first_line(error)) from error
    names = [name.strip() for name in rows[0]]
    single = len(names) == 1
    body = [row or [""] if single else row for row in rows[1:]]
    for number, row in enumerate(body, start=2):
        if len(row) != len(names):
            raise _damaged(
                name, f"{counted(len(row), 'value')} where {len(names)} are named, row {number}"
            )
    if len(set(names)) != len(names):
        raise _damaged(name, "two columns of one name")
    columns = zip(*body, strict=True) if body else ([] for _ in names)
    return {name: list(column) for name, column in zip(names, columns, strict=True)}


@dataclass(frozen=True, eq=False)
class TextShelf:
    """Values in text; an empty one is a missing one.

    Args:
        name: The path as the user wrote it.
        format: text, or csv.
        columns: The values by the names of the columns; lines have none.
    """

    name: str
    format: str
    columns: dict[str, list[str]]

    @property
    def words(self) -> Words:
        """How messages speak of what is in it."""
        return WORDS

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The columns."""
        return tuple(Entry(name, "text", vectors=False) for name in self.columns)

    def entry(self, name: str) -> Entry | None:
        """The column of a name."""
        return called(self.entries, name)

    def source(self, taken: Taken) -> Source:
        """Text holds no vectors."""
        raise TypeError(f"{taken.name} is text")

    def column(self, entry: Entry, name: str, wanted: Wanted, check: Check) -> list[Values]:
        """A column of integers, floats or strings, whichever all of its values are."""
        cells = self.columns[entry.name]
        check(name, (len(cells),))
        bare = [cell.strip() for cell in cells]
        array = np.empty(len(cells), object)
        array[:] = typed(bare)
        values = from_array(name, array, wanted)
        if len(set(bare)) == len(set(cells)):
            return [values]
        blank = next(cell for cell in cells if cell != cell.strip())
        told = f"{name}: blanks at the ends of values are left out: {blank!r} is {blank.strip()!r}."
        return [replace(values, told=(told,))]

    def has_ids(self, entry: Entry) -> bool:
        """Any text may be an id."""
        return bool(entry.name)

    def ids(self, entry: Entry, name: str) -> Iterator[npt.NDArray[Any]]:
        """Integers or strings, one per row."""
        cells = [cell.strip() for cell in self.columns[entry.name]]
        if "" in cells:
            raise _damaged(name, f"no id in row {cells.index('')}", "an id in every row")
        yield np.array(typed(cells)) if cells else np.empty(0, np.int64)


def typed(cells: Sequence[str]) -> list[Any]:
    """Integers, floats or strings, whichever all values are; None for an empty one.

    Integers with leading zeros are names: 007 is not 7.
    """
    present = [cell for cell in cells if cell]
    kind: Any = str
    if all(_INTEGER.fullmatch(cell) for cell in present):
        kind = int
    elif all(_FLOAT.fullmatch(cell) and not _is_name(cell) for cell in present):
        kind = float
    return [kind(cell) if cell else None for cell in cells]


def _is_name(cell: str) -> bool:
    """Whether a number is written as no number is: with leading zeros."""
    return re.match(r"[-+]?0[0-9]", cell) is not None


def _damaged(
    name: str, got: str, expected: str = "a CSV file with a line that names its columns"
) -> BadInput:
    return BadInput(
        name,
        expected=expected,
        got=got,
        remedy="Write it again, one value per line, or as a Parquet column.",
    )
