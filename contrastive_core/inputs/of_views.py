"""Samples whose views are each other's positives."""

from __future__ import annotations

import numpy as np

from ..losses import Contrastive
from ..problem import PairList, Positives, Problem, Views
from ..sources import Source
from .arrange import Arrangement
from .builder import Builder
from .files import name_of


def views(builder: Builder) -> Problem:
    """Views, in one file or two; for contrastive, whether their rows belong together."""
    arrangement = builder.arranged()
    if isinstance(builder.loss, Contrastive):
        return _matched(builder, arrangement)
    return from_views(builder, arrangement)


def cloud(builder: Builder) -> Problem:
    """One cloud, or one for each view."""
    return from_views(builder, builder.arranged(alone=True))


def from_views(builder: Builder, arrangement: Arrangement, bank: Source | None = None) -> Problem:
    """Views, and a bank behind them."""
    noted, count = builder.prepare(builder.with_bank(arrangement, bank)), len(arrangement.strands)
    left = builder.left(noted, arrangement.n, count, owned=bank is not None)
    return builder.noised(Views(left.data, left.n, count, arrangement.found))


def _matched(builder: Builder, arrangement: Arrangement) -> PairList:
    """Row i of both views, similar or not."""
    n, given = arrangement.n, builder.given
    rows, similar, found = np.arange(n), np.ones(n, bool), arrangement.found
    if given.match is not None:
        similar = builder.matches(n)
        words = f"{found.description}, where {name_of(given.match, 'match')} says similar"
        found = Positives("match", assumed=False, description=words)
    left = builder.left(builder.prepare(arrangement.strands), n, 2)
    rows, similar = rows[: left.n], left.of_samples(similar)
    return PairList(left.data, rows, left.n + rows, similar, found, aligned=True)
