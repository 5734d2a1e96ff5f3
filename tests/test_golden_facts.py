"""Facts that every implementation must meet, for all kinds."""

import math
from typing import Any

import numpy as np
import pytest
from golden import (
    FIRST,
    FURTHER,
    H_LABELS,
    LABELS,
    SECOND,
    A,
    B,
    H,
    Setting,
    exact,
    near,
)

import contrastive_core as cc
from contrastive_core import LossResult, Resources
from contrastive_core.errors import NothingDefined

SAME = np.tile(np.array([[0.6, -1.1, 0.4]]), (6, 1))
PAIRED = np.array([0, 0, 1, 1, 2, 2])


def same(kind: str, **parameters: Any) -> LossResult:
    two_files = {"dcl", "siglip", "nce", "alignment", "align-uniform"}
    inputs = (SAME, SAME.copy()) if kind in two_files else (SAME,)
    return exact(kind, *inputs, **parameters)


def softplus(x: float) -> float:
    return math.log1p(math.exp(-abs(x))) + max(x, 0.0)


FINGERPRINTS = [
    ("supcon", {"labels": PAIRED}, math.log(5)),
    ("supcon", {"labels": PAIRED, "form": "in"}, math.log(5)),
    ("supcon", {"labels": np.zeros(6, int)}, math.log(5)),
    ("nt-xent", {"labels": PAIRED}, math.log(5)),
    ("dcl", {}, math.log(10)),
    ("cross-entropy", {"labels": PAIRED, "prototypes": SAME[:3]}, math.log(3)),
    ("triplet", {"labels": PAIRED}, 0.2),
    ("triplet", {"labels": PAIRED, "margin": 0.7, "distance": "euclidean"}, 0.7),
    ("triplet", {"labels": PAIRED, "mining": "batch-hard"}, 0.2),
    ("triplet", {"labels": PAIRED, "swap": True}, 0.2),
    ("triplet", {"labels": PAIRED, "soft_margin": True}, math.log(2)),
    ("alignment", {}, 0.0),
    ("uniformity", {}, 0.0),
    ("align-uniform", {}, 0.0),
    ("siglip", {}, 6 * math.log(2)),
    ("siglip", {"scale": 3, "bias": -2}, softplus(-1) + 5 * softplus(1)),
    ("nce", {"log_z": "auto", "noise_samples": 4}, math.log(5) + 4 * math.log(1.25)),
    ("nce", {"log_z": "fit", "noise_samples": 4}, math.log(5) + 4 * math.log(1.25)),
    ("nce", {"log_z": "fit", "expected": True}, math.log(17) + 16 * math.log1p(1 / 16)),
]


@pytest.mark.parametrize(("kind", "parameters", "expected"), FINGERPRINTS)
def test_equal_embeddings_leave_the_fingerprint_of_collapse(
    kind: str, parameters: Setting, expected: float
) -> None:
    found = same(kind, **parameters)
    assert found.value == near(expected)
    assert any(warning.startswith("collapse") for warning in found.warnings)


def test_equal_embeddings_cost_contrastive_nothing_or_half_the_margin_squared() -> None:
    assert same("contrastive", labels=np.zeros(6, int)).value == near(0.0)
    assert same("contrastive", labels=np.arange(6)).value == near(0.5)
    assert same("contrastive", labels=np.arange(6), margin=3).value == near(4.5)


@pytest.mark.parametrize("expected", [False, True])
def test_nce_at_no_difference_is_ln_2_for_each_term(expected: bool) -> None:
    norm = 0.6**2 + 1.1**2 + 0.4**2
    log_z = norm - math.log(4 / 6)
    found = same("nce", log_z=log_z, noise_samples=4, expected=expected)
    assert found.value == near(5 * math.log(2))


@pytest.mark.parametrize(
    ("kind", "inputs", "chance"),
    [
        ("supcon", {"labels": H_LABELS}, math.log(5)),
        ("nt-xent", {"labels": H_LABELS}, math.log(5)),
        ("triplet", {"labels": H_LABELS}, 0.2),
        ("triplet", {"labels": H_LABELS, "soft_margin": True}, math.log(2)),
        ("cross-entropy", {"labels": H_LABELS, "prototypes": H[:3]}, math.log(3)),
        ("contrastive", {"labels": H_LABELS}, None),
        ("uniformity", {}, None),
    ],
)
def test_chance_of_one_file(kind: str, inputs: Setting, chance: float | None) -> None:
    found = exact(kind, H, **inputs).chance
    assert found is None if chance is None else found == near(chance)


@pytest.mark.parametrize(
    ("kind", "parameters", "chance"),
    [
        ("dcl", {}, math.log(6)),
        ("siglip", {}, None),
        ("alignment", {}, None),
        ("nce", {}, None),
        ("nce", {"log_z": "auto"}, math.log(17) + 16 * math.log1p(1 / 16)),
        ("nce", {"log_z": "fit"}, math.log(17) + 16 * math.log1p(1 / 16)),
    ],
)
def test_chance_of_two_files(kind: str, parameters: Setting, chance: float | None) -> None:
    found = exact(kind, A, B, **parameters).chance
    assert found is None if chance is None else found == near(chance)


@pytest.mark.parametrize("kind", ["nt-xent", "clip", "dcl", "siglip"])
def test_two_files_swap_without_a_change(kind: str) -> None:
    assert exact(kind, FIRST, SECOND).value == near(exact(kind, SECOND, FIRST).value)


def test_supcon_in_never_exceeds_out() -> None:
    inside, out = (exact("supcon", FIRST, labels=LABELS, form=form) for form in ("in", "out"))
    defined = ~np.isnan(out.samples.loss)
    assert np.all(inside.samples.loss[defined] <= out.samples.loss[defined] + 1e-12)


OF_ONE_FILE = [
    ("supcon", {"labels": LABELS}),
    ("nt-xent", {"labels": LABELS}),
    ("contrastive", {"labels": LABELS}),
    ("contrastive", {"labels": LABELS, "distance": "cosine"}),
    ("triplet", {"labels": LABELS}),
    ("triplet", {"labels": LABELS, "mining": "batch-hard"}),
    ("triplet", {"labels": LABELS, "distance": "cosine", "soft_margin": True}),
    ("triplet", {"labels": LABELS, "normalize": False, "swap": True}),
    ("uniformity", {}),
]


@pytest.mark.parametrize(("kind", "inputs"), OF_ONE_FILE)
def test_one_rotation_and_one_permutation_change_nothing(kind: str, inputs: Setting) -> None:
    rng = np.random.default_rng(7)
    rotation, _ = np.linalg.qr(rng.normal(size=(4, 4)))
    order = rng.permutation(9)
    moved = {name: v[order] if name == "labels" else v for name, v in inputs.items()}
    found = exact(kind, (FIRST @ rotation)[order], **moved)
    assert found.value == pytest.approx(exact(kind, FIRST, **inputs).value, rel=1e-10)


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("supcon", {"labels": LABELS}),
        ("contrastive", {"labels": LABELS, "distance": "cosine"}),
        ("contrastive", {"labels": LABELS, "normalize": True}),
        ("triplet", {"labels": LABELS}),
        ("triplet", {"labels": LABELS, "distance": "cosine"}),
        ("uniformity", {}),
    ],
)
def test_the_length_of_a_row_changes_no_loss_of_directions(kind: str, inputs: Setting) -> None:
    lengths = np.random.default_rng(5).uniform(0.01, 100, size=(9, 1))
    found = exact(kind, lengths * FIRST, **inputs).value
    assert found == pytest.approx(exact(kind, FIRST, **inputs).value, rel=1e-10)


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("length", [1e-4, 1.0, 1e4])
@pytest.mark.parametrize(("kind", "inputs"), OF_ONE_FILE)
def test_one_file_is_finite_at_any_norm(
    kind: str, inputs: Setting, length: float, precision: str
) -> None:
    means = Resources(precision=precision)
    assert math.isfinite(cc.loss(kind, length * FIRST, resources=means, **inputs).value)


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("supcon", {"labels": LABELS}),
        ("supcon", {"labels": LABELS, "form": "in"}),
        ("cross-entropy", {"labels": LABELS, "prototypes": FURTHER}),
        ("nt-xent", {"labels": LABELS}),
    ],
)
def test_one_file_is_finite_at_a_tiny_temperature(
    kind: str, inputs: Setting, precision: str
) -> None:
    means = Resources(precision=precision)
    assert math.isfinite(cc.loss(kind, FIRST, tau=0.001, resources=means, **inputs).value)


@pytest.mark.parametrize("log_z", [0.0, "auto", "fit"])
def test_nce_is_finite_at_a_tiny_temperature_and_at_a_great_norm(log_z: float | str) -> None:
    for rows, tau in ((FIRST, 0.001), (1e4 * FIRST, 1.0)):
        for expected in (False, True):
            found = exact("nce", rows, rows, tau=tau, log_z=log_z, expected=expected)
            assert math.isfinite(found.value)


@pytest.mark.parametrize("kind", ["dcl", "siglip", "nce"])
def test_one_sample_has_no_negative_and_defines_nothing(kind: str) -> None:
    with pytest.raises(NothingDefined):
        exact(kind, FIRST[:1], SECOND[:1])


def test_a_single_class_defines_supcon_and_no_triplet() -> None:
    one_class = np.zeros(9, int)
    assert exact("supcon", FIRST, labels=one_class).n == 9
    with pytest.raises(NothingDefined):
        exact("triplet", FIRST, labels=one_class)


def test_classes_of_one_define_no_supcon() -> None:
    with pytest.raises(NothingDefined):
        exact("supcon", FIRST, labels=np.arange(9))
