"""Ids of rows: compared where two files have them, and the key by which rows are joined."""

from __future__ import annotations

import math
import mmap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadInput, counted, some
from .bits import BitSource
from .forward import Streamed
from .memory import ArraySource
from .places import split_column
from .reading import Reading
from .shards import ShardedSource
from .shelf import Shelf
from .source import Source
from .spill import temporary

ID_NAMES = ("id", "_id", "key")
"""Names taken as the ids of rows."""

_BLOCK = 2**20
"""Numbers put in order at a time."""

Ids = npt.NDArray[Any]
Order = npt.NDArray[np.intp]


def aligned(first: Source, other: Source, reading: Reading) -> Source:
    """`other`, whose row i belongs to row i of `first`.

    Args:
        first: EMBEDDINGS.
        other: KEYS or NEGATIVES.
        reading: Whether to join, and by what.

    Raises:
        BadInput: Their ids differ; or they cannot be joined.
    """
    if reading.keep is None:
        return _aligned(first, other, reading)
    key = ("aligned", first.name, other.name, reading.join)
    return reading.keep.once(key, lambda: _aligned(first, other, reading))


def _aligned(first: Source, other: Source, reading: Reading) -> Source:
    found = agreement(first, other.shelf, other.name, reading)
    if found.order is not None:
        other = in_order(other, found.order)
    return noted(other, found.said) if found.said else other


@dataclass(frozen=True, eq=False)
class Agreement:
    """How the rows of a file belong to those of EMBEDDINGS.

    Args:
        order: The row of each; None where row i belongs to row i.
        said: How that was found; empty where nothing was looked at.
    """

    order: Order | None = None
    said: str = ""


def agreement(first: Source, shelf: Shelf | None, name: str, reading: Reading) -> Agreement:
    """Compare the ids of two files, or join by them.

    Args:
        first: EMBEDDINGS.
        shelf: The other file; None for an array in memory.
        name: What messages call it.
        reading: Whether to join, and by what.

    Raises:
        BadInput: The ids differ in order, and nothing was said of joining; or there are none.
    """
    here = first.shelf
    if here is None or shelf is None or _location(here) == _location(shelf):
        return Agreement()
    if reading.join is None:
        for known in ID_NAMES:
            ours, theirs = _ids(here, known), _ids(shelf, known)
            if ours is not None and theirs is not None:
                _compare(known, first.name, ours(), name, theirs())
                return Agreement(said=f"the same {known} in every row")
        return Agreement()
    ours, theirs = _ids(here, reading.join), _ids(shelf, reading.join)
    for each, where in ((ours, first.name), (theirs, name)):
        if each is None:
            raise _no_ids(where, reading.join, here if each is ours else shelf)
    if ours is None or theirs is None:
        return Agreement()
    return _join(reading.join, first.name, _whole(ours()), name, _whole(theirs()))


def in_order(source: Source, order: Order) -> Source:
    """Some rows of a source, in an order: read forward once, each put into its place on disk."""
    if isinstance(source, BitSource):
        return replace(source, packed=in_order(source.packed, order))
    shape = (len(order), *source.shape[1:])
    row = math.prod(shape[1:])
    size = len(order) * row * source.dtype.itemsize
    place = np.full(source.shape[0], -1, np.int64)
    place[order] = np.arange(len(order))
    with temporary(size, "joined rows") as file:
        array = np.ndarray(shape, source.dtype, mmap.mmap(file.fileno(), size))
    step = max(1, _BLOCK // row)
    for start in range(0, source.shape[0], step):
        stop = min(start + step, source.shape[0])
        wanted = place[start:stop] >= 0
        array[place[start:stop][wanted]] = source.read(start, stop)[wanted]
    facts = replace(source.facts, order=order, of=source.shape[0])
    return ArraySource(array, source.name, facts, source.shelf)


def noted(source: Source, said: str) -> Source:
    """A source that says how its rows belong to others."""
    if isinstance(source, BitSource):
        return replace(source, packed=noted(source.packed, said))
    if isinstance(source, ShardedSource):
        return replace(source, joined=said)
    if isinstance(source, ArraySource | Streamed):
        return replace(source, facts=replace(source.facts, joined=said))
    return source


def _location(shelf: Shelf) -> str:
    return split_column(shelf.name)[0]


def _ids(shelf: Shelf, wanted: str) -> Callable[[], Iterator[Ids]] | None:
    """What reads the ids of a file; None where it has none of that name."""
    entry = shelf.entry(wanted)
    if entry is None or not shelf.has_ids(entry):
        return None
    return lambda: (_plain(part) for part in shelf.ids(entry, shelf.name))


def _plain(ids: Ids) -> Ids:
    """Strings as Python's; bytes are UTF-8."""
    if ids.dtype.kind == "S":
        ids = np.char.decode(ids, "utf-8", "replace")
    return ids.astype(object) if ids.dtype.kind == "U" else ids


def _whole(parts: Iterator[Ids]) -> Ids:
    found = list(parts)
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _compare(
    column: str, name: str, ours: Iterator[Ids], other: str, theirs: Iterator[Ids]
) -> None:
    """Refuse ids that differ; files of different lengths are refused by their shapes."""
    found: tuple[int, Any, Any] | None = None
    row = 0
    none = np.empty(0, np.int64)
    a, b = next(ours, none), next(theirs, none)
    while len(a) and len(b):
        count = min(len(a), len(b))
        differ = np.flatnonzero(_differ(a[:count], b[:count])) if found is None else none
        if len(differ):
            place = int(differ[0])
            found = (row + place, a[place], b[place])
        row += count
        a, b = a[count:], b[count:]
        a = a if len(a) else next(ours, none)
        b = b if len(b) else next(theirs, none)
    if found is None or len(a) or len(b):
        return
    place, mine, yours = found
    raise BadInput(
        other,
        expected=f"the rows of {name}, in its order: {column} {_shown(mine)} in row {place}",
        got=f"{column} {_shown(yours)} in row {place}, the first that differs",
        remedy=f"Write both in one order, or put them into it with --join {column}.",
    )


def _differ(a: Ids, b: Ids) -> npt.NDArray[np.bool_]:
    """Where ids differ; a number is equal to its digits."""
    if a.dtype.kind != b.dtype.kind and "O" in (a.dtype.kind, b.dtype.kind):
        a, b = _words(a), _words(b)
    return np.asarray(a != b, dtype=bool)


def _words(ids: Ids) -> Ids:
    return np.array([str(each) for each in ids.tolist()], object)


def _join(column: str, name: str, ours: Ids, other: str, theirs: Ids) -> Agreement:
    """For each of our ids the row of theirs."""
    if len(ours) == len(theirs) and not _differ(ours, theirs).any():
        return Agreement(said=f"joined by {column}, in which order they were")
    if ours.dtype.kind != theirs.dtype.kind:
        ours, theirs = _words(ours), _words(theirs)
    _refuse_twice(name, ours)
    places = _refuse_twice(other, theirs)
    found = [places.get(each, -1) for each in ours.tolist()]
    missing = [each for each, place in zip(ours.tolist(), found, strict=True) if place < 0]
    if missing:
        raise BadInput(
            other,
            expected=f"a row for every id of {name}",
            got=f"none for {len(missing)} of {len(ours)}, such as {_shown(missing[0])}",
            remedy=f"Leave these rows out of {name}, or add them.",
        )
    left = len(theirs) - len(ours)
    more = f", {counted(left, 'row')} left out" if left else ""
    return Agreement(np.array(found, np.intp), f"joined by {column}{more}")


def _refuse_twice(name: str, ids: Ids) -> dict[Any, int]:
    """The row of each id, which must be its only one."""
    places = {each: row for row, each in enumerate(ids.tolist())}
    if len(places) == len(ids):
        return places
    twice = next(each for row, each in enumerate(ids.tolist()) if places[each] != row)
    raise BadInput(
        name,
        expected="different ids, to join by",
        got=f"{_shown(twice)} in several rows",
        remedy="Give every row an id of its own.",
    )


def _no_ids(name: str, wanted: str, shelf: Shelf) -> BadInput:
    known = some([entry.name for entry in shelf.entries if entry.name])
    return BadInput(
        name,
        expected=f"integers or strings called {wanted!r}, to join by",
        got=f"{shelf.words.entry}s {known}" if known else "values without names",
        remedy="Name a column that both files have, or leave --join out.",
    )


def _shown(each: Any) -> str:
    return repr(each.item() if isinstance(each, np.generic) else each)
