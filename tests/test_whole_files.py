"""Files are written whole or not at all, however the program ends: each test is a real process."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

FORMATS = ("jsonl", "csv", "tsv", "json", "parquet")
HALTED = Path(__file__).with_name("halted.py")
CONTRAST = [sys.executable, "-m", "contrast_cli"]


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "views.npy"
    np.save(path, np.random.default_rng(0).standard_normal((2, 400, 4)))
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A directory with an old result."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "old").write_text("old\n")
    return folder


def _line(views: Path, *outputs: str) -> list[str]:
    named = [word for each in outputs for word in ("-o", each)]
    return ["loss", "--kind", "infonce", "-qq", str(views), "--per-sample", *named]


@contextmanager
def _halted(
    line: list[str], folder: Path, names: str
) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A run that has written half of a file and waits for the pipe."""
    told, go = folder / "told", folder / "go"
    os.mkfifo(told)
    os.mkfifo(go)
    command = [sys.executable, str(HALTED), str(told), str(go), names, *line]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True) as child:
        _wait_for_half(child, told)
        yield child, go


def _wait_for_half(child: subprocess.Popen[str], told: Path) -> None:
    """Until the run says that it is halfway; it is an error when it ends before."""
    with os.fdopen(os.open(told, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as pipe:
        said = b""
        while said != b"half\n":
            select.select([pipe], [], [], 0.05)
            said += pipe.read() or b""
            if said != b"half\n" and child.poll() is not None:
                raise AssertionError(child.communicate())


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP)],
)
def test_a_signal_in_the_middle_leaves_the_old_file_and_no_other(
    number: int, code: int, views: Path, out: Path, tmp_path: Path
) -> None:
    line = _line(views, f"value:{out / 'new'}", f"csv:{out / 'old'}")
    with _halted(line, tmp_path, "nameless") as (child, _):
        child.send_signal(number)
        told, err = child.communicate(timeout=60)
    assert (child.returncode, told, err) == (code, "", "")
    assert os.listdir(out) == ["old"]
    assert (out / "old").read_text() == "old\n"


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_leaves_the_old_file_when_it_is_ended(
    name: str, views: Path, out: Path, tmp_path: Path
) -> None:
    with _halted(_line(views, f"{name}:{out / 'old'}"), tmp_path, "named") as (child, _):
        assert len(os.listdir(out)) == 2
        child.terminate()
        child.communicate(timeout=60)
    assert child.returncode == -signal.SIGTERM
    assert os.listdir(out) == ["old"]
    assert (out / "old").read_text() == "old\n"


@pytest.mark.parametrize("names", ["named", "nameless"])
def test_a_killed_program_leaves_the_old_file(
    names: str, views: Path, out: Path, tmp_path: Path
) -> None:
    line = _line(views, f"value:{out / 'new'}", f"csv:{out / 'old'}")
    with _halted(line, tmp_path, names) as (child, _):
        child.kill()
        child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL
    assert (out / "old").read_text() == "old\n"
    left = set(os.listdir(out)) - {"old"}
    assert all(each.startswith(".contrast.") for each in left)
    assert len(left) == (2 if names == "named" or not _has_nameless(out) else 0)


def _has_nameless(folder: Path) -> bool:
    """Whether the file system has files without a name."""
    try:
        os.close(os.open(folder, getattr(os, "O_TMPFILE", 0) | os.O_RDWR))
    except OSError:
        return False
    return True


@pytest.mark.parametrize("names", ["named", "nameless"])
def test_no_file_takes_its_place_before_all_are_whole(
    names: str, views: Path, out: Path, tmp_path: Path
) -> None:
    line = _line(views, f"value:{out / 'old'}", f"csv:{out / 'new'}")
    with _halted(line, tmp_path, names) as (child, go):
        assert (out / "old").read_text() == "old\n"
        assert not (out / "new").exists()
        go.write_text("")
        told, err = child.communicate(timeout=60)
    assert (child.returncode, told, err) == (0, "", "")
    assert sorted(os.listdir(out)) == ["new", "old"]
    assert float((out / "old").read_text()) > 0
    assert len((out / "new").read_text().splitlines()) == 401


def test_a_signal_that_is_ignored_stays_ignored(views: Path, out: Path, tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with _halted(_line(views, f"csv:{out / 'old'}"), tmp_path, "named") as (child, go):
            child.send_signal(signal.SIGHUP)
            go.write_text("")
            child.communicate(timeout=60)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert child.returncode == 0
    assert len((out / "old").read_text().splitlines()) == 401


@pytest.mark.parametrize("name", FORMATS)
def test_a_disk_that_is_full_in_the_middle_leaves_all_old_files(
    name: str, views: Path, out: Path
) -> None:
    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    line = _line(views, f"value:{out / 'old'}", f"{name}:{out / 'new'}")
    done = subprocess.run(
        [*CONTRAST, *line], capture_output=True, text=True, check=False, preexec_fn=full
    )
    assert (done.returncode, done.stdout) == (2, "")
    first, remedy = done.stderr.splitlines()
    assert first.startswith(f"error: {out / 'new'}: expected a path that can be written, got ")
    assert "File too large" in first
    assert remedy == "  Free space, or choose another disk."
    assert os.listdir(out) == ["old"]
    assert (out / "old").read_text() == "old\n"


def test_a_file_that_is_written_again_keeps_its_permissions(views: Path, out: Path) -> None:
    (out / "old").chmod(0o640)
    (out / "rows").touch(0o600)
    line = _line(views, f"csv:{out / 'old'}", f"parquet:{out / 'rows'}")
    subprocess.run([*CONTRAST, *line], check=True, umask=0o022)
    modes = {path.name: path.stat().st_mode & 0o777 for path in out.iterdir()}
    assert modes == {"old": 0o640, "rows": 0o600}


def test_a_path_that_is_no_utf_8_stops_no_format(views: Path, tmp_path: Path) -> None:
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.npy")
    Path(odd).write_bytes(views.read_bytes())
    names = ("json", "jsonl", "csv", "md", "parquet", "junit")
    outputs = [word for name in names for word in ("-o", f"{name}:{tmp_path / name}")]
    line = ["check", odd, "--require", "uniformity <= 0", "--require", "hubness <= 9"]
    saving = ["--save-baseline", str(tmp_path / "b.json")]
    subprocess.run([*CONTRAST, *line, *outputs, *saving, "-o", "github"], check=True)
    assert json.loads((tmp_path / "json").read_text())["inputs"][0]["path"] == odd
    held = ["--baseline", str(tmp_path / "b.json")]
    subprocess.run([*CONTRAST, *line, *held, "-qq"], check=True)
    loss = ["loss", "--kind", "infonce", odd, "-o", f"parquet:{tmp_path / 'rows'}", "-qq"]
    subprocess.run([*CONTRAST, *loss], check=True)


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_new_file_has_the_permissions_of_the_shell(mask: int, views: Path, out: Path) -> None:
    line = _line(views, f"value:{out / 'new'}", f"parquet:{out / 'rows'}")
    subprocess.run([*CONTRAST, *line], check=True, umask=mask)
    modes = {path.name: path.stat().st_mode & 0o777 for path in out.iterdir()}
    assert modes["new"] == modes["rows"] == 0o666 & ~mask
