"""Text from outside reaches no terminal and no log raw, wherever it stands; programs get it whole.

A label, an id, a name in a file, a path or a line of a configuration may hold anything. In what
people read, and in what a job's log reads, every character is seen and none is obeyed.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import saved
from command_line import Told, contrast
from contrast_cli.consoles import Bar, Manners
from contrast_cli.render.formats import printed
from contrast_cli.render.layout import Heading, print_words
from junitparser import JUnitXml
from rich.table import Table
from rich.text import Text

from contrastive_core.errors import BadInput
from contrastive_core.plain_text import cut, inert, json_text, message, plain, short_name

SHOWN = {
    "\x1b[31mred\x1b[0m": r"\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07": r"\x1b]0;title\x07",
    "\x9b2J": r"\x9b2J",
    "a\nb": r"a\nb",
    "a\r\x0b\x0cb": r"a\r\x0b\x0cb",
    "a\tb": r"a\tb",
    "a\x00b\x7f": r"a\x00b\x7f",
    "\u202egnp.exe": r"\u202egnp.exe",
    "\u2066a\u2069": r"\u2066a\u2069",
    "a\u200bb\u2060c\ufeff": r"a\u200bb\u2060c\ufeff",
    "a\u2028b\u2029\x85": r"a\u2028b\u2029\x85",
    "a\xa0\u3164\ufe0f": r"a\xa0\u3164\ufe0f",
    "\U000e0041": r"\U000e0041",
    "\udcff": r"\udcff",
    "a ##[error]b": r"a \x23#[error]b",
    "##vso[task.complete]": r"\x23#vso[task.complete]",
    "Größe 大 é🙂 C:\\x": "Größe 大 é🙂 C:\\x",
}
"""Texts, and how they are shown."""

HOSTILE = (
    "\x1b[31m\x9bJ\u202e\u2066\u200b\n::error::x\r\n::stop::\u2028##[error]y\t[bold]|`<b>\udcff"
)
"""All of it in one name; Parquet, TOML and XML hold no half of a surrogate pair."""

NAME = HOSTILE.replace("\udcff", "")

KEY = NAME.replace("::", ":")
"""The same as a name in a file, where the last :: of what is typed would split it."""

_LONG = "l" * 2_000

LABELS = [
    NAME,
    "::error::first",
    "::stop",
    "[red]mark[/red]",
    "\x1b[31mred",
    "\u202ebidi",
    "two\nlines",
    _LONG,
]

_READ_BY_PEOPLE = ("table", "md")

_UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\ufe0f\uffa0"


def assert_plain(text: str) -> None:
    """Printable, in lines that are no commands, and none without end."""
    assert text == "" or text.endswith("\n")
    for line in text.split("\n"):
        assert line.isprintable(), ascii(line)
        assert not set(line) & set(_UNSEEN), ascii(line)
        assert "##[" not in line
        assert "l" * 301 not in line
        assert not inert_needed(line), line


def inert_needed(line: str) -> bool:
    """Whether the runner of a job would take it for a command: `::name::`, blanks before it."""
    return line.strip().startswith("::") and "::" in line.strip()[2:]


def _rows(seed: int = 3) -> Any:
    return np.random.default_rng(seed).normal(size=(2 * len(LABELS), 4)).round(3)


def _labels() -> list[str]:
    return [label for label in LABELS for _ in range(2)]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    np.save(tmp_path / "emb.npy", _rows())
    np.save(tmp_path / "keys.npy", _rows(4))
    np.save(tmp_path / "y.npy", np.array(_labels()))
    listed = pa.array(_rows().tolist())
    ids = [f"{label}{number}" for number, label in enumerate(_labels())]
    table = pa.table({KEY: listed, _LONG: listed, f"y{KEY}": _labels(), "id": ids})
    pq.write_table(table, tmp_path / "named.parquet")
    for name in ("a", "b"):
        ordered = ids if name == "a" else ids[::-1]
        pq.write_table(pa.table({"emb": listed, "id": ordered}), tmp_path / f"{name}.parquet")
    broken = _rows()
    broken[3] = np.nan
    np.savez(tmp_path / "bad.npz", **{KEY: broken, _LONG: broken})
    saved.safetensors(tmp_path / "t.safetensors", {KEY: broken, "other": _rows()})
    odd = tmp_path / HOSTILE.replace("/", "")
    odd.mkdir()
    np.save(odd / "emb.npy", broken)
    np.save(odd / f"{HOSTILE.replace('/', '')}.npy", _rows())
    return tmp_path


def _ran(line: str, folder: Path) -> Told:
    """A command that ends as it should, and tells nothing raw on standard error."""
    told = contrast(line, folder)
    assert told.code in (0, 1, 2), (line, told.err[-2000:])
    assert_plain(told.err)
    return told


Q_NAME, Q_KEY = shlex.quote(NAME), shlex.quote(KEY)
ODD = shlex.quote(HOSTILE.replace("/", ""))

LINES = [
    "metrics emb.npy --labels y.npy",
    "metrics emb.npy --labels y.npy --per-sample",
    "metrics emb.npy keys.npy --labels y.npy --metric tolerance",
    "triplets emb.npy --labels y.npy --per-sample",
    "triplets emb.npy --labels y.npy --margin 0.1 --margin 0.3",
    "loss --kind supcon emb.npy --labels y.npy --per-sample",
    "loss --kind supcon emb.npy --labels y.npy --convention all",
    "loss --kind supcon named.parquet::id --labels y.npy",
    f"loss --kind supcon named.parquet::{Q_KEY} --labels ::y{Q_KEY} --per-sample",
    f"triplets named.parquet::{Q_KEY} --labels ::y{Q_KEY}",
    f"metrics named.parquet::{Q_KEY} --labels ::{Q_KEY}none",
    "metrics named.parquet",
    "loss --kind infonce a.parquet b.parquet --join id --per-sample",
    "loss --kind infonce a.parquet b.parquet --per-sample",
    f"loss --kind infonce bad.npz::{Q_KEY} keys.npy",
    f"loss --kind infonce bad.npz::{Q_KEY} keys.npy --on-bad drop",
    "metrics bad.npz",
    f"metrics t.safetensors::{Q_KEY} --on-bad drop",
    f"metrics t.safetensors::{Q_KEY}",
    f"metrics {ODD}/emb.npy --on-bad drop",
    f"metrics {ODD}/emb.npy",
    f"metrics {ODD}",
    f"metrics {ODD}/{ODD}.npy --labels {ODD}/none.npy",
    f"triplets {ODD}/{ODD}.npy --labels y.npy",
    f"loss --kind infonce {ODD}/{ODD}.npy keys.npy",
    f"loss --kind infonce {ODD}/{ODD}.npy keys.npy --views {Q_NAME}",
    f"info {ODD}/{ODD}.npy",
    f"info {ODD}/emb.npy",
    f"info {ODD}",
    "info named.parquet",
    "info y.npy",
    "info bad.npz",
    "info t.safetensors",
    f"info none{ODD}",
    f"loss --kind {Q_NAME} emb.npy",
    f"loss --kind infonce emb.npy --tau {Q_NAME}",
    f"loss --kind infonce emb.npy --{Q_NAME}",
    f"metrics emb.npy --metric {Q_NAME}",
    f"metrics emb.npy --threads {Q_NAME}",
    f"kinds {Q_NAME}",
    f"help {Q_NAME}",
    f"{Q_NAME}",
    f"check emb.npy --require {Q_NAME}",
    f"check emb.npy --require 'uniformity <= -2' --allow {Q_NAME}",
    f"check {ODD}/{ODD}.npy --require 'uniformity <= -9'",
    f"check {ODD}/emb.npy --require 'uniformity <= -9'",
    "check emb.npy --labels y.npy --require 'triplets.hard <= 0.1%' --require 'tolerance <= -2'",
    f"check emb.npy --require 'uniformity <= -9' --baseline {ODD}/none.json",
    f"check emb.npy --require 'uniformity <= -9' --save-baseline {ODD}/none/x.json",
]


@pytest.mark.parametrize("line", LINES, ids=[str(number) for number in range(len(LINES))])
@pytest.mark.parametrize("output", _READ_BY_PEOPLE)
def test_what_people_read_is_plain(line: str, output: str, here: Path) -> None:
    told = _ran(f"contrast {line} -o {output}", here)
    assert told.out or told.err
    assert_plain(told.out)


@pytest.mark.parametrize("line", LINES, ids=[str(number) for number in range(len(LINES))])
def test_json_is_plain_and_whole_for_every_command(line: str, here: Path) -> None:
    told = _ran(f"contrast {line} -o json", here)
    for each in told.out.split("\n"):
        assert each.isprintable(), ascii(each)
    if told.out:
        json.loads(told.out)


@pytest.fixture
def configured(here: Path) -> Path:
    """Inputs and rules of a configuration whose names hold all of it, in a folder that does too."""
    folder = here / HOSTILE.replace("/", "")
    name = json.dumps(KEY)
    rule = json.dumps("uniformity\n\t<= -9")
    (folder / "contrast.toml").write_text(
        f"[check]\nrequire = [{rule}, 'tolerance <= -2', 'triplets.hard <= 0.1%']\n"
        f"warn = ['uniformity <= -8', 'p95(supcon) <= 0']\n"
        f"[check.inputs.{name}]\nembeddings = '../emb.npy'\nlabels = '../y.npy'\n"
        f'[check.inputs.{name[:-1]}2"]\nembeddings = {json.dumps("../named.parquet::" + KEY)}\n'
        f"labels = {json.dumps('../named.parquet::y' + KEY)}\n",
        encoding="utf-8",
    )
    return folder


@pytest.mark.parametrize("output", ["table", "md", "github", "junit:out.xml"])
def test_the_names_of_a_configuration_are_plain_in_every_report(
    output: str, configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(configured / "summary.md"))
    told = _ran(f"contrast check -o {output}", configured)
    assert told.code == 1, told.err
    out = told.out
    if output == "junit:out.xml":
        out = (configured / "out.xml").read_text(encoding="utf-8")
        root = JUnitXml.fromstring(out.encode())._elem
        assert root[0].get("name") == (
            r"\x1b[31m\x9bJ\u202e\u2066\u200b\n:error:x\r\n:stop:\u2028\x23#[error]y\t[bold]|`<b>"
        )
        assert {case.get("name") for case in root[0].iter("testcase")} >= {"uniformity <= -9"}
    elif output == "github":
        commands = list(itertools.takewhile(lambda line: line.startswith("::"), out.splitlines()))
        assert {line.split(" ")[0] for line in commands} == {"::error", "::warning"}
        assert all(line.isprintable() for line in commands)
        out = out.split("\n", len(commands))[-1]
        assert_plain((configured / "summary.md").read_text(encoding="utf-8"))
    assert_plain(out)


@pytest.mark.parametrize(
    "text",
    [
        f"[check]\n{json.dumps(KEY)} = 1\n",
        f"[check]\nrequire = [{json.dumps(KEY)}]\n",
        f"[check]\nrequire = ['uniformity <= 1']\nallow = [{json.dumps(KEY)}]\n",
        f"[check.inputs.{json.dumps(KEY)}]\nembedding = 1\n",
        f"[check.inputs]\nembeddings = {json.dumps(KEY)}\n",
        f"[check]\nrequire = ['uniformity <= 1']\nbaseline = {json.dumps(KEY)}\n",
        "[check\x1b]\n",
    ],
)
def test_a_configuration_that_is_wrong_is_told_plainly(text: str, here: Path) -> None:
    (here / "contrast.toml").write_text(text, encoding="utf-8")
    told = _ran("contrast check emb.npy", here)
    assert told.code == 2
    assert told.err.removeprefix("note: configuration: contrast.toml\n").startswith("error: ")


def test_a_baseline_that_holds_anything_is_told_plainly(here: Path) -> None:
    line = "contrast check emb.npy --require 'uniformity <= 1'"
    assert _ran(f"{line} --save-baseline b.json", here).code == 0
    document = json.loads((here / "b.json").read_text())
    changes: list[dict[str, Any]] = [{"schema": HOSTILE}, {HOSTILE: 1}, {"figures": {HOSTILE: {}}}]
    for change in changes:
        (here / "b.json").write_text(json.dumps({**document, **change}))
        told = _ran(f"{line} --baseline b.json", here)
        assert_plain(told.out)


_FAITHFUL = [label for label in LABELS if "\r" not in label]
"""A carriage return alone is a line break to whoever reads csv."""


def _per_class(told: Told) -> set[str]:
    return {each["label"] for each in told.document["per_class"]}


def test_labels_are_whole_in_json_jsonl_csv_tsv_and_parquet(here: Path) -> None:
    line = "contrast triplets emb.npy --labels y.npy"
    assert _per_class(_ran(f"{line} -o json", here)) == set(LABELS)
    jsonl = _ran(f"{line} -o jsonl", here).out
    assert all(each.isprintable() for each in jsonl.split("\n"))
    assert [json.loads(each)["label"] for each in jsonl.splitlines()] == _labels()
    for name, separator in (("csv", ","), ("tsv", "\t")):
        out = io.StringIO(_ran(f"{line} -o {name}", here).out, newline="")
        assert [row["label"] for row in csv.DictReader(out, delimiter=separator)] == _labels()
    _ran(f"{line} -o parquet:out.parquet", here)
    assert pq.read_table(here / "out.parquet")["label"].to_pylist() == _labels()


def test_names_and_paths_are_whole_in_json(here: Path) -> None:
    found = _ran("contrast info named.parquet -o json", here).document["files"][0]
    assert [each["name"] for each in found["entries"]] == [KEY, _LONG, f"y{KEY}", "id"]
    path = f"{HOSTILE.replace('/', '')}/emb.npy"
    told = contrast(f"contrast metrics {shlex.quote(path)} --on-bad drop -o json", here)
    assert told.document["inputs"][0]["path"] == path


def test_labels_that_no_encoding_writes_are_shown_by_their_codes(here: Path) -> None:
    labels = ["a", "a", "\udcff", "\udcff", *_labels()[4:]]
    np.save(here / "y.npy", np.array(labels))
    line = "contrast triplets emb.npy --labels y.npy"
    assert r"\udcff" in _ran(f"{line}", here).out
    assert "\udcff" in _per_class(_ran(f"{line} -o json", here))
    for name in ("csv", "jsonl", "parquet"):
        assert _ran(f"{line} -o {name}:out.{name}", here).code == 0
    shown = pq.read_table(here / "out.parquet")["label"].to_pylist()
    assert shown[:4] == ["a", "a", r"\udcff", r"\udcff"]


@pytest.mark.parametrize("text", SHOWN, ids=ascii)
def test_a_text_is_shown_as_python_writes_it(text: str) -> None:
    assert plain(text) == SHOWN[text]
    assert plain(plain(text)) == plain(text)
    assert message(text) == SHOWN[text]
    assert json.loads(json_text(json.dumps(text, ensure_ascii=False))) == text


def test_a_long_name_keeps_both_ends() -> None:
    name = "model.layers." + "x" * 500 + ".weight"
    assert len(short_name(name)) == 60
    assert short_name(name) == "model.layers." + "x" * 27 + "…" + "x" * 12 + ".weight"
    assert cut("abcdefg", 7) == "abcdefg"
    assert cut("abcdefgh", 7) == "abcd…gh"
    assert message(f"got {name}.") == "got model.layers." + "x" * 187 + "…" + "x" * 91 + ".weight."
    assert len(message("many words " * 10_000)) == 3000


def test_a_command_to_a_job_is_none_at_the_start_of_a_line() -> None:
    assert inert("::error::x\n  ::group:: y\na ::b::c") == (
        "\\x3a:error::x\n  \\x3a:group:: y\na ::b::c"
    )
    assert inert("::label") == "::label"
    assert short_name(" ::label") == r" \x3a:label"


def test_an_error_is_plain_wherever_it_is_read() -> None:
    error = BadInput(HOSTILE, expected=HOSTILE, got="l" * 5000, remedy=HOSTILE)
    assert str(error).isprintable()
    assert len(str(error)) < 1500
    assert "##[" not in str(error)


def test_a_caller_who_forgets_prints_nothing_raw(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    manners = Manners(color="never")
    for say in (manners.note, manners.warn, manners.error):
        say(HOSTILE)
    manners.refusal(BadInput("x", expected="y", got="z", remedy=HOSTILE))
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 5
    assert_plain(said.err)

    class Careless:
        def print_to(self, console: Any, columns: int | None) -> None:
            table = Table(HOSTILE, "b")
            table.add_row(HOSTILE, Text(HOSTILE))
            for each in (table, HOSTILE, Text(HOSTILE), Heading(HOSTILE), Text("::a::b")):
                console.print(each)
            print_words(f"{'word ' * 27} ::error::{HOSTILE}", console, columns)

    with (tmp_path / "out").open("w", encoding="utf-8") as stream:
        for columns in (None, 30):
            assert_plain(printed(Careless(), manners.console(stream), columns))
        colored = printed(Careless(), Manners(color="always").console(stream), None)
    assert "\x1b[31m" not in colored
    assert "\x1b[1m" in colored


def test_the_line_of_progress_is_plain(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("contrast_cli.consoles.is_live", lambda _: True)
    monkeypatch.setattr("contrast_cli.consoles._PATIENCE", -1.0)
    Bar(Manners()).wait(f"looking into {HOSTILE}")
    shown = capsys.readouterr().err.removeprefix("\r").removesuffix("\x1b[K")
    assert shown.startswith(r"looking into \x1b[31m\x9bJ\u202e")
    assert shown.isprintable()


def test_marks_of_rich_and_line_breaks_in_a_label_stay_in_their_cell(here: Path) -> None:
    out = _ran("contrast triplets emb.npy --labels y.npy", here).out
    assert "[red]mark[/red]" in out
    assert r"two\nlines" in out
    assert r"\x3a:error::first" in out
    assert "l" * 40 + "…" + "l" * 19 in out


def test_the_traceback_of_a_fault_is_plain(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError(HOSTILE)

    monkeypatch.setattr("contrastive_core.metrics", fails)
    told = contrast("contrast metrics emb.npy --debug", here)
    assert told.code == 3
    assert "Traceback" in told.err
    assert_plain(told.err)


def test_a_test_that_fails_says_it_plainly(pytester: pytest.Pytester, here: Path) -> None:
    os.symlink(here / "emb.npy", pytester.path / f"{KEY.replace('/', '')}.npy")
    pytester.makepyfile(
        "def test_it(contrast_check):\n"
        f"    contrast_check({KEY.replace('/', '') + '.npy'!r}).require('uniformity <= -9')\n"
    )
    told = pytester.runpytest("--tb=line")
    assert any("x1b" in line for line in told.outlines)
    assert all(line.isprintable() for line in told.outlines), told.outlines
