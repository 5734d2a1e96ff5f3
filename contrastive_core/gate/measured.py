"""What is known of a figure once it was measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..evaluation import Ratio
from ..labelled import Positives
from ..numerics import Float
from ..tables import Index
from .rules import Figure

Worst = Callable[[int, str], tuple[dict[str, Any], ...]]
"""(how many, `highest` or `lowest`) to the rows that carry the figure most in that direction."""

PAIRWISE = 2.0
"""Where terms are those of rows of a symmetric function of pairs, as of uniformity (Hoeffding)."""


@dataclass(frozen=True)
class HowFound:
    """How the positives of a figure were found.

    Args:
        way: What defines them, as a baseline saves it: `views`, `labels`, ...
        words: The same as a sentence.
    """

    way: str
    words: str


def positives_of(found: Positives | None, *, views: bool = False) -> HowFound | None:
    """How positives were found; None where there are none.

    Args:
        found: As the result says it.
        views: Whether the rows are views of samples: with labels these are positives too.
    """
    if found is None or found.way is None:
        return None
    both = views and found.way == "labels"
    return HowFound("labels and views" if both else found.way, found.description)


def words_of(found: HowFound | None) -> str | None:
    """How positives were found, in words."""
    return None if found is None else found.words


@dataclass(frozen=True, eq=False)
class Measured:
    """A figure of one input.

    Args:
        figure: Which.
        value: NaN where it is undefined on these data.
        reason: Why it is undefined; None where it is not.
        better: lower, higher or neither.
        n: Terms or rows that it is taken over.
        samples: Samples of the input: what must be equal for two values to be compared.
        d: Dimensions; None for ready scores.
        precision: Working precision.
        convention: Name of the convention of a loss; None for a metric.
        parameters: In force.
        ratios: The means whose sum (through `transform`) is the value, where it is a mean over
            samples; none where it is not.
        transform: What is applied to it, such as the logarithm; None for nothing.
        worst: The rows that carry it.
        counts: Whether it depends on how many samples there are (a loss with all others as
            candidates, a count), so that another number of samples is not comparable.
        found: Parameters that the data gave, such as log Z: another value of these is no other
            figure.
        groups: The sample, from 0, that each of those of `ratios` belongs to, where several are of
            one, such as its views: they rise and fall together. None where each is its own.
        sigma_factor: Standard errors of the value per naive one of the mean: 1 or `PAIRWISE`.
        positives: How its positives were found; None where it has none.
    """

    figure: Figure
    value: float
    reason: str | None
    better: str
    n: int | None
    samples: int
    d: int | None
    precision: str
    convention: str | None
    parameters: dict[str, Any]
    ratios: tuple[Ratio, ...]
    transform: Callable[[Float], Float] | None
    worst: Worst
    counts: bool
    found: frozenset[str] = frozenset()
    groups: Index | None = None
    sigma_factor: float = 1.0
    positives: HowFound | None = None
