"""The textbook over whole matrices in float64, for small N: every line has its number from here.

It shares no code with the library and needs nothing but NumPy, so that the guard in CI has what to
hold ours against.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from .data import classes, clustered, two_files, two_views
from .outcomes import Outcome, Prepare, Ready

Float = npt.NDArray[np.float64]

NAME = "textbook"

MOST = 1024
"""Rows beyond which it takes no part."""


def _cosines(x: Any, y: Any) -> Float:
    left, right = (np.asarray(rows, np.float64) for rows in (x, y))
    lengths = np.linalg.norm(left, axis=1)[:, None] * np.linalg.norm(right, axis=1)
    return np.asarray(left @ right.T / lengths)


def _log_softmax(logits: Float) -> Float:
    return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)))


def _others(scores: Float) -> Float:
    """Without each row itself."""
    return np.asarray(np.where(np.eye(len(scores), dtype=bool), -np.inf, scores))


def _ready(values: Callable[[], Mapping[str, float]], nbytes: int) -> Ready:
    return Ready(lambda: Outcome(values()), nbytes)


def nt_xent(tau: float) -> Prepare:
    """Chen et al. 2020, eq. 1."""

    def prepare(n: int, d: int) -> Ready:
        x = two_views(n, d)
        partner = (np.arange(n) + n // 2) % n

        def values() -> dict[str, float]:
            shares = _log_softmax(_others(_cosines(x, x)) / tau)
            return {"value": -float(shares[np.arange(n), partner].mean())}

        return _ready(values, x.nbytes)

    return prepare


def both_ways(tau: float) -> Prepare:
    """van den Oord et al. 2018, eq. 4, in both directions."""

    def prepare(n: int, d: int) -> Ready:
        x, y = two_files(n, d)

        def values() -> dict[str, float]:
            logits = _cosines(x, y) / tau
            there, back = (np.diag(_log_softmax(each)) for each in (logits, logits.T))
            return {"value": -float((there.mean() + back.mean()) / 2)}

        return _ready(values, x.nbytes + y.nbytes)

    return prepare


def supcon(tau: float) -> Prepare:
    """Khosla et al. 2020, eq. 2."""

    def prepare(n: int, d: int) -> Ready:
        x, labels = two_views(n, d), classes(n)

        def values() -> dict[str, float]:
            shares = _log_softmax(_others(_cosines(x, x)) / tau)
            alike = (labels[:, None] == labels) & ~np.eye(n, dtype=bool)
            of_row = np.where(alike, shares, 0.0).sum(axis=1) / alike.sum(axis=1)
            return {"value": -float(of_row.mean())}

        return _ready(values, x.nbytes)

    return prepare


def uniformity(n: int, d: int) -> Ready:
    """Wang & Isola 2020, eq. 4, t = 2."""
    x = two_views(n, d)

    def values() -> dict[str, float]:
        above = _cosines(x, x)[np.triu_indices(n, 1)]
        return {"value": float(np.log(np.exp(-2 * (2 - 2 * above)).mean()))}

    return _ready(values, x.nbytes)


def triplets(margin: float) -> Prepare:
    """Schroff et al. 2015, eq. 3, anchor by anchor."""

    def prepare(n: int, d: int) -> Ready:
        x, labels = clustered(n, d)

        def values() -> dict[str, float]:
            far = 2 - 2 * _cosines(x, x)
            total, counts = 0.0, {"hard": 0.0, "semi_hard": 0.0, "easy": 0.0}
            for a in range(n):
                own = np.flatnonzero((labels == labels[a]) & (np.arange(n) != a))
                gap = far[a, own][:, None] - far[a, labels != labels[a]]
                total += float(np.maximum(gap + margin, 0).sum())
                counts["hard"] += float((gap >= 0).sum())
                counts["semi_hard"] += float(((gap < 0) & (gap + margin > 0)).sum())
                counts["easy"] += float((gap + margin <= 0).sum())
            active = counts["hard"] + counts["semi_hard"]
            every = active + counts["easy"]
            return {"mean": total / every, "mean_active": total / active, **counts}

        return _ready(values, x.nbytes)

    return prepare
