"""A configuration and what the command line says against it: the request of a check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import BadInput
from ..inputs import Given
from ..sources import Reading
from .configuration import (
    OWN,
    SHARED,
    Configuration,
    NamedInputs,
    find_configuration,
    load_configuration,
)
from .pool import Pool
from .request import CheckedPool, CheckRequest
from .rules import Rule
from .settings import WORDS

_READING = ("dtype", "join", "on_bad")


@dataclass(frozen=True, eq=False)
class Overrides:
    """What the command line, or the caller of the library, says; it wins over the configuration.

    Args:
        inputs: By name, as `contrastive_core.loss` takes them, with `dtype`, `join` and `on_bad`.
            A file or an array here replaces all files of the configuration, with what is said of
            them and with the rules of their own; words alone (`views`, `positive`, `on_bad`, ...)
            are laid over each of its inputs.
        rules: In place of all rules of the configuration, those of named inputs among them; None
            where neither `--require` nor `--warn` was given.
        baseline: In place of the configuration's.
        allow: In place of the configuration's; None where not given.
        save_baseline: The file to save to. The configuration's baseline is not held against
            then: a value that became worse could never be saved.
        top: Rows that a failure names.
        seed: Of everything random.
    """

    inputs: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[Rule, ...] | None = None
    baseline: Path | None = None
    allow: tuple[str, ...] | None = None
    save_baseline: Path | None = None
    top: int | None = None
    seed: int | None = None


def merged(configuration: Configuration | None, overrides: Overrides) -> CheckRequest:
    """The request that a configuration makes where the command line does not say otherwise.

    Args:
        configuration: None where there is none.
        overrides: What the command line says.
    """
    said = configuration or Configuration(Path())
    saving = overrides.save_baseline is not None
    baseline = _first(overrides.baseline, None if saving else said.baseline)
    return CheckRequest(
        inputs=_inputs(said, overrides),
        baseline=baseline,
        allow=_first(overrides.allow, said.allow if baseline is not None else ()),
        save_baseline=overrides.save_baseline,
        top=_first(overrides.top, said.top, CheckRequest.top),
        seed=_first(overrides.seed, said.seed, CheckRequest.seed),
    )


def _first(*said: Any) -> Any:
    """The first that was said; None where nothing was."""
    return next((each for each in said if each is not None), None)


def load_request(path: str | Path | None = None) -> CheckRequest:
    """What a configuration asks, ready to be checked.

        run_check(load_request("contrast.toml"))

    Args:
        path: The configuration; None for the nearest one from the working directory upwards.

    Raises:
        BadInput: There is none, or it is broken.
    """
    found = find_configuration() if path is None else load_configuration(path)
    if found is None:
        raise BadInput(
            "configuration",
            expected=f"{OWN}, or {SHARED} with a table [tool.contrast.check], in this folder or "
            "one above it",
            got="neither",
            remedy=f"Write {OWN}, or name the files and the rules.",
        )
    return merged(found, Overrides())


def _inputs(said: Configuration, overrides: Overrides) -> tuple[CheckedPool, ...]:
    """The inputs with their rules, from one side or the other."""
    laid = {name: value for name, value in overrides.inputs.items() if name in WORDS}
    named = said.inputs
    if len(laid) < len(overrides.inputs) or not named:
        named = (NamedInputs(None, {**said.words, **overrides.inputs}),)
    return tuple(
        CheckedPool(Pool(each.name, given({**each.inputs, **laid})), _rules(said, each, overrides))
        for each in named
    )


def _rules(said: Configuration, named: NamedInputs, overrides: Overrides) -> tuple[Rule, ...]:
    """The rules of one set of inputs: the common ones, then its own; none twice."""
    if overrides.rules is not None:
        return overrides.rules
    return tuple(dict.fromkeys((*said.rules, *named.rules)))


def given(inputs: Mapping[str, Any]) -> Given:
    """Inputs by name, with how they are read.

    Args:
        inputs: As `contrastive_core.loss` takes them by name, with `dtype`, `join` and `on_bad`.
    """
    plain = {name: value for name, value in inputs.items() if name not in _READING}
    reading = {name: value for name, value in inputs.items() if name in _READING}
    return Given(**plain, reading=Reading(**reading))
