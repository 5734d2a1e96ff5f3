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
        spare: Whether an input that no rule takes is left unread; otherwise it is an error.
        configured: Inputs of a configuration whose rules are not asked: these may be spare.
    """

    name: str | None
    given: Given
    spare: bool = False
    configured: frozenset[str] = frozenset()
