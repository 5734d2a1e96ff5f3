"""Refresh what the documents show of the program, or check that it is fresh.

    python tools/refresh_docs.py            rewrite the documents
    python tools/refresh_docs.py --check    exit 1 when a document is stale

In a `console` block every line that begins with `$ ` is run by a shell in the repository, and what
it prints follows. Between `<!-- losses -->` and `<!-- end -->` stands the table of losses, made
from their declarations. A check forgives differences in the last digits of a number, which depend
on the processor.
"""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from contrastive_core.dialects import dialects_of
from contrastive_core.losses import LOSSES
from contrastive_core.parameters import Parameter, Switch, parameters

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "sample_data/README.md")

_BLOCK = re.compile(r"(```console\n)(.*?)(```)", re.DOTALL)
_TABLE = re.compile(r"(<!-- losses -->\n)(.*?)(<!-- end -->)", re.DOTALL)
_BARS = re.compile("[▁▂▃▄▅▆▇█]")
"""A histogram: a sample on the edge of a bar may fall on either side."""

_WITHIN = 2e-5


def main() -> int:
    """Rewrite, or check."""
    stale = [name for name in DOCUMENTS if _refresh(ROOT / name, write="--check" not in sys.argv)]
    for name in stale:
        print(f"{name}: stale; run python tools/refresh_docs.py")
    return 1 if stale else 0


def _refresh(document: Path, *, write: bool) -> bool:
    """Whether the document was to be changed and was not."""
    old = document.read_text(encoding="utf-8")
    new = _BLOCK.sub(_inside(_run_block), _TABLE.sub(_inside(lambda _: losses_table()), old))
    if write:
        document.write_text(new, encoding="utf-8")
        return False
    return not same(old, new)


def _inside(make: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
    """Replace what stands between two marks."""
    return lambda match: match[1] + make(match[2]) + match[3]


def _run_block(block: str) -> str:
    """The commands of a block, each followed by what it prints."""
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"{command}\n{_output(command[2:])}" for command in commands)


def _output(command: str) -> str:
    """Standard output and standard error of a command, as a pipe sees them."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    plain = {"PATH": path, "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}
    plain |= {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    done = subprocess.run(
        command,
        shell=True,
        cwd=ROOT,
        env=plain,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout


def losses_table() -> str:
    """The table of losses, from their declarations."""
    lines = [
        "| kind | what it is | input | parameters (default) | conventions | paper |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for kind, declaration in LOSSES.items():
        forms = ", ".join(dict.fromkeys(form.name for form in declaration.forms))
        options = ", ".join(_option(parameter) for parameter in parameters(declaration))
        dialects = ", ".join(["paper", *dialects_of(kind)])
        paper = f"[{declaration.paper.citation}]({declaration.paper.url})"
        cells = (f"`{kind}`", declaration.headline(), forms, options, dialects, paper)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _option(parameter: Parameter) -> str:
    """How a hyper-parameter is typed, and what it is when it is not."""
    bound = parameter.bound
    if isinstance(bound, Switch):
        return f"`--{bound.on}`/`--{bound.off}`"
    shown = parameter.default
    if isinstance(shown, float):
        shown = f"{shown:g}"
    return f"`--{parameter.name}` ({'off' if shown is False else shown})"


def same(old: str, new: str) -> bool:
    """Equal word by word, numbers to within the rounding of another processor."""
    left, right = (re.split(r"[\s,]+", _BARS.sub("", text)) for text in (old, new))
    return len(left) == len(right) and all(map(_same_word, left, right))


def _same_word(left: str, right: str) -> bool:
    if left == right:
        return True
    try:
        return math.isclose(float(left), float(right), rel_tol=_WITHIN, abs_tol=_WITHIN)
    except ValueError:
        return False


if __name__ == "__main__":
    sys.exit(main())
