"""What files hold, as a report."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contrastive_core.errors import BadParameter

from .records import heading
from .report import Records

if TYPE_CHECKING:
    from rich.console import Console

    from contrastive_core.holdings.parts import ListFacts, Part, VectorFacts
    from contrastive_core.holdings.result import FileInfo

COLUMNS = (
    *("path", "format", "shape", "dtype", "bytes", "rows", "d", "norm_min", "norm_median"),
    *("norm_max", "bad", "duplicates"),
)
"""The columns of a row."""

_TYPES = {
    **dict.fromkeys(("bytes", "rows", "d", "bad", "duplicates"), "count"),
    **dict.fromkeys(("norm_min", "norm_median", "norm_max"), "number"),
}
"""Of the columns; the others are text."""


@dataclass(frozen=True)
class InfoReport:
    """What files hold."""

    found: Sequence[FileInfo]

    def head(self) -> dict[str, Any]:
        """One object, with an entry per file."""
        warnings = [warning for each in self.found for warning in each.warnings]
        return {
            **heading("info", (), warnings),
            "inputs": [_input(each) for each in self.found],
            "files": [_file(each) for each in self.found],
        }

    def lists(self) -> dict[str, Any]:
        """None: all is in the entries of the files."""
        return {}

    def table(self) -> Records:
        """One row per file; per column of vectors where it has several."""
        rows = []
        for each in self.found:
            parts: Sequence[Part | None] = each.vectors or each.parts[:1] or [None]
            for part in parts:
                name = each.path if part is None or len(parts) == 1 else part.name
                known = {"path": name, "format": each.format, **_cells(each, part)}
                rows.append({column: known.get(column) for column in COLUMNS})
        return Records(rows, _TYPES)

    def print_to(self, console: Console, columns: int | None) -> None:
        """A section per file."""
        from .info import print_info

        print_info(self.found, console, columns=columns)

    def value(self) -> float:
        """Files are not one number."""
        raise BadParameter(
            "output",
            expected="a format that tells of files",
            got="value",
            remedy="contrast info FILE -o json has every number.",
        )


def _cells(found: FileInfo, part: Part | None) -> dict[str, Any]:
    """A part by the names of the columns; without those that mean nothing of it."""
    from contrastive_core.holdings.parts import ListFacts, VectorFacts

    if isinstance(part, VectorFacts):
        norms = part.norms
        return {
            "shape": "x".join(map(str, part.shape)),
            "dtype": part.dtype,
            "bytes": found.bytes,
            "rows": part.rows,
            "d": part.d,
            "norm_min": norms.min,
            "norm_median": norms.median,
            "norm_max": norms.max,
            "bad": part.bad.rows,
            "duplicates": part.duplicates.rows,
        }
    if isinstance(part, ListFacts):
        width = len(part.columns)
        return {
            "shape": f"{part.rows}x{width}",
            "bytes": found.bytes,
            "rows": part.rows,
            "d": width,
            "bad": part.own.rows + part.nulls.rows,
            "duplicates": part.duplicates.rows,
        }
    if part is None:
        return {"bytes": found.bytes}
    return {"shape": str(part.rows), "bytes": found.bytes, "rows": part.rows}


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
