"""Losses of triplets: the positive must be nearer than the negative, by a margin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ..errors import BadParameter
from ..parameters import Switch, choice, declare, flag, knob, number
from .declaration import Loss, Paper, declared, refuse_outside_cosine
from .forms import LABELLED_VIEWS, THREE_FILES, TRIPLET_ROWS, Form

_LISTED = ("all", "easy", "semi-hard", "hard")
"""Ways to mine that make sense where the triplets are given one by one."""


@declared
@dataclass(frozen=True)
class Triplet(Loss):
    """The negative must be farther from the anchor than the positive, by a margin.

        l = max(0, D(a,p) - D(a,n) + m)

    Schroff et al. 2015 (FaceNet), eq. 3. A triplet is hard where D(a,n) <= D(a,p), semi-hard where
    D(a,p) < D(a,n) < D(a,p) + m, else easy (loss 0). With labels the mean is over all triplets,
    never of anchor means. torch's triplet_margin_loss adds 1e-6 to each difference and optax 1e-6
    inside the root: not reproduced.
    """

    kind: ClassVar[str] = "triplet"
    paper: ClassVar[Paper] = Paper(
        "Schroff et al.",
        2015,
        "FaceNet: A Unified Embedding for Face Recognition and Clustering",
        "eq. 3",
        "https://arxiv.org/abs/1503.03832",
    )
    meaning: ClassVar[str] = (
        "For every anchor, any row of its class must be nearer than any row of another class, with "
        "a margin to spare. Triplets that keep the margin cost nothing and teach nothing."
    )
    known_as: ClassVar[Mapping[str, str]] = {
        "FaceNet": "",
        "TripletMarginLoss": "--distance euclidean --margin 1 --raw (torch)",
    }
    raw_by: ClassVar[str] = "--raw"
    when_equal: ClassVar[str] = "the margin m; log 2 with --soft-margin"
    assumes_stacked: ClassVar[bool] = False
    in_nats: ClassVar[bool] = False
    precision: ClassVar[str] = "float64"
    forms: ClassVar[tuple[Form, ...]] = (LABELLED_VIEWS, THREE_FILES, TRIPLET_ROWS)
    examples: ClassVar[tuple[str, ...]] = (
        "contrast loss --kind triplet --labels sample_data/labels.npy sample_data/emb.npy",
        "contrast loss --kind triplet --mining batch-hard --labels sample_data/labels.npy "
        "sample_data/emb.npy",
    )

    margin: float = number(0.2, "Margin m.", least=0.0)
    distance: str = choice(
        "sqeuclidean",
        "euclidean",
        "cosine",
        meaning="D: squared Euclidean, Euclidean, or 1 - cosine.",
    )
    mining: str = choice(
        "all",
        "easy",
        "semi-hard",
        "hard",
        "batch-hard",
        "random-semi-hard",
        meaning="Which triplets: all, or those of one sort; batch-hard: each anchor with its "
        "farthest positive and nearest negative; random-semi-hard: for each (a, p) one random "
        "negative with D(a,p) < D(a,n) < D(a,p) + m.",
    )
    average: str = choice(
        "all", "active", meaning="Mean over all triplets, or over those with D(a,n) < D(a,p) + m."
    )
    soft_margin: bool = flag(meaning="log(1 + exp(D(a,p) - D(a,n))) instead of the hinge.")
    swap: bool = flag(meaning="D(a,n) is the smaller of D(a,n) and D(p,n).")
    normalize: bool | None = declare(
        None,
        Switch(
            "normalize",
            "raw",
            "Divide every row by its norm first (the default).",
            "Take the rows as they are.",
        ),
    )
    seed: float = number(0, "Seed of random-semi-hard.", least=0, whole=True)
    foreign_mining: bool = knob(False)
    nonzero_of_all: bool = knob(False)

    def __post_init__(self) -> None:
        """Check the hyper-parameters, and that they go together."""
        super().__post_init__()
        if self.foreign_mining:  # the convention brings `normalize` itself
            self._check_foreign()
        else:
            refuse_outside_cosine(self.normalize, self.distance)
        if self.input_form in ("three files", "triplets") and self.mining not in _LISTED:
            raise BadParameter(
                "mining",
                expected=f"one of {', '.join(_LISTED)} for triplets that are listed",
                got=self.mining,
                remedy="It chooses negatives among all rows of other classes: give --labels.",
            )
        if self.mining == "easy" and self.average == "active":
            raise BadParameter(
                "average",
                expected="--average all with --mining easy",
                got="active",
                remedy="No easy triplet is active: leave one of them out.",
            )
        if self.mining == "random-semi-hard" and self.swap:
            raise BadParameter(
                "swap",
                expected="no --swap with --mining random-semi-hard",
                got="both",
                remedy="Leave one of them out, or take --mining semi-hard.",
            )

    def _check_foreign(self) -> None:
        """Their losses have a soft margin for batch-hard alone."""
        if self.soft_margin and self.mining != "batch-hard":
            raise BadParameter(
                "soft-margin",
                expected=f"--mining batch-hard, where {self.convention} has a soft margin",
                got=f"--mining {self.mining}",
                remedy="Add --mining batch-hard, or leave --convention out.",
            )

    def idle(self) -> frozenset[str]:
        """The seed where nothing is drawn; the margin where it makes neither loss nor category."""
        names = set() if self.mining == "random-semi-hard" else {"seed"}
        if self.soft_margin and self.mining == "batch-hard" and not self.active_only:
            names.add("margin")
        if self.mining in ("semi-hard", "hard", "random-semi-hard") and not self.foreign_mining:
            names.add("average")
        return frozenset(names)

    @property
    def by_distance(self) -> bool:
        """Unless it is a cosine."""
        return self.distance != "cosine"

    @property
    def unit_rows(self) -> bool:
        """Unless rows are taken as they are."""
        return self.distance == "cosine" or self.normalize is not False

    @property
    def active_only(self) -> bool:
        """Whether the mean is over the active triplets alone."""
        return self.average == "active" or (self.nonzero_of_all and self.mining == "all")

    @property
    def mines(self) -> bool:
        """Unless the mean is over all triplets."""
        return self.active_only or self.mining != "all"

    def distance_in_words(self) -> str:
        """The distance."""
        return {
            "sqeuclidean": "squared Euclidean distance",
            "euclidean": "Euclidean distance",
            "cosine": "1 - cosine",
        }[self.distance]

    def formula_in_words(self) -> str:
        """Hinge or soft margin, with or without the swap."""
        if self.soft_margin:
            text = "l = log(1 + exp(D(a,p) - D(a,n)))"
        else:
            text = f"{self.formula()}; m = {self.margin:g}"
        return f"{text}; D(a,n) the smaller of D(a,n) and D(p,n)" if self.swap else text

    def reduction_in_words(self) -> str:
        """Over triplets, anchors or pairs."""
        if self.mining == "batch-hard":
            words = "all n anchors" if self.foreign_mining else "the anchors, one triplet each"
        elif self.mining == "random-semi-hard":
            words = "the pairs (a, p) with a semi-hard negative, one drawn for each"
        elif self.foreign_mining and self.mining == "semi-hard":
            words = "all pairs (a, p), one negative each"
        else:
            sort = "" if self.mining == "all" else f"{self.mining} "
            words = f"all {sort}triplets"
        return f"{words} with D(a,n) < D(a,p) + m" if self.active_only else words
