"""What is written of a verdict: table, json, rows, JUnit, GitHub, Markdown."""

from __future__ import annotations

import io
import json
import math
import re
from pathlib import Path
from typing import Any, cast
from xml.etree.ElementTree import Element

import pytest
from contrast_cli.consoles import Manners
from contrast_cli.outputs import Output
from contrast_cli.render.check import CheckReport
from contrast_cli.render.check_words import rows_line, summary, value_and_bound
from contrast_cli.render.formats import writer
from contrast_cli.render.github import append_summary, write_github
from contrast_cli.render.junit import write_junit
from contrast_cli.render.step_summary import markdown
from junitparser import Error, Failure, JUnitXml
from verdicts import ROWS, fails, holds, undefined, verdict_of, warns, worse

from contrastive_core.errors import NothingDefined
from contrastive_core.gate.verdict import CheckResult


def _written(result: CheckResult, name: str) -> str:
    stream = io.StringIO()
    writer(CheckReport(result), Manners())(Output(name, None), stream)
    return stream.getvalue()


def _table(result: CheckResult, columns: int | None) -> str:
    stream = io.StringIO()
    console = Manners().console(stream)
    CheckReport(result).print_to(console, columns)
    return stream.getvalue()


def _github(result: CheckResult) -> list[str]:
    stream = io.StringIO()
    write_github(result, stream)
    return stream.getvalue().splitlines()


def _junit(result: CheckResult) -> str:
    stream = io.StringIO()
    write_junit(result, stream)
    return stream.getvalue()


def _parsed(text: str) -> Element:
    return cast(Element, JUnitXml.fromstring(text.encode())._elem)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": -3.125}, ("-3.125", "<= -2")),
        ({"value": 0.40000001, "bound": 0.4}, ("0.40000001", "<= 0.4")),
        ({"value": 0.1 + 0.2, "bound": 0.3}, ("0.30000000000000004", "<= 0.3")),
        ({"value": 0.29999996, "bound": 0.29999998}, ("0.29999996", "<= 0.29999998")),
        ({"value": 0.4000000001, "bound": 0.4, "baseline": 0.4}, ("0.4000000001", "<= 0.4")),
        ({"value": 0.5, "bound": 0.123456789, "baseline": 0.1}, ("0.5", "<= 0.123457")),
        ({"value": 0.4, "bound": 0.4}, ("0.4", "<= 0.4")),
        (
            {"value": 0.115, "bound": 0.05, "rule": "triplets.hard <= 5%", "unit": "share"},
            ("11.5 %", "<= 5 %"),
        ),
        (
            {"value": 0.0500000001, "bound": 0.05, "rule": "triplets.hard <= 5%", "unit": "share"},
            ("5.00000001 %", "<= 5 %"),
        ),
        ({"value": 0.5, "bound": 0.4, "rule": "grew by 5%", "baseline": 0.4}, ("0.5", "<= 0.4")),
        (
            {"value": 0.5, "bound": 0.4, "op": "==", "baseline": 0.4, "allowed": 0.05},
            ("0.5", "== 0.4 ± 0.05"),
        ),
        ({"value": math.nan}, ("undefined", "<= -2")),
        ({"value": None}, ("-", "<= -2")),
    ],
)
def test_a_value_never_prints_like_a_bound_that_it_differs_from(
    change: dict[str, Any], words: tuple[str, str]
) -> None:
    assert value_and_bound(holds(**change)) == words


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        ((), "no rules were given"),
        ((holds(),), "the rule holds"),
        ((holds(), holds()), "both rules hold"),
        ((holds(), holds(), holds()), "all 3 rules hold"),
        ((fails(),), "the rule fails"),
        ((warns(),), "the rule warns"),
        ((undefined(),), "the rule is undecided"),
        ((worse(),), "the figure fails"),
        ((fails(), fails()), "0 of 2 rules hold; 2 fail"),
        ((holds(), holds(), holds(), fails(), warns()), "3 of 5 rules hold; 1 fails, 1 warns"),
        ((holds(), fails(), fails(), warns(), warns()), "1 of 5 rules holds; 2 fail, 2 warn"),
        ((holds(), undefined()), "1 of 2 rules holds; 1 undecided"),
        ((worse(), worse(passed=True)), "1 of 2 figures holds; 1 fails"),
        ((worse(), holds()), "1 of 2 checks holds; 1 fails"),
    ],
)
def test_the_summary_counts_what_became_of_the_rules(checks: tuple[Any, ...], words: str) -> None:
    assert summary(verdict_of(*checks)) == words


def test_json_has_every_field_of_a_check_at_full_precision() -> None:
    found = json.loads(_written(verdict_of(fails(value=-1 / 3), notes=("same data",)), "json"))
    assert (found["schema"], found["command"], found["passed"]) == ("contrast/1", "check", False)
    assert (found["outcome"], found["notes"], found["saved"]) == ("failed", ["same data"], None)
    assert found["checks"] == [
        {
            "metric": "uniformity",
            "value": -0.3333333333333333,
            "op": "<=",
            "bound": -2.0,
            "level": "error",
            "passed": False,
            "reason": "-1.25 is not <= -2",
            "rule": "uniformity <= -2",
            "input": None,
            "better": "lower",
            "baseline": None,
            "allowed": None,
            "positives": None,
            "rows": list(ROWS),
            "remedy": None,
        }
    ]
    assert [each["path"] for each in found["inputs"]] == ["emb.npy", "y.npy"]
    assert "name" not in found["inputs"][0]


def test_json_names_the_inputs_where_there_are_several() -> None:
    result = verdict_of(holds(input="a"), holds(input="b"), names=("a", "b"))
    found = json.loads(_written(result, "json"))
    assert [(each["name"], each["path"]) for each in found["inputs"]] == [
        ("a", "emb.npy"),
        ("a", "y.npy"),
        ("b", "emb.npy"),
        ("b", "y.npy"),
    ]
    assert [each["input"] for each in found["checks"]] == ["a", "b"]


def test_what_is_undefined_is_null_in_json_and_nan_in_csv() -> None:
    row = {"index": 3, "loss": math.nan}
    result = verdict_of(undefined(rows=(row,)), undefined(value=None))
    first, second = json.loads(_written(result, "json"))["checks"]
    assert (first["value"], second["value"], first["passed"]) == (None, None, None)
    assert first["rows"] == [{"index": 3, "loss": None}]
    lines = _written(result, "csv").splitlines()
    assert lines[0] == (
        "metric,value,op,bound,level,passed,reason,rule,input,better,baseline,allowed,"
        "positives,rows,views,remedy"
    )
    assert lines[1] == (
        "uniformity,nan,<=,-2.0,error,,all rows are equal,uniformity <= -2,,lower,,,,3,,Look."
    )
    assert lines[2].startswith("uniformity,,<=,")


def test_csv_lists_the_rows_of_a_failure_and_their_views() -> None:
    assert _written(verdict_of(fails()), "csv").endswith(",lower,,,,241;7,1;0,\n")


def test_every_format_says_how_positives_were_found() -> None:
    infonce = holds(metric="infonce", rule="infonce <= 9", positives="the pairs of p.npy")
    result = verdict_of(infonce, holds(metric="p50(infonce)", positives="the pairs of p.npy"))
    assert json.loads(_written(result, "json"))["checks"][0]["positives"] == "the pairs of p.npy"
    line = "positives of infonce, p50(infonce): the pairs of p.npy"
    assert line in _written(result, "table").splitlines()
    assert line in markdown(result).replace("\\", "").splitlines()
    stream = io.StringIO()
    write_junit(result, stream)
    assert stream.getvalue().count("<system-out>positives: the pairs of p.npy</system-out>") == 2
    assert "positives" not in _written(verdict_of(holds()), "table")


def test_value_is_the_number_of_the_one_rule_and_never_that_of_an_undefined_one() -> None:
    assert _written(verdict_of(fails()), "value") == "-1.25\n"
    with pytest.raises(NothingDefined, match="all rows are equal"):
        _written(verdict_of(undefined()), "value")


def test_the_table_has_every_rule_its_failures_with_rows_and_the_count() -> None:
    result = verdict_of(holds(), fails(), warns(), undefined(), worse())
    lines = [line.split() for line in _written(result, "table").splitlines()]
    marks = [line[0] for line in lines if line[:1] and line[0] in ("pass", "FAIL", "warn", "?")]
    assert marks == ["pass", "FAIL", "warn", "?", "FAIL", "FAIL", "warn", "?", "FAIL"]
    assert lines.count(["241", "1", "5.25"]) == 2
    text = " ".join(_written(result, "table").split())
    assert "-1.25 is not <= -2; lower is better" in text
    assert "cannot be decided: all rows are equal. Look." in text
    assert "-1.5 is worse than the baseline's -2 by 0.5; allowed is 0.25" in text
    assert text.count("is better") == 3
    assert text.endswith("1 of 5 checks holds; 2 fail, 1 warns, 1 undecided")


@pytest.mark.parametrize("columns", [30, 40, 60, 80, 120, 200])
def test_a_narrow_terminal_folds_words_and_cuts_no_number(columns: int) -> None:
    long = "p95(infonce(tau=0.07, similarity=dot, denominator=bank)) <= 0.123456789012345"
    change = {"rule": long, "value": 0.123456789012346, "bound": 0.123456789012345}
    text = _table(verdict_of(fails(**change, input="nightly"), names=("nightly",)), columns)
    words = text.split()
    assert "0.123456789012346" in words
    assert "0.123456789012345" in words
    assert {"tau=0.07,", "similarity=dot,"} <= set(re.split(r"[\s(]+", text))
    if columns >= 80:
        assert max(map(len, text.splitlines())) <= max(columns, 90)


def test_columns_of_rows_that_do_not_fit_go_into_a_further_table() -> None:
    row = {"index": 7, "view": 1, "positive": 0.123456, "hardest": 0.234567, "triplets": 123456}
    text = _table(verdict_of(fails(rows=(row,))), 40)
    lines = [line.split() for line in text.splitlines()]
    assert ["7", "1", "0.123456", "0.234567"] in lines
    assert ["7", "1", "123456"] in lines
    assert max(map(len, text.splitlines())) <= 40
    wide = _table(verdict_of(fails(rows=(row,))), None)
    assert ["7", "1", "0.123456", "0.234567", "123456"] in map(str.split, wide.splitlines())


def test_junit_has_a_case_per_rule_and_a_warning_fails_nothing() -> None:
    result = verdict_of(holds(), fails(), warns(), undefined(), worse())
    document = JUnitXml.fromstring(_junit(result).encode())
    (suite,) = list(document)
    assert (suite.name, suite.tests, suite.failures, suite.errors) == ("emb.npy", 5, 2, 1)
    assert (document.tests, document.failures, document.errors) == (5, 2, 1)
    cases = list(suite)
    assert [case.name for case in cases] == [
        *["uniformity <= -2"] * 4,
        "uniformity against the baseline",
    ]
    assert {case.classname for case in cases} == {"contrast.check"}
    assert [case.is_passed for case in cases] == [True, False, True, False, False]
    sorts = [[type(each) for each in case.result] for case in cases]
    assert sorts == [[], [Failure], [], [Error], [Failure]]
    assert cases[1].result[0].type == "rule"
    assert cases[1].result[0].message == "uniformity is -1.25, required <= -2; lower is better"
    assert "241 of view 1 (loss 5.25)" in cases[1].result[0].text
    assert cases[2].system_out.startswith("warning: uniformity is -1.25, required <= -2")
    assert "all rows are equal. Look." in cases[3].result[0].message
    assert cases[4].result[0].type == "baseline"
    (found,) = _parsed(_junit(result)).iter("properties")
    properties = {each.get("name"): each.get("value") for each in found}
    assert properties == {
        "version": "0.1.0",
        "n": "512",
        "d": "32",
        "embeddings": "emb.npy",
        "labels": "y.npy",
    }


def test_junit_has_a_suite_per_named_input() -> None:
    result = verdict_of(holds(input="a"), fails(input="b"), names=("a", "b"))
    first, second = list(JUnitXml.fromstring(_junit(result).encode()))
    assert [(each.name, each.tests, each.failures) for each in (first, second)] == [
        ("a", 1, 0),
        ("b", 1, 1),
    ]
    assert next(iter(second)).classname == "contrast.check.b"


_ALLOWED = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "time"},
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"name", "classname", "time"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "system-out": set(),
}
"""What the schemas of Jenkins, Maven and GitLab all admit."""


def test_junit_uses_no_element_and_no_attribute_that_a_reader_refuses() -> None:
    root = _parsed(_junit(verdict_of(holds(), fails(), warns(), undefined())))
    for element in root.iter():
        assert set(element.attrib) <= _ALLOWED[element.tag], element.tag
    assert [each.tag for each in root[0]] == ["properties", *["testcase"] * 4]


def test_junit_shows_the_codes_of_characters_that_xml_cannot_hold() -> None:
    text = _junit(verdict_of(fails(rule="a\x00b\x1b[31m\ufffe\ud800 < & >\n\t", metric="m\x0b")))
    (case,) = _parsed(text).iter("testcase")
    assert case.get("name") == r"a\x00b\x1b[31m\ufffe\ud800 < & >"


def test_github_escapes_as_the_toolkit_does() -> None:
    check = fails(rule="a: b, 5%\r\nc", metric="100%\r\n::error::x")
    first, *lines = _github(verdict_of(check))
    assert first == (
        "::error title=contrast check%3A a%3A b%2C 5%25 c::100%25\\r\\n::error::x is -1.25, "
        "required <= -2; lower is better%0Aworst rows: 241 of view 1 (loss 5.25), "
        "7 of view 0 (loss 4.5)"
    )
    assert not [line for line in lines if line.startswith("::")]


@pytest.mark.parametrize(
    ("metric", "row", "words"),
    [
        ("hubness", {"index": 3, "occurrences": 9}, "3 (occurrences 9)"),
        ("uniformity.keys", {"index": 3, "view": 1, "uniformity": -0.5, "rank": 1}, "3 of view 1 "
         "(uniformity -0.5)"),
        ("triplets(margin=0.5).counts.semi_hard", {"index": 3, "loss": 1.0, "semi_hard": 7},
         "3 (semi hard 7)"),
        ("p95(infonce(tau=0.07))", {"index": 3, "loss": 1.25, "rank": 9}, "3 (loss 1.25)"),
        ("duplicates", {"index": 3}, "3"),
    ],
)  # fmt: skip
def test_a_row_is_told_with_the_number_that_the_figure_is_made_of(
    metric: str, row: dict[str, Any], words: str
) -> None:
    assert rows_line(fails(metric=metric, rows=(row,))) == f"worst rows: {words}"


def test_github_puts_errors_first_and_says_every_rule_in_a_line() -> None:
    result = verdict_of(warns(), holds(), undefined(), fails(), notes=("better than the baseline",))
    lines = _github(result)
    assert [line.split(" ")[0] for line in lines[:4]] == [
        "::error",
        "::error",
        "::warning",
        "::notice",
    ]
    assert [line.split(" ")[0] for line in lines[4:8]] == ["warn", "pass", "?", "FAIL"]
    assert lines[8] == "1 of 4 rules holds; 1 fails, 1 warns, 1 undecided"
    assert len(lines) == 9


def test_github_writes_ten_annotations_at_most_and_counts_the_others() -> None:
    checks = [warns() for _ in range(3)] + [fails() for _ in range(9)]
    lines = _github(verdict_of(*checks, notes=("note",)))
    commands = [line.split(" ")[0] for line in lines if line.startswith("::")]
    assert commands == ["::error"] * 9 + ["::warning"]
    assert lines[10] == "and 3 more, in the lines below"
    assert len(lines) == 10 + 1 + 12 + 1


def test_no_name_can_pass_for_a_command_of_the_runner() -> None:
    check = holds(rule="x", metric="y\n::set-env name=A::b ##[error]z", input="\n::stop::")
    for line in _github(verdict_of(check, names=("\n::stop::",))):
        assert not line.startswith("::")
        assert "##[" not in line


def test_the_summary_of_a_step_is_appended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "summary.md"
    path.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    result = verdict_of(fails(rows=(*ROWS, {"index": 9, "view": 1, "loss": 4.25})), holds())
    append_summary(result, Manners())
    append_summary(result, Manners())
    text = path.read_text(encoding="utf-8")
    assert text == "before\n" + 2 * markdown(result)
    assert "### contrast check: 1 of 2 rules holds; 1 fails\n" in text
    assert "| **FAIL** | `uniformity <= -2` | `-1.25` | `<= -2` |\n" in text
    assert "| index | view | loss |\n| ---: | ---: | ---: |\n| 241 | 1 | 5.25 |\n" in text


def test_a_summary_that_cannot_be_written_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "none" / "summary.md"))
    append_summary(verdict_of(fails()), Manners())
    assert capsys.readouterr().err.startswith("warning: GITHUB_STEP_SUMMARY: ")


def test_markdown_lets_no_name_be_a_mark() -> None:
    check = fails(rule="a|b`c", metric="<img src=x> [l](u) | *b*")
    text = markdown(verdict_of(check, warnings=("a *b*",)))
    assert text.endswith("\n> **warning:** a \\*b\\*\n")
    assert "| **FAIL** | `a\\|b'c` |" in text
    assert "\\<img src=x\\> \\[l\\](u) \\| \\*b\\*" in text
