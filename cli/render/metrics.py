"""The metrics of a space for people."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.table import Table

from contrastive_core.errors import counted

from .layout import (
    FOLDED,
    Heading,
    add_joined,
    add_left_out,
    grid,
    positives_words,
    print_folded,
    print_tables,
    print_title,
    rows_tables,
)
from .metric_lines import LineGroup, layout_of, line_of
from .records import ORDERS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from rich.console import Console

    from contrastive_core.geometry.result import ClassFacts, MetricsResult, RowFacts

    from .report import Listing

GROUPS = {
    "pairs and spread": ("alignment", "uniformity", "mean_cosine", "tolerance", "modality_gap"),
    "spectrum": (
        *("effective_rank", "rankme", "participation_ratio", "stable_rank", "alpha_req"),
        "iso_score",
    ),
    "neighbours": (
        *("hubness", "duplicates", "recall_at_1", "precision_at_1", "r_precision", "map_at_r"),
    ),
    "lengths": ("norm_mean", "norm_std"),
}
"""The headings of the table, and the metrics under each."""

_LEVELS = (
    "collapsed: all embeddings equal; random: directions uniform on the sphere, in closed form or "
    "simulated"
)

_CLASSES = 10
"""Classes that are listed."""


def print_metrics(
    result: MetricsResult,
    listed: RowFacts,
    console: Console,
    listing: Listing,
    *,
    columns: int | None,
    guide: bool,
) -> None:
    """What was read, every metric beside its levels, what is absent, classes, and rows.

    Words are folded to the terminal's columns; numbers never are.
    """
    print_folded(_facts(result), console, columns)
    _print_lines(result, console, columns or FOLDED, guide=guide)
    _print_skipped(result, console, columns or FOLDED)
    if result.classes is not None and len(result.classes):
        _print_classes(result.classes, result.d, console, columns)
    if len(listed):
        print_title(_title(result, listing, len(listed)), console, columns)
        print_tables(rows_tables(listed, ("index", "view"), columns), console)


def _facts(result: MetricsResult) -> Table:
    """What was read, and how it was taken."""
    table = grid()
    clouds = "" if result.clouds == 1 else f"in each of {result.clouds} clouds, "
    read = [each for each in result.inputs if each.shape is not None]
    shapes = ", ".join(f"{each.path} {each.shape} {each.dtype}" for each in read)
    table.add_row("rows", str(result.n), f"{clouds}{counted(result.d, 'dimension')}: {shapes}")
    for each in result.inputs:
        if each.shape is None:
            table.add_row(each.role, "", each.path)
    add_left_out(table, result.dropped)
    add_joined(table, result.inputs)
    found = result.positives
    table.add_row("positives", "", "none" if found is None else positives_words(found))
    if result.anchors is not None:
        drawn = "rows drawn of each cloud, against all; ± is 95 % of the bootstrap over them"
        table.add_row("sample", str(result.anchors), drawn)
    shown = [f"{name.replace('_', '-')} {value:g}" for name, value in _numbers(result).items()]
    table.add_row("parameters", "", ", ".join((*shown, result.precision)))
    table.add_row("levels", "", _LEVELS)
    return table


def _numbers(result: MetricsResult) -> dict[str, float]:
    """The parameters that are set, and that something here depends on."""
    used = {name for found in result.metrics.values() for name in found.parameters}
    used |= {"sample", "seed"}
    return {name: value for name, value in result.parameters.items() if name in used}


def _print_lines(result: MetricsResult, console: Console, columns: int, *, guide: bool) -> None:
    """The metrics under their headings."""
    lines = {name: line_of(found, guide=guide) for name, found in result.metrics.items()}
    if not lines:
        return
    layout = layout_of(list(lines.values()), columns)
    console.print()
    console.print(layout)
    for heading, members in GROUPS.items():
        group = [
            lines[name]
            for member in members
            for name, found in result.metrics.items()
            if found.metric.name == member
        ]
        if group:
            console.print()
            console.print(Heading(heading, columns, "underline"))
            console.print(LineGroup(layout, tuple(group)))


def _print_skipped(result: MetricsResult, console: Console, columns: int) -> None:
    """Why the others are absent."""
    if not result.skipped:
        return
    print_title("Skipped", console, columns)
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, reason in result.skipped.items():
        table.add_row(name, reason)
    print_folded(table, console, columns)


def _print_classes(classes: ClassFacts, d: int, console: Console, columns: int | None) -> None:
    """The classes to look at; of two clouds each class has a line for both."""
    order = class_order(classes, d)[:_CLASSES]
    count = len(classes) if classes.view is None else len(classes) // 2
    title = f"{counted(count, 'class', 'classes')}, {_order_words(classes)}"
    if len(order) < len(classes):
        title += f" ({len(order)} of {len(classes)} lines: -o json has all)"
    print_title(title, console, columns)
    print_tables(rows_tables(classes.take(order), ("view", "label"), columns), console)


def _order_words(classes: ClassFacts) -> str:
    """What `class_order` comes to; without ranks nothing is known of directions."""
    if classes.effective_rank is None:
        return "highest tolerance first"
    return "collapsed ones first, then those that use the smallest share of their directions"


def class_order(classes: ClassFacts, d: int) -> npt.NDArray[np.int64]:
    """Collapsed classes, then the lowest share of the directions that a class could use.

    The directions of a collapsed class are those of noise, and say nothing of it. Of equals, and
    where ranks were not asked for, the highest tolerance comes first; single rows come last.
    """
    import numpy as np

    from contrastive_core.geometry.readings import WITHIN

    sizes, tolerance = np.asarray(classes.size), np.asarray(classes.tolerance)
    share = np.zeros(len(sizes))
    if classes.effective_rank is not None:
        share = classes.effective_rank / np.maximum(np.minimum(sizes - 1, d), 1)
        share[np.isnan(share) | (tolerance > 1 - WITHIN)] = 0.0
    share[sizes == 1] = math.inf
    return np.lexsort((-tolerance, share))


def _title(result: MetricsResult, listing: Listing, count: int) -> str:
    """Which rows are listed, and by what they are sorted."""
    if listing.every and listing.sort is None:
        return "All rows"
    from contrastive_core.geometry.rows import sort_key

    samples, order, by, what = result.samples, listing.sort or "worst", "", "rows"
    key = sort_key(samples)
    if order == "index" or key is None:
        order = "index"
    else:
        best = {"highest": "lowest", "lowest": "highest"}[key.worst]
        by = f", {best if order == 'best' else key.worst} {key.column.replace('_', ' ')} first"
        what = "pairs" if key.of_pairs and samples.view is not None else "rows"
    if listing.every:
        return f"All rows{by}"
    total = result.n if what == "pairs" and result.anchors is None else len(samples)
    return f"The {ORDERS[order]} {count} of {total} {what}{by}"
