"""`contrast kinds`: every loss with its inputs, parameters, paper and conventions."""

from __future__ import annotations

import csv
import json
import shutil
from typing import IO, TYPE_CHECKING, Any

import click

from contrastive_core.dialects import dialects_of
from contrastive_core.errors import BadParameter
from contrastive_core.losses import LOSSES, find_loss
from contrastive_core.parameters import Bound, Choice, Flag, Number, NumberOr, Switch, parameters
from contrastive_core.version import VERSION
from contrastive_core.vocabulary import INPUTS

from .completing import of_names, of_outputs
from .consoles import Manners
from .folding import fit
from .options import HELP_NAMES, kind_options, named
from .outputs import Output, check_outputs, parse_outputs, write_all
from .pages import write_dialects, write_examples, write_meaning, write_ways

if TYPE_CHECKING:
    from contrastive_core.losses import Loss
    from contrastive_core.parameters import Parameter

_FORMATS = ("table", "json", "csv")
_WIDEST = 100


@click.command(
    context_settings=HELP_NAMES,
    params=[
        click.Argument(["kind"], required=False, shell_complete=of_names(LOSSES)),
        click.Option(
            ["-o", "--output"],
            multiple=True,
            metavar="FORMAT[:PATH]",
            shell_complete=of_outputs(_FORMATS),
            help="table, json or csv (a row per kind), and the file it goes to; repeatable. "
            "Default: table.",
        ),
        named("--color", ("auto", "always", "never"), default="auto", text="Colours."),
    ],
)
def kinds(kind: str | None, output: tuple[str, ...], color: str) -> None:
    """List the losses; or, with KIND, show the whole page of one.

    \b
    Examples:
      contrast kinds
      contrast kinds triplet
      contrast kinds -o json
    """
    outputs = parse_outputs(output)
    for each in outputs:
        if each.format not in _FORMATS:
            raise BadParameter(
                "output",
                expected="table, json or csv",
                got=each.format,
                remedy="contrast kinds -o json has everything.",
            )
    check_outputs(outputs, [])
    chosen = [find_loss(kind)] if kind else list(LOSSES.values())
    manners = Manners(color=color)

    def write(out: Output, stream: IO[str]) -> None:
        if out.format == "json":
            _write_json(chosen, stream)
        elif out.format == "csv":
            _write_csv(chosen, stream)
        elif kind:
            stream.write(fit(page(chosen[0])))
        else:
            _write_table(chosen, manners, stream)

    write_all(outputs, write)


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


def _write_table(chosen: list[type[Loss]], manners: Manners, stream: IO[str]) -> None:
    """A line or two for each kind."""
    from .render.table import kinds_table

    kinds_table(chosen, manners.console(stream), columns=manners.columns(stream))


def _write_json(chosen: list[type[Loss]], stream: IO[str]) -> None:
    """One object with all of them."""
    found = {
        "schema": "contrast/1",
        "command": "kinds",
        "version": VERSION,
        "inputs": [],
        "warnings": [],
        "kinds": [describe(declaration) for declaration in chosen],
    }
    stream.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


def _write_csv(chosen: list[type[Loss]], stream: IO[str]) -> None:
    """A row per kind."""
    writer = csv.writer(stream, lineterminator="\n")
    names = ("kind", "headline", "formula", "when_equal")
    writer.writerow((*names, "inputs", "parameters", "conventions", "paper", "url"))
    for declaration in chosen:
        found = describe(declaration)
        lists = (
            [form.name for form in declaration.forms],
            [each["name"] for each in found["parameters"]],
            [each["name"] for each in found["conventions"]],
        )
        joined = [";".join(dict.fromkeys(names)) for names in lists]
        paper = found["paper"]
        cells = (*(found[name] for name in names), *joined, paper["citation"], paper["url"])
        writer.writerow(cells)


def describe(declaration: type[Loss]) -> dict[str, Any]:
    """A kind as plain data."""
    paper = declaration.paper
    return {
        "kind": declaration.kind,
        "headline": declaration.headline(),
        "formula": declaration.formula(),
        "meaning": declaration.meaning,
        "notes": declaration.notes(),
        "when_equal": declaration.when_equal,
        "in_nats": declaration.in_nats,
        "paper": {
            "citation": paper.citation,
            "title": paper.title,
            "equation": paper.equation,
            "url": paper.url,
        },
        "inputs": [{"command": command, "meaning": words} for command, words in declaration.ways()],
        "input_options": [name for name in INPUTS if name in declaration.inputs()],
        "parameters": [_parameter(each) for each in parameters(declaration)],
        "conventions": [
            {"name": "paper", "reference": paper.citation, "says": "the paper's own value"},
            *(
                {"name": name, "reference": dialect.reference, "says": dialect.says}
                for name, dialect in dialects_of(declaration.kind).items()
            ),
        ],
        "examples": list(declaration.examples),
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    """A hyper-parameter as plain data."""
    return {
        "name": parameter.name,
        "default": parameter.default,
        "legal": _legal(parameter.bound),
        "meaning": parameter.bound.meaning,
    }


def _legal(bound: Bound) -> Any:
    """The legal values: a list, or in words."""
    match bound:
        case Choice():
            return list(bound.names)
        case Flag():
            return [True, False]
        case Switch():
            return [True, False, None]
        case Number() | NumberOr():
            return bound.expected
