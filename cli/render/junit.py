"""A verdict as JUnit XML: a test suite per input, a test case per rule.

What CI servers agree on, and no more: no attribute is written that one of them refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, TYPE_CHECKING
from xml.etree import ElementTree as ET

from contrastive_core.plain_text import message
from contrastive_core.version import VERSION

from .check_words import FAIL, OPEN, WARN, mark, name, rows_line, sentence

if TYPE_CHECKING:
    from contrastive_core.gate.verdict import Check, CheckedInput, CheckResult

_NO_TIME = "0"
"""Rules share measurings, as metrics do theirs: no rule has a time of its own."""


def write_junit(result: CheckResult, stream: IO[str]) -> None:
    """One document."""
    root = ET.Element("testsuites", {"name": "contrast check", **_counts(result.checks)})
    for each in result.inputs:
        own = [check for check in result.checks if check.input == each.name]
        root.append(_suite(each, own))
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    stream.write(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n')


def _suite(each: CheckedInput, checks: Sequence[Check]) -> ET.Element:
    """An input with its rules."""
    suite = ET.Element("testsuite", {"name": message(_name(each)), **_counts(checks)})
    facts = {"version": VERSION, "n": each.n, "d": each.d}
    files = {file.role: file.path for file in each.files}
    properties = ET.SubElement(suite, "properties")
    for key, value in {**facts, **files}.items():
        if value is not None:
            ET.SubElement(properties, "property", name=key, value=message(str(value)))
    suite.extend(_case(check) for check in checks)
    return suite


def _name(each: CheckedInput) -> str:
    """The name of the input, or its first file."""
    return each.name or next((file.path for file in each.files), "contrast check")


def _counts(checks: Sequence[Check]) -> dict[str, str]:
    """How many there are, and what became of them; a warning is no failure."""
    marks = [mark(check) for check in checks]
    counts = {"tests": len(marks), "failures": marks.count(FAIL), "errors": marks.count(OPEN)}
    return {**{key: str(count) for key, count in counts.items()}, "time": _NO_TIME}


def _case(check: Check) -> ET.Element:
    """A rule."""
    place = ".".join(filter(None, ("contrast.check", check.input)))
    case = ET.Element("testcase", classname=message(place), name=name(check), time=_NO_TIME)
    sort = "rule" if check.baseline is None else "baseline"
    became = mark(check)
    if became == FAIL:
        _say(case, "failure", sort, sentence(check), rows_line(check))
    elif became == OPEN:
        _say(case, "error", "undecided", sentence(check), "")
    told = [f"warning: {sentence(check)}", rows_line(check)] if became == WARN else []
    told += [] if check.positives is None else [f"positives: {check.positives}"]
    if told:
        ET.SubElement(case, "system-out").text = _lines(*told)
    return case


def _say(case: ET.Element, tag: str, sort: str, said: str, more: str) -> None:
    """Why a case did not pass: in short as an attribute, in full as text."""
    element = ET.SubElement(case, tag, type=sort, message=message(said))
    element.text = _lines(said, more)


def _lines(*said: str) -> str:
    """One below the other; XML, too, holds nothing that is not plain."""
    return "\n".join(message(each) for each in said if each)
