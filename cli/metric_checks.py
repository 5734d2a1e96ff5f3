"""What `contrast metrics` refuses: combinations that mean nothing, and a value that is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from contrastive_core.errors import BadInput, BadParameter, ContrastError
from contrastive_core.geometry.declarations import METRICS, Metric

from .outputs import WORDS, Output, wants

if TYPE_CHECKING:
    from contrastive_core.geometry.result import MetricsResult

_ALONE = ("guide", "metric", "output", "color", "quiet", "debug")
"""What means something without a file."""


def check_files(files: tuple[str, ...]) -> None:
    """Refuse a command without anything to measure."""
    if not files:
        raise BadInput(
            "EMBEDDINGS",
            expected="a file of embeddings",
            got="none",
            remedy="For example: contrast metrics emb.npy. contrast metrics --guide explains the "
            "metrics.",
        )


def check_guide(ctx: click.Context, outputs: Sequence[Output], takes: str) -> None:
    """Refuse, for the guide alone, what only says something about a file."""
    for name in ctx.params:
        if name not in _ALONE and ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise BadParameter(
                f"--{name.replace('_', '-')}",
                expected="EMBEDDINGS, which it says something about",
                got="--guide without a file",
                remedy=f"Name a file; the guide alone takes {takes}.",
            )
    for output in outputs:
        if output.format not in WORDS:
            raise no_guide(output.format)


def check_metrics(
    outputs: Sequence[Output], options: Mapping[str, Any], chosen: Sequence[Metric]
) -> None:
    """Refuse what no metric that is asked for makes any use of."""
    if wants(outputs, "value") and len(options["metric"]) != 1:
        asked = ", ".join(options["metric"])
        raise BadParameter(
            "output",
            expected="one --metric for value, which is one number",
            got=f"{len(options['metric'])} of them, {asked}" if asked else "no --metric",
            remedy="Name one, as in --metric uniformity -o value; or take -o json.",
        )
    if options["guide"] and not wants(outputs, *WORDS):
        raise no_guide(outputs[0].format)
    for name, users in _idle(options, {metric.name for metric in chosen}):
        raise BadParameter(
            f"--{name.replace('_', '-')}",
            expected=f"a metric that depends on it: {', '.join(sorted(users))}",
            got=f"--metric {' --metric '.join(options['metric'])}",
            remedy="Leave it out, or ask for one of these too.",
        )


def check_used(result: MetricsResult, options: Mapping[str, Any]) -> None:
    """Refuse what would be accepted and ignored: the metrics that it is for are skipped."""
    for name, users in _idle(options, {found.metric.name for found in result.metrics.values()}):
        skipped = sorted(users & set(result.skipped))
        reasons = "; ".join(f"{user}: {result.skipped[user]}" for user in skipped)
        raise BadParameter(
            f"--{name.replace('_', '-')}",
            expected=f"a metric that depends on it: {', '.join(sorted(users))}",
            got=f"none, for it is skipped ({reasons})",
            remedy="Leave it out, or give what that metric needs.",
        )


def _idle(options: Mapping[str, Any], names: set[str]) -> Iterator[tuple[str, set[str]]]:
    """Options that were given and that none of these metrics depends on."""
    for name, users in _users().items():
        if options[name] is not None and not names & users:
            yield name, users


def _users() -> dict[str, set[str]]:
    """The metrics that each option is for."""
    parameters = {
        name: {metric.name for metric in METRICS.values() if name in metric.parameters}
        for name in ("t", "alpha", "duplicate_threshold")
    }
    return {
        **parameters,
        "sample": {metric.name for metric in METRICS.values() if metric.sampled},
        "pairs": {metric.name for metric in METRICS.values() if metric.needs == "views"},
    }


def no_guide(name: str) -> ContrastError:
    """The guide has words, for which rows and a number have no room."""
    return BadParameter(
        "--guide",
        expected="-o md, -o table or -o json, which have room for words",
        got=f"-o {name}",
        remedy="Leave one of them out, or add -o table:PATH.",
    )
