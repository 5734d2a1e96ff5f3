"""The page of a kind: what it means, its formula and paper, its inputs and options."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import click

from contrastive_core.dialects import dialects_of
from contrastive_core.losses import LOSSES, elsewhere

from .options import kind_options

if TYPE_CHECKING:
    from contrastive_core.losses import Loss

_WIDEST = 100


def page(declaration: type[Loss]) -> str:
    """Everything about one kind."""
    columns = min(shutil.get_terminal_size().columns, _WIDEST)
    formatter = click.HelpFormatter(width=max(columns - 2, 40))
    formatter.write(f"{declaration.kind}\n")
    write_meaning(formatter, declaration)
    write_ways(formatter, declaration)
    with click.Context(click.Command("loss")) as ctx:
        records = [option.get_help_record(ctx) for option in kind_options(declaration)]
    with formatter.section("Options"):
        formatter.write_dl([record for record in records if record])
    write_dialects(formatter, declaration)
    write_examples(formatter, declaration)
    return formatter.getvalue()


def write_kinds(formatter: click.HelpFormatter) -> None:
    """The kinds, a line each."""
    with formatter.section("Kinds (contrast loss --kind KIND --help for the options of one)"):
        formatter.write_dl([(kind, each.headline()) for kind, each in LOSSES.items()])


def write_kind(ctx: click.Context, formatter: click.HelpFormatter, declaration: type[Loss]) -> None:
    """The help of one kind."""
    formatter.write_usage(ctx.command_path, f"--kind {declaration.kind} [OPTIONS] ...")
    write_meaning(formatter, declaration)
    write_ways(formatter, declaration)
    records = [option.get_help_record(ctx) for option in kind_options(declaration)]
    with formatter.section(f"Options of {declaration.kind}"):
        formatter.write_dl([record for record in records if record])
    write_examples(formatter, declaration)
    formatter.write_paragraph()
    formatter.write_text(
        f"Conventions: contrast kinds {declaration.kind}. Options that every kind takes: "
        "contrast loss --help."
    )


def write_meaning(formatter: click.HelpFormatter, declaration: type[Loss]) -> None:
    """First line, formula, plain words, source."""
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(declaration.headline())
        formatter.write_paragraph()
        for line in declaration.formula().splitlines():
            formatter.write(f"{'':>{formatter.current_indent + 2}}{line}\n")
        formatter.write_paragraph()
        formatter.write_text(declaration.meaning)
        formatter.write_paragraph()
        formatter.write_text(declaration.notes())
        formatter.write_paragraph()
        formatter.write_text(f"When all embeddings are equal: {declaration.when_equal}.")
        names = elsewhere(declaration.kind)
        if names:
            formatter.write_paragraph()
            formatter.write_text(f"Elsewhere: {', '.join(names)}.")
        formatter.write_paragraph()
        paper = declaration.paper
        formatter.write_text(f"{paper.citation}: {paper.title}.")
        formatter.write(f"{'':>{formatter.current_indent}}{paper.url}\n")  # never broken


def write_ways(formatter: click.HelpFormatter, declaration: type[Loss]) -> None:
    """The forms of input."""
    with formatter.section("Input"):
        for command, words in declaration.ways():
            formatter.write(f"{'':>{formatter.current_indent}}{command}\n")
            with formatter.indentation(), formatter.indentation():
                formatter.write_text(words)


def write_dialects(formatter: click.HelpFormatter, declaration: type[Loss]) -> None:
    """What libraries print."""
    rows = [("paper", declaration.paper.citation)]
    rows += [
        (name, f"{dialect.says}. [{dialect.reference}]")
        for name, dialect in dialects_of(declaration.kind).items()
    ]
    with formatter.section("Conventions (--convention NAME, or all)"):
        formatter.write_dl(rows)


def write_examples(formatter: click.HelpFormatter, declaration: type[Loss]) -> None:
    """Commands that run in a checkout."""
    with formatter.section("Examples" if len(declaration.examples) > 1 else "Example"):
        for example in declaration.examples:
            formatter.write(f"{'':>{formatter.current_indent}}{example}\n")
