"""Listed pairs and triplets of rows."""

from __future__ import annotations

import numpy as np

from ..losses import Contrastive
from ..problem import PairList, Positives, Problem, TripletList, Views
from ..sources import read_pairs, read_triplets
from .arrange import one_cloud
from .builder import Builder
from .checks import dissimilar, no_similarity
from .files import name_of

_PER_PAIR, _PER_TRIPLET = 100, 160
"""Bytes per listed pair or triplet: rows, distances, terms."""


def pairs(builder: Builder) -> Problem:
    """A list of pairs of rows."""
    arrangement = one_cloud(builder.sources[0])
    listed = read_pairs(builder.given.pairs, arrangement.n, keep=builder.given.reading.keep)
    count = len(listed.i)
    picked = 0 if isinstance(builder.loss, Contrastive) else 2 * count
    strands = builder.with_bank(arrangement)
    noted = builder.prepare(strands, picked=picked, extra=_PER_PAIR * count)
    name = name_of(builder.given.pairs, "pairs")
    found = Positives("pairs", assumed=False, description=f"the pairs of {name}")
    if isinstance(builder.loss, Contrastive):
        if listed.y is None:
            raise no_similarity(name)
        left = builder.listed(noted, "pair", (listed.i, listed.j))
        similar = builder.similar(left.of_samples(listed.y))
        first, second = left.columns
        return PairList(left.data, first, second, similar, found)
    if listed.y is not None and not listed.y.all():
        raise dissimilar(builder.loss.kind, name, int(np.count_nonzero(~listed.y)))
    left = builder.listed(noted, "pair", (listed.i, listed.j), bank_from=arrangement.n)
    index = np.concatenate([*left.columns, left.bank])
    rows = builder.stock.pick(noted.data, index, builder.room)
    return builder.noised(Views(rows, left.n, 2, found))


def triplets(builder: Builder) -> Problem:
    """A list of triplets of rows."""
    strands = one_cloud(builder.sources[0]).strands
    listed = read_triplets(builder.given.triplets, strands[0].n, keep=builder.given.reading.keep)
    noted = builder.prepare(strands, extra=_PER_TRIPLET * len(listed.anchor))
    columns = (listed.anchor, listed.positive, listed.negative)
    left = builder.listed(noted, "triplet", columns)
    name = name_of(builder.given.triplets, "triplets")
    found = Positives("triplets", assumed=False, description=f"the triplets of {name}")
    anchor, positive, negative = left.columns
    return TripletList(left.data, anchor, positive, negative, found)
