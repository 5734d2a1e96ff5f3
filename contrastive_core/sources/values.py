"""Columns of plain numbers or strings: what they are, not yet what they mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadInput, counted
from .tensors import array_of, no_array, on_host

_FIRST = 5
"""How many bad rows a message names."""

_STEP = 2**12
"""Strings of an array that become Python's at a time: each may be padded to any length."""

_MOST = 2**53
"""Up to here float64 holds every whole number."""

_GRADES, _HIGHEST = 3, 100
"""How many different whole numbers are grades, and not a yes and a no; and how far grades go."""

_GRADED = (
    "They are graded: choose the grade from which on two are similar, and save grades >= GRADE as "
    "1 and 0; or keep those rows alone, as pairs (i, j). Of STS, graded 0 to 5, positives are "
    "usually those of 4 and more; of grades up to 1 those of 0.8 and more."
)

_KINDS: dict[str, Any] = {
    "a bool": bool,
    "a whole number": int,
    "a float": float | np.longdouble,
    "a string": str,
    "None": type(None),
}

Check = Callable[[str, tuple[int, ...]], None]
"""Raises on a shape that is not wanted, given what messages call the file, and the shape."""


@dataclass(frozen=True)
class Wanted:
    """What is read, in the words of messages.

    Args:
        name: What an array in memory is called.
        noun: What there is one of per row, in the plural.
        kinds: What these are stored as.
        save: How to write such a file, as an imperative sentence.
        columns: The names of the columns; "?" after one that a file may lack. For one value per
            row, the names that are taken where a file has several columns.
        per: What there is one for each of: a row, or a sample of several views.
        rows: Of one value per row how many there must be; None where that is not known.
        single: Whether it is one value per row, whose array may have axes of length 1 besides.
        one_hot: Whether a row of 0s and a single 1 may stand for the place of that.
    """

    name: str
    noun: str
    kinds: str
    save: str
    columns: tuple[str, ...]
    per: str = "row"
    rows: int | None = None
    single: bool = False
    one_hot: bool = False

    def counted(self, count: int) -> str:
        """So many of them."""
        single = {"matches": "match", "probabilities": "probability"}
        return counted(count, single.get(self.noun, self.noun.removesuffix("s")), self.noun)

    @property
    def names(self) -> list[str]:
        """The names of the columns, without marks."""
        return [column.rstrip("?") for column in self.columns]


@dataclass(frozen=True, eq=False)
class Values:
    """One column of numbers or strings.

    Args:
        name: The file as the user wrote it, or the name of an argument.
        array: The numbers as they were stored, 0 where there is none; of strings the places in
            `words`.
        null: Where there is no value.
        words: The different strings, sorted.
        joined: How the rows belong to those of EMBEDDINGS; empty where nothing was looked at.
        order: The row of the file that each row is; None for the file's own order.
        told: What is said of it where it was read in another way than it is stored.
    """

    name: str
    array: npt.NDArray[Any]
    null: npt.NDArray[np.bool_]
    words: list[str] | None = None
    joined: str = ""
    order: npt.NDArray[np.intp] | None = None
    told: tuple[str, ...] = ()

    def take(self, order: npt.NDArray[np.intp]) -> Values:
        """Some rows, in an order."""
        return replace(self, array=self.array[order], null=self.null[order], order=order)

    def rows_found(self, bad: npt.NDArray[np.bool_]) -> str:
        """How many rows a condition holds for, and the first of them in the file."""
        return rows_found(bad, self.order)


def rows_found(bad: npt.NDArray[np.bool_], order: npt.NDArray[np.intp] | None = None) -> str:
    """How many rows a condition holds for, and the first of them; by their places in an order."""
    found = np.flatnonzero(bad) if order is None else np.sort(order[bad])
    listed = ", ".join(str(row) for row in found[:_FIRST].tolist())
    return f"{counted(len(found), 'row')} (first: {listed})"


def whole_numbers(values: Values, expected: str, remedy: str) -> npt.NDArray[Any]:
    """The values as integers, 0 where there is none.

    Args:
        values: What was read.
        expected: What they should be, for messages.
        remedy: What to do about strings and bools.
    """
    refuse_words(values, expected, remedy)
    array = values.array
    if array.dtype.kind != "f":
        return array
    # float16 counts to 2048 and float32 to 2^24; beyond, neighbours have become one number.
    most = min(_MOST, 2 ** (np.finfo(array.dtype).nmant + 1))
    faults = {
        "infinite values": np.isinf(array),
        "values with a fraction": np.isfinite(array) & (array != np.floor(array)),
        f"values beyond {most}, where {array.dtype} lacks whole numbers": np.abs(array) > most,
    }
    for what, bad in faults.items():
        if bad.any():
            got = f"{what} in {values.rows_found(bad)}"
            how = "Save whole numbers, as integers."
            raise BadInput(values.name, expected=expected, got=got, remedy=how)
    return np.asarray(array.astype(np.int64))


def refuse_words(values: Values, expected: str, remedy: str) -> None:
    """Refuse strings and bools."""
    if values.words is not None or values.array.dtype.kind == "b":
        got = "strings" if values.words is not None else "bools"
        raise BadInput(values.name, expected=expected, got=got, remedy=remedy)


def refuse_gaps(values: Values, expected: str, remedy: str, *, nulls: bool = True) -> None:
    """Refuse NaN and, where `nulls`, missing values too."""
    faults = {"null": values.null & nulls}
    if values.array.dtype.kind == "f":
        faults["NaN"] = np.isnan(values.array)
    for what, bad in faults.items():
        if bad.any():
            got = f"{what} in {values.rows_found(bad)}"
            raise BadInput(values.name, expected=expected, got=got, remedy=remedy)


def refuse_outside(
    values: Values,
    numbers: npt.NDArray[Any],
    bound: int,
    expected: str,
    *,
    negative: str,
    lowest: int,
) -> None:
    """Refuse numbers below 0 and from `bound` on.

    Args:
        values: What was read.
        numbers: The same as whole numbers.
        bound: The first number that is too large.
        expected: What they should be, for messages.
        negative: What to do about negative numbers.
        lowest: The lowest of all numbers of this sort, in other columns too.
    """
    bad = ((numbers < 0) | (numbers >= bound)) & ~values.null
    if not bad.any():
        return
    if (numbers < 0).any():
        remedy = negative
    elif lowest == 1 and numbers.max() == bound:
        remedy = "They seem to count from 1: subtract 1."
    else:
        remedy = "Check that they were written for these embeddings."
    got = f"numbers outside in {values.rows_found(bad)}, such as {numbers[bad][0]}"
    raise BadInput(values.name, expected=expected, got=got, remedy=remedy)


def zeros_and_ones(values: Values, expected: str, remedy: str) -> npt.NDArray[np.bool_]:
    """Numbers or bools that say no or yes."""
    refuse_gaps(values, expected, remedy)
    if values.words is None and values.array.dtype.kind == "b":
        return values.array.astype(np.bool_)
    refuse_words(values, expected, remedy)
    array = values.array
    bad = (array != 0) & (array != 1)
    if bad.any():
        got = f"other numbers in {values.rows_found(bad)}, such as {array[bad][0]:g}"
        how = _GRADED if _is_graded(array) else remedy
        raise BadInput(values.name, expected=expected, got=got, remedy=how)
    return np.asarray(array == 1)


def _is_graded(array: npt.NDArray[Any]) -> bool:
    """Whether numbers look like scores of similarity, such as those of STS."""
    grades = np.unique(array)
    fine = len(grades) >= _GRADES or (grades != np.floor(grades)).any()
    return bool(fine and grades[0] >= 0 and grades[-1] <= _HIGHEST)


def check_kind(name: str, dtype: np.dtype[Any], wanted: Wanted) -> None:
    """Refuse an array of neither numbers nor strings nor Python's values."""
    if dtype.kind not in "biufUSTO":
        raise BadInput(
            name,
            expected=f"{wanted.noun} as plain {wanted.kinds}",
            got=f"dtype {dtype}",
            remedy=wanted.save,
        )


def in_memory(given: Any, wanted: Wanted) -> npt.NDArray[Any]:
    """An array; a list becomes one of objects, so that None, 1 and "1" stay what they are."""
    if isinstance(given, np.ma.MaskedArray):
        given = given.tolist()  # None where it is masked
    expected = f"a path, an array or a list of {wanted.noun}"
    if not isinstance(given, list | tuple):
        array = array_of(given, wanted.name, expected)
        if array.ndim:
            return array
        raise no_array(given, wanted.name, expected)
    try:
        return np.array(on_host(given), dtype=object)
    except Exception as error:  # nobody knows all that the items of a list may raise
        raise no_array(given, wanted.name, expected, error) from error


def from_array(name: str, array: npt.NDArray[Any], wanted: Wanted) -> Values:
    """A column of any array."""
    check_kind(name, array.dtype, wanted)
    if array.dtype.kind in "biuf":
        return Values(name, np.array(array), np.zeros(len(array), bool))
    try:
        plain = _listed(array)
    except (ValueError, SystemError) as error:  # the latter for numbers of no character
        raise BadInput(
            name,
            expected="strings in Unicode or UTF-8",
            got=f"bytes that are neither ({error})",
            remedy="Decode the strings before saving them, or save integers.",
        ) from error
    return _from_list(name, plain, wanted)


def _listed(array: npt.NDArray[Any]) -> list[Any]:
    """Python's values; of strings each different one is held once, whatever its length."""
    if array.dtype.kind not in "US":
        return [_plain(item) for item in array.tolist()]
    known: dict[str, str] = {}
    parts = (array[start : start + _STEP].tolist() for start in range(0, len(array), _STEP))
    return [known.setdefault(word, word) for part in parts for word in map(_plain, part)]


def _from_list(name: str, plain: list[Any], wanted: Wanted) -> Values:
    """A column of Python's values; None is a missing one."""
    kinds = [_kind(item) for item in plain]
    null = np.array([kind == "None" for kind in kinds], bool)
    present = [item for item in plain if item is not None]
    found = sorted(set(kinds) - {"None"})
    words = sorted(set(present)) if found == ["a string"] else None
    if words is not None:
        place = {word: number for number, word in enumerate(words)}
        dense = np.array([place[word] for word in present], np.int64)
    elif found in (["a bool"], []):
        dense = np.array(present, bool if found else np.int64)
    elif found == ["a whole number"]:
        dense = _integers(name, present)
    elif found in (["a float"], ["a float", "a whole number"]):
        dense = np.array(present, np.float64)
    else:
        raise BadInput(
            name,
            expected=f"{wanted.noun} of one kind, {wanted.kinds}",
            got=", ".join(f"{kind} (first: {kinds.index(kind)})" for kind in found),
            remedy="Make them all of one kind; a missing value is None.",
        )
    array = np.zeros(len(plain), dense.dtype)
    array[~null] = dense
    return Values(name, array, null, words)


def _plain(item: Any) -> Any:
    """A value without NumPy around it, and bytes as the string that they are."""
    item = item.item() if isinstance(item, np.generic) else item
    return item.decode() if isinstance(item, bytes) else item


def _integers(name: str, present: list[Any]) -> npt.NDArray[Any]:
    if not -(2**63) <= min(present) <= max(present) < 2**63:
        raise BadInput(
            name,
            expected="whole numbers of at most 64 bits",
            got=f"{max(present, key=abs)}",
            remedy="Give them as strings, str(value), if they are names.",
        )
    return np.array(present, np.int64)


def _kind(item: Any) -> str:
    """What a value is; bool comes before int, whose subclass it is."""
    known = (kind for kind, types in _KINDS.items() if isinstance(item, types))
    return next(known, type(item).__name__)
