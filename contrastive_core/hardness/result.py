"""How hard triplets are: the result that is printed or checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ..conventions import Ledger
from ..dropped import Dropped, Numbering, said
from ..evaluation import Ratio
from ..inputs import InputFile
from ..labelled import Positives
from ..samples import ROWS
from .rows import AnchorRows, ClassRows, ListedRows

Interval = tuple[float, float]
"""Where 95 % of the resampled values lie."""

NO_COUNTS = (
    "counts cannot be sampled: they grow with the anchors that are drawn. The fractions are "
    "estimated; without a sample the counts are exact"
)
"""Why there are no counts."""


@dataclass(frozen=True)
class Counts:
    """Triplets of each sort; exact integers of any size.

    Args:
        easy: D(a, n) >= D(a, p) + m.
        semi_hard: D(a, p) < D(a, n) < D(a, p) + m.
        hard: D(a, n) <= D(a, p), and the loss is not 0.
    """

    easy: int
    semi_hard: int
    hard: int


@dataclass(frozen=True)
class Fractions:
    """Their shares of all triplets."""

    easy: float
    semi_hard: float
    hard: float


@dataclass(frozen=True)
class Means:
    """The loss.

    Args:
        mean: Over the triplets, or those that are mined; NaN where there is none.
        mean_active: Over those of them with D(a, n) < D(a, p) + m; 0 where none is active.
    """

    mean: float
    mean_active: float


@dataclass(frozen=True)
class Intervals:
    """95 % of the bootstrap over the anchors drawn; None where no resample has a value."""

    easy: Interval | None
    semi_hard: Interval | None
    hard: Interval | None
    active_fraction: Interval | None
    mean: Interval | None
    mean_active: Interval | None


@dataclass(frozen=True)
class Hardness:
    """The triplets at one margin.

    Args:
        margin: m.
        counts: Of each sort; None where anchors were drawn.
        fractions: Of each sort.
        active_fraction: Share of semi-hard and hard ones.
        loss: Both means.
        value: The mean that `average` chooses.
        ratios: Both means and the value, as the samples make them.
        over: What the mean is over, in words.
        intervals: Beside each of these; None where they are exact.
        convention: The loss in full.
        parameters: The hyper-parameters in force.
        samples: Every anchor, or every one drawn, or every listed triplet.
        worst: Those that are listed.
        classes: Every class; None without labels.
    """

    margin: float
    counts: Counts | None
    fractions: Fractions
    active_fraction: float
    loss: Means
    value: float
    ratios: tuple[Ratio, Ratio, Ratio]
    over: str
    intervals: Intervals | None
    convention: Ledger
    parameters: dict[str, Any]
    samples: AnchorRows | ListedRows
    worst: AnchorRows | ListedRows
    classes: ClassRows | None

    def numbered(self, numbers: Numbering) -> Hardness:
        """By the numbers of the files, where rows were left out."""
        samples, worst = (
            numbers.renumbered(each, samples=("index",), rows=ROWS)
            for each in (self.samples, self.worst)
        )
        return replace(self, samples=samples, worst=worst)


@dataclass(frozen=True)
class TripletsResult:
    """How hard the triplets are.

    `counts`, `fractions`, `active_fraction`, `loss`, `value`, `samples`, `worst` and `classes` are
    those of the margin; of the first where there are several.

    Args:
        triplets: How many there are; exact, drawn or not.
        anchors: Anchors that define a triplet.
        undefined: Rows that do not.
        kind: What a sample is: anchor or triplet.
        sample: How many anchors were drawn; None where all were taken.
        margins: The triplets at each margin, in the order given.
        precision: Working precision of the distances.
        positives: How the positives were found.
        inputs: What was read.
        warnings: What to beware of.
        dropped: What was left out because of rows that cannot be used; None for nothing. Numbers
            of rows are those of the files all the same.
    """

    triplets: int
    anchors: int
    undefined: int
    kind: str
    sample: int | None
    margins: tuple[Hardness, ...]
    precision: str
    positives: Positives
    inputs: tuple[InputFile, ...]
    warnings: tuple[str, ...]
    dropped: Dropped | None = None

    def numbered(self, numbers: Numbering) -> TripletsResult:
        """By the numbers of the files, where rows were left out."""
        margins = tuple(each.numbered(numbers) for each in self.margins)
        warnings = said(numbers, self.warnings)
        return replace(self, margins=margins, warnings=warnings, dropped=numbers.dropped)

    @property
    def estimated(self) -> bool:
        """Whether anchors were drawn."""
        return self.sample is not None

    @property
    def counts(self) -> Counts | None:
        """Triplets of each sort."""
        return self.margins[0].counts

    @property
    def fractions(self) -> Fractions:
        """Their shares."""
        return self.margins[0].fractions

    @property
    def active_fraction(self) -> float:
        """Share of the triplets that cost something."""
        return self.margins[0].active_fraction

    @property
    def loss(self) -> Means:
        """Both means."""
        return self.margins[0].loss

    @property
    def value(self) -> float:
        """The mean that `average` chooses."""
        return self.margins[0].value

    @property
    def samples(self) -> AnchorRows | ListedRows:
        """Every anchor or listed triplet."""
        return self.margins[0].samples

    @property
    def worst(self) -> AnchorRows | ListedRows:
        """Those that are listed."""
        return self.margins[0].worst

    @property
    def classes(self) -> ClassRows | None:
        """Every class."""
        return self.margins[0].classes
