"""Our contestants: from rows in memory to the loss of every sample, and the matrix product."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

import contrastive_core as cc
from contrastive_core.engines import run
from contrastive_core.evaluate import evaluate
from contrastive_core.evaluation import Evaluation
from contrastive_core.inputs import Given, build, recognise
from contrastive_core.inputs.stock import Stock
from contrastive_core.losses import LOSSES, make_loss
from contrastive_core.plan import answer

from .data import classes, clustered, two_files, two_views
from .outcomes import Outcome, Prepare, Ready

BLOCK = 2048
"""Edge of a block of the floor's matrix product."""


def product(n: int, d: int) -> Ready:
    """The floor: every row with every row, n x n x d, in blocks, on all cores."""
    x = two_views(n, d)
    other = x.copy()  # one buffer on both sides would go to another, slower routine
    edge = min(BLOCK, len(x))
    out = np.empty((edge, edge), np.float32)

    def once() -> Outcome:
        for i in range(0, len(x), BLOCK):
            for j in range(0, len(x), BLOCK):
                left, right = x[i : i + BLOCK], other[j : j + BLOCK]
                np.matmul(left, right.T, out=out[: len(left), : len(right)])
        return Outcome()

    return Ready(once, x.nbytes)


def product_of(threads: int) -> Prepare:
    """The floor on some threads of the BLAS."""

    def prepare(n: int, d: int) -> Ready:
        ready = product(n, d)

        def once() -> Outcome:
            with threadpool_limits(limits=threads, user_api="blas"):
                return ready.run()

        return Ready(once, ready.input_bytes)

    return prepare


def evaluated(
    kind: str,
    given: dict[str, Any],
    *,
    standings: bool = False,
    resources: cc.Resources | None = None,
    **parameters: Any,
) -> Evaluation:
    """The loss of every sample, without the summary that a command adds.

    Args:
        kind: The loss.
        given: Inputs by name.
        standings: Whether rank and hardest negative of every sample are found too.
        resources: Threads, memory, precision.
        **parameters: Of the loss.
    """
    means = resources or cc.Resources()
    found = recognise(LOSSES[kind], Given(**given))
    loss = make_loss(kind, input_form=found.form.name, inputs=Given(**given).names, **parameters)
    built = build(loss, found, Stock(means))
    engine = partial(run, workers=built.room.workers)
    return answer(evaluate(loss, built.problem, standings=standings), engine)


def _ready(kind: str, given: dict[str, Any], **how: Any) -> Ready:
    """One call of `evaluated` on data."""

    def once() -> Outcome:
        found = evaluated(kind, given, **how)
        digest = hashlib.sha256(np.ascontiguousarray(found.values).tobytes()).hexdigest()
        return Outcome({"value": found.mean}, digest)

    return Ready(once, _size(given))


def _size(given: dict[str, Any]) -> int:
    return sum(getattr(value, "nbytes", 0) for value in given.values())


def of_views(kind: str, *, threads: int = 0, **how: Any) -> Prepare:
    """A loss of two stacked views."""

    def prepare(n: int, d: int) -> Ready:
        given = {"embeddings": two_views(n, d), "views": "stacked"}
        return _ready(kind, given, resources=cc.Resources(threads=threads), **how)

    return prepare


def of_files(kind: str, **how: Any) -> Prepare:
    """A loss of two files of n rows each."""

    def prepare(n: int, d: int) -> Ready:
        anchors, keys = two_files(n, d)
        return _ready(kind, {"embeddings": anchors, "keys": keys}, **how)

    return prepare


def of_labels(kind: str, **how: Any) -> Prepare:
    """A loss of labelled rows."""

    def prepare(n: int, d: int) -> Ready:
        return _ready(kind, {"embeddings": two_views(n, d), "labels": classes(n)}, **how)

    return prepare


def of_cloud(kind: str, **how: Any) -> Prepare:
    """A loss of rows alone."""

    def prepare(n: int, d: int) -> Ready:
        return _ready(kind, {"embeddings": two_views(n, d)}, **how)

    return prepare


def whole_call(kind: str, *, per_sample: bool) -> Prepare:
    """`contrastive_core.loss`: with the worst ten, quantiles and warnings."""

    def prepare(n: int, d: int) -> Ready:
        x = two_views(n, d)

        def once() -> Outcome:
            return Outcome(
                {"value": cc.loss(kind, x, views="stacked", per_sample=per_sample).value}
            )

        return Ready(once, x.nbytes)

    return prepare


def counted(n: int, d: int) -> Ready:
    """All triplets of labels: both means and the three counts."""
    x, labels = clustered(n, d)

    def once() -> Outcome:
        (found,) = cc.triplets(x, labels=labels, top=0).margins
        counts = {name: float(count) for name, count in vars(found.counts).items()}
        return Outcome({"mean": found.loss.mean, "mean_active": found.loss.mean_active, **counts})

    return Ready(once, x.nbytes + labels.nbytes)


def measured(n: int, d: int) -> Ready:
    """All metrics of one cloud with labels: every row's neighbours among them."""
    x, labels = clustered(n, d)

    def once() -> Outcome:
        found = cc.metrics(x, labels=labels, top=0).metrics
        return Outcome({"uniformity": found["uniformity"].value})

    return Ready(once, x.nbytes + labels.nbytes)


def uniformity_of_clusters(n: int, d: int) -> Ready:
    """Uniformity of the rows that `measured` has."""
    x, _ = clustered(n, d)
    return Ready(_named("uniformity", _ready("uniformity", {"embeddings": x}).run), x.nbytes)


def _named(name: str, once: Callable[[], Outcome]) -> Callable[[], Outcome]:
    return lambda: Outcome({name: once().values["value"]})


FILE_TAU = 0.5
"""Temperature of a saved file's loss."""


def from_file(kind: str, *, share: int = 1, memory: int = 512 * 2**20) -> Prepare:
    """A loss of a saved file, of n / share rows, within a bound on working memory."""

    def prepare(n: int, d: int) -> Ready:
        folder = tempfile.TemporaryDirectory(prefix="benchmarks.")
        path = Path(folder.name) / "x.npy"
        np.save(path, two_views(n // share, d))
        means = cc.Resources(memory=memory)

        def once(kept: object = folder) -> Outcome:
            del kept  # the folder lives as long as this function
            return Outcome(
                {"value": cc.loss(kind, path, views="stacked", tau=FILE_TAU, resources=means).value}
            )

        return Ready(once, path.stat().st_size, memory)

    return prepare
