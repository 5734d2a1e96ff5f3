"""How hard triplets are, from files or arrays in one call."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from ..engines import run
from ..hardness.measure import PER_MARGIN, PER_ROW, measure
from ..hardness.result import TripletsResult
from ..hardness.settings import Settings, made_losses
from ..inputs import Given, build, recognise
from ..losses import Triplet
from ..plan import answer
from ..resources import Resources
from ..sources import Reading
from ..summary import Asked
from .losses import Data


def triplets(
    embeddings: Data | None = None,
    positives: Data | None = None,
    negatives: Data | None = None,
    *,
    labels: Data | None = None,
    triplets: Data | None = None,
    views: str | None = None,
    dtype: str | None = None,
    join: str | None = None,
    on_bad: str = "stop",
    margin: float | Sequence[float] = 0.2,
    distance: str | None = None,
    mining: str | None = None,
    average: str | None = None,
    soft_margin: bool = False,
    swap: bool = False,
    normalize: bool | None = None,
    sample: int | None = None,
    seed: int | None = None,
    top: int = 10,
    sort: str = "worst",
    resources: Resources | None = None,
) -> TripletsResult:
    """How many triplets are easy, semi-hard and hard, exactly, and the loss over them.

        hard:       D(a, n) <= D(a, p)
        semi-hard:  D(a, p) <  D(a, n) <  D(a, p) + m
        easy:       D(a, n) >= D(a, p) + m

    of an anchor a, a positive p (a row of its class) and a negative n (a row of another). An easy
    triplet has loss 0; what is not easy is active. With labels all triplets are counted without a
    visit to any: at every anchor the negatives are sorted once, for all margins. n are samples, d
    dimensions.

    Args:
        embeddings: (n, d) rows; views of n samples with `labels`, (2, n, d) or (n, 2, d); the
            anchors where three files are given.
        positives: Row by row the positive of each anchor, (n, d); with `labels` the second view.
        negatives: Row by row the negative of each anchor, (n, d).
        labels: One class per sample, integers or strings, None for no class: such a row has no
            positives and is nobody's negative, (n,).
        triplets: Rows (anchor, positive, negative) of indices, (t, 3).
        views: `stacked`, `interleaved`, `first` or `second`, where the shape does not decide.
        dtype: `bfloat16` where two-byte numbers that are stored without a type (void, or integers)
            are that, in at least one of the files; the others are read by their own types.
        join: The column of ids by which rows of other files are put into the order of
            `embeddings`; without, ids that both files have are compared.
        on_bad: `stop` at rows that hold NaN, infinity or null, are ragged, or are null vectors
            where a direction is needed; or `drop` them, with their pairs, labels and views, which
            `dropped` of the result says.
        margin: m, at least 0, in the unit of the distance; or several that differ.
        distance: `sqeuclidean` (the default), `euclidean`, or `cosine` (1 - cos).
        mining: What the loss averages: `all`, `easy`, `semi-hard`, `hard`, `batch-hard` or
            `random-semi-hard`. Counts and fractions are of all triplets always.
        average: Which mean is `value`: `all` terms, or the `active` ones.
        soft_margin: The loss is log(1 + exp(D(a, p) - D(a, n))). The margin still makes the sorts.
        swap: D(a, n) is the smaller of D(a, n) and D(p, n).
        normalize: Divide every row by its norm first (the default), or take it as it is.
        sample: Estimate from so many anchors, drawn without replacement from those that have
            triplets, against all rows: fractions and means with 95 % intervals, no counts. None
            for the exact values.
        seed: Of the draw and its bootstrap, and of `random-semi-hard`; 0 unless set. It is an
            error where nothing is drawn.
        top: How many anchors, or listed triplets, `worst` lists.
        sort: Which: `worst` (largest loss first, ties by more hard triplets), `best`, or `index`.
        resources: Threads, memory bound, precision of the distances (float64 unless set),
            progress. Threads and memory change no bit.

    Returns:
        The result, with one entry of `margins` for each margin. Rows without a positive or a
        negative are in `undefined`. A mean over nothing is NaN; `mean_active` with none active
        is 0.

    Raises:
        ContrastError: Bad input or parameters, or no triplet; the message says what was expected,
            what was got and what to do.

    Source:
        Schroff et al. 2015 (FaceNet), eq. 3; section 3.2 for the sorts.
    """
    asked = Asked(None, top, sort)
    given = Given(
        embeddings,
        positives,
        negatives,
        labels=labels,
        triplets=triplets,
        views=views,
        reading=Reading(dtype, join, on_bad),
    )
    loss = {
        "distance": distance,
        "mining": mining,
        "average": average,
        "soft_margin": soft_margin or None,
        "swap": swap or None,
        "normalize": normalize,
    }
    which = WhichTriplets(margin, loss, sample, seed)
    return triplets_of(which, given, asked, resources or Resources())


@dataclass(frozen=True)
class WhichTriplets:
    """What is asked about triplets, before the input is known.

    Args:
        margin: m, or several that differ.
        loss: Other hyper-parameters of the loss; None for one that is not set.
        sample: How many anchors are drawn; None for all.
        seed: Of the draw, and of `random-semi-hard`; None for what is not set.
    """

    margin: float | Sequence[float] = 0.2
    loss: Mapping[str, Any] = field(default_factory=dict)
    sample: int | None = None
    seed: int | None = None


def triplets_of(
    which: WhichTriplets, given: Given, asked: Asked, means: Resources
) -> TripletsResult:
    """The same of inputs that are named already.

    Args:
        which: The margins, the loss, the sample.
        given: The inputs.
        asked: Which anchors, or listed triplets, `worst` lists.
        means: Threads, memory bound, precision, progress.

    Raises:
        ContrastError: As `triplets` does.
    """
    wanted = Settings(which.sample)
    found = recognise(Triplet, given, _Command())
    losses = made_losses(
        found.form.name,
        tuple(given.names),
        which.margin,
        which.seed,
        wanted.sample,
        **which.loss,
    )
    built = build(losses[0], found, means, per_row=PER_ROW + PER_MARGIN * len(losses))
    engine = partial(run, workers=built.room.workers, tile=means.tile)
    question = measure(losses, built.problem, wanted, asked, built.inputs)
    with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused there
        result = answer(question, engine, means.progress)
    if built.numbering is not None:
        result = result.numbered(built.numbering)
    more = built.unread("contrast triplets")
    return dataclasses.replace(result, warnings=(*result.warnings, *more))


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
