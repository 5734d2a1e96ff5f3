"""Rows of named cells as plain values, from a table of the core or from records."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .report import Sheet

NAMES = ("label", "hardest_class", "nearest_class")
"""Columns of names of classes, where a number below 0 is a name like any other."""

_ROWS = 4096
"""Rows turned into Python values at a time."""


def names_of(sheet: Sheet) -> list[str]:
    """The columns."""
    if isinstance(sheet, Sequence):
        return list(sheet[0]) if sheet else []
    return [name for name, _ in sheet.columns()]


def cells_of(sheet: Sheet) -> Iterator[list[Any]]:
    """Row by row; None for nothing and nobody, NaN for what is undefined."""
    names = names_of(sheet)
    if isinstance(sheet, Sequence):
        for record in sheet:
            yield [record[name] for name in names]
        return
    for start in range(0, len(sheet), _ROWS):
        for row in sheet.rows(start, start + _ROWS):
            yield [_somebody(name, value) for name, value in zip(names, row, strict=True)]


def records_of(sheet: Sheet) -> Iterator[dict[str, Any]]:
    """One object per row, as JSON has it: None for NaN too."""
    names = names_of(sheet)
    for row in cells_of(sheet):
        yield dict(zip(names, map(number, row), strict=True))


def number(value: Any) -> Any:
    """None for NaN."""
    return None if isinstance(value, float) and math.isnan(value) else value


def _somebody(name: str, value: Any) -> Any:
    """None for the row of nobody; a name is what it is."""
    nobody = isinstance(value, int) and value < 0 and name not in NAMES
    return None if nobody else value
