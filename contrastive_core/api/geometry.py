"""The metrics of a space in one call."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from ..engines import run
from ..geometry.facts import room_for
from ..geometry.measure import measure
from ..geometry.result import MetricsResult
from ..geometry.settings import Settings, chosen_metrics
from ..inputs import Given
from ..inputs.clouds import build_clouds
from ..plan import answer
from ..resources import Resources
from ..sources import Reading
from ..summary import Asked
from .losses import Data


def metrics(
    embeddings: Data | None = None,
    keys: Data | None = None,
    *,
    labels: Data | None = None,
    pairs: Data | None = None,
    views: str | None = None,
    dtype: str | None = None,
    join: str | None = None,
    on_bad: str = "stop",
    metrics: Sequence[str] = (),
    t: float = 2.0,
    alpha: float = 2.0,
    duplicate_threshold: float = 0.999,
    sample: int | None = None,
    seed: int = 0,
    top: int = 10,
    sort: str = "worst",
    resources: Resources | None = None,
) -> MetricsResult:
    """The geometry of saved embeddings: each metric beside its reference levels.

    What each metric is, with formula and source, is in `METRICS[name]`. n are samples, d
    dimensions. Two files, or two views, are aligned row by row: metrics of one cloud then come
    for both, as `name` and `name.keys`.

    Args:
        embeddings: (n, d) rows; or two views, (2, n, d) or (n, 2, d), or (2n, d) with `views`.
        keys: The positives, row by row, (n, d).
        labels: One class per row or sample, integers or strings, None for no class, (n,).
        pairs: Rows (i, j) of indices of positive pairs, for alignment, (p, 2).
        views: `stacked`, `interleaved`, `first` or `second`, where the shape does not decide. A
            2-D file is one cloud unless it is said here that it holds two views.
        dtype: `bfloat16` where two-byte numbers that are stored without a type (void, or integers)
            are that, in at least one of the files; the others are read by their own types.
        join: The column of ids by which rows of other files are put into the order of
            `embeddings`; without, ids that both files have are compared.
        on_bad: `stop` at rows that hold NaN, infinity or null, are ragged, or are null vectors
            where a direction is needed; or `drop` them, with their pairs, labels and views, which
            `dropped` of the result says.
        metrics: Names of the metrics to measure; none for all whose inputs are there.
        t: Of uniformity.
        alpha: Of alignment.
        duplicate_threshold: Cosine above which two rows are twins.
        sample: Estimate what is a mean over pairs or rows from so many rows drawn, against all
            rows, with an interval; None for the exact values.
        seed: Of the draw, its bootstrap, and the simulated levels.
        top: How many rows `worst` lists.
        sort: Which: `worst` (largest alignment; without positives the most crowded), `best`, or
            `index`.
        resources: Threads, memory bound, precision of the similarities, progress. Unless set it
            is float32, or float64 for rows in a narrow cone (mean cosine > 0.99) and for t > 100.
            Sums over rows, the spectrum and distances of positives are in float64 always.

    Returns:
        The metrics; one that is undefined on these data is NaN, with the reason.

    Raises:
        ContrastError: Bad input or parameters, or no metric that the input allows; the message
            says what was expected, what was got and what to do.
    """
    listed = Asked(None, top, sort)
    settings = Settings(t, alpha, duplicate_threshold, sample, seed)
    reading = Reading(dtype, join, on_bad)
    given = Given(embeddings, keys, labels=labels, pairs=pairs, views=views, reading=reading)
    return metrics_of(given, settings, metrics, listed, resources or Resources())


def metrics_of(
    given: Given, settings: Settings, names: Sequence[str], listed: Asked, means: Resources
) -> MetricsResult:
    """The same of inputs that are named already.

    Args:
        given: EMBEDDINGS, KEYS, labels, pairs, views.
        settings: The parameters.
        names: Names of the metrics to measure; none for all whose inputs are there.
        listed: Which rows `worst` lists.
        means: Threads, memory bound, precision, progress.

    Raises:
        ContrastError: As `metrics` does.
    """
    chosen = chosen_metrics(names)
    clouds = build_clouds(
        given,
        means,
        partial(room_for, frozenset(chosen), threads=means.workers),
        settings.t,
    )
    engine = partial(run, workers=clouds.room.workers, tile=means.tile)
    question = measure(clouds, settings, names, listed)
    with np.errstate(over="ignore", invalid="ignore"):  # what is not a number is said to be none
        return answer(question, engine, means.progress)
