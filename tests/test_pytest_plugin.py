"""The pytest plugin: what a test of a project that uses it sees."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from contrastive_core.gate.front import run_check
from contrastive_core.gate.grammar import parse_rule
from contrastive_core.gate.merging import Overrides, merged

QUICK = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")

SAMPLES = Path(__file__).resolve().parent.parent / "sample_data"


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder of tests beside the sample data."""
    for name in ("emb", "collapsed", "labels"):
        shutil.copy(SAMPLES / f"{name}.npy", pytester.path)
    return pytester


def run(project: pytest.Pytester, body: str, *args: str) -> tuple[pytest.RunResult, str]:
    """What a test function of this body comes to, and what pytest prints."""
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    project.makepyfile(
        f"import numpy as np\nimport pytest\n\ndef test_it(contrast_check):\n{lines}"
    )
    # Our own tests turn warnings into errors; those of a project need not.
    # In the process of these tests the plugin is imported already, and pytest says so.
    imported = "ignore::pytest.PytestAssertRewriteWarning"
    result = project.runpytest_inprocess(*QUICK, "-W", "default", "-W", imported, *args)
    return result, str(result.stdout)


def test_rules_that_hold_pass_the_test(project: pytest.Pytester) -> None:
    result, _ = run(
        project,
        """
        space = contrast_check("emb.npy", labels="labels.npy")
        space.require("uniformity <= -2", "triplets.hard <= 15%").warn("hubness <= 5")
        """.replace(" " * 8, ""),
    )
    result.assert_outcomes(passed=1)


def test_an_input_that_the_rules_of_a_call_do_not_take_is_left_unread(
    project: pytest.Pytester,
) -> None:
    result, _ = run(
        project, "contrast_check('emb.npy', labels='none.npy').require('uniformity <= -2')"
    )
    result.assert_outcomes(passed=1)


def test_arrays_are_taken_like_files(project: pytest.Pytester) -> None:
    result, _ = run(
        project,
        "contrast_check(np.load('emb.npy'), labels=np.load('labels.npy')).require("
        "'uniformity <= -2', 'r_precision >= 0.5')",
    )
    result.assert_outcomes(passed=1)


def test_a_broken_rule_says_figure_value_bound_direction_and_ten_rows(
    project: pytest.Pytester,
) -> None:
    body = "contrast_check('collapsed.npy').require('uniformity <= -2', 'duplicates <= 1024')"
    result, printed = run(project, body)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E       AssertionError: contrast: a check failed: collapsed.npy",
            "E       uniformity <= -2: broken (error)",
            "E         uniformity is -*, required <= -2.0; lower is better",
            "E         the rows that carry it, worst first:",
            "E           index*view*uniformity*",
            "E       holds: duplicates <= 1024 *",
            "E       warning: collapse: all embeddings point the same way *",
        ]
    )
    start = printed.index("worst first:")
    rows = printed[start : printed.index("holds:")].splitlines()[2:]
    assert sum(line.removeprefix("E").strip() != "" for line in rows) == 10
    assert "gate/front.py" not in printed
    assert "pytest_plugin.py" not in printed


def test_all_rules_are_reported_and_not_only_the_first(project: pytest.Pytester) -> None:
    body = "contrast_check('collapsed.npy').require('uniformity <= -2', 'rankme >= 9')"
    result, printed = run(project, body)
    result.assert_outcomes(failed=1)
    assert "uniformity <= -2: broken" in printed
    assert "rankme >= 9: broken" in printed


def test_how_many_rows_are_named_can_be_said(project: pytest.Pytester) -> None:
    body = "contrast_check('collapsed.npy', top=0).require('uniformity <= -2')"
    _, printed = run(project, body)
    assert "uniformity <= -2: broken" in printed
    assert "worst first" not in printed


def test_what_cannot_be_decided_fails_and_says_what_is_missing(project: pytest.Pytester) -> None:
    result, printed = run(
        project, "contrast_check('emb.npy').require('uniformity <= -2', 'tolerance >= 0')"
    )
    result.assert_outcomes(failed=1)
    assert "a check could not be decided" in printed
    assert "tolerance >= 0: undecided" in printed
    assert "labels" in printed
    assert "holds: uniformity <= -2" in printed


def test_a_broken_rule_of_level_warn_is_a_warning_of_pytest(project: pytest.Pytester) -> None:
    result, printed = run(project, "contrast_check('emb.npy').warn('uniformity <= -4')")
    result.assert_outcomes(passed=1, warnings=1)
    assert "ContrastWarning: uniformity <= -4: broken (warn)" in printed
    assert "test_a_broken_rule_of_level_warn_is_a_warning_of_pytest.py:5" in printed


def test_bad_input_is_the_error_of_the_library_without_its_inside(
    project: pytest.Pytester,
) -> None:
    result, printed = run(project, "contrast_check('none.npy').require('uniformity <= -2')")
    result.assert_outcomes(failed=1)
    assert "BadInput: none.npy: expected" in printed
    assert "pytest_plugin.py" not in printed


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("contrast_check('emb.npy').require('uniformty <= -2')", "Did you mean 'uniformity'?"),
        ("contrast_check('emb.npy').require()", "expected rules, such as"),
        ("contrast_check('emb.npy', lables='y.npy')", "Did you mean 'labels'?"),
        ("contrast_check('emb.npy', embeddings='y.npy')", "embeddings twice"),
        ("contrast_check('a', 'b', 'c', 'd')", "got 4 files"),
        ("contrast_check().require()", "or pyproject.toml with a table"),
        ("contrast_check('emb.npy').against('none.json')", "none.json"),
    ],
)
def test_what_means_nothing_is_refused_with_the_remedy(
    project: pytest.Pytester, body: str, words: str
) -> None:
    result, printed = run(project, body)
    result.assert_outcomes(failed=1)
    assert words in printed


def test_without_files_the_configuration_says_what_is_checked(project: pytest.Pytester) -> None:
    (project.path / "contrast.toml").write_text(
        "[check]\nrequire = ['uniformity <= -2']\n"
        "[check.inputs.healthy]\nembeddings = 'emb.npy'\n"
        "[check.inputs.broken]\nembeddings = 'collapsed.npy'\n"
    )
    result, printed = run(project, "contrast_check().require()")
    result.assert_outcomes(failed=1)
    assert "broken: uniformity <= -2: broken" in printed
    assert "holds: healthy: uniformity <= -2" in printed


def test_rules_of_the_test_stand_in_place_of_those_of_the_configuration(
    project: pytest.Pytester,
) -> None:
    (project.path / "contrast.toml").write_text(
        "[check]\nembeddings = 'collapsed.npy'\nrequire = ['uniformity <= -2']\n"
        "baseline = 'none.json'\n"
    )
    result, _ = run(project, "contrast_check().require('uniformity <= 0')")
    result.assert_outcomes(passed=1)


def test_a_baseline_is_held_against_with_what_is_allowed(project: pytest.Pytester) -> None:
    rule = parse_rule("uniformity <= -2", "error")
    asked = Overrides({"embeddings": "emb.npy"}, rules=(rule,), save_baseline=Path("b.json"))
    run_check(merged(None, asked))
    result, printed = run(project, "contrast_check('collapsed.npy').against('b.json')")
    result.assert_outcomes(failed=1)
    assert "worse" in printed
    body = "contrast_check('collapsed.npy').against('b.json', allow='uniformity: 5')"
    result, _ = run(project, body)
    result.assert_outcomes(passed=1, warnings=3)


def test_the_failure_is_an_assertion_that_a_test_may_expect(project: pytest.Pytester) -> None:
    result, _ = run(
        project,
        "with pytest.raises(AssertionError, match='lower is better'):\n"
        "    contrast_check('collapsed.npy').require('uniformity <= -2')",
    )
    result.assert_outcomes(passed=1)


def test_without_the_plugin_there_is_no_fixture(project: pytest.Pytester) -> None:
    result, printed = run(project, "contrast_check('emb.npy')", "-p", "no:contrast")
    result.assert_outcomes(errors=1)
    assert "fixture 'contrast_check' not found" in printed


def test_the_plugin_costs_no_numpy_until_it_is_used() -> None:
    code = (
        "import sys, contrastive_core.pytest_plugin; print({'numpy', 'pyarrow'} & {*sys.modules})"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
