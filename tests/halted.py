"""`contrast`, halted in the middle of writing: says so on a pipe, and waits for a word on another.

Run as a program: halted.py TOLD GO named|nameless ARGUMENTS..., where TOLD and GO are pipes.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from contrast_cli.__main__ import main

from contrastive_core import whole_files
from contrastive_core.rows import Rows

_ROWS = 3


def _halt(told: str, go: str) -> None:
    Path(told).write_text("half\n")
    Path(go).read_text()


def _halting(told: str, go: str) -> None:
    """Every way to write rows stops after some of them."""
    rows, batch = Rows.rows, pq.ParquetWriter.write_batch

    def some(self: Rows, start: int, stop: int) -> Iterator[tuple[Any, ...]]:
        for number, row in enumerate(rows(self, start, stop)):
            if number == _ROWS:
                _halt(told, go)
            yield row

    def first(self: Any, *arguments: Any) -> None:
        batch(self, *arguments)
        _halt(told, go)

    Rows.rows = some  # type: ignore[method-assign]
    pq.ParquetWriter.write_batch = first


if __name__ == "__main__":
    _, told, go, names, *arguments = sys.argv
    if names == "named":
        whole_files._NAMELESS = 0
    _halting(told, go)
    sys.argv = ["contrast", *arguments]
    main()
