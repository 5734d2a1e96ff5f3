"""bfloat16, the upper half of a float32, which NumPy does not have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import NeedlessType
from .bits import NAME as BITS
from .checks import check_dtype
from .reading import Reading
from .source import Source

NAME = "bfloat16"

NOT_A_NUMBER = 0x7FC0
"""The bits of a NaN."""


_NEEDED = {
    NAME: (
        f"a file of two-byte numbers without a type, of which --dtype {NAME} says what they are",
        "Leave --dtype out: every file says itself what it holds.",
    ),
    BITS: (
        f"a file of uint8 or int8, of which --dtype {BITS} says that each byte holds the signs of "
        "eight dimensions",
        "Leave --dtype out, or save the packed bytes as uint8.",
    ),
}
"""What `--dtype` needs to be of use, and what to do without."""


def widen(bits: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """The float32 numbers whose upper halves these two-byte numbers are; exact."""
    return (bits.astype(np.uint32) << 16).view(np.float32)


def narrowed(numbers: npt.NDArray[np.float32]) -> npt.NDArray[np.uint16]:
    """The upper halves of float32 numbers whose lower ones are 0."""
    return (np.ascontiguousarray(numbers).view(np.uint32) >> 16).astype(np.uint16)


def bits_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Unsigned two-byte numbers in the byte order of `dtype`; void has that of this machine."""
    return (
        np.dtype(np.uint16)
        if dtype.kind == "V"
        else np.dtype(np.uint16).newbyteorder(dtype.byteorder)
    )


def check_numbers(name: str, dtype: np.dtype[Any], reading: Reading) -> bool:
    """Refuse what no loss can read; say whether the numbers are bfloat16.

    Two-byte voids and integers are that where it was said; other types say themselves what they
    are, float16 among them.

    Raises:
        BadInput: Neither floats nor integers.
    """
    if dtype.name == NAME:  # the type of the package ml_dtypes
        return True
    if reading.dtype == NAME and dtype.itemsize == 2 and dtype.kind in "Viu" and not dtype.names:
        return True
    check_dtype(name, dtype)
    return False


def check_needed(sources: Iterable[Source], reading: Reading, none: str = "no vectors") -> None:
    """Refuse `--dtype` where no file of a command holds numbers of which it says what they are.

    Args:
        sources: All that the command reads.
        reading: What the user says about the files.
        none: What was got where there are no sources.

    Raises:
        NeedlessType: All files say themselves what they hold.
    """
    stored = {source.name: source.stored for source in sources}
    if reading.dtype is None or any(reading.dtype in each for each in stored.values()):
        return
    expected, remedy = _NEEDED[reading.dtype]
    raise NeedlessType(
        "dtype",
        expected=expected,
        got=", ".join(f"{name} of {each}" for name, each in stored.items()) or none,
        remedy=remedy,
    )
