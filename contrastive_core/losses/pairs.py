"""Losses of single pairs: similar ones together, dissimilar ones at a distance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..parameters import Switch, choice, declare, knob, number
from .declaration import Loss, Paper, declared, refuse_outside_cosine
from .forms import LABELLED_VIEWS, MATCHED, PAIRS, STATED_VIEWS, Form, with_input


@declared
@dataclass(frozen=True)
class Contrastive(Loss):
    """Similar pairs are pulled together, dissimilar ones pushed beyond a margin.

        l_ij = 1/2 y D^2 + 1/2 (1 - y) max(0, m - D)^2,  y = 1 similar, D the distance of i and j

    Hadsell, Chopra, LeCun 2006, eq. 4 (there Y = 0 is similar: --similar 0). The mean is over
    the P pairs, that is 1/(2P) times the sum. With labels every unordered pair counts once, and a
    row without a class is never in a dissimilar pair.
    """

    kind: ClassVar[str] = "contrastive"
    paper: ClassVar[Paper] = Paper(
        "Hadsell, Chopra, LeCun",
        2006,
        "Dimensionality Reduction by Learning an Invariant Mapping",
        "eq. 4",
        "https://ieeexplore.ieee.org/document/1640964",
    )
    meaning: ClassVar[str] = (
        "Similar pairs cost half their squared distance. Dissimilar pairs cost nothing once they "
        "are the margin apart, and half the square of what is missing before that."
    )
    known_as: ClassVar[Mapping[str, str]] = {"siamese": ""}
    raw_by: ClassVar[str] = "--raw"
    when_equal: ClassVar[str] = "0 for similar pairs, m^2 / 2 for dissimilar ones"
    assumes_stacked: ClassVar[bool] = False
    blind: ClassVar[bool] = True
    in_nats: ClassVar[bool] = False
    precision: ClassVar[str] = "float64"
    forms: ClassVar[tuple[Form, ...]] = (
        PAIRS,
        LABELLED_VIEWS,
        MATCHED,
        with_input(STATED_VIEWS, "match"),
    )
    form_sets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "pairs": {"flagged": True},
        "match": {"flagged": True},
    }
    examples: ClassVar[tuple[str, ...]] = (
        "contrast loss --kind contrastive --pairs sample_data/pairs.npy "
        "sample_data/emb.parquet::z1",
    )

    margin: float = number(1.0, "Margin m beyond which a dissimilar pair costs nothing.", least=0.0)
    distance: str = choice("euclidean", "cosine", meaning="D: Euclidean, or 1 - cosine.")
    similar: str = choice("1", "0", meaning="The value of y that says similar.")
    normalize: bool | None = declare(
        None,
        Switch(
            "normalize",
            "raw",
            "Divide every row by its norm first.",
            "Take the rows as they are (the default).",
        ),
    )
    squared: bool = knob(True)
    nonzero_parts: bool = knob(False)
    flagged: bool = knob(False)

    def __post_init__(self) -> None:
        """Check the hyper-parameters, and that they go together."""
        super().__post_init__()
        given = None if self.nonzero_parts else self.normalize
        refuse_outside_cosine(given, self.distance)

    @property
    def summable(self) -> bool:
        """The sum of two means is no mean."""
        return not self.nonzero_parts

    def idle(self) -> frozenset[str]:
        """The meaning of y, where there is none."""
        return frozenset() if self.flagged or not self.input_form else frozenset({"similar"})

    @property
    def by_distance(self) -> bool:
        """Unless it is a cosine."""
        return self.distance != "cosine"

    @property
    def unit_rows(self) -> bool:
        """For a cosine, or where asked."""
        return self.distance == "cosine" or bool(self.normalize)

    def distance_in_words(self) -> str:
        """The distance."""
        return "1 - cosine" if self.distance == "cosine" else "Euclidean distance"

    def formula_in_words(self) -> str:
        """Squared, or as pytorch-metric-learning has it."""
        margin = f"m = {self.margin:g}"
        if not self.squared:
            return f"similar: D; dissimilar: max(0, m - D); {margin}"
        return f"{self.formula()}; {margin}"

    def reduction_in_words(self) -> str:
        """Over the pairs."""
        if self.nonzero_parts:
            return "the similar pairs with a loss > 0, plus the same of the dissimilar ones"
        return "the pairs"
