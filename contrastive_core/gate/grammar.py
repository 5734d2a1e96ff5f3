"""From the text of a rule to the rule: `FIGURE OP BOUND`.

    FIGURE = NAME | NAME(p=v, ...) | either with .FIELD | STATISTIC(FIGURE)

Every message names the part at fault and where it stands.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal

from ..errors import BadParameter, known_names
from .catalogue import COUNT, counted_of, unit_of
from .naming import figure_of
from .rules import ERROR, LEVELS, OPERATORS, Figure, Rule
from .scanning import Scan

_BOUND = re.compile(r"([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\s*(%?)")
_MISTAKEN = {"=": "==", "=<": "<=", "=>": ">=", "≤": "<=", "≥": ">=", "===": "==", "!=": ""}
"""What is typed for an operator, and which is meant."""

_MINUSES = tuple("\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{HYPHEN}\N{FIGURE DASH}")
"""What an editor or a page makes of a minus."""

_EXAMPLE = "uniformity <= -2"


def parse_rule(text: str, level: str = ERROR) -> Rule:
    """A rule from what was typed.

    Args:
        text: `infonce(tau=0.07) <= 3.2`, `triplets.hard <= 5%`, `p95(nt-xent) <= 6`.
        level: error or warn.

    Raises:
        BadParameter: It is no rule: the message says where, what was expected, and the nearest
            names.
    """
    if level not in LEVELS:
        raise BadParameter(
            "level",
            expected=" or ".join(LEVELS),
            got=repr(level),
            remedy=known_names(str(level), LEVELS),
        )
    scan = Scan(text, "rule")
    figure = figure_of(scan.figure(), scan)
    op = _operator(scan)
    return Rule(figure, op, _bound(scan, figure, op), level, text.strip())


def parse_rules(texts: Iterable[str], level: str = ERROR) -> tuple[Rule, ...]:
    """Rules from what was typed; where several are wrong, the first is told, and which others are.

    Raises:
        BadParameter: One of them is no rule.
    """
    found, refused = [], []
    for text in texts:
        try:
            found.append(parse_rule(text, level))
        except BadParameter as error:
            refused.append(error)
    if not refused:
        return tuple(found)
    first, others = refused[0], [error.what for error in refused[1:]]
    also = f" Wrong too: {', '.join(others)}." if others else ""
    raise BadParameter(
        first.what, expected=first.expected, got=first.got, remedy=f"{first.remedy}{also}"
    )


def parse_figure(text: str) -> Figure:
    """A figure from what was typed, in one spelling.

    Raises:
        BadParameter: It is none.
    """
    scan = Scan(text, "figure")
    figure = figure_of(scan.figure(), scan)
    scan.end()
    return figure


def share_of(percent: str) -> float:
    """The number nearest to a percentage as it is written: 0.07% is 0.0007, to the last bit.

    A division of two doubles would round twice, and a share that is just the bound would fail.
    """
    return float(Decimal(percent).scaleb(-2)) if abs(float(percent)) < math.inf else math.inf


def _operator(scan: Scan) -> str:
    """One of the five."""
    begin = scan.begin()
    found = scan.take(re.compile(r"[<>=!≤≥]+"))
    if found in OPERATORS:
        return found
    meant = _MISTAKEN.get(found or "", "")
    remedy = f"Write {meant}." if meant else f"For example: {_EXAMPLE}."
    raise scan.error(begin, " ".join(OPERATORS), remedy, found or None)


def _bound(scan: Scan, figure: Figure, op: str) -> float:
    """A number; or a percentage, of what is no count."""
    begin = scan.begin()
    number = scan.take(_BOUND)
    if number is None:
        minus = scan.text[begin : begin + 1] in _MINUSES
        remedy = "Write - (hyphen-minus)." if minus else f"For example: {_EXAMPLE}."
        raise scan.error(begin, "a finite number or a percentage", remedy)
    rest = scan.begin()
    if rest < len(scan.text):
        chained = scan.text[rest] in "<>=!"
        remedy = "Write two rules." if chained else f"A rule ends with its bound: {_EXAMPLE}."
        if re.match(",[0-9]", scan.text[rest:]):
            remedy = f"Write a point: {number}.{scan.text[rest + 1 :].strip()}."
        raise scan.error(rest, "the end of the rule", remedy)
    percent = number.endswith("%")
    written = number.rstrip("% \t\n")
    bound = share_of(written) if percent else float(written)
    if percent and unit_of(figure) == COUNT:
        raise _no_share(scan, begin, figure, op, number)
    if not math.isfinite(bound):
        raise scan.error(begin, "a finite number", "Nothing is beyond infinity: leave it out.")
    return bound


def _no_share(scan: Scan, begin: int, figure: Figure, op: str, number: str) -> BadParameter:
    """The error for a count in per cent."""
    what, share = counted_of(figure)
    remedy = f"The share is {share}: {share} {op} {number}." if share else f"Write how many {what}."
    return scan.error(begin, f"a number, since {figure.text} counts {what}", remedy, number)
