"""A report in every format. Each is one function, and imports what it needs and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO, TYPE_CHECKING, Any

from contrastive_core.plain_text import inert, json_text

if TYPE_CHECKING:
    from rich.console import Console

    from contrastive_core.rows import Rows

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
    return inert("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


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
    """JSON as everybody reads it; a table is a list of its rows."""
    import json

    told = json.dumps(value, indent=indent, allow_nan=False, ensure_ascii=False, default=_listed)
    return json_text(told)


def _listed(rows: Rows) -> list[dict[str, Any]]:
    from .sheets import records_of

    return list(records_of(rows))


def _jsonl(report: Report, manners: Manners, stream: IO[str]) -> None:
    """One object per sample."""
    del manners
    from .rows_formats import write_lines

    write_lines(report.table(), stream)


def _csv(report: Report, manners: Manners, stream: IO[str]) -> None:
    """One row per sample."""
    del manners
    from .rows_formats import write_separated

    write_separated(report.table(), stream, ",")


def _tsv(report: Report, manners: Manners, stream: IO[str]) -> None:
    """One row per sample, tabs between the cells."""
    del manners
    from .rows_formats import write_separated

    write_separated(report.table(), stream, "\t")


def _parquet(report: Report, manners: Manners, stream: IO[bytes]) -> None:
    """One row per sample, in columns with types."""
    del manners
    from .parquet import write_parquet

    write_parquet(report, stream)


def _md(report: Report, manners: Manners, stream: IO[str]) -> None:
    """What the table says, for a page that renders Markdown."""
    del manners
    from .markdown import Markdown

    page = Markdown()
    report.print_to(page, None)
    for warning in report.head()["warnings"]:
        page.warn(warning)
    stream.write(inert(page.text))


def _value(report: Report, manners: Manners, stream: IO[str]) -> None:
    """One bare number."""
    del manners
    stream.write(f"{report.value()!r}\n")


_WRITERS: dict[str, Callable[[Report, Manners, IO[Any]], None]] = {
    "table": _table,
    "json": _json,
    "jsonl": _jsonl,
    "csv": _csv,
    "tsv": _tsv,
    "md": _md,
    "parquet": _parquet,
    "value": _value,
}
