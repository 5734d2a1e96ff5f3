"""A value held against what it is when all embeddings are equal, and against what it can be."""

from __future__ import annotations

import numpy as np

from .evaluation import Evaluation
from .losses import Softmax
from .pairing import EQUAL_WITHIN, Pairs
from .prepared import Prepared, mean_of

_FINGERPRINT_WITHIN = 1e-6
"""A value this near to the one of collapse, relative to max(1, it), is named; rounding aside."""

_ROUGH = 1e-3
"""Rounding beyond this excuses nothing: such logits say nothing of collapse."""

_NEAR = 0.01
"""A value this near to that of collapse, as a share of it unless it is 0, may be near collapse."""

_ONE_POINT = 1e-3
"""Mean squared distance of rows, as a share of their mean square, below which they are nearly one
point; of rows taken as they are for a distance, as a share of the squared margin."""

_NO_ROOM = 0.1
"""Room between the least that any embeddings reach and chance, as a share of chance."""


def about_collapse(
    evaluation: Evaluation, data: Prepared | None, pairs: Pairs | None
) -> str | None:
    """The value that a space of one point has, or nearly so, or a temperature that is too high."""
    level, mean = evaluation.collapsed, evaluation.mean
    if level is None:
        return _nearly(evaluation, evaluation.stuck, data)
    if level == 0.0 and evaluation.chance == 0.0:
        return None
    eps = float(np.finfo(data.dtype).eps) if data is not None else 0.0
    rounding = eps * (evaluation.loss.ledger().scale or 1.0)
    slack = _FINGERPRINT_WITHIN * max(1.0, level) + 2.0 * min(rounding, _ROUGH)
    if abs(mean - level) <= slack:
        return _equal(evaluation, level, data, pairs)
    return _no_room(evaluation, data) or _nearly(evaluation, level, data)


def _equal(evaluation: Evaluation, level: float, data: Prepared | None, pairs: Pairs | None) -> str:
    """The value is that of one point."""
    softmax, tau = evaluation.softmax, evaluation.loss.temperature
    equal = f"the value equals {level:.6f}"
    known = None if softmax is None else softmax.candidates
    if known and evaluation.loss.multiplier == 1 and level == evaluation.chance:
        equal = f"the value equals log K = log {known} = {level:.6f}"
    spread = 0.0 if pairs is None else abs(pairs.mean - pairs.others)
    if tau is not None and data is not None and spread > EQUAL_WITHIN * data.longest**2:
        return f"{equal}, because tau = {tau:g} makes all scores alike: lower it."
    said = f"collapse: {equal}, what it is when all embeddings are equal."
    if level == 0.0 and evaluation.loss.blind:
        return f"{said} Positives that are copies of each other give it too."
    return f"{said} The embeddings tell the samples apart no better than a guess."


def _no_room(evaluation: Evaluation, data: Prepared | None) -> str | None:
    """A temperature at which no embeddings could do much better than chance."""
    loss, softmax, chance = evaluation.loss, evaluation.softmax, evaluation.chance
    cosines = evaluation.cosines if data is None else data.unit
    if not isinstance(loss, Softmax) or softmax is None or not chance or not cosines:
        return None
    if not softmax.candidates or softmax.candidates < 2:
        return None
    tau, floor = loss.tau, loss.floor(softmax.candidates) * loss.multiplier
    if chance - floor > _NO_ROOM * chance:
        return None
    scale = f" Was it meant as a scale? --scale {tau:g} is tau {1 / tau:g}." if tau >= 2 else ""
    return (
        f"tau = {tau:g} is so high that no embeddings could have a loss below {floor:.6g}, where "
        f"chance is {chance:.6g}: cosines differ by 2 at most. Lower tau.{scale}"
    )


def _nearly(evaluation: Evaluation, level: float | None, data: Prepared | None) -> str | None:
    """A value near that of one point, of rows that nearly are one."""
    if data is None or level is None or (level == 0.0 and evaluation.loss.blind):
        return None
    gap = abs(evaluation.mean - level)
    if gap > _NEAR * (level or 1.0):
        return None
    mean = mean_of(data, 0, data.n)
    square = 1.0 if data.unit else float((data.norms**2).mean())
    spread = max(2.0 * (square - float(mean @ mean)), 0.0)
    loss = evaluation.loss
    whole = 1.0 if loss.unit_rows else square
    if loss.by_distance and not loss.unit_rows:
        whole = (_NEAR * getattr(loss, "margin", 1.0)) ** 2 / _ONE_POINT
    if spread > _ONE_POINT * whole:
        return None
    return (
        f"near collapse: the value {evaluation.mean:.6g} is that of a space of one point "
        f"({level:.6g}) but for {gap:.1g}, and two rows are "
        f"{spread**0.5:.2g} apart{' (random directions: 1.4)' if loss.unit_rows else ''}."
    )
