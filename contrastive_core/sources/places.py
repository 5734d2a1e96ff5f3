"""From what the user typed to an open file: standard input, a path, a URI, shards."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace

from ..errors import BadInput
from .files import File, open_local
from .folders import local_members
from .formats import SAVE, open_file
from .reading import PLAIN, Reading
from .shards import Shard, ShardShelf
from .shelf import Shelf, take
from .source import Source
from .standard_input import standard_input

STDIN = "-"
"""Standard input, as a path."""

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")

_NAMELESS = {"npy": "a .npy file", "text": "plain text"}
"""Formats whose values have no names."""

Opener = Callable[[File, Reading, str], Shelf]
"""What makes a shelf of a file."""


def split_column(written: str) -> tuple[str, str | None]:
    """`PATH::name` into path and name; a file whose whole name exists is never split."""
    uri = _URI.match(written)
    begin = written.find("/", uri.end()) if uri else 0  # a host may be hdfs://[::1]
    if "::" not in written[max(0, begin) :] or begin < 0 or os.path.exists(written):
        return written, None
    path, _, column = written.rpartition("::")
    return path, column


def is_uri(location: str) -> bool:
    """Whether a place is named by a URI, and is no file of this machine of that name."""
    return _URI.match(location) is not None and not os.path.exists(location)


def open_source(
    written: str | os.PathLike[str], *, related: int = 1, reading: Reading = PLAIN
) -> list[Source]:
    """Open a file of embeddings.

    Args:
        written: A path, a URI, `-`, a folder or a glob; `PATH::name` for one array or column.
        related: How many related arrays or columns of one file (`anchor`, `positive` and
            `negative`; `z1` and `z2`) may be taken as sources of their own, at most.
        reading: What the user says about the files.

    Returns:
        One source, or several where a file holds recognised related arrays or columns.

    Raises:
        BadInput: The file is missing, unreadable, damaged, of another format, or holds no vectors.
    """
    name = os.fspath(written) or "''"
    location, asked = split_column(name)
    if not location:
        raise BadInput(
            name,
            expected="a path before ::",
            got="none",
            remedy=f"Write FILE::{asked}; ::NAME alone is a column of EMBEDDINGS, for --labels.",
        )
    keep = reading.keep
    if keep is None:
        shelf = open_place(location, name, reading)
    else:
        alone = replace(reading, keep=None)  # nothing that is kept holds what keeps it
        shelf = keep.once(("shelf", name), lambda: open_place(location, name, alone))
    check_named(shelf, name, location, asked, f"give {location} alone")
    chosen = take(shelf, name, asked, related)
    if keep is None:
        return [shelf.source(taken) for taken in chosen]
    return [keep.source(location, shelf, taken) for taken in chosen]


def open_place(
    location: str, name: str, reading: Reading, save: str = SAVE, opener: Opener = open_file
) -> Shelf:
    """Whatever a place names, as a shelf.

    Args:
        location: A path, a URI, `-`, a folder or a glob.
        name: What messages call it.
        reading: What the user says about the files.
        save: How a file of a known format is written, for one that is of none.
        opener: What makes a shelf of a file.
    """
    if location == STDIN and not os.path.exists(STDIN):
        return opener(standard_input(name), reading, save)
    if is_uri(location):
        # pyarrow is slow to import, and files of this machine need it for two formats alone.
        from .filesystems import Place

        place = Place(location, name)
        location = place.local
        members = local_members(location, name) if place.is_local else place.members()
        find_file: Callable[[str, str], File] = place.file
    else:
        members, find_file = local_members(location, name), open_local
    if members is None:
        return opener(find_file(location, name), reading, save)

    def shard(path: str) -> Shard:
        return Shard(path, lambda: opener(find_file(path, path), reading, save))

    shards = tuple(shard(path) for path in members.taken)
    return ShardShelf(name.partition("::")[0] or name, shards, members.passed_over)


def check_named(shelf: Shelf, name: str, location: str, asked: str | None, remedy: str) -> None:
    """Refuse a column of a file whose one array has no name."""
    if asked is not None and shelf.format in _NAMELESS:
        kind = _NAMELESS[shelf.format]
        raise BadInput(
            name,
            expected=f"a path without '::', since {location} is {kind}",
            got=f"column {asked!r}",
            remedy=f"{kind[0].upper()}{kind[1:]} has no columns: {remedy}.",
        )
