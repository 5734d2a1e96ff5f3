"""Every figure of an input, measured once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..api.geometry import metrics_of
from ..api.hardness import WhichTriplets, triplets_of
from ..api.losses import Which, loss_of
from ..errors import ContrastError, TooLittleMemory
from ..geometry.settings import Settings
from ..inputs import Given, InputFile
from ..losses import LOSSES, Triplet, make_loss
from ..parameters import parameters
from ..resources import Resources
from ..summary import Asked
from .catalogue import METRIC, TRIPLETS
from .choosing import metric_needs
from .jobs import MARGIN, Job, Planned
from .measured import Measured
from .naming import convention_of, values_of
from .of_losses import measured_of_loss
from .of_metrics import measured_of_metric
from .of_triplets import measured_of_triplets
from .progress import Shared
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


def measure(
    plan: Sequence[Planned], wanted: Wanted, means: Resources, shared: Shared | None = None
) -> Found:
    """Measure what is planned; what cannot be measured is said, and the rest goes on.

    Args:
        plan: The measurings with their inputs.
        wanted: What is asked of all of them.
        means: Threads, memory bound, precision, progress.
        shared: The progress of several inputs; None for this one alone.

    Raises:
        TooLittleMemory: The bound is too low.
    """
    shared = shared or Shared(means.progress, len(plan))
    found = Found()
    for each in plan:
        _measure(each, wanted, shared.of(means), found)
        shared.next()
    return found


def _measure(each: Planned, wanted: Wanted, means: Resources, found: Found) -> None:
    """One measuring; where it fails, the parts of it that need other inputs by themselves."""
    try:
        _MEASURES.get(each.job.sort, _loss)(each.job, each.chosen.given, wanted, means, found)
    except TooLittleMemory:
        raise
    except ContrastError as error:
        parts = each.job.apart()
        if len(parts) == 1:
            found.failed.update(dict.fromkeys(each.job.figures, error))
            return
        for part in parts:
            given = _without(each.chosen.given, part)
            again = Planned(part, dataclasses.replace(each.chosen, given=given))
            _measure(again, wanted, means, found)


def _without(given: Given, job: Job) -> Given:
    """Without the labels and pairs that a part of the metrics does not need."""
    there = given.names
    needs = {each for figure in job.figures for each in metric_needs(figure.name, there)}
    labels = given.labels if "labels" in needs else None
    pairs = given.pairs if "pairs" in needs else None
    return dataclasses.replace(given, labels=labels, pairs=pairs)


def _metrics(job: Job, given: Given, wanted: Wanted, means: Resources, found: Found) -> None:
    first = job.figures[0]
    settings = Settings(**values_of(first), seed=wanted.seed)
    names = [figure.name for figure in job.figures]
    result = metrics_of(given, settings, names, Asked(None, wanted.top), means)
    found.add(result, [measured_of_metric(figure, result) for figure in job.figures])


def _triplets(job: Job, given: Given, wanted: Wanted, means: Resources, found: Found) -> None:
    loss: dict[str, Any] = {}
    margins: dict[Figure, float] = {}
    for figure in job.figures:
        values = values_of(figure)
        margins[figure] = values.pop(MARGIN, Triplet.margin)
        loss = loss or values
    each = list(dict.fromkeys(margins.values()))
    draws = loss.get("mining") == "random-semi-hard"
    which = WhichTriplets(each, loss, seed=wanted.seed if draws else None)
    result = triplets_of(which, given, Asked(None, wanted.top), means)
    at = dict(zip(each, result.margins, strict=True))
    told = [measured_of_triplets(each, result, at[margin]) for each, margin in margins.items()]
    found.add(result, told)


def _loss(job: Job, given: Given, wanted: Wanted, means: Resources, found: Found) -> None:
    first = job.figures[0]
    values = _seeded(job.name, first, given, wanted.seed)
    which = Which(first.typed or job.name, values, convention_of(first))
    sort = "best" if set(job.figures) <= wanted.lowest else "worst"
    result = loss_of(which, given, Asked(None, wanted.top, sort), means)
    found.add(result, [measured_of_loss(figure, result, sort) for figure in job.figures])


_MEASURES = {METRIC: _metrics, TRIPLETS: _triplets}


def _seeded(kind: str, figure: Figure, given: Given, seed: int) -> dict[str, Any]:
    """The hyper-parameters, with the seed where the loss draws and none is typed."""
    values = values_of(figure)
    known = {parameter.field for parameter in parameters(LOSSES[kind])}
    if "seed" not in known or "seed" in values or "scores" in given.names:
        return values
    made = make_loss(kind, convention=convention_of(figure), **values)
    return values if "seed" in made.idle() else {**values, "seed": seed}
