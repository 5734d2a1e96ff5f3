"""How hard triplets are, asked of a session or in one call."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..hardness.measure import PER_MARGIN, PER_ROW, measure
from ..hardness.result import TripletsResult
from ..hardness.settings import Settings, made_losses
from ..inputs import Given, build, recognise
from ..inputs.building import Built
from ..inputs.stock import Stock
from ..losses import Triplet
from ..memory import Room
from ..plan import Asking
from ..summary import Asked
from .fitting import Chosen, Inputs
from .session import Data, Session, split


class TripletsQuestion:
    """How many triplets are easy, semi-hard and hard, exactly, and the loss over them.

        hard:       D(a, n) <= D(a, p), and less at margin 0, where a tie costs nothing
        semi-hard:  D(a, p) <  D(a, n) <  D(a, p) + m
        easy:       D(a, n) >= D(a, p) + m

    of an anchor a, a positive p (a row of its class) and a negative n (a row of another). An easy
    triplet has loss 0; what is not easy is active. With labels all triplets are counted without a
    visit to any: at every anchor the negatives are sorted once, for all margins.

    Args:
        margin: m, at least 0, in the unit of the distance; or several that differ.
        sample: Estimate from so many anchors, drawn without replacement from those that have
            triplets, against all rows: fractions and means with 95 % intervals, no counts. None
            for the exact values.
        seed: Of the draw and its bootstrap, and of `random-semi-hard`; 0 unless set. It is an
            error where nothing is drawn.
        top: How many anchors, or listed triplets, `worst` lists.
        sort: Which: `worst` (largest loss first, ties by more hard triplets), `best`, or `index`.
        soft_margin: The loss is log(1 + exp(D(a, p) - D(a, n))). The margin still makes the sorts.
        swap: D(a, n) is the smaller of D(a, n) and D(p, n).
        **loss: Other hyper-parameters of the triplet loss.
            distance: `sqeuclidean` (the default), `euclidean`, or `cosine` (1 - cos).
            mining: What the loss averages: `all`, `easy`, `semi-hard`, `hard`, `batch-hard` or
                `random-semi-hard`. Counts and fractions are of all triplets always.
            average: Which mean is `value`: `all` terms, or the `active` ones.
            normalize: Divide every row by its norm first (the default), or take it as it is.

    Source:
        Schroff et al. 2015 (FaceNet), eq. 3; section 3.2 for the sorts.
    """

    def __init__(
        self,
        margin: float | Sequence[float] = 0.2,
        *,
        sample: int | None = None,
        seed: int | None = None,
        top: int = 10,
        sort: str = "worst",
        soft_margin: bool = False,
        swap: bool = False,
        **loss: Any,
    ) -> None:
        self.margin, self.seed = margin, seed
        self.loss = {**loss, "soft_margin": soft_margin or None, "swap": swap or None}
        self.wanted, self.asked = Settings(sample), Asked(None, top, sort)

    def chosen(self, inputs: Inputs) -> Chosen:
        """The inputs of one of the forms of the triplet loss."""
        return inputs.of_loss(Triplet, "triplets")

    def prepared(self, given: Given, stock: Stock) -> tuple[Asking[TripletsResult], Room]:
        """Its form recognised, a loss made for each margin, its rows ready."""
        found = recognise(Triplet, given, _Command())
        losses = made_losses(
            found.form.name,
            tuple(given.names),
            self.margin,
            self.seed,
            self.wanted.sample,
            **self.loss,
        )
        built = build(losses[0], found, stock, per_row=PER_ROW + PER_MARGIN * len(losses))
        return self._result(losses, built), built.room

    def _result(self, losses: tuple[Triplet, ...], built: Built) -> Asking[TripletsResult]:
        result = yield from measure(losses, built.problem, self.wanted, self.asked, built.inputs)
        if built.numbering is not None:
            result = result.numbered(built.numbering)
        more = built.unread("contrast triplets")
        return dataclasses.replace(result, warnings=(*built.otherwise, *result.warnings, *more))


@dataclass(frozen=True)
class _Command:
    """Who asks for input, as its messages say it."""

    kind: str = "contrast triplets"
    assumes_stacked: bool = False
    most_views: int | None = Triplet.most_views
    files: tuple[str, ...] = ("embeddings", "positives", "negatives")

    def ways(self) -> list[tuple[str, str]]:
        """How the input is given."""
        return Triplet.ways(self.kind)


def triplets(*files: Data | None, **options: Any) -> TripletsResult:
    """How many triplets are easy, semi-hard and hard, exactly, and the loss over them.

    Args:
        *files: EMBEDDINGS, or anchors, positives and negatives row by row, as `Session` takes
            them; with `labels` a second file is the second view. By name `embeddings`,
            `positives`, `negatives`.
        **options: labels, triplets, views, dtype, join, on_bad and resources, as `Session` takes
            them; the margins, the loss, the sample, as `TripletsQuestion` does. Distances are in
            float64 unless the resources say otherwise; threads and memory change no bit.

    Returns:
        The result, with one entry of `margins` for each margin. Rows without a positive or a
        negative are in `undefined`. A mean over nothing is NaN; `mean_active` with none active
        is 0.

    Raises:
        ContrastError: Bad input or parameters, or no triplet; the message says what was expected,
            what was got and what to do.
    """
    if "positives" in options:
        options["keys"] = options.pop("positives")
    inputs, asked = split(options)
    margin = asked.pop("margin", Triplet.margin)
    return Session(*files, **inputs).ask_of_all(TripletsQuestion(margin, **asked))
