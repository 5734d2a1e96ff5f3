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


@pytest.mark.parametrize(
    ("kind", "how", "level"),
    [
        ("infonce", {}, "log K = log 32 = 3.465736"),
        ("nt-xent", {"views": "stacked"}, "log K = log 63 = 4.143135"),
        ("clip", {}, "log K = log 32 = 3.465736"),
        ("supcon", {"labels": LABELS}, "log K = log 63 = 4.143135"),
        ("triplet", {"labels": LABELS, "margin": 0.5}, "0.500000"),
        ("uniformity", {}, "0.000000"),
    ],
)
def test_collapse_is_named_with_what_it_comes_to(kind: str, how: Any, level: str) -> None:
    rows = np.tile(np.arange(1.0, 17), (64, 1))
    if kind in ("infonce", "clip"):
        how = {**how, "views": "stacked"}
    assert f"collapse: the value equals {level}, what it is when" in said(kind, rows, **how)
    assert "collapse" not in said(kind, TRAINED, **how)


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
    assert "of the own class or of others" in sharp


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
    assert (
        "At tau 0.005 the negatives that score higher decide: look at the worst, or raise tau."
        in words
    )
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
    "how", [{"mining": "hard"}, {"mining": "batch-hard"}, {"average": "active"}]
)
def test_the_mean_of_chosen_triplets_is_not_held_against_chance(how: dict[str, str]) -> None:
    found = cc.loss("triplet", TRAINED + RANDOM, labels=LABELS, **how)
    assert found.value > 0.3
    assert found.warnings == ()


def test_near_collapse_is_named_where_collapse_is_0() -> None:
    cone = np.ones(16) + 0.01 * RANDOM
    words = said("uniformity", cone)
    assert words.startswith("near collapse: the value -0.000394374 is that of a space of one point")
    assert said("align-uniform", cone, views="stacked").startswith("near collapse")
    assert said("uniformity", np.ones(16) + 0.2 * RANDOM) == ""
    assert "near collapse" not in said("alignment", RANDOM, RANDOM + 1e-3 * TRAINED)


def test_a_collapsed_space_is_no_wrong_order_of_rows() -> None:
    assert "order" not in said("supcon", POINT, labels=LABELS)
    assert "order" not in said("nce", POINT[:32], POINT[32:])
    assert not any("order" in each for each in cc.metrics(POINT, labels=LABELS).warnings)


def test_the_least_that_a_temperature_allows_is_that_of_the_kind() -> None:
    words = said("dcl", TRAINED[:6], COPY[:6], tau=100.0)
    assert "below 2.28259, where chance is 2.30259" in words
    unit = TRAINED / np.linalg.norm(TRAINED, axis=1, keepdims=True)
    words = said("infonce", scores=unit @ unit.T, positive="diagonal", tau=100.0)
    assert "tau = 100 is so high that no embeddings could have a loss below 4.139" in words


def test_scores_of_siglip_without_scale_and_bias_are_told() -> None:
    unit = TRAINED / np.linalg.norm(TRAINED, axis=1, keepdims=True)
    words = said("siglip", scores=unit @ unit.T, positive="diagonal")
    assert words.endswith(
        "scale is 1 and bias is 0, as for logits. Was that forgotten? Then say "
        "--scale 10 --bias -10."
    )
    assert said("siglip", scores=unit @ unit.T, positive="diagonal", scale=10.0, bias=-10.0) == ""
    assert said("cross-entropy", scores=unit @ unit[:8].T, labels=LABELS) == ""


def test_scores_prototypes_and_listed_triplets_above_chance_are_told() -> None:
    unit = TRAINED / np.linalg.norm(TRAINED, axis=1, keepdims=True)
    logits, shifted = 10 * unit @ unit[:8].T, (LABELS + 1) % 8
    words = said("cross-entropy", scores=logits, labels=shifted)
    assert "of what it is when all scores are equal (2.07944): 64 of 64 rows are worse" in words
    assert words.endswith("Check that labels count the classes from 0, in their order.")
    assert said("cross-entropy", scores=logits, labels=LABELS) == ""
    assert "64 of 64 rows" in said("cross-entropy", unit, prototypes=10 * unit[:8], labels=shifted)
    square = np.roll(unit @ unit.T, 1, axis=1) / 0.07
    assert "rows and columns are in one order" in said(
        "infonce", scores=square, positive="diagonal"
    )
    listed = [(0, 8, 1), (1, 9, 2), (2, 10, 3), (3, 4, 11)]
    words = said("triplet", TRAINED, triplets=listed, margin=0.2)
    assert "1 of 4 triplets are worse than that. Look at the worst." in words


def test_a_modality_gap_is_not_blamed_where_no_view_meets_itself() -> None:
    words = said("infonce", TRAINED + SIDE, APART + 0.5 * RANDOM, tau=0.002)
    assert "above chance" in words
    assert "apart" not in words
    assert "At tau 0.002 the negatives that score higher decide" in words


def test_samples_with_copies_in_both_views_are_listed_once() -> None:
    rows, keys = TRAINED.copy(), COPY.copy()
    rows[5], keys[5] = rows[3], keys[3]
    assert "the first for samples 3, 5." in said("nt-xent", rows, keys)


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
