"""Singular values of rows, centred and not, and what is said of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ..engines import one_blas_thread
from ..numerics import Float
from ..tables import Side

Blocks = Callable[[], Iterator[Float]]
"""All rows, a block at a time, as often as they are asked for; each block is (k, width)."""

_LEAST_RANK, _FIRST, _LAST = 20, 11, 100
"""alpha_req: positive eigenvalues that are needed, and the ranks that are fitted."""

_RANKME_EPS = 1e-7
"""Part of the definition of rankme."""

_ROUNDING_MOST, _ROUNDING_STEPS = 1e-3, 8
"""Singular values above this share of the largest, and above this many eps, are never noise."""

_RESOLVED = 1e-6
"""Eigenvalues of a Gram matrix above this share of its largest have ten digits or more."""

_NOTHING = 1e-15
"""Singular values below this share of the largest are rounding."""


def singular_values(blocks: Blocks, width: int) -> Float:
    """Singular values of a matrix that is read by blocks of rows, largest first, shape (width,).

    Through the Gram matrix, which is quick and loses half of the digits: eigenvalues below a
    millionth of the largest are not taken from it. The rows are projected on the directions of
    those, where the largest is a smaller one, and the Gram matrix of the projections has them in
    turn; so the small ones are as good as those of a singular value decomposition.
    """
    basis: Float | None = None
    found: list[Float] = []
    while True:
        gram = _gram(blocks, basis, width)
        values, vectors = _eigen(gram)
        largest = found[0][0] if found else math.sqrt(max(values[0], 0.0))
        known = values > _RESOLVED * values[0]
        if known.all() or math.sqrt(max(values[0], 0.0)) <= _NOTHING * largest:
            return np.concatenate([*found, np.sqrt(np.maximum(values, 0.0))])
        found.append(np.sqrt(values[known]))
        rest = vectors()[:, ~known]
        basis = rest if basis is None else basis @ rest


def _gram(blocks: Blocks, basis: Float | None, width: int) -> Float:
    """Sum over the blocks of B'B, on some directions or on all."""
    size = width if basis is None else basis.shape[1]
    gram = np.zeros((size, size))
    for block in blocks():
        rows = block if basis is None else block @ basis
        gram += rows.T @ rows
    return gram


def _eigen(gram: Float) -> tuple[Float, Callable[[], Float]]:
    """Eigenvalues, largest first, and how to get the vectors, which cost more."""
    with one_blas_thread():
        values = np.linalg.eigvalsh(gram)[::-1]

    def vectors() -> Float:
        with one_blas_thread():
            return np.asarray(np.linalg.eigh(gram)[1][:, ::-1])

    return np.asarray(values), vectors


def spectrum_of(side: Side, lengths: Float | None = None) -> SingularValues:
    """Singular values of rows, centred and not.

    Args:
        side: Unit rows.
        lengths: What they are multiplied by, shape (n,); None for nothing.
    """
    rows = _Rows(side, lengths)
    return SingularValues(rows.values(None), rows.values(rows.mean()), side.n, side.data.d)


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows with their lengths."""

    side: Side
    lengths: Float | None

    def blocks(self, mean: Float | None = None) -> Iterator[Float]:
        """Rows, less their mean where it is given, a block at a time."""
        step = block_rows(self.side.data.d)
        for start in range(0, self.side.n, step):
            stop = min(start + step, self.side.n)
            rows = self.side.read(start, stop)
            if self.lengths is not None:
                rows = rows * self.lengths[start:stop, None]
            yield rows if mean is None else rows - mean

    def mean(self) -> Float:
        """Shape (d,)."""
        total = np.zeros(self.side.data.d)
        for rows in self.blocks():
            total += rows.sum(axis=0)
        return total / self.side.n

    def values(self, mean: Float | None) -> Float:
        """Singular values; of fewer rows than dimensions through the smaller Gram matrix."""
        n, d = self.side.n, self.side.data.d
        if n >= d:
            return singular_values(lambda: self.blocks(mean), d)
        whole = np.concatenate(list(self.blocks(mean)))
        step = block_rows(n)
        return singular_values(lambda: (whole.T[i : i + step] for i in range(0, d, step)), n)


def block_rows(d: int) -> int:
    """Rows of a block: enough for products to run at full speed."""
    return max(d // 2, 2**18 // d, 1)


def spectrum_bytes(d: int) -> int:
    """Room for Gram matrices, their vectors, what LAPACK copies of them, and a block."""
    return 8 * d * (6 * d + 2 * block_rows(d))


@dataclass(frozen=True, eq=False)
class SingularValues:
    """Singular values of n rows of d numbers.

    Args:
        plain: Of the rows, shape (min(n, d),).
        centred: Of the rows less their mean.
        n: Rows.
        d: Dimensions.
    """

    plain: Float
    centred: Float
    n: int
    d: int

    def cleaned(self, eps: float) -> SingularValues:
        """With centred values that may be rounding noise of the stored type set to 0."""
        most = max(_ROUNDING_MOST, _ROUNDING_STEPS * eps)
        level = min(max(self.n, self.d) * eps, most) * self.plain.max(initial=0.0)
        centred = np.where(self.centred > level, self.centred, 0.0)
        return SingularValues(self.plain, centred, self.n, self.d)

    @property
    def variances(self) -> Float:
        """Eigenvalues of the covariance, up to a factor."""
        return self.centred**2

    @property
    def spread(self) -> bool:
        """Whether there is any variance: else every centred metric is undefined."""
        return bool(self.centred.any())

    def rankme(self) -> float:
        """exp(-sum p log p), p = s / sum s + 1e-7."""
        shares = self.plain / self.plain.sum() + _RANKME_EPS
        return math.exp(-float(shares @ np.log(shares)))

    def effective_rank(self) -> float:
        """exp(-sum p log p), p = s / sum s of the centred values; NaN where all are 0."""
        return effective_rank(self.centred)

    def participation_ratio(self) -> float:
        """(sum l)^2 / sum l^2."""
        if not self.spread:
            return math.nan
        shares = self.variances / self.variances.sum()
        return 1.0 / float(shares @ shares)

    def stable_rank(self) -> float:
        """|X|_F^2 / s_max^2."""
        shares = self.plain / self.plain.max()
        return float(shares @ shares)

    def iso_score(self) -> float:
        """(participation ratio - 1) / (d - 1)."""
        return (self.participation_ratio() - 1) / (self.d - 1) if self.d > 1 else math.nan

    def alpha_req(self) -> float:
        """-slope of log l on log k, weighted by 1/k; NaN for fewer than 20 positive l."""
        positive = self.variances[self.variances > 0]
        if len(positive) < _LEAST_RANK:
            return math.nan
        k = np.arange(_FIRST, min(_LAST, len(positive)) + 1)
        log_k, log_l, weights = np.log(k), np.log(positive[k - 1]), 1.0 / k
        x = log_k - weights @ log_k / weights.sum()
        y = log_l - weights @ log_l / weights.sum()
        return -float((weights * x) @ y / ((weights * x) @ x))

    def holding(self, share: float) -> int:
        """How many directions hold this share of the variance."""
        held = np.cumsum(self.variances) / self.variances.sum()
        return int(np.searchsorted(held, share - 1e-12)) + 1


def effective_rank(values: Float) -> float:
    """exp(-sum p log p), p = s / sum s; NaN where all are 0."""
    positive = values[values > 0]
    if not len(positive):
        return math.nan
    shares = positive / positive.sum()
    return math.exp(-float(shares @ np.log(shares)))
