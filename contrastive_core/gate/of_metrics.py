"""What is known of metrics once they were measured.

A row carries a metric by its own value:

    alignment       the alignment of its pair
    uniformity      how crowded it is where it lies
    duplicates      its largest cosine, where that is above the threshold, with the twin
    hubness         in how many lists of neighbours it is
    recall_at_1     the rank of its key
    precision_at_1, r_precision, map_at_r    its own precision
    norm_mean       its length; norm_std how far that is from the mean

No row carries what describes the whole set: the spectrum, mean_cosine, tolerance, modality_gap.
Nor does one carry that there are too few duplicates or hubs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..evaluation import Ratio
from ..geometry.declarations import KEYS_SUFFIX
from ..geometry.result import MetricsResult, RowFacts
from .catalogue import better_of, dependence_of
from .measured import PAIRWISE, Measured, Worst, positives_of
from .rows_of import HIGHEST, first_by, no_rows, plain_rows
from .rules import Figure

Keys = npt.NDArray[Any]


@dataclass(frozen=True)
class _Carrier:
    """The column by which rows carry a metric.

    Args:
        column: Its name.
        flipped: Whether a high metric comes of low values in the column.
        high_only: Whether rows carry a high metric alone.
        beside: Columns that are told too.
    """

    column: str
    flipped: bool = False
    high_only: bool = False
    beside: tuple[str, ...] = ()


_CARRIERS = {
    "alignment": _Carrier("alignment"),
    "uniformity": _Carrier("uniformity"),
    "duplicates": _Carrier("nearest_cosine", high_only=True, beside=("nearest",)),
    "hubness": _Carrier("occurrences", high_only=True),
    "recall_at_1": _Carrier("rank", flipped=True),
    "precision_at_1": _Carrier("precision_at_1", beside=("nearest", "nearest_cosine")),
    "r_precision": _Carrier("r_precision"),
    "map_at_r": _Carrier("average_precision"),
    "norm_mean": _Carrier("norm"),
    "norm_std": _Carrier("norm"),
}

_PAIRED = ("alignment", "recall_at_1")
"""Metrics of positive pairs."""


def measured_of_metric(figure: Figure, result: MetricsResult) -> Measured:
    """A metric of one input."""
    found = result.metrics[figure.name]
    own = figure.name.removesuffix(KEYS_SUFFIX)
    return Measured(
        figure=figure,
        value=float(found.value),
        reason=found.reason,
        better=better_of(figure),
        n=found.n,
        samples=result.n,
        d=result.d,
        precision=result.precision,
        convention=None,
        parameters=dict(found.parameters),
        ratios=() if found.terms is None else (Ratio(found.terms),),
        transform=found.transform,
        worst=_worst(own, figure, result),
        counts=dependence_of(figure).counts,
        sigma_factor=PAIRWISE if own == "uniformity" else 1.0,
        positives=positives_of(result.positives) if own in _PAIRED else None,
    )


def _worst(name: str, figure: Figure, result: MetricsResult) -> Worst:
    """What lists the rows that carry a metric."""
    carrier = _CARRIERS.get(name)
    values = None if carrier is None else getattr(result.samples, carrier.column)
    if carrier is None or values is None:
        return no_rows
    second = figure.name.endswith(KEYS_SUFFIX)
    return _listing(name, carrier, result, np.asarray(values, np.float64), second)


def _listing(
    name: str, carrier: _Carrier, result: MetricsResult, values: Keys, second: bool
) -> Callable[[int, str], tuple[dict[str, Any], ...]]:
    samples = result.samples

    def listed(count: int, direction: str) -> tuple[dict[str, Any], ...]:
        high = (direction == HIGHEST) != carrier.flipped
        if carrier.high_only and direction != HIGHEST:
            return ()
        kept = _of_cloud(samples, second)
        if name == "duplicates":
            kept &= values > result.metrics[_named(name, second)].parameters["duplicate_threshold"]
        elif name == "norm_std":
            gaps = np.abs(values - values[kept].mean())
            return _told(samples, carrier, first_by([gaps if high else -gaps], kept, count))
        return _told(samples, carrier, first_by([values if high else -values], kept, count))

    return listed


def _named(name: str, second: bool) -> str:
    return name + KEYS_SUFFIX if second else name


def _of_cloud(samples: RowFacts, second: bool) -> npt.NDArray[np.bool_]:
    """The rows of the cloud that a metric is of."""
    if samples.view is None:
        return np.ones(len(samples), bool)
    return np.asarray(samples.view == int(second))


def _told(samples: RowFacts, carrier: _Carrier, places: Any) -> tuple[dict[str, Any], ...]:
    columns = ("index", "view", "label", carrier.column, *carrier.beside)
    return plain_rows(samples, places, columns)
