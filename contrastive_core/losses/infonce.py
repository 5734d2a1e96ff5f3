"""InfoNCE: pick the own key out of the keys, the other views, a bank, or own negatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import BadParameter
from ..parameters import choice, flag, knob
from .declaration import Paper, declared
from .forms import (
    OWN_NEGATIVES,
    PAIRS,
    SCORES,
    SQUARE_SCORES,
    TWO_FILES,
    VIEWS,
    Form,
    with_input,
)
from .per_anchor import Direction
from .softmax import READY, Softmax

if TYPE_CHECKING:
    from ..numerics import Float
    from ..problem import Paired, Views


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
    known_as: ClassVar[Mapping[str, str]] = {
        "CPC": "--similarity dot --tau 1",
        "N-pair": "--similarity dot --tau 1",
        "NPairsLoss": "--similarity dot --tau 1",
    }
    when_equal: ClassVar[str] = "log K for K candidates"
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

    def bounds_information(self) -> bool:
        """For keys and banks (van den Oord et al. 2018, eq. 5)."""
        return self.denominator in ("keys", "bank")

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
