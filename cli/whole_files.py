"""Files that are written whole or not at all, however the program ends."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

_NAMELESS = getattr(os, "O_TMPFILE", 0)
"""The flag of a file without a name, which is gone when the program is; 0 where there is none."""


class Draft:
    """A file that takes the place of another when it is complete.

    Where the file system can, it has no name until then: even a program that is killed leaves
    nothing behind. Elsewhere its name begins with `.contrast.`.

    Args:
        path: Whose place it takes; the directory of it holds the draft.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._name: Path | None = None
        self._handle = -1

    def write(self, write: Callable[[IO[Any]], None], *, binary: bool) -> None:
        """Write it whole, down to the disk.

        Raises:
            OSError: The directory cannot be written to, or the disk is full.
        """
        self._handle = self._nameless()
        if self._handle < 0:
            self._name = self._fresh()
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            self._handle = os.open(self._name, flags, 0o666)
        with self._stream(binary=binary) as file:
            write(file)
        os.fsync(self._handle)

    def place(self) -> None:
        """Take the place of the other, which is the old file or the new one at every moment."""
        if self._name is None:
            self._name = self._fresh()
            os.link(f"/proc/self/fd/{self._handle}", self._name, src_dir_fd=self._handle)
        self._close()
        self._name.replace(self.path)
        self._name = None

    def discard(self) -> None:
        """Leave nothing behind; nothing happens to a file that has taken its place."""
        self._close()
        if self._name is not None:
            self._name.unlink(missing_ok=True)

    def _stream(self, *, binary: bool) -> IO[Any]:
        """For bytes, or for text; the file stays open behind it."""
        if binary:
            return os.fdopen(self._handle, "wb", closefd=False)
        return os.fdopen(self._handle, "w", encoding="utf-8", newline="", closefd=False)

    def _nameless(self) -> int:
        """A file without a name; -1 where there is none, or where none could get its name later."""
        if not _NAMELESS or not os.path.isdir("/proc/self/fd"):
            return -1
        try:
            return os.open(self.path.parent, _NAMELESS | os.O_RDWR, 0o666)
        except OSError:
            return -1  # what is really wrong there, a file with a name will say

    def _fresh(self) -> Path:
        """A name beside the path that nobody has."""
        return self.path.parent / f".contrast.{secrets.token_hex(8)}"

    def _close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
