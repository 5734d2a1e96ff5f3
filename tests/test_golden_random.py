"""Random, unequal data against the textbook, where the input is more than aligned views."""

import numpy as np
import pytest
import textbook
import textbook_distance
import textbook_noise
from golden import FIRST, FURTHER, H_LABELS, LABELS, OWN, SECOND, H, Setting, exact, near
from textbook_arithmetic import mean

from contrastive_core import LossResult


def agrees(found: LossResult, expected: list[float]) -> None:
    assert found.samples.loss == pytest.approx(expected, rel=1e-11, abs=1e-12, nan_ok=True)
    assert found.value == near(mean(expected))


@pytest.mark.parametrize("similarity", ["cosine", "dot"])
@pytest.mark.parametrize("tau", [0.1, 1.3])
@pytest.mark.parametrize("denominator", ["keys", "views", "bank"])
def test_infonce_with_a_bank(denominator: str, tau: float, similarity: str) -> None:
    how: Setting = {"tau": tau, "similarity": similarity, "denominator": denominator}
    found = exact("infonce", FIRST, SECOND, bank=FURTHER, **how)
    views = [FIRST.tolist(), SECOND.tolist()]
    agrees(found, textbook.infonce(views, bank=FURTHER.tolist(), **how))


@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_infonce_with_own_negatives(similarity: str) -> None:
    found = exact("infonce", FIRST, SECOND, OWN, tau=0.4, similarity=similarity)
    expected = textbook.info_nce_over_own_negatives(
        FIRST.tolist(), SECOND.tolist(), OWN.tolist(), similarity, 0.4
    )
    agrees(found, expected)


@pytest.mark.parametrize("kind", ["supcon", "nt-xent"])
@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_labels_of_softmax_kinds(kind: str, similarity: str) -> None:
    found = exact(kind, FIRST, labels=LABELS, tau=0.3, similarity=similarity)
    labels = LABELS.tolist()
    agrees(found, textbook.supcon(FIRST.tolist(), labels, tau=0.3, similarity=similarity))


@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_cross_entropy(similarity: str) -> None:
    how: Setting = {"tau": 0.3, "similarity": similarity}
    found = exact("cross-entropy", FIRST, prototypes=FURTHER, labels=LABELS, **how)
    expected = textbook.cross_entropy(FIRST.tolist(), FURTHER.tolist(), LABELS.tolist(), **how)
    agrees(found, expected)


@pytest.mark.parametrize("log_z", [0.7, "auto", "fit"])
@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_expected_nce_under_unequal_noise(similarity: str, log_z: float | str) -> None:
    q = np.arange(1.0, 10.0) / 45
    how: Setting = {"noise_samples": 7, "tau": 0.6, "similarity": similarity, "log_z": log_z}
    found = exact("nce", FIRST, SECOND, expected=True, noise=q, **how)
    losses, at = textbook_noise.nce([FIRST.tolist(), SECOND.tolist()], noise=q.tolist(), **how)
    assert found.parameters["log_z"] == pytest.approx(at, rel=1e-7)
    assert found.samples.loss == pytest.approx(losses, rel=1e-6 if log_z == "fit" else 1e-11)
    assert found.value == near(mean(losses))


@pytest.mark.parametrize("log_z", [0.7, "auto", "fit"])
def test_nce_of_a_table_of_ready_scores(log_z: float | str) -> None:
    scores, q = np.random.default_rng(6).normal(size=(7, 5)), np.array([0.2, 0.9, 0.4, 0.01, 0.3])
    found = exact("nce", scores=scores, noise=q, log_z=log_z)
    losses, at = textbook_noise.nce_of_scores(scores.tolist(), q.tolist(), log_z=log_z)
    assert found.parameters["log_z"] == pytest.approx(at, rel=1e-7)
    assert found.samples.loss == pytest.approx(losses, rel=1e-6 if log_z == "fit" else 1e-11)
    assert found.value == near(mean(losses))


@pytest.mark.parametrize("normalize", [None, True])
@pytest.mark.parametrize("margin", [0.6, 2.0])
def test_contrastive_of_labels(margin: float, normalize: bool | None) -> None:
    how: Setting = {"margin": margin, "normalize": normalize}
    found = exact("contrastive", FIRST, labels=LABELS, **how)
    pairs, samples = textbook_distance.contrastive_labels(FIRST.tolist(), LABELS.tolist(), **how)
    assert found.samples.loss == pytest.approx(samples, rel=1e-11)
    assert found.value == near(mean(pairs))


def test_contrastive_of_cosine_distances() -> None:
    found = exact("contrastive", FIRST, labels=LABELS, distance="cosine", margin=0.5)
    pairs, _ = textbook_distance.contrastive_labels(
        FIRST.tolist(), LABELS.tolist(), distance="cosine", margin=0.5
    )
    assert found.value == near(mean(pairs))


def _margin(mining: str, more: Setting) -> Setting:
    """A margin, where it changes anything."""
    return {} if mining == "batch-hard" and "soft_margin" in more else {"margin": 0.4}


SOFT_SWAP = {"soft_margin": True, "swap": True}
TRIPLET_SETTINGS = [
    {"distance": distance, "mining": mining, **_margin(mining, more), **more}
    for distance in ("sqeuclidean", "euclidean", "cosine")
    for mining in ("all", "easy", "semi-hard", "hard", "batch-hard")
    for more in ({}, {"normalize": False}, {"soft_margin": True}, {"swap": True}, SOFT_SWAP)
    if not (distance == "cosine" and "normalize" in more)
]


@pytest.mark.parametrize("setting", TRIPLET_SETTINGS, ids=str)
def test_triplets_of_labels(setting: Setting) -> None:
    made = textbook_distance.triplets(FIRST.tolist(), LABELS.tolist(), **setting)
    found = exact("triplet", FIRST, labels=LABELS, **setting)
    assert found.n == len(made)
    assert found.value == near(textbook_distance.triplet_value(made))
    of_each = textbook_distance.triplet_samples(made, len(FIRST))
    assert found.samples.loss == pytest.approx(of_each, rel=1e-11, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("distance", ["sqeuclidean", "euclidean", "cosine"])
def test_active_triplets_of_labels(distance: str) -> None:
    made = textbook_distance.triplets(FIRST.tolist(), LABELS.tolist(), distance=distance)
    found = exact("triplet", FIRST, labels=LABELS, distance=distance, average="active")
    assert found.value == near(textbook_distance.triplet_value(made, "active"))


def test_a_random_semi_hard_negative_is_one_of_those_with_a_gap_below_the_margin() -> None:
    choices = textbook_distance.semi_hard_choices(FIRST.tolist(), LABELS.tolist(), margin=0.6)
    some = [[one.loss for one in options] for options in choices.values() if options]
    seen = set()
    for seed in range(20):
        found = exact(
            "triplet", FIRST, labels=LABELS, margin=0.6, mining="random-semi-hard", seed=seed
        )
        assert found.n == len(some)
        assert sum(map(min, some)) <= found.value * len(some) + 1e-12
        assert found.value * len(some) <= sum(map(max, some)) + 1e-12
        seen.add(found.value)
    assert len(seen) > 1


def test_a_random_semi_hard_negative_is_certain_where_there_is_one() -> None:
    """Of H: only the pair of rows 1 and 3 has one, row 4."""
    found = exact("triplet", H, labels=H_LABELS, mining="random-semi-hard")
    assert found.n == 1
    assert found.value == near(0.13927442461007308)


@pytest.mark.parametrize("alpha", [0.5, 1.0, 3.0])
def test_alignment(alpha: float) -> None:
    found = exact("alignment", FIRST, SECOND, alpha=alpha)
    agrees(found, textbook_distance.alignment([FIRST.tolist(), SECOND.tolist()], alpha=alpha))


def test_align_uniform() -> None:
    how: Setting = {"alpha": 1.5, "t": 0.7, "weight": 0.3}
    found = exact("align-uniform", FIRST, SECOND, **how)
    expected = textbook_distance.align_uniform([FIRST.tolist(), SECOND.tolist()], **how)
    assert found.value == near(expected)


@pytest.mark.parametrize("kind", ["dcl", "siglip"])
def test_two_files_of_raw_rows(kind: str) -> None:
    views = [FIRST.tolist(), SECOND.tolist()]
    found = exact(kind, FIRST, SECOND, similarity="dot")
    agrees(found, textbook.ORACLES[kind](views, similarity="dot"))
