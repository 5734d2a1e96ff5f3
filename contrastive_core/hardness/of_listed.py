"""Listed triplets, one by one, at each margin."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadParameter
from ..evaluate.triplets import evaluation_of_listed, listed_distances
from ..evaluation import Evaluation
from ..losses import Triplet
from ..problem import TripletList
from ..samples import CATEGORIES
from ..summary import Asked
from .margins import Measured, averages, ledger_of, parameters_of, share
from .result import Counts, Fractions, Hardness
from .rows import ListedRows
from .settings import Settings


def hardness_of_listed(
    losses: tuple[Triplet, ...], problem: TripletList, wanted: Settings, asked: Asked
) -> Measured:
    """Each triplet with its sort and its gap.

    Raises:
        BadParameter: A sample is asked for.
    """
    count = len(problem.anchor)
    if wanted.sample is not None:
        raise BadParameter(
            "sample",
            expected="anchors with all their triplets (--labels), of which some can be drawn",
            got=f"{count} listed triplets",
            remedy="Leave --sample out: every listed triplet is looked at once.",
        )
    near, far = listed_distances(losses[0], problem)

    def evaluated(loss: Triplet) -> Evaluation:
        return evaluation_of_listed(loss, problem, near, far)

    plain = evaluated(replace(losses[0], mining="all", average="all"))
    anchors = len(np.unique(problem.anchor))
    margins = tuple(_at(loss, problem, evaluated, asked) for loss in losses)
    return Measured(plain, count, anchors, 0, margins)


def _at(loss: Triplet, problem: TripletList, evaluated: Any, asked: Asked) -> Hardness:
    """The triplets at one margin."""
    found = averages(loss, evaluated)
    columns = found.over_all.columns
    easy, semi, hard = _counted(columns["category"])
    rows = ListedRows(
        index=np.arange(len(problem.anchor)),
        loss=found.chosen.values,
        gap=columns["negative_distance"] - columns["positive_distance"],
        **columns,
    )
    triplets = easy + semi + hard
    return Hardness(
        margin=loss.margin,
        counts=Counts(easy, semi, hard),
        fractions=Fractions(*(share(some, triplets) for some in (easy, semi, hard))),
        active_fraction=share(semi + hard, triplets),
        loss=found.means,
        value=found.chosen.mean,
        ratios=found.ratios,
        over=found.over,
        intervals=None,
        convention=ledger_of(loss),
        parameters=parameters_of(loss, Settings()),
        samples=rows,
        worst=rows.take(rows.order(asked.sort)[: asked.top]),
        classes=None,
    )


def _counted(category: npt.NDArray[Any]) -> list[int]:
    """How many are of each category."""
    return [int(count) for count in np.bincount(category, minlength=len(CATEGORIES))]
