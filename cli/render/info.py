"""What files hold, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from contrastive_core.plain_text import message, short_name
from contrastive_core.resources import format_size

from .info_lines import Line, lines_of
from .layout import FOLDED, Heading, print_folded, print_title

if TYPE_CHECKING:
    from rich.console import Console

    from contrastive_core.holdings.result import FileInfo, Held, Use

_LISTED = 12
"""Arrays, columns, or shards that are named."""

_MARKS = {"assumed": "yellow", "refused": "red"}
"""Colours of ways to read a file that deserve a look."""


def print_info(found: Sequence[FileInfo], console: Console, *, columns: int | None) -> None:
    """A section per file, folded to the terminal's columns."""
    for number, each in enumerate(found):
        if number:
            console.print()
        _print_file(each, console, columns or FOLDED)


def _print_file(found: FileInfo, console: Console, columns: int) -> None:
    console.print(Heading(found.path, style="bold underline"))
    facts = list(_facts(found))
    if len(found.parts) == 1:
        facts += lines_of(found.parts[0], found.format)
    _print_grid(facts, console, columns)
    for part in found.parts if len(found.parts) > 1 else ():
        console.print()
        console.print(Heading(part.name))
        _print_grid(lines_of(part, found.format), console, columns)
    if found.uses:
        print_title("read as", console, columns)
        _print_uses(found.uses, console, columns)


def _print_uses(uses: Sequence[Use], console: Console, columns: int) -> None:
    """What is typed, and below it what that takes the file for."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for use in uses:
        table.add_row(Text(f"  {use.status}", style=_MARKS.get(use.status, "")), use.command)
        table.add_row("", Text(message(use.meaning), style="dim"))
    print_folded(table, console, columns)


def _print_grid(lines: Sequence[Line], console: Console, columns: int) -> None:
    """Names, and what is said of each."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in lines:
        table.add_row(Text(f"  {name}", style="bold"), text)
    print_folded(table, console, columns)


def _facts(found: FileInfo) -> Iterator[Line]:
    """Of the file itself."""
    yield "format", f"{found.format}, {format_size(found.bytes)} on disk"
    if found.shards:
        yield "shards", _some([*map(short_name, found.shards)])
    if found.passed_over:
        yield "passed over", _some([*map(short_name, found.passed_over)])
    if len(found.entries) > 1 or found.entries[0].name:
        yield "holds", _some([_entry(each) for each in found.entries])
    if found.problem:
        yield "undecided", found.problem


def _entry(entry: Held) -> str:
    taken = "" if entry.taken or entry.holds != "vectors" else ", left out"
    return f"{short_name(entry.name)}: {short_name(entry.type)} ({entry.holds}{taken})"


def _some(names: Sequence[Any]) -> str:
    """The first of many, and how many there are."""
    shown = ", ".join(map(str, names[:_LISTED]))
    return shown if len(names) <= _LISTED else f"{len(names)}: {shown}, ..."
