"""safetensors files: a length, a header in JSON, then the numbers of all tensors, mapped."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from ..errors import BadInput, counted
from .arrays import ArrayShelf, Stored
from .files import File, first_line
from .reading import Reading
from .shelf import Words
from .spans import Span

WORDS = Words(
    "tensor",
    "shape (n, d)",
    "Save the vectors with safetensors.numpy.save_file({'emb': vectors}, 'emb.safetensors').",
)

_HEADER = 100 * 2**20
"""The longest header that the format allows, in bytes."""

_AXES = 32
"""More axes than any array has."""

_METADATA = "__metadata__"

_TYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "?",
    "C64": "<c8",
}
"""Types of the format that NumPy, or we, can read."""


def open_safetensors(file: File, reading: Reading) -> ArrayShelf:
    """The tensors of a file; its whole header is checked before a number is touched."""
    name = file.name
    length = int.from_bytes(file.read(0, 8), "little")
    if length > _HEADER or 8 + length > file.size:
        raise _damaged(name, f"a header of {counted(length, 'byte')} in a file of {file.size}")
    header = _parse(name, file.read(8, 8 + length))
    header.pop(_METADATA, None)
    begin = 8 + length
    arrays: dict[str, Stored] = {}
    places = []
    for tensor, declared in header.items():
        span, first, last = _span(file, begin, f"{name}::{tensor}", declared)
        arrays[tensor] = span
        places.append((first, last, tensor))
    _check_places(name, places, file.size - begin)
    if not arrays:
        raise BadInput(name, expected="at least one tensor", got="none", remedy=WORDS.save)
    return ArrayShelf(name, "safetensors", WORDS, arrays, reading)


def _parse(name: str, text: bytes) -> dict[str, Any]:
    """The header as an object whose names are all different."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [key for key, _ in pairs]
        if len(set(names)) != len(names):
            raise ValueError("the same name twice")
        return dict(pairs)

    try:
        header = json.loads(text.decode(), object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise _damaged(name, f"a header that is no JSON ({first_line(error)})") from error
    if not isinstance(header, dict):
        raise _damaged(name, "a header that is no JSON object")
    return header


def _span(file: File, begin: int, name: str, declared: Any) -> tuple[Span, int, int]:
    """A tensor, and its first and last byte."""
    fields = ("dtype", "shape", "data_offsets")
    if not isinstance(declared, dict) or set(declared) != set(fields):
        raise _damaged(name, f"a header without {', '.join(fields)}")
    kind, shape, offsets = (declared[field] for field in fields)
    if not isinstance(kind, str) or kind not in _TYPES:
        raise BadInput(
            name,
            expected=f"a tensor of {', '.join(_TYPES)}",
            got=f"dtype {kind!r}",
            remedy="Save it as float32: tensor.float().",
        )
    if not _whole(shape) or not _whole(offsets) or len(offsets) != 2 or len(shape) > _AXES:
        raise _damaged(name, f"shape {shape!r} at {offsets!r}"[:200])
    first, last = offsets
    dtype = np.dtype(_TYPES[kind])
    if last - first != math.prod(shape) * dtype.itemsize or begin + last > file.size:
        raise _damaged(name, f"shape {tuple(shape)} of {kind} in bytes {first} to {last}"[:200])
    bits = kind == "BF16"
    return Span(file, begin + first, tuple(shape), dtype, bfloat16=bits), first, last


def _whole(numbers: Any) -> bool:
    """Whether these are sizes or places."""
    return isinstance(numbers, list) and all(type(each) is int and each >= 0 for each in numbers)


def _check_places(name: str, places: list[tuple[int, int, str]], size: int) -> None:
    """Refuse tensors that overlap, gaps between them, and bytes behind them."""
    end = 0
    for first, last, tensor in sorted(places):
        if first != end:
            what = "overlaps the one before it" if first < end else "leaves a gap before it"
            raise _damaged(name, f"tensor {tensor!r}, which {what}")
        end = last
    if end != size:
        raise _damaged(name, f"{counted(size, 'byte')} of numbers where its header declares {end}")


def _damaged(name: str, got: str) -> BadInput:
    return BadInput(
        name,
        expected="a complete safetensors file",
        got=got,
        remedy="The file is damaged or was cut short: write it again.",
    )
