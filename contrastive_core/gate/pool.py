"""The inputs of a check, pooled: each rule takes those that it needs."""

from __future__ import annotations

from dataclasses import dataclass

from ..inputs import Given


@dataclass(frozen=True, eq=False)
class Pool:
    """One named set of inputs.

    Args:
        name: Its name in the configuration; None for the one of the command line.
        given: Everything that was given, and how files are read.
    """

    name: str | None
    given: Given
