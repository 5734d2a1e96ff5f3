"""A rule as it is typed: `p95(infonce(tau=0.07)) <= 3.2`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

ERROR, WARN = "error", "warn"
LEVELS = (ERROR, WARN)
"""What a broken rule does: it fails the check, or is only said."""

OPERATORS = ("<=", ">=", "==", "<", ">")


@dataclass(frozen=True)
class Figure:
    """A number that can be checked.

    Args:
        name: A metric (`uniformity`, `uniformity.keys`), `triplets`, or the kind of a loss.
        parameters: Hyper-parameters and settings as typed, sorted by name: (("tau", "0.07"),).
        field: What of the result, as JSON names it: `hard`, `counts.hard`, `mi_lower_bound`;
            empty for the value.
        statistic: A quantile of the per-sample losses (`p95`, `max`, ...); empty for the value.
        typed: The name as it is typed: a loss has other names elsewhere.
    """

    name: str
    parameters: tuple[tuple[str, str], ...] = ()
    field: str = ""
    statistic: str = ""
    typed: str = dataclasses.field(default="", compare=False)

    @property
    def text(self) -> str:
        """As it is typed, in one spelling: what reports and baselines call it."""
        inside = ", ".join(f"{name}={value}" for name, value in self.parameters)
        text = f"{self.name}({inside})" if inside else self.name
        text = f"{text}.{self.field}" if self.field else text
        return f"{self.statistic}({text})" if self.statistic else text


@dataclass(frozen=True)
class Rule:
    """A bound on a figure.

    Args:
        figure: What is bounded.
        op: One of `OPERATORS`.
        bound: In the unit of the figure; 5% is 0.05.
        level: error or warn.
        written: The rule as it was typed.
    """

    figure: Figure
    op: str
    bound: float
    level: str
    written: str

    def holds(self, value: float) -> bool:
        """Whether a value keeps it: the raw number is compared, never the printed one."""
        return {
            "<": value < self.bound,
            "<=": value <= self.bound,
            ">": value > self.bound,
            ">=": value >= self.bound,
            "==": value == self.bound,
        }[self.op]
