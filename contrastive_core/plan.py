"""From directions to passes: half of a symmetric table, both directions of a rectangular one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from .engines import Pass, Results
from .reductions import Reduction, State
from .scores import PRODUCT, Score
from .tables import EVERYTHING, Relation, Side, Span, Table

Run = Callable[[Sequence[Pass]], list[Results]]


@dataclass(frozen=True)
class Request:
    """Reductions over the candidates of some anchors.

    Args:
        anchors: Each row is an anchor.
        candidates: Each row is a candidate.
        origin: The row that counts as candidate 0.
        reductions: What is asked.
        relation: The pairs left out.
        score: How a pair is scored.
    """

    anchors: Side
    candidates: Span
    origin: int
    reductions: tuple[Reduction, ...]
    relation: Relation = EVERYTHING
    score: Score = PRODUCT

    @property
    def whole_rows(self) -> bool:
        """Whether complete rows are needed: then no table is cut or shared."""
        return any(reduction.whole_rows for reduction in self.reductions)


@dataclass(frozen=True)
class _Share:
    """Where a part of a request's states is found: which pass, which side."""

    position: int
    transposed: bool


def reduce_all(requests: Sequence[Request], run: Run) -> list[tuple[Any, ...]]:
    """The finished reductions of every request, each table walked once.

    Args:
        requests: What is asked of each direction.
        run: The engine.
    """
    passes: list[Pass] = []
    shares = [_add(passes, request) for request in requests]
    results = run(passes)
    return [
        _finish(request, [_states(results, share) for share in found])
        for request, found in zip(requests, shares, strict=True)
    ]


def _add(passes: list[Pass], request: Request) -> list[_Share]:
    """Enter a request's tables, or join the pass that walks one of them the other way."""
    shares = []
    for table in _tables(request):
        position = None if request.whole_rows else _opposite(passes, table)
        if position is None:
            shares.append(_Share(len(passes), transposed=False))
            passes.append(Pass(table, request.reductions))
            continue
        both = replace(passes[position].table, anchor_number=table.candidate_number)
        passes[position] = replace(passes[position], table=both, cols=request.reductions)
        shares.append(_Share(position, transposed=True))
    return shares


def _tables(request: Request) -> list[Table]:
    """The candidates cut where the anchors begin and end, so that the square part is symmetric."""
    anchors, candidates = request.anchors, request.candidates
    edges: list[int] = []
    if isinstance(anchors, Span) and anchors.inside(candidates) and not request.whole_rows:
        edges = [anchors.start, anchors.stop]
    bounds = sorted({candidates.start, *edges, candidates.stop})
    tables = []
    for start, stop in pairwise(bounds):
        part = Span(candidates.data, start, stop)
        number = start - request.origin
        table = Table(anchors, part, request.relation, request.score, candidate_number=number)
        tables.append(replace(table, anchor_number=number) if table.symmetric else table)
    return tables


def _opposite(passes: Sequence[Pass], table: Table) -> int | None:
    """The pass over the same scores with anchors and candidates exchanged."""
    for position, job in enumerate(passes):
        exchanged = (job.table.anchors, job.table.candidates) == (table.candidates, table.anchors)
        alike = (job.table.relation, job.table.score) == (table.relation, table.score)
        free = not table.symmetric and not job.cols and not job.whole_rows
        if exchanged and alike and free:
            return position
    return None


def _states(results: Sequence[Results], share: _Share) -> tuple[State, ...]:
    found = results[share.position]
    return found.cols if share.transposed else found.rows


def _finish(request: Request, parts: Sequence[tuple[State, ...]]) -> tuple[Any, ...]:
    """Merge the states of a direction's tables, in their order."""
    first, *others = parts
    for part in others:
        for reduction, into, other in zip(request.reductions, first, part, strict=True):
            reduction.merge(into, other)
    return tuple(r.finish(state) for r, state in zip(request.reductions, first, strict=True))
