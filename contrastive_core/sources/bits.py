"""Packed bits: eight dimensions to a byte, each the sign of a number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .reading import Reading
from .source import Facts, Source, Strided, strand_of

if TYPE_CHECKING:
    from .shelf import Shelf

NAME = "bits"

SIGNED = "int8"
"""Bytes that were shifted by 128, so that they have a sign."""

_BYTES = ("uint8", SIGNED)


def with_bits(source: Source, reading: Reading) -> Source:
    """A source of bytes as one of bits, where that was said; others are themselves."""
    if reading.dtype != NAME or source.stored not in _BYTES:
        return source
    return BitSource(source)


def unpack(rows: npt.NDArray[Any], *, signed: bool) -> npt.NDArray[Any]:
    """Bytes as -1 and 1, the highest bit first, as `np.packbits` packs them.

    Args:
        rows: Bytes, shape (..., d); in floats NaN marks a row that holds none.
        signed: Whether they were shifted by 128.

    Returns:
        Shape (..., 8 d).
    """
    gaps = np.isnan(rows) if rows.dtype.kind == "f" else None
    whole = rows if gaps is None else np.where(gaps, 0, rows)
    packed = (whole.astype(np.int16) + (128 if signed else 0)).astype(np.uint8)
    signs = np.unpackbits(packed, axis=-1).astype(np.int8) * np.int8(2) - np.int8(1)
    if gaps is None:
        return signs
    return np.where(np.repeat(gaps, 8, axis=-1), np.nan, signs)


@dataclass(frozen=True, eq=False)
class BitSource:
    """The bits of a source of bytes as vectors of -1 and 1.

    Args:
        packed: The bytes, (n, d) or (a, b, d).
    """

    packed: Source

    @property
    def name(self) -> str:
        """The path as the user wrote it."""
        return self.packed.name

    @property
    def format(self) -> str:
        """The file format."""
        return self.packed.format

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, 8 d), or (a, b, 8 d) for views."""
        *rows, d = self.packed.shape
        return (*rows, 8 * d)

    @property
    def dtype(self) -> np.dtype[Any]:
        """One byte for each bit; floats where rows without numbers are left out."""
        return np.dtype(np.int8 if self.packed.dtype.kind != "f" else np.float64)

    @property
    def stored(self) -> str:
        """What the bytes are."""
        return NAME

    @property
    def unused(self) -> tuple[str, ...]:
        """Vector columns of the same table that were left out."""
        return self.packed.unused

    @property
    def facts(self) -> Facts:
        """How it lies in its file."""
        return self.packed.facts

    @property
    def shelf(self) -> Shelf | None:
        """The file."""
        return self.packed.shelf

    def unpack(self, rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Bytes of this source as bits."""
        return unpack(rows, signed=self.packed.stored == SIGNED)

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Entries `start` to `stop` of the first axis."""
        return self.unpack(self.packed.read(start, stop))

    def strand(self, axis: int, index: int) -> Strided:
        """One view, as rows of the flat source."""
        return strand_of(self, axis, index)

    def flat(self) -> Source:
        """(a, b, 8 d) as (a * b, 8 d)."""
        return self._flat if len(self.shape) == 3 else self

    @cached_property
    def _flat(self) -> Source:
        return replace(self, packed=self.packed.flat())
