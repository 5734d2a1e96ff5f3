"""What a check came to: one entry per rule and per figure of a baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..inputs import InputFile
from .rules import ERROR

PASSED, FAILED, UNDECIDED = "passed", "failed", "undecided"
"""The outcomes of a run. What could not be measured outranks what failed."""


@dataclass(frozen=True)
class Check:
    """One rule, or one figure held against a baseline.

    Args:
        metric: The figure in one spelling: `infonce(tau=0.07)`.
        value: NaN where it is undefined; None where it could not be measured at all.
        op: <, <=, >, >=, == for a rule; for a baseline `<=` where lower is better, `>=` where
            higher is, `==` where both sides count.
        bound: What the value was held against; the baseline's value widened by what is allowed.
        level: error or warn.
        passed: None where it could not be decided.
        reason: Why it did not pass, or could not be decided; else None.
        rule: As it was typed; for a baseline, the words of the comparison.
        input: The name of the input, where several are checked; else None.
        better: Which way is better: lower, higher or neither.
        baseline: The saved value, where it was held against one.
        allowed: How much worse it may be, in the unit of the figure, where a baseline is asked.
        rows: The rows that carry a failure, worst first: objects with `index`, `view` where rows
            are views, and `value`, under the name that the value has in the result.
        remedy: What to do about what could not be decided; else None.
        unit: Whether the figure is a `share` or a `count`; empty where it is neither.
        positives: How the positives of the figure were found, in words; None where it has none.
    """

    metric: str
    value: float | None
    op: str
    bound: float
    level: str
    passed: bool | None
    reason: str | None
    rule: str
    input: str | None = None
    better: str = "neither"
    baseline: float | None = None
    allowed: float | None = None
    rows: tuple[dict[str, Any], ...] = ()
    remedy: str | None = None
    unit: str = ""
    positives: str | None = None


@dataclass(frozen=True)
class CheckedInput:
    """One named set of inputs.

    Args:
        name: Its name in the configuration; None for the one of the command line.
        files: What was read.
        n: Samples.
        d: Dimensions.
    """

    name: str | None
    files: tuple[InputFile, ...]
    n: int | None
    d: int | None


@dataclass(frozen=True)
class CheckResult:
    """The verdict.

    Args:
        checks: All of them, in the order of the inputs and rules, then of the baseline.
        inputs: What was checked.
        warnings: What to beware of, nothing twice.
        notes: What is worth knowing: that the data are those of the baseline, what improved.
        saved: The baseline that was written; None where none was.
    """

    checks: tuple[Check, ...]
    inputs: tuple[CheckedInput, ...]
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    saved: str | None = None

    @property
    def outcome(self) -> str:
        """passed, failed, or undecided where a figure is undefined or missing."""
        if any(check.passed is None for check in self.checks):
            return UNDECIDED
        broken = any(check.passed is False and check.level == ERROR for check in self.checks)
        return FAILED if broken else PASSED

    @property
    def passed(self) -> bool:
        """Whether every rule of level error holds, and everything could be decided."""
        return self.outcome == PASSED
