"""Tables of scores that are read row by row: ready ones, and each anchor's own negatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .bad_rows import BadRows
from .errors import BadInput
from .numerics import Float
from .prepared import BLOCK, Prepared, make_unit, row_norms
from .sources import Source
from .standing import TOLERANCE
from .tables import Index

_FIRST = 5
"""How many bad rows a message names."""


def step_for(width: int) -> int:
    """Rows of this many numbers that make a block."""
    return max(1, BLOCK * 4 // width)


@dataclass(frozen=True, eq=False)
class ReadyScores:
    """Scores or logits from a file, taken as they are."""

    source: Source

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
        return self.source.read(start, stop).astype(np.float64)

    def check(self) -> None:
        """Refuse scores that are no finite numbers."""
        bad: list[int] = []
        for start in range(0, self.n, step_for(self.width)):
            block = self.read(start, min(start + step_for(self.width), self.n))
            bad.extend((start + np.flatnonzero(~np.isfinite(block).all(axis=1))).tolist())
        if not bad:
            return
        listed = ", ".join(map(str, bad[:_FIRST])) + (", ..." if len(bad) > _FIRST else "")
        raise BadInput(
            self.source.name,
            expected="finite scores",
            got=f"{len(bad)} {'row' if len(bad) == 1 else 'rows'} with NaN or infinity "
            f"(row {listed}, counted from 0)",
            remedy="Leave these rows out, and look at the step that wrote them.",
        )


@dataclass(frozen=True, eq=False)
class OwnNegatives:
    """Each anchor with its key, in column 0, and its own k negatives.

    Args:
        data: n anchors, then their n keys.
        negatives: Shape (n, k, d), or (n, d) for k = 1.
    """

    data: Prepared
    negatives: Source

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

    def check(self) -> None:
        """Refuse negatives that cannot be used; they are counted row by row of (n * k, d)."""
        bad = BadRows(self.negatives.name)
        k = self.width - 1
        step = max(1, BLOCK // (self.width * self.data.d))
        for start in range(0, self.n, step):
            rows, norms = self._negatives(start, min(start + step, self.n))
            flat = rows.reshape(-1, self.data.d)
            bad.note_block(start * k, norms, flat.astype(self.data.dtype), unit=self.data.unit)
        bad.stop_if_any()

    def _negatives(self, start: int, stop: int) -> tuple[Float, Float]:
        """(rows, k, d), of unit norm where the anchors are; and their norms."""
        stored = self.negatives.read(start, stop).astype(np.float64)
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
