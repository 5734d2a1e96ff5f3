"""Every figure of an input, measured once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import ContrastError, TooLittleMemory
from ..hardness.result import TripletsResult
from ..inputs import Given, InputFile
from ..losses import LOSSES, Triplet, make_loss
from ..parameters import parameters
from ..session.fitting import metric_needs
from ..session.geometry import MetricsQuestion
from ..session.hardness import TripletsQuestion
from ..session.losses import LossQuestion
from ..session.session import Question, Session
from .catalogue import METRIC, TRIPLETS
from .jobs import MARGIN, Job, Planned
from .measured import Measured
from .naming import convention_of, values_of
from .of_losses import measured_of_loss
from .of_metrics import measured_of_metric
from .of_triplets import measured_of_triplets
from .rules import Figure


@dataclass(frozen=True)
class Wanted:
    """What is asked of all measures.

    Args:
        top: How many rows a failure names.
        seed: Of simulated levels, and of losses that draw.
        lowest: Figures whose lowest losses are wanted, because a rule asks for more.
    """

    top: int
    seed: int
    lowest: frozenset[Figure] = frozenset()


@dataclass(eq=False)
class Found:
    """What an input came to.

    Args:
        measured: By figure.
        failed: Why the others could not be measured.
        inputs: What was read.
        warnings: What to beware of.
    """

    measured: dict[Figure, Measured] = field(default_factory=dict)
    failed: dict[Figure, ContrastError] = field(default_factory=dict)
    inputs: dict[tuple[str, str], InputFile] = field(default_factory=dict)
    warnings: dict[str, None] = field(default_factory=dict)

    def add(self, result: Any, found: Iterable[Measured]) -> None:
        """Take the figures of one measuring."""
        self.measured.update({each.figure: each for each in found})
        self.inputs.update({(each.role, each.path): each for each in result.inputs})
        self.warnings.update(dict.fromkeys(result.warnings))


def measure(plan: Sequence[Planned], wanted: Wanted, session: Session) -> Found:
    """Measure what is planned, together; what cannot be measured is said, and the rest goes on.

    Args:
        plan: The measurings with their inputs.
        wanted: What is asked of all of them.
        session: The inputs.

    Raises:
        TooLittleMemory: The bound is too low.
    """
    found = Found()
    while plan:
        asked = [_question(each.job, each.chosen.given, wanted) for each in plan]
        questions = [(each.question, of.chosen.given) for each, of in zip(asked, plan, strict=True)]
        outcomes = session.outcomes(questions)
        again: list[Planned] = []
        for each, question, outcome in zip(plan, asked, outcomes, strict=True):
            if isinstance(outcome, TooLittleMemory):
                raise outcome
            if isinstance(outcome, ContrastError):
                again += _apart(each, outcome, found)
            else:
                found.add(outcome, question.told(outcome))
        plan = again
    return found


def _apart(each: Planned, error: ContrastError, found: Found) -> list[Planned]:
    """The parts of a measuring that failed which need other inputs, by themselves."""
    parts = each.job.apart()
    if len(parts) == 1:
        found.failed.update(dict.fromkeys(each.job.figures, error))
        return []
    given = each.chosen.given
    return [
        Planned(part, dataclasses.replace(each.chosen, given=_without(given, part)))
        for part in parts
    ]


def _without(given: Given, job: Job) -> Given:
    """Without the labels and pairs that a part of the metrics does not need."""
    there = given.names
    needs = {each for figure in job.figures for each in metric_needs(figure.name, there)}
    labels = given.labels if "labels" in needs else None
    pairs = given.pairs if "pairs" in needs else None
    return dataclasses.replace(given, labels=labels, pairs=pairs)


@dataclass(frozen=True, eq=False)
class _Asked:
    """A question, and what its result tells of the figures."""

    question: Question[Any]
    told: Callable[[Any], list[Measured]]


def _question(job: Job, given: Given, wanted: Wanted) -> _Asked:
    """What is asked for the figures of a measuring."""
    return _QUESTIONS.get(job.sort, _loss)(job, given, wanted)


def _metrics(job: Job, given: Given, wanted: Wanted) -> _Asked:
    del given
    values = values_of(job.figures[0])
    names = [figure.name for figure in job.figures]
    question = MetricsQuestion(names, top=wanted.top, seed=wanted.seed, **values)
    return _Asked(
        question, lambda result: [measured_of_metric(figure, result) for figure in job.figures]
    )


def _triplets(job: Job, given: Given, wanted: Wanted) -> _Asked:
    del given
    loss: dict[str, Any] = {}
    margins: dict[Figure, float] = {}
    for figure in job.figures:
        values = values_of(figure)
        margins[figure] = values.pop(MARGIN, Triplet.margin)
        loss = loss or values
    each = list(dict.fromkeys(margins.values()))
    draws = loss.get("mining") == "random-semi-hard"
    seed = wanted.seed if draws else None
    question = TripletsQuestion(each, seed=seed, top=wanted.top, **loss)

    def told(result: TripletsResult) -> list[Measured]:
        at = dict(zip(each, result.margins, strict=True))
        return [measured_of_triplets(of, result, at[margin]) for of, margin in margins.items()]

    return _Asked(question, told)


def _loss(job: Job, given: Given, wanted: Wanted) -> _Asked:
    first = job.figures[0]
    values = _seeded(job.name, first, given, wanted.seed)
    sort = "best" if set(job.figures) <= wanted.lowest else "worst"
    how: dict[str, Any] = {"convention": convention_of(first), "top": wanted.top, "sort": sort}
    question = LossQuestion(first.typed or job.name, **how, **values)
    return _Asked(
        question, lambda result: [measured_of_loss(figure, result, sort) for figure in job.figures]
    )


_QUESTIONS = {METRIC: _metrics, TRIPLETS: _triplets}


def _seeded(kind: str, figure: Figure, given: Given, seed: int) -> dict[str, Any]:
    """The hyper-parameters, with the seed where the loss draws and none is typed."""
    values = values_of(figure)
    known = {parameter.field for parameter in parameters(LOSSES[kind])}
    if "seed" not in known or "seed" in values or "scores" in given.names:
        return values
    made = make_loss(kind, convention=convention_of(figure), **values)
    return values if "seed" in made.idle() else {**values, "seed": seed}
