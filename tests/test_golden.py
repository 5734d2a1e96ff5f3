"""Golden values, computed in 50-digit arithmetic and confirmed by other libraries."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import contrastive_core as cc
from contrastive_core import LossResult, Resources

Rows = npt.NDArray[np.float64]


def circle(*degrees: float) -> Rows:
    angles = [math.radians(degree) for degree in degrees]
    return np.array([[math.cos(angle), math.sin(angle)] for angle in angles])


A = circle(0, 40, 100, 200)
B = circle(10, 70, 95, 230)
V1 = np.array([[0.5, 1.0], [1.2, -0.3], [-0.4, 0.8]])
V2 = np.array([[0.6, 0.9], [1.0, 0.2], [-0.7, 0.5]])

ONE = np.array([[1.0, 2.0], [3.0, 1.0], [2.0, 3.0]])
OTHER = np.array([[0.9, 1.8], [2.8, 0.9], [1.8, 2.7]])

POSITIVE = np.array(
    [[-0.83483301, -0.16904167, 0.52390721], [-0.83455951, -0.16862266, 0.52447767]]
)
NEGATIVES = np.array(
    [
        [0.70374682, -0.18682394, -0.68544673],
        [0.15465702, 0.32303224, 0.93366556],
        [0.53043332, -0.83523217, -0.14500935],
        [0.68285685, -0.73054075, 0.00409143],
        [0.76652431, 0.61500886, 0.18494479],
    ]
)


def exact(kind: str, first: Rows, second: Rows, **parameters: Any) -> LossResult:
    return cc.loss(
        kind, first, second, resources=Resources(precision="float64"), per_sample=True, **parameters
    )


def test_infonce_from_a_to_b() -> None:
    found = exact("infonce", A, B, tau=0.1)
    assert found.value == pytest.approx(0.24049312542249135, rel=1e-12)
    assert found.samples.loss == pytest.approx(
        [0.001636731, 0.719639195, 0.240683259, 0.000013317], abs=5e-10
    )


def test_infonce_from_b_to_a_differs() -> None:
    assert exact("infonce", B, A, tau=0.1).value == pytest.approx(0.24411860871984015, rel=1e-12)


def test_clip_averages_both_directions() -> None:
    assert exact("clip", A, B, tau=0.1).value == pytest.approx(0.24230586707116575, rel=1e-12)


def test_symmetric_infonce_is_clip() -> None:
    found = exact("infonce", A, B, tau=0.1, symmetric=True)
    assert found.value == pytest.approx(0.24230586707116575, rel=1e-12)


def test_infonce_over_views() -> None:
    found = exact("infonce", A, B, tau=0.1, denominator="views")
    assert found.value == pytest.approx(0.312261010125978, rel=1e-12)


def test_nt_xent() -> None:
    assert exact("nt-xent", A, B, tau=0.1).value == pytest.approx(0.39170763501932937, rel=1e-12)


def test_symmetric_infonce_over_views_is_nt_xent() -> None:
    found = exact("infonce", A, B, tau=0.1, denominator="views", symmetric=True)
    assert found.value == pytest.approx(0.39170763501932937, rel=1e-12)


def test_float32_has_the_same_five_digits() -> None:
    assert cc.loss("infonce", A, B, tau=0.1).value == pytest.approx(0.24049312542249135, abs=1e-5)
    assert cc.loss("nt-xent", A, B, tau=0.1).value == pytest.approx(0.39170763501932937, abs=1e-5)


@pytest.mark.parametrize(
    ("kind", "of_circle", "of_raw_rows"),
    [
        ("nt-xent", 0.85879857880765, 0.705643789003226),
        ("clip", 0.213713676009804, 0.0042448421038778),
    ],
)
def test_defaults_are_those_of_the_paper_convention(
    kind: str, of_circle: float, of_raw_rows: float
) -> None:
    assert exact(kind, A, B).value == pytest.approx(of_circle, rel=1e-12)
    assert exact(kind, V1, V2).value == pytest.approx(of_raw_rows, rel=1e-12)


@pytest.mark.parametrize(
    ("kind", "parameters", "of_circle", "of_raw_rows"),
    [
        ("infonce", {"tau": 0.1}, 0.240493125422491, 0.0155563865961608),
        ("infonce", {"scale": 20}, 0.191500285554253, 0.000319485275232),
        ("nt-xent", {"tau": 0.1}, 0.783415270038659 / 2, 0.122105205422934 / 2),
        ("nt-xent", {"tau": 0.05}, 0.632745739472213 / 2, 0.0101772876419801 / 2),
        ("clip", {"similarity": "dot"}, 0.213713676009804, 0.00985346339417958),
    ],
)
def test_values_that_libraries_print_where_they_follow_the_paper(
    kind: str, parameters: dict[str, Any], of_circle: float, of_raw_rows: float
) -> None:
    assert exact(kind, A, B, **parameters).value == pytest.approx(of_circle, rel=2e-12)
    assert exact(kind, V1, V2, **parameters).value == pytest.approx(of_raw_rows, rel=1e-11)


def test_infonce_without_a_temperature_takes_that_of_moco() -> None:
    assert exact("infonce", A, B).convention.tau == 0.07
    assert exact("nt-xent", A, B).convention.tau == 0.5
    assert exact("clip", A, B).convention.tau == 0.07


@pytest.mark.parametrize(
    ("kind", "parameters", "expected"),
    [
        ("nt-xent", {}, 1.4782998486247816),
        ("infonce", {}, 0.9907966036368094),
        ("infonce", {"denominator": "views"}, 1.4791977694774954),
    ],
)
def test_the_views_of_the_tutorial(kind: str, parameters: dict[str, Any], expected: float) -> None:
    found = exact(kind, ONE, OTHER, tau=1.0, **parameters)
    assert found.value == pytest.approx(expected, rel=1e-12)


def test_the_positives_of_the_tutorial_are_nearly_parallel() -> None:
    found = exact("infonce", ONE, OTHER, tau=1.0)
    assert found.samples.positive == pytest.approx([1.0, 0.99994219, 1.0], abs=5e-9)


def one_against_five(**parameters: Any) -> float:
    """The loss of p1 with the positive p2 among five negatives; the other anchors are padding."""
    anchors = np.concatenate([POSITIVE[:1], NEGATIVES])
    keys = np.concatenate([POSITIVE[1:], NEGATIVES])
    return float(exact("infonce", anchors, keys, **parameters).samples.loss[0])


def test_one_positive_against_five_explicit_negatives() -> None:
    assert math.exp(-one_against_five(tau=1.0)) == pytest.approx(0.42967915, abs=5e-9)
    dot = one_against_five(tau=0.07, similarity="dot")
    assert dot == pytest.approx(4.90686506601999e-05, rel=1e-12)
    assert one_against_five(tau=0.07) == pytest.approx(4.90686532446151e-05, rel=1e-12)


def test_ranks_and_hardest_negatives_of_a_to_b() -> None:
    samples = exact("infonce", A, B, tau=0.1).samples
    assert samples.rank is not None
    assert samples.rank.tolist() == [1, 2, 1, 1]
    assert samples.hardest_index is not None
    assert samples.hardest_index.tolist() == [1, 0, 1, 2]
    assert samples.hardest == pytest.approx(
        [0.3420201433256688, 0.8660254037844387, 0.8660254037844387, -0.2588190451025207]
    )
