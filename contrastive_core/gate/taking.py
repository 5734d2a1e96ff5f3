"""Taking a document of JSON apart: each place must hold what is expected there, and no more."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, ItemsView, Mapping
from typing import Any

_LEAST, _MOST = 0, 2**63 - 1


class Wrong(Exception):
    """What was expected where, and what was got."""

    def __init__(self, where: str, expected: str, got: Any) -> None:
        self.where, self.expected = where, expected
        shown = _shown(got)
        self.got = shown if len(shown) <= 60 else f"{shown[:57]}..."
        super().__init__(where)


def _shown(got: Any) -> str:
    if isinstance(got, dict | list):
        return "an object" if isinstance(got, dict) else f"a list of {len(got)}"
    return got if isinstance(got, Words) else json.dumps(got)


class Words(str):
    """What was got, in words."""


Take = Callable[[Any, str], Any]
"""(value, where it stands) to what it means; raises `Wrong`."""


def members(value: Any, where: str) -> ItemsView[str, Any]:
    """The members of an object."""
    if not isinstance(value, dict):
        raise Wrong(where, "an object", value)
    return value.items()


def exactly(value: Any, where: str, take: Mapping[str, Take]) -> dict[str, Any]:
    """The members of an object, which has these and no others."""
    given = dict(members(value, where))
    for name in take:
        if name not in given:
            raise Wrong(where, f"{name!r}", Words(f"an object without {name!r}"))
    for name in given:
        if name not in take:
            raise Wrong(where, f"no other than {', '.join(take)}", name)
    return {name: each(given[name], f"{where}.{name}".lstrip(".")) for name, each in take.items()}


def list_of(take: Take) -> Take:
    """A list, each of its entries taken."""

    def found(value: Any, where: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Wrong(where, "a list", value)
        return tuple(take(each, f"{where}[{place}]") for place, each in enumerate(value))

    return found


def or_null(take: Take) -> Take:
    """Null, or what is taken."""
    return lambda value, where: None if value is None else take(value, where)


def is_a(value: Any, kind: type) -> bool:
    """Whether it is of a type; a bool is no number."""
    return isinstance(value, kind) and not isinstance(value, bool)


def string(value: Any, where: str) -> str:
    """A string that can be written again: JSON can spell half a character."""
    if not isinstance(value, str) or _is_half(value):
        raise Wrong(where, "a string", value)
    return value


def _is_half(value: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in value)


def sha256(value: Any, where: str) -> str:
    """A hash."""
    if re.fullmatch("[0-9a-f]{64}", string(value, where)) is None:
        raise Wrong(where, "64 hexadecimal digits", value)
    return str(value)


def count(value: Any, where: str) -> int:
    """A whole number that counts something."""
    if not is_a(value, int) or not _LEAST <= value <= _MOST:
        raise Wrong(where, "a whole number from 0 on", value)
    return int(value)


def number(value: Any, where: str) -> float:
    """A finite number."""
    try:
        found = float(value) if is_a(value, int) or is_a(value, float) else math.nan
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise Wrong(where, "a finite number", value)
    return found


def not_negative(value: Any, where: str) -> float:
    """A finite number from 0 on."""
    found = number(value, where)
    if found < 0:
        raise Wrong(where, "a number from 0 on", value)
    return found
