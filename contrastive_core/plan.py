"""From what is asked to passes: each table is walked once, for all who ask of it.

A computation *asks*: it is a generator that yields requests, is sent what they came to, and
returns its result. `answer` drives any number of them together. What a request comes to does not
depend on who else asks, to the last bit: a table is cut into tiles and tasks, and walked one way
round, by what it is; reductions of one pass share products and exponentials and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar

from .engines import Ask, Pass, Results
from .errors import ContrastError
from .reductions import Reduction, State
from .scores import PRODUCT, Score
from .tables import EVERYTHING, Relation, Side, Span, Table

T = TypeVar("T")

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
        """Whether complete rows are needed: then no table is cut or exchanged."""
        return any(reduction.whole_rows for reduction in self.reductions)


Asking = Generator[Sequence[Request], Sequence[tuple[Any, ...]], T]
"""A computation that yields requests, is sent the finished reductions of each, and returns."""


def answer(askings: Sequence[Asking[T]], run: Run) -> list[T | ContrastError]:
    """What each computation comes to, or why it failed; what all ask at a time is walked together.

    Args:
        askings: The computations.
        run: The engine.
    """
    outcomes: dict[int, T | ContrastError] = {}
    waiting: dict[int, Sequence[Request]] = {}

    def go_on(place: int, found: Sequence[tuple[Any, ...]] | None) -> None:
        waiting.pop(place, None)
        try:
            waiting[place] = askings[place].send(found)  # type: ignore[arg-type]
        except StopIteration as done:
            outcomes[place] = done.value
        except ContrastError as error:
            outcomes[place] = error

    for place in range(len(askings)):
        go_on(place, None)
    while waiting:
        requests = [request for place in waiting for request in waiting[place]]
        found = iter(reduce_all(requests, run))
        for place, asked in list(waiting.items()):
            go_on(place, [next(found) for _ in asked])
    return [outcomes[place] for place in range(len(askings))]


def reduce_all(requests: Sequence[Request], run: Run) -> list[tuple[Any, ...]]:
    """The finished reductions of every request, each table walked once.

    Args:
        requests: What is asked.
        run: The engine.
    """
    walks: dict[tuple[Table, bool], _Walk] = {}
    parts = [list(_enter(request, walks)) for request in requests]
    results = run([Pass(table, *walk.sides) for (table, _), walk in walks.items()])
    for walk, states in zip(walks.values(), results, strict=True):
        walk.states = states
    return [_finish(request, each) for request, each in zip(requests, parts, strict=True)]


@dataclass(eq=False)
class _Walk:
    """What is asked of a table, each thing once, and what it came to.

    Args:
        rows: Asked of its rows, with their places.
        cols: Asked of its columns.
    """

    rows: dict[Ask, int] = field(default_factory=dict)
    cols: dict[Ask, int] = field(default_factory=dict)
    states: Results | None = None

    @property
    def sides(self) -> tuple[tuple[Ask, ...], tuple[Ask, ...]]:
        """As a pass takes them."""
        return tuple(self.rows), tuple(self.cols)


@dataclass(frozen=True, eq=False)
class _Part:
    """Where the states of a request over one table are found."""

    walk: _Walk
    exchanged: bool
    places: tuple[int, ...]

    @property
    def states(self) -> list[State]:
        """Of its reductions, in their order."""
        if self.walk.states is None:
            raise TypeError("a table that was not walked")
        found = self.walk.states.cols if self.exchanged else self.walk.states.rows
        return [found[place] for place in self.places]


def _enter(request: Request, walks: dict[tuple[Table, bool], _Walk]) -> list[_Part]:
    """Enter what is asked into the walks of its tables."""
    parts = []
    for table in _tables(request):
        first = table.candidates.start - request.origin
        exchanged = not request.whole_rows and table.reversed is not None
        if exchanged and table.reversed is not None:
            table = table.reversed
        walk = walks.setdefault((table, request.whole_rows), _Walk())
        side = walk.cols if exchanged else walk.rows
        asks = [Ask(reduction, first) for reduction in request.reductions]
        places = tuple(side.setdefault(ask, len(side)) for ask in asks)
        parts.append(_Part(walk, exchanged, places))
    return parts


def _tables(request: Request) -> list[Table]:
    """The candidates cut where the anchors begin and end, so that the square part is symmetric."""
    anchors, candidates = request.anchors, request.candidates
    edges: list[int] = []
    if isinstance(anchors, Span) and anchors.inside(candidates) and not request.whole_rows:
        edges = [anchors.start, anchors.stop]
    bounds = sorted({candidates.start, *edges, candidates.stop})
    spans = [Span(candidates.data, start, stop) for start, stop in pairwise(bounds)]
    return [Table(anchors, span, request.relation, request.score) for span in spans]


def _finish(request: Request, parts: Sequence[_Part]) -> tuple[Any, ...]:
    """Merge the states of a request's tables, in their order; they may be another's too."""
    merged = parts[0].states
    if len(parts) > 1:
        merged = [tuple(array.copy() for array in state) for state in merged]
        for part in parts[1:]:
            for reduction, into, other in zip(request.reductions, merged, part.states, strict=True):
                reduction.merge(into, other)
    return tuple(r.finish(state) for r, state in zip(request.reductions, merged, strict=True))
