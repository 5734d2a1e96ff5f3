"""One line per metric: its number, its levels, where it lies between them, and words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from .layout import digits, half_of

if TYPE_CHECKING:
    from rich.console import Console

    from contrastive_core.geometry.result import MetricValue

NAME, VALUE, SPREAD, COLLAPSED, GAUGE, RANDOM = range(6)
_HEADS = ("", "value", "95 %", "collapsed", "", "random")
_LEFT = (NAME, GAUGE, RANDOM)
_GAP = 2
_BESIDE = 34
"""Columns that words need beside the numbers; where there are fewer they go below."""

_FINE = ("no common direction",)
"""Readings that are good news."""

_INDENT = 4
_MARKS = 10
"""Places on a gauge."""


@dataclass(frozen=True)
class Line:
    """What is printed of a metric.

    Args:
        cells: Name, value, half of its interval, level of a collapsed space, gauge, random level.
        tone: The colour of value and reading.
        says: The reading, and why there is no value.
        meaning: What the metric is.
        good: What good looks like, where that was asked.
    """

    cells: tuple[str, ...]
    tone: str
    says: str
    meaning: str
    good: str

    def words(self, *, spread: bool) -> Text:
        """Reading, meaning and guide."""
        half = self.cells[SPREAD] if spread else ""
        parts = [Text(half), Text(self.says, style=f"bold {self.tone}".strip()), Text(self.meaning)]
        text = Text(" · ").join(part for part in parts if part)
        return Text("\n").join([text, Text(self.good, style="italic dim")] if self.good else [text])


def line_of(found: MetricValue, *, guide: bool) -> Line:
    """A metric as it is printed."""
    declared, of_keys = found.metric, found.name != found.metric.name
    low, high = found.collapsed, found.random
    cells = (
        found.name,
        "undefined" if found.reason is not None else digits(found.value),
        half_of(found.interval).strip(),
        "-" if low is None else digits(low),
        _gauge(found.value, low, high),
        "-" if high is None else digits(high),
    )
    return Line(
        cells=cells,
        tone=_tone(found),
        says=": ".join(filter(None, (found.reading, found.reason))),
        meaning="the same of KEYS" if of_keys else _meaning(found),
        good=declared.good if guide and not of_keys else "",
    )


def _meaning(found: MetricValue) -> str:
    """What it is; how many rows are not in it."""
    left_out = f"; {found.left_out} rows left out" if found.left_out else ""
    return f"{found.metric.meaning}{left_out}"


def _tone(found: MetricValue) -> str:
    """Red for collapse, yellow for what else is worth a look; the words say it too."""
    said = found.reading or ""
    if "collapsed" in said:
        return "red"
    if said in _FINE:
        return "green"
    return "yellow" if said or found.reason is not None else ""


def _gauge(value: float, low: float | None, high: float | None) -> str:
    """Where the value lies from collapsed, on the left, to random."""
    if low is None or high is None or low == high or math.isnan(value):
        return ""
    share = (value - low) / (high - low)
    if share < 0:
        return f"◀{'─' * _MARKS}┤"
    if share > 1:
        return f"├{'─' * _MARKS}▶"
    place = min(int(share * _MARKS), _MARKS - 1)
    return f"├{'─' * place}●{'─' * (_MARKS - 1 - place)}┤"


@dataclass(frozen=True)
class Layout:
    """Which columns are printed, how wide they are, and where the words go.

    Args:
        shown: The columns, in their order.
        widths: Of all columns.
        columns: Of the page.
        gap: Blanks between two columns.
    """

    shown: tuple[int, ...]
    widths: tuple[int, ...]
    columns: int
    gap: int = _GAP

    @property
    def numbers(self) -> int:
        """Columns up to the words."""
        return sum(self.widths[each] + self.gap for each in self.shown)

    @property
    def beside(self) -> bool:
        """Whether words stand beside the numbers."""
        return self.columns - self.numbers >= _BESIDE

    def print_head(self, console: Console) -> None:
        """The names of the columns."""
        console.print(Text(self._joined(_HEADS).rstrip(), style="dim"))

    def print_line(self, line: Line, console: Console) -> None:
        """A metric: the numbers in one line, the words beside it or below."""
        start = self.numbers if self.beside else _INDENT
        words = line.words(spread=SPREAD not in self.shown)
        folded = list(words.wrap(console, self.columns - start)) if words else []
        numbers = self._styled(line)
        if self.beside:
            first = folded.pop(0) if folded else Text()
            console.print(Text.assemble(numbers, first))
        else:
            numbers.rstrip()
            console.print(numbers)
        for each in folded:
            console.print(Text.assemble(" " * start, each))

    def _joined(self, cells: Sequence[str]) -> str:
        return "".join(self._cell(each, cells[each]) for each in self.shown)

    def _cell(self, column: int, text: str) -> str:
        width = self.widths[column]
        placed = text.ljust(width) if column in _LEFT else text.rjust(width)
        return placed + " " * self.gap

    def _styled(self, line: Line) -> Text:
        styles = {NAME: "bold", VALUE: line.tone, GAUGE: line.tone}
        parts = [(self._cell(each, line.cells[each]), styles.get(each, "")) for each in self.shown]
        return Text.assemble(*parts)


def layout_of(lines: Sequence[Line], columns: int) -> Layout:
    """The widest layout that fits.

    The gauge goes first, then the words go below the numbers, then the columns move closer. A line
    of numbers is never broken; where even the least does not fit, it is longer than the page.
    """
    widths = tuple(
        max(len(text) for text in (_HEADS[column], *(line.cells[column] for line in lines)))
        for column in range(len(_HEADS))
    )
    every = tuple(
        column for column in range(len(_HEADS)) if any(line.cells[column] for line in lines)
    )
    bare = tuple(column for column in every if column != GAUGE)
    least = tuple(column for column in bare if column != SPREAD)
    layouts = [Layout(shown, widths, columns) for shown in (every, bare, least)]
    layouts.append(Layout(least, widths, columns, gap=1))
    beside = [each for each in layouts[:2] if each.beside]
    fitting = [each for each in layouts if each.numbers - each.gap <= columns]
    return (beside or fitting or layouts[-1:])[0]
