"""The command line of the benchmarks."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click
from click.core import ParameterSource

from . import machine
from .accuracy_command import accuracy
from .children import Limits, missing
from .declarations import Line
from .lines import LINES
from .memory_command import memory
from .options import Amount, json_option
from .profile_command import profile
from .report import cells_table, footer, show, verdicts_table
from .results import Cell, Results, Verdict, read
from .rounds import Wanted, measure_line
from .verdicts import verdicts

SHARE = 0.75
"""Of the machine's memory, that one contestant may use."""

_ORDER = {name: [each.name for each in line.contestants] for name, line in LINES.items()}
"""Of lines and contestants in the JSON."""

SMOKE_ROWS, SMOKE_DIMENSIONS = 512, 128


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--line", "names", type=click.Choice(list(LINES)), multiple=True, help="Only this; repeatable."
)
@click.option("-n", "sizes", type=click.IntRange(4), multiple=True, help="Rows; repeatable.")
@click.option("--most", type=click.IntRange(4), help="Largest size of a sweep.")
@click.option("-d", "dims", type=click.IntRange(1), multiple=True, help="Dimensions; repeatable.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True)
@json_option(read)
@click.option("--limit", type=Amount(), help="Memory of a contestant, GiB.  [default: 3/4 of all]")
@click.option("--seconds", type=Amount(), default=120.0, show_default=True, help="Most for a call.")
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
    change no exit code. Everything takes hours: lines can be measured one by one.

    --json keeps what an earlier run on the same machine with the same libraries and settings
    measured of others, and the medians of the last three runs.
    """
    if context.invoked_subcommand is not None:
        _no_options(context)
        return
    if any(n % 2 for n in sizes):
        raise click.UsageError("-n must be even: two views of n / 2 samples.")
    if smoke and path is not None:
        raise click.UsageError("--smoke measures no time: leave --json out.")
    if smoke:
        sizes, dims = sizes or (SMOKE_ROWS,), dims or (SMOKE_DIMENSIONS,)
    memory = int(limit * 2**30) if limit else int(machine.memory() * SHARE)
    limits = Limits(seconds, memory, apart=not smoke)
    bound = most or Wanted.most
    wanted = Wanted(sizes, bound, dims, rounds, limits, peers, say=_say)
    if smoke:
        wanted = dataclasses.replace(wanted, rounds=0, settle=0.0)
    lines = [LINES[name] for name in names or LINES]
    found = _measure(lines, wanted, path, times=not smoke)
    wrong = [f"{c.line}, {c.contestant}, {c.n} x {c.d}" for c in found.cells if c.disagrees]
    wrong += [f"{v.line}, {v.what}" for v in found.verdicts if v.goal == "equal" and v.met is False]
    if smoke:
        wrong += [f"{c.line}, {c.contestant}: {c.stopped}" for c in found.cells if c.stopped]
    if wrong:
        raise click.ClickException("Not the same numbers: " + "; ".join(wrong))
    compared = sum(cell.off is not None for cell in found.cells)
    _say(f"{compared} of {len(found.cells)} contestants were compared with ours, and agree.")


def _no_options(context: click.Context) -> None:
    """What is asked of a sub-command stands behind it."""
    for name in context.params:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            words = f"options of {context.invoked_subcommand} stand behind it"
            raise click.UsageError(f"{words}; those before it are of the table of lines.")


def _measure(lines: list[Line], wanted: Wanted, path: Path | None, *, times: bool) -> Results:
    """Line by line, written after each, so that a run that is ended leaves what it has."""
    cells: list[Cell] = []
    goals: list[Verdict] = []
    settings = {
        "rounds": wanted.rounds,
        "seconds": wanted.limits.seconds,
        "memory": wanted.limits.memory,
    }
    results = Results((), (), {}, settings)
    earlier = _earlier(path, results) if path is not None else results
    left_out: dict[str, list[str]] = {}
    for line in lines:
        found = list(measure_line(line, wanted))
        cells += found
        goals += verdicts(line, found)
        if wanted.peers:
            left_out |= {c.name: list(of) for c in line.contestants if (of := missing(c))}
        results = Results(tuple(cells), tuple(goals), left_out, settings)
        if times:
            show(cells_table(f"{line.name}: {line.title}", found))
        if path is not None:
            results.joined(earlier).ordered(_ORDER).write(path)
    if times:
        show(verdicts_table(goals))
    show(footer(results))
    return results


def _earlier(path: Path, now: Results) -> Results:
    """What is there already, which must be of the same machine and settings."""
    if not path.exists():
        return now
    found = read(path)
    if found.machine != now.machine or found.settings != now.settings:
        raise click.UsageError(
            f"--json: {path} is of another machine, other libraries or other settings: "
            "name another file."
        )
    return found.declared(_ORDER)


def _say(text: str) -> None:
    click.echo(text, err=True)


main.add_command(accuracy)
main.add_command(memory)
main.add_command(profile)
