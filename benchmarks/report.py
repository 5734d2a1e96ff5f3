"""What was measured, as tables for a terminal."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from .results import Cell, Results, Verdict

WIDTH = 180

_FLOORS = ("product", "import click")
"""Whose time is 1 in the column of ratios, where they take part; else the first contestant."""


def show(renderable: RenderableType) -> None:
    """To standard output, as wide as the content needs, within reason."""
    Console(width=WIDTH).print(renderable)


def table(title: str, columns: Iterable[tuple[str, str]], rows: Iterable[Sequence[str]]) -> Group:
    """A table of cells that are ready.

    Args:
        title: Above it.
        columns: (name, `left` or `right`).
        rows: Cells.
    """
    found = Table(box=SIMPLE_HEAD)
    for name, side in columns:
        found.add_column(name, justify="right" if side == "right" else "left", no_wrap=True)
    for row in rows:
        found.add_row(*row)
    return Group(Text(title, "bold"), found)


_CELLS = (
    ("contestant", "left"),
    ("N", "right"),
    ("d", "right"),
    ("median s", "right"),
    ("ratio", "right"),
    ("from", "right"),
    ("to", "right"),
    ("peak MB", "right"),
    ("off", "right"),
    ("", "left"),
)


def cells_table(title: str, cells: Sequence[Cell]) -> Group:
    """Everybody of a line, size by size; who stopped is shown with the reason."""
    return table(title, _CELLS, _cell_rows(cells))


def _cell_rows(cells: Sequence[Cell]) -> Iterator[tuple[str, ...]]:
    for size in dict.fromkeys((cell.d, cell.n) for cell in cells):
        here = [cell for cell in cells if (cell.d, cell.n) == size]
        floor = next((c for c in here if c.contestant in _FLOORS), here[0])
        for cell in here:
            yield (cell.contestant, f"{cell.n:,}", str(cell.d), *_measured(cell, floor))


def _measured(cell: Cell, floor: Cell) -> tuple[str, ...]:
    if cell.stopped:
        return ("", "", "", "", "", "", cell.stopped)
    ratios = ["", "", ""]
    if floor.seconds:
        each = [a / b for a, b in zip(cell.seconds, floor.seconds, strict=True)]
        ratios = [f"{value:.2f}" for value in (statistics.median(each), min(each), max(each))]
    return (
        f"{statistics.median(cell.seconds):.4f}",
        *ratios,
        f"{cell.peak / 1e6:,.0f}" if cell.peak else "",
        "" if cell.off is None else f"{cell.off:.0e}",
        "COMPUTES SOMETHING ELSE" if cell.disagrees else "",
    )


_VERDICTS = (
    ("line", "left"),
    ("what", "left"),
    ("N", "right"),
    ("d", "right"),
    ("median", "right"),
    ("from", "right"),
    ("to", "right"),
    ("goal", "left"),
    ("", "left"),
)


def verdicts_table(verdicts: Sequence[Verdict]) -> Group:
    """Every goal, met or not."""
    return table("Goals", _VERDICTS, (_verdict_row(verdict) for verdict in verdicts))


def _verdict_row(verdict: Verdict) -> tuple[str, ...]:
    numbers = (verdict.median, verdict.low, verdict.high)
    shown = ("" if number is None else f"{number:.2f}" for number in numbers)
    if verdict.goal == "equal":
        shown = (
            f"{'equal' if verdict.median else 'different'}" if i == 0 else "" for i in range(3)
        )
    return (
        verdict.line,
        verdict.what,
        f"{verdict.n:,}",
        str(verdict.d),
        *shown,
        verdict.goal,
        verdict_word(verdict),
    )


def verdict_word(verdict: Verdict) -> str:
    """`met`, `NOT MET`, or why neither can be said."""
    if verdict.met is None:
        return verdict.note
    return "met" if verdict.met else "NOT MET"


def footer(results: Results) -> RenderableType:
    """Where it was measured, and who was left out."""
    where, how = results.machine, results.settings
    libraries = ", ".join(f"{name} {found}" for name, found in where["libraries"].items())
    lines = [
        f"{where['processors']} processors ({where['processor']}), {where['memory_gib']} GiB; "
        f"Python {where['python']}, {where['blas']}; {libraries}; {results.date}.",
        f"{how['rounds']} rounds in turn; a call may take {how['seconds']:g} s and "
        f"{how['memory'] / 2**30:.1f} GiB. Ratios are taken round by round, to the product or "
        "the first contestant; peak is beyond libraries and data; off is the difference from ours.",
    ]
    lines += [f"Left out: {who} (needs {', '.join(of)})." for who, of in results.missing.items()]
    return Group(*lines)
