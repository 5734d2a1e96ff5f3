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
from .plan import Request, Run, reduce_all
from .problem import Views
from .reductions import CountNearer, Neighbours, Reduction, TopK
from .tables import Gathered, Index, Side, Span, row_products

TOLERANCE = {"float32": 1e-6, "float64": 1e-12}
"""Scores of unit rows tie within this; of raw rows, within this times both norms."""

_KEPT = 4
"""Best candidates kept per row: a shorter run of ties is settled without a second look."""


@dataclass(frozen=True)
class Standing:
    """One anchor's positives against its negatives, for each of n anchors.

    Args:
        rank: 1 + the negatives that come before the nearest positive.
        hardest: Score of the nearest negative, float64.
        hardest_index: Its number among the candidates.
    """

    rank: npt.NDArray[np.int64]
    hardest: Float
    hardest_index: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Competition:
    """Anchors, their positives, and the candidates they meet.

    Args:
        views: The problem.
        anchors: The anchors, as they lie in the data or some of them.
        ids: Rows of the anchors in the data, shape (n,).
        candidates: The candidates.
        origin: The row that counts as candidate 0.
        positives: Scores of the positives, shape (n, p).
        positive_ids: Rows of the positives, shape (n, p).
        negatives: How many of the candidates of one anchor are negatives.
    """

    views: Views
    anchors: Side
    ids: Index
    candidates: Span
    origin: int
    positives: Float
    positive_ids: Index
    negatives: int

    def some(self, chosen: Index) -> Competition:
        """The same for some of the anchors, by sorted position."""
        ids = self.ids[chosen]
        return Competition(
            self.views,
            Gathered(self.views.data, ids),
            ids,
            self.candidates,
            self.origin,
            self.positives[chosen],
            self.positive_ids[chosen],
            self.negatives,
        )

    def asks(self) -> tuple[Reduction, ...]:
        """The reductions that tell the standing."""
        data = self.views.data
        nearest = self._nearest_positive()
        places = np.arange(len(nearest))
        scores = self.positives[places, nearest]
        numbers = self.positive_ids[places, nearest] - self.origin
        lengths = None if data.unit else (data.norms[self.ids], data.norms[self.origin :])
        return (TopK(_KEPT), CountNearer(scores, numbers, TOLERANCE[data.dtype.name], lengths))

    def _nearest_positive(self) -> Index:
        """Which positive scores best; of those that tie with it, the one of the lowest row."""
        data = self.views.data
        slack = np.full_like(self.positives, TOLERANCE[data.dtype.name])
        if not data.unit:
            slack *= data.norms[self.ids][:, None] * data.norms[self.positive_ids]
        tied = self.positives >= self.positives.max(axis=1, keepdims=True) - slack
        candidates = np.where(tied, self.positive_ids, np.iinfo(np.intp).max)
        return np.asarray(candidates.argmin(axis=1))

    def request(self, *more: Reduction) -> Request:
        """These reductions, after `more`."""
        return Request(self.anchors, self.candidates, self.origin, (*more, *self.asks()))


def standing(competition: Competition, found: Sequence[Any], run: Run) -> Standing:
    """The standing from what `Competition.asks` came to.

    Args:
        competition: Who competes.
        found: The finished reductions.
        run: The engine, for rows whose best candidates are an open run of ties.
    """
    (scores, numbers), before = found
    tolerances = _tolerances(competition, numbers[:, 0])
    present = np.where(numbers >= 0, scores, np.finfo(scores.dtype).min)
    tied = np.diff(present, axis=1, prepend=present[:, :1]) >= -tolerances[:, None]
    first_run = np.logical_and.accumulate(tied, axis=1) & (numbers >= 0)
    hardest = np.where(first_run, numbers, np.iinfo(np.int64).max).min(axis=1)
    hardest[numbers[:, 0] < 0] = -1
    open_runs = np.flatnonzero(first_run.all(axis=1))
    if len(open_runs):
        hardest[open_runs] = _settle(competition.some(open_runs), tolerances[open_runs], run)
    return Standing(1 + before, _scores_of(competition, hardest), hardest)


def _tolerances(competition: Competition, best: npt.NDArray[np.int64]) -> Float:
    """What counts as a tie, per row."""
    data = competition.views.data
    tolerance = np.full(len(best), TOLERANCE[data.dtype.name])
    if data.unit:
        return tolerance
    return tolerance * data.norms[competition.ids] * data.norms[competition.origin + best]


def _settle(competition: Competition, tolerances: Float, run: Run) -> npt.NDArray[np.int64]:
    """The first neighbour of rows whose whole candidates must be looked at."""
    request = Request(
        competition.anchors,
        competition.candidates,
        competition.origin,
        (Neighbours(1, tolerances),),
    )
    ((nearest,),) = reduce_all([request], competition.views.itself_and_positives, run)
    return np.asarray(nearest[:, 0])


def _scores_of(competition: Competition, numbers: npt.NDArray[np.int64]) -> Float:
    """Scores of the anchors with the candidates of these numbers, in float64; NaN for none."""
    data = competition.views.data
    named = np.flatnonzero(numbers >= 0)
    scores = np.full(len(numbers), np.nan)
    anchors = Gathered(data, competition.ids[named])
    scores[named] = row_products(anchors, Gathered(data, numbers[named] + competition.origin))
    return scores
