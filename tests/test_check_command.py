"""`contrast check` from its command line to its exit code, in every format."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pyarrow.parquet as pq
import pytest
from command_line import Told, contrast, refused
from contrast_cli.help import page
from contrast_cli.main import run
from contrast_cli.schema import schema_text
from contrast_cli.topics import TOPICS
from junitparser import JUnitXml

from contrastive_core.gate.catalogue import described
from contrastive_core.gate.configuration import load_configuration
from contrastive_core.gate.grammar import parse_rule

COMMAND = Path(sys.executable).parent / "contrast"

A = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
SMALL, LARGE = np.array([[0.96, 0.28], [-0.28, 0.96]]), np.array([[0.8, 0.6], [-0.6, 0.8]])
B = np.vstack([A[:1] @ SMALL, A[1:2] @ LARGE, A[2:] @ SMALL])
"""Turned a little, row 1 more: alignment is (0.08 + 0.4 + 0.08 + 0.08) / 4 = 0.16."""

WORSE = np.vstack([A[:1] @ SMALL, A[1:3] @ LARGE, A[3:] @ SMALL])
"""Row 2 too: alignment is 0.24."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    np.save(tmp_path / "a.npy", A)
    np.save(tmp_path / "b.npy", B)
    np.save(tmp_path / "y.npy", np.array([0, 0, 1, 1]))
    np.save(tmp_path / "equal.npy", np.ones((4, 2)))
    return tmp_path


def _process(folder: Path, *words: str, **environment: str) -> Told:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    done = subprocess.run(
        [COMMAND, "check", *words],
        cwd=folder,
        env={**plain, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return Told(done.returncode, done.stdout, done.stderr)


def _check(line: str, folder: Path) -> Told:
    return contrast(f"contrast check {line}", folder)


# Exit codes


def test_a_rule_that_holds_is_exit_code_0(folder: Path) -> None:
    told = _process(folder, "a.npy", "b.npy", "--require", "alignment <= 0.2")
    assert (told.code, told.err) == (0, "")
    assert told.out.endswith("\nThe rule holds\n")


def test_a_rule_that_fails_is_exit_code_1_and_names_its_rows(folder: Path) -> None:
    told = _process(folder, "a.npy", "b.npy", "--require", "alignment <= 0.1")
    assert (told.code, told.err) == (1, "")
    lines = [line.split() for line in told.out.splitlines()]
    assert ["FAIL", "alignment", "<=", "0.1", "0.16", "<=", "0.1"] in lines
    assert told.out.endswith("\nThe rule fails\n")
    (check,) = json.loads(_check("a.npy b.npy --require 'alignment <= 0.1' -o json", folder).out)[
        "checks"
    ]
    assert check["rows"][0]["index"] == 1
    assert check["rows"][0]["alignment"] == pytest.approx(0.4)


def test_what_cannot_be_decided_is_exit_code_2_and_all_other_rules_are_reported(
    folder: Path,
) -> None:
    told = _process(
        folder,
        *("a.npy", "b.npy", "-o", "json"),
        *("--require", "alignment <= 0.1"),
        *("--require", "tolerance >= 0"),
        *("--warn", "norm_mean == 1"),
    )
    assert told.code == 2
    assert told.err.startswith("error: check: expected every rule to be decided, got 1 of 3 ")
    assert told.err.count("error:") == 1
    found = json.loads(told.out)
    assert (found["passed"], found["outcome"]) == (False, "undecided")
    assert [check["passed"] for check in found["checks"]] == [False, None, True]
    assert found["checks"][1]["value"] is None
    assert "labels" in found["checks"][1]["reason"]


def test_an_undefined_figure_is_exit_code_2_whatever_the_level(folder: Path) -> None:
    told = _check("equal.npy --warn 'effective_rank >= 2' -o json", folder)
    assert told.code == 2
    (check,) = json.loads(told.out)["checks"]
    assert (check["value"], check["passed"], check["level"]) == (None, None, "warn")


def test_a_broken_rule_that_only_warns_is_exit_code_0(folder: Path) -> None:
    told = _check("a.npy b.npy --warn 'alignment <= 0.1' -o json", folder)
    assert told.code == 0
    assert (told.document["passed"], told.document["outcome"]) == (True, "passed")
    assert [check["passed"] for check in told.document["checks"]] == [False]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("none.npy --require 'uniformity <= -2'", "none.npy"),
        ("a.npy --require 'uniformty <= -2'", "uniformity"),
        ("a.npy --require 'uniformity'", "uniformity"),
        ("a.npy --labels y.npy --require 'uniformity <= -2'", "labels"),
        ("a.npy b.npy --require 'duplicates == 0' --bank b.npy", "bank"),
        ("a.npy", "nothing"),
        ("--require 'uniformity <= -2'", "EMBEDDINGS"),
        ("a.npy b.npy a.npy b.npy --require 'alignment <= 0.2'", "4 files"),
        ("a.npy --require 'uniformity <= -2' --per-sample", "--per-sample"),
        ("a.npy --require 'uniformity <= -2' --sort worst", "--sort"),
        ("a.npy --require 'uniformity <= -2' --top some", "'some'"),
        ("a.npy --require 'uniformity <= -2' --seed x", "'x'"),
        ("a.npy --require 'uniformity <= -2' --config c.toml --no-config", "--no-config"),
        ("a.npy --require 'uniformity <= -2' --config c.toml", "c.toml"),
        ("a.npy --require 'uniformity <= -2' --baseline none.json", "none.json"),
        ("a.npy --require 'uniformity <= -2' --allow 'uniformity: 1'", "--baseline"),
        ("a.npy --require 'uniformity <= -2' --save-baseline no/where.json", "no/where.json"),
        ("a.npy --require 'uniformity <= -2' --save-baseline -", "--save-baseline"),
        ("a.npy --require 'uniformity <= -2' --save-baseline x -o json:x", "x"),
        ("a.npy --require 'uniformity <= -2' -o json:a.npy", "inputs"),
        ("a.npy --require 'uniformity <= -2' -o json -o github", "json and github"),
        ("a.npy --require 'uniformity <= -2' -o junit.xml", "junit"),
        ("a.npy --require 'uniformity <= -2' --warn 'norm_mean == 1' -o value", "2 rules"),
    ],
)
def test_bad_input_is_one_message_and_exit_code_2(line: str, says: str, folder: Path) -> None:
    before = sorted(os.listdir(folder))
    assert says in refused(f"contrast check {line}", folder)
    assert sorted(os.listdir(folder)) == before


# Formats


def test_several_outputs_come_from_one_run(folder: Path) -> None:
    rules = "--require 'alignment <= 0.1' --require 'alignment <= 0.5'"
    files = "-o json:out.json -o csv:out.csv -o junit:out.xml -o table:out.txt"
    told = _check(f"a.npy b.npy {rules} {files} -o github", folder)
    assert (told.code, told.err) == (1, "")
    assert told.out.startswith(
        "::error title=contrast check%3A alignment <= 0.1::alignment is 0.16, "
    )
    found = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    assert [(round(check["value"], 12), check["passed"]) for check in found["checks"]] == [
        (0.16, False),
        (0.16, True),
    ]
    assert [each["path"] for each in found["inputs"]] == ["a.npy", "b.npy"]
    lines = (folder / "out.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["metric", "alignment", "alignment"]
    (suite,) = list(JUnitXml.fromfile(str(folder / "out.xml")))
    assert (suite.name, suite.tests, suite.failures) == ("a.npy", 2, 1)
    assert "1 of 2 rules holds; 1 fails" in (folder / "out.txt").read_text(encoding="utf-8")


def test_the_formats_of_rows_hold_a_row_per_rule(folder: Path) -> None:
    rules = "--require 'alignment <= 0.1' --require 'norm_mean <= 2'"
    files = "-o jsonl:out.jsonl -o tsv:out.tsv -o parquet:out.parquet -o md:out.md"
    told = _check(f"a.npy b.npy {rules} {files}", folder)
    assert (told.code, told.out, told.err) == (1, "", "")
    lines = (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()
    first, second = map(json.loads, lines)
    assert (first["rule"], first["passed"], first["rows"][0]) == ("alignment <= 0.1", False, 1)
    assert (second["rule"], second["passed"], second["rows"]) == ("norm_mean <= 2", True, [])
    lines = (folder / "out.tsv").read_text(encoding="utf-8").splitlines()
    assert [line.split("\t")[7] for line in lines] == ["rule", "alignment <= 0.1", "norm_mean <= 2"]
    assert pq.read_table(folder / "out.parquet").to_pylist() == [first, second]
    page = (folder / "out.md").read_text(encoding="utf-8")
    assert page.startswith("### contrast check: 1 of 2 rules holds; 1 fails\n")


def test_json_is_what_the_schema_says(folder: Path) -> None:
    (folder / "contrast.toml").write_text(SEVERAL, encoding="utf-8")
    told = _check("-q -o json", folder)
    jsonschema.validate(json.loads(told.out), json.loads(schema_text()))
    told = _check("a.npy --require 'tolerance >= 0' --warn 'alpha_req <= 0' -o json", folder)
    jsonschema.validate(json.loads(told.out), json.loads(schema_text()))


def test_nothing_is_on_standard_output_where_all_formats_have_a_file(folder: Path) -> None:
    told = _check("a.npy b.npy --require 'alignment <= 0.1' -o junit:out.xml", folder)
    assert (told.code, told.out, told.err) == (1, "", "")


def test_value_is_the_bare_number_and_the_exit_code_is_that_of_the_rule(folder: Path) -> None:
    assert _check(
        "a.npy b.npy --require 'alignment <= 0.5' -o value", folder
    ).value == pytest.approx(0.16)
    told = _check("a.npy b.npy --require 'alignment <= 0.1' -o value", folder)
    assert told.code == 1
    assert float(told.out) == pytest.approx(0.16)
    assert _check("equal.npy --require 'effective_rank >= 2' -o value", folder).code == 2
    saving = "a.npy b.npy --require 'alignment <= 0.5' --save-baseline value.json -qq"
    assert _check(saving, folder).code == 0
    both = "a.npy b.npy --require 'alignment <= 0.5' --baseline value.json -o value"
    told = _check(both, folder)
    assert (told.code, told.out) == (2, "")
    assert "one rule for value, which is one number, got a baseline" in told.err


def test_a_job_of_github_gets_annotations_and_a_summary(folder: Path) -> None:
    summary = folder / "summary.md"
    rules = ("--require", "alignment <= 0.1", "--warn", "norm_mean >= 2")
    told = _process(
        folder, "a.npy", "b.npy", *rules, "-o", "github", GITHUB_STEP_SUMMARY=str(summary)
    )
    assert told.code == 1
    error, warning, *lines = told.out.splitlines()
    assert error.startswith("::error title=contrast check%3A alignment <= 0.1::")
    assert "worst rows: 1 of view 0 (alignment 0.4), 0 of view 0 (" in error
    assert warning.startswith("::warning title=contrast check%3A norm_mean >= 2::norm_mean is 1, ")
    assert lines[0].startswith("FAIL  alignment <= 0.1: ")
    assert summary.read_text(encoding="utf-8").startswith("### contrast check: 0 of 2 rules hold")
    told = _process(folder, "a.npy", "b.npy", *rules, GITHUB_STEP_SUMMARY=str(summary))
    assert told.code == 1
    assert summary.read_text(encoding="utf-8").count("###") == 1


def test_a_summary_that_cannot_be_written_changes_no_exit_code(folder: Path) -> None:
    words = ("a.npy", "b.npy", "--require", "alignment <= 0.2", "-o", "github")
    told = _process(folder, *words, GITHUB_STEP_SUMMARY=str(folder / "no" / "where.md"))
    assert told.code == 0
    assert told.err.startswith("warning: GITHUB_STEP_SUMMARY: ")


def test_the_table_is_coloured_where_that_is_asked(folder: Path) -> None:
    plain = _check("a.npy b.npy --require 'alignment <= 0.1'", folder).out
    coloured = _check("a.npy b.npy --require 'alignment <= 0.1' --color always", folder).out
    assert "\x1b[" not in plain
    assert "\x1b[1;31mFAIL" in coloured


def test_top_says_how_many_rows_a_failure_names(folder: Path) -> None:
    line = "a.npy b.npy --require 'alignment <= 0.1' -o json"
    told = json.loads(_check(f"{line} --top 2", folder).out)
    assert len(told["checks"][0]["rows"]) == 2
    told = json.loads(_check(f"{line} --top 0", folder).out)
    assert told["checks"][0]["rows"] == []


# Baselines


def test_a_baseline_is_saved_and_held_against(folder: Path) -> None:
    saved = _check("a.npy b.npy --save-baseline base.json -o json", folder)
    assert saved.document["saved"] == "base.json"
    assert saved.document["checks"] == []
    same = _check("a.npy b.npy --baseline base.json -o json", folder)
    assert same.document["passed"]
    names = {check["metric"] for check in same.document["checks"]}
    assert {"alignment", "uniformity", "uniformity.keys", "recall_at_1"} <= names
    np.save(folder / "b.npy", WORSE)
    worse = _check("a.npy b.npy --baseline base.json -o json", folder)
    assert worse.code == 1
    checks = {check["metric"]: check for check in json.loads(worse.out)["checks"]}
    found = checks["alignment"]
    assert [found["value"], found["baseline"]] == pytest.approx([0.24, 0.16])
    assert not found["passed"]
    assert (found["op"], found["better"]) == ("<=", "lower")
    assert found["bound"] == pytest.approx(0.16 * (1 + 1e-6), rel=1e-9)
    assert found["rows"][0]["index"] == 1


def test_what_is_allowed_may_be_worse(folder: Path) -> None:
    assert (
        _check("a.npy b.npy --save-baseline base.json --require 'alignment < 0.2'", folder).code
        == 0
    )
    np.save(folder / "b.npy", WORSE)
    line = "a.npy b.npy --baseline base.json"
    assert _check(line, folder).code == 1
    assert _check(f"{line} --allow 'alignment: 0.07'", folder).code == 1
    assert _check(f"{line} --allow 'alignment: 0.09'", folder).code == 0
    assert _check(f"{line} --allow 'alignment: 51%'", folder).code == 0


def test_another_number_of_samples_is_not_comparable(folder: Path) -> None:
    _check("a.npy b.npy --save-baseline base.json --require 'alignment < 0.2'", folder)
    np.save(folder / "a.npy", A[[0, 2, 3]])
    np.save(folder / "b.npy", B[[0, 2, 3]])
    told = _check("a.npy b.npy --baseline base.json", folder)
    assert told.code == 2
    assert "--allow 'n: 25%'" in told.out
    assert _check("a.npy b.npy --baseline base.json --allow 'n: 25%'", folder).code == 0


def test_no_baseline_is_saved_where_a_rule_fails(folder: Path) -> None:
    line = "a.npy b.npy --require 'alignment <= 0.1' --save-baseline base.json"
    assert _check(line, folder).code == 1
    assert not (folder / "base.json").exists()


def test_whose_data_they_are_is_a_note_that_quiet_leaves_out(folder: Path) -> None:
    _check("a.npy b.npy --save-baseline base.json --require 'alignment < 0.2'", folder)
    line = "a.npy b.npy --baseline base.json"
    assert "note: the data are those of the baseline\n" in _check(line, folder).err
    quiet = _check(f"{line} -q", folder)
    assert (quiet.code, quiet.err) == (0, "")
    assert quiet.out == _check(line, folder).out


# Configuration


CONFIGURATION = """
[check]
require = ["alignment <= 0.1"]
warn = ["norm_mean == 1"]
embeddings = "a.npy"
keys = "b.npy"
"""


def test_a_configuration_says_what_the_command_line_does_not(folder: Path) -> None:
    (folder / "contrast.toml").write_text(CONFIGURATION, encoding="utf-8")
    told = _check("-o json", folder)
    assert told.code == 1
    assert told.err == "note: configuration: contrast.toml\n"
    found = json.loads(told.out)
    assert [(each["rule"], each["level"]) for each in found["checks"]] == [
        ("alignment <= 0.1", "error"),
        ("norm_mean == 1", "warn"),
    ]
    deeper = folder / "deeper"
    deeper.mkdir()
    assert _check("-q", deeper).code == 1


def test_the_command_line_wins_over_the_configuration(folder: Path) -> None:
    (folder / "contrast.toml").write_text(CONFIGURATION, encoding="utf-8")
    told = _check("--require 'alignment <= 0.2' -o json", folder)
    assert [each["rule"] for each in told.document["checks"]] == ["alignment <= 0.2"]
    told = _check("a.npy a.npy -o json", folder)
    assert [each["value"] for each in told.document["checks"]] == [0.0, 1.0]
    assert "EMBEDDINGS" in refused("contrast check --no-config", folder)


def test_a_configuration_can_be_named(folder: Path) -> None:
    (folder / "other.toml").write_text(CONFIGURATION, encoding="utf-8")
    assert _check("--config other.toml", folder).code == 1


def test_an_option_of_reading_that_is_not_typed_leaves_that_of_the_configuration(
    folder: Path,
) -> None:
    broken = np.vstack([A, [[np.nan, 0.0]]])
    np.save(folder / "broken.npy", broken)
    text = "[check]\nrequire = ['norm_mean == 1']\nembeddings = 'broken.npy'\non_bad = 'drop'\n"
    (folder / "contrast.toml").write_text(text, encoding="utf-8")
    assert _check("", folder).code == 0
    assert "broken.npy" in refused("contrast check -q --on-bad stop", folder)


SEVERAL = """
[check]
require = ["norm_mean == 1"]

[check.inputs.first]
embeddings = "a.npy"
keys = "b.npy"
require = ["alignment <= 0.1"]

[check.inputs.second]
embeddings = "a.npy"
"""


def test_several_named_inputs_are_told_apart_in_every_format(folder: Path) -> None:
    (folder / "contrast.toml").write_text(SEVERAL, encoding="utf-8")
    told = _check("-q -o json -o junit:out.xml -o csv:out.csv -o table:out.txt", folder)
    assert told.code == 1
    found = json.loads(told.out)
    assert [(each["input"], each["rule"], each["passed"]) for each in found["checks"]] == [
        ("first", "norm_mean == 1", True),
        ("first", "alignment <= 0.1", False),
        ("second", "norm_mean == 1", True),
    ]
    assert [(each["name"], each["path"]) for each in found["inputs"]] == [
        ("first", "a.npy"),
        ("first", "b.npy"),
        ("second", "a.npy"),
    ]
    suites = list(JUnitXml.fromfile(str(folder / "out.xml")))
    assert [(each.name, each.tests, each.failures) for each in suites] == [
        ("first", 2, 1),
        ("second", 1, 0),
    ]
    text = (folder / "out.txt").read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines()]
    assert ["FAIL", "alignment", "<=", "0.1", "0.16", "<=", "0.1", "first"] in lines
    told = _check("-q -o github", folder)
    assert told.out.startswith("::error title=contrast check%3A first%3A alignment <= 0.1::")


# Help


def _page_of_rules() -> str:
    """What `contrast help rules` prints."""
    return str(page(TOPICS["rules"]))


def test_the_rules_explain_every_figure_level_and_exit_code() -> None:
    text = " ".join(_page_of_rules().split())
    for entry in described():
        assert f" {entry.figure} " in text
    for words in (
        "uniformity how evenly the sphere is used; lower is better; sigma; takes t ",
        "--warn RULE",
        "[tool.contrast.check]",
        "'n: 10%'",
        "it outranks 1",
    ):
        assert words in text


def test_the_rules_that_the_help_shows_are_rules() -> None:
    examples = _page_of_rules().partition("Examples\n\n")[2].partition("\n\n")[0].splitlines()
    shown = [line[2:].split("  ")[0] for line in examples if line[2] != " "]
    assert len(shown) == 9
    for rule in shown:
        assert parse_rule(rule).written == rule


def test_the_configuration_that_the_help_shows_is_one(folder: Path) -> None:
    text = _page_of_rules().partition("Configuration\n\n")[2].partition("\nThe nearest")[0]
    (folder / "contrast.toml").write_text(text, encoding="utf-8")
    found = load_configuration(folder / "contrast.toml")
    assert [rule.written for rule in found.rules] == [
        "uniformity <= -2",
        "triplets.hard <= 5%",
        "hubness <= 1",
    ]
    assert (found.top, found.seed, found.allow) == (10, 0, ("uniformity: 0.05",))
    assert [each.name for each in found.inputs] == ["nightly"]


def test_the_examples_of_the_help_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--help"]) == 0
    text = capsys.readouterr().out
    examples = text.partition("Examples:\n")[2].partition("\n\n")[0].splitlines()
    assert len(examples) == 4
    for example in examples:
        told = contrast(example.strip(), Path(__file__).resolve().parent.parent)
        assert (told.code, told.err) == (0, ""), example
