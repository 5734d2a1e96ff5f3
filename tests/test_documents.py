"""What the documents show is what the program prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import contrastive_core as cc

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_documents_show_what_the_program_prints() -> None:
    command = [sys.executable, "tools/refresh_docs.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_first_command_of_the_readme_ends_in_the_main_job() -> None:
    first = next(line for line in README.splitlines() if line.startswith("python3 -m venv"))
    assert first.endswith("contrast loss --kind infonce --tau 0.07 sample_data/emb.npy")


def test_the_second_command_of_the_readme_is_the_one_that_ci_runs() -> None:
    commands = [line for line in README.splitlines() if line.startswith("python3 -m venv")]
    assert len(commands) == 2
    assert commands[1].endswith("pytest -q")
    assert 'grep -m1 "^python3 -m venv .*pytest -q$" README.md' in (ROOT / ".ci/run").read_text()


@pytest.mark.parametrize(
    ("name", "infonce", "nt_xent"),
    [
        ("emb.npy", 1.464165, 5.263514),
        ("untrained.npy", 5.430101, 6.780002),
        ("collapsed.npy", 6.238325, 6.930495),
    ],
)
def test_the_sample_files_differ_as_theory_says(name: str, infonce: float, nt_xent: float) -> None:
    path = ROOT / "sample_data" / name
    assert cc.loss("infonce", path, tau=0.07).value == pytest.approx(infonce, abs=2e-6)
    assert cc.loss("nt-xent", path, tau=0.5).value == pytest.approx(nt_xent, abs=2e-6)


def test_only_the_collapsed_sample_is_called_collapsed() -> None:
    for name, collapsed in (("emb", False), ("untrained", False), ("collapsed", True)):
        result = cc.loss("infonce", ROOT / f"sample_data/{name}.npy")
        assert any(text.startswith("collapse:") for text in result.warnings) is collapsed


def test_the_parquet_sample_gives_the_same_loss_to_the_last_bit() -> None:
    npy = cc.loss("infonce", ROOT / "sample_data/emb.npy")
    parquet = cc.loss("infonce", ROOT / "sample_data/emb.parquet")
    assert np.array_equal(npy.samples.loss, parquet.samples.loss)


def test_the_sample_data_stay_small() -> None:
    files = [path for path in (ROOT / "sample_data").iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 3_000_000
