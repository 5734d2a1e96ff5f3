"""What every array of vectors must be."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import BadInput


def check_dtype(name: str, dtype: np.dtype[Any]) -> None:
    """Floats and integers are embeddings; anything else is not."""
    if dtype.kind in "fiu":
        return
    remedies = {
        "b": "Embeddings are numbers: convert with array.astype('float32') if 0 and 1 are meant.",
        "c": "Take the real part, or put real and imaginary parts side by side as columns.",
        "O": "It holds Python objects, which are never unpickled: stack the rows into one float "
        "array, as in np.save(path, np.stack(rows).astype('float32')).",
        "V": "A structured type: save the vectors as a plain float32 array.",
    }
    if dtype.kind == "V" and dtype.itemsize == 2 and dtype.names is None:
        remedies["V"] = (
            "Two-byte voids are how NumPy stores bfloat16: say --dtype bfloat16, or save "
            "array.astype('float32')."
        )
    raise BadInput(
        name,
        expected="float or integer numbers",
        got=f"dtype {dtype}",
        remedy=remedies.get(dtype.kind, "Save the vectors as a float32 array."),
    )


def plain_shape(shape: tuple[int, ...], *, shard: bool = False) -> tuple[int, ...]:
    """A shape without those axes of length 1 that no rows and no views can lie on.

    (n, d, 1, 1), as a convolution leaves it, is (n, d); so is (n, d, 1), unless it may be two views
    of rows of one number. (n, 1, 1, d) is (n, 1, d): whether that holds views is said elsewhere.

    Args:
        shape: The shape in the file.
        shard: Whether it is one file of several, whose first axis goes on in the next.
    """
    kept = list(shape)
    if len(kept) > 3 or (len(kept) == 3 and 2 not in kept[int(shard) : 2]):
        while len(kept) > 2 and kept[-1] == 1:
            kept.pop()
    while len(kept) > 3 and 1 in kept:
        del kept[len(kept) - 1 - kept[::-1].index(1)]
    return tuple(kept)


def one_axis(shape: tuple[int, ...]) -> bool:
    """Whether numbers lie on one axis, those of length 1 aside."""
    return sum(extent != 1 for extent in shape) < 2


def check_shape(name: str, shape: tuple[int, ...]) -> None:
    """Two axes for rows, three for views, none of them empty."""
    if len(shape) not in (2, 3):
        remedy = (
            "One vector per row: array.reshape(n, d)."
            if len(shape) < 2
            else "Flatten to one vector per row, or stack views as (views, n, d)."
        )
        raise BadInput(
            name,
            expected="an array of shape (n, d), or (views, n, d) or (n, views, d)",
            got=f"shape {shape}",
            remedy=remedy,
        )
    if 0 in shape:
        raise BadInput(
            name,
            expected="at least one row and one dimension",
            got=f"shape {shape}",
            remedy="Check the step that wrote the file: it saved nothing.",
        )
