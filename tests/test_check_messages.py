"""What `contrast check` says of rules that are no rules, and how it writes numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import contrast, refused

SAMPLES = Path(__file__).parent.parent / "sample_data"

LABELLED = "emb.parquet::z1 --labels ::label"

SAID = [
    ("emb.npy", "p96(infonce) <= 1", "Known: min, p5, p25, p50, p75, p95, max."),
    ("emb.npy", "uniformity(t=0) <= 1", "Give t a value such as 2."),
    (
        "emb.npy",
        "duplicates(duplicate_threshold=2) <= 1",
        "Give duplicate-threshold a value such as 0.999.",
    ),
    ("emb.npy", "infonce(scale=0) <= 1", "Give scale a value such as 14.2857."),
    ("emb.npy", "uniformity <= \N{MINUS SIGN}2", "Write - (hyphen-minus)."),
    ("emb.npy", "uniformity <= -2,5", "Write a point: -2.5."),
    ("emb.npy", "duplicates <= 5%", "expected a number, since duplicates counts rows, got '5%'"),
    ("emb.npy", "infonce.n >= 5%", "since infonce.n counts terms"),
    ("emb.npy", "infonce.undefined <= 5%", "since infonce.undefined counts samples"),
    (
        LABELLED,
        "triplets(margin=0.5).counts.hard <= 5 %",
        "The share is triplets(margin=0.5).hard: triplets(margin=0.5).hard <= 5 %.",
    ),
    (LABELLED, "triplets.anchors <= 5%", "since triplets.anchors counts rows"),
    ("::z1", "uniformity <= 1", "::z1: expected a path before ::, got none."),
]


@pytest.mark.parametrize(("given", "rule", "said"), SAID)
def test_a_rule_that_is_none_is_told_what_to_write(given: str, rule: str, said: str) -> None:
    told = refused(f"contrast check {given} --no-config --require '{rule}'", SAMPLES)
    assert said in " ".join(told.split())


@pytest.mark.parametrize(
    "rule",
    [
        "triplet(convention=tensorflow-addons, soft_margin=true)",
        "triplet(convention=pytorch-metric-learning, distance=cosine)",
    ],
)
def test_inside_a_rule_no_option_of_a_command_line_is_advised(rule: str) -> None:
    told = refused(f"contrast check {LABELLED} --no-config --require '{rule} <= 1'", SAMPLES)
    assert "--" not in told


def _checked(*rules: str, more: str = "-o json") -> str:
    asked = " ".join(f"--require '{rule}'" for rule in rules)
    told = contrast(f"contrast check {LABELLED} --no-config -q {asked} {more}", SAMPLES)
    assert told.code == 1, told.err
    return told.out


def test_counts_are_printed_whole() -> None:
    count = json.loads(_checked("triplets.triplets == 0"))["checks"][0]["value"]
    assert count > 1_000_000
    page = _checked("triplets.triplets == 1234567", more="-o table")
    assert f"{count:,.0f} is not == 1,234,567" in page


def test_only_shares_are_printed_in_per_cent() -> None:
    page = _checked("uniformity <= -900%", "triplets.hard <= 1%", more="-o table")
    assert "is not <= -9; lower is better" in page
    assert " % is not <= 1 %; lower is better" in page


def test_a_bound_against_the_good_direction_says_so() -> None:
    page = _checked("tolerance <= 0.1", "uniformity >= 1", more="-o table")
    assert "is not <= 0.1; the rule bounds it from above, though higher is better" in page
    assert "is not >= 1; the rule bounds it from below, though lower is better" in page


def test_a_rule_over_several_lines_is_a_row_of_the_table() -> None:
    page = _checked("tolerance\n<=\t0.1", more="-o table")
    assert "FAIL  tolerance <= 0.1 " in page


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_truths_are_written_as_in_json(form: str) -> None:
    text = _checked("tolerance <= 0.1", "tolerance >= 0.1", more=f"-o {form}")
    assert "true" in text.splitlines()[2]
    assert "false" in text.splitlines()[1]
    assert "True" not in text
    assert "False" not in text


def test_a_baseline_without_figures_is_named(tmp_path: Path) -> None:
    saved = tmp_path / "bl.json"
    contrast(f"contrast check emb.npy --no-config --save-baseline {saved}", SAMPLES)
    document = json.loads(saved.read_text())
    document["inputs"][0]["figures"] = {}
    saved.write_text(json.dumps(document))
    told = refused(f"contrast check emb.npy --no-config --baseline {saved}", SAMPLES)
    assert f"{saved}: expected a baseline: at least one figure at inputs, got none." in told
