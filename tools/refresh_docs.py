"""Refresh what the documents show of the program, or check that it is fresh.

    python tools/refresh_docs.py            rewrite the documents
    python tools/refresh_docs.py --check    exit 1 when a document is stale

In a `console` block every line that begins with `$ ` is run by a shell in the repository, and what
it prints follows. Between `<!-- losses -->` and `<!-- end -->` stands the table of losses, and
behind `<!-- metrics -->` that of the metrics, made from their declarations; behind
`<!-- samples -->` the metrics of the sample data; behind `<!-- benchmarks -->` and
`<!-- accuracy -->` what `benchmarks/results.json` and `benchmarks/accuracy.json` hold. A check
forgives differences in the last digits of a number, which depend on the processor.
"""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from pathlib import Path

from benchmark_tables import accuracy_table, benchmarks_table

from contrastive_core import metrics
from contrastive_core.dialects import dialects_of
from contrastive_core.geometry.declarations import METRICS
from contrastive_core.geometry.settings import NEIGHBOURS, Settings
from contrastive_core.losses import LOSSES
from contrastive_core.parameters import Parameter, Switch, parameters

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "sample_data/README.md")

_BLOCK = re.compile(r"(```console\n)(.*?)(```)", re.DOTALL)
_TABLE = re.compile(
    r"(<!-- (losses|metrics|samples|benchmarks|accuracy) -->\n)(.*?)(<!-- end -->)", re.DOTALL
)
_BARS = re.compile("[▁▂▃▄▅▆▇█]")
"""A histogram: a sample on the edge of a bar may fall on either side."""

_WITHIN = 2e-5

_DEFAULTS = {"neighbours": NEIGHBOURS, "duplicate_threshold": Settings().duplicate_threshold}
"""Parameters that stand in the words of a definition."""


def main() -> int:
    """Rewrite, or check."""
    stale = [name for name in DOCUMENTS if _refresh(ROOT / name, write="--check" not in sys.argv)]
    for name in stale:
        print(f"{name}: stale; run python tools/refresh_docs.py")
    return 1 if stale else 0


def _refresh(document: Path, *, write: bool) -> bool:
    """Whether the document was to be changed and was not."""
    old = document.read_text(encoding="utf-8")
    new = _TABLE.sub(lambda match: match[1] + _TABLES[match[2]]() + match[4], old)
    new = _BLOCK.sub(lambda match: match[1] + _run_block(match[2]) + match[3], new)
    if write:
        document.write_text(new, encoding="utf-8")
        return False
    return not same(old, new)


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


_SAMPLES = {"trained": "emb", "untrained": "untrained", "collapsed": "collapsed"}
_SHOWN = (
    "alignment",
    "uniformity",
    "mean_cosine",
    "tolerance",
    "effective_rank",
    "hubness",
    "recall_at_1",
    "r_precision",
)


def samples_table() -> str:
    """Some metrics of the three sample files, and of random directions."""
    folder = ROOT / "sample_data"
    found = {
        title: metrics(folder / f"{name}.npy", labels=folder / "labels.npy", metrics=_SHOWN)
        for title, name in _SAMPLES.items()
    }
    lines = [f"| metric | {' | '.join(found)} | random |", f"| --- |{' --- |' * (len(found) + 1)}"]
    for name in _SHOWN:
        values = [result.metrics[name] for result in found.values()]
        cells = [_value(each.value, each.reading) for each in values]
        lines.append(f"| `{name}` | {' | '.join(cells)} | {values[0].random:.4g} |")
    return "\n".join(lines) + "\n"


def _value(value: float, reading: str | None) -> str:
    """A number, and what it says."""
    shown = "undefined" if math.isnan(value) else f"{value:.4g}"
    return f"{shown}, {reading}" if reading else shown


def metrics_table() -> str:
    """The table of metrics, from their declarations."""
    lines = [
        "| metric | what it is | definition | better | source |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, metric in METRICS.items():
        definition = metric.definition.replace("|", "\\|")
        for parameter, value in _DEFAULTS.items():
            definition = definition.replace(f"{{{parameter}}}", f"{value:g}")
        cells = (f"`{name}`", metric.meaning, definition, metric.better, metric.source)
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


_TABLES = {
    "losses": losses_table,
    "metrics": metrics_table,
    "samples": samples_table,
    "benchmarks": benchmarks_table,
    "accuracy": accuracy_table,
}


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
