"""A loss, and a loss under every convention, for people."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from contrastive_core.errors import counted

from .histogram import histogram
from .layout import (
    FOLDED,
    Figure,
    add_joined,
    add_left_out,
    cells_tables,
    digits,
    grid,
    plain_table,
    positives_words,
    print_folded,
    print_tables,
    print_title,
    print_words,
    rows_tables,
)
from .records import ORDERS

if TYPE_CHECKING:
    from rich.console import Console

    from contrastive_core import ConventionValue
    from contrastive_core.samples import Samples
    from contrastive_core.summary import LossResult

    from .report import Listing

_NAMING = ("index", "view")
"""Columns that name a sample."""

_WORDS = 44
"""Columns that the words of conventions need beside the numbers."""

_NOTE = "Each brings its own defaults. A parameter given explicitly holds for all of them."


def print_loss(
    result: LossResult,
    samples: Samples,
    console: Console,
    listing: Listing,
    *,
    columns: int | None,
) -> None:
    """Value, what to hold it against, how it came about, and the samples to look at.

    Words are folded to the terminal's columns; tables of numbers never are.
    """
    defined = len(result.samples.loss) - result.undefined
    title = f"The {ORDERS[listing.sort]} {len(samples.index)} of {defined} {result.sample}s"
    print_folded(_facts(result), console, columns)
    print_title(f"The loss over the {result.sample}s", console, columns)
    print_tables(cells_tables(_quantiles(result), (), columns), console)
    console.print(Figure(histogram(result.samples.loss, result.chance, columns)))
    if len(samples.index):
        print_title("All samples" if listing.every else title, console, columns)
        print_tables(rows_tables(samples, _NAMING, columns), console)


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
    lines.append(f"{ledger.scoring}; {result.precision}")
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


def _quantiles(result: LossResult) -> dict[str, list[str]]:
    """A column for each."""
    values = dataclasses.asdict(result.quantiles)
    return {name: [digits(value)] for name, value in values.items()}


def print_conventions(
    kind: str, found: Sequence[ConventionValue], console: Console, *, columns: int | None
) -> None:
    """The value under each convention, and where they differ."""
    heads = ("convention", kind, "of paper", "factor", "tau", "n")
    paper = found[0].result
    rows = [(each.name, *_compared(each, paper), _says(kind, each)) for each in found]
    cells = {head: [row[place] for row in rows] for place, head in enumerate(heads)}
    if columns and _widths(cells) + _WORDS > columns:
        print_tables(cells_tables(cells, heads[:1], columns), console)
        console.print()
        _print_says(rows, console, columns)
    else:
        print_folded(_one_table(heads, rows), console, columns or FOLDED)
    console.print()
    print_words(_NOTE, console, columns)


def _widths(cells: dict[str, list[str]]) -> int:
    """Columns that the numbers take."""
    return sum(2 + max(map(len, (head, *column))) for head, column in cells.items())


def _one_table(heads: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Table:
    """Numbers and words side by side."""
    table = plain_table()
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place else "left", no_wrap=True)
    for head in ("rows and distance", "what it is"):
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _print_says(rows: Sequence[tuple[str, ...]], console: Console, columns: int) -> None:
    """The words of each convention, below its name."""
    for name, *_, distance, says in rows:
        console.print(name, style="bold")
        for text in filter(None, (says, distance)):
            for line in Text(text).wrap(console, columns - 2):
                console.print(Text.assemble("  ", line))


def _compared(found: ConventionValue, paper: LossResult | None) -> tuple[str, ...]:
    """Value, its share of the paper's, factor, temperature, terms, rows and distance."""
    result = found.result
    if result is None:
        return ("-", "", "", "", "", "")
    ledger = result.convention
    share = result.value / paper.value if paper is not None and paper.value else math.nan
    tau = "" if ledger.tau is None else f"{ledger.tau:g}"
    figures = (f"{result.value:.10g}", f"{share:.4g}", f"{ledger.factor:g}", tau, str(result.n))
    return (*figures, ledger.scoring)


def _says(kind: str, found: ConventionValue) -> str:
    """Where a library differs from the paper."""
    from contrastive_core.dialects import dialects_of

    if found.result is None:
        return f"skipped: {found.skipped}"
    told, known = found.result.convention.reference, dialects_of(kind)
    return told.removeprefix(f"{known[found.name].reference}: ") if found.name in known else told
