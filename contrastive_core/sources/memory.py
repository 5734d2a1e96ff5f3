"""Arrays that are already in memory, or mapped into it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .bfloat16 import bits_dtype, check_numbers, narrowed, widen
from .checks import check_dtype, check_shape, plain_shape
from .reading import Reading
from .source import Facts, Source, Strided, left_out
from .tensors import array_of, holds_bfloat16

if TYPE_CHECKING:
    from .files import File
    from .shelf import Shelf


_MEMORY = Facts("memory")


@dataclass(frozen=True, eq=False)
class ArraySource:
    """A NumPy array, or a memory map of a file, as a source; checked on construction.

    Args:
        array: Real numbers, shape (n, d) or (a, b, d), any width, byte order and memory order.
        name: What messages call it.
        facts: How it lies in its file.
        shelf: The file.
        bfloat16: Whether the array holds the bits of bfloat16 numbers.
        empty: Whether it may have no rows, being one shard of several.
        file: The file that is mapped.
    """

    array: npt.NDArray[Any]
    name: str = "array"
    facts: Facts = _MEMORY
    shelf: Shelf | None = None
    bfloat16: bool = False
    empty: bool = False
    file: File | None = None

    def __post_init__(self) -> None:
        """Refuse what no loss can read: other than real numbers, other ranks, nothing at all."""
        check_dtype(self.name, self.array.dtype)
        if not (self.empty and self.shape[:1] == (0,)):
            check_shape(self.name, self.array.shape)

    @property
    def format(self) -> str:
        """The format it was read from."""
        return self.facts.format

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, d), or (a, b, d) for views."""
        return self.array.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The number type that `read` gives."""
        return np.dtype(np.float32) if self.bfloat16 else self.array.dtype

    @property
    def stored(self) -> str:
        """The number type in the file."""
        return "bfloat16" if self.bfloat16 else str(self.array.dtype)

    @property
    def unused(self) -> tuple[str, ...]:
        """Arrays of the same file that were left out."""
        return self.facts.unused

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start` to `stop`, without a copy where they lie one after the other.

        In any memory order they are handed on in one: sums in another differ in the last bit.
        """
        if self.file is not None:
            self.file.check()
        rows = np.ascontiguousarray(self.array[start:stop])
        return widen(rows) if self.bfloat16 else rows

    def view(self, axis: int, index: int) -> ArraySource:
        """One view of a 3-D array, without a copy."""
        if (axis, index) not in self._views:
            array = self.array[index] if axis == 0 else self.array[:, index]
            part = f"{self.name}[{index}]" if axis == 0 else f"{self.name}[:, {index}]"
            self._views[axis, index] = replace(self, array=array, name=part)
        return self._views[axis, index]

    @cached_property
    def _views(self) -> dict[tuple[int, int], ArraySource]:
        return {}

    def strand(self, axis: int, index: int) -> Strided:
        """One view, without a copy."""
        return Strided(self.view(axis, index), 0, 1, self.shape[1 - axis])

    def flat(self) -> Source:
        """(a, b, d) as (a * b, d), without a copy where the rows lie one after the other."""
        return self._flat if len(self.shape) == 3 else self

    @cached_property
    def _flat(self) -> Source:
        facts, (_, each, d) = self.facts, self.shape
        if facts.order is not None:
            rows = facts.order[:, None] * each + np.arange(each)
            facts = replace(facts, order=rows.ravel(), of=facts.of * each)
        flat = self.array.reshape(-1, d)
        return replace(self, array=flat, facts=left_out(facts, self.shape, flat.shape))


def array_source(given: Any, name: str, reading: Reading) -> ArraySource:
    """What was given in memory, bfloat16 where that is its type or was said."""
    array = array_of(given, name)
    shape = plain_shape(array.shape)
    facts, array = left_out(_MEMORY, array.shape, shape), array.reshape(shape)
    if holds_bfloat16(given):
        return ArraySource(narrowed(array), name, facts, bfloat16=True)
    if check_numbers(name, array.dtype, reading):
        bits = np.ascontiguousarray(array).view(bits_dtype(array.dtype))
        return ArraySource(bits, name, facts, bfloat16=True)
    return ArraySource(array, name, facts)
