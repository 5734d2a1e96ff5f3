"""Files of arrays with names, or of one without: what .npy, .npz and safetensors have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from .bfloat16 import check_numbers
from .checks import one_axis, plain_shape
from .per_row import single
from .reading import Reading
from .shelf import LABEL_NAMES, Entry, Shelf, Taken, Words, check_names
from .source import Facts, Source
from .values import Check, Values, Wanted, check_kind, from_array

_IDS = 2**16
"""Ids compared at a time."""


class Stored(Protocol):
    """An array in a file, of which nothing has been read yet."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Its type of number, as stored."""

    @property
    def is_bfloat16(self) -> bool:
        """Whether the format says that it holds bfloat16."""

    def array(self, name: str) -> npt.NDArray[Any]:
        """All of it."""

    def source(self, name: str, facts: Facts, shelf: Shelf, *, bits: bool, empty: bool) -> Source:
        """It as vectors, read by rows; `bits` where the numbers are bfloat16."""


@dataclass(frozen=True, eq=False)
class ArrayShelf:
    """A file of arrays.

    Args:
        name: The path as the user wrote it.
        format: The file format in a word.
        words: How messages speak of what is in it.
        arrays: The arrays by their names; one without a name is called "".
        reading: What the user says about the files.
    """

    name: str
    format: str
    words: Words
    arrays: Mapping[str, Stored]
    reading: Reading

    def __post_init__(self) -> None:
        """Refuse names that nobody could ask for."""
        check_names(self.name, self.words.entry, self.arrays)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The arrays; a single one is taken for vectors, so that its own check says what it is."""
        return tuple(map(self._entry, self.arrays))

    def entry(self, name: str) -> Entry | None:
        """The array of a name."""
        return self._entry(name) if name in self.arrays else None

    def _entry(self, name: str) -> Entry:
        stored = self.arrays[name]
        vectors = _is_vectors(stored) and not is_column(name, stored.shape)
        return Entry(name, _type(stored), len(self.arrays) == 1 or vectors)

    def source(self, taken: Taken) -> Source:
        """Vectors, read by rows."""
        stored = self.arrays[taken.entry.name]
        bits = stored.is_bfloat16 or check_numbers(taken.name, stored.dtype, self.reading)
        chosen = taken.chosen if len(self.arrays) > 1 else ""
        facts = Facts(self.format, chosen, taken.unused)
        return stored.source(taken.name, facts, self, bits=bits, empty=taken.empty)

    def column(self, entry: Entry, name: str, wanted: Wanted, check: Check) -> list[Values]:
        """The columns of a plain array, read whole; objects are refused by its header."""
        stored = self.arrays[entry.name]
        _check_plain(name, stored.dtype, wanted)
        check(name, stored.shape)
        array = stored.array(name)
        if wanted.single:
            return [single(name, array, wanted)]
        columns = [array] if array.ndim == 1 else list(array.T)
        return [from_array(name, column, wanted) for column in columns]

    def has_ids(self, entry: Entry) -> bool:
        """Whether an array holds integers or strings, one per row."""
        stored = self.arrays[entry.name]
        return stored.dtype.kind in "iuSU" and len(stored.shape) == 1 and not stored.is_bfloat16

    def ids(self, entry: Entry, name: str) -> Iterator[npt.NDArray[Any]]:
        """Integers or strings, one per row, in parts."""
        array = self.arrays[entry.name].array(name)
        for start in range(0, len(array), _IDS):
            yield array[start : start + _IDS]


def _type(stored: Stored) -> str:
    number = "bfloat16" if stored.is_bfloat16 else str(stored.dtype)
    return f"{number} {stored.shape}"


def is_column(name: str, shape: tuple[int, ...]) -> bool:
    """Whether an array that is called like labels holds one value per row, (n, 1) or (1, n)."""
    return name in LABEL_NAMES and one_axis(shape)


def _is_vectors(stored: Stored) -> bool:
    """Numbers on two or three axes; two-byte voids may be bfloat16, which is said elsewhere."""
    dtype = stored.dtype
    number = dtype.kind in "fiu" or (dtype.kind == "V" and dtype.itemsize == 2)
    return number and len(plain_shape(stored.shape)) in (2, 3)


def _check_plain(name: str, dtype: np.dtype[Any], wanted: Wanted) -> None:
    if not dtype.hasobject:
        return check_kind(name, dtype, wanted)
    raise BadInput(
        name,
        expected=f"{wanted.noun} as plain {wanted.kinds}",
        got=f"dtype {dtype}, Python objects, which are never unpickled",
        remedy="Save array.astype(int) or array.astype(str); where values are missing, write "
        "a Parquet column with nulls.",
    )
