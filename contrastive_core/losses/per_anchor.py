"""Losses in which an anchor with a few known positives meets candidates."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .declaration import Loss

if TYPE_CHECKING:
    from ..numerics import Float
    from ..problem import Paired
    from ..reductions import Reduction
    from ..tables import Span


@dataclass(frozen=True)
class Direction:
    """One set of anchors and the candidates they meet.

    Args:
        anchors: Each row is an anchor.
        candidates: Each row is a candidate for every anchor, an anchor itself excepted.
        origin: The row that counts as candidate 0.
        outside: Positives of an anchor that are candidates without being among the rows.
    """

    anchors: Span
    candidates: Span
    origin: int = 0
    outside: int = 0

    @property
    def count(self) -> int:
        """K: the candidates of one anchor, its positives among them, itself left out."""
        itself = self.anchors.inside(self.candidates)
        return self.candidates.n - itself + self.outside


@dataclass(frozen=True)
class PerAnchor(Loss):
    """A loss in which an anchor with a few known positives meets candidates, all scored alike."""

    raw_by: ClassVar[str] = "--similarity dot"

    @property
    @abstractmethod
    def scored_by(self) -> str:
        """Cosine or dot."""

    @property
    def unit_rows(self) -> bool:
        """For a cosine."""
        return self.scored_by == "cosine"

    def distance_in_words(self) -> str:
        """Cosine, or dot product."""
        return "cosine similarity" if self.scored_by == "cosine" else "dot product"

    @abstractmethod
    def directions(self, problem: Paired) -> tuple[Direction, ...]:
        """Who is anchor and who is candidate; the loss of a sample is the mean over directions."""

    @abstractmethod
    def asks(self) -> tuple[Reduction, ...]:
        """What must be known of each anchor's negatives."""

    @abstractmethod
    def per_sample(self, positives: Float, *reduced: Float) -> Float:
        """The formula: each anchor's loss.

        Args:
            positives: Scores of its positives, shape (n, p).
            reduced: What `asks` came to, each of shape (n,).
        """

    @property
    def without_negatives(self) -> float:
        """The loss of an anchor without a negative."""
        return math.nan

    def bounds_information(self) -> bool:
        """Whether the candidates are independent keys, for which log K - L is a proved bound."""
        return False

    def by_class(self, views: int) -> bool:
        """Whether so many views of a sample must be taken as rows of one class."""
        del views
        return False

    def terms(self, anchors: int) -> int:
        """How many terms the mean is over, of that many anchors."""
        return anchors

    def softmax_size(self, candidates: int, positives: int) -> int:
        """K, the terms of the denominator: `candidates`, with that many positives among them."""
        del positives
        return candidates

    def chance(self, candidates: int) -> float | None:
        """The loss of a sample when all scores are equal; None where it depends on the score.

        Args:
            candidates: The terms of the denominator.
        """
        del candidates
        return None

    def collapsed(self, candidates: int) -> float | None:
        """The loss of a sample when all embeddings are equal; None where it depends on them."""
        return self.chance(candidates)

    def pull(self, positives: Float) -> Float | None:
        """The part of each anchor's loss that its positives alone make; None: no such part."""
        del positives
        return None
