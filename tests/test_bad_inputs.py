"""Bad input, systematically: each is told in one message, and leaves nothing behind.

The cases are tables of what is wrong, the file that makes it so, the command line, and words of the
message: `bad_arrays.py`, `bad_tables.py`, `bad_options.py`.
"""

from __future__ import annotations

import io
import pickle
import shlex
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bad_arrays
import bad_options
import bad_tables
import numpy as np
import pyarrow as pa
import pytest
from bad_arrays import LOSS
from bad_files import ROWS, Build, Trap, header, shards, sound
from command_line import Told, contrast, small_files

from contrastive_core.errors import BadInput
from contrastive_core.sources import open_source
from contrastive_core.sources.folders import Members

CASES = [*bad_arrays.CASES, *bad_tables.CASES, *bad_options.CASES]

POOLS: list[pa.MemoryPool] = []
"""pyarrow's memory of each case: what is left behind in cycles is freed long after it."""

ROOM = 48 * 2**20
"""Bytes that refusing may take: the least bound that works, and a read-ahead."""


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_files(tmp_path_factory.mktemp("good"))
    np.save(folder / "y8.npy", np.arange(8) % 3)
    return folder


@pytest.fixture
def here(good: Path, tmp_path: Path) -> Path:
    """A folder with good files in it, and a place for results."""
    for path in good.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "results").mkdir()
    return tmp_path


@contextmanager
def bounded() -> Iterator[None]:
    """No more memory than refusing may take, of Python, NumPy or pyarrow."""
    pool = pa.default_memory_pool()
    counted = pa.proxy_memory_pool(pool)
    POOLS.append(counted)
    pa.set_memory_pool(counted)
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1] + counted.max_memory()
    finally:
        tracemalloc.stop()
        pa.set_memory_pool(pool)
    assert peak < ROOM


def check(told: Told, *said: str) -> None:
    """One message of what was expected, what was got and what to do; nothing else."""
    assert (told.code, told.out) == (2, ""), told
    assert told.err.startswith("error: ")
    assert told.err.count("error:") == 1
    assert "Traceback" not in told.err
    first, _, remedy = told.err.partition("\n  ")
    assert ": expected " in first
    assert ", got " in first
    assert remedy.strip().endswith((".", "?", ".npy")), remedy
    for each in said:
        assert each in told.err


def listing(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, with the content of files."""
    files = {path for path in folder.rglob("*") if path.is_file()}
    return {str(path): path.read_bytes() if path in files else b"" for path in folder.rglob("*")}


def refused(line: str, here: Path, *said: str) -> None:
    """Run a line that asks for a file and for standard output, and see that neither is there."""
    command = line.split()[0]
    if " -o " not in line and command in ("loss", "metrics", "triplets"):
        line += " -o json:results/told.json -o csv"
    before = listing(here)
    with bounded():
        told = contrast(f"contrast {line}", here)
    check(told, *said)
    assert listing(here) == before


def test_no_two_cases_are_called_the_same_and_they_are_many() -> None:
    names = [name for name, *_ in CASES]
    assert len(set(names)) == len(names) >= 150


@pytest.mark.parametrize(("build", "line", "said"), [pytest.param(*c, id=n) for n, *c in CASES])
def test_bad_input_is_told_in_one_message_and_leaves_nothing_behind(
    build: Build, line: str, said: str, here: Path
) -> None:
    build(here)
    refused(line, here, said)


@pytest.mark.parametrize(
    ("content", "line", "said"), [pytest.param(*c, id=n) for n, *c in bad_tables.STDIN]
)
def test_bad_standard_input_is_told_too(
    content: bytes, line: str, said: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    refused(line, here, said)


# What happens while a file is read.


@pytest.mark.parametrize(
    "suffix", [".npy", ".npz", ".safetensors", ".parquet", ".arrow", ".arrows"]
)
def test_a_file_that_is_cut_short_while_it_is_read_is_told_and_kills_nobody(
    suffix: str, tmp_path: Path
) -> None:
    path = sound(tmp_path, suffix)
    size = path.stat().st_size
    (source,) = open_source(path)
    path.write_bytes(b"")
    with pytest.raises(BadInput) as error:
        source.read(0, 8)
    assert error.value.expected == f"the {size} bytes that there were when it was opened"
    assert error.value.got == "0"


@pytest.mark.parametrize("suffix", [".npy", ".parquet", ".arrow"])
def test_a_file_that_is_removed_while_it_is_read_is_still_read(suffix: str, tmp_path: Path) -> None:
    path = sound(tmp_path, suffix)
    (source,) = open_source(path)
    path.unlink()
    assert np.array_equal(source.read(0, 8), ROWS)


def test_a_shard_that_is_removed_while_it_is_read_is_named(tmp_path: Path) -> None:
    shards(ROWS, ROWS)(tmp_path)
    (source,) = open_source(tmp_path / "shards")
    (tmp_path / "shards/e0.npy").unlink()
    with pytest.raises(BadInput) as error:
        source.read(0, 16)
    assert error.value.what.endswith("e0.npy")
    assert error.value.got == "no file of that name"


def test_a_shard_that_is_removed_before_it_is_opened_is_named(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shards(ROWS)(here)
    found = Members(("shards/e0.npy", "shards/e1.npy"))
    monkeypatch.setattr("contrastive_core.sources.places.local_members", lambda *_: found)
    refused(f"{LOSS} shards", here, "shards/e1.npy: expected an existing file")


@pytest.mark.parametrize(
    "error", [OSError(5, "Input/output error", "emb.npy"), OSError("no more"), MemoryError()]
)
def test_what_the_machine_refuses_is_told_in_the_same_words(
    error: Exception, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("contrastive_core.loss", fails)
    refused(f"{LOSS} a.npy b.npy", here)


# As real processes.

CONTRAST = [sys.executable, "-c", "from contrast_cli.main import main; main()"]


def process(line: str, here: Path, limit: str = "true") -> Told:
    """Run a command line in a shell, under a limit of the shell."""
    whole = f"{limit}; exec {shlex.join(CONTRAST)} {line}"
    ran = subprocess.run(
        ["bash", "-c", whole], cwd=here, capture_output=True, text=True, check=False
    )
    return Told(ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (header()[:200], f"{LOSS} bad.npy -o json", "200 bytes where its header"),
        (header(f"({2**40}, 1)"), "metrics bad.npy -o csv", "declares"),
        (b"PAR1" + b"\xff" * 200 + b"PAR1", f"{LOSS} bad.npy", "complete Parquet"),
        (b"ARROW1\0\0" + b"\xff" * 200 + b"ARROW1", "triplets bad.npy --labels y.npy", "Arrow"),
        (pickle.dumps(Trap()), f"{LOSS} bad.npy -o json:results/told.json", "never unpickled"),
        (header(), f"{LOSS} - <&- -o json", "- < emb.npy"),
    ],
)
def test_a_process_of_four_gibibytes_of_addresses_refuses_terabytes(
    content: bytes, line: str, said: str, here: Path
) -> None:
    (here / "bad.npy").write_bytes(content)
    before = listing(here)
    check(process(line, here, "ulimit -v 4194304"), said)
    assert listing(here) == before


@pytest.mark.parametrize("kept", ["", "old"])
def test_a_disk_that_is_full_keeps_what_there_was(kept: str, here: Path) -> None:
    target = here / "results/told.json"
    if kept:
        target.write_text(kept)
    before = listing(here)
    line = f"{LOSS} a.npy b.npy -q -o json:results/told.json -o csv:results/told.csv"
    check(process(line, here, "ulimit -f 0"), "told.json: expected a path that can be written")
    assert listing(here) == before


def test_a_file_that_cannot_be_opened_is_refused(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", denied)
    told = contrast(f"contrast {LOSS} a.npy", here)
    check(told, "a.npy: expected a readable file", "Permission denied", "Check its permissions")
