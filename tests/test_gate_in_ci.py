"""The gate of a repository: 0 passes, 1 is a check that failed, and nothing else is ever 1."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from command_line import contrast
from workflows import ROOT, run_action

SAMPLES = ROOT / "sample_data"
IN_CI = {"junit": "report.xml"}


def git(folder: Path, *args: str) -> None:
    """Git, without what the machine's own configuration says."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *args], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository that keeps its embeddings and the rules for them."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    shutil.copy(SAMPLES / "emb.npy", folder / "model.npy")
    shutil.copy(SAMPLES / "labels.npy", folder)
    (folder / "contrast.toml").write_text(
        "[check]\nembeddings = 'model.npy'\nlabels = 'labels.npy'\n"
        "require = ['uniformity <= -2', 'triplets.hard <= 15%']\n"
    )
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "A healthy model")
    return folder


def checked_out(repository: Path) -> Path:
    """A fresh clone, as a runner makes it."""
    clone = repository.parent / "clone"
    git(repository.parent, "clone", "-q", str(repository), str(clone))
    return clone


def test_a_repository_with_a_healthy_model_passes(repository: Path) -> None:
    ran = run_action(checked_out(repository), IN_CI)
    assert (ran.code, ran.annotations) == (0, [])
    assert ran.outputs["passed"] == "true"


def test_a_commit_that_collapses_the_model_fails_and_the_annotation_names_the_metric(
    repository: Path,
) -> None:
    shutil.copy(SAMPLES / "collapsed.npy", repository / "model.npy")
    git(repository, "commit", "-qam", "An encoder trained on alignment alone")
    ran = run_action(checked_out(repository), IN_CI)
    assert ran.code == 1
    assert [line for line in ran.annotations if line.startswith("::error ")]
    assert all("uniformity" in line or "triplets.hard" in line for line in ran.annotations)
    assert any("uniformity" in line for line in ran.annotations)
    assert ran.outputs == {"passed": "false", "exit-code": "1", "junit": "report.xml"}


def test_a_commit_that_loses_the_file_is_2(repository: Path) -> None:
    git(repository, "rm", "-q", "model.npy")
    git(repository, "commit", "-qm", "Lost")
    ran = run_action(checked_out(repository), IN_CI)
    assert (ran.code, ran.outputs["exit-code"]) == (2, "2")
    assert "model.npy" in ran.printed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that are healthy, collapsed, or broken in some way."""
    folder = tmp_path_factory.mktemp("gate")
    for name in ("emb", "collapsed", "labels"):
        shutil.copy(SAMPLES / f"{name}.npy", folder)
    emb = np.load(SAMPLES / "emb.npy")
    holed = emb.copy()
    holed[0, 3, 4] = np.nan
    np.save(folder / "holed.npy", holed)
    np.save(folder / "one.npy", emb[0, :1])
    np.save(folder / "narrow.npy", emb[:, :, :8])
    np.save(folder / "short.npy", np.zeros(3, int))
    (folder / "cut.npy").write_bytes((SAMPLES / "emb.npy").read_bytes()[:1000])
    (folder / "text.npy").write_text("no array")
    (folder / "broken.toml").write_text("[check\n")
    (folder / "unknown.toml").write_text("[check]\nrequires = []\n")
    (folder / "wrong.toml").write_text("[check]\nembeddings='emb.npy'\nrequire=['uniformty<=1']\n")
    (folder / "broken.json").write_text("{")
    told = contrast("contrast check emb.npy --save-baseline base.json", folder)
    assert told.code == 0, told.err
    return folder


RULE = "--require 'uniformity <= -2'"


def test_only_a_check_that_fails_is_1(folder: Path) -> None:
    assert contrast(f"contrast check emb.npy {RULE}", folder).code == 0
    assert contrast(f"contrast check collapsed.npy {RULE}", folder).code == 1
    assert contrast("contrast check collapsed.npy --warn 'uniformity <= -2'", folder).code == 0
    both = "contrast check collapsed.npy --require 'uniformity <= -2' --warn 'rankme >= 9'"
    assert contrast(both, folder).code == 1


@pytest.mark.parametrize(
    "line",
    [
        f"none.npy {RULE}",
        f"cut.npy {RULE}",
        f"text.npy {RULE}",
        f"holed.npy {RULE}",
        f"emb.npy::z1 {RULE}",
        f"one.npy {RULE}",
        "one.npy --require 'uniformity <= -2' --require 'norm_mean <= 0'",
        "emb.npy --require 'tolerance >= 0.1'",
        "collapsed.npy --require 'uniformity <= -2' --require 'tolerance >= 0.1'",
        "collapsed.npy --require 'uniformity <= -2' --warn 'tolerance >= 0.1'",
        "emb.npy --labels short.npy --require 'tolerance >= 0.1'",
        f"emb.npy --labels labels.npy {RULE}",
        "emb.npy --require 'uniformty <= -2'",
        "emb.npy --require 'uniformity'",
        "emb.npy --require 'uniformity <= nan'",
        "emb.npy --require 'infonce(tau=-1) <= 3'",
        "emb.npy --require ''",
        "emb.npy",
        "",
        RULE,
        "--config broken.toml",
        "--config unknown.toml",
        "--config wrong.toml",
        "--config none.toml",
        "emb.npy --baseline none.json",
        "emb.npy --baseline broken.json",
        "emb.npy --baseline labels.npy",
        "narrow.npy --baseline base.json",
        "one.npy --baseline base.json",
        "emb.npy --baseline base.json --allow 'uniformty: 1'",
        "emb.npy --baseline base.json --allow 'uniformity: x'",
        f"emb.npy {RULE} --allow 'uniformity: 1'",
        f"emb.npy {RULE} --top x",
        f"emb.npy {RULE} --seed x",
        f"emb.npy {RULE} --reqire 'uniformity <= -2'",
        f"emb.npy {RULE} --views sideways",
        f"emb.npy {RULE} --memory 1B",
        f"emb.npy {RULE} --threads 0",
        f"emb.npy {RULE} -o junk",
        f"emb.npy {RULE} -o json -o github",
        f"collapsed.npy {RULE} -o junit:none/report.xml",
        f"collapsed.npy {RULE} -o json:collapsed.npy",
        f"a b c d {RULE}",
    ],
)
def test_whatever_else_goes_wrong_is_2_and_never_1(folder: Path, line: str) -> None:
    told = contrast(f"contrast check {line}", folder)
    assert told.code == 2, told
    assert "error: " in told.err
    assert "Traceback" not in told.err
