"""One value per row: classes, or numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import counted
from ..resources import Resources, too_little_memory
from ..sources.shelf import LABEL_NAMES, Entry, Shelf
from ..sources.values import Check, Values, Wanted
from .parts import ClassSize, LabelFacts, NumberFacts

SAVE = "Save the labels with np.save('labels.npy', labels), or as a Parquet column."

WANTED = Wanted("values", "values", "integers, strings or numbers", SAVE, LABEL_NAMES, single=True)
"""Values of which it is not known what they mean."""

_PREVIEW = 8
"""Values that are shown."""

_PER_VALUE = 48
"""Bytes per value: as read, its gap, sorted, counted."""


def look_into_values(
    shelf: Shelf, entry: Entry, name: str, resources: Resources
) -> LabelFacts | NumberFacts:
    """What a column, or an array of one axis, holds.

    Args:
        shelf: The file.
        entry: The column.
        name: What messages call it.
        resources: The bound on memory.

    Raises:
        BadInput: It holds neither numbers nor strings.
        TooLittleMemory: The bound is too low for so many values.
    """
    (values,) = shelf.column(entry, name, WANTED, room_check(resources, _PER_VALUE))
    array = values.array[~values.null]
    if values.words is not None:
        counts = np.bincount(array, minlength=len(values.words))
        return _labels(values, "strings", values.words, counts)
    if array.dtype.kind == "f" and not _is_whole(array):
        return _numbers(values, array)
    kind = {"b": "bools", "f": "whole floats"}.get(array.dtype.kind, "integers")
    found, counts = np.unique(
        array.astype(np.int64) if kind == "whole floats" else array, return_counts=True
    )
    return _labels(values, kind, found.tolist(), counts)


def room_check(resources: Resources, each: int) -> Check:
    """Refuse more values than the bound has room for, before any is read."""

    def check(name: str, shape: tuple[int, ...]) -> None:
        size = math.prod(shape) * each
        if size > resources.memory:
            raise too_little_memory(size, f"{counted(shape[0], 'row')} of {name}", resources)

    return check


def _is_whole(array: npt.NDArray[Any]) -> bool:
    """Whether all are whole numbers that 64 bits hold."""
    with np.errstate(invalid="ignore"):
        return bool(((array == np.floor(array)) & (np.abs(array) < 2.0**53)).all())


def _labels(
    values: Values, kind: str, names: list[Any], counts: npt.NDArray[np.int64]
) -> LabelFacts:
    """Classes by their sizes; of several the first in order."""
    smallest = largest = None
    if len(names):
        low, high = int(np.argmin(counts)), int(np.argmax(counts))
        smallest = ClassSize(names[low], int(counts[low]))
        largest = ClassSize(names[high], int(counts[high]))
    return LabelFacts(
        values.name,
        kind,
        len(values.null),
        int(np.count_nonzero(values.null)),
        len(names),
        smallest,
        largest,
        int(np.count_nonzero(counts == 1)),
        kind != "strings" and bool(names) and set(names) <= {0, 1},
        _preview(values, whole=kind == "whole floats"),
    )


def _numbers(values: Values, array: npt.NDArray[Any]) -> NumberFacts:
    """Extremes and sum of the finite ones."""
    nan = np.isnan(array)
    known = array[~nan].astype(np.float64)
    low, high = (float(known.min()), float(known.max())) if len(known) else (math.nan, math.nan)
    return NumberFacts(
        values.name,
        len(values.null),
        int(np.count_nonzero(values.null)),
        int(np.count_nonzero(nan)),
        low,
        high,
        math.fsum(known.tolist()) if len(known) and np.isfinite(known).all() else math.nan,
        _preview(values, whole=False),
    )


def _preview(values: Values, *, whole: bool) -> tuple[Any, ...]:
    """The first values; None for a missing one."""
    shown = values.array[:_PREVIEW].tolist()
    if values.words is not None and values.words:
        shown = [values.words[code] for code in shown]
    gaps = values.null[:_PREVIEW].tolist()
    shown = [int(each) if whole else each for each in shown]
    return tuple(
        None if gap or (isinstance(each, float) and not math.isfinite(each)) else each
        for each, gap in zip(shown, gaps, strict=True)
    )
