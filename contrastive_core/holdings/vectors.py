"""Vectors in one forward pass: lengths, rows that cannot be used, exact copies, the first rows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..duplicates import Codes, codes_of
from ..errors import counted
from ..numerics import Float
from ..prepared import BLOCK, row_norms
from ..resources import Resources, too_little_memory
from ..sources import Source
from ..sources.gaps import Block, blocks
from ..sources.shelf import Shelf, Taken
from .copies import copies
from .parts import Bad, Found, Norms, Number, VectorFacts

FIRST = 5
"""How many bad rows are named."""

_KEPT = 24
"""Bytes kept per row: its length and its code, or the codes twice and the places of copies."""

_DECODING = 64
"""Bytes per number of a block: as stored, in float64, its bits while they are mixed."""

_UNIT = 1e-3
"""How far from 1 the length of a unit row may be."""

_PREVIEW = (3, 6)
"""Rows and numbers of each that are shown."""

_KINDS = ("null", "ragged", "nan", "infinity", "zero")


def look_into_vectors(
    shelf: Shelf, taken: Taken, source: Source, order: str, resources: Resources
) -> VectorFacts:
    """Everything that one pass over an array or column tells.

    Args:
        shelf: The file.
        taken: What is read of it.
        source: The same as a source.
        order: The memory order of an array, for the result.
        resources: The bound on memory, and who is told how far it is.

    Raises:
        TooLittleMemory: The bound is too low for what is kept of each row.
        BadInput: The file is damaged.
    """
    n, d = math.prod(source.shape[:-1]), source.shape[-1]
    _check_room(n, d, resources)
    seen = _Pass.over(n)
    for block in _small(blocks(shelf, taken, source), d):
        seen.take(block)
        if resources.progress is not None:
            resources.progress(block.first, n)
    norms = seen.finished_norms()
    return VectorFacts(
        taken.name,
        source.shape,
        source.stored,
        order,
        source.facts.chosen,
        source.facts.groups,
        norms,
        Bad(*(seen.found[kind] for kind in _KINDS)),
        copies(seen.codes, seen.usable),
        tuple(seen.preview),
    )


def _check_room(n: int, d: int, resources: Resources) -> None:
    least = n * _KEPT + max(BLOCK, d) * _DECODING
    if resources.memory < least:
        what = f"{counted(n, 'row')} of {counted(d, 'number')}"
        raise too_little_memory(least, what, resources)


def _small(large: Iterator[Block], d: int) -> Iterator[Block]:
    """Blocks of at most `BLOCK` numbers."""
    step = max(1, BLOCK // d)
    for block in large:
        gap = block.gap
        count = len(block.rows) if gap is None else len(gap)
        for start in range(0, count, step):
            stop = min(start + step, count)
            if gap is None or block.null is None or block.ragged is None:
                yield Block(block.first + start, block.rows[start:stop])
                continue
            before = int(np.count_nonzero(~gap[:start]))
            rows = block.rows[before : before + int(np.count_nonzero(~gap[start:stop]))]
            parts = (mask[start:stop] for mask in (block.null, block.ragged))
            yield Block(block.first + start, rows, *parts)


@dataclass(eq=False)
class _Pass:
    """What is known of the rows that were seen.

    Args:
        norms: Lengths of the rows with finite numbers, one behind the other.
        codes: A code per row of the file.
        usable: Which rows have one.
        found: Bad rows, by what they hold.
        preview: The first numbers of the first rows.
        finite: How many lengths there are.
    """

    norms: Float
    codes: Codes
    usable: npt.NDArray[np.bool_]
    found: dict[str, Found]
    preview: list[tuple[Number, ...] | None]
    finite: int = 0

    @classmethod
    def over(cls, n: int) -> _Pass:
        """Nothing seen yet of n rows."""
        codes, usable = np.zeros(n, np.uint64), np.zeros(n, np.bool_)
        return cls(np.empty(n), codes, usable, {kind: Found() for kind in _KINDS}, [])

    def take(self, block: Block) -> None:
        """Add a block."""
        gap, rows = block.gap, block.rows
        index = block.first + (np.arange(len(rows)) if gap is None else np.flatnonzero(~gap))
        if block.null is not None and block.ragged is not None:
            self._note("null", block.first + np.flatnonzero(block.null))
            self._note("ragged", block.first + np.flatnonzero(block.ragged))
        with np.errstate(over="ignore", invalid="ignore"):  # such rows are noted just below
            exact = rows.astype(np.float64)
        rows = exact if rows.dtype.itemsize > exact.itemsize else rows
        norms = row_norms(exact)
        finite = np.isfinite(norms)
        if not finite.all():
            nan = ~finite & np.isnan(exact).any(axis=1)
            self._note("nan", index[nan])
            self._note("infinity", index[~finite & ~nan])
        self._note("zero", index[norms == 0.0])
        kept = norms[finite]
        self.norms[self.finite : self.finite + len(kept)] = kept
        self.finite += len(kept)
        self.codes[index[finite]] = codes_of(rows if finite.all() else rows[finite])
        self.usable[index] = finite
        if block.first < _PREVIEW[0]:
            self._show(block.first, gap, rows)

    def finished_norms(self) -> Norms:
        """The lengths in a few numbers; they are let go."""
        norms, self.norms = self.norms[: self.finite], np.empty(0)
        if not len(norms):
            return Norms(0, math.nan, math.nan, math.nan, math.nan, unit=False)
        low, high = float(norms.min()), float(norms.max())
        with np.errstate(over="ignore"):
            mean, unit = float(norms.mean()), low >= 1 - _UNIT and high <= 1 + _UNIT
            median = float(np.median(norms, overwrite_input=True))
        return Norms(len(norms), low, median, high, mean, unit)

    def _note(self, kind: str, rows: npt.NDArray[np.intp]) -> None:
        if len(rows):
            known = self.found[kind]
            first = (*known.first, *rows[:FIRST].tolist())[:FIRST]
            self.found[kind] = replace(known, rows=known.rows + len(rows), first=first)

    def _show(self, first: int, gap: npt.NDArray[np.bool_] | None, rows: Any) -> None:
        """Keep the first rows."""
        most, numbers = _PREVIEW
        usable = iter(rows[:most, :numbers])
        for hidden in (np.zeros(len(rows), bool) if gap is None else gap)[: most - first]:
            self.preview.append(None if hidden else tuple(map(_shown, next(usable))))


def _shown(number: Any) -> Number:
    """A number with no more digits than its type has; None for NaN and infinity."""
    if number.dtype.kind != "f":
        return int(number)
    value = float(number) if number.dtype.itemsize > 4 else float(str(number))
    return value if math.isfinite(value) else None
