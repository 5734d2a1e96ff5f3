"""The formats of rows that are text: csv, tsv, and jsonl."""

from __future__ import annotations

import csv
import json
from typing import IO, TYPE_CHECKING, Any

from contrastive_core.plain_text import json_text

from .sheets import cells_of, names_of, records_of

if TYPE_CHECKING:
    from .report import Sheet


def write_separated(sheet: Sheet, stream: IO[str], separator: str) -> None:
    """A row of names, and a row per sample; a cell that holds the separator is quoted."""
    rows = csv.writer(stream, delimiter=separator, lineterminator="\n")
    rows.writerow(names_of(sheet))
    rows.writerows(list(map(_cell, row)) for row in cells_of(sheet))


def _cell(value: Any) -> Any:
    """Empty for nothing; a list in one cell; a truth as in JSON."""
    if isinstance(value, list | tuple):
        return ";".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value


def write_lines(sheet: Sheet, stream: IO[str]) -> None:
    """One object per sample, each in a line of its own."""
    for record in records_of(sheet):
        told = json.dumps(record, allow_nan=False, ensure_ascii=False)
        stream.write(f"{json_text(told)}\n")
