"""A loss from files or arrays in one call."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from ..conventions import PAPER_NAME
from ..dialects import dialects_of
from ..engines import run
from ..errors import ContrastError
from ..evaluate import Work, evaluate
from ..inputs import Given, build, recognise
from ..losses import find_dialect, find_loss, make_loss
from ..losses.making import taken_as
from ..resources import Resources
from ..sources import Reading
from ..summary import Asked, LossResult, summarise

Data = str | os.PathLike[str] | npt.ArrayLike
"""A path (`PATH::column` for one column of a table), or an array."""


def loss(
    kind: str,
    embeddings: Data | None = None,
    keys: Data | None = None,
    negatives: Data | None = None,
    *,
    labels: Data | None = None,
    pairs: Data | None = None,
    triplets: Data | None = None,
    bank: Data | None = None,
    match: Data | None = None,
    scores: Data | None = None,
    prototypes: Data | None = None,
    noise: Data | None = None,
    positive: str | None = None,
    views: str | None = None,
    dtype: str | None = None,
    join: str | None = None,
    on_bad: str = "stop",
    convention: str = PAPER_NAME,
    reduction: str | None = None,
    top: int = 10,
    sort: str = "worst",
    per_sample: bool = False,
    resources: Resources | None = None,
    **parameters: Any,
) -> LossResult:
    """The value of a contrastive loss on saved embeddings, sample by sample.

    What a kind takes, with its formula and paper, is in `LOSSES[kind]` and on the page that
    `contrast kinds KIND` prints. n are samples, d dimensions, m candidates.

    Args:
        kind: A key of `LOSSES`: `infonce`, `nt-xent`, `supcon`, `triplet`, ...; or a name that it
            has elsewhere, such as `NTXentLoss`.
        embeddings: (n, d) with `keys` or `labels`; alone, (2, n, d) or (n, 2, d) views, or
            (2n, d) stacked views.
        keys: The positives, row by row, (n, d).
        negatives: For triplet (n, d), row by row; for infonce (n, k, d), each anchor's own.
        labels: One class per row or sample, integers or strings, None for no class, (n,).
        pairs: Rows (i, j, y) or (i, j) of indices into the embeddings, (p, 3) or (p, 2).
        triplets: Rows (anchor, positive, negative) of indices, (t, 3).
        bank: Further negatives that all anchors share, (m, d).
        match: Whether row i of both files is similar, 0 or 1, (n,).
        scores: Ready scores instead of embeddings, (n, m).
        prototypes: Class vectors for cross-entropy, (classes, d).
        noise: Noise distribution of nce, (m,); None or "uniform" for uniform.
        positive: `first` or `diagonal`: where the positives of square scores lie.
        views: `stacked`, `interleaved`, `first` or `second`, where the shape does not decide.
        dtype: `bfloat16` where two-byte numbers that are stored without a type (void, or integers)
            are that, in at least one of the files; the others are read by their own types.
        join: The column of ids by which rows of other files are put into the order of
            `embeddings`; without, ids that both files have are compared.
        on_bad: `stop` at rows that hold NaN, infinity or null, are ragged, or are null vectors
            where a direction is needed; or `drop` them, with their pairs, labels and views, which
            `dropped` of the result says.
        convention: `paper`, or the library whose value is wanted.
        reduction: `mean` (default) or `sum`, over the terms that define the loss.
        top: How many samples `worst` lists.
        sort: Which: `worst` (largest loss first), `best`, or `index`.
        per_sample: Also find rank and hardest negative of every sample; the losses of all samples
            are there without.
        resources: Threads, memory bound, precision, progress.
        **parameters: Hyper-parameters of the kind: `tau`, `similarity`, `margin`, ...

    Returns:
        The result; in nats where the loss is a log. A sample that lacks what the formula needs is
        NaN in `samples.loss`, counted in `undefined`, and not in `value`.

    Raises:
        ContrastError: Bad input or parameters, or no sample that defines the loss; the message
            says what was expected, what was got and what to do.
    """
    wanted = Asked(reduction, top, sort)
    given = Given(
        embeddings,
        keys,
        negatives,
        labels,
        pairs,
        triplets,
        bank,
        match,
        scores,
        prototypes,
        noise,
        positive,
        views,
        Reading(dtype, join, on_bad),
    )
    which = Which(kind, parameters, convention)
    return loss_of(which, given, wanted, resources or Resources(), per_sample=per_sample)


@dataclass(frozen=True)
class Which:
    """A loss as it is asked for, before its input is known.

    Args:
        kind: A key of `LOSSES`, or a name that it has elsewhere.
        parameters: Its hyper-parameters.
        convention: `paper`, or the library whose value is wanted.
    """

    kind: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    convention: str = PAPER_NAME


def loss_of(
    which: Which, given: Given, wanted: Asked, means: Resources, *, per_sample: bool = False
) -> LossResult:
    """The same of inputs that are named already.

    Args:
        which: The loss.
        given: Its inputs.
        wanted: The reduction, and which samples are listed.
        means: Threads, memory bound, precision, progress.
        per_sample: Also find rank and hardest negative of every sample.

    Raises:
        ContrastError: As `loss` does.
    """
    declaration = find_loss(which.kind)
    kind = declaration.kind
    find_dialect(kind, which.convention)
    found = recognise(declaration, given)
    chosen = make_loss(
        kind,
        convention=which.convention,
        input_form=found.form.name,
        inputs=given.names,
        **which.parameters,
    )
    wanted.check(chosen)
    built = build(chosen, found, means)
    quiet = partial(run, workers=built.room.workers, tile=means.tile)
    engine = partial(quiet, progress=means.progress)
    work = Work(engine, quiet, standings=per_sample, progress=means.progress)
    with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused there
        evaluation = evaluate(chosen, built.problem, work)
        result = summarise(evaluation, built.inputs, wanted, built.numbering)
    own = taken_as(which.kind) if which.convention == PAPER_NAME else None
    warnings = (*([own] if own else []), *result.warnings, *built.unread(kind))
    return dataclasses.replace(result, warnings=warnings)


@dataclass(frozen=True)
class ConventionValue:
    """What one convention makes of the data.

    Args:
        name: `paper`, or the library.
        result: The loss; None where the convention is not defined for the input.
        skipped: Why there is none.
    """

    name: str
    result: LossResult | None
    skipped: str | None


def loss_by_convention(kind: str, *files: Data, **options: Any) -> tuple[ConventionValue, ...]:
    """The value of a loss under every convention of its kind, side by side.

    Args:
        kind: A key of `LOSSES`.
        *files: Embeddings, keys, negatives, as for `loss`.
        **options: Everything else that `loss` takes, but `convention`.

    Returns:
        The paper's convention, then the libraries'. One that lacks something, or that a
        hyper-parameter contradicts, says so in `skipped`.

    Raises:
        ContrastError: The paper's convention itself is not defined on the input.
    """
    kind = find_loss(kind).kind
    found = [ConventionValue(PAPER_NAME, loss(kind, *files, **options), None)]
    for name in dialects_of(kind):
        try:
            found.append(
                ConventionValue(name, loss(kind, *files, convention=name, **options), None)
            )
        except ContrastError as error:
            found.append(ConventionValue(name, None, f"expected {error.expected}, got {error.got}"))
    return tuple(found)
