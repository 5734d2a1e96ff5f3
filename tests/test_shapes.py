"""Axes of length 1, and labels in other shapes than one value per row: read, said, or refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import contrast

import contrastive_core as cc
from contrastive_core.errors import BadInput

ROWS = np.random.default_rng(0).normal(size=(12, 4))
LABELS = np.arange(12) % 3
ONE_HOT = np.eye(3)[LABELS]
SHAPES = {
    "(n, 1, d)": ROWS[:, None],
    "(1, n, d)": ROWS[None],
    "(n, d, 1, 1)": ROWS[:, :, None, None],
    "(n, 1, 1, d)": ROWS[:, None, None],
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("saved", [False, True])
def test_axes_of_length_1_are_left_out_and_it_is_said(
    shape: str, saved: bool, tmp_path: Path
) -> None:
    given: Any = SHAPES[shape]
    if saved:
        np.save(tmp_path / "x.npy", given)
        given = tmp_path / "x.npy"
    asked: list[tuple[Any, Any]] = [
        (cc.loss("supcon", given, labels=LABELS), cc.loss("supcon", ROWS, labels=LABELS)),
        (cc.loss("infonce", given, given), cc.loss("infonce", ROWS, ROWS)),
        (cc.loss("uniformity", given), cc.loss("uniformity", ROWS)),
        (cc.triplets(given, labels=LABELS), cc.triplets(ROWS, labels=LABELS)),
    ]
    for found, plain in asked:
        assert found.value == plain.value
        assert any("is read as (12, 4): axes of length 1" in each for each in found.warnings)
    space = cc.metrics(given, metrics=["uniformity"])
    assert space.metrics["uniformity"].value == asked[2][1].value
    assert any("is read as (12, 4)" in each for each in space.warnings)
    if saved:
        assert cc.info(given).vectors[0].shape == (12, 4)


def test_two_views_of_one_sample_and_one_negative_each_stay_what_they_are() -> None:
    pair = cc.loss("alignment", ROWS[:2, None], views="first")
    assert pair.n == 1
    own = cc.loss("infonce", ROWS, ROWS + 0.1, ROWS[::-1][:, None])
    assert own.positives.layout == "own negatives"


LABEL_SHAPES = {
    "one-hot": ONE_HOT,
    "one-hot integers": ONE_HOT.astype(int),
    "one-hot bools": ONE_HOT.astype(bool),
    "a row": LABELS[None],
    "a column": LABELS[:, None],
    "a row of words": np.array(["a", "b", "c"])[LABELS][None],
    "blanks": np.array(["a", "b", "c", "a ", " b", "c"])[np.arange(12) % 6],
}


@pytest.mark.parametrize("shape", LABEL_SHAPES)
@pytest.mark.parametrize("saved", [False, True])
def test_labels_in_another_shape_are_the_same_classes(
    shape: str, saved: bool, tmp_path: Path
) -> None:
    labels: Any = LABEL_SHAPES[shape]
    if saved:
        np.save(tmp_path / "y.npy", labels)
        labels = tmp_path / "y.npy"
    found = cc.loss("supcon", ROWS, labels=labels)
    assert found.value == cc.loss("supcon", ROWS, labels=LABELS).value
    said = " ".join(found.warnings)
    assert ("is read as one-hot" in said) == shape.startswith("one-hot")
    assert ("6 names are 3 classes" in said or "5 names are 3 classes" in said) == (
        shape == "blanks"
    )
    space = cc.metrics(ROWS, labels=labels, metrics=["precision_at_1"])
    plain = cc.metrics(ROWS, labels=LABELS, metrics=["precision_at_1"])
    assert space.metrics["precision_at_1"].value == plain.metrics["precision_at_1"].value


def test_bools_are_two_classes() -> None:
    found = cc.loss("supcon", ROWS, labels=LABELS > 0)
    assert found.value == cc.loss("supcon", ROWS, labels=(LABELS > 0).astype(int)).value


def test_blanks_behind_labels_of_a_text_file_make_no_class(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", ROWS)
    words = [f"c{label}{' ' * (row % 2)}" for row, label in enumerate(LABELS)]
    (tmp_path / "y.txt").write_text("\n".join(words) + "\n")
    told = contrast("contrast loss --kind supcon x.npy --labels y.txt -o value", tmp_path)
    assert told.value == cc.loss("supcon", ROWS, labels=LABELS).value
    assert "6 names are 3 classes" in told.err


def test_several_classes_in_a_row_are_no_classes() -> None:
    several = ONE_HOT.copy()
    several[0] = 1
    with pytest.raises(BadInput) as refused:
        cc.loss("supcon", ROWS, labels=several)
    assert refused.value.got == "shape (12, 3), with 1 to 3 ones in a row"
    assert "labels.argmax(axis=1)" in refused.value.remedy
    with pytest.raises(BadInput, match=r"one of the labels per row: shape \(12,\)"):
        cc.loss("supcon", ROWS, labels=ROWS)


def test_one_hot_targets_name_columns() -> None:
    prototypes = np.eye(3, 4)
    found = cc.loss("cross-entropy", ROWS, prototypes=prototypes, labels=ONE_HOT)
    plain = cc.loss("cross-entropy", ROWS, prototypes=prototypes, labels=LABELS)
    assert found.value == plain.value
