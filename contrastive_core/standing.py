"""Where each anchor's positive stands among its candidates: rank, and the hardest negative.

Two scores tie when they differ by no more than rounding could make them; ties go to the lower
number. Without that, duplicates in real data would make ranks depend on the size of a tile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .numerics import Float
from .plan import Asking, Request
from .prepared import Prepared
from .reductions import CountNearer, Neighbours, Reduction, TopK
from .tables import Gathered, Index, Relation, Side, Span, Table, row_products

TOLERANCE = {"float32": 1e-6, "float64": 1e-12}
"""Scores of unit rows tie within this; of raw rows, within this times both norms."""

KEPT = 4
"""Best candidates kept per row: a shorter run of ties is settled without a second look."""

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Meeting:
    """Some anchors and the candidates they meet.

    Args:
        relation: The pairs left out.
        anchors: The anchors, as they lie in the data or some of them.
        ids: Rows of the anchors in the data, shape (n,).
        candidates: The candidates.
        origin: The row that counts as candidate 0.
    """

    relation: Relation
    anchors: Side
    ids: Index
    candidates: Span
    origin: int = 0

    @property
    def data(self) -> Prepared:
        """All rows."""
        return self.candidates.data

    def some(self, chosen: Index) -> Meeting:
        """The same for some of the anchors, by sorted position."""
        ids = self.ids[chosen]
        anchors = Gathered(self.data, ids)
        return Meeting(self.relation, anchors, ids, self.candidates, self.origin)

    def request(self, *reductions: Reduction) -> Request:
        """These reductions of their scores."""
        table = Table(self.anchors, self.candidates, self.relation)
        return Request(table, reductions, self.origin)

    def tolerances(self, numbers: Numbers) -> Float:
        """What counts as a tie with the candidate of this number, per anchor."""
        tolerance = np.full(len(numbers), TOLERANCE[self.data.dtype.name])
        if self.data.unit:
            return tolerance
        return tolerance * self.data.norms[self.ids] * self.data.norms[self.origin + numbers]

    def scores_of(self, numbers: Numbers) -> Float:
        """Scores with the candidates of these numbers, in float64; NaN for -1."""
        named = np.flatnonzero(numbers >= 0)
        scores = np.full(len(numbers), np.nan)
        anchors = Gathered(self.data, self.ids[named])
        theirs = Gathered(self.data, numbers[named] + self.origin)
        scores[named] = row_products(anchors, theirs)
        return scores


def nearest(meeting: Meeting, best: tuple[Float, Numbers]) -> Asking[Numbers]:
    """The number of each anchor's nearest candidate, of equals the lowest; -1 for none.

    Args:
        meeting: Who meets whom.
        best: What `TopK(KEPT)` came to.
    """
    found = yield from neighbours(meeting, best, 1)
    return found[:, 0]


def neighbours(meeting: Meeting, best: tuple[Float, Numbers], k: int) -> Asking[Numbers]:
    """The numbers of each anchor's k nearest candidates, shape (n, k); -1 where there are fewer."""
    tolerances = meeting.tolerances(best[1][:, 0])
    found, closed = in_order(best, tolerances, k)
    yield from settle(meeting, found, np.flatnonzero(~closed), tolerances)
    return found


def in_order(
    best: tuple[Float, Numbers], tolerances: Float, k: int
) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """The k nearest candidates, inside a run of ties by number.

    Args:
        best: Scores and numbers of more than k candidates, best first, as `TopK` gives them.
        tolerances: What counts as a tie, shape (n,).
        k: How many.

    Returns:
        Numbers, shape (n, k), and whether that is settled: else the run of the k-th goes on
        behind the last candidate that is known.
    """
    scores, numbers = best
    present = np.where(numbers >= 0, scores, np.finfo(scores.dtype).min)
    ends = np.diff(present, axis=1) < -tolerances[:, None]
    closed = ends[:, k - 1 :].any(axis=1) | (numbers[:, -1] < 0)
    return _in_runs(numbers, ends)[:, :k], closed


def settle(meeting: Meeting, found: Numbers, rows: Index, tolerances: Float) -> Asking[None]:
    """Look at the whole rows of those anchors whose neighbours are not settled, in place."""
    if len(rows):
        ask = Neighbours(found.shape[1], tolerances[rows])
        ((settled,),) = yield [meeting.some(rows).request(ask)]
        found[rows] = settled


def _in_runs(numbers: Numbers, ends: npt.NDArray[np.bool_]) -> Numbers:
    """Candidates by descending score, reordered inside runs of ties by number.

    Args:
        numbers: Best first, shape (n, k); -1 behind the last.
        ends: Whether the run ends between a candidate and the next, shape (n, k - 1).
    """
    runs = np.concatenate([np.zeros((len(numbers), 1), np.int64), np.cumsum(ends, axis=1)], axis=1)
    order = np.lexsort((numbers, runs), axis=1)
    return np.take_along_axis(numbers, order, axis=1)


@dataclass(frozen=True)
class Standing:
    """One anchor's positives against its negatives, for each of n anchors.

    Args:
        rank: 1 + the negatives that come before the nearest positive; 0 where there is none.
        hardest: Score of the nearest negative, float64; NaN where there is none.
        hardest_index: Its number among the candidates; -1 where there is none.
    """

    rank: Numbers
    hardest: Float
    hardest_index: Numbers


@dataclass(frozen=True)
class Competition:
    """Anchors with their positives and the negatives they meet.

    Args:
        meeting: The anchors and their negatives.
        positives: Scores of the positives, shape (n, p).
        positive_ids: Rows of the positives, shape (n, p).
    """

    meeting: Meeting
    positives: Float
    positive_ids: Index

    def some(self, chosen: Index) -> Competition:
        """The same for some of the anchors, by sorted position."""
        return Competition(
            self.meeting.some(chosen), self.positives[chosen], self.positive_ids[chosen]
        )

    def asks(self) -> tuple[Reduction, ...]:
        """The reductions that tell the standing."""
        data, meeting = self.meeting.data, self.meeting
        first = self._nearest_positive()
        places = np.arange(len(first))
        scores = self.positives[places, first]
        numbers = self.positive_ids[places, first] - meeting.origin
        lengths = None
        if not data.unit:
            lengths = (data.norms[meeting.ids], data.norms[meeting.origin :])
        return (
            TopK(KEPT, len(first)),
            CountNearer(scores, numbers, TOLERANCE[data.dtype.name], lengths),
        )

    def _nearest_positive(self) -> Index:
        """Which positive scores best; of those that tie with it, the one of the lowest row."""
        data = self.meeting.data
        slack = np.full_like(self.positives, TOLERANCE[data.dtype.name])
        if not data.unit:
            slack *= data.norms[self.meeting.ids][:, None] * data.norms[self.positive_ids]
        tied = self.positives >= self.positives.max(axis=1, keepdims=True) - slack
        candidates = np.where(tied, self.positive_ids, np.iinfo(np.intp).max)
        return np.asarray(candidates.argmin(axis=1))

    def request(self, *more: Reduction) -> Request:
        """These reductions, after `more`."""
        return self.meeting.request(*more, *self.asks())


def standing(competition: Competition, found: Sequence[Any]) -> Asking[Standing]:
    """The standing from what `Competition.asks` came to."""
    best, before = found
    hardest = yield from nearest(competition.meeting, best)
    return Standing(1 + before, competition.meeting.scores_of(hardest), hardest)
