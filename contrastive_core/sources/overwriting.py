"""Whether a file that is to be written is one that is read: no input is ever replaced."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..errors import BadInput
from .natural import GLOB, matcher
from .places import STDIN, is_uri, split_column
from .walking import files_of

_FILE = "file://"


def clash(target: str | os.PathLike[str], read: Iterable[str]) -> str | None:
    """What a file that is to be written is to the inputs, in words; None where it is nothing.

    Args:
        target: Where is written.
        read: The inputs as typed: paths, URIs, `-`, folders, globs, with or without `::name`.
    """
    real = os.path.realpath(target)
    for written in read:
        locations = (written, split_column(written)[0], written.split("::")[0])
        for location in dict.fromkeys(map(_local, locations)):
            found = _clash(real, location) if location else None
            if found is not None:
                return found
    return None


def _clash(real: str, location: str) -> str | None:
    if location == STDIN and not os.path.exists(STDIN):
        return "the file behind standard input" if _is_standard_input(real) else None
    if os.path.isdir(location):
        folder = os.path.realpath(location)
        inside = Path(real).is_relative_to(folder)
        if inside or any(is_same(real, each) for each in _files_of(location)):
            return f"a file in {location}, which is read"
        return None
    if GLOB.search(location) and not os.path.exists(location):
        known = os.path.exists(real)  # else nothing that is there can be the same
        found = files_of(location) if known else ()
        if _would_match(real, location) or any(is_same(real, each) for each in found):
            return f"a file of {location}, which is read"
        return None
    return "one of the inputs" if is_same(real, location) else None


def is_same(one: str | os.PathLike[str], other: str | os.PathLike[str]) -> bool:
    """Whether two paths lead to one file, through links of either sort."""
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    try:
        first, second = os.stat(one), os.stat(other)
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(first.st_mode) and os.path.samestat(first, second)


def _local(location: str) -> str:
    """A place as a path of this machine; empty where it is none."""
    if not is_uri(location):
        return location
    if not location.lower().startswith(_FILE):
        return ""
    from .filesystems import Place

    try:
        return Place(location, location).local
    except BadInput:  # which is told when it is to be read
        return ""


def _files_of(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            yield from (entry.path for entry in entries)
    except OSError:
        return


def _would_match(real: str, pattern: str) -> bool:
    """Whether a file that is not there yet would be read the next time."""
    begin = GLOB.search(pattern)
    fixed = os.path.dirname(pattern[: begin.start()] if begin else pattern)
    folder = os.path.realpath(fixed or ".")
    rest = pattern[len(fixed) :].lstrip("/")
    if not Path(real).is_relative_to(folder):
        return False
    return matcher(rest).fullmatch(os.path.relpath(real, folder).replace(os.sep, "/")) is not None


def _is_standard_input(real: str) -> bool:
    try:
        behind, there = os.fstat(sys.stdin.fileno()), os.stat(real)
    except (AttributeError, OSError, ValueError):
        return False
    return stat.S_ISREG(behind.st_mode) and os.path.samestat(behind, there)
