"""Instance discrimination: which of the other embeddings is another view of the same sample?

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

from ..errors import BadParameter
from ..parameters import choice, flag, knob, temperature
from .declaration import Direction, Paper, PerAnchor, declared
from .forms import (
    LABELLED_VIEWS,
    MANY_VIEWS,
    OWN_NEGATIVES,
    PAIRS,
    SCORES,
    SQUARE_SCORES,
    TWO_FILES,
    VIEWS,
    Form,
    with_input,
)

if TYPE_CHECKING:
    from ..numerics import Float
    from ..problem import Paired, Views
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

        return (LogSumExp(1.0 / self.tau),)

    def per_sample(self, positives: Float, *reduced: Float) -> Float:
        """-s_i+ / tau + log(exp(s_i+ / tau) + sum_negatives exp(s / tau))."""
        from ..numerics import log_share

        (log_negatives,) = reduced
        return log_share(positives / self.tau, log_negatives)

    def chance(self, candidates: int) -> float | None:
        """log K."""
        return math.log(candidates)

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


@declared
@dataclass(frozen=True)
class InfoNCE(Softmax):
    """Each anchor picks its own key out of all keys.

        l_i = -s_ii / tau + log sum_j exp(s_ij / tau),  j over the K candidates

    van den Oord et al. 2018, eq. 4. The paper has tau = 1 and a bilinear score; the temperature and
    the cosine are MoCo's (He et al. 2020, eq. 1). The candidates are the N keys and the bank; all
    2N - 1 other embeddings and the bank; the positive and the bank alone (MoCo's form); or the
    positive and the anchor's own k negatives. Copies of the positive among them are negatives.
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
    when_equal: ClassVar[str] = "log K for K candidates"
    information: ClassVar[bool] = True
    forms: ClassVar[tuple[Form, ...]] = (
        with_input(TWO_FILES, "bank"),
        with_input(VIEWS, "bank"),
        with_input(PAIRS, "bank"),
        OWN_NEGATIVES,
        SCORES,
        SQUARE_SCORES,
    )
    form_sets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        **READY,
        "own negatives": {"denominator": "bank"},
        "bank": {"banked": True},
    }
    form_refuses: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "scores": ("similarity", "denominator", "symmetric"),
        "own negatives": ("symmetric", "denominator"),
    }
    examples: ClassVar[tuple[str, ...]] = (
        "contrast loss --kind infonce --tau 0.07 sample_data/emb.npy",
        "contrast loss --kind infonce --denominator bank --bank sample_data/prototypes.npy "
        "sample_data/emb.npy",
    )

    denominator: str = choice(
        "keys",
        "views",
        "bank",
        meaning="Candidates of an anchor: the N keys, and the bank; views: all 2N - 1 other "
        "embeddings, and the bank; bank: the positive and the bank alone.",
    )
    symmetric: bool = flag(
        meaning="Average both directions: embeddings to keys and keys to embeddings."
    )
    banked: bool = knob(False)
    plus_one: bool = knob(False)
    pooled: bool = knob(False)

    def directions(self, problem: Paired) -> tuple[Direction, ...]:
        """Embeddings to their candidates; and back, when symmetric."""
        views = self._checked(problem)
        first, second = views.view(0), views.view(1)
        if self.denominator == "bank":
            return (Direction(first, views.bank, second.start, outside=1),)
        if self.denominator == "views":
            there = Direction(first, views.all_and_bank)
            return (there, Direction(second, views.all)) if self.symmetric else (there,)
        there = Direction(first, views.from_view(1), second.start)
        return (there, Direction(second, first)) if self.symmetric else (there,)

    def _checked(self, problem: Paired) -> Views:
        """The views, where the bank and the hyper-parameters fit together."""
        from ..problem import as_views

        views = as_views(problem)
        if self.symmetric and views.bank.n:
            raise BadParameter(
                "symmetric",
                expected="no bank, whose rows have no anchors to be the keys of",
                got="--symmetric and a bank",
                remedy="Leave one of them out.",
            )
        if self.denominator == "bank" and not views.bank.n:
            raise BadParameter(
                "denominator",
                expected="a bank, or each anchor's own negatives",
                got="--denominator bank without either",
                remedy="Give --bank FILE, or NEGATIVES of shape (n, k, d) as the third file.",
            )
        return views

    def per_sample(self, positives: Float, *reduced: Float) -> Float:
        """The share of the positive; tensorflow-similarity has one candidate of score 0 more."""
        import numpy as np

        (log_negatives,) = reduced
        more = np.logaddexp(log_negatives, 0.0) if self.plus_one else log_negatives
        return super().per_sample(positives, more)

    def chance(self, candidates: int) -> float | None:
        """log K."""
        return None if self.plus_one else super().chance(candidates)

    def formula_in_words(self) -> str:
        """One direction, or the mean of both."""
        if self.plus_one:
            return "l_i = -s_ii / tau + log(1 + sum_j exp(s_ij / tau)),  j over the N keys"
        if not self.symmetric:
            return self.formula()
        return f"1/2 (l_i + l'_i), {self.formula()}; l'_i the same from keys to embeddings"

    def denominator_in_words(self) -> str:
        """The keys, all other views, or the bank."""
        if self.input_form == "scores":
            return "the scores of the anchor's row, the positive among them"
        if self.input_form == "own negatives" and not self.pooled:
            return "the positive and the anchor's own negatives"
        if self.pooled and self.input_form == "own negatives":
            return "the N keys and the negatives of all anchors, the positive among them"
        if self.denominator == "bank":
            return "the positive and the rows of the bank"
        more = " and the M rows of the bank" if self.banked else ""
        if self.denominator == "views":
            return f"the 2N - 1 other embeddings of both views{more}, the positive among them"
        keys = "rows of the other view" if self.symmetric else "keys"
        return f"the N {keys}{more}, the positive among them"

    def candidates_in_words(self) -> str:
        """Their number."""
        if self.input_form == "scores":
            return "the columns"
        if self.denominator == "bank":
            return "1 + M" if self.input_form != "own negatives" else "1 + k"
        if self.pooled and self.input_form == "own negatives":
            return "N (1 + k)"
        more = " + M" if self.banked else ""
        return f"2N - 1{more}" if self.denominator == "views" else f"N{more}"

    def reduction_in_words(self) -> str:
        """Per anchor, or per pair of directions."""
        if self.symmetric:
            return "the N samples, each the mean of both directions"
        return "the N anchors"


@declared
@dataclass(frozen=True)
class NTXent(Softmax):
    """Each view picks the other view of its sample out of all other views (SimCLR).

        l_i = -s_ii+ / tau + log sum_{a != i} exp(s_ia / tau),  a over the 2N - 1 other views

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

    def directions(self, problem: Paired) -> tuple[Direction, ...]:
        """All views against all views."""
        from ..problem import as_views

        views = as_views(problem)
        return (Direction(views.all, views.all),)

    def per_sample(self, positives: Float, *reduced: Float) -> Float:
        """One denominator for all positives; or, for two libraries, one for each."""
        if not self.per_pair:
            return super().per_sample(positives, *reduced)
        import numpy as np

        (log_negatives,) = reduced
        gaps = log_negatives[:, None] - positives / self.tau
        return np.asarray(np.logaddexp(0.0, gaps).mean(axis=1))

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
        return "the 2N - 1 other views (VN - 1 for V views of N samples), the positives among them"

    def candidates_in_words(self) -> str:
        """Their number."""
        if self.per_pair:
            return "1 + the negatives"
        return "n - 1" if self.input_form == "labels" else "2N - 1"

    def reduction_in_words(self) -> str:
        """Over the views, or the pairs."""
        if self.per_pair:
            return "all ordered positive pairs"
        if self.input_form == "labels":
            return "all rows with a positive and a negative"
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
    when_equal: ClassVar[str] = "log N"
    information: ClassVar[bool] = True
    forms: ClassVar[tuple[Form, ...]] = (TWO_FILES, VIEWS, PAIRS, SQUARE_SCORES)
    examples: ClassVar[tuple[str, ...]] = ("contrast loss --kind clip sample_data/emb.npy",)

    tau: float = temperature(0.07)

    def directions(self, problem: Paired) -> tuple[Direction, ...]:
        """There and back."""
        from ..problem import as_views

        views = as_views(problem)
        first, second = views.view(0), views.view(1)
        return (Direction(first, second, second.start), Direction(second, first))

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
