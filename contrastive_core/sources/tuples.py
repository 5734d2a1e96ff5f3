"""Small files that list pairs or triplets of rows of embeddings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from .given import read_columns
from .keep import Keep
from .values import (
    Check,
    Values,
    Wanted,
    refuse_gaps,
    refuse_outside,
    rows_found,
    whole_numbers,
    zeros_and_ones,
)

_LEAVE_OUT = "Leave these rows out when writing the file."

_Rows = npt.NDArray[np.int64]
_Truths = npt.NDArray[np.bool_]


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


def read_pairs(given: Any, n: int, *, name: str = "pairs", keep: Keep | None = None) -> Pairs:
    """Pairs of rows, similar or not.

    Args:
        given: A path or an array of shape (m, 2) or (m, 3), or a path of columns `i`, `j`, `y`.
        n: How many rows there are.
        name: What messages call an array.
        keep: What several measurings share; None for a single one.

    Raises:
        BadInput: They cannot be read, or are no pairs of two of `n` rows.
    """
    save = "Save one row (i, j) or (i, j, y) per pair, or the Parquet columns i, j and y."
    wanted = Wanted(name, "pairs", "whole numbers", save, ("i", "j", "y?"))
    columns = read_columns(given, wanted, _table_check(wanted, (2, 3)), keep)
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


def read_triplets(
    given: Any, n: int, *, name: str = "triplets", keep: Keep | None = None
) -> TripletRows:
    """Triplets of rows.

    Args:
        given: A path or an array of shape (m, 3), or a path of columns `anchor`, `positive` and
            `negative`.
        n: How many rows there are.
        name: What messages call an array.
        keep: What several measurings share; None for a single one.

    Raises:
        BadInput: They cannot be read, or are no triplets of `n` rows.
    """
    save = "Save one row (anchor, positive, negative) per triplet, or Parquet columns so named."
    wanted = Wanted(name, "triplets", "whole numbers", save, ("anchor", "positive", "negative"))
    columns = read_columns(given, wanted, _table_check(wanted, (3,)), keep)
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
