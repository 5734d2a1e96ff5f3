"""What a line of the table is: contestants on the same data, and goals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .outcomes import Prepare

FULL, DIMENSIONS = 16384, 128
"""Size at which most goals stand."""

SMALLEST = 1024
"""Where a sweep over sizes begins."""


@dataclass(frozen=True)
class Contestant:
    """Who computes a line.

    Args:
        name: What it is called.
        prepare: Loads its libraries and makes its data. None for a command, which `command` is.
        needs: Modules without which it cannot run.
        compared: Whether its numbers are to be those of the line's first contestant that has them.
        within: How far they may be off, relative to max(1, |value|).
        command: Arguments of `python`, run as a process of its own each time.
        ours: Whether it is ours, for the table and the picture.
        most: Rows beyond which it takes no part.
    """

    name: str
    prepare: Prepare | None = None
    needs: tuple[str, ...] = ()
    compared: bool = True
    within: float = 1e-5
    command: tuple[str, ...] = ()
    ours: bool = False
    most: int = 2**62


@dataclass(frozen=True)
class Goal:
    """A number to reach, of one contestant or of two in the same round.

    Args:
        sort: `ratio` of times, `difference` of times in seconds, `equal` bits, or `beyond`: the
            peak resident size of the whole process less its input and the bound it was told, MB.
        of: A contestant.
        over: What it is held against; empty where it stands alone.
        most: Upper bound.
        least: Lower bound.
        n: Rows at which it stands; None for any.
        d: Dimensions at which it stands; None for any.
    """

    sort: str
    of: str
    over: str = ""
    most: float | None = None
    least: float | None = None
    n: int | None = FULL
    d: int | None = None

    @property
    def words(self) -> str:
        """What is measured."""
        return {
            "ratio": f"{self.of} / {self.over}",
            "difference": f"{self.of} - {self.over}, s",
            "equal": f"{self.of}, {self.over}: same bits",
            "beyond": f"{self.of}: peak beyond input and --memory, MB",
        }[self.sort]

    def reached(self, value: float) -> bool:
        """Whether a number is what it is to be."""
        if self.sort == "equal":
            return value == 1.0
        enough = self.least is None or value >= self.least
        return enough and (self.most is None or value <= self.most)

    @property
    def bound(self) -> str:
        """What it is to be."""
        if self.sort == "equal":
            return "equal"
        if self.most is not None and self.least is not None:
            return f"{self.least:g} to {self.most:g}"
        return f"<= {self.most:g}" if self.most is not None else f">= {self.least:g}"


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Args:
        name: How it is asked for.
        title: What it is.
        contestants: Who takes part; the first that is ours is what the others are compared with.
        goals: What is to be reached.
        sizes: Rows; None for a sweep that doubles until ours has stopped.
        dims: Dimensions.
        first: Rows at which a sweep begins.
        fixed: Whether it has its own size, whatever is asked.
    """

    name: str
    title: str
    contestants: tuple[Contestant, ...]
    goals: tuple[Goal, ...] = ()
    sizes: tuple[int, ...] | None = (FULL,)
    dims: tuple[int, ...] = (DIMENSIONS,)
    first: int = SMALLEST
    fixed: bool = False

    def rows(self, asked: tuple[int, ...]) -> Iterator[int]:
        """The sizes, smallest first; a sweep has no end of its own."""
        if self.fixed:
            asked = ()
        if asked or self.sizes is not None:
            yield from sorted(set(asked or self.sizes or ()))
            return
        n = self.first
        while True:
            yield n
            n *= 2
