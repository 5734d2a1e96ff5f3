"""Several margins: a line for each, and its bar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.measure import Measurement
from rich.table import Table

from .bars import NAMES, NARROWEST, SORTS, WIDEST, legend, stacked
from .layout import digits, half_of, head, plain_table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from contrastive_core.hardness.result import Hardness

_GAP = 2
"""Columns between numbers and bars."""

_SHARES, _MEANS = (1, 2, 3), (4, 5)
_HEADS = ("margin", *(NAMES[sort] for sort in SORTS), "mean", "mean_active")


def print_margins(margins: Sequence[Hardness], console: Console, columns: int) -> None:
    """A line for each margin: shares, means, bar; where that is too wide one below the other."""
    rows = [_numbers(each) for each in margins]
    plain = _table(rows, (*_SHARES, *_MEANS))
    width = Measurement.get(console, console.options, plain).maximum
    room = columns - width - _GAP
    console.print(legend())
    if room >= NARROWEST:
        bars = [stacked(each.fractions, min(WIDEST, room)) for each in margins]
        parts = [_table(rows, (*_SHARES, *_MEANS), bars)]
    else:
        bars = [stacked(each.fractions, min(WIDEST, columns - NARROWEST)) for each in margins]
        groups = [(*_SHARES, *_MEANS)] if width <= columns else [_SHARES, _MEANS]
        parts = [*(_table(rows, group) for group in groups), _table(rows, (), bars)]
    for part in parts:
        console.print()
        console.print(part)
    console.print()


def _numbers(found: Hardness) -> tuple[str, ...]:
    """Margin, shares and means, each with half of its interval."""
    shares = [percent(getattr(found.fractions, sort)) + half(found, sort, 100.0) for sort in SORTS]
    mean = digits(found.loss.mean) + half(found, "mean")
    active = digits(found.loss.mean_active) + half(found, "mean_active")
    return (f"{found.margin:g}", *shares, mean, active)


def percent(share: float) -> str:
    """Four significant digits."""
    return f"{100.0 * share:.4g} %"


def half(found: Hardness, name: str, factor: float = 1.0) -> str:
    """Half of a number's interval, two significant digits; nothing where it is exact."""
    interval = None if found.intervals is None else getattr(found.intervals, name)
    return half_of(interval, factor)


def _table(
    rows: Sequence[tuple[str, ...]], chosen: tuple[int, ...], bars: Sequence[Text] = ()
) -> Table:
    """The margins with some of their numbers, and their bars."""
    table = plain_table()
    for column in (0, *chosen):
        table.add_column(head(_HEADS[column]), justify="right", vertical="bottom", no_wrap=True)
    if bars:
        table.add_column("", no_wrap=True)
    for number, row in enumerate(rows):
        cells = [row[column] for column in (0, *chosen)]
        table.add_row(*cells, *bars[number : number + 1])
    return table
