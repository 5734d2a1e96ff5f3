"""Ready scores instead of embeddings."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import BadInput
from ..losses import CLIP
from ..memory import check_room
from ..problem import Positives, Problem, Scored
from ..score_rows import ReadyScores
from .arrange import check_flat
from .builder import Builder
from .dropping import scores_without_bad
from .files import name_of


def scores(builder: Builder) -> Problem:
    """Ready scores."""
    source = builder.others["scores"]
    check_flat(source)
    table = ReadyScores(source)
    check_room(table.n, table.width, builder.resources)
    if builder.given.labels is not None:
        targets = builder.targets(table.n, table.width, source)
        name = name_of(builder.given.labels, "labels")
        found = Positives("labels", assumed=False, description=f"the columns of {name}")
    else:
        targets, found = _positive_columns(builder, table)
    diagonal = found.layout == "diagonal"
    left = scores_without_bad(source, targets, diagonal=diagonal, drops=builder.drops)
    builder.numbering = left.numbering
    return builder.noised(Scored(left.table, left.targets, found))


def _positive_columns(builder: Builder, table: ReadyScores) -> tuple[Any, Positives]:
    """Column 0, or the diagonal: of a square table that must be said."""
    where, square = builder.given.positive, table.n == table.width
    name = table.source.name
    if isinstance(builder.loss, CLIP):
        if where == "first" or not square:
            raise BadInput(
                name,
                expected="a square table for clip, which picks along rows and along columns",
                got=f"shape {table.source.shape}" + (", --positive first" if where else ""),
                remedy="Give (n, n) scores with --positive diagonal, or use --kind infonce.",
            )
        where = "diagonal"
    if where is None and square:
        raise BadInput(
            name,
            expected="--positive first or --positive diagonal for a square table",
            got=f"shape {table.source.shape} and neither",
            remedy="diagonal: score (i, i) is the positive's; first: column 0 is.",
        )
    if where == "diagonal" and not square:
        raise BadInput(
            name,
            expected="a square table for --positive diagonal",
            got=f"shape {table.source.shape}",
            remedy="Leave --positive out where column 0 is the positive.",
        )
    if where == "diagonal":
        found = Positives("diagonal", assumed=False, description=f"the diagonal of {name}")
        return np.arange(table.n), found
    found = Positives("first column", assumed=False, description=f"column 0 of {name}")
    return np.zeros(table.n, np.int64), found
