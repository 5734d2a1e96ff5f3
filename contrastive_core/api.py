"""The library's front door: a loss from files or arrays in one call."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from .engines import run
from .evaluate import evaluate
from .inputs import arrange, read
from .losses.declaration import make_loss
from .memory import make_room
from .resources import Resources
from .sources import ArraySource, Source, open_source
from .summary import LossResult, check_reduction, summarise

Embeddings = str | os.PathLike[str] | npt.NDArray[Any]


def loss(
    kind: str,
    embeddings: Embeddings,
    keys: Embeddings | None = None,
    *,
    views: str | None = None,
    reduction: str = "mean",
    per_sample: bool = False,
    resources: Resources | None = None,
    **parameters: Any,
) -> LossResult:
    """The value of a contrastive loss on saved embeddings, sample by sample.

    Args:
        kind: `infonce`, `nt-xent`, `clip`.
        embeddings: An array or the path of a file: (n, d) with `keys`; alone, (2, n, d) or
            (n, 2, d) views, or (2n, d) stacked views.
        keys: The positives, row by row, (n, d).
        views: `stacked`, `interleaved`, `first` or `second`, where the shape does not decide.
        reduction: `mean` or `sum`, over the samples that define the loss.
        per_sample: Also find rank and hardest negative of every sample; the losses of all samples
            are there without.
        resources: Threads, memory bound, precision, progress.
        **parameters: Hyper-parameters of the kind: `tau`, `similarity`, ...

    Returns:
        The result; all losses in nats.

    Raises:
        ContrastError: Bad input or parameters; the message says what was expected, what was got
            and what to do.
    """
    chosen = make_loss(kind, **parameters)
    check_reduction(reduction)
    means = resources or Resources()
    sources = _open(embeddings, keys)
    arrangement = arrange(sources, views)
    count = len(arrangement.strands)
    room = make_room(count * arrangement.n, arrangement.d, means, count)
    problem = read(arrangement, chosen, room, means.precision)
    quiet = partial(run, workers=room.workers, tile=means.tile)
    engine = partial(quiet, progress=means.progress)
    evaluation = evaluate(chosen, problem, engine, standings=per_sample)
    return summarise(evaluation, tuple(sources), reduction, quiet)


def _open(embeddings: Embeddings, keys: Embeddings | None) -> list[Source]:
    """The sources: one, two files, or two related columns of one table."""
    if keys is None:
        return _sources(embeddings, "embeddings", pairs=True)
    return _sources(embeddings, "embeddings") + _sources(keys, "keys")


def _sources(given: Embeddings, name: str, *, pairs: bool = False) -> list[Source]:
    if isinstance(given, str | os.PathLike):
        return open_source(given, pairs=pairs)
    return [ArraySource(np.asarray(given), name)]
