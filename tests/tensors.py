"""A stand-in for PyTorch's tensors, with their manners and none of their code."""

from __future__ import annotations

from typing import Any

import numpy as np


class Tensor:
    """A tensor that hands out no array before it is detached, on the host, of a type of NumPy's."""

    def __init__(
        self, rows: Any, *, dtype: str = "float32", grad: bool = False, device: str = "cpu"
    ) -> None:
        self._rows, self._dtype, self._grad, self._device = np.asarray(rows), dtype, grad, device

    @property
    def dtype(self) -> str:
        return f"torch.{self._dtype}"

    def detach(self) -> Tensor:
        return Tensor(self._rows, dtype=self._dtype, device=self._device)

    def cpu(self) -> Tensor:
        if self._device == "meta":
            raise NotImplementedError("Cannot copy out of meta tensor; no data!")
        return Tensor(self._rows, dtype=self._dtype, grad=self._grad)

    def float(self) -> Tensor:
        return Tensor(self._rows.astype(np.float32), grad=self._grad, device=self._device)

    def numpy(self) -> Any:
        if self._grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        if self._device != "cpu":
            raise TypeError(f"can't convert {self._device} device type tensor to numpy.")
        if self._dtype in ("bfloat16", "float8_e4m3fn"):
            raise TypeError(f"Got unsupported ScalarType {self._dtype}")
        return self._rows

    def __array__(self, *how: Any, **more: Any) -> Any:
        return self.numpy()
