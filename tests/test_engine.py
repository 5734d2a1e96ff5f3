"""The engine: every pair once, the same bits always, bounded memory, faults that surface."""

import itertools
import tracemalloc
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from passes import walk_of
from threadpoolctl import threadpool_info, threadpool_limits

import contrastive_core as cc
from contrastive_core import Resources
from contrastive_core.duplicates import may_have_duplicates
from contrastive_core.engines import Pass, Results, local, run
from contrastive_core.engines.local import one_blas_thread
from contrastive_core.engines.work import Workspace, perform
from contrastive_core.errors import BadParameter, TooLittleMemory
from contrastive_core.inputs import Given, build, recognise
from contrastive_core.inputs.stock import Stock
from contrastive_core.losses import NTXent, make_loss
from contrastive_core.memory import make_room
from contrastive_core.prepared import Prepared
from contrastive_core.problem import Views
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
from contrastive_core.resources import parse_size
from contrastive_core.tables import Offsets, Span, Table
from contrastive_core.tiles import Cut, cut_for, tasks

Ready = Callable[..., Prepared]


def cloud(n: int, d: int = 3, seed: int = 0) -> npt.NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=(n, d))


def square(ready: Ready, n: int, **how: Any) -> Table:
    everybody = Span(ready(cloud(n), **how), 0, n)
    return Table(everybody, everybody, Offsets((0,)))


def rectangle(ready: Ready, n: int, m: int) -> Table:
    data = ready(cloud(n + m))
    return Table(Span(data, 0, n), Span(data, n, n + m))


def same_bits(one: list[Results], other: list[Results]) -> bool:
    pairs = zip(one, other, strict=True)
    return all(
        np.array_equal(a, b)
        for x, y in pairs
        for s, t in zip((*x.rows, *x.cols), (*y.rows, *y.cols), strict=True)
        for a, b in zip(s, t, strict=True)
    )


# Tasks.


@pytest.mark.parametrize("n", [1, 2, 5, 8, 9, 16, 17])
@pytest.mark.parametrize("edge", [1, 2, 4, 8, 100])
def test_tasks_of_a_symmetric_table_cover_every_pair_once(ready: Ready, n: int, edge: int) -> None:
    covered = np.zeros((n, n), int)
    found = list(tasks(square(ready, n), Cut(1, 1, edge), whole_rows=False))
    for task in found:
        covered[np.ix_(task.rows, task.cols)] += 1
        if task.mirrored:
            covered[np.ix_(task.cols, task.rows)] += 1
    assert (covered == 1).all()
    assert sum(task.scores for task in found) == n * n
    bands = -(-n // edge)
    assert len(found) == bands * (bands + 1) // 2


@pytest.mark.parametrize(("n", "m"), [(1, 1), (5, 9), (9, 5), (16, 3)])
@pytest.mark.parametrize("edge", [1, 2, 4, 100])
@pytest.mark.parametrize("whole_rows", [False, True])
def test_tasks_of_a_rectangle_cover_every_pair_once(
    ready: Ready, n: int, m: int, edge: int, whole_rows: bool
) -> None:
    covered = np.zeros((n, m), int)
    for task in tasks(rectangle(ready, n, m), Cut(edge, edge, edge), whole_rows=whole_rows):
        covered[np.ix_(task.rows, task.cols)] += 1
        assert not task.mirrored
        assert not whole_rows or task.cols == range(m)
    assert (covered == 1).all()


def test_whole_rows_of_a_symmetric_table_are_not_halved(ready: Ready) -> None:
    found = list(tasks(square(ready, 9), Cut(2, 2, 2), whole_rows=True))
    assert [task.rows for task in found] == [
        range(2), range(2, 4), range(4, 6), range(6, 8), range(8, 9)
    ]  # fmt: skip
    assert all(task.cols == range(9) and not task.mirrored for task in found)


def test_tasks_are_numbered_in_order(ready: Ready) -> None:
    numbers = [task.number for task in tasks(square(ready, 20), Cut(2, 2, 4), whole_rows=False)]
    assert numbers == list(range(15))


@pytest.mark.parametrize("n", [600, 5000, 20_000, 200_000])
def test_a_task_is_made_of_whole_tiles(ready: Ready, n: int) -> None:
    cut = cut_for(Table(span := Span(ready(cloud(2)), 0, n), span))
    assert cut.rows == cut.cols
    assert cut.task % cut.rows == 0
    assert 1024 <= cut.task <= 8192


@pytest.mark.parametrize("n", [1, 10, 100, 511])
def test_few_anchors_have_wide_tiles_that_are_no_larger(ready: Ready, n: int) -> None:
    data = ready(cloud(2))
    cut = cut_for(Table(Span(data, 0, n), Span(data, n, 100_000)))
    assert cut.cols > 512 or n > 256
    assert n * cut.cols <= 512 * 512
    assert cut.cols <= cut.task <= 8192


@pytest.mark.parametrize("tile", [16, 50])
def test_a_task_done_twice_gives_the_same_states(ready: Ready, tile: int) -> None:
    reductions = (LogSumExp(3.0), LogSumExp(200.0), TopK(3), RowSum(np.exp))
    table = square(ready, 90, dtype="float32")
    job, cut = walk_of(table, reductions), Cut(tile, tile, tile)
    used = Workspace()
    for task in tasks(table, cut, whole_rows=False):
        first = perform(job, task, cut, used)
        again = perform(job, task, cut, Workspace())
        assert same_bits([Results(first.rows, first.cols)], [Results(again.rows, again.cols)])


def test_a_task_leaves_the_rows_as_they_were(ready: Ready) -> None:
    table = square(ready, 40)
    before = table.candidates.read(0, 40).copy()
    run([walk_of(table, (LogSumExp(3.0), LogSumExp(9.0), TopK(50)))], workers=1, tile=7)
    assert np.array_equal(table.candidates.read(0, 40), before)


# Order of completion.


class Backwards:
    """A pool that does the tasks it holds from the last to the first, on the calling thread."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.waiting: list[tuple[Future[Any], Callable[[], Any]]] = []
        self.order: list[int] = []

    def submit(self, work: Callable[[Any], Any], task: Any) -> Future[Any]:
        pool = self

        class Reluctant(Future[Any]):
            def result(self, timeout: float | None = None) -> Any:
                pool.catch_up()
                return super().result(timeout)

        def noted() -> Any:
            self.order.append(task.number)
            return work(task)

        future = Reluctant()
        self.waiting.append((future, noted))
        return future

    def catch_up(self) -> None:
        while self.waiting:
            future, work = self.waiting.pop()
            future.set_result(work())

    def shutdown(self, wait: bool = True, cancel_futures: bool = False) -> None:
        assert wait
        assert cancel_futures


@pytest.fixture
def many_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """More tasks than any window holds: they are cut far smaller than usual."""
    monkeypatch.setattr(local, "cut_for", lambda *_: Cut(50, 50, 100))


def jobs_of_many_tasks(ready: Ready) -> list[Pass]:
    return [
        walk_of(square(ready, 1000, dtype="float32"), (LogSumExp(3.0), LogSumExp(2000.0), TopK(3))),
        walk_of(rectangle(ready, 1000, 700), (LogSumExp(3.0),), (LogSumExp(5.0), TopK(2))),
        walk_of(square(ready, 1000), (Neighbours(1, np.zeros(1000)), RowSum(np.square))),
    ]


@pytest.mark.usefixtures("many_tasks")
def test_later_tasks_that_finish_first_change_no_bit(
    ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = jobs_of_many_tasks(ready)
    straight = run(jobs, workers=1)
    pools: list[Backwards] = []

    def make(*_: Any, **__: Any) -> Backwards:
        pools.append(Backwards())
        return pools[-1]

    monkeypatch.setattr(local, "ThreadPoolExecutor", make)
    assert same_bits(run(jobs, workers=3), straight)
    assert [len(pool.order) for pool in pools] == [55, 70, 20]
    for pool in pools:
        assert pool.order != sorted(pool.order)
        assert sorted(pool.order) == list(range(len(pool.order)))


@pytest.mark.usefixtures("many_tasks")
@pytest.mark.parametrize("workers", [2, 3, 8])
def test_any_number_of_workers_gives_the_same_bits(ready: Ready, workers: int) -> None:
    jobs = jobs_of_many_tasks(ready)
    assert same_bits(run(jobs, workers=workers), run(jobs, workers=1))


# Progress and faults.


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_grows_to_the_total(ready: Ready, workers: int) -> None:
    told: list[tuple[int, int]] = []
    jobs = [
        walk_of(square(ready, 2500), (LogSumExp(1.0),)),
        walk_of(rectangle(ready, 30, 2000), (LogSumExp(1.0),), (LogSumExp(1.0),)),
        walk_of(square(ready, 600), (Neighbours(1, np.zeros(600)),)),
    ]
    run(jobs, workers=workers, progress=lambda done, total: told.append((done, total)))
    done = [each for each, _ in told]
    assert {total for _, total in told} == {2500**2 + 30 * 2000 + 600**2}
    assert all(a < b for a, b in itertools.pairwise(done))
    assert done[-1] == told[-1][1]


def test_a_loss_tells_its_progress_up_to_the_total() -> None:
    told: list[tuple[int, int]] = []
    means = Resources(progress=lambda done, total: told.append((done, total)))
    cc.loss("nt-xent", cloud(3000), resources=means)
    assert told
    assert told[-1][0] == told[-1][1]


@dataclass(frozen=True)
class Faulty(Reduction):
    """Fails on the tile that holds one row."""

    row: int

    def start(self, n: int) -> State:
        return (np.zeros(n),)

    def update(self, view: View, state: State) -> None:
        del state
        if view.rows.start <= self.row < view.rows.stop:
            raise ArithmeticError(f"row {self.row}")

    def merge(self, into: State, other: State) -> None:
        into[0][:] += other[0]

    def finish(self, state: State) -> Any:
        return state[0]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("row", [0, 1300, 2499])
def test_a_fault_in_a_worker_reaches_the_caller(ready: Ready, workers: int, row: int) -> None:
    with pytest.raises(ArithmeticError, match=f"row {row}"):
        run([walk_of(square(ready, 2500), (Faulty(row),))], workers=workers)


def test_a_fault_in_the_progress_callback_reaches_the_caller(ready: Ready) -> None:
    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run([walk_of(square(ready, 2500), (LogSumExp(1.0),))], workers=2, progress=stop)


# Memory.


@pytest.mark.parametrize("kind", ["infonce", "nt-xent", "clip"])
def test_nothing_as_large_as_the_table_is_ever_allocated(kind: str) -> None:
    n = 3000
    first, second = cloud(n, 4), cloud(n, 4, seed=1)
    means = Resources(threads=2)
    cc.loss(kind, first[:9], second[:9], resources=means)
    tracemalloc.start()
    try:
        cc.loss(kind, first, second, resources=means, per_sample=True)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    table = (2 * n) ** 2 * 4 if kind == "nt-xent" else n * n * 4
    assert peak < table / 2
    assert peak < 24 * 2**20


def test_whole_rows_are_walked_in_bands(ready: Ready) -> None:
    n = 6000
    table = square(ready, n, dtype="float32")
    tracemalloc.start()
    try:
        run([walk_of(table, (Neighbours(1, np.zeros(n)),))], workers=1)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < n * n * 4 / 2


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize(("n", "d"), [(10, 3), (1500, 60), (4000, 8)])
def test_too_little_memory_names_the_least_that_works(n: int, d: int, precision: str) -> None:
    first, second = cloud(n, d), cloud(n, d, seed=1)

    def attempt(memory: int) -> float:
        means = Resources(memory=memory, precision=precision)
        return cc.loss("clip", first, second, resources=means).value

    with pytest.raises(TooLittleMemory) as error:
        attempt(1)
    assert error.value.expected.startswith("at least ")
    assert error.value.got == "1 B"
    least = parse_size(error.value.remedy.removeprefix("Give --memory ").split()[0])
    assert attempt(least) == attempt(2**29)
    with pytest.raises(TooLittleMemory):
        attempt(max(1, least - 2**20))


def test_more_memory_brings_more_threads_and_then_no_spilling() -> None:
    rooms = [
        make_room(100_000, 256, "float32", Resources(threads=4, memory=mebibytes * 2**20))
        for mebibytes in range(60, 400, 10)
    ]
    assert not rooms[0].in_memory
    assert rooms[-1].in_memory
    assert rooms[-1].workers == 4
    kept = [room.in_memory for room in rooms]
    assert kept == sorted(kept)
    assert all(1 <= room.workers <= 4 for room in rooms)


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("512MiB", 2**29),
        ("2G", 2**31),
        ("1.5 GB", 3 * 2**29),
        ("100", 100),
        ("64k", 2**16),
        ("1TiB", 2**40),
    ],
)
def test_sizes_are_read_in_powers_of_1024(written: str, size: int) -> None:
    assert parse_size(written) == size


@pytest.mark.parametrize("written", ["", "MiB", "-1", "1 parsec", "1e9", "0x10"])
def test_other_sizes_are_refused(written: str) -> None:
    with pytest.raises(BadParameter, match="a size such as 512MiB"):
        parse_size(written)


def test_bad_resources_are_refused() -> None:
    for bad in ({"threads": -1}, {"precision": "float16"}, {"memory": 0}, {"memory": -5}):
        with pytest.raises(BadParameter) as error:
            Resources(**bad)
        assert error.value.expected
        assert error.value.remedy


def test_one_blas_thread_while_anybody_computes_and_all_of_them_afterwards() -> None:
    def blas_threads() -> list[int]:
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    before = blas_threads()
    with one_blas_thread():
        with one_blas_thread():
            assert blas_threads() == [1] * len(before)
        assert blas_threads() == [1] * len(before)
    assert blas_threads() == before


def test_a_walk_drives_one_blas_thread() -> None:
    seen: list[int] = []
    rows = np.random.default_rng(0).standard_normal((300, 4))

    def look(*_: int) -> None:
        pools = threadpool_info()
        seen.extend(pool["num_threads"] for pool in pools if pool["user_api"] == "blas")

    with threadpool_limits(limits=2, user_api="blas"):
        cc.loss("nt-xent", rows, resources=cc.Resources(progress=look))
    assert set(seen) == {1}


def test_reductions_over_whole_rows_serve_one_side_only(ready: Ready) -> None:
    table = rectangle(ready, 3, 5)
    with pytest.raises(ValueError, match="exchange the table"):
        walk_of(table, (), (Neighbours(1, np.zeros(5)),))


@pytest.mark.parametrize(
    ("count", "samples", "d", "mebibytes"), [(2, 60_000, 64, 60), (40, 400, 8, 72)]
)
@pytest.mark.parametrize("ranks", [False, True])
def test_working_memory_stays_within_the_bound(
    count: int, samples: int, d: int, mebibytes: int, ranks: bool, tmp_path: Path
) -> None:
    """Few rows meet many, so that the walk is short and the rows themselves weigh."""
    rng = np.random.default_rng(1)
    path = tmp_path / "views.npy"
    np.save(path, rng.standard_normal((count, samples, d), dtype=np.float32))
    means = cc.Resources(threads=1, memory=mebibytes * 2**20)
    given = Given(embeddings=path, views="first")
    tracemalloc.start()
    problem = build(make_loss("nt-xent"), recognise(NTXent, given), Stock(means)).problem
    assert isinstance(problem, Views)
    anchors = Span(problem.data, 0, 64)
    scores = problem.positive_scores(anchors)
    asks: tuple[Reduction, ...] = (LogSumExp(2.0),)
    if ranks:
        asks = (*asks, TopK(4), CountNearer(scores.max(axis=1), np.zeros(64, np.intp), 1e-6))
    run([walk_of(Table(anchors, problem.all, problem.relation), asks)], workers=1)
    run([walk_of(Table(anchors, problem.all), (Neighbours(1, np.zeros(64)),))], workers=1)
    may_have_duplicates(problem.data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= means.memory
