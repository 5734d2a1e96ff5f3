"""A configuration and what the command line says against it: the request of a check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import BadInput, BadParameter, known_names
from ..inputs import Given
from ..inputs.given import FILES
from ..sources import Reading
from ..sources.overwriting import is_same
from ..whole_files import cannot_write
from .configuration import (
    OWN,
    SHARED,
    Configuration,
    NamedInputs,
    find_configuration,
)
from .pool import Pool
from .request import CheckedPool, CheckRequest
from .rules import Rule
from .settings import INPUT_KEYS, WORDS

_READING = ("dtype", "join", "on_bad")


@dataclass(frozen=True, eq=False)
class Overrides:
    """What the command line, or the caller of the library, says; it wins over the configuration.

    Args:
        inputs: By name, as `contrastive_core.loss` takes them, with `dtype`, `join` and `on_bad`.
            EMBEDDINGS or scores here replace all files of the configuration, with what is said of
            them and with the rules of their own; other files, such as labels, are laid over its
            only input; words alone (`views`, `positive`, `on_bad`, ...)
            are laid over each of its inputs.
        rules: In place of all rules of the configuration, those of named inputs among them; None
            where neither `--require` nor `--warn` was given.
        baseline: In place of the configuration's.
        allow: In place of the configuration's; None where not given.
        save_baseline: The file to save to. The configuration's baseline is not held against
            then: a value that became worse could never be saved.
        top: Rows that a failure names.
        seed: Of everything random.
        spare: Whether an input that no rule takes is left unread instead of refused.
    """

    inputs: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[Rule, ...] | None = None
    baseline: Path | None = None
    allow: tuple[str, ...] | None = None
    save_baseline: Path | None = None
    top: int | None = None
    seed: int | None = None
    spare: bool = False


def merged(configuration: Configuration | None, overrides: Overrides) -> CheckRequest:
    """The request that a configuration makes where the command line does not say otherwise.

    Args:
        configuration: None where there is none.
        overrides: What the command line says.

    Raises:
        BadInput: The configuration allows something, and there is no baseline.
        CannotWrite: The baseline would be saved in place of the configuration.
    """
    said = configuration or Configuration(Path())
    saving = overrides.save_baseline is not None
    if saving:
        _check_place(configuration, overrides)
    baseline = _first(overrides.baseline, None if saving else said.baseline)
    if said.allow and overrides.allow is None and baseline is None and not saving:
        raise _nothing_to_allow(said)
    return CheckRequest(
        inputs=_inputs(said, overrides),
        baseline=baseline,
        allow=_first(overrides.allow, said.allow if baseline is not None else ()),
        save_baseline=overrides.save_baseline,
        top=_first(overrides.top, said.top, CheckRequest.top),
        seed=_first(overrides.seed, said.seed, CheckRequest.seed),
    )


def _nothing_to_allow(said: Configuration) -> BadInput:
    return BadInput(
        f"{said.path}: allow",
        expected="a baseline that a figure may be worse than",
        got=f"{said.allow[0]!r} and none",
        remedy="Add baseline = 'baseline.json', give --baseline FILE, or leave allow out.",
    )


def _check_place(configuration: Configuration | None, overrides: Overrides) -> None:
    """Refuse to save a baseline in place of the configuration that was read."""
    target = overrides.save_baseline
    if configuration is None or target is None:
        return
    if is_same(target, configuration.path):
        raise cannot_write(target, "the configuration, which is read", "Choose another path.")


def _first(*said: Any) -> Any:
    """The first that was said; None where nothing was."""
    return next((each for each in said if each is not None), None)


def nearest() -> Configuration:
    """The nearest configuration from the working directory upwards.

    Raises:
        BadInput: There is none, or it is broken.
    """
    found = find_configuration()
    if found is None:
        raise BadInput(
            "configuration",
            expected=f"{OWN}, or {SHARED} with a table [tool.contrast.check], in this folder or "
            "one above it",
            got="neither",
            remedy=f"Write {OWN}, or name the files and the rules.",
        )
    return found


def _inputs(said: Configuration, overrides: Overrides) -> tuple[CheckedPool, ...]:
    """The inputs with their rules, from one side or the other."""
    named, typed = said.inputs, frozenset(overrides.inputs)
    if not named or typed & {*FILES, "scores"}:
        named = (NamedInputs(None, {**said.words, **overrides.inputs}),)
    elif len(named) > 1 and typed - set(WORDS):
        raise _whose(sorted(typed - set(WORDS)), [str(each.name) for each in named])
    # What stands in the configuration is for its own rules: others need not take it.
    other = overrides.rules is not None or not (said.rules or any(n.rules for n in named))
    return tuple(
        CheckedPool(
            Pool(
                each.name,
                given({**each.inputs, **overrides.inputs}),
                overrides.spare,
                frozenset(each.inputs) - typed if other else frozenset(),
            ),
            _rules(said, each, overrides),
        )
        for each in named
    )


def _whose(typed: Sequence[str], names: Sequence[str]) -> BadParameter:
    """The error for labels and the like beside a configuration of several inputs."""
    return BadParameter(
        ", ".join(f"--{name}" for name in typed),
        expected="EMBEDDINGS beside it, or a configuration of one input",
        got=f"a configuration of {len(names)}: {', '.join(names)}",
        remedy="Give EMBEDDINGS too, or write it into the table of its input.",
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


def named(files: Sequence[Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Files by position and inputs by name, all by name; what is None was not given.

    Raises:
        BadParameter: There are too many files, or an input is unknown or given twice.
    """
    by_position = dict(zip(FILES, files, strict=False))
    for name in inputs:
        if name not in INPUT_KEYS or name in by_position:
            raise BadParameter(
                name,
                expected="the name of an input",
                got=f"{name} twice" if name in by_position else repr(name),
                remedy=known_names(name, INPUT_KEYS),
            )
    if len(files) > len(FILES):
        raise BadParameter(
            "files",
            expected=f"{', '.join(FILES)} at most",
            got=f"{len(files)} files",
            remedy="Give other inputs by name: labels='y.npy'.",
        )
    everything = {**by_position, **inputs}
    return {name: value for name, value in everything.items() if value is not None}
