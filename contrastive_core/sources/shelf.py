"""A file with the arrays or columns in it, and which of them are the vectors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy.typing as npt

from ..errors import BadInput, known_names, some
from .source import Source
from .values import Check, Values, Wanted

EMBEDDING_NAMES = ("embedding", "embeddings", "emb", "vector", "vectors")
"""Names taken as the embeddings where a file has several arrays or columns of vectors."""

LONGEST = 2**12
"""Characters of the longest name of an array or column; nobody could ask for a longer one."""

RELATED_NAMES = (
    ("anchor", "positive", "negative"),
    ("query", "positive", "negative"),
    ("anchor", "positive", "negatives"),
    ("query", "positive", "negatives"),
    ("anchor", "positive"),
    ("query", "positive"),
    ("image", "text"),
    ("sentence1", "sentence2"),
    ("z1", "z2"),
)
"""Names taken as related files, by name and never by position."""


_LONE = re.compile(r"b?float\d+ \(\d+,\)")
"""The type of an array of floats on one axis."""

LABEL_NAMES = ("label", "labels", "y", "class", "target")
"""Names taken as the labels where a file has several columns; never as embeddings unasked."""


@dataclass(frozen=True)
class Entry:
    """An array or a column of a file.

    Args:
        name: Its name; empty where a file holds one array without a name.
        type: Its type in words, for listings.
        vectors: Whether it holds vectors of numbers.
        columns: The columns that it is made of, where these are several.
        also: Other names that it answers to.
    """

    name: str
    type: str
    vectors: bool
    columns: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Words:
    """How messages speak of what is in a file.

    Args:
        entry: A column, an array, a tensor.
        vector: What a vector entry is.
        save: What to do where there is none.
    """

    entry: str
    vector: str
    save: str


@dataclass(frozen=True)
class Taken:
    """What of a file is read, and what it is called.

    Args:
        entry: The array or column.
        name: What messages call it.
        chosen: Why it was taken.
        unused: Other vectors of the file, that were left out.
        empty: Whether it may have no rows, being one shard of several.
    """

    entry: Entry
    name: str
    chosen: str = ""
    unused: tuple[str, ...] = ()
    empty: bool = False


class Shelf(Protocol):
    """An open file: what is in it, and how to read that."""

    @property
    def name(self) -> str:
        """The path as the user wrote it."""

    @property
    def format(self) -> str:
        """The file format in a word."""

    @property
    def words(self) -> Words:
        """How messages speak of what is in it."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is in it, in the order of the file; matrices of several columns behind."""

    def entry(self, name: str) -> Entry | None:
        """What is called so, where there is such; nothing else is looked at."""

    def source(self, taken: Taken) -> Source:
        """Vectors, read by rows."""

    def column(self, entry: Entry, name: str, wanted: Wanted, check: Check) -> list[Values]:
        """Plain values, read whole, one `Values` for each column of an array of two axes.

        `check` sees the shape before anything is read.
        """

    def has_ids(self, entry: Entry) -> bool:
        """Whether an entry holds integers or strings, one per row."""

    def ids(self, entry: Entry, name: str) -> Iterator[npt.NDArray[Any]]:
        """Integers or strings, one per row, in parts."""


def find(shelf: Shelf, name: str, asked: str) -> Entry:
    """The entry of a name."""
    entry = shelf.entry(asked)
    if entry is not None:
        return entry
    known = [entry.name for entry in shelf.entries]
    raise BadInput(
        name,
        expected=f"{_article(shelf.words.entry)} of the file",
        got=f"{asked!r}",
        remedy=known_names(asked, known),
    )


def called(entries: Iterable[Entry], name: str) -> Entry | None:
    """The entry of a name, or of another that it answers to."""
    return next((each for each in entries if name in (each.name, *each.also)), None)


def check_names(shelf: str, entry: str, names: Iterable[str]) -> None:
    """Refuse a name that is longer than any that can be typed or shown.

    Args:
        shelf: What messages call the file.
        entry: What is in it, in a word.
        names: The names.
    """
    longest = max(names, key=len, default="")
    if len(longest) > LONGEST:
        raise BadInput(
            shelf,
            expected=f"names of {entry}s of at most {LONGEST} characters",
            got=f"one of {len(longest)}, which begins with {longest[:40]!r}",
            remedy=f"Rename the {entry} when writing the file.",
        )


def listing(shelf: Shelf) -> str:
    """The entries of a file with their types, for messages."""
    single = [f"{entry.name}: {entry.type}" for entry in shelf.entries if not entry.columns]
    return some(single) or "none"


def take(shelf: Shelf, name: str, asked: str | None, related: int) -> list[Taken]:
    """What holds the embeddings: what was asked for, the only vectors, or recognised ones.

    Args:
        shelf: The file.
        name: The path as the user wrote it.
        asked: What stands behind `::`.
        related: How many related ones may be taken, at most.

    Raises:
        BadInput: None, or several that leave it open which are meant.
    """
    if asked is not None:
        return [Taken(_vectors_of(shelf, name, asked), name, chosen="asked for")]
    vectors = [entry for entry in shelf.entries if entry.vectors and not entry.columns]
    vectors = vectors or [entry for entry in shelf.entries if entry.vectors]
    chosen, why = _choose(shelf, name, vectors, related)
    unused = tuple(entry.name for entry in vectors if entry not in chosen)
    single = len(chosen) == 1
    return [
        Taken(entry, name if single else f"{name}::{entry.name}", why, unused) for entry in chosen
    ]


def _choose(
    shelf: Shelf, name: str, vectors: Sequence[Entry], related: int
) -> tuple[list[Entry], str]:
    """The entries to read, and why these."""
    if len(vectors) == 1 and vectors[0].name not in LABEL_NAMES:
        return list(vectors), f"the only {shelf.words.entry} of vectors"
    by_name = {entry.name: entry for entry in vectors}
    if related == len(RELATED_NAMES[0]):
        _check_negatives(shelf, name, by_name)
    fitting = [names for names in RELATED_NAMES if set(names) <= set(by_name)]
    for count in range(related, 1, -1):
        several = [names for names in fitting if len(names) == count]
        if len(several) == 1:
            return [by_name[each] for each in several[0]], "recognised names"
    recognised = [known for known in EMBEDDING_NAMES if known in by_name]
    if len(recognised) == 1:
        return [by_name[recognised[0]]], "a recognised name"
    raise _undecided(shelf, name, vectors)


def _check_negatives(shelf: Shelf, name: str, vectors: Mapping[str, Entry]) -> None:
    """Refuse to leave out negatives that are no vectors."""
    if not any(set(names) <= set(vectors) for names in RELATED_NAMES):
        return
    for entry in shelf.entries:
        if entry.name in ("negative", "negatives") and not entry.vectors:
            raise BadInput(
                f"{name}::{entry.name}",
                expected="a vector, or a list of vectors, in each row",
                got=f"type {entry.type}",
                remedy="Store the negatives of an anchor as list<list<float>>, or save them as a "
                ".npy file (n, k, d) and give it third: "
                f"{name}::anchor {name}::positive negatives.npy.",
            )


def _undecided(shelf: Shelf, name: str, vectors: Sequence[Entry]) -> BadInput:
    """The error for no vectors, and for several of which none is recognised."""
    words = shelf.words
    if len(vectors) == 1:
        raise BadInput(
            name,
            expected=f"one vector {words.entry} that is not called like labels",
            got=f"{vectors[0].name} alone among: {listing(shelf)}",
            remedy=f"Name it where it holds the embeddings: {name}::{vectors[0].name}.",
        )
    several = len(vectors) > 1
    first, second = (vectors[0].name, vectors[1].name) if several else ("", "")
    return BadInput(
        name,
        expected=f"one vector {words.entry} ({words.vector})",
        got=f"{len(vectors)} vector {words.entry}s among: {listing(shelf)}",
        remedy=f"Name two as two views: {name}::{first} {name}::{second}; or one alone."
        if several
        else _save(shelf),
    )


def _save(shelf: Shelf) -> str:
    """What to do where nothing is vectors: arrays that are one vector each are stacked."""
    types = {entry.type for entry in shelf.entries}
    lone = len(types) == 1 < len(shelf.entries) and all(_LONE.fullmatch(each) for each in types)
    if not lone:
        return shelf.words.save
    return f"One vector per {shelf.words.entry}? Stack them: np.stack(list(arrays.values()))."


def _vectors_of(shelf: Shelf, name: str, asked: str) -> Entry:
    """The vectors of a name."""
    entry = find(shelf, name, asked)
    if entry.vectors:
        return entry
    vectors = some([each.name for each in shelf.entries if each.vectors])
    raise BadInput(
        name,
        expected=f"a vector {shelf.words.entry}",
        got=f"{shelf.words.entry} {asked!r} of type {entry.type}",
        remedy=f"Vector {shelf.words.entry}s: {vectors or 'none'}.",
    )


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
