"""Text on standard input, where no name tells CSV from one value per line: its first line does.

A header that is taken for a value is a label too many, and a value that is taken for a header one
too few: what may be either is refused, with the words that decide it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from ..errors import BadInput

NAME = "-"
"""Standard input, as messages call it."""

SEPARATORS = (",", ";", "\t")

_NUMBER = re.compile(r"\s*([-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|nan|NaN|[-+]?inf)?\s*")
"""A number, or nothing."""


def is_csv(text: str, asked: str | None, names: Sequence[str]) -> bool:
    """Whether the first line names columns.

    Several fields that are names do, and a single one where a column is asked for; other single
    fields are values.

    Args:
        text: All of it.
        asked: What stands behind `-::`.
        names: Names of columns that would be taken.

    Raises:
        BadInput: Fields of which some are numbers; one field that may be a name or a value.
    """
    if asked is not None:
        return True
    first, _, rest = text.partition("\n")
    fields = _fields(first.removesuffix("\r"))
    if len(fields) == 1:
        _refuse_either(fields[0], rest, names)
        return False
    if any(_NUMBER.fullmatch(field) and field for field in fields) or not any(fields):
        raise BadInput(
            NAME,
            expected="one value per line, or columns that the first line names",
            got=f"the first line {first[:60]!r}",
            remedy=f"Name the columns in a first line (known: {', '.join(names)}); or save the "
            "values in a .txt file, one per line.",
        )
    return True


def _fields(line: str) -> list[str]:
    """The fields of the first line, by the separator that occurs most often."""
    try:
        return next(csv.reader(io.StringIO(line), delimiter=max(SEPARATORS, key=line.count)), [""])
    except csv.Error:
        return [line]


def _refuse_either(first: str, rest: str, names: Sequence[str]) -> None:
    """Refuse a first line that is called like a column, or is the only word above numbers."""
    lines = rest.split("\n") if rest.strip() else []
    above = lines and all(_NUMBER.fullmatch(line) for line in lines)
    if first not in names and (not above or _NUMBER.fullmatch(first)):
        return
    shown = first[:60]
    raise BadInput(
        NAME,
        expected="a first line that is either a value or the name of a column",
        got=f"{shown!r}, which may be both",
        remedy=f"Say {NAME}::{shown} where it is the name; else save the values in a .txt file.",
    )
