"""One task: the score tiles of a rectangle of a table, reduced to row states.

A task is a pure function of (pass, task): it reads row ranges of prepared data and returns states.
Nothing else crosses the line, so a thread, a process or another machine may do it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..reductions import Reduction, State, View
from ..tables import Table
from ..tiles import Cut, Task

Block = npt.NDArray[Any]


@dataclass(frozen=True)
class Pass:
    """What one walk over a table is asked for.

    Args:
        table: The scores.
        rows: Reductions over the candidates of each anchor. On a symmetric table an off-diagonal
            tile serves them twice.
        cols: Reductions over the anchors of each candidate, for a table that is not symmetric:
            both directions come from one product.
    """

    table: Table
    rows: tuple[Reduction, ...]
    cols: tuple[Reduction, ...] = ()

    @property
    def whole_rows(self) -> bool:
        """Whether complete rows are needed at once."""
        return any(reduction.whole_rows for reduction in self.rows)


@dataclass(frozen=True)
class Results:
    """The states a pass came to, in the order of its reductions."""

    rows: tuple[State, ...]
    cols: tuple[State, ...]


@dataclass(frozen=True)
class Partial:
    """States of a task's rows, and of its columns where it serves them too."""

    rows: tuple[State, ...]
    cols: tuple[State, ...]


class Workspace:
    """The buffers of one thread: no tile allocates."""

    def __init__(self) -> None:
        self._buffers: dict[str, Block] = {}

    def array(self, name: str, shape: tuple[int, int], dtype: np.dtype[Any]) -> Block:
        """A C-contiguous array of this shape; its content is whatever was left there."""
        size = shape[0] * shape[1]
        buffer = self._buffers.get(name)
        if buffer is None or buffer.size < size or buffer.dtype != dtype:
            buffer = self._buffers[name] = np.empty(size, dtype)
        return buffer[:size].reshape(shape)


@dataclass(frozen=True)
class _Served:
    """A reduction, one side of a tile, and the state of that side's rows."""

    reduction: Reduction
    state: State
    transposed: bool
    scale: float | None


def perform(job: Pass, task: Task, cut: Cut, workspace: Workspace) -> Partial:
    """Do one task."""
    table = job.table
    rows = tuple(reduction.start(len(task.rows)) for reduction in job.rows)
    diagonal = table.symmetric and task.rows == task.cols and not job.whole_rows
    over_cols = job.rows if task.mirrored or diagonal else job.cols
    cols = rows if diagonal else tuple(r.start(len(task.cols)) for r in over_cols)
    factor = _carried(job)
    candidates = table.candidates.read(task.cols.start, task.cols.stop)
    edge = len(task.cols) if job.whole_rows else cut.tile
    for down in cut.bands(task.rows, cut.tile):
        anchors = workspace.array("anchors", (len(down), candidates.shape[1]), table.dtype)
        block = table.anchors.read(down.start, down.stop)
        np.multiply(block, table.dtype.type(factor or 1.0), out=anchors)
        for across in cut.bands(task.cols, edge):
            if diagonal and across.start < down.start:
                continue
            tile = _Tile(job, down, across, factor, workspace)
            tile.fill(anchors, candidates[across.start - task.cols.start :][: len(across)])
            served = [*_serve(job.rows, rows, tile, down.start - task.rows.start, False)]
            if over_cols and not (diagonal and across == down):
                offset = across.start - task.cols.start
                served += _serve(over_cols, cols, tile, offset, True)
            tile.reduce(served)
    return Partial(rows, () if diagonal else cols)


def _carried(job: Pass) -> float | None:
    """The factor that the product itself can carry: where only one scale is ever asked."""
    table = job.table
    scales = {r.exponent(table.bound, table.dtype) for r in (*job.rows, *job.cols)}
    return scales.pop() if len(scales) == 1 and table.score.linear else None


def _serve(
    reductions: Sequence[Reduction],
    states: Sequence[State],
    tile: _Tile,
    offset: int,
    transposed: bool,
) -> list[_Served]:
    """The reductions of one side with the slice of their states that the tile covers."""
    length = len(tile.across if transposed else tile.down)
    table = tile.job.table
    return [
        _Served(
            reduction,
            tuple(array[offset : offset + length] for array in state),
            transposed,
            reduction.exponent(table.bound, table.dtype),
        )
        for reduction, state in zip(reductions, states, strict=True)
    ]


class _Tile:
    """One block of scores, and the order in which it is used up."""

    def __init__(
        self, job: Pass, down: range, across: range, factor: float | None, workspace: Workspace
    ) -> None:
        self.job, self.down, self.across, self.factor = job, down, across, factor
        shape = (len(down), len(across))
        self.scores = workspace.array("scores", shape, job.table.dtype)
        self.scratch = workspace.array("scratch", shape, job.table.dtype)
        table = job.table
        ids = table.anchors.ids(down.start, down.stop)
        self.hidden = table.relation.hidden(ids, table.candidates.ids(across.start, across.stop))

    def fill(self, anchors: Block, candidates: Block) -> None:
        """Score all pairs; those left out score -inf."""
        self.job.table.score.fill(anchors, candidates, self.scores)
        if self.hidden is not None:
            self.scores[self.hidden] = -np.inf

    def reduce(self, served: Sequence[_Served]) -> None:
        """Scores first; then the exponentials of each scale, once for both sides."""
        for one in served:
            if one.scale is None:
                one.reduction.update(self._view(one.transposed), one.state)
        for scale in dict.fromkeys(one.scale for one in served if one.scale is not None):
            exponentials = self._exponentials(scale)
            for one in served:
                if one.scale == scale:
                    one.reduction.update(self._view(one.transposed, exponentials), one.state)

    def _exponentials(self, scale: float) -> Block:
        """exp(scale * score): in place where the product carried the scale, else in scratch."""
        if self.factor == scale:
            return np.asarray(np.exp(self.scores, out=self.scores))
        np.multiply(self.scores, self.scores.dtype.type(scale), out=self.scratch)
        return np.asarray(np.exp(self.scratch, out=self.scratch))

    def _view(self, transposed: bool, exponentials: Block | None = None) -> View:
        table, hidden = self.job.table, self.hidden
        if not transposed:
            return View(
                self.scores,
                slice(self.down.start, self.down.stop),
                table.candidate_number + self.across.start,
                hidden,
                self.scratch,
                exponentials,
            )
        return View(
            self.scores.T,
            slice(self.across.start, self.across.stop),
            table.anchor_number + self.down.start,
            None if hidden is None else (hidden[1], hidden[0]),
            self.scratch.T,
            None if exponentials is None else exponentials.T,
        )
