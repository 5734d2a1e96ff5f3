"""What every source of rows offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt


class Source(Protocol):
    """Rows that can be read by range: (n, d), or (a, b, d) when the file holds views."""

    @property
    def name(self) -> str:
        """The path as the user wrote it, or the name of an argument."""

    @property
    def format(self) -> str:
        """The file format in a word: npy, parquet, arrow, memory."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, d), or (a, b, d) for views."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """The stored number type."""

    @property
    def unused(self) -> tuple[str, ...]:
        """Vector columns of the same table that were left out."""

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start` to `stop` of a 2-D source, shape (stop - start, d), in the stored type."""

    def view(self, axis: int, index: int) -> Source:
        """View `index` of a 3-D source whose views lie on `axis` (0 or 1): a 2-D source."""


@dataclass(frozen=True)
class Strided:
    """Every `step`-th row of a 2-D source from `start` on, `n` of them."""

    source: Source
    start: int
    step: int
    n: int

    @property
    def name(self) -> str:
        """The name of the source that the rows come from."""
        return self.source.name

    @property
    def d(self) -> int:
        """Dimensions of a row."""
        return self.source.shape[1]
