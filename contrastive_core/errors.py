"""What a user can put right: every error says what was expected, what was got and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from numbers import Integral

from .plain_text import message

_LISTED = 100
"""Known names that a message lists."""


class ContrastError(Exception):
    """Something the user can put right.

    The wording belongs to the error, so that the command line, the library and the tests read
    the same message. Text from outside in it is shown plain, and cut where it is long.

    Args:
        what: One line that names the thing at fault (a file, an option, a parameter).
        expected: What would have been accepted.
        got: What was found instead.
        remedy: What to do, as an imperative sentence.
        lines: What goes on below the remedy, a line each: no text from outside breaks a line.
    """

    def __init__(
        self, what: str, *, expected: str, got: str, remedy: str, lines: Sequence[str] = ()
    ) -> None:
        self.what = message(what)
        self.expected = message(expected)
        self.got = message(got)
        self.remedy = "\n".join(map(message, (remedy, *lines)))
        super().__init__(f"{self.what}: expected {self.expected}, got {self.got}. {self.remedy}")


class BadInput(ContrastError):
    """A file or an array does not hold what it should."""


class BadParameter(ContrastError):
    """A hyper-parameter or an option has a value that means nothing."""


class NeedlessType(BadParameter):
    """`--dtype` where every file says itself what it holds."""


class NothingDefined(ContrastError):
    """No sample defines the loss, so there is no value to print."""


class TooLittleMemory(ContrastError):
    """The bound on working memory is below the least that works."""


class CannotWrite(ContrastError):
    """A result cannot be written where it was asked."""


def check_word(name: str, word: object, known: Sequence[str], remedy: str) -> None:
    """Refuse anything but one of the known words."""
    if not isinstance(word, str) or word not in known:
        raise BadParameter(name, expected=" or ".join(known), got=shown(word), remedy=remedy)


def check_count(name: str, number: object, remedy: str) -> None:
    """Refuse anything but a whole number from 0 on."""
    if isinstance(number, bool) or not isinstance(number, Integral) or number < 0:
        got = str(number) if isinstance(number, int) else shown(number)
        expected = "a whole number from 0 on"
        raise BadParameter(name, expected=expected, got=got, remedy=remedy)


def listed(name: str, words: object) -> list[str]:
    """One text, or several in any row."""
    several = [words] if isinstance(words, str) else words
    if isinstance(several, Iterable) and not isinstance(several, bytes):
        found = list(several)
        if all(isinstance(each, str) for each in found):
            return found
    raise BadParameter(
        name, expected="a text, or a list of them", got=shown(words), remedy="Give a list of str."
    )


def shown(value: object) -> str:
    """A plain value as it is typed, of any other its type."""
    plain = value is None or isinstance(value, str | bytes | int | float)
    return repr(value) if plain else type(value).__name__


def counted(count: int, noun: str, several: str = "") -> str:
    """`1 row`, `2 rows`: a number with its noun, `several` where its plural has more than an s."""
    return f"{count} {noun if count == 1 else several or f'{noun}s'}"


def known_names(name: str, known: Iterable[str]) -> str:
    """The known names, the one nearest to `name` first said: the remedy of every unknown name."""
    names = list(known)
    near = difflib.get_close_matches(name.lower(), names, n=1)
    guess = f"Did you mean {near[0]!r}? " if near else ""
    return f"{guess}Known: {some(names, _LISTED)}."


def some(words: Sequence[str], most: int = 12) -> str:
    """Words in a row; of many the first, and how many there are besides."""
    shown, more = ", ".join(words[:most]), len(words) - most
    return f"{shown} and {more} more" if more > 0 else shown
