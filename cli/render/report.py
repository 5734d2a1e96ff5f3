"""What a result tells, whatever the format: each command has one class that is a `Report`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from rich.console import Console

    from contrastive_core.rows import Rows

    Sheet = Rows | Sequence[Mapping[str, Any]]
    """Rows of named cells: a table of the core, or records that all have the same names."""


class Records(list[dict[str, Any]]):
    """Records whose columns have types of their own, whatever is in them.

    Args:
        records: The rows.
        types: By the name of the column: `number`, `count`, `truth`, `counts` and `texts`
            (lists of them), and `text` for every column that is not named.
    """

    def __init__(self, records: Iterable[dict[str, Any]], types: Mapping[str, str]) -> None:
        super().__init__(records)
        self.types = types


class Report(Protocol):
    """A result that every format can be written from.

    `formats.py` turns it into text; a format is one function there, and knows no command.
    """

    def head(self) -> dict[str, Any]:
        """The object of json without its lists, of plain values; None for NaN.

        A table may stand in it: json writes its rows, and parquet leaves it out.
        """

    def lists(self) -> Mapping[str, Rows]:
        """The lists that the object ends in, by name: `worst`, `per_sample`, `per_class`, ..."""

    def table(self) -> Sheet:
        """What the formats of rows hold: a row per sample."""

    def print_to(self, console: Console, columns: int | None) -> None:
        """Print for people.

        Args:
            console: Where to; what is printed here is captured first.
            columns: To which words are folded; None where nothing needs to be.
        """

    def value(self) -> float:
        """The one number that the result comes to.

        Raises:
            ContrastError: There is none.
        """


@dataclass(frozen=True)
class Listing:
    """Which samples are listed.

    Args:
        every: All of them, in table and json too.
        top: How many at most, where that was said.
        sort: Their order, where that was said.
    """

    every: bool = False
    top: int | None = None
    sort: str | None = None
