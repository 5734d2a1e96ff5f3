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


# Conventions: each library by its name, on random data.

LABELS = np.random.default_rng(9).integers(0, 8, size=N)
MATCH = np.arange(N) % 3 == 0
THIRD = np.random.default_rng(10).normal(size=(N, D))
BANK = np.random.default_rng(11).normal(size=(23, D))

PML = "pytorch-metric-learning"
ST = "sentence-transformers"


def printed(kind: str, convention: str, *rows: Rows, **given: Any) -> float:
    return cc.loss(kind, *rows, convention=convention, resources=EXACT, **given).value


def of_labels(kind: str, convention: str, **parameters: Any) -> float:
    return printed(kind, convention, sample()[0], labels=LABELS, **parameters)


def of_pytorch_metric_learning(name: str, rows: Rows, labels: Rows, **parameters: Any) -> float:
    torch = pytest.importorskip("torch")
    losses = pytest.importorskip("pytorch_metric_learning.losses")
    found = getattr(losses, name)(**parameters)(torch.from_numpy(rows), torch.from_numpy(labels))
    return float(found)


def of_sentence_transformers(
    name: str, *columns: Rows, labels: Rows | None = None, **parameters: Any
) -> float:
    """Its losses want a model: one that hands back the rows it is given."""
    torch = pytest.importorskip("torch")
    losses = pytest.importorskip("sentence_transformers.sentence_transformer.losses")

    class Identity(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, features: dict[str, Any]) -> dict[str, Any]:
            return {"sentence_embedding": features["rows"]}

    loss = getattr(losses, name)(Identity(), **parameters)
    classes = None if labels is None else torch.from_numpy(np.asarray(labels).astype(int))
    return float(loss([{"rows": torch.from_numpy(rows)} for rows in columns], classes))


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("contrastive", "ContrastiveLoss"),
        ("triplet", "TripletMarginLoss"),
        ("nt-xent", "NTXentLoss"),
        ("supcon", "SupConLoss"),
    ],
)
def test_labels_are_those_of_pytorch_metric_learning(kind: str, name: str) -> None:
    theirs = of_pytorch_metric_learning(name, sample()[0], LABELS)
    assert of_labels(kind, PML) == pytest.approx(theirs, rel=1e-10)


@pytest.mark.parametrize("margin", [0.2, 1.0])
@pytest.mark.parametrize(("kind", "option"), [("triplet", "margin"), ("contrastive", "neg_margin")])
def test_margins_are_those_of_pytorch_metric_learning(
    kind: str, option: str, margin: float
) -> None:
    name = {"triplet": "TripletMarginLoss", "contrastive": "ContrastiveLoss"}[kind]
    theirs = of_pytorch_metric_learning(name, sample()[0], LABELS, **{option: margin})
    assert of_labels(kind, PML, margin=margin) == pytest.approx(theirs, rel=1e-10)


def test_triplets_of_the_paper_are_those_of_pytorch_metric_learning_without_its_mean() -> None:
    torch = pytest.importorskip("torch")
    losses = pytest.importorskip("pytorch_metric_learning.losses")
    distances = pytest.importorskip("pytorch_metric_learning.distances")
    reducers = pytest.importorskip("pytorch_metric_learning.reducers")
    for swap in (False, True):
        for name, power in (("euclidean", 1), ("sqeuclidean", 2)):
            loss = losses.TripletMarginLoss(
                margin=0.2,
                swap=swap,
                distance=distances.LpDistance(power=power),
                reducer=reducers.MeanReducer(),
            )
            theirs = float(loss(torch.from_numpy(sample()[0]), torch.from_numpy(LABELS)))
            ours = of_labels("triplet", "paper", distance=name, swap=swap)
            assert ours == pytest.approx(theirs, rel=1e-10)


@pytest.mark.parametrize("margin", [0.5, 0.9])
def test_contrastive_is_that_of_sentence_transformers(margin: float) -> None:
    rows = sample()
    theirs = of_sentence_transformers("ContrastiveLoss", *rows, labels=MATCH, margin=margin)
    ours = printed("contrastive", ST, *rows, match=MATCH, margin=margin)
    assert ours == pytest.approx(theirs, rel=1e-10)


@pytest.mark.parametrize("margin", [5.0, 0.3])
def test_explicit_triplets_are_those_of_sentence_transformers(margin: float) -> None:
    rows = (*sample(), THIRD)
    theirs = of_sentence_transformers("TripletLoss", *rows, triplet_margin=margin)
    assert printed("triplet", ST, *rows, margin=margin) == pytest.approx(theirs, rel=1e-10)


@pytest.mark.parametrize("margin", [5.0, 0.3])
@pytest.mark.parametrize(
    ("name", "mining"),
    [
        ("BatchAllTripletLoss", "all"),
        ("BatchHardTripletLoss", "batch-hard"),
        ("BatchSemiHardTripletLoss", "semi-hard"),
    ],
)
def test_mining_is_that_of_sentence_transformers(name: str, mining: str, margin: float) -> None:
    theirs = of_sentence_transformers(name, sample()[0], labels=LABELS, margin=margin)
    ours = of_labels("triplet", ST, mining=mining, margin=margin)
    assert ours == pytest.approx(theirs, rel=1e-10)


def test_soft_batch_hard_is_that_of_sentence_transformers() -> None:
    theirs = of_sentence_transformers("BatchHardSoftMarginTripletLoss", sample()[0], labels=LABELS)
    ours = of_labels("triplet", ST, mining="batch-hard", soft_margin=True)
    assert ours == pytest.approx(theirs, rel=1e-10)


@pytest.mark.parametrize("scale", [20.0, 3.0])
def test_infonce_is_the_ranking_loss_of_sentence_transformers(scale: float) -> None:
    rows = sample()
    theirs = of_sentence_transformers("MultipleNegativesRankingLoss", *rows, scale=scale)
    assert printed("infonce", ST, *rows, scale=scale) == pytest.approx(theirs, rel=1e-10)
    beside = of_sentence_transformers("MultipleNegativesRankingLoss", *rows, THIRD, scale=scale)
    ours = printed("infonce", ST, *rows, THIRD[:, None], scale=scale)
    assert ours == pytest.approx(beside, rel=1e-10)


def test_nt_xent_of_labels_is_that_of_optax() -> None:
    optax, jax = pytest.importorskip("optax"), pytest.importorskip("jax")
    rows = sample()[0].astype(np.float32)
    theirs = optax.losses.ntxent(jax.numpy.asarray(rows), jax.numpy.asarray(LABELS))
    assert of_labels("nt-xent", "optax") == pytest.approx(float(theirs), rel=1e-5)


def test_infonce_with_negatives_is_that_of_info_nce_pytorch() -> None:
    torch, info_nce = pytest.importorskip("torch"), pytest.importorskip("info_nce")
    first, second, bank = (torch.from_numpy(rows) for rows in (*sample(), BANK))
    shared = float(info_nce.InfoNCE()(first, second, bank))
    ours = printed("infonce", "info-nce-pytorch", *sample(), bank=BANK)
    assert ours == pytest.approx(shared, rel=1e-10)
    own = np.random.default_rng(12).normal(size=(N, 5, D))
    paired = info_nce.InfoNCE(negative_mode="paired")(first, second, torch.from_numpy(own))
    ours = printed("infonce", "paper", *sample(), own, tau=0.1)
    assert ours == pytest.approx(float(paired), rel=1e-10)


def test_infonce_with_a_bank_is_nt_xent_of_lightly_with_a_memory() -> None:
    torch, loss = pytest.importorskip("torch"), pytest.importorskip("lightly.loss")
    theirs = loss.NTXentLoss(memory_bank_size=BANK.shape)
    theirs.memory_bank.bank = unit(torch, BANK)
    first, second = (torch.from_numpy(rows) for rows in sample())
    ours = printed("infonce", "lightly", *sample(), bank=BANK)
    assert ours == pytest.approx(float(theirs(first, second)), rel=1e-10)


@pytest.mark.parametrize(
    ("kind", "module", "name"),
    [
        ("nt-xent", "ntx_ent_loss", "NTXentLoss"),
        ("dcl", "dcl_loss", "DCLLoss"),
        ("align-uniform", "hypersphere_loss", "HypersphereLoss"),
    ],
)
def test_two_views_are_those_of_lightly(kind: str, module: str, name: str) -> None:
    torch = pytest.importorskip("torch")
    losses = pytest.importorskip(f"lightly.loss.{module}")
    first, second = (torch.from_numpy(rows) for rows in sample())
    theirs = float(getattr(losses, name)()(first, second))
    # Its NT-Xent and DCL stay in float64; 1e-9 leaves room for pdist.
    assert printed(kind, "lightly", *sample()) == pytest.approx(theirs, rel=1e-9)


def test_clip_and_siglip_are_those_of_open_clip() -> None:
    torch, losses = pytest.importorskip("torch"), pytest.importorskip("open_clip.loss")
    first, second = (torch.from_numpy(rows) for rows in sample())
    clip = float(losses.ClipLoss()(first, second, 1 / 0.07))
    assert printed("clip", "open_clip", *sample()) == pytest.approx(clip, rel=1e-10)
    siglip = float(losses.SigLipLoss()(first, second, 10.0, -10.0))
    assert printed("siglip", "open_clip", *sample()) == pytest.approx(siglip, rel=1e-10)


def test_uniformity_is_that_of_torch_pdist() -> None:
    torch = pytest.importorskip("torch")
    for convention, rows in (
        ("paper", unit(torch, sample()[0])),
        ("align_uniform", torch.from_numpy(sample()[0])),
    ):
        theirs = torch.pdist(rows).pow(2).mul(-2).exp().mean().log()
        ours = printed("uniformity", convention, sample()[0])
        assert ours == pytest.approx(float(theirs), rel=1e-10)


def test_cross_entropy_is_that_of_torch() -> None:
    torch = pytest.importorskip("torch")
    rows, prototypes = (torch.from_numpy(x) for x in (sample()[0], BANK[:8]))
    cross_entropy = torch.nn.functional.cross_entropy
    theirs = float(cross_entropy(rows @ prototypes.T / 0.3, torch.from_numpy(LABELS)))
    ours = printed(
        "cross-entropy", "paper", sample()[0], prototypes=BANK[:8], labels=LABELS, tau=0.3
    )
    assert ours == pytest.approx(theirs, rel=1e-10)
