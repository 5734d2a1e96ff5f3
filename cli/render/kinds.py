"""The list of losses, for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from contrastive_core.parameters import parameters
from contrastive_core.vocabulary import INPUTS

from .layout import FOLDED, plain_table, print_folded

if TYPE_CHECKING:
    from rich.console import Console

    from contrastive_core.losses import Loss


def print_kinds(chosen: Sequence[type[Loss]], console: Console, *, columns: int | None) -> None:
    """Every kind with its inputs, parameters and paper."""
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
    print_folded(table, console, columns or FOLDED)
