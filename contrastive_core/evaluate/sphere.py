"""Alignment and uniformity."""

from __future__ import annotations

import math

import numpy as np

from ..errors import NothingDefined
from ..evaluation import Evaluation, mean_of
from ..losses import Alignment, AlignUniform, Uniformity
from ..numerics import Float, log_sum_exp
from ..plan import Asking, Request
from ..problem import Views
from ..reductions import LogSumExp
from ..scores import PRODUCT, SQUARED_EUCLIDEAN
from ..tables import Offsets, Span, Table, row_distances

_ITSELF = Offsets((0,))

_NO_DISTANCE = 1e-3
"""A mean distance below this is none: its square is the 1e-6 within which collapse is named."""


def evaluate_alignment(loss: Alignment, problem: Views) -> Evaluation:
    """|z_i - z'_i|^alpha of every sample."""
    distances = row_distances(problem.view(0), problem.view(1))
    values = distances**loss.alpha
    mean, n = mean_of(values)
    return Evaluation(
        loss,
        problem,
        "pair",
        values,
        mean,
        n,
        problem.data.dtype.name,
        rows=problem.n,
        columns={"distance": distances},
        collapsed=0.0 if distances.mean() < _NO_DISTANCE else None,  # not by underflow
    )


def evaluate_uniformity(loss: Uniformity, problem: Views) -> Asking[Evaluation]:
    """u_i of every row of every cloud; the value is the mean of the clouds' values."""
    clouds = [problem.view(number) for number in range(problem.count)]
    each = yield from _potentials(clouds, loss.t)
    pairs = problem.count * problem.n * (problem.n - 1) // 2
    return Evaluation(
        loss,
        problem,
        "row",
        np.concatenate(each),
        float(np.mean([_log_mean_exp(potentials) for potentials in each])),
        pairs,
        problem.data.dtype.name,
        rows=problem.n,
        views=problem.count > 1,
        collapsed=0.0,
    )


def evaluate_align_uniform(loss: AlignUniform, problem: Views) -> Asking[Evaluation]:
    """Both parts of every sample, and their sum."""
    distances = row_distances(problem.view(0), problem.view(1))
    alignment = distances**loss.alpha
    each = yield from _potentials([problem.view(0), problem.view(1)], loss.t)
    uniformity = np.mean(each, axis=0)
    crowding = float(np.mean([_log_mean_exp(potentials) for potentials in each]))
    return Evaluation(
        loss,
        problem,
        "pair",
        alignment + loss.weight * uniformity,
        float(alignment.mean()) + loss.weight * crowding,
        problem.n,
        problem.data.dtype.name,
        rows=problem.n,
        columns={"distance": distances, "alignment": alignment, "uniformity": uniformity},
        collapsed=0.0,
        parameters={"alignment": float(alignment.mean()), "uniformity": crowding},
    )


def _potentials(clouds: list[Span], t: float) -> Asking[list[Float]]:
    """u_i = log mean_{j != i} exp(-t |z_i - z_j|^2) of every cloud.

    Of unit rows |z_i - z_j|^2 is 2 - 2 z_i . z_j: the product carries it.
    """
    n, unit = clouds[0].n, clouds[0].data.unit
    if n < 2:
        raise NothingDefined(
            "uniformity",
            expected="at least two rows, a pair",
            got="one row",
            remedy="Give more rows.",
        )
    score, scale, shift = (PRODUCT, 2.0 * t, 2.0 * t) if unit else (SQUARED_EUCLIDEAN, t, 0.0)
    found = yield [
        Request(Table(cloud, cloud, _ITSELF, score), (LogSumExp(scale),)) for cloud in clouds
    ]
    return [potentials - shift - math.log(n - 1) for (potentials,) in found]


def _log_mean_exp(potentials: Float) -> float:
    """Log mean_i exp(u_i)."""
    return float(log_sum_exp(potentials) - math.log(len(potentials)))
