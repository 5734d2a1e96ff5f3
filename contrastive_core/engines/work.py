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
from ..tables import Hidden, Products, ReadTable, Table
from ..tiles import Cut, Task

Block = npt.NDArray[Any]

_READ = 4
"""Tiles of candidates that a band of whole rows meets at a time."""


@dataclass(frozen=True)
class Ask:
    """A reduction, and the number that the first candidate of the table has for it."""

    reduction: Reduction
    first: int = 0


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
    def exponents(self) -> dict[Exponent | None, list[Ask]]:
        """Who is shown which exponentials beside the scores; None: the scores alone.

        Those come first. The last exponentials may take the place of the scores, which those that
        are shifted still need.
        """
        found: dict[Exponent | None, list[Ask]] = {}
        for ask in (*self.rows, *self.cols):
            exponent = ask.reduction.exponent(self.table.bound, self.table.dtype)
            found.setdefault(exponent, []).append(ask)
        return dict(sorted(found.items(), key=lambda each: _place(each[0])))


def _place(exponent: Exponent | None) -> int:
    """Scores first, then what is shifted."""
    return 0 if exponent is None else 1 if exponent.shifted else 2


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
            tile = _Tile(job, down, across, workspace)
            tile.fill(filler)
            served = [(ask, state, False) for ask, state in zip(job.rows, own, strict=True)]
            if over_cols and not (diagonal and across == down):
                others = _slices(cols, offset, len(across))
                served += [(a, state, True) for a, state in zip(over_cols, others, strict=True)]
            tile.reduce(served)
    return Partial(rows, () if diagonal else cols)


def _slices(states: Sequence[State], start: int, length: int) -> list[State]:
    """The part of some states that a tile covers."""
    return [tuple(array[start : start + length] for array in state) for state in states]


class _Tile:
    """One block of scores, and the order in which it is used up."""

    def __init__(self, job: Pass, down: range, across: range, workspace: Workspace) -> None:
        self.job, self.down, self.across, self.workspace = job, down, across, workspace
        self.scores = workspace.array("scores", (len(down), len(across)), job.table.dtype)
        self.hidden = job.table.hidden(down, across)

    def scratch(self, shape: tuple[int, int]) -> Block:
        """A second block, free to write to."""
        return self.workspace.array("scratch", shape, self.scores.dtype)

    def fill(self, filler: Products | ReadTable) -> None:
        """Score all pairs; those left out score -inf."""
        filler.fill(self.down, self.across, self.scores)
        if isinstance(self.hidden, tuple):
            self.scores[self.hidden] = -np.inf
        elif self.hidden is not None:
            np.copyto(self.scores, -np.inf, where=self.hidden)

    def reduce(self, served: Sequence[tuple[Ask, State, bool]]) -> None:
        """Scores first; then the exponentials of each scale, once for whoever asked."""
        exponents = self.job.exponents
        for exponent, asks in exponents.items():
            shown: tuple[Block | None, float | None] = None, None
            if exponent is not None:
                shown = self._exponentials(exponent, last=exponent == list(exponents)[-1])
            for ask, state, transposed in served:
                if ask in asks:
                    ask.reduction.update(self._view(ask.first, transposed, *shown), state)

    def _exponentials(self, exponent: Exponent, *, last: bool) -> tuple[Block, float | None]:
        """exp(scale * score - top), and top; in place where the scores are needed no more."""
        in_place = last and not exponent.shifted
        out = self.scores if in_place else self.scratch((len(self.down), len(self.across)))
        scale = self.scores.dtype.type(exponent.scale)
        if not exponent.shifted:
            np.multiply(self.scores, scale, out=out)
            return np.asarray(np.exp(out, out=out)), None
        best = self.scores.max()
        if best == -np.inf:  # nobody is left
            best = best.dtype.type(0)
        np.subtract(self.scores, best, out=out)
        out *= scale
        return np.asarray(np.exp(out, out=out)), float(best) * float(scale)

    def _view(
        self, first: int, transposed: bool, exponentials: Block | None, top: float | None
    ) -> View:
        """The tile as a reduction of its rows, or of its columns, sees it."""
        down, across, hidden = self.down, self.across, self.hidden
        scores = self.scores
        if transposed:
            down, across, scores = across, down, scores.T
            hidden = None if hidden is None else _transposed(hidden)
            exponentials = None if exponentials is None else exponentials.T
        rows = slice(down.start, down.stop)
        return View(scores, rows, first + across.start, hidden, self.scratch, exponentials, top)


def _transposed(hidden: Hidden) -> Hidden:
    """The same pairs seen from the columns."""
    return (hidden[1], hidden[0]) if isinstance(hidden, tuple) else hidden.T
