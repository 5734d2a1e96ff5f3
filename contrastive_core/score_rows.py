"""Tables of scores that are read row by row: ready ones, and each anchor's own negatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from .bad_rows import MASKED_POSITIVE, BadRows
from .labelled import Codes
from .numerics import Float, wide
from .prepared import BLOCK, Prepared, beyond_range, make_unit, row_norms
from .standing import TOLERANCE
from .tables import Index


def step_for(width: int) -> int:
    """Rows of this many numbers that make a block."""
    return max(1, BLOCK * 4 // width)


class Stored(Protocol):
    """Rows that are read by range."""

    @property
    def name(self) -> str:
        """What messages call them."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of all of them."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """The number type that `read` gives."""

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start` to `stop`."""


@dataclass(frozen=True, eq=False)
class Remaining:
    """Some rows of a source, in its order; of a square table their columns alone, too."""

    source: Stored
    index: Index
    square: bool = False

    @property
    def name(self) -> str:
        """That of the source."""
        return self.source.name

    @property
    def dtype(self) -> np.dtype[Any]:
        """That of the source."""
        return self.source.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """As many rows as are left."""
        n, *rest = len(self.index), *self.source.shape[1:]
        return (n, n) if self.square else (n, *rest)

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Each stretch of rows that lie one after the other at once."""
        index = self.index[start:stop]
        stretches = np.split(index, np.flatnonzero(np.diff(index) > 1) + 1)
        parts = [self.source.read(int(s[0]), int(s[-1]) + 1) for s in stretches if len(s)]
        rows = np.concatenate(parts)
        return np.take(rows, self.index, axis=1) if self.square else rows


@dataclass(frozen=True, eq=False)
class ReadyScores:
    """Scores or logits from a file, taken as they are."""

    source: Stored

    @property
    def n(self) -> int:
        """Rows."""
        return self.source.shape[0]

    @property
    def width(self) -> int:
        """Columns."""
        return self.source.shape[1]

    @property
    def tolerance(self) -> float:
        """By the stored precision."""
        return TOLERANCE["float64" if self.source.dtype.itemsize >= 8 else "float32"]

    def read(self, start: int, stop: int) -> Float:
        """Rows `start` to `stop`, fresh."""
        return wide(self.source.read(start, stop))

    def note(self, noted: BadRows, targets: Codes) -> npt.NDArray[np.bool_]:
        """Note rows that cannot be used; which they are, shape (n,).

        -infinity masks a candidate, unless it is the positive.

        Args:
            noted: Where they are noted.
            targets: The column of each row's positive, -1 for none, shape (n,).
        """
        bad = np.zeros(self.n, bool)
        for start in range(0, self.n, step_for(self.width)):
            stop = min(start + step_for(self.width), self.n)
            scores, own = self.read(start, stop), targets[start:stop]
            no_numbers = np.asarray(~(scores < np.inf).all(axis=1))
            lowest = scores[np.arange(len(own)), own] == -np.inf
            masked = np.asarray(lowest & (own >= 0) & ~no_numbers)
            noted.note(start, noted.not_finite, no_numbers)
            noted.note(start, MASKED_POSITIVE, masked)
            bad[start:stop] = no_numbers | masked
        return bad


@dataclass(frozen=True, eq=False)
class OwnNegatives:
    """Each anchor with its key, in column 0, and its own k negatives.

    Args:
        data: n anchors, then their n keys.
        negatives: Shape (n, k, d), or (n, d) for k = 1.
    """

    data: Prepared
    negatives: Stored

    @property
    def n(self) -> int:
        """Anchors."""
        return self.data.n // 2

    @property
    def width(self) -> int:
        """1 + k."""
        shape = self.negatives.shape
        return 1 + (shape[1] if len(shape) == 3 else 1)

    @property
    def tolerance(self) -> float:
        """By the working precision, times the longest rows for dot products."""
        return TOLERANCE[self.data.dtype.name] * self.data.longest**2

    def read(self, start: int, stop: int) -> Float:
        """Scores of some anchors."""
        scores = np.empty((stop - start, self.width))
        step = max(1, BLOCK // (self.width * self.data.d))
        for first in range(start, stop, step):
            last = min(first + step, stop)
            anchors = self.data.read(first, last).astype(np.float64)
            keys = self.data.read(self.n + first, self.n + last).astype(np.float64)
            theirs, _ = self._negatives(first, last)
            part = scores[first - start : last - start]
            part[:, 0] = np.einsum("ij,ij->i", anchors, keys)
            part[:, 1:] = np.einsum("id,ikd->ik", anchors, theirs)
        return scores

    def note(self, noted: BadRows) -> npt.NDArray[np.bool_]:
        """Note negatives that cannot be used, row by row of (n * k, d); whose they are, (n,)."""
        k = self.width - 1
        bad = np.zeros((self.n, k), bool)
        step = max(1, BLOCK // (self.width * self.data.d))
        for start in range(0, self.n, step):
            stop = min(start + step, self.n)
            rows, norms = self._negatives(start, stop)
            with np.errstate(over="ignore", invalid="ignore"):  # noted just below
                ready = rows.reshape(-1, self.data.d).astype(self.data.dtype)
            long = beyond_range(rows.reshape(-1, self.data.d), norms)
            found = noted.note_block(start * k, norms, ready, long, unit=self.data.unit)
            bad[start:stop] = found.reshape(-1, k)
        return np.asarray(bad.any(axis=1))

    def _negatives(self, start: int, stop: int) -> tuple[Float, Float]:
        """(rows, k, d), of unit norm where the anchors are; and their norms."""
        stored = wide(self.negatives.read(start, stop))
        flat = stored.reshape(-1, self.data.d)
        norms = row_norms(flat)
        if self.data.unit:
            make_unit(flat, norms)
        return flat.reshape(stop - start, -1, self.data.d), norms


@dataclass(frozen=True, eq=False)
class Picked:
    """Some rows of a table."""

    table: Any
    index: Index

    @property
    def n(self) -> int:
        """How many."""
        return len(self.index)

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.table.width)

    @property
    def tolerance(self) -> float:
        """That of the table."""
        return float(self.table.tolerance)

    def read(self, start: int, stop: int) -> npt.NDArray[np.float64]:
        """One by one."""
        rows = [self.table.read(int(i), int(i) + 1) for i in self.index[start:stop]]
        return np.concatenate(rows)
