"""The triplets as a report."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contrastive_core.errors import NothingDefined
from contrastive_core.hardness.readings import GOOD

from .records import ORDERS, heading, left_out
from .sheets import number

if TYPE_CHECKING:
    from rich.console import Console

    from contrastive_core.hardness.result import Hardness, Intervals, TripletsResult
    from contrastive_core.hardness.rows import AnchorRows, ListedRows
    from contrastive_core.rows import Rows

    from .report import Listing

_SORTS = ("easy", "semi_hard", "hard")


@dataclass(frozen=True)
class TripletReport:
    """The triplets, at one margin or several.

    Args:
        result: The counts, and the loss over them.
        listing: Which anchors, or listed triplets, are listed.
        guide: Whether it is said what good looks like.
    """

    result: TripletsResult
    listing: Listing
    guide: bool = False

    def head(self) -> dict[str, Any]:
        """The object without its lists; several margins are a list of objects in it."""
        result = self.result
        whole = {
            **heading("triplets", result.inputs, result.warnings),
            "positives": dataclasses.asdict(result.positives),
            "estimated": result.estimated,
            **({} if result.sample is None else {"sample": result.sample}),
            **left_out(result.dropped),
            **({"guide": GOOD} if self.guide else {}),
        }
        first, *others = result.margins
        if not others:
            return {**whole, **_object(first, result)}
        found = [{**_object(each, result), **self._lists(each)} for each in result.margins]
        return {**whole, **_sizes(result), "margins": found}

    def lists(self) -> dict[str, Rows]:
        """Those of the one margin; several have theirs in the head."""
        first, *others = self.result.margins
        return {} if others else self._lists(first)

    def _lists(self, found: Hardness) -> dict[str, Rows]:
        """Classes, the rows to look at, and all of them where that was asked."""
        lists: dict[str, Rows] = {} if found.classes is None else {"per_class": found.classes}
        lists[ORDERS[self.listing.sort]] = found.worst
        if self.listing.every:
            lists["per_sample"] = self._chosen(found)
        return lists

    def table(self) -> Rows:
        """One row per anchor, or per listed triplet; at each margin."""
        first, *others = self.result.margins
        if not others:
            return self._chosen(first)
        import numpy as np

        from contrastive_core.rows import joined

        parts = []
        for each in self.result.margins:
            rows = self._chosen(each)
            parts.append(dataclasses.replace(rows, margin=np.full(len(rows), each.margin)))
        found: Rows = joined(parts)
        return found

    def _chosen(self, found: Hardness) -> AnchorRows | ListedRows:
        """Every row, in the order that was asked for; as many as were asked for."""
        if self.listing.sort is None and self.listing.top is None:
            return found.samples
        order = found.samples.order(self.listing.sort or "worst", every=True)
        return found.samples.take(order[: self.listing.top])

    def print_to(self, console: Console, columns: int | None) -> None:
        """How many, of which sort, at what cost; the classes and the anchors to look at."""
        from .triplets import print_triplets

        first = self.result.margins[0]
        listed = self._chosen(first) if self.listing.every else first.worst
        print_triplets(
            self.result, listed, console, self.listing, columns=columns, guide=self.guide
        )

    def value(self) -> float:
        """The mean that `--average` chooses.

        Raises:
            NothingDefined: It is the mean of nothing.
        """
        if math.isnan(self.result.value):
            raise NothingDefined(
                "triplets",
                expected="a term for the mean",
                got=f"none: the mean over {self.result.margins[0].over} is over nothing",
                remedy="Take -o json for the counts, or --mining all.",
            )
        return self.result.value


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
