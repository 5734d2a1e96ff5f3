"""Lists, and lists of lists, of numbers: from Arrow's layers to rows of numbers, without a copy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bad = npt.NDArray[np.bool_]

MOST = 2
"""Layers of lists that a row may have: a vector, or several."""


def plain(array: pa.Array) -> pa.Array:
    """A column without the name that an extension type gives it."""
    return array.storage if isinstance(array, pa.ExtensionArray) else array


def number_type(kind: pa.DataType) -> pa.DataType | None:
    """The type of the numbers in a column of vectors; None for other columns."""
    if isinstance(kind, pa.FixedShapeTensorType):
        turned = kind.permutation not in (None, list(range(len(kind.shape))))
        axes = [extent for extent in kind.shape if extent != 1]
        kind = pa.null() if turned or len(axes) > MOST else kind.storage_type
    layers = 0
    while is_list(kind) and layers < MOST:
        kind, layers = kind.value_type, layers + 1
    numbers = pa.types.is_floating(kind) or pa.types.is_integer(kind)
    return kind if layers and numbers else None


def is_list(kind: pa.DataType) -> bool:
    """Whether a value is a list."""
    types = pa.types
    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


def declared(kind: pa.DataType) -> tuple[int, ...] | None:
    """The shape of a row, where the type says it."""
    if isinstance(kind, pa.FixedShapeTensorType):
        return tuple(kind.shape)
    shape = []
    while is_list(kind):
        if not pa.types.is_fixed_size_list(kind):
            return None
        shape.append(int(kind.list_size))
        kind = kind.value_type
    return tuple(shape)


def found(array: pa.Array) -> tuple[int, ...] | None:
    """The shape that most rows have, empty ones aside; of equally frequent ones the first."""
    if not is_list(array.type):
        return ()
    array = array.drop_null()
    if not len(array):
        return None
    lengths = np.asarray(array.value_lengths())
    some = lengths[lengths > 0] if lengths.any() else lengths
    each, firsts, counts = np.unique(some, return_index=True, return_counts=True)
    length = int(each[np.lexsort((firsts, -counts))[0]])
    inner = found(array.filter(pa.array(lengths == length)).flatten())
    if inner is None:
        return (length, 0) if length == 0 else None
    return (length, *inner)


def values(array: pa.Array, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """All numbers, in order; no row of the column may be bad."""
    for _ in layers_of(array.type, shape):
        array = _children(array)
    return np.asarray(array.to_numpy(zero_copy_only=False))


def layers_of(kind: pa.DataType, shape: tuple[int, ...]) -> range:
    """One number for each layer of lists; a tensor has one layer for all of its axes."""
    count = 0
    while is_list(kind):
        kind, count = kind.value_type, count + 1
    return range(min(count, len(shape)))


def bad_rows(array: pa.Array, shape: tuple[int, ...]) -> Bad | None:
    """Which rows are null, hold a null, or are of another shape; None for none of them."""
    bad = _nulls(array)
    if not is_list(array.type):
        return bad
    nested = is_list(array.type.value_type)
    inner = shape[1:] if nested else ()
    length = (shape or (0,))[0] if nested else math.prod(shape or (0,))
    if pa.types.is_fixed_size_list(array.type):
        if array.type.list_size != length:
            return np.ones(len(array), bool)
        below = bad_rows(_children(array), inner)
        if below is None:
            return bad
        return _either(bad, np.asarray(below.reshape(len(array), length).any(axis=1)))
    lengths = array.value_lengths().fill_null(-1).to_numpy(zero_copy_only=False)
    other = lengths != length
    bad = _either(bad, np.asarray(other) if np.any(other) else None)
    below = bad_rows(array.flatten(), inner)
    if below is None:
        return bad
    parents = array.value_parent_indices().to_numpy(zero_copy_only=False)
    within = np.zeros(len(array), bool)
    within[parents[below]] = True
    return _either(bad, within)


def _children(array: pa.Array) -> pa.Array:
    """The values of all lists; those of a null among lists of fixed size are there, too."""
    if pa.types.is_fixed_size_list(array.type):
        # `values` spans the whole buffer: a slice of a list array carries its offset.
        size = array.type.list_size
        return array.values.slice(array.offset * size, len(array) * size)
    return array.flatten()


def _nulls(array: pa.Array) -> Bad | None:
    if not array.null_count:
        return None
    return np.asarray(array.is_null().to_numpy(zero_copy_only=False), dtype=bool)


def _either(first: Bad | None, second: Bad | None) -> Bad | None:
    if first is None or second is None:
        return second if first is None else first
    return first | second
