"""Axes of length 1, which hold nothing: (n, 1, d) and (1, n, d) are rows like (n, d)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .forward import Streamed
from .memory import ArraySource
from .source import Source

_VIEWS = 2


def one_view(source: Source) -> Source:
    """The rows of an array of a single view; others, and two views of one sample, as they are."""
    shape = source.shape
    if len(shape) != len("abd") or 1 not in shape[:2] or _VIEWS in shape[:2]:
        return source
    flat = source.flat()
    if isinstance(flat, ArraySource | Streamed):
        return replace(flat, facts=replace(flat.facts, shape=source.facts.shape or shape))
    return flat


def told_of_axes(sources: Iterable[Source]) -> tuple[str, ...]:
    """A word for each source whose axes of length 1 were left out."""
    return tuple(
        f"{source.name}: shape {source.facts.shape} is read as {source.shape}: axes of length 1 "
        "hold nothing."
        for source in sources
        if source.facts.shape is not None
    )
