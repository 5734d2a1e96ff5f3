"""One cloud of rows, or two that are aligned row by row: what the metrics are measured on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dropped import Numbering, in_files
from ..errors import BadInput
from ..labelled import Codes, Labelled
from ..memory import Room
from ..prepared import narrow
from ..problem import Positives, Views
from ..sources import (
    BFLOAT16,
    Labels,
    Source,
    check_needed,
    read_labels,
    read_pairs,
    told_of_codes,
)
from .arrange import arrange
from .checks import dissimilar
from .dropping import PER_NUMBER, classes_left, pairs_left, without_bad
from .files import InputFile, listed_read, name_of, rows_read, told_of_shapes
from .given import FILES, Given, check_join, lacking, open_rows
from .stock import SHARP, Stock

_PER_PAIR = 100
"""Bytes per listed pair: rows and distances."""


@dataclass(frozen=True)
class Measuring:
    """What takes the input of the metrics: it assumes nothing."""

    kind: str = "metrics"
    assumes_stacked: bool = False
    most_views: int | None = 2
    files: tuple[str, ...] = FILES

    def ways(self) -> list[tuple[str, str]]:
        """How its input is typed, and what it is in words."""
        typed = {
            "emb.npy": "one cloud of rows (n, d), or two views (2, n, d), (n, 2, d)",
            "emb.npy --views stacked": "two views of n / 2 samples in one file",
            "emb.npy keys.npy": "two clouds, row i of both is one sample",
            "emb.npy --labels y.npy": "with a class for each row, or sample",
            "emb.npy --pairs pairs.npy": "with a list of positive pairs of rows",
        }
        return [(f"contrast metrics {each}", words) for each, words in typed.items()]


_TAKER = Measuring()

TAKEN = frozenset({"embeddings", "keys", "labels", "pairs", "views"})
"""What the metrics take."""


@dataclass(frozen=True, eq=False)
class Clouds:
    """Rows to be measured.

    Args:
        exact: Unit rows in float64, view v of sample i in row v * n + i.
        fast: The same in the working precision, for tables of scores.
        n: Rows of a cloud.
        count: Clouds, 1 or 2.
        labels: Class of each sample, -1 for none; None where no labels were given.
        classes: Names of the classes.
        aligned: The positive pairs as two views; None where there are none.
        eps: Of the type the rows were stored in.
        room: Threads, and where the rows lie.
        inputs: What was read.
        unused: Vector columns of the same table that were left out.
        otherwise: Words on what was read in another way than it is stored, or may have to be.
        numbering: The numbers of what stays; None where no row was left out.
    """

    exact: Views
    fast: Views
    n: int
    count: int
    labels: Codes | None
    classes: tuple[Any, ...]
    aligned: Views | None
    eps: float
    room: Room
    inputs: tuple[InputFile, ...]
    unused: tuple[str, ...]
    otherwise: tuple[str, ...]
    numbering: Numbering | None = None

    def labelled(self, cloud: int) -> Labelled | None:
        """The classes of one cloud."""
        if self.labels is None:
            return None
        codes = np.full(self.count * self.n, -1, np.int64)
        codes[cloud * self.n : (cloud + 1) * self.n] = self.labels
        return Labelled(self.exact.data, self.n, self.count, codes, self.classes, self.exact.found)


def build_clouds(
    given: Given,
    stock: Stock,
    room_for: Callable[[int, int, int], int],
    sharpness: float = 0.0,
) -> Clouds:
    """Read the input of the metrics.

    Args:
        given: EMBEDDINGS, KEYS, labels, pairs, views.
        stock: Rows that are ready, and the memory that is left.
        room_for: Bytes that the metrics keep beside the rows, of (rows, dimensions, classes).
        sharpness: t of uniformity.

    Similarities are in float32, unless the resources say otherwise; or in float64, where the rows
    lie in so narrow a cone, or t is so large, that float32 would not do.

    Raises:
        BadInput: Something cannot be used.
        TooLittleMemory: The bound is too low.
    """
    resources, sources = stock.resources, _sources(given)
    check_needed(sources, given.reading)
    arrangement = arrange(sources, given.views, _TAKER, alone=True)
    count, n = len(arrangement.strands), arrangement.n
    labels = _read_labels(given, n, "row" if count == len(sources) else "sample", sources[0])
    pairs = None if given.pairs is None else _read_pairs(given, n, count)
    precision, drops = resources.precision or "float32", given.reading.drops
    rows, d = count * n, arrangement.d
    listed = 0 if pairs is None else len(pairs[0])
    extra = room_for(rows, d, 0 if labels is None else len(labels.classes)) + _PER_PAIR * listed
    extra += rows * d * 4 if precision == "float32" else 0
    extra += PER_NUMBER * rows if drops else 0
    strands = arrangement.strands
    room = stock.room(strands, "float64", unit=True, picked=2 * listed, extra=extra)
    how: dict[str, Any] = {"unit": True, "raw_by": "", "stop": not drops, "room": room}
    noted = stock.prepare(strands, "float64", **how)
    rows, left = noted.data.n, without_bad(noted, n, count)
    codes, classes = None, ()
    if labels is not None:
        codes, classes = classes_left(left.of_samples(labels.codes), tuple(labels.classes))
    if resources.precision is None and (sharpness > SHARP or narrow(left.data, count, left.n)):
        precision = "float64"
    fast = stock.narrowed(left.data, precision, room)
    exact = Views(left.data, left.n, count, arrangement.found)
    aligned = exact if count == 2 else None
    numbers = in_files(left.numbering, sources, n, rows)
    if pairs is not None:
        pairs, numbers = pairs_left(pairs, left, n)
        picked = stock.pick(left.data, np.concatenate(pairs), room)
        found = Positives("pairs", False, f"the pairs of {name_of(given.pairs, 'pairs')}")
        aligned = Views(picked, len(pairs[0]), 2, found)
    return Clouds(
        exact,
        Views(fast, left.n, count, arrangement.found),
        left.n,
        count,
        codes,
        classes,
        aligned,
        max(_eps(source) for source in sources),
        room,
        _inputs(given, sources, "" if labels is None else labels.joined),
        tuple(dict.fromkeys(column for source in sources for column in source.unused)),
        (
            *told_of_shapes(sources),
            *(() if labels is None else labels.told),
            *told_of_codes(sources),
        ),
        numbers,
    )


def _sources(given: Given) -> list[Source]:
    """One file, two, or two related columns of one."""
    if given.embeddings is None:
        raise lacking(_TAKER, "no file")
    check_join(given)
    return open_rows(given, related=1 if given.pairs is not None else 2)


def _read_labels(given: Given, n: int, per: str, beside: Source) -> Labels | None:
    """The class of each sample, where classes were given."""
    if given.labels is None:
        return None
    return read_labels(given.labels, n, per=per, beside=beside, reading=given.reading)


def _read_pairs(given: Given, n: int, count: int) -> tuple[Any, Any]:
    """Rows of the positive pairs."""
    name = name_of(given.pairs, "pairs")
    if count > 1:
        raise BadInput(
            name,
            expected="one cloud of rows, whose pairs are listed",
            got="--pairs and two files or views",
            remedy="Two files are paired row by row: leave --pairs out, or give one file.",
        )
    listed = read_pairs(given.pairs, n, keep=given.reading.keep)
    if listed.y is not None and not listed.y.all():
        raise dissimilar("the metrics", name, int(np.count_nonzero(~listed.y)))
    return listed.i, listed.j


def _eps(source: Source) -> float:
    """Of the stored type; integers are exact in float64."""
    if BFLOAT16 in source.stored:  # of shards, some may be
        return 2.0**-7
    return float(np.finfo(source.dtype if source.dtype.kind == "f" else np.float64).eps)


def _inputs(given: Given, sources: Sequence[Source], joined: str) -> tuple[InputFile, ...]:
    """What was read."""
    files = [rows_read(role, source) for role, source in zip(FILES, sources, strict=False)]
    if given.labels is not None:
        files.append(listed_read("labels", given.labels, joined))
    if given.pairs is not None:
        files.append(listed_read("pairs", given.pairs))
    return tuple(files)
