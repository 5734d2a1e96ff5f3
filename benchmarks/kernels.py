"""One kernel in NumPy and in compiled libraries: a tile's product, exponentials and both sums.

The upper half of the table of N rows with themselves in tiles of `TILE`, on all processors, each
thread with its own buffers: what the engine does, without telling the rows apart. What a library
takes less than NumPy here is what it could save there.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np

from contrastive_core.engines import one_blas_thread
from contrastive_core.resources import available_processors
from contrastive_core.tiles import TILE

from .data import Rows, two_views
from .outcomes import Outcome, Prepare, Ready

_SCALE = 2.0
"""1 / temperature."""

Tile = Callable[[slice, slice], float]
"""From the rows and columns of a tile to the sum of its row and column sums."""


def numpy_whole(rows: Rows) -> Tile:
    """As the engine does it."""
    out, ones = np.empty((TILE, TILE), np.float32), np.ones(TILE, np.float32)

    def tile(down: slice, across: slice) -> float:
        scores = np.matmul(rows[down], rows[across].T, out=out)
        np.exp(scores, out=scores)
        return float((scores @ ones).sum() + (ones @ scores).sum())

    return tile


def torch_whole(rows: Rows) -> Tile:
    """The same calls in torch."""
    torch = _torch()
    x, out, ones = torch.from_numpy(rows), torch.empty(TILE, TILE), torch.ones(TILE)

    def tile(down: slice, across: slice) -> float:
        scores = torch.mm(x[down], x[across].T, out=out).exp_()
        return float((scores @ ones).sum() + (ones @ scores).sum())

    return tile


def jax_whole(rows: Rows) -> Tile:
    """One function, compiled by XLA, that gives both sums."""
    both = _compiled()

    def tile(down: slice, across: slice) -> float:
        by_row, by_col = both(rows[down], rows[across])
        return float(np.asarray(by_row).sum() + np.asarray(by_col).sum())

    return tile


@cache
def _compiled() -> Callable[[Rows, Rows], Any]:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"  # each of our threads is one
    import jax

    def both(left: Any, right: Any) -> Any:
        scores = jax.numpy.exp(left @ right.T)
        return scores.sum(1), scores.sum(0)

    compiled: Callable[[Rows, Rows], Any] = jax.jit(both)
    return compiled


def numpy_exponentials(rows: Rows) -> Tile:
    """Exponentials alone."""
    scores = rows[:TILE] @ rows[:TILE].T
    out = np.empty_like(scores)

    def tile(down: slice, across: slice) -> float:
        del down, across
        np.exp(scores, out=out)
        return 0.0

    return tile


def torch_exponentials(rows: Rows) -> Tile:
    """Exponentials alone, in torch."""
    torch = _torch()
    scores = torch.from_numpy(rows[:TILE] @ rows[:TILE].T)
    out = torch.empty_like(scores)

    def tile(down: slice, across: slice) -> float:
        del down, across
        torch.exp(scores, out=out)
        return 0.0

    return tile


def kernel(open_tile: Callable[[Rows], Tile], *, valued: bool = True) -> Prepare:
    """A contestant.

    Args:
        open_tile: From the rows, in float32 and multiplied by `_SCALE` together, to the work of
            one thread.
        valued: Whether its number is to be compared.
    """

    def prepare(n: int, d: int) -> Ready:
        if n % TILE:
            raise ValueError(f"N is to be a multiple of {TILE}")
        x = two_views(n, d)
        rows = x * np.float32(_SCALE**0.5) / np.linalg.norm(x, axis=1, keepdims=True)
        open_tile(rows)  # loads the library
        return Ready(lambda: _once(rows, open_tile, valued), rows.nbytes)

    return prepare


def _once(rows: Rows, open_tile: Callable[[Rows], Tile], valued: bool) -> Outcome:
    """All tiles on all processors."""
    here = threading.local()

    def work(piece: tuple[slice, slice]) -> float:
        if not hasattr(here, "tile"):
            here.tile = open_tile(rows)
        return float(here.tile(*piece))

    with one_blas_thread(), ThreadPoolExecutor(available_processors()) as pool:
        total = sum(pool.map(work, _tiles(len(rows))))
    return Outcome({"value": total} if valued else {})


def _tiles(n: int) -> Iterator[tuple[slice, slice]]:
    """The upper half of the table."""
    for down in range(0, n, TILE):
        for across in range(down, n, TILE):
            yield slice(down, down + TILE), slice(across, across + TILE)


def _torch() -> Any:
    """The library, on one thread for each of ours."""
    import torch

    torch.set_num_threads(1)
    return torch
