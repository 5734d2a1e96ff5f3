"""What a loss declares. Options, help, errors, documentation and property tests follow from it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

from ..conventions import NO_ROWS, PAPER_NAME, Dialect, Ledger
from ..errors import BadParameter
from ..parameters import check, inverse, knob, parameters
from ..vocabulary import INPUTS
from .forms import Form

LOSSES: dict[str, type[Loss]] = {}
"""Name to declaration, in the order of declaration."""

NOTHING: Mapping[str, Any] = MappingProxyType({})


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
class Loss(ABC):
    """A contrastive loss with its hyper-parameters; a subclass is a frozen dataclass.

    The docstring of a subclass is its page: a first line, the formula indented, the paper. Fields
    made by `number`, `choice`, ... are its hyper-parameters; those made by `knob` are set by
    the conventions of libraries and by nobody else.

    Args:
        dialect: The library whose convention is followed; None for the paper's.
        input_form: The form of input it is computed from, by name.
        factor: What the paper's value is multiplied by.
    """

    kind: ClassVar[str]
    """The name it is known by."""

    paper: ClassVar[Paper]
    meaning: ClassVar[str]
    """Two plain sentences for a newcomer."""

    known_as: ClassVar[Mapping[str, str]] = NOTHING
    """Names it goes by elsewhere, and what gives the value meant by that name where it is not the
    default; those of a library with a convention are the `classes` of that."""

    forms: ClassVar[tuple[Form, ...]]
    """The forms of input it takes."""

    raw_by: ClassVar[str] = ""
    """The option that takes rows as they are, where there is one."""

    when_equal: ClassVar[str]
    """Its value when all embeddings are equal, in words."""

    files: ClassVar[tuple[str, ...]] = ("embeddings", "keys", "negatives")
    """What its files are called, in their order."""

    most_views: ClassVar[int | None] = 2
    """How many views of a sample it can take; None for any number."""

    assumes_stacked: ClassVar[bool] = True
    """Whether a 2-D file alone is taken as two stacked views, unasked."""

    precision: ClassVar[str] = "float32"
    """Working precision where none is asked for: distances want float64, cosines do not."""

    in_nats: ClassVar[bool] = True
    """Whether the value is a log, and not a distance."""

    reducible: ClassVar[bool] = True
    """Whether the value is a mean of terms, so that a sum means something."""

    reduced_by: ClassVar[str] = "mean"
    """How the terms make the value."""

    blind: ClassVar[bool] = False
    """Whether its value is 0 where positives coincide, collapsed or not."""

    examples: ClassVar[tuple[str, ...]]
    """Commands that run in a checkout."""

    form_sets: ClassVar[Mapping[str, Mapping[str, Any]]] = NOTHING
    """Other defaults for a form of input, or for an input."""

    form_refuses: ClassVar[Mapping[str, tuple[str, ...]]] = NOTHING
    """Hyper-parameters that mean nothing for a form of input."""

    dialect: Dialect | None = field(default=None, kw_only=True)
    input_form: str = knob("")
    factor: float = knob(1.0)

    def __post_init__(self) -> None:
        """Check the hyper-parameters."""
        check(self)

    @property
    @abstractmethod
    def unit_rows(self) -> bool:
        """Whether every row is divided by its norm first."""

    @property
    def summable(self) -> bool:
        """Whether the value is a mean of terms under this convention too."""
        return self.reducible

    def idle(self) -> frozenset[str]:
        """The hyper-parameters that change nothing while the others are as they are."""
        return frozenset()

    @property
    def scored_by(self) -> str | None:
        """`cosine` or `dot`; None for a distance."""
        return None

    @property
    def by_distance(self) -> bool:
        """Whether a table of distances is walked, which a shift of all rows leaves as it is."""
        return False

    @property
    def mines(self) -> bool:
        """Whether its terms are chosen by how hard they are, and their mean is high by choice."""
        return False

    @property
    def sharpness(self) -> float:
        """How much a difference of two cosines is multiplied by before it is exponentiated."""
        return 0.0

    @property
    def multiplier(self) -> float:
        """What the paper's value is multiplied by, the hyper-parameters in force considered."""
        return self.factor

    @property
    def convention(self) -> str:
        """`paper`, or the name of the library."""
        return self.dialect.name if self.dialect else PAPER_NAME

    @abstractmethod
    def reduction_in_words(self) -> str:
        """What is averaged or summed."""

    @abstractmethod
    def distance_in_words(self) -> str:
        """The similarity or distance of two embeddings."""

    def formula_in_words(self) -> str:
        """The formula with its hyper-parameters in force."""
        return self.formula()

    def denominator_in_words(self) -> str | None:
        """Which candidates stand in the denominator; None where there is none."""
        return None

    def candidates_in_words(self) -> str | None:
        """How many candidates an anchor has; None where there are none."""
        return None

    @property
    def temperature(self) -> float | None:
        """Tau; None where there is none."""
        return None

    @property
    def scale_in_force(self) -> float | None:
        """What similarities are multiplied by: 1 / tau, or a scale; None for neither."""
        return None if self.temperature is None else inverse(self.temperature)

    def ledger(self) -> Ledger:
        """The convention it follows, stated in full."""
        tau, dialect = self.temperature, self.dialect
        scores = self.input_form == "scores"
        rows = "every row divided by its norm" if self.unit_rows else "rows as they are"
        return Ledger(
            name=self.convention,
            formula=self.formula_in_words(),
            reference=self.paper.citation if dialect is None else self._told(dialect),
            factor=self.multiplier,
            denominator=self.denominator_in_words(),
            candidates=self.candidates_in_words(),
            reduction=self.reduction_in_words(),
            distance="ready scores, taken as they are" if scores else self.distance_in_words(),
            normalisation=NO_ROWS if scores else rows,
            tau=tau,
            scale=self.scale_in_force,
        )

    def _told(self, dialect: Dialect) -> str:
        """What a library does; and what is set here instead of its own defaults."""
        own = [each for each in parameters(type(self)) if each.field in dialect.sets]
        apart = [
            each.said(getattr(self, each.field))
            for each in own
            if getattr(self, each.field) != dialect.sets[each.field]
        ]
        here = f"; here {', '.join(apart)}" if apart else ""
        return f"{dialect.reference}: {dialect.says}{here}"

    @classmethod
    def inputs(cls) -> frozenset[str]:
        """Every input that it takes in some form."""
        return frozenset(name for form in cls.forms for name in (*form.needs, *form.takes))

    @classmethod
    def ways(cls, command: str = "") -> list[tuple[str, str]]:
        """Its forms of input: how each is typed, and what it is in words.

        Args:
            command: What stands before the files; nothing for `contrast loss` of this kind.
        """
        before = command or f"contrast loss --kind {cls.kind}"
        typed = {form.example: form.words for form in cls.forms}
        for name in ("bank", "noise"):
            takers = [form for form in cls.forms if name in form.takes]
            for form in takers[:1]:
                meaning = INPUTS[name].meaning.lower().rstrip(".")
                typed[f"{form.example} --{name} {name}.npy"] = f"the same with {meaning}"
        return [(f"{before} {each}", typed[each]) for each in typed]

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

    @classmethod
    def notes(cls) -> str:
        """What its page says below the formula: the source, and where conventions differ."""
        lines = (cls.__doc__ or "").splitlines()[1:]
        text = [line.strip() for line in lines if not line.startswith(" " * 6)]
        return "\n".join(text).strip()


def declared(declaration: type[Loss]) -> type[Loss]:
    """Enter a loss in the register."""
    LOSSES[declaration.kind] = declaration
    return declaration


def refuse_outside_cosine(normalize: bool | None, distance: str) -> None:
    """A cosine takes unit rows: saying so, or the contrary, means nothing."""
    if normalize is not None and distance == "cosine":
        raise BadParameter(
            "normalize" if normalize else "raw",
            expected="a distance for which the length of rows matters",
            got="--distance cosine",
            remedy="A cosine divides every row by its norm: leave --normalize and --raw out.",
        )
