"""From per-sample values to the result that is printed or checked."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .conventions import Ledger
from .diagnosis import warnings
from .errors import BadParameter, NothingDefined
from .evaluate import Evaluation, standings_of
from .numerics import Float
from .parameters import parameters
from .plan import Run
from .problem import Positives
from .sources import Source
from .standing import Standing
from .tables import Index
from .vocabulary import REDUCTIONS

_QUANTILES = {"min": 0.0, "p5": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95, "max": 1.0}

_WORST = 10


@dataclass(frozen=True)
class Quantiles:
    """Quantiles of the per-sample losses, by linear interpolation, NaN left out."""

    min: float
    p5: float
    p25: float
    p50: float
    p75: float
    p95: float
    max: float


@dataclass(frozen=True)
class Terms:
    """The two parts of a softmax loss: their sum is its mean.

    Args:
        positive: -mean s_i+ / tau, the alignment part.
        partition: Mean log-sum-exp over the candidates, the uniformity part.
    """

    positive: float
    partition: float


@dataclass(frozen=True)
class InputFile:
    """What was read."""

    path: str
    format: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class Samples:
    """Per-sample values, one array per column; columns that do not apply are None.

    Args:
        index: The sample, counted from 0; within its view where samples are views.
        view: Which view, where samples are views.
        loss: In nats; NaN where undefined.
        positive: Mean score of the positives, before temperature.
        rank: 1 + the negatives that score higher than the nearest positive.
        hardest: Score of the nearest negative, before temperature.
        hardest_index: The nearest negative: its row among the keys, or among the stacked views.
        hardest_view: Which view it is of, where candidates are stacked views.
        reverse_rank: The rank from keys to embeddings, where both directions are averaged.
        reverse_hardest: The nearest embedding of a key, in that direction.
        reverse_hardest_index: Its row among the embeddings.
    """

    index: Index
    view: npt.NDArray[np.int64] | None
    loss: Float
    positive: Float | None = None
    rank: npt.NDArray[np.int64] | None = None
    hardest: Float | None = None
    hardest_index: npt.NDArray[np.int64] | None = None
    hardest_view: npt.NDArray[np.int64] | None = None
    reverse_rank: npt.NDArray[np.int64] | None = None
    reverse_hardest: Float | None = None
    reverse_hardest_index: npt.NDArray[np.int64] | None = None

    def columns(self) -> list[tuple[str, npt.NDArray[Any]]]:
        """The columns that apply, in order."""
        named = ((field.name, getattr(self, field.name)) for field in dataclasses.fields(self))
        return [(name, values) for name, values in named if values is not None]


@dataclass(frozen=True)
class LossResult:
    """The value of one loss and what explains it.

    Args:
        kind: The loss.
        value: The reduced loss, in nats.
        reduction: mean or sum, over the defined samples.
        n: How many terms were reduced.
        undefined: Samples that define no loss; they are not in `value`.
        candidates: K.
        chance: The value if all scores were equal.
        mi_lower_bound: log K - mean loss, in nats, where the paper proves it a bound.
        terms: The two parts of the mean loss.
        convention: The convention in full.
        parameters: The hyper-parameters.
        precision: Working precision of the scores.
        positives: How they were found.
        quantiles: Of the per-sample losses.
        samples: Every sample; rank and hardest only where they were asked for.
        worst: The samples of the largest losses, worst first, with rank and hardest.
        inputs: What was read.
        warnings: What to beware of.
    """

    kind: str
    value: float
    reduction: str
    n: int
    undefined: int
    candidates: int
    chance: float
    mi_lower_bound: float | None
    terms: Terms
    convention: Ledger
    parameters: dict[str, Any]
    precision: str
    positives: Positives
    quantiles: Quantiles
    samples: Samples
    worst: Samples
    inputs: tuple[InputFile, ...]
    warnings: tuple[str, ...]


def check_reduction(reduction: str) -> None:
    """Refuse an unknown way to reduce."""
    if reduction not in REDUCTIONS:
        raise BadParameter(
            "reduction",
            expected=" or ".join(REDUCTIONS),
            got=repr(reduction),
            remedy="Leave it out for the mean.",
        )


def summarise(
    evaluation: Evaluation, sources: tuple[Source, ...], reduction: str, run: Run
) -> LossResult:
    """Everything there is to say about an evaluated loss.

    Raises:
        NothingDefined: No sample defines the loss.
    """
    loss, values = evaluation.loss, evaluation.values
    defined = values[~np.isnan(values)]
    if not len(defined):
        raise _nothing_defined(evaluation)
    mean = float(defined.mean())
    pull = -float(evaluation.positive.mean()) * loss.ledger().scale
    chance = loss.chance(evaluation.candidates)
    summed = reduction == "sum"
    return LossResult(
        kind=loss.kind,
        value=float(defined.sum()) if summed else mean,
        reduction=reduction,
        n=len(defined),
        undefined=len(values) - len(defined),
        candidates=evaluation.candidates,
        chance=chance * len(defined) if summed else chance,
        mi_lower_bound=loss.information_bound(evaluation.candidates, mean),
        terms=Terms(positive=pull, partition=mean - pull),
        convention=dataclasses.replace(
            loss.ledger(), reduction=f"{reduction} over {loss.ledger().reduction}"
        ),
        parameters={p.field: getattr(loss, p.field) for p in parameters(type(loss))},
        precision=evaluation.views.data.dtype.name,
        positives=evaluation.views.found,
        quantiles=Quantiles(*np.quantile(defined, list(_QUANTILES.values())).tolist()),
        samples=_samples(evaluation, np.arange(len(values)), evaluation.standings),
        worst=_worst(evaluation, run),
        inputs=tuple(InputFile(s.name, s.format, s.shape, str(s.dtype)) for s in sources),
        warnings=tuple(warnings(evaluation)),
    )


def _worst(evaluation: Evaluation, run: Run) -> Samples:
    """The samples of the largest losses, worst first; equal losses by lower index."""
    ranked = np.argsort(-evaluation.values, kind="stable")
    defined = ranked[: int(np.count_nonzero(~np.isnan(evaluation.values)))]
    worst = defined[:_WORST]
    chosen = np.sort(worst)
    told = standings_of(evaluation, chosen, run)
    return _samples(evaluation, chosen, told, np.searchsorted(chosen, worst))


def _samples(
    evaluation: Evaluation,
    chosen: Index,
    standings: tuple[Standing, ...] | None,
    order: Index | slice = slice(None),
) -> Samples:
    """Some samples (sorted positions) with their standings, in an order."""
    n, views = evaluation.views.n, evaluation.anchors_are_views
    found = Samples(
        index=(chosen % n)[order],
        view=(chosen // n)[order] if views else None,
        loss=evaluation.values[chosen][order],
        positive=evaluation.positive[chosen][order],
    )
    if standings is None:
        return found
    there = standings[0]
    stacked = evaluation.directions[0].candidates.n > n
    found = dataclasses.replace(
        found,
        rank=there.rank[order],
        hardest=there.hardest[order],
        hardest_index=there.hardest_index[order],
        hardest_view=(there.hardest_index // n)[order] if stacked else None,
    )
    if len(standings) == 1:
        return found
    back = standings[1]
    return dataclasses.replace(
        found,
        reverse_rank=back.rank[order],
        reverse_hardest=back.hardest[order],
        reverse_hardest_index=back.hardest_index[order],
    )


def _nothing_defined(evaluation: Evaluation) -> NothingDefined:
    return NothingDefined(
        evaluation.loss.kind,
        expected="at least one anchor with a positive and a negative",
        got=f"{evaluation.views.n} sample{'s' if evaluation.views.n > 1 else ''}, none with both",
        remedy="Give two samples or more: the negatives of a sample are the other samples.",
    )
