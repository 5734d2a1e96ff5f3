"""What is known of the figures of a loss once it was evaluated."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..evaluation import Ratio
from ..losses import LOSSES
from ..parameters import parameters
from ..summary import LossResult
from ..tables import Index
from .catalogue import better_of, dependence_of
from .measured import PAIRWISE, HowFound, Measured, Worst, positives_of
from .rows_of import HIGHEST, first_by, no_rows, plain_rows
from .rules import Figure

_FOUND = frozenset({"log_z"})
"""Parameters that may be found on the way."""


def measured_of_loss(figure: Figure, result: LossResult, sort: str) -> Measured:
    """A figure of a loss.

    Args:
        figure: Which.
        result: The loss.
        sort: By what `worst` of the result is sorted.
    """
    value, reason = _value(figure, result)
    declared = {parameter.field for parameter in parameters(LOSSES[result.kind])}
    rows = result.inputs[0]
    ratios = () if figure.field or figure.statistic else _ratios(result)
    return Measured(
        figure=figure,
        value=value,
        reason=reason,
        better=better_of(figure),
        n=result.n,
        samples=len(result.samples),
        d=rows.shape[-1] if rows.shape and rows.role == "embeddings" else None,
        precision=result.precision,
        convention=result.convention.name,
        parameters=dict(result.parameters),
        ratios=ratios,
        transform=None,
        worst=_worst(figure, result, sort),
        counts=dependence_of(figure, result.positives.layout).counts,
        found=(frozenset(result.parameters) - declared) | _FOUND,
        groups=_groups(result) if ratios else None,
        sigma_factor=PAIRWISE if _of_all_pairs(result) else 1.0,
        positives=_positives(result),
    )


def _positives(result: LossResult) -> HowFound | None:
    """How they were found; a loss of clouds has none."""
    if any(form.name == "cloud" for form in LOSSES[result.kind].forms):
        return None
    return positives_of(result.positives, views=result.samples.view is not None)


def _value(figure: Figure, result: LossResult) -> tuple[float, str | None]:
    """The number, and why there is none."""
    if figure.statistic:
        return float(getattr(result.quantiles, figure.statistic)), None
    found: Any = result
    for part in (figure.field or "value").split("."):
        found = None if found is None else getattr(found, part)
    if found is None:
        return math.nan, f"{result.kind} has no {figure.field} on these inputs"
    return float(found), None


def _ratios(result: LossResult) -> tuple[Ratio, ...]:
    """The means whose sum is the value: of its samples, if it is not said; none of a whole set."""
    if not LOSSES[result.kind].reducible:
        return ()
    return result.ratios or (Ratio(result.samples.loss),)


def _of_all_pairs(result: LossResult) -> bool:
    """Whether each row meets all others, and a pair costs both of its rows the same."""
    return result.kind == "contrastive" and result.sample == "anchor"


def _groups(result: LossResult) -> Index | None:
    """The sample of each view; the anchor of each listed triplet."""
    samples = result.samples
    return samples.anchor if samples.view is None else samples.index


@dataclass(frozen=True, eq=False)
class _Carriers:
    """The samples that carry a loss.

    Args:
        result: The loss.
        sort: By what its listed samples are sorted: `worst` or `best`.
        flipped: Whether a high figure comes of low losses.
    """

    result: LossResult
    sort: str
    flipped: bool

    def __call__(self, count: int, direction: str) -> tuple[dict[str, Any], ...]:
        """So many, with rank and hardest negative where they were listed."""
        result, high = self.result, (direction == HIGHEST) != self.flipped
        listed, samples = result.worst, result.samples
        defined = int(np.count_nonzero(~np.isnan(samples.loss)))
        if high == (self.sort == "worst") and len(listed) >= min(count, defined):
            return plain_rows(listed, np.arange(min(count, len(listed))))
        keys = [samples.loss if high else -samples.loss]
        return plain_rows(samples, first_by(keys, np.ones(len(samples), bool), count))


def _worst(figure: Figure, result: LossResult, sort: str) -> Worst:
    """What lists the rows of a figure."""
    if figure.field in ("n", "candidates"):
        return no_rows
    if figure.field == "undefined":
        return _undefined(result)
    return _Carriers(result, sort, figure.field == "mi_lower_bound")


def _undefined(result: LossResult) -> Callable[[int, str], tuple[dict[str, Any], ...]]:
    """The samples that define no loss, by their numbers."""

    def listed(count: int, direction: str) -> tuple[dict[str, Any], ...]:
        if direction != HIGHEST:
            return ()
        places = np.flatnonzero(np.isnan(result.samples.loss))[:count]
        return plain_rows(result.samples, places, ("index", "view"))

    return listed
