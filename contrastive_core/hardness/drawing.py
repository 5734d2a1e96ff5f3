"""Which rows are anchors: all, or some that are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..errors import BadParameter, counted
from ..losses import Triplet
from ..problem import Labelled
from ..tables import Index, Side


@dataclass(frozen=True, eq=False)
class Anchors:
    """The anchors of the triplets of labels.

    Args:
        problem: The classes.
        drawn: Rows of those that were drawn, ascending; None for all rows.
    """

    problem: Labelled
    drawn: Index | None

    @property
    def rows(self) -> Index:
        """The row of each anchor."""
        return np.arange(self.problem.data.n) if self.drawn is None else self.drawn

    @property
    def side(self) -> Side:
        """The same as rows of a table."""
        everybody = self.problem.all
        return everybody if self.drawn is None else everybody.take(self.drawn)

    @cached_property
    def codes(self) -> npt.NDArray[np.int64]:
        """The class of each anchor."""
        return self.problem.codes[self.rows]

    @cached_property
    def by_class(self) -> list[int]:
        """Triplets of the anchors of each class, drawn or not; exact integers of any size."""
        sizes = self.problem.sizes.tolist()
        known = sum(sizes)
        return [size * (size - 1) * (known - size) for size in sizes]


def defined(problem: Labelled) -> npt.NDArray[np.bool_]:
    """Which rows have a positive and a negative, shape (rows,)."""
    known = problem.codes >= 0
    if np.count_nonzero(problem.sizes) < 2:
        return np.zeros(len(known), bool)
    return np.asarray(known & (problem.positives > 0))


def draw(loss: Triplet, problem: Labelled, sample: int | None) -> Anchors:
    """All rows, or as many of the defined ones as are asked for, without replacement.

    Raises:
        BadParameter: There are not so many, or the loss visits every triplet anyway.
    """
    if sample is None:
        return Anchors(problem, None)
    able = np.flatnonzero(defined(problem))
    if sample > len(able):
        raise BadParameter(
            "sample",
            expected=f"at most the {counted(len(able), 'anchor that has', 'anchors that have')} "
            "triplets",
            got=str(sample),
            remedy="Leave --sample out: all of them are the exact values.",
        )
    if loss.swap or (loss.soft_margin and loss.mining in ("all", "easy", "semi-hard", "hard")):
        what = "swap" if loss.swap else "soft-margin"
        raise BadParameter(
            "sample",
            expected=f"a loss that needs no visit to each triplet, without --{what}",
            got=f"--sample and --{what}",
            remedy=f"Leave --{what} out, or --sample.",
        )
    chosen = np.random.default_rng(int(loss.seed)).choice(able, sample, replace=False)
    return Anchors(problem, np.sort(chosen))
