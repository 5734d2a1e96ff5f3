"""One task: the score tiles of a rectangle of a table, reduced to row states.

A task is a pure function of (pass, task): it reads row ranges of prepared data and returns states.
Nothing else crosses the line, so a thread, a process or another machine may do it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..reductions import Exponent, Reduction, State, View
from ..tables import EVERYTHING, Hidden, Products, ReadTable, Relation, Table
from ..tiles import Cut, Task

Block = npt.NDArray[Any]

_READ = 4
"""Tiles of candidates that a band of whole rows meets at a time."""


@dataclass(frozen=True)
class Ask:
    """What is asked of one side of a table.

    Args:
        reduction: The reduction.
        relation: The pairs that are left out for it.
        first: The number that the first candidate of the table has for it.
    """

    reduction: Reduction
    relation: Relation = EVERYTHING
    first: int = 0


Asked = dict[Exponent | None, list[Ask]]
"""Who is shown which exponentials beside the scores; None: the scores alone."""


@dataclass(frozen=True)
class Pass:
    """What one walk over a table is asked for, by any number of questions.

    Args:
        table: The scores.
        rows: Asked of the candidates of each anchor. On a symmetric table an off-diagonal tile
            serves them twice.
        cols: Asked of the anchors of each candidate, for a table that is not symmetric: both
            directions come from one product.
    """

    table: Table | ReadTable
    rows: tuple[Ask, ...]
    cols: tuple[Ask, ...] = ()

    def __post_init__(self) -> None:
        """Whole rows are served one way only: the exchanged table is a pass of its own."""
        if any(ask.reduction.whole_rows for ask in self.cols):
            raise ValueError("reductions over whole rows belong to `rows`: exchange the table")

    @cached_property
    def whole_rows(self) -> bool:
        """Whether complete rows are needed at once."""
        return self.table.by_bands or any(ask.reduction.whole_rows for ask in self.rows)

    @cached_property
    def relations(self) -> dict[Relation, Asked]:
        """What is asked under each relation."""
        found: dict[Relation, Asked] = {}
        for ask in (*self.rows, *self.cols):
            exponent = ask.reduction.exponent(self.table.bound, self.table.dtype)
            found.setdefault(ask.relation, {}).setdefault(exponent, []).append(ask)
        return found

    @cached_property
    def shared(self) -> list[Exponent]:
        """Exponentials that do not depend on who is left out: one tile of them serves all."""
        each = (exponent for asked in self.relations.values() for exponent in asked)
        return list(dict.fromkeys(e for e in each if e is not None and not e.shifted))


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
    """The buffers of one thread, so that a tile of scores is never allocated anew."""

    def __init__(self) -> None:
        self._buffers: dict[str, Block] = {}

    def array(self, name: str, shape: tuple[int, int], dtype: np.dtype[Any]) -> Block:
        """A C-contiguous array of this shape; its content is whatever was left there."""
        size = shape[0] * shape[1]
        buffer = self._buffers.get(name)
        if buffer is None or buffer.size < size or buffer.dtype != dtype:
            buffer = self._buffers[name] = np.empty(size, dtype)
        return buffer[:size].reshape(shape)


def perform(job: Pass, task: Task, cut: Cut, workspace: Workspace) -> Partial:
    """Do one task."""
    table = job.table
    rows = tuple(ask.reduction.start(len(task.rows)) for ask in job.rows)
    diagonal = table.symmetric and task.rows == task.cols and not job.whole_rows
    over_cols = job.rows if task.mirrored or diagonal else job.cols
    cols = rows if diagonal else tuple(a.reduction.start(len(task.cols)) for a in over_cols)
    filler = table.over(task.cols, _READ * cut.cols if job.whole_rows else len(task.cols))
    edge = len(task.cols) if job.whole_rows else cut.cols
    for down in cut.bands(task.rows, cut.rows):
        own = _slices(rows, down.start - task.rows.start, len(down))
        for across in cut.bands(task.cols, edge):
            if diagonal and across.start < down.start:
                continue
            offset = across.start - task.cols.start
            served = [(ask, state, False) for ask, state in zip(job.rows, own, strict=True)]
            if over_cols and not (diagonal and across == down):
                others = _slices(cols, offset, len(across))
                served += [(a, state, True) for a, state in zip(over_cols, others, strict=True)]
            _Tile(job, down, across, workspace).reduce(filler, served)
    return Partial(rows, () if diagonal else cols)


def _slices(states: Sequence[State], start: int, length: int) -> list[State]:
    """The part of some states that a tile covers."""
    return [tuple(array[start : start + length] for array in state) for state in states]


class _Tile:
    """One block of scores, and the order in which it is used up.

    Args:
        job: What is asked.
        down: Rows.
        across: Columns.
        workspace: Where blocks come from.
    """

    def __init__(self, job: Pass, down: range, across: range, workspace: Workspace) -> None:
        self.job, self.down, self.across, self.workspace = job, down, across, workspace
        self.scores = workspace.array("scores", (len(down), len(across)), job.table.dtype)

    def scratch(self, shape: tuple[int, int]) -> Block:
        """A second block, free to write to."""
        return self.workspace.array("scratch", shape, self.scores.dtype)

    def reduce(self, filler: Products | ReadTable, served: Sequence[Served]) -> None:
        """Score all pairs, and show them to whoever asked.

        Under each relation the pairs that it leaves out score -inf: scores are shown, and
        exponentials that are relative to the largest of them. The others are computed once for all
        relations, the last of them where the scores lay.
        """
        filler.fill(self.down, self.across, self.scores)
        job = self.job
        hidden = {relation: self._hidden(relation) for relation in job.relations}
        alone = len(hidden) == 1
        for relation, asked in job.relations.items():
            left_out = _put(self.scores, hidden[relation], -np.inf)
            for exponent, asks in sorted(asked.items(), key=lambda each: each[0] is not None):
                if exponent is None:
                    self._show(served, asks, hidden[relation])
                elif exponent.shifted:
                    shown, top = self._shifted(exponent.scale)
                    self._show(served, asks, hidden[relation], shown, top)
            if not alone:
                _put(self.scores, hidden[relation], left_out)
        for exponent in job.shared:
            shown = self._exponentials(exponent.scale, last=exponent == job.shared[-1])
            for relation, asked in job.relations.items():
                if exponent in asked:
                    left_out = None if alone else _put(shown, hidden[relation], 0.0)
                    self._show(served, asked[exponent], hidden[relation], shown)
                    if not alone:
                        _put(shown, hidden[relation], left_out)

    def _hidden(self, relation: Relation) -> Hidden | None:
        """The pairs that are left out."""
        return self.job.table.hidden(relation, self.down, self.across)

    def _shifted(self, scale: float) -> tuple[Block, float]:
        """exp(scale * score - top), and top, the largest scale * score."""
        out = self.scratch((len(self.down), len(self.across)))
        factor = self.scores.dtype.type(scale)
        best = self.scores.max()
        if best == -np.inf:  # nobody is left
            best = best.dtype.type(0)
        np.subtract(self.scores, best, out=out)
        out *= factor
        return np.asarray(np.exp(out, out=out)), float(best) * float(factor)

    def _exponentials(self, scale: float, *, last: bool) -> Block:
        """exp(scale * score); in place where the scores are needed no more."""
        out = self.scores if last else self.scratch((len(self.down), len(self.across)))
        np.multiply(self.scores, self.scores.dtype.type(scale), out=out)
        return np.asarray(np.exp(out, out=out))

    def _show(
        self,
        served: Sequence[Served],
        asks: Sequence[Ask],
        hidden: Hidden | None,
        exponentials: Block | None = None,
        top: float | None = None,
    ) -> None:
        """Let reductions see the tile from its rows, or from its columns."""
        for ask, state, transposed in served:
            if ask not in asks:
                continue
            down, across, scores, shown, left_out = (
                (self.across, self.down, self.scores.T, _transposed(exponentials), _swapped(hidden))
                if transposed
                else (self.down, self.across, self.scores, exponentials, hidden)
            )
            rows, first = slice(down.start, down.stop), ask.first + across.start
            view = View(scores, rows, first, left_out, self.scratch, shown, top)
            ask.reduction.update(view, state)


Served = tuple[Ask, State, bool]
"""An ask, the state of the rows of a tile, or (transposed) of its columns."""


def _put(block: Block, hidden: Hidden | None, value: Any) -> Block | None:
    """Put values where pairs are left out; what stood there."""
    if hidden is None:
        return None
    before: Block = block[hidden]
    block[hidden] = value
    return before


def _transposed(block: Block | None) -> Block | None:
    return None if block is None else block.T


def _swapped(hidden: Hidden | None) -> Hidden | None:
    """The same pairs seen from the columns."""
    if hidden is None:
        return None
    return (hidden[1], hidden[0]) if isinstance(hidden, tuple) else hidden.T
