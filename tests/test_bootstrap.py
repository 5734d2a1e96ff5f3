"""Intervals by resampling: against a plain loop, and where the answer is known."""

import math

import numpy as np
import pytest

from contrastive_core import bootstrap
from contrastive_core.bootstrap import ratio_interval


def by_loops(top: list[float], bottom: list[float], seed: int) -> list[float]:
    """The ratios of the thousand resamples, one draw after the other."""
    draws = np.random.default_rng((seed, 1000))
    found = []
    for _ in range(1000):
        chosen = [int(draws.integers(len(top))) for _ in top]
        whole = sum(bottom[i] for i in chosen)
        if whole:
            found.append(math.fsum(top[i] for i in chosen) / whole)
    return found


def percentile(values: list[float], share: float) -> float:
    """Linear interpolation between the two nearest of the sorted values."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def weighted(n: int = 23) -> tuple[list[float], list[float]]:
    draws = np.random.default_rng(3)
    bottom = draws.integers(0, 9, n).astype(float)
    return (bottom * draws.normal(size=n)).tolist(), bottom.tolist()


@pytest.mark.parametrize("seed", [0, 7])
def test_the_interval_is_that_of_a_plain_loop(seed: int) -> None:
    top, bottom = weighted()
    ratios = by_loops(top, bottom, seed)
    low, high = ratio_interval(top, bottom, seed=seed)
    assert low == pytest.approx(percentile(ratios, 0.025), rel=1e-12)
    assert high == pytest.approx(percentile(ratios, 0.975), rel=1e-12)
    assert low < math.fsum(top) / sum(bottom) < high


def test_the_size_of_a_block_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    top, bottom = weighted()
    whole = ratio_interval(top, bottom, seed=1)
    for draws in (1, 100, 10**4):
        monkeypatch.setattr(bootstrap, "_DRAWS", draws)
        assert ratio_interval(top, bottom, seed=1) == whole


def test_one_number_may_stand_for_all_denominators() -> None:
    top, _ = weighted()
    assert ratio_interval(top, 2.0, seed=0) == ratio_interval(top, [2.0] * len(top), seed=0)


def test_a_transform_is_applied_to_every_resample() -> None:
    top = [1.0, 2.0, 4.0, 8.0, 16.0]
    ratios = [math.log(ratio) for ratio in by_loops(top, [1.0] * 5, 0)]
    low, high = ratio_interval(top, 1.0, seed=0, transform=np.log)
    assert low == pytest.approx(percentile(ratios, 0.025), rel=1e-12)
    assert high == pytest.approx(percentile(ratios, 0.975), rel=1e-12)


def test_equal_values_have_no_spread() -> None:
    assert ratio_interval([0.6] * 40, 2.0, seed=0) == pytest.approx((0.3, 0.3), rel=1e-12)
    assert ratio_interval([0.6], [2.0], seed=0) == pytest.approx((0.3, 0.3), rel=1e-12)


def test_resamples_without_a_denominator_are_left_out() -> None:
    assert ratio_interval([0.0, 3.0], [0.0, 4.0], seed=0) == (0.75, 0.75)
    low, high = ratio_interval([0.0, 0.0], [0.0, 0.0], seed=0)
    assert math.isnan(low)
    assert math.isnan(high)


def test_another_seed_is_another_interval() -> None:
    top, bottom = weighted()
    assert ratio_interval(top, bottom, seed=0) != ratio_interval(top, bottom, seed=1)


def test_nineteen_of_twenty_intervals_cover_the_mean() -> None:
    """Means of 200 exponential draws, whose mean is 1; 400 of them, so give or take 5 %."""
    draws = np.random.default_rng(0)
    covered = 0
    for seed in range(400):
        low, high = ratio_interval(draws.exponential(size=200), 1.0, seed=seed)
        covered += low < 1.0 < high
    assert 0.91 < covered / 400 < 0.98
