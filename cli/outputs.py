"""`-o FORMAT[:PATH]`: where results go. Files are written whole or not at all."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from contrastive_core.errors import BadParameter, known_names
from contrastive_core.whole_files import (
    UNSPEAKABLE,
    Draft,
    cannot_write,
    check_place,
    is_special,
    not_written,
)

from .leaving import abandon


def formats(
    rows: str = "one row per sample", value: str | None = "one bare number"
) -> dict[str, str]:
    """The formats of a command, as they are typed, and what is written in each.

    Args:
        rows: What the formats of rows hold.
        value: What the one number is; None where there is none.
    """
    return {
        "table": "for people",
        "json": "one object",
        **dict.fromkeys(("jsonl", "csv", "tsv"), rows),
        "md": "the table as Markdown",
        "parquet:PATH": rows,
        **({} if value is None else {"value": value}),
    }


FORMATS = formats()

ROWS = ("jsonl", "csv", "tsv", "parquet")
"""Formats of rows: one per sample, all of them unless fewer are asked for."""

WORDS = ("table", "json", "md")
"""Formats that have room for words."""

BINARY = ("parquet",)
"""Formats that are no text: a terminal or a pipe cannot take them."""

_MEANT = {"ndjson": "jsonl", "markdown": "md", "pq": "parquet", "tab": "tsv", "txt": "table"}
"""Suffixes of files that are no names of formats."""


@dataclass(frozen=True)
class Output:
    """A format, and the file it goes to; None is standard output."""

    format: str
    path: Path | None


def wants(outputs: Iterable[Output], *formats: str) -> bool:
    """Whether one of some formats is asked for."""
    return any(output.format in formats for output in outputs)


_STDOUT = Path("standard output")

Write = Callable[[Output, IO[Any]], None]
"""Writes a result in an output's format to a stream."""


def parse_outputs(written: Sequence[str], formats: Iterable[str] = FORMATS) -> list[Output]:
    """The outputs asked for; a table when none is.

    Args:
        written: What was typed behind each `-o`.
        formats: Those of the command, as they are typed: FORMAT, or FORMAT:PATH for one that goes
            to a file only. It may lack some of `FORMATS`, and have some of its own.
    """
    known = {name.partition(":")[0]: name for name in formats}
    outputs = [_parse(each, known) for each in written] or [Output("table", None)]
    to_stdout = [output.format for output in outputs if output.path is None]
    if len(to_stdout) > 1:
        raise BadParameter(
            "output",
            expected="at most one format on standard output",
            got=" and ".join(to_stdout),
            remedy=f"Give a file to all but one: -o {to_stdout[0]}:PATH.",
        )
    paths = [_real(output.path) for output in outputs if output.path is not None]
    for path in paths:
        if paths.count(path) > 1:
            raise BadParameter(
                "output",
                expected="a file of its own for each format",
                got=f"{path} twice",
                remedy="Give each format another path.",
            )
    return outputs


def _parse(written: str, known: Mapping[str, str]) -> Output:
    """FORMAT ends at the first colon; the rest is a path."""
    name, colon, path = written.partition(":")
    if name not in known:
        raise _unknown_format(written, name, known)
    to_file = known[name] != name
    if (colon or to_file) and not path:
        stdout = "" if to_file else f"-o {name} for standard output, or "
        raise BadParameter(
            "output",
            expected="a path after the colon" if colon else f"a file to write {name} to",
            got=repr(written),
            remedy=f"Write {stdout}-o {name}:PATH.",
        )
    return Output(name, Path(path) if path else None)


def _unknown_format(written: str, name: str, known: Mapping[str, str]) -> BadParameter:
    """A format that this command lacks, a file without its format, or a word that is none."""
    suffix = re.fullmatch(r".*\.(\w+)", written)
    meant = _MEANT.get(suffix[1], suffix[1]) if suffix else ""
    if name in (each.partition(":")[0] for each in FORMATS):
        expected, got, remedy = either(known.values()), name, "-o json has everything."
    else:
        expected, got, remedy = "FORMAT or FORMAT:PATH", repr(written), known_names(name, known)
    if meant in known:
        remedy = f"To write that file: -o {meant}:{written}."
    return BadParameter("output", expected=expected, got=got, remedy=remedy)


def either(names: Iterable[str], word: str = "or") -> str:
    """Names as one reads them: a, b or c."""
    *others, last = names
    return f"{', '.join(others)} {word} {last}" if others else last


def check_outputs(outputs: Sequence[Output], inputs: Sequence[str]) -> None:
    """Refuse, before the work begins, an output that is an input or cannot be written."""
    for output in outputs:
        if output.path is None:
            if sys.stdout is None:
                raise cannot_write(_STDOUT, "a closed one", f"Write -o {output.format}:PATH.")
            continue
        check_unread(output.path, inputs)
        _check_path(output.path, output.format)


def check_unread(path: Path, inputs: Sequence[str], remedy: str = "Choose another path.") -> None:
    """Refuse a file to be written that is among what is read."""
    if not inputs:
        return  # nothing to import NumPy for
    from contrastive_core.sources.overwriting import clash

    found = clash(path, inputs)
    if found is not None:
        raise cannot_write(path, found, remedy)


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file that is replaced when it is written."""
    return _real(one) == _real(other) and not is_special(one)


def _real(path: str | Path) -> Path:
    """Where a path leads; one that leads in a circle leads to itself."""
    return Path(os.path.realpath(path))


def _place(path: Path) -> Path:
    """Where to write: behind links, unless these lead to a device or a pipe without a name."""
    return path if is_special(path) else _real(path)


def _check_path(path: Path, name: str) -> None:
    if str(path) == "-":
        remedy = "Name a file." if name in BINARY else f"Write -o {name} for standard output."
        raise cannot_write(path, "a dash", remedy)
    check_place(path)
    if name in BINARY and is_special(path):
        raise cannot_write(path, "a pipe or a device", "Name a file.")


def write_all(outputs: Sequence[Output], write: Write) -> None:
    """Write every output: all files are complete before the first takes its place."""
    paths = [(output, _place(output.path)) for output in outputs if output.path is not None]
    drafts: list[Draft] = []
    try:
        for output, path in paths:
            if not is_special(path):
                with _told(path):
                    drafts.append(Draft(path))
                    drafts[-1].write(partial(write, output), binary=output.format in BINARY)
        for draft in drafts:
            with _told(draft.path):
                draft.place()
    finally:
        for draft in drafts:
            draft.discard()
    for output, path in paths:
        if is_special(path):
            _write_into(output, path, write)
    for output in outputs:
        if output.path is None:
            _write_to_stdout(output, write)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """A path that cannot be written is bad input, and the user hears what to do."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise not_written(path, error) from error


def _write_into(output: Output, path: Path, write: Write) -> None:
    """Write to a device or a pipe."""
    with (
        _told(path),
        path.open("w", encoding="utf-8", errors=UNSPEAKABLE) as file,
    ):
        write(output, file)


def _write_to_stdout(output: Output, write: Write) -> None:
    try:
        write(output, sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        abandon(sys.stdout)
        raise cannot_write(_STDOUT, str(error), "Free space, or write -o FORMAT:PATH.") from error
