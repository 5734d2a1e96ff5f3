"""json and csv: every number at full precision; NaN is null in json and nan in csv."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any

from contrastive_core.version import VERSION

if TYPE_CHECKING:
    from contrastive_core.api import ConventionValue
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
    head = json.dumps(_loss_object(result), indent=2, allow_nan=False, ensure_ascii=False)
    stream.write(head.removesuffix("\n}"))
    named = {None: "worst", "index": "first"}.get(listing.sort, listing.sort or "worst")
    lists = {named: result.worst}
    if listing.every:
        lists["per_sample"] = chosen_samples(result, listing)
    for name, samples in lists.items():
        stream.write(f',\n  "{name}": [')
        separator = "\n    "
        for record in _records(samples):
            stream.write(separator + json.dumps(record, allow_nan=False))
            separator = ",\n    "
        stream.write("\n  ]")
    stream.write("\n}\n")


def write_csv(result: LossResult, stream: IO[str], listing: Listing) -> None:
    """One row per sample."""
    samples = chosen_samples(result, listing)
    columns = samples.columns()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([name for name, _ in columns])
    for start in range(0, len(samples.index), _ROWS):
        rows = samples.rows(start, start + _ROWS)
        writer.writerows([_cell(value) for value in row] for row in rows)


def write_conventions_json(kind: str, found: Sequence[ConventionValue], stream: IO[str]) -> None:
    """One object, with an entry per convention."""
    first = next(each.result for each in found if each.result is not None)
    whole = {
        "schema": SCHEMA,
        "command": "loss",
        "version": VERSION,
        "inputs": [dataclasses.asdict(each) for each in first.inputs],
        "warnings": list(first.warnings),
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
        "value": _number(result.value),
        "n": result.n,
        "undefined": result.undefined,
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
        cells = [_cell(getattr(result.convention, name)) for name in names]
        counts = (result.n, result.undefined, _cell(result.candidates))
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
        "schema": SCHEMA,
        "command": "loss",
        "version": VERSION,
        "inputs": [dataclasses.asdict(each) for each in result.inputs],
        "warnings": list(result.warnings),
        "kind": result.kind,
        "value": _number(result.value),
        "reduction": result.reduction,
        "n": result.n,
        "sample": result.sample,
        "undefined": result.undefined,
        **{name: value for name, value in optional.items() if value is not None},
        "convention": dataclasses.asdict(result.convention),
        "parameters": {**result.parameters, "precision": result.precision},
        "positives": dataclasses.asdict(result.positives),
        "quantiles": dataclasses.asdict(result.quantiles),
    }


def _records(samples: Samples) -> Iterator[dict[str, Any]]:
    """One object per sample."""
    columns = samples.columns()
    names = [name for name, _ in columns]
    for start in range(0, len(samples.index), _ROWS):
        for row in samples.rows(start, start + _ROWS):
            yield dict(zip(names, map(_number, row), strict=True))


def _number(value: Any) -> Any:
    """None for NaN, and for the row of nobody."""
    if isinstance(value, float):
        return None if math.isnan(value) else value
    return None if isinstance(value, int) and value < 0 else value


def _cell(value: Any) -> Any:
    """Empty for nothing."""
    return "" if value is None or (isinstance(value, int) and value < 0) else value
