"""From a recognised form of input to a problem: everything is read and validated here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..dropped import Numbering
from ..errors import some
from ..losses import Loss
from ..memory import Room
from ..problem import Problem
from .builder import Builder
from .files import InputFile
from .given import Recognised
from .of_labels import labels, prototypes
from .of_lists import pairs, triplets
from .of_scores import scores
from .of_three import own_negatives, three_files
from .of_views import cloud, views
from .stock import Stock

_FORMS: dict[str, Callable[[Builder], Problem]] = {
    "views": views,
    "two files": views,
    "cloud": cloud,
    "pairs": pairs,
    "labels": labels,
    "three files": three_files,
    "triplets": triplets,
    "own negatives": own_negatives,
    "scores": scores,
    "prototypes": prototypes,
}
"""How each form of input is read, by its name."""


@dataclass(frozen=True, eq=False)
class Built:
    """A problem, the room to solve it in, and what was read.

    Args:
        problem: Who is whose positive.
        room: Threads, and where the rows lie.
        inputs: What was read, in its order.
        unused: Vector columns of the same table that were left out.
        otherwise: Words on what was read in another way than it is stored, or may have to be.
        numbering: The numbers of what stays; None where no row was left out.
    """

    problem: Problem
    room: Room
    inputs: tuple[InputFile, ...]
    unused: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    numbering: Numbering | None = None

    def unread(self, what: str) -> tuple[str, ...]:
        """A warning where vector columns were not read."""
        if not self.unused:
            return ()
        return (f"vector columns that {what} does not read here: {some(self.unused)}.",)


def build(loss: Loss, found: Recognised, stock: Stock, *, per_row: int = 0) -> Built:
    """Read the input of a loss.

    Args:
        loss: What is computed from it.
        found: Its form.
        stock: Rows that are ready, and the memory that is left.
        per_row: Bytes that are kept beside each row, beyond what a loss keeps.

    Raises:
        BadInput: Something cannot be used.
        TooLittleMemory: The bound is too low.
    """
    builder = Builder(loss, found, stock, per_row)
    problem = _FORMS[found.form.name](builder)
    unused = dict.fromkeys(column for source in builder.sources for column in source.unused)
    return Built(
        problem,
        builder.room,
        builder.inputs(),
        tuple(unused),
        builder.otherwise(),
        builder.numbering,
    )
