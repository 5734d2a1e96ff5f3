"""What is measured of each input, settled before anything is measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..errors import BadInput, BadParameter, ContrastError, TooLittleMemory
from ..geometry.declarations import KEYS_SUFFIX, METRICS
from ..inputs import Given
from ..losses import Triplet
from ..session.fitting import Inputs, Missing, in_words
from ..session.session import Session
from .catalogue import SHARES, TRIPLETS
from .jobs import Planned, planned
from .rules import Figure, Rule


@dataclass(eq=False)
class Plan:
    """One input, and what is done with it.

    Args:
        name: Of the input; None for that of the command line.
        session: What was given.
        rules: That it is held against.
        figures: Everything that is measured.
        inputs: The pool, open; None where it cannot be opened.
        measurings: What can be done.
        missing: Why the other figures cannot be measured.
    """

    name: str | None
    session: Session
    rules: tuple[Rule, ...]
    figures: tuple[Figure, ...] = ()
    inputs: Inputs | None = None
    measurings: list[Planned] = field(default_factory=list)
    missing: dict[Figure, ContrastError] = field(default_factory=dict)

    @property
    def given(self) -> Given:
        """Everything that was given."""
        return self.session.given


def plan_of(
    name: str | None,
    session: Session,
    rules: tuple[Rule, ...],
    more: Iterable[Figure] | None,
    *,
    spare: bool | frozenset[str] = False,
) -> Plan:
    """Everything that is to be measured of one input.

    Args:
        name: Of the input.
        session: What was given.
        rules: Whose figures are measured.
        more: Figures beside them, those of a baseline; None for all that a baseline would save.
        spare: Whether an input that no figure uses is left unread; or which ones.

    Raises:
        ContrastError: The files cannot be opened, or an input that no figure uses.
    """
    inputs = session.inputs
    figures = [rule.figure for rule in rules]
    figures += all_figures(inputs) if more is None else more
    plan = Plan(name, session, rules, tuple(dict.fromkeys(figures)), inputs)
    plan.measurings, plan.missing = planned(plan.figures, inputs)
    if not plan.missing and spare is not True:
        _refuse_unused(plan, spare or frozenset())
    return plan


def unopened(
    name: str | None,
    session: Session,
    rules: tuple[Rule, ...],
    more: Iterable[Figure],
    error: ContrastError,
) -> Plan:
    """An input beside others whose files cannot be opened: nothing of it can be decided."""
    if isinstance(error, UnusedInput | TooLittleMemory):
        raise error
    figures = tuple(dict.fromkeys([*(rule.figure for rule in rules), *more]))
    return Plan(name, session, rules, figures, missing=dict.fromkeys(figures, error))


class UnusedInput(BadParameter):
    """An input that no rule uses."""


def all_figures(inputs: Inputs) -> list[Figure]:
    """What a baseline saves unasked: every metric, and the shares of triplets.

    Raises:
        BadInput: EMBEDDINGS cannot be opened.
    """
    if inputs.given.embeddings is None:
        return []
    single = [name for name, metric in METRICS.items() if not metric.of_pairs]
    names = [*METRICS, *(name + KEYS_SUFFIX for name in single)]
    found = [Figure(name) for name in names if inputs.lacks(name) is None]
    try:
        inputs.of_loss(Triplet, TRIPLETS)
    except Missing:
        return found
    return [*found, *(Figure(TRIPLETS, field=share) for share in SHARES)]


def _refuse_unused(plan: Plan, spare: frozenset[str]) -> None:
    """Nothing is ever accepted and ignored."""
    used = {name for each in plan.measurings for name in each.chosen.used}
    unused = plan.given.names - used - spare
    if not unused:
        return
    listed = in_words(unused)
    figures = ", ".join(figure.text for figure in plan.figures) or "none"
    remedy = "Leave it out, or add a rule that takes it."
    if unused == {"keys"}:
        remedy = "Leave it out, or add a rule that takes it: alignment, or uniformity.keys."
    if unused == {"views"} and plan.given.keys is not None:
        remedy = "Two files are two views row by row: leave --views out."
    if unused == {"labels"} and any(figure.name == "nt-xent" for figure in plan.figures):
        remedy = "nt-xent takes the views: leave --labels out, or add a rule such as supcon."
    if unused == {"pairs"}:
        remedy = (
            "Two files, columns or views are paired row by row: leave --pairs out, or give one "
            "file, or column, with it, such as emb.parquet::z1."
        )
    raise UnusedInput(
        listed if plan.name is None else f"{listed} of the input {plan.name!r}",
        expected="an input that a rule or a figure of the baseline is measured on",
        got=f"one that none of these takes: {figures}",
        remedy=remedy,
    )


def first_bad(failed: Iterable[ContrastError]) -> BadInput | None:
    """The first error of a file that cannot be used."""
    return next((error for error in failed if isinstance(error, BadInput)), None)
