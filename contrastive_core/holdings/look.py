"""A file looked into: what is there, each part of it, and how it would be read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..inputs.files import told_of_shapes
from ..resources import Resources
from ..sources import Reading, Source, check_needed, told_of_codes, with_bits
from ..sources.shards import ShardShelf
from .choice import Choice, Opened, choose, held, open_holding, order_of, sorts_of
from .lists import look_into_list
from .parts import LabelFacts, ListFacts, NumberFacts, Part, VectorFacts
from .plain import look_into_values
from .result import FileInfo, Use
from .uses import uses_as_labels, uses_of_columns, uses_of_list, uses_of_values
from .vectors import look_into_vectors
from .views import read_so, uses_of_vectors

WORDS = {
    "null": "null",
    "ragged": "of another length",
    "nan": "with NaN",
    "infinity": "with infinity",
    "zero": "of only zeros, which have no direction",
}
"""Kinds of bad rows, behind how many there are."""


def look(path: str | os.PathLike[str], reading: Reading, resources: Resources) -> FileInfo:
    """What a file holds.

    Args:
        path: A path, a URI, `-`, a folder or a glob; `PATH::name` for one array or column.
        reading: What the user says about the files.
        resources: The bound on memory, and who is told how far it is.

    Raises:
        BadInput: It cannot be read at all.
        NeedlessType: A type was said that no vectors of it need.
        TooLittleMemory: The bound is too low for what is kept of each row.
    """
    opened = open_holding(path, reading)
    sorts = sorts_of(opened.shelf)
    found = _look_into(opened, choose(opened, sorts), reading, resources)
    facts = found.sources[0].facts if found.sources else None
    shelf = opened.shelf
    return FileInfo(
        opened.name,
        shelf.format,
        opened.bytes,
        held(shelf, sorts | _learnt(found), found.taken),
        tuple(found.parts),
        tuple(_uses(opened, found, sorts, reading)),
        tuple(shard.name for shard in shelf.shards) if isinstance(shelf, ShardShelf) else (),
        facts.passed_over if facts else (),
        found.problem,
        tuple(_warnings(found)),
    )


@dataclass(frozen=True, eq=False)
class _Found:
    """What was looked into.

    Args:
        parts: What it comes to.
        taken: The names of the arrays or columns.
        sources: The vectors.
        problem: Why it is open what holds the embeddings.
        name: The file as it was written.
    """

    parts: Sequence[Part]
    taken: set[str]
    sources: Sequence[Source]
    problem: str
    name: str


def _look_into(opened: Opened, choice: Choice, reading: Reading, resources: Resources) -> _Found:
    """Every chosen array or column, each in one pass."""
    shelf, listed = opened.shelf, None
    if choice.lists:
        listed = look_into_list(shelf, list(choice.lists), opened.name, resources)
    vectors = list(choice.vectors)
    if listed is not None and [taken.entry for taken in vectors] == list(choice.lists):
        vectors = []
    vectors = [replace(taken, name=opened.name_of(taken.entry)) for taken in vectors]
    sources = [with_bits(shelf.source(taken), reading) for taken in vectors]
    check_needed(sources, reading, f"no vectors in {opened.name}")
    parts: list[Part] = [
        look_into_vectors(shelf, taken, source, order_of(shelf, taken.entry), resources)
        for taken, source in zip(vectors, sources, strict=True)
    ]
    parts += [] if listed is None else [listed]
    parts += [
        look_into_values(shelf, entry, opened.name_of(entry), resources) for entry in choice.values
    ]
    entries = [*(taken.entry for taken in vectors), *choice.values]
    entries += [] if listed is None else list(choice.lists)
    return _Found(parts, {entry.name for entry in entries}, sources, choice.problem, opened.name)


def _learnt(found: _Found) -> dict[str, str]:
    """What a single array without a name has turned out to hold."""
    if found.taken != {""}:
        return {}
    words = {ListFacts: "rows", LabelFacts: "labels", NumberFacts: "values"}
    return {"": words.get(type(found.parts[0]), "vectors")}


def _uses(opened: Opened, found: _Found, sorts: dict[str, str], reading: Reading) -> list[Use]:
    """How the file would be read, from what was found in it."""
    uses = uses_of_vectors(opened.name, found.sources, found.problem, reading)
    if found.sources and opened.asked is None:
        of_columns = uses_of_columns(opened.location, found.parts, sorts)
        uses += read_so(of_columns, found.sources, reading)
    for part in found.parts:
        if isinstance(part, ListFacts):
            uses += uses_of_list(part)
        elif isinstance(part, VectorFacts):
            uses += uses_as_labels(part)
        elif not found.sources:
            uses += uses_of_values(part)
    return uses


def _warnings(found: _Found) -> Iterator[str]:
    """What is read in another way than it is stored, or stopped at or warned of by all commands."""
    yield from told_of_shapes(found.sources)
    for part in found.parts:
        if isinstance(part, VectorFacts) and part.bad.rows:
            counts = {kind: each.rows for kind, each in part.bad.kinds.items() if each.rows}
            kinds = ", ".join(f"{rows} {WORDS[kind]}" for kind, rows in counts.items())
            scores = " As ready scores (--scores), -infinity masks a candidate."
            yield (
                f"{part.name}: {part.bad.rows} of {part.rows} rows cannot be used: {kinds}. "
                "Leave them out when writing the file, or with --on-bad drop."
                f"{scores if part.bad.infinity.rows and len(part.shape) == 2 else ''}"
            )
    yield from told_of_codes(found.sources)
    if found.problem:
        yield f"{found.name}: {found.problem}"
