"""Ready scores of -infinity: candidates that are not there, as if their columns were cut out."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from command_line import contrast, refused

import contrastive_core as cc
from contrastive_core.errors import BadInput, NothingDefined

Scores = npt.NDArray[np.float64]

LOGITS = np.array(
    [
        [2.8928373, -1.2337298, -1.7409736, -3.5983484, -3.5324187, 7.659134],
        [0.3991729, 0.3364079, 2.6005704, 0.87234765, -np.inf, -np.inf],
        [1.273587, -2.0181785, 2.7854033, -1.5309143, -2.7543564, -0.7675082],
        [-2.475039, -0.15740974, -6.2539964, -1.5384794, 4.0181885, -np.inf],
        [5.1259017, 6.13816, -1.3741235, 2.6950934, -1.3871276, -0.3779082],
    ],
    np.float32,
)
"""Logits of a retriever that masks copies of the positive; the positive in column 0."""

SQUARE = np.random.default_rng(4).normal(size=(5, 5))
SQUARE[[0, 1, 1, 3], [2, 0, 4, 1]] = -np.inf


def column(result: cc.LossResult, name: str) -> list[float]:
    found: list[float] = dict(result.samples.columns())[name].tolist()
    return found


def lse(logits: Scores) -> float:
    return float(np.log(np.exp(logits).sum()))


def of_rows(scores: Scores, targets: list[int], formula: Any) -> list[float]:
    """A formula of (the positive's score, the others') row by row, the masked ones cut out."""
    rows = []
    for row, target in zip(scores, targets, strict=True):
        others = np.delete(row, target)
        rows.append(formula(row[target], others[np.isfinite(others)]))
    return rows


def softmax(positive: float, others: Scores) -> float:
    return lse(np.append(others, positive)) - positive


def softplus(x: Any) -> Any:
    return np.log1p(np.exp(x))


def test_infonce_of_masked_logits_has_the_value_of_the_candidates_that_are_there() -> None:
    result = cc.loss("infonce", scores=LOGITS)
    assert result.value == pytest.approx(3.3845570992015603, rel=1e-12)
    assert result.n == 5
    assert result.chance == pytest.approx((3 * math.log(6) + math.log(5) + math.log(4)) / 5)
    assert result.candidates is None  # rows differ in it
    assert column(result, "candidates") == [6, 4, 6, 5, 6]


@pytest.mark.parametrize(
    ("kind", "formula"),
    [
        ("infonce", softmax),
        ("dcl", lambda positive, others: lse(others) - positive),
        ("siglip", lambda positive, others: softplus(-positive) + softplus(others).sum()),
        ("cross-entropy", softmax),
    ],
)
@pytest.mark.parametrize("targets", [[0, 1, 2, 3, 4], [3, 1, 0, 2, 4]])
def test_a_masked_candidate_counts_as_little_as_a_column_that_is_cut_out(
    kind: str, formula: Any, targets: list[int]
) -> None:
    scores = SQUARE[:, targets] if kind != "cross-entropy" else SQUARE
    given: dict[str, Any] = {"positive": "diagonal"}
    if kind == "cross-entropy":
        given = {"labels": np.array(targets)}
    own = targets if kind == "cross-entropy" else [0, 1, 2, 3, 4]
    result = cc.loss(kind, scores=scores, **given)
    assert result.samples.loss.tolist() == pytest.approx(of_rows(scores, own, formula), rel=1e-12)
    assert column(result, "candidates") == np.isfinite(scores).sum(axis=1).tolist()


@pytest.mark.parametrize(("kind", "least"), [("infonce", 0), ("dcl", 1), ("cross-entropy", 0)])
def test_chance_is_the_mean_over_the_rows_own_numbers_of_candidates(kind: str, least: int) -> None:
    given: dict[str, Any] = {"positive": "diagonal"}
    if kind == "cross-entropy":
        given = {"labels": np.arange(5)}
    result = cc.loss(kind, scores=SQUARE, **given)
    assert result.chance == pytest.approx(np.log(np.array([4, 3, 5, 4, 5]) - least).mean())
    equal = cc.loss(kind, scores=np.where(np.isfinite(SQUARE), 0.5, -np.inf), **given)
    assert equal.value == pytest.approx(result.chance, rel=1e-12)


def test_clip_leaves_masked_pairs_out_of_rows_and_of_columns() -> None:
    result = cc.loss("clip", scores=SQUARE)
    diagonal = [0, 1, 2, 3, 4]
    rows, cols = of_rows(SQUARE, diagonal, softmax), of_rows(SQUARE.T, diagonal, softmax)
    assert result.samples.loss.tolist() == pytest.approx(np.mean([rows, cols], axis=0).tolist())
    sizes = np.concatenate([np.isfinite(SQUARE).sum(axis=1), np.isfinite(SQUARE).sum(axis=0)])
    assert result.chance == pytest.approx(np.log(sizes).mean())


def test_the_same_mask_in_every_row_is_a_table_without_these_columns() -> None:
    scores = np.array(LOGITS)
    scores[:, 4:] = -np.inf
    masked, cut = cc.loss("infonce", scores=scores), cc.loss("infonce", scores=LOGITS[:, :4])
    assert (masked.value, masked.candidates, masked.chance) == (cut.value, 4, math.log(4))


def nce(logits: Scores, q: Scores | None, log_z: float) -> list[float]:
    """Sums over the noise columns that are there, their number being k."""
    found = []
    for row in logits:
        there = np.isfinite(row)
        known = np.full(len(row), 1 / there.sum()) if q is None else q
        delta = (row - log_z - np.log((there.sum() - 1) * known))[there]
        found.append(softplus(-delta[0]) + softplus(delta[1:]).sum())
    return found


@pytest.mark.parametrize("q", [None, np.array([0.3, 0.1, 0.2, 0.05, 0.25, 0.1])])
@pytest.mark.parametrize("log_z", ["1", "auto", "fit"])
def test_nce_takes_the_columns_that_are_there_for_its_noise(q: Scores | None, log_z: str) -> None:
    exact = LOGITS.astype(np.float64)
    result = cc.loss("nce", scores=LOGITS, noise=q, log_z=log_z)
    found = result.parameters["log_z"]
    assert result.samples.loss.tolist() == pytest.approx(nce(exact, q, found), rel=1e-12)
    assert column(result, "candidates") == [6, 4, 6, 5, 6]
    assert result.chance is None  # k is not one number
    if log_z == "auto":
        known = np.isfinite(exact).sum(axis=1)[:, None] ** -1.0 if q is None else q
        terms = (np.exp(exact) / known)[:, 1:]
        assert found == pytest.approx(math.log(terms.sum() / np.isfinite(exact[:, 1:]).sum()))
    if log_z == "fit":
        least = np.mean(nce(exact, q, found))
        assert all(np.mean(nce(exact, q, found + step)) > least for step in (-1e-3, 1e-3))


@pytest.mark.parametrize("kind", ["infonce", "dcl", "siglip", "nce", "cross-entropy"])
def test_a_row_whose_negatives_are_all_masked_is_undefined(kind: str) -> None:
    scores = np.array(LOGITS)
    scores[2, 1:] = -np.inf
    given: dict[str, Any] = {"labels": np.zeros(5, int)} if kind == "cross-entropy" else {}
    four = {name: each[:4] for name, each in given.items()}
    result = cc.loss(kind, scores=scores, **given)
    cut = cc.loss(kind, scores=np.delete(scores, 2, axis=0), **four)
    assert (result.undefined, result.n) == (1, 4)
    assert math.isnan(result.samples.loss[2])
    assert result.value == pytest.approx(cut.value, rel=1e-12)
    scores[:, 1:] = -np.inf
    with pytest.raises(NothingDefined, match="two columns or more that are no mask"):
        cc.loss(kind, scores=scores, **given)


def test_a_row_without_a_class_may_be_masked_everywhere() -> None:
    scores = np.array(LOGITS)
    scores[4] = -np.inf
    labels = np.array([0, 0, 1, 2, None], object)
    result = cc.loss("cross-entropy", scores=scores, labels=labels)
    assert (result.n, result.undefined) == (4, 1)


def test_rank_and_hardest_negative_pass_over_masked_candidates() -> None:
    scores = np.array([[0.5, -np.inf, 0.7, 0.1], [0.9, -np.inf, -np.inf, -np.inf]])
    result = cc.loss("infonce", scores=scores, per_sample=True)
    assert column(result, "rank") == [2, 1]
    assert column(result, "hardest_index") == [2, -1]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (-np.inf, "1 row with -infinity, which masks a candidate, as the positive's score (row 3,"),
        (np.inf, "1 row with NaN or infinity (row 3,"),
        (np.nan, "1 row with NaN or infinity (row 3,"),
    ],
)
def test_a_positive_must_be_a_finite_number(value: float, said: str) -> None:
    scores = np.array(LOGITS)
    scores[3, 0] = value
    with pytest.raises(BadInput) as error:
        cc.loss("infonce", scores=scores)
    assert said in str(error.value)
    assert "--on-bad drop" in error.value.remedy
    assert "--precision" not in error.value.remedy
    left = cc.loss("infonce", scores=scores, on_bad="drop")
    assert left.value == cc.loss("infonce", scores=np.delete(scores, 3, 0)).value
    assert left.samples.index.tolist() == [0, 1, 2, 4]


def test_masks_are_said_and_counted_and_never_advise_to_drop(tmp_path: Path) -> None:
    np.save(tmp_path / "logits.npy", LOGITS)
    told = contrast(
        "contrast loss --kind infonce --scores logits.npy --per-sample -o json", tmp_path
    )
    assert (
        "masked: 3 of 30 scores are -infinity, in 2 of 5 rows: candidates that are not there. "
        "A row has 4 to 6 of 6, its positive among them."
    ) in told.err
    assert "drop" not in told.err
    assert "candidates" not in told.document
    assert [row["candidates"] for row in told.document["per_sample"]] == [6, 4, 6, 5, 6]
    spoilt = np.array(LOGITS)
    spoilt[1, 2] = np.inf
    np.save(tmp_path / "spoilt.npy", spoilt)
    error = refused("contrast loss --kind infonce --scores spoilt.npy", tmp_path)
    assert "1 row with NaN or infinity (row 1, counted from 0)" in error


def test_info_says_that_ready_scores_may_hold_infinities(tmp_path: Path) -> None:
    np.save(tmp_path / "logits.npy", LOGITS)
    told = contrast("contrast info logits.npy", tmp_path)
    assert "As ready scores (--scores), -infinity masks a candidate." in " ".join(told.err.split())


def test_scores_without_a_mask_say_nothing_of_masks() -> None:
    result = cc.loss("infonce", scores=np.nan_to_num(LOGITS, neginf=-9.0))
    assert (result.candidates, result.samples.candidates) == (6, None)
    assert not any("masked" in warning for warning in result.warnings)
