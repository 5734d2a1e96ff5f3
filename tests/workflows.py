"""A workflow as a runner would run it: the scripts of our action, with its inputs as variables."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
BIN = Path(sys.executable).parent
"""Where `contrast` is installed."""

_INPUT = re.compile(r"\$\{\{ inputs\.([a-z-]+) \}\}")

_PYTHON = """#!/bin/sh
# Stands for the python of a runner: it makes an environment whose pip notes what it is asked for.
[ "$1 $2" = "-m venv" ] || exit 9
mkdir -p "$3/bin"
printf '#!/bin/sh\\nprintf "%%s\\\\n" "$@" > "{log}"\\nln -s "{contrast}" "%s/contrast"\\n' \\
  "$3/bin" > "$3/bin/python"
chmod +x "$3/bin/python"
"""


@dataclass(frozen=True)
class Ran:
    """What a run of the action left.

    Args:
        code: Exit code of the step that failed, or 0.
        printed: What its steps print: a runner finds annotations there.
        outputs: Outputs of the step that checks.
        summary: The summary of the job.
        installed: The arguments of `python` when the action installs.
    """

    code: int
    printed: str
    outputs: dict[str, str]
    summary: str
    installed: list[str]

    @property
    def annotations(self) -> list[str]:
        """Lines that a runner shows in the pull request."""
        found = re.compile(r"::(error|warning|notice)[ :]")
        return [line for line in self.printed.splitlines() if found.match(line)]


def run_action(folder: Path, inputs: Mapping[str, str]) -> Ran:
    """Run the steps of our action in a folder, until one fails.

    Args:
        folder: The checkout.
        inputs: What stands under `with`.
    """
    unknown = set(inputs) - set(ACTION["inputs"])
    assert not unknown, f"no inputs of the action: {unknown}"
    defaults = {name: each.get("default", "") for name, each in ACTION["inputs"].items()}
    values = {**defaults, **inputs}
    with tempfile.TemporaryDirectory() as temporary:
        runner = Path(temporary) / "a runner"
        files = _runner(runner)
        code, printed = 0, ""
        for step in ACTION["runs"]["steps"]:
            own = {name: _filled(text, values) for name, text in step.get("env", {}).items()}
            script = runner / "step.sh"
            script.write_text(step["run"], encoding="utf-8")
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
                cwd=folder,
                env=files | own,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            code, printed = done.returncode, printed + done.stdout
            if code:
                break
        lines = (runner / "output").read_text(encoding="utf-8").splitlines()
        return Ran(
            code,
            printed,
            dict(line.split("=", 1) for line in lines),
            (runner / "summary.md").read_text(encoding="utf-8"),
            (runner / "installed").read_text(encoding="utf-8").splitlines(),
        )


def _runner(runner: Path) -> dict[str, str]:
    """A runner's folder and its environment."""
    (runner / "tools").mkdir(parents=True)
    python = runner / "tools" / "python3"
    text = _PYTHON.format(log=runner / "installed", contrast=BIN / "contrast")
    python.write_text(text, encoding="utf-8")
    python.chmod(0o755)
    for name in ("output", "summary.md"):
        (runner / name).touch()
    return {
        "PATH": f"{python.parent}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "HOME": str(runner),
        "LANG": "C.UTF-8",
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_OUTPUT": str(runner / "output"),
        "GITHUB_STEP_SUMMARY": str(runner / "summary.md"),
        "RUNNER_TEMP": str(runner / "temp"),
    }


def _filled(text: str, values: Mapping[str, str]) -> str:
    """An expression over the inputs."""
    return _INPUT.sub(lambda match: values[match[1]], text)
