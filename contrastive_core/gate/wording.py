"""A verdict in plain words, for the message of a failed test."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..plain_text import plain
from .verdict import FAILED, UNDECIDED, Check, CheckResult

_BETTER = {
    "lower": "lower is better",
    "higher": "higher is better",
    "neither": "neither way is better",
}


def way(check: Check) -> str:
    """Which way is better; of a rule that bounds that way, that it does."""
    for sign, good, side in (("<", "higher", "from above"), (">", "lower", "from below")):
        if check.baseline is None and check.better == good and check.op.startswith(sign):
            return f"the rule bounds it {side}, though {good} is better"
    return _BETTER[check.better]


def in_words(result: CheckResult) -> str:
    """What failed or could not be decided, with the rows that carry it; then what holds."""
    files = ", ".join(file.path for each in result.inputs for file in each.files)
    title = {FAILED: "a check failed", UNDECIDED: "a check could not be decided"}
    lines = [f"contrast: {title.get(result.outcome, 'passed')}{f': {files}' if files else ''}"]
    for check in result.checks:
        if check.passed is not True:
            lines += ["", *check_in_words(check)]
    held = [_held(check) for check in result.checks if check.passed]
    told = [f"warning: {text}" for text in result.warnings]
    told += [f"note: {text}" for text in result.notes]
    for part in (held, told):
        lines += ["", *part] if part else []
    return "\n".join(map(plain, lines))


def check_in_words(check: Check) -> list[str]:
    """One check that does not hold, in lines."""
    name = f"{check.input}: {check.rule}" if check.input else check.rule
    state = "undecided" if check.passed is None else f"broken ({check.level})"
    lines = [f"{name}: {state}"]
    if check.value is not None:
        required = f"required {check.op} {check.bound!r}; {way(check)}"
        lines.append(f"  {check.metric} is {check.value!r}, {required}")
    if check.reason and (check.passed is None or check.baseline is not None):
        lines.append(f"  {check.reason}")
    lines += [f"  {check.remedy}"] if check.remedy else []
    if check.rows:
        lines += ["  the rows that carry it, worst first:", *_table(check.rows)]
    return lines


def _held(check: Check) -> str:
    name = f"{check.input}: {check.rule}" if check.input else check.rule
    return f"holds: {name} ({check.metric} is {check.value!r})"


def _table(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Rows under the names of their values, aligned to the right."""
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [names, *([_cell(row.get(name)) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(names))]
    return [
        "    " + "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        for line in cells
    ]


def _cell(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else "" if value is None else str(value)
