"""`contrast kinds`: every loss with what it means, takes and is called elsewhere."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import contrast, refused

from contrastive_core.losses import LOSSES

KINDS = [
    "infonce",
    "nt-xent",
    "clip",
    "dcl",
    "nce",
    "contrastive",
    "siglip",
    "alignment",
    "uniformity",
    "align-uniform",
    "supcon",
    "cross-entropy",
    "triplet",
]
HERE = Path(__file__).parent
NUMBERS = np.random.default_rng(11)
EMB, KEYS = NUMBERS.standard_normal((2, 6, 3))
ROWS = np.arange(6)


def _flat(text: str) -> str:
    """Without line breaks, and without the hyphens at which lines were broken."""
    return " ".join(text.split()).replace("- ", "").replace("-", "")


@pytest.fixture(scope="module")
def every_kind() -> list[dict[str, Any]]:
    """The entries of the JSON of all kinds."""
    document = contrast("contrast kinds -o json", HERE).document
    kinds = document["kinds"]
    assert isinstance(kinds, list)
    return kinds


def test_the_table_names_every_kind_once() -> None:
    told = contrast("contrast kinds", HERE)
    assert (told.code, told.err) == (0, "")
    named = [line.split()[0] for line in told.out.splitlines()[2:] if not line.startswith(" ")]
    assert named == KINDS == list(LOSSES)


def test_the_table_says_what_each_takes_and_who_published_it() -> None:
    out = contrast("contrast kinds", HERE).out
    for word in ("--labels", "--bank", "--scores", "--prototypes", "--noise", "--triplets"):
        assert word in out
    for word in ("Hadsell", "Schroff", "Khosla", "Radford", "Zhai", "Wang", "Bridle", "Gutmann"):
        assert word in out


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_of_a_kind_has_everything(kind: str, every_kind: list[dict[str, Any]]) -> None:
    told = contrast(f"contrast kinds {kind}", HERE)
    assert (told.code, told.err) == (0, "")
    entry = every_kind[KINDS.index(kind)]
    lines, flat = told.out.splitlines(), _flat(told.out)
    assert lines[0] == kind
    for name in ("headline", "meaning", "notes", "when_equal"):
        assert entry[name]
        assert _flat(entry[name]) in flat
    for line in entry["formula"].splitlines():
        assert f"    {line}" in lines
    assert f"  {entry['paper']['url']}" in lines
    assert _flat(entry["paper"]["citation"]) in flat
    for way in entry["inputs"]:
        assert f"  {way['command']}" in lines
        assert _flat(way["meaning"]) in flat
    for option in entry["input_options"]:
        assert f"  --{option} " in told.out
    for example in entry["examples"]:
        assert f"  {example}" in lines
    for convention in entry["conventions"]:
        assert re.search(rf"^  {convention['name']}\b", told.out, re.MULTILINE)
        assert _flat(convention["reference"]) in flat
    assert {"Input:", "Options:", "Conventions (--convention NAME, or all):"} <= set(lines)


def test_a_convention_says_where_it_differs() -> None:
    flat = _flat(contrast("contrast kinds siglip", HERE).out)
    assert "open_clip the paper's value, of rows as they are" in flat


def test_the_page_and_the_help_show_the_same_options() -> None:
    for kind in KINDS:
        shown = [
            set(re.findall(r"^  (--[a-z-]+)", contrast(line, HERE).out, re.MULTILINE))
            for line in (f"contrast kinds {kind}", f"contrast loss --kind {kind} --help")
        ]
        assert shown[0] == shown[1] != set()


# As data.


def test_json_has_the_keys_of_every_command(every_kind: list[dict[str, Any]]) -> None:
    document = contrast("contrast kinds -o json", HERE).document
    assert list(document) == ["schema", "command", "version", "inputs", "warnings", "kinds"]
    assert (document["schema"], document["command"]) == ("contrast/1", "kinds")
    assert [entry["kind"] for entry in every_kind] == KINDS


def test_json_of_one_kind_is_its_entry(every_kind: list[dict[str, Any]]) -> None:
    for kind in ("infonce", "triplet"):
        (entry,) = contrast(f"contrast kinds {kind} -o json", HERE).document["kinds"]
        assert entry == every_kind[KINDS.index(kind)]


@pytest.mark.parametrize("number", range(len(KINDS)), ids=KINDS)
def test_an_entry_is_complete(number: int, every_kind: list[dict[str, Any]]) -> None:
    entry = every_kind[number]
    texts = ("kind", "headline", "formula", "meaning", "notes", "when_equal")
    lists = ("inputs", "input_options", "parameters", "conventions", "examples")
    assert set(entry) == {*texts, *lists, "in_nats", "paper"}
    assert all(isinstance(entry[name], str) and entry[name] for name in texts)
    assert isinstance(entry["in_nats"], bool)
    assert set(entry["paper"]) == {"citation", "title", "equation", "url"}
    assert entry["paper"]["url"].startswith("https://")
    assert entry["paper"]["citation"].endswith(entry["paper"]["equation"])
    assert entry["inputs"]
    for way in entry["inputs"]:
        assert set(way) == {"command", "meaning"}
        assert way["command"].startswith(f"contrast loss --kind {entry['kind']} ")
    for parameter in entry["parameters"]:
        assert set(parameter) == {"name", "default", "legal", "meaning"}
        legal = parameter["legal"]
        assert isinstance(legal, str) or parameter["default"] in legal
    assert entry["conventions"][0]["name"] == "paper"
    for convention in entry["conventions"]:
        assert set(convention) == {"name", "reference", "says"}
        assert all(convention.values())
    assert all(f"--kind {entry['kind']} " in each for each in entry["examples"])
    assert entry["examples"]


def test_the_defaults_are_those_of_the_papers_and_libraries(
    every_kind: list[dict[str, Any]],
) -> None:
    found = {
        entry["kind"]: {each["name"]: each["default"] for each in entry["parameters"]}
        for entry in every_kind
    }
    temperatures = {kind: values["tau"] for kind, values in found.items() if "tau" in values}
    assert temperatures == {
        "infonce": 0.07,
        "nt-xent": 0.5,
        "clip": 0.07,
        "dcl": 0.1,
        "nce": 1.0,
        "supcon": 0.1,
        "cross-entropy": 1.0,
    }
    assert (found["siglip"]["scale"], found["siglip"]["bias"]) == (10.0, -10.0)
    assert (found["contrastive"]["margin"], found["contrastive"]["distance"]) == (1.0, "euclidean")
    assert (found["triplet"]["margin"], found["triplet"]["distance"]) == (0.2, "sqeuclidean")
    assert (found["nce"]["noise-samples"], found["nce"]["log-z"]) == (16, 0.0)
    assert found["align-uniform"] == {"alpha": 2.0, "t": 2.0, "weight": 1.0}
    assert (found["uniformity"], found["alignment"]) == ({"t": 2.0}, {"alpha": 2.0})
    assert (found["infonce"]["denominator"], found["supcon"]["form"]) == ("keys", "out")


def test_the_conventions_are_those_of_the_libraries(every_kind: list[dict[str, Any]]) -> None:
    found = {entry["kind"]: [each["name"] for each in entry["conventions"]] for entry in every_kind}
    pml, st = "pytorch-metric-learning", "sentence-transformers"
    assert {kind: set(names[1:]) for kind, names in found.items()} == {
        "infonce": {"info-nce-pytorch", st, "moco", "lightly", "tensorflow-similarity"},
        "nt-xent": {"lightly", "simclr", "tensorflow-similarity", pml, "optax"},
        "clip": {"open_clip"},
        "dcl": {"lightly"},
        "nce": set(),
        "contrastive": {st, "tensorflow-addons", pml},
        "siglip": {"open_clip"},
        "alignment": {"align_uniform"},
        "uniformity": {"align_uniform"},
        "align-uniform": {"align_uniform", "lightly"},
        "supcon": {"supcontrast", pml},
        "cross-entropy": set(),
        "triplet": {pml, st, "tensorflow-addons"},
    }


def test_both_formats_in_one_run(tmp_path: Path) -> None:
    told = contrast("contrast kinds clip -o json:clip.json -o table", tmp_path)
    assert (told.code, told.err) == (0, "")
    assert told.out == contrast("contrast kinds clip", tmp_path).out
    (entry,) = json.loads((tmp_path / "clip.json").read_text())["kinds"]
    assert entry["kind"] == "clip"


# What is refused.


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("contrast kinds inofnce", ["got 'inofnce'", "Did you mean 'infonce'?", ", triplet."]),
        ("contrast kinds moco", ["It is known here as infonce --convention moco."]),
        ("contrast kinds zzz", ["Known: infonce, nt-xent, clip"]),
        (
            "contrast kinds -o value",
            ["json, jsonl, csv, tsv, md or parquet:PATH, got value", "-o json"],
        ),
        ("contrast kinds -o kinds.json", ["To write that file: -o json:kinds.json."]),
        ("contrast kinds -o json -o table", ["at most one format on standard output"]),
        ("contrast kinds -o json:absent/kinds.json", ["got no directory"]),
        ("contrast kinds --tau 1", ["It belongs to contrast loss --kind infonce", "kinds takes"]),
        ("contrast kinds infonce --sort best", ["an option of contrast kinds, got --sort."]),
        ("contrast kinds --color always --color never", ["--color at most once, got it 2 times"]),
    ],
)
def test_a_bad_question_is_exit_2(line: str, said: list[str], tmp_path: Path) -> None:
    message = refused(line, tmp_path)
    for each in said:
        assert each in message


def test_a_second_kind_is_refused(tmp_path: Path) -> None:
    told = contrast("contrast kinds infonce clip", tmp_path)
    assert (told.code, told.out) == (2, "")
    assert "See contrast kinds --help." in told.err


# What it costs.


@pytest.mark.parametrize(
    ("arguments", "blocked"),
    [
        (["kinds"], "numpy=None, pyarrow=None"),
        (["kinds", "triplet"], "numpy=None, pyarrow=None, rich=None"),
        *(
            (["kinds", "-o", name], "numpy=None, pyarrow=None, rich=None")
            for name in ("json", "jsonl", "csv", "tsv")
        ),
        (["kinds", "-o", "md"], "numpy=None, pyarrow=None"),
        (["kinds", "triplets"], "numpy=None, pyarrow=None, rich=None"),
    ],
)
def test_kinds_imports_neither_numpy_nor_pyarrow(arguments: list[str], blocked: str) -> None:
    start = f"import sys; sys.modules.update({blocked});"
    command = f"{start} from contrast_cli.main import run; sys.exit(run({arguments!r}))"
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=False
    )
    refused_it = arguments[-1] == "triplets"
    assert done.returncode == (2 if refused_it else 0)
    assert ("Did you mean 'triplet'?" in done.stderr) is refused_it
    assert bool(done.stdout) is not refused_it


# The ways to give the input, as pages and errors show them.


def _fill(folder: Path, way: str) -> None:
    """The files that a way names, as its words describe them."""
    own_negatives = "--kind infonce" in way
    square = "--positive diagonal" in way
    files = {
        "emb": EMB,
        "keys": KEYS,
        "views": np.stack([EMB, KEYS]),
        "anchors": EMB,
        "positives": KEYS,
        "negatives": NUMBERS.standard_normal((6, 2, 3) if own_negatives else (6, 3)),
        "pairs": np.column_stack([ROWS, (ROWS + 1) % 6, np.ones(6, int)]),
        "triplets": np.column_stack([ROWS, (ROWS + 1) % 6, (ROWS + 2) % 6]),
        "y": ROWS % 3,
        "match": ROWS % 2,
        "scores": NUMBERS.standard_normal((6, 6 if square else 4)),
        "logits": NUMBERS.standard_normal((6, 3)),
        "classes": NUMBERS.standard_normal((3, 3)),
        "bank": NUMBERS.standard_normal((5, 3)),
        "noise": np.full(6, 1 / 6),
    }
    named = re.findall(r"(\w+)\.npy", way)
    assert named
    for name in named:
        np.save(folder / f"{name}.npy", files[name])


@pytest.mark.parametrize("kind", KINDS)
def test_every_way_that_an_error_shows_is_one(
    kind: str, tmp_path: Path, every_kind: list[dict[str, Any]]
) -> None:
    message = refused(f"contrast loss --kind {kind}", tmp_path)
    assert message.startswith(f"error: {kind}: expected what {kind} is computed from, got nothing.")
    shown = [line.strip() for line in message.splitlines() if line.startswith("    contrast loss")]
    assert shown == [way["command"] for way in every_kind[KINDS.index(kind)]["inputs"]]
    for number, way in enumerate(shown):
        folder = tmp_path / str(number)
        folder.mkdir()
        _fill(folder, way)
        told = contrast(f"{way} -o value", folder)
        assert told.code == 0, f"{way}: {told.err}"
        assert np.isfinite(told.value)
        assert "note: positives assumed" not in told.err
