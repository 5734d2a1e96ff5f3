"""A verdict for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .check_words import (
    FAIL,
    OPEN,
    PASS,
    WARN,
    direction,
    mark,
    name,
    names_of_rows,
    reason,
    summary,
    value_and_bound,
    what_was_checked,
)
from .layout import FOLDED, cell, plain_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from contrastive_core.gate.verdict import Check, CheckResult

STYLES = {PASS: "green", FAIL: "bold red", WARN: "yellow", OPEN: "magenta"}

_INDENT = 6
"""Columns of a mark with the room behind it."""


def print_check(result: CheckResult, console: Console, columns: int | None) -> None:
    """All rules in lines, failures with their rows, what is undecided, the count.

    Words are folded to the terminal's columns; numbers never are.
    """
    _print_inputs(result, console, columns or FOLDED)
    if result.checks:
        console.print()
        _print_whole(_rules(result.checks), console, columns)
    for check in result.checks:
        if check.passed is not True:
            _print_failure(check, console, columns or FOLDED)
    words = summary(result)
    if result.saved is not None:
        words = f"{words}; the values are saved in {result.saved}"
    console.print()
    _print_words(Text(f"{words[0].upper()}{words[1:]}", style="bold"), console, columns or FOLDED)


def _print_inputs(result: CheckResult, console: Console, columns: int) -> None:
    """What was checked, a line or more for each input."""
    width = max((len(each.name) + 2 for each in result.inputs if each.name), default=0)
    for each in result.inputs:
        words = what_was_checked(each) or "nothing could be read"
        first, *rest = Text(words).wrap(console, max(columns - width, 20))
        console.print(Text.assemble(((each.name or "").ljust(width), "bold"), first))
        for line in rest:
            console.print(Text.assemble(" " * width, line))


def _rules(checks: Sequence[Check]) -> Table:
    """Mark, rule, value, bound, and the input where there are several."""
    table = plain_table()
    table.add_column("", no_wrap=True)
    table.add_column("rule", min_width=max(len(w) for c in checks for w in name(c).split()))
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("bound", no_wrap=True)
    named = any(check.input is not None for check in checks)
    if named:
        table.add_column("input", no_wrap=True)
    for check in checks:
        cells = (Text(mark(check), STYLES[mark(check)]), name(check), *value_and_bound(check))
        table.add_row(*cells, *([check.input or ""] if named else []))
    return table


def _print_whole(table: Table, console: Console, columns: int | None) -> None:
    """As wide as the terminal, and never so narrow that a word or a number is cut."""
    needed = Measurement.get(console, console.options, table)
    table.width = max(min(columns, needed.maximum), needed.minimum) if columns else None
    console.print(table)


def _print_failure(check: Check, console: Console, columns: int) -> None:
    """The rule, why it does not hold, and the rows that carry it."""
    of_input = "" if check.input is None else f"  ({check.input})"
    head = Text(mark(check).ljust(_INDENT), STYLES[mark(check)])
    console.print()
    _print_words(Text.assemble(head, (name(check), "bold"), of_input), console, columns)
    _print_words(Text(_why(check)), console, columns, indent=_INDENT)
    if check.rows:
        console.print(Padding(_rows(check.rows), (0, 0, 0, _INDENT), expand=False))


def _why(check: Check) -> str:
    """Why it does not hold, and which way is better; or why there is no answer."""
    if check.passed is None:
        return f"cannot be decided: {reason(check)}"
    if check.baseline is not None:
        return check.reason or "worse than the baseline"
    value, bound = value_and_bound(check)
    return f"{value} is not {bound}{direction(check)}"


def _rows(rows: Sequence[dict[str, Any]]) -> Table:
    """One line per row, numbers right-aligned."""
    table = plain_table()
    columns = names_of_rows(rows)
    for each in columns:
        table.add_column(each.replace("_", "\n"), justify="right", vertical="bottom", no_wrap=True)
    for row in rows:
        table.add_row(*(cell(each, row.get(each)) for each in columns))
    return table


def _print_words(text: Text, console: Console, columns: int, indent: int = 0) -> None:
    """Folded between words."""
    for line in text.wrap(console, max(columns - indent, 20)):
        line.rstrip()
        console.print(Text.assemble(" " * indent, line))
