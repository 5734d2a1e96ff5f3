"""Small files of one value per row or candidate: classes, matches, noise.

Each comes from a file of any format that is read, from text where it is one value per row, or from
memory.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from .given import is_path as is_path
from .given import read_column
from .reading import PLAIN, Reading
from .shelf import LABEL_NAMES
from .source import Source
from .values import (
    Wanted,
    refuse_gaps,
    refuse_outside,
    refuse_words,
    whole_numbers,
    zeros_and_ones,
)

MATCH_NAMES = ("match", "similar", "y")
"""Column names taken as the matches where a file has several columns."""

NOISE_NAMES = ("noise", "probability", "q")
"""Column names taken as the noise where a file has several columns."""

_TO_ONE = 1e-6
"""How far from 1 probabilities may sum."""

_Rows = npt.NDArray[np.int64]
_Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Labels:
    """The class of every row.

    Args:
        codes: The place of each row's class in `classes`, -1 where there is none.
        classes: The names of the classes that occur, sorted.
        nulls: How many rows have no class.
        joined: How the rows belong to those of EMBEDDINGS; empty where nothing was looked at.
        told: What is said of them where they were read in another way than they are stored.
    """

    codes: _Rows
    classes: list[int] | list[str]
    nulls: int
    joined: str = ""
    told: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Targets:
    """The class number of every row.

    Args:
        numbers: The 0-based number, -1 where there is none.
        joined: How the rows belong to those of EMBEDDINGS; empty where nothing was looked at.
        told: What is said of them where they were read in another way than they are stored.
    """

    numbers: _Rows
    joined: str = ""
    told: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Matches:
    """Whether each row and its partner are similar.

    Args:
        similar: One truth per row.
        joined: How the rows belong to those of EMBEDDINGS; empty where nothing was looked at.
        told: What is said of them where they were read in another way than they are stored.
    """

    similar: _Truths
    joined: str = ""
    told: tuple[str, ...] = ()


def read_labels(
    given: Any,
    n: int,
    *,
    name: str = "labels",
    per: str = "row",
    beside: Source | None = None,
    reading: Reading = PLAIN,
) -> Labels:
    """One class per row: integers, strings, bools, or one-hot rows.

    Args:
        given: A path, `PATH::column`, `::column` of the file of `beside`, an array, or a list.
        n: How many there must be.
        name: What messages call an array.
        per: What there is one for each of: a row, or a sample of several views.
        beside: The embeddings, whose file `::name` is in and whose ids are compared.
        reading: What the user says about the files.

    Raises:
        BadInput: They cannot be read, are not `n`, or are neither integers nor strings.
    """
    save = "Save the labels with np.save('labels.npy', labels), or as a Parquet column."
    wanted = Wanted(name, "labels", "integers or strings", save, LABEL_NAMES, per, one_hot=True)
    values = read_column(given, wanted, n, beside, reading)
    if values.words is not None:
        codes = np.where(values.null, -1, values.array)
        return Labels(codes, values.words, int(values.null.sum()), values.joined, values.told)
    expected = "labels that are whole numbers or strings"
    gaps = "Labels with gaps belong in a Parquet column with nulls, or in a list with None."
    refuse_gaps(values, expected, gaps, nulls=False)
    truths = values.array.dtype.kind == "b"
    numbers = values.array if truths else whole_numbers(values, expected, "Save integers.")
    classes, places = np.unique(numbers[~values.null], return_inverse=True)
    codes = np.full(n, -1, np.int64)
    codes[~values.null] = places
    names = [str(each) for each in classes] if truths else classes.tolist()
    return Labels(codes, names, int(values.null.sum()), values.joined, values.told)


def read_targets(
    given: Any,
    n: int,
    classes: int,
    *,
    name: str = "labels",
    beside: Source | None = None,
    reading: Reading = PLAIN,
) -> Targets:
    """One 0-based class number per row, -1 where there is none.

    Args:
        given: A path, `PATH::column`, `::column` of the file of `beside`, an array, or a list.
        n: How many rows there are.
        classes: How many classes there are.
        name: What messages call an array.
        beside: The embeddings, whose file `::name` is in and whose ids are compared.
        reading: What the user says about the files.

    Raises:
        BadInput: They cannot be read, are not `n`, or are no numbers of classes.
    """
    save = "Save the class numbers with np.save('labels.npy', labels), or as a Parquet column."
    wanted = Wanted(name, "labels", "whole numbers", save, LABEL_NAMES, one_hot=True)
    values = read_column(given, wanted, n, beside, reading)
    expected = f"class numbers from 0 to {classes - 1}"
    gap = "A row without a class is a null in a Parquet column, or None in a list."
    refuse_gaps(values, expected, gap, nulls=False)
    remedy = "Write for each row the number of its class: its column or its prototype, from 0 on."
    if values.array.dtype.kind == "b" and classes == 2:
        values = replace(values, array=values.array.astype(np.int64))
    numbers = whole_numbers(values, expected, remedy)
    present = numbers[~values.null]
    lowest = int(present.min()) if len(present) else 0
    refuse_outside(values, numbers, classes, expected, negative=gap, lowest=lowest)
    codes = np.where(values.null, -1, numbers.astype(np.int64))
    return Targets(codes, values.joined, values.told)


def read_match(
    given: Any,
    n: int,
    *,
    name: str = "match",
    beside: Source | None = None,
    reading: Reading = PLAIN,
) -> Matches:
    """Whether each row and its partner are similar: 0 or 1 per row.

    Args:
        given: A path, `PATH::column`, an array, or a list.
        n: How many rows there are.
        name: What messages call an array.
        beside: The embeddings, whose ids are compared.
        reading: What the user says about the files.

    Raises:
        BadInput: They cannot be read, are not `n`, or are neither 0 nor 1.
    """
    save = "Save 0 or 1 per row with np.save('match.npy', match), or as a Parquet column."
    wanted = Wanted(name, "matches", "numbers 0 and 1", save, MATCH_NAMES)
    values = read_column(given, wanted, n, beside, reading)
    expected, remedy = "0 or 1 in every row", "Write 1 for similar, 0 for dissimilar."
    return Matches(zeros_and_ones(values, expected, remedy), values.joined, values.told)


def read_noise(
    given: Any, columns: int, *, sum_to_one: bool, name: str = "noise"
) -> npt.NDArray[np.float64]:
    """The probabilities of the noise, one per candidate.

    Args:
        given: A path, `PATH::column`, an array, or a list.
        columns: How many candidates there are.
        sum_to_one: Whether they must sum to 1.
        name: What messages call an array.

    Raises:
        BadInput: They cannot be read, are not as many as `columns`, or are no probabilities.
    """
    save = "Save one probability per candidate with np.save('noise.npy', q)."
    wanted = Wanted(name, "probabilities", "numbers", save, NOISE_NAMES)
    values = read_column(given, wanted, columns)
    expected = "probabilities above 0 and at most 1"
    refuse_words(values, expected, save)
    refuse_gaps(values, expected, "Give every candidate a probability.")
    noise = values.array.astype(np.float64)
    for bad, what, remedy in (
        (noise > 1, "values above 1", "Counts or weights? Divide by their sum: q / q.sum()."),
        (noise < 0, "negative values", "Give probabilities, not their logarithms."),
        (noise == 0, "0", "The noise must reach every candidate: give each more than 0."),
    ):
        if bad.any():
            got = f"{what} in {values.rows_found(bad)}"
            raise BadInput(values.name, expected=expected, got=got, remedy=remedy)
    total = math.fsum(noise.tolist())
    if sum_to_one and abs(total - 1) > _TO_ONE:
        raise BadInput(
            values.name,
            expected="probabilities that sum to 1",
            got=f"a sum of {total!r}",
            remedy="Divide them by their sum: q / q.sum().",
        )
    return noise
