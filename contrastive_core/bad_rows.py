"""Rows that cannot be used: found while they are read, then refused or left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import BadInput, counted
from .numerics import Float

FIRST = 5
"""How many bad rows a message names."""

Index = npt.NDArray[np.intp]

NOT_FINITE = "NaN or infinity"
IN_TABLES = f"{NOT_FINITE}, or null or of another length"
"""What is found of a table whose null and ragged rows are read as NaN."""

MASKED_POSITIVE = "-infinity, which masks a candidate, as the positive's score"

_TABLES = ("parquet", "arrow", "arrow stream")
_LONG = "finite numbers whose squares go beyond the range of float64"
_SHORTER = "Scale the rows down: divide all of them by one number, such as 1e150."
_NO_DIRECTION = "only zeros, and so no direction"

DROPPING = "leave them out here with --on-bad drop"
"""The remedy that needs no other file."""


@dataclass(frozen=True)
class Finding:
    """Rows of one file that cannot be used for one reason.

    Args:
        path: The file, or what an array is called.
        holding: What they hold.
        rows: How many they are.
        first: The first of them, counted from 0 as they lie in the file.
    """

    path: str
    holding: str
    rows: int
    first: tuple[int, ...]

    def plain(self) -> dict[str, Any]:
        """The same as plain values."""
        rest = {"rows": self.rows, "first": list(self.first)}
        return {"path": self.path, "reason": self.holding, **rest}

    @property
    def counted(self) -> str:
        """How many, and with what."""
        return f"{counted(self.rows, 'row')} with {self.holding}"

    @property
    def listed(self) -> str:
        """Which are the first."""
        return f"row {', '.join(map(str, self.first))}{', ...' * (self.rows > len(self.first))}"


class BadRows:
    """Rows of a file that cannot be used, counted over a whole pass: one message for all."""

    def __init__(self, name: str, order: Index | None, raw_by: str = "", *, of: str = "") -> None:
        self.name, self.order, self.raw_by = name, order, raw_by
        self.not_finite = IN_TABLES if of in _TABLES else NOT_FINITE
        self._droppable: dict[str, list[int]] = {}
        self._beyond: dict[str, list[int]] = {}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found of rows that can be left out, reason by reason."""
        return tuple(self._finding(*each) for each in self._droppable.items())

    def note_block(
        self,
        start: int,
        norms: Float,
        ready: npt.NDArray[Any],
        long: npt.NDArray[np.bool_],
        *,
        unit: bool,
    ) -> npt.NDArray[np.bool_]:
        """Note the bad rows of a block that begins at row `start`; which can be left out.

        Args:
            start: The first row.
            norms: Lengths of the rows.
            ready: The rows as they are kept.
            unit: Whether these are divided by their lengths.
            long: Rows of finite numbers whose length is beyond float64.
        """
        finite = np.isfinite(norms) | long
        bad = ~finite
        self.note(start, self.not_finite, ~finite)
        _add(self._beyond, _LONG, start, long)
        if unit:
            zeros = norms == 0.0
            self.note(start, _NO_DIRECTION, zeros)
            bad |= zeros
        elif norms.max(initial=0.0, where=finite & ~long) > np.finfo(ready.dtype).max:
            overflown = finite & ~long & ~np.isfinite(ready).all(axis=1)
            what = f"numbers beyond the range of {ready.dtype}"
            _add(self._beyond, what, start, overflown)
        return bad

    def note(self, start: int, holding: str, bad: npt.NDArray[np.bool_]) -> None:
        """Note rows of a block that can be left out."""
        _add(self._droppable, holding, start, bad)

    def stop_if_beyond(self) -> None:
        """Raise the error for numbers that another precision can hold: none is left out."""
        for holding, rows in self._beyond.items():
            raise self._error(self._finding(holding, rows))

    def stop_if_any(self) -> None:
        """Raise the error for the bad rows, where there are any."""
        for finding in self.findings:
            raise self._error(finding)
        self.stop_if_beyond()

    def _finding(self, holding: str, rows: list[int]) -> Finding:
        """Rows by their places in the file, whatever order they were put into."""
        if self.order is not None:
            rows = np.sort(self.order[rows]).tolist()
        return Finding(self.name, holding, len(rows), tuple(rows[:FIRST]))

    def _error(self, finding: Finding) -> BadInput:
        return BadInput(
            self.name,
            expected="usable numbers in every row",
            got=f"{finding.counted} ({finding.listed}, counted from 0)",
            remedy=self._remedy(finding.holding),
        )

    def _remedy(self, holding: str) -> str:
        if holding == _NO_DIRECTION:
            if self.raw_by:
                raw = f"{DROPPING}, or take rows as they are with {self.raw_by}"
                return f"Write the file without these rows, {raw}."
            return f"Write the file without these rows, or {DROPPING}."
        if holding in self._droppable:
            return f"Look at the step that wrote these rows, or {DROPPING}."
        return _SHORTER if holding == _LONG else "Use --precision float64."


def _add(found: dict[str, list[int]], what: str, start: int, bad: npt.NDArray[np.bool_]) -> None:
    if bad.any():
        found.setdefault(what, []).extend((start + np.flatnonzero(bad)).tolist())
