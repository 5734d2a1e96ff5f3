"""The benchmarks: what they compute is right, what they show is what was measured."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))  # the benchmarks are run from a checkout, and never installed

from benchmarks.bounds import Held  # noqa: E402
from benchmarks.children import Child, Limits, Stopped  # noqa: E402
from benchmarks.commands import CASES  # noqa: E402
from benchmarks.declarations import Contestant, Goal, Line  # noqa: E402
from benchmarks.exact import KINDS, exact  # noqa: E402
from benchmarks.lines import LINES  # noqa: E402
from benchmarks.picture import picture  # noqa: E402
from benchmarks.results import Cell, Results, Verdict, read  # noqa: E402
from benchmarks.rounds import turned  # noqa: E402
from benchmarks.verdicts import verdicts  # noqa: E402
from contrastive_core import LOSSES  # noqa: E402

CELL = Cell("a", "ours", 1024, 8, ours=True, seconds=(1.0, 2.0, 3.0), peak=5_000_000)
FLOOR = Cell("a", "product", 1024, 8, seconds=(2.0, 2.0, 2.0))


def benchmarks(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def line(*goals: Goal) -> Line:
    return Line("a", "", (Contestant("ours"), Contestant("product")), goals)


def test_the_committed_picture_is_drawn_from_the_committed_results(tmp_path: Path) -> None:
    drawn = tmp_path / "drawn.svg"
    command = [sys.executable, "-m", "benchmarks.picture", "benchmarks/results.json", str(drawn)]
    subprocess.run(command, cwd=ROOT, check=True)
    assert drawn.read_bytes() == (ROOT / "docs/nt-xent.svg").read_bytes()


def test_the_committed_results_name_no_machine_and_no_folder() -> None:
    text = (ROOT / "benchmarks/results.json").read_text(encoding="utf-8")
    assert set(json.loads(text)["machine"]) == {
        "processor",
        "processors",
        "memory_gib",
        "system",
        "python",
        "blas",
        "libraries",
    }
    assert "/tmp" not in text  # noqa: S108 - looked for, not used
    assert "/home" not in text


def test_a_line_of_children_agrees_and_writes_what_it_measured(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    done = benchmarks(
        *("--line", "threads", "-n", "64", "-d", "4", "--rounds", "2", "--json", str(path))
    )
    assert done.returncode == 0, done.stderr
    found = read(path)
    names = [(cell.contestant, len(cell.seconds), cell.off) for cell in found.cells[:3]]
    assert names == [("one thread", 2, None), ("two threads", 2, 0.0), ("five threads", 2, 0.0)]
    assert [verdict.met for verdict in found.verdicts] == [None, True, True]


def test_results_come_back_as_they_were_written(tmp_path: Path) -> None:
    results = Results((CELL, FLOOR), (), {"torch": ["torch"]}, {"rounds": 3})
    results.write(tmp_path / "a.json")
    assert read(tmp_path / "a.json") == results


def test_a_second_run_keeps_what_it_did_not_measure() -> None:
    larger, other = dataclasses.replace(CELL, n=2048), dataclasses.replace(CELL, line="b")
    newer = dataclasses.replace(CELL, seconds=(9.0,))
    earlier = Results((other, CELL, larger), (), {}, {})
    found = Results((newer,), (), {}, {}).joined(earlier).ordered({"a": ["ours"], "b": ["ours"]})
    assert found.cells == (newer, larger, other)


def test_medians_of_three_runs_are_kept() -> None:
    goal = Verdict("a", "ours / product", "<= 1", 1024, 8)
    found = Results((), (), {}, {})
    for median in (1.0, 2.0, 3.0, 4.0):
        run = Results((CELL,), (dataclasses.replace(goal, median=median),), {}, {})
        found = run.joined(found)
    assert found.verdicts[0].runs == (2.0, 3.0, 4.0)


def test_a_run_with_other_settings_is_not_mixed_in(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    Results((CELL,), (), {}, {"rounds": 9}).write(path)
    before = path.read_bytes()
    done = benchmarks("--line", "threads", "-n", "64", "--rounds", "1", "--json", str(path))
    assert done.returncode == 2
    assert "other settings" in done.stderr
    assert path.read_bytes() == before


def test_a_number_that_is_none_disagrees() -> None:
    assert dataclasses.replace(CELL, values={"value": math.nan}).disagrees


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("--limit nan", "a finite number above 0"),
        ("--seconds -1", "a finite number above 0"),
        ("--json nowhere/a.json", "a path that can be written to"),
        ("--json .", "expected a file"),
        ("--smoke --json {here}/a.json", "leave --json out"),
        ("--rounds 1 accuracy --smoke", "options of accuracy stand behind it"),
        ("memory --memory abc", "a size such as 512MiB"),
        ("accuracy --json README.md", "the results of an earlier run"),
        ("accuracy --smoke --json {here}/a.json", "leave --json out"),
        ("memory --json README.md", "the results of an earlier run"),
        ("profile nt-xent -n 64 --tau nan", "tau: expected"),
    ],
)
def test_bad_usage_is_told_at_once(line: str, told: str, tmp_path: Path) -> None:
    done = benchmarks(*line.format(here=tmp_path).split())
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout


def test_results_are_not_written_over_another_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("{}")
    done = benchmarks("--line", "threads", "-n", "64", "--json", str(path))
    assert done.returncode == 2
    assert path.read_text() == "{}"


def test_a_ratio_is_the_median_over_the_rounds_and_its_range() -> None:
    goal = Goal("ratio", "ours", "product", most=0.9, n=None)
    (found,) = verdicts(line(goal), [CELL, FLOOR])
    assert (found.median, found.low, found.high, found.met) == (1.0, 0.5, 1.5, False)


@pytest.mark.parametrize(
    ("goal", "value", "met"),
    [
        (Goal("ratio", "product", "ours", least=1.0, n=None), 1.0, True),
        (Goal("ratio", "ours", "product", least=1.1, most=1.2, n=None), 1.0, False),
        (Goal("difference", "ours", "product", most=0.0, n=None), 0.0, True),
        (Goal("beyond", "ours", most=3.0, n=None), 4.0, False),
    ],
)
def test_goals_are_held_against_medians(goal: Goal, value: float, met: bool) -> None:
    own = dataclasses.replace(CELL, resident=9_000_000, input_bytes=3_000_000, memory=2_000_000)
    (found,) = verdicts(line(goal), [own, FLOOR])
    assert (found.median, found.met) == (value, met)


@pytest.mark.parametrize(
    ("own", "other", "value"),
    [("a", "a", 1.0), ("a", "b", 0.0), ("", "", 0.0), ("a b", "a b", 0.0)],
)
def test_equal_bits_are_those_of_every_call(own: str, other: str, value: float) -> None:
    cells = [dataclasses.replace(CELL, bits=own), dataclasses.replace(FLOOR, bits=other)]
    (found,) = verdicts(line(Goal("equal", "ours", "product", n=None)), cells)
    assert (found.median, found.met) == (value, bool(value))


def test_goals_of_who_took_no_part_are_left_out() -> None:
    assert not list(verdicts(line(Goal("ratio", "ours", "peer", most=1.0)), [CELL, FLOOR]))


def test_a_goal_that_is_held_is_not_shown_at_other_sizes_too() -> None:
    held = Verdict("a", "ours / product", "<= 1", 16384, 8, 1.0, met=True)
    seen = Verdict("a", "ours / product", "<= 1", 1024, 8, 2.0)
    for first, second in ((held, seen), (seen, held)):
        found = Results((CELL,), (second,), {}, {}).joined(Results((CELL,), (first,), {}, {}))
        assert [verdict.n for verdict in found.verdicts] == [16384]


def test_what_is_no_longer_declared_is_dropped() -> None:
    gone = dataclasses.replace(CELL, contestant="gone")
    found = Results((CELL, gone, dataclasses.replace(CELL, line="z")), (), {}, {})
    assert found.declared({"a": ["ours"]}).cells == (CELL,)


def test_everybody_is_first_once() -> None:
    names = ["a", "b", "c"]
    assert [turned(names, number)[0] for number in range(4)] == ["a", "b", "c", "a"]


def test_a_goal_at_another_size_is_neither_met_nor_missed() -> None:
    (found,) = verdicts(line(Goal("ratio", "ours", "product", most=9.0, n=2048)), [CELL, FLOOR])
    assert found.met is None
    assert found.note == "the goal stands at 2,048 x 8"


def test_who_stopped_is_named_with_the_reason() -> None:
    gone = Cell("a", "product", 1024, 8, stopped="out of memory")
    (found,) = verdicts(line(Goal("ratio", "ours", "product", most=1.0, n=1024)), [CELL, gone])
    assert found.median is None
    assert found.note == "product: out of memory"


@pytest.mark.parametrize(
    ("limits", "reason"),
    [(Limits(memory=1_000_000), "out of memory"), (Limits(seconds=0.05), "over 0.05 s")],
)
def test_a_contestant_beyond_its_limits_is_stopped(limits: Limits, reason: str) -> None:
    ours = LINES["triplets"].contestants[1]
    child = Child("triplets", ours, 4096, 8, limits)
    try:
        with pytest.raises(Stopped, match=reason):
            _go(child)
    finally:
        child.close()


def _go(child: Child) -> None:
    child.wait()
    child.run()


def test_other_numbers_than_ours_are_called_so() -> None:
    assert dataclasses.replace(CELL, off=2e-5, within=1e-5).disagrees
    assert dataclasses.replace(CELL, off=float("nan"), within=1e-5).disagrees
    assert not dataclasses.replace(CELL, off=1e-6, within=1e-5).disagrees


def test_every_declared_form_has_a_command_in_the_test_of_memory() -> None:
    covered = {(case.name, case.form) for case in CASES}
    declared = {(kind, form.name) for kind, loss in LOSSES.items() for form in loss.forms}
    assert declared <= covered


def test_every_kind_is_known_in_fifty_digits() -> None:
    assert set(KINDS) == set(LOSSES)


ROOT_HALF = 0.5**0.5
PAIR: dict[str, Any] = {"embeddings": [[1.0, 0.0], [0.0, 2.0]], "keys": [[3.0, 0.0], [1.0, 1.0]]}
LABELLED: dict[str, Any] = {**PAIR, "embeddings": [[1, 0], [1, 0], [0, 1]], "labels": [0, 0, 1]}


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        # log(1 + e^-(1 - h)) and log(1 + e^-h), h the root of a half
        ("infonce", {**PAIR, "tau": 1.0}, 0.4791096452),
        ("alignment", PAIR, (2 - 2 * ROOT_HALF) / 2),
        ("uniformity", PAIR, -4.0),
        ("contrastive", LABELLED, 0.0),
        ("triplet", LABELLED, 0.0),
        ("supcon", {**LABELLED, "tau": 1.0}, 0.3132616875),
    ],
)
def test_fifty_digits_of_small_cases(kind: str, given: dict[str, Any], value: float) -> None:
    pytest.importorskip("mpmath")
    assert float(exact(kind, given)) == pytest.approx(value, abs=1e-9)


def test_a_picture_marks_where_who_stopped() -> None:
    cells = [
        Cell("a", "ours", 1024, 8, ours=True, seconds=(0.5,), peak=3_000_000),
        Cell("a", "ours", 2048, 8, ours=True, seconds=(2.0,), peak=4_000_000),
        Cell("a", "peer", 1024, 8, seconds=(5.0,), peak=900_000_000),
        Cell("a", "peer", 2048, 8, stopped="out of memory"),
    ]
    drawn = picture(cells, "a", 8, "a & b")
    assert "peer: out of memory at 2,048" in drawn
    assert "a &amp; b: median time of a call" in drawn
    assert "prefers-color-scheme: dark" in drawn
    assert drawn == picture(cells, "a", 8, "a & b")


def test_a_picture_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no results with times"):
        picture([CELL], "another", 8, "")


def test_the_guard_of_ci_holds_lines_against_the_textbook_and_shows_no_time() -> None:
    done = benchmarks("--smoke", "--no-peers", "--line", "nt-xent", "--line", "triplets")
    assert done.returncode == 0, done.stderr
    assert "median s" not in done.stdout
    assert "2 of 6 contestants were compared" in done.stderr


def test_names_of_lines_and_contestants_are_unique() -> None:
    for each in LINES.values():
        names = [contestant.name for contestant in each.contestants]
        assert len(set(names)) == len(names)
        known = set(names)
        assert all({goal.of, goal.over or goal.of} <= known for goal in each.goals)


def test_a_sweep_doubles() -> None:
    assert list(itertools.islice(LINES["nt-xent"].rows(()), 3)) == [1024, 2048, 4096]
    assert list(LINES["nt-xent"].rows((64, 128))) == [64, 128]
    assert list(LINES["memory"].rows(())) == [131072]


def test_the_memory_of_a_command_is_held_against_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "held.json"
    how = ("-n", "100", "-d", "4", "--kind", "uniformity", "--output", "csv", "--json", str(path))
    done = benchmarks("memory", *how, "--memory", "64MiB", "--memory", "1KiB")
    assert done.returncode == 0, done.stderr
    found = json.loads(path.read_text())
    assert [each["form"] for each in found[::2]] == ["cloud", "two files"]
    assert found[0]["input_bytes"] == 100 * 4 * 4 + 128
    assert found[0]["resident"] > 10_000_000
    assert found[1]["refused"].startswith("memory: expected at least")


def test_the_least_bound_that_is_named_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "held.json"
    how = ("-n", "2000", "-d", "4", "--kind", "uniformity", "--output", "plain")
    done = benchmarks("memory", *how, "--memory", "least", "--json", str(path))
    assert done.returncode == 0, done.stderr
    assert [each["failed"] for each in json.loads(path.read_text())] == ["", ""]


HELD = Held("a", "b", "plain", "1MiB", 2**20, 9, 9, 0, 40_000_000, 41_000_000, 1.0)


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ({}, False),
        ({"resident": 44_000_000}, True),
        ({"bound": 2**33, "resident": 44_000_000}, False),
        ({"libraries": 160_000_000, "resident": 161_000_000}, True),
        ({"refused": "memory: expected at least", "resident": 0}, False),
        ({"failed": "ended with -9", "resident": 0}, True),
    ],
)
def test_a_bound_is_kept_or_broken(changed: dict[str, Any], broken: bool) -> None:
    assert dataclasses.replace(HELD, **changed).broken is broken


def test_errors_are_measured_against_fifty_digits(tmp_path: Path) -> None:
    path = tmp_path / "errors.json"
    done = benchmarks("accuracy", "-n", "32", "--kind", "triplet", "--json", str(path))
    assert done.returncode == 0, done.stderr
    found = json.loads(path.read_text())[:4]
    assert [each["data"] for each in found] == [
        "plain",
        "norms 1e4",
        "near-duplicates",
        "narrow cone",
    ]
    assert all(each["float32"] < 1e-5 and each["float64"] < 1e-12 for each in found)
    assert max(each["float32"] for each in found) > 0


def test_a_profile_names_the_lines_of_the_core() -> None:
    done = benchmarks("profile", "triplet", "-n", "4096", "-d", "8", "--lines", "100")
    assert done.returncode == 0, done.stderr
    assert "reductions/" in done.stdout
