"""The same numbers as the libraries themselves, where their definitions coincide with ours."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import contrastive_core as cc
from contrastive_core import Resources

Rows = npt.NDArray[Any]

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore"),  # theirs, not ours: deprecations at import
]

EXACT = Resources(precision="float64")
N, D = 37, 11


def sample() -> tuple[Rows, Rows]:
    rng = np.random.default_rng(4)
    first = rng.normal(size=(N, D))
    return first, first + 0.7 * rng.normal(size=(N, D))


def exact(kind: str, **parameters: Any) -> float:
    return cc.loss(kind, *sample(), resources=EXACT, **parameters).value


def unit(torch: Any, rows: Rows) -> Any:
    return torch.nn.functional.normalize(torch.from_numpy(rows), dim=1)


@pytest.mark.parametrize("tau", [0.07, 0.5])
@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_infonce_is_cross_entropy_of_torch(tau: float, similarity: str) -> None:
    torch = pytest.importorskip("torch")
    first, second = (torch.from_numpy(rows) for rows in sample())
    if similarity == "cosine":
        first, second = (unit(torch, rows) for rows in sample())
    cross_entropy = torch.nn.functional.cross_entropy
    logits, target = first @ second.T / tau, torch.arange(N)
    there, back = cross_entropy(logits, target), cross_entropy(logits.T, target)
    how = {"tau": tau, "similarity": similarity}
    assert exact("infonce", **how) == pytest.approx(float(there), rel=1e-12)
    assert exact("infonce", symmetric=True, **how) == pytest.approx(
        float((there + back) / 2), rel=1e-12
    )
    assert exact("clip", **how) == pytest.approx(float((there + back) / 2), rel=1e-12)


@pytest.mark.parametrize("tau", [0.07, 0.5])
def test_nt_xent_is_cross_entropy_of_torch_over_all_others(tau: float) -> None:
    torch = pytest.importorskip("torch")
    z = torch.cat([unit(torch, rows) for rows in sample()])
    logits = (z @ z.T / tau).fill_diagonal_(-torch.inf)
    target = torch.cat([torch.arange(N, 2 * N), torch.arange(N)])
    each = torch.nn.functional.cross_entropy(logits, target, reduction="none")
    assert exact("nt-xent", tau=tau) == pytest.approx(float(each.mean()), rel=1e-12)
    over_views = exact("infonce", denominator="views", tau=tau)
    assert over_views == pytest.approx(float(each[:N].mean()), rel=1e-12)


def test_three_views_of_nt_xent_are_the_supervised_loss_of_torch() -> None:
    torch = pytest.importorskip("torch")
    views = np.random.default_rng(8).normal(size=(3, N, D))
    z = unit(torch, views.reshape(-1, D))
    logits = (z @ z.T / 0.2).fill_diagonal_(-torch.inf)
    shares = torch.log_softmax(logits, dim=1)
    labels = torch.arange(N).repeat(3)
    positive = (labels[:, None] == labels) & ~torch.eye(3 * N, dtype=torch.bool)
    expected = -torch.where(positive, shares, 0.0).sum(dim=1) / positive.sum(dim=1)
    found = cc.loss("nt-xent", views, views="first", tau=0.2, resources=EXACT)
    assert found.samples.loss == pytest.approx(expected.numpy(), rel=1e-12)


@pytest.mark.parametrize("tau", [0.07, 0.5])
def test_nt_xent_is_that_of_lightly(tau: float) -> None:
    torch = pytest.importorskip("torch")
    loss = pytest.importorskip("lightly.loss")
    first, second = (torch.from_numpy(rows) for rows in sample())
    theirs = float(loss.NTXentLoss(temperature=tau)(first, second))
    assert exact("nt-xent", tau=tau) == pytest.approx(theirs, rel=1e-6)


def test_the_default_temperature_of_nt_xent_is_that_of_lightly() -> None:
    torch = pytest.importorskip("torch")
    loss = pytest.importorskip("lightly.loss")
    first, second = (torch.from_numpy(rows) for rows in sample())
    assert exact("nt-xent") == pytest.approx(float(loss.NTXentLoss()(first, second)), rel=1e-6)


@pytest.mark.parametrize("tau", [0.07, 0.5])
def test_nt_xent_of_two_views_is_that_of_optax(tau: float) -> None:
    """Per ordered positive pair; with two views an anchor has one, and the denominators agree."""
    optax = pytest.importorskip("optax")
    jax = pytest.importorskip("jax")
    rows = np.concatenate(sample()).astype(np.float32)
    labels = np.tile(np.arange(N), 2)
    theirs = optax.losses.ntxent(jax.numpy.asarray(rows), jax.numpy.asarray(labels), tau)
    assert exact("nt-xent", tau=tau) == pytest.approx(float(theirs), rel=1e-5)


@pytest.mark.parametrize("tau", [0.1, 0.5])
def test_infonce_is_that_of_info_nce_pytorch(tau: float) -> None:
    torch = pytest.importorskip("torch")
    info_nce = pytest.importorskip("info_nce")
    first, second = (torch.from_numpy(rows) for rows in sample())
    theirs = float(info_nce.InfoNCE(temperature=tau)(first, second))
    assert exact("infonce", tau=tau) == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize("tau", [0.07, 0.5])
def test_nt_xent_of_two_views_is_that_of_pytorch_metric_learning(tau: float) -> None:
    torch = pytest.importorskip("torch")
    losses = pytest.importorskip("pytorch_metric_learning.losses")
    rows = torch.from_numpy(np.concatenate(sample()))
    theirs = losses.NTXentLoss(temperature=tau)(rows, torch.arange(N).repeat(2))
    assert exact("nt-xent", tau=tau) == pytest.approx(float(theirs), rel=1e-6)


def test_nt_xent_of_three_views_is_supcon_of_pytorch_metric_learning() -> None:
    torch = pytest.importorskip("torch")
    losses = pytest.importorskip("pytorch_metric_learning.losses")
    views = np.random.default_rng(8).normal(size=(3, N, D))
    rows, labels = torch.from_numpy(views.reshape(-1, D)), torch.arange(N).repeat(3)
    theirs = losses.SupConLoss(temperature=0.1)(rows, labels)
    found = cc.loss("nt-xent", views, views="first", tau=0.1, resources=EXACT).value
    assert found == pytest.approx(float(theirs), rel=1e-6)


def test_float32_is_as_near_to_torch_in_float64_as_torch_in_float32() -> None:
    torch = pytest.importorskip("torch")
    z = torch.cat([unit(torch, rows) for rows in sample()])
    logits = (z @ z.T / 0.07).fill_diagonal_(-torch.inf)
    target = torch.cat([torch.arange(N, 2 * N), torch.arange(N)])
    theirs = float(torch.nn.functional.cross_entropy(logits, target))
    ours = cc.loss("nt-xent", *sample(), tau=0.07).value
    assert ours == pytest.approx(theirs, rel=1e-5)
