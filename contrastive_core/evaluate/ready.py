"""Losses of anchors whose scores are known row by row: ready scores, own negatives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..evaluation import Columns, Evaluation, SoftmaxParts, mean_of
from ..losses import CLIP, PerAnchor
from ..numerics import Float
from ..problem import Scored
from ..reductions import CountNearer, Neighbours, Reduction, State, View
from ..score_rows import Picked, step_for
from ..tables import Index
from .work import Work, finite


def evaluate_ready(loss: PerAnchor, problem: Scored, work: Work) -> Evaluation:
    """The loss of every anchor; for CLIP also down the columns."""
    both = isinstance(loss, CLIP)
    positive = positive_scores(problem)
    rows, cols = _reduce(problem, loss.asks(), both=both)
    values = _values(loss, problem, positive, rows)
    if both:
        values = (values + _values(loss, problem, positive, cols)) / 2
    mean, n = mean_of(values)
    size = loss.softmax_size(problem.table.width, 1)
    pull = loss.pull(positive[:, None])
    defined = ~np.isnan(values)
    chance = loss.chance(size) if size else None
    softmax = None
    if pull is not None and size:
        softmax = SoftmaxParts(size, float(pull[defined].mean()) if n else None)
    return Evaluation(
        loss,
        problem,
        "pair" if both else "row" if problem.found.layout == "labels" else "anchor",
        values,
        mean,
        n,
        "float64",
        rows=problem.n,
        columns={"positive": positive},
        standing=look_at_scores(problem) if work.standings else None,
        look=lambda chosen: look_at_scores(problem, chosen),
        chance=chance,
        collapsed=chance,
        softmax=softmax,
    )


def blocks_of(problem: Scored) -> Iterator[tuple[slice, Float]]:
    """(rows, their scores) in order."""
    step = step_for(problem.table.width)
    for start in range(0, problem.n, step):
        stop = min(start + step, problem.n)
        yield slice(start, stop), problem.table.read(start, stop)


def positive_scores(problem: Scored) -> Float:
    """The score of each row's positive, NaN where it has none, shape (n,)."""
    found = np.full(problem.n, np.nan)
    for rows, scores in blocks_of(problem):
        known = np.flatnonzero(problem.targets[rows] >= 0)
        found[rows.start + known] = scores[known, problem.targets[rows][known]]
    return found


def _values(loss: PerAnchor, problem: Scored, positive: Float, reduced: Sequence[Any]) -> Float:
    """The formula; NaN for rows without a positive, or without anything else."""
    if problem.table.width < 2:
        return np.full(problem.n, np.nan)
    with np.errstate(over="ignore", invalid="ignore"):  # refused just below
        values = loss.per_sample(positive[:, None], *reduced) * loss.multiplier
    lacking = problem.targets < 0
    finite(np.where(np.isnan(values) & ~lacking, np.inf, values), loss)
    return np.where(lacking, np.nan, values)


def _reduce(
    problem: Scored, asks: Sequence[Reduction], *, both: bool = False
) -> tuple[list[Any], list[Any]]:
    """The reductions over the negatives of every row, and of every column where asked."""
    rows = [reduction.start(problem.n) for reduction in asks]
    cols = [reduction.start(problem.table.width if both else 0) for reduction in asks]
    for part, scores in blocks_of(problem):
        known = np.flatnonzero(problem.targets[part] >= 0)
        hidden = (known, problem.targets[part][known].astype(np.intp))
        scores[hidden] = -np.inf
        view = View(scores, part, 0, hidden, np.empty)
        for reduction, state in zip(asks, rows, strict=True):
            reduction.update(view, _part(state, part))
        if both:
            across = View(
                scores.T, slice(0, scores.shape[1]), part.start, (hidden[1], hidden[0]), np.empty
            )
            for reduction, state in zip(asks, cols, strict=True):
                reduction.update(across, state)
    return (
        [reduction.finish(state) for reduction, state in zip(asks, rows, strict=True)],
        [reduction.finish(state) for reduction, state in zip(asks, cols, strict=True)],
    )


def _part(state: State, rows: slice) -> State:
    return tuple(array[rows] for array in state)


def look_at_scores(problem: Scored, chosen: Index | None = None) -> Columns:
    """Rank of the positive and the hardest negative of some rows; None for all."""
    some, targets = problem, problem.targets
    if chosen is not None:
        targets = targets[chosen]
        some = Scored(Picked(problem.table, chosen), targets, problem.found)
    positive = np.nan_to_num(positive_scores(some))
    tolerance = problem.table.tolerance
    asks = (
        CountNearer(positive, np.maximum(targets, 0).astype(np.intp), tolerance),
        Neighbours(1, np.full(some.n, tolerance)),
    )
    (before, nearest), _ = _reduce(some, asks)
    hardest_index = nearest[:, 0]
    hardest = np.full(some.n, np.nan)
    for rows, scores in blocks_of(some):
        named = np.flatnonzero(hardest_index[rows] >= 0)
        hardest[rows.start + named] = scores[named, hardest_index[rows][named]]
    return {
        "rank": np.where(targets < 0, -1, 1 + before),
        "hardest": hardest,
        "hardest_index": hardest_index,
    }
