"""Arrays that are already in memory, or mapped into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadInput


@dataclass(frozen=True, eq=False)
class ArraySource:
    """A NumPy array, or a memory map of a file, as a source; checked on construction.

    Args:
        array: Real numbers, shape (n, d) or (a, b, d), any width, byte order and memory order.
        name: What messages call it.
        format: The format it was read from.
    """

    array: npt.NDArray[Any]
    name: str = "array"
    format: str = "memory"

    def __post_init__(self) -> None:
        """Refuse what no loss can read: other than real numbers, other ranks, nothing at all."""
        check_dtype(self.name, self.array.dtype)
        check_shape(self.name, self.array.shape)

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, d), or (a, b, d) for views."""
        return self.array.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The stored number type."""
        return self.array.dtype

    @property
    def unused(self) -> tuple[str, ...]:
        """An array has no columns."""
        return ()

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start` to `stop`, without a copy."""
        return self.array[start:stop]

    def view(self, axis: int, index: int) -> ArraySource:
        """One view of a 3-D array, without a copy."""
        array = self.array[index] if axis == 0 else self.array[:, index]
        part = f"{self.name}[{index}]" if axis == 0 else f"{self.name}[:, {index}]"
        return ArraySource(array, part, self.format)


def check_dtype(name: str, dtype: np.dtype[Any]) -> None:
    """Floats and integers are embeddings; anything else is not."""
    if dtype.kind in "fiu":
        return
    remedies = {
        "b": "Embeddings are numbers: convert with array.astype('float32') if 0 and 1 are meant.",
        "c": "Take the real part, or put real and imaginary parts side by side as columns.",
        "O": "It holds Python objects, which are never unpickled: stack the rows into one float "
        "array, as in np.save(path, np.stack(rows).astype('float32')).",
        "V": "A structured or two-byte void type: save the vectors as a plain float32 array.",
    }
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
