"""Every format says the same, to the last digit, whatever the command; and what each refuses."""

from __future__ import annotations

import csv
import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command_line import contrast, refused, small_files

ROWS = ("jsonl", "csv", "tsv", "parquet")

SAMPLES = [
    "loss --kind clip a.npy b.npy",
    "loss --kind nt-xent views.npy",
    "loss --kind supcon c.npy --labels y.npy",
    "loss --kind contrastive ab.npy --pairs matched.npy",
    "loss --kind triplet c.npy --labels y.npy --mining semi-hard",
    "loss --kind triplet abd.npy --triplets triplets.npy",
    "loss --kind infonce a.npy b.npy --top 2 --sort best",
    "metrics c.npy --labels y.npy",
    "metrics c.npy --labels tabs.npy",
    "metrics c.npy --labels some.parquet",
    "metrics a.npy b.npy --sort index",
    "triplets c.npy --labels y.npy",
    "triplets c.npy --labels some.parquet",
    "triplets a.npy b.npy d.npy",
    "triplets c.npy --labels y.npy --margin 0.1 --margin 0.3",
]
RECORDS = [
    "loss --kind infonce a.npy b.npy --convention all",
    "info a.npy y.npy pairs.npy a.parquet nan.npy",
    "kinds",
    "kinds nce",
]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_files(tmp_path_factory.mktemp("here"))
    np.save(folder / "tabs.npy", np.array(["a\tb", 'say "c"', "a\tb", "d|e", "d|e", "f\ng"]))
    np.save(folder / "nan.npy", np.full((2, 2), np.nan))
    labels = pa.table({"label": pa.array([0, -1, None, 0, -1, 7])})
    pq.write_table(labels, folder / "some.parquet")
    return folder


def _written(line: str, here: Path, folder: Path, *names: str) -> dict[str, Path]:
    """The files of one run in several formats."""
    paths = {name: folder / f"told.{name}" for name in names}
    outputs = " ".join(f"-o {name}:{path}" for name, path in paths.items())
    quiet = "" if line.startswith("kinds") else "-qq"
    told = contrast(f"contrast {line} {quiet} {outputs}", here)
    assert (told.code, told.out, told.err) == (0, "", "")
    return paths


def _separated(path: Path, separator: str) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, delimiter=separator))


def _text(value: Any) -> tuple[str, ...]:
    """What csv may hold for a value of JSON: null is NaN, or nothing, or nobody."""
    if value is None:
        return ("nan", "")
    return (";".join(map(str, value)) if isinstance(value, list) else str(value),)


@pytest.mark.parametrize("line", [*SAMPLES, *RECORDS])
def test_the_formats_of_rows_hold_the_same_to_the_last_digit(
    line: str, here: Path, tmp_path: Path
) -> None:
    paths = _written(line, here, tmp_path, *ROWS)
    records = [json.loads(each) for each in paths["jsonl"].read_text().splitlines()]
    assert records
    assert pq.read_table(paths["parquet"]).to_pylist() == records
    separated = _separated(paths["csv"], ",")
    assert _separated(paths["tsv"], "\t") == separated
    names, *rows = separated
    assert len(rows) == len(records)
    for record, row in zip(records, rows, strict=True):
        assert list(record) == names
        for value, cell in zip(record.values(), row, strict=True):
            assert cell in _text(value)


@pytest.mark.parametrize("line", [each for each in SAMPLES if "--top" not in each])
def test_jsonl_holds_what_per_sample_of_json_does(line: str, here: Path, tmp_path: Path) -> None:
    paths = _written(line, here, tmp_path, "jsonl")
    records = [json.loads(each) for each in paths["jsonl"].read_text().splitlines()]
    quiet = "" if line.startswith("kinds") else "-qq"
    document = contrast(f"contrast {line} {quiet} --per-sample -o json", here).document
    margins = document.get("margins")
    if margins is None:
        assert records == document["per_sample"]
    else:
        told = [{"margin": m["margin"], **row} for m in margins for row in m["per_sample"]]
        assert records == told


@pytest.mark.parametrize("line", [*SAMPLES, *RECORDS])
def test_parquet_carries_the_object_of_json_without_its_lists(
    line: str, here: Path, tmp_path: Path
) -> None:
    paths = _written(line, here, tmp_path, "parquet", "json")
    whole = json.loads(paths["json"].read_text())
    head = json.loads(pq.read_schema(paths["parquet"]).metadata[b"contrast"])
    lists = {"worst", "best", "first", "per_sample", "per_class"}
    for each in (whole, *whole.get("margins", [])):
        for name in lists & set(each):
            del each[name]
    assert head == whole


def test_value_is_the_value_of_json(here: Path, tmp_path: Path) -> None:
    for line in (SAMPLES[0], "metrics c.npy --metric uniformity", "triplets c.npy --labels y.npy"):
        paths = _written(line, here, tmp_path, "json", "value")
        whole = json.loads(paths["json"].read_text())
        value = whole.get("value", whole.get("loss"))
        if value is None:
            value = whole["metrics"]["uniformity"]["value"]
        value = value["mean"] if isinstance(value, dict) else value
        assert paths["value"].read_text() == f"{value!r}\n"


def test_parquet_has_real_types_and_null_for_nan_and_nobody(here: Path, tmp_path: Path) -> None:
    path = _written(SAMPLES[11].replace("y.npy", "some.parquet"), here, tmp_path, "parquet")
    found = pq.read_table(path["parquet"])
    types = {field.name: str(field.type) for field in found.schema}
    assert types["index"] == types["label"] == types["hard"] == "int64"
    assert types["loss"] == types["positive_distance"] == "double"
    assert found["label"].to_pylist() == [0, -1, None, 0, -1, 7]
    assert found["loss"].to_pylist()[5] is None
    assert found["positive_index"].to_pylist()[5] is None
    assert not any(math.isnan(each) for each in found["loss"].to_pylist() if each is not None)


def test_parquet_of_words_is_text_and_of_no_class_at_all_too(here: Path, tmp_path: Path) -> None:
    listed = _written("triplets a.npy b.npy d.npy", here, tmp_path, "parquet")["parquet"]
    assert str(pq.read_schema(listed).field("category").type) == "string"
    named = _written("metrics c.npy --labels words.npy", here, tmp_path, "parquet")["parquet"]
    assert str(pq.read_schema(named).field("label").type) == "string"


def test_a_large_result_has_several_row_groups(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.save(tmp_path / "a.npy", rng.standard_normal((140_000, 2)))
    line = "loss --kind alignment a.npy a.npy"
    paths = _written(line, tmp_path, tmp_path, "parquet", "csv")
    file = pq.ParquetFile(paths["parquet"])
    assert [file.metadata.row_group(i).num_rows for i in range(2)] == [131_072, 8_928]
    losses = [float(row[1]) for row in _separated(paths["csv"], ",")[1:]]
    assert pq.read_table(paths["parquet"])["loss"].to_pylist() == losses


def test_tsv_quotes_what_would_break_a_row(here: Path, tmp_path: Path) -> None:
    path = _written("metrics c.npy --labels tabs.npy", here, tmp_path, "tsv")["tsv"]
    text = path.read_text()
    assert '\t"a\tb"\t' in text
    assert '\t"say ""c"""\t' in text
    assert '\t"f\ng"\t' in text
    assert "\td|e\t" in text


def _cells(line: str) -> list[str]:
    """The cells of a line of a pipe table."""
    return [each.strip() for each in re.split(r"(?<!\\)\|", line)[1:-1]]


@pytest.mark.parametrize("line", [*SAMPLES, *RECORDS, "metrics --guide", "triplets --guide"])
def test_markdown_says_what_the_table_says(line: str, here: Path, tmp_path: Path) -> None:
    paths = _written(line, here, tmp_path, "md", "table")
    words = set(re.findall(r"[\w.]+", re.sub(r"<br>|\\|_", " ", paths["md"].read_text())))
    table_text = re.sub(r"[─-◿]", " ", paths["table"].read_text())
    said = set(re.findall(r"[\w.]+", table_text.replace("\\", " ").replace("_", " ")))
    broken = {each for each in said - words if not any(each in word for word in words)}
    assert broken == set()


@pytest.mark.parametrize("line", [*SAMPLES, *RECORDS])
def test_tables_of_markdown_are_rectangles_with_numbers_to_the_right(
    line: str, here: Path, tmp_path: Path
) -> None:
    path = _written(line, here, tmp_path, "md")["md"]
    parts = path.read_text().strip().split("\n\n")
    blocks = [each.split("\n") for each in parts if each.startswith("|")]
    assert blocks or line == "kinds nce"
    for head, rule, *rows in blocks:
        assert {len(_cells(row)) for row in (head, rule, *rows)} == {len(_cells(head))}
        assert set(_cells(rule)) <= {"---", "---:"}
        for row in rows:
            for name, place, cell in zip(_cells(head), _cells(rule), _cells(row), strict=True):
                if name in ("loss", "rank", "hardest", "norm", "index"):
                    assert place == "---:", (name, cell)


def test_markdown_escapes_names_and_carries_the_warnings(here: Path) -> None:
    told = contrast("contrast metrics c.npy --labels tabs.npy -o md", here)
    assert r"| d\|e |" in told.out
    assert r"| a\\tb |" in told.out
    warned = contrast("contrast loss --kind alignment a.npy d.npy -o md", here)
    assert warned.err.startswith("warning: ")
    assert "> **warning:** " in warned.out


def test_markdown_of_a_loss_reads_as_written_here(here: Path) -> None:
    told = contrast("contrast loss --kind siglip -q a.npy b.npy --top 1 -o md", here).out
    lines = told.splitlines()
    assert lines[:2] == ["|  |  |  |", "| --- | ---: | --- |"]
    assert lines[2].startswith("| siglip | ")
    assert "### The loss over the anchors" in lines
    assert "### The worst 1 of 4 anchors" in lines
    assert "| index | loss | positive | rank | hardest | hardest index |" in lines
    assert lines.count("```text") == lines.count("```") == 1


REFUSED = [
    ("loss --kind clip a.npy b.npy -o parquet", "Write -o parquet:PATH."),
    ("loss --kind clip a.npy b.npy -o parquet:", "Write -o parquet:PATH."),
    ("loss --kind clip a.npy b.npy -o parquet:-", "Name a file."),
    ("loss --kind clip a.npy b.npy -o parquet:/dev/null", "a pipe or a device"),
    ("loss --kind clip a.npy b.npy -o x.parquet", "-o parquet:x.parquet"),
    ("loss --kind clip a.npy b.npy -o x.jsonl", "-o jsonl:x.jsonl"),
    ("loss --kind clip a.npy b.npy -o x.ndjson", "-o jsonl:x.ndjson"),
    ("loss --kind clip a.npy b.npy -o x.tsv", "-o tsv:x.tsv"),
    ("loss --kind clip a.npy b.npy -o summary.md", "-o md:summary.md"),
    ("loss --kind clip a.npy b.npy -o parqet:x", "Did you mean 'parquet'?"),
    ("loss --kind clip a.npy b.npy -o md -o tsv", "at most one format on standard output"),
    ("loss --kind clip a.npy b.npy --convention all -o value", "one number"),
    ("loss --kind clip a.npy b.npy --convention all -o jsonl --top 3", "--convention all"),
    ("loss --kind clip a.npy b.npy -o value --top 3", "jsonl, csv, tsv or parquet, got value"),
    ("metrics c.npy --guide -o jsonl", "-o md, -o table or -o json"),
    ("metrics --guide -o tsv", "-o md, -o table or -o json"),
    ("triplets c.npy --labels y.npy --guide -o tsv", "-o md, -o table or -o json"),
    ("info a.npy -o value", "csv, tsv, md or parquet:PATH, got value"),
    ("kinds -o parquet", "Write -o parquet:PATH."),
    ("kinds -o kinds.tsv", "-o tsv:kinds.tsv"),
]


@pytest.mark.parametrize(("line", "words"), REFUSED)
def test_an_output_that_means_nothing_is_refused(line: str, words: str, here: Path) -> None:
    assert words in refused(f"contrast {line}", here)


def test_rank_and_hardest_of_all_samples_are_found_where_rows_are_asked_for(
    here: Path, tmp_path: Path
) -> None:
    for name in ROWS:
        path = _written("loss --kind infonce a.npy b.npy", here, tmp_path, name)[name]
        text = str(pq.read_table(path).to_pylist()) if name == "parquet" else path.read_text()
        for column in ("rank", "hardest", "hardest_index"):
            assert column in text


def test_all_formats_in_one_run(here: Path, tmp_path: Path) -> None:
    names = ("table", "json", "jsonl", "csv", "tsv", "md", "parquet", "value")
    paths = _written("loss --kind clip a.npy b.npy", here, tmp_path, *names)
    assert all(path.stat().st_size > 0 for path in paths.values())


def test_a_label_beyond_64_bits_with_sign_is_kept(here: Path, tmp_path: Path) -> None:
    big = np.array([2**63, 2**63, 2**63 + 5, 2**63 + 5, 1, 1], np.uint64)
    pq.write_table(pa.table({"label": pa.array(big)}), tmp_path / "big.parquet")
    line = f"metrics c.npy --labels {tmp_path / 'big.parquet'}"
    paths = _written(line, here, tmp_path, "jsonl", "parquet")
    labels = [json.loads(each)["label"] for each in paths["jsonl"].read_text().splitlines()]
    assert labels == big.tolist()
    assert pq.read_table(paths["parquet"])["label"].to_pylist() == labels
