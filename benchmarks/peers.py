"""The same numbers in other libraries, as their users call them; no gradients.

Each imports its library when it is prepared, so that neither import nor compilation is timed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from contrastive_core.resources import available_processors

from .data import classes, clustered, two_files, two_views
from .outcomes import Outcome, Prepare, Ready

MARGIN = 0.2
"""Of the triplet losses."""

_T = 2.0
"""t of uniformity."""


def _torch() -> Any:
    """The library, on all processors that this process may use."""
    import torch

    torch.set_num_threads(available_processors())
    return torch


def _quietly(torch: Any, loss: Callable[[], Any], name: str = "value") -> Callable[[], Outcome]:
    """The loss as a number, without what a gradient would need."""

    def once() -> Outcome:
        with torch.no_grad():
            return Outcome({name: float(loss())})

    return once


def torch_nt_xent(tau: float) -> Prepare:
    """Cross-entropy over the full matrix of cosines."""

    def prepare(n: int, d: int) -> Ready:
        torch = _torch()
        x = torch.from_numpy(two_views(n, d))
        labels = (torch.arange(n) + n // 2) % n

        def loss() -> Any:
            z = torch.nn.functional.normalize(x, dim=1)
            logits = z @ z.T / tau
            logits.fill_diagonal_(float("-inf"))
            return torch.nn.functional.cross_entropy(logits, labels)

        return Ready(_quietly(torch, loss), x.numpy().nbytes)

    return prepare


def torch_both_ways(tau: float) -> Prepare:
    """InfoNCE of two files in both directions: two cross-entropies of one matrix."""

    def prepare(n: int, d: int) -> Ready:
        torch = _torch()
        anchors, keys = (torch.from_numpy(rows) for rows in two_files(n, d))
        target = torch.arange(n)

        def loss() -> Any:
            functional = torch.nn.functional
            logits = functional.normalize(anchors, dim=1) @ functional.normalize(keys, dim=1).T
            logits /= tau
            there = functional.cross_entropy(logits, target)
            return (there + functional.cross_entropy(logits.T, target)) / 2

        return Ready(_quietly(torch, loss), 2 * anchors.numpy().nbytes)

    return prepare


def torch_supcon(tau: float) -> Prepare:
    """Khosla et al. 2020, eq. 2, over the full matrix and a mask of positives."""

    def prepare(n: int, d: int) -> Ready:
        torch = _torch()
        x, labels = torch.from_numpy(two_views(n, d)), torch.from_numpy(classes(n))

        def loss() -> Any:
            z = torch.nn.functional.normalize(x, dim=1)
            logits = z @ z.T / tau
            logits.fill_diagonal_(float("-inf"))
            shares = torch.log_softmax(logits, dim=1)
            positive = (labels[:, None] == labels).fill_diagonal_(False)
            return -(shares.masked_fill_(~positive, 0.0).sum(1) / positive.sum(1)).mean()

        return Ready(_quietly(torch, loss), x.numpy().nbytes)

    return prepare


def torch_uniformity(n: int, d: int) -> Ready:
    """`uniform_loss` of align_uniform, of unit rows."""
    torch = _torch()
    x = torch.from_numpy(two_views(n, d))

    def loss() -> Any:
        z = torch.nn.functional.normalize(x, dim=1)
        return torch.pdist(z).pow(2).mul(-_T).exp().mean().log()

    return Ready(_quietly(torch, loss), x.numpy().nbytes)


def lightly_nt_xent(tau: float) -> Prepare:
    """NTXentLoss of lightly."""

    def prepare(n: int, d: int) -> Ready:
        torch = _torch()
        from lightly.loss import NTXentLoss

        first, second = torch.from_numpy(two_views(n, d)).chunk(2)
        criterion = NTXentLoss(temperature=tau)
        return Ready(_quietly(torch, lambda: criterion(first, second)), 2 * first.numpy().nbytes)

    return prepare


def optax_nt_xent(tau: float) -> Prepare:
    """`ntxent` of optax, compiled by JAX before it is timed."""

    def prepare(n: int, d: int) -> Ready:
        import jax
        import optax

        rows = two_views(n, d)
        x, labels = jax.numpy.asarray(rows), jax.numpy.asarray(np.arange(n) % (n // 2))
        compiled = jax.jit(lambda rows, labels: optax.losses.ntxent(rows, labels, tau))

        def once() -> Outcome:
            return Outcome({"value": float(compiled(x, labels))})

        return Ready(once, rows.nbytes)

    return prepare


def pml_nt_xent(tau: float) -> Prepare:
    """NTXentLoss of pytorch-metric-learning: both views of a sample share a label."""

    def prepare(n: int, d: int) -> Ready:
        torch = _torch()
        from pytorch_metric_learning.losses import NTXentLoss

        x, labels = torch.from_numpy(two_views(n, d)), torch.arange(n) % (n // 2)
        criterion = NTXentLoss(temperature=tau)
        return Ready(_quietly(torch, lambda: criterion(x, labels)), x.numpy().nbytes)

    return prepare


def pml_supcon(tau: float) -> Prepare:
    """SupConLoss of pytorch-metric-learning."""

    def prepare(n: int, d: int) -> Ready:
        torch = _torch()
        from pytorch_metric_learning.losses import SupConLoss

        x, labels = torch.from_numpy(two_views(n, d)), torch.from_numpy(classes(n))
        criterion = SupConLoss(temperature=tau)
        return Ready(_quietly(torch, lambda: criterion(x, labels)), x.numpy().nbytes)

    return prepare


def pml_triplets(n: int, d: int) -> Ready:
    """TripletMarginLoss of pytorch-metric-learning over all triplets, squared distances."""
    torch = _torch()
    from pytorch_metric_learning.distances import LpDistance
    from pytorch_metric_learning.losses import TripletMarginLoss
    from pytorch_metric_learning.reducers import MeanReducer

    x, labels = (torch.from_numpy(array) for array in clustered(n, d))
    criterion = TripletMarginLoss(
        margin=MARGIN, distance=LpDistance(power=2), reducer=MeanReducer()
    )
    return Ready(_quietly(torch, lambda: criterion(x, labels), "mean"), x.numpy().nbytes)


def batch_all(n: int, d: int) -> Ready:
    """BatchAllTripletLoss of sentence-transformers, of unit rows, squared distances."""
    torch = _torch()
    from sentence_transformers.sentence_transformer.losses import (
        BatchAllTripletLoss,
        BatchHardTripletLossDistanceFunction,
    )

    x, labels = (torch.from_numpy(array) for array in clustered(n, d))

    def squared(rows: Any) -> Any:
        return BatchHardTripletLossDistanceFunction.eucledian_distance(rows, squared=True)

    criterion = BatchAllTripletLoss(torch.nn.Identity(), distance_metric=squared, margin=MARGIN)

    def loss() -> Any:
        z = torch.nn.functional.normalize(x, dim=1)
        return criterion.batch_all_triplet_loss(labels, z)

    return Ready(_quietly(torch, loss, "mean_active"), x.numpy().nbytes)
