"""Small files that relate rows of embeddings to each other: classes, pairs, triplets, noise.

Each comes from a file of any format that is read, from text where it is one value per row, or from
memory.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from .given import is_path as is_path
from .given import read_column, read_columns
from .reading import PLAIN, Reading
from .shelf import LABEL_NAMES
from .source import Source
from .values import (
    Check,
    Values,
    Wanted,
    refuse_gaps,
    refuse_outside,
    refuse_words,
    rows_found,
    whole_numbers,
    zeros_and_ones,
)

MATCH_NAMES = ("match", "similar", "y")
"""Column names taken as the matches where a file has several columns."""

NOISE_NAMES = ("noise", "probability", "q")
"""Column names taken as the noise where a file has several columns."""

_LEAVE_OUT = "Leave these rows out when writing the file."
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
    """

    codes: _Rows
    classes: list[int] | list[str]
    nulls: int


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of different rows.

    Args:
        i: The first row of each pair.
        j: The second row of each pair.
        y: Whether the two are similar, None where the file does not say.
    """

    i: _Rows
    j: _Rows
    y: _Truths | None


@dataclass(frozen=True, eq=False)
class TripletRows:
    """Triplets of rows.

    Args:
        anchor: The anchor of each triplet.
        positive: Its positive, another row.
        negative: Its negative.
    """

    anchor: _Rows
    positive: _Rows
    negative: _Rows


def read_labels(
    given: Any,
    n: int,
    *,
    name: str = "labels",
    beside: Source | None = None,
    reading: Reading = PLAIN,
) -> Labels:
    """One class per row, integers or strings.

    Args:
        given: A path, `PATH::column`, `::column` of the file of `beside`, an array, or a list.
        n: How many rows there are.
        name: What messages call an array.
        beside: The embeddings, whose file `::name` is in and whose ids are compared.
        reading: What the user says about the files.

    Raises:
        BadInput: They cannot be read, are not `n`, or are neither integers nor strings.
    """
    save = "Save the labels with np.save('labels.npy', labels), or as a Parquet column."
    wanted = Wanted(name, "labels", "integers or strings", save, LABEL_NAMES)
    values = read_column(given, wanted, n, beside, reading)
    if values.words is not None:
        codes = np.where(values.null, -1, values.array)
        return Labels(codes, values.words, int(values.null.sum()))
    expected = "labels that are whole numbers or strings"
    gaps = "Labels with gaps belong in a Parquet column with nulls, or in a list with None."
    refuse_gaps(values, expected, gaps, nulls=False)
    numbers = whole_numbers(values, expected, "Save integers: labels.astype(int).")
    classes, places = np.unique(numbers[~values.null], return_inverse=True)
    codes = np.full(n, -1, np.int64)
    codes[~values.null] = places
    return Labels(codes, classes.tolist(), int(values.null.sum()))


def read_targets(
    given: Any,
    n: int,
    classes: int,
    *,
    name: str = "labels",
    beside: Source | None = None,
    reading: Reading = PLAIN,
) -> _Rows:
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
    wanted = Wanted(name, "labels", "whole numbers", save, LABEL_NAMES)
    values = read_column(given, wanted, n, beside, reading)
    expected = f"class numbers from 0 to {classes - 1}"
    gap = "A row without a class is a null in a Parquet column, or None in a list."
    refuse_gaps(values, expected, gap, nulls=False)
    remedy = "Write for each row the number of its class: its column or its prototype, from 0 on."
    numbers = whole_numbers(values, expected, remedy)
    present = numbers[~values.null]
    lowest = int(present.min()) if len(present) else 0
    refuse_outside(values, numbers, classes, expected, negative=gap, lowest=lowest)
    return np.where(values.null, -1, numbers.astype(np.int64))


def read_pairs(given: Any, n: int, *, name: str = "pairs") -> Pairs:
    """Pairs of rows, similar or not.

    Args:
        given: A path or an array of shape (m, 2) or (m, 3), or a path of columns `i`, `j`, `y`.
        n: How many rows there are.
        name: What messages call an array.

    Raises:
        BadInput: They cannot be read, or are no pairs of two of `n` rows.
    """
    save = "Save one row (i, j) or (i, j, y) per pair, or the Parquet columns i, j and y."
    wanted = Wanted(name, "pairs", "whole numbers", save, ("i", "j", "y?"))
    columns = read_columns(given, wanted, _table_check(wanted, (2, 3)))
    i, j = _row_numbers(columns[:2], wanted.names[:2], n)
    y = None
    if len(columns) == 3:
        remedy = "Write 1 for similar and 0 (not -1) for dissimilar."
        y = zeros_and_ones(columns[2], "0 or 1 in y", remedy)
    if (i == j).any():
        raise BadInput(
            columns[0].name,
            expected="pairs of two different rows",
            got=f"a row paired with itself in {rows_found(i == j)}",
            remedy=_LEAVE_OUT,
        )
    return Pairs(i, j, y)


def read_triplets(given: Any, n: int, *, name: str = "triplets") -> TripletRows:
    """Triplets of rows.

    Args:
        given: A path or an array of shape (m, 3), or a path of columns `anchor`, `positive` and
            `negative`.
        n: How many rows there are.
        name: What messages call an array.

    Raises:
        BadInput: They cannot be read, or are no triplets of `n` rows.
    """
    save = "Save one row (anchor, positive, negative) per triplet, or Parquet columns so named."
    wanted = Wanted(name, "triplets", "whole numbers", save, ("anchor", "positive", "negative"))
    columns = read_columns(given, wanted, _table_check(wanted, (3,)))
    anchor, positive, negative = _row_numbers(columns, wanted.names, n)
    if (anchor == positive).any():
        raise BadInput(
            columns[0].name,
            expected="an anchor and a positive that are different rows",
            got=f"an anchor that is its own positive in {rows_found(anchor == positive)}",
            remedy=_LEAVE_OUT,
        )
    same = (negative == anchor) | (negative == positive)
    if same.any():
        raise BadInput(
            columns[0].name,
            expected="a negative that is neither the anchor nor the positive",
            got=f"one that is in {rows_found(same)}",
            remedy=f"{_LEAVE_OUT} Rows (i, j, y) of 0 and 1 are pairs: --pairs.",
        )
    return TripletRows(anchor, positive, negative)


def read_match(
    given: Any,
    n: int,
    *,
    name: str = "match",
    beside: Source | None = None,
    reading: Reading = PLAIN,
) -> _Truths:
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
    return zeros_and_ones(values, "0 or 1 in every row", "Write 1 for similar, 0 for dissimilar.")


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
            got = f"{what} in {rows_found(bad)}"
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


def _table_check(wanted: Wanted, widths: tuple[int, ...]) -> Check:
    """Refuse a table of another width, and one without rows."""

    def check(name: str, shape: tuple[int, ...]) -> None:
        shapes = " or ".join(f"(m, {width})" for width in widths)
        expected = f"an array of shape {shapes}: {', '.join(wanted.names)}"
        remedy = wanted.save
        if len(shape) != 2 or shape[1] not in widths:
            if len(shape) == 2 and 4 in shape and wanted.noun == "triplets":
                remedy = (
                    "Four of pytorch-metric-learning (anchor, positive, anchor, negative)? Where "
                    "columns 0 and 2 are equal, keep columns 0, 1, 3: "
                    f"array{'' if shape[1] == 4 else '.T'}[:, [0, 1, 3]]."
                )
            elif len(shape) == 2 and shape[0] in widths:
                remedy = "It lies on its side: save array.T."
            raise BadInput(name, expected=expected, got=f"shape {shape}", remedy=remedy)
        if shape[0] == 0:
            remedy = "Check the step that wrote them: it saved nothing."
            raise BadInput(
                name, expected=f"{wanted.noun}, at least one", got="no rows", remedy=remedy
            )

    return check


def _row_numbers(columns: list[Values], names: list[str], n: int) -> list[_Rows]:
    """Numbers of rows, from the columns of a table."""
    negative = "Rows count from 0: a negative number does not count from the end."
    expected = [f"row numbers from 0 to {n - 1} in {name}" for name in names]
    read = []
    for values, wanted in zip(columns, expected, strict=True):
        refuse_gaps(values, wanted, _LEAVE_OUT)
        remedy = "Write the numbers of the rows, from 0 on."
        read.append(whole_numbers(values, wanted, remedy))
    lowest = min(int(numbers.min()) for numbers in read)
    for values, numbers, wanted in zip(columns, read, expected, strict=True):
        refuse_outside(values, numbers, n, wanted, negative=negative, lowest=lowest)
    return [numbers.astype(np.int64) for numbers in read]
