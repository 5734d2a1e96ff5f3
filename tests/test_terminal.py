"""Manners on a real pseudo-terminal: widths, colours, progress, quiet."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from contrast_cli.folding import fit_to
from contrast_cli.main import run
from contrast_cli.progress import clock, line, rate
from contrast_cli.terminals import is_colored
from terminal import PROGRAM, ROOT, environment, on_terminal, read_all

_EMB, _LABELS = "sample_data/emb.npy", "sample_data/labels.npy"
_NUMBER = re.compile(r"(?<![\w.,])-?\d[\d.,]*(?:e[-+]?\d+)?")

_TABLES = (
    f"loss --kind infonce --symmetric {_EMB}",
    f"loss --kind nt-xent {_EMB} --convention all",
    f"loss --kind triplet --labels {_LABELS} {_EMB}",
    "loss --kind contrastive --pairs sample_data/pairs.npy sample_data/emb.parquet::z1",
    f"metrics {_EMB} --labels {_LABELS}",
    f"triplets {_EMB} --labels {_LABELS} --margin 0.1 --margin 0.5",
    f"info {_EMB} sample_data/emb.parquet {_LABELS}",
    "kinds",
)
_PAGES = (
    "help",
    "help inputs",
    "help outputs",
    "help conventions",
    "--help",
    "loss --kind nce --help",
    "triplets --help",
    "kinds infonce",
    "metrics --guide",
)


@pytest.mark.parametrize("command", [*_TABLES, *_PAGES])
def test_no_line_is_wider_than_the_terminal_and_no_number_is_lost(command: str) -> None:
    wide = on_terminal(*command.split(), columns=200)
    numbers = set(_NUMBER.findall(wide.text))
    assert (wide.code, wide.other.count("error")) == (0, 0)
    for columns in (60, 80, 120) if command in _TABLES else (60,):
        seen = on_terminal(*command.split(), columns=columns)
        assert seen.code == 0
        assert max(map(len, seen.lines)) <= columns
        assert numbers <= set(_NUMBER.findall(seen.text))
    assert max(map(len, wide.lines)) <= 200


def test_a_folded_command_is_one_command_for_a_shell() -> None:
    seen = on_terminal("triplets", "--help", columns=60)
    joined = seen.text.replace(" \\\n", " ")
    words = " ".join(joined.split())
    assert (
        "contrast triplets sample_data/emb.parquet --labels ::label --sample 100 -o json" in words
    )


def test_columns_that_do_not_fit_go_into_a_further_table_with_the_rows_named_again() -> None:
    seen = on_terminal(*f"loss --kind infonce --symmetric {_EMB} --top 1".split(), columns=60)
    rows = [row.split() for row in seen.lines if re.match(r" +241 ", row)]
    assert [row[0] for row in rows] == ["241", "241"]
    assert rows[0][1:] == ["4.83502", "0.62856", "17", "0.885299", "254", "18"]
    assert rows[1][1:] == ["0.846477", "83"]


class _Stream(io.StringIO):
    """A stream that is a terminal, or is none."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


_TOLD = (
    f"loss --kind uniformity sample_data/collapsed.npy --labels {_LABELS}",
    f"loss --kind cross-entropy {_EMB}",
    f"loss --kind infonce {_EMB} --margin 0.1",
    f"metrics {_EMB} --bank x.npy",
    "loss --kind clip no/such/file/of/vectors.npy no/such/file/of/keys.npy",
    "loss --kind infonce sample_data/collapsed.npy -o value",
    f"check {_EMB} --require 'uniformity <= -2' --allow 'uniformity: 1'",
)


def _said(command: str, *, terminal: bool) -> str:
    """What a command leaves on standard error."""
    stream = _Stream(terminal=terminal)
    with (
        contextlib.chdir(ROOT),
        contextlib.redirect_stderr(stream),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        run(shlex.split(command))
    return stream.getvalue()


@pytest.mark.parametrize("command", _TOLD)
def test_messages_are_folded_on_a_terminal_and_lose_no_word(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged = _said(command, terminal=False)
    assert max(map(len, logged.splitlines())) > 60
    monkeypatch.setenv("TERM", "dumb")
    for columns in (40, 60, 80):
        monkeypatch.setenv("COLUMNS", str(columns))
        seen = _said(command, terminal=True)
        assert max(map(len, seen.splitlines())) <= columns
        assert seen.replace(" \\\n", " ").split() == logged.split()


def test_off_a_terminal_what_is_wrong_is_one_line_and_what_to_do_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    told = _said("metrics sample_data/emb.npy --bank x.npy", terminal=False).splitlines()
    assert [each.split(" ")[0] for each in told] == ["error:", ""]
    assert len(told[1]) > 200
    warned = _said("metrics sample_data/collapsed.npy", terminal=False).splitlines()
    assert all(each.startswith("warning: ") for each in warned)


def test_in_a_folded_message_commands_can_be_copied_and_sentences_are_no_commands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    ways = _said("loss --kind cross-entropy sample_data/emb.npy", terminal=True)
    assert " --kind cross-entropy --scores logits.npy \\\n        --labels y.npy\n" in ways
    taken = _said("metrics sample_data/emb.npy --zzz", terminal=True)
    assert "\n  contrast metrics takes " in taken
    assert "\\" not in taken


@pytest.mark.parametrize("columns", ["1", "2", "3"])
def test_a_terminal_of_hardly_any_columns_breaks_nothing(
    columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert fit_to(_Stream(terminal=True), "contrast kinds nce").replace("\\", "").split() == [
        *("contrast", "kinds", "nce")
    ]


@pytest.mark.parametrize(
    ("wish", "no_color", "force_color", "term", "on_it", "off_it"),
    [
        ("auto", None, None, "xterm", True, False),
        ("auto", None, None, "dumb", False, False),
        ("auto", "", None, "xterm", True, False),
        ("auto", "1", None, "xterm", False, False),
        ("auto", "0", None, "xterm", False, False),
        ("auto", None, "1", "xterm", True, True),
        ("auto", None, "1", "dumb", True, True),
        ("auto", None, "0", "xterm", False, False),
        ("auto", None, "", "xterm", True, False),
        ("auto", "1", "1", "xterm", False, False),
        ("auto", "", "0", "xterm", False, False),
        ("always", None, None, "dumb", True, True),
        ("always", "1", "0", "xterm", True, True),
        ("never", None, None, "xterm", False, False),
        ("never", "", "1", "xterm", False, False),
    ],
)
def test_color_wins_over_no_color_over_force_color_over_the_terminal(
    wish: str,
    no_color: str | None,
    force_color: str | None,
    term: str,
    on_it: bool,
    off_it: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (("NO_COLOR", no_color), ("FORCE_COLOR", force_color), ("TERM", term)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert is_colored(_Stream(terminal=True), wish) is on_it
    assert is_colored(_Stream(terminal=False), wish) is off_it


@pytest.mark.parametrize(
    ("given", "changes", "colored"),
    [
        ([], {}, (True, False)),
        (["--color", "always"], {"NO_COLOR": "1", "TERM": "dumb"}, (True, True)),
        ([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, (False, False)),
    ],
)
def test_tables_and_errors_are_coloured_alike(
    given: list[str], changes: dict[str, str | None], colored: tuple[bool, bool]
) -> None:
    table = on_terminal("kinds", *given, changes=changes)
    piped = on_terminal("kinds", *given, stream="stderr", changes=changes)
    assert ("\x1b[" in table.raw, "\x1b[" in piped.other) == colored
    refused = ("loss", "--kind", "clip", "absent.npy", *given)
    error = on_terminal(*refused, stream="stderr", changes=changes)
    logged = on_terminal(*refused, changes=changes)
    assert ("\x1b[" in error.raw, "\x1b[" in logged.other) == colored


_SLOW = """
import time
import contrast_cli.main as m
import contrastive_core as api
from contrastive_core.errors import BadInput

def loss(*given, resources, **asked):
    for done in range(0, 41):
        resources.progress(done * 10**9, 40 * 10**9)
        time.sleep(0.05)
    raise BadInput("emb.npy", expected="a", got="b", remedy="Do c.")

api.loss = loss
m.main()
"""


def _slow(*arguments: str, changes: dict[str, str | None] | None = None) -> str:
    """What a terminal is sent on standard error by two seconds of work that comes to an error."""
    program = (sys.executable, "-c", _SLOW)
    command = ("loss", "--kind", "infonce", _EMB, *arguments)
    return on_terminal(*command, stream="stderr", program=program, changes=changes).raw


def test_progress_has_rate_and_time_left_on_one_line_and_vanishes_on_an_error() -> None:
    raw = _slow()
    pictures = [each for each in re.split(r"\r|\x1b\[K", raw) if "%" in each]
    assert len(pictures) >= 3
    for each in pictures:
        assert re.fullmatch(r"scores  [█░]+  +\d+ %  [\d.]+ [kMGT] scores/s  0:0\d left", each)
        assert len(each) < 80
        assert "\n" not in each
    assert raw.index("\r\x1b[K") < raw.index("error:")
    assert raw.split("\r\x1b[K")[-1].startswith("\x1b[31m\x1b[1merror:")


@pytest.mark.parametrize(("arguments", "changes"), [(["-q"], {}), ([], {"TERM": "dumb"})])
def test_no_progress_when_quiet_or_on_a_terminal_that_cannot_erase(
    arguments: list[str], changes: dict[str, str | None]
) -> None:
    assert "%" not in _slow(*arguments, changes=changes)


def test_no_progress_before_the_work_has_lasted() -> None:
    patient = f"import contrast_cli.consoles as c; c._PATIENCE = 1e9\n{_SLOW}"
    command = ("loss", "--kind", "infonce", _EMB)
    seen = on_terminal(*command, stream="stderr", program=(sys.executable, "-c", patient))
    assert "%" not in seen.raw


def test_no_progress_off_a_terminal() -> None:
    command = [sys.executable, "-c", _SLOW, "loss", "--kind", "infonce", _EMB]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "%" not in done.stderr


def test_quiet_leaves_warnings_and_twice_quiet_leaves_nothing() -> None:
    command = ("loss", "--kind", "infonce", "sample_data/collapsed.npy", "-o", "value")
    for given, said in ((), True), (("-q",), True), (("-qq",), False):
        seen = on_terminal(*command, *given, stream="stderr")
        assert ("warning: " in seen.text.replace("\x1b", "")) is said
    assert on_terminal("loss", "--kind", "clip", "absent.npy", "-qq", stream="stderr").text


def test_ctrl_c_erases_the_line_of_progress(tmp_path: Path) -> None:
    path = tmp_path / "large.npy"
    np.save(path, np.zeros((2, 60_000, 32), np.float32) + np.arange(32, dtype=np.float32))
    master, slave = pty.openpty()
    command = [*PROGRAM, "loss", "--kind", "nt-xent", str(path)]
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=slave
    )
    os.close(slave)
    seen = b""
    while b" left" not in seen:
        seen += os.read(master, 4096)
    child.send_signal(signal.SIGINT)
    seen += read_all(master)
    os.close(master)
    assert child.wait() == 130
    assert seen.endswith(b"\r\x1b[K")


def test_a_line_of_progress_gives_way_where_it_is_narrow() -> None:
    facts = ("1.2 G scores/s", "0:12 left")
    wide = line("scores", 0.5, facts, 80, plain=True)
    assert wide == f"scores  {'#' * 18}{'-' * 19}   50 %  1.2 G scores/s  0:12 left"
    assert len(wide) == 79
    assert line("scores", 0.5, facts, 46, plain=False) == "scores   50 %  1.2 G scores/s  0:12 left"
    assert line("scores", 0.5, facts, 35, plain=False) == "scores   50 %  1.2 G scores/s"
    assert line("scores", 0.5, facts, 16, plain=False) == "scores   50 %"
    assert line("scores", 0.5, facts, 5, plain=False) == "scor"


@pytest.mark.parametrize(
    ("per_second", "said"),
    [
        (1.2e9, "1.2 G scores/s"),
        (999.4, "999 scores/s"),
        (999.6, "1.0 k scores/s"),
        (12_345_678.0, "12 M scores/s"),
        (3.0, "3 scores/s"),
        (4e12, "4.0 T scores/s"),
    ],
)
def test_a_rate_has_a_unit_and_two_or_three_digits(per_second: float, said: str) -> None:
    assert rate(per_second, "scores") == said


def test_time_left_is_minutes_and_seconds_and_hours_where_there_are_some() -> None:
    assert [clock(each) for each in (0.2, 7, 754, 3723)] == ["0:00", "0:07", "12:34", "1:02:03"]


def test_rows_are_counted_for_info_and_time_starts_anew_with_another_pass() -> None:
    from contrast_cli.consoles import Bar, Manners

    bar = Bar(Manners(), what="rows")
    assert bar.facts(0, 100) == ()
    time.sleep(0.01)
    assert bar.facts(50, 100)[0].endswith(" rows/s")
    assert bar.facts(50, 100)[1] == "0:00 left"
