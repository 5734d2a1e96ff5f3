"""Folders and globs: which files of this machine are the shards of one array."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath

from ..errors import BadInput
from .formats import suffixes
from .natural import GLOB, in_order
from .walking import files_of

_LOOK = 10_000
"""Files, and folders, that are looked at for a message."""


@dataclass(frozen=True)
class Members:
    """The shards that a place names.

    Args:
        taken: Their paths, in natural order.
        passed_over: Other files of the folder.
    """

    taken: tuple[str, ...]
    passed_over: tuple[str, ...] = ()


def local_members(location: str, name: str) -> Members | None:
    """The shards of a folder or a glob; None where a place is one file, or nothing."""
    if os.path.isdir(location):
        with os.scandir(location) as entries:
            found = [(entry.path, entry.is_dir()) for entry in entries]
        files, folders = [p for p, d in found if not d], [p for p, d in found if d]
        return of_folder(files, folders, name, _beneath(location))
    if GLOB.search(location) and not os.path.exists(location):
        return of_glob(list(files_of(location)), name)
    return None


def of_folder(
    files: list[str], folders: list[str], name: str, beneath: Iterable[str] = ()
) -> Members:
    """The shards among what lies in a folder: files of one format, told by their suffixes.

    Names that begin with a dot or an underscore are no data, by the custom of Spark and Hive.

    Args:
        files: Those in it.
        folders: Those in it.
        name: What messages call it.
        beneath: The files in these folders too, from here on, where they can be listed at little
            cost; they are looked at for the message that advises some.
    """
    known = suffixes()
    seen = [path for path in files if not _is_hidden(path)]
    taken = {path: known[_suffix(path)] for path in seen if _suffix(path) in known}
    deeper = [path for path in folders if not _is_hidden(path)]
    formats = Counter(each.label for each in taken.values())
    if len(formats) == 1 and not deeper:
        return Members(tuple(in_order(list(taken))), tuple(sorted(set(files) - set(taken))))
    if deeper:
        got = f"a folder that holds further folders, such as {PurePath(deeper[0]).name}"
        data = [path for path in islice(beneath, _LOOK) if _suffix(path) in known]
    else:
        got = " and ".join(f"{count} {label}" for label, count in formats.items())
        got = f"a folder with {got} files" if formats else "a folder without any"
        data = [PurePath(path).name for path in taken]
    raise BadInput(
        name,
        expected="a folder of files of one format, the shards of one array",
        got=got,
        remedy=_advice(data, name),
    )


def _advice(paths: list[str], name: str) -> str:
    """The patterns that name what lies there, one for each end of names."""
    folder, mark, column = name.partition("::")
    patterns = []
    for suffix in sorted({_suffix(path) for path in paths}):
        parents = {os.path.dirname(path) for path in paths if _suffix(path) == suffix}
        several = "" if len(parents) == 1 else "**"
        parent = os.path.commonpath(parents)
        pattern = os.path.join(folder.rstrip("/"), parent, several, f"*{suffix}")
        patterns.append(f"'{pattern}{mark}{column}'")
    if patterns:
        return f"Name the files: {' or '.join(patterns)}."
    return f"Name a file, or a folder of files, that end in {', '.join(suffixes())}."


def _beneath(folder: str) -> Iterator[str]:
    """The files in a folder and in those in it, hidden ones passed over; their paths from there."""
    for parent, folders, files in islice(os.walk(folder), _LOOK):
        folders[:] = sorted(each for each in folders if not _is_hidden(each))
        for each in files:
            if not _is_hidden(each):
                yield os.path.relpath(os.path.join(parent, each), folder)


def of_glob(files: list[str], name: str) -> Members:
    """The shards that a pattern names."""
    if files:
        return Members(tuple(in_order(files)))
    raise BadInput(
        name,
        expected="a pattern that names at least one file",
        got="none",
        remedy="Check the pattern; * stays within a folder, ** does not.",
    )


def _suffix(path: str) -> str:
    return PurePath(path).suffix.lower()


def _is_hidden(path: str) -> bool:
    return PurePath(path).name.startswith((".", "_"))
