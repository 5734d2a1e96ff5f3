"""Folders and globs: which files of this machine are the shards of one array."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath

from ..errors import BadInput
from .formats import suffixes
from .natural import GLOB, in_order
from .walking import files_of


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
        return of_folder([p for p, d in found if not d], [p for p, d in found if d], name)
    if GLOB.search(location) and not os.path.exists(location):
        return of_glob(list(files_of(location)), name)
    return None


def of_folder(files: list[str], folders: list[str], name: str) -> Members:
    """The shards among what lies in a folder: files of one format, told by their suffixes.

    Names that begin with a dot or an underscore are no data, by the custom of Spark and Hive.
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
        pattern = "**/*"
    else:
        got = " and ".join(f"{count} {label}" for label, count in formats.items())
        got = f"a folder with {got} files" if formats else "a folder without any"
        pattern = "*"
    suffix = _suffix(next(iter(taken), "emb.npy"))
    raise BadInput(
        name,
        expected="a folder of files of one format, the shards of one array",
        got=got,
        remedy=f"Name the files: '{name.partition('::')[0].rstrip('/')}/{pattern}{suffix}'.",
    )


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
