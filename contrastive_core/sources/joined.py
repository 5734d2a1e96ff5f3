"""Plain columns of several files, one behind the other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from .values import Values


def joined(name: str, parts: list[Values]) -> Values:
    """Columns of several files, one behind the other.

    Raises:
        BadInput: Some hold strings and others numbers, or integers that no one type holds.
    """
    known = [part for part in parts if not part.null.all()]
    null = np.concatenate([part.null for part in parts])
    kinds = {part.words is not None for part in known}
    if len(kinds) > 1:
        raise _mixed(name, "strings in some files, numbers in others")
    if True in kinds:
        words = sorted({word for part in known for word in part.words or ()})
        place = {word: number for number, word in enumerate(words)}
        codes = [_placed(part, place) for part in parts]
        return Values(name, np.concatenate(codes), null, words, told=parts[0].told)
    dtype = np.result_type(*(part.array.dtype for part in known or parts))
    if dtype.kind == "f" and all(part.array.dtype.kind in "iu" for part in known):
        raise _mixed(name, "integers with and without a sign, of 64 bits")
    if len({part.array.dtype.kind == "b" for part in known}) > 1:
        raise _mixed(name, "bools in some files, numbers in others")
    whole = np.concatenate([part.array.astype(dtype) for part in parts])
    return Values(name, whole, null, told=parts[0].told)


def _placed(part: Values, place: dict[str, int]) -> npt.NDArray[np.int64]:
    """The codes of a column in a larger list of words; 0 where there is none."""
    codes = np.zeros(len(part.null), np.int64)
    if part.words:
        codes = np.array([place[word] for word in part.words], np.int64)[part.array]
    codes[part.null] = 0
    return codes


def _mixed(name: str, got: str) -> BadInput:
    return BadInput(
        name,
        expected="values of one kind in all files",
        got=got,
        remedy="Write all files with the same type.",
    )
