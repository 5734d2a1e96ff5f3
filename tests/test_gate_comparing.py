"""Figures against a baseline: what passes, what fails, what cannot be decided."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gate_data import HASH, checked, held, mean_of, measured, saved, written

from contrastive_core.errors import BadInput, BadParameter
from contrastive_core.gate.baseline import Baseline
from contrastive_core.gate.comparing import check_allowances, check_inputs, compare
from contrastive_core.gate.measured import HowFound, Measured
from contrastive_core.gate.tellings import Data, shown
from contrastive_core.gate.tolerances import parse_allowances
from contrastive_core.version import VERSION

NAN = math.nan
VIEWS = HowFound("views", "row i of h1.npy and row i of h2.npy")
PAIRS = HowFound("pairs", "the pairs of prs.npy")
BOTH = HowFound("labels and views", "rows of one class of y.npy; row i of h1.npy and of h2.npy")


def of(*figures: Any, **changes: Any) -> Baseline:
    return Baseline(VERSION, (saved(*figures, **changes),))


@pytest.mark.parametrize(
    ("figure", "then", "now", "allow", "passed"),
    [
        # Lower is better: uniformity.
        ("uniformity", -2.0, -2.0, "", True),
        ("uniformity", -2.0, -3.0, "", True),
        ("uniformity", -2.0, -1.9999981, "", True),
        ("uniformity", -2.0, -1.9999979, "", False),
        ("uniformity", -2.0, -1.5, "0.5", True),
        ("uniformity", -2.0, -1.4999, "0.5", False),
        ("uniformity", -2.0, -1.5, "25%", True),
        ("uniformity", -2.0, -1.4999, "25%", False),
        ("uniformity", -2.0, -1.9999999, "0", False),
        ("uniformity", -2.0, -2.0, "0", True),
        # Higher is better: effective_rank.
        ("effective_rank", 20.0, 20.0, "", True),
        ("effective_rank", 20.0, 90.0, "", True),
        ("effective_rank", 20.0, 19.999981, "", True),
        ("effective_rank", 20.0, 19.999979, "", False),
        ("effective_rank", 20.0, 19.0, "1", True),
        ("effective_rank", 20.0, 18.9, "1", False),
        ("effective_rank", 20.0, 19.0, "5%", True),
        ("effective_rank", 20.0, 18.9, "5%", False),
        # Neither is: mean_cosine.
        ("mean_cosine", 0.5, 0.5, "", True),
        ("mean_cosine", 0.5, 0.50000049, "", True),
        ("mean_cosine", 0.5, 0.50000051, "", False),
        ("mean_cosine", 0.5, 0.49999949, "", False),
        ("mean_cosine", 0.5, 0.625, "0.125", True),
        ("mean_cosine", 0.5, 0.375, "0.125", True),
        ("mean_cosine", 0.5, 0.63, "0.125", False),
        ("mean_cosine", 0.5, 0.37, "0.125", False),
        ("mean_cosine", -0.5, -0.51, "2%", True),
        ("mean_cosine", -0.5, -0.511, "2%", False),
        # Values near 0 have the absolute floor.
        ("mean_cosine", 0.0, 9e-13, "", True),
        ("mean_cosine", 0.0, 1.1e-12, "", False),
        ("alignment", 0.0, 9e-13, "10%", True),
        ("alignment", 0.0, 1.1e-12, "10%", False),
        ("alignment", 0.0, 1e-13, "0", False),
    ],
)
def test_a_value_may_be_worse_by_what_is_allowed_and_better_by_anything(
    figure: str, then: float, now: float, allow: str, passed: bool
) -> None:
    given = (f"{figure}: {allow}",) if allow else ()
    (check,) = held(of(measured(figure, then)), measured(figure, now), allow=given).checks
    assert check.passed is passed
    assert (check.reason is None) is passed
    assert (check.value, check.baseline, check.level) == (now, then, "error")
    assert bool(check.rows) is not passed


@pytest.mark.parametrize(
    ("figure", "then", "now", "op", "bound", "way"),
    [
        ("uniformity", -2.0, -1.0, "<=", -1.75, "highest"),
        ("effective_rank", 20.0, 10.0, ">=", 19.75, "lowest"),
        ("mean_cosine", 0.5, 0.9, "==", 0.5, "highest"),
        ("mean_cosine", 0.5, 0.1, "==", 0.5, "lowest"),
    ],
)
def test_a_check_says_the_bound_and_names_the_rows_that_carry_the_failure(
    figure: str, then: float, now: float, op: str, bound: float, way: str
) -> None:
    (check,) = held(
        of(measured(figure, then)), measured(figure, now), allow=(f"{figure}: 0.25",)
    ).checks
    assert (check.op, check.bound, check.allowed) == (op, bound, 0.25)
    assert check.rows == ({"index": 3, "way": way},)
    assert check.metric == figure


@pytest.mark.parametrize(
    ("figure", "then", "now", "rule", "reason"),
    [
        (
            "uniformity",
            -2.31,
            -2.1,
            "uniformity no worse than the baseline's -2.31 by more than 0.05",
            "-2.1 is worse than the baseline's -2.31 by 0.21, allowed is 0.05 (lower is better)",
        ),
        (
            "effective_rank",
            20.0,
            19.9,
            "effective_rank no worse than the baseline's 20 by more than 0.05",
            "19.9 is worse than the baseline's 20 by 0.1, allowed is 0.05 (higher is better)",
        ),
        (
            "mean_cosine",
            0.5,
            0.1,
            "mean_cosine within 0.05 of the baseline's 0.5",
            "0.1 is below the baseline's 0.5 by 0.4, allowed is 0.05 (neither way is better)",
        ),
        (
            "mean_cosine",
            0.5,
            0.75,
            "mean_cosine within 0.05 of the baseline's 0.5",
            "0.75 is above the baseline's 0.5 by 0.25, allowed is 0.05 (neither way is better)",
        ),
    ],
)
def test_rule_and_reason_are_sentences_with_numbers(
    figure: str, then: float, now: float, rule: str, reason: str
) -> None:
    allow = (f"{figure}: 0.05",)
    (check,) = held(of(measured(figure, then)), measured(figure, now), allow=allow).checks
    assert check.rule == rule
    assert check.reason == reason


@pytest.mark.parametrize(
    ("figure", "allow", "rule"),
    [
        ("uniformity", "", "uniformity no worse than the baseline's -2"),
        ("mean_cosine", "", "mean_cosine as in the baseline, -2"),
        ("uniformity", "5%", "uniformity no worse than the baseline's -2 by more than 0.1 (5%)"),
        ("mean_cosine", "5%", "mean_cosine within 0.1 (5%) of the baseline's -2"),
    ],
)
def test_a_rule_says_what_was_allowed_and_nothing_where_nothing_was(
    figure: str, allow: str, rule: str
) -> None:
    given = (f"{figure}: {allow}",) if allow else ()
    (check,) = held(of(measured(figure, -2.0)), measured(figure, -2.0), allow=given).checks
    assert check.rule == rule


def test_numbers_that_look_alike_are_shown_with_the_digits_that_differ() -> None:
    assert shown(0.1234567890123) == "0.123457"
    assert shown(0.1234567890123, 0.1234567890124) == "0.1234567890123"
    assert shown(2.5, 2.5) == "2.5"
    assert shown(1.0, 1.0 + 2**-52) == "1.0"
    (check,) = held(of(measured("uniformity", -2.0)), measured("uniformity", -1.999997)).checks
    assert check.reason == "-1.999997 is worse than the baseline's -2 by 3e-06 (lower is better)"


@pytest.mark.parametrize(
    ("then", "now", "samples", "reason", "remedy"),
    [
        ({"convention": "paper"}, {"convention": "clip"}, "", "the convention was paper", "Say"),
        ({"convention": "paper"}, {}, "", "was paper in the baseline and is none", "Say"),
        ({"better": "lower"}, {"better": "higher"}, "", "the direction that is better", "Say"),
        ({"parameters": {"t": 2.0}}, {"parameters": {"t": 3.0}}, "", "t was 2.0", "the same value"),
        ({"parameters": {"t": 2.0}}, {}, "", "t was 2.0 in the baseline and is none", "the same"),
        ({}, {"parameters": {"t": 2.0}}, "", "t was none in the baseline and is 2.0", "the same"),
        ({"parameters": {"t": 1}}, {"parameters": {"t": True}}, "", "t was 1", "the same value"),
        ({"positives": PAIRS}, {"positives": VIEWS}, "", "from --pairs in", "inputs that they"),
        ({"positives": BOTH}, {"positives": VIEWS}, "", "are from two files, columns", "inputs"),
        ({"d": 8}, {"d": 16}, "", "had 8 dimensions in the baseline and have 16", "same model"),
        ({"d": 8}, {"d": None}, "", "had 8 dimensions", "same model"),
        ({}, {"samples": 101}, "", "there were 100 samples in the baseline and are 101", "'n: 1%'"),
        ({"samples": 300}, {"samples": 301}, "", "are 301", "--allow 'n: 1%'"),
        ({}, {"samples": 88}, "", "are 88", "--allow 'n: 12%'"),
        ({}, {"samples": 111}, "n: 10%", "are 111", "--allow 'n: 11%'"),
        ({}, {"samples": 89}, "n: 10%", "are 89", "--allow 'n: 11%'"),
        ({}, {"samples": 130}, "n: 29%", "are 130", "--allow 'n: 30%'"),
        (
            {"samples": 0},
            {"samples": 1},
            "n: 99%",
            "are 1",
            "Save the baseline anew with --save-baseline.",
        ),
        ({}, {"samples": 101, "counts": True}, "n: 10%", "on which it depends", "as many samples"),
    ],
)
def test_what_means_something_else_is_not_comparable(
    then: dict[str, Any], now: dict[str, Any], samples: str, reason: str, remedy: str
) -> None:
    allow = (samples,) if samples else ()
    comparison = held(
        of(measured("uniformity", -2.0, **then)), measured("uniformity", -9.0, **now), allow=allow
    )
    (check,) = comparison.checks
    assert check.passed is None
    assert check.reason is not None
    assert check.reason.startswith("not comparable: ")
    assert reason in check.reason
    assert check.remedy is not None
    assert remedy in check.remedy
    assert "--save-baseline" in check.remedy
    assert (check.value, check.baseline) == (-9.0, -2.0)


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ({"parameters": {"t": 2}}, {"parameters": {"t": np.float64(2.0)}}),
        ({"parameters": {"m": (1, 2)}}, {"parameters": {"m": [1, 2]}}),
        ({"samples": 100}, {"samples": 110}),
        ({"samples": 100}, {"samples": 90}),
        ({"precision": "float32"}, {"precision": "float64"}),
        ({"n": 5}, {"n": 7}),
        ({"positives": VIEWS}, {"positives": HowFound("views", "row i of z1 and of z2")}),
        ({"counts": False}, {"counts": True}),
        (
            {"parameters": {"log_z": 3.0}, "found": frozenset({"log_z"})},
            {"parameters": {"log_z": 4.0}, "found": frozenset({"log_z"})},
        ),
    ],
)
def test_what_means_the_same_is_comparable(then: dict[str, Any], now: dict[str, Any]) -> None:
    (check,) = held(
        of(measured("uniformity", -2.0, **then)),
        measured("uniformity", -2.0, **now),
        allow=("n: 10%",),
    ).checks
    assert check.passed is True


@pytest.mark.parametrize("share", range(1, 101))
def test_the_share_of_samples_that_is_asked_for_is_enough(share: int) -> None:
    then = of(measured("uniformity", -2.0))
    now = measured("uniformity", -2.0, samples=100 + share)
    (enough,) = held(then, now, allow=(f"n: {share}%",)).checks
    (less,) = held(then, now, allow=(f"n: {share - 0.01:.2f}%",)).checks
    assert (enough.passed, less.passed) == (True, None)


def test_another_allowance_of_samples_makes_no_value_comparable_that_depends_on_them() -> None:
    figures = [
        measured("uniformity", -2.0, samples=105),
        measured("duplicates", 0.0, samples=105, counts=True),
    ]
    then = of(measured("uniformity", -2.0), measured("duplicates", 0.0))
    checks = held(then, *figures, allow=("n: 10%",)).checks
    assert {check.metric: check.passed for check in checks} == {
        "duplicates": None,
        "uniformity": True,
    }


def test_a_file_that_is_missing_now_is_told_before_what_follows_from_it() -> None:
    (saved_of,) = of(measured("uniformity", -2.0)).inputs
    keys = dataclasses.replace(saved_of.files[0], role="keys", path="h2.npy")
    whole = dataclasses.replace(saved_of, files=(*saved_of.files, keys))
    then = Baseline(VERSION, (whole,))
    (check,) = held(then, measured("uniformity", -2.0, samples=200)).checks
    assert str(check.reason).startswith("the baseline was saved with keys (h2.npy), not given now;")
    assert "--allow" not in str(check.remedy)
    assert str(check.remedy).startswith("Give keys (h2.npy) too")
    (check,) = held(then, measured("uniformity", -2.0)).checks
    assert check.passed is True


def test_a_figure_that_lost_its_value_is_undecided() -> None:
    now = measured("effective_rank", NAN, reason="all rows are one point")
    (check,) = held(of(measured("effective_rank", 20.0)), now).checks
    assert check.passed is None
    assert check.reason == "undefined: all rows are one point; it was 20 in the baseline"
    assert check.value is not None
    assert math.isnan(check.value)


def test_a_figure_that_became_infinite_is_undecided() -> None:
    (check,) = held(of(measured("alignment", 0.1)), measured("alignment", math.inf)).checks
    assert check.passed is None


def test_a_figure_that_was_not_measured_is_undecided() -> None:
    (check,) = held(of(measured("tolerance", 0.1))).checks
    assert (check.passed, check.value) == (None, None)
    assert check.reason == "it is in the baseline and was not measured"


@pytest.mark.parametrize(("now", "told"), [(NAN, "is again"), (0.25, "is 0.25 now")])
def test_a_figure_that_had_no_value_is_told_and_not_compared(now: float, told: str) -> None:
    comparison = held(of(measured("hubness", NAN)), measured("hubness", now))
    assert comparison.checks == ()
    expected = f"hubness was undefined in the baseline (no variance) and {told}: not compared"
    assert expected in comparison.notes


def test_a_better_value_is_told_and_one_that_only_differs_is_not() -> None:
    then = of(
        measured("uniformity", -2.0),
        measured("effective_rank", 20.0),
        measured("mean_cosine", 0.5),
        measured("alignment", 0.5),
    )
    now = [
        measured("uniformity", -2.25),
        measured("effective_rank", 21.0),
        measured("mean_cosine", 0.75),
        measured("alignment", 0.4999999),
    ]
    notes = held(then, *now, allow=("mean_cosine: 1",)).notes
    assert notes == (
        "the data are those of the baseline",
        "better than the baseline: uniformity -2.25 (was -2), effective_rank 21 (was 20)",
    )


def test_a_worse_value_that_is_allowed_is_not_told_to_be_better() -> None:
    then, allow = of(measured("effective_rank", 20.0)), ("effective_rank: 9",)
    assert len(held(then, measured("effective_rank", 15.0), allow=allow).notes) == 1


def test_a_new_figure_is_told_and_not_compared() -> None:
    comparison = held(
        of(measured("uniformity", -2.0)), measured("uniformity", -2.0), measured("alignment", 1.0)
    )
    assert [check.metric for check in comparison.checks] == ["uniformity"]
    assert "not in the baseline: alignment" in comparison.notes


def test_data_types_and_versions_that_differ_are_told_and_change_no_verdict() -> None:
    then = Baseline("0.0.9", (saved(measured("uniformity", -2.0), digest="cd" * 32),))
    now = measured("uniformity", -2.0, precision="float64")
    data: dict[str | None, Data] = {
        None: Data(checked(dtype="float16"), {"embeddings": HASH, "labels": HASH})
    }
    comparison = compare(then, {None: [now]}, parse_allowances([]), data=data)
    assert [check.passed for check in comparison.checks] == [True]
    assert comparison.notes == (
        f"the baseline was saved by version 0.0.9, this is {VERSION}",
        "other data than those of the baseline: embeddings",
        "embeddings were float32 in the baseline and are float16",
        "computed in float32 in the baseline and now in float64: uniformity",
    )


def test_data_without_a_hash_are_not_said_to_be_the_same() -> None:
    then = of(measured("uniformity", -2.0))
    data: dict[str | None, Data] = {None: Data(checked(), {"embeddings": HASH})}
    comparison = compare(
        then, {None: [measured("uniformity", -2.0)]}, parse_allowances([]), data=data
    )
    assert comparison.notes == ("other data than those of the baseline: labels",)


def test_data_that_are_not_given_any_more_are_other_data() -> None:
    then, now = of(measured("uniformity", -2.0)), measured("uniformity", -2.0)
    without = dataclasses.replace(checked(), files=checked().files[:1])
    data: dict[str | None, Data] = {None: Data(without, {"embeddings": HASH})}
    comparison = compare(then, {None: [now]}, parse_allowances([]), data=data)
    assert comparison.notes == ("other data than those of the baseline: labels",)


TERMS = np.random.default_rng(4).normal(10.0, 1.0, size=100)


@pytest.mark.parametrize(
    ("shift", "sigmas", "passed"),
    [(0.25, "2 sigma", True), (0.32, "2 sigma", False), (0.32, "3 sigma", True)],
)
def test_sigma_is_that_of_the_difference_of_two_estimates(
    shift: float, sigmas: str, passed: bool
) -> None:
    """Of one mean it is 0.1 or so, of a difference 1.41 times that; 0.25 is between 2 and 2.83."""
    then, now = (mean_of("infonce", each, better="lower") for each in (TERMS, TERMS + shift))
    (check,) = held(of(then), now, allow=(f"infonce: {sigmas}",)).checks
    assert check.passed is passed
    spread = float(TERMS.std()) / 10 * math.sqrt(2) * float(sigmas[0])
    assert check.allowed == pytest.approx(spread, rel=0.08)


def test_sigma_of_equal_terms_is_no_narrower_than_rounding() -> None:
    then = mean_of("infonce", np.full(5, 2.0), better="lower")
    (check,) = held(of(then), then, allow=("infonce: 2 sigma",)).checks
    assert check.allowed == 1e-12
    assert check.passed is True


@pytest.mark.parametrize("value", [4.0, 5.0])
def test_standard_errors_of_what_is_no_mean_are_an_error_that_names_other_ways(
    value: float,
) -> None:
    then, allow = of(measured("effective_rank", 4.0)), parse_allowances(["effective_rank: 2 sigma"])
    with pytest.raises(BadParameter) as error:
        check_allowances(then, allow)
    assert "got 'effective_rank: 2 sigma'" in str(error.value)
    assert "'effective_rank: 0.05'" in error.value.remedy
    assert "'effective_rank: 2%'" in error.value.remedy
    with pytest.raises(BadParameter):
        held(then, measured("effective_rank", value), allow=("effective_rank: 2 sigma",))
    with pytest.raises(BadParameter):  # a mean of one sample now
        held(of(mean_of("infonce", TERMS)), mean_of("infonce", [1.0]), allow=("infonce: 1 sigma",))


def test_an_allowance_for_what_the_baseline_lacks_is_an_error() -> None:
    with pytest.raises(BadParameter, match="Known: uniformity"):
        held(of(measured("uniformity", -2.0)), allow=("alignment: 1",))


def test_named_inputs_are_held_against_their_own(tmp_path: Path) -> None:
    then = written(
        tmp_path / "b.json",
        saved(measured("uniformity", -2.0), name="train"),
        saved(measured("uniformity", -1.0), name="val"),
    )
    now: dict[str | None, list[Measured]] = {
        "val": [measured("uniformity", -1.0)],
        "train": [measured("uniformity", -1.0)],
    }
    hashes = {"embeddings": HASH, "labels": HASH}
    data: dict[str | None, Data] = {name: Data(checked(name), hashes) for name in now}
    comparison = compare(then, now, parse_allowances([]), data=data)
    found = [(check.input, check.passed) for check in comparison.checks]
    assert found == [("val", True), ("train", False)]
    assert comparison.notes == (
        "val: the data are those of the baseline",
        "train: the data are those of the baseline",
    )


@pytest.mark.parametrize(
    ("there", "asked"),
    [(None, None), (None, "val"), ("val", None), ("val", "val")],
)
def test_an_input_without_a_name_is_the_only_one(there: str | None, asked: str | None) -> None:
    then = of(measured("uniformity", -2.0), name=there)
    assert check_inputs(then, [asked]) == {asked: then.inputs[0]}
    (check,) = held(then, measured("uniformity", -2.0), name=asked).checks
    assert (check.input, check.passed) == (asked, True)


@pytest.mark.parametrize(
    ("there", "asked", "part"),
    [
        (["train"], ["val"], "the input 'val'"),
        (["train"], ["train", "val"], "the input 'val'"),
        (["train", "val"], ["val"], "It has 'train' too."),
        (["train", "val"], [None], "the input without a name"),
    ],
)
def test_other_inputs_than_those_of_the_baseline_are_an_error(
    there: list[str], asked: list[str | None], part: str
) -> None:
    then = Baseline(
        VERSION, tuple(saved(measured("uniformity", -2.0), name=each) for each in there)
    )
    with pytest.raises(BadInput) as error:
        check_inputs(then, asked)
    assert part in str(error.value)
    assert "--save-baseline" in error.value.remedy


def test_every_figure_of_the_baseline_is_compared_whatever_fails_before() -> None:
    then = of(measured("uniformity", -2.0), measured("alignment", 0.1), measured("hubness", 1.0))
    now = [measured("hubness", 1.0), measured("alignment", NAN), measured("uniformity", 0.0)]
    found = {check.metric: check.passed for check in held(then, *now).checks}
    assert found == {"uniformity": False, "alignment": None, "hubness": True}
