"""Matrices that lie in a table as one numeric column per dimension: dim_0, dim_1, ..., dim_767."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .shelf import LABEL_NAMES, Entry

LABEL_LIKE = frozenset((*LABEL_NAMES, "id", "_id", "key", "index", "match", "split"))
"""Names whose numbered columns are no dimensions: label_0, label_1."""

_NUMBERED = re.compile(r"(.*?)([0-9]+)")
_SEPARATORS = "_-. "
_NAMED = 5
"""How many columns that lack a message names."""


def matrices(numeric: Iterable[tuple[str, str]], taken: Iterable[str]) -> list[Entry]:
    """The matrices among the numeric columns, by the prefix that their names share.

    The numbers behind a prefix run from 0 or 1 without a gap; a single column is no matrix, and
    columns that are called labels or ids are none.

    Args:
        numeric: Names and types of the numeric columns.
        taken: Names of all columns, which a matrix cannot have.
    """
    known = set(taken)
    found = []
    for prefix, group in _groups(numeric).items():
        bare = prefix.rstrip(_SEPARATORS)
        order = sorted(group)
        if not _missing(order):
            columns = tuple(group[number][0] for number in order)
            name = bare or f"{columns[0]}..{columns[-1]}"
            kinds = " and ".join(sorted({group[number][1] for number in order}))
            words = f"{len(columns)} columns of {kinds}"
            if name not in known:
                found.append(Entry(name, words, vectors=True, columns=columns, also=(prefix,)))
    return found


def gap(numeric: Iterable[tuple[str, str]]) -> str:
    """What keeps numbered columns from being a matrix: a few that are not there, in words."""
    for prefix, group in _groups(numeric).items():
        order = sorted(group)
        if 0 < _missing(order) < len(order):
            first, last = group[order[0]][0], group[order[-1]][0]
            digits = first.removeprefix(prefix)
            width = len(digits) if digits.startswith("0") else 1
            lacking = sorted({*range(_first(order), order[-1])} - {*order})
            named = [f"{prefix}{number:0{width}}" for number in lacking[:_NAMED]]
            more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
            return f"{first} to {last} lack {', '.join(named)}{more}"
    return ""


def _groups(numeric: Iterable[tuple[str, str]]) -> dict[str, dict[int, tuple[str, str]]]:
    """Columns by their prefix and number: two or more, none of a number that another has."""
    groups: dict[str, dict[int, tuple[str, str]]] = {}
    twice = set()
    for name, kind in numeric:
        match = _NUMBERED.fullmatch(name)
        if match is None:
            continue
        group = groups.setdefault(match[1], {})
        if int(match[2]) in group:
            twice.add(match[1])
        group[int(match[2])] = (name, kind)
    return {
        prefix: group
        for prefix, group in groups.items()
        if len(group) > 1
        and prefix not in twice
        and prefix.rstrip(_SEPARATORS).lower() not in LABEL_LIKE
    }


def _first(order: list[int]) -> int:
    """Where the numbers of dimensions begin: at 0, or at 1."""
    return order[0] if order[0] in (0, 1) else 0


def _missing(order: list[int]) -> int:
    """How many numbers are not there."""
    return order[-1] + 1 - _first(order) - len(order)
