"""What was measured, as it is written to and read from JSON."""

from __future__ import annotations

import dataclasses
import datetime
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contrastive_core.whole_files import write_whole

from . import machine

SCHEMA = "contrast-benchmarks/1"

RUNS = 3
"""Of how many runs the medians are kept."""


@dataclass(frozen=True)
class Cell:
    """One contestant of one line at one size.

    Args:
        line: The line's name.
        contestant: Who.
        n: Rows.
        d: Dimensions.
        ours: Whether it is ours.
        seconds: One per round, without the first that is not counted.
        peak: Bytes beyond the libraries and the data, at the most in a round; 0 where it was not
            measured.
        resident: Bytes of the whole process at the most.
        input_bytes: Size of the data.
        memory: The bound on working memory that it was told; 0 for none.
        values: What it computed.
        bits: A hash of the result to the last bit; all of them where the calls differ.
        off: The largest difference from ours, relative to max(1, |value|); None where nothing is
            compared.
        within: How large it may be.
        stopped: Why there are no times; empty where there are.
    """

    line: str
    contestant: str
    n: int
    d: int
    ours: bool = False
    seconds: tuple[float, ...] = ()
    peak: int = 0
    resident: int = 0
    input_bytes: int = 0
    memory: int = 0
    values: dict[str, float] = dataclasses.field(default_factory=dict)
    bits: str = ""
    off: float | None = None
    within: float = 0.0
    stopped: str = ""

    @property
    def place(self) -> tuple[str, int, int, str]:
        """What another run measures again."""
        return self.line, self.n, self.d, self.contestant

    @property
    def steady(self) -> bool:
        """Whether all calls came to the same bits."""
        return bool(self.bits) and " " not in self.bits

    @property
    def disagrees(self) -> bool:
        """Whether it computes something else than ours, or no number at all."""
        if not all(math.isfinite(value) for value in self.values.values()):
            return True
        return self.off is not None and not self.off <= self.within


@dataclass(frozen=True)
class Verdict:
    """A goal, and what was measured; of ratios the median and the range over the rounds.

    Args:
        line: The line's name.
        what: What is measured.
        goal: What it is to be.
        n: Rows.
        d: Dimensions.
        median: The number; None where it could not be measured.
        low: Smallest of the rounds.
        high: Largest.
        met: Whether the goal is reached; None where the size is not that of the goal.
        note: Why there is no number, or what it stands on.
        runs: Medians of this run and of those before it on the same machine, `RUNS` at most.
    """

    line: str
    what: str
    goal: str
    n: int
    d: int
    median: float | None = None
    low: float | None = None
    high: float | None = None
    met: bool | None = None
    note: str = ""
    runs: tuple[float, ...] = ()

    @property
    def place(self) -> tuple[str, str, int, int]:
        """What another run measures again."""
        return self.line, self.what, self.n, self.d

    def after(self, earlier: Verdict | None) -> Verdict:
        """The same, with the medians of earlier runs before its own."""
        before = earlier.runs if earlier is not None else ()
        own = () if self.median is None else (self.median,)
        return dataclasses.replace(self, runs=(*before, *own)[-RUNS:])


@dataclass(frozen=True)
class Results:
    """A run.

    Args:
        cells: Everybody, everywhere.
        verdicts: The goals.
        missing: Contestants that were left out, and the modules that they lack.
        settings: How it was run.
        machine: Where; see `machine.facts`.
        date: When, the day.
    """

    cells: tuple[Cell, ...]
    verdicts: tuple[Verdict, ...]
    missing: dict[str, list[str]]
    settings: dict[str, Any]
    machine: dict[str, Any] = dataclasses.field(default_factory=machine.facts)
    date: str = dataclasses.field(default_factory=lambda: datetime.date.today().isoformat())

    def joined(self, other: Results) -> Results:
        """What another run measured elsewhere, then these, with the medians of both.

        Of a goal that is held at its own size, what was seen at other sizes is left out.
        """
        here = {cell.place for cell in self.cells}
        before = {verdict.place: verdict for verdict in other.verdicts}
        own = {verdict.place: verdict.after(before.get(verdict.place)) for verdict in self.verdicts}
        goals = [*(v for v in other.verdicts if v.place not in own), *own.values()]
        held = {(v.line, v.what, v.goal) for v in goals if v.met is not None}
        return dataclasses.replace(
            self,
            cells=(*(c for c in other.cells if c.place not in here), *self.cells),
            verdicts=tuple(
                v for v in goals if v.met is not None or (v.line, v.what, v.goal) not in held
            ),
            missing={**other.missing, **self.missing},
        )

    def declared(self, lines: Mapping[str, Sequence[str]]) -> Results:
        """Without lines and contestants that are no more."""
        return dataclasses.replace(
            self,
            cells=tuple(c for c in self.cells if c.contestant in lines.get(c.line, ())),
            verdicts=tuple(v for v in self.verdicts if v.line in lines),
        )

    def ordered(self, lines: Mapping[str, Sequence[str]]) -> Results:
        """By dimensions and rows, in the order of the lines and of who takes part in each."""
        names = list(lines)

        def of_cell(cell: Cell) -> tuple[int, int, int, int]:
            who = lines[cell.line]
            return names.index(cell.line), cell.d, cell.n, who.index(cell.contestant)

        return dataclasses.replace(
            self,
            cells=tuple(sorted(self.cells, key=of_cell)),
            verdicts=tuple(sorted(self.verdicts, key=lambda v: (names.index(v.line), v.d))),
        )

    def write(self, path: Path) -> None:
        """Write JSON; the file is whole at any time."""
        document = {"schema": SCHEMA, **dataclasses.asdict(self)}
        write_whole(path, json.dumps(document, indent=1) + "\n")


def read(path: Path) -> Results:
    """What `write` wrote."""
    document = json.loads(path.read_text(encoding="utf-8"))
    if document.pop("schema", None) != SCHEMA:
        raise ValueError(f"{path.name} is not of schema {SCHEMA}")
    cells = (Cell(**{**cell, "seconds": tuple(cell["seconds"])}) for cell in document.pop("cells"))
    goals = document.pop("verdicts")
    verdicts = (Verdict(**{**goal, "runs": tuple(goal.get("runs", ()))}) for goal in goals)
    return Results(tuple(cells), tuple(verdicts), **document)
