"""`--on-bad drop`: which samples, pairs and triplets go with the rows that cannot be used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..bad_rows import BadRows, Finding
from ..dropped import Bad, Dropped, Numbering, nothing_left, numbering, places
from ..errors import BadInput
from ..labelled import Codes
from ..prepared import Noted, Prepared, compacted
from ..score_rows import OwnNegatives, ReadyScores, Remaining
from ..sources import Source
from ..tables import Index

PER_NUMBER = 24
"""Bytes per row where rows may be left out: whether it is bad, and the numbers of what stays."""


@dataclass(frozen=True, eq=False)
class Left:
    """Rows that are left, in the place where all of them lay.

    Args:
        data: The rows.
        numbering: Their numbers in the files; None where nothing was left out.
        n: Samples, pairs or triplets that are left.
    """

    data: Prepared
    numbering: Numbering | None
    n: int

    def of_samples(self, values: Any) -> Any:
        """Of one value per sample those that are left."""
        return values if self.numbering is None else values[self.numbering.samples]


def without_bad(noted: Noted, n: int, count: int, *, owned: bool = False) -> Left:
    """Views of n samples, without a sample that has a bad row in any of them.

    Args:
        noted: View v of sample i in row v * n + i, and a bank behind.
        n: Samples.
        count: Views.
        owned: Whether the rows behind are each sample's own, as many for each.

    Raises:
        NothingDefined: Nothing is left.
    """
    if not noted.bad.any():
        return Left(noted.data, None, n)
    lost = np.asarray(noted.bad[: count * n].reshape(count, n).any(axis=0))
    behind = noted.bad[count * n :]
    if owned:
        lost |= behind.reshape(n, -1).any(axis=1)
        behind = np.repeat(lost, len(behind) // n)
    found = numbered(noted, lost, behind, count, of_bank=not owned)
    return Left(compacted(noted.data, found.rows), found, len(found.samples))


def numbered(
    noted: Noted, lost: Bad, behind: Bad, count: int, *, of_bank: bool, sample: str = "sample"
) -> Numbering:
    """The numbers of the samples that are not lost, of all their views, and of a bank behind.

    Raises:
        NothingDefined: No sample is left, or no row of the bank.
    """
    n, gone = len(lost), int(np.count_nonzero(behind))
    lacking = int(np.count_nonzero(lost))
    dropped = Dropped(sample, lacking, n, gone if of_bank else 0, noted.findings)
    samples = np.flatnonzero(~lost)
    if len(behind) and gone == len(behind) and of_bank:
        raise nothing_left("row of the bank", dropped)
    views = [view * n + samples for view in range(count)]
    rows = np.concatenate([*views, count * n + np.flatnonzero(~behind)])
    return numbering(samples, rows, dropped)


@dataclass(frozen=True, eq=False)
class Listed:
    """Listed pairs or triplets without those that name a bad row.

    Args:
        data: The rows that the columns name, and a bank where there is one.
        columns: The rows of each.
        bank: The rows of the bank that are left.
        numbering: The numbers that are left; None where nothing was left out.
    """

    data: Prepared
    columns: tuple[Index, ...]
    bank: Index
    numbering: Numbering | None

    @property
    def n(self) -> int:
        """How many."""
        return len(self.columns[0])

    def of_samples(self, values: Any) -> Any:
        """Of one value per pair those that are left."""
        return values if self.numbering is None else values[self.numbering.samples]


def listed_without_bad(
    noted: Noted, sample: str, columns: tuple[Index, ...], bank_from: int | None = None
) -> Listed:
    """Leave out what names a bad row.

    Args:
        noted: The rows, and a bank behind.
        sample: pair or triplet.
        columns: Rows of each.
        bank_from: Where the bank begins, where the rows become views of the listed pairs: all
            rows then stay where they are, and the numbers are those of the views.

    Raises:
        NothingDefined: Nothing is left.
    """
    n = noted.data.n if bank_from is None else bank_from
    bank = n + np.flatnonzero(~noted.bad[n:])
    if not noted.bad.any():
        return Listed(noted.data, columns, bank, None)
    lost = np.any([noted.bad[column] for column in columns], axis=0)
    if bank_from is not None:
        found = numbered(noted, lost, noted.bad[n:], len(columns), of_bank=True, sample=sample)
        return Listed(noted.data, tuple(each[found.samples] for each in columns), bank, found)
    dropped = Dropped(sample, int(np.count_nonzero(lost)), len(lost), 0, noted.findings)
    found = numbering(np.flatnonzero(~lost), np.flatnonzero(~noted.bad), dropped)
    place = places(found.rows, n)
    kept = tuple(place[each[found.samples]] for each in columns)
    return Listed(compacted(noted.data, found.rows), kept, bank, found)


def pairs_left(
    pairs: tuple[Index, Index], left: Left, n: int
) -> tuple[tuple[Index, Index], Numbering | None]:
    """Listed pairs of a cloud of n rows by the rows that are left, and how many were lost.

    Raises:
        NothingDefined: No pair is left.
    """
    found = left.numbering
    if found is None or found.dropped is None:
        return pairs, found
    place = places(found.samples, n)
    first, second = (place[each] for each in pairs)
    kept = (first >= 0) & (second >= 0)
    lost = len(kept) - int(np.count_nonzero(kept))
    dropped = replace(found.dropped, pairs=lost)
    if lost == len(kept):
        raise nothing_left("pair", dropped)
    return (first[kept], second[kept]), replace(found, dropped=dropped)


def own_without_bad(
    noted: Noted, n: int, negatives: Source, *, drops: bool
) -> tuple[OwnNegatives, Numbering | None]:
    """n anchors with their keys and own negatives, without those of which any is bad."""
    table, found = OwnNegatives(noted.data, negatives), _noting(negatives, drops)
    bad = noted.bad.copy()
    bad[:n] |= table.note(found)
    findings = (*noted.findings, *_dropped(found, drops=drops))
    left = without_bad(Noted(noted.data, bad, findings), n, 2)
    if left.numbering is None:
        return table, None
    own = OwnNegatives(left.data, Remaining(negatives, left.numbering.samples))
    return own, replace(left.numbering, rows=np.arange(own.width))


@dataclass(frozen=True, eq=False)
class LeftScores:
    """Ready scores that are left, the column of each row's positive, and their numbers."""

    table: ReadyScores
    targets: Codes
    numbering: Numbering | None


def scores_without_bad(
    source: Source, targets: Codes, *, diagonal: bool, drops: bool
) -> LeftScores:
    """Rows of scores without bad ones; where positives lie on the diagonal, their columns too."""
    table = ReadyScores(source)
    noted = _noting(source, drops)
    bad = table.note(noted, targets)
    findings = _dropped(noted, drops=drops)
    if not findings:
        return LeftScores(table, targets, None)
    rows = np.flatnonzero(~bad)
    dropped = Dropped("sample", table.n - len(rows), table.n, 0, findings)
    found = numbering(rows, rows if diagonal else np.arange(table.width), dropped)
    left = ReadyScores(Remaining(table.source, rows, square=diagonal))
    return LeftScores(left, np.arange(len(rows)) if diagonal else targets[rows], found)


def _noting(source: Source, drops: bool) -> BadRows:
    return BadRows(source.name, source.flat().facts.order, of=source.format if drops else "")


def _dropped(noted: BadRows, *, drops: bool) -> tuple[Finding, ...]:
    """What is to be left out, where that was asked for."""
    if not drops:
        noted.stop_if_any()
    noted.stop_if_beyond()
    return noted.findings


def classes_left(codes: Codes, classes: tuple[Any, ...]) -> tuple[Codes, tuple[Any, ...]]:
    """Codes and names of the classes that still have a row."""
    left = np.unique(codes[codes >= 0])
    place = np.full(len(classes) + 1, -1, np.int64)
    place[left] = np.arange(len(left))
    return place[codes], tuple(classes[code] for code in left)


def refuse_bad_classes(noted: Noted, n: int, classes: Source) -> None:
    """Refuse to leave out a class vector: the labels count them."""
    bad = np.flatnonzero(noted.bad[n:])
    if len(bad):
        raise BadInput(
            classes.name,
            expected="class vectors that can be used: labels count them, and none is left out",
            got=f"{len(bad)} that cannot (first: {', '.join(map(str, bad[:5]))})",
            remedy="Write the prototypes again.",
        )


def bad_with_noise(name: str, found: Numbering) -> BadInput:
    """The error for candidates that are left out of a given distribution."""
    return BadInput(
        name,
        expected="no bad row where --noise gives every candidate its probability: without some of "
        "them it is another distribution",
        got=f"left out: {found.dropped.samples} {found.dropped.sentence}" if found.dropped else "",
        remedy="Leave these rows out of all files, or --noise out.",
    )
