"""Losses that know the classes: which other rows are of my class, or which class is mine?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ..parameters import choice, knob, temperature
from .declaration import Paper, declared
from .forms import (
    CLASS_SCORES,
    LABELLED_VIEWS,
    MANY_VIEWS,
    PAIRS,
    PROTOTYPES,
    STATED_VIEWS,
    TWO_FILES,
    Form,
)
from .per_anchor import Direction
from .softmax import Softmax, cosine_or_dot

if TYPE_CHECKING:
    from ..numerics import Float
    from ..problem import Paired


@declared
@dataclass(frozen=True)
class SupCon(Softmax):
    """Each row picks the other rows of its class out of all other rows.

        out: l_i = -1/|P(i)| sum_{p in P(i)} s_ip / tau + log sum_{a != i} exp(s_ia / tau)
        in:  l_i = -log(1/|P(i)| sum_{p in P(i)} exp(s_ip / tau)) + log sum_{a != i} exp(s_ia / tau)

    Khosla et al. 2020, eq. 2 and 3; P(i) are the other rows of the class of i. Per anchor `in` is
    never above `out`. An anchor alone in its class defines no loss.
    """

    kind: ClassVar[str] = "supcon"
    paper: ClassVar[Paper] = Paper(
        "Khosla et al.",
        2020,
        "Supervised Contrastive Learning",
        "eq. 2 and 3",
        "https://arxiv.org/abs/2004.11362",
    )
    meaning: ClassVar[str] = (
        "Every row must recognise the rows of its class among all others. The loss is 0 for no "
        "data with three rows of a class or more: all positives share one denominator."
    )
    known_as: ClassVar[Mapping[str, str]] = {"supervised contrastive": ""}
    when_equal: ClassVar[str] = "log(n - 1) of n rows"
    most_views: ClassVar[int | None] = None
    assumes_stacked: ClassVar[bool] = False
    forms: ClassVar[tuple[Form, ...]] = (
        LABELLED_VIEWS,
        STATED_VIEWS,
        MANY_VIEWS,
        TWO_FILES,
        PAIRS,
    )
    examples: ClassVar[tuple[str, ...]] = (
        "contrast loss --kind supcon --labels sample_data/labels.npy sample_data/emb.npy",
    )

    tau: float = temperature(0.1)
    form: str = choice(
        "out",
        "in",
        meaning="Where the mean over the positives stands: out, outside the logarithm (eq. 2); "
        "in, inside (eq. 3).",
    )
    base_tau: float | None = knob(None)
    lone: str = knob("left out")
    nonzero: bool = knob(False)

    @property
    def multiplier(self) -> float:
        """Tau / base_tau, where a library multiplies by it."""
        return self.factor if self.base_tau is None else self.factor * self.tau / self.base_tau

    def by_class(self, views: int) -> bool:
        """A library's mean over the losses > 0 is one over classes."""
        del views
        return self.nonzero

    @property
    def without_negatives(self) -> float:
        """Defined: the positives are candidates."""
        return math.inf

    def directions(self, problem: Paired) -> tuple[Direction, ...]:
        """All views against all views."""
        from ..problem import as_views

        views = as_views(problem)
        return (Direction(views.all, views.all),)

    def per_sample(self, positives: Float, *reduced: Float) -> Float:
        """Out, or in."""
        if self.form == "out":
            return super().per_sample(positives, *reduced)
        import numpy as np

        from ..numerics import log_sum_exp

        (log_negatives,) = reduced
        own = log_sum_exp(positives / self.tau)
        return np.asarray(np.logaddexp(log_negatives - own, 0.0) + math.log(positives.shape[1]))

    def formula_in_words(self) -> str:
        """The one of the two that is meant."""
        line = self.formula().splitlines()[0 if self.form == "out" else 1]
        return line.partition(":")[2].strip()

    def denominator_in_words(self) -> str:
        """Everybody else."""
        return "the n - 1 other rows, all positives among them"

    def candidates_in_words(self) -> str:
        """Their number."""
        return "n - 1"

    def reduction_in_words(self) -> str:
        """Over the anchors that have a positive, or as a library has it."""
        if self.lone == "zero":
            return "all n anchors, 0 for those without a positive"
        return "the anchors with a loss > 0" if self.nonzero else "the anchors with a positive"


@declared
@dataclass(frozen=True)
class CrossEntropy(Softmax):
    """Each row picks its class out of all classes: the softmax of a classifier.

        l_i = -s_iy / tau + log sum_c exp(s_ic / tau),  c over the C classes

    Bridle 1990, eq. 2; the scores are ready logits, or those of each row with the class vectors
    (`--prototypes`; a dot product of rows as they are unless --similarity cosine).
    """

    kind: ClassVar[str] = "cross-entropy"
    paper: ClassVar[Paper] = Paper(
        "Bridle",
        1990,
        "Training Stochastic Model Recognition Algorithms as Networks can Lead to Maximum Mutual "
        "Information Estimation of Parameters",
        "eq. 2",
        "https://proceedings.neurips.cc/paper/1989/hash/0336dcbab05b9d5ad24f4333c7658a0e-Abstract.html",
    )
    meaning: ClassVar[str] = (
        "Every row must recognise its class among all classes. It is what a linear classifier or a "
        "zero-shot model with one text per class is scored by."
    )
    known_as: ClassVar[Mapping[str, str]] = {"softmax": "", "CE": ""}
    when_equal: ClassVar[str] = "log C for C classes"
    assumes_stacked: ClassVar[bool] = False
    forms: ClassVar[tuple[Form, ...]] = (CLASS_SCORES, PROTOTYPES)
    examples: ClassVar[tuple[str, ...]] = (
        "contrast loss --kind cross-entropy --prototypes sample_data/prototypes.npy "
        "--labels ::label sample_data/emb.parquet::z1",
    )
    form_refuses: ClassVar[Mapping[str, tuple[str, ...]]] = {"scores": ("similarity",)}
    form_sets: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    tau: float = temperature(1.0)
    similarity: str = cosine_or_dot(first="dot")

    def directions(self, problem: Paired) -> tuple[Direction, ...]:
        """Rows against class vectors."""
        from ..problem import as_classified

        classified = as_classified(problem)
        prototypes = classified.prototypes
        return (Direction(classified.rows, prototypes, prototypes.start),)

    def denominator_in_words(self) -> str:
        """The classes."""
        return "the C classes, the row's own among them"

    def candidates_in_words(self) -> str:
        """Their number."""
        return "C"

    def reduction_in_words(self) -> str:
        """Over the rows."""
        return "the rows with a class"
