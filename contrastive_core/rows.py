"""Tables of results, one array per column: what is listed and written row by row."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
import numpy.typing as npt

from .tables import Index

Column = npt.NDArray[Any] | None
Table = TypeVar("Table", bound="Rows")


@dataclass(frozen=True)
class Rows:
    """Columns of equal length; those that do not apply are None.

    Integers below 0 stand for none.
    """

    first_columns: ClassVar[tuple[str, ...]] = ()
    """Columns that come before the others."""

    words: ClassVar[dict[str, tuple[str, ...]]] = {}
    """What the codes of a column stand for."""

    def columns(self) -> list[tuple[str, npt.NDArray[Any]]]:
        """The columns that apply, in order."""
        named = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        order = dict.fromkeys((*self.first_columns, *named))
        return [(name, named[name]) for name in order if named[name] is not None]

    def __len__(self) -> int:
        return len(self.columns()[0][1])

    def rows(self, start: int, stop: int) -> Iterator[tuple[Any, ...]]:
        """Some rows as plain values, codes as their words."""
        parts = []
        for name, values in self.columns():
            part = values[start:stop].tolist()
            words = self.words.get(name)
            parts.append([words[code] for code in part] if words else part)
        return zip(*parts, strict=True)

    def take(self, order: Index) -> Self:
        """Some rows, in an order."""
        return type(self)(**{name: values[order] for name, values in self.columns()})


def joined(parts: list[Table]) -> Table:
    """Tables of one sort, one after the other; they have the same columns."""
    names = [name for name, _ in parts[0].columns()]
    columns = {name: [getattr(part, name) for part in parts] for name in names}
    return type(parts[0])(**{name: np.concatenate(found) for name, found in columns.items()})
