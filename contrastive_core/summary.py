"""From per-sample values to the result that is printed or checked."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from .conventions import Ledger
from .diagnosis import warnings
from .dropped import Dropped, Numbering, said
from .errors import BadParameter, NothingDefined, check_count, check_word, counted
from .evaluate.work import infinite
from .evaluation import Columns, Evaluation, Ratio, SoftmaxParts
from .inputs import InputFile
from .losses import Loss
from .numerics import Float
from .parameters import parameters
from .plan import Asking
from .problem import Labelled, Noised, Positives, Scored, TripletList
from .samples import HARDEST, ROWS, Samples, sort_order
from .tables import Index
from .vocabulary import REDUCTIONS, SORTS

_QUANTILES = {"min": 0.0, "p5": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95, "max": 1.0}


@dataclass(frozen=True)
class Quantiles:
    """Quantiles of the per-sample losses, by linear interpolation, NaN left out."""

    min: float
    p5: float
    p25: float
    p50: float
    p75: float
    p95: float
    max: float


@dataclass(frozen=True)
class Terms:
    """The two parts of a softmax loss: their sum is its mean.

    Args:
        positive: -mean s_i+ / tau, the alignment part.
        partition: Mean log-sum-exp over the candidates, the uniformity part.
    """

    positive: float
    partition: float


@dataclass(frozen=True)
class LossResult:
    """The value of one loss and what explains it.

    Args:
        kind: The loss.
        value: The reduced loss, in nats where it is a log.
        reduction: mean or sum, over the terms; log-mean-exp for uniformity.
        n: How many terms were reduced.
        undefined: Samples that define no loss; they are not in `value`.
        sample: What a sample is: anchor, row, pair, triplet.
        candidates: K, the terms of a softmax's denominator; None where samples differ in it.
        chance: The value if all scores were equal, where that does not depend on the score.
        mi_lower_bound: log K - mean loss, in nats, where the paper proves it a bound.
        terms: The two parts of the mean loss of a softmax.
        convention: The convention in full.
        parameters: The hyper-parameters; log_z as it was found.
        precision: Working precision of the scores.
        positives: How they were found.
        quantiles: Of the per-sample losses.
        samples: Every sample; rank and hardest only where they were asked for.
        ratios: The means whose sum is the mean loss, where that is not the mean of the samples.
        worst: The samples that are listed, by default those of the ten largest losses, worst
            first, with rank and hardest.
        inputs: What was read.
        warnings: What to beware of.
        dropped: What was left out because of rows that cannot be used; None for nothing. Numbers
            of samples and rows are those of the files all the same.
    """

    kind: str
    value: float
    reduction: str
    n: int
    undefined: int
    sample: str
    candidates: int | None
    chance: float | None
    mi_lower_bound: float | None
    terms: Terms | None
    convention: Ledger
    parameters: dict[str, Any]
    precision: str
    positives: Positives
    quantiles: Quantiles
    samples: Samples
    ratios: tuple[Ratio, ...]
    worst: Samples
    inputs: tuple[InputFile, ...]
    warnings: tuple[str, ...]
    dropped: Dropped | None = None


@dataclass(frozen=True)
class Asked:
    """How a result is reduced, and which samples it lists.

    Args:
        reduction: mean or sum; None for the kind's own.
        top: How many samples are listed.
        sort: worst, best or index.
    """

    reduction: str | None = None
    top: int = 10
    sort: str = "worst"

    def __post_init__(self) -> None:
        """Refuse unknown words."""
        if self.reduction is not None:
            check_word("reduction", self.reduction, REDUCTIONS, "Leave it out for the mean.")
        check_word("sort", self.sort, SORTS, "Leave it out for the worst first.")
        check_count("top", self.top, "Leave it out for the ten worst.")

    def check(self, loss: Loss) -> None:
        """Refuse a reduction where one value describes a set."""
        if self.reduction is not None and not loss.summable:
            raise BadParameter(
                "reduction",
                expected=f"no --reduction for {loss.kind}",
                got=self.reduction,
                remedy="Its value describes the whole set and is no mean of samples: leave it out.",
            )


def summarise(
    evaluation: Evaluation,
    inputs: tuple[InputFile, ...],
    wanted: Asked,
    numbers: Numbering | None = None,
) -> Asking[LossResult]:
    """Everything there is to say about an evaluated loss.

    Args:
        evaluation: The loss, sample by sample.
        inputs: What was read.
        wanted: The reduction, and which samples are listed.
        numbers: Those of the files, where rows were left out.

    Raises:
        NothingDefined: No sample defines the loss.
    """
    loss, values = evaluation.loss, evaluation.values
    if np.isinf(values).any() or math.isinf(evaluation.mean):
        raise infinite(loss)
    if math.isnan(evaluation.mean) or np.isnan(values).all():
        raise nothing_defined(evaluation)
    summed = wanted.reduction == "sum"
    factor = evaluation.n if summed else 1
    softmax = evaluation.softmax
    ledger = loss.ledger()
    reduction = wanted.reduction or loss.reduced_by
    over = f"{reduction} over {ledger.reduction}" if loss.reducible else ledger.reduction
    order = sort_order(values, wanted.sort)
    listed = yield from _listed(evaluation, order[: wanted.top], numbers)
    return LossResult(
        kind=loss.kind,
        value=evaluation.mean * factor,
        reduction=reduction,
        n=evaluation.n,
        undefined=evaluation.undefined,
        sample=evaluation.sample,
        candidates=None if softmax is None else softmax.candidates,
        chance=None if evaluation.chance is None else evaluation.chance * factor,
        mi_lower_bound=None if softmax is None else softmax.information,
        terms=_terms(softmax, evaluation.mean),
        convention=dataclasses.replace(ledger, reduction=over),
        parameters={**parameters_in_force(loss), **evaluation.parameters},
        precision=evaluation.precision,
        positives=evaluation.problem.found,
        quantiles=_quantiles(values),
        samples=_samples(evaluation, np.arange(len(values)), evaluation.standing or {}, numbers),
        ratios=evaluation.ratios,
        worst=listed,
        inputs=inputs,
        warnings=said(numbers, warnings(evaluation, numbers)),
        dropped=None if numbers is None else numbers.dropped,
    )


def parameters_in_force(loss: Loss) -> dict[str, Any]:
    """The hyper-parameters in force, without those that change nothing."""
    unused = {*loss.form_refuses.get(loss.input_form, ()), *loss.idle()}
    named = (p.field for p in parameters(type(loss)))
    return {name: getattr(loss, name) for name in named if name not in unused}


def _terms(softmax: SoftmaxParts | None, mean: float) -> Terms | None:
    if softmax is None or softmax.positive is None:
        return None
    return Terms(positive=softmax.positive, partition=mean - softmax.positive)


def _quantiles(values: Float) -> Quantiles:
    defined = values[~np.isnan(values)]
    return Quantiles(*np.quantile(defined, list(_QUANTILES.values())).tolist())


def _listed(evaluation: Evaluation, chosen: Index, numbers: Numbering | None) -> Asking[Samples]:
    """The samples that are listed, with their standing."""
    order = np.sort(chosen)
    told: Columns = {}
    if evaluation.standing is not None:
        told = {name: values[order] for name, values in evaluation.standing.items()}
    elif evaluation.look is not None and len(order):
        told = yield from evaluation.look(order)
    return _samples(evaluation, order, told, numbers).take(np.searchsorted(order, chosen))


def _samples(
    evaluation: Evaluation, chosen: Index, told: Columns, numbers: Numbering | None
) -> Samples:
    """Some samples (sorted positions), by their numbers in the files."""
    rows = evaluation.rows
    columns = {name: values[chosen] for name, values in evaluation.columns.items()}
    found = Samples(
        index=chosen % rows,
        loss=evaluation.values[chosen],
        view=chosen // rows if evaluation.views else None,
        **columns,
        **told,
    )
    if numbers is None:
        return found
    origins = dict(zip(HARDEST, (c.meeting.origin for c in evaluation.competitions), strict=False))
    hardest = {name: each for name in HARDEST if (each := getattr(found, name)) is not None}
    theirs = {name: numbers.of_rows(hardest[name], origins.get(name, 0)) for name in hardest}
    found = dataclasses.replace(found, **theirs)
    return numbers.renumbered(found, samples=("index",), rows=ROWS)


def nothing_defined(evaluation: Evaluation) -> NothingDefined:
    """The error for a loss that no sample defines, with the cause where it is known."""
    loss, samples = evaluation.loss, len(evaluation.values)
    problem = evaluation.problem
    problem = problem.inner if isinstance(problem, Noised) else problem
    got = f"{samples} {evaluation.sample}{'s' if samples != 1 else ''}, none with it"
    remedy = "Give two samples or more: the negatives of a sample are the other samples."
    if isinstance(problem, Labelled):
        got, remedy = _why_of_labels(problem, loss, got)
    elif isinstance(problem, Scored):
        remedy = (
            "Scores need two columns or more that are no mask (-infinity): the positive's, and "
            "those of the negatives."
        )
    elif isinstance(problem, TripletList):
        got, remedy = "no such triplet", "Take --mining all, or other triplets."
    if not math.isnan(evaluation.mean):  # what the library makes of nothing
        got += f" ({loss.convention} prints {evaluation.mean:g} for that)"
    return NothingDefined(
        loss.kind,
        expected=f"at least one {evaluation.sample} with what the formula needs "
        f"({'a positive' if loss.kind == 'supcon' else 'a positive and a negative'})",
        got=got,
        remedy=remedy,
    )


def _why_of_labels(problem: Labelled, loss: Loss, got: str) -> tuple[str, str]:
    """No positives, no negatives, or no triplet of the sort that is asked for."""
    rows, mining = problem.data.n, getattr(loss, "mining", "all")
    if not problem.positives.any():
        return f"{counted(rows, 'row')}, each alone in its class or without one", (
            "A class needs two rows or more: check that the labels are classes, and no ids."
        )
    if np.count_nonzero(problem.sizes) < 2:
        return "rows of one class only", "A negative is a row of another class: give more classes."
    return (
        f"{got}: no {mining} triplet",
        "Take --mining all to see how many there are of each sort.",
    )
