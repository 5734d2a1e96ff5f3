"""Which of all other embeddings is another view of the same sample? NT-Xent, CLIP, DCL."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ..errors import BadInput, counted
from ..parameters import knob, temperature
from .declaration import Paper, declared
from .forms import (
    LABELLED_VIEWS,
    MANY_VIEWS,
    PAIRS,
    SCORES,
    SQUARE_SCORES,
    TWO_FILES,
    VIEWS,
    Form,
)
from .per_anchor import Direction
from .softmax import Softmax

if TYPE_CHECKING:
    from ..numerics import Float
    from ..problem import Paired


@declared
@dataclass(frozen=True)
class NTXent(Softmax):
    """Each view picks the other view of its sample out of all other views (SimCLR).

        l_i = -s_ii+ / tau + log sum_{a != i} exp(s_ia / tau),  a over all other views

    Chen et al. 2020, eq. 1. With several positives (more than two views, or labels) their terms
    -s_ip / tau are averaged over one denominator that holds all other rows, as in SupCon's L_out
    (Khosla et al. 2020, eq. 2). The other reading, a denominator of one positive and the negatives
    for each pair, is --convention pytorch-metric-learning or optax.
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
    when_equal: ClassVar[str] = "log(2N - 1); log(n - 1) of n rows with labels"
    most_views: ClassVar[int | None] = None
    forms: ClassVar[tuple[Form, ...]] = (TWO_FILES, VIEWS, MANY_VIEWS, LABELLED_VIEWS, PAIRS)
    examples: ClassVar[tuple[str, ...]] = (
        "contrast loss --kind nt-xent --tau 0.5 sample_data/emb.npy",
        "contrast loss --kind nt-xent --labels sample_data/labels.npy sample_data/emb.npy",
    )

    tau: float = temperature(0.5)
    per_pair: bool = knob(False)
    zero_without_negatives: bool = knob(False)
    added_views: bool = knob(False)

    def directions(self, problem: Paired) -> tuple[Direction, ...]:
        """All views against all views."""
        from ..problem import as_views

        views = as_views(problem)
        if self.added_views and views.count != 2:
            raise BadInput(
                "convention",
                expected=f"two views of each sample, whose losses {self.convention} adds",
                got=counted(views.count, "view"),
                remedy="Save two of them, or leave --convention out.",
            )
        return (Direction(views.all, views.all),)

    def per_sample(self, positives: Float, *reduced: Float) -> Float:
        """One denominator for all positives; or, for two libraries, one for each."""
        if not self.per_pair:
            return super().per_sample(positives, *reduced)
        import numpy as np

        (log_negatives,) = reduced
        gaps = log_negatives[:, None] - positives / self.tau
        return np.asarray(np.logaddexp(0.0, gaps).mean(axis=1))

    def by_class(self, views: int) -> bool:
        """With one denominator for each of several positives, the mean is over pairs."""
        return self.per_pair and views > 2

    def terms(self, anchors: int) -> int:
        """The anchors; or the samples, where the losses of two views are added."""
        return anchors // 2 if self.added_views else anchors

    @property
    def without_negatives(self) -> float:
        """Undefined; 0 in pytorch-metric-learning."""
        return 0.0 if self.zero_without_negatives else math.nan

    def formula_in_words(self) -> str:
        """The reading of several positives that is meant."""
        if self.per_pair:
            return (
                "l_ip = -s_ip / tau + log(exp(s_ip / tau) + sum_{negatives a of i} exp(s_ia / tau))"
            )
        if self.input_form == "labels":
            return (
                "l_i = -1/|P(i)| sum_{p in P(i)} s_ip / tau + log sum_{a != i} exp(s_ia / tau): "
                "the terms of several positives averaged, over one denominator"
            )
        return self.formula()

    def denominator_in_words(self) -> str:
        """Everybody else."""
        if self.per_pair:
            return (
                "for each positive pair (i, p): p and the negatives of i, not its other positives"
            )
        if self.input_form == "labels":
            return "the n - 1 other rows, all positives among them"
        return "all other views of all samples, the positives among them"

    def candidates_in_words(self) -> str:
        """Their number."""
        if self.per_pair:
            return "1 + the negatives"
        return "n - 1" if self.input_form == "labels" else "2N - 1; VN - 1 for V views"

    def reduction_in_words(self) -> str:
        """Over the views, or the pairs."""
        if self.per_pair:
            return "all ordered positive pairs"
        if self.input_form == "labels":
            return "all rows with a positive and a negative"
        if self.added_views:
            return "the N samples, the losses of both views added"
        return "all 2N views (VN for V views)"


@declared
@dataclass(frozen=True)
class CLIP(Softmax):
    """InfoNCE in both directions, averaged: images pick texts and texts pick images.

        l_i = 1/2 (-s_ii / tau + log sum_j exp(s_ij / tau))
            + 1/2 (-s_ii / tau + log sum_j exp(s_ji / tau))

    Radford et al. 2021, figure 3. The temperature is the value the paper starts to learn it from.
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
    known_as: ClassVar[Mapping[str, str]] = {
        "symmetric InfoNCE": "",
        "MultipleNegativesSymmetricRankingLoss": "--scale 20 (sentence-transformers)",
        "CachedMultipleNegativesSymmetricRankingLoss": "--scale 20 (sentence-transformers)",
    }
    when_equal: ClassVar[str] = "log N"
    forms: ClassVar[tuple[Form, ...]] = (TWO_FILES, VIEWS, PAIRS, SQUARE_SCORES)
    examples: ClassVar[tuple[str, ...]] = ("contrast loss --kind clip sample_data/emb.npy",)

    tau: float = temperature(0.07)

    def directions(self, problem: Paired) -> tuple[Direction, ...]:
        """There and back."""
        from ..problem import as_views

        views = as_views(problem)
        first, second = views.view(0), views.view(1)
        return (Direction(first, second, second.start), Direction(second, first))

    def bounds_information(self) -> bool:
        """Averaged over both directions."""
        return True

    def denominator_in_words(self) -> str:
        """The other file."""
        if self.input_form == "scores":
            return "the N scores of the row, and those of the column, the positive among them"
        return "the N rows of the other view, the positive among them"

    def candidates_in_words(self) -> str:
        """Their number."""
        return "N"

    def reduction_in_words(self) -> str:
        """Over the pairs."""
        return "the N samples, each the mean of both directions"


@declared
@dataclass(frozen=True)
class DCL(Softmax):
    """NT-Xent without the positive in the denominator: decoupled contrastive learning.

        l_i = -s_ii+ / tau + log sum_{a != i, i+} exp(s_ia / tau),  a over the 2N - 2 negatives

    Yeh et al. 2021, eq. 6. The temperature is lightly's. The value may be negative: 0 is nothing
    special, and -2 / tau + log(2N - 2) is the lowest.
    """

    kind: ClassVar[str] = "dcl"
    paper: ClassVar[Paper] = Paper(
        "Yeh et al.",
        2021,
        "Decoupled Contrastive Learning",
        "eq. 6",
        "https://arxiv.org/abs/2110.06848",
    )
    meaning: ClassVar[str] = (
        "Positives are pulled together and negatives pushed away, with no competition between the "
        "two, so that an easy positive does not weaken the push. The value may be negative."
    )
    when_equal: ClassVar[str] = "log(2N - 2)"
    forms: ClassVar[tuple[Form, ...]] = (TWO_FILES, VIEWS, PAIRS, SCORES, SQUARE_SCORES)
    examples: ClassVar[tuple[str, ...]] = ("contrast loss --kind dcl sample_data/emb.npy",)

    tau: float = temperature(0.1)

    def directions(self, problem: Paired) -> tuple[Direction, ...]:
        """All views against all views."""
        from ..problem import as_views

        views = as_views(problem)
        return (Direction(views.all, views.all),)

    def per_sample(self, positives: Float, *reduced: Float) -> Float:
        """-s_i+ / tau + log sum_negatives exp(s / tau)."""
        (log_negatives,) = reduced
        values: Float = log_negatives - positives.mean(axis=1) / self.tau
        return values

    def floor(self, candidates: int) -> float:
        """The positive is no candidate."""
        return math.log(candidates) - 2.0 / self.tau

    def softmax_size(self, candidates: int, positives: int) -> int:
        """The negatives alone."""
        return candidates - positives

    def denominator_in_words(self) -> str:
        """The negatives."""
        if self.input_form == "scores":
            return "the scores of the anchor's row, the positive left out"
        return "the 2N - 2 views of other samples, the positive left out"

    def candidates_in_words(self) -> str:
        """Their number."""
        return "the columns but one" if self.input_form == "scores" else "2N - 2"

    def reduction_in_words(self) -> str:
        """Over the views."""
        return "the rows" if self.input_form == "scores" else "all 2N views"
