"""A table of a configuration: every value of the right type, every path where it belongs."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import BadInput, ContrastError, known_names
from ..inputs.given import FILES
from ..sources.natural import GLOB
from ..sources.places import STDIN, is_uri, split_column
from ..vocabulary import DTYPES, INPUTS, NOISE, ON_BAD
from .grammar import parse_rule
from .rules import LEVELS, Rule

WORDS: Mapping[str, tuple[str, ...]] = {
    **{name: entry.names for name, entry in INPUTS.items() if entry.names},
    "dtype": DTYPES,
    "join": (),
    "on_bad": ON_BAD,
}
"""Inputs that are words and no files, with the legal ones; none are listed where any will do."""

INPUT_KEYS = (*FILES, *INPUTS, *(name for name in WORDS if name not in INPUTS))
"""What a table of inputs may hold."""

_LEVELS = dict(zip(("require", "warn"), LEVELS, strict=True))
"""The key of a list of rules, and the level of these."""


@dataclass(frozen=True)
class Table:
    """A table of a configuration; hyphens and underscores in its keys are alike.

    Args:
        content: As the file has it.
        path: The file, as seen from the working directory.
        names: Where it stands in the file.
    """

    content: Mapping[str, Any]
    path: Path
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a key that is spelt in both ways, and spell all of them in one."""
        spelt: dict[str, Any] = {}
        for key, value in self.content.items():
            name = key.replace("-", "_")
            if name in spelt:
                got, remedy = f"{name} and {key}", "Leave one of them out."
                raise BadInput(self.at(key), expected=f"{name} once", got=got, remedy=remedy)
            spelt[name] = value
        object.__setattr__(self, "content", spelt)

    def at(self, key: str | None = None) -> str:
        """What messages call a key: the file, and the way to it."""
        return f"{self.path}: {'.'.join((*self.names, *([] if key is None else [key])))}"

    def refuse_unknown(self, known: Iterable[str], elsewhere: Mapping[str, str]) -> None:
        """Refuse a key that means nothing here; `elsewhere` has remedies for some."""
        names = list(dict.fromkeys(known))
        for key in self.content:
            if key not in names:
                raise BadInput(
                    self.at(key),
                    expected=f"a key of [{'.'.join(self.names)}]",
                    got=repr(key),
                    remedy=elsewhere.get(key, "") + known_names(key, names),
                )

    def refuse_empty(self, expected: str) -> None:
        """Refuse a table without a key."""
        if not self.content:
            remedy = "Fill it, or leave it out."
            raise BadInput(self.at(), expected=expected, got="an empty table", remedy=remedy)

    def word(self, key: str) -> str | None:
        """A string that is not empty."""
        value = self.content.get(key)
        if value is None or (isinstance(value, str) and value):
            return value
        raise self._wrong(key, "a string", value, f"Write {key} = '...'.")

    def words(self, key: str) -> tuple[str, ...]:
        """A list of strings."""
        value = self.content.get(key, [])
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(value)
        raise self._wrong(key, "a list of strings", value, f"Write {key} = ['...', '...'].")

    def whole_number(self, key: str) -> int | None:
        """A whole number from 0 on."""
        value = self.content.get(key)
        if value is None or (type(value) is int and value >= 0):
            return value
        raise self._wrong(key, "a whole number from 0 on", value, f"Write {key} = 10.")

    def tables(self, key: str) -> dict[str, Table]:
        """The tables in a table, by their names."""
        value = self.content.get(key)
        if value is None:
            return {}
        below = f"[{'.'.join((*self.names, key))}.NAME]"
        if not (isinstance(value, dict) and value and all(value)):
            remedy = f"Write {below} above the files, with a name."
            raise self._wrong(key, "tables of inputs, each with a name", value, remedy)
        for name, content in value.items():
            if not isinstance(content, dict):
                remedy = f"Write {below} above the files, with a name."
                raise self._wrong(f"{key}.{name}", "a table", content, remedy)
        return {
            name: Table(content, self.path, (*self.names, key, name))
            for name, content in value.items()
        }

    def rules(self) -> tuple[Rule, ...]:
        """Its rules: those that are required, then those that only warn."""
        return tuple(
            self._rule(key, text, level)
            for key, level in _LEVELS.items()
            for text in self.words(key)
        )

    def _rule(self, key: str, text: str, level: str) -> Rule:
        """A rule; the error names its place in the file."""
        try:
            return parse_rule(text, level)
        except ContrastError as error:
            raise BadInput(
                f"{self.at(key)}: {error.what}",
                expected=error.expected,
                got=error.got,
                remedy=error.remedy,
            ) from error

    def inputs(self) -> dict[str, str]:
        """Its inputs by name: paths as seen from the working directory, and words."""
        given = {key: self.word(key) for key in INPUT_KEYS}
        return {
            key: self._legal(key, value) if key in WORDS else self._file(key, value)
            for key, value in given.items()
            if value is not None
        }

    def _legal(self, key: str, value: str) -> str:
        known = WORDS[key]
        if not known or value in known:
            return value
        raise self._wrong(key, f"one of {', '.join(known)}", value, known_names(value, known))

    def _file(self, key: str, value: str) -> str:
        """A path; the uniform noise distribution has a word of its own."""
        return value if (key, value) == ("noise", NOISE) else self.place(value)

    def place(self, written: str) -> str:
        """A path that is relative to the folder of the file, as seen from the working directory.

        Standard input, a URI and `::name`, a column of the embeddings, are what they are.
        """
        folder = self.path.parent
        if os.path.exists(folder / written):
            return str(folder / written)
        location, _ = split_column(written)
        if location in ("", STDIN) or is_uri(location):
            return written
        if GLOB.search(location):
            folder = Path(glob.escape(str(folder)))
        return str(folder / written)

    def _wrong(self, key: str, expected: str, value: Any, remedy: str) -> BadInput:
        got = "an empty string" if value == "" else repr(value)
        return BadInput(self.at(key), expected=expected, got=got, remedy=remedy)


def seen_from_here(path: Path) -> Path:
    """A path as a user would type it: relative where it leads upwards or downwards from here."""
    here, there = Path.cwd(), Path(os.path.abspath(path))
    if there.is_relative_to(here) or here.is_relative_to(there.parent):
        return Path(os.path.relpath(there, here))
    return there
