"""The rows that a failure names are those that brute force finds."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import contrastive_core as cc

N, D = 30, 5


def _clouds() -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    rng = np.random.default_rng(7)
    first = rng.normal(size=(N, D)) * rng.uniform(0.5, 2.0, size=(N, 1))
    return first, first + 0.8 * rng.normal(size=(N, D))


def _unit(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


FIRST, SECOND = _clouds()
LABELS = [row % 5 for row in range(N)]
EXACT = cc.Resources(precision="float64")


def _rows(rule: str, *files: npt.NDArray[Any], **how: Any) -> tuple[dict[str, Any], ...]:
    (check,) = cc.check(*files, require=rule, resources=EXACT, **how).checks
    assert check.passed is False
    return check.rows


def _index(rows: tuple[dict[str, Any], ...]) -> list[int]:
    return [row["index"] for row in rows]


def _by(values: npt.NDArray[Any], count: int, *, high: bool = True) -> list[int]:
    order = np.argsort(-values if high else values, kind="stable")
    return [int(row) for row in order[:count]]


def test_alignment_names_the_pairs_that_lie_farthest_apart() -> None:
    apart = ((_unit(FIRST) - _unit(SECOND)) ** 2).sum(axis=1)
    rows = _rows("alignment <= 0", FIRST, SECOND)
    assert _index(rows) == _by(apart, 10)
    assert [row["alignment"] for row in rows] == pytest.approx(sorted(apart, reverse=True)[:10])
    assert {row["view"] for row in rows} == {0}
    assert _index(_rows("alignment >= 9", FIRST, SECOND, top=3)) == _by(apart, 3, high=False)


def _potentials(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    unit = _unit(rows)
    apart = ((unit[:, None] - unit[None]) ** 2).sum(axis=2)
    terms = np.exp(-2 * apart)
    np.fill_diagonal(terms, 0)
    return np.asarray(np.log(terms.sum(axis=1) / (len(rows) - 1)))


def test_uniformity_names_the_crowded_rows_of_its_own_cloud() -> None:
    assert _index(_rows("uniformity <= -9", FIRST)) == _by(_potentials(FIRST), 10)
    rows = _rows("uniformity.keys <= -9", FIRST, SECOND)
    assert _index(rows) == _by(_potentials(SECOND), 10)
    assert {row["view"] for row in rows} == {1}
    lonely = _rows("uniformity >= 0", FIRST)
    assert _index(lonely) == _by(_potentials(FIRST), 10, high=False)


def test_duplicates_names_the_rows_with_a_twin_and_the_twin() -> None:
    copied = FIRST.copy()
    copied[21], copied[4] = 3 * copied[8], copied[2]
    rows = _rows("duplicates == 0", copied)
    twins = {row["index"]: row["nearest"] for row in rows}
    assert twins == {8: 21, 21: 8, 2: 4, 4: 2}
    assert all(row["nearest_cosine"] == pytest.approx(1.0) for row in rows)
    assert _rows("duplicates >= 9", copied) == ()


def test_hubness_names_the_hubs() -> None:
    cosines = _unit(FIRST) @ _unit(FIRST).T
    np.fill_diagonal(cosines, -9)
    near = np.argsort(-cosines, axis=1)[:, :10]
    counts = np.bincount(near.ravel(), minlength=N)
    rows = _rows("hubness <= -9", FIRST)
    assert [row["occurrences"] for row in rows] == sorted(counts, reverse=True)[:10]


def test_recall_names_the_rows_whose_key_comes_last() -> None:
    cosines = _unit(FIRST) @ _unit(SECOND).T
    ranks = 1 + (cosines > np.diag(cosines)[:, None]).sum(axis=1)
    rows = _rows("recall_at_1 >= 2", FIRST, SECOND)
    assert [row["rank"] for row in rows] == sorted(ranks, reverse=True)[:10]
    assert all(ranks[row["index"]] == row["rank"] for row in rows)


@pytest.mark.parametrize(
    ("metric", "column"),
    [
        ("precision_at_1", "precision_at_1"),
        ("r_precision", "r_precision"),
        ("map_at_r", "average_precision"),
    ],
)
def test_precisions_name_the_rows_that_miss_their_class(metric: str, column: str) -> None:
    samples = cc.metrics(FIRST, labels=LABELS, resources=EXACT).samples
    own = np.asarray(getattr(samples, column))
    rows = _rows(f"{metric} >= 2", FIRST, labels=LABELS)
    assert _index(rows) == _by(own, 10, high=False)
    assert [row[column] for row in rows] == sorted(own)[:10]
    assert rows[0]["label"] == LABELS[rows[0]["index"]]


def test_norms_name_the_rows_that_are_long_or_unlike_the_others() -> None:
    norms = np.linalg.norm(FIRST, axis=1)
    assert _index(_rows("norm_mean <= 0", FIRST)) == _by(norms, 10)
    assert _index(_rows("norm_mean >= 99", FIRST)) == _by(norms, 10, high=False)
    assert _index(_rows("norm_std <= 0", FIRST)) == _by(np.abs(norms - norms.mean()), 10)


@pytest.mark.parametrize("metric", ["mean_cosine", "effective_rank", "stable_rank"])
def test_no_row_carries_what_describes_the_set(metric: str) -> None:
    assert _rows(f"{metric} <= -9", FIRST) == ()


def test_a_loss_names_its_largest_losses_with_rank_and_hardest_negative() -> None:
    scores = _unit(FIRST) @ _unit(SECOND).T / 0.1
    losses = np.log(np.exp(scores).sum(axis=1)) - np.diag(scores)
    for rule in ("infonce(tau=0.1) <= 0", "p95(infonce(tau=0.1)) <= 0"):
        rows = _rows(rule, FIRST, SECOND, top=4)
        assert _index(rows) == _by(losses, 4)
        assert [row["loss"] for row in rows] == pytest.approx(sorted(losses, reverse=True)[:4])
        assert all(set(row) >= {"positive", "rank", "hardest", "hardest_index"} for row in rows)
    assert _index(_rows("infonce(tau=0.1).mi_lower_bound >= 9", FIRST, SECOND)) == _by(losses, 10)
    lowest = _rows("infonce(tau=0.1) >= 99", FIRST, SECOND)
    assert _index(lowest) == _by(losses, 10, high=False)


def test_both_ends_of_a_loss_are_named_where_both_are_asked_for() -> None:
    rules = ["infonce <= 0", "infonce >= 99"]
    high, low = cc.check(FIRST, SECOND, require=rules, resources=EXACT).checks
    losses = np.asarray(cc.loss("infonce", FIRST, SECOND, resources=EXACT).samples.loss)
    assert _index(high.rows) == _by(losses, 10)
    assert _index(low.rows) == _by(losses, 10, high=False)


def test_undefined_samples_are_named_by_their_numbers() -> None:
    labels = [9, *([0, 1] * 14), 8]
    assert _index(_rows("supcon.undefined <= 0", FIRST, labels=labels)) == [0, 29]
    assert _index(_rows("triplets.undefined <= 0", FIRST, labels=labels)) == [0, 29]
    assert _rows("supcon.n >= 99", FIRST, labels=labels) == ()


def _triplets() -> dict[str, npt.NDArray[Any]]:
    unit, codes = _unit(FIRST), np.array(LABELS)
    apart = ((unit[:, None] - unit[None]) ** 2).sum(axis=2)
    counts = {sort: np.zeros(N, int) for sort in ("hard", "semi_hard", "easy")}
    for a in range(N):
        for p in np.flatnonzero((codes == codes[a]) & (np.arange(N) != a)):
            for n in np.flatnonzero(codes != codes[a]):
                gap = apart[a, n] - apart[a, p]
                sort = "hard" if gap <= 0 else "semi_hard" if gap < 0.2 else "easy"
                counts[sort][a] += 1
    return counts


@pytest.mark.parametrize("field", ["hard", "semi_hard", "counts.hard", "active_fraction"])
def test_anchors_with_the_most_triplets_of_the_sort_are_named(field: str) -> None:
    counts = _triplets()
    own = counts.get(field.removeprefix("counts."), counts["hard"] + counts["semi_hard"])
    rows = _rows(f"triplets.{field} <= -1", FIRST, labels=LABELS)
    assert [own[row["index"]] for row in rows] == sorted(own, reverse=True)[:10]
    assert all(row["hard"] == counts["hard"][row["index"]] for row in rows)


def test_too_few_easy_triplets_name_the_anchors_with_the_most_others() -> None:
    counts = _triplets()
    others = counts["hard"] + counts["semi_hard"]
    rows = _rows("triplets.easy >= 2", FIRST, labels=LABELS)
    assert [others[row["index"]] for row in rows] == sorted(others, reverse=True)[:10]


def test_the_mean_loss_of_triplets_names_the_largest_losses() -> None:
    rows = _rows("triplets.loss.mean <= -1", FIRST, labels=LABELS)
    losses = np.asarray(cc.triplets(FIRST, labels=LABELS).samples.loss)
    assert _index(rows) == _by(losses, 10)


def test_listed_triplets_are_named_the_hardest_first() -> None:
    rng = np.random.default_rng(0)
    listed = np.stack([rng.permutation(N)[:3] for _ in range(40)])
    unit = _unit(FIRST)
    anchor, positive, negative = (unit[listed[:, column]] for column in range(3))
    gaps = ((anchor - negative) ** 2).sum(axis=1) - ((anchor - positive) ** 2).sum(axis=1)
    rows = _rows("triplets.hard <= 0", FIRST, triplets=listed)
    assert _index(rows) == _by(gaps, 10, high=False)
    assert {row["category"] for row in rows} == {"hard"}
    assert [row["anchor"] for row in rows] == listed[_index(rows), 0].tolist()


def test_dropped_rows_keep_the_numbers_of_the_files() -> None:
    first, second = FIRST.copy(), SECOND.copy()
    first[3], second[11] = np.nan, np.inf
    kept = [row for row in range(N) if row not in (3, 11)]
    apart = ((_unit(FIRST) - _unit(SECOND)) ** 2).sum(axis=1)[kept]
    expected = [kept[place] for place in _by(apart, 10)]
    rules = ["alignment <= 0", "infonce <= 0", "duplicates == -1"]
    result = cc.check(first, second, require=rules, on_bad="drop", resources=EXACT)
    assert _index(result.checks[0].rows) == expected
    assert {3, 11}.isdisjoint(_index(result.checks[1].rows))
    assert max(_index(result.checks[1].rows)) > 11
    assert result.inputs[0].n == 28
    assert any("left out" in warning for warning in result.warnings)
    triplets = cc.check(
        first, labels=LABELS, require="triplets.hard <= 0", on_bad="drop", resources=EXACT
    )
    assert 3 not in _index(triplets.checks[0].rows)
    assert all(row["label"] == LABELS[row["index"]] for row in triplets.checks[0].rows)


def test_no_more_rows_are_named_than_asked_for() -> None:
    assert len(_rows("uniformity <= -9", FIRST, top=2)) == 2
    assert _rows("uniformity <= -9", FIRST, top=0) == ()
    assert len(_rows("infonce <= -9", FIRST, SECOND, top=99)) == N


def test_what_a_row_does_not_have_is_left_out() -> None:
    rows = _rows("supcon <= 0", FIRST, labels=[1] * N)
    assert all("hardest" not in row and "hardest_index" not in row for row in rows)
    assert all(row["rank"] == 1 for row in rows)
    missed = _rows("triplets.undefined <= 0", FIRST, labels=[None, *LABELS[1:]])
    assert missed == ({"index": 0},)


def test_of_an_equality_the_rows_on_the_side_of_the_value_are_named() -> None:
    rows = np.diag([1.0, 2.0, 3.0, 4.0])
    above, below = cc.check(rows, require=["norm_mean == 2", "norm_mean == 3"], top=1).checks
    assert [check.rows[0]["index"] for check in (above, below)] == [3, 0]


def test_too_low_a_loss_names_its_lowest_with_rank_and_hardest_negative() -> None:
    rows = np.random.default_rng(0).normal(size=(40, 4))
    (check,) = cc.check(rows, rows + 0.5, require="infonce >= 90", top=2).checks
    losses = cc.loss("infonce", rows, rows + 0.5).samples.loss
    assert [row["index"] for row in check.rows] == np.argsort(losses)[:2].tolist()
    assert all({"rank", "hardest_index"} <= set(row) for row in check.rows)


def test_the_seed_of_a_check_draws_the_triplets() -> None:
    rows = np.random.default_rng(0).normal(size=(40, 4))
    labels = np.arange(40) % 4
    rule = "triplets(mining=random-semi-hard).loss.mean >= 0"
    values = [
        cc.check(rows, labels=labels, require=rule, seed=seed).checks[0].value for seed in (0, 0, 1)
    ]
    assert values[0] == values[1] != values[2]
