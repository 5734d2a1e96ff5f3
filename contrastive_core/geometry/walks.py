"""One walk over the table of a cloud with itself feeds everything that needs pairs of rows.

Without labels it is the symmetric half of the table, in tiles: log-sum-exp and the nearest
neighbours. With labels the neighbours come out of the walk over whole rows that retrieval needs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..inputs.clouds import Clouds
from ..numerics import Float
from ..plan import Asking, Request, together
from ..prepared import Prepared
from ..reductions import (
    Best,
    CountNearer,
    LogSumExp,
    PackedTopK,
    Reduction,
    Retrieval,
    Retrieved,
    TopK,
)
from ..standing import KEPT, TOLERANCE, Meeting, in_order, settle
from ..tables import Gathered, Index, Offsets, Side, Table, row_products
from .settings import NEIGHBOURS, Settings

ITSELF = Offsets((0,))
"""A row is no neighbour of its own."""

_PAIR = 2
"""Rows of a class in which somebody is to be found."""

_CHUNK = 2**16
"""Rows whose best candidates are unpacked at a time."""


@dataclass(frozen=True)
class Wanted:
    """What the metrics asked for need of a walk.

    Args:
        potentials: u_i of uniformity.
        neighbours: The nearest neighbours.
        nearest: Whether the nearest one is of the row's class.
        retrieval: Precision over the rows of the class.
        ranks: The rank of each row's key.
    """

    potentials: bool
    neighbours: bool
    nearest: bool
    retrieval: bool
    ranks: bool


@dataclass(frozen=True, eq=False)
class CloudFacts:
    """What a walk came to for the rows of one cloud, or for those drawn; None if not asked.

    Args:
        rows: The rows, as positions in the cloud, ascending.
        potentials: u_i = log mean_{j != i} exp(-t |z_i - z_j|^2).
        neighbours: Positions of the nearest neighbours, shape (rows, k); -1 where there are fewer.
        twin: Largest cosine with another row.
        nearest_cosine: Cosine with the first of the neighbours.
        retrieved: Precisions.
    """

    rows: Index
    potentials: Float | None
    neighbours: Any
    twin: Float | None
    nearest_cosine: Float | None
    retrieved: Retrieved | None


def walk(
    clouds: Clouds, settings: Settings, wanted: Wanted, drawn: Index | None
) -> Asking[tuple[list[CloudFacts], Any]]:
    """All that needs pairs, of every cloud; and the rank of each row's key.

    Args:
        clouds: The rows.
        settings: t.
        wanted: What is needed.
        drawn: Positions of the rows that were drawn; None for all.
    """
    each = [_Cloud(clouds, cloud, settings, wanted, drawn).facts() for cloud in range(clouds.count)]
    ranks = [_ranks(clouds, drawn)] if wanted.ranks else []
    found: list[Any] = yield from together([*each, *ranks])
    return found[: clouds.count], found[-1] if ranks else None


def _ranks(clouds: Clouds, drawn: Index | None) -> Asking[Any]:
    """1 + the keys that come before a row's own."""
    fast, n = clouds.fast, clouds.n
    queries, keys = fast.view(0), fast.view(1)
    rows = np.arange(n) if drawn is None else drawn
    side: Side = queries if drawn is None else queries.take(drawn)
    own = row_products(side, keys.take(rows))
    ask = CountNearer(own, rows, TOLERANCE[fast.data.dtype.name])
    ((before,),) = yield [Request(Table(side, keys, fast.relation), (ask,), keys.start)]
    return 1 + before


class _Cloud:
    """What is asked of one cloud, and what becomes of the answers."""

    def __init__(
        self, clouds: Clouds, cloud: int, settings: Settings, wanted: Wanted, drawn: Index | None
    ) -> None:
        self.exact, self.wanted, self.scale = clouds.exact.view(cloud), wanted, 2.0 * settings.t
        self.span = clouds.fast.view(cloud)
        self.rows = np.arange(clouds.n) if drawn is None else drawn
        self.side: Side = self.span if drawn is None else self.span.take(drawn)
        self.table = Table(self.side, self.span, ITSELF)
        self.k = NEIGHBOURS if wanted.neighbours and drawn is None else 1
        self.codes = clouds.labels
        by_class = wanted.nearest and self.codes is not None and (self.codes < 0).any()
        self.by_rows = self.codes is not None and (wanted.retrieval or by_class)

    def facts(self) -> Asking[CloudFacts]:
        """One table in tiles; one of whole rows where labels are looked at."""
        potentials, best, retrieved = yield from together(
            [self._potentials(), self._best(), self._retrieved()]
        )
        neighbours = first = None
        if retrieved is not None:
            neighbours, first = retrieved.neighbours, retrieved.best
        elif best is not None:
            ids = self.span.start + self.rows
            meeting = Meeting(ITSELF, self.side, ids, self.span, self.span.start)
            neighbours = yield from nearest_of(meeting, best, self.k)
            first = first_of(best)
            if self.wanted.nearest and self.codes is not None:
                retrieved = Retrieved(neighbours, first, self._hits(neighbours[:, 0]))
        if neighbours is None or not self.wanted.neighbours:
            return CloudFacts(self.rows, potentials, None, None, None, retrieved)
        twin, cosine = self._cosines(first), self._cosines(neighbours[:, 0])
        return CloudFacts(self.rows, potentials, neighbours, twin, cosine, retrieved)

    def _ask(self, reduction: Reduction) -> Asking[Any]:
        ((found,),) = yield [Request(self.table, (reduction,), self.span.start)]
        return found

    def _potentials(self) -> Asking[Any]:
        """u_i of uniformity."""
        if not self.wanted.potentials:
            return None
        found = yield from self._ask(LogSumExp(self.scale))
        return found - self.scale - math.log(max(self.span.n - 1, 1))

    def _best(self) -> Asking[Any]:
        """The nearest candidates, where no walk over whole rows finds them."""
        if self.by_rows or not (self.wanted.neighbours or self.wanted.nearest):
            return None
        return (yield from self._ask(best_of(self.span.data, self.k + KEPT, self.side.n)))

    def _retrieved(self) -> Asking[Any]:
        """Neighbours and precisions; all rows of a class, and candidates without one, need rows."""
        if self.codes is None or not self.by_rows:
            return None
        tolerance = TOLERANCE[self.span.data.dtype.name]
        ask = Retrieval(self.k, self.codes[self.rows], self.codes, tolerance)
        return (yield from self._ask(ask))

    def _hits(self, nearest: Any) -> Float:
        """1 where the nearest row is of the row's class, else 0; NaN for a row alone in it."""
        if self.codes is None:
            raise TypeError("hits without classes")
        own = self.codes[self.rows]
        alone = np.bincount(self.codes)[own] < _PAIR
        return np.where(alone, np.nan, (self.codes[nearest] == own) & (nearest >= 0))

    def _cosines(self, numbers: Any) -> Float:
        """Cosines with the rows of these positions, in float64, at most 1; NaN for -1."""
        named = np.flatnonzero(numbers >= 0)
        cosines = np.full(len(numbers), np.nan)
        rows = Gathered(self.exact.data, self.exact.start + self.rows[named])
        others = Gathered(self.exact.data, self.exact.start + numbers[named])
        cosines[named] = np.clip(row_products(rows, others), -1.0, 1.0)
        return cosines


def best_of(data: Prepared, k: int, n: int) -> Reduction:
    """The k best candidates of n rows."""
    return PackedTopK(k, n) if data.dtype == np.float32 else TopK(k)


def nearest_of(meeting: Meeting, best: Any, k: int) -> Asking[Any]:
    """The k nearest candidates from what `best_of` came to, shape (n, k)."""
    n = len(meeting.ids)
    tolerance = TOLERANCE[meeting.data.dtype.name]
    found, closed = np.full((n, k), -1, np.int64), np.zeros(n, bool)
    for start in range(0, n, _CHUNK):
        stop = min(start + _CHUNK, n)
        some = _unpacked(best, start, stop)
        tolerances = np.full(stop - start, tolerance)
        found[start:stop], closed[start:stop] = in_order(some, tolerances, k)
    open_rows = np.flatnonzero(~closed)
    yield from settle(meeting, found, open_rows, np.full(n, tolerance))
    return found


def first_of(best: Any) -> Any:
    """The number of the candidate of the largest score, shape (n,)."""
    if isinstance(best, Best):
        n = len(best.keys)
        parts = [best.rows(s, min(s + _CHUNK, n))[1][:, 0] for s in range(0, n, _CHUNK)]
        return np.concatenate(parts)
    return best[1][:, 0]


def _unpacked(best: Any, start: int, stop: int) -> tuple[Float, Any]:
    """Scores and numbers of some rows."""
    if isinstance(best, Best):
        return best.rows(start, stop)
    return best[0][start:stop], best[1][start:stop]


def occurrences(neighbours: Any, n: int) -> Any:
    """In how many lists of neighbours each of n rows is."""
    return np.bincount(neighbours[neighbours >= 0], minlength=n)


def skewness(counts: Any) -> float:
    """Population skewness; NaN where all are equal."""
    gaps = counts - counts.mean()
    spread = math.sqrt(float((gaps**2).mean()))
    return float((gaps**3).mean()) / spread**3 if spread else math.nan
