"""A line of progress: what is done, how fast, how long it still takes."""

from __future__ import annotations

_UNITS = ("", " k", " M", " G", " T", " P")

_WIDEST, _NARROWEST = 40, 5
"""Cells of the bar."""

_GAP = 2


def line(words: str, share: float, facts: tuple[str, ...], columns: int, *, plain: bool) -> str:
    """Words, a bar, percent and facts, in fewer columns than the terminal has.

    What does not fit is left out: first cells of the bar, then the bar, then facts from the right,
    then the ends of the words.

    Args:
        words: What is counted.
        share: How much of it is done, from 0 to 1.
        facts: Rate and time left.
        columns: Of the terminal; the last one stays empty, or the terminal would begin a new line.
        plain: Whether the terminal has no block characters.
    """
    room = columns - 1
    parts = [words, f"{100 * share:3.0f} %", *facts]
    while len(parts) > 1 and _taken(parts) > room:
        parts.pop()
    cells = min(_WIDEST, room - _taken(parts) - _GAP)
    if cells >= _NARROWEST:
        full = round(share * cells)
        on, off = ("#", "-") if plain else ("█", "░")
        parts.insert(1, on * full + off * (cells - full))
    return (" " * _GAP).join(parts)[:room]


def _taken(parts: list[str]) -> int:
    return sum(map(len, parts)) + _GAP * (len(parts) - 1)


def rate(per_second: float, what: str) -> str:
    """Two or three digits and a unit: `1.2 G scores/s`."""
    step = 0
    while per_second >= 999.5 and step < len(_UNITS) - 1:
        per_second, step = per_second / 1000, step + 1
    digits = f"{per_second:.1f}" if step and per_second < 9.95 else f"{per_second:.0f}"
    return f"{digits}{_UNITS[step]} {what}/s"


def clock(seconds: float) -> str:
    """`0:07`, `12:34`, `1:02:03`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
