"""The result of a loss for people."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.measure import Measurement
from rich.table import Table

if TYPE_CHECKING:
    from rich.console import Console

    from contrastive_core.summary import LossResult, Samples

_LISTED = ("index", "view", "hardest_index", "hardest_view", "rank")


def print_loss(
    result: LossResult, console: Console, *, columns: int | None, every_sample: bool
) -> None:
    """Value, what to hold it against, how it came about, and the samples to look at.

    Words are folded to the terminal's columns; tables of numbers never are.
    """
    facts = _facts(result)
    natural = Measurement.get(console, console.options, facts).maximum
    facts.width = min(columns, natural) if columns else None
    samples = result.samples if every_sample else result.worst
    title = "All samples" if every_sample else f"The worst {len(samples.index)} of {result.n}"
    with console.capture() as captured:
        console.print(facts)
        console.print("\nQuantiles of the loss over the samples", style="bold")
        console.print(_quantiles(result))
        console.print(f"\n{title}", style="bold")
        console.print(_samples(samples))
    for line in captured.get().splitlines():
        console.file.write(f"{line.rstrip()}\n")


def _facts(result: LossResult) -> Table:
    """Name, number, meaning."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    ledger, terms = result.convention, result.terms
    of_chance = f"{result.value / result.chance:.1%} of it" if result.chance else ""
    table.add_row(result.kind, digits(result.value), f"nats, {ledger.reduction}")
    table.add_row("chance", digits(result.chance), f"{_chance(result)}; the value is {of_chance}")
    if result.mi_lower_bound is not None:
        meaning = "nats of mutual information at least, in expectation; it cannot exceed log K"
        if result.mi_lower_bound < 0:
            meaning = "nats: log K - the mean loss, which below 0 says nothing about information"
        table.add_row("information", digits(result.mi_lower_bound), meaning)
    sum_of = "of the mean loss: " if result.reduction == "sum" else ""
    positive = f"{sum_of}positives, -mean s / tau, the alignment part"
    table.add_row("terms", digits(terms.positive), positive)
    table.add_row("", digits(terms.partition), "partition, mean log-sum-exp, the uniformity part")
    table.add_row("samples", str(result.n), _undefined(result))
    table.add_row("positives", "", _positives(result))
    table.add_row("convention", ledger.name, f"{ledger.reference}; {_factor(ledger.factor)}")
    table.add_row("", "", ledger.formula)
    table.add_row("", "", f"denominator: {ledger.denominator}")
    table.add_row("", "", f"{ledger.distance}, {ledger.normalisation}; {result.precision}")
    table.add_row("", "", f"tau {ledger.tau:g} (scale {ledger.scale:g})")
    return table


def _factor(factor: float) -> str:
    return "the paper's value" if factor == 1 else f"{factor:g} times the paper's value"


def _chance(result: LossResult) -> str:
    log = f"log K for K = {result.candidates} candidates, when all scores are equal"
    return f"n times {log}" if result.reduction == "sum" else log


def _undefined(result: LossResult) -> str:
    if not result.undefined:
        return "all of them define the loss"
    return f"{result.undefined} more define no loss and are left out"


def _positives(result: LossResult) -> str:
    assumed = "assumed: " if result.positives.assumed else ""
    return assumed + result.positives.description


def _quantiles(result: LossResult) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 0, 0, 1))
    values = dataclasses.asdict(result.quantiles)
    for name in values:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_row(*map(digits, values.values()))
    return table


def _samples(samples: Samples) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 0, 0, 1))
    columns = samples.columns()
    for name, _ in columns:
        table.add_column(name.replace("_", "\n"), justify="right", vertical="bottom", no_wrap=True)
    for row in zip(*(values.tolist() for _, values in columns), strict=True):
        table.add_row(*(str(v) if isinstance(v, int) else digits(v) for v in row))
    return table


def digits(value: float) -> str:
    """Six significant digits."""
    return f"{value:.6g}"
