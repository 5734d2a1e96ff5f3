"""Hyper-parameters as they are declared on a loss: default, bound, wording, bad examples.

A parameter is declared once, as a dataclass field made here. From it follow the check of a value,
the message when it is bad, the option of the command line with its help, and the bad values that
the property tests try. Nothing here imports NumPy, so that `--help` does not either.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .errors import BadParameter, known_names, shown

_KEY = "contrast"

LARGEST = 1e30
"""No parameter is larger: squares of it, and its products with scores, stay in range."""


@dataclass(frozen=True)
class Number:
    """A finite real number above, or from, a lower end."""

    above: float = -math.inf
    least: float | None = None
    """The lower end where it is legal itself; `above` is then not looked at."""
    most: float | None = None
    """The upper end, legal itself."""
    whole: bool = False
    """Whether it counts something."""
    meaning: str = ""
    aliases: tuple[str, ...] = ()
    reciprocal: str | None = None
    """Another name for 1 / value: `scale` for a temperature."""
    optional: bool = False
    """Whether None, for nothing asked, is legal too."""

    @property
    def expected(self) -> str:
        """The legal values in words."""
        kind = "a whole number" if self.whole else "a finite number"
        most = "" if self.most is None else f" and <= {self.most:g}"
        if self.least is not None:
            return f"{kind} >= {self.least:g}{most}"
        return kind + ("" if self.above == -math.inf else f" > {self.above:g}") + most

    @property
    def bad(self) -> tuple[Any, ...]:
        """Values that must be refused."""
        low = () if self.least is None else (self.least - 1.0,)
        ends = low if low or self.above == -math.inf else (self.above, self.above - 1.0)
        ends = ends if self.most is None else (*ends, self.most + 1.0)
        return (*ends, *((1.5,) if self.whole else ()), math.nan, math.inf, -math.inf, "warm")

    def check(self, name: str, value: Any) -> float | None:
        """The value as a number, or the error that names what is legal."""
        if value is None and self.optional:
            return None
        number = self._number(value)
        if self._high_enough(number) and self._moderate(number):
            return int(number) if self.whole else number
        low = f" and at least {1 / LARGEST:g}" if self.reciprocal else ""
        bounded = self._high_enough(number) and self.most is None
        extreme = f"{low}, at most {LARGEST:g}" if bounded else ""
        raise BadParameter(
            name,
            expected=self.expected + extreme,
            got=(str(value) or "nothing") if isinstance(value, str | float) else shown(value),
            remedy=f"Give {name} a value such as {self.example:g}.",
        )

    def _number(self, value: Any) -> float:
        """What was written as a float; NaN where it is none."""
        if isinstance(value, bool) or "_" in str(value):
            return math.nan
        try:
            number = float(value)
        except (TypeError, ValueError):
            return math.nan
        return math.nan if self.whole and not number.is_integer() else number

    def _high_enough(self, number: float) -> bool:
        return number > self.above if self.least is None else number >= self.least

    def _moderate(self, number: float) -> bool:
        """Whether products with it, and with its inverse where that has a name, are numbers."""
        low_enough = abs(number) <= LARGEST and (self.most is None or number <= self.most)
        return low_enough and (self.reciprocal is None or number >= 1 / LARGEST)

    @property
    def example(self) -> float:
        """A value that is always legal."""
        if self.least is not None:
            return self.least + (1 if self.whole else 0.5)
        return 0.5 if self.above == -math.inf else self.above + 0.5


@dataclass(frozen=True)
class NumberOr:
    """A finite number, or one of a few words."""

    words: tuple[str, ...]
    meaning: str = ""

    @property
    def expected(self) -> str:
        """The legal values in words."""
        return f"a finite number or {' or '.join(self.words)}"

    @property
    def bad(self) -> tuple[Any, ...]:
        """Values that must be refused."""
        return (math.nan, math.inf, "no-such-word", "")

    def check(self, name: str, value: Any) -> float | str:
        """The word, or the number as a float."""
        if isinstance(value, str) and value in self.words:
            return str(value)
        number = Number()._number(value)
        if abs(number) <= LARGEST:
            return number
        raise BadParameter(
            name,
            expected=self.expected,
            got=shown(value),
            remedy=f"Give {name} a number such as 0, or {self.words[0]}.",
        )


@dataclass(frozen=True)
class Choice:
    """One of a few names."""

    names: tuple[str, ...]
    meaning: str = ""

    @property
    def bad(self) -> tuple[Any, ...]:
        """Values that must be refused."""
        return ("", "no-such-name", self.names[0].upper() + "?")

    def check(self, name: str, value: Any) -> str:
        """The value, or the error that lists the known names."""
        if not isinstance(value, bool) and str(value) in self.names:
            return str(value)
        raise BadParameter(
            name,
            expected=f"one of {', '.join(self.names)}",
            got=shown(value),
            remedy=known_names(str(value), self.names),
        )


@dataclass(frozen=True)
class Flag:
    """On or off."""

    meaning: str = ""

    @property
    def bad(self) -> tuple[Any, ...]:
        """Values that must be refused."""
        return ("yes", 2, None)

    def check(self, name: str, value: Any) -> bool:
        """The value, or the error."""
        if isinstance(value, bool):
            return value
        raise BadParameter(
            name,
            expected="True or False",
            got=shown(value),
            remedy=f"Leave --{name} out, or give it without a value.",
        )


@dataclass(frozen=True)
class Switch:
    """Two options that exclude each other; neither leaves the choice to the loss."""

    on: str
    off: str
    meaning: str = ""
    off_meaning: str = ""

    @property
    def bad(self) -> tuple[Any, ...]:
        """Values that must be refused."""
        return ("yes", 2)

    def check(self, name: str, value: Any) -> bool | None:
        """The value, or the error."""
        if value is None or isinstance(value, bool):
            return value
        raise BadParameter(
            name,
            expected="True, False or None",
            got=shown(value),
            remedy=f"Give --{self.on} or --{self.off}, or neither.",
        )


Bound = Number | NumberOr | Choice | Flag | Switch


def declare(default: Any, bound: Bound) -> Any:
    """A dataclass field that carries its bound."""
    return dataclasses.field(default=default, metadata={_KEY: bound})


def temperature(default: float) -> Any:
    """The temperature tau that divides every similarity; `scale` is its inverse."""
    bound = Number(
        above=0.0,
        meaning="Temperature tau: similarities are divided by it.",
        aliases=("temperature",),
        reciprocal="scale",
    )
    return declare(default, bound)


def choice(*names: str, meaning: str) -> Any:
    """One of `names`; the first is the default."""
    return declare(names[0], Choice(names, meaning))


def flag(meaning: str) -> Any:
    """Off unless asked."""
    return declare(False, Flag(meaning))


def number(default: float, meaning: str, **bound: Any) -> Any:
    """A number with its bound: `above`, `least`, `whole`."""
    return declare(default, Number(meaning=meaning, **bound))


def knob(default: Any) -> Any:
    """What a library's convention may set and no option does."""
    return dataclasses.field(default=default, kw_only=True)


@dataclass(frozen=True)
class Parameter:
    """A declared hyper-parameter as seen from outside: its option name, default and bound."""

    field: str
    default: Any
    bound: Bound

    @property
    def name(self) -> str:
        """The name as typed on the command line, without dashes in front."""
        return self.field.replace("_", "-")

    def said(self, value: Any) -> str:
        """The name with a value, in words."""
        match self.bound:
            case Switch(on, off):
                return on if value else off
            case Flag():
                return self.name if value else f"no {self.name}"
            case _:
                return (
                    f"{self.name} {value:g}" if isinstance(value, float) else f"{self.name} {value}"
                )


def parameters(declaration: type) -> Iterator[Parameter]:
    """The hyper-parameters that a loss class declares, in their order."""
    for field in dataclasses.fields(declaration):
        if _KEY in field.metadata:
            yield Parameter(field.name, field.default, field.metadata[_KEY])


class Inverse(float):
    """A number that was given by its inverse, and keeps it: 1 / (1 / 49) is not 49."""

    def __new__(cls, of: float) -> Inverse:
        """1 / of."""
        return super().__new__(cls, 1.0 / of)

    def __init__(self, of: float) -> None:
        self.of = float(of)

    def __getnewargs__(self) -> tuple[float]:
        """What a copy is made of: of its own value it would be the inverse of the inverse."""
        return (self.of,)


def inverse(value: float) -> float:
    """1 / value, as it was given where that was given."""
    return value.of if isinstance(value, Inverse) else 1.0 / value


@dataclass(frozen=True)
class Spelling:
    """One way to write a hyper-parameter: its name, an alias, or the name of its inverse."""

    name: str
    parameter: Parameter
    inverse: bool = False

    def value(self, written: Any) -> Any:
        """The parameter's value from what was written, checked."""
        try:
            checked = self.parameter.bound.check(self.name, written)
        except BadParameter as error:
            raise self._better_told(error) from error
        return Inverse(float(checked)) if self.inverse and checked is not None else checked

    def _better_told(self, error: BadParameter) -> BadParameter:
        """The error with the default, which is a sensible value, where it is a number."""
        default = self.parameter.default
        number = isinstance(self.parameter.bound, Number) and isinstance(default, int | float)
        if not number or isinstance(default, bool) or (self.inverse and not default):
            return error
        usual = 1.0 / default if self.inverse else default
        remedy = f"Give {self.name} a value such as {usual:g}."
        return BadParameter(error.what, expected=error.expected, got=error.got, remedy=remedy)


def spellings(declaration: type) -> dict[str, Spelling]:
    """Every name that may be written for a loss's hyper-parameters."""
    found = []
    for parameter in parameters(declaration):
        found.append(Spelling(parameter.name, parameter))
        if isinstance(parameter.bound, Number):
            found.extend(Spelling(alias, parameter) for alias in parameter.bound.aliases)
            if parameter.bound.reciprocal:
                found.append(Spelling(parameter.bound.reciprocal, parameter, inverse=True))
    return {spelling.name: spelling for spelling in found}


def options(declaration: type) -> list[str]:
    """The hyper-parameters of a loss as they are typed, without dashes."""
    names: list[str] = []
    for parameter in parameters(declaration):
        bound = parameter.bound
        names += [bound.on, bound.off] if isinstance(bound, Switch) else [parameter.name]
        if isinstance(bound, Number):
            names += [*bound.aliases, *([bound.reciprocal] if bound.reciprocal else [])]
    return names


def check(instance: Any) -> None:
    """Check every declared hyper-parameter of a frozen dataclass, storing the checked value."""
    for parameter in parameters(type(instance)):
        value = getattr(instance, parameter.field)
        checked = parameter.bound.check(parameter.name, value)
        if not isinstance(value, Inverse):
            object.__setattr__(instance, parameter.field, checked)
