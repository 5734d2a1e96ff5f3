"""The triplets as json and csv."""

from __future__ import annotations

import dataclasses
from typing import IO, TYPE_CHECKING, Any

from contrastive_core.hardness.readings import GOOD

from .records import ORDERS, heading, left_out, number, records_of, write_object, write_rows

if TYPE_CHECKING:
    from contrastive_core.hardness.result import Hardness, Intervals, TripletsResult
    from contrastive_core.hardness.rows import AnchorRows, ListedRows
    from contrastive_core.rows import Rows

    from . import Listing

_SORTS = ("easy", "semi_hard", "hard")


def write_triplets_json(
    result: TripletsResult, stream: IO[str], listing: Listing, *, guide: bool
) -> None:
    """One object; where there are several margins, a list of such objects in it."""
    sampled = {} if result.sample is None else {"sample": result.sample}
    whole = {
        **heading("triplets", result.inputs, result.warnings),
        "positives": dataclasses.asdict(result.positives),
        "estimated": result.estimated,
        **sampled,
        **left_out(result.dropped),
        **({"guide": GOOD} if guide else {}),
    }
    first, *others = result.margins
    if not others:
        write_object({**whole, **_object(first, result)}, _lists(first, listing), stream)
        return
    found = []
    for each in result.margins:
        lists = {name: list(records_of(rows)) for name, rows in _lists(each, listing).items()}
        found.append({**_object(each, result), **lists})
    write_object({**whole, **_sizes(result), "margins": found}, {}, stream)


def write_triplets_csv(result: TripletsResult, stream: IO[str], listing: Listing) -> None:
    """One row per anchor, or per listed triplet; at each margin."""
    if len(result.margins) == 1:
        write_rows(chosen_rows(result.margins[0], listing), stream)
        return
    import numpy as np

    from contrastive_core.rows import joined

    parts = []
    for each in result.margins:
        rows = chosen_rows(each, listing)
        parts.append(dataclasses.replace(rows, margin=np.full(len(rows), each.margin)))
    write_rows(joined(parts), stream)


def chosen_rows(found: Hardness, listing: Listing) -> AnchorRows | ListedRows:
    """Every row, in the order that was asked for; as many as were asked for."""
    if listing.sort is None and listing.top is None:
        return found.samples
    order = found.samples.order(listing.sort or "worst", every=True)
    return found.samples.take(order[: listing.top])


def _lists(found: Hardness, listing: Listing) -> dict[str, Rows]:
    """Classes, the rows to look at, and all of them where that was asked."""
    lists: dict[str, Rows] = {} if found.classes is None else {"per_class": found.classes}
    lists[ORDERS[listing.sort]] = found.worst
    if listing.every:
        lists["per_sample"] = chosen_rows(found, listing)
    return lists


def _sizes(result: TripletsResult) -> dict[str, int]:
    """How many, at whatever margin."""
    return {
        "triplets": result.triplets,
        "anchors": result.anchors,
        "undefined": result.undefined,
    }


def _object(found: Hardness, result: TripletsResult) -> dict[str, Any]:
    """The triplets at one margin."""
    return {
        "margin": found.margin,
        **_sizes(result),
        "counts": _counts(found),
        "fractions": {name: number(getattr(found.fractions, name)) for name in _SORTS},
        "active_fraction": number(found.active_fraction),
        "loss": {
            "mean": number(found.loss.mean),
            "mean_active": number(found.loss.mean_active),
        },
        **({} if found.intervals is None else {"intervals": _intervals(found.intervals)}),
        "convention": dataclasses.asdict(found.convention),
        "parameters": {**found.parameters, "precision": result.precision},
    }


def _counts(found: Hardness) -> dict[str, Any]:
    """Of each sort; of a sample none, with the reason."""
    if found.counts is not None:
        return {name: getattr(found.counts, name) for name in _SORTS}
    from contrastive_core.hardness.result import NO_COUNTS

    return {**dict.fromkeys(_SORTS), "reason": NO_COUNTS}


def _intervals(found: Intervals) -> dict[str, Any]:
    """Under the names of what they belong to."""
    ends = {
        name: None if pair is None else list(pair)
        for name, pair in dataclasses.asdict(found).items()
    }
    return {
        "fractions": {name: ends[name] for name in _SORTS},
        "active_fraction": ends["active_fraction"],
        "loss": {name: ends[name] for name in ("mean", "mean_active")},
    }
