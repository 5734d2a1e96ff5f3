"""Timing in turn: every line once per round, so that a drifting machine hits all alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from .work import Line


@dataclass(frozen=True)
class Measured:
    """A line with its times.

    Args:
        name: What was timed.
        seconds: One per round.
        ratios: Time over that of the floor in the same round.
        value: What it computed; None where that means nothing.
        goal: The ratio to reach; None for a peer.
    """

    name: str
    seconds: tuple[float, ...]
    ratios: tuple[float, ...]
    value: float | None
    goal: float | None

    @property
    def ratio(self) -> float:
        """Median ratio."""
        return statistics.median(self.ratios)

    @property
    def spread(self) -> tuple[float, float]:
        """Smallest and largest ratio."""
        return min(self.ratios), max(self.ratios)


def measure(lines: Sequence[Line], rounds: int) -> list[Measured]:
    """Time the lines; the first is the floor. A round that is not counted goes first."""
    values = [line.run() for line in lines]
    times: list[list[float]] = [[] for _ in lines]
    for _ in range(rounds):
        for line, seconds in zip(lines, times, strict=True):
            start = time.perf_counter()
            line.run()
            seconds.append(time.perf_counter() - start)
    floor = times[0]
    return [
        Measured(
            line.name,
            tuple(seconds),
            tuple(own / base for own, base in zip(seconds, floor, strict=True)),
            value,
            line.goal,
        )
        for line, seconds, value in zip(lines, times, values, strict=True)
    ]
