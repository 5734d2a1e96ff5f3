"""Losses of the softmax family: pick the positive out of K candidates.

    l_i = -s_i+ / tau + log sum_{candidates a} exp(s_ia / tau)

They differ in who is an anchor and who is a candidate. The positives enter the log-sum-exp by
their exact scores (`log_share`), so that a loss near 0 keeps its digits.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ..conventions import Ledger
from ..parameters import choice, flag, temperature
from .declaration import Direction, Loss, Paper, declared

if TYPE_CHECKING:
    from ..numerics import Float
    from ..problem import Views
    from ..reductions import Reduction


def cosine_or_dot() -> Any:
    """How two embeddings are scored."""
    return choice(
        "cosine",
        "dot",
        meaning="Score of two embeddings: cosine normalises every row, dot takes rows as they are.",
    )


class Softmax(Loss):
    """What the family shares: a temperature, a similarity, the same formula."""

    tau: float
    similarity: str

    @property
    def unit_rows(self) -> bool:
        """For a cosine."""
        return self.similarity == "cosine"

    def asks(self) -> tuple[Reduction, ...]:
        """log sum exp(s / tau) over the negatives of each anchor."""
        from ..reductions import LogSumExp

        return (LogSumExp(1.0 / self.tau),)

    def per_sample(self, positives: Float, *reduced: Float) -> Float:
        """-s_i+ / tau + log(exp(s_i+ / tau) + sum_negatives exp(s / tau))."""
        from ..numerics import log_share

        (log_negatives,) = reduced
        return log_share(positives / self.tau, log_negatives)

    def chance(self, candidates: int) -> float:
        """log K."""
        return math.log(candidates)

    def ledger(self) -> Ledger:
        """The paper's convention."""
        return Ledger(
            name="paper",
            formula=self.formula_in_words(),
            reference=self.paper.citation,
            factor=1.0,
            denominator=self.denominator_in_words(),
            reduction=self.reduction_in_words(),
            distance=self.similarity,
            normalisation="every row divided by its norm" if self.unit_rows else "rows as they are",
            tau=self.tau,
            scale=1.0 / self.tau,
        )

    def formula_in_words(self) -> str:
        """The formula with its hyper-parameters in force."""
        return self.formula()

    @abstractmethod
    def denominator_in_words(self) -> str:
        """Which candidates stand in the denominator."""

    @abstractmethod
    def reduction_in_words(self) -> str:
        """What is averaged or summed."""


@declared
@dataclass(frozen=True)
class InfoNCE(Softmax):
    """Each anchor picks its own key out of all keys.

        l_i = -s_ii / tau + log sum_j exp(s_ij / tau),  j over the K candidates

    van den Oord et al. 2018, eq. 4. The paper has tau = 1 and a bilinear score; the temperature and
    the cosine are MoCo's (He et al. 2020, eq. 1).
    """

    kind: ClassVar[str] = "infonce"
    paper: ClassVar[Paper] = Paper(
        "van den Oord et al.",
        2018,
        "Representation Learning with Contrastive Predictive Coding",
        "eq. 4",
        "https://arxiv.org/abs/1807.03748",
    )
    meaning: ClassVar[str] = (
        "Each embedding must recognise its own key among all keys, as in a multiple-choice test. "
        "The loss is how surprised it is by the right answer: 0 is certainty, log K is a guess."
    )
    example: ClassVar[str] = "contrast loss --kind infonce --tau 0.07 sample_data/emb.npy"

    tau: float = temperature(0.07)
    similarity: str = cosine_or_dot()
    denominator: str = choice(
        "keys",
        "views",
        meaning="Candidates of an anchor: the N keys; or views, all 2N - 1 other embeddings.",
    )
    symmetric: bool = flag(
        meaning="Average both directions: embeddings to keys and keys to embeddings."
    )

    def directions(self, views: Views) -> tuple[Direction, ...]:
        """Embeddings to keys; and back, when symmetric."""
        first, second = views.view(0), views.view(1)
        if self.denominator == "views":
            both = (Direction(first, views.all), Direction(second, views.all))
        else:
            both = (Direction(first, second, second.start), Direction(second, first))
        return both if self.symmetric else both[:1]

    def formula_in_words(self) -> str:
        """One direction, or the mean of both."""
        if not self.symmetric:
            return self.formula()
        return f"1/2 (l_i + l'_i), {self.formula()}; l'_i the same from keys to embeddings"

    def denominator_in_words(self) -> str:
        """The keys, or all other views."""
        if self.denominator == "views":
            return "the 2N - 1 other embeddings of both views, the positive among them"
        if self.symmetric:
            return "the N rows of the other view, the positive among them"
        return "the N keys, the positive among them"

    def reduction_in_words(self) -> str:
        """Per anchor, or per pair of directions."""
        if self.symmetric:
            return "the N samples, each the mean of both directions"
        return "the N anchors"

    def information_bound(self, candidates: int, mean: float) -> float | None:
        """log K - L, for candidates that are independent keys (van den Oord et al. 2018, eq. 5)."""
        return math.log(candidates) - mean if self.denominator == "keys" else None


@declared
@dataclass(frozen=True)
class NTXent(Softmax):
    """Each view picks the other view of its sample out of all other views (SimCLR).

        l_i = -s_ii+ / tau + log sum_{a != i} exp(s_ia / tau),  a over the 2N - 1 other views

    Chen et al. 2020, eq. 1. With more than two views the positives' terms -s_ip / tau are averaged,
    as in SupCon's L_out (Khosla et al. 2020, eq. 2).
    """

    kind: ClassVar[str] = "nt-xent"
    paper: ClassVar[Paper] = Paper(
        "Chen et al.",
        2020,
        "A Simple Framework for Contrastive Learning of Visual Representations",
        "eq. 1",
        "https://arxiv.org/abs/2002.05709",
    )
    meaning: ClassVar[str] = (
        "Every view must recognise the other view of its sample among all views of the batch. "
        "Both views take their turn as anchor, so swapping the two files changes nothing."
    )
    most_views: ClassVar[int | None] = None
    example: ClassVar[str] = "contrast loss --kind nt-xent --tau 0.5 sample_data/emb.npy"

    tau: float = temperature(0.5)
    similarity: str = cosine_or_dot()

    def directions(self, views: Views) -> tuple[Direction, ...]:
        """All views against all views."""
        return (Direction(views.all, views.all),)

    def denominator_in_words(self) -> str:
        """Everybody else."""
        return "the 2N - 1 other views (VN - 1 for V views of N samples), the positives among them"

    def reduction_in_words(self) -> str:
        """Over the views."""
        return "all 2N views (VN for V views)"


@declared
@dataclass(frozen=True)
class CLIP(Softmax):
    """InfoNCE in both directions, averaged: images pick texts and texts pick images.

        l_i = 1/2 (-s_ii / tau + log sum_j exp(s_ij / tau))
            + 1/2 (-s_ii / tau + log sum_j exp(s_ji / tau))

    Radford et al. 2021, figure 3.
    """

    kind: ClassVar[str] = "clip"
    paper: ClassVar[Paper] = Paper(
        "Radford et al.",
        2021,
        "Learning Transferable Visual Models From Natural Language Supervision",
        "figure 3",
        "https://arxiv.org/abs/2103.00020",
    )
    meaning: ClassVar[str] = (
        "Each row of the first file must recognise its partner in the second, and the other way "
        "round. The two directions are averaged, so swapping the files changes nothing."
    )
    example: ClassVar[str] = "contrast loss --kind clip sample_data/emb.npy"

    tau: float = temperature(0.07)
    similarity: str = cosine_or_dot()

    def directions(self, views: Views) -> tuple[Direction, ...]:
        """There and back."""
        first, second = views.view(0), views.view(1)
        return (Direction(first, second, second.start), Direction(second, first))

    def denominator_in_words(self) -> str:
        """The other file."""
        return "the N rows of the other view, the positive among them"

    def reduction_in_words(self) -> str:
        """Over the pairs."""
        return "the N samples, each the mean of both directions"

    def information_bound(self, candidates: int, mean: float) -> float | None:
        """log K - L (van den Oord et al. 2018, eq. 5), averaged over both directions."""
        return math.log(candidates) - mean
