"""What never ends: patterns that walk everything, loops of links, streams, devices."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import contrast, refused
from contrast_cli import consoles
from contrast_cli.consoles import Bar, Manners

from contrastive_core import whole_files
from contrastive_core.errors import BadInput
from contrastive_core.resources import LISTENER
from contrastive_core.sources import (
    open_source,
    overwriting,
    read_labels,
    standard_input,
    text,
    walking,
)
from contrastive_core.sources.walking import files_of

ROWS = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)

FILES = (
    *("x0.npy", ".hidden.npy", "a/x1.npy", "a/x2.npy", "a/b/x10.npy", "a/b/c/x3.npy"),
    *("a/.h/x4.npy", "part=0/e.parquet", "we[1]/x5.npy"),
)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders within folders, and a pipe that nobody writes into."""
    top = tmp_path / "top"
    for name in FILES:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        np.save(top / name, ROWS) if name.endswith(".npy") else (top / name).touch()
    os.mkfifo(top / "a" / "x9.npy")
    monkeypatch.chdir(top)
    return top


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that are looked into."""
    folders: list[str] = []
    real = os.scandir

    def scandir(folder: str) -> Any:
        folders.append(folder)
        return real(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    return folders


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """What is told to who waits."""
    words: list[str] = []
    token = LISTENER.set(words.append)
    yield words
    LISTENER.reset(token)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.npy", ["x0.npy"]),
        (".*.npy", [".hidden.npy"]),
        ("a/*", ["a/x1.npy", "a/x2.npy"]),
        ("a/x[!1].npy", ["a/x2.npy"]),
        ("a/x?.npy", ["a/x1.npy", "a/x2.npy"]),
        ("*/x1.npy", ["a/x1.npy"]),
        ("we[[]1]/*.npy", ["we[1]/x5.npy"]),
        ("part=*/*", ["part=0/e.parquet"]),
        ("./a//x*.npy", ["./a/x1.npy", "./a/x2.npy"]),
        ("../*/x0.npy", ["../top/x0.npy"]),
        ("a/**", ["a/b/c/x3.npy", "a/b/x10.npy", "a/x1.npy", "a/x2.npy"]),
        ("**/b/**/*.npy", ["a/b/c/x3.npy", "a/b/x10.npy"]),
        ("**/**/x3.npy", ["a/b/c/x3.npy"]),
        ("a/.h/**/*.npy", ["a/.h/x4.npy"]),
        ("nowhere/**/*.npy", []),
        ("x0.npy/*", []),
        ("*/", []),
    ],
)
def test_a_pattern_names_files_as_in_a_shell(tree: Path, pattern: str, found: list[str]) -> None:
    assert sorted(files_of(pattern)) == found
    assert sorted(files_of(f"{tree}/{pattern}")) == [
        os.path.join(tree, *name.split("/")) for name in found
    ]


def test_a_link_to_a_folder_that_holds_it_is_not_followed(tree: Path, listed: list[str]) -> None:
    (tree / "a" / "b" / "loop").symlink_to(tree / "a")
    (tree / "a" / "out").symlink_to("/")
    (tree / "a" / "self").symlink_to("self")
    (tree / "a" / "gone").symlink_to("nowhere")
    assert sorted(files_of("a/**/*.npy")) == [
        *("a/b/c/x3.npy", "a/b/x10.npy", "a/x1.npy", "a/x2.npy"),
    ]
    assert sorted(set(listed)) == ["a", "a/b", "a/b/c"]


def test_a_folder_is_looked_into_once_whatever_leads_to_it(tree: Path, listed: list[str]) -> None:
    elsewhere = tree.parent / "elsewhere"
    elsewhere.mkdir()
    np.save(elsewhere / "x6.npy", ROWS)
    (elsewhere / "back").symlink_to(tree)
    for name in ("0", "1"):
        (tree / "a" / "b" / name).symlink_to(elsewhere)
        (tree / "a" / name).symlink_to(tree / "a" / "b")
    found = sorted(files_of("a/**/*.npy"))
    assert found == ["a/b/0/x6.npy", "a/b/c/x3.npy", "a/b/x10.npy", "a/x1.npy", "a/x2.npy"]
    assert sorted(set(listed)) == ["a", "a/b", "a/b/0", "a/b/c"]
    (source,) = open_source("a/**/*.npy")
    assert source.shape == (40, 3)


def test_a_pattern_without_two_stars_goes_no_deeper_than_it_says(
    tree: Path, listed: list[str]
) -> None:
    list(files_of(f"{tree}/*/x1.npy"))
    assert listed == [f"{tree}"]
    listed.clear()
    list(files_of(f"{tree}/*/*.npy"))
    assert listed == [f"{tree}", f"{tree}/a", f"{tree}/part=0", f"{tree}/we[1]"]


def test_who_waits_for_a_walk_is_told(
    tree: Path, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "_TOLD", 4)
    list(files_of(f"{tree}/**/*.nothing"))
    assert heard[:2] == ["looking for files: 4 names seen", "looking for files: 8 names seen"]


def test_an_output_that_is_not_there_yet_needs_no_walk(tree: Path, listed: list[str]) -> None:
    assert overwriting.clash(tree.parent / "new.csv", [f"{tree}/**/*.npy"]) is None
    assert overwriting.clash(tree / "a" / "new.npy", [f"{tree}/**/*.npy"]) is not None
    assert listed == []
    (tree / "a" / "link.npy").symlink_to(tree.parent / "old.npy")
    np.save(tree.parent / "old.npy", ROWS)
    assert overwriting.clash(tree.parent / "old.npy", [f"{tree}/**/*.npy"]) is not None


@pytest.mark.parametrize("line", ["info x9.npy", "metrics x9.npy", "info file://{}/x9.npy"])
def test_a_pipe_that_nobody_writes_into_is_refused(tree: Path, line: str) -> None:
    told = refused(f"contrast {line.format(tree / 'a')}", tree / "a")
    assert "expected an ordinary file, which can be read at any place, got a pipe or a device" in (
        told
    )


class _Endless(io.RawIOBase):
    """A stream without an end, which counts what is taken of it."""

    def __init__(self, unit: bytes, begin: bytes = b"") -> None:
        self.unit, self.begin, self.taken = unit, begin, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "all of it is asked for"
        at = self.taken
        self.taken += size
        assert self.taken < 2**24, "it is read on and on"
        part = self.begin[at : at + size]
        return part + (self.unit * (size // len(self.unit) + 1))[: size - len(part)]


@dataclass
class _Fed:
    """Standard input."""

    buffer: _Endless
    closed: bool = False

    def isatty(self) -> bool:
        return False


def feed(monkeypatch: pytest.MonkeyPatch, stream: _Endless) -> _Endless:
    monkeypatch.setattr(sys, "stdin", _Fed(stream))
    return stream


@pytest.mark.parametrize(
    "line", ["info -", "metrics -", "metrics x.npy --labels -", "loss --kind clip x.npy -"]
)
@pytest.mark.parametrize("unit", [b"\0", b"\xff\x00\x80"])
def test_a_stream_of_no_format_is_refused_by_its_first_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, unit: bytes
) -> None:
    np.save(tmp_path / "x.npy", ROWS)
    stream = feed(monkeypatch, _Endless(unit))
    assert "got a file that begins with b'\\x" in refused(f"contrast {line}", tmp_path)
    assert stream.taken <= 2**16


def test_text_where_vectors_are_wanted_is_refused_by_its_first_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = feed(monkeypatch, _Endless(b"y\n"))
    assert r"begins with b'y\ny\ny\ny\n'" in refused("contrast metrics -", tmp_path)
    assert stream.taken <= 2**16


def test_text_without_an_end_is_refused_by_its_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heard: list[str]
) -> None:
    monkeypatch.setattr(text, "MOST", 2**21)
    monkeypatch.setattr(standard_input, "MOST", 2**21)
    feed(monkeypatch, _Endless(b"cat\n"))
    with pytest.raises(BadInput) as error:
        read_labels("-", 8)
    assert (error.value.expected, error.value.got) == ("at most 2.0 MiB of text", "more")
    assert heard == ["reading standard input: 64.0 KiB", "reading standard input: 1.1 MiB"]
    (tmp_path / "y.txt").write_bytes(b"cat\n" * 2**19 + b"\n")
    with pytest.raises(BadInput, match=r"at most 2\.0 MiB of text"):
        read_labels(tmp_path / "y.txt", 8)


def test_a_stream_in_pieces_is_the_same_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.arange(60_000, dtype=np.float32).reshape(-1, 3)
    whole = io.BytesIO()
    np.save(whole, rows)
    read, write = os.pipe()

    def pieces() -> None:
        with os.fdopen(write, "wb", buffering=0) as pipe:
            for start in range(0, len(whole.getvalue()), 5000):
                pipe.write(whole.getvalue()[start : start + 5000])

    with os.fdopen(read) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        writer = threading.Thread(target=pieces)
        writer.start()
        (source,) = open_source("-")
        assert np.array_equal(source.read(0, len(rows)), rows)
        writer.join()


def test_a_baseline_or_a_configuration_without_an_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_files, "_SMALL", 1000)
    np.save(tmp_path / "x.npy", ROWS)
    told = refused("contrast check x.npy --baseline /dev/zero", tmp_path)
    assert "File too large" in told
    told = refused("contrast check x.npy --config /dev/zero", tmp_path)
    assert "File too large" in told


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_what_is_waited_for_is_shown_on_a_terminal_and_erased(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "_TOLD", 1)
    for name in ("_PATIENCE", "_REFRESH"):
        monkeypatch.setattr(consoles, name, 0.0)
    monkeypatch.setattr(consoles, "is_live", lambda _: True)
    monkeypatch.setattr(consoles, "tidy_with", lambda _: None)
    stderr = _Terminal()
    monkeypatch.setattr(sys, "stderr", stderr)
    with Bar(Manners()):
        list(files_of("**/*.npy"))
    shown = stderr.getvalue()
    assert shown.startswith("\rlooking for files: 1 names seen\x1b[K\rlooking for files: 2 names")
    assert shown.endswith("\r\x1b[K")
    list(files_of("**/*.npy"))
    assert stderr.getvalue() == shown
    for quiet, begin in (("", "\rlooking for files: 1 names seen"), ("-q", "")):
        told = contrast(f"contrast metrics **/x1.npy -o value --metric norm_mean {quiet}", tree)
        assert (told.code, told.err[:31]) == (0, begin[:31])
