"""Temporary files without a name, for what can be read only once or has to be put in order."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from typing import BinaryIO

from ..errors import TooLittleMemory
from ..resources import format_size
from .files import Mapped

_CHECKED = 2**26
"""Bytes between two looks at the free space."""


def temporary(size: int, what: str) -> BinaryIO:
    """An empty temporary file of `size` bytes, gone with the process however that ends.

    Raises:
        TooLittleMemory: The disk has no room for it.
    """
    check_space(size, what)
    handle, name = tempfile.mkstemp(prefix="contrast.")
    os.unlink(name)
    file = os.fdopen(handle, "w+b")
    try:
        if hasattr(os, "posix_fallocate") and size:
            os.posix_fallocate(file.fileno(), 0, size)  # a hole could not be filled on a full disk
        else:
            file.truncate(size)
    except OSError as error:
        raise _no_room(format_size(size), what) from error
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
    since = _CHECKED
    with tempfile.TemporaryFile(prefix="contrast.") as file:
        for part in parts:
            since += len(part)
            if since > _CHECKED:
                check_space(_CHECKED, what)
                since = 0
            _write(file, part, what)
        _write(file, b"", what)
        return Mapped(name, file)


def _write(file: BinaryIO, part: bytes, what: str) -> None:
    """Write some bytes; no bytes: what is still held back."""
    try:
        file.write(part) if part else file.flush()
    except OSError as error:
        raise _no_room("all", what) from error


def check_space(size: int, what: str) -> None:
    """Refuse to write more than the disk holds."""
    if size > shutil.disk_usage(tempfile.gettempdir()).free:
        raise _no_room(format_size(size), what)


def _no_room(size: str, what: str) -> TooLittleMemory:
    folder = tempfile.gettempdir()
    return TooLittleMemory(
        "memory",
        expected=f"room for {size} of {what} on disk",
        got=f"{format_size(shutil.disk_usage(folder).free)} free in {folder}",
        remedy="Point TMPDIR to a larger disk.",
    )
