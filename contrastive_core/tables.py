"""The table of scores: which rows meet which, and who is left out. Nothing holds n x m numbers.

Vocabulary of shapes, used everywhere: `n` anchors, `m` candidates, `d` dimensions, `b` and `c`
rows and columns of a tile. A score grows with nearness.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from .numerics import Float
from .prepared import BLOCK, Prepared
from .scores import PRODUCT, Score

Index = npt.NDArray[np.intp]
Ids = range | Index
"""Rows of prepared data: a range, or a sorted index array."""

Hidden = tuple[Index, Index] | npt.NDArray[np.bool_]
"""Pairs of a tile: their positions, or a mask of its shape."""


class Side(Protocol):
    """The anchors or the candidates of a table."""

    @property
    def data(self) -> Prepared:
        """The rows they are taken from."""

    @property
    def n(self) -> int:
        """How many."""

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start` to `stop` of this side, C-contiguous."""

    def ids(self, start: int, stop: int) -> Ids:
        """Which rows of the prepared data these are."""


@dataclass(frozen=True)
class Span:
    """Consecutive rows `start` to `stop` of prepared data."""

    data: Prepared
    start: int
    stop: int

    @property
    def n(self) -> int:
        """How many rows."""
        return self.stop - self.start

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start` to `stop` of the span."""
        return self.data.read(self.start + start, self.start + stop)

    def ids(self, start: int, stop: int) -> range:
        """Which rows of the prepared data these are."""
        return range(self.start + start, self.start + stop)

    def inside(self, other: Span) -> bool:
        """Whether every row is one of the other's."""
        same = self.data is other.data
        return same and other.start <= self.start and self.stop <= other.stop

    def take(self, index: Index) -> Gathered:
        """Single rows of the span, by their (sorted) positions in it."""
        return Gathered(self.data, self.start + np.asarray(index, dtype=np.intp))


class Same:
    """Equal to what is of the same type and made of the very same arrays."""

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return False
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return all(a is b or (isinstance(a, int) and a == b) for a, b in pairs)

    def __hash__(self) -> int:
        return hash(tuple(a if isinstance(a, int) else id(a) for a in vars(self).values()))


@dataclass(frozen=True, eq=False)
class Gathered(Same):
    """Single rows of prepared data, by an index; sorted where they are the anchors of a table."""

    data: Prepared
    index: Index

    @property
    def n(self) -> int:
        """How many rows."""
        return len(self.index)

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start` to `stop` of the selection."""
        return self.data.take(self.index[start:stop])

    def ids(self, start: int, stop: int) -> Index:
        """Which rows of the prepared data these are."""
        return self.index[start:stop]


class Relation(Protocol):
    """Which pairs of rows a table leaves out: self pairs, positives, rows of one class.

    It must be symmetric: i leaves out j exactly when j leaves out i.
    """

    def hidden(self, rows: Ids, cols: range) -> Hidden | None:
        """The pairs left out, by positions in `rows` and `cols`; None where there are none."""


@dataclass(frozen=True)
class Everything:
    """No pair is left out."""

    def hidden(self, rows: Ids, cols: range) -> Hidden | None:
        """None."""
        del rows, cols
        return None


EVERYTHING = Everything()


@dataclass(frozen=True)
class Offsets:
    """Row i leaves out the rows i + k for each offset k; offsets come in pairs of both signs, or 0.

    Self pairs are offset 0; with views stacked one after the other, n rows each, the views of a
    sample lie at multiples of n.
    """

    offsets: tuple[int, ...]

    def hidden(self, rows: Ids, cols: range) -> Hidden | None:
        """Where a diagonal crosses the tile."""
        low, high = int(rows[0]), int(rows[-1])
        crossing = [k for k in self.offsets if low + k < cols.stop and high + k >= cols.start]
        if not crossing:
            return None
        ids = np.asarray(rows, dtype=np.intp)
        found = []
        for offset in crossing:
            target = ids + offset - cols.start
            inside = np.flatnonzero((target >= 0) & (target < len(cols)))
            found.append((inside, target[inside]))
        return np.concatenate([r for r, _ in found]), np.concatenate([c for _, c in found])


@dataclass(frozen=True, eq=False)
class SameClass(Same):
    """Rows of one class leave each other out, and every row itself.

    Args:
        codes: Class of each row, -1 for none, shape (rows,).
    """

    codes: npt.NDArray[np.int64]

    def hidden(self, rows: Ids, cols: range) -> Hidden | None:
        """A mask."""
        return _alike(self.codes, rows, cols) | _itself(rows, cols)


@dataclass(frozen=True, eq=False)
class OtherClass(Same):
    """What is left are the positives: other rows of a row's own class.

    Args:
        codes: Class of each row, -1 for none, shape (rows,).
    """

    codes: npt.NDArray[np.int64]

    def hidden(self, rows: Ids, cols: range) -> Hidden | None:
        """A mask."""
        return ~_alike(self.codes, rows, cols) | _itself(rows, cols)


@dataclass(frozen=True, eq=False)
class Strangers(Same):
    """What is left are pairs of different classes, both known: what a dissimilar pair is.

    Args:
        codes: Class of each row, -1 for none, shape (rows,).
    """

    codes: npt.NDArray[np.int64]

    def hidden(self, rows: Ids, cols: range) -> Hidden | None:
        """A mask."""
        unknown = (_part(self.codes, rows) < 0)[:, None] | (_part(self.codes, cols) < 0)[None, :]
        return _alike(self.codes, rows, cols) | _itself(rows, cols) | unknown


def _part(codes: npt.NDArray[np.int64], ids: Ids) -> npt.NDArray[np.int64]:
    return codes[ids.start : ids.stop] if isinstance(ids, range) else codes[ids]


def _alike(codes: npt.NDArray[np.int64], rows: Ids, cols: range) -> npt.NDArray[np.bool_]:
    """Which pairs are of one class; -1 is no class."""
    down = np.where(_part(codes, rows) < 0, -2, _part(codes, rows))
    return np.asarray(down[:, None] == _part(codes, cols)[None, :])


def _itself(rows: Ids, cols: range) -> npt.NDArray[np.bool_] | bool:
    """Where a row meets itself; False where none does."""
    if int(rows[-1]) < cols.start or int(rows[0]) >= cols.stop:
        return False
    return np.asarray(np.asarray(rows)[:, None] == np.asarray(cols)[None, :])


@dataclass(frozen=True)
class Table:
    """The score of every anchor with every candidate, less the pairs that a relation leaves out.

    Args:
        anchors: Rows of the table, n of them.
        candidates: Columns of the table, m of them.
        relation: The pairs left out; they count for nothing in any reduction.
        score: How a pair is scored.
    """

    anchors: Side
    candidates: Span
    relation: Relation = EVERYTHING
    score: Score = PRODUCT
    by_bands: ClassVar[bool] = False
    """Whether its tiles are bands of whole rows, whoever asks."""

    @property
    def n(self) -> int:
        """Rows."""
        return self.anchors.n

    @property
    def m(self) -> int:
        """Columns."""
        return self.candidates.n

    @property
    def symmetric(self) -> bool:
        """Whether rows and columns are the same rows: half of the table is enough."""
        return self.anchors == self.candidates

    @property
    def reversed(self) -> Table | None:
        """Rows and columns exchanged, where that is the way round in which it is walked.

        Which way is settled by what it is a table of, so that whoever asks of either side, alone
        or in company, is shown the same tiles.
        """
        down, across = self.anchors, self.candidates
        if not isinstance(down, Span) or down.data is not across.data or down.start <= across.start:
            return None
        return replace(self, anchors=across, candidates=down)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The working precision."""
        return self.candidates.data.dtype

    @property
    def bound(self) -> float:
        """No score is larger in magnitude, rounding aside."""
        return self.score.bound(self.anchors.data.longest, self.candidates.data.longest)

    def hidden(self, relation: Relation, down: range, across: range) -> Hidden | None:
        """The pairs of a tile that a relation leaves out."""
        return relation.hidden(
            self.anchors.ids(down.start, down.stop), self.candidates.ids(across.start, across.stop)
        )

    def over(self, cols: range, step: int) -> Products:
        """What fills the tiles of some columns, of which so many are read at a time."""
        return Products(self, cols, step)


class Products:
    """Tiles of scores from products: anchors are read once for each band, candidates at once.

    Args:
        table: The scores.
        cols: The columns that tiles are of.
        step: Columns that are read at a time, where these are fewer than all.
    """

    def __init__(self, table: Table, cols: range, step: int) -> None:
        self.table, self.cols, self.step = table, cols, step
        self.whole = table.candidates.read(cols.start, cols.stop) if step >= len(cols) else None
        self.down, self.anchors = range(0), np.empty((0, 0))

    def fill(self, down: range, across: range, out: npt.NDArray[Any]) -> None:
        """Score all pairs of a tile."""
        if down != self.down:
            self.down, self.anchors = down, self.table.anchors.read(down.start, down.stop)
        for start in range(across.start, across.stop, self.step):
            stop = min(start + self.step, across.stop)
            place = slice(start - across.start, stop - across.start)
            self.table.score.fill(self.anchors, self._read(start, stop), out[:, place])

    def _read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Some candidates."""
        if self.whole is not None:
            return self.whole[start - self.cols.start : stop - self.cols.start]
        return self.table.candidates.read(start, stop)


class ScoreRows(Protocol):
    """Scores that are read row by row."""

    @property
    def n(self) -> int:
        """Rows: anchors."""

    @property
    def width(self) -> int:
        """Columns: candidates."""

    @property
    def tolerance(self) -> float:
        """Scores tie when they differ by at most this."""

    def read(self, start: int, stop: int) -> Float:
        """Rows `start` to `stop`, in float64, fresh."""


@dataclass(frozen=True, eq=False)
class ReadTable(Same):
    """Scores that are read instead of multiplied; a band of whole rows at a time.

    Args:
        rows: The scores.
        relation: The pairs left out, by their positions.
        exchanged: Whether its columns are asked: as the anchors, whose candidates are the rows.
    """

    rows: ScoreRows
    relation: Relation = EVERYTHING
    exchanged: bool = False
    symmetric: ClassVar[bool] = False
    by_bands: ClassVar[bool] = True
    dtype: ClassVar[np.dtype[Any]] = np.dtype(np.float64)
    bound: ClassVar[float] = np.inf

    @property
    def n(self) -> int:
        """Rows."""
        return self.rows.n

    @property
    def m(self) -> int:
        """Columns."""
        return self.rows.width

    @property
    def reversed(self) -> ReadTable | None:
        """The way round in which it is read."""
        return replace(self, exchanged=False) if self.exchanged else None

    def hidden(self, relation: Relation, down: range, across: range) -> Hidden | None:
        """The pairs of a tile that a relation leaves out."""
        return relation.hidden(down, across)

    def over(self, cols: range, step: int) -> ReadTable:
        """What fills the tiles of some columns: all of them at once."""
        del cols, step
        return self

    def fill(self, down: range, across: range, out: npt.NDArray[Any]) -> None:
        """Read a band."""
        out[:] = self.rows.read(down.start, down.stop)[:, across.start : across.stop]


def row_products(left: Side, right: Side) -> Float:
    """x_i . y_i for aligned rows of two sides, summed in float64, shape (n,)."""
    return _by_rows(left, right, lambda x, y: np.einsum("ij,ij->i", x, y))


def row_distances(left: Side, right: Side) -> Float:
    """|x_i - y_i| for aligned rows of two sides, from their differences, in float64, shape (n,)."""
    return _by_rows(left, right, lambda x, y: np.sqrt(np.einsum("ij,ij->i", x - y, x - y)))


def _by_rows(left: Side, right: Side, function: Callable[[Float, Float], Float]) -> Float:
    """A function of aligned rows, block by block in float64."""
    found = np.empty(left.n)
    step = max(1, BLOCK // left.data.d)
    for start in range(0, left.n, step):
        stop = min(start + step, left.n)
        x = left.read(start, stop).astype(np.float64)
        y = right.read(start, stop).astype(np.float64)
        found[start:stop] = function(x, y)
    return found
