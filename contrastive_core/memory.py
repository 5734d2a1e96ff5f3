"""Whether the prepared rows stay in memory, and how many threads fit beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .errors import counted
from .prepared import BLOCK
from .resources import Resources, format_size, too_little_memory
from .tiles import TASK_MOST, TILE, WHOLE_ROW_SCORES, task_edge

_PER_ROW = 160
"""Bytes kept per row beside the row itself: states, positives, losses, ranks, in float64."""

_STATES = 768
"""Bytes of states per row of a task and thread, in all tasks that are in flight."""

_IN_FLIGHT = 8
"""Copies of a row's state: those of four tasks, each over its rows and over its columns."""

_PER_VIEW = 64
"""Bytes kept per row and view: scores and places of the positives."""

_DECODING = 24
"""Bytes per number while a block is decoded: stored, float64, ready."""


_BLOCKS_OF_SCORES = 4
"""Blocks of ready scores in use at once: as read, as logits, and what they are reduced to."""


@dataclass(frozen=True)
class Room:
    """How the memory bound is spent.

    Args:
        in_memory: Whether the prepared rows stay in memory; else they are spilled to disk.
        workers: Threads that fit.
        held: Bytes of the rows, where they stay in memory, and of what is kept beside them.
        states: Bytes of states per row that may be in flight in all tasks.
    """

    in_memory: bool
    workers: int
    held: int = 0
    states: float = math.inf


def make_room(
    n: int,
    d: int,
    precision: str,
    resources: Resources,
    *,
    views: int = 2,
    extra: int = 0,
    ready: bool | None = None,
) -> Room:
    """Spend the bound on n rows of d numbers, the views of n / views samples.

    Args:
        n: Rows.
        d: Numbers in a row.
        precision: Type of the rows and of the scores.
        resources: The bound.
        views: Views, or files, that the rows come from.
        extra: Bytes that are kept beside.
        ready: Whether the rows lie in memory already, or are spilled; None where they are not
            prepared yet.

    Raises:
        TooLittleMemory: The bound is below the least that works, which the message names.
    """
    item = 4 if precision == "float32" else 8
    kept = n * (_PER_ROW + _PER_VIEW * views) + extra
    decoding = min(n, 1 + BLOCK // d) * d * _DECODING
    rows = n * d * item if ready is None else 0
    spilled = _worker(n, d, item, spilled=True)
    in_place = _worker(n, d, item, spilled=False)
    if ready is not None:
        decoding = 0
        spilled = in_place = in_place if ready else spilled
    least = min(kept + max(decoding, spilled), kept + rows + max(decoding, in_place))
    if resources.memory < least:
        what = f"{counted(n, 'row')} of {counted(d, 'number')}"
        if extra > rows:
            what += f", {format_size(extra)} of it kept beside them"
        raise too_little_memory(least, what, resources)
    in_memory = kept + rows + max(decoding, in_place) <= resources.memory
    held = kept + (rows if in_memory else 0)
    worker = in_place if in_memory else spilled
    workers = int(max(1, min(resources.workers, (resources.memory - held) // worker)))
    spare = max(0, resources.memory - held - workers * worker)
    states = _STATES + spare / (workers * min(task_edge(n), n))
    return Room(in_memory if ready is None else ready, workers, held, states / _IN_FLIGHT)


def check_room(n: int, width: int, resources: Resources) -> None:
    """Refuse a bound below what n rows of ready scores need, which are read a block at a time.

    Raises:
        TooLittleMemory: The message names the least that works.
    """
    least = n * _PER_ROW + _BLOCKS_OF_SCORES * 8 * max(4 * BLOCK, width)
    if resources.memory < least:
        what = f"{counted(n, 'row')} of {counted(width, 'score')}"
        raise too_little_memory(least, what, resources)


def _worker(n: int, d: int, item: int, *, spilled: bool) -> int:
    """Bytes of one thread: tiles or a band of rows, anchors, candidates read from disk, states."""
    tile = min(TILE, n)
    task = min(task_edge(n), n)
    read = (min(n, TASK_MOST) + tile) * d * item if spilled else 0
    band = min(tile * n, WHOLE_ROW_SCORES) * item
    return 2 * max(tile * tile * item, band) + tile * d * item + read + _STATES * task
