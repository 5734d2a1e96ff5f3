"""The options of `contrast check`, and what they say against a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from contrastive_core.errors import BadParameter
from contrastive_core.gate.rules import ERROR, WARN
from contrastive_core.vocabulary import INPUTS

from .asked import given_files, given_inputs, given_reading, how_many
from .completing import a_file
from .options import files_argument, input_option, sharing_options
from .outputs import formats

if TYPE_CHECKING:
    from contrastive_core.gate.merging import Overrides
    from contrastive_core.gate.rules import Rule

FILES = ("EMBEDDINGS", "KEYS", "NEGATIVES")

SAYS = {
    **formats("one row per rule", "one bare number, of the one rule"),
    "junit:PATH": "JUnit XML, a test case per rule",
    "github": "annotations of a GitHub job, ten at most, and every rule in a line; a summary "
    "where GITHUB_STEP_SUMMARY is set",
}
"""The formats, and what is written in each."""

_NOT_HERE = ("per_sample", "top", "sort")
"""Shared options that list samples: a check lists the rows of its failures."""

_VIEWS = f"{INPUTS['views'].meaning} Without it a 2-D file is one cloud."


def check_options() -> list[click.Parameter]:
    """The arguments and options of the command."""
    shared = sharing_options("rules", formats=SAYS, precision="that of each metric and loss")
    return [
        files_argument("[EMBEDDINGS [KEYS [NEGATIVES]]]"),
        *_rule_options(),
        *_baseline_options(),
        click.Option(
            ["--config"],
            metavar="FILE",
            shell_complete=a_file,
            help="The configuration.  [default: the nearest contrast.toml, or pyproject.toml with "
            "[tool.contrast.check], upwards]",
        ),
        click.Option(["--no-config"], is_flag=True, help="Look for no configuration."),
        *(input_option(INPUTS[name], _VIEWS if name == "views" else "") for name in INPUTS),
        click.Option(
            ["--top"], metavar="N", help="Rows that a failure names, worst first.  [default: 10]"
        ),
        click.Option(
            ["--seed"],
            metavar="NUMBER",
            help="Of the bootstrap of sigmas and of losses that draw.  [default: 0]",
        ),
        *(each for each in shared if each.name not in _NOT_HERE),
    ]


def _rule_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--require"],
            multiple=True,
            metavar="RULE",
            shell_complete=_figures,
            help="A rule that must hold, such as 'uniformity <= -2'; repeatable.",
        ),
        click.Option(
            ["--warn"],
            multiple=True,
            metavar="RULE",
            shell_complete=_figures,
            help="A rule that is reported when it is broken, and fails nothing; repeatable.",
        ),
    ]


def _baseline_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--baseline"],
            metavar="FILE",
            shell_complete=a_file,
            help="Saved values: none of them may be worse than there by more than is allowed.",
        ),
        click.Option(
            ["--allow"],
            multiple=True,
            metavar="TEXT",
            shell_complete=_figures,
            help="How much worse than the baseline: 'uniformity: 0.05', 'alignment: 2%', "
            "'infonce: 2 sigma'; 'n: 10%' admits another number of samples; repeatable.",
        ),
        click.Option(
            ["--save-baseline"],
            metavar="FILE",
            shell_complete=a_file,
            help="Save every value measured, unless a rule fails; without rules all metrics.",
        ),
    ]


def _figures(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of figures that the shell may complete to."""
    del ctx, param
    from contrastive_core.gate.catalogue import completions

    return list(completions(incomplete))


def overrides(ctx: click.Context) -> Overrides:
    """What the command line says; what it leaves open, the configuration may say."""
    from contrastive_core.gate.merging import Overrides

    options = ctx.params
    return Overrides(
        inputs=_inputs(ctx),
        rules=_rules(options),
        baseline=_path(options["baseline"]),
        allow=options["allow"] or None,
        save_baseline=_path(options["save_baseline"]),
        top=None if options["top"] is None else how_many(options),
        seed=_seed(options["seed"]),
    )


def _inputs(ctx: click.Context) -> dict[str, str]:
    """Files and words, by name; a default is not said."""
    options = ctx.params
    files = given_files(options["files"], FILES, "contrast check emb.npy keys.npy")
    said = {
        name: value
        for name, value in given_reading(options).items()
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    named = dict(zip(("embeddings", "keys", "negatives"), files, strict=False))
    return {**named, **given_inputs(options), **said}


def _rules(options: Mapping[str, Any]) -> tuple[Rule, ...] | None:
    """Those that must hold, then those that warn; None where there are none."""
    from contrastive_core.gate.grammar import parse_rule

    required = tuple(parse_rule(text, ERROR) for text in options["require"])
    return (*required, *(parse_rule(text, WARN) for text in options["warn"])) or None


def _path(written: str | None) -> Path | None:
    return None if written is None else Path(written)


def _seed(written: str | None) -> int | None:
    """A whole number from 0 on."""
    if written is None or (written.isascii() and written.isdigit()):
        return None if written is None else int(written)
    raise BadParameter(
        "--seed",
        expected="a whole number from 0 on",
        got=repr(written),
        remedy="Leave it out for 0.",
    )
