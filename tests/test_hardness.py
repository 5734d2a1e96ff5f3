"""Triplets in the library: counts, means, anchors and classes, against loops and golden values."""

import itertools
import math
from collections import Counter
from dataclasses import astuple
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import textbook_distance as textbook
from golden import C_LABELS, H_LABELS, A, B, C, H, Rows, near, random_rows

import contrastive_core as cc
from contrastive_core import Resources, TripletsResult
from contrastive_core.errors import BadInput, BadParameter, ContrastError, NothingDefined
from contrastive_core.hardness.result import Hardness
from contrastive_core.hardness.rows import AnchorRows, ListedRows

N, D = 26, 5
ROWS = random_rows(N, D, 11)
LABELS: list[str | None] = [*"aabcabcaacbdabbcaaabcab", None, None, "c"]
"""Unequal classes, one of a single row (d), and two rows without a class."""

CLASSES: npt.NDArray[Any] = np.array(LABELS, object)
SMALL = 0.4
"""A margin at which every sort of triplet occurs."""


def counted(result: TripletsResult | Hardness) -> tuple[int, int, int]:
    """Hard, semi-hard, easy."""
    found = result.counts
    assert found is not None
    return found.hard, found.semi_hard, found.easy


def anchors_of(result: TripletsResult | Hardness) -> AnchorRows:
    assert isinstance(result.samples, AnchorRows)
    return result.samples


def same(found: Any, expected: Any) -> None:
    """Equal to the last bit, NaN included."""
    np.testing.assert_array_equal(np.asarray(found), np.asarray(expected))


def assert_same(found: Hardness, expected: Hardness) -> None:
    assert found.margin == expected.margin
    assert found.counts == expected.counts
    assert found.fractions == expected.fractions
    same(astuple(found.loss), astuple(expected.loss))
    for name, values in found.samples.columns():
        same(values, getattr(expected.samples, name))
    assert found.classes is not None
    for name, values in found.classes.columns():
        same(values, getattr(expected.classes, name))


# Golden values.


GOLDEN = [
    # Data, parameters, hard/semi-hard/easy, mean, mean of the active ones where it is known.
    ("C", {}, (0, 2, 24), 0.00624751159786389, 0.0812176507722306),
    ("C", {"distance": "euclidean"}, (0, 2, 24), 0.0021797459727028756, 0.028336697645137382),
    ("C", {"distance": "cosine"}, (0, 6, 20), 0.0212008625162305, None),
    ("C", {"soft_margin": True}, (0, 2, 24), 0.424836331695638, None),
    ("C", {"swap": True}, (0, 4, 22), 0.0124950231957278, None),
    ("C", {"mining": "batch-hard"}, (0, 2, 24), 0.0324870603088922, None),
    ("H", {}, (8, 1, 17), 0.45445229801335, 1.31286219426079),
    ("H", {"distance": "euclidean"}, (8, 5, 13), 0.267173443446944, 0.534346886893889),
    ("H", {"distance": "cosine"}, (8, 3, 15), 0.265949675411383, None),
    ("H", {"soft_margin": True}, (8, 1, 17), 0.703084342595152, None),
    ("H", {"swap": True}, (12, 2, 12), 0.862772122642804, None),
    ("H", {"mining": "batch-hard"}, (8, 1, 17), 0.641570035598837, None),
]
DATA = {"C": (C, C_LABELS), "H": (H, H_LABELS)}


@pytest.mark.parametrize(("name", "parameters", "counts", "mean", "active"), GOLDEN)
def test_golden_counts_and_means(
    name: str,
    parameters: dict[str, Any],
    counts: tuple[int, int, int],
    mean: float,
    active: float | None,
) -> None:
    rows, labels = DATA[name]
    result = cc.triplets(rows, labels=labels, **parameters)
    assert (result.triplets, result.anchors, result.undefined) == (26, 5, 1)
    assert counted(result) == counts
    assert result.loss.mean == near(mean)
    if active is not None:
        assert result.loss.mean_active == near(active)
    assert result.value == result.loss.mean
    assert result.active_fraction == (counts[0] + counts[1]) / 26
    fractions = result.fractions
    assert (fractions.hard, fractions.semi_hard, fractions.easy) == tuple(c / 26 for c in counts)


def listed(labels: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """The triplets of labels, one by one."""
    return np.array(list(textbook.of_labels(np.asarray(labels).tolist())))


@pytest.mark.parametrize(("name", "parameters", "counts", "mean", "active"), GOLDEN)
def test_golden_triplets_that_are_listed(
    name: str,
    parameters: dict[str, Any],
    counts: tuple[int, int, int],
    mean: float,
    active: float | None,
) -> None:
    if "mining" in parameters:
        return
    rows, labels = DATA[name]
    index = listed(labels)
    first, second, third = (rows[index[:, k]] for k in range(3))
    for result, anchors in (
        (cc.triplets(rows, triplets=index, **parameters), 5),
        (cc.triplets(first, second, third, **parameters), 26),
    ):
        assert (result.triplets, result.anchors, result.undefined) == (26, anchors, 0)
        assert counted(result) == counts
        assert result.loss.mean == near(mean)
        if active is not None:
            assert result.loss.mean_active == near(active)
        assert result.classes is None


# Loops.


@pytest.mark.parametrize("distance", ["sqeuclidean", "euclidean", "cosine"])
@pytest.mark.parametrize("normalize", [None, False])
@pytest.mark.parametrize("margin", [0.0, 0.1, SMALL, 3.0])
def test_counts_means_and_anchors_are_those_of_loops(
    distance: str, normalize: bool | None, margin: float
) -> None:
    if distance == "cosine" and normalize is False:
        return
    how: dict[str, Any] = {"margin": margin, "distance": distance, "normalize": normalize}
    every = textbook.triplets(ROWS.tolist(), LABELS, **how)
    result = cc.triplets(ROWS, labels=CLASSES, **how)
    assert result.triplets == len(every)
    assert counted(result) == textbook.counts(every)
    assert margin in (0.0, 3.0) or min(counted(result)) > 20
    assert result.loss.mean == pytest.approx(textbook.triplet_value(every), rel=1e-10)
    active = textbook.triplet_value(every, "active")
    assert result.loss.mean_active == pytest.approx(active, rel=1e-10)
    own = [[one for one in every if one.anchor == a] for a in range(N)]
    rows = anchors_of(result)
    counts = zip(rows.hard, rows.semi_hard, rows.easy, strict=True)  # type: ignore[arg-type]
    assert list(counts) == [textbook.counts(some) for some in own]
    assert rows.loss == pytest.approx(
        textbook.triplet_samples(every, N), rel=1e-9, abs=1e-12, nan_ok=True
    )


@pytest.mark.parametrize(("soft_margin", "swap"), [(True, False), (False, True), (True, True)])
def test_soft_margin_and_swap_are_those_of_loops_at_every_margin(
    soft_margin: bool, swap: bool
) -> None:
    margins = [0.1, SMALL]
    result = cc.triplets(ROWS, labels=CLASSES, margin=margins, soft_margin=soft_margin, swap=swap)
    for margin, found in zip(margins, result.margins, strict=True):
        every = textbook.triplets(
            ROWS.tolist(), LABELS, margin=margin, soft_margin=soft_margin, swap=swap
        )
        assert counted(found) == textbook.counts(every)
        assert found.loss.mean == pytest.approx(textbook.triplet_value(every), rel=1e-10)
        active = textbook.triplet_value(every, "active")
        assert found.loss.mean_active == pytest.approx(active, rel=1e-10)


def test_every_anchor_has_its_farthest_positive_and_nearest_negative() -> None:
    rows = anchors_of(cc.triplets(ROWS, labels=CLASSES))
    units = ROWS / np.linalg.norm(ROWS, axis=1, keepdims=True)
    squares = ((units[:, None] - units[None]) ** 2).sum(axis=2)
    for a, label in enumerate(LABELS):
        mates = [p for p in range(N) if p != a and label is not None and LABELS[p] == label]
        others = [n for n in range(N) if label is not None and LABELS[n] not in (None, label)]
        assert rows.label is not None
        assert rows.label[a] == label
        for index, distance, among, extreme in (
            (rows.positive_index, rows.positive_distance, mates, max),
            (rows.negative_index, rows.negative_distance, others, min),
        ):
            assert index is not None
            assert distance is not None
            if not among:
                assert index[a] == -1
                assert math.isnan(distance[a])
                continue
            chosen = extreme(among, key=lambda other: squares[a, other])
            assert index[a] == chosen
            assert distance[a] == pytest.approx(squares[a, chosen], rel=1e-10)


def test_classes_sum_their_anchors() -> None:
    result = cc.triplets(ROWS, labels=CLASSES, margin=SMALL)
    every = textbook.triplets(ROWS.tolist(), LABELS, margin=SMALL)
    classes, rows = result.classes, anchors_of(result)
    assert classes is not None
    assert rows.negative_index is not None
    columns = dict(classes.columns())
    assert columns["label"].tolist() == ["a", "b", "c", "d"]
    for code, name in enumerate("abcd"):
        own = [one for one in every if LABELS[one.anchor] == name]
        size = LABELS.count(name)
        hard, semi, easy = textbook.counts(own)
        assert columns["size"][code] == size
        assert columns["triplets"][code] == len(own) == size * (size - 1) * (N - 2 - size)
        assert [columns[key][code] for key in ("hard", "semi_hard", "easy")] == [hard, semi, easy]
        nearest = [
            LABELS[int(rows.negative_index[a])] for a, label in enumerate(LABELS) if label == name
        ]
        often = Counter(nearest)
        assert often[columns["nearest_class"][code]] == max(often.values())
        if own:
            assert columns["hard_fraction"][code] == hard / len(own)
            assert columns["semi_hard_fraction"][code] == semi / len(own)
            mean = textbook.triplet_value(own)
            assert columns["loss"][code] == pytest.approx(mean, rel=1e-10)
        else:
            assert np.isnan([columns[key][code] for key in ("hard_fraction", "loss")]).all()


def test_classes_are_listed_by_their_share_of_hard_triplets() -> None:
    classes = cc.triplets(ROWS, labels=CLASSES, margin=SMALL).classes
    assert classes is not None
    shares = classes.hardest(10).hard_fraction.tolist()
    assert len(shares) == 3
    assert shares == sorted(shares, reverse=True)
    assert len(classes.hardest(2)) == 2


def test_listed_triplets_are_those_of_loops() -> None:
    index = listed(CLASSES)[::7][::-1]
    result = cc.triplets(ROWS, triplets=index, margin=SMALL, distance="euclidean")
    units = ROWS / np.linalg.norm(ROWS, axis=1, keepdims=True)
    expected = [
        textbook.triplet(units.tolist(), *row, margin=SMALL, distance_name="euclidean")
        for row in index.tolist()
    ]
    rows = result.samples
    assert isinstance(rows, ListedRows)
    assert min(counted(result)) > 0
    assert result.anchors == len({one.anchor for one in expected})
    for row, one in zip(rows.rows(0, len(rows)), expected, strict=True):
        found = dict(zip([name for name, _ in rows.columns()], row, strict=True))
        assert found["category"] == one.category
        assert found["gap"] == pytest.approx(one.far - one.near, rel=1e-9)
        assert found["loss"] == pytest.approx(one.loss, rel=1e-9, abs=1e-15)
        names = ("anchor", "positive_index", "negative_index")
        assert tuple(found[name] for name in names) == (one.anchor, one.positive, one.negative)


# The loss command's numbers, to the last bit.


LOSSES = [
    *({"mining": mining} for mining in ("all", "easy", "semi-hard", "hard", "batch-hard")),
    {"mining": "random-semi-hard", "seed": 3},
    {"distance": "euclidean"},
    {"distance": "cosine", "mining": "semi-hard"},
    {"normalize": False, "margin": 0.05},
    {"soft_margin": True},
    {"soft_margin": True, "mining": "hard"},
    {"soft_margin": True, "mining": "random-semi-hard", "seed": 1},
    {"swap": True, "mining": "semi-hard"},
    {"swap": True, "mining": "batch-hard"},
]


@pytest.mark.parametrize("parameters", LOSSES)
def test_both_means_are_those_of_the_loss_to_the_last_bit(parameters: dict[str, Any]) -> None:
    parameters = {"margin": SMALL, **parameters}
    result = cc.triplets(ROWS, labels=CLASSES, **parameters)
    loss = cc.loss("triplet", ROWS, labels=CLASSES, **parameters)
    assert result.loss.mean == loss.value
    same(result.samples.loss, loss.samples.loss)
    mined = parameters.get("mining")
    if mined not in ("easy", "semi-hard", "hard", "random-semi-hard"):
        active = cc.loss("triplet", ROWS, labels=CLASSES, average="active", **parameters)
        chosen = cc.triplets(ROWS, labels=CLASSES, average="active", **parameters)
        assert result.loss.mean_active == chosen.value == active.value
        same(chosen.samples.loss, active.samples.loss)
    elif mined == "easy":
        assert result.loss.mean_active == 0.0
    else:
        assert result.loss.mean_active == result.loss.mean


def test_the_margin_makes_the_sorts_where_the_loss_has_none() -> None:
    how: dict[str, Any] = {"mining": "batch-hard", "soft_margin": True}
    result = cc.triplets(ROWS, labels=CLASSES, margin=SMALL, **how)
    every = textbook.triplets(ROWS.tolist(), LABELS, margin=SMALL)
    assert counted(result) == textbook.counts(every)
    assert result.loss.mean == cc.loss("triplet", ROWS, labels=CLASSES, **how).value


@pytest.mark.parametrize("mining", ["all", "easy", "semi-hard", "hard"])
def test_listed_means_are_those_of_the_loss_to_the_last_bit(mining: str) -> None:
    how: dict[str, Any] = {"margin": SMALL, "mining": mining}
    index = listed(CLASSES)[::5]
    result = cc.triplets(ROWS, triplets=index, **how)
    loss = cc.loss("triplet", ROWS, triplets=index, **how)
    assert result.loss.mean == loss.value
    same(result.samples.loss, loss.samples.loss)
    assert result.triplets == len(index)


def test_a_mean_over_nothing_is_no_number_and_the_counts_are_there() -> None:
    result = cc.triplets(C, labels=C_LABELS, mining="hard")
    assert counted(result) == (0, 2, 24)
    assert math.isnan(result.loss.mean)
    assert math.isnan(result.loss.mean_active)
    apart = cc.triplets(C, labels=C_LABELS, margin=0.0)
    assert counted(apart) == (0, 0, 26)
    assert (apart.loss.mean, apart.loss.mean_active) == (0.0, 0.0)


# Several margins.


@pytest.mark.parametrize(
    "parameters", [{}, {"mining": "random-semi-hard", "seed": 2}, {"average": "active"}]
)
@pytest.mark.parametrize("margins", [(0.4, 0.1, 3.0, 0.0), (0.0, 0.4)])
def test_each_of_several_margins_is_what_it_is_alone(
    margins: tuple[float, ...], parameters: dict[str, Any]
) -> None:
    together = cc.triplets(ROWS, labels=CLASSES, margin=margins, **parameters)
    assert [found.margin for found in together.margins] == list(margins)
    for margin, found in zip(margins, together.margins, strict=True):
        alone = cc.triplets(ROWS, labels=CLASSES, margin=margin, **parameters)
        assert_same(found, alone.margins[0])
        assert (alone.triplets, alone.anchors) == (together.triplets, together.anchors)


def test_a_larger_margin_leaves_fewer_easy_ones() -> None:
    margins = [0.1 * step for step in range(20)]
    found = cc.triplets(ROWS, labels=CLASSES, margin=margins).margins
    easy = [counted(each)[2] for each in found]
    assert easy == sorted(easy, reverse=True)
    assert len({counted(each)[0] for each in found}) == 1


# Sizes.


def test_counts_are_exact_beyond_2_to_the_31() -> None:
    """On a line: 1000 rows of one class at 0 and 1000 at 4, 1200 rows of another at 1."""
    rows = np.repeat([[0.0], [4.0], [1.0]], [1000, 1000, 1200], axis=0)
    labels = np.repeat([0, 0, 1], [1000, 1000, 1200])
    result = cc.triplets(
        rows, labels=labels, distance="euclidean", normalize=False, margin=[0.5, 1.5]
    )
    hard = 2000 * 1000 * 1200
    assert hard == 2400000000 > 2**31
    near_own = 1000 * 999 * 1200
    assert result.triplets == 2000 * 1999 * 1200 + 1200 * 1199 * 2000 == 7675200000
    easy = 2 * near_own + 1200 * 1199 * 2000
    assert counted(result.margins[0]) == (hard, 0, easy)
    closer = near_own + 1200 * 1199 * 1000
    assert counted(result.margins[1]) == (hard, closer, easy - closer)


def test_all_are_easy_hard_or_semi_hard_by_construction() -> None:
    n, labels = 2600, np.arange(2600) % 2
    total = 2 * 1300 * 1299 * 1300
    assert total == 4390620000 > 2**31
    same_place = np.ones((n, 3))
    apart = np.where(labels[:, None] == 0, [[1.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]])
    easy = cc.triplets(apart, labels=labels, margin=0.5)
    assert counted(easy) == (0, 0, total)
    semi_hard = cc.triplets(apart, labels=labels, margin=2.5)
    assert counted(semi_hard) == (0, total, 0)
    assert semi_hard.loss.mean == pytest.approx(0.5, rel=1e-12)
    hard = cc.triplets(same_place, labels=labels, margin=0.5)
    assert counted(hard) == (total, 0, 0)
    assert hard.loss.mean == pytest.approx(0.5, rel=1e-12)


# Views, null labels, order.


def test_views_with_labels_are_counted_over_all_views() -> None:
    views, labels = np.stack([A, B]), [0, 0, 1, 1]
    result = cc.triplets(views, labels=labels, distance="euclidean", margin=SMALL)
    flat = cc.triplets(
        np.concatenate([A, B]), labels=labels * 2, distance="euclidean", margin=SMALL
    )
    assert counted(result) == counted(flat)
    assert result.loss == flat.loss
    rows = anchors_of(result)
    assert rows.index.tolist() == [0, 1, 2, 3] * 2
    assert rows.view is not None
    assert rows.view.tolist() == [0] * 4 + [1] * 4
    same(rows.positive_index, anchors_of(flat).positive_index)
    same(rows.positive_view, np.asarray(rows.positive_index) // 4)
    same(rows.negative_view, np.asarray(rows.negative_index) // 4)


def test_rows_without_a_label_take_part_in_nothing() -> None:
    known = [i for i, label in enumerate(LABELS) if label is not None]
    result = cc.triplets(ROWS, labels=CLASSES, margin=SMALL)
    without = cc.triplets(ROWS[known], labels=CLASSES[known], margin=SMALL)
    assert counted(result) == counted(without)
    assert (result.anchors, result.undefined) == (23, 3)
    assert (without.anchors, without.undefined) == (23, 1)
    assert any("rows without a label" in each for each in result.warnings)


@pytest.mark.parametrize("sort", ["worst", "best"])
def test_anchors_are_listed_by_loss_and_ties_by_hard_triplets(sort: str) -> None:
    """A margin of 0 leaves many losses at 0; a hinge makes others equal."""
    result = cc.triplets(C, labels=C_LABELS, margin=0.01, sort=sort, top=5)
    assert result.worst.loss.tolist() == [0.0] * 5
    assert result.worst.index.tolist() == [0, 1, 2, 3, 4]
    rows = AnchorRows(
        index=np.arange(4),
        loss=np.array([1.0, np.nan, 1.0, 2.0]),
        label=None,
        hard=np.array([3, 0, 5, 0]),
    )
    assert rows.order(sort).tolist() == {"worst": [3, 2, 0], "best": [0, 2, 3]}[sort]
    assert rows.order(sort, every=True).tolist()[-1] == 1


def test_the_worst_are_as_many_as_are_asked_for() -> None:
    result = cc.triplets(ROWS, labels=CLASSES, margin=SMALL, top=3)
    losses = np.sort(result.samples.loss[~np.isnan(result.samples.loss)])[::-1]
    assert result.worst.loss.tolist() == losses[:3].tolist()


# A sample.


@pytest.mark.parametrize("parameters", [{}, {"mining": "batch-hard"}, {"distance": "cosine"}])
def test_a_sample_of_all_anchors_is_exact(parameters: dict[str, Any]) -> None:
    exact = cc.triplets(ROWS, labels=CLASSES, margin=SMALL, **parameters)
    result = cc.triplets(ROWS, labels=CLASSES, margin=SMALL, sample=exact.anchors, **parameters)
    assert (result.estimated, exact.estimated) == (True, False)
    assert (result.sample, result.counts) == (exact.anchors, None)
    assert result.fractions == exact.fractions
    assert result.active_fraction == exact.active_fraction
    assert result.loss.mean == pytest.approx(exact.loss.mean, rel=1e-12)
    assert result.loss.mean_active == pytest.approx(exact.loss.mean_active, rel=1e-12)
    assert (result.triplets, result.undefined) == (exact.triplets, exact.undefined)
    for margin in (*result.margins, *exact.margins):
        assert (margin.intervals is None) is (margin.counts is not None)


def test_a_sample_knows_what_it_does_not_need_to_estimate() -> None:
    exact = cc.triplets(ROWS, labels=CLASSES, margin=SMALL)
    result = cc.triplets(ROWS, labels=CLASSES, margin=SMALL, sample=6, seed=4)
    assert (result.triplets, result.anchors) == (exact.triplets, exact.anchors)
    drawn, whole = anchors_of(result), anchors_of(exact)
    assert len(drawn) == 6
    for name, values in drawn.columns():
        rows = getattr(whole, name)[drawn.index]
        if values.dtype == float:
            assert values == pytest.approx(rows, rel=1e-12)
        else:
            same(values, rows)
    classes, known = result.classes, exact.classes
    assert classes is not None
    assert known is not None
    same(classes.triplets, known.triplets)
    assert (classes.hard, classes.easy) == (None, None)
    assert np.sum(classes.anchors) == 6  # type: ignore[arg-type]


def test_random_mining_draws_the_same_negatives_in_a_sample() -> None:
    how: dict[str, Any] = {"mining": "random-semi-hard", "seed": 5, "margin": SMALL}
    exact = cc.triplets(ROWS, labels=CLASSES, **how)
    result = cc.triplets(ROWS, labels=CLASSES, sample=8, **how)
    drawn = anchors_of(result)
    assert drawn.loss == pytest.approx(exact.samples.loss[drawn.index], rel=1e-12, nan_ok=True)


def test_intervals_cover_what_they_estimate() -> None:
    rows = random_rows(300, 6, 5)
    labels = np.arange(300) % 7
    exact = cc.triplets(rows, labels=labels)
    covered, runs = Counter[str](), 60
    for seed in range(runs):
        (found,) = cc.triplets(rows, labels=labels, sample=60, seed=seed).margins
        assert found.intervals is not None
        for name, value in {
            "hard": exact.fractions.hard,
            "easy": exact.fractions.easy,
            "semi_hard": exact.fractions.semi_hard,
            "active_fraction": exact.active_fraction,
            "mean": exact.loss.mean,
            "mean_active": exact.loss.mean_active,
        }.items():
            low, high = getattr(found.intervals, name)
            assert low < high
            covered[name] += low <= value <= high
    assert len(covered) == 6
    assert all(count >= 0.85 * runs for count in covered.values()), covered


def test_the_seed_draws_the_anchors() -> None:
    def drawn(seed: int) -> list[int]:
        result = cc.triplets(ROWS, labels=CLASSES, sample=8, seed=seed)
        return [int(row) for row in anchors_of(result).index]

    assert drawn(1) == drawn(1) == sorted(set(drawn(1)))
    assert drawn(1) != drawn(2)
    lone = {i for i, label in enumerate(LABELS) if label in (None, "d")}
    assert not lone & set(itertools.chain(*map(drawn, range(20))))


# Threads, warnings, refusals.


@pytest.mark.parametrize("parameters", [{}, {"sample": 40}, {"soft_margin": True}])
def test_threads_and_memory_change_no_bit(parameters: dict[str, Any]) -> None:
    rows, labels = random_rows(1200, 8, 3), np.arange(1200) % 40
    margins = [0.1, 0.3]
    one, many = (
        cc.triplets(
            rows,
            labels=labels,
            margin=margins,
            resources=Resources(threads=threads, memory=memory),
            **parameters,
        )
        for threads, memory in ((1, 2**30), (5, 2**26))
    )
    for found, expected in zip(one.margins, many.margins, strict=True):
        assert_same(found, expected)
        assert found.intervals == expected.intervals


def test_warnings_are_those_of_the_loss() -> None:
    shuffled = np.random.default_rng(0).permutation(60) % 3
    for rows, labels in ((random_rows(60, 5, 1), shuffled), (np.ones((8, 3)), np.arange(8) // 4)):
        result = cc.triplets(rows, labels=labels)
        assert result.warnings == cc.loss("triplet", rows, labels=labels).warnings
        assert result.warnings


def test_what_all_easy_triplets_cost_is_no_sign_of_collapse() -> None:
    apart = np.repeat(np.eye(2), 4, axis=0)
    labels = np.repeat([0, 1], 4)
    assert cc.triplets(apart, labels=labels, margin=0.0).warnings == ()
    assert cc.loss("triplet", apart, labels=labels, margin=0.0).warnings == ()


BAD: list[tuple[dict[str, Any], type[ContrastError], str]] = [
    ({}, BadInput, "contrast triplets emb.npy --labels y.npy"),
    ({"labels": [0, 1, 2, 3, 4, 5]}, NothingDefined, "each alone in its class"),
    ({"labels": [0] * 6}, NothingDefined, "rows of one class only"),
    ({"labels": C_LABELS, "margin": -0.1}, BadParameter, "a finite number >= 0"),
    ({"labels": C_LABELS, "margin": "wide"}, BadParameter, "margin: expected"),
    ({"labels": C_LABELS, "margin": [0.2, 0.2]}, BadParameter, "0.2 twice"),
    ({"labels": C_LABELS, "margin": []}, BadParameter, "one margin or more"),
    ({"labels": C_LABELS, "distance": "far"}, BadParameter, "sqeuclidean, euclidean, cosine"),
    ({"labels": C_LABELS, "mining": "none"}, BadParameter, "batch-hard"),
    ({"labels": C_LABELS, "mining": "easy", "average": "active"}, BadParameter, "--average all"),
    ({"labels": C_LABELS, "seed": 1}, BadParameter, "It would change nothing"),
    ({"labels": C_LABELS, "sample": 6}, BadParameter, "at most the 5 anchors that have triplets"),
    ({"labels": C_LABELS, "sample": 1}, BadParameter, "a whole number >= 2"),
    ({"labels": C_LABELS, "sample": 2.5}, BadParameter, "a whole number >= 2"),
    ({"labels": C_LABELS, "sample": 3, "swap": True}, BadParameter, "without --swap"),
    ({"labels": C_LABELS, "sample": 3, "soft_margin": True}, BadParameter, "--soft-margin"),
    ({"labels": C_LABELS, "distance": "cosine", "normalize": False}, BadParameter, "cosine"),
    ({"labels": C_LABELS, "sort": "odd"}, BadParameter, "worst or best or index"),
    ({"labels": C_LABELS, "top": -1}, BadParameter, "from 0 on"),
    ({"triplets": [[0, 1, 3]], "sample": 2}, BadParameter, "1 listed triplets"),
    ({"triplets": [[0, 1, 3]], "mining": "batch-hard"}, BadParameter, "that are listed"),
]


@pytest.mark.parametrize(("given", "kind", "text"), BAD)
def test_what_means_nothing_is_refused(
    given: dict[str, Any], kind: type[ContrastError], text: str
) -> None:
    with pytest.raises(kind) as caught:
        cc.triplets(C, **given)
    assert text in str(caught.value)


def test_soft_margin_in_a_sample_goes_with_one_triplet_for_each_anchor() -> None:
    result = cc.triplets(C, labels=C_LABELS, sample=3, soft_margin=True, mining="batch-hard")
    assert result.margins[0].intervals is not None


def test_too_many_visits_are_refused() -> None:
    rows: Rows = np.ones((8000, 2)) * np.arange(1, 8001)[:, None]
    with pytest.raises(BadInput) as caught:
        cc.triplets(rows, labels=np.arange(8000) % 2, swap=True)
    assert "--mining batch-hard" in str(caught.value)
