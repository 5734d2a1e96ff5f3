"""Every metric, every column of rows and classes, against the textbook on data without symmetry."""

import math
from typing import Any

import numpy as np
import pytest
import textbook_distance
import textbook_metrics
from metric_data import Array, beside, by_core, cloud, measured, sample_file, undefined, values
from textbook_arithmetic import Labels

import contrastive_core as cc
from contrastive_core import Resources
from contrastive_core.geometry.result import ClassFacts, MetricsResult, RowFacts

WITHIN = 1e-10


def labels_of(n: int, seed: int) -> Labels:
    """Classes of unequal size, the last two of them rows alone."""
    drawn = np.random.default_rng(seed).integers(0, 4, size=n).tolist()
    return [*drawn[:-2], 7, 9]


def words_of(labels: Labels) -> Labels:
    """The same as strings; every fifth row has no class."""
    return [None if i % 5 == 3 else f"class {label}" for i, label in enumerate(labels)]


def as_array(labels: Labels) -> Array:
    return np.array(labels, dtype=object if None in labels else None)


def assert_metrics(found: MetricsResult, expected: dict[str, float], within: float) -> None:
    """The same names; NaN with a reason where the textbook has NaN, else the textbook's value."""
    assert set(found.metrics) == set(expected)
    for name, value in expected.items():
        if math.isnan(value):
            assert undefined(found, name)
            continue
        assert found.metrics[name].reason is None, name
        assert found.metrics[name].value == pytest.approx(value, rel=within, abs=within), name
        assert not found.metrics[name].estimated
        assert found.metrics[name].interval is None


ROWS = {
    "n over d": cloud(23, 5, 1),
    "n under d": cloud(13, 31, 2),
    "n is d": cloud(14, 14, 3),
    "d 2": cloud(21, 2, 4),
    "a decaying spectrum": cloud(37, 33, 5),
    "integers": np.rint(4 * cloud(22, 6, 6)).astype(np.int16) + 1,
    "Fortran order": np.asfortranarray(cloud(19, 8, 7)),
    "big endian": cloud(15, 7, 8).astype(">f8"),
    "stored as float32": cloud(25, 9, 9).astype(np.float32),
    "stored as float16": cloud(17, 4, 10).astype(np.float16),
    "rank 3": cloud(18, 3, 11) @ cloud(3, 9, 12),
    "a slice": cloud(40, 12, 13)[::2, 1:8],
    "one direction but for a little": cloud(24, 6, 14) * 1e-4 + 1.0,
}
EACH = pytest.mark.parametrize("name", ROWS)


@EACH
def test_one_cloud(name: str) -> None:
    assert_metrics(measured(ROWS[name]), textbook_metrics.metrics(ROWS[name]), WITHIN)


@EACH
def test_two_clouds_with_labels(name: str) -> None:
    rows = ROWS[name]
    keys, labels = beside(rows.astype(float), 20), labels_of(len(rows), 21)
    found = measured(rows, keys, labels=as_array(labels))
    assert_metrics(found, textbook_metrics.metrics(rows, keys, labels=labels), WITHIN)


@pytest.mark.parametrize("t", [0.001, 0.3, 5.0, 400.0])
@pytest.mark.parametrize("alpha", [0.5, 1.0, 3.5])
def test_t_and_alpha_away_from_their_defaults(t: float, alpha: float) -> None:
    rows = cloud(16, 5, 30)
    keys = beside(rows, 31)
    found = measured(rows, keys, t=t, alpha=alpha)
    assert_metrics(found, textbook_metrics.metrics(rows, keys, t=t, alpha=alpha), WITHIN)


@pytest.mark.parametrize("threshold", [-0.5, 0.0, 0.6, 0.9, 0.97, 1.0 - 1e-9])
def test_duplicates_at_other_thresholds(threshold: float) -> None:
    rows = np.concatenate([cloud(20, 3, 32), 2.0 * cloud(20, 3, 32)[:4]])
    found = by_core(rows, duplicate_threshold=threshold)["duplicates"]
    assert found == textbook_metrics.twins(rows.tolist(), threshold)
    if threshold == 1.0 - 1e-9:
        assert found == 8


@pytest.mark.parametrize("words", [False, True])
@pytest.mark.parametrize("shape", [(24, 5), (15, 19)])
def test_labels_with_rows_alone_and_rows_without(shape: tuple[int, int], words: bool) -> None:
    rows, labels = cloud(*shape, 33), labels_of(shape[0], 34)
    if words:
        labels = words_of(labels)
    found = measured(rows, labels=as_array(labels))
    assert_metrics(found, textbook_metrics.metrics(rows, labels=labels), WITHIN)
    queries = textbook_metrics.retrieval(rows.tolist(), labels)
    for name in ("precision_at_1", "r_precision", "map_at_r"):
        assert found.metrics[name].left_out == queries.count(None)
        assert found.metrics[name].n == len(rows) - queries.count(None)


def test_rows_without_a_label_are_no_candidates_of_retrieval() -> None:
    """The nearest neighbour of rows 0 and 1 has no label; without it they find each other."""
    rows = np.array([[1.0, 0.0], [1.0, 0.2], [1.0, 0.1], [0.0, 1.0], [-0.5, 1.0]])
    labels = np.array(["a", "a", None, "b", "b"], dtype=object)
    found = measured(rows, labels=labels).metrics
    assert found["precision_at_1"].value == 1.0
    assert (found["precision_at_1"].n, found["precision_at_1"].left_out) == (4, 1)
    assert found["tolerance"].n == 2


def test_rows_alone_in_their_class_are_candidates_of_retrieval() -> None:
    rows = np.array([[1.0, 0.0], [1.0, 0.2], [1.0, 0.1], [0.0, 1.0], [-0.5, 1.0]])
    found = measured(rows, labels=np.array([0, 0, 1, 2, 2])).metrics
    assert found["precision_at_1"].value == 0.5
    assert (found["precision_at_1"].n, found["precision_at_1"].left_out) == (4, 1)


def test_exact_copies_are_told_apart_by_their_row() -> None:
    rows = np.rint(2 * cloud(12, 3, 35)) + np.array([0.0, 0.0, 0.5])
    rows = np.concatenate([rows, 3.0 * rows[:5], rows[:2]])
    keys = np.concatenate([rows[6:], rows[:6]])
    labels = labels_of(len(rows), 36)
    found = measured(rows, keys, labels=as_array(labels))
    assert_metrics(found, textbook_metrics.metrics(rows, keys, labels=labels), WITHIN)
    assert_rows(found.samples, rows, keys, labels)


# Where two clouds come from.


def test_views_in_one_file_are_two_clouds() -> None:
    first = cloud(17, 6, 40)
    second = beside(first, 41)
    labels = labels_of(17, 42)
    expected = measured(first, second, labels=as_array(labels))
    stacked = np.concatenate([first, second])
    interleaved = np.stack([first, second], axis=1).reshape(34, 6)
    for rows, views in (
        (np.stack([first, second]), None),
        (np.stack([first, second], axis=1), None),
        (np.stack([first, second]), "first"),
        (stacked, "stacked"),
        (interleaved, "interleaved"),
    ):
        found = measured(rows, views=views, labels=as_array(labels))
        assert values(found) == pytest.approx(values(expected), rel=1e-12, nan_ok=True)
        assert (found.n, found.clouds) == (17, 2)
    assert_metrics(expected, textbook_metrics.metrics(first, second, labels=labels), WITHIN)


def test_one_flat_file_is_one_cloud_without_a_word_about_views() -> None:
    found = measured(cloud(18, 5, 43))
    assert (found.n, found.clouds, found.positives) == (18, 1, None)


@pytest.mark.parametrize("alpha", [0.7, 2.0])
def test_listed_pairs_are_aligned(alpha: float) -> None:
    rows = cloud(15, 4, 44)
    pairs = np.array([[0, 3], [3, 1], [7, 14], [0, 9], [14, 2], [7, 14]])
    expected = textbook_metrics.alignment_of_pairs(rows.tolist(), pairs.tolist(), alpha)
    similar = np.column_stack([pairs, np.ones(6, int)])
    for listed in (pairs, similar):
        found = measured(rows, pairs=listed, alpha=alpha).metrics["alignment"]
        assert found.value == pytest.approx(expected, rel=1e-12)
        assert found.n == 6


# Columns.


def of_view(facts: RowFacts, view: int) -> dict[str, list[Any]]:
    """The columns of one view, in the order of its rows."""
    columns = {name: np.asarray(column) for name, column in facts.columns()}
    own = np.flatnonzero(columns["view"] == view) if "view" in columns else np.arange(len(facts))
    own = own[np.argsort(columns["index"][own], kind="stable")]
    assert columns["index"][own].tolist() == list(range(len(own)))
    return {name: column[own].tolist() for name, column in columns.items()}


def near(expected: Any) -> Any:
    return pytest.approx(expected, rel=WITHIN, abs=WITHIN)


def assert_cloud(found: dict[str, list[Any]], rows: Array, labels: Labels | None) -> None:
    """The columns that describe rows of one cloud."""
    listed = rows.tolist()
    assert found["norm"] == near(textbook_metrics.norms(listed))
    assert found["uniformity"] == near(textbook_distance.uniformity_samples(listed))
    assert found["occurrences"] == textbook_metrics.occurrences(listed)
    lists = textbook_metrics.neighbours(listed, range(len(rows)))
    assert found["nearest"] == [lists[i][0] for i in range(len(rows))]
    cos = textbook_metrics.cosines(listed)
    assert found["nearest_cosine"] == near([cos[i][j] for i, j in enumerate(found["nearest"])])
    if labels is None:
        assert not {"label", "precision_at_1", "r_precision", "average_precision"} & set(found)
        return
    assert found["label"] == list(labels)
    for i, query in enumerate(textbook_metrics.retrieval(listed, labels)):
        if query is None:
            assert math.isnan(found["r_precision"][i])
            assert math.isnan(found["average_precision"][i])
            continue
        assert found["precision_at_1"][i] == query.precision_at_1
        assert found["r_precision"][i] == pytest.approx(query.r_precision, abs=WITHIN)
        assert found["average_precision"][i] == pytest.approx(query.average_precision, abs=WITHIN)


def assert_rows(
    facts: RowFacts, rows: Array, keys: Array | None = None, labels: Labels | None = None
) -> None:
    first = of_view(facts, 0)
    assert_cloud(first, rows, labels)
    if keys is None:
        assert not {"view", "alignment", "rank"} & set(first)
        return
    second = of_view(facts, 1)
    assert len(facts) == 2 * len(rows)
    assert_cloud(second, keys, labels)
    views = [rows.tolist(), keys.tolist()]
    apart = textbook_distance.alignment(views)
    assert first["alignment"] == near(apart)
    assert second["alignment"] == near(apart)
    assert first["rank"] == textbook_metrics.ranks(*views)


@EACH
def test_columns_of_the_rows_of_one_cloud(name: str) -> None:
    labels = words_of(labels_of(len(ROWS[name]), 50))
    assert_rows(measured(ROWS[name]).samples, ROWS[name])
    found = measured(ROWS[name], labels=as_array(labels)).samples
    assert_rows(found, ROWS[name], labels=labels)


@EACH
def test_columns_of_the_rows_of_two_clouds(name: str) -> None:
    keys = beside(ROWS[name].astype(float), 51)
    labels = labels_of(len(ROWS[name]), 52)
    assert_rows(measured(ROWS[name], keys).samples, ROWS[name], keys)
    found = measured(ROWS[name], keys, labels=as_array(labels)).samples
    assert_rows(found, ROWS[name], keys, labels)


def test_the_metric_is_the_mean_of_its_column() -> None:
    rows = cloud(30, 6, 53)
    keys, labels = beside(rows, 54), labels_of(30, 55)
    found = measured(rows, keys, labels=as_array(labels))
    columns, metrics = of_view(found.samples, 0), found.metrics
    assert np.mean(columns["alignment"]) == near(metrics["alignment"].value)
    assert np.nanmean(columns["r_precision"]) == near(metrics["r_precision"].value)
    assert np.nanmean(columns["average_precision"]) == near(metrics["map_at_r"].value)
    assert np.mean(np.array(columns["rank"]) == 1) == metrics["recall_at_1"].value
    spread = np.log(np.mean(np.exp(columns["uniformity"])))
    assert spread == near(metrics["uniformity"].value)


@pytest.mark.parametrize("top", [1, 4, 100])
def test_as_many_rows_are_listed_as_were_asked_for(top: int) -> None:
    found = measured(cloud(30, 6, 56), top=top)
    assert len(found.worst) == min(top, 30)
    every = list(found.samples.rows(0, 30))
    assert all(row in every for row in found.worst.rows(0, len(found.worst)))


def assert_classes(facts: ClassFacts, rows: Array, labels: Labels, view: int | None) -> None:
    columns = {name: np.asarray(column) for name, column in facts.columns()}
    own = range(len(facts)) if view is None else np.flatnonzero(columns["view"] == view)
    found = {columns["label"][k]: k for k in own}
    expected = textbook_metrics.classes(rows, labels)
    assert set(found) == set(expected)
    assert len(own) == len(expected)
    for label, of_class in expected.items():
        row = {name: column[found[label]] for name, column in columns.items()}
        assert row["size"] == of_class.size
        assert row["hardest_class"] == of_class.hardest_class
        for name in ("tolerance", "effective_rank", "hardest_cosine", "r_precision"):
            value = getattr(of_class, name)
            assert row[name] == pytest.approx(value, rel=WITHIN, abs=WITHIN, nan_ok=True), name


@pytest.mark.parametrize("words", [False, True])
@EACH
def test_classes_of_one_cloud(name: str, words: bool) -> None:
    rows, labels = ROWS[name], labels_of(len(ROWS[name]), 57)
    labels = words_of(labels) if words else labels
    found = measured(rows, labels=as_array(labels)).classes
    assert found is not None
    assert_classes(found, rows, labels, None)


def test_classes_of_two_clouds() -> None:
    rows, labels = cloud(26, 7, 58), labels_of(26, 59)
    keys = beside(rows, 60)
    found = measured(rows, keys, labels=as_array(labels)).classes
    assert found is not None
    assert_classes(found, rows, labels, 0)
    assert_classes(found, keys, labels, 1)


@pytest.mark.parametrize("sizes", [[2] * 150, [290, 3, 7], [70, 130, 1, 99]])
def test_many_classes_and_large_ones(sizes: list[int]) -> None:
    rows = cloud(sum(sizes), 3, 61)
    labels = np.random.default_rng(62).permutation(np.repeat(np.arange(len(sizes)), sizes))
    asked = ("tolerance", "r_precision")
    found = measured(rows, labels=labels, metrics=asked).classes
    assert found is not None
    assert_classes(found, rows, labels.tolist(), None)


# Invariances.


def assert_same_bits(one: MetricsResult, other: MetricsResult) -> None:
    assert list(one.metrics) == list(other.metrics)
    for name, value in values(one).items():
        assert np.array_equal(value, other.metrics[name].value, equal_nan=True), name
    for ours, theirs in ((one.samples, other.samples), (one.classes, other.classes)):
        assert ours is not None
        assert theirs is not None
        for (name, column), (_, same) in zip(ours.columns(), theirs.columns(), strict=True):
            numbers = column.dtype.kind == "f"
            assert np.array_equal(column, same, equal_nan=numbers), name


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_threads_and_memory_change_no_bit(precision: str) -> None:
    rows = cloud(1500, 24, 61).astype(np.float32)
    keys, labels = beside(rows, 62), np.array(labels_of(1500, 63))

    def under(**bounds: Any) -> MetricsResult:
        return cc.metrics(
            rows, keys, labels=labels, resources=Resources(precision=precision, **bounds)
        )

    alone = under(threads=1)
    assert_same_bits(alone, under(threads=1))
    assert_same_bits(alone, under(threads=3))
    assert_same_bits(alone, under(threads=2, memory=48 * 2**20))


@pytest.mark.parametrize("tile", [1, 5, 16])
def test_tiles_change_nothing_but_rounding(tile: int) -> None:
    rows = cloud(29, 6, 64)
    keys, labels = beside(rows, 65), labels_of(29, 66)
    cut = Resources(precision="float64", tile=tile)
    found = measured(rows, keys, labels=as_array(labels), resources=cut)
    assert_metrics(found, textbook_metrics.metrics(rows, keys, labels=labels), WITHIN)
    assert_rows(found.samples, rows, keys, labels)


def test_float32_agrees_with_the_textbook_to_five_digits() -> None:
    """Its cosines tie where they differ by 1e-6, which decides who comes first."""
    rows = cloud(80, 40, 67)
    keys, labels = beside(rows, 68), labels_of(80, 69)
    found = cc.metrics(rows, keys, labels=as_array(labels))
    assert found.precision == "float32"
    expected = textbook_metrics.metrics(rows, keys, labels=labels, tied=1e-6)
    assert_metrics(found, expected, 1e-5)


def test_the_precision_of_cosines_decides_what_a_tie_is() -> None:
    """Seen from the first row the last lies nearer than the second, by 3e-8."""
    angles = np.arccos([1.0, 0.8, -0.3, 0.8 + 3e-8])
    rows = np.column_stack([np.cos(angles), np.sin(angles)])
    nearest = [cc.metrics(rows).samples.nearest, measured(rows).samples.nearest]
    assert [column[0] for column in nearest if column is not None] == [1, 3]


def test_float32_is_within_five_digits_of_float64_on_the_sample_data() -> None:
    views, labels = sample_file("emb"), sample_file("labels")
    exact, found = by_core(views, labels=labels), values(cc.metrics(views, labels=labels))
    assert found == pytest.approx(exact, rel=1e-5, abs=1e-5, nan_ok=True)


def test_one_rotation_of_all_rows_changes_nothing() -> None:
    rows = cloud(31, 24, 70)
    keys, labels = beside(rows, 71), as_array(labels_of(31, 72))
    turn = np.linalg.qr(np.random.default_rng(73).normal(size=(24, 24)))[0]
    turned = by_core(rows @ turn, keys @ turn, labels=labels)
    assert turned == pytest.approx(by_core(rows, keys, labels=labels), rel=1e-10, abs=1e-10)


def test_the_order_of_rows_changes_nothing() -> None:
    rows = cloud(31, 24, 74)
    keys, labels = beside(rows, 75), as_array(labels_of(31, 76))
    order = np.random.default_rng(77).permutation(31)
    moved = by_core(rows[order], keys[order], labels=labels[order])
    assert moved == pytest.approx(by_core(rows, keys, labels=labels), rel=1e-11, abs=1e-11)


STORED = {"rankme", "effective_rank", "participation_ratio", "stable_rank", "alpha_req"}
STORED |= {"iso_score", "norm_mean", "norm_std"}


def test_the_lengths_of_rows_change_no_metric_of_a_cosine() -> None:
    rows = cloud(31, 24, 78)
    keys, labels = beside(rows, 79), as_array(labels_of(31, 80))
    lengths = np.random.default_rng(81).uniform(1e-4, 1e4, size=(31, 1))
    plain = by_core(rows, keys, labels=labels)
    scaled = by_core(lengths * rows, keys / lengths, labels=labels)
    for name, value in plain.items():
        if name.removesuffix(".keys") in STORED:
            assert scaled[name] != pytest.approx(value, rel=1e-6), name
        else:
            assert scaled[name] == pytest.approx(value, rel=1e-11, abs=1e-11), name


@pytest.mark.parametrize("scale", [1e-200, 1e-30, 1e-4, 1e4, 1e30, 1e200])
def test_one_scale_of_all_rows_changes_no_metric_but_the_norms(scale: float) -> None:
    rows = cloud(31, 24, 82)
    plain, scaled = by_core(rows), by_core(scale * rows)
    for name, value in plain.items():
        expected = scale * value if name.startswith("norm") else value
        assert scaled[name] == pytest.approx(expected, rel=1e-10, abs=0.0), name


def test_float32_rows_whose_squares_leave_its_range_are_measured() -> None:
    rows = cloud(31, 24, 83).astype(np.float32)
    for scale in (np.float32(2.0**80), np.float32(2.0**-80)):
        plain, scaled = cc.metrics(rows), cc.metrics(scale * rows)
        for name, value in values(plain).items():
            expected = float(scale) * value if name.startswith("norm") else value
            assert scaled.metrics[name].value == pytest.approx(expected, rel=1e-6, abs=0.0), name


def test_a_shift_of_all_rows_changes_no_centred_metric() -> None:
    rows = cloud(31, 24, 84)
    moved = by_core(rows + np.linspace(-2.0, 3.0, 24))
    for name in ("effective_rank", "participation_ratio", "alpha_req", "iso_score"):
        assert moved[name] == pytest.approx(by_core(rows)[name], rel=1e-9), name


def test_the_two_clouds_may_change_places() -> None:
    rows = cloud(31, 24, 85)
    keys = beside(rows, 86)
    there, back = by_core(rows, keys), by_core(keys, rows)
    for name in ("alignment", "modality_gap"):
        assert there[name] == pytest.approx(back[name], rel=1e-13)
    for name in textbook_metrics.of_cloud(rows):
        assert there[name] == pytest.approx(back[f"{name}.keys"], rel=1e-12), name
