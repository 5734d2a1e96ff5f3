"""A plain word for a value that is near one of its levels."""

from __future__ import annotations

import math

from .levels import Level
from .spectrum import SingularValues

COLLAPSED = "collapsed"
NEARLY_COLLAPSED = "nearly collapsed"
COPIES = "collapsed, or copies"
LIKE_RANDOM = "like random vectors"

ALL_TIED = "collapsed: ties decide, in the order of the rows"

NEIGHBOURLY = ("hubness", "precision_at_1", "r_precision", "map_at_r")
"""Metrics of the order of neighbours within a cloud: of one point they say nothing."""

WITHIN, _NEARLY, _RANDOM = 1e-3, 0.05, 0.05
"""How near a level is, as a share of the way between both."""

_CONE = 0.5
"""A mean cosine past half of the way to collapse."""

_HELD, _LOW = 0.99, 0.25
"""Variance that is held by few dimensions, and which share of them is few."""

_BETWEEN = ("uniformity", "alignment", "mean_cosine", "tolerance")
"""Metrics with a way from collapsed to random."""

_ALIKE = ("uniformity", "mean_cosine")
"""Of these, those that tell collapse: positives and classes are meant to be close."""

_CHANCE = ("recall_at_1", "precision_at_1", "r_precision", "map_at_r")
"""Metrics for which random directions are a guess."""


def reading(
    name: str, value: float, random: Level, collapsed: float | None, n: int | None
) -> str | None:
    """What a value says, where it is near a level; None where it is not.

    Args:
        name: Of the metric, without a suffix.
        value: Its value.
        random: Its level for random directions.
        collapsed: Its level where all embeddings are equal.
        n: What it is a mean over.
    """
    if math.isnan(value) or random.value is None:
        return None
    if name in _BETWEEN and collapsed is not None and random.value != collapsed:
        gone = (value - collapsed) / (random.value - collapsed)
        if gone < _NEARLY and name in _ALIKE:
            return COLLAPSED if gone < WITHIN else NEARLY_COLLAPSED
        if gone < WITHIN and name == "alignment":
            return COPIES
        if abs(gone - 1) < _RANDOM:
            return "no common direction" if name == "mean_cosine" else LIKE_RANDOM
        return "a narrow cone" if name == "mean_cosine" and gone < _CONE else None
    if name in _CHANCE and n:
        error = math.sqrt(random.value * (1 - random.value) / n)
        if abs(value - random.value) <= 3 * error:
            return LIKE_RANDOM
        return "worse than random" if value < random.value else None
    if name == "hubness" and value > 2 * max(1.0, random.value):
        return "a few rows are neighbours of many"
    if name == "duplicates" and value > 0:
        return f"{value:.0f} rows have a twin"
    return None


def reading_of_rank(spectrum: SingularValues) -> str | None:
    """Whether few dimensions hold nearly all of the variance."""
    if not spectrum.spread:
        return COLLAPSED
    most = min(spectrum.n - 1, spectrum.d)
    held = spectrum.holding(_HELD)
    if held <= _LOW * most and most > 2:
        return (
            f"low rank: {held} of {spectrum.d} dimensions {'holds' if held == 1 else 'hold'} 99 %"
        )
    return None
