"""A check in words: what the table, JUnit, GitHub and the step summary say of it alike."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from contrastive_core.gate.catalogue import COUNT, SHARE
from contrastive_core.gate.rules import ERROR
from contrastive_core.gate.wording import way
from contrastive_core.plain_text import message, short_name

if TYPE_CHECKING:
    from contrastive_core.gate.verdict import Check, CheckedInput, CheckResult

PASS, FAIL, WARN, OPEN = "pass", "FAIL", "warn", "?"
"""Marks: it holds, it fails the run, it is only warned of, it could not be decided."""

_ONE = {PASS: "holds", FAIL: "fails", WARN: "warns", OPEN: "is undecided"}

_FEWEST, _MOST = 6, 17
"""Significant digits: as in every table, and as many as tell any two doubles apart."""

_BLUR = 0.05
"""How large a rounding may be beside the distance of value and bound."""


def mark(check: Check) -> str:
    """What became of it."""
    if check.passed is None:
        return OPEN
    if check.passed:
        return PASS
    return FAIL if check.level == ERROR else WARN


def value_and_bound(check: Check) -> tuple[str, str]:
    """Both as printed: with so many digits that their distance can be seen."""
    if check.unit == COUNT:
        return _counts(check)
    unit, sign = (100, " %") if _in_percent(check) else (1, "")
    bound = unit * check.bound
    if check.value is None or math.isnan(check.value):
        found = "-" if check.value is None else "undefined"
        return found, f"{check.op} {_shortest(bound)}{sign}"
    value = unit * check.value
    room = unit * (check.allowed or 0.0) if check.op == "==" else 0.0
    apart = abs(abs(value - bound) - room)
    asked = _shortest(bound) if check.baseline is None else _rounded(bound, apart)
    if check.op == "==" and check.allowed:
        asked = f"{asked} ± {check.allowed:.2g}"
    return f"{_rounded(value, apart)}{sign}", f"{check.op} {asked}{sign}"


def _counts(check: Check) -> tuple[str, str]:
    """Whole numbers, whole."""
    bound, room = check.bound, check.allowed or 0.0
    if check.baseline is not None:  # widened by what is allowed: the last whole number that passes
        bound = float(math.ceil(bound) if check.op == ">=" else math.floor(bound))
    told = f"{check.op} {_whole(bound)}"
    if check.op == "==" and room >= 1:
        told = f"{told} ± {math.floor(room):,}"
    if check.value is None or math.isnan(check.value):
        return "-" if check.value is None else "undefined", told
    return _whole(check.value), told


def _whole(number: float) -> str:
    """With commas; a bound need not be whole."""
    return f"{number:,.0f}" if number.is_integer() else f"{number:,.15g}"


def _rounded(number: float, apart: float) -> str:
    """A number whose rounding is small beside a distance."""
    if not apart:
        return _shortest(number)
    for count in range(_FEWEST, _MOST):
        text = f"{number:.{count}g}"
        if abs(float(text) - number) <= _BLUR * apart:
            return text
    return f"{number:.{_MOST}g}"


def _in_percent(check: Check) -> bool:
    """Whether the rule was typed so, of a share."""
    return check.unit == SHARE and check.baseline is None and check.rule.rstrip().endswith("%")


def _shortest(number: float) -> str:
    """As few digits as are read as the same number."""
    return f"{number:.15g}" if float(f"{number:.15g}") == number else f"{number:.{_MOST}g}"


def name(check: Check) -> str:
    """The rule as it was typed, in one line whatever white space is in it.

    Of a baseline the figure, which stays when its value changes.
    """
    said = check.rule if check.baseline is None else f"{check.metric} against the baseline"
    return message(" ".join(said.split()))


def title(check: Check) -> str:
    """The name, with the input that it is about."""
    return f"{_of(check.input)}{name(check)}"


def input_name(name: str | None) -> str:
    """What a configuration calls an input; nothing for the one of the command line."""
    return short_name(name or "")


def _of(name: str | None) -> str:
    return "" if name is None else f"{input_name(name)}: "


def sentence(check: Check) -> str:
    """What was found, what was asked, and which way is better; or why there is no answer."""
    if check.passed is None:
        return f"{check.metric} cannot be decided: {reason(check)}"
    if check.baseline is not None and check.reason is not None:
        return f"{check.metric}: {check.reason}"
    value, bound = value_and_bound(check)
    return f"{check.metric} is {value}, required {bound}{direction(check)}"


def direction(check: Check) -> str:
    """Which way is better, where one is."""
    return f"; {way(check)}" if check.better in ("lower", "higher") else ""


def reason(check: Check) -> str:
    """Why it could not be decided, and what to do."""
    parts = (check.reason or "it is undefined on these data", check.remedy)
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def positives_lines(checks: Sequence[Check]) -> list[str]:
    """How positives were found, a line for each way, with the figures that it is about."""
    found: dict[tuple[str | None, str], dict[str, None]] = {}
    for each in checks:
        if each.positives is not None:
            found.setdefault((each.input, each.positives), {})[each.metric] = None
    return [
        f"{_of(name)}positives of {', '.join(metrics)}: {words}"
        for (name, words), metrics in found.items()
    ]


def names_of_rows(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The columns of the rows that carry a failure; they may differ between rows."""
    return list(dict.fromkeys(name for row in rows for name in row))


def rows_line(check: Check, most: int = 10) -> str:
    """The rows that carry it in one line, worst first; empty where there are none."""
    shown = ", ".join(_row(row, check) for row in check.rows[:most])
    return f"worst rows: {shown}" if shown else ""


def _row(row: dict[str, Any], check: Check) -> str:
    """`241 (loss 5.21)`, or `241 of view 1 (loss 5.21)`."""
    place = f"{row.get('index')}"
    if "view" in row:
        place = f"{place} of view {row['view']}"
    told = _telling(row, check)
    return place if told is None else f"{place} ({told.replace('_', ' ')} {_plain(row[told])})"


def _telling(row: dict[str, Any], check: Check) -> str | None:
    """The column that the figure is made of: of its name, the loss, or the last one."""
    names = [each for each in row if each not in ("index", "view")]
    own = re.split(r"[.()]", check.metric.removesuffix(".keys"))
    for each in (*reversed(own), "loss"):
        if each in names:
            return each
    return names[-1] if names else None


def _plain(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def summary(result: CheckResult) -> str:
    """`3 of 5 rules hold; 1 fails, 1 warns`."""
    marks = [mark(check) for check in result.checks]
    if not marks:
        return "no rules were given"
    held, total, noun = marks.count(PASS), len(marks), _noun(result, len(marks))
    if total == 1:
        return f"the {noun} {_ONE[marks[0]]}"
    if held == total:
        return f"{'both' if total == 2 else f'all {total}'} {noun} hold"
    failed, warned, undecided = (marks.count(each) for each in (FAIL, WARN, OPEN))
    said = [
        f"{failed} {'fails' if failed == 1 else 'fail'}" if failed else "",
        f"{warned} {'warns' if warned == 1 else 'warn'}" if warned else "",
        f"{undecided} undecided" if undecided else "",
    ]
    verb = "holds" if held == 1 else "hold"
    return f"{held} of {total} {noun} {verb}; {', '.join(filter(None, said))}"


def _noun(result: CheckResult, total: int) -> str:
    """Rules, figures of a baseline, or both."""
    of_baseline = [check.baseline is not None for check in result.checks]
    noun = "figure" if all(of_baseline) else "check" if any(of_baseline) else "rule"
    return noun if total == 1 else f"{noun}s"


def what_was_checked(each: CheckedInput) -> str:
    """The files of an input in a line."""
    count = "" if each.n is None else f"{each.n} samples"
    size = "" if each.d is None else f"{each.d} dimensions"
    files = ", ".join(
        file.path if file.shape is None else f"{file.path} {file.shape} {file.dtype}"
        for file in each.files
    )
    return ": ".join(filter(None, (" of ".join(filter(None, (count, size))), files)))
