"""Bytes of valid files with some of them changed, as damaged disks and hostile writers do it."""

from __future__ import annotations

import re
from collections.abc import Callable

from hypothesis import strategies as st

Change = Callable[[bytes, bytes], bytes]
"""From the bytes of a file, and those of another of the same format, to damaged ones."""

EXTREMES = (0, 1, 2, 127, 128, 255, 2**15, 2**16 - 1, 2**24, 2**31 - 1, 2**31, 2**32 - 1, 2**40,
            2**56, 2**62, 2**63 - 1, 2**63, 2**64 - 1)  # fmt: skip
"""Numbers at which counts and offsets go wrong."""

TEXTS = (b"0", b"-1", b"1", b"3.5", b"1e9", b"99999999", b"4294967296", b"9223372036854775807",
         b"18446744073709551616", b"1" + b"0" * 40, b"True", b"None", b"nan", b"")  # fmt: skip
"""What takes the place of a number that is written in digits."""

_EDGE = 600
"""Bytes at both ends of a file, where headers and footers are."""

_places = st.one_of(
    st.integers(0, _EDGE),
    st.integers(-_EDGE, -1),
    st.integers(0, 2**20),
)


def _at(place: int, content: bytes) -> int:
    return place % max(1, len(content))


def _put(content: bytes, at: int, new: bytes) -> bytes:
    return content[:at] + new + content[at + len(new) :]


def _flip(place: int, bit: int) -> Change:
    def change(content: bytes, _: bytes) -> bytes:
        at = _at(place, content)
        return _put(content, at, bytes(byte ^ (1 << bit) for byte in content[at : at + 1]))

    return change


def _write(place: int, new: bytes) -> Change:
    return lambda content, _: _put(content, _at(place, content), new)


def _number(place: int, value: int, width: int, order: str) -> Change:
    new = (value % 2 ** (8 * width)).to_bytes(width, "big" if order == "big" else "little")
    return lambda content, _: _put(content, _at(place, content), new)


def _digits(which: int, new: bytes) -> Change:
    """Another number in the place of one that is written in digits."""

    def change(content: bytes, _: bytes) -> bytes:
        found = list(re.finditer(rb"[0-9]+", content[: 4 * _EDGE]))
        if not found:
            return content
        start, stop = found[which % len(found)].span()
        return content[:start] + new + content[stop:]

    return change


def _digits_in_place(which: int, new: bytes) -> Change:
    """The same, of the same length, so that what follows stays where it was."""

    def change(content: bytes, _: bytes) -> bytes:
        found = list(re.finditer(rb"[0-9][0-9, ]*", content[: 4 * _EDGE]))
        if not found:
            return content
        start, stop = found[which % len(found)].span()
        return content[:start] + new[: stop - start].ljust(stop - start) + content[stop:]

    return change


def _cut(place: int) -> Change:
    return lambda content, _: content[: _at(place, content)]


def _behead(place: int) -> Change:
    return lambda content, _: content[_at(place, content) :]


def _insert(place: int, new: bytes) -> Change:
    def change(content: bytes, _: bytes) -> bytes:
        at = _at(place, content)
        return content[:at] + new + content[at:]

    return change


def _remove(place: int, length: int) -> Change:
    def change(content: bytes, _: bytes) -> bytes:
        at = _at(place, content)
        return content[:at] + content[at + length :]

    return change


def _copy(source: int, target: int, length: int) -> Change:
    """Bytes of one place over those of another."""

    def change(content: bytes, _: bytes) -> bytes:
        at = _at(source, content)
        return _put(content, _at(target, content), content[at : at + length])

    return change


def _graft(place: int, elsewhere: int) -> Change:
    """The beginning of one file before the end of another."""
    return lambda content, other: content[: _at(place, content)] + other[_at(elsewhere, other) :]


def _transplant(place: int, length: int) -> Change:
    """Bytes of another file at the same place."""

    def change(content: bytes, other: bytes) -> bytes:
        at = _at(place, content)
        return _put(content, at, other[at : at + length])

    return change


_widths = st.sampled_from((1, 2, 4, 8))
_orders = st.sampled_from(("little", "big"))
_short = st.binary(min_size=1, max_size=16)
_lengths = st.integers(1, 64)
_which = st.integers(0, 99)

_changes: st.SearchStrategy[Change] = st.one_of(
    st.builds(_flip, _places, st.integers(0, 7)),
    st.builds(_write, _places, _short),
    st.builds(_number, _places, st.sampled_from(EXTREMES), _widths, _orders),
    st.builds(_digits, _which, st.sampled_from(TEXTS)),
    st.builds(_digits_in_place, _which, st.sampled_from(TEXTS)),
    st.builds(_cut, _places),
    st.builds(_behead, _places),
    st.builds(_insert, _places, _short),
    st.builds(_remove, _places, _lengths),
    st.builds(_copy, _places, _places, _lengths),
    st.builds(_graft, _places, _places),
    st.builds(_transplant, _places, _lengths),
)


@st.composite
def damages(draw: st.DrawFn) -> Change:
    """One to four changes, one after the other."""
    steps = draw(st.lists(_changes, min_size=1, max_size=4))

    def change(content: bytes, other: bytes) -> bytes:
        for step in steps:
            content = step(content, other)
        return content

    return change
