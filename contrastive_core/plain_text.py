"""Text from outside, as it may be shown: labels, names in files, paths, what was typed.

Such a text may hold what a terminal obeys (escape sequences), what moves other words about (marks
of direction, line breaks), what nobody sees (zero-width characters), what no encoding writes (half
a surrogate pair), or what the log of a job on GitHub takes for a command. Shown is its code, as
Python writes it: \\x1b, \\n, \\u202e. Formats for programs hold the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable

NAME = 60
"""Characters of a label, an id or a name in a table."""

WORD = 300
"""Characters of a word in a message: as much of a path as can be read."""

MESSAGE = 3000
"""Characters of a message or of a cell of words."""

_LONG_WORD = re.compile(rf"\S{{{WORD + 1},}}")

_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""What Python calls printable though nothing is seen: fillers and selectors of variants."""

_HASHES = re.compile(r"##(?=\w*\[)")
"""What a job's log takes for a command wherever it stands: ##[error], ##vso[...]."""

_COMMAND = re.compile(r"^( *):(?=:.*::)", re.MULTILINE)
"""What it takes for one at the start of a line: ::error::words, ::group::."""

_COLONS = re.compile(r"^( *):(?=:)")

_SHORT = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def plain(text: str) -> str:
    """A text in one line, in which every character is seen; what is plain stays as it is."""
    return _seen(text, _python)


def inert(lines: str) -> str:
    """Lines that a job's log takes for no commands, whatever they came to begin with."""
    return _COMMAND.sub(r"\1\\x3a", lines)


def short_name(text: str) -> str:
    """A label, an id or a name in a table: plain, cut where it is long, and no command."""
    return cut(_COLONS.sub(r"\1\\x3a", plain(text)), NAME)


def message(text: str) -> str:
    """A sentence with text from outside in it: plain, long words cut, and no longer than a page."""
    return cut(_LONG_WORD.sub(lambda found: cut(found[0], WORD), plain(text)), MESSAGE)


def json_text(text: str) -> str:
    """JSON that reads back as the same, in which every character is seen and none is obeyed."""
    if text.isprintable() and text.isascii() and "##" not in text:
        return text
    return "\n".join(_seen(line, _json) for line in text.split("\n"))


def cut(text: str, most: int) -> str:
    """No longer than that: of a long text its two ends, for names often differ at the last."""
    if len(text) <= most:
        return text
    end = (most - 1) // 3
    return f"{text[: most - 1 - end]}…{text[-end:]}"


def _seen(text: str, code: Callable[[str], str]) -> str:
    if not text.isprintable() or (not text.isascii() and _BLANK.search(text)):
        text = "".join(
            each if each.isprintable() and not _BLANK.match(each) else code(each) for each in text
        )
    return _HASHES.sub(lambda _: f"{code('#')}#", text) if "##" in text else text


def _python(character: str) -> str:
    """The code of a character in a string of Python."""
    number = ord(character)
    if number < 0x100:
        return _SHORT.get(character, f"\\x{number:02x}")
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _json(character: str) -> str:
    """The code of a character in a string of JSON, which counts in UTF-16."""
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))
