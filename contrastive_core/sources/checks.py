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
