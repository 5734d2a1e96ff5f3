"""Standard input: mapped where it is a file, else copied to a temporary one, once.

Nothing says that a stream ends. Its first bytes are looked at before the rest is copied: what is of
no format is refused by them, and text that has no end by its length.
"""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any, BinaryIO

from ..errors import BadInput
from ..resources import format_size, waiting
from .files import File, Mapped, unreadable
from .formats import recognise
from .spill import spilled
from .text import MOST, too_long

_STEP = 2**20
"""Bytes read at a time."""

_FIRST = 2**16
"""Bytes that are looked at before the rest is copied."""


def standard_input(name: str) -> File:
    """All of standard input, which any number of inputs may be taken from.

    Raises:
        BadInput: There is none.
        TooLittleMemory: The disk has no room for it.
    """
    if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
        raise BadInput(
            name,
            expected="a file or a pipe as standard input",
            got="none" if sys.stdin is None or sys.stdin.closed else "a terminal",
            remedy="Write: contrast ... - < emb.npy, or pipe a program into it.",
        )
    try:
        return _held(sys.stdin.buffer)
    except OSError as error:
        raise unreadable(name, error) from error


@lru_cache(maxsize=1)
def _held(given: BinaryIO) -> File:
    """The bytes of a stream, read once."""
    return Mapped("-", given) if _is_file(given) else Piped("-", given)


def _is_file(given: BinaryIO) -> bool:
    """Whether it is an ordinary file from its first byte on."""
    try:
        handle = given.fileno()
    except io.UnsupportedOperation:
        return False
    return stat.S_ISREG(os.fstat(handle).st_mode) and given.tell() == 0


class Piped:
    """A stream as a file, copied when more than its first bytes is asked for.

    Args:
        name: What messages call it.
        given: The stream.
    """

    suffix = ""

    def __init__(self, name: str, given: BinaryIO) -> None:
        self.name, self._given = name, given
        self._first = given.read(_FIRST) or b""

    @property
    def size(self) -> int:
        """How many bytes."""
        return self._whole.size

    @property
    def memory(self) -> memoryview | None:
        """All bytes."""
        return self._whole.memory

    def check(self) -> None:
        """Its copy is nobody else's."""

    def read(self, start: int, stop: int) -> bytes:
        """Bytes `start` to `stop`, fewer where the stream ends."""
        known = stop <= len(self._first) or len(self._first) < _FIRST
        return self._first[start:stop] if known else self._whole.read(start, stop)

    def arrow(self) -> Any:
        """The file for pyarrow."""
        return self._whole.arrow()

    @cached_property
    def _whole(self) -> Mapped:
        try:
            return spilled(self._parts(), self.name, "standard input")
        except OSError as error:
            raise unreadable(self.name, error) from error

    def _parts(self) -> Iterator[bytes]:
        is_text = recognise(self) is None
        part, size = self._first, 0
        while part:
            size += len(part)
            if is_text and size > MOST:
                raise too_long(self.name)
            waiting(f"reading standard input: {format_size(size)}")
            yield part
            part = self._given.read(_STEP)
