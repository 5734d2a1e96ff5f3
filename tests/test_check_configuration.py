"""What `contrast.toml` and `pyproject.toml` say of a check, and what wins over them."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import contrastive_core as cc
from contrastive_core.errors import BadParameter
from contrastive_core.gate.configuration import find_configuration, load_configuration
from contrastive_core.gate.front import run_check
from contrastive_core.gate.grammar import parse_rule
from contrastive_core.gate.merging import Overrides, merged, nearest
from contrastive_core.gate.request import CheckRequest


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def own(folder: Path, text: str) -> Path:
    """A contrast.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "contrast.toml").write_text(text, encoding="utf-8")
    return folder / "contrast.toml"


def load_request(path: str | Path | None = None) -> CheckRequest:
    """What a configuration asks, of nobody who says anything against it."""
    return merged(load_configuration(path) if path else nearest(), Overrides())


def shared(folder: Path, text: str) -> Path:
    """A pyproject.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder / "pyproject.toml"


def written(request: CheckRequest) -> dict[str | None, list[tuple[str, str]]]:
    """Rules and levels by the name of the inputs."""
    return {
        each.pool.name: [(rule.written, rule.level) for rule in each.rules]
        for each in request.inputs
    }


def given(request: CheckRequest) -> dict[str | None, dict[str, Any]]:
    """Inputs by the name of their table."""
    return {
        each.pool.name: {name: getattr(each.pool.given, name) for name in each.pool.given.names}
        for each in request.inputs
    }


FULL = """
[check]
require = ["uniformity <= -2", "triplets.hard <= 5%"]
warn = ["hubness <= 1"]
allow = ["uniformity: 0.05"]
embeddings = "emb.npy"
keys = "keys.parquet::z2"
labels = "y.npy"
views = "first"
on-bad = "drop"
join = "id"
dtype = "bfloat16"
noise = "uniform"
baseline = "saved/baseline.json"
top = 3
seed = 7
"""


def test_every_key_reaches_the_request(here: Path) -> None:
    request = load_request(own(here, FULL))
    assert written(request) == {
        None: [
            ("uniformity <= -2", "error"),
            ("triplets.hard <= 5%", "error"),
            ("hubness <= 1", "warn"),
        ]
    }
    assert given(request) == {
        None: {
            "embeddings": "emb.npy",
            "keys": "keys.parquet::z2",
            "labels": "y.npy",
            "views": "first",
            "noise": "uniform",
        }
    }
    reading = request.inputs[0].pool.given.reading
    assert (reading.dtype, reading.join, reading.on_bad) == ("bfloat16", "id", "drop")
    assert request.baseline == Path("saved/baseline.json")
    assert request.allow == ("uniformity: 0.05",)
    assert (request.top, request.seed, request.save_baseline) == (3, 7, None)


def test_a_pyproject_says_the_same_in_its_own_table(here: Path) -> None:
    own(here / "own", FULL)
    shared(
        here / "shared", '[project]\nname = "x"\n' + FULL.replace("check", "tool.contrast.check")
    )
    left, right = (
        load_request(here / "own" / "contrast.toml"),
        load_request(here / "shared" / "pyproject.toml"),
    )
    assert written(left) == written(right)
    assert (left.allow, left.top, left.seed) == (right.allow, right.top, right.seed)


def test_what_is_not_said_is_ten_rows_and_seed_0(here: Path) -> None:
    request = load_request(own(here, '[check]\nembeddings = "a.npy"\n'))
    assert (request.top, request.seed, request.baseline, request.allow) == (10, 0, None, ())


NAMED = """
[check]
require = ["uniformity <= -2"]
warn = ["hubness <= 1"]
views = "stacked"

[check.inputs.train]
embeddings = "train.npy"
require = ["triplets.hard <= 5%", "uniformity <= -2"]
labels = "y.npy"

[check.inputs.test]
embeddings = "test.npy"
views = "interleaved"
"""


def test_named_inputs_add_their_rules_to_the_common_ones_and_say_none_twice(here: Path) -> None:
    assert written(load_request(own(here, NAMED))) == {
        "train": [
            ("uniformity <= -2", "error"),
            ("hubness <= 1", "warn"),
            ("triplets.hard <= 5%", "error"),
        ],
        "test": [("uniformity <= -2", "error"), ("hubness <= 1", "warn")],
    }


def test_a_word_without_files_is_said_of_all_inputs_that_do_not_say_another(here: Path) -> None:
    assert given(load_request(own(here, NAMED))) == {
        "train": {"embeddings": "train.npy", "labels": "y.npy", "views": "stacked"},
        "test": {"embeddings": "test.npy", "views": "interleaved"},
    }


def test_the_nearest_file_upwards_is_taken(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own(here, '[check]\nembeddings = "far.npy"\n')
    shared(here / "a", '[tool.contrast.check]\nembeddings = "near.npy"\n')
    shared(here / "a/b", '[project]\nname = "x"\n')
    (here / "a/b/c").mkdir()
    monkeypatch.chdir(here / "a/b/c")
    found = find_configuration()
    assert found is not None
    assert found.path == Path("../../pyproject.toml")
    assert found.inputs[0].inputs == {"embeddings": "../../near.npy"}


def test_contrast_toml_wins_over_a_pyproject_beside_it(here: Path) -> None:
    own(here, '[check]\nembeddings = "own.npy"\n')
    shared(here, '[tool.contrast.check]\nembeddings = "shared.npy"\n')
    assert given(load_request())[None] == {"embeddings": "own.npy"}


@pytest.mark.parametrize("text", ["", "[tool]\n", "[tool.contrast]\n", "[tool.other]\ncheck = 1\n"])
def test_a_pyproject_without_the_table_is_passed_over(here: Path, text: str) -> None:
    own(here, '[check]\nembeddings = "far.npy"\n')
    shared(here / "a", text)
    found = find_configuration(here / "a")
    assert found is not None
    assert found.path.name == "contrast.toml"


@pytest.mark.usefixtures("here")
def test_without_any_file_the_error_names_both() -> None:
    with pytest.raises(cc.ContrastError, match=r"contrast\.toml, or pyproject\.toml") as error:
        load_request()
    assert error.value.got == "neither"


def test_paths_are_relative_to_the_folder_of_the_file(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = own(
        here / "gate[1]",
        '[check]\nembeddings = "shards/*.npy"\nkeys = "/data/k.npy"\nlabels = "::y"\n'
        'bank = "../bank.npz::queue"\nscores = "-"\nprototypes = "s3://bucket/p.npy"\n',
    )
    assert given(load_request(path))[None] == {
        "embeddings": "gate[[]1]/shards/*.npy",
        "keys": "/data/k.npy",
        "labels": "::y",
        "bank": "gate[1]/../bank.npz::queue",
        "scores": "-",
        "prototypes": "s3://bucket/p.npy",
    }
    monkeypatch.chdir(path.parent)
    assert given(load_request())[None]["embeddings"] == "shards/*.npy"


def test_a_file_whose_name_looks_like_a_column_or_a_pattern_is_that_file(here: Path) -> None:
    folder = here / "a"
    path = own(folder, '[check]\nembeddings = "x::y.npy"\nkeys = "k[0].npy"\n')
    for name in ("x::y.npy", "k[0].npy"):
        np.save(folder / name, np.eye(2))
    assert given(load_request(path))[None] == {"embeddings": "a/x::y.npy", "keys": "a/k[0].npy"}


def test_a_file_that_lies_elsewhere_keeps_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = own(tmp_path / "there", '[check]\nembeddings = "e.npy"\n')
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert given(load_request(path))[None] == {"embeddings": os.fspath(path.parent / "e.npy")}


def rules(*texts: str) -> tuple[Any, ...]:
    return tuple(parse_rule(text, "error") for text in texts)


def test_files_of_the_command_line_replace_all_of_the_configuration(here: Path) -> None:
    configuration = load_configuration(own(here, NAMED))
    request = merged(configuration, Overrides({"embeddings": "new.npy"}))
    assert given(request) == {None: {"embeddings": "new.npy", "views": "stacked"}}
    assert written(request) == {None: [("uniformity <= -2", "error"), ("hubness <= 1", "warn")]}


def test_words_beside_files_go_with_these_files(here: Path) -> None:
    configuration = load_configuration(own(here, FULL))
    request = merged(configuration, Overrides({"embeddings": "new.npy"}))
    assert given(request) == {None: {"embeddings": "new.npy"}}
    assert request.inputs[0].pool.given.reading.on_bad == "stop"


def test_words_of_the_command_line_are_laid_over_every_input(here: Path) -> None:
    configuration = load_configuration(own(here, NAMED))
    request = merged(configuration, Overrides({"views": "first", "on_bad": "drop"}))
    assert [each["views"] for each in given(request).values()] == ["first", "first"]
    assert [each.pool.given.reading.on_bad for each in request.inputs] == ["drop", "drop"]


def test_rules_of_the_command_line_replace_all_of_the_configuration(here: Path) -> None:
    configuration = load_configuration(own(here, NAMED))
    request = merged(configuration, Overrides(rules=rules("iso_score >= 0.1")))
    assert written(request) == {
        "train": [("iso_score >= 0.1", "error")],
        "test": [("iso_score >= 0.1", "error")],
    }


def test_baseline_allowance_top_and_seed_of_the_command_line_win(here: Path) -> None:
    configuration = load_configuration(own(here, FULL))
    said = Overrides(baseline=Path("b.json"), allow=("hubness: 2%",), top=0, seed=0)
    request = merged(configuration, said)
    assert (request.baseline, request.allow) == (Path("b.json"), ("hubness: 2%",))
    assert (request.top, request.seed) == (0, 0)
    request = merged(configuration, Overrides(baseline=Path("b.json")))
    assert request.allow == ("uniformity: 0.05",)


def test_saving_a_baseline_does_not_hold_against_the_one_of_the_configuration(here: Path) -> None:
    configuration = load_configuration(own(here, FULL))
    request = merged(configuration, Overrides(save_baseline=Path("b.json")))
    assert (request.baseline, request.allow, request.save_baseline) == (None, (), Path("b.json"))
    both = merged(configuration, Overrides(save_baseline=Path("b"), baseline=Path("a")))
    assert both.baseline == Path("a")


def test_without_a_configuration_the_command_line_says_all() -> None:
    request = merged(None, Overrides({"embeddings": "e.npy"}, rules=rules("hubness <= 1")))
    assert given(request) == {None: {"embeddings": "e.npy"}}
    assert written(request) == {None: [("hubness <= 1", "error")]}


REFUSED = {
    "[check": ("contrast.toml", "(at end of document)"),
    "[check]\nrequire = [\n'uniformity <= -2'\ntop = 3\n": ("contrast.toml", "line 4"),
    "": ("contrast.toml", "none"),
    "[chek]\nrequire = []\n": ("contrast.toml: chek", "Did you mean 'check'?"),
    "[tool.contrast.check]\nrequire = []\n": ("contrast.toml: tool", "the table [check]"),
    "check = 3\n": ("contrast.toml: check", "expected a table, got 3"),
    "[check]\n": ("contrast.toml: check", "an empty table"),
    "[check]\nrequires = []\n": ("contrast.toml: check.requires", "Did you mean 'require'?"),
    "[check]\nsave_baseline = 'b'\n": ("check.save_baseline", "--save-baseline FILE"),
    "[check]\nsave-baseline = 'b'\n": ("check.save_baseline", "--save-baseline FILE"),
    "[check]\nrequire = 'uniformity <= -2'\n": ("check.require", "a list of strings"),
    "[check]\nrequire = [1]\n": ("check.require", "got [1]"),
    "[check]\nrequire = ['uniformty <= -2']\n": ("check.require: ", "uniformity"),
    "[check]\nwarn = ['hubness 1']\n": ("check.warn: ", "hubness 1"),
    "[check]\nallow = 'hubness: 1'\n": ("check.allow", "a list of strings"),
    "[check]\nembeddings = ['a.npy', 'b.npy']\n": ("check.embeddings", "a string"),
    "[check]\nembeddings = ''\n": ("check.embeddings", "an empty string"),
    "[check]\nbaseline = 3\n": ("check.baseline", "a string"),
    "[check]\nviews = 'stackt'\n": ("check.views", "Did you mean 'stacked'?"),
    "[check]\nviews = true\n": ("check.views", "got True"),
    "[check]\non-bad = 'skip'\n": ("check.on_bad", "stop, drop"),
    "[check]\ndtype = 'float8'\n": ("check.dtype", "bfloat16"),
    "[check]\non-bad = 'stop'\non_bad = 'drop'\n": ("check.on_bad", "on_bad once"),
    "[check]\ntop = -1\n": ("check.top", "a whole number from 0 on"),
    "[check]\ntop = true\n": ("check.top", "got True"),
    "[check]\nseed = 1.5\n": ("check.seed", "got 1.5"),
    "[check.inputs]\n": ("check.inputs", "each with a name"),
    "[check]\ninputs = 'a.npy'\n": ("check.inputs", "got 'a.npy'"),
    "[check.inputs]\ntrain = 'a.npy'\n": ("check.inputs.train", "a table"),
    "[check.inputs.'']\nembeddings = 'a.npy'\n": ("check.inputs", "each with a name"),
    "[check.inputs.train]\n": ("check.inputs.train", "an empty table"),
    "[check.inputs.train]\nrequire = ['hubness <= 1']\n": ("check.inputs.train", "require alone"),
    "[check.inputs.a]\nembeddings = 'a'\ntop = 1\n": ("check.inputs.a.top", "a key of"),
    "[check.inputs.a]\nembeddings = 'a'\nwarn = ['x <= 1']\n": ("check.inputs.a.warn: ", "'x"),
    "[check]\nembeddings = 'a'\n[check.inputs.b]\nembeddings = 'b'\n": (
        "check.inputs",
        "both: embeddings beside b",
    ),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_means_nothing_is_refused_and_the_key_named(here: Path, text: str) -> None:
    own(here, text)
    with pytest.raises(cc.ContrastError) as error:
        find_configuration()
    place, words = REFUSED[text]
    assert place in error.value.what
    assert words in str(error.value)
    assert error.value.remedy


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[tool.contrast]\nchek = 1\n", "pyproject.toml: tool.contrast.chek"),
        ("[tool.contrast.check]\n", "pyproject.toml: tool.contrast.check"),
        ("[tool.contrast.check]\nfoo = 1\n", "pyproject.toml: tool.contrast.check.foo"),
        ("[tool\n", "pyproject.toml"),
    ],
)
def test_a_pyproject_is_refused_for_what_it_says_of_us(here: Path, text: str, place: str) -> None:
    shared(here, text)
    with pytest.raises(cc.ContrastError) as error:
        find_configuration()
    assert error.value.what == place


def test_a_file_that_is_no_text_or_not_there_is_refused(here: Path) -> None:
    (here / "contrast.toml").write_bytes(b"[check]\ntop = \xff\n")
    with pytest.raises(cc.ContrastError, match="byte 14 that is no UTF-8"):
        load_request()
    with pytest.raises(cc.ContrastError, match="expected a TOML file, got No such file"):
        load_request("none.toml")


def test_a_file_that_a_windows_editor_saved_is_read(here: Path) -> None:
    (here / "contrast.toml").write_bytes(b"\xef\xbb\xbf[check]\r\nembeddings = 'a.npy'\r\n")
    assert given(load_request())[None] == {"embeddings": "a.npy"}


ROWS = np.random.default_rng(3).normal(size=(12, 4))


def test_inputs_of_the_configuration_may_be_spare_where_its_rules_are_not_asked(here: Path) -> None:
    np.save("emb.npy", ROWS)
    np.save("y.npy", np.arange(12) % 3)
    text = '[check]\nembeddings = "emb.npy"\nlabels = "y.npy"\n'
    path = own(here, text + 'require = ["tolerance >= -1"]\n')
    asked = Overrides(rules=(parse_rule("uniformity <= 0"),))
    assert run_check(merged(load_configuration(path), asked)).passed
    saved = dataclasses.replace(asked, save_baseline=Path("b.json"))
    assert run_check(merged(load_configuration(path), saved)).passed
    path = own(here, text + 'baseline = "b.json"\n')
    assert run_check(load_request(path)).passed
    path = own(here, text + 'require = ["uniformity <= 0"]\n')
    with pytest.raises(BadParameter, match="--labels"):
        run_check(load_request(path))


def test_inputs_of_the_command_line_stay_errors_where_no_rule_takes_them(here: Path) -> None:
    np.save("emb.npy", ROWS)
    np.save("y.npy", np.arange(12) % 3)
    path = own(here, '[check]\nembeddings = "emb.npy"\n')
    asked = Overrides({"labels": "y.npy"}, rules=(parse_rule("uniformity <= 0"),))
    with pytest.raises(BadParameter, match="--labels"):
        run_check(merged(load_configuration(path), asked))


def test_labels_without_files_are_laid_over_the_only_input(here: Path) -> None:
    one = load_configuration(own(here, '[check]\nembeddings = "emb.npy"\nlabels = "old.npy"\n'))
    (pool,) = merged(one, Overrides({"labels": "y.npy"})).inputs
    assert (pool.pool.given.embeddings, pool.pool.given.labels) == ("emb.npy", "y.npy")
    (pool,) = merged(one, Overrides({"embeddings": "other.npy", "labels": "y.npy"})).inputs
    assert (pool.pool.given.embeddings, pool.pool.given.labels) == ("other.npy", "y.npy")
    tables = '[check.inputs.a]\nembeddings = "a.npy"\n[check.inputs.b]\nembeddings = "b.npy"\n'
    two = load_configuration(own(here, tables))
    with pytest.raises(BadParameter, match=r"--labels.*a configuration of 2: a, b"):
        merged(two, Overrides({"labels": "y.npy"}))
