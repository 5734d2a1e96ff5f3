"""From what was given to values: a path, a column of a file, an array or a list."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import Any

from ..errors import BadInput
from .ids import agreement
from .keep import Keep
from .per_row import check_single, single
from .places import check_named, open_place, split_column
from .reading import PLAIN, Reading
from .shelf import Entry, Shelf, find, listing
from .source import Source
from .text import open_related
from .values import Check, Values, Wanted, from_array, in_memory


def is_path(given: object) -> bool:
    """Whether a file is meant, and not values in memory."""
    return isinstance(given, str | os.PathLike)


def read_column(
    given: Any,
    wanted: Wanted,
    n: int,
    beside: Source | None = None,
    reading: Reading = PLAIN,
) -> Values:
    """One value per row.

    Args:
        given: A path, `PATH::name`, `::name`, an array or a list.
        wanted: What is read.
        n: How many there must be.
        beside: The embeddings, whose file `::name` is in.
        reading: What the user says about the files.

    Raises:
        BadInput: They cannot be read, or are not `n`.
    """
    wanted = replace(wanted, single=True, rows=n)
    if not is_path(given):
        array = in_memory(given, wanted)
        check_single(wanted.name, array.shape, wanted)
        return single(wanted.name, array, wanted)
    if reading.keep is None:
        return _column(os.fsdecode(given), wanted, beside, reading)
    whose = None if beside is None else beside.name
    return reading.keep.once(
        ("column", given, wanted, whose, reading.join),
        lambda: _column(os.fsdecode(given), wanted, beside, reading),
    )


def _column(given: str, wanted: Wanted, beside: Source | None, reading: Reading) -> Values:
    """One value per row, of a file."""
    name, shelf, asked = _open(given, wanted, beside, reading)
    entry = _choose(shelf, name, wanted) if asked is None else find(shelf, name, asked)
    joined = reading.join is not None and beside is not None
    asking = replace(wanted, rows=None) if joined else wanted
    check = partial(check_single, wanted=asking, format_name=shelf.format)
    (values,) = shelf.column(entry, name, asking, check)
    if beside is not None:
        found = agreement(beside, shelf, name, reading)
        values = values if found.order is None else values.take(found.order)
        values = replace(values, joined=found.said)
    check_single(name, values.array.shape, wanted, shelf.format)
    return values


def read_columns(
    given: Any, wanted: Wanted, check: Check, keep: Keep | None = None
) -> list[Values]:
    """Several values per row, one `Values` for each column.

    Args:
        given: A path, an array or a list of rows.
        wanted: What is read.
        check: Raises on a shape that is not wanted; one that it lets through has two axes.
        keep: What several measurings share; None for a single one.

    Raises:
        BadInput: They cannot be read, or `check` refuses them.
    """
    if not is_path(given):
        name, array = wanted.name, in_memory(given, wanted)
        check(name, array.shape)
        return [from_array(name, array[:, index], wanted) for index in range(array.shape[1])]
    if keep is None:
        return _columns(os.fsdecode(given), wanted, check)
    return keep.once(
        ("columns", given, wanted), lambda: _columns(os.fsdecode(given), wanted, check)
    )


def _columns(given: str, wanted: Wanted, check: Check) -> list[Values]:
    """Several values per row, of a file."""
    name, shelf, asked = _open(given, wanted, None, PLAIN)
    if shelf.words.entry == "column":
        if asked is not None:
            location, _ = split_column(name)
            raise BadInput(
                name,
                expected=f"a path without '::'; the columns are {', '.join(wanted.names)}",
                got=f"column {asked!r}",
                remedy=f"They are found by their names: give {location} alone.",
            )
        return _several(shelf, name, wanted, check)
    if asked is None and len(shelf.entries) > 1:
        return _several(shelf, name, wanted, check)
    entry = shelf.entries[0] if asked is None else find(shelf, name, asked)
    return shelf.column(entry, name, wanted, check)


def _several(shelf: Shelf, name: str, wanted: Wanted, check: Check) -> list[Values]:
    """The wanted columns, by their names; those marked "?" where the file has them."""
    by_name = {entry.name: entry for entry in shelf.entries}
    needed = [column for column in wanted.columns if not column.endswith("?")]
    if shelf.format == "text":
        raise BadInput(
            name,
            expected=f"columns called {', '.join(needed)}",
            got="plain text, which has one value per line",
            remedy=f"Write a .csv file whose first line names them, or a table. {wanted.save}",
        )
    if not set(needed) <= set(by_name):
        entries = f"{shelf.words.entry}s"
        raise BadInput(
            name,
            expected=f"the {entries} {', '.join(needed)}",
            got=f"the {entries} {listing(shelf)}",
            remedy=f"They are found by their names: rename the {entries} when writing the file.",
        )
    chosen = [by_name[column] for column in wanted.names if column in by_name]
    found = []
    for entry in chosen:

        def check_one(name: str, shape: tuple[int, ...], entry: Entry = entry) -> None:
            if len(shape) != 1:
                check(f"{name}::{entry.name}", (len(chosen), *shape))
            check(name, (shape[0], len(chosen)))

        found += shelf.column(entry, name, wanted, check_one)
    lengths = {len(values.array) for values in found}
    if len(lengths) > 1:
        raise BadInput(
            name,
            expected=f"as many values in each of {', '.join(entry.name for entry in chosen)}",
            got=" and ".join(map(str, sorted(lengths))),
            remedy=wanted.save,
        )
    return found


def _choose(shelf: Shelf, name: str, wanted: Wanted) -> Entry:
    """The only column, or the one with a recognised name."""
    entries = [entry for entry in shelf.entries if not entry.columns]
    names = [entry.name for entry in entries]
    if len(entries) == 1:
        return entries[0]
    recognised = [column for column in wanted.columns if column in names]
    if len(recognised) == 1:
        return entries[names.index(recognised[0])]
    what = shelf.words.entry
    raise BadInput(
        name,
        expected=f"one {what}, or one that is named {' or '.join(wanted.columns)}",
        got=f"{len(recognised) or 'none'} of these among: {listing(shelf)}",
        remedy=f"Name the {what} of {wanted.noun}: {name}::{(recognised or names or ['name'])[0]}.",
    )


def _open(
    written: str, wanted: Wanted, beside: Source | None, reading: Reading
) -> tuple[str, Shelf, str | None]:
    """What messages call it, the file, and what stands behind `::`."""
    location, asked = split_column(written)
    if location or asked is None:
        opener = partial(open_related, asked=asked, names=wanted.names)
        shelf = open_place(location, written, reading, wanted.save, opener)
        remedy = f"save the {wanted.noun} in a file of their own"
        check_named(shelf, written, location, asked, remedy)
        return written, shelf, asked
    if beside is None or beside.shelf is None:
        raise BadInput(
            wanted.name,
            expected="the path of a file before '::'",
            got=repr(written),
            remedy=f"Write PATH{written}.",
        )
    location, _ = split_column(beside.shelf.name)
    remedy = f"save the {wanted.noun} in a file of their own"
    check_named(beside.shelf, f"{location}{written}", location, asked, remedy)
    return f"{location}{written}", beside.shelf, asked
