"""Each metric as a function of what is known of a cloud, or of two aligned ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..numerics import Float, log_sum_exp
from .classes import ClassSums
from .settings import NEIGHBOURS, Settings
from .spectrum import SingularValues
from .walks import CloudFacts, occurrences, skewness

ONE_POINT = 1.0 - 1e-6
"""A mean cosine above this: all rows are one direction, as far as float32 can tell."""

LEAST_OF_HUBNESS = NEIGHBOURS + 2
"""Rows that hubness needs: with fewer, everybody is in everybody's list."""


@dataclass(frozen=True, eq=False)
class Cloud:
    """What is known of one cloud.

    Args:
        n: Rows.
        d: Dimensions.
        norms: Their lengths as stored, shape (n,).
        total: Sum of the unit rows, shape (d,).
        squares: Sum of their squared lengths: n, up to rounding.
        spectrum: Singular values of the rows as stored; None if not asked.
        walk: What pairs of rows came to.
        classes: Sums of each class; None without labels.
    """

    n: int
    d: int
    norms: Float
    total: Float
    squares: float
    spectrum: SingularValues | None
    walk: CloudFacts
    classes: ClassSums | None

    @property
    def mean_cosine(self) -> float:
        """Mean z_i . z_j over pairs of different rows; NaN for one row."""
        pairs = self.n * (self.n - 1)
        return (float(self.total @ self.total) - self.squares) / pairs if pairs else math.nan


@dataclass(frozen=True, eq=False)
class Aligned:
    """What is known of two clouds, or of listed pairs.

    Args:
        distances: |z_i - z'_i| of the positives; None if not asked.
        ranks: Of each row's key; None if not asked.
        clouds: Both clouds; one where pairs are listed.
    """

    distances: Float | None
    ranks: Any
    clouds: tuple[Cloud, ...]


@dataclass(frozen=True, eq=False)
class Found:
    """A value, or why there is none.

    Args:
        value: NaN where it is undefined.
        reason: Why.
        n: What it is a mean over.
        left_out: Rows that are not in it.
        terms: Of each row, so that their mean, transformed, is the value.
        transform: Of the mean of terms; None for the mean itself.
    """

    value: float
    reason: str | None = None
    n: int | None = None
    left_out: int | None = None
    terms: Float | None = None
    transform: Callable[[Float], Float] | None = None


def undefined(reason: str) -> Found:
    """No value."""
    return Found(math.nan, reason)


_ONE_ROW = "needs two rows"
_NO_VARIANCE = "all rows are one point, up to the rounding of the stored type"


def _uniformity(cloud: Cloud) -> Found:
    potentials = cloud.walk.potentials
    if potentials is None or cloud.n < 2:
        return undefined(_ONE_ROW)
    top = float(potentials.max())
    value = float(log_sum_exp(potentials)) - math.log(len(potentials))
    pairs = cloud.n * (cloud.n - 1) // 2
    return Found(
        value, n=pairs, terms=np.exp(potentials - top), transform=lambda x: np.log(x) + top
    )


def _mean_cosine(cloud: Cloud) -> Found:
    if cloud.n < 2:
        return undefined(_ONE_ROW)
    return Found(cloud.mean_cosine, n=cloud.n * (cloud.n - 1) // 2)


def _tolerance(cloud: Cloud) -> Found:
    if cloud.classes is None or not cloud.classes.pairs.any():
        return undefined("no two rows have the same label")
    return Found(cloud.classes.tolerance(), n=int(cloud.classes.pairs.sum()) // 2)


def _spectral(name: str) -> Callable[[Cloud], Found]:
    """A metric of the singular values, centred or not."""

    def value(cloud: Cloud) -> Found:
        spectrum = cloud.spectrum
        if spectrum is None or not spectrum.plain.any():
            return undefined(_NO_VARIANCE)
        if name not in ("rankme", "stable_rank"):
            if cloud.n < 2:
                return undefined(_ONE_ROW)
            if not spectrum.spread:
                return undefined(_NO_VARIANCE)
        if name == "iso_score" and cloud.d < 2:
            return undefined("needs two dimensions")
        found = float(getattr(spectrum, name)())
        if math.isnan(found):
            positive = int(np.count_nonzero(spectrum.variances))
            return undefined(
                f"needs 20 positive eigenvalues of the covariance, there are {positive}"
            )
        return Found(found)

    return value


def _hubness(cloud: Cloud) -> Found:
    if cloud.n < LEAST_OF_HUBNESS:
        return undefined(f"needs {LEAST_OF_HUBNESS} rows, there are {cloud.n}")
    value = skewness(occurrences(cloud.walk.neighbours, cloud.n))
    if math.isnan(value):
        return undefined("every row is in equally many lists of neighbours")
    return Found(value, n=cloud.n)


def _norm(of: Callable[[Float], Any]) -> Callable[[Cloud], Found]:
    """A mean of the lengths, as shares of the largest: squares of any length are in range then."""

    def value(cloud: Cloud) -> Found:
        longest = float(cloud.norms.max())
        return Found(longest * float(of(cloud.norms / longest)), n=cloud.n)

    return value


def _precision(name: str) -> Callable[[Cloud], Found]:
    """The mean of a precision over the rows that have one."""

    def value(cloud: Cloud) -> Found:
        if cloud.walk.retrieved is None:
            return undefined("needs labels")
        terms = getattr(cloud.walk.retrieved, name)
        defined = terms[~np.isnan(terms)]
        left_out = len(terms) - len(defined)
        if not len(defined):
            return Found(math.nan, "no two rows have the same label", 0, left_out)
        return Found(float(defined.mean()), None, len(defined), left_out, defined)

    return value


def duplicates(cloud: Cloud, settings: Settings) -> Found:
    """Rows whose largest cosine with another row is above the threshold."""
    if cloud.walk.twin is None or cloud.n < 2:
        return Found(0.0, n=cloud.n)
    twins = np.count_nonzero(cloud.walk.twin > settings.duplicate_threshold)
    return Found(float(twins), n=cloud.n)


OF_CLOUDS: dict[str, Callable[[Cloud], Found]] = {
    "uniformity": _uniformity,
    "mean_cosine": _mean_cosine,
    "tolerance": _tolerance,
    **{
        name: _spectral(name)
        for name in (
            "effective_rank",
            "rankme",
            "participation_ratio",
            "stable_rank",
            "alpha_req",
            "iso_score",
        )
    },
    "hubness": _hubness,
    "norm_mean": _norm(np.mean),
    "norm_std": _norm(np.std),
    "precision_at_1": _precision("first"),
    "r_precision": _precision("r_precision"),
    "map_at_r": _precision("average_precision"),
}
"""Metrics of one cloud; `duplicates` depends on the settings too."""


def alignment(pairs: Aligned, settings: Settings) -> Found:
    """mean |z_i - z'_i|^alpha."""
    if pairs.distances is None:
        return undefined("needs positives")
    terms = pairs.distances**settings.alpha
    return Found(float(terms.mean()), n=len(terms), terms=terms)


def recall_at_1(pairs: Aligned) -> Found:
    """Share of the rows whose key has rank 1."""
    hits = np.asarray(pairs.ranks == 1, np.float64)
    return Found(float(hits.mean()), n=len(hits), terms=hits)


def modality_gap(pairs: Aligned) -> Found:
    """|mean z - mean z'|."""
    first, second = (cloud.total / cloud.n for cloud in pairs.clouds)
    return Found(float(np.linalg.norm(first - second)), n=pairs.clouds[0].n)
