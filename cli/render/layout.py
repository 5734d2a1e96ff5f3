"""What printed results share: grids of facts, tables of numbers, folding of words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from rich.box import SIMPLE_HEAD
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from contrastive_core.plain_text import message, short_name

from .sheets import NAMES

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

    from contrastive_core.dropped import Dropped
    from contrastive_core.inputs import InputFile
    from contrastive_core.labelled import Positives
    from contrastive_core.rows import Rows

FOLDED = 140
"""Columns to which long sentences are folded off a terminal; numbers never are."""


@dataclass(frozen=True)
class Heading:
    """A line above a part of the page, folded where columns are said; in Markdown a heading."""

    text: str
    columns: int | None = None
    style: str = "bold"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The line, or the lines it is folded to."""
        line = Text(message(self.text), style=self.style)
        yield from [line] if self.columns is None else line.wrap(console, self.columns)


@dataclass(frozen=True)
class Figure:
    """Lines whose characters stand below each other; in Markdown they stand in a fence."""

    lines: Sequence[str]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The lines."""
        yield from map(Text, self.lines)


@runtime_checkable
class Laid(Protocol):
    """What is laid out by hand on a terminal, and is a table in Markdown."""

    def table(self) -> Table | None:
        """The same as a table; None for what another table says."""


def print_title(title: str, console: Console, columns: int | None) -> None:
    """A heading, after an empty line."""
    console.print()
    console.print(Heading(title, columns or FOLDED))


def print_tables(tables: Sequence[Table], console: Console) -> None:
    """One below the other, with room between them."""
    for number, table in enumerate(tables):
        if number:
            console.print()
        console.print(table)


def print_folded(table: Table, console: Console, columns: int | None) -> None:
    """A table as wide as its content, or as the terminal."""
    natural = Measurement.get(console, console.options, table).maximum
    table.width = min(columns, natural) if columns else None
    console.print(table)


def grid() -> Table:
    """Name, number, meaning."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def add_left_out(table: Table, dropped: Dropped | None) -> None:
    """A line for rows that were left out."""
    if dropped is not None:
        table.add_row("left out", str(dropped.samples), dropped.sentence)


def add_joined(table: Table, inputs: Iterable[InputFile]) -> None:
    """A line for each file whose ids were compared, or joined by."""
    for each in inputs:
        if each.joined is not None:
            table.add_row("ids", "", f"{each.path}: {each.joined}")


def plain_table() -> Table:
    """Numbers under a head."""
    return Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 0, 0, 1))


def rows_tables(listed: Rows, naming: Collection[str], columns: int | None) -> list[Table]:
    """One line per row; columns that do not fit beside the others go into a further table.

    Args:
        listed: The rows.
        naming: The columns that name a row, which every table begins with.
        columns: How wide a table may be; None for one table.
    """
    names = [name for name, _ in listed.columns()]
    lines = [list(map(cell, names, row)) for row in listed.rows(0, len(listed))]
    cells = {name: [line[place] for line in lines] for place, name in enumerate(names)}
    return cells_tables(cells, [name for name in names if name in naming], columns)


def cells_tables(
    cells: dict[str, list[str]], first: Sequence[str], columns: int | None
) -> list[Table]:
    """Columns of cells; those that do not fit beside the others go into a further table.

    Args:
        cells: By the name of the column.
        first: The columns that every table begins with.
        columns: How wide a table may be; None for one table.
    """
    tables, chosen = [], list(first)
    for name in cells:
        if name in first:
            continue
        if columns and len(chosen) > len(first) and _width(cells, [*chosen, name]) > columns:
            tables.append(_cells_table(cells, chosen))
            chosen = list(first)
        chosen.append(name)
    return [*tables, _cells_table(cells, chosen)]


def _width(cells: dict[str, list[str]], names: Sequence[str]) -> int:
    """Columns that a table of these takes."""
    return sum(2 + max(map(len, (*name.split("_"), *cells[name]))) for name in names)


def print_words(text: str, console: Console, columns: int | None, style: str = "") -> None:
    """A sentence, folded."""
    for each in Text(message(text), style=style).wrap(console, columns or FOLDED):
        console.print(each)


def _cells_table(cells: dict[str, list[str]], names: Sequence[str]) -> Table:
    table = plain_table()
    for name in names:
        table.add_column(head(name), justify="right", vertical="bottom", no_wrap=True)
    for row in zip(*(cells[name] for name in names), strict=True):
        table.add_row(*row)
    return table


def head(name: str) -> Text:
    """The name of a column, a line for each of its words."""
    return Text(name.replace("_", "\n"))


def cell(name: str, value: Any) -> str:
    """A value of a column as it is printed."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return short_name(value)
    if name in NAMES:
        return str(value)
    if isinstance(value, float):
        return digits(value)
    return "-" if isinstance(value, int) and value < 0 else str(value)


def digits(value: float) -> str:
    """Six significant digits."""
    return f"{value:.6g}"


def half_of(interval: tuple[float, float] | None, factor: float = 1.0) -> str:
    """Half of an interval, two significant digits; nothing where there is none."""
    if interval is None:
        return ""
    return f" ± {factor * (interval[1] - interval[0]) / 2:.2g}"


def positives_words(found: Positives) -> str:
    """How the positives were found."""
    return f"assumed: {found.description}" if found.assumed else found.description
