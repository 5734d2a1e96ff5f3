"""What `contrast info` tells, in every format; and that what it says of commands is true."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import contrast, refused, small_files, table

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "sample_data"

EVERY = {"schema", "command", "version", "inputs", "warnings", "files"}
OF_FILE = {
    *("path", "format", "shape", "dtype", "bytes", "shards", "passed_over", "entries", "vectors"),
    *("labels", "values", "lists", "read_as", "problem"),
}
OF_VECTORS = {
    *("name", "shape", "dtype", "order", "chosen", "groups", "rows", "d", "norms", "bad"),
    *("duplicates", "preview"),
}
COLUMNS = [
    *("path", "format", "shape", "dtype", "bytes", "rows", "d", "norm_min", "norm_median"),
    *("norm_max", "bad", "duplicates"),
]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small files, and one of every sort that is told apart."""
    folder = small_files(tmp_path_factory.mktemp("here"))
    rng = np.random.default_rng(5)
    emb = rng.standard_normal((12, 6))
    np.save(folder / "emb.npy", emb)
    np.save(folder / "keys.npy", emb + 0.1)
    np.save(folder / "odd.npy", emb[:11])
    np.save(folder / "ambiguous.npy", emb.reshape(2, 2, 18))
    np.save(folder / "three.npy", emb.reshape(3, 4, 6))
    np.save(folder / "threes.npy", np.arange(12) % 3)
    np.save(folder / "scores.npy", rng.random((4, 4)))
    np.save(folder / "fractions.npy", rng.random(12) + 1)
    bad = emb.copy()
    bad[1, 0], bad[2], bad[3, 1], bad[5] = np.nan, 0, np.inf, bad[4]
    np.save(folder / "bad.npy", bad)
    three = {"anchor": emb[:4], "positive": emb[4:8], "negative": emb[8:]}
    table(folder, "listed.parquet", **three)
    own = {"query": emb[:4], "positive": emb[4:8], "negatives": emb.reshape(4, 3, 6)}
    table(folder, "own.parquet", **own)
    table(folder, "wide.parquet", z1=emb, z2=emb[:, :5], y=np.arange(12))
    (folder / "words.txt").write_text("cat\ndog\n" * 6)
    return folder


def test_json_holds_the_keys_of_the_contract(here: Path) -> None:
    document = contrast("contrast info bad.npy threes.npy -qq -o json", here).document
    assert set(document) == EVERY
    assert (document["schema"], document["command"]) == ("contrast/1", "info")
    first, second = document["files"]
    assert set(first) == set(second) == OF_FILE
    assert (first["path"], first["format"], first["shape"]) == ("bad.npy", "npy", [12, 6])
    assert (first["dtype"], first["bytes"]) == ("float64", 704)
    assert document["inputs"][0] == {
        "role": "file",
        "path": "bad.npy",
        "format": "npy",
        "shape": [12, 6],
        "dtype": "float64",
    }
    (vectors,) = first["vectors"]
    assert set(vectors) == OF_VECTORS
    assert set(vectors["norms"]) == {"rows", "min", "median", "max", "mean", "unit"}
    assert vectors["bad"] == {
        "rows": 3,
        "null": {"rows": 0, "first": []},
        "ragged": {"rows": 0, "first": []},
        "nan": {"rows": 1, "first": [1]},
        "infinity": {"rows": 1, "first": [3]},
        "zero": {"rows": 1, "first": [2]},
    }
    assert vectors["duplicates"] == {"rows": 2, "distinct": 9, "first": [[4, 5]]}
    assert vectors["preview"][1][0] is None
    (labels,) = second["labels"]
    assert (labels["classes"], labels["smallest"]) == (3, {"name": 0, "rows": 4})
    assert {"command", "meaning", "status"} == set(second["read_as"][0])


def test_json_of_rows_without_one_number_has_nulls(here: Path, tmp_path: Path) -> None:
    del here
    np.save(tmp_path / "nan.npy", np.full((2, 2), np.nan))
    document = contrast("contrast info nan.npy -qq -o json", tmp_path).document
    norms = document["files"][0]["vectors"][0]["norms"]
    assert norms == {
        "rows": 0,
        "min": None,
        "median": None,
        "max": None,
        "mean": None,
        "unit": False,
    }
    (row,) = contrast("contrast info nan.npy -qq -o csv", tmp_path).rows
    assert (row["norm_min"], row["bad"]) == ("nan", "2")


def test_csv_has_one_row_per_file(here: Path) -> None:
    rows = contrast("contrast info bad.npy threes.npy pairs.npy -qq -o csv", here).rows
    assert list(rows[0]) == COLUMNS
    assert [row["path"] for row in rows] == ["bad.npy", "threes.npy", "pairs.npy"]
    first, second, third = rows
    assert (first["shape"], first["rows"], first["d"]) == ("12x6", "12", "6")
    assert (first["norm_min"], first["bad"], first["duplicates"]) == ("0.0", "3", "2")
    assert (second["shape"], second["rows"], second["norm_min"]) == ("12", "12", "")
    assert (third["shape"], third["bad"], third["duplicates"]) == ("4x2", "0", "0")


def test_csv_has_one_row_per_column_of_vectors(here: Path) -> None:
    rows = contrast("contrast info wide.parquet -o csv", here).rows
    assert [(row["path"], row["d"]) for row in rows] == [
        ("wide.parquet::z1", "6"),
        ("wide.parquet::z2", "5"),
    ]


def test_the_table_says_all_of_it(here: Path) -> None:
    told = contrast("contrast info bad.npy", here)
    assert told.code == 0
    words = " ".join(told.out.split())
    for fact in (
        "format npy, 704 B on disk",
        "shape (12, 6) float64, C order: 12 rows of 6 numbers",
        "bad rows 3 of 12: 1 with NaN (row 1), 1 with infinity (row 3), 1 of only zeros (row 2)",
        "duplicates 2 rows equal another; 9 differ (first: 5 = 4)",
        "decided contrast metrics bad.npy one cloud of 12 rows",
        "assumed contrast loss --kind infonce bad.npy two views of 6 samples",
    ):
        assert fact in words
    assert told.err.startswith("warning: bad.npy: 3 of 12 rows cannot be used")
    assert contrast("contrast info bad.npy -qq", here).err == ""


def test_the_table_of_labels_pairs_and_numbers(here: Path) -> None:
    told = contrast("contrast info words.txt matched.npy fractions.npy", here)
    words = " ".join(told.out.split())
    for fact in (
        "rows 12 strings, 0 without a value classes 2 sizes from 6 (class cat) to 6 (class cat)",
        "first cat, dog, cat, dog, cat, dog, cat, dog, ...",
        "pairs 4 rows (i, j, y) indices from 0 to 7 similar 2, dissimilar 2 own none",
        "row 0 0 4 1",
        "rows 12 numbers, 0 without a value, 0 NaN range from 1.",
    ):
        assert fact in words


def test_a_table_of_several_columns_has_a_section_for_each(here: Path) -> None:
    out = contrast("contrast info wide.parquet", here).out
    for heading in ("wide.parquet", "wide.parquet::z1", "wide.parquet::z2", "wide.parquet::y"):
        assert f"\n{heading}\n" in f"\n{out}"


def test_files_that_cannot_be_read_are_errors_and_the_others_are_shown(here: Path) -> None:
    told = contrast("contrast info none.npy threes.npy gone.npy -o json", here)
    assert told.code == 2
    assert [each["path"] for each in json.loads(told.out)["files"]] == ["threes.npy"]
    assert re.findall(r"error: (\S+):", told.err) == ["none.npy", "gone.npy"]
    assert told.err.count("Check the path") == 2
    assert "Check the path" in refused("contrast info none.npy", here)


def test_what_means_nothing_is_refused(here: Path) -> None:
    assert "at least one file" in refused("contrast info", here)
    assert "tsv, md or parquet:PATH, got value" in refused("contrast info emb.npy -o value", here)
    assert "Leave --dtype out" in refused("contrast info emb.npy --dtype bfloat16", here)
    assert "one of the inputs" in refused("contrast info emb.npy -o json:emb.npy", here)
    assert "--threads" in refused("contrast info emb.npy --threads 2", here)
    assert "Give --memory 5MiB" in refused("contrast info emb.npy --memory 1MiB", here)


def test_a_file_of_several_formats_in_one_run(here: Path, tmp_path: Path) -> None:
    outputs = " ".join(f"-o {name}:{tmp_path / name}" for name in ("json", "csv", "table"))
    told = contrast(f"contrast info emb.npy {outputs}", here)
    assert (told.code, told.out, told.err) == (0, "", "")
    norms = json.loads((tmp_path / "json").read_text())["files"][0]["vectors"][0]["norms"]
    assert repr(norms["median"]) in (tmp_path / "csv").read_text()
    assert f"median {norms['median']:.6g}" in (tmp_path / "table").read_text()


def test_standard_input(here: Path) -> None:
    program = "from contrast_cli.main import main; main()"
    command = [sys.executable, "-c", program, "info", "-", "-o", "json"]
    with (here / "emb.npy").open("rb") as file:
        done = subprocess.run(command, stdin=file, capture_output=True, check=True)
    (found,) = json.load(io.BytesIO(done.stdout))["files"]
    assert (found["path"], found["bytes"]) == ("-", (here / "emb.npy").stat().st_size)
    assert found["vectors"][0]["rows"] == 12


# What is said of commands is true.


def _said(name: str, here: Path) -> list[dict[str, Any]]:
    (found,) = contrast(f"contrast info {name} -qq -o json", here).document["files"]
    read_as: list[dict[str, Any]] = found["read_as"]
    return read_as


FILES = (
    *("emb.npy", "odd.npy", "views.npy", "second.npy", "ambiguous.npy", "three.npy", "c.parquet"),
    *("listed.parquet", "own.parquet", "wide.parquet", "threes.npy", "words.txt", "fractions.npy"),
    *("pairs.npy", "matched.npy", "similar.parquet", "triplets.npy", "triplets.parquet"),
)


@pytest.mark.parametrize("name", FILES)
def test_commands_that_are_said_to_work_do_and_refused_ones_do_not(name: str, here: Path) -> None:
    uses = _said(name, here)
    assert uses
    for use in uses:
        if use["status"] == "possible":
            continue
        told = contrast(f"{use['command']} -qq -o json", here)
        assert told.code == (2 if use["status"] == "refused" else 0), (use, told.err)


@pytest.mark.parametrize("name", ["emb.npy", "odd.npy", "ambiguous.npy", "three.npy"])
def test_possible_commands_work_where_the_other_file_is_there(name: str, here: Path) -> None:
    for use in _said(name, here):
        command = use["command"]
        others = ("keys.npy", "y.npy", "anchors.npy", "--scores")
        if use["status"] == "possible" and not any(other in command for other in others):
            assert contrast(f"{command} -qq -o json", here).code == 0, use


def test_what_is_said_of_views_is_what_is_read(here: Path) -> None:
    for name in ("emb.npy", "views.npy", "second.npy"):
        (said,) = (
            use
            for use in _said(name, here)
            if use["command"] == f"contrast loss --kind infonce {name}"
        )
        read = contrast(f"{said['command']} -qq -o json", here).document["positives"]
        assert read["description"] in said["meaning"]
        assert read["assumed"] is (said["status"] == "assumed")


def test_commands_for_bfloat16_run_as_they_are_printed(here: Path, tmp_path: Path) -> None:
    for path in here.iterdir():
        (tmp_path / path.name).symlink_to(path)
    bits = (np.load(here / "emb.npy").astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
    voids, y = bits.view("V2"), np.arange(12) // 4
    np.save(tmp_path / "bits.npy", voids)
    np.save(tmp_path / "views.npy", voids.reshape(2, 6, 6))
    np.save(tmp_path / "y.npy", y)
    np.savez(tmp_path / "two.npz", z1=voids, z2=bits, y=y)
    np.savez(tmp_path / "open.npz", a=voids, b=np.load(here / "emb.npy"))
    np.savez(tmp_path / "labelled.npz", emb=voids, y=y.astype(np.uint16))
    for name in ("bits.npy", "views.npy", "two.npz", "open.npz", "labelled.npz"):
        line = f"contrast info {name} --dtype bfloat16 -qq -o json"
        (found,) = contrast(line, tmp_path).document["files"]
        assert found["read_as"]
        for use in found["read_as"]:
            if not any(other in use["command"] for other in ("anchors.npy", "--scores")):
                told = contrast(f"{use['command']} -qq -o json", tmp_path)
                assert told.code == 0, (use, told.err)
                assert told.document["inputs"][0]["dtype"] in ("bfloat16", "float64")


def test_files_beside_one_of_bfloat16_are_shown_by_their_own_types(
    here: Path, tmp_path: Path
) -> None:
    bits = tmp_path / "bits.npy"
    np.save(bits, np.ones((4, 2), "<u2"))
    line = f"contrast info emb.npy {bits} threes.npy pairs.npy --dtype bfloat16"
    document = contrast(f"{line} -qq -o json", here).document
    assert [each["dtype"] for each in document["files"]] == ["float64", "bfloat16", None, None]
    refusal = contrast("contrast info emb.npy threes.npy --dtype bfloat16", here)
    assert (refusal.code, refusal.out) == (2, "")
    assert "got emb.npy of float64" in refusal.err
    assert "got no vectors in threes.npy" in refusal.err


# Help.


def test_the_help_explains_the_options_that_there_are() -> None:
    told = contrast("contrast info --help", ROOT)
    options = re.findall(r"^  (?:-\w, )?(--[a-z-]+)", told.out, re.MULTILINE)
    assert options == ["--output", "--dtype", "--memory", "--quiet", "--color", "--debug", "--help"]
    assert "value" not in told.out.partition("Options:")[2].partition("--dtype")[0]
    assert "info" in contrast("contrast --help", ROOT).out


@pytest.mark.parametrize(
    "example",
    [
        line.strip()
        for line in contrast("contrast info --help", ROOT).out.splitlines()
        if line.startswith("    contrast info ")
    ],
)
def test_the_examples_of_the_help_run(example: str) -> None:
    told = contrast(example, ROOT)
    assert (told.code, told.err) == (0, "")
    assert told.out


def test_the_help_imports_neither_numpy_nor_pyarrow() -> None:
    program = (
        "import sys\nfrom contrast_cli.main import run\nrun(['info', '--help'])\n"
        "assert not {'numpy', 'pyarrow', 'rich'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)


def test_arrays_of_this_machine_are_looked_into_without_pyarrow() -> None:
    program = (
        "import sys, contrastive_core as cc\ncc.info('sample_data/emb.npy')\n"
        "assert 'pyarrow' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, cwd=ROOT)
