"""Triplets of a table of whole rows: an anchor with its class, and what all of them come to.

The table is that of all rows, or of some of them, with all rows: a candidate's number is its row,
and so is an anchor's position unless `anchors` says which rows they are. A score grows with
nearness; the distance is D = offset - score.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from ..numerics import Float
from .reduction import Reduction, State, View

Block = npt.NDArray[Any]
Count = npt.NDArray[np.int64]
Rows = npt.NDArray[np.intp]

_NOBODY = np.empty(0, np.intp)


@dataclass(frozen=True, eq=False)
class Classes:
    """Which rows are of one class.

    Args:
        labels: Class of each row, shape (n,); -1 for none: such a row has no positives and is
            nobody's negative.
    """

    labels: Count

    @cached_property
    def members(self) -> dict[int, Rows]:
        """The rows of each class, ascending."""
        order = np.argsort(self.labels, kind="stable")
        codes, starts = np.unique(self.labels[order], return_index=True)
        groups = zip(codes.tolist(), np.split(order, starts[1:]), strict=True)
        return {int(code): rows for code, rows in groups if code >= 0}

    @cached_property
    def unclassed(self) -> Rows:
        """The rows without a class."""
        return np.flatnonzero(self.labels < 0)

    def positives(self, anchor: int) -> Rows:
        """The other rows of the anchor's class, ascending."""
        mates = self.members.get(int(self.labels[anchor]), _NOBODY)
        others: Rows = mates[mates != anchor]
        return others

    def negatives(self, anchor: int) -> int:
        """How many rows are of another class; none for an anchor without a class."""
        own = self.members.get(int(self.labels[anchor]))
        return 0 if own is None else len(self.labels) - len(self.unclassed) - len(own)


@dataclass(frozen=True)
class Surroundings:
    """An anchor and its distances, in the working precision.

    Args:
        place: Where the anchor stands in the view.
        anchor: Its row.
        mates: Rows of its positives, ascending, shape (p,).
        positives: Their distances, shape (p,).
        others: Distances of all rows, +inf where a row is no negative; gone at the next anchor.
        negatives: How many negatives it has.
    """

    place: int
    anchor: int
    mates: Rows
    positives: Block
    others: Block
    negatives: int

    def sorted_negatives(self) -> Block:
        """Distances of the negatives, ascending."""
        return np.sort(self.others)[: self.negatives]


class AnchorByAnchor(Reduction):
    """A reduction of whole rows that looks at one anchor after the other, its class known."""

    whole_rows: ClassVar[bool] = True
    labels: Count
    offset: float
    anchors: Rows | None = None
    """The row of each anchor, by position; None where the anchors are all rows."""

    @cached_property
    def classes(self) -> Classes:
        """Who is of whose class."""
        return Classes(self.labels)

    def surroundings(self, view: View) -> Iterator[Surroundings]:
        """Every anchor of a view; beside it, this needs a few rows of room."""
        others = np.empty(view.scores.shape[1], view.scores.dtype)
        for place, scores in enumerate(view.scores):
            position = view.rows.start + place
            anchor = position if self.anchors is None else int(self.anchors[position])
            mates = self.classes.positives(anchor)
            np.subtract(self.offset, scores, out=others)
            positives = others[mates]
            others[mates] = others[anchor] = others[self.classes.unclassed] = np.inf
            negatives = self.classes.negatives(anchor)
            yield Surroundings(place, anchor, mates, positives, others, negatives)

    def merge(self, into: State, other: State) -> None:
        """Take the rows over: whole rows are seen once."""
        for mine, theirs in zip(into, other, strict=True):
            mine[:] = theirs


@dataclass(frozen=True, eq=False)
class TripletTotals:
    """Triplets of each anchor by category, and the sums of their losses, each of shape (n,).

    A triplet is *active* where D(a, n) < D(a, p) + margin in the working precision; of these it
    is *hard* where D(a, n) <= D(a, p), else *semi-hard*; what is not active is *easy*.
    """

    hard: Count
    semi: Count
    easy: Count
    hard_sum: Float
    semi_sum: Float
    easy_sum: Float

    def at(self, places: Rows) -> TripletTotals:
        """Of the anchors at these places, in this order."""
        return TripletTotals(*(getattr(self, each.name)[places] for each in fields(self)))

    @property
    def triplets(self) -> Count:
        """How many there are."""
        return self.active + self.easy

    @property
    def active(self) -> Count:
        """How many are active."""
        return self.hard + self.semi

    @property
    def sums(self) -> Float:
        """Sum of all losses."""
        return self.active_sum + self.easy_sum

    @property
    def active_sum(self) -> Float:
        """Sum of the losses of active triplets."""
        return self.hard_sum + self.semi_sum
