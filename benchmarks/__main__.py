"""`python -m benchmarks`: the table of ratios, and the same as JSON with `--json PATH`."""

from __future__ import annotations

import dataclasses
import json
import statistics
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from contrastive_core.resources import available_processors

from .measure import Measured, measure
from .work import lines


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-n", default=16384, show_default=True, help="Rows: two views of n / 2 samples.")
@click.option("-d", default=128, show_default=True, help="Dimensions.")
@click.option("--rounds", default=5, show_default=True, help="Counted rounds.")
@click.option("--json", "path", type=click.Path(path_type=Path), help="Also write this file.")
def main(n: int, d: int, rounds: int, path: Path | None) -> None:
    """Time the losses beside the matrix product and beside torch, where it is installed."""
    if n < 4 or n % 2 or d < 1 or rounds < 1:
        raise click.UsageError("n must be even and at least 4, d and rounds at least 1.")
    measured = measure(lines(n, d), rounds)
    Console(width=120).print(_table(measured))
    click.echo(f"{available_processors()} processors, {rounds} rounds, ratios to the product.")
    if path is not None:
        records = [dataclasses.asdict(each) | {"ratio": each.ratio} for each in measured]
        path.write_text(json.dumps({"n": n, "d": d, "lines": records}, indent=2) + "\n")


def _table(measured: list[Measured]) -> Table:
    table = Table(box=SIMPLE_HEAD)
    table.add_column("work", no_wrap=True)
    for name in ("median s", "ratio", "from", "to", "goal", "value"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in measured:
        low, high = each.spread
        table.add_row(
            each.name,
            f"{statistics.median(each.seconds):.3f}",
            f"{each.ratio:.2f}",
            f"{low:.2f}",
            f"{high:.2f}",
            "" if each.goal is None else f"{each.goal:.2f}",
            "" if each.value is None else f"{each.value:.8f}",
        )
    return table


main()
