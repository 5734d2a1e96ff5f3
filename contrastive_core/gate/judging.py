"""A rule held against what was measured."""

from __future__ import annotations

import math

from ..errors import ContrastError
from .catalogue import better_of, unit_of
from .measured import Measured
from .rows_of import HIGHEST, LOWEST
from .rules import Rule
from .verdict import Check


def judged(rule: Rule, found: Measured | ContrastError, top: int, name: str | None = None) -> Check:
    """What a rule came to.

    Args:
        rule: The rule.
        found: Its figure, or why there is none.
        top: How many rows a failure names.
        name: The name of the input.
    """
    if isinstance(found, ContrastError):
        return _check(rule, None, name, None, f"{found.what}: {unmeasured(found)}", found.remedy)
    value = found.value
    if math.isnan(value):
        reason = f"undefined: {found.reason or 'it is no number on these data'}"
        return _check(rule, value, name, None, reason)
    if rule.holds(value):
        return _check(rule, value, name, True)
    reason = f"{value!r} is not {rule.op} {rule.bound!r}"
    rows = found.worst(top, direction(rule, value))
    return _check(rule, value, name, False, reason, rows=rows)


def unmeasured(error: ContrastError) -> str:
    """Why a figure could not be measured."""
    return f"expected {error.expected}, got {error.got}"


def direction(rule: Rule, value: float) -> str:
    """Which end of a figure made it break a rule."""
    if rule.op in ("<", "<="):
        return HIGHEST
    if rule.op in (">", ">="):
        return LOWEST
    return HIGHEST if value > rule.bound else LOWEST


def _check(
    rule: Rule,
    value: float | None,
    name: str | None,
    passed: bool | None,
    reason: str | None = None,
    remedy: str | None = None,
    rows: tuple[dict[str, object], ...] = (),
) -> Check:
    return Check(
        metric=rule.figure.text,
        value=value,
        op=rule.op,
        bound=rule.bound,
        level=rule.level,
        passed=passed,
        reason=reason,
        rule=rule.written,
        input=name,
        better=better_of(rule.figure),
        rows=rows,
        remedy=remedy,
        unit=unit_of(rule.figure),
    )
