"""The vocabulary of options: what every computing command shares, and what a kind declares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from contrastive_core.errors import BadParameter, known_names
from contrastive_core.parameters import Choice, Flag, Number, Parameter, parameters
from contrastive_core.vocabulary import PRECISIONS

from .outputs import FORMATS

if TYPE_CHECKING:
    from contrastive_core.losses import Loss

Completer = Callable[[click.Context, click.Parameter, str], list[str]]

HELP_NAMES = {"help_option_names": ["-h", "--help"]}


def named(
    option: str, names: Iterable[str], *, default: str | None = None, text: str, metavar: str = ""
) -> click.Option:
    """An option that takes one of some names: completed, and an unknown one says the nearest."""
    known = list(names)

    def check(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        del ctx, param
        if value is None or value in known:
            return value
        raise BadParameter(
            option,
            expected=f"one of {', '.join(known)}",
            got=repr(value),
            remedy=known_names(value, known),
        )

    return click.Option(
        [option],
        default=default,
        show_default=default is not None,
        metavar=metavar or "|".join(known),
        callback=check,
        shell_complete=_completing(known),
        help=text,
    )


def _completing(names: Sequence[str]) -> Completer:
    """What the shell may complete to."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        del ctx, param
        return [name for name in names if name.startswith(incomplete)]

    return complete


def sharing_options() -> list[click.Parameter]:
    """What every computing command shares."""
    formats = ", ".join(f"{name} ({what})" for name, what in FORMATS.items())
    return [
        click.Option(
            ["-o", "--output"],
            multiple=True,
            metavar="FORMAT[:PATH]",
            shell_complete=_completing(list(FORMATS)),
            help=f"Format, and the file it goes to; repeatable. {formats}. Default: table.",
        ),
        click.Option(["--per-sample"], is_flag=True, help="All samples, not only the worst ten."),
        click.Option(
            ["--threads"],
            metavar="N",
            help="Threads; default: the processors available. Never changes a digit.",
        ),
        click.Option(
            ["--memory"],
            metavar="SIZE",
            default="512MiB",
            show_default=True,
            help="Bound on working memory beyond the inputs. Never changes a digit.",
        ),
        named(
            "--precision",
            PRECISIONS,
            default="float32",
            text="Type of the scores; sums run in float64 in both.",
        ),
        click.Option(["-q", "--quiet"], count=True, help="No notes, no progress; -qq: no warnings"),
        named(
            "--color",
            ("auto", "always", "never"),
            default="auto",
            text="Colours; overrides NO_COLOR and FORCE_COLOR.",
        ),
        click.Option(["--debug"], is_flag=True, help="Show the traceback of a fault."),
    ]


def kind_options(declaration: type[Loss]) -> list[click.Parameter]:
    """The options of a kind, from its declaration."""
    return [option for parameter in parameters(declaration) for option in _options(parameter)]


def _options(parameter: Parameter) -> list[click.Parameter]:
    """A hyper-parameter's option; and one for its inverse, where that has a name."""
    bound = parameter.bound
    if isinstance(bound, Flag):
        return [click.Option([f"--{parameter.name}"], is_flag=True, help=bound.meaning)]
    if isinstance(bound, Choice):
        text = f"{bound.meaning}  [default: {parameter.default}]"
        return [named(f"--{parameter.name}", bound.names, text=text)]
    return _number_options(parameter, bound)


def _number_options(parameter: Parameter, bound: Number) -> list[click.Parameter]:
    names = [f"--{name}" for name in (parameter.name, *bound.aliases)]
    help_text = f"{bound.meaning}  [default: {parameter.default:g}]"
    options: list[click.Parameter] = [click.Option(names, metavar="NUMBER", help=help_text)]
    if bound.reciprocal:
        inverse = f"Multiplies every similarity: 1 / {parameter.name}, instead of it."
        options.append(
            click.Option([f"--{bound.reciprocal}"], metavar="NUMBER", help=inverse),
        )
    return options


def written(args: Sequence[str], option: str) -> str | None:
    """The value of an option on a command line that is not parsed, or could not be."""
    value = None
    for position, arg in enumerate(args):
        if arg == "--":
            break
        if arg == option and position + 1 < len(args):
            value = args[position + 1]
        elif arg.startswith(f"{option}="):
            value = arg.partition("=")[2]
    return value


def given(options: Sequence[click.Parameter], values: dict[str, Any]) -> dict[str, Any]:
    """Those of the options that were given, by their long names."""
    chosen = {}
    for option in options:
        value = values.pop(option.name or "")
        if value is not None and value is not False:
            chosen[option.opts[0].lstrip("-")] = value
    return chosen
