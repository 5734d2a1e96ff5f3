"""The rows that carry a figure, as plain objects: what a failure names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..rows import Rows
from ..tables import Index

HIGHEST, LOWEST = "highest", "lowest"
"""Which end of a figure its rows carry."""


def no_rows(count: int, direction: str) -> tuple[dict[str, Any], ...]:
    """Of a figure that describes the whole set, or counts it: no row carries it."""
    del count, direction
    return ()


def first_by(keys: Sequence[npt.NDArray[Any]], kept: npt.NDArray[np.bool_], count: int) -> Index:
    """Positions of the rows of the largest keys, among some: ties by the next key, then by place.

    Args:
        keys: One number per row each, the most important first; a NaN is never listed.
        kept: Which rows may be listed.
        count: How many, at most.
    """
    places = np.flatnonzero(kept & ~np.isnan(np.asarray(keys[0], np.float64)))
    order = np.lexsort([-np.asarray(key, np.float64)[places] for key in reversed(keys)])
    return places[order[:count]]


def plain_rows(
    table: Rows, places: Index, columns: Sequence[str] = ()
) -> tuple[dict[str, Any], ...]:
    """Some rows as objects; what a row does not have is left out.

    Args:
        table: The rows.
        places: Which of them, in their order.
        columns: Names of the columns to tell; none for all.
    """
    taken = table.take(places)
    names = [name for name, _ in taken.columns()]
    told = [name for name in names if not columns or name in columns]
    found = (dict(zip(names, row, strict=True)) for row in taken.rows(0, len(taken)))
    return tuple({name: row[name] for name in told if _there(row[name])} for row in found)


def _there(value: Any) -> bool:
    """Whether it is a value: integers below 0 and NaN stand for none."""
    if isinstance(value, int):
        return value >= 0
    return value is not None and value == value
