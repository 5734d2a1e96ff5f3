"""NumPy's .npy files, memory-mapped: nothing is read before it is needed."""

from __future__ import annotations

import math
import tokenize
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from .memory import ArraySource, check_dtype

MAGIC = b"\x93NUMPY"

_HEADER_ERRORS = (
    ValueError,
    TypeError,
    SyntaxError,
    RecursionError,
    MemoryError,
    tokenize.TokenError,
)
"""What NumPy's header reader raises on bytes that are no header."""


def open_npy(path: Path, name: str) -> ArraySource:
    """Map a .npy file of vectors."""
    return ArraySource(map_npy(path, name, check_dtype), name, "npy")


def map_npy(path: Path, name: str, check: Callable[[str, np.dtype[Any]], None]) -> npt.NDArray[Any]:
    """Map a .npy file; its header is checked against its length before a row is touched.

    Args:
        path: The file.
        name: What messages call it.
        check: Raises on a type of number that is not wanted, and on objects, given the name.
    """
    shape, dtype, offset = _header(path, name)
    check(name, dtype)
    declared = offset + math.prod(shape) * dtype.itemsize
    length = path.stat().st_size
    if declared != length or dtype.itemsize == 0:
        got = f"{length} bytes where its header, shape {shape} of {dtype}, declares {declared}"
        raise _damaged(name, got)
    if 0 not in shape:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    try:
        return np.empty(shape, dtype)  # an empty range of a file cannot be mapped
    except ValueError as error:
        raise _damaged(name, f"a header that declares shape {shape}") from error


def _header(path: Path, name: str) -> tuple[tuple[int, ...], np.dtype[np.generic], int]:
    """Shape and dtype as the header declares them, and where the numbers begin."""
    with path.open("rb") as file:
        try:
            version = np.lib.format.read_magic(file)
            read = (
                np.lib.format.read_array_header_1_0
                if version == (1, 0)
                else np.lib.format.read_array_header_2_0
            )
            shape, _, dtype = read(file)
        except _HEADER_ERRORS as error:
            raise _damaged(name, f"an unreadable header ({_first_line(error)})") from error
        offset = file.tell()
    if any(type(extent) is not int or extent < 0 for extent in shape):
        raise _damaged(name, f"a header that declares shape {shape}")
    return shape, dtype, offset


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _damaged(name: str, got: str) -> BadInput:
    return BadInput(
        name,
        expected="a complete .npy file",
        got=got,
        remedy="The file is damaged, was cut short or holds more than one array: write it again "
        "with one np.save.",
    )
