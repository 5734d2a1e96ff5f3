"""What the user gave, and which of a loss's forms of input that is."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass
from typing import Any, Protocol

from ..errors import BadInput, BadParameter, check_word
from ..losses import LOSSES, Form, Loss
from ..sources import (
    PLAIN,
    Reading,
    Source,
    aligned,
    array_source,
    is_path,
    open_source,
    with_bits,
)
from ..vocabulary import INPUTS, POSITIVES

FILES = ("embeddings", "keys", "negatives")
"""What is given by position."""


@dataclass(frozen=True, eq=False)
class Given:
    """Paths or arrays, by the name of the input; None for what was not given; how they are read."""

    embeddings: Any = None
    keys: Any = None
    negatives: Any = None
    labels: Any = None
    pairs: Any = None
    triplets: Any = None
    bank: Any = None
    match: Any = None
    scores: Any = None
    prototypes: Any = None
    noise: Any = None
    positive: str | None = None
    views: str | None = None
    reading: Reading = PLAIN

    @property
    def names(self) -> frozenset[str]:
        """What was given."""
        fields = (field.name for field in dataclasses.fields(self))
        named = [name for name in fields if name != "reading"]
        return frozenset(name for name in named if getattr(self, name) is not None)


class Taker(Protocol):
    """What takes inputs: the declaration of a loss, or a command of its own."""

    @property
    def kind(self) -> str:
        """What messages call it."""

    @property
    def assumes_stacked(self) -> bool:
        """Whether a 2-D file alone is taken as two stacked views."""

    @property
    def most_views(self) -> int | None:
        """How many views it can take; None for any number."""

    @property
    def files(self) -> tuple[str, ...]:
        """What it calls its files, in their order."""

    def ways(self) -> list[tuple[str, str]]:
        """Its forms of input: how each is typed, and what it is in words."""


@dataclass(frozen=True, eq=False)
class Recognised:
    """A form of input, with its embeddings open.

    Args:
        form: The form.
        given: What was given.
        sources: EMBEDDINGS, KEYS and NEGATIVES, as files or as columns of one.
    """

    form: Form
    given: Given
    sources: tuple[Source, ...]


def recognise(declaration: type[Loss], given: Given, asker: Taker | None = None) -> Recognised:
    """Find the form and open the embeddings.

    Args:
        declaration: The loss whose forms of input they are.
        given: What was given.
        asker: Who says how the input is given, where that is not `contrast loss`.

    Raises:
        BadParameter: An input that the loss does not take.
        BadInput: Something the loss needs is missing; the message shows the ways to give it.
    """
    names = given.names
    for name in sorted(names):
        if name not in declaration.inputs():
            raise _not_taken(declaration, name)
    if given.positive is not None:
        remedy = "first: column 0 is the positive; diagonal: (i, i) is."
        check_word("positive", given.positive, POSITIVES, remedy)
    check_join(given)
    sources = _open(declaration, given)
    names |= frozenset(FILES[: len(sources)])
    # Two files are no layout to choose: `arrange` refuses --views there, and says why.
    fitting = names - {"views"} if len(sources) == 2 else names
    for form in declaration.forms:
        if form.fits(fitting):
            return Recognised(form, given, tuple(sources))
    taker = asker or declaration
    raise lacking(taker, _in_words(names, taker))


def check_join(given: Given) -> None:
    """Refuse to join where there is no second file."""
    others = (given.keys, given.negatives, given.labels, given.match)
    paths = [os.fspath(each) for each in others if is_path(each)]
    if given.reading.join is None or any(not path.startswith("::") for path in paths):
        return
    raise BadParameter(
        "join",
        expected="a second file, whose rows are put into the order of EMBEDDINGS",
        got=f"--join {given.reading.join} and none",
        remedy="Give KEYS, --labels or --match as a file with ids, or leave --join out.",
    )


def lacking(declaration: Taker, got: str) -> BadInput:
    """The error for input that is no form of the loss: it shows all of them."""
    ways = declaration.ways()
    return BadInput(
        declaration.kind,
        expected=f"what {declaration.kind} is computed from",
        got=got,
        remedy="Give it in one of these ways:",
        lines=[line for command, words in ways for line in (f"    {command}", f"        {words}")],
    )


def _in_words(names: frozenset[str], taker: Taker) -> str:
    pairs = zip(FILES, taker.files, strict=False)
    files = [called.upper() for name, called in pairs if name in names]
    options = [f"--{name}" for name in INPUTS if name in names]
    return " ".join((*files, *options)) or "nothing"


def _not_taken(declaration: type[Loss], name: str) -> BadParameter:
    """An input that belongs to other kinds."""
    takers = [kind for kind, other in LOSSES.items() if name in other.inputs()]
    takes = [f"--{each}" for each in INPUTS if each in declaration.inputs()]
    shown = name.upper() if name in FILES else f"--{name}"
    near = "supcon takes labels. " if name == "labels" else ""
    return BadParameter(
        shown,
        expected=f"an input of {declaration.kind}, which takes "
        f"{', '.join(takes) or 'embeddings alone'}",
        got=shown,
        remedy=f"{near}{shown} belongs to {', '.join(takers)}.",
    )


def _open(declaration: type[Loss], given: Given) -> list[Source]:
    """The embeddings: files, or related columns of one table."""
    return [] if given.embeddings is None else open_rows(given, _columns(declaration, given))


def _columns(declaration: type[Loss], given: Given) -> int:
    """How many related columns of one table the loss would take as its files."""
    if given.pairs is not None or given.triplets is not None or given.prototypes is not None:
        return 1
    return max(sum(name in (*f.needs, *f.takes) for name in FILES) for f in declaration.forms)


def open_rows(given: Given, related: int) -> list[Source]:
    """EMBEDDINGS, KEYS and NEGATIVES, whose rows i belong together.

    Args:
        given: What was given, embeddings among it.
        related: How many related columns of one table may be taken for them.
    """
    if given.keys is None:
        found = open_given(given.embeddings, "embeddings", given.reading, related=related)
        if len(found) == 1:
            return [rows_or_views(found[0], given.views)]
        return [*map(flat, found[:2]), *found[2:]]
    first = flat(*open_given(given.embeddings, "embeddings", given.reading))
    others = [flat(*open_given(given.keys, "keys", given.reading))]
    if given.negatives is not None:
        others += open_given(given.negatives, "negatives", given.reading)
    return [first, *(aligned(first, other, given.reading) for other in others)]


def flat(source: Source) -> Source:
    """(n, 1, d) or (1, n, d) as rows (n, d)."""
    return source.flat() if len(source.shape) == 3 and 1 in source.shape[:2] else source


def rows_or_views(source: Source, views: str | None = None) -> Source:
    """Rows, unless an axis is said to hold views, or decides it by its length."""
    return source if views in ("first", "second") or 2 in source.shape[:2] else flat(source)


def open_given(given: Any, name: str, reading: Reading, *, related: int = 1) -> list[Source]:
    """Open a path, or wrap an array."""
    path = isinstance(given, str | os.PathLike)

    def opened() -> list[Source]:
        found: list[Source] = (
            open_source(given, related=related, reading=reading)
            if path
            else [array_source(given, name, reading)]
        )
        return [with_bits(source, reading) for source in found]

    if reading.keep is None:
        return opened()
    key = ("given", name, *((os.fspath(given), related) if path else (id(given),)))
    return list(reading.keep.once(key, opened))
