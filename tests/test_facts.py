"""Facts that every implementation must meet."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import contrastive_core as cc
from contrastive_core import LossResult, Resources
from contrastive_core.errors import BadInput, BadParameter, NothingDefined

Rows = npt.NDArray[Any]

KINDS = [
    ("infonce", {}),
    ("infonce", {"symmetric": True}),
    ("infonce", {"denominator": "views"}),
    ("nt-xent", {}),
    ("clip", {}),
]
EXACT = Resources(precision="float64")


def cloud(n: int, d: int, seed: int = 0) -> Rows:
    return np.random.default_rng(seed).normal(size=(n, d))


def pair(n: int, d: int, noise: float = 0.5) -> tuple[Rows, Rows]:
    first = cloud(n, d)
    return first, first + noise * cloud(n, d, seed=1)


def exact(kind: str, first: Rows, second: Rows, **parameters: Any) -> LossResult:
    return cc.loss(kind, first, second, resources=EXACT, per_sample=True, **parameters)


def collapsed(found: LossResult) -> bool:
    return any(warning.startswith("collapse") for warning in found.warnings)


# One point, two points, one sample.


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("tau", [0.01, 0.05, 0.5])
@pytest.mark.parametrize("d", [1, 3, 768])
@pytest.mark.parametrize(
    ("kind", "parameters", "fingerprint"),
    [
        ("infonce", {}, math.log(6)),
        ("infonce", {"denominator": "views"}, math.log(11)),
        ("nt-xent", {}, math.log(11)),
        ("clip", {}, math.log(6)),
    ],
)
def test_equal_embeddings_cost_log_k_and_are_named_as_collapse(
    kind: str, parameters: dict[str, Any], fingerprint: float, d: int, tau: float, precision: str
) -> None:
    rows = np.tile(cloud(1, d), (6, 1))
    means = Resources(precision=precision)
    found = cc.loss(kind, rows, rows.copy(), tau=tau, resources=means, **parameters)
    error = 1e-12 if precision == "float64" else 1e-5 if tau >= 0.05 else 1e-3
    assert found.value == pytest.approx(fingerprint, rel=error)
    assert found.chance == pytest.approx(fingerprint, rel=1e-15)
    assert collapsed(found)


def test_equal_embeddings_of_three_views_cost_log_k() -> None:
    rows = np.tile(cloud(1, 3), (3, 4, 1))
    found = cc.loss("nt-xent", rows, views="first", resources=EXACT)
    assert found.value == pytest.approx(math.log(11), rel=1e-12)
    assert collapsed(found)


@pytest.mark.parametrize(("kind", "parameters"), KINDS)
def test_distinct_embeddings_are_not_named_as_collapse(
    kind: str, parameters: dict[str, Any]
) -> None:
    assert not collapsed(exact(kind, *pair(9, 4), **parameters))


def test_a_space_near_collapse_is_not_named_as_collapse() -> None:
    first = np.ones((50, 8)) + 0.05 * cloud(50, 8)
    found = cc.loss("infonce", first, first + 0.01 * cloud(50, 8, seed=2), tau=0.5)
    assert found.value == pytest.approx(math.log(50), rel=0.01)
    assert not collapsed(found)


OPPOSITE = np.array([[1.0, 0.0], [-1.0, 0.0]])


@pytest.mark.parametrize(
    ("kind", "parameters", "expected"),
    [
        ("infonce", {}, math.log1p(math.exp(-4))),
        ("infonce", {"denominator": "views"}, math.log1p(2 * math.exp(-4))),
        ("nt-xent", {}, math.log1p(2 * math.exp(-4))),
        ("clip", {}, math.log1p(math.exp(-4))),
    ],
)
def test_two_opposite_points(kind: str, parameters: dict[str, Any], expected: float) -> None:
    found = exact(kind, OPPOSITE, OPPOSITE, tau=0.5, **parameters)
    assert found.value == pytest.approx(expected, rel=1e-14)
    assert found.n == (4 if kind == "nt-xent" else 2)


def test_opposite_positives_cost_twice_the_inverse_temperature() -> None:
    found = exact("infonce", OPPOSITE, -OPPOSITE, tau=0.01)
    assert found.value == pytest.approx(200.0, rel=1e-14)
    assert found.samples.rank is not None
    assert found.samples.rank.tolist() == [2, 2]


@pytest.mark.parametrize(("kind", "parameters"), KINDS)
def test_one_sample_defines_nothing(kind: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(
        NothingDefined,
        match=r"at least one (anchor|pair) with what .* \(a positive and a negative\)",
    ):
        exact(kind, *pair(1, 3), **parameters)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
@pytest.mark.parametrize(("kind", "parameters"), KINDS)
def test_a_handful_of_samples_is_enough(kind: str, parameters: dict[str, Any], n: int) -> None:
    found = exact(kind, *pair(n, 3), **parameters)
    assert found.undefined == 0
    assert found.n == len(found.samples.loss)
    assert math.isfinite(found.value)


# Rows that cannot be used.


def test_a_zero_vector_has_no_cosine() -> None:
    first, second = pair(7, 3)
    first[[2, 5]] = 0
    with pytest.raises(BadInput) as error:
        exact("infonce", first, second)
    assert error.value.what == "embeddings"
    assert error.value.got.startswith("2 rows with only zeros")
    assert "row 2, 5" in error.value.got
    assert "--similarity dot" in error.value.remedy


def test_a_zero_vector_has_dot_products() -> None:
    first, second = pair(7, 3)
    first[2] = 0
    found = exact("infonce", first, second, similarity="dot")
    assert found.samples.loss[2] == pytest.approx(math.log(7), rel=1e-14)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_rows_that_are_not_finite_are_counted_and_named(bad: float, similarity: str) -> None:
    first, second = pair(900, 3)
    second[[3, 4, 100, 200, 300, 800], 1] = bad
    with pytest.raises(BadInput) as error:
        cc.loss("clip", first, second, similarity=similarity)
    assert error.value.what == "keys"
    assert error.value.got == (
        "6 rows with NaN or infinity (row 3, 4, 100, 200, 300, ..., counted from 0)"
    )
    assert error.value.remedy


def test_bad_rows_far_apart_are_counted_over_the_whole_file() -> None:
    rows = cloud(3000, 700)
    rows[[1, 2999], 0] = math.nan
    with pytest.raises(BadInput, match=r"2 rows with NaN or infinity \(row 1, 2999, counted"):
        cc.loss("infonce", rows)


def test_bad_rows_of_the_second_view_are_named_as_in_the_file() -> None:
    rows = cloud(8, 3)
    rows[5] = math.nan
    for views in ("stacked", "interleaved"):
        with pytest.raises(BadInput, match=r"1 row with NaN or infinity \(row 5, counted"):
            cc.loss("infonce", rows, views=views)


def test_numbers_beyond_float32_ask_for_float64() -> None:
    first, second = pair(5, 3)
    first[4] *= 1e60
    with pytest.raises(BadInput, match=r"row 4.*Use --precision float64"):
        cc.loss("infonce", first, second, similarity="dot")
    assert math.isfinite(exact("infonce", first, second, similarity="dot").value)


@pytest.mark.parametrize(("precision", "norm"), [("float32", 1e25), ("float64", 1e200)])
def test_dot_products_that_overflow_are_blamed_on_the_numbers(precision: str, norm: float) -> None:
    first, second = pair(5, 3)
    first[4] *= norm
    second[1] *= norm
    with pytest.raises(BadInput, match="beyond the range"):
        cc.loss(
            "infonce", first, second, similarity="dot", resources=Resources(precision=precision)
        )


# Extremes that have an answer.


@pytest.mark.parametrize("norm", [1e4, 1e200, 1e-200, 1e-300])
@pytest.mark.parametrize(("kind", "parameters"), KINDS)
def test_cosine_losses_do_not_see_extreme_norms(
    kind: str, parameters: dict[str, Any], norm: float
) -> None:
    first, second = pair(6, 4)
    plain = exact(kind, first, second, **parameters).samples.loss
    first[[1, 3]] *= norm
    second[2] *= norm
    scaled = exact(kind, first, second, **parameters).samples.loss
    assert scaled == pytest.approx(plain, rel=1e-12)


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize(("kind", "parameters"), KINDS)
def test_dot_products_at_norm_ten_thousand_are_finite(
    kind: str, parameters: dict[str, Any], precision: str
) -> None:
    first, second = pair(6, 4)
    found = cc.loss(
        kind,
        1e4 * first,
        1e4 * second,
        similarity="dot",
        resources=Resources(precision=precision),
        **parameters,
    )
    assert np.isfinite(found.samples.loss).all()


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("tau", [0.001, 1e-6, 1e-30, 1e6])
@pytest.mark.parametrize(("kind", "parameters"), KINDS)
def test_extreme_temperatures_are_finite(
    kind: str, parameters: dict[str, Any], tau: float, precision: str
) -> None:
    means = Resources(precision=precision)
    found = cc.loss(kind, *pair(8, 4), tau=tau, resources=means, **parameters)
    assert np.isfinite(found.samples.loss).all()
    assert found.undefined == 0


def test_a_temperature_whose_inverse_overflows_is_blamed_on_the_temperature() -> None:
    with pytest.raises(BadParameter) as error:
        cc.loss("infonce", *pair(8, 4), tau=1e-310, resources=EXACT)
    assert error.value.what == "tau"


@pytest.mark.parametrize(("kind", "parameters"), KINDS)
def test_tiles_of_one_score_change_nothing(kind: str, parameters: dict[str, Any]) -> None:
    first, second = pair(7, 4)
    whole = exact(kind, first, second, **parameters)
    means = Resources(precision="float64", tile=1)
    cut = cc.loss(kind, first, second, resources=means, per_sample=True, **parameters)
    assert cut.samples.loss == pytest.approx(whole.samples.loss, rel=1e-12)
    assert cut.samples.rank is not None
    assert whole.samples.rank is not None
    assert cut.samples.rank.tolist() == whole.samples.rank.tolist()


@pytest.mark.parametrize("tau", [0.01, 0.02, 0.07])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_loss_near_zero_keeps_its_relative_digits(tau: float, precision: str) -> None:
    mpmath = pytest.importorskip("mpmath")
    rng = np.random.default_rng(5)
    first = np.eye(6) + 0.05 * rng.normal(size=(6, 6))
    second = np.eye(6) + 0.05 * rng.normal(size=(6, 6))
    means = Resources(precision=precision)
    found = cc.loss("infonce", first, second, tau=tau, resources=means).samples.loss

    def unit(row: Rows) -> Any:
        exact_row = [mpmath.mpf(float(x)) for x in row]
        length = mpmath.sqrt(sum(x * x for x in exact_row))
        return [x / length for x in exact_row]

    with mpmath.workdps(60):
        for i in range(6):
            anchor = unit(first[i])
            cosines = [sum(a * b for a, b in zip(anchor, unit(k), strict=True)) for k in second]
            others = [mpmath.exp((c - cosines[i]) / tau) for j, c in enumerate(cosines) if j != i]
            expected = float(mpmath.log1p(sum(others)))
            assert 0 < expected < 1e-4
            relative = 1e-12 if precision == "float64" else 1e-4
            assert found[i] == pytest.approx(expected, rel=relative, abs=0)


def test_a_perfect_separation_is_never_negative() -> None:
    found = cc.loss("nt-xent", np.eye(5), np.eye(5), tau=0.001)
    assert (found.samples.loss >= 0).all()
    assert found.value < 1e-300


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize(("kind", "parameters"), KINDS)
def test_no_sample_has_a_negative_loss(
    kind: str, parameters: dict[str, Any], precision: str
) -> None:
    for noise in (0.0, 0.01, 3.0):
        means = Resources(precision=precision)
        found = cc.loss(kind, *pair(40, 4, noise), resources=means, **parameters)
        assert (found.samples.loss >= 0).all()


# Swapping the two files.


@pytest.mark.parametrize("kind", ["nt-xent", "clip"])
def test_swapping_the_files_leaves_symmetric_losses_alone(kind: str) -> None:
    first, second = pair(9, 4)
    there, back = exact(kind, first, second), exact(kind, second, first)
    assert back.value == pytest.approx(there.value, rel=1e-13)


def test_swapping_the_files_changes_infonce() -> None:
    first, second = pair(9, 4)
    there, back = exact("infonce", first, second), exact("infonce", second, first)
    assert abs(back.value - there.value) > 0.01


# What stands beside the value.


@pytest.mark.parametrize(
    ("kind", "parameters", "candidates"),
    [
        ("infonce", {}, 9),
        ("infonce", {"denominator": "views"}, 17),
        ("nt-xent", {}, 17),
        ("clip", {}, 9),
    ],
)
def test_chance_is_the_logarithm_of_the_candidates(
    kind: str, parameters: dict[str, Any], candidates: int
) -> None:
    found = exact(kind, *pair(9, 4), **parameters)
    assert found.candidates == candidates
    assert found.chance == pytest.approx(math.log(candidates), rel=1e-15)


@pytest.mark.parametrize(("kind", "parameters"), [("infonce", {}), ("clip", {})])
def test_the_information_bound_is_log_k_less_the_mean(
    kind: str, parameters: dict[str, Any]
) -> None:
    for reduction in ("mean", "sum"):
        found = exact(kind, *pair(9, 4), reduction=reduction, **parameters)
        assert found.mi_lower_bound is not None
        mean = float(found.samples.loss.mean())
        assert found.mi_lower_bound == pytest.approx(math.log(9) - mean, rel=1e-13)


def test_the_information_bound_is_not_clipped() -> None:
    found = exact("infonce", cloud(9, 4), -cloud(9, 4), tau=0.05)
    assert found.mi_lower_bound is not None
    assert found.mi_lower_bound < -1


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("nt-xent", {}),
        ("infonce", {"denominator": "views"}),
        ("infonce", {"denominator": "views", "symmetric": True}),
    ],
)
def test_no_information_bound_where_the_candidates_are_views(
    kind: str, parameters: dict[str, Any]
) -> None:
    assert exact(kind, *pair(9, 4), **parameters).mi_lower_bound is None


@pytest.mark.parametrize(("kind", "parameters"), KINDS)
def test_the_terms_sum_to_the_mean(kind: str, parameters: dict[str, Any]) -> None:
    first, second = pair(9, 4)
    found = exact(kind, first, second, **parameters)
    assert found.samples.positive is not None
    assert found.convention.tau is not None
    assert found.terms is not None
    pull = -float(found.samples.positive.mean()) / found.convention.tau
    assert found.terms.positive == pytest.approx(pull, rel=1e-13)
    assert found.terms.positive + found.terms.partition == pytest.approx(found.value, rel=1e-13)


@pytest.mark.parametrize(("kind", "parameters"), KINDS)
def test_the_sum_is_over_the_terms_counted(kind: str, parameters: dict[str, Any]) -> None:
    mean = exact(kind, *pair(9, 4), **parameters)
    found = exact(kind, *pair(9, 4), reduction="sum", **parameters)
    assert found.reduction == "sum"
    assert found.n == (18 if kind == "nt-xent" else 9)
    assert found.value == pytest.approx(found.n * mean.value, rel=1e-13)
    assert mean.chance is not None
    assert found.chance == pytest.approx(found.n * mean.chance, rel=1e-13)


def test_an_unknown_reduction_is_refused() -> None:
    with pytest.raises(BadParameter, match="mean or sum"):
        exact("infonce", *pair(9, 4), reduction="median")


def test_quantiles_interpolate_linearly() -> None:
    found = exact("infonce", *pair(6, 4))
    a, b, c, d, e, f = sorted(found.samples.loss.tolist())
    quantiles = found.quantiles
    assert (quantiles.min, quantiles.max) == (a, f)
    assert quantiles.p5 == pytest.approx(a + 0.25 * (b - a), rel=1e-13)
    assert quantiles.p25 == pytest.approx(b + 0.25 * (c - b), rel=1e-13)
    assert quantiles.p50 == pytest.approx((c + d) / 2, rel=1e-13)
    assert quantiles.p75 == pytest.approx(d + 0.75 * (e - d), rel=1e-13)
    assert quantiles.p95 == pytest.approx(e + 0.75 * (f - e), rel=1e-13)


def test_the_worst_ten_come_first_with_rank_and_hardest() -> None:
    first, second = pair(30, 3, noise=2.0)
    found = cc.loss("infonce", first, second, resources=EXACT)
    told = exact("infonce", first, second)
    order = np.argsort(-told.samples.loss, kind="stable")[:10]
    assert found.samples.rank is None
    assert found.worst.index.tolist() == order.tolist()
    assert found.worst.loss == pytest.approx(told.samples.loss[order], rel=1e-13)
    assert found.worst.rank is not None
    assert told.samples.rank is not None
    assert told.samples.hardest_index is not None
    assert found.worst.rank.tolist() == told.samples.rank[order].tolist()
    assert found.worst.hardest_index is not None
    assert found.worst.hardest_index.tolist() == told.samples.hardest_index[order].tolist()


def test_samples_of_views_say_which_view_they_are() -> None:
    found = exact("nt-xent", *pair(5, 3))
    assert found.samples.index.tolist() == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]
    assert found.samples.view is not None
    assert found.samples.view.tolist() == [0] * 5 + [1] * 5
    assert found.samples.hardest_index is not None
    assert found.samples.hardest_view is not None
    assert found.samples.hardest_view.tolist() == (found.samples.hardest_index // 5).tolist()


def test_a_table_with_everyone_tied_ranks_by_index() -> None:
    rows = np.ones((6, 3))
    found = exact("infonce", rows, rows.copy()).samples
    assert found.rank is not None
    assert found.hardest_index is not None
    assert found.rank.tolist() == [1, 2, 3, 4, 5, 6]
    assert found.hardest_index.tolist() == [1, 0, 0, 0, 0, 0]
    assert found.hardest == pytest.approx([1.0] * 6)
