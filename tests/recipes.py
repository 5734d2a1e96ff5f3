"""The recipes of the README: their blocks, and a folder and a shell to run them in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from workflows import BIN, ROOT

_README = (ROOT / "README.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)

_JQ = f"""#!{sys.executable}
# Stands for the jq program where there is none: the same library, through its bindings.
import json, sys, jq
*flags, program = sys.argv[1:]
indent = None if "-c" in flags else 2
for value in jq.compile(program).input_text(sys.stdin.read()):
    print(json.dumps(value, indent=indent))
"""


@dataclass(frozen=True)
class Block:
    """What stands between two fences."""

    language: str
    text: str

    def save(self, folder: Path) -> Path:
        """Write it to the file that its first line names."""
        name = self.text.splitlines()[0].removeprefix("# ")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.text, encoding="utf-8")
        return path


def _sections() -> dict[str, list[Block]]:
    """The blocks of every recipe, by its title."""
    section = _README.partition("\n## Recipes\n")[2].partition("\n## ")[0]
    parts = re.split(r"^### (.*)\n", section, flags=re.MULTILINE)
    return {
        title: [Block(*found) for found in _BLOCK.findall(text)]
        for title, text in zip(parts[1::2], parts[2::2], strict=True)
    }


RECIPES = _sections()


def kitchen(folder: Path) -> Path:
    """A folder with the sample data."""
    for path in (ROOT / "sample_data").iterdir():
        if path.suffix in {".npy", ".parquet"}:
            shutil.copy(path, folder)
    return folder


def shell(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Run the lines of a block in a folder, until one fails."""
    tools = folder / ".tools"
    tools.mkdir(exist_ok=True)
    if shutil.which("jq") is None:
        (tools / "jq").write_text(_JQ, encoding="utf-8")
        (tools / "jq").chmod(0o755)
    path = os.pathsep.join(map(str, (tools, BIN, os.environ["PATH"])))
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", text],
        cwd=folder,
        env={"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
