"""Files that are written whole or not at all: beside their place first, then moved into it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from .errors import CannotWrite


def check_place(path: Path) -> None:
    """Refuse, before the work begins, a place that cannot be written to.

    Raises:
        CannotWrite: It is a directory, lies in none, or may not be written.
    """
    real = Path(os.path.realpath(path))
    if os.path.isdir(real):
        raise cannot_write(path, "a directory", "Name a file inside it.")
    if not os.path.isdir(real.parent):
        raise cannot_write(path, f"no directory {real.parent}", "Create the directory.")
    if not os.access(real if _is_special(real) else real.parent, os.W_OK):
        raise cannot_write(path, "no permission to write there", "Choose another directory.")


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
        if _is_special(real):
            real.write_text(text, encoding="utf-8", newline="")
        else:
            _replace(real, text.encode("utf-8"))
    except OSError as error:
        raise cannot_write(path, str(error), "Free space, or choose another disk.") from error


def _replace(path: Path, content: bytes) -> None:
    """Write beside the place and move into it; on any failure, Ctrl-C too, nothing is left."""
    temporary = path.parent / f".contrast.{secrets.token_hex(8)}"
    # The system takes its mask of permissions off, as for any new file.
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _is_special(path: Path) -> bool:
    """Whether it is a device or a pipe, which is written to and never replaced."""
    return os.path.exists(path) and not os.path.isfile(path)


def cannot_write(path: Path, got: str, remedy: str) -> CannotWrite:
    """The error for a file that cannot be written."""
    return CannotWrite(str(path), expected="a path that can be written", got=got, remedy=remedy)
