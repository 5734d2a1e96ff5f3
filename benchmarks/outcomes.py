"""What a contestant computes, and what it is ready to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Outcome:
    """What one call came to.

    Args:
        values: Numbers by name, to be compared with those of the same name of others.
        bits: A hash of every bit of the result, where these are to be equal.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    bits: str = ""


@dataclass(frozen=True)
class Ready:
    """A contestant with its libraries loaded and its data made.

    Args:
        run: Does the work once.
        input_bytes: Size of the data.
        memory: The bound on working memory that it was told; 0 for none.
    """

    run: Callable[[], Outcome]
    input_bytes: int
    memory: int = 0


Prepare = Callable[[int, int], Ready]
"""From rows and dimensions to what is timed."""
