"""What is known of each row and of each class, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..inputs.clouds import Clouds
from ..rows import joined
from ..samples import sort_order
from ..tables import Index
from .classes import class_ranks
from .facts import Facts
from .result import ClassFacts, RowFacts
from .settings import Settings
from .values import Cloud
from .walks import occurrences


def row_facts(clouds: Clouds, facts: Facts, settings: Settings, names: frozenset[str]) -> RowFacts:
    """A line for each row, or for each one drawn; of two clouds one after the other."""
    hubs = "hubness" in names
    tables = [_rows_of(clouds, facts, settings, number, hubs) for number in range(clouds.count)]
    return tables[0] if len(tables) == 1 else _stacked(tables)


def _stacked(tables: list[RowFacts]) -> RowFacts:
    """Both clouds; a column that only the first has is filled up with none."""
    first, second = tables
    if first.rank is not None:
        second = RowFacts(**{**dict(second.columns()), "rank": np.full(len(second), -1)})
    found: RowFacts = joined([first, second])
    return found


def _rows_of(clouds: Clouds, facts: Facts, settings: Settings, number: int, hubs: bool) -> RowFacts:
    cloud = facts.clouds[number]
    walk, rows = cloud.walk, cloud.walk.rows
    columns: dict[str, npt.NDArray[Any] | None] = {
        "view": np.full(len(rows), number) if clouds.count > 1 else None,
        "label": _names(clouds, rows),
        "norm": cloud.norms[rows],
        "uniformity": walk.potentials if cloud.n > 1 else None,
        **_pair_columns(clouds, facts, settings, number, rows),
        **_neighbour_columns(cloud, facts, hubs),
    }
    if walk.retrieved is not None:
        columns["precision_at_1"] = walk.retrieved.first
        columns["r_precision"] = walk.retrieved.r_precision
        columns["average_precision"] = walk.retrieved.average_precision
    return RowFacts(index=rows, **columns)


def _names(clouds: Clouds, rows: Index) -> npt.NDArray[Any] | None:
    """The class of each row; None for none."""
    if clouds.labels is None:
        return None
    names = np.array([*clouds.classes, None], object)
    return np.asarray(names[clouds.labels[rows]])


def _pair_columns(
    clouds: Clouds, facts: Facts, settings: Settings, number: int, rows: Index
) -> dict[str, npt.NDArray[Any]]:
    """Own alignment and rank, of rows that are a sample of two views."""
    if facts.aligned is None or clouds.count == 1:
        return {}
    found = {}
    if facts.aligned.distances is not None:
        found["alignment"] = (facts.aligned.distances**settings.alpha)[rows]
    if facts.aligned.ranks is not None and number == 0:
        found["rank"] = facts.aligned.ranks
    return found


def _neighbour_columns(cloud: Cloud, facts: Facts, hubs: bool) -> dict[str, npt.NDArray[Any]]:
    walk = cloud.walk
    if walk.neighbours is None or walk.nearest_cosine is None:
        return {}
    found = {"nearest": walk.neighbours[:, 0], "nearest_cosine": walk.nearest_cosine}
    if hubs and facts.drawn is None:
        found["occurrences"] = occurrences(walk.neighbours, cloud.n)
    return found


@dataclass(frozen=True)
class SortKey:
    """What rows are sorted by.

    Args:
        column: Its name.
        worst: Whether the highest or the lowest value is the worst.
        of_pairs: Whether both rows of a pair have the same value: then one of them is listed.
    """

    column: str
    worst: str = "highest"
    of_pairs: bool = False


_KEYS = (
    SortKey("alignment", of_pairs=True),
    SortKey("uniformity"),
    SortKey("rank", of_pairs=True),
    SortKey("r_precision", "lowest"),
    SortKey("occurrences"),
    SortKey("nearest_cosine"),
)


def sort_key(samples: RowFacts) -> SortKey | None:
    """The first of the known keys; None where there is none."""
    return next((key for key in _KEYS if getattr(samples, key.column) is not None), None)


def in_order(samples: RowFacts, sort: str, *, every: bool = False) -> Index:
    """Positions of the rows that are listed, worst first, best first, or as they lie.

    Args:
        samples: All rows.
        sort: One of `SORTS`.
        every: Whether all of them are listed: both rows of a pair, and those without a value.
    """
    key = sort_key(samples)
    if key is None or sort == "index":
        return np.arange(len(samples))
    values = np.asarray(getattr(samples, key.column), np.float64)
    flipped = -values if key.worst == "lowest" else values
    order = sort_order(flipped, sort, every=every)
    if every or not key.of_pairs or samples.view is None:
        return order
    kept: Index = order[samples.view[order] == 0]
    return kept


def class_facts(clouds: Clouds, facts: Facts, names: frozenset[str]) -> ClassFacts | None:
    """A line for each class that has a row; its rank only where ranks are asked for."""
    ranked = "effective_rank" in names
    tables = []
    for number, cloud in enumerate(facts.clouds):
        labelled = clouds.labelled(number)
        if labelled is None or cloud.classes is None or not len(cloud.classes.sizes):
            return None
        titles = np.array([*clouds.classes, None], object)
        nearest, cosines = cloud.classes.nearest()
        tables.append(
            ClassFacts(
                label=titles[:-1],
                view=np.full(len(titles) - 1, number) if clouds.count > 1 else None,
                size=cloud.classes.sizes,
                tolerance=cloud.classes.tolerances(),
                effective_rank=class_ranks(labelled, clouds.eps) if ranked else None,
                hardest_class=titles[nearest],
                hardest_cosine=cosines,
                r_precision=_class_precision(clouds, cloud) if facts.drawn is None else None,
            )
        )
    return joined(tables)


def _class_precision(clouds: Clouds, cloud: Cloud) -> npt.NDArray[np.float64] | None:
    """Mean of the R-precisions of each class's rows; NaN where none is defined."""
    retrieved = cloud.walk.retrieved
    if retrieved is None or retrieved.r_precision is None or clouds.labels is None:
        return None
    values, codes = retrieved.r_precision, clouds.labels[cloud.walk.rows]
    kept = ~np.isnan(values)
    count = len(clouds.classes)
    sums = np.bincount(codes[kept], values[kept], minlength=count)
    sizes = np.bincount(codes[kept], minlength=count)
    return np.where(sizes > 0, sums / np.maximum(sizes, 1), np.nan)
