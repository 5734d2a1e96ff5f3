"""Rows ready for products: decoded, validated, of unit norm where asked, in one place.

One sequential pass over the sources fills them; afterwards tiles read any range as often as they
like. They lie in memory where the bound allows, else in an unlinked temporary file.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn, Protocol

import numpy as np
import numpy.typing as npt

from .bad_rows import BadRows, Finding
from .errors import TooLittleMemory
from .numerics import Float, wide
from .resources import format_size
from .sources import Source, Strided
from .sources.spill import temporary, writing

BLOCK = 2**16
"""Numbers decoded at a time: half a MiB in float64, which stays in cache."""

_EXTREME = 1e150
"""Beyond this, or below its inverse, the square of a number leaves the range of float64."""


class Store(Protocol):
    """Where prepared rows lie."""

    def write(self, start: int, rows: npt.NDArray[Any]) -> None:
        """Put rows at start, start + 1, ..."""

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows start to stop, C-contiguous."""


class InMemory:
    """One array."""

    def __init__(self, shape: tuple[int, int], dtype: np.dtype[Any]) -> None:
        self.array = np.empty(shape, dtype)

    def write(self, start: int, rows: npt.NDArray[Any]) -> None:
        """Put rows at start, start + 1, ..."""
        self.array[start : start + len(rows)] = rows

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """A view of rows start to stop."""
        return self.array[start:stop]


_ON_DISK = ("prepared rows", "Raise --memory, or point TMPDIR to a larger disk.")


class Spilled:
    """A temporary file without a name: it is gone with the process, however that ends."""

    def __init__(self, shape: tuple[int, int], dtype: np.dtype[Any]) -> None:
        self.shape, self.dtype = shape, dtype
        self.row = shape[1] * dtype.itemsize
        self.size = shape[0] * self.row
        file = temporary(self.size, *_ON_DISK)
        self.handle = file.fileno()
        weakref.finalize(self, file.close)

    def __reduce__(self) -> NoReturn:
        """Refuse: the number of an open file means another file, or none, elsewhere.

        Raises:
            TooLittleMemory: Always.
        """
        raise TooLittleMemory(
            "memory",
            expected=f"{format_size(self.size)} of prepared rows in memory, to copy or pickle them",
            got="rows in a temporary file, which only this process can read",
            remedy="Raise --memory until they fit.",
        )

    def write(self, start: int, rows: npt.NDArray[Any]) -> None:
        """Put rows at start, start + 1, ..."""
        data = np.ascontiguousarray(rows).data.cast("B")
        offset = start * self.row
        with writing(format_size(self.size), *_ON_DISK):
            while data:
                done = os.pwrite(self.handle, data, offset)
                data, offset = data[done:], offset + done

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """A fresh array of rows start to stop; safe from any number of threads at once."""
        rows = np.empty((stop - start, self.shape[1]), self.dtype)
        data, offset = rows.data.cast("B"), start * self.row
        while data:
            done = os.preadv(self.handle, [data], offset)
            data, offset = data[done:], offset + done
        return rows


@dataclass(frozen=True, eq=False)
class Prepared:
    """n rows of d numbers, ready for products.

    Args:
        store: The rows, unit if `unit`, in the working precision.
        norms: Euclidean norm of each row as it was stored in the source, float64, shape (n,).
        unit: Whether the rows were divided by their norms.
        dtype: The working precision.
        shift: Length of what was taken off every row, in that precision.
    """

    store: Store
    norms: Float
    d: int
    unit: bool
    dtype: np.dtype[Any]
    shift: float = 0.0

    @property
    def n(self) -> int:
        """How many rows."""
        return len(self.norms)

    @property
    def longest(self) -> float:
        """A bound on the norm of any prepared row."""
        return 1.0 if self.unit else float(self.norms.max(initial=0.0))

    @property
    def in_memory(self) -> bool:
        """Whether the rows lie in memory."""
        return isinstance(self.store, InMemory)

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows start to stop, C-contiguous, in the working precision."""
        return self.store.read(start, stop)

    def take(self, index: npt.NDArray[np.intp]) -> npt.NDArray[Any]:
        """The rows at `index`, in that order."""
        if isinstance(self.store, InMemory):
            return self.store.array[index]
        return np.concatenate([self.read(int(i), int(i) + 1) for i in index])

    def blocks(self, size: int = BLOCK) -> Iterator[tuple[int, npt.NDArray[Any]]]:
        """(first row, rows) over all rows in order, about `size` numbers at a time."""
        step = max(1, size // self.d)
        for start in range(0, self.n, step):
            yield start, self.read(start, min(start + step, self.n))


@dataclass(frozen=True, eq=False)
class Noted:
    """Prepared rows, some of which cannot be used.

    Args:
        data: All rows; what stands in a bad one means nothing.
        bad: Which of them cannot be used, shape (n,).
        findings: Why, file by file.
    """

    data: Prepared
    bad: npt.NDArray[np.bool_]
    findings: tuple[Finding, ...]

    @property
    def longest(self) -> float:
        """A bound on the norm of any row that can be used."""
        return replace(self.data, norms=self.data.norms[~self.bad]).longest


def prepare_noting(
    strands: Sequence[Strided],
    *,
    unit: bool,
    dtype: str,
    in_memory: bool,
    raw_by: str = "",
    stop: bool = False,
) -> Noted:
    """Read the strands, one after the other in the result, each source in one forward pass.

    Args:
        strands: Equally wide rows; several strands may interleave in one source.
        unit: Divide each row by its norm.
        dtype: Working precision.
        in_memory: Whether the rows may stay in memory; else they are spilled.
        raw_by: The option that takes rows as they are, for messages.
        stop: Whether rows that cannot be used are an error; else they are noted.

    Raises:
        BadInput: Told to stop, rows that hold NaN or infinity, or null vectors where a unit row is
            needed; and numbers beyond the working precision, which another can hold.
    """
    n, d = sum(strand.n for strand in strands), strands[0].d
    kind = np.dtype(dtype)
    store = InMemory((n, d), kind) if in_memory else Spilled((n, d), kind)
    noted = Noted(Prepared(store, np.empty(n), d, unit, kind), np.zeros(n, bool), ())
    offsets = np.cumsum([0, *(strand.n for strand in strands)])
    placed = list(zip(strands, (int(offset) for offset in offsets), strict=False))
    findings: list[Finding] = []
    for source in dict.fromkeys(strand.source for strand in strands):
        kept = "" if stop else source.format
        bad = BadRows(source.name, source.facts.order, raw_by, of=kept)
        _fill(noted, source, [pair for pair in placed if pair[0].source is source], bad)
        if stop:
            bad.stop_if_any()
        bad.stop_if_beyond()
        findings += bad.findings
    return replace(noted, findings=tuple(findings))


def compacted(prepared: Prepared, index: npt.NDArray[np.intp]) -> Prepared:
    """Some rows, in ascending order, moved up in the place where all of them lay."""
    step = max(1, BLOCK // prepared.d)
    for start in range(0, len(index), step):  # no row moves to behind one that is yet to be read
        prepared.store.write(start, prepared.take(index[start : start + step]))
    return replace(prepared, norms=prepared.norms[index])


CONE = 0.99
"""Share of the mean square of rows that is their mean's own, beyond which they lie far off."""


def mean_of(
    prepared: Prepared, first: int, n: int, bad: npt.NDArray[np.bool_] | None = None
) -> Float:
    """The mean of n rows; of those that can be used, of all rows `bad` says which cannot."""
    kept = None if bad is None or not bad.any() else ~bad
    total, step = np.zeros(prepared.d), max(1, BLOCK // prepared.d)
    for start in range(first, first + n, step):
        stop = min(start + step, first + n)
        rows = prepared.read(start, stop)
        used = rows if kept is None else rows[kept[start:stop]]
        total += used.sum(axis=0, dtype=np.float64)
    count = n if kept is None else int(np.count_nonzero(kept[first : first + n]))
    return total / max(count, 1)


def far_mean(
    prepared: Prepared, first: int, n: int, bad: npt.NDArray[np.bool_] | None = None
) -> Float | None:
    """The same, where the rows lie far from the origin for their spread; else None."""
    mean, norms = mean_of(prepared, first, n, bad), np.ones(1)
    if not prepared.unit:
        own = slice(first, first + n)
        norms = prepared.norms[own] if bad is None else prepared.norms[own][~bad[own]]
    longest = float(norms.max(initial=0.0))
    if not longest:
        return None
    share = mean / longest  # squares of rows of any length are in range then
    return mean if float(share @ share) > CONE * float(((norms / longest) ** 2).mean()) else None


def about_mean(noted: Noted) -> Noted:
    """The same rows less their mean, where they lie far from the origin for their spread.

    No distance changes, but |x|^2 + |y|^2 - 2 x . y keeps its digits. In place; the norms are then
    those of what is left.
    """
    prepared = noted.data
    mean = far_mean(prepared, 0, prepared.n, noted.bad)
    if mean is None:
        return noted
    norms = np.empty(prepared.n)
    for start, rows in prepared.blocks():
        centred = np.where(noted.bad[start : start + len(rows), None], mean, rows) - mean
        prepared.store.write(start, centred.astype(prepared.dtype))
        norms[start : start + len(rows)] = row_norms(centred)
    return replace(
        noted, data=replace(prepared, norms=norms, unit=False, shift=float(np.linalg.norm(mean)))
    )


def narrow(
    prepared: Prepared, clouds: int, n: int, bad: npt.NDArray[np.bool_] | None = None
) -> bool:
    """Whether the rows of some cloud lie so close for their length that float32 mixes them up."""
    return any(far_mean(prepared, cloud * n, n, bad) is not None for cloud in range(clouds))


def pick(prepared: Prepared, index: npt.NDArray[np.intp], *, in_memory: bool) -> Prepared:
    """Some rows, in the order of an index, which may name a row several times."""
    shape = (len(index), prepared.d)
    store = InMemory(shape, prepared.dtype) if in_memory else Spilled(shape, prepared.dtype)
    step = max(1, BLOCK // prepared.d)
    for start in range(0, len(index), step):
        store.write(start, prepared.take(index[start : start + step]))
    norms = prepared.norms[index]
    return Prepared(store, norms, prepared.d, prepared.unit, prepared.dtype)


def narrowed(prepared: Prepared, dtype: str, *, in_memory: bool) -> Prepared:
    """The same rows in another working precision; themselves where they have it."""
    kind = np.dtype(dtype)
    if prepared.dtype == kind:
        return prepared
    shape = (prepared.n, prepared.d)
    store = InMemory(shape, kind) if in_memory else Spilled(shape, kind)
    for start, rows in prepared.blocks():
        store.write(start, rows.astype(kind))
    return Prepared(store, prepared.norms, prepared.d, prepared.unit, kind)


def _fill(
    noted: Noted, source: Source, strands: Sequence[tuple[Strided, int]], bad: BadRows
) -> None:
    """One forward pass over a source, each row to its strand's place."""
    prepared = noted.data
    step = max(1, BLOCK // prepared.d)
    stored = source.shape[0]
    for start in range(0, stored, step):
        rows = wide(source.read(start, min(start + step, stored)))
        norms = row_norms(rows)
        long = beyond_range(rows, norms)
        if prepared.unit:
            make_unit(rows, norms)
        with np.errstate(over="ignore", invalid="ignore"):  # noted just below
            ready = rows.astype(prepared.dtype)
        unusable = bad.note_block(start, norms, ready, long, unit=prepared.unit)
        for strand, offset in strands:
            first, chosen = _chosen(strand, start, len(ready))
            count = len(norms[chosen])
            if not count:
                continue
            place = slice(offset + first, offset + first + count)
            prepared.store.write(place.start, ready[chosen])
            prepared.norms[place], noted.bad[place] = norms[chosen], unusable[chosen]


def _chosen(strand: Strided, start: int, count: int) -> tuple[int, slice]:
    """Which of `count` rows from source row `start` on are of the strand, and from which on."""
    first = max(0, -((strand.start - start) // strand.step))
    end = min(strand.n, -((strand.start - start - count) // strand.step))
    if first >= end:
        return 0, slice(0)
    local = strand.start + first * strand.step - start
    return first, slice(local, local + (end - first - 1) * strand.step + 1, strand.step)


def row_norms(rows: Float) -> Float:
    """Euclidean norms, right also where the squares leave the range of float64."""
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        norms = np.sqrt(np.einsum("ij,ij->i", rows, rows))
        extreme = ~((norms > 1 / _EXTREME) & (norms < _EXTREME))
        if extreme.any():
            largest = np.abs(rows[extreme]).max(axis=1)
            scaled = rows[extreme] / np.where(largest > 0, largest, 1.0)[:, None]
            norms[extreme] = largest * np.sqrt(np.einsum("ij,ij->i", scaled, scaled))
    return np.asarray(norms)


def beyond_range(rows: Float, norms: Float) -> npt.NDArray[np.bool_]:
    """Which rows hold finite numbers alone, and have no finite length."""
    found = np.isinf(norms)
    found[found] = np.isfinite(rows[found]).all(axis=1)
    return found


def make_unit(rows: Float, norms: Float) -> None:
    """Divide each row by its norm, in place; null rows stay null."""
    with np.errstate(invalid="ignore", over="ignore"):
        rows /= np.where(norms > 0.0, norms, 1.0)[:, None]
