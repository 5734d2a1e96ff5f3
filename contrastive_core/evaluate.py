"""(loss, problem, engine) to per-sample values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import BadParameter
from .losses.declaration import Direction, Loss
from .numerics import Float
from .plan import Request, Run, reduce_all
from .problem import Views
from .standing import Competition, Standing, standing
from .tables import Index


@dataclass(frozen=True)
class Evaluation:
    """A loss on a problem, sample by sample.

    Args:
        loss: The loss.
        views: The problem.
        values: Loss of each sample in nats, NaN where it is undefined, shape (n,). A sample is an
            anchor; where two directions are averaged it is a pair of rows.
        positive: Mean score of the sample's positives, before temperature, shape (n,).
        candidates: K, the candidates of one anchor.
        competitions: The anchors with their positives and candidates, one per direction.
        standings: Where the positives stand, one per direction; None where nobody asked.
    """

    loss: Loss
    views: Views
    values: Float
    positive: Float
    candidates: int
    competitions: tuple[Competition, ...]
    standings: tuple[Standing, ...] | None

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Who was anchor and who candidate."""
        return self.loss.directions(self.views)

    @property
    def anchors_are_views(self) -> bool:
        """Whether each view of a sample counts as a sample of its own."""
        return self.directions[0].anchors.n > self.views.n


def evaluate(loss: Loss, views: Views, run: Run, *, standings: bool = False) -> Evaluation:
    """The loss of every sample.

    Args:
        loss: The loss.
        views: Who is whose positive.
        run: The engine.
        standings: Whether rank and hardest negative of every sample are wanted too. They cost
            more than the loss itself.
    """
    directions = loss.directions(views)
    competitions = tuple(_competition(views, direction) for direction in directions)
    asks = loss.asks()
    requests = [
        competition.request(*asks)
        if standings
        else Request(competition.anchors, competition.candidates, competition.origin, asks)
        for competition in competitions
    ]
    reduced = reduce_all(requests, views.itself_and_positives, run)
    pairs = list(zip(competitions, reduced, strict=True))
    values = np.mean([_values(loss, c, found[: len(asks)]) for c, found in pairs], axis=0)
    told = tuple(standing(c, found[len(asks) :], run) for c, found in pairs) if standings else None
    positive = np.mean([competition.positives.mean(axis=1) for competition in competitions], axis=0)
    count = directions[0].count
    return Evaluation(loss, views, values, positive, count, competitions, told)


def standings_of(evaluation: Evaluation, chosen: Index, run: Run) -> tuple[Standing, ...]:
    """Where the positives of some samples (sorted positions) stand, one per direction."""
    if evaluation.standings is not None:
        return tuple(
            Standing(s.rank[chosen], s.hardest[chosen], s.hardest_index[chosen])
            for s in evaluation.standings
        )
    views = evaluation.views
    some = [competition.some(chosen) for competition in evaluation.competitions]
    found = reduce_all([c.request() for c in some], views.itself_and_positives, run)
    return tuple(standing(c, each, run) for c, each in zip(some, found, strict=True))


def _competition(views: Views, direction: Direction) -> Competition:
    anchors = direction.anchors
    return Competition(
        views,
        anchors,
        np.arange(anchors.start, anchors.stop),
        direction.candidates,
        direction.origin,
        views.positive_scores(anchors),
        views.positive_ids(anchors),
        direction.count - (views.count - 1),
    )


def _values(loss: Loss, competition: Competition, reduced: Sequence[Any]) -> Float:
    """The formula; NaN where the anchors have no negative."""
    if competition.negatives == 0:
        return np.full(competition.anchors.n, np.nan)
    with np.errstate(over="ignore", invalid="ignore"):  # refused just below
        values = loss.per_sample(competition.positives, *reduced)
    if not np.isfinite(values.sum()):
        raise BadParameter(
            "tau",
            expected="a temperature at which similarity / tau fits in float64",
            got="a loss that does not",
            remedy="Raise tau (lower scale).",
        )
    return values
