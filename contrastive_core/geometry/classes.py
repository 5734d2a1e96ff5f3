"""Classes of one cloud: how close their rows lie, how many directions they use, who is next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..engines import one_blas_thread
from ..labelled import Labelled
from ..numerics import Float
from ..prepared import BLOCK
from ..tables import Gathered
from .spectrum import SingularValues, spectrum_of

Count = npt.NDArray[np.int64]

_SMALL = 16
"""Classes up to this size are decomposed several at a time."""

_ALIKE = 64
"""Mean cosines between this many classes and all others are computed at a time."""


@dataclass(frozen=True, eq=False)
class ClassSums:
    """Sums over the unit rows of each class.

    Args:
        sizes: Rows, shape (classes,).
        sums: Sum of the rows, shape (classes, d).
        squares: Sum of their squared lengths, 1 each up to rounding, shape (classes,).
    """

    sizes: Count
    sums: Float
    squares: Float

    @property
    def pairs(self) -> Count:
        """Ordered pairs of different rows, shape (classes,)."""
        return self.sizes * (self.sizes - 1)

    @property
    def within(self) -> Float:
        """Sum of z_i . z_j over these pairs, shape (classes,)."""
        return np.asarray(np.einsum("ij,ij->i", self.sums, self.sums) - self.squares)

    def tolerance(self) -> float:
        """Mean over the pairs of all classes; NaN where there is none."""
        pairs = int(self.pairs.sum())
        return float(self.within[self.sizes > 1].sum()) / pairs if pairs else float("nan")

    def tolerances(self) -> Float:
        """The same of each class; NaN for a single row."""
        pairs = np.where(self.sizes > 1, self.pairs, 1)
        return np.where(self.sizes > 1, self.within / pairs, np.nan)

    def nearest(self) -> tuple[Count, Float]:
        """The other class of the largest mean cosine, and that; -1 and NaN for a single class."""
        count = len(self.sizes)
        found, cosines = np.full(count, -1, np.int64), np.full(count, np.nan)
        if count < 2:
            return found, cosines
        means = self.sums / self.sizes[:, None]
        for start in range(0, count, _ALIKE):
            rows = np.arange(start, min(start + _ALIKE, count))
            alike = means[rows] @ means.T
            alike[rows - start, rows] = -np.inf
            found[rows] = alike.argmax(axis=1)
            cosines[rows] = alike[rows - start, found[rows]]
        return found, cosines


def class_sums(problem: Labelled) -> ClassSums:
    """Add up the rows of each class."""
    count, d = len(problem.sizes), problem.data.d
    sums, squares = np.zeros((count, d)), np.zeros(count)
    for group in problem.groups():
        place = problem.codes[group.ids]
        sums[group.first : group.first + len(group.sums)] = group.sums
        np.add.at(squares, place, np.einsum("ij,ij->i", group.rows, group.rows))
    return ClassSums(problem.sizes, sums, squares)


def class_ranks(problem: Labelled, eps: float) -> Float:
    """The effective rank of each class's unit rows, centred; NaN where they are one point.

    Args:
        problem: The classes.
        eps: Of the type the rows were stored in.
    """
    data, sizes = problem.data, problem.sizes
    ranks = np.full(len(sizes), np.nan)
    order = np.argsort(problem.codes, kind="stable")[np.count_nonzero(problem.codes < 0) :]
    starts = np.cumsum(sizes) - sizes
    with one_blas_thread():  # many small matrices
        for size in np.unique(sizes[sizes > 1]).tolist():
            step = max(1, BLOCK // (size * data.d)) if size <= _SMALL else 1
            alike = np.flatnonzero(sizes == size)
            for first in range(0, len(alike), step):
                codes = alike[first : first + step]
                ids = order[starts[codes][:, None] + np.arange(size)]
                if size <= _SMALL:
                    rows = data.take(ids.ravel()).reshape(len(codes), size, data.d)
                    ranks[codes] = _small(rows, eps)
                else:
                    side = Gathered(data, ids[0])
                    ranks[codes] = spectrum_of(side).cleaned(eps).effective_rank()
    return ranks


def _small(stack: Float, eps: float) -> Float:
    """Effective ranks of several classes of one size, shape (classes, size, d)."""
    _, size, d = stack.shape
    plain = np.linalg.svd(stack, compute_uv=False)
    centred = np.linalg.svd(stack - stack.mean(axis=1, keepdims=True), compute_uv=False)
    found = [
        SingularValues(p, c, size, d).cleaned(eps).effective_rank()
        for p, c in zip(plain, centred, strict=True)
    ]
    return np.array(found)


def sums_bytes(classes: int, d: int) -> int:
    """Room for the sums of all classes, their means, and a few of their cosines."""
    return 8 * (2 * classes * d + _ALIKE * classes) + 8 * BLOCK
