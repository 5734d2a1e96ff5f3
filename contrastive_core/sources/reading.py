"""How files are read, where they do not say it themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import BadParameter, check_word, known_names, shown
from ..vocabulary import DTYPES, ON_BAD

if TYPE_CHECKING:
    from .keep import Keep


@dataclass(frozen=True)
class Reading:
    """What the user says about the files.

    Args:
        dtype: `bfloat16`: two-byte voids and integers are that, in the files of vectors that store
            them; `bits`: bytes are the signs of eight dimensions each; None: files say what they
            hold.
        join: The column of ids by which the rows of other files are put into the order of
            EMBEDDINGS; None: row i belongs to row i, and ids that both files have are compared.
        on_bad: `stop` at rows that cannot be used, or `drop` them: null and ragged rows of tables
            are then read as rows of NaN.
        keep: What several measurings of the same files share; None for a single one.
    """

    dtype: str | None = None
    join: str | None = None
    on_bad: str = "stop"
    keep: Keep | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse a type that files do say themselves."""
        if self.dtype is not None:
            known = known_names(str(self.dtype), DTYPES)
            remedy = f"{known} All other types are read from the file; leave it out."
            check_word("dtype", self.dtype, DTYPES, remedy)
        if self.join is not None and not (isinstance(self.join, str) and self.join):
            raise BadParameter(
                "join",
                expected="the name of a column of ids",
                got="an empty name" if isinstance(self.join, str) else shown(self.join),
                remedy="For example: --join id.",
            )
        check_word("on-bad", self.on_bad, ON_BAD, known_names(str(self.on_bad), ON_BAD))

    @property
    def drops(self) -> bool:
        """Whether rows that cannot be used are left out."""
        return self.on_bad == "drop"


PLAIN = Reading()
"""Nothing said."""
