"""No output takes the place of what is read, however that is named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from command_line import contrast, refused

COMMAND = Path(sys.executable).parent / "contrast"

ROWS = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.6, -0.8]])

RULE = "--require 'uniformity <= 9'"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sh").mkdir()
    np.save(tmp_path / "sh" / "a_1.npy", ROWS[:2])
    np.save(tmp_path / "sh" / "a_2.npy", ROWS[2:])
    np.save(tmp_path / "emb.npy", ROWS)
    os.link(tmp_path / "emb.npy", tmp_path / "hard.npy")
    (tmp_path / "soft.npy").symlink_to("sh/a_1.npy")
    return tmp_path


READ = [
    ("sh", "sh/a_1.npy", "a file in sh, which is read"),
    ("sh", "sh/new.json", "a file in sh, which is read"),
    ("sh/", "./sh/../sh/a_2.npy", "a file in sh/, which is read"),
    ("sh", "soft.npy", "a file in sh, which is read"),
    ("'sh/a_*.npy'", "sh/a_2.npy", "a file of sh/a_*.npy, which is read"),
    ("'sh/a_*.npy'", "sh/a_3.npy", "a file of sh/a_*.npy, which is read"),
    ("'**/a_?.npy'", "soft.npy", "a file of **/a_?.npy, which is read"),
    ("file://HERE/emb.npy", "emb.npy", "one of the inputs"),
    ("file://HERE/sh", "sh/a_1.npy", "a file in HERE/sh, which is read"),
    ("'file://HERE/sh/*.npy'", "sh/a_1.npy", "a file of HERE/sh/*.npy, which is read"),
    ("emb.npy", "hard.npy", "one of the inputs"),
]


@pytest.mark.parametrize(("given", "target", "got"), READ)
@pytest.mark.parametrize("option", ["-o json:", "--save-baseline="])
def test_no_output_is_written_into_what_is_read(
    given: str, target: str, got: str, option: str, folder: Path
) -> None:
    here = str(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    told = refused(f"contrast check {given} {RULE} {option}{target}".replace("HERE", here), folder)
    assert f"got {got}.".replace("HERE", here) in told
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("command", ["metrics", "info", "loss --kind uniformity"])
def test_every_command_leaves_its_shards_alone(command: str, folder: Path) -> None:
    told = refused(f"contrast {command} sh -o json:sh/a_1.npy", folder)
    assert "got a file in sh, which is read" in told


def test_a_file_beside_the_shards_is_written(folder: Path) -> None:
    assert contrast(f"contrast check 'sh/a_*.npy' {RULE} -o json:sh/told.json", folder).code == 0
    assert contrast(f"contrast check sh {RULE} -o json:sh.json", folder).code == 0


def test_the_file_behind_standard_input_is_not_replaced(folder: Path) -> None:
    before = (folder / "emb.npy").read_bytes()
    for option in ("-o", "json:emb.npy"), ("--save-baseline", "hard.npy"):
        with (folder / "emb.npy").open("rb") as stream:
            done = subprocess.run(
                [COMMAND, "check", "-", "--require", "uniformity <= 9", *option],
                cwd=folder,
                stdin=stream,
                capture_output=True,
                text=True,
                check=False,
            )
        assert done.returncode == 2
        assert "got the file behind standard input." in done.stderr
    assert (folder / "emb.npy").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "table", "option"),
    [
        ("contrast.toml", "[check]", ""),
        ("pyproject.toml", "[tool.contrast.check]", ""),
        ("other.toml", "[check]", "--config other.toml"),
    ],
)
def test_a_baseline_takes_no_place_of_the_configuration(
    name: str, table: str, option: str, folder: Path
) -> None:
    text = f"{table}\nrequire = ['uniformity <= 9']\n"
    (folder / name).write_text(text)
    told = refused(f"contrast check emb.npy {option} --save-baseline {name}", folder)
    assert "got the configuration, which is read." in told
    assert (folder / name).read_text() == text


def test_a_baseline_and_an_output_are_two_files(folder: Path) -> None:
    told = refused("contrast check emb.npy --save-baseline bl.json -o json:bl.json", folder)
    assert "got also an output." in told
    assert not (folder / "bl.json").exists()


@pytest.mark.parametrize(
    ("line", "summary", "got"),
    [
        ("emb.npy", "emb.npy", "one of the inputs"),
        ("sh", "sh/a_1.npy", "a file in sh, which is read"),
        ("emb.npy --baseline bl.json", "bl.json", "one of the inputs"),
        ("emb.npy --save-baseline new.json", "new.json", "also an output"),
        ("emb.npy -o json:told.json", "told.json", "also an output"),
    ],
)
def test_the_summary_of_a_step_is_added_to_nothing_that_is_used(
    line: str, summary: str, got: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contrast("contrast check emb.npy --save-baseline bl.json", folder)
    kept = shutil.copy(folder / summary, folder / "kept") if (folder / summary).exists() else None
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", summary)
    told = refused(f"contrast check {line} {RULE} -o github", folder)
    assert f"got {got}.\n  Choose another path for GITHUB_STEP_SUMMARY" in told
    if kept is None:
        assert not (folder / summary).exists()
    else:
        assert (folder / summary).read_bytes() == Path(kept).read_bytes()
