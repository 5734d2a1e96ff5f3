"""What a loss came to on a problem: the common shape of all kinds, before it is summarised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from .losses import Loss
from .numerics import Float
from .plan import Asking
from .problem import Problem
from .standing import Competition
from .tables import Index

Columns = Mapping[str, npt.NDArray[Any]]
"""Name to one number per sample."""

Look = Callable[[Index], Asking[Columns]]
"""Costly columns of some samples, by sorted position."""


@dataclass(frozen=True, eq=False)
class Ratio:
    """A mean over terms of which a sample may have several, or none: their sum by their number.

    Args:
        sums: Sum of the terms of each sample, 0 where it has none; NaN where it is undefined.
        counts: How many they are; one number for all.
    """

    sums: Float
    counts: npt.NDArray[Any] | float = 1.0


@dataclass(frozen=True, eq=False)
class SoftmaxParts:
    """What is known of a softmax beside its value.

    Args:
        candidates: K, the terms of the denominator; None where samples differ in it.
        positive: Mean of the positives' part, -s / tau; None where there is no such part.
        information: log K - L where that is a bound on mutual information.
    """

    candidates: int | None
    positive: float | None = None
    information: float | None = None


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A loss on a problem, sample by sample.

    Args:
        loss: The loss.
        problem: Who is whose positive.
        sample: What a sample is: anchor, row, pair, triplet.
        values: Loss of each sample, NaN where it is undefined, shape (samples,).
        mean: The value: the mean over the terms, or what stands for it.
        n: Terms.
        precision: Type of the scores.
        rows: Samples of one view: sample number s is row s % rows of view s // rows.
        views: Whether samples are counted by view.
        columns: What is known of every sample beside its loss.
        ratios: The means whose sum is the value, where that is not the mean of the samples.
        standing: Rank and hardest negative of every sample, where that was asked for.
        look: The same of a few samples, where the kind has it.
        chance: The value if all scores were equal.
        collapsed: The value if all embeddings were equal.
        cosines: Whether ready scores lie within [-1, 1], as cosines do.
        stuck: The value if they were nearly equal, where exact ties would make another.
        softmax: What is known of a softmax.
        parameters: Values that were found on the way, such as log Z.
        competitions: The anchors with their few positives and their candidates, by direction.
        remarks: What to beware of.
    """

    loss: Loss
    problem: Problem
    sample: str
    values: Float
    mean: float
    n: int
    precision: str
    rows: int
    views: bool = False
    columns: Columns = field(default_factory=dict)
    ratios: tuple[Ratio, ...] = ()
    standing: Columns | None = None
    look: Look | None = None
    chance: float | None = None
    collapsed: float | None = None
    cosines: bool = False
    stuck: float | None = None
    softmax: SoftmaxParts | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    competitions: tuple[Competition, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def undefined(self) -> int:
        """Samples that define no loss."""
        return int(np.count_nonzero(np.isnan(self.values)))


def mean_of(values: Float) -> tuple[float, int]:
    """Mean of the defined values and their number; NaN and 0 where there is none."""
    defined = values[~np.isnan(values)]
    return (float(defined.mean()), len(defined)) if len(defined) else (float("nan"), 0)
