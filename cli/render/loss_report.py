"""A loss as a report."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .records import ORDERS, heading, left_out
from .sheets import number

if TYPE_CHECKING:
    from rich.console import Console

    from contrastive_core.rows import Rows
    from contrastive_core.samples import Samples
    from contrastive_core.summary import LossResult

    from .report import Listing


@dataclass(frozen=True)
class LossReport:
    """One loss under one convention.

    Args:
        result: The loss.
        listing: Which samples are listed.
    """

    result: LossResult
    listing: Listing

    def head(self) -> dict[str, Any]:
        """The result without its samples."""
        result = self.result
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

    def lists(self) -> dict[str, Rows]:
        """The samples to look at, and all of them where that was asked."""
        lists: dict[str, Rows] = {ORDERS[self.listing.sort]: self.result.worst}
        if self.listing.every:
            lists["per_sample"] = self.table()
        return lists

    def table(self) -> Samples:
        """Every sample, in the order that was asked for; as many as were asked for."""
        from contrastive_core.samples import sort_order

        samples, listing = self.result.samples, self.listing
        if listing.sort is None and listing.top is None:
            return samples
        order = sort_order(samples.loss, listing.sort or "worst", every=True)
        return samples.take(order[: listing.top])

    def print_to(self, console: Console, columns: int | None) -> None:
        """Value, what to hold it against, how it came about, and the samples to look at."""
        from .losses import print_loss

        listed = self.table() if self.listing.every else self.result.worst
        print_loss(self.result, listed, console, self.listing, columns=columns)

    def value(self) -> float:
        """The reduced loss."""
        return self.result.value
