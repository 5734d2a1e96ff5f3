"""`contrast kinds`: every loss with its inputs, parameters, paper and conventions."""

from __future__ import annotations

import click

from contrastive_core.losses import LOSSES, find_loss

from .completing import of_names
from .consoles import Manners
from .folding import fit
from .options import HELP_NAMES, named, output_option
from .outputs import check_outputs, formats, parse_outputs, write_all
from .pages import page
from .parsing import Command
from .render import writer
from .render.kind_report import KindReport

_SAYS = formats("one row per kind", None)
"""The formats, and what is written in each."""


@click.command(
    cls=Command,
    context_settings=HELP_NAMES,
    params=[
        click.Argument(["kind"], required=False, shell_complete=of_names(LOSSES)),
        output_option(_SAYS),
        click.Option(["-q", "--quiet"], count=True, help="As in every command: no notes."),
        named("--color", ("auto", "always", "never"), default="auto", text="Colours."),
    ],
)
def kinds(kind: str | None, output: tuple[str, ...], quiet: int, color: str) -> None:
    """List the losses; or, with KIND, show the whole page of one.

    \b
    Examples:
      contrast kinds
      contrast kinds triplet
      contrast kinds -o json
    """
    outputs = parse_outputs(output, _SAYS)
    check_outputs(outputs, [])
    chosen = [find_loss(kind)] if kind else list(LOSSES.values())
    manners = Manners(quiet, color)
    if kind is None:
        write_all(outputs, writer(KindReport(chosen), manners))
    else:
        text = page(chosen[0])  # which needs no console, and so costs little
        own = {"table": lambda stream: stream.write(fit(text))}
        write_all(outputs, writer(KindReport(chosen, text), manners, own))
