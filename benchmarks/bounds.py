"""Whether `--memory` holds: every kind and form of input, metrics and triplets, as commands.

Each command is a process of its own. What its peak resident size has beyond the same command on a
handful of rows (the libraries) and beyond its input files is the working memory, which `--memory`
bounds. Beyond input and bound there are to be 150 MB at most, the interpreter included.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from contrastive_core.resources import parse_size

from .commands import CASES, Case, write_files

FEW = 64
"""Rows of the same command whose peak is that of the libraries."""

BEYOND = 150e6
"""Bytes beyond input and `--memory`, of the whole process."""

SLACK = 2e6
"""Bytes by which two runs of one command differ."""

OUTPUTS: dict[str, tuple[str, ...]] = {
    "plain": (),
    "json": ("--per-sample", "-o", "json:out.json"),
    "csv": ("-o", "csv:out.csv"),
    "parquet": ("-o", "parquet:out.parquet"),
}
"""Plain, and with every sample in a file."""

_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Held:
    """What one command used, in bytes.

    Args:
        name: The kind of loss, or the command.
        form: The form of input.
        output: A key of `OUTPUTS`.
        memory: The bound, as it was typed.
        bound: The bound.
        n: Rows.
        d: Dimensions.
        input_bytes: Size of the input files.
        libraries: Peak of the same command on few rows.
        resident: Peak resident size of the process.
        seconds: What it took.
        refused: What it said where it did not run.
    """

    name: str
    form: str
    output: str
    memory: str
    bound: int
    n: int
    d: int
    input_bytes: int
    libraries: int
    resident: int
    seconds: float
    refused: str = ""

    @property
    def working(self) -> int:
        """Beyond libraries and input."""
        return self.resident - self.libraries - self.input_bytes

    @property
    def beyond(self) -> int:
        """Beyond input and bound."""
        return self.resident - self.input_bytes - self.bound

    @property
    def broken(self) -> bool:
        """Whether a bound is not kept."""
        return not self.refused and (self.working > self.bound + SLACK or self.beyond > BEYOND)


def measure_bounds(
    n: int,
    d: int,
    memories: Sequence[str],
    *,
    names: Sequence[str] = (),
    outputs: Sequence[str] = tuple(OUTPUTS),
    seconds: float = 600.0,
    say: Callable[[str], None] = print,
) -> Iterator[Held]:
    """Run the commands.

    Args:
        n: Samples.
        d: Dimensions.
        memories: Values of `--memory`.
        names: Kinds and commands; none for all.
        outputs: Keys of `OUTPUTS`.
        seconds: Most for one command.
        say: Told which command comes.
    """
    cases = [case for case in CASES if not names or case.name in names]
    files = frozenset(name for case in cases for name in case.files)
    with (
        tempfile.TemporaryDirectory(prefix="benchmarks.") as many,
        tempfile.TemporaryDirectory(prefix="benchmarks.") as few,
    ):
        write_files(Path(many), n, d, files)
        write_files(Path(few), FEW, d, files)
        for case in cases:
            say(f"{case.name}, {case.form}")
            for output in outputs:
                libraries, _ = _peak(case, output, "512MiB", Path(few), seconds)
                for memory in memories:
                    start = time.perf_counter()
                    resident, refused = _peak(case, output, memory, Path(many), seconds)
                    yield Held(
                        case.name,
                        case.form,
                        output,
                        memory,
                        parse_size(memory),
                        n,
                        d,
                        sum((Path(many) / name).stat().st_size for name in case.files),
                        libraries,
                        resident,
                        round(time.perf_counter() - start, 2),
                        refused,
                    )


def _peak(case: Case, output: str, memory: str, folder: Path, seconds: float) -> tuple[int, str]:
    """Peak resident size of a command, and what it said where it did not end well."""
    told = folder / "told.json"
    words = [str(folder / word) if word in case.files else word for word in case.words]
    shown = [word.replace(":", f":{folder}/") for word in OUTPUTS[output]]
    try:
        done = subprocess.run(
            (
                *(sys.executable, "-m", "benchmarks.resident", str(told)),
                *(*words, *shown, "--memory", memory),
            ),
            cwd=_ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 0, f"over {seconds:g} s"
    if done.returncode:
        return 0, f"ended with {done.returncode}"
    found = json.loads(told.read_text())
    if found["code"] == 0:
        return int(found["resident"]), ""
    error = next((line for line in done.stderr.splitlines() if "error:" in line), "")
    return 0, error.partition("error: ")[2].replace(str(folder), "") or f"exit {found['code']}"


def record(held: Held) -> dict[str, object]:
    """One command for JSON."""
    extra = {"working": held.working, "beyond": held.beyond, "broken": held.broken}
    return dataclasses.asdict(held) | extra
