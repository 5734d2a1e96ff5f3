"""From rows to what is known of them: one walk over the pairs, one spectrum, sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..inputs.clouds import Clouds
from ..numerics import Float
from ..plan import Asking
from ..tables import Index, Span, row_distances
from .classes import class_sums, sums_bytes
from .declarations import METRICS
from .settings import NEIGHBOURS, Settings
from .spectrum import SingularValues, block_rows, spectrum_bytes, spectrum_of
from .values import Aligned, Cloud
from .walks import Wanted, walk

SPECTRAL = frozenset(
    {
        "effective_rank",
        "rankme",
        "participation_ratio",
        "stable_rank",
        "alpha_req",
        "iso_score",
    }
)
"""Metrics that one spectrum feeds."""

_RETRIEVAL = frozenset({"r_precision", "map_at_r"})
_NEIGHBOURS = frozenset({"hubness", "duplicates"})

_PER_ROW = 8 * (3 * (NEIGHBOURS + 4) + 8)
"""Bytes per row: the best candidates as they are kept, its neighbours, its facts."""

_FLYING = 8 * 8 * (NEIGHBOURS + 4)
"""Bytes per row of a task and thread: best candidates of tasks in flight, rows and columns."""

_TASK = 8192


@dataclass(frozen=True, eq=False)
class Facts:
    """Everything that the metrics are made of.

    Args:
        clouds: Of each cloud.
        aligned: Of the positive pairs; None where there are none.
        drawn: Positions of the rows drawn; None for all.
    """

    clouds: tuple[Cloud, ...]
    aligned: Aligned | None
    drawn: Index | None


def room_for(names: frozenset[str], rows: int, d: int, classes: int, threads: int) -> int:
    """Bytes kept beside the rows."""
    spectral = spectrum_bytes(rows, d) if names & SPECTRAL else 0
    flying = _FLYING * threads * min(rows, _TASK) if names & _NEIGHBOURS else 0
    return _PER_ROW * rows + spectral + flying + (sums_bytes(classes, d) if classes else 0)


def find_facts(
    clouds: Clouds, settings: Settings, names: frozenset[str], drawn: Index | None
) -> Asking[Facts]:
    """Compute what these metrics need, and no more.

    Args:
        clouds: The rows.
        settings: The parameters.
        names: The metrics that are asked for and whose inputs are there.
        drawn: Positions of the rows drawn for `--sample`; None for all.
    """
    wanted = Wanted(
        potentials="uniformity" in names,
        neighbours=bool(names & _NEIGHBOURS),
        nearest="precision_at_1" in names,
        retrieval=bool(names & _RETRIEVAL),
        ranks="recall_at_1" in names,
    )
    walks, ranks = yield from walk(clouds, settings, wanted, drawn)
    found = tuple(_cloud(clouds, number, names, walks[number]) for number in range(clouds.count))
    aligned = None
    if clouds.aligned is not None:
        pairs = clouds.aligned
        distances = None
        if "alignment" in names:
            distances = row_distances(pairs.view(0), pairs.view(1))
        aligned = Aligned(distances, ranks, found)
    return Facts(found, aligned, drawn)


def _cloud(clouds: Clouds, number: int, names: frozenset[str], walked: Any) -> Cloud:
    """What is known of one cloud."""
    span = clouds.exact.view(number)
    total, squares = _sums(span)
    labelled = clouds.labelled(number)
    return Cloud(
        n=clouds.n,
        d=clouds.exact.data.d,
        norms=clouds.exact.data.norms[span.start : span.stop],
        total=total,
        squares=squares,
        spectrum=_spectrum(span, clouds.eps) if names & SPECTRAL else None,
        walk=walked,
        classes=None if labelled is None else class_sums(labelled),
    )


def _sums(span: Span) -> tuple[Float, float]:
    """Sum of the rows, and of their squared lengths."""
    total, squares = np.zeros(span.data.d), 0.0
    step = block_rows(span.data.d)
    for start in range(0, span.n, step):
        rows = span.read(start, min(start + step, span.n))
        total += rows.sum(axis=0)
        squares += float(np.einsum("ij,ij->", rows, rows))
    return total, squares


def _spectrum(span: Span, eps: float) -> SingularValues:
    """Of the rows as stored, up to one factor for all: no metric knows it."""
    norms = span.data.norms[span.start : span.stop]
    return spectrum_of(span, norms / float(norms.max())).cleaned(eps)


def lacking(name: str, clouds: Clouds) -> str | None:
    """Why a metric cannot be measured on this input; None where it can."""
    metric = METRICS[name]
    there = {
        "": True,
        "labels": clouds.labels is not None,
        "views": clouds.aligned is not None,
        "keys": clouds.count == 2,
    }
    return None if there[metric.needs] else metric.lacking()
