"""The result of a loss for people."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table

from contrastive_core.errors import counted

from .histogram import histogram
from .layout import (
    FOLDED,
    add_joined,
    add_left_out,
    digits,
    grid,
    plain_table,
    positives_words,
    print_folded,
    rows_table,
    write_lines,
)
from .records import ORDERS, chosen_samples

if TYPE_CHECKING:
    from rich.console import Console

    from contrastive_core.api import ConventionValue
    from contrastive_core.losses import Loss
    from contrastive_core.summary import LossResult

    from . import Listing


def print_loss(
    result: LossResult, console: Console, listing: Listing, *, columns: int | None
) -> None:
    """Value, what to hold it against, how it came about, and the samples to look at.

    Words are folded to the terminal's columns; tables of numbers never are.
    """
    samples = chosen_samples(result, listing) if listing.every else result.worst
    defined = len(result.samples.loss) - result.undefined
    title = f"The {ORDERS[listing.sort]} {len(samples.index)} of {defined} {result.sample}s"
    with console.capture() as captured:
        print_folded(_facts(result), console, columns)
        console.print(f"\nThe loss over the {result.sample}s", style="bold")
        console.print(_quantiles(result))
        for line in histogram(result.samples.loss, result.chance, columns):
            console.print(line)
        if len(samples.index):
            console.print("\nAll samples" if listing.every else f"\n{title}", style="bold")
            console.print(rows_table(samples))
    write_lines(captured.get(), console)


def _facts(result: LossResult) -> Table:
    """What the value is, and what to hold it against; how it came about."""
    table = grid()
    ledger, terms = result.convention, result.terms
    unit = "nats, " if _in_nats(result.kind) else ""
    counted = "" if result.n == len(result.samples.loss) else f", n = {result.n}"
    table.add_row(result.kind, digits(result.value), f"{unit}{ledger.reduction}{counted}")
    if result.chance is not None:
        table.add_row("chance", digits(result.chance), _chance(result, result.chance))
    if result.mi_lower_bound is not None:
        meaning = "nats of mutual information at least, in expectation; it cannot exceed log K"
        if result.mi_lower_bound < 0:
            meaning = "nats: log K - the mean loss, which below 0 says nothing about information"
        table.add_row("information", digits(result.mi_lower_bound), meaning)
    if terms is not None:
        sum_of = "of the mean loss: " if result.reduction == "sum" else ""
        positive = f"{sum_of}positives, -mean s / tau, the alignment part"
        table.add_row("terms", digits(terms.positive), positive)
        partition = "partition, mean log-sum-exp, the uniformity part"
        table.add_row("", digits(terms.partition), partition)
    for name in ("alignment", "uniformity"):
        if name in result.parameters:
            table.add_row(name, digits(result.parameters[name]), f"the {name} in the value")
    defined = len(result.samples.loss) - result.undefined
    table.add_row(f"{result.sample}s", str(defined), _undefined(result))
    add_left_out(table, result.dropped)
    add_joined(table, result.inputs)
    table.add_row("positives", "", positives_words(result.positives))
    table.add_row("convention", ledger.name, f"{ledger.reference}; {_factor(ledger.factor)}")
    for line in _ledger(result):
        table.add_row("", "", line)
    return table


def _in_nats(kind: str) -> bool:
    from contrastive_core.losses import LOSSES

    return LOSSES[kind].in_nats


def _ledger(result: LossResult) -> list[str]:
    """The rest of the convention, a line each."""
    ledger = result.convention
    lines = ledger.formula.splitlines()
    if ledger.denominator is not None:
        count = f" ({ledger.candidates})" if ledger.candidates else ""
        lines.append(f"denominator: {ledger.denominator}{count}")
    lines.append(f"{ledger.distance}, {ledger.normalisation}; {result.precision}")
    if ledger.tau is not None and ledger.scale is not None:
        lines.append(f"tau {ledger.tau:g} (scale {ledger.scale:g})")
    shown = [
        f"{name.replace('_', '-')} {_plain(value)}"
        for name, value in result.parameters.items()
        if name not in ("tau", "similarity", "alignment", "uniformity") and value is not None
    ]
    return [*lines, ", ".join(shown)] if shown else lines


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.6g}" if isinstance(value, int | float) else str(value)


def _factor(factor: float) -> str:
    return "the paper's value" if factor == 1 else f"{factor:g} times the paper's value"


def _chance(result: LossResult, chance: float) -> str:
    share = f"; the value is {result.value / chance:.1%} of it" if chance else ""
    if result.candidates is None or not _is_log(result, chance):
        return f"when all scores are equal{share}"
    log = f"log K for K = {counted(result.candidates or 0, 'candidate')}, when all scores are equal"
    return f"{'n times ' if result.reduction == 'sum' else ''}{log}{share}"


def _is_log(result: LossResult, chance: float) -> bool:
    """Whether chance is log K, or n times that."""
    factor = result.n if result.reduction == "sum" else 1
    return math.isclose(chance, factor * math.log(result.candidates or 1), rel_tol=1e-9)


def _undefined(result: LossResult) -> str:
    if not result.undefined:
        return "all of them define the loss"
    return f"{result.undefined} more define no loss and are left out"


def _quantiles(result: LossResult) -> Table:
    table = plain_table()
    values = dataclasses.asdict(result.quantiles)
    for name in values:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_row(*map(digits, values.values()))
    return table


def print_conventions(
    kind: str, found: Sequence[ConventionValue], console: Console, *, columns: int | None
) -> None:
    """The value under each convention, and where they differ."""
    table = plain_table()
    table.add_column("convention", no_wrap=True)
    for name in (kind, "of paper", "factor", "tau", "n"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("rows and distance", "what it is"):
        table.add_column(name, overflow="fold")
    paper = found[0].result
    for each in found:
        if each.result is None:
            table.add_row(each.name, "-", "", "", "", "", "", f"skipped: {each.skipped}")
            continue
        table.add_row(each.name, *_compared(each.result, paper), _says(kind, each))
    note = "Each brings its own defaults. A parameter given explicitly holds for all of them."
    with console.capture() as captured:
        print_folded(table, console, columns or FOLDED)
        console.print(f"\n{note}")
    write_lines(captured.get(), console)


def _compared(result: LossResult, paper: LossResult | None) -> tuple[str, ...]:
    """Value, its share of the paper's, factor, temperature, terms, rows and distance."""
    ledger = result.convention
    share = result.value / paper.value if paper is not None and paper.value else math.nan
    tau = "" if ledger.tau is None else f"{ledger.tau:g}"
    rows = f"{ledger.distance}, {ledger.normalisation}"
    count = str(result.n)
    return (f"{result.value:.10g}", f"{share:.4g}", f"{ledger.factor:g}", tau, count, rows)


def _says(kind: str, found: ConventionValue) -> str:
    """Where a library differs from the paper."""
    from contrastive_core.dialects import dialects_of

    known = dialects_of(kind)
    if found.name in known:
        return known[found.name].says
    return "" if found.result is None else found.result.convention.reference


def kinds_table(chosen: Sequence[type[Loss]], console: Console, *, columns: int | None) -> None:
    """Every kind with its inputs, parameters and paper."""
    from contrastive_core.parameters import parameters
    from contrastive_core.vocabulary import INPUTS

    table = plain_table()
    table.add_column("kind", style="bold", no_wrap=True)
    for name in ("what it is", "inputs", "parameters", "paper"):
        table.add_column(name, overflow="fold")
    for each in chosen:
        names = [form.name for form in each.forms]
        options = [f"--{name}" for name in INPUTS if name in each.inputs()]
        table.add_row(
            each.kind,
            each.headline(),
            f"{', '.join(dict.fromkeys(names))} ({' '.join(options)})",
            " ".join(f"--{parameter.name}" for parameter in parameters(each)),
            each.paper.citation,
        )
    with console.capture() as captured:
        print_folded(table, console, columns or FOLDED)
    write_lines(captured.get(), console)
