"""Whether `--memory` holds: every kind and form of input, metrics and triplets, of `.npy` files.

Each command is a process of its own. What its peak resident size has beyond the same command on a
handful of rows (the libraries) and beyond its input files is the working memory, which `--memory`
bounds. Beyond input and bound there are to be 150 MB at most, the interpreter included.
"""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from contrastive_core.resources import parse_size

from .commands import CASES, Case, write_files

LEAST = "least"
"""The smallest bound that a command takes: there it is tight."""

_TRIES = 2
"""How often a larger bound may be asked for: first for the rows, then for what is made of them."""

FEW = 96
"""Rows of the same command whose peak is taken for that of the libraries."""

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
        refused: What it said where the bound is too small for it.
        failed: Why there is no number, where it should have run.
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
    failed: str = ""

    @property
    def working(self) -> int:
        """Beyond libraries and input."""
        return self.resident - self.libraries - self.input_bytes

    @property
    def beyond(self) -> int:
        """Beyond input and bound."""
        return self.resident - self.input_bytes - self.bound

    @property
    def over(self) -> float:
        """Bytes beyond what is allowed; negative where both bounds are kept."""
        return max(self.working - self.bound - SLACK, self.beyond - BEYOND)

    @property
    def broken(self) -> bool:
        """Whether a bound is not kept, or the command did not end well."""
        if self.failed or self.refused:
            return bool(self.failed)
        return self.over > 0


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
        memories: Values of `--memory`, or `LEAST`.
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
                libraries = _peak(case, output, "512MiB", Path(few), seconds)
                for memory in memories:
                    yield _held(case, output, memory, (n, d), Path(many), libraries, seconds)


def _held(
    case: Case,
    output: str,
    memory: str,
    size: tuple[int, int],
    folder: Path,
    libraries: _Ran,
    seconds: float,
) -> Held:
    """One command under one bound. The least that is named must be enough."""
    told = _least(case, output, folder, seconds) if memory == LEAST else memory
    start = time.perf_counter()
    ran = _peak(case, output, told, folder, seconds)
    enough = memory == LEAST
    return Held(
        name=case.name,
        form=case.form,
        output=output,
        memory=memory,
        bound=parse_size(told),
        n=size[0],
        d=size[1],
        input_bytes=sum((folder / name).stat().st_size for name in case.files),
        libraries=libraries.resident,
        resident=ran.resident,
        seconds=round(time.perf_counter() - start, 2),
        refused="" if enough else ran.refused,
        failed=ran.failed or libraries.failed or (ran.refused if enough else ""),
    )


@dataclass(frozen=True)
class _Ran:
    """A command's end: its peak, or what it said where memory is too small, or what failed."""

    resident: int = 0
    refused: str = ""
    failed: str = ""
    needs: str = ""


_NEEDS = re.compile(r"Give --memory ([0-9]+[KMG]iB) or more")


def _least(case: Case, output: str, folder: Path, seconds: float) -> str:
    """The smallest bound with which a command runs, as its refusal of a smaller one tells it."""
    told = "1KiB"
    for _ in range(_TRIES):
        told = _peak(case, output, told, folder, seconds).needs or told
    return told


def _peak(case: Case, output: str, memory: str, folder: Path, seconds: float) -> _Ran:
    """Peak resident size of a command, or how it ended else."""
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
        return _Ran(failed=f"over {seconds:g} s")
    if done.returncode:
        return _Ran(failed=f"ended with {done.returncode}")
    found = json.loads(told.read_text())
    if found["code"] == 0:
        return _Ran(int(found["resident"]))
    error = next((line for line in done.stderr.splitlines() if "error:" in line), "")
    said = error.partition("error: ")[2].replace(f"{folder}/", "") or f"exit {found['code']}"
    needs = _NEEDS.search(done.stderr)
    return _Ran(refused=said, needs=needs[1]) if needs else _Ran(failed=said)


def record(held: Held) -> dict[str, object]:
    """One command for JSON."""
    extra = {"working": held.working, "beyond": held.beyond, "broken": held.broken}
    return dataclasses.asdict(held) | extra
