"""What `contrast metrics` tells: the library's numbers, in every format, on the sample data."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import contrast, small_files, table

import contrastive_core as cc
from contrastive_core.geometry.declarations import METRICS
from contrastive_core.geometry.result import MetricsResult
from contrastive_core.resources import Resources
from contrastive_core.rows import Rows

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "sample_data"

EVERY = {
    *("schema", "command", "version", "inputs", "warnings", "n", "d", "clouds", "positives"),
    *("parameters", "estimated", "metrics", "skipped"),
}
OF_EACH = {
    *("value", "definition", "source", "better", "parameters", "random", "random_from"),
    *("collapsed", "n", "left_out", "reading", "estimated", "interval"),
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small files, and two views of 60 rows in 25 dimensions with words for classes."""
    folder = small_files(tmp_path_factory.mktemp("here"))
    rng = np.random.default_rng(7)
    first = rng.standard_normal((60, 25)) + 0.3
    second = first + 0.4 * rng.standard_normal((60, 25))
    words = [["café", "dog", None][number % 3] for number in range(59)] + ["alone"]
    np.save(folder / "first.npy", first)
    np.save(folder / "second.npy", second)
    np.save(folder / "stacked.npy", np.concatenate([first, second]))
    np.save(folder / "codes.npy", np.arange(60) % 4 - 2)
    np.save(folder / "listed.npy", np.column_stack([np.arange(30), np.arange(30) + 30]))
    table(folder, "words60.parquet", word=np.array(words, object))
    return folder


def _library(words: str, here: Path, **options: Any) -> MetricsResult:
    """The same question to the library."""
    paths = [here / each for each in words.split()]
    return cc.metrics(*paths, **options)


def _same(found: Any, expected: float | None) -> bool:
    if expected is None or math.isnan(expected):
        return found is None
    return bool(found == expected)


CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("first.npy", "first.npy", {}),
    ("first.npy second.npy", "first.npy second.npy", {}),
    ("stacked.npy --views stacked", "stacked.npy", {"views": "stacked"}),
    ("first.npy --t 3", "first.npy", {"t": 3}),
    ("first.npy second.npy --alpha 1", "first.npy second.npy", {"alpha": 1}),
    ("first.npy --duplicate-threshold 0.5", "first.npy", {"duplicate_threshold": 0.5}),
    ("first.npy --sample 20 --seed 3", "first.npy", {"sample": 20, "seed": 3}),
    (
        "first.npy --metric rankme --metric alpha_req",
        "first.npy",
        {"metrics": ["rankme", "alpha_req"]},
    ),
    (
        "first.npy --precision float64",
        "first.npy",
        {"resources": Resources(precision="float64")},
    ),
]


@pytest.mark.parametrize(("line", "words", "options"), CALLS)
def test_json_holds_what_the_library_finds(
    line: str, words: str, options: dict[str, Any], here: Path
) -> None:
    document = contrast(f"contrast metrics -qq {line} -o json", here).document
    result = _library(words, here, **options)
    assert list(document["metrics"]) == list(result.metrics)
    assert document["skipped"] == result.skipped
    assert (document["n"], document["d"], document["clouds"]) == (result.n, 25, result.clouds)
    assert document["parameters"] == {**result.parameters, "precision": result.precision}
    for name, found in result.metrics.items():
        told = document["metrics"][name]
        for key in ("value", "random", "collapsed"):
            assert _same(told[key], getattr(found, key)), (name, key)
        for key in ("definition", "parameters", "n", "left_out", "reading", "random_from"):
            assert told[key] == getattr(found, key)
        assert told.get("reason") == found.reason
        assert told["interval"] == (None if found.interval is None else list(found.interval))
        assert (told["source"], told["better"]) == (found.metric.source, found.metric.better)


def test_json_holds_the_keys_of_the_contract(here: Path) -> None:
    document = contrast("contrast metrics -qq first.npy -o json", here).document
    assert set(document) == EVERY | {"worst"}
    assert (document["schema"], document["command"]) == ("contrast/1", "metrics")
    assert document["positives"] is None
    assert document["estimated"] is False
    assert document["inputs"][0]["shape"] == [60, 25]
    assert set(document["metrics"]["uniformity"]) == OF_EACH
    assert set(document["metrics"]["alpha_req"]) >= OF_EACH
    labelled = "contrast metrics -qq first.npy second.npy --labels codes.npy --per-sample"
    document = contrast(f"{labelled} -o json", here).document
    assert set(document) == EVERY | {"per_class", "worst", "per_sample"}
    assert document["positives"] == {
        "layout": "two files",
        "assumed": False,
        "description": document["positives"]["description"],
    }
    assert document["skipped"] == {}
    names = [name.removesuffix(".keys") for name in document["metrics"]]
    assert set(names) == set(METRICS)
    assert [document["inputs"][2][key] for key in ("role", "path")] == ["labels", "codes.npy"]


def test_an_undefined_metric_is_null_with_its_reason(here: Path) -> None:
    document = contrast("contrast metrics -qq a.npy -o json", here).document
    told = document["metrics"]["hubness"]
    assert told["value"] is None
    assert "12 rows" in told["reason"]
    assert set(told) == OF_EACH | {"reason"}


def test_a_skipped_metric_has_its_reason(here: Path) -> None:
    document = contrast("contrast metrics -qq first.npy -o json", here).document
    lacking = {name: each.lacking() for name, each in METRICS.items() if each.needs}
    assert document["skipped"] == lacking


def test_two_files_have_the_metrics_of_one_cloud_twice(here: Path) -> None:
    both = contrast("contrast metrics -qq first.npy second.npy -o json", here).document["metrics"]
    for name in ("first", "second"):
        alone = contrast(f"contrast metrics -qq {name}.npy -o json", here).document["metrics"]
        suffix = ".keys" if name == "second" else ""
        for metric, told in alone.items():
            assert both[f"{metric}{suffix}"]["value"] == pytest.approx(told["value"], rel=1e-9)
    assert {name for name in both if METRICS[name.removesuffix(".keys")].of_pairs} == {
        *("alignment", "recall_at_1", "modality_gap")
    }


def test_two_views_are_two_files(here: Path) -> None:
    files = contrast("contrast metrics -qq first.npy second.npy -o json", here).document
    views = contrast("contrast metrics -qq stacked.npy --views stacked -o json", here).document
    assert list(files["metrics"]) == list(views["metrics"])
    for name, told in files["metrics"].items():
        assert views["metrics"][name]["value"] == pytest.approx(told["value"], rel=1e-9)
    assert views["positives"]["layout"] == "stacked"
    assert contrast("contrast metrics -qq stacked.npy -o json", here).document["clouds"] == 1


def test_pairs_add_alignment(here: Path) -> None:
    line = "contrast metrics -qq first.npy --pairs listed.npy -o json"
    document = contrast(line, here).document
    z = np.load(here / "first.npy")
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    expected = ((z[:30] - z[30:]) ** 2).sum(axis=1).mean()
    assert document["metrics"]["alignment"]["value"] == pytest.approx(expected, rel=1e-6)
    assert document["positives"]["layout"] == "pairs"
    assert document["clouds"] == 1
    assert "recall_at_1" in document["skipped"]


def test_classes_are_named_as_they_are(here: Path) -> None:
    line = "contrast metrics -qq first.npy --labels words60.parquet --per-sample -o json"
    told = contrast(line, here)
    document = told.document
    assert {each["label"] for each in document["per_class"]} == {"café", "dog", "alone"}
    labels = [each["label"] for each in document["per_sample"]]
    assert labels[:3] + labels[-1:] == ["café", "dog", None, "alone"]
    assert "café" in told.out
    assert document["metrics"]["precision_at_1"]["left_out"] == labels.count(None) + 1
    (alone,) = [each for each in document["per_class"] if each["label"] == "alone"]
    assert (alone["size"], alone["tolerance"], alone["effective_rank"]) == (1, None, None)


def test_classes_below_zero_are_classes(here: Path) -> None:
    line = "contrast metrics -qq first.npy --labels codes.npy"
    document = contrast(f"{line} --per-sample -o json", here).document
    assert [each["label"] for each in document["per_class"]] == [-2, -1, 0, 1]
    assert [each["label"] for each in document["per_sample"][:4]] == [-2, -1, 0, 1]
    assert [row["label"] for row in contrast(f"{line} -o csv", here).rows[:4]] == [
        *("-2", "-1", "0", "1")
    ]


def _text(rows: Rows) -> list[list[str]]:
    """Rows as csv writes them."""
    names = [name for name, _ in rows.columns()]
    return [
        [
            ""
            if value is None or (isinstance(value, int) and value < 0 and name != "label")
            else str(value)
            for name, value in zip(names, row, strict=True)
        ]
        for row in rows.rows(0, len(rows))
    ]


@pytest.mark.parametrize(
    ("line", "words", "options"),
    [
        ("first.npy", "first.npy", {}),
        ("first.npy second.npy", "first.npy second.npy", {}),
        ("first.npy --sample 20", "first.npy", {"sample": 20}),
        ("first.npy --metric rankme", "first.npy", {"metrics": ["rankme"]}),
    ],
)
def test_csv_holds_every_row(line: str, words: str, options: dict[str, Any], here: Path) -> None:
    rows = contrast(f"contrast metrics -qq {line} -o csv", here).rows
    samples = _library(words, here, **options).samples
    assert list(rows[0]) == [name for name, _ in samples.columns()]
    assert [list(row.values()) for row in rows] == _text(samples)


def test_csv_has_the_columns_of_what_is_known(here: Path) -> None:
    line = "contrast metrics -qq first.npy second.npy --labels codes.npy -o csv"
    rows = contrast(line, here).rows
    assert len(rows) == 120
    assert list(rows[0]) == [
        *("index", "view", "label", "norm", "alignment", "uniformity", "nearest"),
        *("nearest_cosine", "occurrences", "rank", "precision_at_1", "r_precision"),
        "average_precision",
    ]
    assert all(row["rank"] == "" for row in rows if row["view"] == "1")
    assert all(int(row["rank"]) >= 1 for row in rows if row["view"] == "0")


@pytest.mark.parametrize("name", ["uniformity", "uniformity.keys", "alignment", "norm_std.keys"])
def test_value_is_the_one_number(name: str, here: Path) -> None:
    line = f"contrast metrics -qq first.npy second.npy --metric {name} -o value"
    result = _library("first.npy second.npy", here, metrics=[name])
    assert contrast(line, here).value == result.metrics[name].value


def test_only_the_metrics_that_were_asked_for(here: Path) -> None:
    line = "contrast metrics -qq first.npy --metric norm_std --metric uniformity -o json"
    document = contrast(line, here).document
    assert list(document["metrics"]) == ["uniformity", "norm_std"]
    assert document["skipped"] == {}


def test_a_sample_estimates_some_and_leaves_out_others(here: Path) -> None:
    line = "contrast metrics -qq first.npy second.npy --labels codes.npy --sample 30 -o json"
    document = contrast(line, here).document
    assert (document["estimated"], document["sample"]) == (True, 30)
    for name, told in document["metrics"].items():
        declared = METRICS[name.removesuffix(".keys")]
        assert told["estimated"] is declared.sampled
        assert (told["interval"] is not None) is declared.sampled
        if declared.sampled:
            low, high = told["interval"]
            assert low <= told["value"] <= high
    assert set(document["skipped"]) == {each.name for each in METRICS.values() if each.whole}


# Which rows are listed, and in what order.


@pytest.mark.parametrize(
    ("options", "key", "count"),
    [
        ("", "worst", 10),
        ("--top 3", "worst", 3),
        ("--sort best --top 3", "best", 3),
        ("--sort index --top 4", "first", 4),
        ("--top 0", "worst", 0),
    ],
)
def test_json_lists_the_rows_asked_for(options: str, key: str, count: int, here: Path) -> None:
    document = contrast(f"contrast metrics -qq first.npy {options} -o json", here).document
    assert {"worst", "best", "first"} & set(document) == {key}
    listed = document[key]
    assert len(listed) == count
    crowded = [row["uniformity"] for row in listed]
    if key == "first":
        assert [row["index"] for row in listed] == list(range(count))
    else:
        assert crowded == sorted(crowded, reverse=key == "worst")


@pytest.mark.parametrize(
    ("options", "count", "order"),
    [
        ("", 60, "index"),
        ("--sort worst", 60, "worst"),
        ("--sort best", 60, "best"),
        ("--top 5", 5, "worst"),
        ("--top 5 --sort best", 5, "best"),
        ("--top 5 --sort index", 5, "index"),
        ("--per-sample --sort best", 60, "best"),
    ],
)
def test_csv_lists_the_rows_asked_for(options: str, count: int, order: str, here: Path) -> None:
    rows = contrast(f"contrast metrics -qq first.npy {options} -o csv", here).rows
    assert len(rows) == count
    indices, crowded = ([float(row[key]) for row in rows] for key in ("index", "uniformity"))
    if order == "index":
        assert indices == list(range(count))
    else:
        assert crowded == sorted(crowded, reverse=order == "worst")


# The table, and every format in one run.


def test_the_table_names_every_metric_and_its_value(here: Path) -> None:
    line = "contrast metrics -qq first.npy second.npy --labels codes.npy"
    told = contrast(line, here)
    assert (told.code, told.err) == (0, "")
    words = told.out.split()
    for name, found in contrast(f"{line} -o json", here).document["metrics"].items():
        assert words[words.index(name) + 1] == f"{found['value']:.6g}"


def test_the_table_shows_the_guide_when_asked(here: Path) -> None:
    plain = " ".join(contrast("contrast metrics -qq first.npy", here).out.split())
    told = " ".join(contrast("contrast metrics -qq first.npy --guide", here).out.split())
    assert METRICS["rankme"].good[:30] in told
    assert METRICS["rankme"].good[:30] not in plain


def test_json_holds_the_guide_of_what_was_asked(here: Path) -> None:
    line = "contrast metrics -qq first.npy --guide --metric rankme -o json"
    document = contrast(line, here).document
    assert list(document["guide"]) == ["rankme"]
    assert document["guide"]["rankme"]["good"] == METRICS["rankme"].good


def test_the_same_numbers_in_every_format_of_one_run(here: Path, tmp_path: Path) -> None:
    outputs = " ".join(f"-o {name}:{tmp_path / name}" for name in ("json", "csv", "table", "value"))
    line = f"contrast metrics -qq first.npy --metric uniformity {outputs}"
    told = contrast(line, here)
    assert (told.code, told.out, told.err) == (0, "", "")
    value = float((tmp_path / "value").read_text())
    document = json.loads((tmp_path / "json").read_text())
    assert document["metrics"]["uniformity"]["value"] == value
    assert f"{value:.6g}" in (tmp_path / "table").read_text()
    assert len((tmp_path / "csv").read_text().splitlines()) == 61


def test_warnings_go_to_standard_error_and_twice_quiet_drops_them(here: Path) -> None:
    few = f"contrast metrics {SAMPLE / 'prototypes.npy'} --metric rankme"
    line = f"{few} -o value"
    loud, quiet = contrast(line, here), contrast(f"{line} -qq", here)
    assert loud.err.startswith("warning: ")
    assert quiet.err == ""
    assert loud.out == quiet.out
    document = contrast(f"{few} -o json", here).document
    assert document["warnings"]
    assert all(warning in loud.err for warning in document["warnings"])


# The sample data say what they are.


@pytest.mark.parametrize(
    ("name", "reading"), [("emb", None), ("untrained", None), ("collapsed", "collapsed")]
)
def test_only_the_collapsed_sample_is_called_collapsed(name: str, reading: str | None) -> None:
    line = f"contrast metrics -qq {SAMPLE / name}.npy --metric uniformity -o json"
    told = contrast(line, ROOT).document["metrics"]["uniformity"]
    assert told["reading"] == reading


def test_the_columns_of_a_table_are_two_clouds(here: Path) -> None:
    names = ("uniformity", "uniformity.keys", "alignment", "precision_at_1")
    line = f"contrast metrics -qq {SAMPLE / 'emb.parquet'} --labels ::label -o json"
    parquet = contrast(line, here).document["metrics"]
    line = f"contrast metrics -qq {SAMPLE / 'emb.npy'} --labels {SAMPLE / 'labels.npy'} -o json"
    npy = contrast(line, here).document["metrics"]
    assert [parquet[name]["value"] for name in names] == [npy[name]["value"] for name in names]


@pytest.mark.parametrize(
    "example",
    [
        line.strip()
        for line in (contrast("contrast metrics --help", ROOT).out).splitlines()
        if line.startswith("    contrast metrics ")
    ],
)
def test_the_examples_of_the_help_run(example: str) -> None:
    told = contrast(example, ROOT)
    assert told.code == 0
    assert told.out
