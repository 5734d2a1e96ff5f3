"""NumPy's .npy files, memory-mapped: nothing is read before it is needed."""

from __future__ import annotations

import tokenize
from pathlib import Path

import numpy as np

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
    """Map a .npy file; its header is checked against its length before a row is touched."""
    shape, dtype = _header(path, name)
    check_dtype(name, dtype)
    if 0 in shape:
        return ArraySource(np.empty(shape, dtype), name, "npy")
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, OverflowError) as error:
        raise _damaged(name, f"a header that declares {shape} {dtype}, and {error}") from error
    return ArraySource(array, name, "npy")


def _header(path: Path, name: str) -> tuple[tuple[int, ...], np.dtype[np.generic]]:
    """Shape and dtype as the header declares them."""
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
    if any(extent < 0 for extent in shape):
        raise _damaged(name, f"a header that declares shape {shape}")
    return shape, dtype


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _damaged(name: str, got: str) -> BadInput:
    return BadInput(
        name,
        expected="a complete .npy file",
        got=got,
        remedy="The file is damaged or was cut short: write it again with np.save.",
    )
