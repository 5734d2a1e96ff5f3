"""The losses as a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contrastive_core.dialects import dialects_of
from contrastive_core.errors import BadParameter
from contrastive_core.parameters import Bound, Choice, Flag, Number, NumberOr, Switch, parameters
from contrastive_core.vocabulary import INPUTS

from .records import heading
from .report import Records

if TYPE_CHECKING:
    from rich.console import Console

    from contrastive_core.losses import Loss
    from contrastive_core.parameters import Parameter


@dataclass(frozen=True)
class KindReport:
    """Every loss, or one.

    Args:
        chosen: The losses.
        page: The whole page of the one that was asked for; None for the list.
    """

    chosen: Sequence[type[Loss]]
    page: str | None = None

    def head(self) -> dict[str, Any]:
        """One object with all of them."""
        return {**heading("kinds"), "kinds": [describe(each) for each in self.chosen]}

    def lists(self) -> dict[str, Any]:
        """None: all is in the entries of the losses."""
        return {}

    def table(self) -> Records:
        """A row per kind."""
        lists = dict.fromkeys(("inputs", "parameters", "conventions"), "texts")
        return Records((_row(each) for each in self.chosen), lists)

    def print_to(self, console: Console, columns: int | None) -> None:
        """The page of one kind, or a line or two for each."""
        from .kinds import print_kinds
        from .layout import Figure

        if self.page is None:
            print_kinds(self.chosen, console, columns=columns)
        else:
            console.print(Figure(self.page.splitlines()))

    def value(self) -> float:
        """Losses without data are no number."""
        raise BadParameter(
            "output",
            expected="a format that tells of losses",
            got="value",
            remedy="contrast kinds -o json has everything.",
        )


def _row(declaration: type[Loss]) -> dict[str, Any]:
    """A kind in one row."""
    found = describe(declaration)
    forms = [form.name for form in declaration.forms]
    return {
        **{name: found[name] for name in ("kind", "headline", "formula", "when_equal")},
        "inputs": list(dict.fromkeys(forms)),
        "parameters": [each["name"] for each in found["parameters"]],
        "conventions": [each["name"] for each in found["conventions"]],
        "paper": found["paper"]["citation"],
        "url": found["paper"]["url"],
    }


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
