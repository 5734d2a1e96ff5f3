"""The command line of the benchmarks."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from . import machine
from .accuracy_command import accuracy
from .children import Limits, missing
from .declarations import Line
from .lines import LINES
from .memory_command import memory
from .profile_command import profile
from .report import cells_table, footer, show, verdicts_table
from .results import Cell, Results, Verdict, read
from .rounds import Wanted, measure_line
from .verdicts import verdicts

SHARE = 0.75
"""Of the machine's memory, that one contestant may use."""

SMOKE_ROWS, SMOKE_DIMENSIONS = 512, 128


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--line", "names", type=click.Choice(list(LINES)), multiple=True, help="Only this; repeatable."
)
@click.option("-n", "sizes", type=click.IntRange(4), multiple=True, help="Rows; repeatable.")
@click.option("--most", type=click.IntRange(4), help="Largest size of a sweep.")
@click.option("-d", "dims", type=click.IntRange(1), multiple=True, help="Dimensions; repeatable.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True)
@click.option("--json", "path", type=click.Path(path_type=Path), help="Write the results there.")
@click.option("--limit", type=float, help="Memory of a contestant, GiB.  [default: 3/4 of all]")
@click.option("--seconds", default=120.0, show_default=True, help="Most for one call.")
@click.option("--peers/--no-peers", default=True, show_default=True, help="Other libraries too.")
@click.option("--smoke", is_flag=True, help="Smallest sizes, one call: results, no times.")
@click.pass_context
def main(
    context: click.Context,
    names: tuple[str, ...],
    sizes: tuple[int, ...],
    most: int | None,
    dims: tuple[int, ...],
    rounds: int,
    path: Path | None,
    limit: float | None,
    seconds: float,
    peers: bool,
    smoke: bool,
) -> None:
    """Time the losses beside the matrix product and beside other libraries, in turn.

    Each contestant is a process of its own at each size, so that its peak memory is its own; it
    is told over a pipe to run once per round, one at a time. Without -n, sweeps double the rows
    until a contestant runs out of memory (--limit) or of time (--seconds). Who computes another
    number than ours is named, and the exit code is 1; goals that are not met are shown, and
    change no exit code.

    --json keeps what an earlier run on the same machine measured of other lines, and of the lines
    measured now the medians of its goals.
    """
    if context.invoked_subcommand is not None:
        return
    if any(n % 2 for n in sizes):
        raise click.UsageError("-n must be even: two views of n / 2 samples.")
    earlier = _earlier(path) if path is not None and path.exists() else None
    if smoke:
        sizes, dims = sizes or (SMOKE_ROWS,), dims or (SMOKE_DIMENSIONS,)
    memory = int(limit * 2**30) if limit else int(machine.memory() * SHARE)
    limits = Limits(seconds, memory, apart=not smoke)
    bound = most or Wanted.most
    wanted = Wanted(sizes, bound, dims, rounds, limits, peers, say=_say)
    if smoke:
        wanted = dataclasses.replace(wanted, rounds=0, settle=0.0)
    lines = [LINES[name] for name in names or LINES]
    found = _measure(lines, wanted, path, earlier, times=not smoke)
    wrong = [f"{c.line}, {c.contestant}, {c.n} x {c.d}" for c in found.cells if c.disagrees]
    wrong += [f"{v.line}, {v.what}" for v in found.verdicts if v.goal == "equal" and v.met is False]
    if smoke:
        wrong += [f"{c.line}, {c.contestant}: {c.stopped}" for c in found.cells if c.stopped]
    if wrong:
        raise click.ClickException("Not the same numbers: " + "; ".join(wrong))


def _earlier(path: Path) -> Results:
    """What is there already; what is none of ours is not written over."""
    try:
        return read(path)
    except (ValueError, TypeError, KeyError) as error:
        raise click.UsageError(f"--json: {path} exists and holds no results: {error}.") from error


def _measure(
    lines: list[Line], wanted: Wanted, path: Path | None, earlier: Results | None, *, times: bool
) -> Results:
    """Line by line, written after each, so that a run that is ended leaves what it has."""
    cells: list[Cell] = []
    goals: list[Verdict] = []
    settings = {
        "rounds": wanted.rounds,
        "seconds": wanted.limits.seconds,
        "memory": wanted.limits.memory,
    }
    results = Results((), (), {}, settings)
    left_out: dict[str, list[str]] = {}
    for line in lines:
        found = list(measure_line(line, wanted))
        cells += found
        goals += verdicts(line, found)
        left_out |= {c.name: list(of) for c in line.contestants if (of := missing(c))}
        results = Results(tuple(cells), tuple(goals), left_out, settings)
        if times:
            show(cells_table(f"{line.name}: {line.title}", found))
        if path is not None:
            results.joined(earlier).write(path)
    if times:
        show(verdicts_table(goals))
    show(footer(results))
    return results


def _say(text: str) -> None:
    click.echo(text, err=True)


main.add_command(accuracy)
main.add_command(memory)
main.add_command(profile)
