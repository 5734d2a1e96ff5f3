"""Every reduction against the textbook, on every sort of table, through the engine."""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pytest
import textbook
from hypothesis import given, settings
from hypothesis import strategies as st
from passes import walk_of

from contrastive_core.engines import Results, local, run
from contrastive_core.plan import Request, reduce_all
from contrastive_core.prepared import Prepared
from contrastive_core.reductions import (
    CountNearer,
    LogSumExp,
    Neighbours,
    Reduction,
    RowSum,
    State,
    TopK,
    View,
)
from contrastive_core.reductions.log_sum_exp import SHARED, UNSHIFTED
from contrastive_core.scores import PRODUCT, SQUARED_EUCLIDEAN, NegativeDistance, Score
from contrastive_core.tables import Everything, Gathered, Offsets, Relation, Side, Span, Table
from contrastive_core.tiles import Cut

Floats = npt.NDArray[np.float64]
Ready = Callable[..., Prepared]
TextbookRow = dict[int, float]

N, D = 13, 4
EUCLIDEAN = NegativeDistance()
SCORES: dict[str, Score] = {
    "product": PRODUCT,
    "euclidean": EUCLIDEAN,
    "squared": SQUARED_EUCLIDEAN,
}
TILES = (1, 5, None)


def cloud(n: int = N, d: int = D, seed: int = 0) -> Floats:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) * rng.uniform(0.5, 1.5, size=(n, 1))


def coarse(n: int = N) -> Floats:
    """Rows of small whole numbers: many equal scores, none of them rounded."""
    return np.random.default_rng(2).integers(-2, 3, size=(n, D)).astype(float)


def textbook_score(x: Floats, y: Floats, name: str) -> float:
    if name == "product":
        return textbook.dot(x.tolist(), y.tolist())
    squared = math.fsum((a - b) ** 2 for a, b in zip(x.tolist(), y.tolist(), strict=True))
    return -math.sqrt(squared) if name == "euclidean" else -squared


@dataclass(frozen=True)
class Case:
    """A table, and the textbook's rows and columns of it."""

    table: Table
    rows: list[TextbookRow]
    cols: list[TextbookRow]


def cases(
    rows: Floats, ready: Ready, *, score: str = "product", dtype: str = "float64"
) -> Iterator[tuple[str, Case]]:
    """Symmetric, rectangular and gathered tables of the same rows, with and without hidden pairs.

    The distance of a row to itself is left out: its rounding error is the root of that of a score.
    """
    data = ready(rows, unit=False, dtype=dtype)
    third = len(rows) // 3
    everybody = Span(data, 0, len(rows))
    some = np.array([0, 2, 3, third, len(rows) - 1])
    sides: dict[str, tuple[Side, Span]] = {
        "symmetric": (everybody, everybody),
        "rectangular": (Span(data, 0, third), Span(data, third, len(rows))),
        "inside": (Span(data, third, 2 * third), everybody),
        "gathered": (Gathered(data, some), everybody),
    }
    relations: dict[str, Relation] = {
        "whole": Everything(),
        "without itself": Offsets((0,)),
        "without views": Offsets((-2 * third, -third, 0, third, 2 * third)),
    }
    for shape, (anchors, candidates) in sides.items():
        for relation_name, relation in relations.items():
            if score == "euclidean" and relation_name == "whole" and shape != "rectangular":
                continue
            table = Table(anchors, candidates, relation, SCORES[score])
            yield f"{shape}, {relation_name}", _case(rows, table, score)


def _case(rows: Floats, table: Table, score: str) -> Case:
    anchors = list(table.anchors.ids(0, table.anchors.n))
    candidates = list(table.candidates.ids(0, table.candidates.n))
    offsets = table.relation.offsets if isinstance(table.relation, Offsets) else ()
    by_row: list[TextbookRow] = [{} for _ in anchors]
    by_col: list[TextbookRow] = [{} for _ in candidates]
    for i, anchor in enumerate(anchors):
        for j, candidate in enumerate(candidates):
            if candidate - anchor not in offsets:
                value = textbook_score(rows[anchor], rows[candidate], score)
                by_row[i][j] = by_col[j][i] = value
    return Case(table, by_row, by_col)


def finished(case: Case, *reductions: Reduction, tile: int | None = None) -> list[Any]:
    """What the reductions of the rows come to."""
    (results,) = run([walk_of(case.table, reductions)], workers=1, tile=tile)
    return [r.finish(state) for r, state in zip(reductions, results.rows, strict=True)]


def finished_cols(case: Case, *reductions: Reduction, tile: int | None = None) -> list[Any]:
    """What the reductions of the columns come to, beside reductions of the rows."""
    (results,) = run([walk_of(case.table, reductions, reductions)], workers=1, tile=tile)
    return [r.finish(state) for r, state in zip(reductions, results.cols, strict=True)]


def near(expected: list[float], relative: float = 1e-12) -> Any:
    return pytest.approx(expected, rel=relative, abs=relative)


# Log-sum-exp.


@pytest.mark.parametrize("score", SCORES)
def test_log_sum_exp_over_a_grid_of_temperatures_in_one_pass(ready: Ready, score: str) -> None:
    scales = (0.3, 1.0, 7.0, 100.0, 5000.0)
    for name, case in cases(cloud(), ready, score=score):
        expected = [[textbook.row_log_sum_exp(row, scale) for row in case.rows] for scale in scales]
        for tile in TILES:
            found = finished(case, *(LogSumExp(scale) for scale in scales), tile=tile)
            for scale, values, right in zip(scales, found, expected, strict=True):
                rounding = max(1e-12, 4e-14 * scale)
                assert values == pytest.approx(right, rel=1e-12, abs=rounding), (name, scale)


@pytest.mark.parametrize("score", SCORES)
def test_one_temperature_alone_gives_the_same_in_place(ready: Ready, score: str) -> None:
    for name, case in cases(cloud(), ready, score=score):
        expected = [textbook.row_log_sum_exp(row, 3.0) for row in case.rows]
        for tile in TILES:
            (values,) = finished(case, LogSumExp(3.0), tile=tile)
            assert values == near(expected), name


def test_both_directions_of_a_rectangle_come_from_one_product(ready: Ready) -> None:
    asked = (LogSumExp(3.0), LogSumExp(4000.0), TopK(3))
    for name, case in cases(cloud(), ready):
        if case.table.symmetric:
            continue
        plain = [textbook.row_log_sum_exp(col, 3.0) for col in case.cols]
        shifted = [textbook.row_log_sum_exp(col, 4000.0) for col in case.cols]
        best = [textbook.top_k(col, 3) for col in case.cols]
        for tile in TILES:
            found = finished_cols(case, *asked, tile=tile)
            assert found[0] == near(plain), name
            assert found[1] == near(shifted), name
            assert [[n for n in row if n >= 0] for row in found[2][1].tolist()] == best, name


@pytest.mark.parametrize(("dtype", "relative"), [("float32", 1e-5), ("float64", 1e-12)])
def test_rows_of_mixed_magnitude_neither_overflow_nor_vanish(
    ready: Ready, dtype: str, relative: float
) -> None:
    rows = np.round(cloud(), 2)
    rows[::3] *= 1e4
    rows[1::3] *= 1e-4
    rows = rows.astype(dtype).astype(np.float64)
    for name, case in cases(rows, ready, dtype=dtype):
        for tile in (3, None):
            small, large = finished(case, LogSumExp(0.01), LogSumExp(1000.0), tile=tile)
            for scale, values in ((0.01, small), (1000.0, large)):
                for value, row in zip(values, case.rows, strict=True):
                    most = max((abs(scale * s) for s in row.values()), default=1.0)
                    expected = textbook.row_log_sum_exp(row, scale)
                    assert value == pytest.approx(expected, rel=relative, abs=relative * most), name


def test_the_shifted_and_the_plain_path_agree(ready: Ready) -> None:
    """79 is below the bound of float32 and 81 above: both sides of the switch."""
    rows = cloud()
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    for scale in (79.0, 81.0):
        for name, case in cases(rows, ready, dtype="float32"):
            (values,) = finished(case, LogSumExp(scale), tile=5)
            expected = [textbook.row_log_sum_exp(row, scale) for row in case.rows]
            assert values == near(expected, 1e-5), name


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_row_far_below_the_largest_logit_of_its_tile_keeps_its_sum(
    dtype: str, ready: Ready
) -> None:
    data = ready(np.array([[20.0], [-20.0], [20.0], [15.0]]), unit=False, dtype=dtype)
    table = Table(Span(data, 0, 2), Span(data, 2, 4))
    scale = 1.0 if dtype == "float32" else 10.0
    assert UNSHIFTED[dtype] < 400 * scale <= SHARED[dtype]
    ask = LogSumExp(scale)
    (found,) = run([walk_of(table, (ask,), (ask,))], workers=1)
    assert ask.finish(found.rows[0]).tolist() == [400 * scale, -300 * scale]
    assert ask.finish(found.cols[0]).tolist() == [400 * scale, 300 * scale]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("cut", [Cut(1, 1, 1), Cut(2, 2, 4), Cut(3, 3, 6), Cut(2, 6, 6)])
def test_many_tasks_come_to_the_same_as_one(
    ready: Ready, monkeypatch: pytest.MonkeyPatch, cut: Cut, workers: int
) -> None:
    asked = (LogSumExp(3.0), LogSumExp(4000.0), TopK(3), RowSum(np.square))
    monkeypatch.setattr(local, "cut_for", lambda *_: cut)
    for name, case in cases(cloud(), ready):
        if case.table.symmetric and cut.rows != cut.cols:
            continue
        over_cols = () if case.table.symmetric else asked
        (results,) = run([walk_of(case.table, asked, over_cols)], workers=workers)
        for states, rows in ((results.rows, case.rows), (results.cols, case.cols)):
            if not states:
                continue
            plain, shifted, (_, numbers), squares = (
                reduction.finish(state) for reduction, state in zip(asked, states, strict=True)
            )
            assert plain == near([textbook.row_log_sum_exp(row, 3.0) for row in rows]), name
            assert shifted == near([textbook.row_log_sum_exp(row, 4000.0) for row in rows]), name
            best = [textbook.top_k(row, 3) for row in rows]
            assert [[n for n in row if n >= 0] for row in numbers.tolist()] == best, name
            assert squares == near([textbook.row_sum(row, lambda s: s * s) for row in rows]), name


def test_few_anchors_meet_all_of_many_candidates(ready: Ready) -> None:
    rows = cloud(9002, 3)
    data = ready(rows, unit=False)
    table = Table(Gathered(data, np.array([0, 4500, 9001])), Span(data, 0, 9002), Offsets((0,)))
    case = _case(rows, table, "product")
    asked = (LogSumExp(1.0), LogSumExp(900.0), TopK(3), RowSum(np.square))
    plain, shifted, (_, numbers), squares = finished(case, *asked)
    assert plain == near([textbook.row_log_sum_exp(row, 1.0) for row in case.rows])
    assert shifted == near([textbook.row_log_sum_exp(row, 900.0) for row in case.rows])
    assert numbers.tolist() == [textbook.top_k(row, 3) for row in case.rows]
    assert squares == near([textbook.row_sum(row, lambda s: s * s) for row in case.rows])


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_rows_without_candidates_have_an_empty_sum(ready: Ready, scale: float) -> None:
    data = ready(cloud(3), unit=False)
    table = Table(Span(data, 0, 3), Span(data, 0, 3), Offsets((-2, -1, 0, 1, 2)))
    case = Case(table, [{}, {}, {}], [{}, {}, {}])
    reductions = (LogSumExp(scale), RowSum(np.exp), TopK(2), Neighbours(2, np.zeros(3)))
    for tile in (1, 2, None):
        sums, exps, (values, numbers), order = finished(case, *reductions, tile=tile)
        assert sums.tolist() == [-math.inf] * 3
        assert exps.tolist() == [0.0] * 3
        assert values.tolist() == [[-math.inf] * 2] * 3
        assert numbers.tolist() == order.tolist() == [[-1, -1]] * 3


# Sums of a function.

FUNCTIONS: dict[str, tuple[Callable[[Any], Any], Callable[[float], float]]] = {
    "square": (np.square, lambda s: s * s),
    "softplus": (lambda s: np.logaddexp(0, s), lambda s: math.log1p(math.exp(s))),
    "hinge": (lambda s: np.maximum(0, s + 1), lambda s: max(0.0, s + 1)),
    "count": (lambda s: (s > 0.3).astype(float), lambda s: float(s > 0.3)),
}


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("score", SCORES)
def test_sums_of_any_function_of_the_score(ready: Ready, function: str, score: str) -> None:
    of_tile, of_number = FUNCTIONS[function]
    for name, case in cases(cloud(), ready, score=score):
        expected = [textbook.row_sum(row, of_number) for row in case.rows]
        for tile in TILES:
            (sums,) = finished(case, RowSum(of_tile), tile=tile)
            assert sums == near(expected), name


def test_a_sum_and_a_log_sum_exp_share_a_pass(ready: Ready) -> None:
    for name, case in cases(cloud(), ready):
        sums, logs, squares = finished(
            case, RowSum(np.exp), LogSumExp(1.0), RowSum(np.square), tile=4
        )
        with np.errstate(divide="ignore"):
            assert np.log(sums) == near(logs.tolist()), name
        assert squares == near([textbook.row_sum(row, lambda s: s * s) for row in case.rows])


# The best, and the order of neighbours.


@pytest.mark.parametrize("score", ["product", "squared"])
@pytest.mark.parametrize("k", [1, 2, 5, 60])
def test_the_k_best_of_equal_scores_are_the_lowest(ready: Ready, k: int, score: str) -> None:
    for name, case in cases(coarse(), ready, score=score):
        best = [textbook.top_k(row, k) for row in case.rows]
        numbers = [row + [-1] * (k - len(row)) for row in best]
        values = [
            [row[j] for j in top] + [-math.inf] * (k - len(top))
            for row, top in zip(case.rows, best, strict=True)
        ]
        for tile in TILES:
            ((found_values, found_numbers),) = finished(case, TopK(k), tile=tile)
            assert found_numbers.tolist() == numbers, name
            assert found_values.tolist() == values, name


@pytest.mark.parametrize("score", ["product", "squared"])
@pytest.mark.parametrize("k", [1, 2, 5, 60])
def test_neighbours_inside_a_run_of_ties_come_by_number(ready: Ready, k: int, score: str) -> None:
    for tolerance in (0.0, 1e-9, 1.0, 2.5):
        for name, case in cases(coarse(), ready, score=score):
            reduction = Neighbours(k, np.full(len(case.rows), tolerance))
            (order,) = finished(case, reduction)
            for i, row in enumerate(case.rows):
                nearest = textbook.neighbours(row, tolerance)[:k]
                assert order[i].tolist() == nearest + [-1] * (k - len(nearest)), (name, tolerance)


def test_a_run_of_ties_may_chain_past_the_k_th(ready: Ready) -> None:
    """Each score ties with the next: the whole row is one run, and its lowest number leads."""
    heights = 1.0 - 0.001 * np.array([4, 3, 5, 1, 2, 0])
    data = ready(np.concatenate([[1.0], heights])[:, None], unit=False)
    table = Table(Span(data, 0, 1), Span(data, 1, 7))
    case = Case(table, [{}], [])
    for k in (1, 2, 3):
        (chained,) = finished(case, Neighbours(k, np.array([0.0011])))
        assert chained.tolist() == [[0, 1, 2][:k]]
        (apart,) = finished(case, Neighbours(k, np.array([0.0009])))
        assert apart.tolist() == [[5, 3, 4][:k]]


def test_neighbours_of_every_row_have_their_own_tolerance(ready: Ready) -> None:
    data = ready([[1.0], [1.0], [1.0], [1.001], [1.002]], unit=False)
    table = Table(Span(data, 0, 2), Span(data, 2, 5))
    case = Case(table, [], [])
    (order,) = finished(case, Neighbours(3, np.array([0.0, 0.01])), tile=2)
    assert order.tolist() == [[2, 1, 0], [0, 1, 2]]


@pytest.mark.parametrize("tolerance", [1e-12, 1.0])
def test_the_count_before_a_reference_breaks_ties_by_number(ready: Ready, tolerance: float) -> None:
    for name, case in cases(coarse(), ready):
        some = [sorted(row)[len(row) // 2] if row else 0 for row in case.rows]
        scores = [row.get(number, 0.0) for row, number in zip(case.rows, some, strict=True)]
        expected = [
            textbook.count_nearer(row, score, number, tolerance)
            for row, score, number in zip(case.rows, scores, some, strict=True)
        ]
        for tile in TILES:
            reduction = CountNearer(np.array(scores), np.array(some), tolerance)
            (counts,) = finished(case, reduction, tile=tile)
            assert counts.tolist() == expected, name


def test_the_tolerance_of_dot_products_grows_with_both_lengths(ready: Ready) -> None:
    data = ready([[2.0], [10.0], [10.1], [0.1], [0.2]], unit=False)
    table = Table(Span(data, 0, 1), Span(data, 1, 5))
    lengths = (np.array([2.0]), np.array([10.0, 10.1, 0.1, 0.2]))

    def count(reference: float, number: int) -> int:
        reduction = CountNearer(np.array([reference]), np.array([number]), 0.02, lengths)
        (found,) = finished(Case(table, [], []), reduction)
        return int(found[0])

    assert count(20.0, 0) == 0  # 20.2 is within 0.02 * 2 * 10.1 of it, and has the higher number
    assert count(20.2, 1) == 1  # 20.0 is too, and has the lower number
    assert count(0.2, 2) == 3  # 0.4 is not within 0.02 * 2 * 0.2


# Several tables for one set of anchors, both directions at once.


def test_a_plan_joins_the_tables_of_a_request(ready: Ready) -> None:
    """Anchors inside their candidates: a symmetric part and a rectangular one, merged."""
    rows = coarse()
    data = ready(rows, unit=False)
    first, everybody = Span(data, 0, 9), Span(data, 0, N)
    case = _case(rows, Table(first, everybody, Offsets((0,))), "product")
    asks = (LogSumExp(0.5), TopK(4), RowSum(np.square))
    request = Request(Table(first, everybody, Offsets((0,))), asks)
    ((logs, (_, numbers), squares),) = reduce_all([request], partial(run, workers=1, tile=4))
    assert logs == near([textbook.row_log_sum_exp(row, 0.5) for row in case.rows])
    assert numbers.tolist() == [textbook.top_k(row, 4) for row in case.rows]
    assert squares == near([textbook.row_sum(row, lambda s: s * s) for row in case.rows])


def test_a_plan_walks_a_rectangle_once_for_both_directions(ready: Ready) -> None:
    rows = coarse()
    data = ready(rows, unit=False)
    first, second = Span(data, 0, 9), Span(data, 9, N)
    case = _case(rows, Table(first, second), "product")
    seen: list[int] = []

    def counting(passes: Any) -> list[Results]:
        seen.append(len(passes))
        return run(passes, workers=1, tile=4)

    there, back = reduce_all(
        [Request(Table(first, second), (TopK(3),), 9), Request(Table(second, first), (TopK(3),))],
        counting,
    )
    assert seen == [1]
    assert there[0][1].tolist() == [textbook.top_k(row, 3) for row in case.rows]
    assert back[0][1].tolist() == [textbook.top_k(col, 3) for col in case.cols]


def test_a_plan_hands_whole_rows_to_both_directions(ready: Ready) -> None:
    rows = cloud()
    data = ready(rows, unit=False)
    first, second = Span(data, 0, 9), Span(data, 9, N)
    case = _case(rows, Table(first, second), "product")
    there, back = reduce_all(
        [
            Request(Table(first, second), (Neighbours(3, np.zeros(9)),), 9),
            Request(Table(second, first), (Neighbours(3, np.zeros(N - 9)),)),
        ],
        partial(run, workers=1, tile=4),
    )
    assert there[0].tolist() == [textbook.neighbours(row, 0.0)[:3] for row in case.rows]
    assert back[0].tolist() == [textbook.neighbours(col, 0.0)[:3] for col in case.cols]


def test_a_plan_hands_whole_rows_to_anchors_inside_their_candidates(ready: Ready) -> None:
    rows = cloud()
    data = ready(rows, unit=False)
    anchors, everybody = Span(data, 5, 12), Span(data, 0, N)
    case = _case(rows, Table(anchors, everybody, Offsets((0,))), "product")
    request = Request(Table(anchors, everybody, Offsets((0,))), (Neighbours(4, np.zeros(7)),))
    ((order,),) = reduce_all([request], partial(run, workers=1, tile=4))
    assert order.tolist() == [textbook.neighbours(row, 0.0)[:4] for row in case.rows]


# Merging.

NUMBERS = st.floats(-50, 50, allow_nan=False).map(lambda x: round(x, 3))


def states_of(reduction: Reduction, row: list[float], cuts: list[int]) -> list[State]:
    """One state per piece of a row of scores."""
    states = []
    for start, stop in zip([0, *cuts], [*cuts, len(row)], strict=True):
        state = reduction.start(1)
        if stop > start:
            scores = np.array([row[start:stop]])
            view = View(scores, slice(0, 1), start, None, np.empty)
            reduction.update(view, state)
        states.append(state)
    return states


def merged(reduction: Reduction, states: list[State]) -> State:
    total = tuple(array.copy() for array in states[0])
    for state in states[1:]:
        reduction.merge(total, tuple(array.copy() for array in state))
    return total


def flat(reduction: Reduction, state: State) -> list[float]:
    result = reduction.finish(tuple(array.copy() for array in state))
    parts = result if isinstance(result, tuple) else (result,)
    return [float(x) for part in parts for x in np.ravel(part)]


MERGING: dict[str, Reduction] = {
    "log-sum-exp": LogSumExp(1.0),
    "steep log-sum-exp": LogSumExp(300.0),
    "sum": RowSum(np.square),
    "top-k": TopK(3),
    "count": CountNearer(np.array([0.5]), np.array([4]), 0.25),
}


@pytest.mark.parametrize("name", MERGING)
@settings(deadline=None, max_examples=60, derandomize=True)
@given(row=st.lists(NUMBERS, min_size=1, max_size=12), data=st.data())
def test_merging_is_associative_and_start_is_neutral(
    name: str, row: list[float], data: st.DataObject
) -> None:
    reduction = MERGING[name]
    cut = st.integers(0, len(row))
    cuts = sorted(data.draw(st.tuples(cut, cut)))
    a, b, c = states_of(reduction, row, cuts)
    expected = flat(reduction, states_of(reduction, row, [])[0])
    left = merged(reduction, [merged(reduction, [a, b]), c])
    right = merged(reduction, [a, merged(reduction, [b, c])])
    nothing = reduction.start(1)
    assert flat(reduction, left) == pytest.approx(expected, rel=1e-13)
    assert flat(reduction, right) == pytest.approx(expected, rel=1e-13)
    assert flat(reduction, merged(reduction, [nothing, left])) == flat(reduction, left)
    assert flat(reduction, merged(reduction, [left, nothing])) == flat(reduction, left)


@pytest.mark.parametrize("name", MERGING)
def test_the_tiles_of_a_row_may_come_in_any_order(name: str) -> None:
    reduction = MERGING[name]
    row = [0.5, 2.0, 0.25, 2.0, 0.5, 2.0, 2.0, -1.0, 0.75, 2.0]
    expected = flat(reduction, states_of(reduction, row, [])[0])
    pieces = [(0, 3), (3, 5), (5, 6), (6, 10)]
    for order in itertools.permutations(pieces):
        state = reduction.start(1)
        for start, stop in order:
            scores = np.array([row[start:stop]])
            reduction.update(View(scores, slice(0, 1), start, None, np.empty), state)
        assert flat(reduction, state) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("name", MERGING)
def test_merging_nothing_with_nothing_is_nothing(name: str) -> None:
    reduction = MERGING[name]
    empty = reduction.start(2)
    assert flat(reduction, merged(reduction, [empty, reduction.start(2)])) == flat(
        reduction, reduction.start(2)
    )


# A reduction that the library does not have: the engine serves it unchanged.


@dataclass(frozen=True, eq=False)
class TripletHinge(Reduction):
    """Sum over (p, n) of max(0, D(a, p) - D(a, n) + m): sort, prefix sums, one search per positive.

    Scores are negative distances. A row's candidate is a positive when it has the anchor's label.
    """

    labels: npt.NDArray[np.int64]
    margin: float
    whole_rows: ClassVar[bool] = True

    def start(self, n: int) -> State:
        return (np.zeros(n),)

    def update(self, view: View, state: State) -> None:
        candidates = self.labels[view.first : view.first + view.scores.shape[1]]
        for row, (label, scores) in enumerate(
            zip(self.labels[view.rows], view.scores, strict=True)
        ):
            distances = -scores.astype(np.float64)
            positives = distances[(candidates == label) & np.isfinite(distances)]
            negatives = np.sort(distances[candidates != label])
            reach = positives + self.margin
            closer = np.searchsorted(negatives, reach)
            total = np.concatenate([[0.0], np.cumsum(negatives)])
            state[0][row] += float((closer * reach - total[closer]).sum())

    def merge(self, into: State, other: State) -> None:
        into[0][:] += other[0]

    def finish(self, state: State) -> Floats:
        return state[0]


@pytest.mark.parametrize("tile", [1, 4, None])
@pytest.mark.parametrize("workers", [1, 2])
def test_the_engine_serves_the_exact_triplet_hinge(
    ready: Ready, workers: int, tile: int | None
) -> None:
    rows = cloud()
    labels = np.random.default_rng(7).integers(0, 4, N)
    everybody = Span(ready(rows, unit=False), 0, N)
    table = Table(everybody, everybody, Offsets((0,)), EUCLIDEAN)
    hinge = TripletHinge(labels, 0.7)
    job = walk_of(table, (hinge, LogSumExp(1.0)))
    (results,) = run([job], workers=workers, tile=tile)
    expected = textbook.triplet_hinges(rows.tolist(), labels.tolist(), 0.7)
    assert max(expected) > 1
    assert hinge.finish(results.rows[0]) == near(expected)
    case = _case(rows, table, "euclidean")
    logs = [textbook.row_log_sum_exp(row, 1.0) for row in case.rows]
    assert LogSumExp(1.0).finish(results.rows[1]) == near(logs)


@pytest.mark.parametrize(("dtype", "limit"), [("float32", 60.0), ("float64", 600.0)])
def test_sums_at_the_limit_of_the_unshifted_path_do_not_overflow(
    dtype: str, limit: float, ready: Ready
) -> None:
    data = ready(np.ones((20_000, 2)), dtype=dtype)
    table = Table(Span(data, 0, 3), Span(data, 3, 20_000))
    (found,) = run([walk_of(table, (LogSumExp(limit),))], workers=1)
    result = LogSumExp(limit).finish(found.rows[0])
    assert UNSHIFTED[dtype] == limit
    assert result == pytest.approx(limit + math.log(19_997), rel=1e-6)


def test_a_function_that_returns_the_tile_itself_spoils_nothing(ready: Ready) -> None:
    data = ready(np.random.default_rng(0).standard_normal((40, 3)))
    table = Table(Span(data, 0, 40), Span(data, 0, 40), Offsets((0,)))
    asks = (RowSum(lambda scores: scores), LogSumExp(1.0), TopK(1))
    (both,) = run([walk_of(table, asks)], workers=1)
    (alone,) = run([walk_of(table, asks[1:])], workers=1)
    assert both.rows[1][1] == pytest.approx(alone.rows[0][1], rel=1e-13)
    assert both.rows[2][1].tolist() == alone.rows[1][1].tolist()


def test_distances_of_near_duplicates_keep_all_digits() -> None:
    draws = np.random.default_rng(3)
    rows = np.repeat(draws.standard_normal((5, 16)), 4, axis=0)
    rows += 1e-7 * draws.standard_normal(rows.shape)
    scores = np.empty((20, 20))
    EUCLIDEAN.fill(rows, rows, scores)
    true = np.linalg.norm(rows[:, None] - rows[None, :], axis=2)
    assert -scores == pytest.approx(true, rel=1e-12, abs=0)


def test_a_long_row_leaves_the_distances_of_the_others_alone() -> None:
    draws = np.random.default_rng(4)
    rows = draws.standard_normal((12, 16))
    alone, beside = np.empty((12, 12)), np.empty((13, 13))
    EUCLIDEAN.fill(rows, rows, alone)
    more = np.vstack([rows, 1e4 * rows[:1]])
    EUCLIDEAN.fill(more, more, beside)
    true = np.linalg.norm(more[:, None] - more[None, :], axis=2)
    assert -beside == pytest.approx(true, rel=1e-12, abs=1e-9)
    assert beside[:12, :12] == pytest.approx(alone, rel=1e-12, abs=1e-12)
