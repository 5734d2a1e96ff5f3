"""Who is whose positive: validated on construction, and nowhere after.

Vocabulary of shapes: `n` samples, `m` candidates, `d` dimensions. Rows of one problem lie one after
the other in one `Prepared`, whatever files they came from, so that a set of candidates is one
stretch of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from .labelled import Codes
from .labelled import Labelled as Labelled
from .labelled import Positives as Positives
from .numerics import Float
from .prepared import Prepared
from .tables import Gathered, Index, Offsets, Relation, Same, ScoreRows, Span, row_products


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

    @property
    def as_classes(self) -> Labelled:
        """The same, each sample a class of its own."""
        samples = np.arange(self.n)
        codes = np.tile(samples, self.count)
        return Labelled(self.data, self.n, self.count, codes, tuple(samples), self.found)

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
class OwnClass(Same):
    """Row i leaves out the candidate n + targets[i]; none where that is -1."""

    n: int
    targets: Codes

    def hidden(self, rows: range | Index, cols: range) -> tuple[Index, Index] | None:
        """One place in each row whose class is in sight."""
        place = self.n + self.targets[np.asarray(rows)] - cols.start
        seen = (self.targets[np.asarray(rows)] >= 0) & (place >= 0) & (place < len(cols))
        inside = np.flatnonzero(seen)
        return (inside, place[inside]) if len(inside) else None


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


@dataclass(frozen=True, eq=False)
class Scored:
    """Anchors whose scores with their candidates are known row by row.

    Args:
        table: The scores.
        targets: The column of each row's positive, -1 for none, shape (n,).
        found: How the positives were found.
    """

    table: ScoreRows
    targets: Codes
    found: Positives

    @property
    def n(self) -> int:
        """Anchors."""
        return self.table.n

    @property
    def relation(self) -> Relation:
        """A row's own column is no negative."""
        return OwnClass(0, self.targets)


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
