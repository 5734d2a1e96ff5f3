"""Arrays of other libraries as NumPy's: tensors on any device, lists of them, masked arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from .bfloat16 import NAME
from .files import first_line


def array_of(given: Any, name: str, expected: str = "an array of numbers") -> npt.NDArray[Any]:
    """A NumPy array of what was given in memory.

    Args:
        given: An array, a tensor, or lists.
        name: What messages call it.
        expected: What it should be, for messages.

    Raises:
        BadInput: NumPy makes no array of it.
    """
    try:
        array = np.asarray(on_host(given))
    except Exception as error:  # nobody knows all that the libraries of others may raise
        raise no_array(given, name, expected, error) from error
    if array.ndim == 0 and array.dtype == object:
        raise no_array(given, name, expected)
    return array


def no_array(given: Any, name: str, expected: str, error: Exception | None = None) -> BadInput:
    """The error for what is no array."""
    said = "" if error is None else f", which becomes no NumPy array: {first_line(error)}"
    return BadInput(
        name,
        expected=expected,
        got=f"{type(given).__name__}{said.rstrip('.')}",
        remedy="Give a NumPy array.",
    )


def on_host(given: Any) -> Any:
    """What NumPy takes: a tensor without its graph and device, NaN where an array is masked."""
    if isinstance(given, np.ma.MaskedArray) and np.ma.is_masked(given):
        number = given.dtype if given.dtype.kind == "f" else np.float64
        return np.ma.filled(given.astype(number), np.nan)
    if isinstance(given, list | tuple):
        tensors = len(given) > 0 and _is_tensor(given[0])
        return [on_host(each)[()] for each in given] if tensors else given
    if not _is_tensor(given):
        return given
    tensor = given.detach().cpu()
    try:
        return tensor.numpy()
    except TypeError:  # a type that NumPy lacks: bfloat16 and shorter ones are exact in float32
        return tensor.float().numpy()


def holds_bfloat16(given: Any) -> bool:
    """Whether a tensor holds bfloat16, which has become float32."""
    return _is_tensor(given) and str(getattr(given, "dtype", "")).endswith(NAME)


def _is_tensor(given: Any) -> bool:
    """Whether something has the manners of PyTorch's tensors, without asking for PyTorch."""
    manners = ("detach", "cpu", "numpy")
    return all(callable(getattr(given, each, None)) for each in manners)
