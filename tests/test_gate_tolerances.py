"""`--allow`: how much worse a figure may be, and what is said of what means nothing."""

from __future__ import annotations

import pytest

from contrastive_core.errors import BadParameter, ContrastError
from contrastive_core.gate.tolerances import (
    ABSOLUTE,
    RELATIVE,
    SIGMA,
    UNASKED,
    Amount,
    parse_allowances,
)


@pytest.mark.parametrize(
    ("written", "figure", "number", "of"),
    [
        ("uniformity: 0.05", "uniformity", 0.05, ABSOLUTE),
        ("uniformity:0", "uniformity", 0.0, ABSOLUTE),
        ("  mean_cosine :  2 % ", "mean_cosine", 0.02, RELATIVE),
        ("mean-cosine: 0.5%", "mean_cosine", 0.005, RELATIVE),
        ("infonce(tau=0.07): 2 sigma", "infonce(tau=0.07)", 2.0, SIGMA),
        ("infonce( tau = 0.07 ):1.5sigmas", "infonce(tau=0.07)", 1.5, SIGMA),
        ("nt_xent: 1 SIGMA", "nt-xent", 1.0, SIGMA),
        ("p95(nt-xent): 1e-3", "p95(nt-xent)", 0.001, ABSOLUTE),
        ("uniformity.keys: .5", "uniformity.keys", 0.5, ABSOLUTE),
    ],
)
def test_an_amount_is_of_its_figure_in_one_spelling(
    written: str, figure: str, number: float, of: str
) -> None:
    found = parse_allowances([written])
    assert list(found.figures) == [figure]
    assert found.amount(figure).number == pytest.approx(number, rel=1e-15)
    assert found.amount(figure).of == of
    assert found.amount("hubness") == UNASKED
    assert found.samples == 0.0


def test_without_a_word_a_millionth_is_allowed() -> None:
    assert parse_allowances([]).amount("uniformity") == Amount(1e-6, RELATIVE)


def test_samples_and_all_other_figures_have_amounts_too() -> None:
    found = parse_allowances(["n: 10%", "*: 1e-4", "uniformity: 0.2"])
    assert found.samples == 0.1
    assert found.amount("alignment") == Amount(1e-4, ABSOLUTE)
    assert found.amount("uniformity") == Amount(0.2, ABSOLUTE)
    assert set(found.figures) == {"uniformity"}
    assert parse_allowances(["*: 3%"]).amount("alignment") == Amount(0.03, RELATIVE)


@pytest.mark.parametrize(
    ("amount", "baseline", "sigma", "expected"),
    [
        (Amount(0.05, ABSOLUTE), -2.0, 9.0, 0.05),
        (Amount(0.05, RELATIVE), -2.0, 9.0, 0.1),
        (Amount(2.0, SIGMA), -2.0, 0.3, 0.6),
    ],
)
def test_an_amount_comes_to_units_of_the_figure(
    amount: Amount, baseline: float, sigma: float, expected: float
) -> None:
    assert amount.of_value(baseline, sigma) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Amount(0.02, RELATIVE), "2%"),
        (Amount(2.0, SIGMA), "2 sigma"),
        (Amount(0.5, ABSOLUTE), "0.5"),
    ],
)
def test_an_amount_is_said_as_it_is_typed(amount: Amount, text: str) -> None:
    assert amount.text == text


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("uniformity", "FIGURE: AMOUNT"),
        ("uniformity:", "FIGURE: AMOUNT"),
        (": 0.05", "FIGURE: AMOUNT"),
        ("uniformity: much", "an amount such as 0.05, 2% or '2 sigma'"),
        ("uniformity: 2 3", "an amount such as 0.05, 2% or '2 sigma'"),
        ("uniformity: sigma", "an amount such as 0.05, 2% or '2 sigma'"),
        ("uniformity: 2%%", "an amount such as 0.05, 2% or '2 sigma'"),
        ("uniformity: -0.05", "a finite amount from 0 on"),
        ("uniformity: -1 sigma", "a finite amount from 0 on"),
        ("uniformity: nan", "a finite amount from 0 on"),
        ("uniformity: inf%", "a finite amount from 0 on"),
        ("uniformity: 1e999", "a finite amount from 0 on"),
        ("n: 10", "a share of the samples, such as 'n: 10%'"),
        ("n: 1 sigma", "a share of the samples, such as 'n: 10%'"),
        ("*: 2 sigma", "not every figure is a mean over samples"),
        ("uniformty: 0.1", "'uniformity'"),
    ],
)
def test_what_means_nothing_is_an_error_that_says_what_would(written: str, part: str) -> None:
    with pytest.raises(ContrastError) as error:
        parse_allowances([written])
    assert part in str(error.value)


@pytest.mark.parametrize(
    "written",
    [
        ["uniformity: 0.1", "uniformity: 2%"],
        ["mean_cosine: 0.1", "mean-cosine: 0.1"],
        ["n: 1%", "n: 2%"],
        ["*: 1%", "*: 2%"],
    ],
)
def test_a_figure_has_one_amount(written: list[str]) -> None:
    with pytest.raises(BadParameter, match="one amount for each figure"):
        parse_allowances(written)


def test_a_figure_that_the_baseline_lacks_is_an_error_that_lists_what_it_has() -> None:
    found = parse_allowances(["alignment: 0.1"])
    with pytest.raises(BadParameter) as error:
        found.check_known(["uniformity", "alignment(alpha=1)", "uniformity"])
    assert "got 'alignment'" in str(error.value)
    assert "Known: uniformity, alignment(alpha=1)." in str(error.value)
    found.check_known(["alignment"])
