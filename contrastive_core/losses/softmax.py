"""What the softmax family shares: a temperature, a similarity, the same formula.

    l_i = -s_i+ / tau + log sum_{candidates a} exp(s_ia / tau)

The losses differ in who is an anchor and who is a candidate. The positives enter the log-sum-exp by
their exact scores (`log_share`), so that a loss near 0 keeps its digits.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ..parameters import choice, inverse, temperature
from .per_anchor import PerAnchor

if TYPE_CHECKING:
    from ..numerics import Float
    from ..reductions import Reduction

READY = {"scores": {"tau": 1.0}}
"""Ready scores are logits: no temperature unless asked."""


def cosine_or_dot(*, first: str = "cosine") -> Any:
    """How two embeddings are scored; the first is the default."""
    second = "dot" if first == "cosine" else "cosine"
    return choice(
        first,
        second,
        meaning="Score of two embeddings: cosine normalises every row, dot takes rows as they are.",
    )


@dataclass(frozen=True)
class Softmax(PerAnchor):
    """What the family shares: a temperature, a similarity, the same formula."""

    form_refuses: ClassVar[Mapping[str, tuple[str, ...]]] = {"scores": ("similarity",)}
    form_sets: ClassVar[Mapping[str, Mapping[str, Any]]] = READY

    tau: float = temperature(0.07)
    similarity: str = cosine_or_dot()

    @property
    def scored_by(self) -> str:
        """Cosine or dot."""
        return self.similarity

    def asks(self) -> tuple[Reduction, ...]:
        """log sum exp(s / tau) over the negatives of each anchor."""
        from ..reductions import LogSumExp

        return (LogSumExp(inverse(self.tau)),)

    def per_sample(self, positives: Float, *reduced: Float) -> Float:
        """-s_i+ / tau + log(exp(s_i+ / tau) + sum_negatives exp(s / tau))."""
        from ..numerics import log_share

        (log_negatives,) = reduced
        return log_share(positives / self.tau, log_negatives)

    def chance(self, candidates: int) -> float | None:
        """log K."""
        return math.log(candidates)

    def floor(self, candidates: int) -> float:
        """The least loss that cosines allow: the positive at 1, all others at -1."""
        return math.log1p((candidates - 1) * math.exp(-2.0 / self.tau))

    def pull(self, positives: Float) -> Float | None:
        """-mean s_i+ / tau."""
        pull: Float = -positives.mean(axis=1) / self.tau
        return pull

    @property
    def temperature(self) -> float | None:
        """Tau."""
        return self.tau

    @abstractmethod
    def denominator_in_words(self) -> str:
        """Which candidates stand in the denominator."""
