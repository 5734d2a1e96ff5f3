"""The GitHub action and the pre-commit hook: what they run, and with which exit code they end."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from workflows import ACTION, BIN, ROOT, run_action

SAMPLES = ROOT / "sample_data"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository whose folder and files have blanks in their names, too."""
    folder = tmp_path / "a checkout"
    folder.mkdir()
    for name in ("emb", "collapsed", "labels"):
        shutil.copy(SAMPLES / f"{name}.npy", folder)
    shutil.copy(SAMPLES / "emb.npy", folder / "two words.npy")
    return folder


HEALTHY = {"files": "emb.npy", "require": "uniformity <= -2"}


def test_the_action_installs_itself_into_an_environment_of_its_own(checkout: Path) -> None:
    ran = run_action(checkout, HEALTHY)
    assert ran.installed[:3] == ["-m", "pip", "install"]
    assert ran.installed[-1] == str(ROOT)


def test_a_healthy_model_passes(checkout: Path) -> None:
    ran = run_action(checkout, HEALTHY)
    assert (ran.code, ran.annotations) == (0, [])
    assert ran.outputs == {"passed": "true", "exit-code": "0", "junit": ""}


def test_the_collapsed_model_fails_with_1_and_an_annotation_that_names_the_metric(
    checkout: Path,
) -> None:
    ran = run_action(checkout, {**HEALTHY, "files": "collapsed.npy"})
    assert ran.code == 1
    assert ran.outputs == {"passed": "false", "exit-code": "1", "junit": ""}
    (line,) = ran.annotations
    assert line.startswith("::error ")
    assert "uniformity" in line
    assert "uniformity" in ran.summary


def test_a_missing_file_is_2(checkout: Path) -> None:
    ran = run_action(checkout, {**HEALTHY, "files": "none.npy"})
    assert ran.code == 2
    assert ran.outputs == {"passed": "false", "exit-code": "2", "junit": ""}
    assert "none.npy" in ran.printed


def test_lists_are_read_line_by_line_and_blanks_around_a_line_are_none_of_it(
    checkout: Path,
) -> None:
    ran = run_action(
        checkout,
        {
            "files": "two words.npy\n",
            "labels": "labels.npy",
            "require": "\n  uniformity <= -2\n\n\ttriplets.hard <= 15% \r\n",
            "warn": "uniformity <= -4\nhubness <= 5",
            "junit": "  a report.xml \n",
            "args": "--top=3\n--seed=1\n",
        },
    )
    assert ran.code == 0
    assert ran.outputs["junit"] == "a report.xml"
    assert (checkout / "a report.xml").read_text().count("<testcase ") == 4
    (line,) = ran.annotations
    assert line.startswith("::warning ")


def test_what_stands_in_an_input_is_never_run(checkout: Path) -> None:
    evil = "$(touch a) `touch b` '; touch c; \" && touch d #"
    everywhere = {name: evil for name in ACTION["inputs"] if name != "junit"}
    assert run_action(checkout, everywhere).code == 2
    run_action(checkout, {**HEALTHY, "junit": evil})
    assert not {"a", "b", "c", "d"} & {path.name for path in checkout.iterdir()}


def test_an_input_that_begins_with_a_dash_is_no_option(checkout: Path) -> None:
    ran = run_action(checkout, {**HEALTHY, "files": "--help"})
    assert ran.code == 2
    assert "--help" in ran.printed


def test_no_script_of_the_action_holds_an_expression() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


def test_every_input_of_the_action_reaches_its_script_and_is_described() -> None:
    steps = ACTION["runs"]["steps"]
    used = " ".join(text for step in steps for text in step.get("env", {}).values())
    assert set(re.findall(r"inputs\.([a-z-]+)", used)) == set(ACTION["inputs"])
    variables = [name for step in steps for name in step.get("env", {})]
    script = "".join(step["run"] for step in steps)
    assert all(f'"${name}"' in script for name in variables)
    assert all(each["description"] for each in ACTION["inputs"].values())


def test_the_baseline_and_the_configuration_are_taken_from_the_inputs(checkout: Path) -> None:
    assert run_action(checkout, {**HEALTHY, "args": "--save-baseline=b.json"}).code == 0
    held = {"files": "collapsed.npy", "baseline": "b.json"}
    assert run_action(checkout, {**held, "files": "emb.npy"}).code == 0
    assert run_action(checkout, held).code == 1
    (checkout / "gate.toml").write_text(
        "[check]\nembeddings = 'collapsed.npy'\nrequire = ['uniformity <= -2']\n"
    )
    ran = run_action(checkout, {"config": "gate.toml"})
    assert ran.code == 1
    assert "configuration: gate.toml" in ran.printed


def test_the_hook_runs_the_check_of_the_configuration(checkout: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert (hook["id"], hook["language"], hook["pass_filenames"]) == (
        "contrast-check",
        "python",
        False,
    )
    entry = shlex.split(hook["entry"])
    for name, code in (("emb", 0), ("collapsed", 1), ("none", 2)):
        text = f"[check]\nembeddings = '{name}.npy'\nrequire = ['uniformity <= -2']\n"
        (checkout / "contrast.toml").write_text(text)
        done = subprocess.run(
            [BIN / entry[0], *entry[1:]], cwd=checkout, capture_output=True, check=False
        )
        assert done.returncode == code, name


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("emb.npy", True),
        ("data/emb.parquet", True),
        ("contrast.toml", True),
        ("sub/pyproject.toml", True),
        ("my-contrast.toml", False),
        ("notes.md", False),
        ("npy", False),
    ],
)
def test_the_hook_wakes_for_embeddings_and_configurations(path: str, taken: bool) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert (re.search(hook["files"], path) is not None) is taken
