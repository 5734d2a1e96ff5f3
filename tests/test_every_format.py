"""Each single metric, each kind in each form, in every format: one number, and never a fault.

A page may be handed a result in which anything that was not asked for is absent.
"""

from __future__ import annotations

import csv
import io
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command_line import contrast
from forms import Case, cases
from metric_data import beside, cloud

from contrastive_core.geometry.declarations import METRICS
from contrastive_core.losses import LOSSES

N, D = 24, 23
"""Rows with so many directions that every metric is defined."""

RELATED = {
    "pairs": "x.npy --pairs pairs.npy",
    "labels": "x.npy --labels y.npy",
    "two files": "x.npy k.npy",
    "labels of views": "views.npy --labels y.npy",
    "a sample": "x.npy --labels y.npy --sample 9",
}
UNUSUAL = {
    "one cloud": "x.npy",
    "labels of two files": "x.npy k.npy --labels y.npy",
    "words for some": "x.npy --labels some.parquet",
    "classes of one": "x.npy --labels own.npy",
    "labels of stacked views": "x.npy --views stacked --labels half.npy",
    "a sample of two files": "x.npy k.npy --labels y.npy --sample 9",
    "two rows": "two.npy --labels half_of_two.npy",
    "one point": "point.npy --labels y.npy",
}
TRIPLETS = {
    "labels": "x.npy --labels y.npy",
    "labels of two files": "x.npy k.npy --labels y.npy",
    "labels of views": "views.npy --labels y.npy",
    "words for some": "x.npy --labels some.parquet",
    "a sample": "x.npy --labels y.npy --sample 9",
    "one point": "point.npy --labels y.npy",
    "three files": "x.npy k.npy z.npy",
    "listed": "x.npy --triplets triplets.npy",
}
Find = Callable[[Any], float | None]
"""Finds a number in the object of json."""

TEXTS = ("table", "md", "json", "jsonl", "csv", "tsv")
FORMS = {(case.kind, case.form): case for kind in LOSSES for case in reversed(cases(kind))}
"""The first case of each kind in each form."""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("here")
    rng = np.random.default_rng(5)
    x = cloud(N, D, 1)
    arrays = {
        "x": x,
        "k": beside(x, 2),
        "z": cloud(N, D, 3),
        "views": np.stack([x, beside(x, 2)]),
        "two": x[:2],
        "point": np.ones((N, D)),
        "y": rng.permutation(np.arange(N) % 4),
        "own": np.arange(N),
        "half": np.arange(N // 2) % 3,
        "half_of_two": np.zeros(2, int),
        "pairs": np.array([[0, 5]]),
        "triplets": np.array([[0, 1, 2], [3, 4, 5]]),
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    some = pa.array(["a|b", None, "c", "c\td"] * (N // 4))
    pq.write_table(pa.table({"label": some}), folder / "some.parquet")
    return folder


def _written(line: str, here: Path, *, value: bool = True) -> dict[str, str]:
    """What one run writes in every format, with or without `-o value`; nothing where it refuses."""
    paths = {name: here / f"told.{name}" for name in (*TEXTS, *(["value"] if value else []))}
    for path in paths.values():
        path.unlink(missing_ok=True)
    outputs = " ".join(f"-o {name}:{path}" for name, path in paths.items())
    told = contrast(f"contrast {line} -qq {outputs} -o parquet:{here / 'told.parquet'}", here)
    if told.code:
        assert told.code == 2, told.err
        assert ": expected " in told.err
        assert not any(path.exists() for path in paths.values())
        return {}
    assert (told.out, told.err) == ("", "")
    parquet = pq.read_table(here / "told.parquet")
    texts = {name: path.read_text() for name, path in paths.items()}
    _assert_same_rows(texts, parquet.to_pylist())
    return {**texts, "parquet": parquet.schema.metadata[b"contrast"].decode()}


def _assert_same_rows(texts: dict[str, str], records: list[dict[str, Any]]) -> None:
    """The formats of rows hold the same rows as Parquet."""
    assert [json.loads(each) for each in texts["jsonl"].splitlines()] == records
    for name, separator in (("csv", ","), ("tsv", "\t")):
        rows = list(csv.DictReader(io.StringIO(texts[name], newline=""), delimiter=separator))
        assert len(rows) == len(records)
        for row, record in zip(rows, records, strict=True):
            assert all(row[key] in _cells(value) for key, value in record.items())


def _cells(value: Any) -> tuple[str, ...]:
    """What csv may hold for a value of JSON."""
    return ("nan", "") if value is None else (str(value),)


def _assert_one_number(texts: dict[str, str], find: Find) -> None:
    """A number of json is that of Parquet, of `-o value` where there is one, and of the pages."""
    number = find(json.loads(texts["json"]))
    assert find(json.loads(texts["parquet"])) == number
    assert texts.get("value") in (None, f"{number!r}\n")
    shown = "undefined" if number is None else f"{number:.6g}"
    assert shown in texts["table"].split()
    assert shown in texts["md"].split()


@pytest.mark.parametrize("inputs", [*RELATED.values(), *UNUSUAL.values()])
def test_all_metrics_are_the_same_numbers_in_every_format(inputs: str, here: Path) -> None:
    texts = _written(f"metrics {inputs} --guide", here, value=False)
    for name in json.loads(texts["json"])["metrics"]:
        _assert_one_number(texts, _metric(name))


@pytest.mark.parametrize("inputs", RELATED.values(), ids=RELATED)
def test_each_single_metric_is_the_number_it_is_among_all(inputs: str, here: Path) -> None:
    among_all = contrast(f"contrast metrics {inputs} -qq -o json", here).document["metrics"]
    for name in (*METRICS, *(f"{each}.keys" for each in METRICS)):
        line = f"metrics {inputs} --metric {name}"
        metric = METRICS[name.removesuffix(".keys")]
        asked = {"--pairs": metric.needs == "views", "--sample": metric.sampled}
        if name in among_all and all(taken for word, taken in asked.items() if word in inputs):
            texts = _written(line, here)
            _assert_one_number(texts, _metric(name))
            assert _metric(name)(json.loads(texts["json"])) == among_all[name]["value"]
        else:
            assert _written(line, here) == {}


def _metric(name: str) -> Find:
    """Finds a metric's value."""
    return lambda document: document["metrics"][name]["value"]


@pytest.mark.parametrize("inputs", TRIPLETS.values(), ids=TRIPLETS)
def test_triplets_are_the_same_number_in_every_format(inputs: str, here: Path) -> None:
    texts = _written(f"triplets {inputs}", here)
    _assert_one_number(texts, lambda document: document["loss"]["mean"])
    assert _written(f"triplets {inputs} --margin 0.1 --margin 0.3", here, value=False)


def _line(case: Case, here: Path) -> str:
    """The command line of a case, whose arrays it saves."""
    words = ["loss", "--kind", case.kind]
    for name, value in case.given.items():
        if isinstance(value, str):
            words += [f"--{name}", value]
            continue
        path = here / f"{name}.parquet"
        if isinstance(value, list):  # with None for a row of no class
            pq.write_table(pa.table({name: pa.array(value)}), path)
        else:
            path = here / f"{name}.npy"
            np.save(path, value)
        words += [] if name in ("embeddings", "keys", "negatives") else [f"--{name}"]
        words.append(str(path))
    return shlex.join(words)


@pytest.mark.parametrize(("kind", "form"), FORMS)
def test_a_loss_is_one_number_in_every_format(kind: str, form: str, tmp_path: Path) -> None:
    line = _line(FORMS[kind, form], tmp_path)
    _assert_one_number(_written(line, tmp_path), lambda document: document["value"])
    assert _written(f"{line} --convention all", tmp_path, value=False)
