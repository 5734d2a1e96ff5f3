"""What is said of a value that means something else than it seems; else nothing is."""

from typing import Any

import numpy as np
import pytest

import contrastive_core as cc

RNG = np.random.default_rng(0)
LABELS = np.arange(64) % 8
CENTRES = RNG.normal(size=(8, 16))
TRAINED = CENTRES[LABELS] + 0.3 * RNG.normal(size=(64, 16))
RANDOM = RNG.normal(size=(64, 16))
COPY = TRAINED + 0.1 * RNG.normal(size=TRAINED.shape)
POINT = np.ones(16) + 2e-3 * RNG.normal(size=(64, 16))
SIDE = 4 * np.eye(16)[0]
APART = 0.3 * TRAINED + 0.2 * RNG.normal(size=TRAINED.shape) - SIDE


def said(kind: str, *files: Any, **options: Any) -> str:
    """All warnings of a loss."""
    return " ".join(cc.loss(kind, *files, **options).warnings)


@pytest.mark.parametrize("mining", ["all", "semi-hard", "batch-hard"])
def test_near_collapse_is_named(mining: str) -> None:
    how: dict[str, Any] = {"labels": LABELS, "margin": 1.0, "distance": "euclidean"}
    words = said("triplet", POINT, mining=mining, **how)
    assert words.startswith("near collapse: the value ")
    assert "that of a space of one point (1)" in words
    assert "near collapse" not in said("triplet", RANDOM, mining=mining, **how)


def test_near_collapse_of_a_softmax_is_named_and_an_untrained_space_is_not() -> None:
    assert "near collapse" in said("nt-xent", POINT + 0.02 * RANDOM, views="stacked", tau=0.05)
    assert "near collapse" not in said("nt-xent", RANDOM, views="stacked", tau=2.0)


def test_a_loss_of_0_of_easy_triplets_says_so() -> None:
    words = said("triplet", TRAINED, labels=LABELS, margin=0.01)
    assert words.startswith("all triplets are easy: every negative is farther than its positive")
    mined = said("triplet", TRAINED, labels=LABELS, margin=0.01, mining="batch-hard")
    assert mined.startswith("all that batch-hard mines is easy")
    listed = said("triplet", TRAINED, triplets=[[0, 8, 1], [1, 9, 2]], margin=0.01)
    assert "easy" in listed
    assert "easy" not in said("triplet", TRAINED, labels=LABELS, margin=4.0)


def test_one_class_is_told() -> None:
    words = said("supcon", RANDOM, labels=np.zeros(64, int))
    assert "all 64 rows with a label are of one class" in words
    assert "one class:" not in said("supcon", TRAINED, labels=LABELS)


def test_rows_that_are_alone_are_no_collapse() -> None:
    words = said("supcon", RANDOM, labels=np.arange(64), convention="supcontrast")
    assert "alone in their class" in words
    assert "collapse" not in words


def test_a_value_above_chance_is_told_of_classes_too() -> None:
    words = said("triplet", TRAINED + 2.5 * RANDOM, labels=LABELS)
    assert "% of what it is when all embeddings are equal (0.2)" in words
    assert "closer than others" in words
    sharp = said("supcon", TRAINED + 1.5 * RANDOM, labels=LABELS, tau=0.005)
    assert "% of what it is when all embeddings are equal" in sharp


def test_a_scale_that_was_given_as_tau_is_told() -> None:
    words = said("clip", TRAINED, COPY, tau=100.0)
    assert "tau = 100 is so high that no embeddings could have a loss below 4.139" in words
    assert words.endswith("--scale 100 is tau 0.01.")
    assert "so high" not in said("clip", TRAINED, COPY, tau=0.5)
    assert "so high" not in said("nt-xent", RANDOM, views="stacked", tau=1.0)


def test_raw_scores_without_a_temperature_are_told() -> None:
    unit = TRAINED / np.linalg.norm(TRAINED, axis=1, keepdims=True)
    cosines = unit @ unit.T
    words = said("infonce", scores=cosines, positive="diagonal")
    assert "all scores lie within [-1, 1]" in words
    assert words.endswith("--tau 0.07.")
    assert "within [-1, 1]" not in said("infonce", scores=cosines / 0.07, positive="diagonal")
    assert "within [-1, 1]" not in said("infonce", scores=cosines, positive="diagonal", tau=0.07)


def test_a_modality_gap_is_no_wrong_order_of_rows() -> None:
    words = said("nt-xent", TRAINED + SIDE, APART)
    assert "although positives are closer than random pairs of the two views" in words
    assert "the views lie apart (gap of their means 1.6" in words
    assert "order" not in words
    assert "apart" not in said("clip", TRAINED + SIDE, APART)


def test_a_sharp_temperature_is_no_wrong_order_of_rows() -> None:
    words = said("infonce", TRAINED + 1.5 * RANDOM, TRAINED + 1.5 * RANDOM[::-1], tau=0.005)
    assert "At tau 0.005 the few negatives that score higher decide: raise tau." in words
    assert "order" not in words


def test_positives_that_are_not_clearly_closer_are_told_with_their_error() -> None:
    words = said("nt-xent", RANDOM[:32], RANDOM[32:] + 0.15 * RANDOM[:32])
    assert "not clearly closer than random pairs" in words
    assert ", standard error 0.0" in words


def test_copies_in_the_reverse_direction_are_listed() -> None:
    keys = TRAINED.copy()
    rows = COPY.copy()
    rows[[3, 5]] = rows[3]
    words = said("clip", rows, keys)
    assert "the first for samples 3, 5." in words


def test_recall_tells_copies_of_keys_by_their_content() -> None:
    keys = np.concatenate([TRAINED[:4], TRAINED[:4]])
    queries = np.concatenate([TRAINED[:3], -TRAINED[3:4], TRAINED[:3], -TRAINED[3:4]])
    space = cc.metrics(queries, keys, metrics=["recall_at_1"])
    assert space.metrics["recall_at_1"].value == 0.375
    (warning,) = (each for each in space.warnings if "copies" in each)
    assert "4 keys are copies of an earlier one" in warning
    assert "0.375 by row and 0.75 by content" in warning
    plain = cc.metrics(TRAINED, COPY, metrics=["recall_at_1"])
    assert not any("copies" in each for each in plain.warnings)


@pytest.mark.parametrize(
    ("kind", "files", "options"),
    [
        ("supcon", (TRAINED,), {"labels": LABELS}),
        ("triplet", (TRAINED,), {"labels": LABELS, "margin": 4.0}),
        ("contrastive", (TRAINED,), {"labels": LABELS}),
        ("nt-xent", (TRAINED, COPY), {}),
        ("infonce", (TRAINED, COPY), {}),
        ("clip", (TRAINED, COPY), {}),
        ("siglip", (TRAINED, COPY), {}),
        ("dcl", (TRAINED, COPY), {}),
        ("alignment", (TRAINED, COPY), {}),
        ("uniformity", (TRAINED,), {}),
        ("align-uniform", (TRAINED, COPY), {}),
    ],
)
def test_of_a_trained_space_nothing_is_said(kind: str, files: Any, options: Any) -> None:
    assert cc.loss(kind, *files, **options).warnings == ()
