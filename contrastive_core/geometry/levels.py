"""What a metric is for random directions, and for a space of one point."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..numerics import Float
from .spectrum import SingularValues

_TERMS = 500
"""Terms of a hypergeometric series at most."""

_NONE = 1e-12
"""Expected rows fewer than that are none."""

_NODES = 64
"""Of the quadrature of an arc: the integrand is smooth."""


@dataclass(frozen=True)
class Level:
    """A reference level, and where it comes from."""

    value: float | None = None
    source: str | None = None


NO_LEVEL = Level()


def closed(value: float, *, exact: bool = True) -> Level:
    """A level in closed form."""
    return Level(value, "closed form" if exact else "closed form, approximate")


def uniformity_level(d: int, t: float) -> float:
    """-2t + log 0F1(; d/2; t^2): log E exp(-t |z - z'|^2) of random directions.

    The series of 0F1 has positive terms; it is summed from its largest one, in logs.
    """
    k = np.arange(max(_TERMS, int(4 * t)))
    steps = 2 * math.log(t) - np.log((d / 2 + k[:-1]) * (k[:-1] + 1))
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    top = float(logs.max())
    return -2 * t + top + math.log(float(np.exp(logs - top).sum()))


def alignment_level(d: int, alpha: float) -> float:
    """E |z - z'|^alpha of random directions; in one dimension half of all pairs are opposite."""
    if d == 1:
        return float(2.0**alpha / 2)
    log = alpha * math.log(2) + math.lgamma((d - 1 + alpha) / 2) + math.lgamma(d - 1)
    return math.exp(log - math.lgamma((d - 1) / 2) - math.lgamma(d - 1 + alpha / 2))


def duplicates_level(n: int, d: int, threshold: float) -> float:
    """Expected rows among n random directions with another one at cosine > threshold."""
    expected = n * -math.expm1((n - 1) * math.log1p(-min(_cap(d, threshold), 1 - 1e-16)))
    return expected if expected > _NONE else 0.0


def _cap(d: int, threshold: float) -> float:
    """Share of the sphere within the angle arccos(threshold) of a point."""
    angle = math.acos(threshold)
    if d == 1:
        return 1.0 if threshold < -1 else 0.5 * (threshold < 1)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    upper = min(angle, math.pi - angle)
    arc = upper / 2 * float(weights @ np.sin(upper / 2 * (nodes + 1)) ** (d - 2))
    log_whole = 0.5 * math.log(math.pi) + math.lgamma((d - 1) / 2) - math.lgamma(d / 2)
    share = arc / math.exp(log_whole)
    return share if angle <= math.pi / 2 else 1.0 - share


def modality_gap_level(n: int, d: int) -> float:
    """E |mean z - mean z'| of two sets of n random directions, by the central limit theorem."""
    log = math.lgamma((d + 1) / 2) - math.lgamma(d / 2)
    return math.sqrt(2.0 / n) * math.sqrt(2.0 / d) * math.exp(log)


@dataclass(frozen=True)
class RetrievalLevels:
    """Retrieval from a random order of the neighbours: every order is equally likely."""

    precision_at_1: float
    r_precision: float
    map_at_r: float


def retrieval_levels(sizes: npt.NDArray[np.int64]) -> RetrievalLevels:
    """Expected over the rows of classes of these sizes, those alone in theirs left out.

    With N other rows, R of them of the class: E hit_i = R / N, and of a hit the earlier places
    hold (i - 1) (R - 1) / (N - 1) more in expectation.
    """
    kept = sizes[sizes > 1]
    others = int(sizes.sum()) - 1
    unique, counts = np.unique(kept, return_counts=True)
    weights = unique * counts / float(kept.sum())
    precisions = (unique - 1) / others
    maps = [_map_level(int(size) - 1, others) for size in unique]
    first = float(weights @ precisions)
    return RetrievalLevels(first, first, float(weights @ np.array(maps)))


def _map_level(r: int, others: int) -> float:
    """1/R sum_{i <= R} E hit_i * precision@i."""
    harmonic = float((1.0 / np.arange(1, r + 1)).sum())
    more = (r - 1) / (others - 1) if others > 1 else 0.0
    return 1.0 / others * (harmonic + more * (r - harmonic))


def random_spectrum(n: int, d: int, seed: int, *, centred: bool) -> SingularValues:
    """Singular values of n Gaussian rows of d numbers, by Bartlett's decomposition.

    The triangular factor of a Gaussian matrix has independent entries: chi on the diagonal,
    normal above. So a draw costs the cube of the smaller side, for any number of rows.
    """
    rows = n - 1 if centred else n
    small, large = min(rows, d), max(rows, d)
    draws = np.random.default_rng(seed)
    factor = np.triu(draws.standard_normal((small, small)), 1)
    np.fill_diagonal(factor, np.sqrt(draws.chisquare(large - np.arange(small))))
    values = np.sqrt(np.maximum(np.linalg.eigvalsh(factor @ factor.T)[::-1], 0.0))
    return SingularValues(values, values, n, d)


def random_directions(n: int, d: int, seed: int) -> Float:
    """n directions, uniform on the sphere."""
    rows = np.random.default_rng(seed).standard_normal((n, d))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))
