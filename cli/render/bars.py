"""Shares of sorts as bars: each sort has its own character and its own colour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from contrastive_core.hardness.result import Fractions

SORTS = ("hard", "semi_hard", "easy")
"""In the order of the bars: what hurts first."""

NAMES = {"hard": "hard", "semi_hard": "semi-hard", "easy": "easy"}
STYLES = {"hard": "red", "semi_hard": "yellow", "easy": "green"}
CELLS = {"hard": "█", "semi_hard": "▓", "easy": "░"}

WIDEST, NARROWEST = 40, 10
"""Cells of a bar."""


def bar(sort: str, share: float, width: int) -> Text:
    """As long as the share; a share above 0 is never invisible."""
    length = max(1, round(share * width)) if share > 0 else 0
    return Text.assemble((CELLS[sort] * length, STYLES[sort]))


def stacked(fractions: Fractions, width: int) -> Text:
    """The shares one after the other; the longest gives way so that all can be seen."""
    shares: Mapping[str, float] = {sort: getattr(fractions, sort) for sort in SORTS}
    lengths = {sort: max(1, round(shares[sort] * width)) for sort in SORTS if shares[sort] > 0}
    if lengths:
        longest = max(lengths, key=lambda sort: lengths[sort])
        lengths[longest] += width - sum(lengths.values())
    return Text.assemble(*((CELLS[sort] * lengths[sort], STYLES[sort]) for sort in lengths))


def legend() -> Text:
    """Which character is which sort."""
    parts = [Text(f"{CELLS[sort]} {NAMES[sort]}", style=STYLES[sort]) for sort in SORTS]
    return Text("   ").join(parts)
