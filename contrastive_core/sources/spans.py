"""Numbers that lie in a file one after the other: .npy, stored members of .npz, safetensors."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from .bfloat16 import bits_dtype
from .checks import check_shape, plain_shape
from .files import File
from .forward import Forward, Rows, Streamed
from .memory import ArraySource
from .shelf import Shelf
from .source import Facts, Source, left_out
from .spill import spilled

_BLOCK = 2**23
"""Bytes of a block that is read from another machine."""


@dataclass(frozen=True)
class Span:
    """An array within a file, of which nothing has been read yet.

    Args:
        file: The file.
        start: The place of its first byte.
        shape: Its shape.
        dtype: Its type of number, as stored.
        fortran: Whether the first axis varies fastest.
        bfloat16: Whether the format says that it holds bfloat16.
    """

    file: File
    start: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool = False
    bfloat16: bool = False

    @property
    def size(self) -> int:
        """How many bytes."""
        return math.prod(self.shape) * self.dtype.itemsize

    @property
    def is_bfloat16(self) -> bool:
        """Whether the format says that it holds bfloat16."""
        return self.bfloat16

    def array(self, name: str) -> npt.NDArray[Any]:
        """All of it; mapped where the file is."""
        self.file.check()
        data: Any = self.file.memory
        if data is None:
            data = self.file.read(self.start, self.start + self.size)
        else:
            data = data[self.start : self.start + self.size]
        return numbers(data, self.shape, self.dtype, fortran=self.fortran, name=name)

    def source(self, name: str, facts: Facts, shelf: Shelf, *, bits: bool, empty: bool) -> Source:
        """It as vectors, read by rows.

        Args:
            name: What messages call it.
            facts: How it lies in its file.
            shelf: The file.
            bits: Whether the numbers are bfloat16.
            empty: Whether it may have no rows.
        """
        shape = plain_shape(self.shape, shard=empty)
        facts = left_out(facts, self.shape, shape)
        span = replace(self, shape=shape, dtype=bits_dtype(self.dtype) if bits else self.dtype)
        if self.file.memory is not None:
            return ArraySource(span.array(name), name, facts, shelf, bits, empty, self.file)
        if not (empty and shape[:1] == (0,)):
            check_shape(name, shape)
        if self.fortran and len(shape) > 1:
            copy = replace(span, file=_copied(self.file))
            return ArraySource(copy.array(name), name, facts, shelf, bits, empty)
        rows = Forward(span._blocks, shape[-1], span.dtype, _short(name))
        return Streamed(name, shape, rows, facts, shelf, bits)

    def _blocks(self, row: int) -> Iterator[tuple[int, Rows]]:
        """Rows from a row on, some MiB at a time."""
        d = self.shape[-1]
        each = d * self.dtype.itemsize
        step = max(1, _BLOCK // each)
        n = math.prod(self.shape[:-1])
        for start in range(row, n, step):
            stop = min(start + step, n)
            data = self.file.read(self.start + start * each, self.start + stop * each)
            if len(data) != (stop - start) * each:
                raise _short(self.file.name)
            yield start, np.frombuffer(data, self.dtype).reshape(-1, d)


def numbers(
    data: Any, shape: tuple[int, ...], dtype: np.dtype[Any], *, fortran: bool, name: str
) -> npt.NDArray[Any]:
    """Bytes as an array, without a copy.

    Raises:
        BadInput: They are too few, or no array can have the shape.
    """
    try:
        if 0 in shape:
            return np.empty(shape, dtype)  # which needs no bytes
        return np.ndarray(shape, dtype, data, order="F" if fortran else "C")
    except (ValueError, TypeError) as error:  # the latter for too few bytes
        raise impossible(name, shape) from error


def impossible(name: str, shape: tuple[int, ...]) -> BadInput:
    """The error for a shape that no array can have."""
    return BadInput(
        name,
        expected="a shape that an array can have",
        got=f"a header that declares shape {shape}",
        remedy="The file is damaged: write it again.",
    )


def _copied(file: File) -> File:
    """A file of another machine, copied to this one."""
    step = range(0, file.size, _BLOCK)
    return spilled((file.read(at, at + _BLOCK) for at in step), file.name, "a copied file")


def _short(name: str) -> BadInput:
    return BadInput(
        name,
        expected="as many bytes as its header declares",
        got="fewer",
        remedy="The file was cut short while it was read: write it again.",
    )
