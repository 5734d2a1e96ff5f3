"""A report in every format. Each is one function, and imports what it needs and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from ..consoles import Manners
    from ..outputs import Output, Write
    from .report import Report

Own = Callable[[IO[str]], object]
"""Writes in a format that one command has alone, or in its own way."""


def writer(report: Report, manners: Manners, own: Mapping[str, Own] | None = None) -> Write:
    """A writer of a result in whatever format.

    Args:
        report: The result.
        manners: Of the consoles.
        own: Formats that this command has alone, or writes in its own way, by name.
    """

    def write(output: Output, stream: IO[Any]) -> None:
        if own is not None and output.format in own:
            own[output.format](stream)
        else:
            _WRITERS[output.format](report, manners, stream)

    return write


def _table(report: Report, manners: Manners, stream: IO[str]) -> None:
    """For people: as wide as the terminal."""
    stream.write(printed(report, manners.console(stream), manners.columns(stream)))


def printed(report: Report, console: Console, columns: int | None) -> str:
    """What people read, without blanks at the ends of lines."""
    with console.capture() as captured:
        report.print_to(console, columns)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _json(report: Report, manners: Manners, stream: IO[str]) -> None:
    """One object that ends in lists, a line per row."""
    del manners
    from .sheets import records_of

    stream.write(_dumped(report.head(), indent=2).removesuffix("\n}"))
    for name, rows in report.lists().items():
        stream.write(f',\n  "{name}": [')
        separator = "\n    "
        for record in records_of(rows):
            stream.write(separator + _dumped(record))
            separator = ",\n    "
        stream.write("\n  ]")
    stream.write("\n}\n")


def _dumped(value: Any, indent: int | None = None) -> str:
    """JSON as everybody reads it."""
    import json

    return json.dumps(value, indent=indent, allow_nan=False, ensure_ascii=False)


def _csv(report: Report, manners: Manners, stream: IO[str]) -> None:
    """A row of names, and a row per sample."""
    del manners
    import csv

    from .sheets import cells_of, names_of

    sheet = report.table()
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(names_of(sheet))
    rows.writerows(list(map(_cell, row)) for row in cells_of(sheet))


def _cell(value: Any) -> Any:
    """Empty for nothing; a list in one cell."""
    if isinstance(value, list | tuple):
        return ";".join(map(str, value))
    return "" if value is None else value


def _value(report: Report, manners: Manners, stream: IO[str]) -> None:
    """One bare number."""
    del manners
    stream.write(f"{report.value()!r}\n")


_WRITERS: dict[str, Callable[[Report, Manners, IO[Any]], None]] = {
    "table": _table,
    "json": _json,
    "csv": _csv,
    "value": _value,
}
