"""Cutting a table into numbered tasks of tiles; sizes depend on the problem alone.

Neither threads nor memory change a task, so neither changes a bit of any result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .tables import ReadTable, Table

TILE = 512
"""Edge of a tile: 512 x 512 scores in float32 are 1 MiB and stay in cache."""

TASK_LEAST, TASK_MOST = 1024, 8192
_TASKS_PER_EDGE = 16
WHOLE_ROW_SCORES = 2**21
"""Scores of a band of whole rows (8 MiB in float32), as far as a single row fits."""

READ_SCORES = 2**18
"""Scores of a band that is read (2 MiB in float64), as far as a single row fits."""


@dataclass(frozen=True)
class Task:
    """A rectangle of a table: rows and columns as positions in anchors and candidates."""

    number: int
    rows: range
    cols: range
    mirrored: bool
    """Whether its columns stand for rows too: an off-diagonal part of a symmetric table."""

    @property
    def scores(self) -> int:
        """How many scores it stands for."""
        return len(self.rows) * len(self.cols) * (2 if self.mirrored else 1)


@dataclass(frozen=True)
class Cut:
    """Edges of tiles and of tasks.

    Args:
        rows: Rows of a tile.
        cols: Columns of a tile; as many as rows where the table is symmetric.
        task: Rows and columns of a task, at most; a multiple of a square tile's edge.
    """

    rows: int
    cols: int
    task: int

    def bands(self, stretch: range, edge: int) -> Iterator[range]:
        """Consecutive pieces of a range."""
        for start in range(stretch.start, stretch.stop, edge):
            yield range(start, min(start + edge, stretch.stop))


def cut_for(table: Table | ReadTable, tile: int = TILE) -> Cut:
    """Tiles in cache; tasks small enough that some hundred of them keep the threads level."""
    if table.by_bands:
        band = max(1, READ_SCORES // max(1, table.m))
        return Cut(band, max(1, table.m), band)
    edge = task_edge(max(table.n, table.m))
    task = max(1, edge // tile) * tile
    if table.n >= tile:
        return Cut(tile, tile, task)
    # Few anchors: a wide tile of the same area, so that there are few of them.
    wide = min(tile * (tile // table.n), TASK_MOST)
    return Cut(tile, wide, max(task, wide))


def task_edge(longest: int) -> int:
    """Edge of a task of a table whose longer side has this many rows."""
    return min(max(longest // _TASKS_PER_EDGE, TASK_LEAST), TASK_MOST)


def tasks(table: Table | ReadTable, cut: Cut, *, whole_rows: bool) -> Iterator[Task]:
    """All tasks of a table in their fixed order; half of it where it is symmetric."""
    rows, cols = range(table.n), range(table.m)
    if whole_rows:
        band = max(1, min(cut.rows, WHOLE_ROW_SCORES // max(1, len(cols))))
        for number, piece in enumerate(cut.bands(rows, band)):
            yield Task(number, piece, cols, mirrored=False)
        return
    number = 0
    for piece in cut.bands(rows, cut.task):
        for across in cut.bands(cols, cut.task):
            if table.symmetric and across.start < piece.start:
                continue
            yield Task(number, piece, across, table.symmetric and across.start > piece.start)
            number += 1
