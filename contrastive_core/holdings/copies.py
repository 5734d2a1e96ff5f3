"""Rows that equal another, from a code per row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..duplicates import Codes
from .parts import Duplicates

_STEP = 2**16
"""Codes looked at a time."""

_FIRST = 5
"""How many pairs are named."""


def copies(codes: Codes, usable: npt.NDArray[np.bool_]) -> Duplicates:
    """How many rows equal another, and the first of them.

    Args:
        codes: A code per row, equal for equal rows.
        usable: Which rows are compared.
    """
    ordered = codes[usable]
    ordered.sort()
    again = ordered[1:] == ordered[:-1]
    repeated = int(np.count_nonzero(again))
    if not repeated:
        return Duplicates(0, len(ordered), ())
    begins = again.copy()
    begins[1:] &= ~again[:-1]
    values = ordered[:-1][begins]  # the codes that several rows have, each once
    distinct = len(ordered) - repeated
    del ordered, again, begins
    return Duplicates(repeated + len(values), distinct, _first(codes, usable, values))


def _first(
    codes: Codes, usable: npt.NDArray[np.bool_], values: Codes
) -> tuple[tuple[int, int], ...]:
    """The first rows that equal an earlier one, each with the first that it equals."""
    earliest = np.full(len(values), -1, np.int64)
    found: list[tuple[int, int]] = []
    for start in range(0, len(codes), _STEP):
        part = codes[start : start + _STEP]
        place = np.minimum(np.searchsorted(values, part), len(values) - 1)
        rows = np.flatnonzero((values[place] == part) & usable[start : start + _STEP])
        which, first = np.unique(place[rows], return_index=True)
        new = earliest[which] < 0
        earliest[which[new]] = start + rows[first[new]]
        seen = earliest[place[rows]]
        later = seen < start + rows
        pairs = zip(seen[later].tolist(), (start + rows[later]).tolist(), strict=True)
        found += list(pairs)[: _FIRST - len(found)]
        if len(found) == _FIRST:
            break
    return tuple(found)
