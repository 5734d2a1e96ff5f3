"""A rule read from left to right, and where it went wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import BadParameter, known_names
from .catalogue import STATISTICS, named

_NAME = re.compile(r"[^\W\d]\w*(?:-\w+)*", re.ASCII)
_PATH = re.compile(r"\w+(?:-\w+)*(?:\s*\.\s*\w+(?:-\w+)*)*", re.ASCII)
_FIRST = "The figure stands first, as in uniformity <= -2."
_MEANS = ("mean", "avg", "average")
_QUANTILE = re.compile(r"[pq][0-9]+|median")
_VALUE = re.compile(r"[-+.\w]+", re.ASCII)


@dataclass(frozen=True)
class Piece:
    """Some characters of a rule.

    Args:
        text: What is written.
        at: Where it begins, counted from 0.
    """

    text: str
    at: int


@dataclass(frozen=True)
class Written:
    """A figure as it is written, before its names are known to mean something.

    Args:
        name: Of the metric or loss.
        parameters: (name, value) pairs.
        field: Behind the point; empty for none.
        statistic: Around it; None for none.
    """

    name: Piece
    parameters: tuple[tuple[Piece, Piece], ...]
    field: Piece
    statistic: Piece | None = None


class Scan:
    """The text of a rule or figure, and how far it is read."""

    def __init__(self, text: str, what: str) -> None:
        self.text, self.what, self.at = text, what, 0

    def begin(self) -> int:
        """Where the next piece begins: behind white space."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.at

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """The next piece, where it is like this; else None, and nothing is read."""
        match = pattern.match(self.text, self.begin())
        if match is None:
            return None
        self.at = match.end()
        return match[0]

    def mark(self, mark: str) -> bool:
        """Whether the next character is this one; it is read then."""
        found = self.text[self.begin() : self.at + 1] == mark
        self.at += found
        return found

    def figure(self) -> Written:
        """A figure."""
        name = self._piece(_NAME, "the name of a metric or a loss", _FIRST)
        if _QUANTILE.fullmatch(name.text) and name.text not in STATISTICS:
            remedy = f"For example: p95(nt-xent). {known_names(name.text, STATISTICS)}"
            raise self.error(name.at, "a quantile that is known", remedy, name.text)
        if name.text in STATISTICS and self.mark("("):
            inside = self.figure()
            if inside.statistic is not None:
                raise self.error(inside.statistic.at, "a loss", "A quantile is of one loss.")
            self._close()
            behind = self.begin()
            if self.mark("."):
                raise self.error(behind, "an operator", f"{name.text}(...) has no fields.", ".")
            return Written(inside.name, inside.parameters, inside.field, name)
        keys = self._keys()
        if keys is not None:
            name = Piece(f"{name.text}.keys", name.at)
        listed = self._parameters(name) if self.mark("(") else ()
        field = Piece("", self.at)
        if self.mark("."):
            field = self._piece(_PATH, "the name of a field", "For example: triplets.hard.")
            opened = self.begin()
            if self.mark("("):
                remedy = f"Parameters stand behind the name: {name.text}(p=v).{field.text}."
                raise self.error(opened, "an operator", remedy, "(")
        return Written(name, listed, field)

    def _keys(self) -> str | None:
        """The `.keys` that belongs to a name."""
        return self.take(re.compile(r"\.\s*keys\b(?!\s*\.)"))

    def _parameters(self, of: Piece) -> tuple[tuple[Piece, Piece], ...]:
        """Behind the bracket that opens: p=v, p=v)."""
        found: list[tuple[Piece, Piece]] = []
        if self.mark(")"):
            return ()
        while True:
            name = self._piece(_NAME, "the name of a parameter", "For example: infonce(tau=0.07).")
            at = self.begin()
            if not self.mark("="):
                raise self._no_value(of, name, at)
            value = self._piece(_VALUE, f"a value of {name.text}", "For example: tau=0.07.")
            found.append((name, value))
            if not self.mark(","):
                break
        self._close()
        return tuple(found)

    def _no_value(self, of: Piece, name: Piece, at: int) -> BadParameter:
        """A name alone in brackets: a parameter without a value, or a figure in some statistic."""
        if named(of.text) or not named(name.text):
            return self.error(at, f"= behind {name.text}", f"Write {name.text}=VALUE.")
        self.at = name.at
        self.figure()
        inside = self.text[name.at : self.at].strip()
        remedy = f"Write {inside} alone: it is one number, of a loss the mean."
        if of.text not in _MEANS:
            remedy = known_names(of.text, STATISTICS)
        return self.error(of.at, "a quantile around a loss", remedy, of.text)

    def _close(self) -> None:
        at = self.begin()
        if not self.mark(")"):
            raise self.error(at, "a closing bracket", "Close what was opened: infonce(tau=0.07).")

    def end(self) -> None:
        """Refuse what stands behind."""
        at = self.begin()
        if at < len(self.text):
            raise self.error(at, "the end", "Leave out what stands behind.")

    def _piece(self, pattern: re.Pattern[str], expected: str, remedy: str) -> Piece:
        at = self.begin()
        found = self.take(pattern)
        if found is None:
            raise self.error(at, expected, remedy)
        return Piece(found, at)

    def error(self, at: int, expected: str, remedy: str, part: str | None = None) -> BadParameter:
        """What is wrong at a place.

        Args:
            at: The place, counted from 0; it is told counted from 1.
            expected: What should stand there.
            remedy: What to do.
            part: What stands there; None for the rest of the text.
        """
        rest = (self.text[at:] if part is None else part).strip()
        got = f"{rest!r} at character {at + 1}" if rest else "its end"
        return BadParameter(
            f"{self.what} {self.text.strip()!r}", expected=expected, got=got, remedy=remedy
        )
