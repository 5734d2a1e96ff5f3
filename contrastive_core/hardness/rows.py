"""Tables of anchors, of listed triplets and of classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..numerics import Float
from ..rows import Column, Rows
from ..samples import CATEGORIES, sort_order
from ..tables import Index


@dataclass(frozen=True)
class AnchorRows(Rows):
    """What is known of each anchor; integers below 0 stand for none, NaN for what is undefined.

    Args:
        index: The anchor, counted from 0; within its view where samples are views.
        margin: m, where one table holds several.
        loss: Mean of its terms: of its triplets, or of those that mining and average choose.
        view: Which view, where samples are views.
        label: Its class; None for none.
        triplets: How many it has: positives times negatives.
        hard: How many of them are hard.
        semi_hard: How many are semi-hard.
        easy: How many are easy.
        positive_index: Its farthest positive; a row of the stacked views where samples are views.
        positive_view: Which view that is of.
        positive_distance: D(a, p) of it.
        negative_index: Its nearest negative.
        negative_view: Which view that is of.
        negative_distance: D(a, n) of it.
    """

    index: Index
    loss: Float
    label: Column
    margin: Column = None
    view: Column = None
    triplets: Column = None
    hard: Column = None
    semi_hard: Column = None
    easy: Column = None
    positive_index: Column = None
    positive_view: Column = None
    positive_distance: Column = None
    negative_index: Column = None
    negative_view: Column = None
    negative_distance: Column = None

    first_columns: ClassVar[tuple[str, ...]] = ("margin", "index", "view", "label", "loss")

    def order(self, sort: str, *, every: bool = False) -> Index:
        """Largest loss first, and of equal ones the one with more hard triplets."""
        return sort_order(self.loss, sort, every=every, ties=self.hard)


@dataclass(frozen=True)
class ListedRows(Rows):
    """What is known of each listed triplet.

    Args:
        index: The triplet, counted from 0.
        margin: m, where one table holds several.
        loss: Its loss; NaN where it is not of the sort that is mined.
        anchor: Row of the anchor; absent for three files, where all three are row `index`.
        positive_index: Row of the positive.
        negative_index: Row of the negative.
        positive_distance: D(a, p).
        negative_distance: D(a, n); with a swap the smaller of it and D(p, n).
        gap: D(a, n) - D(a, p).
        category: Its place in `CATEGORIES`: 0 easy, 1 semi-hard, 2 hard.
    """

    index: Index
    loss: Float
    gap: Float
    category: Column
    positive_distance: Column
    negative_distance: Column
    margin: Column = None
    anchor: Column = None
    positive_index: Column = None
    negative_index: Column = None

    first_columns: ClassVar[tuple[str, ...]] = (
        *("margin", "index", "loss", "category", "gap", "anchor"),
        *("positive_index", "positive_distance", "negative_index", "negative_distance"),
    )
    words: ClassVar[dict[str, tuple[str, ...]]] = {"category": CATEGORIES}

    def order(self, sort: str, *, every: bool = False) -> Index:
        """Largest loss first, and of equal ones the one with the smaller gap."""
        return sort_order(self.loss, sort, every=every, ties=-self.gap)


@dataclass(frozen=True)
class ClassRows(Rows):
    """What is known of each class, of its rows as anchors.

    Args:
        label: Its name.
        size: Its rows.
        triplets: Triplets of its anchors.
        anchors: Its anchors that were drawn, where anchors were.
        hard: How many triplets are hard; None where anchors were drawn, as the next two.
        semi_hard: How many are semi-hard.
        easy: How many are easy.
        hard_fraction: Share of the triplets that is hard; NaN where there is none.
        semi_hard_fraction: Share that is semi-hard.
        loss: Mean over the terms of its anchors; NaN where there is none.
        nearest_class: The class that the nearest negatives of its anchors are of most often; None
            where there is none.
    """

    label: Column
    size: Column
    triplets: Column
    hard_fraction: Float
    semi_hard_fraction: Float
    loss: Float
    nearest_class: Column
    anchors: Column = None
    hard: Column = None
    semi_hard: Column = None
    easy: Column = None

    first_columns: ClassVar[tuple[str, ...]] = (
        *("label", "size", "triplets", "anchors", "hard", "semi_hard", "easy"),
        *("hard_fraction", "semi_hard_fraction", "loss", "nearest_class"),
    )

    def hardest(self, most: int) -> ClassRows:
        """Those with the largest share of hard triplets, ties by semi-hard ones; defined ones."""
        order = sort_order(self.hard_fraction, "worst", ties=self.semi_hard_fraction)
        return self.take(np.asarray(order[:most]))
