"""What is known of each row and of each class, as tables."""

from __future__ import annotations

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


def row_facts(clouds: Clouds, facts: Facts, settings: Settings) -> RowFacts:
    """A line for each row, or for each one drawn; of two clouds one after the other."""
    tables = [_rows_of(clouds, facts, settings, number) for number in range(clouds.count)]
    return tables[0] if len(tables) == 1 else _stacked(tables)


def _stacked(tables: list[RowFacts]) -> RowFacts:
    """Both clouds; a column that only the first has is filled up with none."""
    first, second = tables
    if first.rank is not None:
        second = RowFacts(**{**dict(second.columns()), "rank": np.full(len(second), -1)})
    found: RowFacts = joined([first, second])
    return found


def _rows_of(clouds: Clouds, facts: Facts, settings: Settings, number: int) -> RowFacts:
    cloud = facts.clouds[number]
    walk, rows = cloud.walk, cloud.walk.rows
    columns: dict[str, npt.NDArray[Any] | None] = {
        "view": np.full(len(rows), number) if clouds.count > 1 else None,
        "label": _names(clouds, rows),
        "norm": cloud.norms[rows],
        "uniformity": walk.potentials if cloud.n > 1 else None,
        **_pair_columns(clouds, facts, settings, number, rows),
        **_neighbour_columns(cloud, facts),
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


def _neighbour_columns(cloud: Cloud, facts: Facts) -> dict[str, npt.NDArray[Any]]:
    walk = cloud.walk
    if walk.neighbours is None or walk.nearest_cosine is None:
        return {}
    found = {"nearest": walk.neighbours[:, 0], "nearest_cosine": walk.nearest_cosine}
    if facts.drawn is None:
        found["occurrences"] = occurrences(walk.neighbours, cloud.n)
    return found


def worst_first(samples: RowFacts, sort: str) -> Index:
    """Rows by their own alignment, the farthest first; without positives the most crowded first."""
    key = samples.uniformity if samples.alignment is None else samples.alignment
    if key is None or sort == "index":
        return np.arange(len(samples))
    return sort_order(key, sort)


def class_facts(clouds: Clouds, facts: Facts) -> ClassFacts | None:
    """A line for each class that has a row."""
    tables = []
    for number, cloud in enumerate(facts.clouds):
        labelled = clouds.labelled(number)
        if labelled is None or cloud.classes is None or not len(cloud.classes.sizes):
            return None
        names = np.array([*clouds.classes, None], object)
        nearest, cosines = cloud.classes.nearest()
        tables.append(
            ClassFacts(
                label=names[:-1],
                view=np.full(len(names) - 1, number) if clouds.count > 1 else None,
                size=cloud.classes.sizes,
                tolerance=cloud.classes.tolerances(),
                effective_rank=class_ranks(labelled, clouds.eps),
                hardest_class=names[nearest],
                hardest_cosine=cosines,
                r_precision=_class_precision(clouds, cloud),
            )
        )
    return joined(tables)


def _class_precision(clouds: Clouds, cloud: Cloud) -> npt.NDArray[np.float64] | None:
    """Mean of the R-precisions of each class's rows; NaN where none is defined."""
    if cloud.walk.retrieved is None or clouds.labels is None:
        return None
    values, codes = cloud.walk.retrieved.r_precision, clouds.labels[cloud.walk.rows]
    kept = ~np.isnan(values)
    count = len(clouds.classes)
    sums = np.bincount(codes[kept], values[kept], minlength=count)
    sizes = np.bincount(codes[kept], minlength=count)
    return np.where(sizes > 0, sums / np.maximum(sizes, 1), np.nan)
