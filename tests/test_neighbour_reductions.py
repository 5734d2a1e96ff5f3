"""The k best candidates in packed form, neighbours in runs of ties, precision over a class."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from contrastive_core.engines import run
from contrastive_core.plan import Request, reduce_all
from contrastive_core.prepared import InMemory, Prepared
from contrastive_core.reductions import (
    LogSumExp,
    PackedTopK,
    Reduction,
    Retrieval,
    Retrieved,
    TopK,
    View,
)
from contrastive_core.reductions.neighbours import nearest_in_row
from contrastive_core.standing import in_order
from contrastive_core.tables import Offsets, Span, Table

ITSELF = Offsets((0,))


def prepared(rows: npt.NDArray[Any], dtype: str = "float32") -> Span:
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    store = InMemory(unit.shape, np.dtype(dtype))
    store.write(0, unit.astype(dtype))
    norms = np.ones(len(rows))
    return Span(Prepared(store, norms, rows.shape[1], True, np.dtype(dtype)), 0, len(rows))


def cloud(n: int, d: int, seed: int) -> npt.NDArray[np.float64]:
    return np.random.default_rng(seed).standard_normal((n, d))


def reduced(span: Span, *asks: Reduction, tile: int = 16, workers: int = 1) -> tuple[Any, ...]:
    engine = partial(run, workers=workers, tile=tile)
    (found,) = reduce_all([Request(Table(span, span, ITSELF), asks)], engine)
    return found


def view_of(scores: npt.NDArray[np.float32], first: int = 0) -> View:
    def buffer(shape: tuple[int, int]) -> npt.NDArray[np.float32]:
        return np.empty(shape, np.float32)

    return View(scores, slice(0, len(scores)), first, None, buffer)


@pytest.mark.parametrize(("n", "d"), [(1, 3), (5, 2), (40, 3), (150, 6), (1100, 4)])
@pytest.mark.parametrize("k", [1, 3, 14])
def test_packed_and_plain_candidates_are_the_same(n: int, d: int, k: int) -> None:
    span = prepared(cloud(n, d, 3))
    (packed,) = reduced(span, PackedTopK(k, n))
    ((scores, numbers),) = reduced(span, TopK(k))
    assert np.array_equal(packed.rows(0, n)[0], scores)
    assert np.array_equal(packed.rows(0, n)[1], numbers)


def test_packed_candidates_of_equal_scores_come_by_number() -> None:
    span = prepared(np.tile([[1.0, 0.0], [1.0, 1.0]], (30, 1)))
    (best,) = reduced(span, PackedTopK(4, 60))
    assert best.rows(58, 59)[1].tolist() == [[0, 2, 4, 6]]
    assert best.rows(0, 2)[1].tolist() == [[2, 4, 6, 8], [3, 5, 7, 9]]


def test_packed_candidates_are_the_same_for_any_tiles_and_threads() -> None:
    span = prepared(cloud(2300, 5, 4))
    (once,) = reduced(span, PackedTopK(7, 2300), tile=512)
    for tile, workers in ((16, 1), (100, 3), (512, 2)):
        (again,) = reduced(span, PackedTopK(7, 2300), tile=tile, workers=workers)
        assert np.array_equal(once.rows(0, 2300)[1], again.rows(0, 2300)[1])


def test_packed_candidates_beside_exponentials_change_no_bit_of_these() -> None:
    span = prepared(cloud(700, 8, 5))
    (alone,) = reduced(span, LogSumExp(4.0))
    beside, best = reduced(span, LogSumExp(4.0), PackedTopK(3, 700))
    ((_, numbers),) = reduced(span, TopK(3))
    assert np.array_equal(alone, beside)
    assert np.array_equal(best.rows(0, 700)[1], numbers)


def test_negative_scores_keep_their_order_when_packed() -> None:
    scores = np.array([[-0.5, -0.25, -1.0, 0.0, -np.inf, 0.5]], np.float32)
    ask = PackedTopK(6, 1)
    state = ask.start(1)
    ask.update(view_of(scores, first=10), state)
    values, numbers = ask.finish(state).rows(0, 1)
    assert values.tolist() == [[0.5, 0.0, -0.25, -0.5, -1.0, -np.inf]]
    assert numbers.tolist() == [[15, 13, 11, 10, 12, -1]]


def test_zeros_of_both_signs_are_equal_when_packed() -> None:
    ask = PackedTopK(2, 1)
    state = ask.start(1)
    ask.update(view_of(np.array([[-0.0, 0.0, -1.0]], np.float32), first=4), state)
    assert ask.finish(state).rows(0, 1)[1].tolist() == [[4, 5]]


def test_packed_states_merge_in_any_order() -> None:
    scores = np.random.default_rng(6).standard_normal((9, 40)).astype(np.float32)
    ask = PackedTopK(5, 9)
    whole = ask.start(9)
    ask.update(view_of(scores), whole)
    parts = []
    for start in (0, 13, 26):
        state = PackedTopK(5, 9).start(9)
        PackedTopK(5, 9).update(view_of(scores[:, start : start + 13], first=start), state)
        parts.append(state)
    last = PackedTopK(5, 9).start(9)
    PackedTopK(5, 9).update(view_of(scores[:, 39:], first=39), last)
    for order in ((0, 1, 2), (2, 0, 1)):
        merged = ask.start(9)
        ask.merge(merged, last)
        for place in order:
            ask.merge(merged, parts[place])
        assert np.array_equal(merged[0], whole[0])


def test_what_is_learnt_changes_no_packed_candidate() -> None:
    scores = np.random.default_rng(7).standard_normal((6, 30)).astype(np.float32)
    ask = PackedTopK(4, 6)
    first = ask.start(6)
    ask.update(view_of(scores[:, :15]), first)
    ask.learn(slice(0, 6), first)
    second = ask.start(6)
    ask.update(view_of(scores[:, 15:], first=15), second)
    ask.merge(first, second)
    expected = np.argsort(-scores, axis=1)[:, :4]
    assert np.array_equal(ask.finish(first).rows(0, 6)[1], expected)
    assert np.count_nonzero(second[0]) < 24


def test_a_run_of_ties_is_ordered_by_number_and_an_open_one_is_told() -> None:
    scores = np.array([[0.9, 0.9 - 1e-7, 0.9 - 2e-7, 0.5], [0.9, 0.8, 0.7, 0.7]])
    numbers = np.array([[7, 3, 5, 1], [2, 9, 8, 4]])
    found, closed = in_order((scores, numbers), np.full(2, 1e-6), 2)
    assert found.tolist() == [[3, 5], [2, 9]]
    assert closed.tolist() == [True, True]
    found, closed = in_order((scores, numbers), np.full(2, 1e-6), 4)
    assert found.tolist() == [[3, 5, 7, 1], [2, 9, 4, 8]]
    assert closed.tolist() == [False, False]


def test_all_candidates_seen_is_a_closed_run() -> None:
    scores, numbers = np.array([[0.9, 0.9, -np.inf]]), np.array([[5, 2, -1]])
    found, closed = in_order((scores, numbers), np.full(1, 1e-6), 3)
    assert found.tolist() == [[2, 5, -1]]
    assert closed.tolist() == [True]


@pytest.mark.parametrize("k", [1, 3, 10, 200])
def test_one_long_run_of_ties_is_ordered_by_number(k: int) -> None:
    scores = np.full(100, 0.5, np.float32) + np.float32(1e-7) * np.arange(100, dtype=np.float32)
    scores[[0, 50]] = -np.inf
    kept = [place for place in range(100) if place not in (0, 50)]
    assert nearest_in_row(scores, k, 1e-6).tolist() == kept[:k]


def test_neighbours_of_a_row_are_found_by_sorting() -> None:
    draws = np.random.default_rng(8)
    for _ in range(200):
        scores = np.round(draws.standard_normal(30), 1)
        scores[draws.integers(30, size=3)] = -np.inf
        k = int(draws.integers(1, 35))
        order = [i for i in np.lexsort((np.arange(30), -scores)) if scores[i] > -np.inf]
        assert nearest_in_row(scores, k, 1e-6).tolist() == order[:k]


def retrieved(labels: list[int], scores: list[list[float]], k: int = 2) -> Retrieved:
    codes = np.array(labels)
    ask = Retrieval(k, codes, codes, 1e-6)
    table = np.array(scores)
    np.fill_diagonal(table, -np.inf)
    state = ask.start(len(codes))
    ask.update(view_of(table.astype(np.float32)), state)
    return ask.finish(state)


TABLE = [
    [0.0, 0.9, 0.8, 0.7, 0.6],
    [0.9, 0.0, 0.1, 0.2, 0.3],
    [0.8, 0.1, 0.0, 0.5, 0.4],
    [0.7, 0.2, 0.5, 0.0, 0.6],
    [0.6, 0.3, 0.4, 0.6, 0.0],
]


def test_precisions_are_those_of_the_ranking_by_hand() -> None:
    found = retrieved([0, 1, 0, 0, 2], TABLE)
    assert found.neighbours.tolist() == [[1, 2], [0, 4], [0, 3], [0, 4], [0, 3]]
    assert found.r_precision is not None
    assert found.average_precision is not None
    # Row 0 sees classes 1, 0 among the first two: one hit at place 2.
    assert found.first[:1].tolist() == [0.0]
    assert found.r_precision[0] == 0.5
    assert found.average_precision[0] == 0.25
    # Row 2 sees 0, 0; row 3 sees 0, 2.
    assert found.average_precision[2:4].tolist() == [1.0, 0.5]
    assert np.isnan(found.r_precision[[1, 4]]).all()


def test_rows_without_a_class_take_nobodys_place() -> None:
    found = retrieved([0, -1, 0, 0, 2], TABLE)
    assert found.neighbours[0].tolist() == [1, 2]
    assert found.r_precision is not None
    assert found.average_precision is not None
    assert (found.first[0], found.r_precision[0], found.average_precision[0]) == (1.0, 1.0, 1.0)
    assert np.isnan(found.first[1])


def test_rows_drawn_have_the_precisions_they_have_among_all() -> None:
    span = prepared(cloud(60, 4, 9))
    codes = np.random.default_rng(10).integers(-1, 5, 60)
    engine = partial(run, workers=2)
    whole = Retrieval(3, codes, codes, 1e-6)
    ((everybody,),) = reduce_all([Request(Table(span, span, ITSELF), (whole,))], engine)
    drawn = np.array([2, 3, 17, 40, 59])
    some = Retrieval(3, codes[drawn], codes, 1e-6)
    ((few,),) = reduce_all([Request(Table(span.take(drawn), span, ITSELF), (some,))], engine)
    assert np.array_equal(few.neighbours, everybody.neighbours[drawn])
    for name in ("first", "r_precision", "average_precision"):
        assert np.array_equal(getattr(few, name), getattr(everybody, name)[drawn], equal_nan=True)


def test_long_runs_of_equal_scores_beside_exponentials_are_packed_as_they_are() -> None:
    draws = np.random.default_rng(11)
    rows = np.concatenate([np.tile(cloud(3, 4, 12), (40, 1)), draws.standard_normal((60, 4))])
    span = prepared(rows)
    _, best = reduced(span, LogSumExp(4.0), PackedTopK(3, 180), tile=64)
    ((scores, numbers),) = reduced(span, TopK(3), tile=64)
    assert np.array_equal(best.rows(0, 180)[1], numbers)
    assert best.rows(0, 180)[0] == pytest.approx(scores, abs=1e-6)


def test_a_short_run_comes_before_a_long_one() -> None:
    scores = np.full(60, 0.25)
    scores[[40, 50]] = 0.75
    assert nearest_in_row(scores, 5, 1e-6).tolist() == [40, 50, 0, 1, 2]


def test_what_earlier_tasks_have_learnt_changes_no_place_among_the_best() -> None:
    # Crowded, so that candidates of later tasks come close to the k-th best that is known.
    span = prepared(np.random.default_rng(12).standard_normal((2600, 3)))
    asked = TopK(3, span.n)
    ((scores, numbers),) = reduced(span, asked)
    assert asked.floor.min() > -np.inf  # there were several tasks, and they were learnt from
    values = span.read(0, 50) @ span.read(0, span.n).T
    values[np.arange(50), np.arange(50)] = -np.inf
    assert scores[:50] == pytest.approx(-np.sort(-values, axis=1)[:, :3], abs=1e-6)
    ((plain, places),) = reduced(span, TopK(3))
    assert np.array_equal(scores, plain)
    assert np.array_equal(numbers, places)
