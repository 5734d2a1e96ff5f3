"""Losses in which every pair answers for itself: same sample, or not?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from ..parameters import number
from .declaration import Paper, declared
from .forms import PAIRS, SCORES, SQUARE_SCORES, TWO_FILES, VIEWS, Form
from .per_anchor import Direction, PerAnchor
from .softmax import cosine_or_dot

if TYPE_CHECKING:
    from ..numerics import Float
    from ..problem import Paired
    from ..reductions import Reduction


@declared
@dataclass(frozen=True)
class SigLIP(PerAnchor):
    """Each pair is classified on its own as matching or not (sigmoid loss, no softmax).

        l_i = sum_j -log sigmoid(y_ij (scale s_ij + bias)),  y_ij = 1 for j = i, else -1

    Zhai et al. 2023, algorithm 1: the mean over the N rows, not over the N^2 pairs. Scale and bias
    are those the paper starts to learn from.
    """

    kind: ClassVar[str] = "siglip"
    paper: ClassVar[Paper] = Paper(
        "Zhai et al.",
        2023,
        "Sigmoid Loss for Language Image Pre-Training",
        "algorithm 1",
        "https://arxiv.org/abs/2303.15343",
    )
    meaning: ClassVar[str] = (
        "Every pair of rows is asked on its own whether it belongs together. The loss of a row is "
        "the sum of its N answers, so that it does not depend on how they compare with each other."
    )
    known_as: ClassVar[Mapping[str, str]] = {"sigmoid": ""}
    when_equal: ClassVar[str] = (
        "softplus(-(scale + bias)) + (N - 1) softplus(scale + bias), N log 2 with the defaults"
    )
    forms: ClassVar[tuple[Form, ...]] = (TWO_FILES, VIEWS, PAIRS, SCORES, SQUARE_SCORES)
    form_sets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"scores": {"scale": 1.0, "bias": 0.0}}
    form_refuses: ClassVar[Mapping[str, tuple[str, ...]]] = {"scores": ("similarity",)}
    examples: ClassVar[tuple[str, ...]] = ("contrast loss --kind siglip sample_data/emb.npy",)

    scale: float = number(10.0, "Multiplies every similarity.", above=0.0)
    bias: float = number(-10.0, "Is added to scale * similarity.")
    similarity: str = cosine_or_dot()

    @property
    def scored_by(self) -> str:
        """Cosine or dot."""
        return self.similarity

    @property
    def scale_in_force(self) -> float:
        """The scale."""
        return self.scale

    def directions(self, problem: Paired) -> tuple[Direction, ...]:
        """Rows against all keys."""
        from ..problem import as_views

        views = as_views(problem)
        first, second = views.view(0), views.view(1)
        return (Direction(first, second, second.start),)

    def asks(self) -> tuple[Reduction, ...]:
        """sum softplus(scale s + bias) over the negatives of each row."""
        from ..numerics import softplus_of
        from ..reductions import RowSum

        return (RowSum(partial(softplus_of, scale=self.scale, bias=self.bias)),)

    def per_sample(self, positives: Float, *reduced: Float) -> Float:
        """The positive's answer and those of the negatives."""
        from ..numerics import softplus

        (negatives,) = reduced
        return softplus(-(self.scale * positives.mean(axis=1) + self.bias)) + negatives

    def collapsed(self, candidates: int) -> float | None:
        """All similarities are 1."""
        if not self.unit_rows or self.input_form == "scores":
            return None
        logit = self.scale + self.bias
        return _softplus(-logit) + (candidates - 1) * _softplus(logit)

    def formula_in_words(self) -> str:
        """The formula with scale and bias."""
        return f"{self.formula()}; scale {self.scale:g}, bias {self.bias:g}"

    def reduction_in_words(self) -> str:
        """Over the rows."""
        return "the N rows, each the sum over its N pairs"


def _softplus(logit: float) -> float:
    return max(logit, 0.0) + math.log1p(math.exp(-abs(logit)))
