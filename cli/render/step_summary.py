"""A verdict as Markdown, for the page of a job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from contrastive_core.plain_text import inert, message

from .check_words import (
    input_name,
    mark,
    names_of_rows,
    positives_lines,
    sentence,
    summary,
    title,
    value_and_bound,
    what_was_checked,
)
from .layout import cell

if TYPE_CHECKING:
    from contrastive_core.gate.verdict import Check, CheckResult

_SHOWN = 10
"""Rows of a failure; GitHub refuses a summary above 1 MiB."""

_FAILURES = 50
"""Failures that are told at length."""


def markdown(result: CheckResult) -> str:
    """The count, every rule in a table, every failure with its rows."""
    return inert("\n".join(_lines(result)) + "\n")


def _lines(result: CheckResult) -> Iterator[str]:
    yield f"### contrast check: {_escaped(summary(result))}"
    yield ""
    for each in result.inputs:
        name = "" if each.name is None else f"**{_escaped(input_name(each.name))}** "
        yield f"{name}{_escaped(what_was_checked(each))}  "
    if result.checks:
        yield ""
        yield "| | rule | value | bound |"
        yield "| --- | --- | ---: | --- |"
    for check in result.checks:
        cells = (f"**{mark(check)}**", *map(_code, (title(check), *value_and_bound(check))))
        yield f"| {' | '.join(cells)} |"
    for line in positives_lines(result.checks):
        yield f"\n{_escaped(line)}"
    failures = [check for check in result.checks if check.passed is not True]
    for check in failures[:_FAILURES]:
        yield from _failure(check)
    if len(failures) > _FAILURES:
        yield f"\nand {len(failures) - _FAILURES} more"
    for warning in result.warnings:
        yield f"\n> **warning:** {_escaped(warning)}"


def _failure(check: Check) -> Iterator[str]:
    """Why, and the rows."""
    yield ""
    yield f"**{mark(check)}** {_code(title(check))}: {_escaped(sentence(check))}"
    if check.rows:
        yield ""
        yield from _rows(check.rows[:_SHOWN])


def _rows(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    names = names_of_rows(rows)
    yield f"| {' | '.join(_escaped(name) for name in names)} |"
    yield f"|{' ---: |' * len(names)}"
    for row in rows:
        yield f"| {' | '.join(_escaped(cell(name, row.get(name))) for name in names)} |"


def _code(text: str) -> str:
    """As code in a cell of a table; a backtick would end it."""
    inside = message(text).replace("`", "'").replace("|", "\\|")
    return f"`{inside}`"


def _escaped(text: str) -> str:
    """As plain words: nothing in a name or a label is a mark of Markdown or HTML."""
    return "".join(f"\\{each}" if each in "\\`*_{}[]<>#|~" else each for each in message(text))
