"""All triplets of labels, at each margin, from one walk over the distances.

    triplets of anchor a = |positives of a| * |negatives of a|

The rows of a table are walked once. At every anchor the negatives are sorted once for all margins,
and the farthest positive and the nearest negative are found beside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ..evaluate.triplet_terms import (
    TripletTerms,
    terms_of_hardest,
    terms_of_pairs,
    terms_of_totals,
)
from ..evaluate.triplets import evaluation_of_terms, score_of, visited_totals
from ..evaluation import Evaluation
from ..losses import Triplet
from ..plan import Asking, Request, together
from ..problem import Labelled
from ..reductions import (
    BatchHard,
    Hardest,
    Mined,
    RandomSemiHard,
    Reduction,
    TripletSums,
    TripletTotals,
)
from ..summary import Asked, nothing_defined
from ..tables import Table
from .drawing import Anchors, defined, draw
from .margins import Measured, averages, interval, ledger_of, parameters_of, share
from .result import Counts, Fractions, Hardness, Intervals
from .settings import Settings
from .tables import anchor_rows, class_rows

_VISITED = ("all", "easy", "semi-hard", "hard")
"""Ways to mine that average triplets, and not pairs or anchors."""


@dataclass(frozen=True, eq=False)
class Walked:
    """What one walk over the distances found.

    Args:
        totals: Counts and sums of each anchor, for each margin.
        hardest: Farthest positive and nearest negative of each anchor.
        mined: The pairs of each anchor for each margin, where one negative is drawn for each pair.
    """

    totals: list[TripletTotals]
    hardest: Hardest
    mined: list[Mined]


def hardness_of_labels(
    losses: tuple[Triplet, ...], problem: Labelled, wanted: Settings, asked: Asked
) -> Asking[Measured]:
    """Counts, means, anchors and classes at each margin.

    Raises:
        NothingDefined: There is no triplet.
        BadParameter: A sample that cannot be drawn, or a loss beyond float64.
    """
    able = defined(problem)
    if not able.any():
        raise nothing_defined(evaluation_of_terms(losses[0], problem, _no_terms(len(able))))
    anchors = draw(losses[0], problem, wanted.sample)
    walked = yield from _walk(losses, anchors)
    margins = tuple(
        _at(loss, number, anchors, walked, wanted, asked) for number, loss in enumerate(losses)
    )
    soft = losses[0].soft_margin and _visits(losses[0])
    plain = replace(losses[0], mining="all", average="all", soft_margin=soft)
    evaluation = evaluation_of_terms(plain, problem, terms_of_totals(plain, walked.totals[0]))
    count = int(np.count_nonzero(able))
    return Measured(evaluation, sum(anchors.by_class), count, len(able) - count, margins)


def _no_terms(n: int) -> TripletTerms:
    """Those of n anchors that have none."""
    none = np.zeros(n)
    return TripletTerms(np.full(n, np.nan), none, none.astype(np.int64), 0.0, 0, {})


def _visits(loss: Triplet) -> bool:
    """Whether triplets are visited one by one: neither soft margin nor swap decompose."""
    return loss.swap or (loss.soft_margin and loss.mining in _VISITED)


def _walk(losses: Sequence[Triplet], anchors: Anchors) -> Asking[Walked]:
    """One pass over the rows; where triplets are visited, one visit for each margin beside."""
    first, problem, rows = losses[0], anchors.problem, anchors.drawn
    codes, (score, offset) = problem.codes, score_of(first, problem.data)
    visited = _visits(first)
    margins = tuple(loss.margin for loss in losses)
    asks: list[Reduction] = [BatchHard(codes, offset, rows)]
    if not visited:
        asks.append(TripletSums(codes, margins, offset, rows))
    drawing = len(losses) if first.mining == "random-semi-hard" else 0
    for loss in losses[:drawing]:
        soft, seed = loss.soft_margin, int(loss.seed)
        asks.append(RandomSemiHard(codes, loss.margin, offset, seed, soft, rows))
    (found,) = yield [Request(Table(anchors.side, problem.all, score=score), tuple(asks))]
    if visited:
        totals = yield from together([visited_totals(loss, problem) for loss in losses])
    else:
        totals = found[1]
    return Walked(totals, found[0], list(found[len(found) - drawing :]))


def _terms(loss: Triplet, number: int, anchors: Anchors, walked: Walked) -> TripletTerms:
    """What the loss averages, at one margin."""
    if loss.mining == "batch-hard":
        return terms_of_hardest(loss, walked.hardest, anchors.codes >= 0)
    if loss.mining == "random-semi-hard":
        return terms_of_pairs(loss, walked.mined[number])
    return terms_of_totals(loss, walked.totals[number])


def _at(
    loss: Triplet, number: int, anchors: Anchors, walked: Walked, wanted: Settings, asked: Asked
) -> Hardness:
    """The triplets at one margin."""
    terms = partial(_terms, number=number, anchors=anchors, walked=walked)

    def evaluated(each: Triplet) -> Evaluation:
        return evaluation_of_terms(each, anchors.problem, terms(each))

    found, totals = averages(loss, evaluated), walked.totals[number]
    easy, semi, hard = (sum(each.tolist()) for each in (totals.easy, totals.semi, totals.hard))
    seen = easy + semi + hard
    drawn = anchors.drawn is not None
    rows = anchor_rows(anchors, totals, walked.hardest, found.chosen.values)
    return Hardness(
        margin=loss.margin,
        counts=None if drawn else Counts(easy, semi, hard),
        fractions=Fractions(*(share(some, seen) for some in (easy, semi, hard))),
        active_fraction=share(semi + hard, seen),
        loss=found.means,
        value=found.chosen.mean,
        ratios=found.ratios,
        over=found.over,
        intervals=_intervals(loss, totals, terms) if drawn else None,
        convention=ledger_of(loss),
        parameters=parameters_of(loss, wanted),
        samples=rows,
        worst=rows.take(rows.order(asked.sort)[: asked.top]),
        classes=class_rows(anchors, totals, walked.hardest, terms(loss)),
    )


def _intervals(
    loss: Triplet, totals: TripletTotals, terms: Callable[[Triplet], TripletTerms]
) -> Intervals:
    """Beside each ratio that the drawn anchors estimate."""
    triplets, seed = totals.triplets, int(loss.seed)
    over_all = terms(replace(loss, average="all"))
    over_active = None if loss.mining == "easy" else terms(replace(loss, average="active"))
    return Intervals(
        easy=interval(totals.easy, triplets, seed),
        semi_hard=interval(totals.semi, triplets, seed),
        hard=interval(totals.hard, triplets, seed),
        active_fraction=interval(totals.active, triplets, seed),
        mean=interval(over_all.sums, over_all.counts, seed),
        mean_active=None
        if over_active is None
        else interval(over_active.sums, over_active.counts, seed),
    )
