"""What a loss declares. Options, help, errors, documentation and property tests follow from it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import BadParameter, known_names
from ..parameters import check, spellings

if TYPE_CHECKING:
    from ..conventions import Ledger
    from ..numerics import Float
    from ..problem import Views
    from ..reductions import Reduction
    from ..tables import Span

LOSSES: dict[str, type[Loss]] = {}
"""Name to declaration, in the order of declaration."""


@dataclass(frozen=True)
class Paper:
    """Where a loss was published."""

    authors: str
    year: int
    title: str
    equation: str
    url: str

    @property
    def citation(self) -> str:
        """Authors, year and equation."""
        return f"{self.authors} {self.year}, {self.equation}"


@dataclass(frozen=True)
class Direction:
    """One set of anchors and the candidates they meet.

    Args:
        anchors: Each row is an anchor.
        candidates: Each row is a candidate for every anchor, an anchor itself excepted.
        origin: The row that counts as candidate 0.
    """

    anchors: Span
    candidates: Span
    origin: int = 0

    @property
    def count(self) -> int:
        """K: the candidates of one anchor, its positives among them, itself left out."""
        return self.candidates.n - self.anchors.inside(self.candidates)


class Loss(ABC):
    """A contrastive loss with its hyper-parameters; a subclass is a frozen dataclass.

    The docstring of a subclass is its page: a first line, the formula indented, the paper.
    """

    kind: ClassVar[str]
    """The name it is known by."""

    paper: ClassVar[Paper]
    meaning: ClassVar[str]
    """Two plain sentences for a newcomer."""

    most_views: ClassVar[int | None] = 2
    """How many views of a sample it can take; None for any number."""

    example: ClassVar[str]
    """A command that runs in a checkout."""

    def __post_init__(self) -> None:
        """Check the hyper-parameters."""
        check(self)

    @property
    @abstractmethod
    def unit_rows(self) -> bool:
        """Whether every row is divided by its norm first."""

    @abstractmethod
    def directions(self, views: Views) -> tuple[Direction, ...]:
        """Who is anchor and who is candidate; the loss of a sample is the mean over directions."""

    @abstractmethod
    def asks(self) -> tuple[Reduction, ...]:
        """What must be known of each anchor's negatives."""

    @abstractmethod
    def per_sample(self, positives: Float, *reduced: Float) -> Float:
        """The formula: each anchor's loss.

        Args:
            positives: Scores of its positives, shape (n, p).
            reduced: What `asks` came to, each of shape (n,).
        """

    @abstractmethod
    def chance(self, candidates: int) -> float:
        """The loss of a sample when all scores are equal."""

    @abstractmethod
    def ledger(self) -> Ledger:
        """The convention it follows, stated in full."""

    def information_bound(self, candidates: int, mean: float) -> float | None:
        """Lower bound on the mutual information of the views, in nats; None where it is none."""
        del candidates, mean
        return None

    @classmethod
    def headline(cls) -> str:
        """The first line of its page."""
        return (cls.__doc__ or "").strip().splitlines()[0]

    @classmethod
    def formula(cls) -> str:
        """The indented lines of its page, without the citation."""
        lines = (cls.__doc__ or "").splitlines()[1:]
        shown = [line for line in lines if line.startswith(" " * 6)]
        return "\n".join(line.strip() for line in shown)


def declared(declaration: type[Loss]) -> type[Loss]:
    """Enter a loss in the register."""
    LOSSES[declaration.kind] = declaration
    return declaration


def find_loss(kind: str) -> type[Loss]:
    """The declaration of a kind, or the error that lists the known ones."""
    if kind in LOSSES:
        return LOSSES[kind]
    raise BadParameter(
        "kind",
        expected="the name of a loss",
        got=repr(kind),
        remedy=known_names(kind, LOSSES),
    )


def make_loss(kind: str, **values: Any) -> Loss:
    """A loss of a kind with these hyper-parameters; a name it does not take is an error.

    `scale` may stand for a temperature: it is its inverse.
    """
    declaration = find_loss(kind)
    known = spellings(declaration)
    given: dict[str, Any] = {}
    said: dict[str, str] = {}
    for written, value in values.items():
        name = written.replace("_", "-")
        if name not in known:
            raise _not_taken(kind, name, known)
        field = known[name].parameter.field
        if field in given:
            raise _said_twice(said[field], name)
        given[field], said[field] = known[name].value(value), name
    return declaration(**given)


def _not_taken(kind: str, name: str, known: Iterable[str]) -> BadParameter:
    elsewhere = [other for other in LOSSES if name in spellings(LOSSES[other])]
    belongs = f" It belongs to {', '.join(elsewhere)}." if elsewhere else ""
    return BadParameter(
        name,
        expected=f"a parameter of {kind}",
        got=repr(name),
        remedy=known_names(name, known) + belongs,
    )


def _said_twice(first: str, second: str) -> BadParameter:
    return BadParameter(
        second,
        expected=f"either {first} or {second}",
        got="both",
        remedy=f"They set the same parameter: leave one out (scale is 1 / {first}).",
    )
