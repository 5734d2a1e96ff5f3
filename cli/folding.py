"""Lines that are printed as they stand, folded where a terminal is too narrow for them."""

from __future__ import annotations

import re
import sys
import textwrap
from typing import IO

from .terminals import width_of

_BROKEN = " \\\n"
"""Between two lines that a shell reads as one."""


def fit(text: str) -> str:
    """A page for standard output, folded to it."""
    return fit_to(sys.stdout, text)


def fit_to(stream: IO[str] | None, text: str) -> str:
    """Text for a stream: on a terminal no line is longer than that is wide.

    Command lines go on behind a backslash, so that they can still be copied; of other lines words
    are folded, and nothing is broken inside a word. Off a terminal nothing is folded, so that a
    line of a log holds a whole sentence.
    """
    columns = width_of(stream)
    if columns is None:
        return text
    return "\n".join(_fit_line(line, columns) for line in text.split("\n"))


def _fit_line(line: str, columns: int) -> str:
    if len(line) <= columns:
        return line
    words = line.lstrip()
    indent = line[: len(line) - len(words)]
    if words.startswith("contrast ") and not words.endswith("."):  # which ends a sentence
        return folded(words, columns, indent)
    return "\n".join(_wrapped(words, columns, indent))


def folded(command: str, columns: int, indent: str = "  ") -> str:
    """A command line on as many lines as it needs, which a shell reads as one."""
    kept = re.sub(r"(?<= )(--?[\w-]+) (?!-)", "\\1\0", command)  # an option and its value
    lines = _wrapped(kept, max(columns - len(_BROKEN) + 1, 1), indent)
    return _BROKEN.join(lines).replace("\0", " ")


def _wrapped(words: str, columns: int, indent: str) -> list[str]:
    return textwrap.wrap(
        words,
        columns,
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
