"""The bytes of a file: mapped where it lies on this machine, read by ranges where it does not."""

from __future__ import annotations

import io
import mmap
import os
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from ..errors import BadInput

_STEP = 2**20
"""Bytes of a block of a stream."""


class File(Protocol):
    """Bytes that can be read at any place."""

    @property
    def name(self) -> str:
        """The path as the user wrote it."""

    @property
    def size(self) -> int:
        """How many bytes."""

    @property
    def suffix(self) -> str:
        """The end of its name, as `.npy`; in lower case."""

    @property
    def memory(self) -> memoryview | None:
        """All bytes, where the file is mapped."""

    def check(self) -> None:
        """Refuse to go on where the file is mapped and became shorter."""

    def read(self, start: int, stop: int) -> bytes:
        """Bytes `start` to `stop`, fewer where the file ends."""

    def arrow(self) -> Any:
        """The file for pyarrow."""


class Mapped:
    """A file of this machine: its pages are read when they are touched.

    Args:
        name: What messages call it.
        handle: The open file, which may be closed afterwards.
        suffix: The end of its name.
    """

    def __init__(self, name: str, handle: BinaryIO, suffix: str = "") -> None:
        self.name, self.suffix = name, suffix
        self.size = handle.seek(0, io.SEEK_END)
        self._map = (
            mmap.mmap(handle.fileno(), self.size, access=mmap.ACCESS_READ) if self.size else None
        )
        self.memory = memoryview(self._map or b"")

    def check(self) -> None:
        """Refuse to go on in a file that became shorter: the pages behind its end are gone.

        Who touches them is killed by the system (SIGBUS), and no message is told.
        """
        if self._map is not None and self._map.size() < self.size:
            raise BadInput(
                self.name,
                expected=f"the {self.size} bytes that there were when it was opened",
                got=f"{self._map.size()}",
                remedy="It was written anew while it was read: run again, and write files under "
                "another name, to be moved into place when they are whole.",
            )

    def read(self, start: int, stop: int) -> bytes:
        """Bytes `start` to `stop`, fewer where the file ends."""
        self.check()
        return bytes(self.memory[start:stop])

    def arrow(self) -> Any:
        """The file for pyarrow, without a copy."""
        import pyarrow as pa

        self.check()
        return pa.BufferReader(pa.py_buffer(self.memory))


class Reader(io.RawIOBase):
    """A file as a Python stream, for zip archives and for copies."""

    def __init__(self, file: File) -> None:
        self._file, self._at = file, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """The place of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer."""
        part = self._file.read(self._at, self._at + len(buffer))
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)


def stream(file: File) -> io.BufferedReader:
    """A file as a Python stream with a buffer."""
    return io.BufferedReader(Reader(file), _STEP)


def open_local(location: str, name: str) -> Mapped:
    """Map a file.

    Raises:
        BadInput: It is missing, unreadable, or no ordinary file.
    """
    path = Path(location)
    if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
        raise BadInput(
            name,
            expected="an ordinary file, which can be read at any place",
            got="a pipe or a device",
            remedy="Pipe it into standard input, which is called -, or write it to a file first.",
        )
    try:
        with path.open("rb") as file:
            return Mapped(name, file, path.suffix.lower())
    except FileNotFoundError as error:
        raise missing(name, f"the working directory is {Path.cwd()}") from error
    except (OSError, ValueError) as error:
        raise unreadable(name, error) from error


def missing(name: str, where: str) -> BadInput:
    """The error for a file that is not there."""
    return BadInput(
        name,
        expected="an existing file",
        got="no file of that name",
        remedy=f"Check the path; {where}.",
    )


def unreadable(name: str, error: Exception) -> BadInput:
    """The error for a file that cannot be opened."""
    return BadInput(
        name,
        expected="a readable file",
        got=first_line(error),
        remedy="Check its permissions and that it is an ordinary file.",
    )


def unsupported(name: str, error: BaseException, remedy: str) -> BadInput:
    """The error for a file that may well be whole, but that a library does not read yet."""
    return BadInput(
        name,
        expected="what can be read here",
        got=f"what is not supported: {first_line(error).rstrip('.')}",
        remedy=remedy,
    )


def first_line(error: BaseException) -> str:
    """What an exception says, on one line."""
    lines = (line.strip() for line in str(error).splitlines())
    return next(filter(None, lines), type(error).__name__)
