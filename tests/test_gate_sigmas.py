"""Standard errors: against closed forms, and against the spread over many samples."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gate_data import mean_of, measured

import contrastive_core as cc
from contrastive_core import metrics
from contrastive_core.bootstrap import standard_error
from contrastive_core.evaluation import Ratio
from contrastive_core.gate.loading import load_baseline
from contrastive_core.gate.measured import PAIRWISE, Measured
from contrastive_core.gate.sigmas import sigma_of
from contrastive_core.numerics import Float


def test_the_standard_error_of_a_mean_is_sd_over_the_root_of_n() -> None:
    terms = np.random.default_rng(1).exponential(size=400)
    expected = terms.std() / math.sqrt(400)  # the bootstrap's own variance divides by n
    assert standard_error(terms, seed=0) == pytest.approx(expected, rel=0.06)
    shifted = standard_error(terms * 3 + 7, seed=0)
    assert shifted == pytest.approx(3 * standard_error(terms, seed=0), rel=1e-9)


def test_the_standard_error_is_the_spread_of_a_plain_loop() -> None:
    terms, weights = [1.0, 2.0, 6.0, 7.0, 7.5], [1.0, 0.0, 2.0, 1.0, 3.0]
    draws, found = np.random.default_rng((4, 1000)), []
    for _ in range(1000):
        chosen = [int(draws.integers(5)) for _ in range(5)]
        whole = sum(weights[i] for i in chosen)
        if whole:
            found.append(math.sqrt(sum(terms[i] for i in chosen) / whole))
    mean = math.fsum(found) / len(found)
    spread = math.sqrt(math.fsum((each - mean) ** 2 for each in found) / (len(found) - 1))
    again = standard_error(terms, weights, seed=4, transform=np.sqrt)
    assert again == pytest.approx(spread, rel=1e-10)


def test_the_delta_method_gives_the_standard_error_of_a_logarithm() -> None:
    terms = np.random.default_rng(2).uniform(1, 3, size=500)
    expected = terms.std() / math.sqrt(500) / terms.mean()
    assert standard_error(terms, seed=0, transform=np.log) == pytest.approx(expected, rel=0.06)


def test_one_member_has_no_standard_error_and_equal_ones_none_at_all() -> None:
    assert math.isnan(standard_error([3.0], seed=0))
    assert math.isnan(standard_error([], seed=0))
    assert standard_error([3.0, 3.0, 3.0], seed=0) == 0.0
    assert math.isnan(standard_error([1.0, 2.0], 0.0, seed=0))


def test_resamples_whose_logarithm_is_none_are_left_out() -> None:
    found = standard_error([0.0, 1.0], seed=0, transform=np.log)
    values = np.log([0.5] * 2 + [1.0])
    assert 0 < found < values.std() * 1.2


def test_a_figure_that_is_no_mean_has_no_sigma() -> None:
    assert sigma_of(measured("effective_rank", 4.0), 0) is None
    assert sigma_of(mean_of("alignment", [1.0]), 0) is None
    assert sigma_of(measured("alignment", math.nan, ratios=(Ratio(np.ones(4)),)), 0) is None


def test_samples_without_a_term_are_left_out() -> None:
    terms = [1.0, math.nan, 4.0, 5.0, math.nan]
    assert sigma_of(mean_of("infonce", terms), 3) == sigma_of(mean_of("infonce", [1, 4, 5]), 3)


def test_the_seed_decides() -> None:
    figure = mean_of("alignment", np.arange(9.0))
    assert sigma_of(figure, 0) == sigma_of(figure, 0) != sigma_of(figure, 1)


def test_one_term_each_is_a_plain_mean_and_two_alike_are_one() -> None:
    terms = np.arange(6.0)
    plain = sigma_of(mean_of("triplet", terms), 0)
    assert sigma_of(mean_of("triplet", terms, np.ones(6)), 0) == plain
    pairs = mean_of("triplet", np.repeat(terms, 2), groups=np.repeat(np.arange(6), 2))
    double = mean_of("triplet", 2 * terms, np.full(6, 2.0))
    assert sigma_of(pairs, 0) == pytest.approx(plain, rel=1e-12)
    assert sigma_of(double, 0) == pytest.approx(plain, rel=1e-12)


def test_two_views_that_rise_and_fall_together_are_no_more_than_one() -> None:
    """400 terms, but 200 samples: drawn apart they would seem to scatter 1.41 times less."""
    terms = np.random.default_rng(6).normal(size=200)
    both, sample = np.concatenate([terms, terms]), np.tile(np.arange(200), 2)
    together = sigma_of(mean_of("nt-xent", both, groups=sample), 0)
    apart = sigma_of(mean_of("nt-xent", both), 0)
    assert together is not None
    assert together == pytest.approx(terms.std() / math.sqrt(200), rel=0.06)
    assert apart == pytest.approx(together / math.sqrt(2), rel=0.06)


def _uniformity(rows: Float) -> Measured:
    """log mean_{i<j} exp(-2 |z_i - z_j|^2), its terms the means of its rows."""
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    table = np.exp(-2 * (2 - 2 * unit @ unit.T))
    terms = (table.sum(axis=1) - table.diagonal()) / (len(rows) - 1)
    value = math.log(terms.mean())
    return measured(
        "uniformity", value, ratios=(Ratio(terms),), transform=np.log, sigma_factor=PAIRWISE
    )


def test_sigma_of_uniformity_is_the_spread_of_its_value_over_samples() -> None:
    """300 samples of 120 rows: twice the naive standard error, which misses by half."""
    draws = np.random.default_rng(9)
    found = []
    for number in range(300):
        rows = draws.normal(size=(120, 4)) + np.array([1.0, 0, 0, 0])
        figure = _uniformity(rows)
        found.append((figure.value, sigma_of(figure, number)))
    values, sigmas = np.array(found, float).T
    assert values.std() == pytest.approx(sigmas.mean(), rel=0.12)


def test_the_terms_of_uniformity_by_hand_are_those_of_the_metric() -> None:
    rows = np.random.default_rng(3).normal(size=(30, 5))
    found = metrics(rows, metrics=["uniformity"]).metrics["uniformity"].value
    assert _uniformity(rows).value == pytest.approx(found, rel=1e-6)


def test_sigma_of_a_mean_is_the_spread_of_its_value_over_samples() -> None:
    draws = np.random.default_rng(8)
    found = []
    for number in range(400):
        figure = mean_of("alignment", draws.exponential(size=80))
        found.append((figure.value, sigma_of(figure, number)))
    values, sigmas = np.array(found, float).T
    assert values.std() == pytest.approx(sigmas.mean(), rel=0.12)


def _of_ratios(*ratios: tuple[Any, Any]) -> float:
    """Spread of a sum of ratios over resampled members, from their sums and counts."""
    draws, found = np.random.default_rng(77), []
    for _ in range(2000):
        chosen = draws.integers(120, size=120)
        found.append(sum(top[chosen].sum() / bottom[chosen].sum() for top, bottom in ratios))
    return float(np.std(found))


LABELS = np.arange(120) % 6
ROWS = np.eye(6)[LABELS] + 0.25 * np.random.default_rng(14).normal(size=(120, 6))
APART = ((ROWS[:, None] - ROWS[None]) ** 2).sum(axis=2)
ALIKE, OTHERS = LABELS[:, None] == LABELS, LABELS[:, None] != LABELS


def _sigma(rule: str, **given: Any) -> float:
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "b.json"
        cc.check(require=rule, save_baseline=saved, **given)
        (figure,) = load_baseline(saved).inputs[0].figures.values()
    assert figure.sigma is not None
    return figure.sigma


@pytest.mark.parametrize(
    "rule",
    ["triplet(average=active, normalize=false)", "triplets(normalize=false).loss.mean_active"],
)
def test_sigma_of_the_active_triplets_is_that_of_their_sum_by_their_number(rule: str) -> None:
    sums, counts = np.zeros((2, 120))
    for anchor in range(120):
        mates = ALIKE[anchor] & (np.arange(120) != anchor)
        near, far = APART[anchor, mates][:, None], APART[anchor, OTHERS[anchor]]
        active = far < near + 0.2
        sums[anchor], counts[anchor] = (near + 0.2 - far)[active].sum(), active.sum()
    assert (counts == 0).any()
    found = _sigma(f"{rule} >= 0", embeddings=ROWS, labels=LABELS)
    assert found == pytest.approx(_of_ratios((sums, counts)), rel=0.08)


def test_sigma_of_a_sum_of_two_means_is_of_both_as_they_rise_and_fall_together() -> None:
    """Of pairs of labels twice that of their rows, which a symmetric function of pairs has."""
    unit = ROWS / np.linalg.norm(ROWS, axis=1, keepdims=True)
    apart = np.linalg.norm(unit[:, None] - unit[None], axis=2)
    own = np.where(ALIKE & ~np.eye(120, dtype=bool), apart, 0)
    other = np.where(OTHERS, np.maximum(1.5 - apart, 0), 0)
    ratios = [(terms.sum(axis=1), (terms > 0).sum(axis=1)) for terms in (own, other)]
    rule = "contrastive(convention=pytorch-metric-learning, margin=1.5) >= 0"
    found = _sigma(rule, embeddings=ROWS, labels=LABELS)
    assert found == pytest.approx(2 * _of_ratios(*ratios), rel=0.08)

    keys, match = np.roll(ROWS, 3, axis=0), np.arange(120) % 2
    apart = np.linalg.norm(unit - np.roll(unit, 3, axis=0), axis=1)
    terms = np.where(match, apart, np.maximum(1.5 - apart, 0))
    ratios = [(terms * each, (terms > 0) & each) for each in (match == 1, match == 0)]
    found = _sigma(rule, embeddings=ROWS, keys=keys, match=match)
    assert found == pytest.approx(_of_ratios(*ratios), rel=0.08)


def test_sigma_of_pairs_of_labels_is_the_spread_of_their_mean_over_samples() -> None:
    draws, found = np.random.default_rng(3), []
    for number in range(150):
        labels = draws.integers(0, 4, 40)
        rows = np.eye(4)[labels] + 0.5 * draws.normal(size=(40, 4))
        found.append(cc.loss("contrastive", rows, labels=labels, normalize=False).value)
        if number == 0:
            sigma = _sigma("contrastive >= 0", embeddings=rows, labels=labels)
    assert np.std(found) == pytest.approx(sigma, rel=0.25)


def test_a_resample_without_an_active_term_has_a_mean_of_0_as_the_loss_has() -> None:
    """One active term of 20: 0.358 of the resamples miss it, and the mean is 3 or 0."""
    one = sigma_of(mean_of("triplet", [3.0] + 19 * [0.0], np.arange(20) < 1), 0)
    missed = (1 - 1 / 20) ** 20
    assert one == pytest.approx(3 * math.sqrt(missed * (1 - missed)), rel=0.05)


def test_a_mean_of_active_triplets_is_held_by_sigmas_where_none_is_active(tmp_path: Path) -> None:
    rule, saved = "triplet(average=active)", tmp_path / "b.json"
    apart = np.eye(6)[LABELS] + 1e-3 * ROWS
    cc.check(apart, labels=LABELS, require=f"{rule} == 0", save_baseline=saved)
    allow = f"{rule}: 2 sigma"
    for rows, passed in ((apart, True), (ROWS, False)):
        (check,) = cc.check(rows, labels=LABELS, baseline=saved, allow=allow).checks
        assert check.passed is passed


@pytest.mark.parametrize(("tau", "least", "most"), [(0.05, 0.85, 1.15), (1.0, 1.3, 2.1)])
def test_shared_candidates_add_to_the_spread_where_they_weigh(
    tau: float, least: float, most: float
) -> None:
    """What the help says: sigma is all of it where positives decide, else half of it at least."""
    draws, found = np.random.default_rng(12), []
    for number in range(300):
        x = draws.normal(size=(80, 6)) + np.array([1.0, 0, 0, 0, 0, 0])
        y = x + 0.5 * draws.normal(size=(80, 6))
        x, y = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in (x, y))
        logits = x @ y.T / tau
        terms = np.log(np.exp(logits).sum(axis=1)) - logits.diagonal()
        figure = mean_of("infonce", terms)
        found.append((figure.value, sigma_of(figure, number)))
    values, sigmas = np.array(found, float).T
    assert least < values.std() / sigmas.mean() < most


def test_uniformity_of_the_second_cloud_is_a_mean_over_pairs_as_well(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(30, 4))
    rules = ["uniformity <= 0", "uniformity.keys <= 0"]
    cc.check(rows, rows.copy(), require=rules, save_baseline=tmp_path / "b.json")
    figures = load_baseline(tmp_path / "b.json").inputs[0].figures
    assert figures["uniformity.keys"].sigma == figures["uniformity"].sigma
