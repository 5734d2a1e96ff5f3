"""Scores of a block of anchors with a block of candidates. A score grows with nearness.

`cosine` is the product of unit rows and `dot` that of raw rows: both are `PRODUCT`, and which it
is depends on how the rows were prepared. A distance enters as its negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Block = npt.NDArray[Any]


class Score(Protocol):
    """How a pair of rows is scored."""

    def bound(self, longest_anchor: float, longest_candidate: float) -> float:
        """A bound on the magnitude of any score, from the largest norms."""

    def fill(self, anchors: Block, candidates: Block, out: Block) -> None:
        """Scores of (b, d) anchors with (c, d) candidates into `out`, shape (b, c)."""


@dataclass(frozen=True)
class Product:
    """x . y; of unit rows this is the cosine."""

    def bound(self, longest_anchor: float, longest_candidate: float) -> float:
        """Cauchy and Schwarz: |x . y| <= |x| |y|."""
        return longest_anchor * longest_candidate

    def fill(self, anchors: Block, candidates: Block, out: Block) -> None:
        """One matrix product."""
        np.matmul(anchors, candidates.T, out=out)


_CLOSE = 1e-5
"""Squared distance, in squared norms, below which the root would lose digits."""


@dataclass(frozen=True)
class NegativeDistance:
    """-|x - y|, or -|x - y|^2 when `squared`.

    Through |x|^2 + |y|^2 - 2 x . y, cut at 0: good to eps (|x|^2 + |y|^2), which is an absolute
    error. The root would make it a large one where two rows nearly coincide: there the distance is
    taken from the differences of the rows.

    Args:
        squared: Without the root.
        unit: Whether all rows are of unit norm, so that it is 2 - 2 x . y.
    """

    squared: bool = False
    unit: bool = False

    def bound(self, longest_anchor: float, longest_candidate: float) -> float:
        """The triangle inequality."""
        reach = longest_anchor + longest_candidate
        return reach**2 if self.squared else reach

    def fill(self, anchors: Block, candidates: Block, out: Block) -> None:
        """One matrix product and two broadcast subtractions."""
        np.matmul(2 * anchors, candidates.T, out=out)
        long, across = self._lengths(anchors), self._lengths(candidates)
        if self.unit:
            out -= 2
        else:
            out -= long[:, None]
            out -= across[None, :]
        np.minimum(out, 0, out=out)
        if not self.squared:
            _refine(anchors, candidates, out, long, across)
            # Not np.negative: in place on a column of a block it goes wrong in NumPy 2.4.
            out *= -1
            np.sqrt(out, out=out)
            out *= -1

    def _lengths(self, rows: Block) -> Block:
        """Squared norms."""
        if self.unit:
            return np.ones(len(rows), rows.dtype)
        return np.asarray(np.einsum("ij,ij->i", rows, rows))


def _refine(anchors: Block, candidates: Block, out: Block, long: Block, across: Block) -> None:
    """Put -|x - y|^2 from the differences where it is small, row by row.

    Args:
        anchors: Rows, (b, d).
        candidates: Rows, (c, d).
        out: -|x - y|^2, (b, c).
        long: |x|^2, (b,).
        across: |y|^2, (c,).
    """
    nearby = out > -_CLOSE * (long.max() + across)
    for row in np.flatnonzero(nearby.any(axis=1)):
        cols = np.flatnonzero(out[row] > -_CLOSE * (long[row] + across))
        apart = candidates[cols] - anchors[row]
        out[row, cols] = -np.einsum("ij,ij->i", apart, apart)


PRODUCT = Product()
SQUARED_EUCLIDEAN = NegativeDistance(squared=True)
