"""NumPy's .npy files, memory-mapped: nothing is read before it is needed."""

from __future__ import annotations

import io
import math
import tokenize
from typing import Any

import numpy as np

from ..errors import BadInput
from .arrays import ArrayShelf
from .files import File, first_line, unsupported
from .reading import Reading
from .shelf import Words
from .spans import Span

WORDS = Words("array", "shape (n, d)", "Save the vectors with np.save('emb.npy', vectors).")

HEADER = 2**17
"""Bytes that hold the longest header that NumPy itself would read."""

_VERSIONS = ((1, 0), (2, 0), (3, 0))
"""Of the header; the second and the third differ in the names of fields, which vectors lack."""

_MOST = 2**62
"""More bytes than an array can have: of an empty one NumPy still minds the other axes."""

_HEADER_ERRORS = (
    ValueError,
    TypeError,
    SyntaxError,
    RecursionError,
    MemoryError,
    tokenize.TokenError,
)
"""What NumPy's header reader raises on bytes that are no header."""


def open_npy(file: File, reading: Reading) -> ArrayShelf:
    """The one array of a .npy file; its header is checked against the length of the file."""
    span = read_span(file, file.name, 0, file.size)
    return ArrayShelf(file.name, "npy", WORDS, {"": span}, reading)


def read_span(file: File, name: str, start: int, stop: int) -> Span:
    """The array whose header and numbers are the bytes `start` to `stop` of a file."""
    header = file.read(start, min(start + HEADER, stop))
    shape, dtype, fortran, offset = read_header(header, name)
    span = Span(file, start + offset, shape, dtype, fortran)
    check_length(span.shape, dtype, offset, stop - start, name)
    return span


def check_length(
    shape: tuple[int, ...], dtype: np.dtype[Any], offset: int, length: int, name: str
) -> None:
    """Refuse a header that does not declare exactly the bytes that there are."""
    declared = offset + math.prod(shape) * dtype.itemsize
    if declared != length or dtype.itemsize == 0:
        got = f"{length} bytes where its header, shape {shape} of {dtype}, declares {declared}"
        if dtype.hasobject:
            return  # pickled, of any length; it is refused by its type
        raise damaged(name, got)


def read_header(header: bytes, name: str) -> tuple[tuple[int, ...], np.dtype[Any], bool, int]:
    """Shape, dtype, memory order and the place of the numbers, as the header declares them."""
    file = io.BytesIO(header)
    try:
        version = np.lib.format.read_magic(file)
        if version not in _VERSIONS:
            raise NotImplementedError(f"version {version[0]}.{version[1]} of the .npy format")
        read = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, fortran, dtype = read(file)
    except NotImplementedError as error:
        raise unsupported(name, error, "Write it again with np.save.") from error
    except _HEADER_ERRORS as error:
        raise damaged(name, f"an unreadable header ({first_line(error)})") from error
    whole = all(type(extent) is int and extent >= 0 for extent in shape)
    empty = 0 in shape and math.prod(extent or 1 for extent in shape) * dtype.itemsize >= _MOST
    if not whole or empty:
        raise damaged(name, f"a header that declares shape {shape}")
    return shape, dtype, bool(fortran), file.tell()


def damaged(name: str, got: str) -> BadInput:
    """The error for a file that ends early or holds bytes that mean nothing."""
    return BadInput(
        name,
        expected="a complete .npy file",
        got=got,
        remedy="The file is damaged, was cut short or holds more than one array: write it again "
        "with one np.save.",
    )
