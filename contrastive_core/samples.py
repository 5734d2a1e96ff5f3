"""Per-sample values: the columns of files of rows, and the rows that a table lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .numerics import Float
from .rows import Column, Rows
from .tables import Index

CATEGORIES = ("easy", "semi-hard", "hard")
"""What the codes of the column `category` stand for."""

HARDEST = ("hardest_index", "reverse_hardest_index")
"""Columns of candidates, counted from the first of each direction."""

ROWS = ("first", "second", "anchor", "positive_index", "negative_index")
"""Columns of rows, counted from the first of all."""


@dataclass(frozen=True)
class Samples(Rows):
    """Per-sample values, one array per column; columns that do not apply are None.

    Integers below 0 stand for none. Similarities are before temperature.

    Args:
        index: The sample, counted from 0; within its view where samples are views.
        view: Which view, where samples are views.
        loss: In nats where the loss is a log, with the convention's factor; NaN where undefined.
        positive: Mean score of the positives.
        positives: How many positives it has, where they are known by labels.
        negatives: How many rows it forms dissimilar pairs with.
        candidates: How many scores of its row are no mask, the positive's among them; where some
            are.
        rank: 1 + the negatives that score higher than the nearest positive.
        hardest: Score of the nearest negative.
        hardest_index: The nearest negative: its row among the keys, or among the stacked views;
            the rows of a bank follow.
        hardest_view: Which view it is of, where candidates are stacked views.
        reverse_rank: The rank from keys to embeddings, where both directions are averaged.
        reverse_hardest: The nearest embedding of a key, in that direction.
        reverse_hardest_index: Its row among the embeddings.
        first: Row of the one side of a listed pair.
        second: Row of the other side.
        distance: Distance of the two.
        similar: 1 for a similar pair, 0 for a dissimilar one.
        alignment: The sample's own alignment.
        uniformity: The sample's own share of uniformity, the mean of its views'.
        anchor: Row of the anchor of a listed triplet.
        positive_distance: D(a, p).
        positive_index: Row of the positive.
        negative_distance: D(a, n); with a swap the smaller of it and D(p, n).
        negative_index: Row of the negative.
        category: Its place in `CATEGORIES`: 0 easy, 1 semi-hard, 2 hard.
        triplets: Triplets of the anchor.
        hard: How many of them are hard.
        semi_hard: How many are semi-hard.
        easy: How many are easy.
        pairs: Pairs of the anchor and a positive for which a negative was mined.
        undefined_pairs: Those for which there was none.
    """

    index: Index
    loss: Float
    view: Column = None
    positive: Column = None
    positives: Column = None
    negatives: Column = None
    candidates: Column = None
    rank: Column = None
    hardest: Column = None
    hardest_index: Column = None
    hardest_view: Column = None
    reverse_rank: Column = None
    reverse_hardest: Column = None
    reverse_hardest_index: Column = None
    anchor: Column = None
    first: Column = None
    second: Column = None
    similar: Column = None
    distance: Column = None
    positive_index: Column = None
    positive_distance: Column = None
    negative_index: Column = None
    negative_distance: Column = None
    category: Column = None
    alignment: Column = None
    uniformity: Column = None
    triplets: Column = None
    hard: Column = None
    semi_hard: Column = None
    easy: Column = None
    pairs: Column = None
    undefined_pairs: Column = None

    first_columns: ClassVar[tuple[str, ...]] = ("index", "view", "loss")
    words: ClassVar[dict[str, tuple[str, ...]]] = {"category": CATEGORIES}


def sort_order(values: Float, sort: str, *, every: bool = False, ties: Column = None) -> Index:
    """Positions of the defined samples, worst first, best first, or as they lie.

    Args:
        values: The losses, shape (n,).
        sort: One of `SORTS`.
        every: The undefined samples too, in their places by index, else behind the others.
        ties: Of samples with equal losses the one where this is larger is the worse.
    """
    if sort == "index":
        return np.arange(len(values)) if every else np.flatnonzero(~np.isnan(values))
    sign = 1 if sort == "best" else -1
    keys = [sign * values] if ties is None else [sign * ties, sign * values]
    order = np.lexsort(keys)  # stable, and NaN comes last
    return order if every else order[: np.count_nonzero(~np.isnan(values))]
