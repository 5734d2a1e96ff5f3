"""Who is whose positive: validated on construction, and nowhere after.

Vocabulary of shapes: `n` samples, `m` candidates, `d` dimensions. Rows of one problem lie one after
the other in one `Prepared`, whatever files they came from, so that a set of candidates is one
stretch of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from .numerics import Float
from .prepared import BLOCK, Prepared
from .tables import Gathered, Index, Offsets, Relation, Span, row_products

Codes = npt.NDArray[np.int64]
"""A class per row, from 0; -1 for none."""


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


class Paired(Protocol):
    """Anchors with a few positives that are known by their rows."""

    @property
    def data(self) -> Prepared:
        """All rows."""

    @property
    def relation(self) -> Relation:
        """The pairs that are no negatives."""

    def positive_ids(self, anchors: Span) -> Index:
        """Rows of each anchor's positives, shape (anchors, p)."""

    def positive_scores(self, anchors: Span) -> Float:
        """s_ip of each anchor with its positives, in float64, shape (anchors, p)."""

    def lacking(self, anchors: Span) -> npt.NDArray[np.bool_]:
        """Which anchors have no positive, shape (anchors,)."""


@dataclass(frozen=True, eq=False)
class Views:
    """n samples seen several times; the views of one sample are each other's positives.

    Args:
        data: View v of sample i is row v * n + i; the rows of a bank lie behind the views.
        n: Samples.
        count: Views of each sample; 1 for a cloud without positives.
        found: How the positives were found.
    """

    data: Prepared
    n: int
    count: int
    found: Positives

    @property
    def all(self) -> Span:
        """All views of all samples."""
        return Span(self.data, 0, self.count * self.n)

    @property
    def bank(self) -> Span:
        """The rows that are negatives of every sample."""
        return Span(self.data, self.count * self.n, self.data.n)

    @property
    def all_and_bank(self) -> Span:
        """Everything."""
        return Span(self.data, 0, self.data.n)

    def view(self, number: int) -> Span:
        """One view of all samples."""
        return Span(self.data, number * self.n, (number + 1) * self.n)

    def from_view(self, number: int) -> Span:
        """One view of all samples, those behind it, and the bank."""
        return Span(self.data, number * self.n, self.data.n)

    @property
    def relation(self) -> Offsets:
        """A row is no negative of itself, nor are the sample's other views."""
        reach = range(1 - self.count, self.count)
        return Offsets(tuple(step * self.n for step in reach))

    def positive_ids(self, anchors: Span) -> Index:
        """Rows of each anchor's positives, shape (anchors, count - 1)."""
        ids = np.arange(anchors.start, anchors.stop)[:, None]
        ahead = np.arange(1, self.count)[None, :] * self.n
        return (ids + ahead) % (self.count * self.n)

    def positive_scores(self, anchors: Span) -> Float:
        """s_ip of each anchor with its positives, in float64, shape (anchors, count - 1)."""
        views = np.arange(anchors.start, anchors.stop) // self.n
        samples = np.arange(anchors.start, anchors.stop) % self.n
        columns = []
        for ahead in range(1, self.count):
            others = (views + ahead) % self.count
            columns.append(self._view_scores[views, others, samples])
        return np.stack(columns, axis=1)

    def lacking(self, anchors: Span) -> npt.NDArray[np.bool_]:
        """Nobody."""
        return np.zeros(anchors.n, bool)

    @cached_property
    def _view_scores(self) -> Float:
        """z_iv . z_iw for every two views, shape (count, count, n)."""
        scores = np.empty((self.count, self.count, self.n))
        for v in range(self.count):
            for w in range(v + 1, self.count):
                scores[v, w] = scores[w, v] = row_products(self.view(v), self.view(w))
        return scores


@dataclass(frozen=True, eq=False)
class Classified:
    """Rows that know which of C class vectors is theirs.

    Args:
        data: n rows, then the C class vectors.
        n: Rows.
        targets: Class of each row, -1 for none, shape (n,).
        found: How the positives were found.
    """

    data: Prepared
    n: int
    targets: Codes
    found: Positives

    @property
    def rows(self) -> Span:
        """The rows."""
        return Span(self.data, 0, self.n)

    @property
    def prototypes(self) -> Span:
        """The class vectors."""
        return Span(self.data, self.n, self.data.n)

    @property
    def relation(self) -> Relation:
        """A row's own class is no negative."""
        return OwnClass(self.n, self.targets)

    def positive_ids(self, anchors: Span) -> Index:
        """The row of each anchor's class, shape (anchors, 1); the first where there is none."""
        targets = self.targets[anchors.start : anchors.stop, None]
        return np.asarray(self.n + np.maximum(targets, 0), dtype=np.intp)

    def positive_scores(self, anchors: Span) -> Float:
        """s_iy, in float64, shape (anchors, 1)."""
        own = Gathered(self.data, self.positive_ids(anchors)[:, 0])
        return row_products(anchors, own)[:, None]

    def lacking(self, anchors: Span) -> npt.NDArray[np.bool_]:
        """Rows without a class."""
        return self.targets[anchors.start : anchors.stop] < 0


@dataclass(frozen=True, eq=False)
class OwnClass:
    """Row i < n leaves out the row n + targets[i]."""

    n: int
    targets: Codes

    def hidden(self, rows: range | Index, cols: range) -> tuple[Index, Index] | None:
        """One place in each row whose class is in sight."""
        place = self.n + self.targets[np.asarray(rows)] - cols.start
        seen = (self.targets[np.asarray(rows)] >= 0) & (place >= 0) & (place < len(cols))
        inside = np.flatnonzero(seen)
        return (inside, place[inside]) if len(inside) else None


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

    def groups(self) -> Iterator[Group]:
        """The rows with a class in the order of their classes, a block at a time."""
        order = np.argsort(self.codes, kind="stable")[np.count_nonzero(self.codes < 0) :]
        ends = np.concatenate([[0], np.cumsum(self.sizes)])
        step, first = max(1, BLOCK // self.data.d), 0
        while first < len(self.sizes):
            fitting = int(np.searchsorted(ends, ends[first] + step, "right")) - 1
            last = max(first + 1, fitting)
            ids = order[ends[first] : ends[last]]
            sums = self._sums(ids, ends[first:last] - ends[first], step)
            for start in range(0, len(ids), step):
                part = ids[start : start + step]
                yield Group(part, self.data.take(part).astype(np.float64), first, sums)
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
    """

    ids: Index
    rows: Float
    first: int
    sums: Float


@dataclass(frozen=True, eq=False)
class PairList:
    """Pairs of rows, similar or not.

    Args:
        data: The rows.
        first: One row of each pair, shape (pairs,).
        second: The other.
        similar: Whether they belong together, shape (pairs,).
        found: How the pairs were found.
        aligned: Whether pair i is sample i of two files or views.
    """

    data: Prepared
    first: Index
    second: Index
    similar: npt.NDArray[np.bool_]
    found: Positives
    aligned: bool = False


@dataclass(frozen=True, eq=False)
class TripletList:
    """Triplets of rows.

    Args:
        data: The rows.
        anchor: Shape (triplets,).
        positive: Shape (triplets,).
        negative: Shape (triplets,).
        found: How the triplets were found.
        aligned: Whether triplet i is row i of three files.
    """

    data: Prepared
    anchor: Index
    positive: Index
    negative: Index
    found: Positives
    aligned: bool = False


class ScoreRows(Protocol):
    """A table of scores that is read by rows."""

    @property
    def n(self) -> int:
        """Rows: anchors."""

    @property
    def width(self) -> int:
        """Columns: candidates."""

    @property
    def tolerance(self) -> float:
        """Scores tie when they differ by at most this."""

    def read(self, start: int, stop: int) -> Float:
        """Rows `start` to `stop`, in float64, fresh."""


@dataclass(frozen=True, eq=False)
class Scored:
    """Anchors whose scores with their candidates are known row by row.

    Args:
        table: The scores.
        targets: The column of each row's positive, -1 for none, shape (n,).
        found: How the positives were found.
        square: Whether column i is the key of row i, so that columns may be anchors too.
    """

    table: ScoreRows
    targets: Codes
    found: Positives
    square: bool = False

    @property
    def n(self) -> int:
        """Anchors."""
        return self.table.n


@dataclass(frozen=True, eq=False)
class Noised:
    """Anchors and candidates with a noise distribution over the candidates.

    Args:
        inner: Two views, of which the second are the candidates; or ready scores.
        noise: q, shape (candidates,); None for uniform noise.
    """

    inner: Views | Scored
    noise: Float | None

    @property
    def found(self) -> Positives:
        """How the positives were found."""
        return self.inner.found


Problem = Views | Classified | Labelled | PairList | TripletList | Scored | Noised


def as_views(problem: Paired) -> Views:
    """The problem, where it is one of views."""
    if isinstance(problem, Views):
        return problem
    raise TypeError(f"expected views, got {type(problem).__name__}")


def as_classified(problem: Paired) -> Classified:
    """The problem, where it is one of class vectors."""
    if isinstance(problem, Classified):
        return problem
    raise TypeError(f"expected class vectors, got {type(problem).__name__}")
