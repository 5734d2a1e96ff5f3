"""Rows that lie in a temporary file: what is said where the disk takes none, and no copies."""

import copy
import errno
import os
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from command_line import contrast

from contrastive_core.errors import TooLittleMemory
from contrastive_core.prepared import Spilled, prepare_noting
from contrastive_core.sources import array_source
from contrastive_core.sources.reading import PLAIN
from contrastive_core.sources.source import Strided
from contrastive_core.sources.spill import spilled

ROWS = np.arange(12.0).reshape(4, 3)


def store() -> Spilled:
    """Four rows of three numbers in a temporary file."""
    found = Spilled((4, 3), np.dtype(np.float64))
    found.write(0, ROWS)
    return found


def refusing(code: int) -> Callable[..., NoReturn]:
    """What a system call is replaced by, to fail for this reason."""

    def fail(*_: Any) -> NoReturn:
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize("copied", [pickle.dumps, copy.copy, copy.deepcopy])
def test_rows_in_a_temporary_file_refuse_to_be_pickled_and_copied(
    copied: Callable[[Any], Any],
) -> None:
    given = store()
    with pytest.raises(TooLittleMemory) as error:
        copied(given)
    assert str(error.value) == (
        "memory: expected 96 B of prepared rows in memory, to copy or pickle them, got rows in a "
        "temporary file, which only this process can read. Raise --memory until they fit."
    )
    assert np.array_equal(given.read(1, 3), ROWS[1:3])


def test_what_is_prepared_on_disk_refuses_too_and_what_is_in_memory_does_not() -> None:
    strand = Strided(array_source(ROWS, "x", PLAIN), 0, 1, 4)
    how: dict[str, Any] = {"unit": False, "dtype": "float64"}
    again = copy.deepcopy(prepare_noting([strand], **how, in_memory=True).data)
    assert np.array_equal(again.read(0, 4), ROWS)
    with pytest.raises(TooLittleMemory, match="Raise --memory"):
        pickle.dumps(prepare_noting([strand], **how, in_memory=False).data)


@pytest.mark.parametrize("call", ["posix_fallocate", "pwrite"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_disk_that_refuses_is_told_with_the_size_and_tmpdir(
    call: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, call, refusing(code))
    with pytest.raises(TooLittleMemory) as error:
        store()
    assert error.value.expected == "room for 96 B of prepared rows on disk"
    assert error.value.got.startswith(f"{os.strerror(code)}, and ")
    assert error.value.got.endswith(f" free in {tempfile.gettempdir()}")
    assert error.value.remedy == "Raise --memory, or point TMPDIR to a larger disk."


def test_no_folder_for_temporary_files_is_told_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", refusing(errno.ENOENT))
    with pytest.raises(TooLittleMemory) as error:
        store()
    assert error.value.got == "No such file or directory, and no folder for temporary files"
    assert "TMPDIR" in error.value.remedy


def test_a_copy_says_how_much_it_had_come_to(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        free = 10

    monkeypatch.setattr("contrastive_core.sources.spill.shutil.disk_usage", lambda _: Full)
    with pytest.raises(TooLittleMemory) as error:
        spilled([b"x" * 2048, b"y"], "-", "standard input")
    assert error.value.expected == "room for more than 2.0 KiB of standard input on disk"
    assert error.value.remedy == "Point TMPDIR to a larger disk."


def test_an_error_of_what_is_copied_is_not_taken_for_one_of_the_disk() -> None:
    def parts() -> Any:
        yield b"x"
        raise OSError(errno.EIO, "the other end hung up")

    with pytest.raises(OSError, match="hung up"):
        spilled(parts(), "-", "standard input")


def test_the_command_refuses_a_full_disk_in_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(tmp_path / "x.npy", np.ones((20000, 256), np.float16))
    monkeypatch.setattr(os, "pwrite", refusing(errno.ENOSPC))
    told = contrast("contrast loss --kind infonce x.npy --memory 34MiB -q", tmp_path)
    assert told.code == 2
    assert told.out == ""
    assert told.err.count("error:") == 1
    words = " ".join(told.err.split())
    assert "memory: expected room for 19.5 MiB of prepared rows on disk, got No space left" in words
    assert words.endswith("Raise --memory, or point TMPDIR to a larger disk.")
