"""What is said of vectors, labels, numbers and lists of rows, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from contrastive_core.errors import counted
from contrastive_core.holdings.parts import (
    ClassSize,
    Found,
    LabelFacts,
    ListFacts,
    NumberFacts,
    Part,
    VectorFacts,
)
from contrastive_core.plain_text import short_name

from .layout import digits

Line = tuple[str, str]
"""A name, and what is said of it."""

_WORDS = {
    "null": "null",
    "ragged": "of another length",
    "nan": "with NaN",
    "infinity": "with infinity",
    "zero": "of only zeros",
}
"""Kinds of bad rows."""

_GROUPS = {"parquet": "row groups", "arrow": "batches", "arrow stream": "batches"}
"""What the rows of a file are divided into."""

_LISTED = 6
"""Row groups that are counted one by one."""


def lines_of(part: Part, format_name: str) -> list[Line]:
    """All that is said of a part of a file."""
    match part:
        case VectorFacts():
            return list(_vectors(part, _GROUPS.get(format_name, "shards")))
        case LabelFacts():
            return list(_labels(part))
        case ListFacts():
            return list(_list(part))
        case NumberFacts():
            return list(_numbers(part))


def _vectors(part: VectorFacts, groups: str) -> Iterator[Line]:
    order = f", {part.order} order" if part.order else ""
    rows = f"{counted(part.rows, 'row')} of {counted(part.d, 'number')}"
    if len(part.shape) == 3 and 1 not in part.shape[:2]:
        rows += f", row r in [r // {part.shape[1]}, r % {part.shape[1]}]"
    yield "shape", f"{part.shape} {part.dtype}{order}: {rows}"
    if part.chosen:
        yield "chosen", part.chosen
    if part.groups:
        yield groups, _counts(part.groups)
    norms = part.norms
    if norms.rows:
        names = ("min", "median", "max", "mean")
        told = "  ".join(f"{name} {digits(getattr(norms, name))}" for name in names)
        yield "norms", f"{told}{'  (unit rows: all within 0.001 of 1)' if norms.unit else ''}"
    else:
        yield "norms", "none: no row has finite numbers alone"
    yield "bad rows", _bad(part)
    yield "duplicates", _duplicates(part)
    for number, row in enumerate(part.preview):
        yield f"row {number}", _row(row, part.d)


def _bad(part: VectorFacts) -> str:
    """How many, of which sort, and where."""
    if not part.bad.rows:
        return "none"
    kinds = [
        f"{each.rows} {_WORDS[kind]} ({_places(each)})"
        for kind, each in part.bad.kinds.items()
        if each.rows
    ]
    return f"{part.bad.rows} of {part.rows}: {', '.join(kinds)}"


def _duplicates(part: VectorFacts) -> str:
    found = part.duplicates
    if not found.rows:
        return "none"
    pairs = ", ".join(f"{later} = {first}" for first, later in found.first)
    return f"{found.rows} rows equal another; {found.distinct} differ (first: {pairs})"


def _labels(part: LabelFacts) -> Iterator[Line]:
    yield "rows", f"{part.rows} {part.kind}, {part.nulls} without a value"
    yield "classes", str(part.classes)
    if part.smallest is not None and part.largest is not None:
        yield "sizes", f"from {_size(part.smallest)} to {_size(part.largest)}"
        lone = f"{part.lone} of a single row, which has no positives"
        yield "lone", lone if part.lone else "none: every class has two rows or more"
    yield "first", _listed(part.preview, part.rows)


def _numbers(part: NumberFacts) -> Iterator[Line]:
    yield "rows", f"{counted(part.rows, 'number')}, {part.nulls} without a value, {part.nan} NaN"
    yield "range", f"from {digits(part.min)} to {digits(part.max)}, sum {digits(part.sum)}"
    yield "first", _listed(part.preview, part.rows)


def _list(part: ListFacts) -> Iterator[Line]:
    yield part.kind, f"{counted(part.rows, 'row')} ({', '.join(part.columns)})"
    yield "indices", f"from {part.lowest} to {part.highest}"
    if part.similar is not None:
        yield "similar", f"{part.similar}, dissimilar {part.dissimilar}"
    what = "a row with itself" if part.kind == "pairs" else "a row twice in one"
    for name, text, found in (
        ("own", what, part.own),
        ("duplicates", "listed again", part.duplicates),
        ("gaps", "with a gap", part.nulls),
    ):
        yield name, f"{found.rows} {text} ({_places(found)})" if found.rows else "none"
    for number, row in enumerate(part.preview):
        yield f"row {number}", "  ".join(map(_number, row))


def _places(found: Found) -> str:
    """Where, as messages say it."""
    more = ", ..." if found.rows > len(found.first) else ""
    return f"{'row' if found.rows == 1 else 'rows'} {', '.join(map(str, found.first))}{more}"


def _counts(groups: Sequence[int]) -> str:
    """How many rows each group has, where that can be said shortly."""
    if len(groups) <= _LISTED:
        return f"{len(groups)} of {', '.join(map(str, groups))} rows"
    return f"{len(groups)} of {min(groups)} to {max(groups)} rows"


def _size(found: ClassSize) -> str:
    return f"{found.rows} (class {_value(found.name)})"


def _row(row: Sequence[Any] | None, d: int) -> str:
    """The first numbers of a row."""
    if row is None:
        return "no vector"
    return "  ".join(map(_number, row)) + ("  ..." if d > len(row) else "")


def _listed(values: Sequence[Any], rows: int) -> str:
    shown = ", ".join(map(_value, values))
    return f"{shown}, ..." if rows > len(values) else shown


def _value(value: Any) -> str:
    """A label or a number as it is stored."""
    return "-" if value is None else short_name(str(value))


def _number(value: Any) -> str:
    if value is None:
        return "-"
    return digits(value) if isinstance(value, float) else str(value)
