"""Temporary files without a name, for what can be read only once or has to be put in order."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from ..errors import TooLittleMemory
from ..resources import format_size
from .files import Mapped

_CHECKED = 2**26
"""Bytes between two looks at the free space."""

LARGER = "Point TMPDIR to a larger disk."


def temporary(size: int, what: str, remedy: str = LARGER) -> BinaryIO:
    """An empty temporary file of `size` bytes, gone with the process however that ends.

    Raises:
        TooLittleMemory: The disk has no room for it.
    """
    needed = format_size(size)
    with writing(needed, what, remedy):
        check_space(size, needed, what, remedy)
        file = _unnamed()
        try:
            if hasattr(os, "posix_fallocate") and size:
                os.posix_fallocate(file.fileno(), 0, size)  # a hole might find the disk full
            else:
                file.truncate(size)
        except OSError:
            file.close()
            raise
    return file


def spilled(parts: Iterable[bytes], name: str, what: str) -> Mapped:
    """Bytes of any number, copied to a temporary file.

    Args:
        parts: The bytes.
        name: What messages call the file.
        what: What messages call the bytes.

    Raises:
        TooLittleMemory: The disk has no room for them.
    """
    copied, checked = 0, -_CHECKED
    with writing("all", what):
        file = _unnamed()
    with file:
        for part in parts:
            copied += len(part)
            with writing(f"more than {format_size(copied)}", what):
                if copied - checked > _CHECKED:
                    check_space(_CHECKED, f"more than {format_size(copied)}", what)
                    checked = copied
                file.write(part)
        with writing(format_size(copied), what):
            file.flush()
        return Mapped(name, file)


def _unnamed() -> BinaryIO:
    handle, name = tempfile.mkstemp(prefix="contrast.")
    os.unlink(name)
    return os.fdopen(handle, "w+b")


@contextmanager
def writing(size: str, what: str, remedy: str = LARGER) -> Iterator[None]:
    """Whatever the disk refuses to write as the error of too little room.

    Args:
        size: The bytes that are needed, in words.
        what: What they hold.
        remedy: What to do.
    """
    try:
        yield
    except OSError as error:
        raise _no_room(size, what, remedy, f"{error.strerror or error}, and ") from error


def check_space(size: int, needed: str, what: str, remedy: str = LARGER) -> None:
    """Refuse to write more than the disk holds."""
    if size > shutil.disk_usage(tempfile.gettempdir()).free:
        raise _no_room(needed, what, remedy)


def _no_room(size: str, what: str, remedy: str, reason: str = "") -> TooLittleMemory:
    try:
        folder = tempfile.gettempdir()
        got = f"{format_size(shutil.disk_usage(folder).free)} free in {folder}"
    except OSError:
        got = "no folder for temporary files"
    return TooLittleMemory(
        "memory",
        expected=f"room for {size} of {what} on disk",
        got=f"{reason}{got}",
        remedy=remedy,
    )
