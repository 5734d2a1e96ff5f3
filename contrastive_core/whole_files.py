"""Files that are written whole or not at all, however the program ends; small ones, read whole.

`check_place` is asked before the work begins; a `Draft` is written where nobody sees it and then
takes the place of the old file, which is the old one or the new one at every moment.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from .errors import CannotWrite

_SMALL = 2**26
"""More bytes than any baseline or configuration has."""

drafts: set[str] = set()
"""Names of drafts that have one. Who ends the process on the spot removes them first."""

UNSPEAKABLE = "backslashreplace"
"""What becomes of the bytes of a path that are no UTF-8: their code, which JSON reads back."""

_NAMELESS = getattr(os, "O_TMPFILE", 0)
"""The flag of a file without a name, which is gone when the program is; 0 where there is none."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""No room on the disk, or for this user, or in one file."""


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

    def write(self, write: Callable[[IO[Any]], object], *, binary: bool) -> None:
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
        """Take the place of the other, which is the old file or the new one at every moment.

        Who might read or write the old file may do so with the new one.
        """
        with contextlib.suppress(OSError):  # there was none, or the file system has no modes
            os.fchmod(self._handle, stat.S_IMODE(self.path.stat().st_mode))
        if self._name is None:
            self._name = self._fresh()
            os.link(f"/proc/self/fd/{self._handle}", self._name, src_dir_fd=self._handle)
        self._close()
        self._name.replace(self.path)
        drafts.discard(str(self._name))
        self._name = None

    def discard(self) -> None:
        """Leave nothing behind; nothing happens to a file that has taken its place."""
        self._close()
        if self._name is not None:
            self._name.unlink(missing_ok=True)
            drafts.discard(str(self._name))

    def _stream(self, *, binary: bool) -> IO[Any]:
        """For bytes, or for text; the file stays open behind it."""
        if binary:
            return os.fdopen(self._handle, "wb", closefd=False)
        return os.fdopen(
            self._handle, "w", encoding="utf-8", errors=UNSPEAKABLE, newline="", closefd=False
        )

    def _nameless(self) -> int:
        """A file without a name; -1 where there is none, or where none could get its name later."""
        if not _NAMELESS or not os.path.isdir("/proc/self/fd"):
            return -1
        try:
            return os.open(self.path.parent, _NAMELESS | os.O_RDWR, 0o666)
        except OSError:
            return -1  # what is really wrong there, a file with a name will say

    def _fresh(self) -> Path:
        """A name beside the path that nobody has; it is known before there is a file of it."""
        name = self.path.parent / f".contrast.{os.urandom(8).hex()}"
        drafts.add(str(name))
        return name

    def _close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def check_place(path: Path) -> None:
    """Refuse, before the work begins, a place that cannot be written to.

    Raises:
        CannotWrite: It is a directory, lies in none, or may not be written.
    """
    folder = Path(os.path.realpath(path)).parent
    if os.path.isdir(path):
        raise cannot_write(path, "a directory", "Name a file inside it.")
    if is_special(path) and os.access(path, os.W_OK):
        return  # it may have no name at the end of its links, as what is behind /dev/stdout
    if not os.path.isdir(folder):
        raise cannot_write(path, f"no directory {folder}", "Create the directory.")
    try:
        os.lstat(path)
    except FileNotFoundError:
        pass  # it will be there
    except (OSError, ValueError) as error:
        raise cannot_write(path, str(error), "Choose another path.") from error
    if is_special(path) or not os.access(folder, os.W_OK):
        raise cannot_write(path, "no permission to write there", "Choose another directory.")


def is_special(path: Path) -> bool:
    """Whether it is a device or a pipe, which is written to and never replaced."""
    return os.path.exists(path) and not os.path.isfile(path)


def read_whole(path: Path) -> bytes:
    """All of a file that is small by its nature; a device may have no end.

    Raises:
        OSError: It cannot be read, or is too large to be such a file.
    """
    with path.open("rb") as file:
        content = file.read(_SMALL + 1)
    if len(content) > _SMALL:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return content


def write_whole(path: Path, text: str) -> None:
    """Write a file in UTF-8; what was there before stays until all of the new one is on the disk.

    A link is followed, and a pipe or a device is written to, not replaced.

    Args:
        path: Where it goes.
        text: All of it.

    Raises:
        CannotWrite: There is no such directory, no permission, or no room on the disk.
    """
    check_place(path)
    real = Path(os.path.realpath(path))
    try:
        if is_special(path):
            path.write_text(text, encoding="utf-8", errors=UNSPEAKABLE, newline="")
            return
        draft = Draft(real)
        try:
            draft.write(lambda file: file.write(text), binary=False)
            draft.place()
        finally:
            draft.discard()
    except OSError as error:
        raise not_written(path, error) from error


def not_written(path: Path, error: OSError) -> CannotWrite:
    """The error for a file that the system does not let be written."""
    full = error.errno in _FULL
    remedy = "Free space, or choose another disk." if full else "Choose another path."
    return cannot_write(path, error.strerror or str(error), remedy)


def cannot_write(path: Path, got: str, remedy: str) -> CannotWrite:
    """The error for a file that cannot be written."""
    return CannotWrite(str(path), expected="a path that can be written", got=got, remedy=remedy)
