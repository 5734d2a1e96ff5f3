"""json and csv: every number at full precision; NaN is null in json and nan in csv."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any

from contrastive_core.version import VERSION

if TYPE_CHECKING:
    from contrastive_core.api import ConventionValue
    from contrastive_core.dropped import Dropped
    from contrastive_core.inputs import InputFile
    from contrastive_core.rows import Rows
    from contrastive_core.samples import Samples
    from contrastive_core.summary import LossResult

    from . import Listing

SCHEMA = "contrast/1"

_LEDGER = (
    "factor",
    "denominator",
    "reduction",
    "distance",
    "normalisation",
    "tau",
    "scale",
    "reference",
)
"""What is said of a convention in csv."""

NAMES = ("label", "hardest_class", "nearest_class")
"""Columns of names of classes, where a number below 0 is a name like any other."""

ORDERS = {None: "worst", "worst": "worst", "best": "best", "index": "first"}
"""What the samples that are listed are called, by their order."""

_ROWS = 4096
"""Samples turned into Python numbers at a time."""


def chosen_samples(result: LossResult, listing: Listing) -> Samples:
    """Every sample, in the order that was asked for; as many as were asked for."""
    from contrastive_core.samples import sort_order

    if listing.sort is None and listing.top is None:
        return result.samples
    order = sort_order(result.samples.loss, listing.sort or "worst", every=True)
    return result.samples.take(order[: listing.top])


def write_json(result: LossResult, stream: IO[str], listing: Listing) -> None:
    """One object; a line per sample."""
    lists: dict[str, Rows] = {ORDERS[listing.sort]: result.worst}
    if listing.every:
        lists["per_sample"] = chosen_samples(result, listing)
    write_object(_loss_object(result), lists, stream)


def write_csv(result: LossResult, stream: IO[str], listing: Listing) -> None:
    """One row per sample."""
    write_rows(chosen_samples(result, listing), stream)


def heading(command: str, inputs: Iterable[InputFile], warnings: Iterable[str]) -> dict[str, Any]:
    """What every object begins with."""
    return {
        "schema": SCHEMA,
        "command": command,
        "version": VERSION,
        "inputs": [dataclasses.asdict(each) for each in inputs],
        "warnings": list(warnings),
    }


def left_out(dropped: Dropped | None) -> dict[str, Any]:
    """What was left out, where something was."""
    return {} if dropped is None else {"dropped": dropped.plain()}


def write_object(whole: dict[str, Any], lists: dict[str, Rows], stream: IO[str]) -> None:
    """One object that ends in lists, a line per row."""
    head = json.dumps(whole, indent=2, allow_nan=False, ensure_ascii=False)
    stream.write(head.removesuffix("\n}"))
    for name, rows in lists.items():
        stream.write(f',\n  "{name}": [')
        separator = "\n    "
        for record in records_of(rows):
            line = json.dumps(record, allow_nan=False, ensure_ascii=False)
            stream.write(separator + line)
            separator = ",\n    "
        stream.write("\n  ]")
    stream.write("\n}\n")


def write_rows(rows: Rows, stream: IO[str]) -> None:
    """A table with its names."""
    names = [name for name, _ in rows.columns()]
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    for start in range(0, len(rows), _ROWS):
        part = rows.rows(start, start + _ROWS)
        writer.writerows(map(_cell, names, row) for row in part)


def write_conventions_json(kind: str, found: Sequence[ConventionValue], stream: IO[str]) -> None:
    """One object, with an entry per convention."""
    first = next(each.result for each in found if each.result is not None)
    whole = {
        **heading("loss", first.inputs, first.warnings),
        "kind": kind,
        "conventions": [_convention(each) for each in found],
    }
    stream.write(json.dumps(whole, indent=2, allow_nan=False, ensure_ascii=False) + "\n")


def _convention(found: ConventionValue) -> dict[str, Any]:
    if found.result is None:
        return {"name": found.name, "value": None, "skipped": found.skipped}
    result = found.result
    return {
        "name": found.name,
        "value": number(result.value),
        "n": result.n,
        "undefined": result.undefined,
        **left_out(result.dropped),
        "candidates": result.candidates,
        "convention": dataclasses.asdict(result.convention),
        "parameters": result.parameters,
        "warnings": list(result.warnings),
    }


def write_conventions_csv(found: Sequence[ConventionValue], stream: IO[str]) -> None:
    """One row per convention."""
    writer = csv.writer(stream, lineterminator="\n")
    names = _LEDGER
    writer.writerow(["convention", "value", "n", "undefined", "candidates", *names, "skipped"])
    for each in found:
        if each.result is None:
            writer.writerow([each.name, "nan", "", "", "", *[""] * len(names), each.skipped])
            continue
        result = each.result
        cells = [_cell(name, getattr(result.convention, name)) for name in names]
        counts = (result.n, result.undefined, _cell("candidates", result.candidates))
        writer.writerow([each.name, result.value, *counts, *cells, ""])


def _loss_object(result: LossResult) -> dict[str, Any]:
    """The result without its samples."""
    optional = {
        "candidates": result.candidates,
        "chance": result.chance,
        "mi_lower_bound": result.mi_lower_bound,
        "terms": None if result.terms is None else dataclasses.asdict(result.terms),
    }
    return {
        **heading("loss", result.inputs, result.warnings),
        "kind": result.kind,
        "value": number(result.value),
        "reduction": result.reduction,
        "n": result.n,
        "sample": result.sample,
        "undefined": result.undefined,
        **left_out(result.dropped),
        **{name: value for name, value in optional.items() if value is not None},
        "convention": dataclasses.asdict(result.convention),
        "parameters": {**result.parameters, "precision": result.precision},
        "positives": dataclasses.asdict(result.positives),
        "quantiles": dataclasses.asdict(result.quantiles),
    }


def records_of(rows: Rows) -> Iterator[dict[str, Any]]:
    """One object per row."""
    names = [name for name, _ in rows.columns()]
    for start in range(0, len(rows), _ROWS):
        for row in rows.rows(start, start + _ROWS):
            yield dict(zip(names, map(_named, names, row), strict=True))


def _named(name: str, value: Any) -> Any:
    """A value of a column; a name is what it is."""
    return value if name in NAMES else number(value)


def number(value: Any) -> Any:
    """None for NaN, and for the row of nobody."""
    if isinstance(value, float):
        return None if math.isnan(value) else value
    return None if isinstance(value, int) and value < 0 else value


def _cell(name: str, value: Any) -> Any:
    """Empty for nothing."""
    nobody = isinstance(value, int) and value < 0 and name not in NAMES
    return "" if value is None or nobody else value
