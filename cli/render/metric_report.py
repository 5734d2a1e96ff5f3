"""The metrics of a space as a report."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contrastive_core.errors import NothingDefined

from .records import ORDERS, heading, left_out
from .sheets import number

if TYPE_CHECKING:
    from rich.console import Console

    from contrastive_core.geometry.result import MetricsResult, MetricValue, RowFacts
    from contrastive_core.rows import Rows

    from .report import Listing


@dataclass(frozen=True)
class MetricReport:
    """The metrics of a space.

    Args:
        result: The metrics.
        listing: Which rows are listed.
        names: The metrics that were asked for by name.
        guide: What the metrics are, where that was asked.
    """

    result: MetricsResult
    listing: Listing
    names: Sequence[str] = ()
    guide: dict[str, Any] | None = None

    def head(self) -> dict[str, Any]:
        """The result without its rows and classes."""
        result, found = self.result, self.result.positives
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
            **({} if self.guide is None else {"guide": self.guide}),
        }

    def lists(self) -> dict[str, Rows]:
        """Classes, the rows to look at, and all of them where that was asked."""
        result = self.result
        lists: dict[str, Rows] = {} if result.classes is None else {"per_class": result.classes}
        lists[ORDERS[self.listing.sort]] = result.worst
        if self.listing.every:
            lists["per_sample"] = self.table()
        return lists

    def table(self) -> RowFacts:
        """Every row, in the order that was asked for; as many as were asked for."""
        from contrastive_core.geometry.rows import in_order

        samples, listing = self.result.samples, self.listing
        if listing.top is not None:
            return self.result.worst
        if listing.sort is None:
            return samples
        return samples.take(in_order(samples, listing.sort, every=True))

    def print_to(self, console: Console, columns: int | None) -> None:
        """What was read, every metric beside its levels, what is absent, classes, and rows."""
        from .metrics import print_metrics

        listed = self.table() if self.listing.every else self.result.worst
        guided = self.guide is not None
        print_metrics(self.result, listed, console, self.listing, columns=columns, guide=guided)

    def value(self) -> float:
        """The value of the one metric that was asked for.

        Raises:
            NothingDefined: It is undefined on these data, or lacks its input.
        """
        (name,) = self.names
        found = self.result.metrics.get(name)
        if found is not None and found.reason is None:
            return found.value
        reason = found.reason if found is not None else self.result.skipped.get(name)
        raise NothingDefined(
            name,
            expected="a value on these data",
            got=reason or f"none among {', '.join(self.result.metrics)}",
            remedy="Take -o json for everything that is defined.",
        )


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
