"""A verdict for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from contrastive_core.plain_text import message

from .check_words import (
    FAIL,
    OPEN,
    PASS,
    WARN,
    direction,
    input_name,
    mark,
    name,
    names_of_rows,
    positives_lines,
    reason,
    summary,
    value_and_bound,
    what_was_checked,
)
from .layout import FOLDED, cell, head, plain_table

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
    for line in positives_lines(result.checks):
        _print_words(Text(message(line), style="dim"), console, columns or FOLDED)
    for check in result.checks:
        if check.passed is not True:
            _print_failure(check, console, columns)
    words = summary(result)
    if result.saved is not None:
        words = f"{words}; the values are saved in {result.saved}"
    console.print()
    said = Text(message(f"{words[0].upper()}{words[1:]}"), style="bold")
    _print_words(said, console, columns or FOLDED)


def _print_inputs(result: CheckResult, console: Console, columns: int) -> None:
    """What was checked, a line or more for each input."""
    names = [input_name(each.name) for each in result.inputs]
    width = max((len(each) + 2 for each in names if each), default=0)
    for named, each in zip(names, result.inputs, strict=True):
        words = message(what_was_checked(each)) or "nothing could be read"
        first, *rest = Text(words).wrap(console, max(columns - width, 20))
        console.print(Text.assemble((named.ljust(width), "bold"), first))
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
        table.add_row(*cells, *([input_name(check.input)] if named else []))
    return table


def _print_whole(table: Table, console: Console, columns: int | None) -> None:
    """As wide as the terminal, and never so narrow that a word or a number is cut."""
    needed = Measurement.get(console, console.options, table)
    table.width = max(min(columns, needed.maximum), needed.minimum) if columns else None
    console.print(table)


def _print_failure(check: Check, console: Console, terminal: int | None) -> None:
    """The rule, why it does not hold, and the rows that carry it."""
    columns = terminal or FOLDED
    of_input = "" if check.input is None else f"  ({input_name(check.input)})"
    marked = Text(mark(check).ljust(_INDENT), STYLES[mark(check)])
    console.print()
    _print_words(Text.assemble(marked, (name(check), "bold"), of_input), console, columns)
    _print_words(Text(message(_why(check))), console, columns, indent=_INDENT)
    if check.rows:
        _print_rows(check.rows, console, terminal)


def _why(check: Check) -> str:
    """Why it does not hold, and which way is better; or why there is no answer."""
    if check.passed is None:
        return f"cannot be decided: {reason(check)}"
    if check.baseline is not None:
        return check.reason or "worse than the baseline"
    value, bound = value_and_bound(check)
    return f"{value} is not {bound}{direction(check)}"


def _print_rows(rows: Sequence[dict[str, Any]], console: Console, columns: int | None) -> None:
    """One line per row; columns that do not fit beside the others go into a further table."""
    cells = {name: [cell(name, row.get(name)) for row in rows] for name in names_of_rows(rows)}
    naming = [name for name in cells if name in ("index", "view")]
    chosen = list(naming)
    for each in cells:
        if each in naming:
            continue
        if columns and len(chosen) > len(naming) and _width(cells, [*chosen, each]) > columns:
            console.print(_table(cells, chosen))
            console.print()
            chosen = list(naming)
        chosen.append(each)
    console.print(_table(cells, chosen))


def _width(cells: dict[str, list[str]], names: Sequence[str]) -> int:
    """Columns that a table of these takes, with its indentation."""
    return _INDENT + sum(2 + max(map(len, (*name.split("_"), *cells[name]))) for name in names)


def _table(cells: dict[str, list[str]], names: Sequence[str]) -> Padding:
    """Numbers right-aligned under their names."""
    table = plain_table()
    for each in names:
        table.add_column(head(each), justify="right", vertical="bottom", no_wrap=True)
    for row in zip(*(cells[each] for each in names), strict=True):
        table.add_row(*row)
    return Padding(table, (0, 0, 0, _INDENT), expand=False)


def _print_words(text: Text, console: Console, columns: int, indent: int = 0) -> None:
    """Folded between words."""
    for line in text.wrap(console, max(columns - indent, 20)):
        line.rstrip()
        console.print(Text.assemble(" " * indent, line))
