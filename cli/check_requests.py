"""What `contrast check` refuses before it measures, and what it says of the undecided."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contrastive_core.errors import BadInput, BadParameter, ContrastError, NothingDefined
from contrastive_core.gate.configuration import find_configuration, load_configuration
from contrastive_core.vocabulary import INPUTS
from contrastive_core.whole_files import cannot_write

from .asked import paths
from .outputs import Output, check_outputs, check_unread, same_file, wants
from .render.github import SUMMARY

if TYPE_CHECKING:
    from contrastive_core.gate.configuration import Configuration
    from contrastive_core.gate.request import CheckRequest
    from contrastive_core.gate.verdict import CheckResult


_WORDS = tuple(name for name, entry in INPUTS.items() if entry.names)
"""Inputs that are words about files, and no files."""


def configured(options: Mapping[str, Any]) -> Configuration | None:
    """The configuration that is named, or the nearest one."""
    if options["config"] is not None and options["no_config"]:
        raise BadParameter(
            "--no-config",
            expected="--config or --no-config",
            got="both",
            remedy="Leave one of them out.",
        )
    if options["config"] is not None:
        return load_configuration(options["config"])
    return None if options["no_config"] else find_configuration()


def check_request(
    request: CheckRequest, outputs: Sequence[Output], configuration: Configuration | None
) -> None:
    """Refuse an output that would replace what is read, and one value of several rules."""
    for each in request.inputs:
        if not each.pool.given.names - set(_WORDS):
            raise _nothing_given(each.pool.name)
    places = (request.baseline, configuration and configuration.path)
    read = [*_inputs(request), *(str(place) for place in places if place is not None)]
    if request.save_baseline is not None:
        if str(request.save_baseline) == "-":
            raise _no_dash()
        _check_saved(request.save_baseline, outputs)
    check_outputs(outputs, read)
    if wants(outputs, "github"):
        _check_summary(read, request.save_baseline, outputs)
    rules = sum(len(each.rules) for each in request.inputs)
    if wants(outputs, "value") and (rules != 1 or request.baseline is not None):
        raise BadParameter(
            "output",
            expected="one rule for value, which is one number",
            got="a baseline" if request.baseline is not None else f"{rules} rules",
            remedy="Give one --require and --no-config; or take -o json.",
        )


def _check_saved(target: Path, outputs: Sequence[Output]) -> None:
    """Refuse to save a baseline where an output goes."""
    if any(output.path is not None and same_file(output.path, target) for output in outputs):
        raise cannot_write(target, "also an output", "Choose another path.")


def _check_summary(read: Sequence[str], saved: Path | None, outputs: Sequence[Output]) -> None:
    """Refuse a summary of the step that would be written into what is read, or written else."""
    written = os.environ.get(SUMMARY)
    if not written:
        return
    summary, remedy = Path(written), f"Choose another path for {SUMMARY}, or unset it."
    check_unread(summary, read, remedy)
    others = [saved, *(output.path for output in outputs)]
    if any(other is not None and same_file(other, summary) for other in others):
        raise cannot_write(summary, "also an output", remedy)


def _nothing_given(name: str | None) -> BadInput:
    return BadInput(
        "EMBEDDINGS" if name is None else f"the input {name!r}",
        expected="a file of embeddings, from the command line or a configuration",
        got="none",
        remedy="For example: contrast check emb.npy --require 'uniformity <= -2'.",
    )


def _no_dash() -> BadParameter:
    return BadParameter(
        "--save-baseline",
        expected="a file",
        got="-",
        remedy="Name a file; -o json prints the values.",
    )


def _inputs(request: CheckRequest) -> Iterator[str]:
    """The files of all inputs."""
    for each in request.inputs:
        given = each.pool.given
        named = {field.name: getattr(given, field.name) for field in dataclasses.fields(given)}
        files = {name: value for name, value in named.items() if isinstance(value, str)}
        by_place = ("embeddings", "keys", "negatives")
        yield from (files.pop(name) for name in by_place if name in files)
        yield from paths(files)


def undecided(result: CheckResult) -> ContrastError:
    """What is said where something could not be decided: the report has the reasons."""
    names = [
        check.metric if check.input is None else f"{check.input}: {check.metric}"
        for check in result.checks
        if check.passed is None
    ]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return NothingDefined(
        "check",
        expected="every rule to be decided",
        got=f"{len(names)} of {len(result.checks)} that cannot be: {shown}",
        remedy="The report has the reason of each, and what to do.",
    )
