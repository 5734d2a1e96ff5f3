"""What the questions that are asked of one set of inputs share: rows that are prepared once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

import numpy as np

from ..errors import TooLittleMemory
from ..labelled import Codes
from ..memory import Room, make_room
from ..prepared import Noted, Prepared, about_mean, narrowed, pick, prepare_noting
from ..resources import Resources
from ..sources import Strided
from ..tables import Index

T = TypeVar("T")


SHARP = 100.0
"""t of uniformity beyond which cosines in float32 would cost it digits."""


class Crowded(Exception):
    """What is held for other questions leaves too little memory for one more."""


class Stock:
    """Rows made ready, each sort of them once, and the memory that is left beside them.

    Args:
        resources: The bound on everything that is held at a time.
    """

    def __init__(self, resources: Resources) -> None:
        self.resources = resources
        self._held = 0
        self._things: dict[Hashable, Any] = {}

    def release(self) -> None:
        """Hold nothing any more."""
        self._held = 0
        self._things.clear()

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made under this key; it is made where nothing was."""
        if key not in self._things:
            self._things[key] = make()
        found: T = self._things[key]
        return found

    def room(
        self,
        strands: Sequence[Strided],
        dtype: str,
        *,
        unit: bool,
        picked: int = 0,
        extra: int = 0,
        centred: bool = False,
    ) -> Room:
        """Make room for rows, for those picked out of them, and for what is kept beside.

        Raises:
            TooLittleMemory: The bound is below the least that works, which the message names.
            Crowded: It is not, but for what is held already.
        """
        n, d = sum(strand.n for strand in strands) + picked, strands[0].d
        how: dict[str, Any] = {"views": len(strands), "extra": extra}
        alone = make_room(n, d, dtype, self.resources, **how)
        if not self._held:
            room = alone
        else:
            ready = self._things.get((_key(strands, unit, dtype), centred))
            how["ready"] = None if ready is None or picked else ready[0].data.in_memory
            left = dataclasses.replace(self.resources, memory=self.resources.memory - self._held)
            try:
                room = make_room(n, d, dtype, left, **how)
            except TooLittleMemory:
                raise Crowded from None
            if alone.in_memory and not room.in_memory:
                raise Crowded
        self._held += room.held
        return room

    def prepare(
        self,
        strands: Sequence[Strided],
        dtype: str,
        *,
        unit: bool,
        raw_by: str,
        stop: bool,
        room: Room,
        centred: bool = False,
    ) -> Noted:
        """Read rows, or take those that were read; less their mean, where distances are wanted.

        Where rows cannot be used they are read for each question anew, which moves those that
        stay up in their place.
        """
        key = _key(strands, unit, dtype), centred
        if key in self._things:
            ready: Noted = self._things[key][0]
            return ready
        noted = prepare_noting(
            strands, unit=unit, dtype=dtype, in_memory=room.in_memory, raw_by=raw_by, stop=stop
        )
        if centred:
            noted = about_mean(noted)
        if not noted.bad.any():
            self._things[key] = noted, strands  # whose names are theirs as long as they live
        return noted

    def pick(self, data: Prepared, index: Index, room: Room) -> Prepared:
        """Some rows, in the order of an index."""
        key = ("picked", id(data), np.asarray(index).tobytes())
        return self.once(key, lambda: pick(data, index, in_memory=room.in_memory))

    def narrowed(self, data: Prepared, dtype: str, room: Room) -> Prepared:
        """The same rows in another working precision."""
        key = ("narrowed", id(data), dtype)
        return self.once(key, lambda: narrowed(data, dtype, in_memory=room.in_memory))

    def codes(self, codes: Codes, count: int) -> Codes:
        """The class of each view of each sample: the same array for the same classes."""
        key = ("codes", codes.tobytes(), count)
        return self.once(key, lambda: np.tile(codes, count))


def _key(strands: Sequence[Strided], unit: bool, dtype: str) -> Hashable:
    """The same rows, in the same order, made ready in the same way."""
    return (*((id(s.source), s.start, s.step, s.n) for s in strands), unit, dtype)
