"""Matrices that lie in a table as one numeric column per dimension: dim_0, dim_1, ..., dim_767."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .shelf import LABEL_NAMES, Entry

LABEL_LIKE = frozenset((*LABEL_NAMES, "id", "_id", "key", "index", "match", "split"))
"""Names whose numbered columns are no dimensions: label_0, label_1."""

_NUMBERED = re.compile(r"(.*?)([0-9]+)")
_SEPARATORS = "_-. "


def matrices(numeric: Iterable[tuple[str, str]], taken: Iterable[str]) -> list[Entry]:
    """The matrices among the numeric columns, by the prefix that their names share.

    The numbers behind a prefix run from 0 or 1 without a gap; a single column is no matrix, and
    columns that are called labels or ids are none.

    Args:
        numeric: Names and types of the numeric columns.
        taken: Names of all columns, which a matrix cannot have.
    """
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
    known = set(taken)
    found = []
    for prefix, group in groups.items():
        bare = prefix.rstrip(_SEPARATORS)
        order = sorted(group)
        gapless = order[0] in (0, 1) and order == list(range(order[0], order[0] + len(order)))
        if len(order) > 1 and gapless and prefix not in twice and bare.lower() not in LABEL_LIKE:
            columns = tuple(group[number][0] for number in order)
            name = bare or f"{columns[0]}..{columns[-1]}"
            kinds = " and ".join(sorted({group[number][1] for number in order}))
            words = f"{len(columns)} columns of {kinds}"
            if name not in known:
                found.append(Entry(name, words, vectors=True, columns=columns, also=(prefix,)))
    return found
