"""What the metrics of a space come to: the result that is printed or checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..dropped import Dropped
from ..inputs import InputFile
from ..labelled import Positives
from ..numerics import Float
from ..rows import Column, Rows
from ..tables import Index
from .declarations import KEYS_SUFFIX, METRICS, Metric


@dataclass(frozen=True)
class MetricValue:
    """One metric of one space.

    Args:
        name: Of the metric; `.keys` behind it where it is that of the second cloud.
        value: NaN where it is undefined on these data.
        reason: Why it is undefined; None where it is not.
        definition: The formula, with the parameters put in.
        parameters: The parameters in force.
        n: What it is a mean over, where it is one.
        left_out: Rows that are not in it, where some may be.
        random: Its value for directions uniform on the sphere; None where there is none.
        random_from: `closed form`, or the simulation in words; None where there is no level.
        collapsed: Its value where all embeddings are equal; None where it is undefined.
        reading: A plain word where the value is near a level; None where it is not.
        estimated: Whether it was estimated from a sample of anchors.
        interval: 95 % of the bootstrap over the anchors; None where it is exact.
        terms: One number for each pair or row whose mean, transformed, is the value; None where it
            is no mean of them.
        transform: Of the mean of terms; None for the mean itself.
    """

    name: str
    value: float
    reason: str | None
    definition: str
    parameters: dict[str, Any]
    n: int | None
    left_out: int | None
    random: float | None
    random_from: str | None
    collapsed: float | None
    reading: str | None
    estimated: bool
    interval: tuple[float, float] | None
    terms: Float | None = field(default=None, compare=False, repr=False)
    transform: Callable[[Float], Float] | None = field(default=None, compare=False, repr=False)

    @property
    def metric(self) -> Metric:
        """Its declaration."""
        return METRICS[self.name.removesuffix(KEYS_SUFFIX)]


@dataclass(frozen=True)
class RowFacts(Rows):
    """What is known of each row, one array per column; columns that do not apply are None.

    Integers below 0 stand for none.

    Args:
        index: The row, counted from 0; within its view where there are two.
        view: 0 for EMBEDDINGS, 1 for KEYS, where there are two.
        label: Its class, None for none.
        norm: Its length as stored.
        alignment: |z_i - z'_i|^alpha of its pair.
        uniformity: log mean_j exp(-t |z_i - z_j|^2): how crowded it is where this row lies.
        nearest: Row of its nearest neighbour, in its own cloud.
        nearest_cosine: Similarity to it.
        occurrences: In how many lists of 10 nearest neighbours it is.
        rank: Rank of its key among all keys (1 is best), for rows of EMBEDDINGS.
        precision_at_1: 1 where its nearest labelled neighbour is of its class, else 0.
        r_precision: Its own R-precision; NaN where it is alone in its class.
        average_precision: Its own part of map_at_r.
    """

    index: Index
    view: Column = None
    label: Column = None
    norm: Column = None
    alignment: Column = None
    uniformity: Column = None
    nearest: Column = None
    nearest_cosine: Column = None
    occurrences: Column = None
    rank: Column = None
    precision_at_1: Column = None
    r_precision: Column = None
    average_precision: Column = None


@dataclass(frozen=True)
class ClassFacts(Rows):
    """What is known of each class of a cloud, one array per column.

    Args:
        label: Its name.
        view: 0 for EMBEDDINGS, 1 for KEYS, where there are two.
        size: Its rows.
        tolerance: Mean cosine of its pairs; NaN for a single row. 1 is a collapsed class.
        effective_rank: Of its unit rows, centred; NaN where they are one point.
        hardest_class: The other class that is nearest by mean cosine.
        hardest_cosine: Mean cosine of a row of this class with a row of that one.
        r_precision: Mean of its rows' own; NaN where it was not asked for.
    """

    label: Column
    size: Column
    view: Column = None
    tolerance: Column = None
    effective_rank: Column = None
    hardest_class: Column = None
    hardest_cosine: Column = None
    r_precision: Column = None


@dataclass(frozen=True)
class MetricsResult:
    """The metrics of one cloud, or of two aligned ones.

    Args:
        metrics: By name, in the order of `METRICS`; behind those of EMBEDDINGS those of KEYS.
        skipped: Why the others are absent.
        n: Rows of a cloud.
        d: Dimensions.
        clouds: 1 or 2.
        positives: How the pairs were found; None where there are none.
        parameters: t, alpha, duplicate_threshold, neighbours, seed; sample where one was asked.
        precision: Working precision of the similarities.
        anchors: Rows that were drawn of each cloud; None for the exact metrics.
        samples: What is known of each row.
        worst: The rows that are listed, those that lie worst first.
        classes: What is known of each class; None without labels.
        inputs: What was read.
        warnings: What to beware of.
        dropped: What was left out because of rows that cannot be used; None for nothing. Numbers
            of rows are those of the files all the same.
    """

    metrics: dict[str, MetricValue]
    skipped: dict[str, str]
    n: int
    d: int
    clouds: int
    positives: Positives | None
    parameters: dict[str, Any]
    precision: str
    anchors: int | None
    samples: RowFacts
    worst: RowFacts
    classes: ClassFacts | None
    inputs: tuple[InputFile, ...]
    warnings: tuple[str, ...]
    dropped: Dropped | None = None
