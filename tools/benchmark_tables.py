"""The README's tables of speed, from `benchmarks/results.json` alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

RESULTS = Path(__file__).resolve().parent.parent / "benchmarks" / "results.json"

Record = dict[str, Any]


def benchmarks_table() -> str:
    """Every goal with what was measured; then who stopped where."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    lines = [
        "| line | N x d | measured | median | range | goal | |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(_goal(verdict) for verdict in results["verdicts"]),
        "",
        "| line | d | contestant | largest N | s there | peak MB | stopped |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *_reached(results["cells"]),
        "",
        _machine(results),
    ]
    return "\n".join(lines) + "\n"


def _goal(verdict: Record) -> str:
    numbers = (verdict["median"], verdict["low"], verdict["high"])
    shown = "", ""
    if verdict["goal"] == "equal" and numbers[0] is not None:
        shown = ("equal" if numbers[0] else "different"), ""
    elif numbers[0] is not None:
        shown = f"{numbers[0]:.2f}", f"{numbers[1]:.2f} to {numbers[2]:.2f}"
    word = {True: "met", False: "**not met**", None: verdict["note"]}[verdict["met"]]
    size = f"{verdict['n']:,} x {verdict['d']}"
    goal = verdict["goal"].replace("<=", "≤").replace(">=", "≥")
    cells = (f"`{verdict['line']}`", size, verdict["what"], *shown, goal, word)
    return f"| {' | '.join(cells)} |"


def _reached(cells: list[Record]) -> Iterator[str]:
    """How far everybody came on the lines that other libraries take part in."""
    compared = {cell["line"] for cell in cells if not cell["ours"] and cell["values"]}
    keys = dict.fromkeys((c["line"], c["d"], c["contestant"]) for c in cells)
    for line, d, name in keys:
        if line not in compared:
            continue
        own = [c for c in cells if (c["line"], c["d"], c["contestant"]) == (line, d, name)]
        last = max((c for c in own if c["seconds"]), key=lambda c: int(c["n"]), default=None)
        stop = next((f"{c['stopped']} at {c['n']:,}" for c in own if c["stopped"]), "")
        reached = ("", "", "")
        if last is not None:
            seconds = median(last["seconds"])
            reached = (f"{last['n']:,}", f"{seconds:.3g}", f"{last['peak'] / 1e6:,.0f}")
        yield f"| {' | '.join((f'`{line}`', str(d), name, *reached, stop))} |"


def _machine(results: Record) -> str:
    """Where, when and how."""
    where, how = results["machine"], results["settings"]
    libraries = ", ".join(f"{name} {number}" for name, number in where["libraries"].items())
    return (
        f"{where['processors']} processors ({where['processor']}), {where['memory_gib']} GiB, "
        f"{where['blas']}, {libraries}; {results['date']}; medians of {how['rounds']} rounds, the "
        f"range is theirs; at most {how['memory'] / 2**30:.0f} GiB and {how['seconds']:g} s a call."
    )
