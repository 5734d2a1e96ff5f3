"""The convention a value follows, stated in full: two honest implementations differ here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ledger:
    """What must be known of a loss to compare it with another implementation's.

    Args:
        name: `paper`, or the library whose convention it is.
        formula: The loss of one sample.
        reference: Paper with equation number, or library with version.
        factor: What the paper's value is multiplied by.
        denominator: Which candidates a softmax runs over.
        reduction: What is averaged.
        distance: The similarity or distance of two embeddings.
        normalisation: What happens to the rows first.
        tau: Temperature.
        scale: Its inverse.
    """

    name: str
    formula: str
    reference: str
    factor: float
    denominator: str
    reduction: str
    distance: str
    normalisation: str
    tau: float
    scale: float
