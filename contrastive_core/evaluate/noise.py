"""Noise-contrastive estimation: the noise terms drawn, expected or read, and log Z."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..evaluation import Evaluation, Look, mean_of
from ..losses import NCE, Direction
from ..numerics import Float, log_sum_exp, sigmoid, softplus
from ..parameters import inverse
from ..plan import Asking, Request
from ..prepared import BLOCK
from ..problem import Noised, Scored, Views
from ..reductions import LogSumExp, PlacedSum, Reduction, RowSum, ScoreOf
from ..standing import Competition
from ..tables import Index, ReadTable, Table
from .contests import competition, look_closer
from .ready import PRESENT, look_at_scores, told_of_masks
from .work import finite

Block = npt.NDArray[Any]

_STEPS = 200
_REACH = 10.0
"""The farthest first step while the minimum is not between two points; it doubles each time."""

_SETTLED = 1e-12
"""log Z is found when a step is smaller than this, relative to max(1, log Z)."""


class _Noise(ABC):
    """The positive's logit and the sums over the noise, for any log Z.

    Logits are Delta_c + log Z = s_c / tau - log(k q_c).
    """

    positive: Float
    """Logit of each anchor's positive, shape (n,); NaN of one without noise."""

    @property
    @abstractmethod
    def k(self) -> float | None:
        """Noise terms per anchor; None where anchors differ in it."""

    @abstractmethod
    def sums(self, log_z: float, *orders: int) -> Asking[Sequence[Float]]:
        """Per anchor, the noise part of the loss (order 0), its derivatives in -log Z (1, 2)."""

    @abstractmethod
    def log_partition(self) -> Asking[float]:
        """What `auto` means."""


def evaluate_noise(loss: NCE, problem: Noised, *, standings: bool) -> Asking[Evaluation]:
    """The loss of every anchor, after log Z."""
    inner, uniform = problem.inner, problem.noise is None
    noise: _Noise
    columns: dict[str, Any] = {}
    remarks: tuple[str, ...] = ()
    if isinstance(inner, Scored):
        asks = ScoreOf(inner.targets), PRESENT
        ((scores, present),) = yield [Request(ReadTable(inner.table), asks)]
        told, remarks = told_of_masks(inner, present)
        columns = {"positive": scores, **told}
        noise = _Columns(loss, inner, problem.noise, scores, present)
    else:
        scores = inner.positive_scores(inner.view(0))[:, 0]
        sort = _Expected if loss.expected else _Drawn
        columns, noise = {"positive": scores}, sort(loss, inner, problem.noise, scores)
    log_z = yield from _log_z(loss, noise)
    (terms,) = yield from noise.sums(log_z, 0)
    values = softplus(log_z - noise.positive) + terms
    single = isinstance(inner, Views) and inner.n < 2
    values = np.full_like(values, np.nan) if single else finite(values, loss)
    mean, n = mean_of(values)
    chance = loss.chance(int(noise.k)) if uniform and noise.k else None
    contests, look = _ranked(inner)
    return Evaluation(
        loss,
        problem,
        "anchor",
        values * loss.multiplier,
        mean * loss.multiplier,
        n,
        "float64" if isinstance(inner, Scored) else inner.data.dtype.name,
        rows=inner.n,
        columns=columns,
        standing=(yield from look(np.arange(inner.n))) if standings else None,
        look=look,
        chance=chance,
        collapsed=chance,
        parameters={"log_z": log_z, **({} if noise.k is None else {"noise_samples": int(noise.k)})},
        competitions=contests,
        remarks=remarks,
    )


def _ranked(inner: Views | Scored) -> tuple[tuple[Competition, ...], Look]:
    """Where the positive stands among the keys."""
    if isinstance(inner, Scored):
        return (), lambda chosen: look_at_scores(inner, chosen)
    directions = (Direction(inner.view(0), inner.view(1), inner.n),)
    contests = (competition(inner, directions[0]),)
    return contests, lambda chosen: look_closer(inner, directions, contests, chosen)


def _log_z(loss: NCE, noise: _Noise) -> Asking[float]:
    """A number, the log of the mean partition function, or the one of least mean loss."""
    if np.isnan(noise.positive).all():
        return math.nan
    if loss.log_z == "auto":
        return (yield from noise.log_partition())
    return (yield from _fit(noise)) if loss.log_z == "fit" else float(loss.log_z)


def _fit(noise: _Noise) -> Asking[float]:
    """The minimum of a convex function: Newton, and bisection where Newton is slow or leaves.

    At small temperatures the slope is all but a staircase: the bracket halves until it is found.
    """
    low, high, log_z = -math.inf, math.inf, (yield from noise.log_partition())
    reach, last = _REACH, math.inf
    for _ in range(_STEPS):
        slopes, curvatures = yield from noise.sums(log_z, 1, 2)
        own = sigmoid(log_z - noise.positive)
        slope = float(np.nanmean(own - slopes))
        curvature = float(np.nanmean(own * (1.0 - own) + curvatures))
        settled = _SETTLED * max(1.0, abs(log_z))
        step = slope / curvature if curvature > 0 else math.copysign(math.inf, slope)
        if slope == 0.0 or abs(step) <= settled:
            break
        low, high = (low, log_z) if slope > 0 else (log_z, high)
        if not math.isfinite(low + high):
            new = log_z - math.copysign(min(abs(step), reach), slope)
            reach *= 2.0
        elif abs(step) > last / 2.0 or not low < log_z - step < high:
            new = (low + high) / 2.0
        else:
            new = log_z - step
        last, log_z = abs(new - log_z), new
        if last <= settled:
            break
    return log_z


@dataclass(frozen=True, eq=False)
class _Expected(_Noise):
    """k sum_c q_c (...) over all keys: the table is walked for every log Z."""

    loss: NCE
    views: Views
    q: Float | None
    scores: Float

    @property
    def k(self) -> float:
        """Draws whose expectation it is."""
        return float(self.loss.noise_samples)

    @cached_property
    def weights(self) -> Float:
        """k q_c of every key."""
        n = self.views.n
        return self.k * (np.full(n, 1.0 / n) if self.q is None else self.q)

    @cached_property
    def positive(self) -> Float:  # type: ignore[override]
        """Logits of the positives."""
        return np.asarray(self.scores / self.loss.tau - np.log(self.weights))

    def sums(self, log_z: float, *orders: int) -> Asking[Sequence[Float]]:
        """All of them in one walk."""
        asks = tuple(PlacedSum(_Weighted(self, log_z, order)) for order in orders)
        (found,) = yield [self._request(*asks)]
        return found

    def log_partition(self) -> Asking[float]:
        """Log of the mean over anchors of sum_c exp(s_ic / tau)."""
        ((each,),) = yield [self._request(LogSumExp(inverse(self.loss.tau)))]
        return float(log_sum_exp(each) - math.log(self.views.n))

    def _request(self, *asks: Reduction) -> Request:
        first, second = self.views.view(0), self.views.view(1)
        return Request(Table(first, second), asks, second.start)


@dataclass(frozen=True, eq=False)
class _Weighted:
    """k q_c times softplus(Delta), its first or its second derivative."""

    noise: _Expected
    log_z: float
    order: int

    def __call__(self, scores: Block, rows: slice, cols: slice) -> Block:
        del rows
        weights = self.noise.weights[cols]
        logits = scores.astype(np.float64)
        logits /= self.noise.loss.tau
        logits -= np.log(weights) + self.log_z
        terms = _derivative(logits, self.order)
        terms *= weights
        return terms


def _derivative(logits: Float, order: int) -> Float:
    """softplus, sigmoid, or sigmoid (1 - sigmoid)."""
    if order == 0:
        return softplus(logits)
    if order == 1:
        return sigmoid(logits)
    small = np.exp(-np.abs(logits))
    return np.asarray(small / (1.0 + small) ** 2)


@dataclass(frozen=True, eq=False)
class _Drawn(_Expected):
    """k draws from q for every anchor; their logits are kept, n k numbers."""

    @cached_property
    def drawn(self) -> Float:
        """Logits of the draws, shape (n, k)."""
        n, k, data = self.views.n, int(self.k), self.views.data
        generator = np.random.default_rng(int(self.loss.seed))
        logits = np.empty((n, k))
        step = max(1, BLOCK // (k * data.d))
        for start in range(0, n, step):
            stop = min(start + step, n)
            keys = self._draw(generator, (stop - start, k))
            anchors = data.read(start, stop).astype(np.float64)
            rows = data.take(n + keys.ravel()).reshape(stop - start, k, data.d)
            scores = np.einsum("id,ikd->ik", anchors, rows.astype(np.float64))
            logits[start:stop] = scores / self.loss.tau - np.log(self.weights[keys])
        return logits

    def _draw(self, generator: np.random.Generator, shape: tuple[int, int]) -> Index:
        """Keys from q: where uniform numbers fall among its partial sums."""
        if self.q is None:
            return np.asarray(generator.integers(self.views.n, size=shape), np.intp)
        falls = generator.random(shape) * self._partial_sums[-1]
        return np.asarray(np.searchsorted(self._partial_sums, falls, "right"), np.intp)

    @cached_property
    def _partial_sums(self) -> Float:
        return np.cumsum(self.weights)

    def sums(self, log_z: float, *orders: int) -> Asking[Sequence[Float]]:
        """Over the draws."""
        yield from ()
        logits = self.drawn - log_z
        return [_derivative(logits, order).sum(axis=1) for order in orders]


@dataclass(frozen=True, eq=False)
class _Columns(_Noise):
    """The other columns of ready scores are the noise.

    Without a given q it is uniform over what is there of a row.
    """

    loss: NCE
    scored: Scored
    q: Float | None
    scores: Float
    present: Float

    @property
    def terms(self) -> Float:
        """Noise terms of each row, shape (n,)."""
        return self.present - 1.0

    @property
    def k(self) -> float | None:
        """All columns but the positive's and those that are masked."""
        terms = np.unique(self.terms[self.terms > 0])
        return float(terms[0]) if len(terms) == 1 else None

    def log_q(self, rows: slice) -> Float:
        """Log probability of the columns, shape (rows, columns) or (rows, 1)."""
        return -np.log(self.present[rows, None]) if self.q is None else np.log(self.q)[None, :]

    @cached_property
    def positive(self) -> Float:  # type: ignore[override]
        """Logits of the positives."""
        log_q = self.log_q(slice(None))[:, 0] if self.q is None else np.log(self.q)
        own = log_q if self.q is None else log_q[self.scored.targets]
        logits = self.scores / self.loss.tau - own - np.log(np.maximum(self.terms, 1.0))
        return np.where(self.terms > 0, logits, np.nan)

    @property
    def logits(self) -> ReadTable:
        """s / tau - log(k q) of every noise column."""
        return ReadTable(_Logits(self), self.scored.relation)

    def sums(self, log_z: float, *orders: int) -> Asking[Sequence[Float]]:
        """All of them in one reading."""
        asks = tuple(RowSum(_Against(log_z, order)) for order in orders)
        (found,) = yield [Request(self.logits, asks)]
        return found

    def log_partition(self) -> Asking[float]:
        """Log of the mean of exp(s / tau) / q over rows and noise columns."""
        ((each,),) = yield [Request(self.logits, (LogSumExp(1.0),))]
        each = each + np.log(np.maximum(self.terms, 1.0))
        return float(log_sum_exp(each) - math.log(max(float(self.terms.sum()), 1.0)))


@dataclass(frozen=True, eq=False)
class _Logits:
    """Ready scores as logits against the noise, s / tau - log(k q)."""

    noise: _Columns

    @property
    def n(self) -> int:
        """Rows."""
        return self.noise.scored.n

    @property
    def width(self) -> int:
        """Columns."""
        return self.noise.scored.table.width

    @property
    def tolerance(self) -> float:
        """That of the scores."""
        return self.noise.scored.table.tolerance

    def read(self, start: int, stop: int) -> Float:
        """Logits of some rows."""
        noise, rows = self.noise, slice(start, stop)
        scores = noise.scored.table.read(start, stop)
        level = np.log(np.maximum(noise.terms[rows], 1.0))[:, None]
        return np.asarray(scores / noise.loss.tau - noise.log_q(rows) - level)


@dataclass(frozen=True)
class _Against:
    """softplus(logit - level), its first or its second derivative."""

    level: float
    order: int

    def __call__(self, logits: Block) -> Block:
        return _derivative(logits - self.level, self.order)
