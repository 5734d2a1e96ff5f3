"""What files hold, as json and csv."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

from contrastive_core.version import VERSION

from .records import SCHEMA

if TYPE_CHECKING:
    from contrastive_core.holdings.parts import ListFacts, Part, VectorFacts
    from contrastive_core.holdings.result import FileInfo

COLUMNS = (
    *("path", "format", "shape", "dtype", "bytes", "rows", "d", "norm_min", "norm_median"),
    *("norm_max", "bad", "duplicates"),
)
"""The columns of csv."""


def write_info_json(found: Sequence[FileInfo], stream: IO[str]) -> None:
    """One object, with an entry per file."""
    whole = {
        "schema": SCHEMA,
        "command": "info",
        "version": VERSION,
        "inputs": [_input(each) for each in found],
        "warnings": [warning for each in found for warning in each.warnings],
        "files": [_file(each) for each in found],
    }
    stream.write(json.dumps(whole, indent=2, allow_nan=False, ensure_ascii=False) + "\n")


def write_info_csv(found: Sequence[FileInfo], stream: IO[str]) -> None:
    """One row per file; per column of vectors where it has several."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in found:
        parts: Sequence[Part | None] = each.vectors or each.parts[:1] or [None]
        for part in parts:
            name = each.path if part is None or len(parts) == 1 else part.name
            writer.writerow([name, each.format, *_cells(each, part)])


def _cells(found: FileInfo, part: Part | None) -> list[Any]:
    """A part in the columns behind path and format; empty where one means nothing."""
    from contrastive_core.holdings.parts import ListFacts, VectorFacts

    if isinstance(part, VectorFacts):
        norms = part.norms
        counts = (part.bad.rows, part.duplicates.rows)
        shape = "x".join(map(str, part.shape))
        lengths = (norms.min, norms.median, norms.max)
        return [shape, part.dtype, found.bytes, part.rows, part.d, *lengths, *counts]
    if isinstance(part, ListFacts):
        width = len(part.columns)
        bad = part.own.rows + part.nulls.rows
        again = part.duplicates.rows
        return [f"{part.rows}x{width}", "", found.bytes, part.rows, width, "", "", "", bad, again]
    rows = "" if part is None else part.rows
    return [rows, "", found.bytes, rows, *[""] * 6]


def _input(found: FileInfo) -> dict[str, Any]:
    """As every command names what it read."""
    dtype = found.vectors[0].dtype if found.vectors else None
    shape = list(found.shape) or None
    return {
        "role": "file",
        "path": found.path,
        "format": found.format,
        "shape": shape,
        "dtype": dtype,
    }


def _file(found: FileInfo) -> dict[str, Any]:
    """A file with its parts by what they are."""
    return {
        **{name: value for name, value in _input(found).items() if name != "role"},
        "bytes": found.bytes,
        "shards": list(found.shards),
        "passed_over": list(found.passed_over),
        "entries": [dataclasses.asdict(each) for each in found.entries],
        "vectors": [_vectors(each) for each in found.vectors],
        "labels": [_plain(each) for each in found.labels],
        "values": [_plain(each) for each in found.numbers],
        "lists": [_list(each) for each in found.lists],
        "read_as": [dataclasses.asdict(each) for each in found.uses],
        "problem": found.problem or None,
    }


def _vectors(part: VectorFacts) -> dict[str, Any]:
    bad = {kind: dataclasses.asdict(each) for kind, each in part.bad.kinds.items()}
    plain = _plain(part)
    return {
        **plain,
        "order": part.order or None,
        "chosen": part.chosen or None,
        "rows": part.rows,
        "d": part.d,
        "bad": {"rows": part.bad.rows, **bad},
    }


def _list(part: ListFacts) -> dict[str, Any]:
    inner = ("minus_one", "could_be_triplets", "by_name")
    return {name: value for name, value in _plain(part).items() if name not in inner}


def _plain(part: Any) -> dict[str, Any]:
    """A part as it is, without numbers that JSON has not."""
    found: dict[str, Any] = _finite(dataclasses.asdict(part))
    return found


def _finite(value: Any) -> Any:
    """null for NaN and infinity, however deep."""
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
