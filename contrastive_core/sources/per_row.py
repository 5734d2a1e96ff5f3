"""One value per row, of whatever shape its array is: (n,), (n, 1), (1, n), or one-hot (n, k)."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from .checks import one_axis
from .values import Values, Wanted, check_kind, from_array, rows_found

_HEADERS = {
    ("csv", -1): "The first line of a CSV file names its columns. ",
    ("text", 1): "The first line of plain text is a value: call the file .csv where it is a name, "
    "or say -::NAME of standard input. ",
}
"""What may explain one value less or more."""

_STEP = 2**20
"""Numbers looked at together: what is not one-hot is refused by the first of them."""

_NUMBERS = "biufO"
"""Kinds of arrays that may hold 0 and 1."""


def check_single(name: str, shape: tuple[int, ...], wanted: Wanted, format_name: str = "") -> None:
    """Refuse a shape that is not one value per row, and another number of rows."""
    line = one_axis(shape)
    rows = math.prod(shape) if line else shape[0]
    hot = wanted.one_hot and len(shape) == 2 and wanted.rows in (None, rows)
    if not shape or not (line or hot):
        raise _no_line(name, shape, wanted)
    if wanted.rows is not None and rows != wanted.rows:
        header = _HEADERS.get((format_name, rows - wanted.rows), "")
        raise BadInput(
            name,
            expected=f"{wanted.counted(wanted.rows)}, one per {wanted.per}",
            got=wanted.counted(rows),
            remedy=f"{header}Write one for each {wanted.per}, in the order of the {wanted.per}s.",
        )


def single(name: str, array: npt.NDArray[Any], wanted: Wanted) -> Values:
    """One value per row of an array whose shape was checked."""
    check_kind(name, array.dtype, wanted)
    shape = array.shape
    if len(shape) == 1:
        return from_array(name, array, wanted)
    if one_axis(shape):
        told = f"{name}: shape {shape} is read as ({array.size},)."
        return replace(from_array(name, array.reshape(-1), wanted), told=(told,))
    told = f"{name}: rows of 0s and a single 1, shape {shape}, are read as the place of the 1."
    codes = _places(name, array, wanted)
    return Values(name, codes, np.zeros(len(codes), bool), told=(told,))


def _places(name: str, array: npt.NDArray[Any], wanted: Wanted) -> npt.NDArray[np.int64]:
    """The place of the single 1 of each row."""
    if array.dtype.kind not in _NUMBERS:
        raise _no_line(name, array.shape, wanted)
    places, ones = np.empty((2, len(array)), np.int64)
    step = max(1, _STEP // array.shape[1])
    for start in range(0, len(array), step):
        part = array[start : start + step]
        is_one = np.asarray(part == 1, bool)
        if not (is_one | np.asarray(part == 0, bool)).all():
            raise _no_line(name, array.shape, wanted)
        places[start : start + step] = is_one.argmax(axis=1)
        ones[start : start + step] = is_one.sum(axis=1)
    faults = {"several classes": ones > 1, "no class": ones == 0}
    found = [f"{what} in {rows_found(bad)}" for what, bad in faults.items() if bad.any()]
    if found:
        raise BadInput(
            name,
            expected="one class per row: 0s and a single 1 in each",
            got=", and ".join(found),
            remedy="Classes that overlap are no partition: save one class per row, and none as "
            "null in a Parquet column or None in a list; or list the positives as --pairs.",
        )
    return places


def _no_line(name: str, shape: tuple[int, ...], wanted: Wanted) -> BadInput:
    """The error for an array that is not one value per row."""
    n = wanted.rows or "n"
    side = wanted.one_hot and len(shape) == 2 and wanted.rows == shape[1] != shape[0]
    return BadInput(
        name,
        expected=f"{n} {wanted.noun}, one per {wanted.per}: shape ({n},)",
        got=f"shape {shape}",
        remedy=f"One-hot, on its side? Save array.T. {wanted.save}" if side else wanted.save,
    )
