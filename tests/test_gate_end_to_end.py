"""A baseline from the sample data, and the same and other data held against it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from contrastive_core.errors import BadInput, BadParameter, CannotWrite, NothingDefined
from contrastive_core.gate.front import run_check
from contrastive_core.gate.grammar import parse_rule
from contrastive_core.gate.loading import load_baseline
from contrastive_core.gate.pool import Pool
from contrastive_core.gate.request import CheckedPool, CheckRequest
from contrastive_core.gate.verdict import CheckResult
from contrastive_core.inputs import Given

SAMPLES = Path(__file__).resolve().parent.parent / "sample_data"
LABELS = str(SAMPLES / "labels.npy")


def check(
    embeddings: Any, rules: Iterable[str] = (), labels: Any = LABELS, **request: Any
) -> CheckResult:
    if isinstance(embeddings, str):
        embeddings = str(SAMPLES / embeddings)
    pool = Pool(None, Given(embeddings, labels=labels))
    asked = tuple(parse_rule(rule, "error") for rule in rules)
    return run_check(CheckRequest((CheckedPool(pool, asked),), **request))


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "baseline.json"
    assert check("emb.npy", save_baseline=path).saved == str(path)
    return path


def test_the_data_of_a_baseline_pass_it(baseline: Path) -> None:
    result = check("emb.npy", baseline=baseline)
    assert result.outcome == "passed"
    assert len(result.checks) == len(load_baseline(baseline).inputs[0].figures)
    assert all(each.value == each.baseline for each in result.checks)
    assert result.notes == ("the data are those of the baseline",)


def test_saving_the_same_data_twice_gives_the_same_bytes(baseline: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.json"
    check("emb.npy", baseline=baseline, save_baseline=again)
    assert again.read_bytes() == baseline.read_bytes()


def test_a_baseline_holds_every_metric_and_the_shares_of_triplets(baseline: Path) -> None:
    (saved,) = load_baseline(baseline).inputs
    figures = set(saved.figures)
    assert {"alignment", "uniformity", "uniformity.keys", "modality_gap", "duplicates"} <= figures
    assert {"recall_at_1", "map_at_r", "triplets.hard", "triplets.easy"} <= figures
    with_sigma = {text for text, each in saved.figures.items() if each.sigma is not None}
    assert {"alignment", "uniformity", "r_precision", "triplets.hard"} <= with_sigma
    assert not {"effective_rank", "hubness", "mean_cosine", "duplicates"} & with_sigma
    assert (saved.n, saved.d) == (512, 32)
    assert [file.role for file in saved.files] == ["embeddings", "labels"]
    assert all(file.sha256 for file in saved.files)


def test_sigma_of_uniformity_is_twice_that_of_its_row_means(baseline: Path) -> None:
    """By the delta method: 2 sd(rows) / sqrt(n) / mean; of alignment sd / sqrt(n)."""
    figures = load_baseline(baseline).inputs[0].figures
    z, other = np.load(SAMPLES / "emb.npy").astype(np.float64)
    table = np.exp(-2 * (2 - 2 * z @ z.T))
    terms = (table.sum(axis=1) - table.diagonal()) / 511
    expected = 2 * terms.std() / math.sqrt(512) / terms.mean()
    assert figures["uniformity"].sigma == pytest.approx(expected, rel=0.08)
    gaps = ((z - other) ** 2).sum(axis=1)
    assert figures["alignment"].sigma == pytest.approx(gaps.std() / math.sqrt(512), rel=0.08)


def test_a_collapsed_space_passes_no_baseline_and_the_metrics_are_named(baseline: Path) -> None:
    result = check("collapsed.npy", baseline=baseline)
    assert not result.passed
    failed = {each.metric for each in result.checks if each.passed is False}
    assert {"uniformity", "duplicates", "mean_cosine", "recall_at_1", "triplets.hard"} <= failed
    undefined = {each.metric for each in result.checks if each.passed is None}
    assert {"effective_rank", "iso_score", "participation_ratio"} <= undefined
    uniformity = next(each for each in result.checks if each.metric == "uniformity")
    assert uniformity.reason is not None
    assert "is worse than the baseline's -3.19" in uniformity.reason
    assert len(uniformity.rows) == 10
    assert "other data than those of the baseline: embeddings" in result.notes


def test_a_collapsed_space_fails_a_baseline_of_what_it_still_has(tmp_path: Path) -> None:
    path, rules = tmp_path / "b.json", ["uniformity <= -2", "alignment <= 0.4"]
    check("emb.npy", rules, labels=None, save_baseline=path)
    result = check("collapsed.npy", labels=None, baseline=path)
    assert result.outcome == "failed"
    assert {each.metric: each.passed for each in result.checks} == {
        "alignment": True,
        "uniformity": False,
    }


def test_another_seed_of_the_bootstrap_is_within_sigma(baseline: Path) -> None:
    allow = ("uniformity: 2 sigma", "triplets.hard: 2 sigma")
    results = [check("emb.npy", baseline=baseline, allow=allow, seed=seed) for seed in (0, 1)]
    widths = [
        {each.metric: each.allowed for each in result.checks if each.metric == "uniformity"}
        for result in results
    ]
    assert all(result.outcome == "passed" for result in results)
    assert widths[0] != widths[1]
    assert widths[0]["uniformity"] == pytest.approx(widths[1]["uniformity"], rel=0.1)


def test_other_samples_of_one_space_are_within_a_few_sigma_and_another_space_is_not(
    tmp_path: Path,
) -> None:
    rows = np.load(SAMPLES / "emb.npy")
    path = tmp_path / "b.json"
    rules = ["uniformity <= 0", "alignment <= 9"]
    check(rows[:, :256], rules, labels=None, save_baseline=path)
    allow = ("uniformity: 4 sigma", "alignment: 4 sigma")
    assert check(rows[:, 256:], labels=None, baseline=path, allow=allow).outcome == "passed"
    other = np.load(SAMPLES / "untrained.npy")[:, 256:]
    result = check(other, labels=None, baseline=path, allow=allow)
    assert [each.passed for each in result.checks] == [False, False]


def test_fewer_samples_are_comparable_where_that_is_allowed_and_no_count_matters(
    baseline: Path,
) -> None:
    rows, labels = np.load(SAMPLES / "emb.npy")[:, :500], np.load(LABELS)[:500]
    plain = check(rows, labels=labels, baseline=baseline)
    assert {each.passed for each in plain.checks} == {None}
    allowed = check(rows, labels=labels, baseline=baseline, allow=("n: 5%", "*: 20%"))
    found = {each.metric: each.passed for each in allowed.checks}
    assert found["uniformity"] is True
    assert found["alignment"] is True
    assert found["recall_at_1"] is None
    assert found["effective_rank"] is None


def test_parquet_of_the_same_rows_has_the_same_values(baseline: Path) -> None:
    result = check("emb.parquet", baseline=baseline)
    assert result.outcome == "passed"
    assert result.notes[0] == "other data than those of the baseline: embeddings, keys"


def test_a_figure_without_its_input_is_undecided_and_the_others_are_told(baseline: Path) -> None:
    result = check("emb.npy", labels=None, baseline=baseline)
    assert result.outcome == "undecided"
    found = {each.metric: each.passed for each in result.checks}
    assert found["uniformity"] is True
    assert found["r_precision"] is None
    assert found["triplets.hard"] is None


def test_every_figure_with_terms_is_their_mean(tmp_path: Path) -> None:
    """So that its standard error is one of the figure: saved with one, and worth some of it."""
    path = tmp_path / "b.json"
    rules = [
        f"{figure} <= 99"
        for figure in ("infonce", "nt-xent(tau=0.2)", "supcon", "clip", "siglip", "triplets.hard")
    ]
    check("emb.npy", rules, save_baseline=path)
    for text, figure in load_baseline(path).inputs[0].figures.items():
        assert figure.sigma is not None, text
        assert 0 < figure.sigma < 0.2 * abs(figure.value), text
        assert math.isfinite(figure.sigma)


def test_rules_and_a_baseline_are_told_in_one_verdict(baseline: Path) -> None:
    result = check("emb.npy", ["uniformity <= -9", "infonce <= 9"], baseline=baseline)
    assert [each.rule for each in result.checks[:2]] == ["uniformity <= -9", "infonce <= 9"]
    assert [each.passed for each in result.checks[:2]] == [False, True]
    assert all(each.passed for each in result.checks[2:])
    assert "not in the baseline: infonce" in result.notes


def test_nothing_is_saved_where_a_rule_is_broken_or_undecided(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    for rule, word in (("uniformity <= -9", "failed"), ("cross-entropy <= 1", "undecided")):
        result = check("emb.npy", ["triplets.hard <= 100%", rule], save_baseline=path)
        assert result.saved is None
        assert f"{path} is not saved: the check is {word}" in result.notes
        assert not path.exists()


def test_a_baseline_is_never_written_over_an_input(tmp_path: Path) -> None:
    path = tmp_path / "emb.npy"
    np.save(path, np.load(SAMPLES / "emb.npy"))
    before = path.read_bytes()
    (tmp_path / "link.npy").symlink_to(path)
    for target in (path, tmp_path / "link.npy"):
        with pytest.raises(CannotWrite, match="one of the inputs"):
            run_check(
                CheckRequest((CheckedPool(Pool(None, Given(str(path))), ()),), save_baseline=target)
            )
    assert path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="no directory"):
        check("no such file.npy", save_baseline=tmp_path / "no" / "b.json")


def test_mistakes_about_the_baseline_are_told_before_anything_is_read(baseline: Path) -> None:
    with pytest.raises(BadParameter, match="a figure of the baseline"):
        check("no such file.npy", baseline=baseline, allow=("infonce: 1",))
    with pytest.raises(BadParameter, match="standard errors"):
        check("no such file.npy", baseline=baseline, allow=("effective_rank: 1 sigma",))
    with pytest.raises(BadInput, match="no file of that name"):
        check("no such file.npy", baseline=baseline.parent / "other.json")
    with pytest.raises(BadParameter, match="a baseline that a figure may be worse than"):
        check("no such file.npy", ["uniformity <= 0"], allow=("uniformity: 1",))


def test_what_is_undefined_is_saved_with_its_reason_and_not_compared(tmp_path: Path) -> None:
    rows, path = np.random.default_rng(2).normal(size=(12, 4)), tmp_path / "b.json"
    assert check(rows, labels=None, save_baseline=path).outcome == "passed"
    saved = load_baseline(path).inputs[0].figures["alpha_req"]
    assert math.isnan(saved.value)
    assert saved.reason == "needs 20 positive eigenvalues of the covariance, there are 4"
    result = check(rows, labels=None, baseline=path)
    assert result.outcome == "passed"
    assert "alpha_req" not in {each.metric for each in result.checks}
    assert [note for note in result.notes if "alpha_req" in note] == [
        f"alpha_req was undefined in the baseline ({saved.reason}) and is again: not compared"
    ]


def test_a_baseline_in_which_everything_was_undefined_is_nothing_to_check(tmp_path: Path) -> None:
    one, file = np.ones((1, 4)), tmp_path / "baseline.json"
    check(one, ["norm_mean >= 0"], labels=None, save_baseline=file)
    text = file.read_text()
    file.write_text(
        text.replace('"value": 2.0', '"value": null').replace('"reason": null', '"reason": "none"')
    )
    with pytest.raises(NothingDefined, match="all were undefined"):
        check(one, labels=None, baseline=file)
    assert check(one, ["norm_mean >= 0"], labels=None, baseline=file).passed


def test_several_inputs_share_a_baseline(tmp_path: Path) -> None:
    def several(first: str, **request: Any) -> CheckResult:
        named = {"train": first, "val": "emb.npy"}
        rules = (parse_rule("uniformity <= 0", "error"), parse_rule("alignment <= 9", "error"))
        pools = [Pool(name, Given(str(SAMPLES / path))) for name, path in named.items()]
        return run_check(CheckRequest(tuple(CheckedPool(pool, rules) for pool in pools), **request))

    path = tmp_path / "b.json"
    several("emb.npy", save_baseline=path)
    assert [each.name for each in load_baseline(path).inputs] == ["train", "val"]
    result = several("untrained.npy", baseline=path)
    found = [(each.input, each.passed) for each in result.checks if each.baseline is not None]
    assert found == [("train", False), ("train", False), ("val", True), ("val", True)]
    assert result.notes == (
        "train: other data than those of the baseline: embeddings",
        "val: the data are those of the baseline",
    )
    with pytest.raises(BadInput, match="--save-baseline"):
        check("emb.npy", ["uniformity <= 0"], labels=None, baseline=path)
