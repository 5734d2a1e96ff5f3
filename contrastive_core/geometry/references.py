"""The levels beside a value: what random directions have, and what a space of one point has."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..plan import Asking, Request
from ..prepared import InMemory, Prepared
from ..standing import KEPT, Meeting
from ..tables import Span, Table
from .levels import (
    NO_LEVEL,
    Level,
    alignment_level,
    closed,
    duplicates_level,
    modality_gap_level,
    random_directions,
    random_spectrum,
    retrieval_levels,
    uniformity_level,
)
from .settings import NEIGHBOURS, Settings
from .values import LEAST_OF_HUBNESS, Cloud
from .walks import ITSELF, best_of, nearest_of, occurrences, skewness

_SIMULATED_ROWS, _SIMULATED_NUMBERS = 4096, 2**22
"""A simulation of neighbours has at most so many rows, and so many numbers in all."""


def random_level(name: str, cloud: Cloud, settings: Settings) -> Asking[Level]:
    """The value of a metric for directions that are uniform on the sphere.

    Args:
        name: Of the metric, without a suffix.
        cloud: How many rows and dimensions, and which classes.
        settings: t, alpha, the threshold, the seed.
    """
    n, d = cloud.n, cloud.d
    if name in ("precision_at_1", "r_precision", "map_at_r"):
        if cloud.classes is None or not cloud.classes.pairs.any():
            return NO_LEVEL
        return closed(getattr(retrieval_levels(cloud.classes.sizes), name))
    if name == "hubness":
        if n < LEAST_OF_HUBNESS:
            return NO_LEVEL
        return (yield from _hubness(n, d, int(settings.seed)))
    if name in ("effective_rank", "rankme", "alpha_req"):
        return _spectral(name, n, d, int(settings.seed))
    level = _CLOSED.get(name)
    if level is None or n < 2:
        return NO_LEVEL
    value = level(n, d, settings)
    return NO_LEVEL if math.isnan(value) else closed(value, exact=name not in _APPROXIMATE)


_CLOSED: dict[str, Callable[[int, int, Settings], float]] = {
    "alignment": lambda _n, d, s: alignment_level(d, s.alpha),
    "uniformity": lambda _n, d, s: uniformity_level(d, s.t),
    "mean_cosine": lambda _n, _d, _s: 0.0,
    "tolerance": lambda _n, _d, _s: 0.0,
    "participation_ratio": lambda n, d, _s: n * d / (n + d - 1),
    "stable_rank": lambda n, d, _s: max(1.0, d / (1 + math.sqrt(d / n)) ** 2),
    "iso_score": lambda n, d, _s: (n * d / (n + d - 1) - 1) / (d - 1) if d > 1 else math.nan,
    "duplicates": lambda n, d, s: duplicates_level(n, d, s.duplicate_threshold),
    "recall_at_1": lambda n, _d, _s: 1.0 / n,
    "modality_gap": lambda n, d, _s: modality_gap_level(n, d),
}


_APPROXIMATE = ("participation_ratio", "stable_rank", "iso_score", "modality_gap")
"""Levels that are right for many rows."""


def _spectral(name: str, n: int, d: int, seed: int) -> Level:
    """Of Gaussian rows, whose directions are uniform."""
    centred = name != "rankme"
    if n - centred < 1:
        return NO_LEVEL
    value = float(getattr(random_spectrum(n, d, seed, centred=centred), name)())
    if math.isnan(value):
        return NO_LEVEL
    return Level(value, f"simulation of {n} Gaussian rows, seed {seed}")


def _hubness(n: int, d: int, seed: int) -> Asking[Level]:
    """Of as many directions, or of some thousands."""
    rows = max(LEAST_OF_HUBNESS, min(n, _SIMULATED_ROWS, _SIMULATED_NUMBERS // d))
    if (rows, d, seed) not in _simulated:
        _simulated[rows, d, seed] = yield from _simulation(rows, d, seed)
    value = _simulated[rows, d, seed]
    if math.isnan(value):
        return NO_LEVEL
    return Level(value, f"simulation of {rows} directions, seed {seed}")


_simulated: dict[tuple[int, int, int], float] = {}
"""Simulations that were done: two clouds have one level."""


def _simulation(rows: int, d: int, seed: int) -> Asking[float]:
    """Skewness of the neighbours of random directions."""
    directions = random_directions(rows, d, seed).astype(np.float32)
    store = InMemory((rows, d), directions.dtype)
    store.write(0, directions)
    span = Span(Prepared(store, np.ones(rows), d, True, directions.dtype), 0, rows)
    ask = best_of(span.data, NEIGHBOURS + KEPT, rows)
    ((best,),) = yield [Request(Table(span, span, ITSELF), (ask,))]
    meeting = Meeting(ITSELF, span, np.arange(rows), span)
    found = yield from nearest_of(meeting, best, NEIGHBOURS)
    return skewness(occurrences(found, rows))


def collapsed_level(name: str, cloud: Cloud) -> float | None:
    """The value of a metric where all embeddings are equal; None where it is undefined then."""
    levels = {
        "alignment": 0.0,
        "uniformity": 0.0,
        "mean_cosine": 1.0,
        "tolerance": 1.0,
        "rankme": 1.0,
        "stable_rank": 1.0,
        "duplicates": float(cloud.n),
        "recall_at_1": 1.0 / cloud.n,
        "modality_gap": 0.0,
    }
    return levels.get(name) if cloud.n > 1 else None
