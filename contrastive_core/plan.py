"""From what is asked to passes: each table is walked once, for all who ask of it.

A computation *asks*: it is a generator that yields requests, is sent what they came to, and
returns its result; `together` makes one of several, `answer` drives it. What a request comes to
does not depend on who else asks, to the last bit: a table is cut into tiles and tasks, and walked
one way round, by what it is; reductions of one pass share products and exponentials, nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, TypeVar

from .engines import Ask, Pass, Results
from .errors import ContrastError
from .reductions import Reduction, State
from .resources import Progress
from .tables import EVERYTHING, ReadTable, Span, Table

T = TypeVar("T")

Run = Callable[..., list[Results]]
"""An engine: passes, and whom to tell of its progress, to their results."""


@dataclass(frozen=True)
class Request:
    """Reductions over the candidates of some anchors.

    Args:
        table: Each row is an anchor, each column a candidate.
        reductions: What is asked of each row.
        origin: The row of the data that counts as candidate 0.
    """

    table: Table | ReadTable
    reductions: tuple[Reduction, ...]
    origin: int = 0

    @property
    def whole_rows(self) -> bool:
        """Whether complete rows are needed: then no table is cut or exchanged."""
        return any(reduction.whole_rows for reduction in self.reductions)


Asking = Generator[Sequence[Request], Sequence[tuple[Any, ...]], T]
"""A computation that yields requests, is sent the finished reductions of each, and returns."""


def together(askings: Sequence[Asking[T]]) -> Asking[list[T]]:
    """Several computations as one, which asks at a time whatever they ask."""
    results: dict[int, T] = {}
    answers: dict[int, Any] = dict.fromkeys(range(len(askings)))
    while answers:
        waiting: dict[int, Sequence[Request]] = {}
        for place, found in answers.items():
            try:
                waiting[place] = askings[place].send(found)
            except StopIteration as done:
                results[place] = done.value
        flat = iter((yield [request for asked in waiting.values() for request in asked]))
        answers = {place: [next(flat) for _ in asked] for place, asked in waiting.items()}
    return [results[place] for place in range(len(askings))]


def attempt(asking: Asking[T]) -> Asking[T | ContrastError]:
    """A computation whose failure is what it comes to, so that those beside it go on."""
    try:
        return (yield from asking)
    except ContrastError as error:
        return error


def answer(
    asking: Asking[T], run: Run, progress: Progress | None = None, most: float = math.inf
) -> T:
    """What a computation comes to; what it asks at a time is walked together.

    Args:
        asking: The computation.
        run: The engine.
        progress: Told the scores done and the scores in all, of walks that take their time.
        most: Bytes of states per row that may be in flight.
    """
    longest = 0

    def shown(passes: Sequence[Pass]) -> list[Results]:
        """A second look at a few rows moves no bar."""
        nonlocal longest
        scores = sum(job.table.n * job.table.m for job in passes)
        longest = max(longest, scores)
        return run(passes, progress=progress if 2 * scores > longest else None)

    try:
        requests = next(asking)
        while True:
            requests = asking.send(reduce_all(requests, shown, most) if requests else [])
    except StopIteration as done:
        found: T = done.value
        return found


def reduce_all(
    requests: Sequence[Request], run: Run, most: float = math.inf
) -> list[tuple[Any, ...]]:
    """The finished reductions of every request, each table walked once.

    Args:
        requests: What is asked.
        run: The engine.
        most: Bytes of states per row that may be in flight. Where a table is asked for more it is
            walked again for the rest; a single reduction is never too large.
    """
    walks: dict[tuple[Table | ReadTable, bool], _Walk] = {}
    parts = [list(_enter(request, walks)) for request in requests]
    jobs = [(walk, job) for (table, _), walk in walks.items() for job in walk.passes(table, most)]
    for (walk, _), found in zip(jobs, run([job for _, job in jobs]), strict=True):
        walk.states[0].extend(found.rows)
        walk.states[1].extend(found.cols)
    return [_finish(request, each) for request, each in zip(requests, parts, strict=True)]


@dataclass(eq=False)
class _Walk:
    """What is asked of a table, each thing once, and what it came to.

    Args:
        sides: Asked of its rows and of its columns, with their places.
        states: What they came to, by place.
    """

    sides: tuple[dict[Ask, int], dict[Ask, int]] = field(default_factory=lambda: ({}, {}))
    states: tuple[list[State], list[State]] = field(default_factory=lambda: ([], []))

    def passes(self, table: Table | ReadTable, most: float) -> Iterator[Pass]:
        """All that is asked, in as few passes as the states that may be in flight allow."""
        asks = [(ask, side) for side, asked in enumerate(self.sides) for ask in asked]
        start, size = 0, 0
        for stop, (ask, _) in enumerate(asks):
            own = sum(array.nbytes for array in ask.reduction.start(1))
            if size and size + own > most:
                yield _pass(table, asks[start:stop])
                start, size = stop, 0
            size += own
        yield _pass(table, asks[start:])


def _pass(table: Table | ReadTable, asks: Sequence[tuple[Ask, int]]) -> Pass:
    """Of rows (side 0) and columns (side 1)."""
    down, across = (tuple(ask for ask, own in asks if own == side) for side in (0, 1))
    return Pass(table, down, across)


@dataclass(frozen=True, eq=False)
class _Part:
    """Where the states of a request over one table are found."""

    walk: _Walk
    exchanged: bool
    places: tuple[int, ...]

    @property
    def states(self) -> list[State]:
        """Of its reductions, in their order."""
        return [self.walk.states[self.exchanged][place] for place in self.places]


def _enter(request: Request, walks: dict[tuple[Table | ReadTable, bool], _Walk]) -> Iterator[_Part]:
    """Enter what is asked into the walks of its tables."""
    for table, first in _tables(request):
        turned = None if request.whole_rows else table.reversed
        whole = replace(turned or table, relation=EVERYTHING)
        walk = walks.setdefault((whole, request.whole_rows), _Walk())
        side = walk.sides[turned is not None]
        asks = [Ask(reduction, table.relation, first) for reduction in request.reductions]
        yield _Part(
            walk, turned is not None, tuple(side.setdefault(ask, len(side)) for ask in asks)
        )


def _tables(request: Request) -> list[tuple[Table | ReadTable, int]]:
    """The tables of a request, with the number of each one's first candidate.

    Candidates are cut where the anchors begin and end, so that the square part is symmetric.
    """
    table = request.table
    if isinstance(table, ReadTable):
        return [(table, 0)]
    anchors, candidates = table.anchors, table.candidates
    edges: list[int] = []
    if isinstance(anchors, Span) and anchors.inside(candidates) and not request.whole_rows:
        edges = [anchors.start, anchors.stop]
    bounds = sorted({candidates.start, *edges, candidates.stop})
    spans = [Span(candidates.data, start, stop) for start, stop in pairwise(bounds)]
    return [(replace(table, candidates=span), span.start - request.origin) for span in spans]


def _finish(request: Request, parts: Sequence[_Part]) -> tuple[Any, ...]:
    """Merge the states of a request's tables, in their order; they may be another's too."""
    merged = parts[0].states
    if len(parts) > 1:
        merged = [tuple(array.copy() for array in state) for state in merged]
        for part in parts[1:]:
            for reduction, into, other in zip(request.reductions, merged, part.states, strict=True):
                reduction.merge(into, other)
    return tuple(r.finish(state) for r, state in zip(request.reductions, merged, strict=True))
