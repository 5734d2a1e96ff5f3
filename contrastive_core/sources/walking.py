"""The files of this machine that a pattern names, found by walking its folders.

Names that begin with a dot are named by patterns that do. Below `**` links to folders are followed,
and each folder is looked into once: a file that several ways lead to is not several files. A link
to a folder that holds it leads nowhere new.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections import deque
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from ..resources import waiting
from .natural import GLOB

_ANY = "**"
"""Any number of folders, none too."""

_TOLD = 1024
"""Names between two words to who waits."""


def files_of(pattern: str) -> Iterator[str]:
    """The ordinary files that a pattern names; a folder that may not be read has none."""
    root, *parts = re.split(r"/+", pattern)
    top = "/" if root == "" and parts else ""
    wanted = parts if top else [root, *parts]
    yield from dict.fromkeys(_Walk().files(top, wanted))


class _Walk:
    """One walk, which counts the names it sees."""

    def __init__(self) -> None:
        self._seen = count(1)

    def files(self, folder: str, parts: list[str]) -> Iterator[str]:
        """The files below a folder, by what is left of the pattern."""
        part, *rest = parts
        if part == _ANY:
            for below in self._below(folder):
                yield from self.files(below, rest or ["*"])
        elif not GLOB.search(part):
            path = os.path.join(folder, part)
            if rest:
                yield from self.files(path, rest)
            elif os.path.isfile(path):
                yield path
        else:
            for entry in self._entries(folder):
                if not _is_named(entry.name, part):
                    continue
                path = os.path.join(folder, entry.name)
                if rest and _is_folder(entry):
                    yield from self.files(path, rest)
                elif not rest and os.path.isfile(path):
                    yield path

    def _below(self, top: str) -> Iterator[str]:
        """A folder and all below it; what links lead to comes last, where no other way has led."""
        known = {_identity(parent) for parent in Path(os.path.realpath(top)).parents}
        folders, links = deque([top]), deque[str]()
        while folders or links:
            folder = folders.popleft() if folders else links.popleft()
            identity = _identity(folder)
            if identity is None or identity in known:
                continue
            known.add(identity)
            yield folder
            for entry in self._entries(folder):
                if not entry.name.startswith(".") and _is_folder(entry):
                    path = os.path.join(folder, entry.name)
                    (links if entry.is_symlink() else folders).append(path)

    def _entries(self, folder: str) -> Iterator[os.DirEntry[str]]:
        """What lies in a folder, by name; nothing where it may not be read."""
        try:
            with os.scandir(folder or ".") as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            return
        for entry in entries:
            seen = next(self._seen)
            if seen % _TOLD == 0:
                waiting(f"looking for files: {seen:,} names seen")
            yield entry


def _identity(folder: str | Path) -> tuple[int, int] | None:
    """What tells one folder from all others, by whatever way it is reached; None where none is."""
    try:
        there = os.stat(folder or ".")
    except OSError:
        return None
    return there.st_dev, there.st_ino


def _is_named(name: str, part: str) -> bool:
    """Whether a pattern names it."""
    hidden = name.startswith(".") and not part.startswith(".")
    return not hidden and fnmatch.fnmatchcase(name, part)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is one, or leads to one; a link that leads round and round is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False
