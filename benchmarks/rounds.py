"""Measuring in turn: each contestant once per round, so that a drifting machine hits all alike."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .children import Call, Limits, Runner, Stopped, closing, missing, start
from .declarations import Contestant, Line
from .results import Cell

Say = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    """What is to be measured.

    Args:
        sizes: Rows; empty for those of each line.
        most: Rows beyond which no sweep goes.
        dims: Dimensions; empty for those of each line.
        rounds: Counted rounds; 0 for the one call that is not counted.
        limits: Of every call.
        peers: Whether other libraries take part.
        settle: Seconds before a call: threads of a library spin for a while after its work.
        say: Told what is going on.
    """

    sizes: tuple[int, ...] = ()
    most: int = 2**62
    dims: tuple[int, ...] = ()
    rounds: int = 5
    limits: Limits = dataclasses.field(default_factory=Limits)
    peers: bool = True
    settle: float = 0.2
    say: Say = print

    def takes(self, contestant: Contestant) -> bool:
        """Whether it takes part."""
        return not missing(contestant) and (self.peers or not contestant.needs)


def measure_line(line: Line, wanted: Wanted) -> Iterator[Cell]:
    """All sizes of a line. Who stopped at a size is left out of larger ones."""
    for d in (() if line.fixed else wanted.dims) or line.dims:
        left = [contestant for contestant in line.contestants if wanted.takes(contestant)]
        for n in line.rows(wanted.sizes):
            here = [contestant for contestant in left if n <= contestant.most]
            if n > wanted.most or not any(contestant.ours for contestant in left):
                break
            cells = measure_size(line, here, n, d, wanted)
            yield from cells
            gone = {cell.contestant for cell in cells if cell.stopped}
            left = [contestant for contestant in left if contestant.name not in gone]


def measure_size(
    line: Line, contestants: list[Contestant], n: int, d: int, wanted: Wanted
) -> list[Cell]:
    """Everybody at one size: a call that is not counted, then the rounds."""
    wanted.say(f"{line.name}: {n:,} x {d}")
    runners: dict[str, Runner] = {
        contestant.name: start(line.name, contestant, n, d, wanted.limits)
        for contestant in contestants
    }
    calls: dict[str, list[Call]] = {name: [] for name in runners}
    stopped: dict[str, str] = {}
    with closing(runners):
        for name in list(runners):
            with _taking_out(runners, stopped, name):
                runners[name].wait()
        told = {name: (runner.input_bytes, runner.memory) for name, runner in runners.items()}
        for number in range(1 + wanted.rounds):
            for name in turned(list(runners), number):
                time.sleep(wanted.settle)
                with _taking_out(runners, stopped, name):
                    calls[name].append(runners[name].run())
    cells = [
        _cell(line.name, contestant, n, d, calls[contestant.name], stopped, told)
        for contestant in contestants
    ]
    return _compared(cells, contestants)


def turned(names: list[str], number: int) -> list[str]:
    """Another first each round, so that nobody is always the first or the last."""
    first = number % max(1, len(names))
    return names[first:] + names[:first]


@contextmanager
def _taking_out(runners: dict[str, Runner], stopped: dict[str, str], name: str) -> Iterator[None]:
    """A contestant that stops is noted, and runs no more."""
    try:
        yield
    except Stopped as reason:
        stopped[name] = str(reason)
        runners.pop(name).close()


def _cell(
    line: str,
    contestant: Contestant,
    n: int,
    d: int,
    calls: list[Call],
    stopped: dict[str, str],
    told: dict[str, tuple[int, int]],
) -> Cell:
    name = contestant.name
    if name in stopped:
        return Cell(line, name, n, d, contestant.ours, stopped=stopped[name])
    return Cell(
        line,
        name,
        n,
        d,
        contestant.ours,
        seconds=tuple(round(call.seconds, 6) for call in calls[1:]),
        peak=max(call.peak for call in calls[1:] or calls),
        resident=max(call.resident for call in calls),
        input_bytes=told[name][0],
        memory=told[name][1],
        values=calls[-1].values,
        bits=" ".join(sorted({call.bits for call in calls})),
        within=contestant.within,
    )


def _compared(cells: list[Cell], contestants: list[Contestant]) -> list[Cell]:
    """The same, each with its distance from the first of ours."""
    compared = {contestant.name for contestant in contestants if contestant.compared}
    reference = next((c for c in cells if c.ours and c.contestant in compared and c.values), None)
    if reference is None:
        return cells
    return [
        dataclasses.replace(cell, off=_off(cell.values, reference.values))
        if cell.contestant in compared and cell is not reference
        else cell
        for cell in cells
    ]


def _off(values: dict[str, float], expected: dict[str, float]) -> float | None:
    shared = [name for name in values if name in expected]
    found = [abs(values[name] - expected[name]) / max(1.0, abs(expected[name])) for name in shared]
    return max((x if math.isfinite(x) else math.inf for x in found), default=None)
