"""Intervals and standard errors of values taken from a sample: resampling its members."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from .numerics import Float

RESAMPLES = 1000
"""Resamples of a bootstrap."""

COVERED = 0.95
"""Share of the resampled values that lie inside an interval."""

_DRAWS = 2**20
"""Indices drawn at a time: 8 MiB of them, and as much for each of the two sums."""


def ratio_interval(
    numerators: npt.ArrayLike,
    denominators: npt.ArrayLike,
    *,
    seed: int,
    transform: Callable[[Float], Float] | None = None,
) -> tuple[float, float]:
    """Percentile interval of sum_i a_i / sum_i b_i, bootstrapped over i.

        r_k = f(sum_{i in S_k} a_i / sum_{i in S_k} b_i),  S_k: n draws with replacement

    and the interval is from the 2.5th to the 97.5th percentile of r_1 .. r_1000, by linear
    interpolation. A mean over anchors has b_i = 1; a mean over the triplets of anchors has b_i =
    the triplets of anchor i, and a_i the sum of their losses.

    Args:
        numerators: a, one number per anchor drawn, shape (n,), n >= 1.
        denominators: b, shape (n,), or one number for all; none is negative.
        seed: Of the resamples. They are drawn from a stream of their own: the same seed may have
            drawn the anchors.
        transform: f, of an array of ratios, such as `np.log`; None for the ratio itself.

    Returns:
        The lower and the upper end. A resample whose b sum to 0 has no ratio and is left out;
        NaN and NaN where no resample has one.

    Source:
        Efron 1979, Bootstrap Methods: Another Look at the Jackknife; percentile method.
    """
    top = np.asarray(numerators, np.float64)
    bottom = np.broadcast_to(np.asarray(denominators, np.float64), top.shape)
    draws = np.random.default_rng((seed, RESAMPLES))
    ratios = _resampled(top[None], bottom[None], draws, float("nan"))
    if not len(ratios):
        return float("nan"), float("nan")
    values = ratios if transform is None else transform(ratios)
    outside = (1.0 - COVERED) / 2.0
    low, high = np.quantile(values, [outside, 1.0 - outside])
    return float(low), float(high)


def standard_error(
    numerators: npt.ArrayLike,
    denominators: npt.ArrayLike = 1.0,
    *,
    seed: int,
    transform: Callable[[Float], Float] | None = None,
    empty: float = float("nan"),
) -> float:
    """Bootstrap standard error of f(sum_k sum_i a_ki / sum_i b_ki): the spread of r_1 .. r_1000.

    The resamples are those of `ratio_interval`. It is the spread of the value over samples of this
    size where the members are independent of each other.

    Args:
        numerators: a, one number per member, shape (n,), n >= 1; (k, n) for a sum of k ratios.
        denominators: b, of the same shape, or one number for all; none is negative.
        seed: Of the resamples.
        transform: f, of an array of ratios; None for the ratio itself.
        empty: The ratio where all b of a resample are 0; NaN leaves the resample out.

    Returns:
        The standard deviation; NaN where fewer than two members leave nothing to resample, or
        where fewer than two resamples have a finite value.

    Source:
        Efron 1979, Bootstrap Methods: Another Look at the Jackknife.
    """
    top = np.asarray(numerators, np.float64)
    bottom = np.broadcast_to(np.asarray(denominators, np.float64), top.shape)
    if top.shape[-1] < 2:
        return float("nan")
    draws = np.random.default_rng((seed, RESAMPLES))
    ratios = _resampled(np.atleast_2d(top), np.atleast_2d(bottom), draws, empty)
    with np.errstate(divide="ignore"):  # the log of a resample of zeros, which is left out
        values = ratios if transform is None else transform(ratios)
    finite = values[np.isfinite(values)]
    return float(np.std(finite, ddof=1)) if len(finite) > 1 else float("nan")


def _resampled(tops: Float, bottoms: Float, draws: np.random.Generator, empty: float) -> Float:
    """The sum of the ratios of every resample that has them, a block of resamples at a time."""
    n = tops.shape[1]
    block = max(1, _DRAWS // n)
    ratios = np.zeros(RESAMPLES)
    for start in range(0, RESAMPLES, block):
        stop = min(start + block, RESAMPLES)
        chosen = draws.integers(n, size=(stop - start, n))
        for top, bottom in zip(tops, bottoms, strict=True):
            sums = bottom[chosen].sum(axis=1)
            some = sums > 0
            ratios[start:stop][some] += top[chosen].sum(axis=1)[some] / sums[some]
            ratios[start:stop][~some] += empty
    return np.asarray(ratios[~np.isnan(ratios)])
