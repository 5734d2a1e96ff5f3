"""The data of the metrics' tests, and the two that are asked about them: the core, the textbook."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import textbook_metrics
from golden import EXACT, circle

import contrastive_core as cc
from contrastive_core.geometry.result import MetricsResult

Array = npt.NDArray[Any]
Values = dict[str, float]

SAMPLE_DATA = Path(__file__).parent.parent / "sample_data"

M = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0], [1.0, 1.0, 1.0]])
M_LABELS = [0, 1, 0, 1]
K2 = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [1.0, 0.0, 2.0], [0.0, 2.0, 1.0]])
X8 = circle(0, 12, 25, 47, 61, 80, 93, 140)
X8_LABELS = [0, 0, 0, 1, 0, 1, 1, 2]
TWELVE = circle(0, 5, 12, 21, 33, 48, 66, 87, 111, 138, 168, 201)


def axes(length: Callable[[int], float], n: int = 120) -> Array:
    """Two opposite rows on each of n axes."""
    one_side = np.diag([length(k) for k in range(1, n + 1)])
    return np.concatenate([one_side, -one_side])


def cloud(n: int, d: int, seed: int) -> Array:
    """Rows without symmetry: a mean, a scale per dimension, a length per row."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, d)) * rng.uniform(0.3, 2.0, size=d) + rng.normal(size=d) / 3
    return np.asarray(rows * rng.uniform(0.5, 2.0, size=(n, 1)))


def beside(rows: Array, seed: int) -> Array:
    """Keys that lie near their rows, with lengths of their own."""
    rng = np.random.default_rng(seed)
    moved = rows + 0.7 * rng.normal(size=rows.shape)
    return np.asarray(moved * rng.uniform(0.5, 2.0, size=(len(rows), 1)))


def sphere(n: int, d: int, seed: int) -> Array:
    """Directions uniform on the sphere."""
    rows = np.random.default_rng(seed).normal(size=(n, d))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def sample_file(name: str) -> Array:
    return np.asarray(np.load(SAMPLE_DATA / f"{name}.npy"))


def measured(*clouds: Array, **how: Any) -> MetricsResult:
    """What the core says in float64, unless other resources are given."""
    return cc.metrics(*clouds, **{"resources": EXACT, **how})


def values(found: MetricsResult) -> Values:
    return {name: metric.value for name, metric in found.metrics.items()}


def by_core(*clouds: Array, **how: Any) -> Values:
    return values(measured(*clouds, **how))


def by_textbook(*clouds: Array, **how: Any) -> Values:
    return textbook_metrics.metrics(*clouds, **how)


BOTH = [by_textbook, by_core]


def undefined(found: MetricsResult, name: str) -> str:
    """The reason why a metric has no value."""
    metric = found.metrics[name]
    assert math.isnan(metric.value)
    assert metric.reason
    return metric.reason
