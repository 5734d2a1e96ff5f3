"""Noise-contrastive estimation: data, or a draw from the noise?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..parameters import NumberOr, declare, flag, number, temperature
from .declaration import Loss, Paper, declared
from .forms import PAIRS, SCORES, SQUARE_SCORES, TWO_FILES, VIEWS, Form, with_input
from .softmax import READY, cosine_or_dot


@declared
@dataclass(frozen=True)
class NCE(Loss):
    """Each anchor tells its key from k draws of noise (noise-contrastive estimation).

        l_i = -log sigmoid(D_i+) - sum_{j=1..k} log sigmoid(-D_ij)
        D_ic = s_ic / tau - log Z - log(k q_c)

    Gutmann & Hyvärinen 2010, eq. 3; Mnih & Teh 2012. The noise terms are summed. The noise is drawn
    from q over all K keys, with replacement, the positive among them; --expected replaces the draws
    by k sum_c q_c (...), exactly. With --scores the other columns are the noise. log Z is one
    number for the set: 0; auto, log((1/N) sum_i sum_c exp(s_ic / tau)) (of ready scores the log of
    the mean of exp(s / tau) / q over rows and noise columns); fit, the one of least mean loss.
    """

    kind: ClassVar[str] = "nce"
    paper: ClassVar[Paper] = Paper(
        "Gutmann & Hyvärinen",
        2010,
        "Noise-contrastive estimation: A new estimation principle for unnormalized statistical "
        "models",
        "eq. 3; Mnih & Teh 2012, eq. 8",
        "https://proceedings.mlr.press/v9/gutmann10a.html",
    )
    meaning: ClassVar[str] = (
        "For every anchor, its key must look like data and k draws of noise must look like noise. "
        "Unlike InfoNCE it judges scores by their level, and so needs a partition function log Z."
    )
    known_as: ClassVar[Mapping[str, str]] = {"noise contrastive estimation": ""}
    raw_by: ClassVar[str] = "--similarity dot"
    when_equal: ClassVar[str] = (
        "log(1 + k) + k log(1 + 1/k) with --log-z auto or fit; it depends on the scores otherwise"
    )
    forms: ClassVar[tuple[Form, ...]] = (
        with_input(TWO_FILES, "noise"),
        with_input(VIEWS, "noise"),
        with_input(PAIRS, "noise"),
        with_input(SCORES, "noise"),
        with_input(SQUARE_SCORES, "noise"),
    )
    form_sets: ClassVar[Mapping[str, Mapping[str, Any]]] = READY
    form_refuses: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "scores": ("similarity", "noise_samples", "expected", "seed")
    }
    examples: ClassVar[tuple[str, ...]] = (
        "contrast loss --kind nce --log-z fit --expected --tau 0.1 --similarity cosine "
        "sample_data/emb.npy",
    )

    noise_samples: float = number(16, "k, the draws of noise per anchor.", least=1, whole=True)
    log_z: float | str = declare(
        0.0,
        NumberOr(("auto", "fit"), "Log of the partition function: a number, auto or fit."),
    )
    expected: bool = flag(meaning="The exact expectation over the noise, instead of draws.")
    tau: float = temperature(1.0)
    similarity: str = cosine_or_dot(first="dot")
    seed: float = number(0, "Seed of the draws.", least=0, whole=True)

    def idle(self) -> frozenset[str]:
        """The seed, where nothing is drawn."""
        return frozenset({"seed"}) if self.expected else frozenset()

    @property
    def unit_rows(self) -> bool:
        """For a cosine."""
        return self.similarity == "cosine"

    @property
    def scored_by(self) -> str:
        """Cosine or dot."""
        return self.similarity

    @property
    def temperature(self) -> float | None:
        """Tau."""
        return self.tau

    def distance_in_words(self) -> str:
        """Cosine, or dot product."""
        return "cosine similarity" if self.similarity == "cosine" else "dot product"

    def chance(self, k: int) -> float | None:
        """The value when all scores are equal, for uniform noise and a log Z that follows them."""
        if isinstance(self.log_z, float):
            return None
        return math.log1p(k) + k * math.log1p(1.0 / k)

    def denominator_in_words(self) -> str | None:
        """Where the noise comes from."""
        if self.input_form == "scores":
            return "no softmax: the other columns are the noise"
        how = "its exact expectation" if self.expected else "drawn, the positive among them"
        return f"no softmax: k = {self.noise_samples:g} noise terms from q over the K keys, {how}"

    def reduction_in_words(self) -> str:
        """Over the anchors."""
        return "the N anchors, each the sum over its 1 + k terms"
