"""Triplets one by one, for the losses that do not decompose: soft margin and swap.

Class by class: the negatives come in blocks, and each anchor meets all its positives and a block
of negatives at once. The cost is that of all triplets; no temporary is larger than `BLOCK`, or
than one class.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..numerics import softplus
from ..prepared import Prepared
from ..reductions.triplets import Classes, Count, Rows, TripletTotals
from ..resources import Progress
from ..scores import Score
from .local import one_blas_thread

Block = npt.NDArray[Any]

BLOCK = 2**18
"""Triplets of an anchor at a time, and numbers of a block of rows."""


def triplet_tiles(
    data: Prepared,
    labels: Count,
    score: Score,
    *,
    offset: float,
    margin: float,
    soft: bool,
    swap: bool,
    progress: Progress | None = None,
) -> TripletTotals:
    """Sum the losses of all triplets.

    Args:
        data: The rows, each of them an anchor.
        labels: Class of each row, -1 for none.
        score: How a pair of rows is scored; the distance is offset - score.
        offset: See `score`.
        margin: The margin, which decides the categories also where the loss is soft.
        soft: The loss is log(1 + e^(D(a, p) - D(a, n))), for every triplet.
        swap: The nearer of D(a, n) and D(p, n) stands for D(a, n) throughout.
        progress: Told the triplets done and the triplets in all.
    """
    table = Distances(data, score, offset)
    kind = Kind(margin, soft, swap)
    counts, sums = np.zeros((3, data.n), np.int64), np.zeros((3, data.n))
    classes = Classes(labels)
    everybody = np.flatnonzero(labels >= 0)
    sizes = [len(rows) for rows in classes.members.values()]
    total, done = sum(c * (c - 1) * (len(everybody) - c) for c in sizes), 0
    with one_blas_thread():
        for code, members in classes.members.items():
            outsiders = everybody[labels[everybody] != code]
            if len(members) < 2:
                continue
            for negatives in _blocks(outsiders, BLOCK // max(len(members), data.d)):
                for anchor, near, far, across in _anchors(table, members, negatives):
                    found = kind.reduce(near, far, across)
                    counts[:, anchor] += found[0]
                    sums[:, anchor] += found[1]
                done += len(members) * (len(members) - 1) * len(negatives)
                if progress is not None:
                    progress(done, total)
    return TripletTotals(*counts, *sums)


@dataclass(frozen=True)
class Distances:
    """Distances between rows."""

    data: Prepared
    score: Score
    offset: float

    def between(self, rows: Rows, cols: Rows) -> Block:
        """Distances of some rows to others, in the working precision."""
        out = np.empty((len(rows), len(cols)), self.data.dtype)
        step = max(1, BLOCK // self.data.d)
        for top in range(0, len(rows), step):
            anchors = self.data.take(rows[top : top + step])
            for left in range(0, len(cols), step):
                candidates = self.data.take(cols[left : left + step])
                self.score.fill(anchors, candidates, out[top : top + step, left : left + step])
        return np.subtract(self.offset, out, out=out)


def _anchors(
    table: Distances, members: Rows, negatives: Rows
) -> Iterator[tuple[int, Block, Block, Block]]:
    """Each anchor of a class: its row, D(a, p), D(a, n), D(p, n); D(a, a) is -inf, never active."""
    across = table.between(members, negatives)
    start = 0
    for anchors in _blocks(members, BLOCK // max(len(members), table.data.d)):
        near = table.between(anchors, members)
        for place, anchor in enumerate(anchors):
            near[place, start + place] = -np.inf
            yield int(anchor), near[place], across[start + place], across
        start += len(anchors)


def _blocks(rows: Rows, size: int) -> Iterator[Rows]:
    """Consecutive pieces."""
    for start in range(0, len(rows), max(1, size)):
        yield rows[start : start + max(1, size)]


@dataclass(frozen=True)
class Kind:
    """What a triplet's loss and category are."""

    margin: float
    soft: bool
    swap: bool

    def reduce(self, near: Block, far: Block, across: Block) -> tuple[Count, Block]:
        """Counts and sums of an anchor's hard, semi-hard and easy triplets.

        Args:
            near: D(a, p), shape (p,), with -inf for the anchor itself.
            far: D(a, n), shape (c,).
            across: D(p, n), shape (p, c).
        """
        positive = near[:, None]
        negative = np.minimum(far, across) if self.swap else far[None, :]
        reach = positive + near.dtype.type(self.margin)
        active = negative < reach
        hard = (negative <= positive) & active
        losses = self._losses(positive if self.soft else reach, negative)
        triplets = (len(near) - 1) * len(far)
        counts = _count(hard), _count(active), triplets
        sums = _sum(losses, hard), _sum(losses, active ^ hard), _sum(losses, ~active)
        return (
            np.array([counts[0], counts[1] - counts[0], counts[2] - counts[1]]),
            np.array(sums),
        )

    def _losses(self, positive: Block, negative: Block) -> Block:
        """Shape (p, c), in float64."""
        ahead = np.subtract(positive, negative, dtype=np.float64)
        if self.soft:
            return softplus(ahead)
        return np.maximum(ahead, 0.0, out=ahead)


def _count(mask: npt.NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(mask))


def _sum(losses: Block, mask: npt.NDArray[np.bool_]) -> float:
    return float(np.einsum("ij,ij->", losses, mask, dtype=np.float64, casting="unsafe"))
