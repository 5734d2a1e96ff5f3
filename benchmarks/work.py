"""What is timed: the floor, our losses, and the same losses in other libraries."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

import contrastive_core as cc
from contrastive_core.engines import run
from contrastive_core.evaluate import Work, evaluate
from contrastive_core.inputs import Given, build, recognise
from contrastive_core.losses import LOSSES, make_loss

Rows = npt.NDArray[np.float32]

BLOCK = 2048
"""Edge of a block of the floor's matrix product."""

CLASSES = 56
"""Classes of the lines with labels."""


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Args:
        name: What it is.
        run: Does the work once and returns its value; None where the value means nothing.
        goal: The ratio to the floor to reach; None for a peer.
    """

    name: str
    run: Callable[[], float | None]
    goal: float | None = None


def rows(n: int, d: int, seed: int = 0) -> Rows:
    """Random rows, the second half of them noisy copies of the first: two stacked views."""
    rng = np.random.default_rng(seed)
    first = rng.standard_normal((n // 2, d), dtype=np.float32)
    second = first + rng.standard_normal((n // 2, d), dtype=np.float32)
    return np.concatenate([first, second])


def product(x: Rows) -> Callable[[], None]:
    """The floor: every row with every row, n x n x d, in blocks, on all cores."""
    other = x.copy()  # one buffer on both sides would go to another, slower routine
    out = np.empty((min(BLOCK, len(x)), min(BLOCK, len(x))), np.float32)

    def run() -> None:
        for i in range(0, len(x), BLOCK):
            for j in range(0, len(x), BLOCK):
                left, right = x[i : i + BLOCK], other[j : j + BLOCK]
                np.matmul(left, right.T, out=out[: len(left), : len(right)])

    return run


def ours(
    kind: str, x: Rows, *, threads: int = 0, standings: bool = False, **how: Any
) -> Callable[[], float]:
    """One of our losses, from rows in memory to the loss of every sample.

    Args:
        kind: The loss.
        x: Rows.
        threads: Threads; 0 for all processors.
        standings: Whether rank and hardest negative are found too.
        **how: Inputs beside the rows (`labels`, `views`) and hyper-parameters.
    """
    means = cc.Resources(threads=threads)
    beside = {name: how.pop(name) for name in ("labels", "views") if name in how}

    def once() -> float:
        given = Given(x, **beside)
        found = recognise(LOSSES[kind], given)
        loss = make_loss(kind, input_form=found.form.name, inputs=given.names, **how)
        built = build(loss, found, means)
        engine = partial(run, workers=built.room.workers)
        return evaluate(loss, built.problem, Work(engine, engine, standings=standings)).mean

    return once


def torch_nt_xent(x: Rows, tau: float) -> Callable[[], float]:
    """NT-Xent in torch: cross-entropy over the full matrix of cosines, without gradients."""
    import torch
    from torch.nn.functional import cross_entropy, normalize

    rows_in_torch = torch.from_numpy(x)
    n = len(x)
    labels = (torch.arange(n) + n // 2) % n

    def run() -> float:
        with torch.no_grad():
            z = normalize(rows_in_torch, dim=1)
            logits = z @ z.T / tau
            logits.fill_diagonal_(float("-inf"))
            return float(cross_entropy(logits, labels, reduction="none").mean())

    return run


def lines(n: int, d: int) -> list[Line]:
    """The lines of the table: the floor first."""
    x = rows(n, d)
    y = np.random.default_rng(1).integers(CLASSES, size=n)
    stacked: dict[str, Any] = {"views": "stacked"}
    found = [
        Line(f"product, {n} x {n} x {d}", product(x)),
        Line("nt-xent, per-sample losses", ours("nt-xent", x, **stacked), goal=0.65),
        Line("nt-xent, one thread", ours("nt-xent", x, threads=1, **stacked)),
        Line("nt-xent, tau 0.01 (shifted)", ours("nt-xent", x, tau=0.01, **stacked)),
        Line("nt-xent, rank and hardest too", ours("nt-xent", x, standings=True, **stacked)),
        Line("infonce, n/2 keys", ours("infonce", x, tau=0.5, **stacked)),
        Line("clip, n/2 pairs, both directions", ours("clip", x, tau=0.5, **stacked)),
        Line("siglip, n/2 pairs", ours("siglip", x, **stacked)),
        Line(f"supcon, {CLASSES} classes", ours("supcon", x, labels=y)),
        Line("uniformity", ours("uniformity", x)),
        Line(f"contrastive, {CLASSES} classes (float64)", ours("contrastive", x, labels=y)),
        Line(f"all triplets, {CLASSES} classes (float64)", ours("triplet", x, labels=y)),
    ]
    if importlib.util.find_spec("torch"):
        found.append(Line("nt-xent in torch", torch_nt_xent(x, 0.5)))
    return found
