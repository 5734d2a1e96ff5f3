"""`python -m benchmarks memory`: the bound of --memory for every input."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from contrastive_core.resources import parse_size

from .bounds import LEAST, OUTPUTS, Held, measure_bounds, record
from .commands import CASES
from .options import json_option
from .records import read_records, write_records
from .report import show, table

_NAMES = tuple(dict.fromkeys(case.name for case in CASES))

_COLUMNS = (
    ("command", "left"),
    ("form", "left"),
    ("output", "left"),
    ("--memory", "right"),
    ("input MB", "right"),
    ("peak MB", "right"),
    ("working", "right"),
    ("beyond", "right"),
    ("s", "right"),
    ("", "left"),
)


def _sizes(
    context: click.Context, option: click.Parameter, memories: Sequence[str]
) -> Sequence[str]:
    del context, option
    for memory in memories:
        if memory != LEAST:
            parse_size(memory)
    return memories


@click.command("memory")
@click.option("-n", "rows", type=click.IntRange(4), default=20000, show_default=True)
@click.option("-d", "dims", type=click.IntRange(1), default=64, show_default=True)
@click.option(
    "--memory",
    "memories",
    multiple=True,
    default=(LEAST, "64MiB", "512MiB"),
    callback=_sizes,
    help="A size, or `least`, the smallest that a command takes.  [default: least, 64MiB, 512MiB]",
)
@click.option("--kind", "names", type=click.Choice(_NAMES), multiple=True, help="Only this.")
@click.option(
    "--output", "outputs", type=click.Choice(list(OUTPUTS)), multiple=True, default=list(OUTPUTS)
)
@click.option("--broken", "only", is_flag=True, help="Show only what does not hold.")
@json_option(partial(read_records, Held))
def memory(
    rows: int,
    dims: int,
    memories: Sequence[str],
    names: Sequence[str],
    outputs: Sequence[str],
    only: bool,
    path: Path | None,
) -> None:
    """Peak resident size of every kind and form of input, saved as .npy, against --memory.

    Working memory is what a command's peak has beyond its input files and beyond the same command
    on a handful of rows; it is to be --memory at most. Beyond input and --memory the whole
    process is to have 150 MB at most. The exit code is 1 where one of both does not hold. All
    commands, outputs and bounds take about an hour; --kind and --output choose.
    """
    found = []
    for held in measure_bounds(
        rows,
        dims,
        memories,
        names=names,
        outputs=outputs,
        say=lambda text: click.echo(text, err=True),
    ):
        found.append(held)
        if held.broken:
            click.echo(f"  {held.output}, {held.memory}: {_word(held)}", err=True)
        if path is not None:
            write_records([record(each) for each in found], path)
    title = f"Memory at {rows:,} x {dims}, MB"
    show(table(title, _COLUMNS, [_row(held) for held in found if held.broken or not only]))
    broken = sum(held.broken for held in found)
    click.echo(f"{len(found)} runs, {sum(bool(held.refused) for held in found)} refused.")
    if broken:
        raise click.ClickException(f"{broken} of {len(found)} runs used more than they may.")


def _row(held: Held) -> tuple[str, ...]:
    sizes = (held.resident, held.working, held.beyond)
    shown = ("", "", "")
    if not (held.refused or held.failed):
        shown = (f"{sizes[0] / 1e6:.0f}", f"{sizes[1] / 1e6:.0f}", f"{sizes[2] / 1e6:.0f}")
    return (
        held.name,
        held.form,
        held.output,
        held.memory,
        f"{held.input_bytes / 1e6:.0f}",
        *shown,
        f"{held.seconds:.1f}",
        _word(held),
    )


def _word(held: Held) -> str:
    if held.refused:
        return f"refused: {held.refused[:48]}"
    if held.failed:
        return f"FAILED: {held.failed[:48]}"
    return f"BROKEN by {held.over / 1e6:.0f} MB" if held.broken else "holds"
