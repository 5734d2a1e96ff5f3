"""The README's tables of speed and of accuracy, from the JSON files in `benchmarks/` alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

_BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
RESULTS = _BENCHMARKS / "results.json"
ACCURACY = _BENCHMARKS / "accuracy.json"

_USUAL = 0.05
"""Temperature from which the goal of float32 is the stricter one."""

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


def accuracy_table() -> str:
    """The largest errors of every kind over all unkind data."""
    found = json.loads(ACCURACY.read_text(encoding="utf-8"))
    lines = [
        "| kind | precision | float32, tau ≥ 0.05 | its worst sample | float32, tau 0.001 | "
        "its worst sample | float64 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(
            _errors(kind, [each for each in found if each["kind"] == kind])
            for kind in _kinds(found)
        ),
    ]
    return "\n".join(lines) + "\n"


def _kinds(found: list[Record]) -> dict[str, None]:
    return dict.fromkeys(each["kind"] for each in found)


def _errors(kind: str, found: list[Record]) -> str:
    usual = [each for each in found if each["tau"] is None or each["tau"] >= _USUAL]
    small = [each for each in found if each not in usual]
    cells = [_largest(chosen, name) for chosen in (usual, small) for name in ("float32", "sample")]
    own = "float64" if all(each["own"] == 0.0 for each in found) else "float32"
    return f"| `{kind}` | {' | '.join((own, *cells, _largest(found, 'float64')))} |"


def _largest(found: list[Record], name: str) -> str:
    return f"{max(each[name] for each in found if each[name] is not None):.0e}" if found else ""
