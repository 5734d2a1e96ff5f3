"""What the shared options come to: files, which samples are listed, threads and memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from contrastive_core.errors import BadParameter
from contrastive_core.vocabulary import INPUTS, NOISE

from .consoles import Bar, Manners
from .outputs import ROWS, WORDS, Output, either, wants
from .render import Listing

if TYPE_CHECKING:
    from contrastive_core.inputs import InputFile
    from contrastive_core.resources import Resources

_LISTED = 10
"""Samples that are listed unless --top says otherwise."""


def given_files(files: tuple[str, ...], names: Sequence[str], example: str) -> tuple[str, ...]:
    """Not more paths than the command has names for."""
    if len(files) <= len(names):
        return files
    words = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    raise BadParameter(
        "files",
        expected=f"{words} at most",
        got=f"{len(files)} files",
        remedy=f"For example: {example}.",
    )


def given_inputs(options: Mapping[str, Any]) -> dict[str, str]:
    """The inputs that were given by name."""
    return {name: options[name] for name in INPUTS if options.get(name) is not None}


def given_reading(options: Mapping[str, Any]) -> dict[str, str]:
    """How files are read, where that was said."""
    names = ("dtype", "join", "on_bad")
    return {name: options[name] for name in names if options[name] is not None}


def paths(named_inputs: Mapping[str, str]) -> list[str]:
    """Those that are files, and no words."""
    return [
        value
        for name, value in named_inputs.items()
        if not INPUTS[name].names and (name, value) != ("noise", NOISE)
    ]


def wants_samples(outputs: Sequence[Output], options: Mapping[str, Any]) -> bool:
    """Whether everything that is known of every sample is to be found."""
    said = [name for name in ("per_sample", "top", "sort") if options[name]]
    if said and all(output.format == "value" for output in outputs):
        name = f"--{said[0].replace('_', '-')}"
        raise BadParameter(
            name,
            expected=f"an output that lists samples: {either((*WORDS, *ROWS))}",
            got="value alone",
            remedy=f"Leave {name} out, or add -o csv:PATH.",
        )
    if options["per_sample"] and options["top"]:
        raise BadParameter(
            "--top",
            expected="either all samples or some of them",
            got="--per-sample and --top",
            remedy="Leave one of them out; --sort goes with both.",
        )
    return options["per_sample"] or wants(outputs, *ROWS)


def listing(options: Mapping[str, Any]) -> Listing:
    """Which samples are listed."""
    top = None if options["top"] is None else how_many(options)
    return Listing(every=options["per_sample"], top=top, sort=options["sort"])


def how_many(options: Mapping[str, Any]) -> int:
    """How many samples are listed."""
    written_top = options["top"]
    if written_top is None:
        return _LISTED
    if written_top.isascii() and written_top.isdigit():
        return int(written_top)
    raise BadParameter(
        "top",
        expected="a whole number from 0 on",
        got=repr(written_top),
        remedy="Leave it out for the ten worst; --per-sample lists all.",
    )


def say_joined(manners: Manners, inputs: Iterable[InputFile]) -> None:
    """By which ids the rows of files belong together, where ids were compared or joined by."""
    for each in inputs:
        if each.joined is not None:
            manners.note(f"{each.path}: {each.joined}.")


def means(options: Mapping[str, Any], bar: Bar) -> Resources:
    """Threads, memory and precision as typed."""
    from contrastive_core.resources import Resources, parse_size, parse_threads

    return Resources(
        threads=parse_threads(options["threads"]),
        memory=parse_size(options["memory"]),
        precision=options["precision"],
        progress=bar,
    )
