"""Triplets: all of them by sorting, the chosen ones, and those walked one by one."""

import itertools
import math
from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pytest
from passes import walk_of

from contrastive_core.engines import local, run
from contrastive_core.prepared import Prepared
from contrastive_core.reductions import (
    BatchHard,
    Mined,
    NearestBeyond,
    RandomSemiHard,
    Reduction,
    State,
    TripletSums,
    TripletTotals,
    TripletVisits,
    View,
    triplet_visits,
)
from contrastive_core.scores import PRODUCT, SQUARED_EUCLIDEAN, NegativeDistance, Score
from contrastive_core.tables import Gathered, Span, Table
from contrastive_core.tiles import Cut

Floats = npt.NDArray[np.floating]
Labels = npt.NDArray[np.int64]
Ready = Callable[..., Prepared]
Oracle = dict[str, list[Any]]

N, D = 17, 4
EUCLIDEAN = NegativeDistance()
LIFT = np.array([0.0, 0.0, 0.0, 2.0])
"""Added to a row of small whole numbers so that it has a direction."""
SCORES: dict[str, tuple[Score, float]] = {
    "cosine": (PRODUCT, 1.0),
    "euclidean": (EUCLIDEAN, 0.0),
    "squared": (SQUARED_EUCLIDEAN, 0.0),
}


def cloud(n: int = N, d: int = D, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(size=(n, d))


def grid(n: int = N, seed: int = 0) -> Floats:
    """Small whole numbers: exact ties, and rows that occur twice."""
    return np.random.default_rng(seed).integers(-1, 2, size=(n, D)).astype(float)


def some_labels(n: int = N, seed: int = 0) -> Labels:
    """Unequal classes, one of a single row, and rows without a class."""
    labels = np.random.default_rng(seed).choice([0, 1, 1, 1, 3, -1], n).astype(np.int64)
    labels[n // 2] = 7
    return labels


SOFT_SWAP = list(itertools.product((False, True), repeat=2))
LABELS: dict[str, Labels] = {
    "mixed": some_labels(),
    "one class": np.zeros(N, np.int64),
    "one class and a lone row": np.array([0] * (N - 1) + [5]),
    "all alone": np.arange(N),
    "nobody has a class": np.full(N, -1),
    "one class and rows without": np.array([2] * 9 + [-1] * (N - 9)),
    "pairs": np.arange(N) // 2,
}


@dataclass(frozen=True)
class Whole(Reduction):
    """The scores themselves."""

    n: int
    whole_rows: ClassVar[bool] = True

    def start(self, n: int) -> State:
        return (np.zeros((n, self.n)),)

    def update(self, view: View, state: State) -> None:
        state[0][:] = view.scores

    def merge(self, into: State, other: State) -> None:
        into[0][:] = other[0]

    def finish(self, state: State) -> Any:
        return state[0]


def everybody(data: Prepared, score: Score) -> Table:
    span = Span(data, 0, data.n)
    return Table(span, span, score=score)


def reduced(data: Prepared, score: Score, *asked: Reduction, workers: int = 1) -> list[Any]:
    (results,) = run([walk_of(everybody(data, score), asked)], workers=workers)
    return [r.finish(state) for r, state in zip(asked, results.rows, strict=True)]


def distances(data: Prepared, score: Score, offset: float) -> Floats:
    """The table as the reductions are shown it."""
    (scores,) = reduced(data, score, Whole(data.n))
    kind = data.dtype.type
    return np.asarray(kind(offset) - scores.astype(data.dtype))


# The definitions, in loops.


def positives(labels: Labels, a: int) -> list[int]:
    return [p for p in range(len(labels)) if p != a and labels[p] == labels[a] >= 0]


def negatives(labels: Labels, a: int) -> list[int]:
    return [n for n in range(len(labels)) if labels[n] >= 0 and labels[n] != labels[a] >= 0]


def reach_of(table: Floats, margin: float, a: int, p: int) -> Any:
    return table[a, p] + table.dtype.type(margin)


def by_loops(
    table: Floats, labels: Labels, margin: float, *, soft: bool = False, swap: bool = False
) -> Oracle:
    counts: Oracle = {name: [] for name in ("hard", "semi", "easy")}
    sums: Oracle = {name: [] for name in ("hard_sum", "semi_sum", "easy_sum")}
    for a in range(len(labels)):
        losses: dict[str, list[float]] = {"hard": [], "semi": [], "easy": []}
        for p, n in itertools.product(positives(labels, a), negatives(labels, a)):
            near, far = table[a, p], min(table[a, n], table[p, n]) if swap else table[a, n]
            reach = reach_of(table, margin, a, p)
            category = "easy" if far >= reach else "hard" if far <= near else "semi"
            ahead = float(near) - float(far)
            hinge = max(0.0, float(reach) - float(far))
            losses[category].append(math.log1p(math.exp(ahead)) if soft else hinge)
        for name, values in losses.items():
            counts[name].append(len(values))
            sums[f"{name}_sum"].append(math.fsum(values))
    return counts | sums


def assert_totals(found: TripletTotals, expected: Oracle, relative: float = 1e-12) -> None:
    for name in ("hard", "semi", "easy"):
        assert getattr(found, name).tolist() == expected[name], name
        assert getattr(found, name).dtype == np.int64
    hinges = np.array(expected["hard_sum"]) + expected["semi_sum"]
    assert found.hard_sum == pytest.approx(expected["hard_sum"], rel=relative, abs=0)
    assert found.active_sum == pytest.approx(hinges, rel=relative, abs=0)
    assert found.easy_sum == pytest.approx(expected["easy_sum"], rel=relative, abs=0)
    assert found.semi_sum == pytest.approx(expected["semi_sum"], rel=relative, abs=0)


# All triplets.


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("margin", [0.0, 0.2, 2.0])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_sorting_counts_and_sums_all_triplets(
    ready: Ready, name: str, margin: float, seed: int, dtype: str
) -> None:
    score, offset = SCORES[name]
    data = ready(cloud(seed=seed), unit=name == "cosine", dtype=dtype)
    labels = some_labels(seed=seed)
    ((found,),) = reduced(data, score, TripletSums(labels, (margin,), offset))
    expected = by_loops(distances(data, score, offset), labels, margin)
    assert sum(expected["hard"]) > 10
    assert margin > 1 or sum(expected["easy"]) > 10
    assert_totals(found, expected)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("margin", [0.0, 0.5, 1.0, 3.0])
@pytest.mark.parametrize("name", ["squared", "dot"])
@pytest.mark.parametrize("seed", [0, 1])
def test_exact_ties_fall_on_the_right_side(
    ready: Ready, name: str, margin: float, seed: int, dtype: str
) -> None:
    score, offset = (PRODUCT, 1.0) if name == "dot" else SCORES[name]
    data, labels = ready(grid(seed=seed), unit=False, dtype=dtype), some_labels(seed=seed)
    ((found,),) = reduced(data, score, TripletSums(labels, (margin,), offset))
    assert_totals(found, by_loops(distances(data, score, offset), labels, margin))


def test_a_tie_with_the_positive_is_hard_and_one_with_its_reach_is_easy(ready: Ready) -> None:
    """Anchor 0 and positive 2 on a line; negatives at -2 (as far), 3 (at the reach) and 2.5."""
    data = ready([[0.0], [2.0], [-2.0], [3.0], [2.5]], unit=False)
    labels = np.array([0, 0, 1, 2, 3])
    ((found,),) = reduced(data, EUCLIDEAN, TripletSums(labels, (1.0,), 0.0))
    assert [array[0] for array in astuple(found)] == [1, 1, 1, 1.0, 0.5, 0.0]


def test_without_margin_a_tie_is_easy_because_its_loss_is_nothing(ready: Ready) -> None:
    data = ready([[0.0], [2.0], [-2.0], [1.0]], unit=False)
    ((found,),) = reduced(data, EUCLIDEAN, TripletSums(np.array([0, 0, 1, 2]), (0.0,), 0.0))
    assert [array[0] for array in astuple(found)] == [1, 0, 1, 1.0, 0.0, 0.0]
    assert found.active[0] == 1


def test_the_reach_is_rounded_to_the_working_precision(ready: Ready) -> None:
    """1 + 1e-9 is 1 in float32: the tie with the positive is no longer active."""
    rows, labels = [[0.0], [1.0], [-1.0]], np.array([0, 0, 1])
    for dtype, expected in (("float32", [0, 0, 1]), ("float64", [1, 0, 0])):
        data = ready(rows, unit=False, dtype=dtype)
        ((sorting,),) = reduced(data, EUCLIDEAN, TripletSums(labels, (1e-9,), 0.0))
        for found in (sorting, visited(data, labels, "euclidean", 1e-9)):
            assert [found.hard[0], found.semi[0], found.easy[0]] == expected


@pytest.mark.parametrize("case", LABELS)
@pytest.mark.parametrize("margin", [0.0, 1.0])
def test_every_sort_of_classes_is_counted(ready: Ready, case: str, margin: float) -> None:
    labels = LABELS[case]
    for rows in (cloud(), grid()):
        data = ready(rows, unit=False)
        expected = by_loops(distances(data, SQUARED_EUCLIDEAN, 0.0), labels, margin)
        ((sorting,),) = reduced(data, SQUARED_EUCLIDEAN, TripletSums(labels, (margin,), 0.0))
        assert_totals(sorting, expected)
        for soft, swap in SOFT_SWAP:
            walked = visited(data, labels, "squared", margin, soft=soft, swap=swap)
            table = distances(data, SQUARED_EUCLIDEAN, 0.0)
            assert_totals(walked, by_loops(table, labels, margin, soft=soft, swap=swap))


@pytest.mark.parametrize("labels", [[0, 0], [0, 1], [-1, 0], [-1, -1]])
def test_two_rows_make_no_triplet(ready: Ready, labels: list[int]) -> None:
    data, codes = ready(cloud(2), unit=False), np.array(labels)
    ((found,),) = reduced(data, EUCLIDEAN, TripletSums(codes, (0.2,), 0.0))
    for totals in (found, visited(data, codes, "euclidean", 0.2, soft=True)):
        assert totals.triplets.tolist() == [0, 0]
        assert totals.sums.tolist() == [0.0, 0.0]


def one_row(distances: npt.ArrayLike, reduction: Reduction) -> Any:
    """The result of the first row of a table, its distances given."""
    scores = -np.atleast_2d(np.asarray(distances))
    state = reduction.start(1)
    reduction.update(View(scores, slice(0, 1), 0, None, np.empty), state)
    return reduction.finish(state)


def test_counts_are_exact_beyond_2_to_the_31() -> None:
    half = 2**16
    labels = np.repeat([0, 1], half)
    row = np.where(labels == 0, 2.0, 2.5)
    row[-3:] = 1.0
    (found,) = one_row(row, TripletSums(labels, (1.0,), 0.0))
    pairs = half - 1
    assert found.hard.tolist() == [3 * pairs]
    assert found.semi.tolist() == [(half - 3) * pairs]
    assert found.triplets.tolist() == [half * pairs]
    assert found.hard_sum.tolist() == [6.0 * pairs]
    assert found.semi_sum.tolist() == [0.5 * (half - 3) * pairs]


@pytest.mark.parametrize("margin", [1e-6, 1.0])
@pytest.mark.parametrize("shift", [0.0, 1e6, 1e12])
def test_large_distances_that_differ_little_do_not_cancel(margin: float, shift: float) -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], [40, 3000])
    row = shift + 1e-3 * rng.random(len(labels))
    row[-1] = shift / 2
    (found,) = one_row(row, TripletSums(labels, (margin,), 0.0))
    reach = [float(x) + margin for x in row[1:40]]
    hinges = [r - float(n) for r in reach for n in row[40:] if n < r]
    assert found.active.tolist() == [len(hinges)]
    assert float(found.sums[0]) == pytest.approx(math.fsum(hinges), rel=1e-12)


def test_no_semi_hard_triplet_means_no_semi_hard_loss() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], [40, 300])
    row = np.where(labels == 0, 5.0, 1.0) + rng.random(len(labels))
    (found,) = one_row(row, TripletSums(labels, (0.1,), 0.0))
    assert found.semi.tolist() == [0]
    assert found.semi_sum.tolist() == [0.0]
    assert found.hard_sum[0] > 1000


# Golden values, as published or run elsewhere.

ANGLES = np.radians([0, 10, 20, 50, 60, 80])
C = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)]), np.array([0, 0, 0, 1, 1, 2])
H = (
    np.array([[-1, 3, 0], [3, 2, 1], [-1, 1, -1], [4, 2, 0], [3, 3, 3], [1, 1, 4]]) / 4,
    np.array([0, 1, 0, 1, 0, 2]),
)
MARGIN = 0.2
GOLDEN: dict[tuple[str, str], tuple[float, float, list[int]]] = {
    ("C", "euclidean"): (0.0021797459727028756, 0.028336697645137382, [0, 2, 24]),
    ("C", "squared"): (0.00624751159786389, 0.0812176507722306, [0, 2, 24]),
    ("C", "cosine"): (0.0212008625162305, 0.0, [0, 6, 20]),
    ("H", "euclidean"): (0.267173443446944, 0.534346886893889, [8, 5, 13]),
    ("H", "squared"): (0.45445229801335, 1.31286219426079, [8, 1, 17]),
    ("H", "cosine"): (0.265949675411383, 0.0, [8, 3, 15]),
}


def golden(ready: Ready, name: str, **how: Any) -> tuple[Prepared, Labels]:
    rows, labels = {"C": C, "H": H}[name]
    return ready(rows, **how), labels


def mean(totals: TripletTotals) -> float:
    return float(totals.sums.sum() / totals.triplets.sum())


def categories(totals: TripletTotals) -> list[int]:
    return [int(totals.hard.sum()), int(totals.semi.sum()), int(totals.easy.sum())]


def visited(data: Prepared, labels: Labels, name: str, margin: float, **how: Any) -> TripletTotals:
    score, offset = SCORES[name]
    swapped = (data, score) if how.get("swap") else None
    order = np.argsort(labels, kind="stable") if swapped else np.arange(len(labels))
    asked = TripletVisits(labels, margin, offset, how.get("soft", False), swapped, order)
    table = Table(Gathered(data, order), Span(data, 0, data.n), score=score)
    (results,) = run([walk_of(table, (asked,))], workers=1)
    return asked.finish(results.rows[0]).at(np.argsort(order))


@pytest.mark.parametrize(("rows", "name"), list(GOLDEN))
def test_golden_means_and_categories(ready: Ready, rows: str, name: str) -> None:
    value, active, counts = GOLDEN[rows, name]
    data, labels = golden(ready, rows)
    score, offset = SCORES[name]
    ((sorting,),) = reduced(data, score, TripletSums(labels, (MARGIN,), offset))
    for totals in (sorting, visited(data, labels, name, MARGIN)):
        assert int(totals.triplets.sum()) == 26
        assert categories(totals) == counts
        assert mean(totals) == pytest.approx(value, rel=1e-12)
        if active:
            found = totals.active_sum.sum() / totals.active.sum()
            assert found == pytest.approx(active, rel=1e-12)


@pytest.mark.parametrize(
    ("rows", "soft", "swap", "value", "counts"),
    [
        ("C", True, False, 0.424836331695638, [0, 2, 24]),
        ("C", False, True, 0.0124950231957278, [0, 4, 22]),
        ("H", True, False, 0.703084342595152, [8, 1, 17]),
        ("H", False, True, 0.862772122642804, [12, 2, 12]),
    ],
)
def test_golden_soft_margin_and_swap(
    ready: Ready, rows: str, soft: bool, swap: bool, value: float, counts: list[int]
) -> None:
    totals = visited(*golden(ready, rows), "squared", MARGIN, soft=soft, swap=swap)
    assert mean(totals) == pytest.approx(value, rel=1e-12)
    assert categories(totals) == counts


@pytest.mark.parametrize(("rows", "value"), [("C", 0.0324870603088922), ("H", 0.641570035598837)])
def test_golden_batch_hard(ready: Ready, rows: str, value: float) -> None:
    data, labels = golden(ready, rows)
    (found,) = reduced(data, SQUARED_EUCLIDEAN, BatchHard(labels, 0.0))
    losses = np.maximum(0.0, found.positive - found.negative + MARGIN)
    assert np.isnan(losses).sum() == 1
    assert np.nanmean(losses) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(("rows", "value"), [("C", 4.65973024432386), ("H", 5.00893541655484)])
def test_golden_batch_hard_where_a_missing_positive_is_at_0(
    ready: Ready, rows: str, value: float
) -> None:
    data, labels = golden(ready, rows, unit=False)
    (found,) = reduced(data, EUCLIDEAN, BatchHard(labels, 0.0))
    losses = np.maximum(0.0, np.nan_to_num(found.positive) - found.negative + 5.0)
    assert losses.mean() == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("rows", "margin", "value"),
    [
        ("C", 5.0, 4.59771217217815),
        ("H", 5.0, 4.93141312588679),
        ("C", 1.0, 0.597712172178145),
        ("H", 1.0, 0.931413125886793),
    ],
)
def test_golden_nearest_beyond(ready: Ready, rows: str, margin: float, value: float) -> None:
    data, labels = golden(ready, rows, unit=False)
    (found,) = reduced(data, EUCLIDEAN, NearestBeyond(labels, margin, 0.0))
    assert found.sums.sum() / found.terms.sum() == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("margin", [0.0, 0.2, 3.0])
def test_collapse_leaves_the_margin(ready: Ready, margin: float) -> None:
    data, labels = ready(np.ones((6, 3)), unit=False), np.array([0, 0, 1, 1, 1, -1])
    ((sorting,),) = reduced(data, SQUARED_EUCLIDEAN, TripletSums(labels, (margin,), 0.0))
    assert mean(sorting) == pytest.approx(margin, rel=1e-14)
    swapped = visited(data, labels, "squared", margin, swap=True)
    assert mean(swapped) == pytest.approx(margin, rel=1e-14)
    assert mean(visited(data, labels, "squared", margin, soft=True)) == pytest.approx(math.log(2))


# The hardest triplet of each anchor.


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("case", LABELS)
def test_the_hardest_are_the_extremes_and_ties_go_to_the_lower_row(
    ready: Ready, name: str, case: str, dtype: str
) -> None:
    score, offset = SCORES[name]
    labels = LABELS[case]
    for rows in (cloud(), grid() + LIFT):
        data = ready(rows, unit=name == "cosine", dtype=dtype)
        table = distances(data, score, offset)
        (found,) = reduced(data, score, BatchHard(labels, offset))
        for a in range(N):
            p = min(positives(labels, a), key=lambda p: (-table[a, p], p), default=-1)
            n = min(negatives(labels, a), key=lambda n: (table[a, n], n), default=-1)
            assert (found.positive_row[a], found.negative_row[a]) == (p, n)
            assert found.row_max[a] == table[a].max()
            assert same(found.positive[a], table[a, p] if p >= 0 else math.nan)
            assert same(found.negative[a], table[a, n] if n >= 0 else math.nan)


def same(found: Any, expected: Any) -> bool:
    return bool(found == expected or (np.isnan(found) and np.isnan(expected)))


# One negative for each pair.


def windows(table: Floats, labels: Labels, margin: float, a: int) -> list[list[float]]:
    """For each positive of an anchor the negatives strictly between it and its reach."""
    found = []
    for p in positives(labels, a):
        reach = reach_of(table, margin, a, p)
        inside = [table[a, n] for n in negatives(labels, a) if table[a, p] < table[a, n] < reach]
        found.append([float(reach) - float(x) for x in inside])
    return found


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", LABELS)
@pytest.mark.parametrize("margin", [0.0, 1.0, 2.0])
def test_pairs_without_a_semi_hard_negative_are_undefined(
    ready: Ready, case: str, margin: float, dtype: str
) -> None:
    labels = LABELS[case]
    for rows in (cloud(), grid()):
        data = ready(rows, unit=False, dtype=dtype)
        table = distances(data, SQUARED_EUCLIDEAN, 0.0)
        for seed in range(5):
            (found,) = reduced(
                data, SQUARED_EUCLIDEAN, RandomSemiHard(labels, margin, 0.0, seed, soft=False)
            )
            for a in range(N):
                losses = windows(table, labels, margin, a)
                assert found.undefined[a] == sum(not each for each in losses)
                assert found.terms[a] == found.active[a] == sum(bool(each) for each in losses)
                least = math.fsum(min(each, default=0.0) for each in losses)
                most = math.fsum(max(each, default=0.0) for each in losses)
                assert least - 1e-9 <= found.sums[a] <= most + 1e-9


def test_a_random_negative_is_any_of_the_semi_hard_ones_equally_often() -> None:
    """One positive at 1 and margin 1: the negatives at 1 and 2 are on the edges, and left out."""
    labels = np.array([0, 0, 1, 1, 1, 1, 1, 1, -1, -1])
    row = np.array([0.0, 1.0, 0.5, 1.0, 1.25, 1.5, 1.75, 2.0, 1.375, 1.625])
    draws = 3000
    seen = {0.75: 0, 0.5: 0, 0.25: 0}
    for seed in range(draws):
        seen[float(one_row(row, RandomSemiHard(labels, 1.0, 0.0, seed, soft=False)).sums[0])] += 1
    assert list(seen) == [0.75, 0.5, 0.25]
    for count in seen.values():
        assert abs(count - draws / 3) < 5 * math.sqrt(draws * 2 / 9)


def test_the_soft_loss_of_a_random_negative_has_no_margin() -> None:
    labels = np.array([0, 0, 1, 1])
    found = one_row([0.0, 1.0, 1.5, 7.0], RandomSemiHard(labels, 2.0, 0.0, 0, soft=True))
    assert found.sums[0] == pytest.approx(math.log1p(math.exp(-0.5)), rel=1e-15)
    assert (found.terms[0], found.active[0], found.undefined[0]) == (1, 1, 0)


def test_another_seed_draws_others_and_the_same_seed_the_same(ready: Ready) -> None:
    data, labels = ready(cloud(60), unit=False), np.arange(60) % 3

    def draw(seed: int) -> list[float]:
        asked = RandomSemiHard(labels, 2.0, 0.0, seed, soft=False)
        sums: list[float] = reduced(data, EUCLIDEAN, asked)[0].sums.tolist()
        return sums

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)


def test_every_anchor_has_draws_of_its_own() -> None:
    """Two anchors that see the same distances."""
    labels = np.array([0, 0, 0, *[1] * 50])
    row = np.concatenate([[0.5, 0.5, 0.5], 1 + np.arange(50) / 100])
    asked = RandomSemiHard(labels, 1.0, 0.0, 0, soft=False)
    state = asked.start(3)
    asked.update(View(-np.tile(row, (3, 1)), slice(0, 3), 0, None, np.empty), state)
    assert len(set(asked.finish(state).sums.tolist())) == 3


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("case", LABELS)
@pytest.mark.parametrize("margin", [0.0, 0.5, 1.0])
def test_the_nearest_beyond_or_else_the_farthest(
    ready: Ready, name: str, case: str, margin: float, dtype: str
) -> None:
    score, offset = SCORES[name]
    labels = LABELS[case]
    for rows in (cloud(), grid() + LIFT):
        data = ready(rows, unit=name == "cosine", dtype=dtype)
        table = distances(data, score, offset)
        (found,) = reduced(data, score, NearestBeyond(labels, margin, offset))
        for a in range(N):
            losses = [beyond(table, labels, margin, a, p) for p in positives(labels, a)]
            assert found.sums[a] == pytest.approx(math.fsum(losses), rel=1e-12)
            assert (found.terms[a], found.undefined[a]) == (len(losses), 0)
            assert found.active[a] == sum(loss > 0 for loss in losses)


def beyond(table: Floats, labels: Labels, margin: float, a: int, p: int) -> float:
    others = [table[a, n] for n in negatives(labels, a)]
    farther = [x for x in others if x > table[a, p]]
    chosen = min(farther) if farther else max(others, default=0.0)
    return max(0.0, float(reach_of(table, margin, a, p)) - float(chosen))


# Triplets one by one.


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("margin", [0.0, 0.2, 2.0])
@pytest.mark.parametrize(("soft", "swap"), SOFT_SWAP)
def test_visits_of_triplets_come_to_what_loops_come_to(
    ready: Ready, name: str, margin: float, soft: bool, swap: bool, dtype: str
) -> None:
    score, offset = SCORES[name]
    for seed in range(2):
        data = ready(cloud(seed=seed), unit=name == "cosine", dtype=dtype)
        labels = some_labels(seed=seed)
        found = visited(data, labels, name, margin, soft=soft, swap=swap)
        table = distances(data, score, offset)
        expected = by_loops(table, labels, margin, soft=soft, swap=swap)
        assert_totals(found, expected, 1e-12 if dtype == "float64" else 1e-4)
        if not (soft or swap):
            ((sorting,),) = reduced(data, score, TripletSums(labels, (margin,), offset))
            assert categories(found) == categories(sorting)
            assert found.sums == pytest.approx(sorting.sums, rel=1e-4)


@pytest.mark.parametrize("margin", [0.0, 1.0])
@pytest.mark.parametrize(("soft", "swap"), SOFT_SWAP)
def test_visits_of_triplets_see_exact_ties(
    ready: Ready, margin: float, soft: bool, swap: bool
) -> None:
    data, labels = ready(grid(), unit=False), some_labels()
    table = distances(data, SQUARED_EUCLIDEAN, 0.0)
    found = visited(data, labels, "squared", margin, soft=soft, swap=swap)
    assert_totals(found, by_loops(table, labels, margin, soft=soft, swap=swap))
    if not (soft or swap):
        ((sorting,),) = reduced(data, SQUARED_EUCLIDEAN, TripletSums(labels, (margin,), 0.0))
        for field in fields(sorting):
            assert getattr(found, field.name).tolist() == getattr(sorting, field.name).tolist()


@pytest.mark.parametrize("block", [1, 7, 40])
@pytest.mark.parametrize("swap", [False, True])
def test_the_size_of_a_block_of_triplets_changes_no_count(
    ready: Ready, monkeypatch: pytest.MonkeyPatch, block: int, swap: bool
) -> None:
    data, labels = ready(grid(), unit=False), some_labels()
    whole = visited(data, labels, "squared", 1.0, swap=swap)
    monkeypatch.setattr(triplet_visits, "BLOCK", block)
    parts = visited(data, labels, "squared", 1.0, swap=swap)
    for field in fields(whole):  # whole numbers all of them
        assert getattr(parts, field.name).tolist() == getattr(whole, field.name).tolist()


def test_soft_losses_of_far_triplets_neither_overflow_nor_vanish(ready: Ready) -> None:
    data = ready([[0.0], [30.0], [1.0], [40.0]], unit=False)
    found = visited(data, np.array([0, 0, 1, 2]), "squared", 0.2, soft=True)
    assert found.hard_sum[0] == pytest.approx(899.0, rel=1e-15)
    assert found.easy_sum[0] == pytest.approx(math.exp(-700), rel=1e-12)


# Threads and bands.


def all_of_them(labels: Labels) -> list[Reduction]:
    return [
        TripletSums(labels, (0.5,), 0.0),
        BatchHard(labels, 0.0),
        RandomSemiHard(labels, 0.5, 0.0, 3, soft=True),
        NearestBeyond(labels, 0.5, 0.0),
        TripletVisits(labels, 0.5, 0.0, soft=True),
    ]


def bits(results: list[Any]) -> list[bytes]:
    each = [*results[0], *results[1:]]
    return [getattr(result, field.name).tobytes() for result in each for field in fields(result)]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_threads_change_no_bit(ready: Ready, monkeypatch: pytest.MonkeyPatch, dtype: str) -> None:
    monkeypatch.setattr(local, "cut_for", lambda *_: Cut(7, 7, 7))
    data = ready(cloud(150), unit=False, dtype=dtype)
    asked = all_of_them(some_labels(150))
    alone = bits(reduced(data, EUCLIDEAN, *asked))
    assert bits(reduced(data, EUCLIDEAN, *asked, workers=4)) == alone


@pytest.mark.parametrize("band", [1, 3, 16, 100])
def test_the_size_of_a_band_changes_no_bit(
    ready: Ready, monkeypatch: pytest.MonkeyPatch, band: int
) -> None:
    """Whole numbers: the products are exact whatever the band."""
    data = ready(grid(60), unit=False)
    asked = all_of_them(some_labels(60))
    whole = bits(reduced(data, SQUARED_EUCLIDEAN, *asked))
    monkeypatch.setattr(local, "cut_for", lambda *_: Cut(band, band, band))
    assert bits(reduced(data, SQUARED_EUCLIDEAN, *asked)) == whole


def test_scores_are_left_as_they_were() -> None:
    scores = -np.abs(cloud(N, N))
    before = scores.copy()
    for asked in all_of_them(some_labels()):
        asked.update(View(scores, slice(0, N), 0, None, np.empty), asked.start(N))
    assert np.array_equal(scores, before)


def test_chosen_pairs_of_rows_without_positives_are_none(ready: Ready) -> None:
    data, labels = ready(cloud(), unit=False), LABELS["all alone"]
    for found in reduced(data, EUCLIDEAN, *all_of_them(labels)[2:4]):
        assert isinstance(found, Mined)
        assert not any(getattr(found, field.name).any() for field in fields(found))
