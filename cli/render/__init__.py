"""Results as people and programs read them: `table.py`, `records.py`."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from contrastive_core.summary import LossResult

    from ..consoles import Manners
    from ..outputs import Output, Write


def write_loss(result: LossResult, manners: Manners, *, every_sample: bool) -> Write:
    """A writer of a loss result, which imports what its format needs and no more."""

    def write(output: Output, stream: IO[str]) -> None:
        from . import records

        match output.format:
            case "table":
                from .table import print_loss

                columns = manners.columns(stream)
                console = manners.console(stream)
                print_loss(result, console, columns=columns, every_sample=every_sample)
            case "json":
                records.write_json(result, stream, every_sample=every_sample)
            case "csv":
                records.write_csv(result, stream)
            case "value":
                stream.write(f"{result.value!r}\n")

    return write
