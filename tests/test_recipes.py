"""The recipes of the README do what they say, as they stand there."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from recipes import RECIPES, kitchen, shell
from workflows import run_action

CI = "Fail a CI run when the space collapses"
CONFIGURATION = "Keep the rules beside the embeddings"
TEST = "Ask in a test"
BASELINE = "Hold every night against the last good one"
JQ = "The worst rows, with jq"
PAGE = "A result on the page of a pull request"
DUCKDB = "All per-sample losses in DuckDB or pandas"
CONVENTION = "Which convention does my library follow?"
PYTHON = "From Python"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the sample data."""
    return kitchen(tmp_path)


def put(folder: Path, name: str) -> None:
    """Another model wrote tonight's embeddings."""
    shutil.copy(folder / f"{name}.npy", folder / "emb.npy")


def test_every_recipe_is_tested_here_or_shown_with_its_output() -> None:
    tested = {CI, CONFIGURATION, PAGE, TEST, BASELINE, JQ, DUCKDB, CONVENTION}
    assert set(RECIPES) == tested | {PYTHON}
    assert {block.language for block in RECIPES[PYTHON]} == {"console"}


def test_the_shell_gate_passes_the_healthy_model_and_fails_the_collapsed_one(folder: Path) -> None:
    gate, _ = RECIPES[CI]
    done = shell(folder, gate.text)
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "contrast.xml").read_text().count("<testcase ") == 4
    put(folder, "collapsed")
    done = shell(folder, gate.text)
    assert done.returncode == 1
    assert "uniformity <= -2" in done.stdout


def test_the_workflow_passes_the_healthy_model_and_annotates_the_collapsed_one(
    folder: Path,
) -> None:
    _, workflow = RECIPES[CI]
    content = yaml.safe_load(workflow.save(folder).read_text(encoding="utf-8"))
    (step,) = [
        step for step in content["jobs"]["gate"]["steps"] if "/contrast@" in step.get("uses", "")
    ]
    ran = run_action(folder, step["with"])
    assert (ran.code, ran.annotations) == (0, [])
    assert ran.outputs == {"passed": "true", "exit-code": "0", "junit": "contrast.xml"}
    put(folder, "collapsed")
    ran = run_action(folder, step["with"])
    assert ran.code == 1
    assert any(line.startswith("::error ") and "uniformity" in line for line in ran.annotations)


def test_the_configuration_is_checked_by_one_word(folder: Path) -> None:
    configuration, command = RECIPES[CONFIGURATION]
    assert configuration.save(folder).name == "contrast.toml"
    done = shell(folder, command.text)
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in ("digits", "export", "r_precision >= 0.5"))
    put(folder, "collapsed")
    assert shell(folder, command.text).returncode == 1


def test_the_test_of_a_project_passes_and_says_what_failed(folder: Path) -> None:
    (test,) = RECIPES[TEST]
    command = f"python -m pytest -q -p no:cacheprovider {test.save(folder).name}"
    done = shell(folder, command)
    assert done.returncode == 0, done.stdout
    put(folder, "collapsed")
    done = shell(folder, command)
    assert done.returncode == 1
    assert "uniformity <= -2: broken (error)" in done.stdout


def test_a_healthy_night_passes_and_a_collapsed_one_fails(
    folder: Path,
) -> None:
    save, compare, log = RECIPES[BASELINE]
    for block in (save, compare, log):
        done = shell(folder, block.text)
        assert done.returncode == 0, done.stderr
    assert float((folder / "history.txt").read_text()) == pytest.approx(1.464165, abs=2e-6)
    assert json.loads((folder / "loss.json").read_text())["kind"] == "infonce"
    rows = np.load(folder / "emb.npy")
    noise = np.random.default_rng(1).normal(scale=0.05 * rows.std(), size=rows.shape)
    np.save(folder / "emb.npy", (rows + noise).astype(rows.dtype))
    done = shell(folder, compare.text)
    assert done.returncode == 0, done.stdout
    assert "All 4 figures hold" in done.stdout
    for name in ("collapsed", "untrained"):
        put(folder, name)
        assert shell(folder, compare.text).returncode == 1


def test_jq_lists_the_three_worst_rows(folder: Path) -> None:
    (block,) = RECIPES[JQ]
    done = shell(folder, block.text)
    assert done.returncode == 0, done.stderr
    assert [row["index"] for row in json.loads(done.stdout)] == [241, 128, 510]


def test_duckdb_reads_the_losses_from_the_parquet_file(folder: Path) -> None:
    block, metadata = RECIPES[DUCKDB]
    done = shell(folder, block.text.replace("duckdb -c", "duckdb -csv -c"))
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["index"] for row in rows] == ["241", "128", "510", "148", "343"]
    assert float(rows[0]["loss"]) == pytest.approx(5.210322, abs=2e-5)
    assert rows[0]["rank"] == "17"
    told = shell(folder, metadata.text)
    assert (told.returncode, told.stderr) == (0, "")
    assert "'name': 'paper'" in told.stdout


def test_a_page_in_markdown_stands_beside_the_numbers(folder: Path) -> None:
    (block,) = RECIPES[PAGE]
    done = shell(folder, block.text)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    value = json.loads((folder / "metrics.json").read_text())["metrics"]["uniformity"]["value"]
    page = (folder / "summary.md").read_text(encoding="utf-8")
    assert any("uniformity" in line and f"{value:.6g}" in line for line in page.splitlines())


def test_the_conventions_of_a_loss_stand_side_by_side(folder: Path) -> None:
    (block,) = RECIPES[CONVENTION]
    done = shell(folder, block.text)
    assert done.returncode == 0, done.stderr
    names = [row["convention"] for row in csv.DictReader(io.StringIO(done.stdout))]
    assert names[0] == "paper"
    assert len(names) > 1
