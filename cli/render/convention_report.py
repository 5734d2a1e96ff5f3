"""One loss under every convention, as a report."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contrastive_core.errors import BadParameter

from .records import heading, left_out
from .report import Records
from .sheets import number

if TYPE_CHECKING:
    from rich.console import Console

    from contrastive_core import ConventionValue

_LEDGER = (
    *("factor", "denominator", "reduction", "distance", "normalisation", "tau", "scale"),
    "reference",
)
"""What is said of a convention in a row."""

_TYPES = {
    **dict.fromkeys(("value", "factor", "tau", "scale"), "number"),
    **dict.fromkeys(("n", "undefined", "candidates"), "count"),
}
"""Of the columns; the others are text."""


@dataclass(frozen=True)
class ConventionReport:
    """One loss under every convention.

    Args:
        kind: The loss.
        found: The conventions, the paper's first.
    """

    kind: str
    found: Sequence[ConventionValue]

    def head(self) -> dict[str, Any]:
        """One object, with an entry per convention."""
        first = next(each.result for each in self.found if each.result is not None)
        return {
            **heading("loss", first.inputs, first.warnings),
            "kind": self.kind,
            "conventions": [_convention(each) for each in self.found],
        }

    def lists(self) -> dict[str, Any]:
        """None: the conventions are no samples."""
        return {}

    def table(self) -> Records:
        """One row per convention."""
        return Records((_row(each) for each in self.found), _TYPES)

    def print_to(self, console: Console, columns: int | None) -> None:
        """The value under each convention, and where they differ."""
        from .losses import print_conventions

        print_conventions(self.kind, self.found, console, columns=columns)

    def value(self) -> float:
        """Several conventions are not one number."""
        raise BadParameter(
            "output",
            expected="one --convention for value, which is one number",
            got="all of them",
            remedy="Name one convention, or take -o json.",
        )


def _convention(found: ConventionValue) -> dict[str, Any]:
    if found.result is None:
        return {"name": found.name, "value": None, "skipped": found.skipped}
    result = found.result
    return {
        "name": found.name,
        "value": number(result.value),
        "n": result.n,
        "undefined": result.undefined,
        **left_out(result.dropped),
        "candidates": result.candidates,
        "convention": dataclasses.asdict(result.convention),
        "parameters": result.parameters,
        "warnings": list(result.warnings),
    }


def _row(found: ConventionValue) -> dict[str, Any]:
    """A convention in a row; one that is skipped says why."""
    result = found.result
    counts = ("n", "undefined", "candidates")
    return {
        "convention": found.name,
        "value": math.nan if result is None else result.value,
        **{name: None if result is None else getattr(result, name) for name in counts},
        **{name: None if result is None else getattr(result.convention, name) for name in _LEDGER},
        "skipped": found.skipped,
    }
