"""Whether a figure means the same as the saved one of its name."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from .baseline import SavedFigure, plain
from .measured import Measured

ANEW = "Save the baseline anew with --save-baseline"


@dataclass(frozen=True)
class Obstacle:
    """Why two values cannot be compared, and what to do."""

    reason: str
    remedy: str


def obstacle(then: SavedFigure, now: Measured, samples: float) -> Obstacle | None:
    """What stands between a saved value and one of now; None where nothing does.

    Args:
        then: The saved one.
        now: The measured one.
        samples: By what share the number of samples may differ.
    """
    stands = _positives(then, now)
    if stands is not None:
        return stands
    for what, before, after in (
        ("convention", then.convention, now.convention),
        ("direction that is better", then.better, now.better),
    ):
        if before != after:
            reason = f"the {what} was {_word(before)} in the baseline and is {_word(after)}"
            return Obstacle(reason, f"Say the same again, or: {ANEW}.")
    return _parameters(then, now) or _dimensions(then, now) or _samples(then, now, samples)


_GIVEN = {
    "views": "two files, columns or --views",
    "labels": "--labels",
    "labels and views": "--labels and two files or views",
    "pairs": "--pairs",
    "triplets": "three files or --triplets",
    "match": "two files with --match",
    "own negatives": "NEGATIVES",
    "first column": "--scores",
    "diagonal": "--scores --positive diagonal",
}
"""What positives are found in, as it is typed."""


def _positives(then: SavedFigure, now: Measured) -> Obstacle | None:
    """Positives that were found in another way: the same name, and another figure."""
    before = then.positives
    after = None if now.positives is None else now.positives.way
    if before == after:
        return None
    was, found = (
        "none" if way is None else f"from {_GIVEN.get(way, way)}" for way in (before, after)
    )
    reason = f"its positives were {was} in the baseline and are {found}"
    return Obstacle(reason, f"Give the inputs that they came from then, or: {ANEW}.")


def _parameters(then: SavedFigure, now: Measured) -> Obstacle | None:
    """Other parameters in force: of the figure, or defaults that have changed."""
    before = then.parameters
    after = {name: plain(value) for name, value in now.parameters.items() if name not in now.found}
    for name in sorted({*before, *after}):
        if name not in before or name not in after or not _same(before[name], after[name]):
            was, found = (_word(each.get(name)) for each in (before, after))
            reason = f"{name} was {was} in the baseline and is {found}"
            return Obstacle(reason, f"Take the same value, or: {ANEW}.")
    return None


def _same(before: Any, after: Any) -> bool:
    """Equal, and no bool beside a number."""
    return before == after and isinstance(before, bool) == isinstance(after, bool)


def _dimensions(then: SavedFigure, now: Measured) -> Obstacle | None:
    if then.d == now.d:
        return None
    reason = f"the embeddings had {_word(then.d)} dimensions in the baseline and have {now.d}"
    return Obstacle(reason, f"Check that it is the same model, or: {ANEW}.")


def _samples(then: SavedFigure, now: Measured, share: float) -> Obstacle | None:
    """Another number of samples, where it is not allowed or would change the value."""
    if then.samples == now.samples:
        return None
    reason = f"there were {then.samples} samples in the baseline and are {now.samples}"
    apart = abs(now.samples - then.samples)
    if now.counts:
        reason += ", on which it depends"
        return Obstacle(reason, f"Give as many samples, or: {ANEW}.")
    if not then.samples:
        return Obstacle(reason, f"{ANEW}.")
    if apart / then.samples <= share:  # the nearest double to it, as the share is: 29 of 100
        return None
    allow = f"{_percent(apart / then.samples)}%"
    return Obstacle(reason, f"Say --allow 'n: {allow}', or: {ANEW}.")


def _percent(share: float) -> int:
    """The least whole percentage that admits it."""
    return math.ceil(round(share * 100, 9))


def _word(value: Any) -> str:
    return "none" if value is None else str(value)
