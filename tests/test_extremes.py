"""Rows that rounding could mix up: far from the origin, in a narrow cone, nearly one point."""

from typing import Any

import numpy as np
import pytest

import contrastive_core as cc

N, D = 60, 5
LABELS = np.arange(N) % 6
CLOUD = np.random.default_rng(0).normal(size=(N, D))
AXIS = np.eye(D)[0]


def _unit(rows: Any) -> Any:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _by_differences(rows: Any, margin: float, *, root: bool = False) -> tuple[list[int], float]:
    """Counts of hard, semi-hard and easy triplets, and their mean loss, from the differences."""
    squares = ((rows[:, None] - rows[None]) ** 2).sum(axis=2)
    apart = np.sqrt(squares) if root else squares
    counts, total = np.zeros(3, int), 0.0
    for anchor in range(N):
        mates = (LABELS[anchor] == LABELS) & (np.arange(N) != anchor)
        near, far = apart[anchor, mates][:, None], apart[anchor, LABELS[anchor] != LABELS][None]
        active = far < near + margin
        hard = (far <= near) & active
        counts += [int(hard.sum()), int((active & ~hard).sum()), int((~active).sum())]
        total += float(np.maximum(near + margin - far, 0).sum())
    return counts.tolist(), total / counts.sum()


@pytest.mark.parametrize("offset", [0.0, 1e4, 1e8])
def test_an_offset_of_all_rows_changes_no_triplet(offset: float) -> None:
    rows = CLOUD + offset
    found = cc.triplets(rows, labels=LABELS, normalize=False, margin=0.2)
    (at,) = found.margins
    assert at.counts is not None
    counts, mean = _by_differences(rows, 0.2)
    assert [at.counts.hard, at.counts.semi_hard, at.counts.easy] == counts
    assert at.loss.mean == pytest.approx(mean, rel=1e-9)
    value = cc.loss("triplet", rows, labels=LABELS, normalize=False, margin=0.2).value
    assert value == at.loss.mean
    assert not any("far from the origin" in warning for warning in found.warnings)


@pytest.mark.parametrize("spread", [1e-3, 1e-6, 1e-8])
@pytest.mark.parametrize("distance", ["sqeuclidean", "euclidean"])
def test_triplets_in_a_narrow_cone_are_those_of_the_differences(
    spread: float, distance: str
) -> None:
    rows = AXIS + spread * CLOUD
    root = distance == "euclidean"
    (at,) = cc.triplets(rows, labels=LABELS, distance=distance, margin=0.0).margins
    assert at.counts is not None
    counts, mean = _by_differences(_unit(rows), 0.0, root=root)
    assert [at.counts.hard, at.counts.semi_hard, at.counts.easy] == counts
    assert at.loss.mean == pytest.approx(mean, rel=1e-6)


def test_pairs_of_classes_far_from_the_origin_have_their_distances() -> None:
    plain = cc.loss("contrastive", CLOUD, labels=LABELS, normalize=False).value
    far = cc.loss("contrastive", CLOUD + 1e6, labels=LABELS, normalize=False).value
    assert far == pytest.approx(plain, rel=1e-8)


@pytest.mark.parametrize("spread", [1e-2, 1e-4])
def test_uniformity_in_a_narrow_cone_is_one_number_everywhere(spread: float) -> None:
    rows = AXIS + spread * CLOUD
    unit = _unit(rows)
    squares = ((unit[:, None] - unit[None]) ** 2).sum(axis=2)[np.triu_indices(N, 1)]
    loss = cc.loss("uniformity", rows)
    space = cc.metrics(rows, metrics=["uniformity"]).metrics["uniformity"]
    assert loss.precision == "float64"
    assert loss.value == space.value
    assert loss.value == pytest.approx(float(np.log(np.mean(np.exp(-2 * squares)))), rel=1e-6)
    (check,) = cc.check(rows, require="uniformity <= 0").checks
    assert check.value == loss.value


def test_a_sharp_potential_is_one_number_everywhere() -> None:
    loss = cc.loss("uniformity", CLOUD, t=150.0)
    assert loss.precision == "float64"
    space = cc.metrics(CLOUD, metrics=["uniformity"], t=150.0).metrics["uniformity"]
    assert loss.value == space.value


def test_ordinary_rows_stay_in_float32() -> None:
    assert cc.loss("uniformity", CLOUD).precision == "float32"
    assert cc.loss("nt-xent", CLOUD, views="stacked").precision == "float32"
    asked = cc.Resources(precision="float32")
    narrow = cc.loss("uniformity", AXIS + 1e-4 * CLOUD, resources=asked)
    assert narrow.precision == "float32"


@pytest.mark.parametrize("margin", [0.0, 0.5])
def test_a_tie_is_easy_at_margin_0_and_hard_above(margin: float) -> None:
    rows = np.array([[0.0], [1.0], [-1.0], [-1.0]])
    (at,) = cc.triplets(rows, labels=[0, 0, 1, 2], normalize=False, margin=margin).margins
    first = dict(zip(dict(at.samples.columns()), next(at.samples.rows(0, 1)), strict=True))
    counts = first["hard"], first["semi_hard"], first["easy"]
    assert counts == ((0, 0, 2) if margin == 0.0 else (2, 0, 0))


@pytest.mark.parametrize("offset", [1e4, 1e8])
def test_a_row_that_is_left_out_leaves_the_others_as_precise(offset: float) -> None:
    rows, kept = CLOUD + offset, np.arange(N) != 7
    holed = np.where(kept[:, None], rows, np.nan)
    for kind in ("triplet", "contrastive"):
        found = cc.loss(kind, holed, labels=LABELS, normalize=False, on_bad="drop")
        plain = cc.loss(kind, rows[kept], labels=LABELS[kept], normalize=False)
        assert found.value == pytest.approx(plain.value, rel=1e-12)
    narrow = AXIS + CLOUD / offset
    found = cc.loss("uniformity", np.where(kept[:, None], narrow, np.nan), on_bad="drop")
    plain = cc.loss("uniformity", narrow[kept])
    assert found.precision == plain.precision == "float64"
    assert found.value == plain.value


@pytest.mark.parametrize("offset", [1e4, 1e8])
def test_an_offset_changes_no_uniformity_of_rows_as_they_are(offset: float) -> None:
    plain = cc.loss("uniformity", CLOUD, convention="align_uniform")
    far = cc.loss("uniformity", CLOUD + offset, convention="align_uniform")
    assert (plain.precision, far.precision) == ("float32", "float64")
    assert far.value == pytest.approx(plain.value, rel=1e-6)
    plain, far = (
        cc.loss("align-uniform", rows, rows[::-1], convention="align_uniform")
        for rows in (CLOUD, CLOUD + offset)
    )
    assert far.value == pytest.approx(plain.value, rel=1e-6)


def test_two_clouds_far_from_each_other_lose_digits_and_it_is_said() -> None:
    views = np.stack([CLOUD + 1e8, CLOUD - 1e8])
    found = cc.loss("uniformity", views, convention="align_uniform", views="first")
    assert any("squared distances may be off by about" in each for each in found.warnings)
    assert any("Subtract from the rows what they have in common" in w for w in found.warnings)


def test_distances_of_far_rows_in_float32_are_rounding_and_it_is_said() -> None:
    asked = cc.Resources(precision="float32")
    far = cc.loss("triplet", CLOUD + 1e8, labels=LABELS, normalize=False, resources=asked)
    assert "distances below about 8e+04 are rounding in float32" in far.warnings[0]
