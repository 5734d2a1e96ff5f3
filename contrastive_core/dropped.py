"""Rows left out of the input, with what goes with them, and the numbers that rows have in files."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from .bad_rows import Finding
from .errors import NothingDefined, counted
from .rows import Rows
from .sources import Source
from .tables import Index

Bad = npt.NDArray[np.bool_]
Table = TypeVar("Table", bound=Rows)


@dataclass(frozen=True)
class Dropped:
    """What was left out.

    Args:
        sample: What a sample is: sample, pair, triplet.
        samples: How many were left out: those with a bad row.
        of: How many there were.
        bank: How many rows of the bank were left out.
        findings: The bad rows, by file and reason.
        pairs: How many listed pairs went with the samples.
    """

    sample: str
    samples: int
    of: int
    bank: int
    findings: tuple[Finding, ...]
    pairs: int = 0

    @property
    def rows(self) -> int:
        """Bad rows that were found."""
        return sum(each.rows for each in self.findings)

    @property
    def sentence(self) -> str:
        """Of how many that was, and why."""
        more = f" and {self.bank} of the bank" if self.bank else ""
        more += f" and {self.pairs} of the listed pairs" if self.pairs else ""
        why = (f"{each.counted} in {each.path} ({each.listed})" for each in self.findings)
        return f"of {counted(self.of, self.sample)}{more}, for {', '.join(why)}"

    def plain(self) -> dict[str, Any]:
        """The same as plain values."""
        own = {name: getattr(self, name) for name in ("rows", "samples", "of", "bank", "pairs")}
        return {**own, "sample": self.sample, "found": [each.plain() for each in self.findings]}

    @property
    def warning(self) -> str:
        """The same, and who asked for it."""
        return f"left out (--on-bad drop): {self.samples} {self.sentence}."


@dataclass(frozen=True, eq=False)
class Numbering:
    """The numbers in the files of what is computed with, where rows were left out or joined.

    Args:
        dropped: What was left out; None for nothing.
        samples: The number of each sample: of a row, of a pair or triplet in its list.
        rows: The number of each prepared row, view v of sample i being v * n + i of all n, with
            a bank behind; of a table of scores that of each column.
    """

    dropped: Dropped | None
    samples: Index
    rows: Index

    @property
    def of(self) -> int:
        """How many samples there were."""
        return len(self.samples) if self.dropped is None else self.dropped.of

    def of_rows(self, numbers: npt.NDArray[Any], origin: int = 0) -> npt.NDArray[Any]:
        """Numbers of rows, counted from the prepared row `origin`, where a view begins."""
        begin = origin // len(self.samples) * self.of
        known = np.where(numbers < 0, 0, numbers)
        return np.where(numbers < 0, numbers, self.rows[known + origin] - begin)

    def renumbered(self, table: Table, *, samples: Sequence[str], rows: Sequence[str]) -> Table:
        """A table whose columns of samples and of rows have the numbers of the files."""
        there = dict(table.columns())
        own = {name: self._of_samples(there, name) for name in samples if name in there}
        theirs = {name: self.of_rows(there[name]) for name in rows if name in there}
        return dataclasses.replace(table, **own, **theirs)

    def _of_samples(self, table: Mapping[str, Any], name: str) -> npt.NDArray[Any]:
        """A column of samples; of a view the row of its own file, which a join may have moved."""
        numbers, view = table[name], table.get("view")
        if view is None or len(self.rows) == len(self.samples):
            return np.asarray(self.samples[numbers])
        known = np.where(numbers < 0, 0, numbers)
        found = self.rows[view * len(self.samples) + known] - view * self.of
        return np.asarray(np.where(numbers < 0, numbers, found))


def said(numbers: Numbering | None, warnings: Iterable[str]) -> tuple[str, ...]:
    """Warnings, before them what was left out."""
    dropped = None if numbers is None else numbers.dropped
    return tuple(warnings) if dropped is None else (dropped.warning, *warnings)


def numbering(samples: Index, rows: Index, dropped: Dropped) -> Numbering:
    """Without those that are not named.

    Raises:
        NothingDefined: Nothing is left.
    """
    if not len(samples):
        raise nothing_left(dropped.sample, dropped)
    return Numbering(dropped, samples, rows)


def in_files(
    numbers: Numbering | None, sources: Sequence[Source], n: int, rows: int
) -> Numbering | None:
    """Numbers with those of files whose rows were put into another order.

    Args:
        numbers: Of what was not left out; None for nothing.
        sources: The file of each view, and of the bank behind them.
        n: Samples, before any was left out.
        rows: Prepared rows, before any was left out.
    """
    facts = [source.facts for source in sources]
    if all(each.order is None for each in facts):
        return numbers
    found = np.arange(rows)
    first, begin = 0, 0  # of a source among the prepared rows, and among the rows of all files
    for source, each in zip(sources, facts, strict=True):
        count = source.shape[0]
        order = np.arange(count) if each.order is None else each.order
        found[first : first + count] = begin + order
        first, begin = first + count, begin + (count if each.order is None else each.of)
    if numbers is None:
        return Numbering(None, np.arange(n), found)
    return dataclasses.replace(numbers, rows=found[numbers.rows])


def nothing_left(what: str, dropped: Dropped) -> NothingDefined:
    """The error for a sort of which all were left out."""
    return NothingDefined(
        "--on-bad drop",
        expected=f"at least one {what} that can be used",
        got=f"left out: {dropped.samples} {dropped.sentence}",
        remedy="Look at the step that wrote these rows.",
    )


def places(rows: Index, n: int) -> Index:
    """The new number of each of n rows of which these stay; -1 for one that does not."""
    found = np.full(n, -1)
    found[rows] = np.arange(len(rows))
    return found
