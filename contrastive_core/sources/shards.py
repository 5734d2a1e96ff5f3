"""Several files as one: shards in natural order, opened one at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from .arrays import ArrayShelf
from .checks import check_shape
from .joined import joined
from .memory import ArraySource
from .shelf import Entry, Shelf, Taken, find
from .source import Facts, Source, Strided, strand_of
from .values import Check, Values, Wanted


@dataclass(frozen=True)
class Shard:
    """A file of several.

    Args:
        name: Its path.
        open: Opens it.
    """

    name: str
    open: Callable[[], Shelf]


class ShardShelf:
    """Files whose arrays or columns of one name follow one another."""

    def __init__(self, name: str, shards: tuple[Shard, ...], passed_over: tuple[str, ...]) -> None:
        self.name, self.shards, self.passed_over = name, shards, passed_over
        first = shards[0].open()
        self._open: tuple[int, Shelf] = (0, first)
        self._held: dict[str, tuple[int, Source]] = {}
        self.format, self.words = first.format, first.words

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """What is in the first shard; the others must have what is read of it."""
        return self.shelf(0).entries

    def entry(self, name: str) -> Entry | None:
        """What is called so in the first shard."""
        return self.shelf(0).entry(name)

    def shelf(self, number: int) -> Shelf:
        """One shard, open; the one before is let go."""
        if self._open[0] != number:
            self._open = (number, self.shards[number].open())
        return self._open[1]

    def part(self, number: int, taken: Taken) -> Source:
        """The rows of one shard; reading on in it goes on where it was."""
        held = self._held.get(taken.entry.name)
        if held is None or held[0] != number:
            held = (number, self._part(number, taken))
            self._held[taken.entry.name] = held
        return held[1]

    def _part(self, number: int, taken: Taken) -> Source:
        shelf, name = self.shelf(number), self.shards[number].name
        entry = find(shelf, name, taken.entry.name)
        if not entry.vectors:
            raise BadInput(
                name,
                expected=f"{taken.entry.name!r} to hold vectors, as in {self.shards[0].name}",
                got=f"type {entry.type}",
                remedy="Leave this file out, or write it again.",
            )
        return shelf.source(replace(taken, entry=entry, name=name, empty=True))

    def source(self, taken: Taken) -> Source:
        """Vectors, read by rows across the shards."""
        self._check_stacked(taken)
        sources = (self.part(number, taken) for number in range(len(self.shards)))
        parts = [Part(s.name, s.shape, s.dtype, s.stored, s.facts.stored) for s in sources]
        return ShardedSource(taken.name, self, taken, tuple(parts))

    def _check_stacked(self, taken: Taken) -> None:
        """Refuse files that hold one vector each."""
        first = self.shelf(0)
        if not isinstance(first, ArrayShelf) or len(self.shards) == 1:
            return
        shape = first.arrays[taken.entry.name].shape
        if len(shape) == 1:
            raise BadInput(
                self.name,
                expected="an array of shape (n, d) in each file",
                got=f"shape {shape} in the first of {len(self.shards)}, {self.shards[0].name}",
                remedy="One vector per file? Stack them: "
                "np.save('emb.npy', np.stack([np.load(path) for path in paths])).",
            )

    def column(self, entry: Entry, name: str, wanted: Wanted, check: Check) -> list[Values]:
        """Plain values, read whole, one shard behind the other."""
        shapes: list[tuple[int, ...]] = []

        def note(shard: str, shape: tuple[int, ...]) -> None:
            if shapes and shape[1:] != shapes[0][1:]:
                check(shard, shape)
            shapes.append(shape)

        found = []
        for number, shard in enumerate(self.shards):
            shelf = self.shelf(number)
            each = find(shelf, shard.name, entry.name)
            found.append(shelf.column(each, shard.name, wanted, note))
        check(name, (sum(shape[0] for shape in shapes), *shapes[0][1:]))
        return [joined(name, list(parts)) for parts in zip(*found, strict=True)]

    def has_ids(self, entry: Entry) -> bool:
        """Whether the first shard holds integers or strings, one per row."""
        return self.shelf(0).has_ids(entry)

    def ids(self, entry: Entry, name: str) -> Iterator[npt.NDArray[Any]]:
        """Integers or strings, one per row, in parts."""
        for number, shard in enumerate(self.shards):
            shelf = self.shelf(number)
            yield from shelf.ids(find(shelf, shard.name, entry.name), name)


@dataclass(frozen=True)
class Part:
    """What is known of a shard that is not open.

    Args:
        name: Its path.
        shape: Its shape.
        dtype: The number type that reading it gives.
        stored: The number type in the file.
        before: Its shape in the file, where axes of length 1 were left out of that.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    stored: str
    before: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class ShardedSource:
    """The rows of several files, one after the other; checked on construction.

    Args:
        name: The folder or glob as the user wrote it.
        shelf: The files.
        taken: What is read of each.
        parts: What is known of each.
        flattened: Whether (a, b, d) is read as (a * b, d).
        joined: How its rows belong to those of another file.
    """

    name: str
    shelf: ShardShelf
    taken: Taken
    parts: tuple[Part, ...]
    flattened: bool = False
    joined: str = ""

    def __post_init__(self) -> None:
        """Refuse rows of different lengths, and no rows at all."""
        full = self._full
        for part in full[1:]:
            if part.shape[1:] != full[0].shape[1:]:
                raise BadInput(
                    part.name,
                    expected=f"rows of shape {full[0].shape[1:]}, as {full[0].name} has",
                    got=f"shape {part.shape}",
                    remedy="Embed all shards with the same model; give one array at a time.",
                )
        check_shape(self.name, self.shape)

    @cached_property
    def _full(self) -> list[Part]:
        """The shards that have rows, or the first."""
        return [part for part in self.parts if part.shape[0]] or [self.parts[0]]

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """(n, d), or (a, b, d) for views."""
        first, *rest = self._full[0].shape
        whole = (sum(part.shape[0] for part in self._full) if rest else first, *rest)
        return (whole[0] * whole[1], *whole[2:]) if self.flattened else whole

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        """A type that holds the numbers of all shards."""
        return np.result_type(*(part.dtype for part in self._full))

    @property
    def stored(self) -> str:
        """The number types in the files."""
        return " and ".join(dict.fromkeys(part.stored for part in self._full))

    @property
    def format(self) -> str:
        """The format of the first shard."""
        return self.shelf.format

    @property
    def unused(self) -> tuple[str, ...]:
        """Vectors of the same files that were left out."""
        return self.taken.unused

    @property
    def facts(self) -> Facts:
        """How it lies in its files."""
        return Facts(
            self.format,
            self.taken.chosen,
            self.taken.unused,
            tuple(part.shape[0] for part in self.parts),
            self.shelf.passed_over,
            self.joined,
            self._before,
        )

    @property
    def _before(self) -> tuple[int, ...]:
        """The shape in the files, where axes of length 1 were left out of that."""
        before = self._full[0].before or (self._full[0].shape if self.flattened else ())
        return (sum(part.shape[0] for part in self._full), *before[1:]) if before else ()

    @cached_property
    def mapped(self) -> bool:
        """Whether the numbers lie in mapped files as they are, going by the first that has rows."""
        number = self.parts.index(self._full[0])
        return isinstance(self.shelf.part(number, self.taken), ArraySource)

    @cached_property
    def _edges(self) -> list[int]:
        """The first row of each shard, and the number of all rows."""
        each = self._full[0].shape[1] if self.flattened else 1
        return [0, *accumulate(part.shape[0] * each for part in self.parts)]

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Entries `start` to `stop` of the first axis; cheapest when asked for in order."""
        parts: list[npt.NDArray[Any]] = []
        for number in range(max(0, bisect_right(self._edges, start) - 1), len(self.parts)):
            first, last = self._edges[number], self._edges[number + 1]
            if first >= stop:
                break
            if max(first, start) < min(last, stop):
                source = self.shelf.part(number, self.taken)
                source = source.flat() if self.flattened else source
                part = source.read(max(start, first) - first, min(stop, last) - first)
                with np.errstate(invalid="ignore"):  # of a NaN that signals
                    parts.append(part.astype(self.dtype, copy=False))
        if not parts:
            return np.empty((0, *self.shape[1:]), self.dtype)
        return np.concatenate(parts) if len(parts) > 1 else parts[0]

    def strand(self, axis: int, index: int) -> Strided:
        """One view, as rows of the flat source."""
        return strand_of(self, axis, index)

    def flat(self) -> Source:
        """(a, b, d) as (a * b, d)."""
        return self._flat if len(self.shape) == 3 else self

    @cached_property
    def _flat(self) -> Source:
        return replace(self, flattened=True)
