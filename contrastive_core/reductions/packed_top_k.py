"""The k best candidates of each row in float32, kept as single integers that sort themselves.

A score and a candidate's number share 64 bits: the score above, in an order-preserving form, and
the number below, counted down, so that of equal scores the lower number is the larger key. Merging
is then a sort of short rows of integers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..numerics import Float
from .reduction import Reduction, State, View

Keys = npt.NDArray[np.uint64]
Single = npt.NDArray[np.float32]

_SIGN = np.uint32(0x80000000)
_ALL = 0xFFFFFFFF
_MANY = 4
"""Times k survivors per row beyond which a tile is sorted as a whole."""


@dataclass(frozen=True)
class PackedTopK(Reduction):
    """The k best scores of each row with the candidates' numbers; equal scores by lower number.

    Args:
        k: How many.
        n: Rows of the table.
    """

    k: int
    n: int
    floor: Single = field(init=False, repr=False, compare=False)
    """The k-th best score that each row is known to reach: what lies below is not looked at. It
    only ever rises, and changes no result."""

    def __post_init__(self) -> None:
        """Nothing is known."""
        object.__setattr__(self, "floor", np.full(self.n, -np.inf, np.float32))

    def start(self, n: int) -> State:
        """K free places, which are keys of 0; and the score of the last of them."""
        return np.zeros((n, self.k), np.uint64), np.full(n, -np.inf, np.float32)

    def update(self, view: View, state: State) -> None:
        """Let the few candidates in that may be among the k best."""
        keys, kth = state
        scores = view.scores
        reach = scores >= self._level(view, kth)[:, None]
        rows, cols = _places(reach)
        if len(rows) > _MANY * self.k * len(keys):  # long runs of equal scores
            found = _pack(scores, view.first + np.arange(scores.shape[1]))
            if found.shape[1] > self.k:
                found = np.partition(found, -self.k, axis=1)[:, -self.k :]
            keys[:] = _best(keys, found, self.k)
            kth[:] = _scores(keys[:, 0])
        elif len(rows):
            found = _pack(scores[rows, cols], view.first + cols)
            some, padded = _padded(rows, found)
            best = _best(keys[some], padded, self.k)
            keys[some], kth[some] = best, _scores(best[:, 0])

    def _level(self, view: View, kth: Single) -> Single:
        """What a score must reach: what is known of the row, or the k-th best of this tile."""
        level = np.maximum(kth, self.floor[view.rows])
        unknown = np.flatnonzero(level == -np.inf)
        if len(unknown) and view.scores.shape[1] > self.k:
            level[unknown] = np.partition(view.scores[unknown], -self.k, axis=1)[:, -self.k]
        # Pairs that are left out score -inf, and never count.
        return np.maximum(level, np.finfo(np.float32).min)

    def merge(self, into: State, other: State) -> None:
        """The k best of both."""
        (keys, kth), more = into, other[0]
        some = np.flatnonzero(more[:, -1] > keys[:, 0])  # else nothing of it is among the best
        keys[some] = best = _best(keys[some], more[some], self.k)
        kth[some] = _scores(best[:, 0])

    def learn(self, where: slice, state: State) -> None:
        """Raise the floor of some rows to what they have reached."""
        np.maximum(self.floor[where], state[1], out=self.floor[where])

    def finish(self, state: State) -> Best:
        """What was kept."""
        return Best(state[0])


@dataclass(frozen=True, eq=False)
class Best:
    """The best candidates of each row, unpacked a few rows at a time."""

    keys: Keys

    def rows(self, start: int, stop: int) -> tuple[Float, npt.NDArray[np.int64]]:
        """Scores and numbers, each (rows, k), best first; -inf and -1 in free places."""
        keys = self.keys[start:stop, ::-1]
        numbers = _ALL - (keys & np.uint64(_ALL)).astype(np.int64)
        return _scores(keys).astype(np.float64), np.where(keys == 0, -1, numbers)


def _places(
    mask: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """(rows, columns) of what is true, by ascending row, in either order of memory."""
    if mask.flags.c_contiguous:
        return np.divmod(np.flatnonzero(mask.ravel()), mask.shape[1])
    cols, rows = np.divmod(np.flatnonzero(mask.T.ravel()), mask.shape[0])
    order = np.argsort(rows.astype(np.uint16), kind="stable")  # small integers: a radix sort
    return rows[order], cols[order]


def _padded(rows: npt.NDArray[np.intp], found: Keys) -> tuple[npt.NDArray[np.intp], Keys]:
    """The rows that occur, and the keys of each in a row of its own, filled up with 0."""
    first = np.concatenate([[0], 1 + np.flatnonzero(rows[1:] != rows[:-1])])
    lengths = np.append(first[1:], len(rows)) - first
    padded = np.zeros((len(first), int(lengths.max())), np.uint64)
    place = np.arange(len(rows)) - np.repeat(first, lengths)
    padded[np.repeat(np.arange(len(first)), lengths), place] = found
    return rows[first], padded


def _best(keys: Keys, more: Keys, k: int) -> Keys:
    """The k largest of each row of both, ascending."""
    both = np.concatenate([keys, more], axis=1)
    both.sort(axis=1)
    return both[:, -k:]


def _pack(scores: npt.NDArray[Any], numbers: npt.NDArray[Any]) -> Keys:
    """One key for each score and number; 0 for a score of -inf."""
    zeroed = np.add(scores, np.float32(0), dtype=np.float32, order="C")  # -0 becomes 0
    bits = zeroed.view(np.uint32)
    above = np.where(bits & _SIGN, ~bits, bits | _SIGN).astype(np.uint64)
    keys = (above << np.uint64(32)) | (_ALL - numbers).astype(np.uint64)
    return np.where(scores > -np.inf, keys, np.uint64(0))


def _scores(keys: Keys) -> Single:
    """The scores of keys; -inf for 0."""
    above = (keys >> np.uint64(32)).astype(np.uint32)
    bits = np.where(above & _SIGN, above & ~_SIGN, ~above)
    return np.where(keys == 0, np.float32(-np.inf), bits.view(np.float32))
