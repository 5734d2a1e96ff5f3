"""The triplets for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from contrastive_core.hardness.readings import GOOD, MEANINGS

from .bars import NAMES, NARROWEST, SORTS, STYLES, WIDEST, bar
from .layout import (
    FOLDED,
    add_joined,
    add_left_out,
    digits,
    grid,
    positives_words,
    print_folded,
    print_tables,
    print_title,
    rows_tables,
)
from .margin_lines import half, percent, print_margins
from .records import ORDERS

if TYPE_CHECKING:
    from rich.console import Console

    from contrastive_core.hardness.result import Hardness, TripletsResult
    from contrastive_core.hardness.rows import AnchorRows, ListedRows

    from .report import Listing

_CLASSES = 10
"""Classes that are listed."""


def print_triplets(
    result: TripletsResult,
    listed: AnchorRows | ListedRows,
    console: Console,
    listing: Listing,
    *,
    columns: int | None,
    guide: bool,
) -> None:
    """How many, of which sort, at what cost; the classes and the anchors to look at.

    Words are folded to the terminal's columns; numbers never are.
    """
    first = result.margins[0]
    print_folded(_facts(result), console, columns)
    console.print()
    if len(result.margins) == 1:
        console.print(_sorts(first, columns or FOLDED))
        console.print()
    else:
        print_margins(result.margins, console, columns or FOLDED)
    print_folded(_meanings(guide=guide), console, columns or FOLDED)
    if len(result.margins) == 1:
        console.print()
        print_folded(_means(first, guide=guide), console, columns or FOLDED)
    _print_classes(result, console, columns)
    if len(listed):
        print_title(_title(result, listing, len(listed)), console, columns)
        print_tables(rows_tables(listed, ("index", "view", "label"), columns), console)


def _facts(result: TripletsResult) -> Table:
    """How many there are, and how they were taken."""
    table, first = grid(), result.margins[0]
    left_out = f"; rows that define none: {result.undefined:,}" if result.undefined else ""
    anchors = "anchor" if result.anchors == 1 else "anchors"
    words = f"all triplets of {result.anchors:,} {anchors}{left_out}"
    if result.kind == "triplet":
        words = f"listed, with {result.anchors:,} different anchors"
    table.add_row("triplets", f"{result.triplets:,}", words)
    if result.sample is not None:
        drawn = "anchors drawn, against all rows; shares and means are estimated, ± is 95 %"
        table.add_row("sample", f"{result.sample:,}", f"{drawn} (seed {first.parameters['seed']})")
    ledger, single = first.convention, len(result.margins) == 1
    measured = f"{ledger.scoring}; {result.precision}"
    table.add_row("margin", f"{first.margin:g}" if single else "several", measured)
    add_left_out(table, result.dropped)
    add_joined(table, result.inputs)
    table.add_row("positives", "", positives_words(result.positives))
    formula = f"{ledger.formula}; " if single else ""
    table.add_row("convention", ledger.name, f"{ledger.reference}; {formula}{ledger.reduction}")
    return table


def _sorts(found: Hardness, columns: int) -> Table:
    """A line for each sort: count, share, bar."""
    rows = []
    for sort in SORTS:
        count = "" if found.counts is None else f"{getattr(found.counts, sort):,}"
        share = getattr(found.fractions, sort)
        rows.append((sort, count, f"{percent(share)}{half(found, sort, 100.0)}", share))
    taken = sum(2 + max(len(row[column]) for row in rows) for column in (1, 2)) + 11
    width = max(NARROWEST, min(WIDEST, columns - taken))
    table = Table.grid(padding=(0, 2))
    for justify in ("left", "right", "right", "left"):
        table.add_column(justify=justify, no_wrap=True)
    for sort, count, words, share in rows:
        name = Text(NAMES[sort], style=f"bold {STYLES[sort]}")
        table.add_row(name, count, words, bar(sort, share, width))
    return table


def _meanings(*, guide: bool) -> Table:
    """What each sort is; what good looks like, where that was asked."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for sort in SORTS:
        name = Text(NAMES[sort], style=f"bold {STYLES[sort]}")
        table.add_row(name, _explained(MEANINGS[sort], sort, guide=guide))
    return table


def _explained(words: str, name: str, *, guide: bool) -> Text:
    """A meaning, and the guide below it."""
    return Text.assemble(words, (f"\n{GOOD[name]}" if guide else "", "italic dim"))


def _means(found: Hardness, *, guide: bool) -> Table:
    """Both means, and the share that makes them differ."""
    table = grid()
    numbers = {
        "mean": digits(found.loss.mean) + half(found, "mean"),
        "mean_active": digits(found.loss.mean_active) + half(found, "mean_active"),
        "active_fraction": percent(found.active_fraction) + half(found, "active_fraction", 100.0),
    }
    for name, number in numbers.items():
        over = f" over {found.over}" if name == "mean" else ""
        said = _explained(f"{MEANINGS[name]}{over}", name, guide=guide)
        table.add_row(name.replace("_", " "), number, said)
    return table


def _print_classes(result: TripletsResult, console: Console, columns: int | None) -> None:
    """The classes to look at."""
    classes = result.classes
    if classes is None:
        return
    listed = classes.hardest(_CLASSES)
    more = len(classes) - len(listed)
    rest = f"; {more} more: -o json has all" if more else ""
    title = f"The classes, largest share of hard triplets first{_at(result)}{rest}"
    print_title(title, console, columns)
    print_tables(rows_tables(listed, ("label",), columns), console)


def _title(result: TripletsResult, listing: Listing, count: int) -> str:
    """Which anchors, or listed triplets, are to be looked at."""
    total = result.sample or (result.anchors if result.kind == "anchor" else result.triplets)
    title = f"The {ORDERS[listing.sort]} {count} of {total:,} {result.kind}s"
    return f"{f'All {result.kind}s' if listing.every else title}{_at(result)}"


def _at(result: TripletsResult) -> str:
    """At which of several margins."""
    return f" (margin {result.margins[0].margin:g})" if len(result.margins) > 1 else ""
