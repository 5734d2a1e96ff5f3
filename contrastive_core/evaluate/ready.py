"""Losses of anchors whose scores are known row by row: ready scores, own negatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import counted
from ..evaluation import Columns, Evaluation, SoftmaxParts, mean_of
from ..losses import CLIP, PerAnchor
from ..numerics import Float
from ..parameters import parameters
from ..plan import Asking, Request
from ..problem import Scored
from ..reductions import CountNearer, Neighbours, Reach, RowSum, ScoreOf
from ..score_rows import Picked
from ..tables import Index, ReadTable
from .work import finite

PRESENT = RowSum(np.isfinite)
"""How many candidates a row has: -infinity masks one."""


def evaluate_ready(loss: PerAnchor, problem: Scored, *, standings: bool) -> Asking[Evaluation]:
    """The loss of every anchor; for CLIP also down the columns."""
    both, asks = isinstance(loss, CLIP), (*loss.asks(), PRESENT)
    ((positive, reach),) = yield [
        Request(ReadTable(problem.table), (ScoreOf(problem.targets), Reach()))
    ]
    table = ReadTable(problem.table, problem.relation)
    ways = [table, ReadTable(problem.table, problem.relation, exchanged=True)]
    reduced = yield [Request(way, asks) for way in ways[: 1 + both]]
    values = np.mean([_values(loss, problem, positive, found) for found in reduced], axis=0)
    told = (yield from look_at_scores(problem)) if standings else None
    mean, n = mean_of(values)
    defined = ~np.isnan(values)
    size, chance = _level(loss, np.concatenate([1 + each[-1][defined] for each in reduced]))
    pull = loss.pull(positive[:, None])
    cosines = 0.0 < float(reach.max(initial=0.0)) <= 1.0 + 1e-6
    softmax = None
    if pull is not None:
        softmax = SoftmaxParts(size, float(pull[defined].mean()) if n else None)
    columns, remarks = told_of_masks(problem, reduced[0][-1] + (problem.targets >= 0))
    return Evaluation(
        loss,
        problem,
        "pair" if both else "row" if problem.found.layout == "labels" else "anchor",
        values,
        mean,
        n,
        "float64",
        rows=problem.n,
        columns={"positive": positive, **columns},
        standing=told,
        look=lambda chosen: look_at_scores(problem, chosen),
        chance=chance,
        collapsed=chance,
        softmax=softmax,
        cosines=cosines,
        remarks=(*remarks, *(_untempered(loss) if cosines and loss.input_form == "scores" else ())),
    )


def _level(loss: PerAnchor, candidates: Float) -> tuple[int | None, float | None]:
    """K where all samples have the same, and the mean of what each would be by chance."""
    distinct, counts = np.unique(candidates, return_counts=True)
    sizes = [loss.softmax_size(int(each), 1) for each in distinct]
    levels = [level for size in sizes if (level := loss.chance(size)) is not None]
    if len(sizes) == 1:
        return sizes[0], levels[0] if levels else None
    return None, float(np.average(levels, weights=counts)) if levels else None


def told_of_masks(problem: Scored, candidates: Float) -> tuple[Columns, tuple[str, ...]]:
    """What is said where some scores mask a candidate: a column, and a remark.

    Args:
        problem: The scores.
        candidates: How many of each row are no masks, shape (n,).
    """
    n, width = problem.n, problem.table.width
    masked = width - candidates.astype(np.int64)
    if not masked.any():
        return {}, ()
    least, most = width - int(masked.max()), width - int(masked.min())
    remark = (
        f"masked: {int(masked.sum())} of {n * width} scores are -infinity, in "
        f"{np.count_nonzero(masked)} of {counted(n, 'row')}: candidates that are not there. "
        f"A row has {f'{least} to {most}' if least < most else most} of {width}, its positive "
        "among them."
    )
    return {"candidates": width - masked}, (remark,)


def _untempered(loss: PerAnchor) -> tuple[str, ...]:
    """Scores that look like cosines, taken for logits."""
    logits = loss.form_sets.get("scores", {})  # nothing for a classifier's
    if not logits or any(getattr(loss, name) != value for name, value in logits.items()):
        return ()
    usual = {each.field: each.default for each in parameters(type(loss)) if each.field in logits}
    said = " and ".join(f"{name} is {value:g}" for name, value in logits.items())
    remedy = " ".join(f"--{name} {value:g}" for name, value in usual.items())
    return (
        f"all scores lie within [-1, 1], as cosines do, and {said}, as for logits. Was that "
        f"forgotten? Then say {remedy}.",
    )


def positive_scores(problem: Scored) -> Asking[Float]:
    """The score of each row's positive, NaN where it has none, shape (n,)."""
    ((found,),) = yield [Request(ReadTable(problem.table), (ScoreOf(problem.targets),))]
    return np.asarray(found)


def _values(loss: PerAnchor, problem: Scored, positive: Float, reduced: Sequence[Any]) -> Float:
    """The formula; NaN for rows without a positive, or without anything else."""
    *known, present = reduced
    with np.errstate(over="ignore", invalid="ignore"):  # refused just below
        values = loss.per_sample(positive[:, None], *known) * loss.multiplier
    lacking = (problem.targets < 0) | (present == 0)
    finite(np.where(lacking, np.nan, np.where(np.isnan(values), np.inf, values)), loss)
    return np.where(lacking, np.nan, values)


def look_at_scores(problem: Scored, chosen: Index | None = None) -> Asking[Columns]:
    """Rank of the positive and the hardest negative of some rows; None for all."""
    some, targets = problem, problem.targets
    if chosen is not None:
        targets = targets[chosen]
        some = Scored(Picked(problem.table, chosen), targets, problem.found)
    positive = np.nan_to_num((yield from positive_scores(some)))
    tolerance = problem.table.tolerance
    asks = (
        CountNearer(positive, np.maximum(targets, 0).astype(np.intp), tolerance),
        Neighbours(1, np.full(some.n, tolerance)),
    )
    ((before, nearest),) = yield [Request(ReadTable(some.table, some.relation), asks)]
    hardest_index = nearest[:, 0]
    ((hardest,),) = yield [Request(ReadTable(some.table), (ScoreOf(hardest_index),))]
    return {
        "rank": np.where(targets < 0, -1, 1 + before),
        "hardest": hardest,
        "hardest_index": hardest_index,
    }
