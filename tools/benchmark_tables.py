"""The README's tables of speed and of accuracy, from the JSON files in `benchmarks/` alone."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

_ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(_ROOT))  # the benchmarks are run from a checkout, and never installed

from benchmarks.accuracy import SMALL, USUAL  # noqa: E402
from benchmarks.declarations import FULL  # noqa: E402
from benchmarks.dense import NAME as TEXTBOOK  # noqa: E402
from benchmarks.lines import LINES  # noqa: E402
from contrastive_core.losses import LOSSES  # noqa: E402

RESULTS = _ROOT / "benchmarks" / "results.json"
ACCURACY = _ROOT / "benchmarks" / "accuracy.json"

Record = dict[str, Any]


def benchmarks_table() -> str:
    """Every goal with what was measured; then who came how far."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    lines = [
        "| what (`--line`) | N x d | measured | runs | last range | goal | |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *_goals(results["verdicts"]),
        "",
        f"| `--line` | d | who | s at {FULL:,} | peak MB | largest N | s | peak MB | then |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        *_reached(results["cells"]),
        "",
        _machine(results),
    ]
    return "\n".join(lines) + "\n"


def _goals(verdicts: list[Record]) -> Iterator[str]:
    """A row for each goal; a line is told by its title where it begins."""
    told = ""
    for verdict in verdicts:
        name = verdict["line"]
        title = "" if name == told else f"{LINES[name].title} (`{name}`)"
        told = name
        size = f"{verdict['n']:,} x {verdict['d']}"
        goal = verdict["goal"].replace("<=", "≤").replace(">=", "≥")
        cells = (title, size, verdict["what"], *_numbers(verdict), goal, _word(verdict))
        yield f"| {' | '.join(cells)} |"


def _word(verdict: Record) -> str:
    """Whether the goal is met, in every run."""
    goals = [g for g in LINES[verdict["line"]].goals if g.words == verdict["what"]]
    goal = next(g for g in goals if g.bound == verdict["goal"])
    if verdict["met"] is None:
        return str(verdict["note"])
    met = [goal.reached(number) for number in verdict["runs"]]
    if all(met):
        return "met"
    return f"**met in {sum(met)} of {len(met)}**" if any(met) else "**not met**"


def _numbers(verdict: Record) -> tuple[str, str]:
    """Medians of the runs, and the range of the last one."""
    if verdict["median"] is None:
        return "", ""
    if verdict["goal"] == "equal":
        return ", ".join("equal" if run else "different" for run in verdict["runs"]), ""
    runs = ", ".join(f"{number:.2f}" for number in verdict["runs"])
    return runs, f"{verdict['low']:.2f} to {verdict['high']:.2f}"


def _reached(cells: list[Record]) -> Iterator[str]:
    """Everybody on the lines that have a floor or other libraries."""
    cells = [cell for cell in cells if cell["contestant"] != TEXTBOOK]
    compared = {cell["line"] for cell in cells if not cell["ours"]}
    keys = dict.fromkeys((c["line"], c["d"], c["contestant"]) for c in cells)
    for line, d, name in keys:
        if line not in compared or LINES[line].fixed:
            continue
        own = [c for c in cells if (c["line"], c["d"], c["contestant"]) == (line, d, name)]
        timed = [c for c in own if c["seconds"]]
        full = next((c for c in timed if c["n"] == FULL), None)
        last = max(timed, key=lambda c: int(c["n"]), default=None)
        further = ("", "", "") if last is full else (*_size(last), *_cost(last))
        stop = min((c for c in own if c["stopped"]), key=lambda c: int(c["n"]), default=None)
        then = f"{stop['stopped']} at {stop['n']:,}" if stop else ""
        yield f"| {' | '.join((f'`{line}`', str(d), name, *_cost(full), *further, then))} |"


def _size(cell: Record | None) -> tuple[str]:
    return (f"{cell['n']:,}" if cell else "",)


def _cost(cell: Record | None) -> tuple[str, str]:
    """Seconds and peak of a size."""
    if cell is None:
        return "", ""
    return f"{median(cell['seconds']):.3g}", f"{cell['peak'] / 1e6:,.0f}" if cell["peak"] else ""


def _machine(results: Record) -> str:
    """Where, when and how."""
    where, how = results["machine"], results["settings"]
    libraries = ", ".join(f"{name} {number}" for name, number in where["libraries"].items())
    return (
        f"{where['processors']} processors ({where['processor']}), {where['memory_gib']} GiB, "
        f"{where['blas']}, {libraries}; {results['date']}; at most "
        f"{how['memory'] / 2**30:.0f} GiB and {how['seconds']:g} s a call. Runs are the medians of "
        f"{how['rounds']} rounds each, the range is that of the rounds of the last run; peak is "
        "resident memory beyond libraries and data."
    )


def accuracy_table() -> str:
    """The largest errors of every kind over all unkind data."""
    found = json.loads(ACCURACY.read_text(encoding="utf-8"))
    kinds = dict.fromkeys(each["kind"] for each in found)
    lines = [
        f"| kind | default | float32, tau ≥ {USUAL:g} | its worst sample | "
        f"float32, tau {SMALL:g} | its worst sample | float64 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(_errors(kind, [each for each in found if each["kind"] == kind]) for kind in kinds),
    ]
    return "\n".join(lines) + "\n"


def _errors(kind: str, found: list[Record]) -> str:
    usual = [each for each in found if each["tau"] is None or each["tau"] >= USUAL]
    small = [each for each in found if each not in usual]
    cells = [_largest(chosen, name) for chosen in (usual, small) for name in ("float32", "sample")]
    default = LOSSES[kind].precision
    return f"| `{kind}` | {' | '.join((default, *cells, _largest(found, 'float64')))} |"


def _largest(found: list[Record], name: str) -> str:
    return f"{max(each[name] for each in found if each[name] is not None):.0e}" if found else ""
