"""What is known of the figures of triplets once they were counted.

Of a share or a count of one sort the anchors carry it that have the most triplets of that sort; of
too small a share those that have the most of the others. A mean loss is carried by the largest
losses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ..evaluation import Ratio
from ..hardness.result import Hardness, TripletsResult
from ..hardness.rows import AnchorRows, ListedRows
from ..numerics import Float
from ..samples import CATEGORIES
from .catalogue import AVERAGES, SHARES, better_of, dependence_of
from .measured import Measured, Worst, positives_of
from .rows_of import HIGHEST, first_by, no_rows, plain_rows
from .rules import Figure

_TOLD = ("index", "view", "label", "triplets", "hard", "semi_hard", "easy", "loss")
_LISTED = (
    *("index", "anchor", "positive_index", "negative_index", "category", "gap", "loss"),
    *("positive_distance", "negative_distance"),
)


def measured_of_triplets(figure: Figure, result: TripletsResult, at: Hardness) -> Measured:
    """A figure of triplets, at one margin."""
    value = _value(figure, result, at)
    rows = result.inputs[0]
    ratios = _ratios(figure, at)
    return Measured(
        figure=figure,
        value=value,
        reason=f"there is nothing that {figure.text} could be of" if value != value else None,
        better=better_of(figure),
        n=result.triplets,
        samples=len(at.samples),
        d=rows.shape[-1] if rows.shape else None,
        precision=result.precision,
        convention=at.convention.name,
        parameters=dict(at.parameters),
        ratios=ratios,
        transform=None,
        worst=_worst(figure, at),
        counts=dependence_of(figure).counts,
        groups=_groups(at) if ratios else None,
        positives=positives_of(result.positives, views=_groups(at) is not None),
    )


def _value(figure: Figure, result: TripletsResult, at: Hardness) -> float:
    """The number; NaN where there is none."""
    field = figure.field
    if field in ("triplets", "anchors", "undefined"):
        return float(getattr(result, field))
    found: Any = at.fractions if field in SHARES[:3] else at
    for part in field.split("."):
        found = getattr(found, part)
    return float(found)


def _ratios(figure: Figure, at: Hardness) -> tuple[Ratio, ...]:
    """The mean that a share or a loss is, over the triplets of each anchor, or over listed ones."""
    if figure.field in AVERAGES:
        return (at.ratios[AVERAGES.index(figure.field)],)
    if figure.field not in SHARES:
        return ()
    counted = _counted(figure.field, at.samples)
    if isinstance(at.samples, ListedRows):
        return (Ratio(counted),)
    triplets = np.asarray(at.samples.triplets)
    return (Ratio(np.where(triplets > 0, counted, np.nan), triplets),)


def _groups(at: Hardness) -> Any:
    """The sample of each view; the anchor of each listed triplet."""
    if isinstance(at.samples, ListedRows):
        return at.samples.anchor
    return None if at.samples.view is None else at.samples.index


def _counted(field: str, samples: AnchorRows | ListedRows) -> Float:
    """How many triplets of a sort each row has: of a listed triplet 0 or 1."""
    field = field.removeprefix("counts.")
    if isinstance(samples, ListedRows):
        category = np.asarray(samples.category)
        easy = category == CATEGORIES.index("easy")
        sorts = {"easy": easy, "active_fraction": ~easy}
        word = field.replace("_", "-")
        found = sorts[field] if field in sorts else category == CATEGORIES.index(word)
        return np.asarray(found, np.float64)
    if field == "active_fraction":
        return np.asarray(samples.semi_hard, np.float64) + np.asarray(samples.hard, np.float64)
    return np.asarray(getattr(samples, field), np.float64)


def _worst(figure: Figure, at: Hardness) -> Worst:
    """What lists the anchors or the listed triplets that carry a figure."""
    if figure.field in ("triplets", "anchors"):
        return no_rows
    samples = at.samples
    every = np.ones(len(samples), bool)
    if figure.field == "undefined":
        return _undefined(samples)
    if figure.field in AVERAGES:
        return _listing(samples, lambda high: ([samples.loss if high else -samples.loss], every))
    counted = _counted(figure.field, samples)
    total = np.ones(len(samples))
    if isinstance(samples, AnchorRows):
        total = np.asarray(samples.triplets, np.float64)

    def keys(high: bool) -> tuple[list[Any], npt.NDArray[np.bool_]]:
        carried = counted if high else total - counted
        return [carried, *_ties(samples, high=high)], carried > 0

    return _listing(samples, keys)


def _ties(samples: AnchorRows | ListedRows, *, high: bool) -> list[Any]:
    """Of rows that carry as much the one whose negative is nearer, or whose loss is larger."""
    if isinstance(samples, ListedRows):
        return [-samples.gap]
    losses = np.nan_to_num(samples.loss)
    return [losses if high else -losses]


def _listing(
    samples: AnchorRows | ListedRows,
    keys: Callable[[bool], tuple[list[Any], npt.NDArray[np.bool_]]],
) -> Worst:
    columns = _LISTED if isinstance(samples, ListedRows) else _TOLD

    def listed(count: int, direction: str) -> tuple[dict[str, Any], ...]:
        wanted, kept = keys(direction == HIGHEST)
        return plain_rows(samples, first_by(wanted, kept, count), columns)

    return listed


def _undefined(samples: AnchorRows | ListedRows) -> Worst:
    """The rows that are the anchor of no triplet."""

    def listed(count: int, direction: str) -> tuple[dict[str, Any], ...]:
        if direction != HIGHEST or isinstance(samples, ListedRows):
            return ()
        none = np.flatnonzero(np.asarray(samples.triplets) == 0)[:count]
        return plain_rows(samples, none, ("index", "view", "label"))

    return listed
