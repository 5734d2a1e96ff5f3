"""Losses in which each anchor has a few positives, known by their rows, among candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..conventions import PAPER_NAME
from ..evaluation import Columns, Evaluation, SoftmaxParts, mean_of
from ..losses import Direction, PerAnchor
from ..numerics import Float
from ..plan import Asking, together
from ..problem import Classified, Views
from ..standing import Competition, Meeting, Numbers, Standing, standing
from ..tables import Index
from .work import finite

_BOUNDED = (PAPER_NAME, "info-nce-pytorch", "moco")
"""Conventions under which log K - L is the published bound."""


def evaluate_contests(
    loss: PerAnchor, problem: Views | Classified, *, standings: bool
) -> Asking[Evaluation]:
    """The loss of every anchor, the mean over directions where there are two."""
    directions = loss.directions(problem)
    contests = tuple(competition(problem, direction) for direction in directions)
    asks = loss.asks()
    reduced = yield [c.request(*asks) if standings else c.meeting.request(*asks) for c in contests]
    each = [
        _values(loss, problem, direction, c, found[: len(asks)])
        for direction, c, found in zip(directions, contests, reduced, strict=True)
    ]
    values = np.asarray(np.mean(each, axis=0))
    mean, n = mean_of(values)
    told = None
    if standings:
        after = [found[len(asks) :] for found in reduced]
        told = yield from _told(problem, directions, contests, after)
    return Evaluation(
        loss,
        problem,
        "row" if isinstance(problem, Classified) else "anchor" if len(contests) == 1 else "pair",
        values,
        mean,
        loss.terms(n),
        problem.data.dtype.name,
        rows=problem.n,
        views=len(values) > problem.n,
        columns=_positives(problem, directions, contests),
        standing=told,
        look=lambda chosen: look_closer(problem, directions, contests, chosen),
        competitions=contests,
        **_known(loss, directions[0], contests, values, mean),
    )


def competition(problem: Views | Classified, direction: Direction) -> Competition:
    """The anchors of a direction with their positives and candidates."""
    anchors = direction.anchors
    ids = np.arange(anchors.start, anchors.stop)
    meeting = Meeting(problem.relation, anchors, ids, direction.candidates, direction.origin)
    return Competition(meeting, problem.positive_scores(anchors), problem.positive_ids(anchors))


def _values(
    loss: PerAnchor,
    problem: Views | Classified,
    direction: Direction,
    contest: Competition,
    reduced: Sequence[Any],
) -> Float:
    """The formula; NaN where an anchor has no positive or, for most kinds, no negative."""
    count = contest.positives.shape[1]
    if direction.count == count and not np.isinf(loss.without_negatives):
        return np.full(direction.anchors.n, loss.without_negatives)
    with np.errstate(over="ignore", invalid="ignore"):  # refused just below
        values = loss.per_sample(contest.positives, *reduced) * loss.multiplier
    finite(np.where(np.isnan(values), np.inf, values), loss)
    return np.where(problem.lacking(direction.anchors), np.nan, values)


def _known(
    loss: PerAnchor,
    direction: Direction,
    contests: Sequence[Competition],
    values: Float,
    mean: float,
) -> dict[str, Any]:
    """Chance, the value of collapse, K and the two terms."""
    count = contests[0].positives.shape[1]
    size = loss.softmax_size(direction.count, count)
    if not size:
        return {}
    known: dict[str, Any] = {}
    for name, level in (("chance", loss.chance(size)), ("collapsed", loss.collapsed(size))):
        known[name] = None if level is None else level * loss.multiplier
    pulls = [part for c in contests if (part := loss.pull(c.positives)) is not None]
    if not pulls:
        return known
    pull = np.mean(pulls, axis=0)[~np.isnan(values)] * loss.multiplier
    bounded = loss.bounds_information() and loss.convention in _BOUNDED
    known["softmax"] = SoftmaxParts(
        size,
        float(pull.mean()) if len(pull) else None,
        float(np.log(size)) - mean if bounded else None,
    )
    return known


def _positives(
    problem: Views | Classified,
    directions: Sequence[Direction],
    contests: Sequence[Competition],
) -> Columns:
    positive = np.mean([contest.positives.mean(axis=1) for contest in contests], axis=0)
    lacking = problem.lacking(directions[0].anchors)
    return {"positive": np.where(lacking, np.nan, positive)}


def look_closer(
    problem: Views | Classified,
    directions: Sequence[Direction],
    contests: Sequence[Competition],
    chosen: Index,
) -> Asking[Columns]:
    """Rank and hardest negative of some samples."""
    some = [contest.some(chosen) for contest in contests]
    found = yield [each.request() for each in some]
    return (yield from _told(problem, directions, some, found))


def _told(
    problem: Views | Classified,
    directions: Sequence[Direction],
    contests: Sequence[Competition],
    found: Sequence[Sequence[Any]],
) -> Asking[Columns]:
    """The columns that say where the positives stand, by direction."""
    pairs = zip(contests, found, strict=True)
    stands = yield from together([standing(contest, each) for contest, each in pairs])
    columns = standing_columns(stands[0])
    direction = directions[0]
    if isinstance(problem, Views) and not direction.origin and direction.candidates.n > problem.n:
        columns["hardest_view"] = view_of(columns["hardest_index"], problem.n, problem.count)
    if isinstance(problem, Classified):
        lacking = problem.targets[contests[0].meeting.ids] < 0
        columns["rank"] = np.where(lacking, -1, columns["rank"])
    if len(stands) == 2:
        back = standing_columns(stands[1])
        columns.update({f"reverse_{name}": values for name, values in back.items()})
    return columns


def standing_columns(stand: Standing) -> dict[str, Any]:
    """Rank, score and number of the hardest negative."""
    return {
        "rank": stand.rank,
        "hardest": stand.hardest,
        "hardest_index": stand.hardest_index,
    }


def view_of(numbers: Numbers, n: int, count: int) -> Numbers:
    """Which view a stacked row is of; -1 for the rows of a bank and for none."""
    return np.where((numbers >= 0) & (numbers < n * count), numbers // n, -1)
