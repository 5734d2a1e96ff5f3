"""A verdict for a job of GitHub Actions: annotations, plain lines, a summary of the step.

Workflow commands are escaped as actions/toolkit escapes them. GitHub shows ten annotations of a
step and drops the rest without a word, so no more are written, and what is left out is counted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from contrastive_core.plain_text import message

from .check_words import FAIL, OPEN, WARN, mark, rows_line, sentence, summary, title

if TYPE_CHECKING:
    from contrastive_core.gate.verdict import Check, CheckResult

    from ..consoles import Manners

SUMMARY = "GITHUB_STEP_SUMMARY"
"""The variable that names the file of the step's summary."""

_MOST = 10
"""Annotations that GitHub shows of a step."""

_COMMANDS = {FAIL: "error", OPEN: "error", WARN: "warning"}
"""What is annotated, and how; the first comes first."""


def write_github(result: CheckResult, stream: IO[str]) -> None:
    """Annotations, errors first; then every rule in a line of text."""
    told = list(_annotations(result))
    for line in told[:_MOST]:
        stream.write(f"{line}\n")
    if len(told) > _MOST:
        stream.write(f"and {len(told) - _MOST} more, in the lines below\n")
    for check in result.checks:
        stream.write(f"{mark(check):<5} {message(f'{title(check)}: {sentence(check)}')}\n")
    words = summary(result)
    stream.write(f"{words[0].upper()}{words[1:]}\n")


def _annotations(result: CheckResult) -> Iterator[str]:
    """A command for every rule that does not hold, then one for every note."""
    order = list(_COMMANDS)
    open_ones = [check for check in result.checks if mark(check) in _COMMANDS]
    for check in sorted(open_ones, key=lambda each: order.index(mark(each))):
        yield command(_COMMANDS[mark(check)], f"contrast check: {title(check)}", _message(check))
    for note in result.notes:
        yield command("notice", "contrast check", message(note))


def _message(check: Check) -> str:
    """What was found and asked, and the rows that carry it."""
    return "\n".join(message(each) for each in (sentence(check), rows_line(check)) if each)


def command(name: str, heading: str, message: str) -> str:
    """A workflow command."""
    return f"::{name} title={_property(heading)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def append_summary(result: CheckResult, manners: Manners) -> None:
    """Add the verdict to the summary of the step, behind what others have written.

    Outside a job nothing is written. A summary that cannot be is a warning: the verdict stands.
    """
    written = os.environ.get(SUMMARY)
    if not written:
        return
    from .step_summary import markdown

    try:
        with Path(written).open("a", encoding="utf-8", newline="") as file:
            file.write(markdown(result))
    except OSError as error:
        why = error.strerror or error
        manners.warn(f"{SUMMARY}: the summary cannot be written to {written}: {why}")
