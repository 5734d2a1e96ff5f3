"""The goals, held against what was measured."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from .declarations import Goal, Line
from .results import Cell, Verdict

_MB = 1e6


def verdicts(line: Line, cells: Sequence[Cell]) -> Iterator[Verdict]:
    """Each goal of a line at the size where it stands, or else at the largest measured.

    Goals of contestants that took no part are left out.
    """
    dims = sorted({cell.d for cell in cells})
    present = {cell.contestant for cell in cells}
    for goal in (each for each in line.goals if {each.of, each.over or each.of} <= present):
        for d in _dimensions(goal, line.goals, dims):
            yield _verdict(line.name, goal, [cell for cell in cells if cell.d == d], d)


def _dimensions(goal: Goal, goals: Sequence[Goal], measured: list[int]) -> list[int]:
    """Its own; or, where all goals of its sort stand elsewhere, the largest, for the first one."""
    if goal.d is None:
        return measured
    if goal.d in measured:
        return [goal.d]
    alike = [other for other in goals if other.words == goal.words]
    elsewhere = all(other.d not in measured for other in alike)
    return measured[-1:] if elsewhere and goal is alike[0] else []


def _verdict(line: str, goal: Goal, cells: Sequence[Cell], d: int) -> Verdict:
    n = _size(goal, cells)
    here = {cell.contestant: cell for cell in cells if cell.n == n}
    found = _values(goal, here)
    said: tuple[str, str, str, int, int] = (line, goal.words, goal.bound, n, d)
    if not found:
        return Verdict(*said, note=_why(goal, here))
    low, high, median = min(found), max(found), statistics.median(found)
    at_goal = goal.n in (None, n) and goal.d in (None, d)
    met = goal.reached(median) if at_goal else None
    note = "" if at_goal else f"the goal stands at {goal.n or n:,} x {goal.d or d}"
    return Verdict(*said, median, low, high, met, note)


def _size(goal: Goal, cells: Sequence[Cell]) -> int:
    """Where the goal stands, or else the largest size that both have times for."""
    names = {name for name in (goal.of, goal.over) if name}
    timed = {n: set() for n in sorted({cell.n for cell in cells})}  # type: dict[int, set[str]]
    for cell in cells:
        if not cell.stopped:
            timed[cell.n].add(cell.contestant)
    if goal.n in timed:
        return goal.n
    return max((n for n, found in timed.items() if names <= found), default=max(timed))


def _values(goal: Goal, here: dict[str, Cell]) -> list[float]:
    """The number in every round; empty where somebody is missing."""
    names = [name for name in (goal.of, goal.over) if name]
    if any(name not in here or here[name].stopped for name in names):
        return []
    of, over = here[goal.of], here[names[-1]]
    match goal.sort:
        case "ratio":
            return [a / b for a, b in zip(of.seconds, over.seconds, strict=True)]
        case "difference":
            return [a - b for a, b in zip(of.seconds, over.seconds, strict=True)]
        case "equal":
            return [float(of.steady and over.steady and of.bits == over.bits)]
        case "beyond":
            return [(of.resident - of.input_bytes - of.memory) / _MB]
        case _:
            raise ValueError(f"no goal is a {goal.sort}")


def _why(goal: Goal, here: dict[str, Cell]) -> str:
    """Who has no time."""
    for name in (goal.of, goal.over):
        if name and name not in here:
            return f"{name}: not measured"
        if name and here[name].stopped:
            return f"{name}: {here[name].stopped}"
    return "not measured"
