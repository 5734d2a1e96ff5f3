"""What is to be checked: inputs with their rules, and the baseline they are held against."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .pool import Pool
from .rules import Rule


@dataclass(frozen=True, eq=False)
class CheckedPool:
    """One named set of inputs with the rules for it.

    Args:
        pool: The inputs.
        rules: In the order in which they are reported.
    """

    pool: Pool
    rules: tuple[Rule, ...]


@dataclass(frozen=True, eq=False)
class CheckRequest:
    """A whole run.

    Args:
        inputs: One, or several with names that differ.
        baseline: The file of saved values to hold the inputs against.
        allow: How much worse a figure may be, as typed: `uniformity: 0.05`, `n: 10%`.
        save_baseline: The file to save the values to; it is written only where nothing failed.
        top: How many rows a failure names.
        seed: Of the bootstrap, of simulated levels, and of losses that draw.
    """

    inputs: tuple[CheckedPool, ...]
    baseline: Path | None = None
    allow: tuple[str, ...] = ()
    save_baseline: Path | None = None
    top: int = 10
    seed: int = 0
