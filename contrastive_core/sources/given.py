"""From what was given to values: a path, a column of a file, an array or a list."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from . import formats, npy
from .values import Check, Values, Wanted, check_kind, from_array, in_memory


def is_path(given: object) -> bool:
    """Whether a file is meant, and not values in memory."""
    return isinstance(given, str | os.PathLike)


def read_column(given: Any, wanted: Wanted, n: int, beside: str | None = None) -> Values:
    """One value per row.

    Args:
        given: A path, `PATH::column`, `::column`, an array or a list.
        wanted: What is read.
        n: How many there must be.
        beside: The path of the embeddings, whose column `::column` is.

    Raises:
        BadInput: They cannot be read, or are not `n`.
    """

    def check(name: str, shape: tuple[int, ...]) -> None:
        if len(shape) != 1 and not (len(shape) == 2 and shape[1] == 1):
            raise BadInput(
                name,
                expected=f"{n} {wanted.noun}, one per row: shape ({n},)",
                got=f"shape {shape}",
                remedy=wanted.save,
            )
        if shape[0] != n:
            raise BadInput(
                name,
                expected=f"{n} {wanted.noun}, one per row",
                got=f"{shape[0]} {wanted.noun}",
                remedy="Write one for each row, in the order of the rows.",
            )

    if not is_path(given):
        array = in_memory(given, wanted)
        check(wanted.name, array.shape)
        return from_array(wanted.name, array.reshape(n), wanted)
    name, location, column = _place(os.fsdecode(given), wanted, beside)
    if formats.is_columnar(Path(location), name, wanted.save):
        # pyarrow is slow to import and only these two formats need it.
        from . import fields

        return fields.read_one(Path(location), name, column, wanted, check)
    mapped = _map(name, location, column, wanted)
    check(name, mapped.shape)
    return from_array(name, mapped.reshape(n), wanted)


def read_columns(given: Any, wanted: Wanted, check: Check) -> list[Values]:
    """Several values per row, one `Values` for each column.

    Args:
        given: A path, an array or a list of rows.
        wanted: What is read.
        check: Raises on a shape that is not wanted; one that it lets through has two axes.

    Raises:
        BadInput: They cannot be read, or `check` refuses them.
    """
    if not is_path(given):
        name, array = wanted.name, in_memory(given, wanted)
    else:
        name, location, column = _place(os.fsdecode(given), wanted, None)
        if formats.is_columnar(Path(location), name, wanted.save):
            if column is not None:
                raise BadInput(
                    name,
                    expected=f"a path without '::'; the columns are {', '.join(wanted.names)}",
                    got=f"column {column!r}",
                    remedy=f"They are found by their names: give {location} alone.",
                )
            # pyarrow is slow to import and only these two formats need it.
            from . import fields

            return fields.read_several(Path(location), name, wanted, check)
        array = _map(name, location, column, wanted)
    check(name, array.shape)
    return [from_array(name, array[:, index], wanted) for index in range(array.shape[1])]


def _place(written: str, wanted: Wanted, beside: str | None) -> tuple[str, str, str | None]:
    """What messages call it, the path, and the column."""
    location, column = formats.split_column(written)
    if location or column is None:
        return written, location, column
    if beside is None:
        raise BadInput(
            wanted.name,
            expected="the path of a file before '::'",
            got=repr(written),
            remedy=f"Write PATH{written}.",
        )
    location, _ = formats.split_column(os.fsdecode(beside))
    return f"{location}{written}", location, column


def _map(name: str, location: str, column: str | None, wanted: Wanted) -> npt.NDArray[Any]:
    """A .npy file of numbers or strings, mapped; objects are refused by its header."""

    def check(name: str, dtype: np.dtype[Any]) -> None:
        if not dtype.hasobject:
            return check_kind(name, dtype, wanted)
        raise BadInput(
            name,
            expected=f"{wanted.noun} as plain {wanted.kinds}",
            got=f"dtype {dtype}, Python objects, which are never unpickled",
            remedy="Save array.astype(int) or array.astype(str); where values are missing, write "
            "a Parquet column with nulls.",
        )

    if column is not None:
        remedy = f"save the {wanted.noun} in a file of their own"
        raise formats.no_columns(name, location, column, remedy)
    return npy.map_npy(Path(location), name, check)
