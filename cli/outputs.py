"""`-o FORMAT[:PATH]`: where results go. Files are written whole or not at all."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from contrastive_core.errors import BadParameter, CannotWrite, known_names

from .leaving import abandon, scratch

FORMATS = {
    "table": "for people",
    "json": "one object",
    "csv": "one row per sample",
    "value": "one bare number",
}


@dataclass(frozen=True)
class Output:
    """A format, and the file it goes to; None is standard output."""

    format: str
    path: Path | None


_STDOUT = Path("standard output")

Write = Callable[[Output, IO[str]], None]
"""Writes a result in an output's format to a stream."""


def parse_outputs(written: Sequence[str]) -> list[Output]:
    """The outputs asked for; a table when none is."""
    outputs = [_parse(each) for each in written] or [Output("table", None)]
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


def _parse(written: str) -> Output:
    """FORMAT ends at the first colon; the rest is a path."""
    name, colon, path = written.partition(":")
    if name not in FORMATS:
        raise _unknown_format(written, name)
    if colon and not path:
        raise BadParameter(
            "output",
            expected="a path after the colon",
            got=repr(written),
            remedy=f"Write -o {name} for standard output, or -o {name}:PATH.",
        )
    return Output(name, Path(path) if path else None)


def _unknown_format(written: str, name: str) -> BadParameter:
    suffix = re.fullmatch(r".*\.(\w+)", written)
    if suffix and suffix[1] in FORMATS:
        remedy = f"To write that file: -o {suffix[1]}:{written}."
    else:
        remedy = known_names(name, FORMATS)
    return BadParameter(
        "output",
        expected="FORMAT or FORMAT:PATH",
        got=repr(written),
        remedy=remedy,
    )


def check_outputs(outputs: Sequence[Output], inputs: Sequence[str]) -> None:
    """Refuse, before the work begins, an output that is an input or cannot be written."""
    read = {_real(location) for each in inputs for location in (each, each.split("::")[0])}
    for output in outputs:
        if output.path is None:
            if sys.stdout is None:
                raise _cannot_write(_STDOUT, "a closed one", f"Write -o {output.format}:PATH.")
            continue
        if _real(output.path) in read:
            raise _cannot_write(output.path, "one of the inputs", "Choose another path.")
        _check_path(output.path, output.format)


def _real(path: str | Path) -> Path:
    """Where a path leads; one that leads in a circle leads to itself."""
    return Path(os.path.realpath(path))


def _place(path: Path) -> Path:
    """Where to write: behind links, unless these lead to a device or a pipe without a name."""
    return path if _is_special(path) else _real(path)


def _check_path(path: Path, name: str) -> None:
    folder = _real(path).parent
    if _is_special(path) and os.access(path, os.W_OK) and not os.path.isdir(path):
        return
    if str(path) == "-":
        raise _cannot_write(path, "a dash", f"Write -o {name} for standard output.")
    if os.path.isdir(path):
        raise _cannot_write(path, "a directory", "Name a file inside it.")
    if not os.path.isdir(folder):
        raise _cannot_write(path, f"no directory {folder}", "Create the directory.")
    try:
        os.lstat(path)
    except FileNotFoundError:
        pass  # it will be there
    except (OSError, ValueError) as error:
        raise _cannot_write(path, str(error), "Choose another path.") from error
    if not os.access(path if _is_special(path) else folder, os.W_OK):
        raise _cannot_write(path, "no permission to write there", "Choose another directory.")


def _is_special(path: Path) -> bool:
    """Whether it is a device or a pipe, which is written to and never replaced."""
    return os.path.exists(path) and not os.path.isfile(path)


def write_all(outputs: Sequence[Output], write: Write) -> None:
    """Write every output: all files are complete before the first takes its place."""
    paths = [(output, _place(output.path)) for output in outputs if output.path is not None]
    files = [(output, path) for output, path in paths if not _is_special(path)]
    ready: list[tuple[Path, Path]] = []
    try:
        # One by one, so that what is ready is known, and removed, when the next one fails.
        for output, path in files:
            ready.append((_write_beside(output, path, write), path))
        while ready:
            temporary, path = ready[0]
            _move(temporary, path)
            ready.pop(0)
    finally:
        for temporary, _ in ready:
            temporary.unlink(missing_ok=True)
    for output, path in paths:
        if _is_special(path):
            _write_into(output, path, write)
    for output in outputs:
        if output.path is None:
            _write_to_stdout(output, write)


def _write_into(output: Output, path: Path, write: Write) -> None:
    """Write to a device or a pipe."""
    try:
        with path.open("w", encoding="utf-8") as file:
            write(output, file)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _cannot_write(path, str(error), "Choose another path.") from error


def _write_to_stdout(output: Output, write: Write) -> None:
    try:
        write(output, sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        abandon(sys.stdout)
        raise _cannot_write(_STDOUT, str(error), "Free space, or choose another disk.") from error


def _write_beside(output: Output, path: Path, write: Write) -> Path:
    """Write to a temporary file in the directory of `path`."""
    try:
        handle, name = scratch(path.parent)
    except OSError as error:
        raise _cannot_write(path, str(error), "Choose another directory.") from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            write(output, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _cannot_write(path, str(error), "Free space, or choose another disk.") from error
        raise
    return temporary


def _move(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except OSError as error:
        raise _cannot_write(path, str(error), "Choose another path.") from error


def _umask() -> int:
    """The mask of new files' permissions; reading it means setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _cannot_write(path: Path, got: str, remedy: str) -> CannotWrite:
    return CannotWrite(str(path), expected="a path that can be written", got=got, remedy=remedy)
