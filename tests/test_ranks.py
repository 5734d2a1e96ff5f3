"""Where the positive of each sample stands: rank and hardest negative, by the textbook."""

from typing import Any

import numpy as np
import pytest
import textbook
from form_contests import CONTESTS
from form_oracles import Setting
from form_settings import few_settings
from forms import Case, cases, data, distinct, tied

from contrastive_core import LOSSES, LossResult
from contrastive_core.engines import local
from contrastive_core.tiles import Cut

CASES = [
    pytest.param(case, precision, id=f"{case.name} {name} {precision}")
    for kind in CONTESTS
    for name, draw, precision in (
        ("distinct", distinct, "float64"),
        ("tied", tied, "float32"),
    )
    for case in cases(kind, draw, n=11)
]
TIED = [pytest.param(case, id=case.name) for k in CONTESTS for case in cases(k, tied, n=11)]
PLAIN = [pytest.param(case, id=case.name) for kind in CONTESTS for case in cases(kind)]
OTHERS = [case for kind in LOSSES if kind not in CONTESTS for case in cases(kind)]


def assert_standings(found: LossResult, directions: list[list[textbook.Contest]]) -> None:
    columns = dict(found.samples.columns())
    for prefix, contests in zip(("", "reverse_"), directions, strict=False):
        ranks = [textbook.rank(c) if c.positives else -1 for c in contests]
        hardest = [textbook.hardest_negative(contest) for contest in contests]
        scores = [c.scores[h] for c, h in zip(contests, hardest, strict=True)]
        assert columns[prefix + "rank"].tolist() == ranks
        assert columns[prefix + "hardest_index"].tolist() == hardest
        assert columns[prefix + "hardest"] == pytest.approx(scores, abs=1e-6)
    assert ("reverse_rank" in columns) == (len(directions) == 2)


def ranking(case: Case) -> list[Setting]:
    """The settings under which who stands where differs."""
    seen = ("similarity", "denominator", "symmetric", "form")
    base, *others = few_settings(case)
    return [base, *(s for s in others if any(s.get(n) != base.get(n) for n in seen))]


@pytest.mark.parametrize(("case", "precision"), CASES)
def test_rank_and_hardest_negative_are_those_of_the_textbook(case: Case, precision: str) -> None:
    tolerance = 1e-6 if precision == "float32" else 1e-12
    for setting in ranking(case):
        directions = CONTESTS[case.kind](case.given, setting, tolerance)
        tile = 5 if precision == "float64" else None
        assert_standings(case.loss(setting, precision=precision, tile=tile), directions)


@pytest.mark.parametrize("case", TIED)
def test_many_small_tasks_rank_the_same(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "cut_for", lambda *_: Cut(2, 2, 4))
    for setting in ranking(case):
        directions = CONTESTS[case.kind](case.given, setting, 1e-12)
        assert_standings(case.loss(setting, threads=2), directions)


@pytest.mark.parametrize("case", PLAIN)
def test_asking_for_ranks_changes_no_bit_of_the_loss(case: Case) -> None:
    for setting in few_settings(case):
        plain, ranked = (
            case.loss(setting, per_sample=asked, precision="float32") for asked in (False, True)
        )
        assert plain.samples.rank is None
        assert ranked.samples.rank is not None
        assert plain.value == ranked.value
        assert np.array_equal(plain.samples.loss, ranked.samples.loss, equal_nan=True)


@pytest.mark.parametrize("kind", CONTESTS)
def test_asking_for_ranks_changes_no_bit_of_large_tables(kind: str) -> None:
    (case, *_) = cases(kind, n=700)
    plain, ranked = (
        case.loss({}, per_sample=asked, precision="float32") for asked in (False, True)
    )
    assert np.array_equal(plain.samples.loss, ranked.samples.loss, equal_nan=True)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in OTHERS])
def test_losses_without_candidates_have_no_ranks(case: Case) -> None:
    for samples in (case.loss({}).samples, case.loss({}).worst):
        assert samples.rank is None
        assert samples.hardest is None
        assert samples.hardest_index is None


@pytest.mark.parametrize("case", PLAIN)
def test_the_samples_that_are_listed_are_told_their_rank_unasked(case: Case) -> None:
    plain, told = case.loss({}, per_sample=False), case.loss({})
    loss = told.samples.loss
    defined = np.flatnonzero(~np.isnan(loss))
    order = defined[np.argsort(-loss[defined], kind="stable")][:10]
    listed: dict[str, Any] = dict(plain.worst.columns())
    for name, values in told.samples.columns():
        assert np.array_equal(listed[name], values[order]), name


def test_the_tied_data_hold_copies_and_equal_scores() -> None:
    rows = data(tied, n=11).views[0]
    assert len(np.unique(rows, axis=0)) < len(rows)
    case = cases("infonce", tied, n=11)[0]
    (contests,) = CONTESTS["infonce"](case.given, next(few_settings(case)), 0.0)
    assert all(len(set(contest.scores.values())) < len(contest.scores) for contest in contests)
