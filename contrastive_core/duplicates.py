"""Exact copies among rows, found by a code per row and never by comparing pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .prepared import Prepared
from .standing import Competition

Codes = npt.NDArray[np.uint64]
"""One number per row, equal for equal rows."""


def may_have_duplicates(data: Prepared) -> bool:
    """Whether the first numbers of any two rows are equal: a quick no for most data."""
    heads = np.sort(np.concatenate([rows[:, 0].copy() for _, rows in data.blocks()]))
    return bool((heads[1:] == heads[:-1]).any())


def row_codes(data: Prepared) -> Codes:
    """A code per row of prepared rows."""
    return np.concatenate([codes_of(rows) for _, rows in data.blocks()])


def codes_of(rows: npt.NDArray[Any]) -> Codes:
    """A 64-bit code per row of real numbers, equal for equal rows and hardly ever for others.

    The bits of each number are mixed before they are summed: a plain linear form of them would
    keep a dozen bits for rows of small integers.
    """
    d = rows.shape[1]
    weights = np.random.default_rng(0).integers(1, 2**63, d, np.uint64) | np.uint64(1)
    bits = (rows + 0).view(f"u{rows.dtype.itemsize}").astype(np.uint64)  # + 0 turns -0 into 0
    for shift in (32, 29):
        bits ^= bits >> np.uint64(shift)
        bits *= weights
    bits ^= bits >> np.uint64(32)
    return np.asarray((bits * weights[::-1]).sum(axis=1, dtype=np.uint64))


def earlier_copies(codes: Codes) -> npt.NDArray[np.int64]:
    """How many rows before each row are equal to it."""
    order = np.argsort(codes, kind="stable")
    first = np.concatenate([[True], codes[order][1:] != codes[order][:-1]])
    places = np.arange(len(codes))
    found = np.empty(len(codes), np.int64)
    found[order] = places - np.maximum.accumulate(np.where(first, places, 0))
    return found


def copies_among(competition: Competition, codes: Codes) -> npt.NDArray[np.int64]:
    """How many negatives of each anchor equal one of its positives."""
    meeting = competition.meeting
    candidates = meeting.candidates
    values, counts = np.unique(codes[candidates.start : candidates.stop], return_counts=True)
    own = np.column_stack([meeting.ids, competition.positive_ids])
    shown = (own >= candidates.start) & (own < candidates.stop)
    copies = np.zeros(len(meeting.ids), np.int64)
    positives = codes[competition.positive_ids]
    for column, code in enumerate(positives.T):
        place = np.minimum(np.searchsorted(values, code), len(values) - 1)
        equal = np.where(values[place] == code, counts[place], 0)
        equal -= ((codes[own] == code[:, None]) & shown).sum(axis=1)
        counted = (positives[:, :column] == code[:, None]).any(axis=1)
        copies += np.where(counted, 0, equal)
    return copies
