"""Facts that every kind must meet in every form of input it takes."""

import math
from operator import attrgetter
from typing import Any

import numpy as np
import pytest
from form_oracles import Given, Setting, views_of
from forms import BANK, CLASSES, OWN, Case, N, Rows, cases

import contrastive_core as cc
from contrastive_core import LOSSES, LossResult, Resources
from contrastive_core.errors import NothingDefined

EXACT = Resources(precision="float64")
CASES = [case for kind in LOSSES for case in cases(kind)]
NAME = attrgetter("name")
EACH = [pytest.param(case, id=case.name) for case in CASES]


def exact(kind: str, *files: Any, **how: Any) -> LossResult:
    return cc.loss(kind, *files, per_sample=True, resources=EXACT, **how)


def collapsed(found: LossResult) -> bool:
    return any(warning.startswith("collapse") for warning in found.warnings)


# One point: N = 8 samples, 7 pairs, 3 rows of a bank, 2 negatives of their own, 4 classes.


def one_point(case: Case) -> Case:
    """All vectors equal, or all scores."""
    row = np.array([0.6, -1.1, 0.4, 0.2, 0.3])
    given = case.moved(lambda rows: np.broadcast_to(row, rows.shape).copy()).given
    if "scores" in given:
        given = {**given, "scores": np.full_like(given["scores"], 1.25)}
    return Case(case.kind, case.form, case.variant, given)


def candidates(case: Case) -> int:
    """K of a softmax, where there is one."""
    given = case.given
    samples = len(given["pairs"]) if "pairs" in given else N
    views = 3 if case.variant == "of three" else 2
    if case.kind in ("nt-xent", "supcon"):
        rows = N if case.variant == "of rows" else views * samples
        return rows - 1
    if "scores" in given:
        width: int = given["scores"].shape[1]
        return width - 1 if case.kind == "dcl" else width
    if case.kind == "dcl":
        return 2 * samples - 2
    if case.kind == "cross-entropy":
        return CLASSES
    if case.form == "own negatives":
        return 1 + OWN
    return samples + (BANK if "bank" in given else 0)


def fingerprint(case: Case, k: int = 16) -> float:
    """The value of one point; of NCE with log Z `auto` or `fit`."""
    kind, given = case.kind, case.given
    if kind in ("alignment", "uniformity", "align-uniform"):
        return 0.0
    if kind == "triplet":
        return 0.2
    if kind == "siglip":
        columns: int = given["scores"].shape[1] if "scores" in given else candidates(case)
        if "scores" in given:  # scale 1, bias 0
            return math.log1p(math.exp(-1.25)) + (columns - 1) * math.log1p(math.exp(1.25))
        return columns * math.log(2)
    if kind == "nce":
        return math.log(1 + k) + k * math.log(1 + 1 / k)
    if kind == "contrastive":
        return dissimilar_share(given) / 2
    return math.log(candidates(case))


def dissimilar_share(given: Given) -> float:
    """Of the pairs."""
    if "pairs" in given:
        return float(np.mean(given["pairs"][:, 2] == 0))
    if "labels" not in given:
        return float(np.mean(given["match"] == 0)) if "match" in given else 0.0
    known = [label for label in given["labels"] if label is not None] * len(views_of(given))
    pairs = [known[i] != known[j] for i in range(len(known)) for j in range(i)]
    return float(np.mean(pairs))


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("case", EACH)
def test_one_point_leaves_the_fingerprint_of_collapse(case: Case, precision: str) -> None:
    settings: list[Setting] = [{}]
    uniform = "noise" not in case.given
    if case.kind == "nce":
        settings = [{"log_z": "auto"}, {"log_z": "fit"}] if uniform else []
    for setting in settings:
        found = one_point(case).loss(setting, precision=precision)
        k = case.given["scores"].shape[1] - 1 if "scores" in case.given else 16
        # Through products in float32, distances of 0 come out as large as 5e-4.
        rough = precision == "float32" and case.kind == "contrastive" and case.form == "labels"
        error = 1e-12 if precision == "float64" else 1e-3 if rough else 2e-5
        assert found.value == pytest.approx(fingerprint(case, k), rel=error, abs=error)
        told = case.kind != "siglip" or "scores" not in case.given
        assert rough or collapsed(found) == told


@pytest.mark.parametrize("case", EACH)
def test_many_points_leave_no_fingerprint(case: Case) -> None:
    assert not collapsed(case.loss({"log_z": "auto"} if case.kind == "nce" else {}))


@pytest.mark.parametrize("expected", [False, True])
def test_nce_costs_ln_2_for_each_term_that_is_no_different(expected: bool) -> None:
    rows = np.tile(np.array([[0.6, 0.8]]), (6, 1))
    log_z = 1.0 - math.log(16 / 6)
    found = exact("nce", rows, rows.copy(), log_z=log_z, expected=expected)
    assert found.value == pytest.approx(17 * math.log(2), rel=1e-13)


@pytest.mark.parametrize("margin", [0.5, 2.0])
def test_a_margin_is_what_collapse_costs(margin: float) -> None:
    labelled = [case for case in cases("triplet") if case.form == "labels"]
    for case in map(one_point, labelled):
        for distance in ("sqeuclidean", "euclidean", "cosine"):
            how = {"margin": margin, "distance": distance}
            assert case.loss(how).value == pytest.approx(margin, rel=1e-12)
            soft = case.loss({**how, "soft_margin": True}).value
            assert soft == pytest.approx(math.log(2), rel=1e-12)
    rows = np.tile(np.array([[0.6, 0.8]]), (6, 1))
    different = exact("contrastive", rows, labels=range(6), margin=margin)
    assert different.value == pytest.approx(margin**2 / 2, rel=1e-12)
    alike = exact("contrastive", rows, labels=[0] * 6, margin=margin)
    assert alike.value == pytest.approx(0.0, abs=1e-12)


# Equal by definition.


def twice() -> tuple[Rows, Rows]:
    """Two files."""
    (case,) = (case for case in cases("nt-xent") if case.form == "two files")
    return case.given["embeddings"], case.given["keys"]


@pytest.mark.parametrize("tau", [0.07, 0.5])
@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_nt_xent_is_supcon_when_each_label_occurs_twice(tau: float, similarity: str) -> None:
    first, second = twice()
    how: Setting = {"tau": tau, "similarity": similarity}
    labels = [*range(N), *range(N)]
    expected = exact("nt-xent", first, second, **how)
    for kind in ("supcon", "nt-xent"):
        found = exact(kind, np.concatenate([first, second]), labels=labels, **how)
        assert found.samples.loss == pytest.approx(expected.samples.loss, rel=1e-12)
    for form in ("in", "out"):
        views = exact("supcon", first, second, form=form, **how)
        assert views.samples.loss == pytest.approx(expected.samples.loss, rel=1e-12)


@pytest.mark.parametrize("kind", ["nt-xent", "clip", "dcl", "siglip", "supcon", "alignment"])
def test_the_two_files_may_swap(kind: str) -> None:
    first, second = twice()
    there, back = exact(kind, first, second), exact(kind, second, first)
    assert back.value == pytest.approx(there.value, rel=1e-13)


@pytest.mark.parametrize("kind", ["infonce", "nce"])
def test_the_two_files_may_not_swap_where_one_is_the_anchors(kind: str) -> None:
    first, second = twice()
    assert abs(exact(kind, first, second).value - exact(kind, second, first).value) > 1e-3


@pytest.mark.parametrize("case", cases("supcon"), ids=NAME)
def test_supcon_in_never_exceeds_out(case: Case) -> None:
    inside, out = (case.loss({"form": form}).samples.loss for form in ("in", "out"))
    assert np.array_equal(np.isnan(inside), np.isnan(out))
    assert np.all((inside <= out + 1e-12) | np.isnan(out))


@pytest.mark.parametrize("kind", ["infonce", "dcl", "clip", "siglip", "nce", "cross-entropy"])
def test_a_constant_added_to_a_row_of_scores_changes_no_softmax_of_rows(kind: str) -> None:
    rows = np.random.default_rng(4).normal(size=(6, 6))
    shift = np.arange(6)[:, None] / 3
    how: Setting = {"positive": "diagonal"}
    if kind == "cross-entropy":
        how = {"labels": list(range(6))}
    plain, shifted = (exact(kind, scores=s, **how).value for s in (rows, rows + shift))
    unchanged = kind in ("infonce", "dcl", "cross-entropy")
    assert (abs(shifted - plain) < 1e-12) == unchanged


# Undefined is undefined.


@pytest.mark.parametrize("case", [case for case in CASES if "labels" in case.given], ids=NAME)
def test_rows_without_a_positive_are_nan_and_counted_and_not_in_the_mean(case: Case) -> None:
    found = case.loss({})
    loss = found.samples.loss
    null = [i for i, label in enumerate(case.given["labels"]) if label is None]
    for view in range(len(loss) // N):
        assert np.isnan(loss[[view * N + i for i in null]]).all()
    assert found.undefined == np.count_nonzero(np.isnan(loss)) > 0
    assert not (loss == 0.0).all()
    if case.kind in ("supcon", "nt-xent", "cross-entropy"):
        assert found.n == len(loss) - found.undefined
        assert found.value == pytest.approx(float(np.nanmean(loss)), rel=1e-13)
    if case.kind in ("supcon", "nt-xent", "triplet") and case.variant == "of rows":
        assert math.isnan(loss[N // 2])  # alone in its class


NEEDS_NEGATIVES = ("infonce", "clip", "nt-xent", "dcl", "siglip", "nce", "uniformity")
PAIR = np.array([[0.6, 0.8], [1.0, 0.1]])


@pytest.mark.parametrize("kind", NEEDS_NEGATIVES)
def test_one_sample_defines_nothing_where_a_negative_is_needed(kind: str) -> None:
    with pytest.raises(NothingDefined):
        exact(kind, PAIR[:1], PAIR[1:])


@pytest.mark.parametrize("kind", ["infonce", "dcl", "siglip", "nce"])
def test_one_column_of_scores_defines_nothing(kind: str) -> None:
    with pytest.raises(NothingDefined):
        exact(kind, scores=np.ones((4, 1)))


def test_one_sample_defines_what_needs_no_negative() -> None:
    assert exact("alignment", PAIR[:1], PAIR[1:]).n == 1
    assert exact("contrastive", PAIR[:1], PAIR[1:]).n == 1
    assert exact("supcon", PAIR[:1], PAIR[1:]).value == pytest.approx(0.0, abs=1e-12)


def test_a_single_class_defines_supcon_and_neither_nt_xent_nor_triplet() -> None:
    rows = twice()[0]
    one_class = [5] * N
    assert exact("supcon", rows, labels=one_class).n == N
    assert exact("contrastive", rows, labels=one_class).n == N * (N - 1) // 2
    for kind in ("nt-xent", "triplet"):
        with pytest.raises(NothingDefined):
            exact(kind, rows, labels=one_class)


@pytest.mark.parametrize("kind", ["supcon", "nt-xent", "triplet"])
def test_classes_of_one_row_define_nothing_without_positives(kind: str) -> None:
    with pytest.raises(NothingDefined):
        exact(kind, twice()[0], labels=range(N))
    assert exact("contrastive", twice()[0], labels=range(N)).n == N * (N - 1) // 2


# Extremes that have an answer.


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("case", [case for case in CASES if "scores" not in case.given], ids=NAME)
def test_rows_of_norm_ten_thousand_have_a_finite_loss(case: Case, precision: str) -> None:
    long = case.moved(lambda rows: 1e4 * rows)
    names = ("similarity", "dot"), ("normalize", False)
    declared = LOSSES[case.kind].__dataclass_fields__
    for setting in ({}, *({name: value} for name, value in names if name in declared)):
        plain, found = case.loss(setting), long.loss(setting, precision=precision)
        assert math.isfinite(found.value)
        assert np.array_equal(np.isnan(found.samples.loss), np.isnan(plain.samples.loss))
        assert not np.isinf(found.samples.loss).any()
