"""What a stream is: a terminal or not, how wide, and whether it takes colours."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import IO

USUAL = 80
"""Columns of a terminal that does not say how many it has."""


def is_terminal(stream: IO[str] | None) -> bool:
    """Whether somebody looks at it; a closed stream is none."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def is_live(stream: IO[str] | None) -> bool:
    """Whether it is a terminal that knows colours, and on which a line can be written over."""
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def width_of(stream: IO[str] | None) -> int | None:
    """How wide the terminal is; None off a terminal, where nothing needs to be folded."""
    if stream is None or not is_terminal(stream):
        return None
    if os.environ.get("COLUMNS", "").isdigit():
        return shutil.get_terminal_size().columns
    with contextlib.suppress(OSError, ValueError):
        return os.get_terminal_size(stream.fileno()).columns or USUAL
    return USUAL


def is_colored(stream: IO[str], wish: str) -> bool:
    """Whether to colour: --color over NO_COLOR over FORCE_COLOR over what the stream is."""
    if wish != "auto":
        return wish == "always"
    if os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR")
    return forced != "0" if forced else is_live(stream)
