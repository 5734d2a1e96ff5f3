"""One progress for several measurings."""

from __future__ import annotations

import dataclasses

from ..resources import Progress, Resources


class Shared:
    """How far several measurings are, of which only those done and the present one are known.

    Those to come are taken to be as long as the present one.

    Args:
        told: Who is told; None for nobody.
        count: How many measurings there are.
    """

    def __init__(self, told: Progress | None, count: int) -> None:
        self._told, self._left = told, count
        self._before, self._total = 0, 0

    def of(self, means: Resources) -> Resources:
        """The same means, whose progress is that of all."""
        return means if self._told is None else dataclasses.replace(means, progress=self)

    def __call__(self, done: int, total: int) -> None:
        """Of the present measuring."""
        self._total = total
        if self._told is not None:
            self._told(self._before + done, self._before + total * max(1, self._left))

    def next(self) -> None:
        """The present one is done."""
        self._before, self._left, self._total = self._before + self._total, self._left - 1, 0
