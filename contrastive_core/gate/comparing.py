"""Figures held against those of a baseline: no worse than they were, by more than is allowed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..errors import BadInput
from ..geometry.declarations import HIGHER, LOWER, NEITHER
from .baseline import Baseline, SavedFigure, SavedInput
from .catalogue import unit_of
from .comparable import obstacle
from .measured import Measured
from .rows_of import HIGHEST, LOWEST
from .rules import ERROR
from .sigmas import sigma_of
from .tellings import Data, demand, fault, notes_of, shown
from .tolerances import ABSOLUTE, LEAST, SIGMA, UNASKED, Allowances, Amount, no_sigma
from .verdict import Check

_OPERATORS = {LOWER: "<=", HIGHER: ">=", NEITHER: "=="}

_ANEW = "Save the baseline anew with --save-baseline"


@dataclass(frozen=True, eq=False)
class Comparison:
    """What the comparison came to.

    Args:
        checks: One for each figure of the baseline that had a value, input by input.
        notes: What is worth knowing: whose data they are, what got better.
    """

    checks: tuple[Check, ...]
    notes: tuple[str, ...]


def check_inputs(saved: Baseline, names: Sequence[str | None]) -> dict[str | None, SavedInput]:
    """The saved inputs by the names of those that are checked; ask before anything is measured.

    An input without a name, as the command line has it, is held against the only one there is.

    Raises:
        BadInput: An input has no baseline, or the baseline has one that is not checked.
    """
    of_name = {each.name: each for each in saved.inputs}
    if len(names) == len(of_name) == 1 and None in (names[0], *of_name):
        return {names[0]: saved.inputs[0]}
    remedy = f"{_ANEW}, or check the same inputs."
    for name in names:
        if name not in of_name:
            raise _other_input(f"the input {_named(name)}", list(of_name), remedy)
    for name in of_name:
        if name not in names:
            raise _other_input("the baseline", names, f"It has {_named(name)} too. {remedy}")
    return of_name


def _other_input(what: str, there: Sequence[str | None], remedy: str) -> BadInput:
    listed = ", ".join(map(_named, there))
    expected = "the inputs that the baseline was saved of"
    return BadInput(what, expected=expected, got=f"only {listed}", remedy=remedy)


def _named(name: str | None) -> str:
    return "without a name" if name is None else repr(name)


def check_allowances(saved: Baseline, allowed: Allowances) -> None:
    """Refuse amounts that the baseline cannot be asked for; ask before anything is measured.

    Raises:
        BadParameter: A figure that it does not have, or standard errors of one without.
    """
    allowed.check_known(text for each in saved.inputs for text in each.figures)
    for text, amount in allowed.figures.items():
        figures = [each.figures[text] for each in saved.inputs if text in each.figures]
        if amount.of == SIGMA:
            for figure in figures:
                if figure.sigma is None and not math.isnan(figure.value):
                    raise no_sigma(text, amount)


def compare(
    saved: Baseline,
    measured: Mapping[str | None, Sequence[Measured]],
    allowed: Allowances,
    *,
    data: Mapping[str | None, Data],
    seed: int = 0,
    top: int = 10,
) -> Comparison:
    """Hold figures against a baseline.

    A value that is better never fails; one that is worse fails where it is so by more than is
    allowed: without a word, by 1e-6 of the saved value (1e-12 for values near 0). Where no way is
    better both sides count. What cannot be compared, and what was defined and is not any more, is
    not decided.

    Args:
        saved: The baseline.
        measured: Every figure that was measured, by the name of its input.
        allowed: How much worse each may be.
        data: What is read, by the name of the input: files, content hash.
        seed: Of the bootstrap.
        top: How many rows a failure names.

    Raises:
        ContrastError: Other inputs than those of the baseline, or amounts it cannot be asked for.
    """
    of_name = check_inputs(saved, list(measured))
    check_allowances(saved, allowed)
    checks: list[Check] = []
    notes: list[str] = []
    for name, figures in measured.items():
        now = {each.figure.text: each for each in figures}
        found = list(_checks(name, of_name[name], now, allowed, seed, top))
        checks += found
        notes += notes_of(name, saved.version, of_name[name], now, data[name], found)
    return Comparison(tuple(checks), tuple(notes))


def _checks(
    name: str | None,
    saved: SavedInput,
    now: Mapping[str, Measured],
    allowed: Allowances,
    seed: int,
    top: int,
) -> Iterator[Check]:
    """One for each saved figure, but for those that were undefined and had no value."""
    for text, then in saved.figures.items():
        if not math.isnan(then.value):
            yield _check(name, then, now.get(text), allowed, seed, top)


def _check(
    name: str | None,
    then: SavedFigure,
    now: Measured | None,
    allowed: Allowances,
    seed: int,
    top: int,
) -> Check:
    amount = allowed.amount(then.figure.text)
    if now is None:
        remedy = f"Give what it is measured from; or: {_ANEW}."
        return _undecided(name, then, None, "it is in the baseline and was not measured", remedy)
    if not math.isfinite(now.value):
        why = now.reason or f"it is {now.value}"
        reason = f"undefined: {why}; it was {shown(then.value)} in the baseline"
        return _undecided(name, then, now, reason, None)
    stands = obstacle(then, now, allowed.samples)
    if stands is not None:
        return _undecided(name, then, now, f"not comparable: {stands.reason}", stands.remedy)
    return _decided(name, then, now, amount, _room(then, now, amount, seed), top)


def _room(then: SavedFigure, now: Measured, amount: Amount, seed: int) -> float:
    """How much worse it may be, in the unit of the figure."""
    sigma = math.nan
    if amount.of == SIGMA:
        own = sigma_of(now, seed)
        if own is None or then.sigma is None:
            raise no_sigma(then.figure.text, amount)
        sigma = math.hypot(own, then.sigma)
    room = amount.of_value(then.value, sigma)
    return room if amount.of == ABSOLUTE else max(room, LEAST)


def _decided(
    name: str | None, then: SavedFigure, now: Measured, amount: Amount, room: float, top: int
) -> Check:
    """Whether it is no worse than allowed: the raw numbers are compared."""
    better, rose = now.better, now.value > then.value
    low, high = then.value - room, then.value + room
    passed = {
        LOWER: now.value <= high,
        HIGHER: now.value >= low,
        NEITHER: low <= now.value <= high,
    }[better]
    return Check(
        metric=then.figure.text,
        value=now.value,
        op=_OPERATORS[better],
        bound={LOWER: high, HIGHER: low, NEITHER: then.value}[better],
        level=ERROR,
        passed=passed,
        reason=None if passed else fault(then, now.value, amount, room),
        rule=demand(then, amount, room),
        input=name,
        better=better,
        baseline=then.value,
        allowed=room,
        rows=() if passed else now.worst(top, HIGHEST if rose else LOWEST),
        unit=unit_of(then.figure),
    )


def _undecided(
    name: str | None, then: SavedFigure, now: Measured | None, reason: str, remedy: str | None
) -> Check:
    return Check(
        metric=then.figure.text,
        value=None if now is None else now.value,
        op=_OPERATORS[then.better],
        bound=then.value,
        level=ERROR,
        passed=None,
        reason=reason,
        rule=demand(then, UNASKED, 0.0),
        input=name,
        better=then.better,
        baseline=then.value,
        remedy=remedy,
        unit=unit_of(then.figure),
    )
