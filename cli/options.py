"""The vocabulary of options: what every computing command shares, and what a kind declares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from contrastive_core.conventions import ALL_NAME, PAPER_NAME
from contrastive_core.dialects import dialects_of
from contrastive_core.errors import BadParameter, known_names
from contrastive_core.parameters import (
    Choice,
    Flag,
    Number,
    NumberOr,
    Parameter,
    Switch,
    parameters,
)
from contrastive_core.vocabulary import DTYPES, INPUTS, ON_BAD, PRECISIONS, REDUCTIONS, SORTS, Input

from .completing import of_files, of_names, of_outputs
from .outputs import FORMATS, either

if TYPE_CHECKING:
    from contrastive_core.losses import Loss

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
        shell_complete=of_names(known),
        help=text,
    )


def named_several(option: str, names: Iterable[str], *, metavar: str, text: str) -> click.Option:
    """A repeatable option whose names are completed; the core answers an unknown one."""
    return click.Option(
        [option],
        multiple=True,
        metavar=metavar,
        shell_complete=of_names(names),
        help=text,
    )


def files_argument(metavar: str) -> click.Argument:
    """The files that a command reads; behind `PATH::` their columns are completed."""
    return click.Argument(
        ["files"], nargs=-1, metavar=metavar, shell_complete=of_files(vectors=True)
    )


def sharing_options(
    samples: str = "samples",
    *,
    formats: Mapping[str, str] = FORMATS,
    precision: str = "float32; float64 for losses of distances",
) -> list[click.Parameter]:
    """What every computing command shares.

    Args:
        samples: What the formats of rows have one row for each of.
        formats: The formats, and what is written in each.
        precision: The default precision in words.
    """
    return [
        output_option(formats),
        click.Option(
            ["--per-sample"], is_flag=True, help=f"All {samples}, not only the worst ten."
        ),
        click.Option(
            ["--top"],
            metavar="N",
            help=f"List N {samples}; jsonl, csv, tsv and parquet too then hold no more.  "
            "[default: 10; these: all]",
        ),
        named(
            "--sort",
            SORTS,
            text=f"Which {samples} are listed, and in what order: the worst, the best, or by "
            "index; undefined ones last.  [default: worst; where all are listed: index]",
        ),
        *_reading_options(),
        *_means_options(precision),
        click.Option(["-q", "--quiet"], count=True, help="No notes, no progress; -qq: no warnings"),
        named(
            "--color",
            ("auto", "always", "never"),
            default="auto",
            text="Colours; overrides NO_COLOR and FORCE_COLOR.",
        ),
        click.Option(["--debug"], is_flag=True, help="Show the traceback of a fault."),
    ]


def output_option(formats: Mapping[str, str]) -> click.Option:
    """Where results go: the formats, those of which the same is said together."""
    said: dict[str, list[str]] = {}
    for name, what in formats.items():
        said.setdefault(what, []).append(name)
    listed = ", ".join(f"{either(names, 'and')} ({what})" for what, names in said.items())
    return click.Option(
        ["-o", "--output"],
        multiple=True,
        metavar="FORMAT[:PATH]",
        shell_complete=of_outputs(name.partition(":")[0] for name in formats),
        help=f"Format, and the file it goes to; repeatable. {listed}. Default: table.",
    )


def _reading_options() -> list[click.Parameter]:
    """How files are read."""
    return [
        named(
            "--dtype",
            DTYPES,
            text="What a file of vectors stores: bfloat16 as two-byte voids or integers, or packed "
            "bits as bytes, eight dimensions of -1 and 1 each; files of another type are read by "
            "it, labels and lists of rows always.",
        ),
        click.Option(
            ["--join"],
            metavar="COLUMN",
            help="Put the rows of other files into the order of EMBEDDINGS by this column of ids. "
            "Without it ids (id, _id, key) that both files have must agree, row by row.",
        ),
        named(
            "--on-bad",
            ON_BAD,
            default="stop",
            text="Rows that hold NaN, infinity or null, are ragged, or are null vectors where a "
            "direction is needed: stop and name them, or drop them with their pairs, labels and "
            "views, and say so.",
        ),
    ]


def _means_options(precision: str) -> list[click.Parameter]:
    """Threads, memory and precision."""
    return [
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
            text=f"Type of the scores; sums run in float64 in both.  [default: {precision}]",
        ),
    ]


def kind_options(declaration: type[Loss]) -> list[click.Parameter]:
    """The options of a kind, from its declaration: inputs, hyper-parameters, conventions."""
    taken = declaration.inputs()
    options = [input_option(entry) for name, entry in INPUTS.items() if name in taken]
    options += parameter_options(declaration, declaration.form_sets.get("scores", {}))
    options.append(_convention_option(declaration))
    if declaration.reducible:
        text = "Over the terms that define the loss."
        options.append(named("--reduction", REDUCTIONS, text=f"{text}  [default: mean]"))
    return options


def input_option(entry: Input, meaning: str = "") -> click.Parameter:
    """A file, or a word, that is computed from; `meaning` where that is not the usual one."""
    text = meaning or entry.meaning
    if entry.names:
        return named(f"--{entry.name}", entry.names, text=text)
    words, _, _ = entry.metavar.rpartition("|")  # what may be said instead of a file
    vectors = entry.name in ("bank", "scores", "prototypes")
    return click.Option(
        [f"--{entry.name}"],
        metavar=entry.metavar,
        shell_complete=of_files(filter(None, [words]), vectors=vectors),
        help=text,
    )


def parameter_options(
    declaration: type, of_scores: Mapping[str, Any] | None = None
) -> list[click.Parameter]:
    """The options of every declared parameter."""
    found: list[click.Parameter] = []
    for parameter in parameters(declaration):
        found += _options(parameter, of_scores or {})
    return found


def _convention_option(declaration: type[Loss]) -> click.Parameter:
    """An unknown name is answered by the core, which knows the conventions of the other kinds."""
    names = (PAPER_NAME, *dialects_of(declaration.kind))
    text = "Whose value: the paper's, or what a library prints; all, side by side."
    return click.Option(
        ["--convention"],
        metavar="NAME|all",
        shell_complete=of_names((*names, ALL_NAME)),
        help=f"{text} {', '.join(names)}.  [default: paper]",
    )


def _options(parameter: Parameter, of_scores: Mapping[str, Any]) -> list[click.Parameter]:
    """A hyper-parameter's option; and one for its inverse, where that has a name."""
    bound = parameter.bound
    if isinstance(bound, Flag):
        return [click.Option([f"--{parameter.name}"], is_flag=True, help=bound.meaning)]
    if isinstance(bound, Switch):
        return [
            click.Option([f"--{bound.on}"], is_flag=True, help=bound.meaning),
            click.Option([f"--{bound.off}"], is_flag=True, help=bound.off_meaning),
        ]
    if isinstance(bound, Choice):
        text = f"{bound.meaning}  [default: {parameter.default}]"
        return [named(f"--{parameter.name}", bound.names, text=text)]
    if isinstance(bound, NumberOr):
        text = f"{bound.meaning}  [default: {parameter.default:g}]"
        metavar = "|".join(("NUMBER", *bound.words))
        return [click.Option([f"--{parameter.name}"], metavar=metavar, help=text)]
    return _number_options(parameter, bound, of_scores.get(parameter.field))


def _number_options(
    parameter: Parameter, bound: Number, of_scores: float | None
) -> list[click.Parameter]:
    """Its names and its inverse; `of_scores` is the default for ready scores, if that differs."""
    names = [f"--{name}" for name in (parameter.name, *bound.aliases)]
    other = "" if of_scores in (None, parameter.default) else f"; {of_scores:g} with --scores"
    default = "" if parameter.default is None else f"  [default: {parameter.default:g}{other}]"
    metavar = "M" if bound.optional else "NUMBER"
    options: list[click.Parameter] = [
        click.Option(names, metavar=metavar, help=f"{bound.meaning}{default}")
    ]
    if bound.reciprocal:
        inverse = f"Multiplies every similarity: 1 / {parameter.name}, instead of it."
        options.append(
            click.Option([f"--{bound.reciprocal}"], metavar="NUMBER", help=inverse),
        )
    return options


def hyper_parameters(declaration: type, values: dict[str, Any]) -> dict[str, Any]:
    """The declared parameters that were given, by the names they were given by."""
    chosen: dict[str, Any] = {}
    for parameter in parameters(declaration):
        bound = parameter.bound
        if isinstance(bound, Switch):
            chosen.update(_switched(parameter, bound, values))
            continue
        names = [parameter.name]
        if isinstance(bound, Number) and bound.reciprocal:
            names.append(bound.reciprocal)
        for name in names:
            value = values[name.replace("-", "_")]
            if value is not None and value is not False:
                chosen[name] = value
    return chosen


def _switched(parameter: Parameter, bound: Switch, values: dict[str, Any]) -> dict[str, Any]:
    """One of two options, or neither."""
    on, off = values[bound.on], values[bound.off]
    if on and off:
        raise BadParameter(
            bound.on,
            expected=f"--{bound.on} or --{bound.off}",
            got="both",
            remedy="Leave one of them out.",
        )
    return {parameter.name: bool(on)} if on or off else {}


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
