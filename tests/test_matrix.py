"""Every metric and kind, with every sort of input, in every format: faults lie between them."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command_line import contrast
from forms import Case, cases

from contrastive_core import LOSSES, METRICS
from contrastive_core.geometry.declarations import KEYS_SUFFIX

FORMATS = ("md:x.md", "json:x.json", "jsonl:x.jsonl", "csv:x.csv", "tsv:x.tsv", "parquet:x.parquet")
ALL = " ".join(f"-o {each}" for each in ("table", *FORMATS))
INPUTS = {
    "cloud": "a.npy",
    "labels": "a.npy --labels y.npy",
    "two files": "a.npy b.npy",
    "two files with labels": "a.npy b.npy --labels y.npy",
    "views": "ab.npy --views stacked",
    "views with labels": "views.npy --labels y.npy",
    "pairs": "a.npy --pairs pairs.npy",
    "labels and pairs": "a.npy --pairs pairs.npy --labels y.npy",
    "sample": "a.npy --sample 12",
    "sample of two files with labels": "a.npy b.npy --labels y.npy --sample 12",
}
ONES = [*METRICS, *(name + KEYS_SUFFIX for name, each in METRICS.items() if not each.of_pairs)]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("matrix")
    rng = np.random.default_rng(4)
    labels = np.repeat(np.arange(5), 6)
    rows = rng.normal(size=(5, 7))[labels] + rng.normal(size=(30, 7))
    near = rows + 0.3 * rng.normal(size=rows.shape)
    pairs = np.stack([np.arange(0, 30, 2), np.arange(1, 30, 2)], axis=1)
    arrays = {"a": rows, "b": near, "ab": np.concatenate([rows, near]), "y": labels}
    for name, array in {**arrays, "views": np.stack([rows, near]), "pairs": pairs}.items():
        np.save(folder / f"{name}.npy", array)
    return folder


def _read(folder: Path) -> dict[str, Any]:
    """The number of rows of each format that has rows, and the object of JSON."""
    with (folder / "x.csv").open() as file:
        plain = list(csv.DictReader(file))
    with (folder / "x.tsv").open() as file:
        tabbed = list(csv.DictReader(file, delimiter="\t"))
    lines = [json.loads(line) for line in (folder / "x.jsonl").read_text().splitlines()]
    table = pq.read_table(folder / "x.parquet").to_pylist()
    assert plain == tabbed
    assert len(plain) == len(lines) == len(table)
    for text, line, row in zip(plain, lines, table, strict=True):
        assert list(text) == list(line) == list(row)
        for name, value in row.items():
            same = line[name] == value or (value is None and line[name] is None)
            assert same or (isinstance(value, float) and math.isnan(value)), name
            if isinstance(value, float) and not math.isnan(value):
                assert float(text[name]) == value
    found: dict[str, Any] = json.loads((folder / "x.json").read_text())
    return found


def _shown(value: float, *pages: str) -> bool:
    return all(f"{value:.6g}" in page for page in pages)


@pytest.mark.parametrize("given", INPUTS)
@pytest.mark.parametrize("metric", [*ONES, ""])
def test_a_metric_is_one_number_in_every_format_or_is_refused(
    here: Path, given: str, metric: str
) -> None:
    line = f"contrast metrics {INPUTS[given]}" + (f" --metric {metric}" if metric else "")
    told = contrast(f"{line} {ALL}", here)
    assert told.code in (0, 2), told.err
    if told.code == 2:
        assert contrast(f"{line} -o value", here).code == 2
        return
    found = _read(here)
    for name, each in found["metrics"].items():
        if each["value"] is not None:
            assert _shown(each["value"], told.out, (here / "x.md").read_text()), name
    if metric and found["metrics"][metric]["value"] is not None:
        assert contrast(f"{line} -o value", here).value == found["metrics"][metric]["value"]


def _saved(case: Case, folder: Path) -> str:
    """A case as files and options of the command."""
    words = []
    for name, value in case.given.items():
        if isinstance(value, str):
            words.append(f"--{name} {value}")
            continue
        path = f"{name}.npy"
        if name == "labels":
            path = f"{name}.parquet"
            pq.write_table(pa.table({"y": pa.array(value, pa.int64())}), folder / path)
        else:
            np.save(folder / path, np.asarray(value))
        by_place = name in ("embeddings", "keys", "negatives")
        words.append(path if by_place else f"--{name} {path}")
    files = [word for word in words if not word.startswith("--")]
    return " ".join((*files, *(word for word in words if word.startswith("--"))))


CASES = [pytest.param(case, id=case.name) for kind in LOSSES for case in cases(kind)]


@pytest.mark.parametrize("case", CASES)
def test_a_loss_is_one_number_in_every_format(case: Case, tmp_path: Path) -> None:
    given = _saved(case, tmp_path)
    line = f"contrast loss --kind {case.kind} {given}"
    told = contrast(f"{line} {ALL}", tmp_path)
    assert told.code == 0, told.err
    found = _read(tmp_path)
    assert _shown(found["value"], told.out, (tmp_path / "x.md").read_text())
    assert contrast(f"{line} -o value", tmp_path).value == found["value"]
    if case.kind == "triplet":
        counted = contrast(f"contrast triplets {given} {ALL}", tmp_path)
        assert counted.code == 0, counted.err
        assert _read(tmp_path)["triplets"] > 0
