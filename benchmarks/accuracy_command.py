"""`python -m benchmarks accuracy`: float32, float64, and 50 digits."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from .accuracy import DATA, Measured, measure_accuracy
from .exact import KINDS
from .options import json_option
from .records import read_records, write_records
from .report import show, table

_SMALL, _DIMENSIONS = 24, 8
"""Of the data that 50 digits are asked of."""

_COLUMNS = (
    ("kind", "left"),
    ("data", "left"),
    ("tau", "right"),
    ("n", "right"),
    ("value", "right"),
    ("float32", "right"),
    ("worst sample", "right"),
    ("own", "right"),
    ("goal", "right"),
    ("float64", "right"),
    ("", "left"),
)


@click.command("accuracy")
@click.option(
    "-n",
    "rows",
    type=click.IntRange(8),
    default=65536,
    show_default=True,
    help="Rows, of both files together where a kind takes two.",
)
@click.option("-d", "dims", type=click.IntRange(2), default=64, show_default=True)
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only this.")
@click.option("--data", type=click.Choice(list(DATA)), multiple=True, help="Only this.")
@click.option("--smoke", is_flag=True, help="Only against 50 digits, at small N.")
@json_option(partial(read_records, Measured))
def accuracy(
    rows: int,
    dims: int,
    kinds: Sequence[str],
    data: Sequence[str],
    smoke: bool,
    path: Path | None,
) -> None:
    """Errors of every loss on unkind data, relative to max(1, |value|).

    float32 is held against float64, at -n rows and at a few; float64 against 50 digits (mpmath)
    at a few. `own` is the error in the precision that a kind has unless another is asked for:
    float64 for distances. Goals: 1e-5 for tau from 0.05 up and 1e-3 at tau 0.001, in the kind's
    own precision; 1e-12 for float64. The exit code is 1 where one of both is missed.

    All kinds take about an hour; --json keeps what an earlier run measured of others.
    """
    sizes = [(_SMALL, _DIMENSIONS, True)] + ([] if smoke else [(rows, dims, False)])
    if smoke and path is not None:
        raise click.UsageError("--smoke measures few rows alone: leave --json out.")
    earlier = read_records(Measured, path) if path is not None and path.exists() else []
    found: list[Measured] = []
    for n, d, digits in sizes:
        chosen = kinds or KINDS
        for each in measure_accuracy(n, d, kinds=chosen, data=data, digits=digits, say=_say):
            found.append(each)
            if path is not None:
                _write(found, earlier, path)
    show(table("Errors, relative to max(1, |value|)", _COLUMNS, [_row(each) for each in found]))
    missed = [f"{each.kind} on {each.data}" for each in found if not each.met]
    if missed:
        raise click.ClickException(f"{len(missed)} of {len(found)} miss a goal.")


def _write(found: Sequence[Measured], earlier: Sequence[Measured], path: Path) -> None:
    """These, and what an earlier run measured of others."""
    here = {each.place for each in found}
    kept = [*(each for each in earlier if each.place not in here), *found]
    kept.sort(key=lambda each: (each.n, KINDS.index(each.kind)))
    write_records([dataclasses.asdict(each) | {"met": each.met} for each in kept], path)


def _row(each: Measured) -> tuple[str, ...]:
    return (
        each.kind,
        each.data,
        "" if each.tau is None else f"{each.tau:g}",
        f"{each.n:,}",
        f"{each.value:.6g}",
        *(f"{error:.1e}" for error in (each.float32, each.sample, each.own, each.goal)),
        "" if each.float64 is None else f"{each.float64:.1e}",
        "" if each.met else "MISSED",
    )


def _say(text: str) -> None:
    click.echo(text, err=True)
