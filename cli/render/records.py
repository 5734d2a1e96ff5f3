"""json and csv: every number at full precision; NaN is null in json and nan in csv."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

from contrastive_core.version import VERSION

if TYPE_CHECKING:
    from contrastive_core.summary import LossResult, Samples

SCHEMA = "contrast/1"

_ROWS = 4096
"""Samples turned into Python numbers at a time."""


def write_json(result: LossResult, stream: IO[str], *, every_sample: bool) -> None:
    """One object; a line per sample."""
    head = json.dumps(_loss_object(result), indent=2, allow_nan=False)
    stream.write(head.removesuffix("\n}"))
    lists = {"worst": result.worst}
    if every_sample:
        lists["per_sample"] = result.samples
    for name, samples in lists.items():
        stream.write(f',\n  "{name}": [')
        separator = "\n    "
        for record in _records(samples):
            stream.write(separator + json.dumps(record, allow_nan=False))
            separator = ",\n    "
        stream.write("\n  ]")
    stream.write("\n}\n")


def write_csv(result: LossResult, stream: IO[str]) -> None:
    """One row per sample."""
    columns = result.samples.columns()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([name for name, _ in columns])
    for start in range(0, len(result.samples.index), _ROWS):
        parts = [values[start : start + _ROWS].tolist() for _, values in columns]
        writer.writerows(zip(*parts, strict=True))


def _loss_object(result: LossResult) -> dict[str, Any]:
    """The result without its samples."""
    return {
        "schema": SCHEMA,
        "command": "loss",
        "version": VERSION,
        "inputs": [dataclasses.asdict(each) for each in result.inputs],
        "warnings": list(result.warnings),
        "kind": result.kind,
        "value": _number(result.value),
        "reduction": result.reduction,
        "n": result.n,
        "undefined": result.undefined,
        "candidates": result.candidates,
        "chance": _number(result.chance),
        **_where_defined("mi_lower_bound", result.mi_lower_bound),
        "terms": dataclasses.asdict(result.terms),
        "convention": dataclasses.asdict(result.convention),
        "parameters": {**result.parameters, "precision": result.precision},
        "positives": dataclasses.asdict(result.positives),
        "quantiles": dataclasses.asdict(result.quantiles),
    }


def _where_defined(name: str, value: float | None) -> dict[str, float]:
    return {} if value is None else {name: value}


def _records(samples: Samples) -> Iterator[dict[str, Any]]:
    """One object per sample."""
    columns = samples.columns()
    names = [name for name, _ in columns]
    for start in range(0, len(samples.index), _ROWS):
        parts = [values[start : start + _ROWS].tolist() for _, values in columns]
        for row in zip(*parts, strict=True):
            yield dict(zip(names, map(_number, row), strict=True))


def _number(value: float) -> float | None:
    return None if isinstance(value, float) and math.isnan(value) else value
