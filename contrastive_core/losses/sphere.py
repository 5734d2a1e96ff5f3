"""Losses of the hypersphere: how close positives lie, how evenly the space is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..parameters import knob, number
from .declaration import Loss, Paper, declared
from .forms import CLOUD, PAIRS, TWO_FILES, VIEWS, Form

_PAPER = (
    "Wang & Isola",
    2020,
    "Understanding Contrastive Representation Learning through Alignment and Uniformity on the "
    "Hypersphere",
)
_URL = "https://arxiv.org/abs/2005.10242"


@dataclass(frozen=True)
class _OnSphere(Loss):
    """Unit rows, unless a library takes them as they are."""

    unit: bool = knob(True)

    @property
    def unit_rows(self) -> bool:
        """Unless a library takes them as they are."""
        return self.unit

    @property
    def by_distance(self) -> bool:
        """Of rows as they are: of unit rows it is the cosine."""
        return not self.unit

    def distance_in_words(self) -> str:
        """The distance."""
        return "Euclidean distance"


@declared
@dataclass(frozen=True)
class Alignment(_OnSphere):
    """How far apart the two views of a sample lie.

        l_i = |z_i - z'_i|^alpha

    Wang & Isola 2020, eq. 2. 0 is perfect, and is also what copies of one file give; 2 is what
    random directions give (alpha 2).
    """

    kind: ClassVar[str] = "alignment"
    paper: ClassVar[Paper] = Paper(*_PAPER, "eq. 2", _URL)
    meaning: ClassVar[str] = (
        "The mean distance of positives on the unit sphere, to the power alpha. Low is good, but "
        "a collapsed space has 0 too: read it beside uniformity."
    )
    when_equal: ClassVar[str] = "0"
    blind: ClassVar[bool] = True
    in_nats: ClassVar[bool] = False
    precision: ClassVar[str] = "float64"
    forms: ClassVar[tuple[Form, ...]] = (TWO_FILES, VIEWS, PAIRS)
    examples: ClassVar[tuple[str, ...]] = ("contrast loss --kind alignment sample_data/emb.npy",)

    alpha: float = number(2.0, "Power of the distance.", above=0.0)

    def formula_in_words(self) -> str:
        """The formula with its power."""
        return f"{self.formula()}; alpha = {self.alpha:g}"

    def reduction_in_words(self) -> str:
        """Over the samples."""
        return "the N samples"


@declared
@dataclass(frozen=True)
class Uniformity(_OnSphere):
    """How evenly the rows are spread over the sphere: log of the mean Gaussian potential.

        u_i = log mean_{j != i} exp(-t |z_i - z_j|^2),  value = log mean_i exp(u_i)

    Wang & Isola 2020, eq. 4, over every unordered pair once and no self pairs. 0 is collapse, and
    lower is more even. Of several views it is the mean of their values.
    """

    kind: ClassVar[str] = "uniformity"
    paper: ClassVar[Paper] = Paper(*_PAPER, "eq. 4", _URL)
    meaning: ClassVar[str] = (
        "How crowded the sphere is, as seen by each row: 0 when all rows are one point, about "
        "-2t for random directions in many dimensions. Lower is more even."
    )
    when_equal: ClassVar[str] = "0"
    reducible: ClassVar[bool] = False
    reduced_by: ClassVar[str] = "log-mean-exp"
    assumes_stacked: ClassVar[bool] = False
    most_views: ClassVar[int | None] = None
    forms: ClassVar[tuple[Form, ...]] = (CLOUD, TWO_FILES)
    examples: ClassVar[tuple[str, ...]] = ("contrast loss --kind uniformity sample_data/emb.npy",)

    t: float = number(2.0, "t, the sharpness of the potential.", above=0.0)

    @property
    def sharpness(self) -> float:
        """t."""
        return self.t

    def formula_in_words(self) -> str:
        """The formula with t."""
        return f"{self.formula()}; t = {self.t:g}"

    def reduction_in_words(self) -> str:
        """Over the pairs."""
        return "the pairs i < j, log of the mean of exp; of several views their mean"


@declared
@dataclass(frozen=True)
class AlignUniform(_OnSphere):
    """Alignment plus weight times uniformity, the mean of both views'.

        value = mean_i |z_i - z'_i|^alpha + weight * 1/2 (uniformity(z) + uniformity(z'))

    Wang & Isola 2020, section 5.
    """

    kind: ClassVar[str] = "align-uniform"
    paper: ClassVar[Paper] = Paper(*_PAPER, "section 5", _URL)
    meaning: ClassVar[str] = (
        "What good representations trade off, as one number: positives close together, everything "
        "else spread out. A sample's value is its own alignment and its own share of crowding."
    )
    when_equal: ClassVar[str] = "0"
    reducible: ClassVar[bool] = False
    reduced_by: ClassVar[str] = "mean + log-mean-exp"
    in_nats: ClassVar[bool] = False
    precision: ClassVar[str] = "float64"
    forms: ClassVar[tuple[Form, ...]] = (TWO_FILES, VIEWS, PAIRS)
    examples: ClassVar[tuple[str, ...]] = (
        "contrast loss --kind align-uniform sample_data/emb.npy",
    )

    alpha: float = number(2.0, "Power of the distance of positives.", above=0.0)
    t: float = number(2.0, "t, the sharpness of the potential.", above=0.0)
    weight: float = number(1.0, "Weight of the uniformity.", least=0.0)

    def idle(self) -> frozenset[str]:
        """The sharpness, where uniformity weighs nothing."""
        return frozenset() if self.weight else frozenset({"t"})

    def formula_in_words(self) -> str:
        """The formula with its parameters."""
        rest = f"alpha = {self.alpha:g}, weight = {self.weight:g}, t = {self.t:g}"
        return f"{self.formula()}; {rest}"

    def reduction_in_words(self) -> str:
        """Two parts."""
        return "mean over the N samples, plus the log of the mean of exp over the pairs"
