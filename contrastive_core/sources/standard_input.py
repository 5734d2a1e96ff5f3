"""Standard input: mapped where it is a file, else copied to a temporary one, once."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO

from ..errors import BadInput
from .files import Mapped, unreadable
from .spill import spilled

_STEP = 2**20
"""Bytes read at a time."""


def standard_input(name: str) -> Mapped:
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
def _held(given: BinaryIO) -> Mapped:
    """The bytes of a stream, read once."""
    if _is_file(given):
        return Mapped("-", given)
    return spilled(_parts(given), "-", "standard input")


def _is_file(given: BinaryIO) -> bool:
    """Whether it is an ordinary file from its first byte on."""
    try:
        handle = given.fileno()
    except io.UnsupportedOperation:
        return False
    return stat.S_ISREG(os.fstat(handle).st_mode) and given.tell() == 0


def _parts(given: BinaryIO) -> Iterator[bytes]:
    while part := given.read(_STEP):
        yield part
