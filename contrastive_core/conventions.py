"""Conventions: where two honest implementations of one loss differ, and how that is stated.

A `Dialect` is a library's convention as data (all are in `dialects.py`); a `Ledger` states in full
which convention a value follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

PAPER_NAME = "paper"
ALL_NAME = "all"

NO_ROWS = "none"
"""What happens to the rows first where there are scores instead."""


@dataclass(frozen=True)
class Ledger:
    """What must be known of a loss to compare it with another implementation's.

    Args:
        name: `paper`, or the library whose convention it is.
        formula: The loss of one sample.
        reference: Paper with equation number, or library with version.
        factor: What the paper's value is multiplied by.
        denominator: Which candidates a softmax runs over; None where there is none.
        candidates: How many they are, in words; None where there is none.
        reduction: What is averaged.
        distance: The similarity or distance of two embeddings.
        normalisation: What happens to the rows first.
        tau: Temperature; None where there is none.
        scale: Its inverse.
    """

    name: str
    formula: str
    reference: str
    factor: float
    denominator: str | None
    candidates: str | None
    reduction: str
    distance: str
    normalisation: str
    tau: float | None
    scale: float | None

    @property
    def scoring(self) -> str:
        """The distance, and what happens to the rows first where there are some."""
        plain = self.normalisation == NO_ROWS
        return self.distance if plain else f"{self.distance}, {self.normalisation}"


def _frozen(values: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    return MappingProxyType(dict(values or {}))


@dataclass(frozen=True, eq=False)
class Dialect:
    """What a library prints for a kind.

    Args:
        kind: The loss.
        name: The library.
        reference: Library, version and name of the loss there.
        says: Where it differs from the paper, for the kind's page.
        classes: What the loss is called there, and the options beside the convention that give
            the value of that class. These names are taken for the kind.
        sets: Defaults and knobs it brings; an option given explicitly wins over a default.
        sets_with: Further ones for a form of input, or for an input.
        fixed: Parameters that are part of it, with their legal values.
        forms: Forms of input it is defined for; empty for all of the kind.
        needs: An input it cannot do without.
        without: Inputs it does not know.
    """

    kind: str
    name: str
    reference: str
    says: str
    classes: Mapping[str, str] = field(default_factory=_frozen)
    sets: Mapping[str, Any] = field(default_factory=_frozen)
    sets_with: Mapping[str, Mapping[str, Any]] = field(default_factory=_frozen)
    fixed: Mapping[str, tuple[Any, ...]] = field(default_factory=_frozen)
    forms: tuple[str, ...] = ()
    needs: str | None = None
    without: tuple[str, ...] = ()
