"""Three files row by row: triplets, or anchors, keys and each anchor's own negatives."""

from __future__ import annotations

import numpy as np

from ..errors import BadInput
from ..losses import InfoNCE
from ..problem import Positives, Problem, Scored, TripletList
from ..sources import Strided
from .arrange import arrange, check_flat
from .builder import Builder
from .checks import check_own, flattened
from .dropping import own_without_bad
from .given import flat
from .of_views import from_views


def three_files(builder: Builder) -> Problem:
    """Anchors, positives and negatives row by row."""
    builder.sources = [flat(source) for source in builder.sources]
    shapes = {source.shape for source in builder.sources}
    for source in builder.sources:
        check_flat(source)
    if len(shapes) > 1:
        listed = ", ".join(f"{source.name} {source.shape}" for source in builder.sources)
        raise BadInput(
            builder.sources[-1].name,
            expected="three files of one shape: row i of each is one triplet",
            got=listed,
            remedy="Save anchors, positives and negatives in the same order.",
        )
    n = builder.sources[0].shape[0]
    noted = builder.prepare([Strided(source, 0, 1, n) for source in builder.sources])
    left = builder.left(noted, n, len(builder.sources))
    names = ", ".join(source.name for source in builder.sources)
    found = Positives("three files", assumed=False, description=f"row i of {names}")
    rows = np.arange(left.n)
    positive, negative = left.n + rows, 2 * left.n + rows
    return TripletList(left.data, rows, positive, negative, found, aligned=True)


def own_negatives(builder: Builder) -> Problem:
    """Two files, and a third of each anchor's own negatives."""
    negatives = builder.sources[2]
    arrangement = arrange(builder.sources[:2], None, type(builder.loss))
    check_own(negatives, arrangement)
    if isinstance(builder.loss, InfoNCE) and builder.loss.pooled:
        return from_views(builder, arrangement, flattened(negatives))
    noted = builder.prepare(arrangement.strands)
    table, builder.numbering = own_without_bad(noted, arrangement.n, negatives, drops=builder.drops)
    words = f"{arrangement.found.description}; negatives: {negatives.name}"
    found = Positives("own negatives", assumed=False, description=words)
    return Scored(table, np.zeros(table.n, np.int64), found)
