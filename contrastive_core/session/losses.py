"""The value of a loss, asked of a session or in one call."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from ..conventions import PAPER_NAME
from ..dialects import dialects_of
from ..errors import ContrastError
from ..evaluate import evaluate
from ..inputs import Given, build, recognise
from ..inputs.building import Built
from ..inputs.stock import Stock
from ..losses import Loss, find_dialect, find_loss, make_loss
from ..losses.making import taken_as
from ..memory import Room
from ..plan import Asking
from ..summary import Asked, LossResult, summarise
from .fitting import Chosen, Inputs
from .session import Data, Session, split


class LossQuestion:
    """The value of a contrastive loss, sample by sample.

    What a kind takes, with its formula and paper, is in `LOSSES[kind]` and on the page that
    `contrast kinds KIND` prints.

    Args:
        kind: A key of `LOSSES`: `infonce`, `nt-xent`, `supcon`, `triplet`, ...; or a name that it
            has elsewhere, such as `NTXentLoss`.
        convention: `paper`, or the library whose value is wanted.
        reduction: `mean` (default) or `sum`, over the terms that define the loss.
        top: How many samples `worst` lists.
        sort: Which: `worst` (largest loss first), `best`, or `index`.
        per_sample: Also find rank and hardest negative of every sample; the losses of all samples
            are there without.
        **parameters: Hyper-parameters of the kind: `tau`, `similarity`, `margin`, ...
    """

    def __init__(
        self,
        kind: str,
        *,
        convention: str = PAPER_NAME,
        reduction: str | None = None,
        top: int = 10,
        sort: str = "worst",
        per_sample: bool = False,
        **parameters: Any,
    ) -> None:
        self.declaration = find_loss(kind)
        self.kind, self.convention, self.parameters = self.declaration.kind, convention, parameters
        self.wanted, self.per_sample = Asked(reduction, top, sort), per_sample
        find_dialect(self.kind, convention)
        self.told = taken_as(kind) if convention == PAPER_NAME else None

    def chosen(self, inputs: Inputs) -> Chosen:
        """The inputs of one of its forms."""
        return inputs.of_loss(self.declaration, self.kind)

    def prepared(self, given: Given, stock: Stock) -> tuple[Asking[LossResult], Room]:
        """Its form recognised, its parameters settled, its rows ready."""
        found = recognise(self.declaration, given)
        loss = make_loss(
            self.kind,
            convention=self.convention,
            input_form=found.form.name,
            inputs=given.names,
            **self.parameters,
        )
        self.wanted.check(loss)
        built = build(loss, found, stock)
        return self._result(loss, built), built.room

    def _result(self, loss: Loss, built: Built) -> Asking[LossResult]:
        evaluation = yield from evaluate(loss, built.problem, standings=self.per_sample)
        result = yield from summarise(evaluation, built.inputs, self.wanted, built.numbering)
        told = () if self.told is None else (self.told,)
        warnings = (*told, *built.otherwise, *result.warnings, *built.unread(self.kind))
        return dataclasses.replace(result, warnings=warnings)


def loss(kind: str, *files: Data | None, **options: Any) -> LossResult:
    """The value of a contrastive loss on saved embeddings, sample by sample.

    Args:
        kind: A key of `LOSSES`: `infonce`, `nt-xent`, `supcon`, `triplet`, ...
        *files: EMBEDDINGS, KEYS, NEGATIVES, paths or arrays, as `Session` takes them.
        **options: The other inputs and the resources, as `Session` takes them; the convention, the
            reduction, which samples are listed, and the hyper-parameters of the kind, as
            `LossQuestion` takes them. An input that the kind does not take is an error.

    Returns:
        The result; in nats where the loss is a log. A sample that lacks what the formula needs is
        NaN in `samples.loss`, counted in `undefined`, and not in `value`.

    Raises:
        ContrastError: Bad input or parameters, or no sample that defines the loss; the message
            says what was expected, what was got and what to do.
    """
    inputs, asked = split(options)
    return Session(*files, **inputs).ask_of_all(LossQuestion(kind, **asked))


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


def loss_by_convention(
    kind: str, *files: Data | None, **options: Any
) -> tuple[ConventionValue, ...]:
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
    inputs, asked = split(options)
    kind = find_loss(kind).kind
    names, session = (PAPER_NAME, *dialects_of(kind)), Session(*files, **inputs)
    questions = [LossQuestion(kind, convention=name, **asked) for name in names]
    outcomes = session.outcomes([(question, session.given) for question in questions])
    if isinstance(outcomes[0], ContrastError):
        raise outcomes[0]
    return tuple(map(_value, names, outcomes))


def _value(name: str, outcome: LossResult | ContrastError) -> ConventionValue:
    """A result, or why there is none."""
    if isinstance(outcome, ContrastError):
        reason = f"expected {outcome.expected}, got {outcome.got}"
        return ConventionValue(name, None, reason)
    return ConventionValue(name, outcome, None)
