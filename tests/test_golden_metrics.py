"""Golden values of the metrics: the textbook meets them, and so does the core."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import textbook_metrics
from golden import A, B
from metric_data import (
    BOTH,
    K2,
    M_LABELS,
    TWELVE,
    X8,
    X8_LABELS,
    M,
    Values,
    axes,
    measured,
    sphere,
    undefined,
)

from contrastive_core.geometry.declarations import METRICS

Compute = Callable[..., Values]

both = pytest.mark.parametrize("compute", BOTH)


def near(value: float) -> Any:
    return pytest.approx(value, rel=1e-12, abs=1e-12)


@both
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rankme", 2.82203297922569),
        ("effective_rank", 2.20012155862856),
        ("participation_ratio", 1.79882525697504),
        ("stable_rank", 1.52574549921235),
        ("iso_score", 0.399412628487518),
        ("recall_at_1", 0.75),
        ("modality_gap", 0.232040259252306),
        ("tolerance", 0.565148371670111),
        ("mean_cosine", 0.564432810501623),
        ("uniformity", -1.4557972350258),
        ("alignment", 0.291146420854043),
        ("norm_mean", 2.34161610568421),
        ("norm_std", 0.516559787053076),
        ("duplicates", 0.0),
    ],
)
def test_of_m_and_k2(compute: Compute, name: str, expected: float) -> None:
    assert compute(M, K2, labels=M_LABELS)[name] == near(expected)


@both
@pytest.mark.parametrize(
    ("t", "expected"),
    [(1, -1.5873744504619842), (2, -2.395538395184251), (3, -3.005002745021111)],
)
def test_uniformity_is_that_of_the_losses(compute: Compute, t: float, expected: float) -> None:
    assert compute(A, t=t)["uniformity"] == near(expected)
    assert compute(B, A, t=t)["uniformity.keys"] == near(expected)


@both
@pytest.mark.parametrize(("alpha", "expected"), [(2, 0.1434733706635845), (1, 0.32420661015901775)])
def test_alignment_is_that_of_the_losses(compute: Compute, alpha: float, expected: float) -> None:
    assert compute(A, B, alpha=alpha)["alignment"] == near(expected)


@both
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("precision_at_1", 5 / 7),
        ("r_precision", 3 / 7),
        ("map_at_r", 26 / 63),
        ("tolerance", 0.812934455484127),
    ],
)
def test_of_x8(compute: Compute, name: str, expected: float) -> None:
    assert compute(X8, labels=X8_LABELS)[name] == near(expected)


@both
def test_hubness_of_twelve_points_on_the_circle(compute: Compute) -> None:
    assert compute(TWELVE)["hubness"] == near(-2.25)


def test_lists_of_neighbours_of_twelve_points_on_the_circle() -> None:
    counts = [8, 11, 11, 10, 11, 11, 11, 11, 11, 11, 10, 4]
    assert textbook_metrics.occurrences(TWELVE.tolist()) == counts
    found = measured(TWELVE).samples.occurrences
    assert found is not None
    assert found.tolist() == counts


@pytest.mark.parametrize(
    ("length", "expected"),
    [(lambda k: math.sqrt(1 / (k + 5)), 0.856130834131892), (lambda k: k**-0.75, 1.5)],
)
def test_decay_of_rows_on_axes(length: Callable[[int], float], expected: float) -> None:
    rows = axes(length)
    assert textbook_metrics.alpha_req(rows) == near(expected)
    assert measured(rows, metrics=("alpha_req",)).metrics["alpha_req"].value == near(expected)


@pytest.mark.parametrize("turned", [False, True])
def test_decay_of_a_spectrum_of_twelve_decades(turned: bool) -> None:
    """Singular values 1/2, 1/4, ... down to 1e-12 of the largest; rounding is 1e-16 of it."""
    rows = axes(lambda k: 0.5**k, n=40)
    expected = textbook_metrics.alpha_req(rows)
    if turned:
        rows = rows @ np.linalg.qr(np.random.default_rng(5).normal(size=(40, 40)))[0]
    found = measured(rows, metrics=("alpha_req",)).metrics["alpha_req"].value
    assert found == pytest.approx(expected, rel=1e-3 if turned else 1e-12)


@both
def test_decay_of_a_short_spectrum_is_undefined(compute: Compute) -> None:
    assert math.isnan(compute(M)["alpha_req"])


def test_decay_needs_twenty_positive_eigenvalues() -> None:
    assert "20" in undefined(measured(M), "alpha_req")
    nineteen, twenty = axes(lambda k: 1 / k, n=19), axes(lambda k: 1 / k, n=20)
    assert "20" in undefined(measured(nineteen), "alpha_req")
    assert math.isnan(textbook_metrics.alpha_req(nineteen))
    assert textbook_metrics.alpha_req(twenty) == near(2.0)
    assert measured(twenty).metrics["alpha_req"].value == near(2.0)


def test_hubness_needs_twelve_rows() -> None:
    assert "12" in undefined(measured(M), "hubness")
    assert "12" in undefined(measured(TWELVE[:11]), "hubness")


# What is there, and what is skipped.

OF_ONE_CLOUD = [
    "uniformity",
    "mean_cosine",
    "effective_rank",
    "rankme",
    "participation_ratio",
    "stable_rank",
    "alpha_req",
    "iso_score",
    "hubness",
    "duplicates",
    "norm_mean",
    "norm_std",
]
OF_LABELS = ["tolerance", "precision_at_1", "r_precision", "map_at_r"]
OF_TWO_CLOUDS = ["alignment", "recall_at_1", "modality_gap"]


def test_the_declared_metrics_are_those_of_the_contract() -> None:
    assert set(METRICS) == {*OF_ONE_CLOUD, *OF_LABELS, *OF_TWO_CLOUDS}


def test_one_cloud_skips_what_needs_labels_or_keys() -> None:
    found = measured(M)
    assert set(found.metrics) == set(OF_ONE_CLOUD)
    assert set(found.skipped) == {*OF_LABELS, *OF_TWO_CLOUDS}
    assert all("--labels" in found.skipped[name] for name in OF_LABELS)
    assert all("--views" in found.skipped[name] for name in OF_TWO_CLOUDS)
    assert "--pairs" in found.skipped["alignment"]
    assert (found.n, found.d, found.clouds, found.anchors) == (4, 3, 1, None)
    assert found.classes is None


def test_labels_add_the_metrics_of_classes() -> None:
    found = measured(M, labels=M_LABELS)
    assert set(found.metrics) == {*OF_ONE_CLOUD, *OF_LABELS}
    assert set(found.skipped) == set(OF_TWO_CLOUDS)


def test_pairs_add_alignment_alone() -> None:
    found = measured(M, pairs=np.array([[0, 1], [2, 3]]))
    assert set(found.metrics) == {*OF_ONE_CLOUD, "alignment"}
    assert set(found.skipped) == {*OF_LABELS, "recall_at_1", "modality_gap"}


def test_two_clouds_have_each_metric_of_one_cloud_twice() -> None:
    found = measured(M, K2, labels=M_LABELS)
    of_each = {*OF_ONE_CLOUD, *OF_LABELS}
    assert set(found.metrics) == {
        *OF_TWO_CLOUDS,
        *of_each,
        *(f"{name}.keys" for name in of_each),
    }
    assert found.skipped == {}
    assert (found.n, found.d, found.clouds) == (4, 3, 2)


def test_metrics_come_in_the_declared_order_and_those_of_the_keys_behind() -> None:
    names = list(measured(M, K2, labels=M_LABELS).metrics)
    first = [name for name in METRICS if name in names]
    second = [f"{name}.keys" for name in METRICS if f"{name}.keys" in names]
    assert names == first + second


def test_each_metric_carries_its_definition_with_its_parameters_put_in() -> None:
    found = measured(M, K2, labels=M_LABELS, t=3.5, alpha=1.25, duplicate_threshold=0.75)
    for name, metric in found.metrics.items():
        assert metric.name == name
        assert metric.definition
        assert "{duplicate_threshold}" not in metric.definition
        assert "{neighbours}" not in metric.definition
    assert found.metrics["uniformity"].parameters == {"t": 3.5}
    assert found.metrics["alignment"].parameters == {"alpha": 1.25}
    assert found.metrics["duplicates"].parameters == {"duplicate_threshold": 0.75}
    assert "0.75" in found.metrics["duplicates"].definition
    assert "10 nearest" in found.metrics["hubness"].definition
    assert "11 to min(100, r)" in found.metrics["alpha_req"].definition
    assert "1/k" in found.metrics["alpha_req"].definition


def test_what_a_metric_is_a_mean_over_and_what_is_left_out() -> None:
    found = measured(X8, labels=X8_LABELS).metrics
    for name in ("precision_at_1", "r_precision", "map_at_r"):
        assert (found[name].n, found[name].left_out) == (7, 1)
    both_files = measured(M, K2).metrics
    assert both_files["recall_at_1"].n == 4
    assert both_files["alignment"].n == 4


# Reference levels.


@pytest.mark.parametrize(
    ("d", "expected"), [(2, -1.57503), (3, -2.07978), (64, -3.87524), (384, -3.97917)]
)
def test_uniformity_of_random_directions(d: int, expected: float) -> None:
    by_integration = textbook_metrics.random_uniformity(d, 2.0)
    assert by_integration == pytest.approx(expected, abs=5e-6)
    found = measured(sphere(5, d, 1), metrics=("uniformity",)).metrics["uniformity"]
    assert found.random == near(by_integration)
    assert found.random_from == "closed form"
    assert found.collapsed == 0.0


@pytest.mark.parametrize("d", [2, 3, 64, 384])
@pytest.mark.parametrize("t", [0.01, 1.0, 7.5])
def test_uniformity_of_random_directions_at_other_sharpness(d: int, t: float) -> None:
    found = measured(sphere(5, d, 1), metrics=("uniformity",), t=t).metrics["uniformity"]
    expected = textbook_metrics.random_uniformity(d, t)
    assert found.random == pytest.approx(expected, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize(("d", "t"), [(3, 500.0), (64, 2000.0), (2, 1e4), (5000, 2.0)])
def test_random_uniformity_overflows_nowhere(d: int, t: float) -> None:
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(40):
        expected = float(-2 * t + mpmath.log(mpmath.hyp0f1(mpmath.mpf(d) / 2, mpmath.mpf(t) ** 2)))
    found = measured(sphere(5, d, 1), metrics=("uniformity",), t=t).metrics["uniformity"]
    assert found.random == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("d", [2, 3, 64, 384])
def test_alignment_of_random_directions_is_two(d: int) -> None:
    assert textbook_metrics.random_alignment(d, 2.0) == near(2.0)
    found = measured(sphere(5, d, 1), sphere(5, d, 2), metrics=("alignment",)).metrics["alignment"]
    assert found.random == near(2.0)
    assert found.random_from == "closed form"
    assert found.collapsed == 0.0


@pytest.mark.parametrize("d", [2, 3, 64, 384])
@pytest.mark.parametrize("alpha", [0.5, 1.0, 3.0])
def test_alignment_of_random_directions_at_other_powers(d: int, alpha: float) -> None:
    how: dict[str, Any] = {"metrics": ("alignment",), "alpha": alpha}
    found = measured(sphere(5, d, 1), sphere(5, d, 2), **how).metrics["alignment"]
    expected = textbook_metrics.random_alignment(d, alpha)
    assert found.random == pytest.approx(expected, rel=1e-11)


def test_alignment_of_random_points_of_a_circle_is_four_over_pi() -> None:
    assert textbook_metrics.random_alignment(2, 1.0) == near(4 / math.pi)
    assert textbook_metrics.random_alignment(3, 1.0) == near(4 / 3)


def test_levels_of_the_other_metrics() -> None:
    found = measured(sphere(60, 7, 1), labels=[0, 1, 2] * 20).metrics
    levels = {
        "mean_cosine": 0.0,
        "tolerance": 0.0,
        "participation_ratio": 60 * 7 / 66,
        "stable_rank": 7 / (1 + math.sqrt(7 / 60)) ** 2,
    }
    for name, expected in levels.items():
        assert found[name].random == near(expected)
    assert found["mean_cosine"].collapsed == 1.0
    assert found["rankme"].collapsed == 1.0
    assert found["stable_rank"].collapsed == 1.0
    for name in ("effective_rank", "participation_ratio", "alpha_req", "iso_score"):
        assert found[name].collapsed is None
