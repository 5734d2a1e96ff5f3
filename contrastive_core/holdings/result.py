"""What a file holds, as it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .parts import LabelFacts, ListFacts, NumberFacts, Part, VectorFacts


@dataclass(frozen=True)
class Held:
    """An array or a column of a file.

    Args:
        name: Its name; empty where the file holds one array without a name.
        type: Its type in words.
        holds: `vectors`, `labels`, `ids`, `match`, `rows` (numbers of rows), `values` (one number
            or string per row) or `other`.
        taken: Whether it was looked into.
    """

    name: str
    type: str
    holds: str
    taken: bool


@dataclass(frozen=True)
class Use:
    """A way to read the file.

    Args:
        command: As it is typed.
        meaning: What the file is then taken for, or why it is refused.
        status: `decided` by the file, `assumed` (nobody said so), `possible` (where the user says
            so), or `refused`.
    """

    command: str
    meaning: str
    status: str


@dataclass(frozen=True)
class FileInfo:
    """What a file holds.

    Args:
        path: As it was written.
        format: npy, npz, parquet, arrow, arrow stream, safetensors, csv or text.
        bytes: On disk; of all shards.
        entries: Its arrays or columns; those that are the dimensions of one matrix are one.
        parts: What was looked into, vectors first.
        uses: How it would be read.
        shards: The files it is made of, where these are several.
        passed_over: Other files of the folder.
        problem: Why no vectors were taken, where there are several and none is recognised.
        warnings: Sentences for the user.
    """

    path: str
    format: str
    bytes: int
    entries: tuple[Held, ...]
    parts: tuple[Part, ...]
    uses: tuple[Use, ...]
    shards: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()
    problem: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def vectors(self) -> Sequence[VectorFacts]:
        """The vectors."""
        return [part for part in self.parts if isinstance(part, VectorFacts)]

    @property
    def labels(self) -> Sequence[LabelFacts]:
        """The labels."""
        return [part for part in self.parts if isinstance(part, LabelFacts)]

    @property
    def numbers(self) -> Sequence[NumberFacts]:
        """Numbers that are no classes."""
        return [part for part in self.parts if isinstance(part, NumberFacts)]

    @property
    def lists(self) -> Sequence[ListFacts]:
        """Pairs and triplets."""
        return [part for part in self.parts if isinstance(part, ListFacts)]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the first part; empty where there is none."""
        if not self.parts:
            return ()
        part = self.parts[0]
        if isinstance(part, VectorFacts):
            return part.shape
        return (part.rows, len(part.columns)) if isinstance(part, ListFacts) else (part.rows,)
