"""Facts about the metrics: degenerate spaces, missing inputs, reference levels, estimates."""

import math
import re
from typing import Any

import numpy as np
import pytest
import textbook_metrics
from golden import circle
from metric_data import Array, cloud, measured, sample_file, sphere, undefined, values

import contrastive_core as cc
from contrastive_core.errors import BadInput, BadParameter
from contrastive_core.geometry.declarations import METRICS
from contrastive_core.geometry.result import MetricsResult
from contrastive_core.geometry.spectrum import SingularValues

CENTRED = ("effective_rank", "participation_ratio", "iso_score", "alpha_req")
RETRIEVAL = ("precision_at_1", "r_precision", "map_at_r")
DEFAULT = cc.Resources()

SAME = np.tile(np.array([[0.6, -1.1, 0.4]]), (15, 1))


def value(rows: Array, name: str, **how: Any) -> float:
    return measured(rows, **how).metrics[name].value


def listed(column: Array | None) -> list[Any]:
    return [] if column is None else list(column)


def of_classes(found: MetricsResult) -> dict[str, list[Any]]:
    assert found.classes is not None
    return {name: column.tolist() for name, column in found.classes.columns()}


# Collapse.


@pytest.mark.parametrize("stored", [np.float32, np.float64])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_identical_rows(precision: str, stored: type) -> None:
    labels = np.arange(15) % 3
    found = measured(
        SAME.astype(stored), labels=labels, resources=cc.Resources(precision=precision)
    )
    within = 1e-12 if precision == "float64" else 1e-6
    of = found.metrics
    assert of["uniformity"].value == pytest.approx(0.0, abs=within)
    assert of["mean_cosine"].value == pytest.approx(1.0, abs=within)
    assert of["tolerance"].value == pytest.approx(1.0, abs=within)
    assert of["stable_rank"].value == pytest.approx(1.0, abs=within)
    # 1 but for the 1e-7 of its definition: exp(-2 * 1e-7 * log(1e-7) - 1e-7).
    assert of["rankme"].value == pytest.approx(1.000003123624, abs=within)
    assert of["norm_mean"].value == pytest.approx(math.sqrt(1.73), rel=1e-6)
    assert of["norm_std"].value == pytest.approx(0.0, abs=within)
    assert of["duplicates"].value == 15
    for name in CENTRED:
        assert undefined(found, name)
    assert found.warnings


def test_identical_rows_are_called_collapsed() -> None:
    found = measured(SAME, SAME)
    for name in ("uniformity", "uniformity.keys", "alignment", "mean_cosine"):
        assert (found.metrics[name].reading or "").startswith("collapsed"), name
    assert any("collapse" in warning.lower() for warning in found.warnings)


def test_identical_rows_are_each_others_neighbours_by_their_index() -> None:
    """Each list holds the ten lowest of the others."""
    found = measured(SAME)
    counts = [14] * 10 + [10] + [0] * 4
    assert listed(found.samples.occurrences) == counts
    assert listed(found.samples.nearest) == [1, *[0] * 14]
    assert found.metrics["hubness"].value == pytest.approx(textbook_metrics.skewness(counts))


def test_orthogonal_rows_are_each_others_neighbours_by_their_index() -> None:
    found = measured(np.eye(15))
    assert listed(found.samples.occurrences) == [14] * 10 + [10] + [0] * 4


def test_identical_classes_are_points_without_a_rank() -> None:
    rows = np.concatenate([SAME[:4], SAME[:4] * [1.0, 1.0, -1.0]])
    columns = of_classes(measured(rows, labels=np.array(["up"] * 4 + ["down"] * 4)))
    assert all(math.isnan(rank) for rank in columns["effective_rank"])
    assert columns["tolerance"] == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize("d", [3, 16, 384])
@pytest.mark.parametrize("stored", [np.float16, np.float32, np.float64])
def test_unit_rows_in_one_direction_have_no_centred_metric(d: int, stored: type) -> None:
    """A thousand of them, whose differences are what rounding leaves."""
    rng = np.random.default_rng(0)
    rows: Array = (rng.normal(size=d) * rng.uniform(0.5, 2.0, size=(1000, 1))).astype(stored)
    rows = (rows / np.linalg.norm(rows.astype(float), axis=1, keepdims=True)).astype(stored)
    assert len(np.unique(rows, axis=0)) > 1
    found = measured(rows, metrics=(*CENTRED, "rankme"))
    for name in CENTRED:
        assert undefined(found, name)
    assert found.warnings


def test_many_rows_of_half_precision_have_centred_metrics() -> None:
    """n eps of the stored type would be over 1 here, and would make zeros of any spectrum."""
    rows = cloud(1200, 6, 1).astype(np.float16)
    expected = textbook_metrics.effective_rank(rows.astype(np.float64))
    assert value(rows, "effective_rank", metrics=CENTRED) == pytest.approx(expected, rel=1e-10)


def test_rows_a_million_roundings_apart_have_centred_metrics() -> None:
    rows = 1.0 + 1e-10 * cloud(30, 6, 1)
    expected = textbook_metrics.effective_rank(rows)
    assert value(rows, "effective_rank") == pytest.approx(expected, rel=1e-4)


# Small and simple spaces.


def test_one_row_has_a_length_and_nothing_else() -> None:
    found = measured(np.array([[3.0, 4.0]]), labels=np.array(["a"]))
    for name in ("uniformity", "mean_cosine", "tolerance", "hubness", *CENTRED, *RETRIEVAL):
        assert undefined(found, name)
    assert found.metrics["norm_mean"].value == 5.0
    assert found.metrics["norm_std"].value == 0.0
    assert found.metrics["duplicates"].value == 0
    assert found.metrics["stable_rank"].value == pytest.approx(1.0)
    assert found.metrics["rankme"].value == pytest.approx(1.0, abs=1e-6)


def test_two_rows_are_one_pair() -> None:
    found = measured(np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]])).metrics
    assert found["mean_cosine"].value == pytest.approx(0.0, abs=1e-15)
    assert found["uniformity"].value == pytest.approx(-4.0)
    assert found["effective_rank"].value == pytest.approx(1.0)
    assert found["participation_ratio"].value == pytest.approx(1.0)
    assert found["iso_score"].value == pytest.approx(0.0, abs=1e-15)
    assert found["stable_rank"].value == pytest.approx(1.25)
    assert (found["norm_mean"].value, found["norm_std"].value) == (1.5, 0.5)


def test_one_pair_of_one_row_each_has_what_relates_them() -> None:
    found = measured(np.array([[1.0, 0.0]]), np.array([[0.0, 2.0]])).metrics
    assert found["alignment"].value == pytest.approx(2.0)
    assert found["modality_gap"].value == pytest.approx(math.sqrt(2))
    assert found["recall_at_1"].value == 1.0


def test_one_dimension_has_no_isotropy() -> None:
    found = measured(np.array([[1.0], [-2.0], [4.0]]))
    assert undefined(found, "iso_score")
    assert found.metrics["effective_rank"].value == pytest.approx(1.0)
    assert found.metrics["participation_ratio"].value == pytest.approx(1.0)
    assert found.metrics["mean_cosine"].value == pytest.approx(-1 / 3)
    assert found.metrics["duplicates"].value == 2


def test_orthogonal_rows() -> None:
    found = measured(np.eye(6)).metrics
    assert found["mean_cosine"].value == pytest.approx(0.0, abs=1e-15)
    assert found["uniformity"].value == pytest.approx(-4.0)
    assert found["stable_rank"].value == pytest.approx(6.0)
    assert found["rankme"].value == pytest.approx(6.0, abs=1e-5)
    assert found["effective_rank"].value == pytest.approx(5.0)
    assert found["participation_ratio"].value == pytest.approx(5.0)
    assert found["iso_score"].value == pytest.approx(0.8)


def test_opposite_rows() -> None:
    rows = np.array([[1.0, 2.0, 2.0], [-2.0, -4.0, -4.0]])
    found = measured(rows, -rows).metrics
    assert found["mean_cosine"].value == pytest.approx(-1.0)
    assert found["uniformity"].value == pytest.approx(-8.0)
    assert found["alignment"].value == pytest.approx(4.0)
    assert found["modality_gap"].value == pytest.approx(0.0, abs=1e-15)
    assert found["recall_at_1"].value == 0.0
    assert found["duplicates"].value == 0


def test_a_copy_of_the_file_is_aligned_and_has_no_gap() -> None:
    rows = cloud(20, 5, 2)
    found = measured(rows, rows.copy()).metrics
    assert found["alignment"].value == 0.0
    assert found["modality_gap"].value == 0.0
    assert found["recall_at_1"].value == 1.0
    assert found["uniformity"].value == found["uniformity.keys"].value


def test_a_key_that_another_ties_with_is_found_only_by_the_lower_row() -> None:
    rows = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert measured(rows, rows.copy()).metrics["recall_at_1"].value == pytest.approx(2 / 3)


@pytest.mark.parametrize("n", [1, 2, 10, 11])
def test_under_twelve_rows_hubness_is_undefined(n: int) -> None:
    assert "12" in undefined(measured(cloud(n, 4, 3)), "hubness")


@pytest.mark.parametrize("n", [12, 13, 36])
def test_where_all_are_in_as_many_lists_hubness_is_undefined(n: int) -> None:
    found = measured(circle(*np.linspace(0.0, 360.0, n, endpoint=False)))
    assert listed(found.samples.occurrences) == [10] * n
    assert "equal" in undefined(found, "hubness")


@pytest.mark.parametrize(("n", "capped"), [(8, True), (16, True), (17, False), (40, False)])
def test_a_rank_that_too_few_rows_cap_is_warned_about(n: int, capped: bool) -> None:
    warnings = measured(cloud(n, 16, 4), metrics=("effective_rank",)).warnings
    assert any(re.search("rank", warning) for warning in warnings) == capped


def test_twins_are_copies_of_any_length() -> None:
    rows = cloud(20, 5, 5)
    for scale in (1.0, 3.7, 1e-3):
        assert value(np.concatenate([rows, scale * rows[:3]]), "duplicates") == 6
    assert value(np.concatenate([rows, -rows[:3]]), "duplicates") == 0


def test_a_cosine_at_the_threshold_makes_no_twin() -> None:
    assert value(np.eye(14), "duplicates", duplicate_threshold=0.0) == 0
    assert value(np.eye(14), "duplicates", duplicate_threshold=-1e-9) == 14


def test_no_cosine_is_over_one() -> None:
    for resources in (DEFAULT, cc.Resources(precision="float64")):
        rows = np.concatenate([cloud(200, 7, 6)] * 2)
        how: dict[str, Any] = {"duplicate_threshold": 1.0, "resources": resources}
        assert value(rows, "duplicates", **how) == 0


# Classes.


def test_one_class_is_found_at_once() -> None:
    found = measured(cloud(14, 4, 7), labels=np.zeros(14, int))
    for name in RETRIEVAL:
        assert found.metrics[name].value == 1.0
    assert found.metrics["tolerance"].value == pytest.approx(
        found.metrics["mean_cosine"].value, rel=1e-12
    )
    columns = of_classes(found)
    assert columns["size"] == [14]
    assert math.isnan(columns["hardest_cosine"][0])


def test_where_every_row_is_alone_retrieval_is_undefined() -> None:
    found = measured(cloud(14, 4, 8), labels=np.arange(14))
    for name in (*RETRIEVAL, "tolerance"):
        assert undefined(found, name)
    for name in RETRIEVAL:
        assert found.metrics[name].left_out == 14
    assert not math.isnan(found.metrics["uniformity"].value)


def test_where_no_row_has_a_label_retrieval_is_undefined() -> None:
    found = measured(cloud(14, 4, 9), labels=np.array([None] * 14, dtype=object))
    for name in (*RETRIEVAL, "tolerance"):
        assert undefined(found, name)


def test_two_classes_on_two_axes() -> None:
    rows = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 0.0], [0.0, 3.0]])
    found = measured(rows, labels=np.array(["x", "y", "x", "y"]))
    assert {name: found.metrics[name].value for name in RETRIEVAL} == dict.fromkeys(RETRIEVAL, 1.0)
    assert found.metrics["tolerance"].value == pytest.approx(1.0)
    columns = of_classes(found)
    assert columns["label"] == ["x", "y"]
    assert columns["size"] == [2, 2]
    assert columns["hardest_class"] == ["y", "x"]
    assert columns["hardest_cosine"] == pytest.approx([0.0, 0.0], abs=1e-15)
    assert columns["tolerance"] == pytest.approx([1.0, 1.0])


# Levels of retrieval: an order drawn at random.


def simulated_retrieval(sizes: list[int], draws: int) -> list[tuple[float, float]]:
    """Mean over random orders, and how far it may be off."""
    rng = np.random.default_rng(10)
    labels = np.repeat(np.arange(len(sizes)), sizes)
    found = []
    for _ in range(draws):
        queries = []
        for i, label in enumerate(labels):
            if sizes[label] > 1:
                hits = rng.permutation(np.delete(labels, i) == label).tolist()
                queries.append(textbook_metrics.retrieved(hits, sizes[label] - 1))
        found.append(np.mean(queries, axis=0))
    spread = np.std(found, axis=0) / math.sqrt(draws)
    return [(float(m), float(s)) for m, s in zip(np.mean(found, axis=0), spread, strict=True)]


@pytest.mark.parametrize("sizes", [[2, 3, 5], [1, 4, 4, 1, 2], [6, 6], [7]])
def test_random_retrieval_is_in_closed_form_what_random_orders_give(sizes: list[int]) -> None:
    expected = textbook_metrics.random_retrieval(sizes)
    for (simulated, spread), exact in zip(simulated_retrieval(sizes, 400), expected, strict=True):
        assert simulated == pytest.approx(exact, abs=4 * spread + 1e-12)
    labels = np.random.default_rng(11).permutation(np.repeat(np.arange(len(sizes)), sizes))
    found = measured(cloud(len(labels), 4, 12), labels=labels).metrics
    for name, exact in zip(RETRIEVAL, expected, strict=True):
        assert found[name].random == pytest.approx(exact, rel=1e-12)
        assert found[name].random_from == "closed form"


def test_rows_without_a_label_are_not_in_the_level_of_retrieval() -> None:
    labels = np.array(["a", "a", "a", "b", "b", None, None, "c"], dtype=object)
    found = measured(cloud(8, 4, 13), labels=labels).metrics
    expected = textbook_metrics.random_retrieval([3, 2, 1])
    for name, exact in zip(RETRIEVAL, expected, strict=True):
        assert found[name].random == pytest.approx(exact, rel=1e-12)


def test_a_guess_recalls_one_in_n() -> None:
    found = measured(sphere(25, 4, 14), sphere(25, 4, 15)).metrics["recall_at_1"]
    assert found.random == pytest.approx(1 / 25)


@pytest.mark.parametrize(
    ("name", "within"),
    [("effective_rank", 0.5), ("rankme", 0.5), ("iso_score", 0.1), ("hubness", 0.6)],
)
def test_levels_are_what_random_directions_have(name: str, within: float) -> None:
    drawn = [value(sphere(70, 9, seed), name) for seed in range(20)]
    level = measured(cloud(70, 9, 16)).metrics[name]
    assert level.random == pytest.approx(float(np.mean(drawn)), abs=within)
    assert level.random_from


@pytest.mark.parametrize(("d", "threshold"), [(2, 0.999), (3, 0.95), (8, 0.6), (8, -0.2)])
def test_random_directions_have_as_many_twins_as_their_level_says(d: int, threshold: float) -> None:
    drawn = [textbook_metrics.twins(sphere(25, d, seed).tolist(), threshold) for seed in range(100)]
    how: dict[str, Any] = {"duplicate_threshold": threshold, "metrics": ("duplicates",)}
    level = measured(cloud(25, d, 33), **how).metrics["duplicates"].random
    assert level == pytest.approx(float(np.mean(drawn)), abs=0.4 * float(np.std(drawn)) + 1e-3)


def test_two_sets_of_random_directions_are_as_far_apart_as_their_level_says() -> None:
    drawn = [
        textbook_metrics.modality_gap(sphere(60, 6, s).tolist(), sphere(60, 6, 99 + s).tolist())
        for s in range(99)
    ]
    found = measured(cloud(60, 6, 34), cloud(60, 6, 35)).metrics["modality_gap"]
    assert found.random == pytest.approx(float(np.mean(drawn)), rel=0.1)


def test_random_directions_are_at_the_random_levels() -> None:
    found = measured(sphere(800, 16, 17), sphere(800, 16, 18)).metrics
    for name in ("uniformity", "alignment", "mean_cosine", "participation_ratio", "stable_rank"):
        assert found[name].random == pytest.approx(found[name].value, rel=0.08, abs=0.01), name


# Estimates from a sample of anchors.

EMB, LABELS = sample_file("emb"), sample_file("labels")
ESTIMATED = {"uniformity", "recall_at_1", *RETRIEVAL}
LEFT_OUT = {"hubness", "duplicates"}


def estimated(m: int, seed: int = 0) -> MetricsResult:
    return cc.metrics(EMB, labels=LABELS, sample=m, seed=seed)


def test_a_sample_estimates_means_and_leaves_the_rest_exact() -> None:
    exact, found = cc.metrics(EMB, labels=LABELS), estimated(100)
    assert (found.anchors, exact.anchors) == (100, None)
    assert set(found.skipped) >= LEFT_OUT
    assert all("sample" in found.skipped[name] for name in LEFT_OUT)
    assert {f"{name}.keys" for name in LEFT_OUT}.isdisjoint(found.metrics)
    for name, metric in found.metrics.items():
        assert metric.estimated == (name.removesuffix(".keys") in ESTIMATED), name
        if metric.estimated:
            assert metric.interval is not None
            low, high = metric.interval
            assert low < metric.value < high
            assert metric.value != exact.metrics[name].value
        else:
            assert metric.interval is None
            same = exact.metrics[name].value
            assert metric.value == pytest.approx(same, rel=1e-12, nan_ok=True), name
    assert set(found.metrics) == {
        name for name in exact.metrics if name.removesuffix(".keys") not in LEFT_OUT
    }


def test_the_interval_holds_the_exact_value_nineteen_times_in_twenty() -> None:
    """Of 40 samples 38 on average; with fewer than 32 the interval is too narrow."""
    exact = cc.metrics(EMB[0], labels=LABELS)
    held: dict[str, int] = {}
    for seed in range(40):
        found = cc.metrics(
            EMB[0], labels=LABELS, sample=120, seed=seed, metrics=("uniformity", *RETRIEVAL)
        )
        for name, metric in found.metrics.items():
            low, high = metric.interval or (math.nan, math.nan)
            held[name] = held.get(name, 0) + (low <= exact.metrics[name].value <= high)
    assert set(held) == {"uniformity", *RETRIEVAL}
    assert min(held.values()) >= 32


def test_the_interval_narrows_with_the_sample() -> None:
    widths = []
    for m in (40, 360):
        low, high = estimated(m).metrics["uniformity"].interval or (math.nan, math.nan)
        widths.append(high - low)
    assert widths[1] < 0.6 * widths[0]


def test_a_sample_of_all_rows_is_exact() -> None:
    exact, found = cc.metrics(EMB, labels=LABELS), estimated(512)
    for name, metric in found.metrics.items():
        assert metric.value == pytest.approx(exact.metrics[name].value, rel=1e-12, nan_ok=True)


def test_the_seed_decides_the_sample() -> None:
    one, same, other = (values(estimated(60, seed)) for seed in (3, 3, 4))
    assert one == pytest.approx(same, rel=0, abs=0, nan_ok=True)
    assert one["uniformity"] != other["uniformity"]


def test_a_sample_is_the_same_under_any_threads_and_memory() -> None:
    one, other = (
        cc.metrics(EMB, labels=LABELS, sample=70, resources=cc.Resources(threads=n, memory=m))
        for n, m in ((1, 512 * 2**20), (3, 48 * 2**20))
    )
    assert values(one) == pytest.approx(values(other), rel=0, abs=0, nan_ok=True)
    assert one.metrics["uniformity"].interval == other.metrics["uniformity"].interval


# What is asked for.


@pytest.mark.parametrize("name", [n for n, metric in METRICS.items() if not metric.needs])
def test_one_metric_alone_is_what_it_is_among_all(name: str) -> None:
    rows = cloud(30, 24, 19)
    found = measured(rows, metrics=(name,))
    assert list(found.metrics) == [name]
    assert found.metrics[name].value == value(rows, name)


def test_one_metric_of_two_clouds_comes_for_both() -> None:
    rows, keys = cloud(30, 6, 20), cloud(30, 6, 21)
    assert list(measured(rows, keys, metrics=("uniformity",)).metrics) == [
        "uniformity",
        "uniformity.keys",
    ]
    assert list(measured(rows, keys, metrics=("alignment",)).metrics) == ["alignment"]


def test_metrics_of_classes_and_pairs_may_be_asked_for_alone() -> None:
    rows, keys, labels = cloud(30, 6, 22), cloud(30, 6, 23), np.arange(30) % 4
    every = measured(rows, keys, labels=labels)
    for name, metric in METRICS.items():
        if metric.needs:
            found = measured(rows, keys, labels=labels, metrics=(name,))
            assert set(found.metrics) <= {name, f"{name}.keys"}
            assert found.metrics[name].value == every.metrics[name].value


def test_an_unknown_metric_is_refused_with_the_known_ones_and_the_nearest() -> None:
    with pytest.raises(BadParameter) as caught:
        measured(cloud(5, 3, 24), metrics=("uniformty",))
    message = str(caught.value)
    assert "Did you mean 'uniformity'?" in message
    assert all(name in message for name in METRICS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"t": 0.0},
        {"t": -1.0},
        {"t": math.nan},
        {"alpha": 0.0},
        {"alpha": math.inf},
        {"duplicate_threshold": 1.5},
        {"duplicate_threshold": -1.5},
        {"sample": 1},
        {"sample": 2.5},
        {"seed": -1},
    ],
)
def test_parameters_have_bounds(wrong: dict[str, float]) -> None:
    with pytest.raises(BadParameter):
        measured(cloud(5, 3, 25), **wrong)


@pytest.mark.parametrize(("bad", "word"), [(0.0, "zero"), (math.nan, "NaN"), (math.inf, "inf")])
def test_rows_without_a_direction_are_refused(bad: float, word: str) -> None:
    rows = cloud(9, 3, 26)
    rows[4] = bad
    for clouds in ((rows,), (cloud(9, 3, 27), rows)):
        with pytest.raises(BadInput, match=f"(?i){word}"):
            measured(*clouds)


def test_what_does_not_fit_together_is_refused() -> None:
    rows = cloud(9, 3, 28)
    with pytest.raises(BadInput):
        measured(rows, rows[:8])
    with pytest.raises(BadInput):
        measured(rows, rows[:, :2])
    with pytest.raises(BadInput):
        measured(rows, labels=np.zeros(8, int))
    with pytest.raises(BadInput):
        measured(rows, pairs=np.array([[0, 9]]))


# The three encoders of the sample data.


def test_the_sample_files_are_told_apart() -> None:
    trained, untrained, collapsed = (
        cc.metrics(sample_file(name), labels=LABELS) for name in ("emb", "untrained", "collapsed")
    )
    assert collapsed.metrics["uniformity"].reading == "collapsed"
    assert collapsed.metrics["uniformity"].value == pytest.approx(0.0, abs=1e-6)
    assert collapsed.metrics["duplicates"].value == 512
    assert undefined(collapsed, "effective_rank")
    for found in (trained, untrained):
        assert found.metrics["uniformity"].reading != "collapsed"
    of_trained, of_untrained = values(trained), values(untrained)
    assert of_trained["uniformity"] == pytest.approx(-3.1934547741676, rel=1e-5)
    assert of_untrained["uniformity"] == pytest.approx(-0.6711344338499, rel=1e-5)
    assert of_trained["effective_rank"] == pytest.approx(15.894815126837, rel=1e-5)
    assert of_untrained["effective_rank"] == pytest.approx(25.844525506716, rel=1e-5)
    assert of_untrained["mean_cosine"] == pytest.approx(0.8239157841876, rel=1e-5)
    for name in (*RETRIEVAL, "recall_at_1"):
        assert of_trained[name] > of_untrained[name], name


@pytest.mark.parametrize(
    ("n", "d", "rank", "last"), [(300, 64, 32, -3.2), (200, 60, 30, -3.5), (50, 90, 25, -3.0)]
)
def test_directions_that_are_not_there_are_no_variance(
    n: int, d: int, rank: int, last: float
) -> None:
    """Exact rank, a spectrum that ends near a thousandth: rounding must not fill up the rest."""
    draws = np.random.default_rng(rank)
    left, right = (np.linalg.qr(draws.standard_normal((size, rank)))[0] for size in (n, d))
    rows = 10.0 * (left * np.logspace(0.0, last, rank)) @ right.T
    values = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False)[:rank]
    k = np.arange(11, rank + 1)
    slope = np.polyfit(np.log(k), np.log(values[10:] ** 2), 1, w=np.sqrt(1.0 / k))[0]
    assert measured(rows).metrics["alpha_req"].value == pytest.approx(-slope, rel=1e-9)


def test_a_narrow_cone_is_measured_in_float64_and_float32_is_warned_of() -> None:
    rows = 1000.0 + np.random.default_rng(1).standard_normal((60, 8))
    labels = np.arange(60) % 4
    plain = cc.metrics(rows, labels=labels)
    assert plain.precision == "float64"
    wide = cc.metrics(rows, labels=labels, resources=cc.Resources(precision="float64"))
    assert plain.metrics["r_precision"].value == wide.metrics["r_precision"].value
    narrow = cc.metrics(rows, labels=labels, resources=cc.Resources(precision="float32"))
    assert any("Leave --precision out" in warning for warning in narrow.warnings)


def test_the_second_cloud_may_be_asked_for_alone() -> None:
    rows = np.random.default_rng(2).standard_normal((20, 4))
    found = cc.metrics(rows, rows[::-1], metrics=("uniformity.keys",))
    assert list(found.metrics) == ["uniformity.keys"]
    with pytest.raises(cc.ContrastError, match="two files or views"):
        cc.metrics(rows, metrics=("uniformity.keys",))
    with pytest.raises(cc.ContrastError, match="alignment"):
        cc.metrics(rows, rows, metrics=("alignment.keys",))


def test_rows_are_listed_by_what_is_asked_for() -> None:
    draws = np.random.default_rng(3)
    rows = draws.standard_normal((40, 4))
    rows[7] = rows[31] * 2.0
    twins = cc.metrics(rows, metrics=("duplicates",)).worst
    assert sorted(twins.index[:2].tolist()) == [7, 31]
    hubs = cc.metrics(rows, metrics=("hubness",))
    assert hubs.worst.occurrences is not None
    assert hubs.samples.occurrences is not None
    assert hubs.worst.occurrences[0] == hubs.samples.occurrences.max()


def test_extreme_parameters_have_levels_or_are_refused() -> None:
    rows = np.random.default_rng(4).standard_normal((20, 6))
    found = cc.metrics(rows, rows[::-1], t=1e6, alpha=1000.0)
    assert math.isfinite(found.metrics["uniformity"].random or math.nan)
    assert math.isfinite(found.metrics["alignment"].value)
    with pytest.raises(cc.ContrastError, match="t: expected"):
        cc.metrics(rows, t=1e9)
    with pytest.raises(cc.ContrastError, match="alpha: expected"):
        cc.metrics(rows, alpha=1e9)


def test_no_singular_value_above_a_thousandth_of_the_largest_counts_as_zero() -> None:
    values = np.array([1.0, 2e-3, 5e-4])
    single = float(np.finfo(np.float32).eps)
    many = SingularValues(np.array([1.0, 0.5, 0.1]), values, 20_000, 3).cleaned(single)
    assert many.centred.tolist() == [1.0, 2e-3, 0.0]
    few = SingularValues(np.array([1.0, 0.5, 0.1]), values, 100, 3).cleaned(single)
    assert few.centred.tolist() == [1.0, 2e-3, 5e-4]


def test_a_small_class_of_one_point_has_no_rank_beside_classes_that_have() -> None:
    draws = np.random.default_rng(5)
    point = draws.standard_normal(6)
    rows = np.concatenate([point * np.array([[1.0], [3.0], [7.0]]), draws.standard_normal((6, 6))])
    labels = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2])
    classes = measured(rows, labels=labels).classes
    assert classes is not None
    assert classes.effective_rank is not None
    assert np.isnan(classes.effective_rank).tolist() == [True, False, False]
