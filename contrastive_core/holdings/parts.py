"""What one array or column of a file comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Number = float | int | None
"""A number of a preview; None where there is none."""


@dataclass(frozen=True)
class Found:
    """Rows that something holds for.

    Args:
        rows: How many.
        first: The first of them, counted from 0.
    """

    rows: int = 0
    first: tuple[int, ...] = ()


@dataclass(frozen=True)
class Norms:
    """Euclidean lengths of the rows that hold finite numbers alone, zero vectors among them.

    Args:
        rows: How many these are.
        min: The smallest; NaN, like the others, where there is no such row.
        median: The middle one.
        max: The largest.
        mean: Their mean.
        unit: Whether each is 1 within 0.001.
    """

    rows: int
    min: float
    median: float
    max: float
    mean: float
    unit: bool


@dataclass(frozen=True)
class Bad:
    """Rows that cannot be used, each counted once, under the first that holds for it.

    Args:
        null: A null, or a list that holds one.
        ragged: Of another length than the first row.
        nan: Holding NaN.
        infinity: Holding infinity, or numbers whose squares go beyond float64.
        zero: Only zeros: they have no direction, so that no cosine is defined.
    """

    null: Found
    ragged: Found
    nan: Found
    infinity: Found
    zero: Found

    @property
    def kinds(self) -> dict[str, Found]:
        """Each by its name."""
        names = ("null", "ragged", "nan", "infinity", "zero")
        return {name: getattr(self, name) for name in names}

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(found.rows for found in self.kinds.values())


@dataclass(frozen=True)
class Duplicates:
    """Rows that equal another, number by number, among those without NaN, infinity and gaps.

    Args:
        rows: How many equal another row.
        distinct: How many different rows there are.
        first: Pairs (row, a later row that equals it), the first of the file.
    """

    rows: int
    distinct: int
    first: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class VectorFacts:
    """An array or column of vectors.

    Args:
        name: The path, with `::name` behind it where there are several.
        shape: (n, d), or (a, b, d) of views.
        dtype: The type of number in the file.
        order: `C` or `Fortran`, of arrays; empty for columns.
        chosen: Why it was taken, where there was a choice.
        groups: Rows of each row group, record batch or shard.
        norms: Lengths of the rows.
        bad: Rows that cannot be used.
        duplicates: Rows that equal another.
        preview: The first numbers of the first rows; None for a row that holds no vector.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    order: str
    chosen: str
    groups: tuple[int, ...]
    norms: Norms
    bad: Bad
    duplicates: Duplicates
    preview: tuple[tuple[Number, ...] | None, ...]

    @property
    def rows(self) -> int:
        """Vectors: of views all of them."""
        rows = 1
        for extent in self.shape[:-1]:
            rows *= extent
        return rows

    @property
    def d(self) -> int:
        """Numbers in a vector."""
        return self.shape[-1]


@dataclass(frozen=True)
class ClassSize:
    """A class, and how many rows are of it."""

    name: Any
    rows: int


@dataclass(frozen=True)
class LabelFacts:
    """One integer or string per row.

    Args:
        name: The path, with `::name` behind it where there are several.
        kind: `integers`, `strings`, `bools`, or `whole floats`.
        rows: How many rows.
        nulls: Rows without a value.
        classes: Different values.
        smallest: The smallest class, by number of rows; None where there is none.
        largest: The largest class.
        lone: Classes of a single row, which has no positives.
        zero_or_one: Whether the values are 0 and 1, as `--match` takes them.
        preview: The first values.
    """

    name: str
    kind: str
    rows: int
    nulls: int
    classes: int
    smallest: ClassSize | None
    largest: ClassSize | None
    lone: int
    zero_or_one: bool
    preview: tuple[Any, ...]


@dataclass(frozen=True)
class NumberFacts:
    """One number per row that is no class: probabilities, or what else.

    Args:
        name: The path, with `::name` behind it where there are several.
        rows: How many rows.
        nulls: Rows without a value.
        nan: Rows of NaN.
        min: The smallest number; NaN, like the others, where there is none.
        max: The largest.
        sum: Their sum.
        preview: The first numbers.
    """

    name: str
    rows: int
    nulls: int
    nan: int
    min: float
    max: float
    sum: float
    preview: tuple[Number, ...]


@dataclass(frozen=True)
class ListFacts:
    """Rows of numbers of rows: pairs, or triplets.

    Args:
        name: The path.
        kind: `pairs` or `triplets`.
        columns: Their names: i, j, y; or anchor, positive, negative.
        rows: How many.
        lowest: The lowest number of a row of embeddings.
        highest: The highest: there must be more rows of embeddings than this.
        similar: Pairs whose y is 1; None where there is no y.
        dissimilar: Pairs whose y is 0, or -1.
        own: Pairs of a row with itself; triplets that name a row twice.
        duplicates: Pairs or triplets that are listed again; (j, i) is (i, j).
        nulls: Rows with a gap.
        minus_one: Pairs whose y is -1, where 0 is meant.
        could_be_triplets: Whether the third column may hold rows as well as y.
        by_name: Whether the columns have their names in the file.
        preview: The first rows.
    """

    name: str
    kind: str
    columns: tuple[str, ...]
    rows: int
    lowest: int
    highest: int
    similar: int | None
    dissimilar: int | None
    own: Found
    duplicates: Found
    nulls: Found
    minus_one: Found
    could_be_triplets: bool
    by_name: bool
    preview: tuple[tuple[Number, ...], ...]


Part = VectorFacts | LabelFacts | NumberFacts | ListFacts
"""What was looked into."""
