"""Lists of rows: pairs (i, j), (i, j, y), and triplets (anchor, positive, negative)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..resources import Resources
from ..sources.shelf import Entry, Shelf
from ..sources.values import Values, Wanted
from .parts import Found, ListFacts
from .plain import room_check
from .vectors import FIRST

PAIRS = ("i", "j", "y")
TRIPLETS = ("anchor", "positive", "negative")

_WANTED = Wanted(
    "rows", "numbers of rows", "whole numbers", "Save one row (i, j, y) per pair.", PAIRS
)

_PREVIEW = 4
"""Rows that are shown."""

_PER_NUMBER = 64
"""Bytes per number: as read, as an integer, sorted to find what is listed twice."""

_Rows = npt.NDArray[np.int64]


def look_into_list(
    shelf: Shelf, entries: list[Entry], name: str, resources: Resources
) -> ListFacts | None:
    """Pairs or triplets; None where the numbers cannot be numbers of rows.

    Args:
        shelf: The file.
        entries: One array of two or three columns, or so many columns.
        name: What messages call it.
        resources: The bound on memory.
    """
    check = room_check(resources, _PER_NUMBER)
    columns = [values for entry in entries for values in shelf.column(entry, name, _WANTED, check)]
    if len({len(values.array) for values in columns}) > 1 or not len(columns[0].array):
        return None
    whole = [_whole(values) for values in columns]
    if any(each is None for each in whole):
        return None
    rows = np.column_stack([each for each in whole if each is not None])
    gaps = np.any([values.null for values in columns], axis=0)
    named = tuple(entry.name for entry in entries) if len(entries) > 1 else ()
    kind = _kind(rows[~gaps], named)
    if kind is None:
        return None
    return _facts(name, kind, rows, gaps, by_name=bool(named))


def _whole(values: Values) -> _Rows | None:
    """The numbers as integers; None where they are none."""
    array = values.array
    if values.words is not None or array.dtype.kind not in "biuf":
        return None
    if array.dtype.kind == "f" and not (np.isfinite(array) & (array == np.floor(array))).all():
        return None
    if len(array) and not -(2.0**53) < float(array.min()) <= float(array.max()) < 2.0**53:
        return None
    return array.astype(np.int64)


def _kind(rows: _Rows, named: tuple[str, ...]) -> str | None:
    """Pairs or triplets, by the names of the columns, else by the third column."""
    if not len(rows) or rows[:, :2].min() < 0:
        return None
    if named:
        return "triplets" if named[0] == TRIPLETS[0] else "pairs"
    if rows.shape[1] == 2 or np.isin(rows[:, 2], (-1, 0, 1)).all():
        return "pairs"
    return "triplets" if rows[:, 2].min() >= 0 else None


def _facts(
    name: str, kind: str, rows: _Rows, gaps: npt.NDArray[np.bool_], *, by_name: bool
) -> ListFacts:
    columns = TRIPLETS if kind == "triplets" else PAIRS[: rows.shape[1]]
    known, places = rows[~gaps], np.flatnonzero(~gaps)
    numbers = known if kind == "triplets" else known[:, :2]
    ordered = np.sort(numbers, axis=1)
    own = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
    judged = known[:, 2] if kind == "pairs" and rows.shape[1] == 3 else None
    similar = None if judged is None else int(np.count_nonzero(judged == 1))
    minus_one = np.zeros(0, np.int64) if judged is None else places[judged == -1]
    return ListFacts(
        name,
        kind,
        columns,
        len(rows),
        int(numbers.min()),
        int(numbers.max()),
        similar,
        None if similar is None else len(known) - similar,
        _found(places[own]),
        _found(places[_again(numbers if kind == "triplets" else ordered)]),
        _found(np.flatnonzero(gaps)),
        _found(minus_one),
        judged is not None and not by_name and not len(minus_one),
        by_name,
        tuple(tuple(row) for row in rows[:_PREVIEW].tolist()),
    )


def _again(rows: _Rows) -> npt.NDArray[np.bool_]:
    """Which rows equal an earlier one."""
    order = np.lexsort(rows.T[::-1])
    same = (rows[order][1:] == rows[order][:-1]).all(axis=1)
    again = np.zeros(len(rows), bool)
    again[order[1:][same]] = True
    return again


def _found(rows: npt.NDArray[Any]) -> Found:
    return Found(len(rows), tuple(rows[:FIRST].tolist()))
