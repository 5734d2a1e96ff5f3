"""What was read, as results carry it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..sources import Source


@dataclass(frozen=True)
class InputFile:
    """What was read.

    Args:
        role: embeddings, keys, negatives, bank, prototypes, scores, labels, pairs, ...
        path: The path, or what an array is called.
        format: Of rows and scores: npy, parquet, arrow or memory.
        shape: Of rows and scores.
        dtype: Of rows and scores.
        joined: How its rows belong to those of EMBEDDINGS, where ids were compared or joined by.
    """

    role: str
    path: str
    format: str | None = None
    shape: tuple[int, ...] | None = None
    dtype: str | None = None
    joined: str | None = None


def rows_read(role: str, source: Source) -> InputFile:
    """Rows or scores, as they are stored."""
    joined = source.facts.joined or None
    return InputFile(role, source.name, source.format, source.shape, source.stored, joined)


def told_of_shapes(sources: Iterable[Source]) -> tuple[str, ...]:
    """What is said of rows whose shape in the file is another."""
    return tuple(
        f"{source.name}: shape {source.facts.stored} is read as {source.shape}."
        for source in sources
        if source.facts.stored and source.facts.stored != source.shape
    )


def listed_read(role: str, given: Any, joined: str = "") -> InputFile:
    """What relates rows, by its name alone."""
    return InputFile(role, name_of(given, role), joined=joined or None)


def name_of(given: Any, name: str) -> str:
    """A path, or what an array is called."""
    return os.fspath(given) if isinstance(given, str | os.PathLike) else name
