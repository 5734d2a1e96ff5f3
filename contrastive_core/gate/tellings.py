"""The words of a comparison: what is asked, what is wrong, whose data they are, what got better."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..geometry.declarations import NEITHER
from ..version import VERSION
from .baseline import SavedFigure, SavedInput
from .measured import Measured
from .tolerances import ABSOLUTE, LEAST, UNASKED, Amount
from .verdict import Check, CheckedInput

_DIGITS = 6


@dataclass(frozen=True)
class Data:
    """What is read.

    Args:
        checked: The files.
        hashes: The content hash of each, by role.
    """

    checked: CheckedInput
    hashes: Mapping[str, str]


_WHOLE = 2.0**53
"""Whole numbers below are told whole: they are counts."""


def shown(value: float, beside: float | None = None) -> str:
    """A number for reading, with the digits that tell it from another one beside it."""
    if value.is_integer() and 1000 <= abs(value) < _WHOLE:
        return f"{value:,.0f}"
    for digits in range(_DIGITS, 17):
        text = f"{value:.{digits}g}"
        if beside is None or value == beside or text != f"{beside:.{digits}g}":
            return text
    return repr(value)


def demand(then: SavedFigure, amount: Amount, room: float) -> str:
    """What is asked of a figure, in words."""
    text, was = then.figure.text, shown(then.value)
    if amount == UNASKED:
        asked = "as in the baseline," if then.better == NEITHER else "no worse than the baseline's"
        return f"{text} {asked} {was}"
    if then.better == NEITHER:
        return f"{text} within {_allowed(amount, room)} of the baseline's {was}"
    return f"{text} no worse than the baseline's {was} by more than {_allowed(amount, room)}"


def fault(then: SavedFigure, value: float, amount: Amount, room: float) -> str:
    """Why a figure is worse than allowed, with the numbers."""
    now, was = shown(value, then.value), shown(then.value, value)
    gap = abs(value - then.value)
    by = shown(gap, room)
    way = "above" if value > then.value else "below"
    told = (
        f"{now} is {way if then.better == NEITHER else 'worse than'} the baseline's {was} by {by}"
    )
    allowed = "" if amount == UNASKED else f", allowed is {_allowed(amount, room, gap)}"
    side = "neither way is better" if then.better == NEITHER else f"{then.better} is better"
    return f"{told}{allowed} ({side})"


def _allowed(amount: Amount, room: float, gap: float | None = None) -> str:
    """The amount in the unit of the figure, and as it was typed where that is another."""
    told = shown(room, gap)
    return told if amount.of == ABSOLUTE else f"{told} ({amount.text})"


def notes_of(
    name: str | None,
    version: str,
    saved: SavedInput,
    now: Mapping[str, Measured],
    data: Data,
    checks: Sequence[Check],
) -> Iterator[str]:
    """What is worth knowing of an input that was held against its baseline."""
    label = "" if name is None else f"{name}: "
    if version != VERSION:
        yield f"{label}the baseline was saved by version {version}, this is {VERSION}"
    yield label + _whose(saved, data)
    yield from (label + each for each in _types(saved, now, data))
    better = [check for check in checks if _improved(check)]
    if better:
        told = (f"{c.metric} {_now(c)} (was {_then(c)})" for c in better)
        yield f"{label}better than the baseline: {', '.join(told)}"
    yield from (label + each for each in _undefined(saved, now))
    new = [text for text in now if text not in saved.figures]
    if new:
        yield f"{label}not in the baseline: {', '.join(new)}"


def _whose(saved: SavedInput, data: Data) -> str:
    """Whether the data are the same, by their content hash."""
    before = {file.role: file.sha256 for file in saved.files}
    roles = [file.role for file in data.checked.files]
    others = [role for role in roles if role not in before or before[role] != data.hashes.get(role)]
    others += [role for role in before if role not in roles]
    if not others:
        return "the data are those of the baseline"
    return f"other data than those of the baseline: {', '.join(others)}"


def _types(saved: SavedInput, now: Mapping[str, Measured], data: Data) -> Iterator[str]:
    """Number types that differ: they change digits, not what a figure means."""
    dtypes = {file.role: file.dtype for file in data.checked.files}
    for file in saved.files:
        dtype = dtypes.get(file.role, file.dtype)
        if dtype != file.dtype:
            yield f"{file.role} were {file.dtype} in the baseline and are {dtype}"
    changed: dict[str, list[str]] = {}
    for text, then in saved.figures.items():
        if text in now and now[text].precision != then.precision:
            words = f"{then.precision} in the baseline and now in {now[text].precision}"
            changed.setdefault(words, []).append(text)
    for words, texts in changed.items():
        yield f"computed in {words}: {', '.join(texts)}"


def _improved(check: Check) -> bool:
    """Better by more than rounding does."""
    if check.value is None or check.baseline is None or not check.passed:
        return False
    least = max(UNASKED.of_value(check.baseline, math.nan), LEAST)
    gain = (check.value - check.baseline) * (-1 if check.op == "<=" else 1)
    return check.better != NEITHER and gain > least


def _now(check: Check) -> str:
    return shown(check.value or 0.0, check.baseline)


def _then(check: Check) -> str:
    return shown(check.baseline or 0.0, check.value)


def _undefined(saved: SavedInput, now: Mapping[str, Measured]) -> Iterator[str]:
    """Figures that had no value in the baseline: nothing to hold them against."""
    for text, then in saved.figures.items():
        if math.isnan(then.value):
            again = text not in now or math.isnan(now[text].value)
            is_now = "is again" if again else f"is {shown(now[text].value)} now"
            yield f"{text} was undefined in the baseline ({then.reason}) and {is_now}: not compared"
