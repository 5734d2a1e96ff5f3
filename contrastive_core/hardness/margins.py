"""What triplets come to at one margin: both means of the loss, and the words of its convention."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..bootstrap import ratio_interval
from ..conventions import Ledger
from ..evaluate.work import infinite
from ..evaluation import Evaluation, Ratio
from ..losses import Triplet
from ..summary import parameters_in_force
from .result import Hardness, Interval, Means
from .settings import Settings


@dataclass(frozen=True)
class Measured:
    """What was found, before it is made a result.

    Args:
        evaluation: The mean over all triplets, whatever was asked for, at the first margin.
        triplets: How many there are.
        anchors: Anchors that define a triplet.
        undefined: Rows that do not.
        margins: The triplets at each margin.
    """

    evaluation: Evaluation
    triplets: int
    anchors: int
    undefined: int
    margins: tuple[Hardness, ...]


@dataclass(frozen=True)
class Averages:
    """A loss with its mean over all terms, and over the active ones.

    Args:
        chosen: As it was asked for.
        over_all: With the mean over all terms.
        over_active: With that over the active ones; None where it is 0 because none is active.
    """

    chosen: Evaluation
    over_all: Evaluation
    over_active: Evaluation | None

    @property
    def means(self) -> Means:
        """Both means; NaN where nothing is averaged, and no mean of active ones either."""
        mean = self.over_all.mean
        if self.over_active is None:
            return Means(mean, mean if math.isnan(mean) else 0.0)
        return Means(mean, self.over_active.mean)

    @property
    def ratios(self) -> tuple[Ratio, Ratio, Ratio]:
        """Both means and the one that was asked for, as the samples make them."""
        (mean,), (chosen,) = self.over_all.ratios, self.chosen.ratios
        if self.over_active is None:
            return mean, Ratio(0.0 * mean.sums, 0.0), chosen
        return mean, self.over_active.ratios[0], chosen

    @property
    def over(self) -> str:
        """What the mean over all terms is over."""
        return self.over_all.loss.reduction_in_words()


def averages(loss: Triplet, evaluated: Callable[[Triplet], Evaluation]) -> Averages:
    """Both means of a loss, and the one that was asked for.

    Raises:
        BadParameter: A loss left the range of float64.
    """
    over_all = evaluated(replace(loss, average="all"))
    if np.isinf(over_all.values).any() or np.isinf(over_all.mean):
        raise infinite(loss)
    over_active = None
    if loss.mining != "easy":  # of easy triplets none is active
        over_active = evaluated(replace(loss, average="active"))
    chosen = over_active if loss.active_only and over_active is not None else over_all
    return Averages(chosen, over_all, over_active)


def ledger_of(loss: Triplet) -> Ledger:
    """The convention in full."""
    ledger = loss.ledger()
    return replace(ledger, reduction=f"{loss.reduced_by} over {ledger.reduction}")


def parameters_of(loss: Triplet, wanted: Settings) -> dict[str, Any]:
    """The hyper-parameters in force; the margin always is, for it makes the sorts."""
    set_ones = {**parameters_in_force(loss), "margin": loss.margin, "average": loss.average}
    return set_ones if wanted.sample is None else {**set_ones, "seed": loss.seed}


def interval(numerators: Any, denominators: Any, seed: int) -> Interval | None:
    """Where 95 % of the resampled ratios lie; None where there is no ratio."""
    found = ratio_interval(numerators, denominators, seed=seed)
    return None if np.isnan(found[0]) else found


def share(some: int, of: int) -> float:
    """A quotient of whole numbers, rounded once; NaN where there is nothing."""
    return some / of if of else float("nan")
