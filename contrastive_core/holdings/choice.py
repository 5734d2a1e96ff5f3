"""Which arrays or columns of a file are looked into, and what each of them is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import BadInput
from ..sources import Reading
from ..sources.arrays import ArrayShelf, is_column
from ..sources.bfloat16 import NAME as BFLOAT16
from ..sources.checks import plain_shape
from ..sources.files import File
from ..sources.ids import ID_NAMES
from ..sources.places import check_named, open_place, split_column
from ..sources.related import MATCH_NAMES
from ..sources.shards import ShardShelf
from ..sources.shelf import LABEL_NAMES, RELATED_NAMES, Entry, Shelf, Taken, find, take
from ..sources.text import TextShelf, open_related
from .lists import PAIRS, TRIPLETS
from .result import Held

SAVE = "Save the vectors with np.save('emb.npy', vectors), or as a Parquet column."

MOST = 12
"""Arrays or columns of vectors that are looked into where it is open which are meant."""

_FLOATS = ("double", "float", "halffloat", "bool")
"""Types of table columns of one number per row, beside integers."""


@dataclass(frozen=True, eq=False)
class Opened:
    """An open file.

    Args:
        name: As it was written.
        location: Without `::name`.
        asked: What stands behind `::`.
        shelf: The file.
        sizes: Bytes of each file that was opened, by its name.
    """

    name: str
    location: str
    asked: str | None
    shelf: Shelf
    sizes: dict[str, int]

    def name_of(self, entry: Entry) -> str:
        """What messages call an array or column."""
        plain = self.asked is not None or len(self.shelf.entries) == 1
        return self.name if plain else f"{self.location}::{entry.name}"

    @property
    def bytes(self) -> int:
        """Bytes of all files; shards that were not needed are opened for it."""
        if isinstance(self.shelf, ShardShelf):
            for number, shard in enumerate(self.shelf.shards):
                if shard.name not in self.sizes:
                    self.shelf.shelf(number)
        return sum(self.sizes.values())


def open_holding(path: str | os.PathLike[str], reading: Reading) -> Opened:
    """Open a file of any sort, text too.

    Raises:
        BadInput: It is missing, unreadable, damaged, or of an unknown format.
    """
    sizes: dict[str, int] = {}
    name = os.fspath(path) or "''"
    location, asked = split_column(name)

    def opener(file: File, reading: Reading, save: str) -> Shelf:
        shelf = open_related(file, reading, save, asked=asked)
        sizes[file.name] = file.size  # behind it: a stream of no format may have no end
        return shelf

    shelf = open_place(location, name, reading, SAVE, opener)
    check_named(shelf, name, location, asked, f"give {location} alone")
    return Opened(name, location, asked, shelf, sizes)


def said(error: BadInput) -> str:
    """An error without the name of the file."""
    return f"expected {error.expected}, got {error.got}. {error.remedy}"


@dataclass(frozen=True, eq=False)
class Choice:
    """What of a file is looked into.

    Args:
        vectors: Arrays or columns of vectors.
        values: Those of one value per row.
        lists: Arrays of two or three columns, or so many columns, that may be numbers of rows.
        problem: Why it is open what holds the embeddings, or the labels.
    """

    vectors: Sequence[Taken] = ()
    values: Sequence[Entry] = ()
    lists: Sequence[Entry] = ()
    problem: str = ""


def choose(opened: Opened, sorts: dict[str, str]) -> Choice:
    """What was asked for; else what is recognised.

    Raises:
        BadInput: What was asked for, or all that there is, is neither vectors nor values.
    """
    shelf = opened.shelf
    single = len(shelf.entries) == 1
    if opened.asked is None and not (single and sorts[shelf.entries[0].name] == "other"):
        return _recognised(opened, sorts)
    entry = shelf.entries[0] if opened.asked is None else find(shelf, opened.name, opened.asked)
    if sorts[entry.name] not in ("vectors", "other"):
        return Choice(values=[entry])
    taken = take(shelf, opened.name, opened.asked, 1)  # which says what is no vectors
    return Choice(taken, lists=[entry] if _may_be_list(shelf, entry) else [])


def _recognised(opened: Opened, sorts: dict[str, str]) -> Choice:
    """What of several arrays or columns is known by its name, or is the only one of its sort."""
    shelf = opened.shelf
    by_name = {entry.name: entry for entry in shelf.entries}
    plain = {name for name, sort in sorts.items() if sort not in ("vectors", "other")}
    lists: list[Entry] = []
    for names, needed in ((PAIRS, PAIRS[:2]), (TRIPLETS, TRIPLETS)):
        if set(needed) <= plain and not lists:
            lists = [by_name[name] for name in names if name in plain]
    listed = {entry.name for entry in lists}
    values = [
        entry
        for entry in shelf.entries
        if sorts[entry.name] in ("labels", "match") and entry.name not in listed
    ]
    vectors, problem = _vectors(opened, sorts)
    if len(shelf.entries) == 1 and vectors and _may_be_list(shelf, vectors[0].entry):
        lists = [vectors[0].entry]
    if not vectors and not lists and not values:
        others = [by_name[name] for name in plain]
        if len(others) != 1:
            return Choice(problem=problem)
        values = others
    return Choice(vectors, values, lists, problem if vectors else "")


def _vectors(opened: Opened, sorts: dict[str, str]) -> tuple[list[Taken], str]:
    """What the commands would take; where that is open, the first vectors, and the error."""
    shelf, name, problem = opened.shelf, opened.name, ""
    some = "vectors" in sorts.values()
    for related in (len(RELATED_NAMES[0]), 2):
        try:
            found = take(shelf, name, None, related)
            return (found if some else []), problem
        except BadInput as error:
            problem = said(error)
    every = [entry for entry in shelf.entries if sorts[entry.name] == "vectors"]
    single = [entry for entry in every if not entry.columns] or every
    if len(single) > MOST:
        problem += f" The first {MOST} of {len(single)} are looked into."
    return [Taken(entry, f"{opened.location}::{entry.name}") for entry in single[:MOST]], problem


def sorts_of(shelf: Shelf) -> dict[str, str]:
    """What each array or column holds, by its name: the words of `Held.holds`."""
    plain = {entry.name: _sort(shelf, entry) for entry in shelf.entries}
    values = {name for name, sort in plain.items() if sort in ("whole", "values")}
    rows = {
        name
        for names, needed in ((PAIRS, PAIRS[:2]), (TRIPLETS, TRIPLETS))
        for name in names
        if set(needed) <= values
    }
    return {name: _by_name(name, sort, rows) for name, sort in plain.items()}


def _by_name(name: str, sort: str, rows: set[str]) -> str:
    """What one value per row is, as far as its name says it."""
    if sort not in ("whole", "values"):
        return sort
    if name in rows:
        return "rows"
    if sort == "whole":
        known = (("labels", LABEL_NAMES), ("ids", ID_NAMES))
        found = [word for word, names in known if name in names]
        if found:
            return found[0]
    return "match" if name in MATCH_NAMES else "values"


def _sort(shelf: Shelf, entry: Entry) -> str:
    """`vectors`, `whole` (integers or strings), `values`, or `other`."""
    if isinstance(shelf, ShardShelf):
        return _sort(shelf.shelf(0), entry)
    if isinstance(shelf, TextShelf):
        return "whole"
    if not isinstance(shelf, ArrayShelf):
        if entry.vectors:
            return "vectors"
        return "whole" if shelf.has_ids(entry) else "values" if entry.type in _FLOATS else "other"
    stored = shelf.arrays[entry.name]
    kind = stored.dtype.kind
    if len(stored.shape) == 1 or is_column(entry.name, stored.shape):
        return "whole" if kind in "iuSU" else "values" if kind in "fb" else "other"
    bits = stored.is_bfloat16 or stored.dtype.name == BFLOAT16 or kind == "V"
    axes = len(plain_shape(stored.shape))
    return "vectors" if axes in (2, 3) and (bits or kind in "fiu") else "other"


def _may_be_list(shelf: Shelf, entry: Entry) -> bool:
    """Whether an array has integers in two or three columns."""
    first = shelf.shelf(0) if isinstance(shelf, ShardShelf) else shelf
    if not isinstance(first, ArrayShelf) or first.reading.dtype is not None:
        return False
    stored = first.arrays[entry.name]
    shape = stored.shape
    whole = stored.dtype.kind in "iu" and not stored.is_bfloat16
    return whole and len(shape) == 2 and shape[1] in (2, 3) and shape[0] > 0


def order_of(shelf: Shelf, entry: Entry) -> str:
    """The memory order of an array; nothing for a column."""
    first = shelf.shelf(0) if isinstance(shelf, ShardShelf) else shelf
    if not isinstance(first, ArrayShelf):
        return ""
    return "Fortran" if getattr(first.arrays[entry.name], "fortran", False) else "C"


def held(shelf: Shelf, sorts: dict[str, str], taken: set[str]) -> tuple[Held, ...]:
    """All that is in a file; columns that are the dimensions of one matrix are one."""
    parts = {column for entry in shelf.entries for column in entry.columns}
    return tuple(
        Held(entry.name, entry.type, sorts[entry.name], entry.name in taken)
        for entry in shelf.entries
        if entry.name not in parts
    )
