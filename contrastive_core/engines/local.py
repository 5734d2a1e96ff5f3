"""All tasks of a pass on threads of this process, merged in the order of their numbers.

Each thread drives one BLAS thread. States are merged through a window that bounds how many are in
flight, in the order of the task numbers: the bits are the same for any number of threads.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue

from threadpoolctl import threadpool_limits

from ..reductions import State
from ..resources import Progress
from ..tiles import Cut, Task, cut_for, tasks
from .work import Ask, Partial, Pass, Results, Workspace, perform

_WINDOW = 4
"""Tasks in flight per thread."""


def run(
    passes: Sequence[Pass],
    *,
    workers: int,
    tile: int | None = None,
    progress: Progress | None = None,
) -> list[Results]:
    """Walk each pass's table once and return the states of its reductions.

    Args:
        passes: What is asked.
        workers: Threads.
        tile: Edge of a tile, for tests; None for the one that fits in cache.
        progress: Told the scores done and the scores in all, from the calling thread.
    """
    cuts = [cut_for(job.table, tile) if tile else cut_for(job.table) for job in passes]
    total = sum(job.table.n * job.table.m for job in passes)
    done = 0
    results = []
    with one_blas_thread():
        for job, cut in zip(passes, cuts, strict=True):
            rows, cols = _start(job)
            for task, partial in _in_order(job, cut, workers):
                _merge(job, task, partial, rows, cols)
                done += task.scores
                if progress is not None:
                    progress(done, total)
            results.append(Results(tuple(rows), tuple(cols)))
    return results


_lock = threading.Lock()
_running: list[threadpool_limits] = []
_users = 0


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """One BLAS thread per calling thread, while anybody is inside.

    The limit is the process's: the first in sets it, the last out takes it back.
    """
    global _users
    with _lock:
        if _users == 0:
            _running.append(threadpool_limits(limits=1, user_api="blas"))
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                _running.pop().restore_original_limits()


def _start(job: Pass) -> tuple[list[State], list[State]]:
    table = job.table
    return (
        [ask.reduction.start(table.n) for ask in job.rows],
        [ask.reduction.start(table.m) for ask in job.cols],
    )


def _in_order(job: Pass, cut: Cut, workers: int) -> Iterator[tuple[Task, Partial]]:
    """Every task with its states, in the order of the numbers whatever the order of completion."""
    queue = tasks(job.table, cut, whole_rows=job.whole_rows)
    workspaces: SimpleQueue[Workspace] = SimpleQueue()
    for _ in range(workers):
        workspaces.put(Workspace())

    def work(task: Task) -> Partial:
        workspace = workspaces.get()
        try:
            return perform(job, task, cut, workspace)
        finally:
            workspaces.put(workspace)

    if workers == 1:
        for task in queue:
            yield task, work(task)
        return
    flying: deque[tuple[Task, Future[Partial]]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="contrast")
    try:
        for task in queue:
            flying.append((task, pool.submit(work, task)))
            if len(flying) >= workers * _WINDOW:
                first, future = flying.popleft()
                yield first, future.result()
        for first, future in flying:
            yield first, future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _merge(
    job: Pass, task: Task, partial: Partial, rows: Sequence[State], cols: Sequence[State]
) -> None:
    """Add a task's states to those of the table."""
    _merge_side(job.rows, rows, partial.rows, task.rows)
    if task.mirrored:
        _merge_side(job.rows, rows, partial.cols, task.cols)
    elif job.cols:
        _merge_side(job.cols, cols, partial.cols, task.cols)


def _merge_side(
    asks: Sequence[Ask], into: Sequence[State], partial: Sequence[State], where: range
) -> None:
    for ask, state, other in zip(asks, into, partial, strict=True):
        merged = tuple(array[where.start : where.stop] for array in state)
        ask.reduction.merge(merged, other)
        ask.reduction.learn(slice(where.start, where.stop), merged)
