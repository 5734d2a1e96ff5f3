"""The metrics of a space as json and csv."""

from __future__ import annotations

import dataclasses
from typing import IO, TYPE_CHECKING, Any

from .records import ORDERS, heading, left_out, number, write_object, write_rows

if TYPE_CHECKING:
    from contrastive_core.geometry.result import MetricsResult, MetricValue, RowFacts
    from contrastive_core.rows import Rows

    from . import Listing


def write_metrics_json(
    result: MetricsResult, stream: IO[str], listing: Listing, guide: dict[str, Any] | None
) -> None:
    """One object; a line per class and per row."""
    lists: dict[str, Rows] = {} if result.classes is None else {"per_class": result.classes}
    lists[ORDERS[listing.sort]] = result.worst
    if listing.every:
        lists["per_sample"] = chosen_rows(result, listing)
    whole = _object(result)
    write_object(whole if guide is None else {**whole, "guide": guide}, lists, stream)


def write_metrics_csv(result: MetricsResult, stream: IO[str], listing: Listing) -> None:
    """One row per row of the embeddings."""
    write_rows(chosen_rows(result, listing), stream)


def chosen_rows(result: MetricsResult, listing: Listing) -> RowFacts:
    """Every row, in the order that was asked for; as many as were asked for."""
    from contrastive_core.geometry.rows import in_order

    if listing.top is not None:
        return result.worst
    if listing.sort is None:
        return result.samples
    return result.samples.take(in_order(result.samples, listing.sort, every=True))


def _object(result: MetricsResult) -> dict[str, Any]:
    """The result without its rows and classes."""
    found = result.positives
    sampled = {} if result.anchors is None else {"sample": result.anchors}
    return {
        **heading("metrics", result.inputs, result.warnings),
        "n": result.n,
        "d": result.d,
        "clouds": result.clouds,
        **left_out(result.dropped),
        "positives": None if found is None else dataclasses.asdict(found),
        "parameters": {**result.parameters, "precision": result.precision},
        "estimated": result.anchors is not None,
        **sampled,
        "metrics": {name: _metric(value) for name, value in result.metrics.items()},
        "skipped": result.skipped,
    }


def _metric(found: MetricValue) -> dict[str, Any]:
    """A metric with what explains it."""
    declared = found.metric
    undefined = {} if found.reason is None else {"reason": found.reason}
    return {
        "value": number(found.value),
        "definition": found.definition,
        "source": declared.source,
        "better": declared.better,
        "parameters": found.parameters,
        "random": found.random,
        "random_from": found.random_from,
        "collapsed": found.collapsed,
        "n": found.n,
        "left_out": found.left_out,
        "reading": found.reading,
        **undefined,
        "estimated": found.estimated,
        "interval": None if found.interval is None else list(found.interval),
    }
