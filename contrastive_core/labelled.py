"""Rows with classes: rows of one class are each other's positives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from .numerics import Float
from .prepared import BLOCK, Prepared
from .tables import Index, Span

Codes = npt.NDArray[np.int64]
"""A class per row, from 0; -1 for none."""


_ROWS = 512
"""Rows of a group at most."""


_AS_VIEWS = (
    *("two files", "two columns", "stacked", "interleaved"),
    *("views first", "views second"),
)
"""Layouts in which view i of a sample is given with view j of the same."""


@dataclass(frozen=True)
class Positives:
    """How the positives were found.

    Args:
        layout: `two files`, `two columns`, `views first`, `views second`, `stacked`, `interleaved`,
            `one cloud`, `labels`, `pairs`, `match`, `three files`, `triplets`, `own negatives`,
            `first column`, `diagonal`.
        assumed: Whether nobody said so.
        description: The same as a sentence.
    """

    layout: str
    assumed: bool
    description: str

    @property
    def way(self) -> str | None:
        """What defines them, wherever it lies: two files are two views; None for a cloud."""
        if self.layout in _AS_VIEWS:
            return "views"
        return {"one cloud": None, "three files": "triplets"}.get(self.layout, self.layout)


@dataclass(frozen=True, eq=False)
class Labelled:
    """Rows with classes: rows of one class are each other's positives.

    Args:
        data: View v of sample i is row v * n + i.
        n: Samples.
        count: Views of each sample.
        codes: Class of each row of `data`, -1 for none, shape (count * n,).
        classes: Names of the classes.
        found: How the positives were found.
    """

    data: Prepared
    n: int
    count: int
    codes: Codes
    classes: tuple[Any, ...]
    found: Positives

    @property
    def all(self) -> Span:
        """All rows."""
        return Span(self.data, 0, self.data.n)

    @cached_property
    def sizes(self) -> Codes:
        """Rows of each class, shape (classes,)."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.classes))

    @cached_property
    def positives(self) -> Codes:
        """Positives of each row, shape (rows,): the others of its class."""
        others = np.append(self.sizes, 1)[self.codes] - 1
        return np.asarray(others, np.int64)

    def only(self, kept: npt.NDArray[np.bool_]) -> Labelled:
        """The same rows, those of other classes without a class.

        Args:
            kept: Which classes stay, shape (classes,).
        """
        places = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)
        classes = tuple(name for name, stays in zip(self.classes, kept, strict=True) if stays)
        return Labelled(self.data, self.n, self.count, places[self.codes], classes, self.found)

    def groups(self) -> Iterator[Group]:
        """The rows with a class in the order of their classes, a block at a time."""
        order = np.argsort(self.codes, kind="stable")[np.count_nonzero(self.codes < 0) :]
        ends = np.concatenate([[0], np.cumsum(self.sizes)])
        step, first = _step(self.data.d), 0
        while first < len(self.sizes):
            fitting = int(np.searchsorted(ends, ends[first] + step, "right")) - 1
            last = max(first + 1, fitting)
            ids = order[ends[first] : ends[last]]
            sums = self._sums(ids, ends[first:last] - ends[first], step)
            for start in range(0, len(ids), step):
                part = ids[start : start + step]
                rows = self.data.take(part).astype(np.float64)
                yield Group(part, rows, first, sums, ids)
            first = last

    def _sums(self, ids: Index, starts: Index, step: int) -> Float:
        """Sums of the rows of consecutive classes; of a large class piece by piece."""
        if len(starts) > 1 or len(ids) <= step:
            rows = self.data.take(ids).astype(np.float64)
            return np.asarray(np.add.reduceat(rows, starts, axis=0))
        total = np.zeros((1, self.data.d))
        for start in range(0, len(ids), step):
            total += self.data.take(ids[start : start + step]).astype(np.float64).sum(axis=0)
        return total


@dataclass(frozen=True)
class Group:
    """Some rows of some consecutive classes.

    Args:
        ids: The rows, shape (g,).
        rows: Themselves, in float64, shape (g, d).
        first: The first of the classes.
        sums: Sum of all rows of each of the classes, shape (classes, d).
        among: All rows of these classes.
    """

    ids: Index
    rows: Float
    first: int
    sums: Float
    among: Index

    def mates(self, problem: Labelled) -> Iterator[tuple[Index, Float]]:
        """(rows, themselves in float64) of all rows of these classes, a block at a time."""
        if len(self.among) == len(self.ids):
            yield self.ids, self.rows
            return
        step = _step(problem.data.d)
        for start in range(0, len(self.among), step):
            part = self.among[start : start + step]
            yield part, problem.data.take(part).astype(np.float64)


def _step(d: int) -> int:
    """Rows of a block: few enough that the products of two blocks are a block too."""
    return max(1, min(_ROWS, BLOCK // d))
