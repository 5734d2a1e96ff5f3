"""bfloat16, the upper half of a float32, which NumPy does not have."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from .checks import check_dtype
from .reading import Reading

NAME = "bfloat16"

NOT_A_NUMBER = 0x7FC0
"""The bits of a NaN."""


def widen(bits: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """The float32 numbers whose upper halves these two-byte numbers are; exact."""
    return (bits.astype(np.uint32) << 16).view(np.float32)


def bits_of(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Two-byte numbers as the bits that they are, in place."""
    return array.view(bits_dtype(array.dtype))


def bits_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Unsigned two-byte numbers in the byte order of `dtype`; void has that of this machine."""
    return (
        np.dtype(np.uint16)
        if dtype.kind == "V"
        else np.dtype(np.uint16).newbyteorder(dtype.byteorder)
    )


def check_numbers(name: str, dtype: np.dtype[Any], reading: Reading) -> bool:
    """Refuse what no loss can read; say whether the numbers are bfloat16.

    Raises:
        BadInput: Neither floats nor integers, or other than two bytes where bfloat16 was said.
    """
    if dtype.name == NAME:  # the type of the package ml_dtypes
        return True
    if reading.dtype is None:
        check_dtype(name, dtype)
        return False
    if dtype.itemsize == 2 and dtype.kind in "Viu" and dtype.names is None:
        return True
    raise BadInput(
        name,
        expected=f"two-byte numbers for --dtype {reading.dtype}",
        got=f"dtype {dtype}",
        remedy="This file says itself what it holds. Leave --dtype out if all of them do; else "
        "save the bfloat16 file as float32, or as safetensors, which names the type.",
    )
