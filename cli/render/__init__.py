"""Results as people and programs read them: `table.py`, `records.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from contrastive_core.api import ConventionValue
    from contrastive_core.summary import LossResult

    from ..consoles import Manners
    from ..outputs import Output, Write


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


def write_loss(result: LossResult, manners: Manners, listing: Listing) -> Write:
    """A writer of a loss result, which imports what its format needs and no more."""

    def write(output: Output, stream: IO[str]) -> None:
        from . import records

        match output.format:
            case "table":
                from .table import print_loss

                columns = manners.columns(stream)
                print_loss(result, manners.console(stream), listing, columns=columns)
            case "json":
                records.write_json(result, stream, listing)
            case "csv":
                records.write_csv(result, stream, listing)
            case "value":
                stream.write(f"{result.value!r}\n")

    return write


def write_conventions(kind: str, found: Sequence[ConventionValue], manners: Manners) -> Write:
    """A writer of one loss under every convention."""

    def write(output: Output, stream: IO[str]) -> None:
        from . import records

        match output.format:
            case "table":
                from .table import print_conventions

                columns = manners.columns(stream)
                print_conventions(kind, found, manners.console(stream), columns=columns)
            case "json":
                records.write_conventions_json(kind, found, stream)
            case "csv":
                records.write_conventions_csv(found, stream)

    return write
