"""Inputs that are opened and prepared once, and asked any number of questions."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields, replace
from functools import cached_property, partial
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from ..engines import run
from ..errors import BadParameter, ContrastError, known_names
from ..inputs import Given
from ..inputs.given import FILES
from ..inputs.stock import Crowded, Stock
from ..memory import Room
from ..plan import Asking, answer, attempt, together
from ..resources import Resources
from ..sources import Reading
from ..sources.keep import Keep
from .fitting import Chosen, Inputs

Data = str | os.PathLike[str] | npt.ArrayLike
"""A path (`PATH::column` for one column of a table), an array, or a tensor on any device."""

R = TypeVar("R", covariant=True)

_READING = ("dtype", "join", "on_bad")

INPUT_NAMES = tuple(each.name for each in fields(Given) if each.name != "reading")
"""What may be given by name."""


class Question(Protocol[R]):
    """What may be asked of a session."""

    def chosen(self, inputs: Inputs) -> Chosen:
        """Those of the inputs that it is computed from.

        Raises:
            Missing: They are not there, or leave it open which are meant.
        """

    def prepared(self, given: Given, stock: Stock) -> tuple[Asking[R], Room]:
        """The computation, its rows ready, and the room that it has.

        Raises:
            ContrastError: Bad input or parameters.
        """


class Session:
    """Embeddings with what relates them: opened and made ready once, asked any number of questions.

        session = cc.Session(z, keys, labels=y)
        loss, space = session.ask(cc.LossQuestion("infonce", tau=0.07), cc.MetricsQuestion())

    What several questions ask of a table of scores is answered in one walk. A question takes those
    of the inputs that it needs. What it comes to does not depend on the questions beside it, to the
    last bit; the memory bound is one for all of them. n are samples, d dimensions, m candidates.

    Args:
        *files: EMBEDDINGS, KEYS and NEGATIVES, paths, arrays or tensors: (n, d) rows; two views as
            (2, n, d), (n, 2, d), or stacked (2n, d); KEYS the positives row by row, (n, d);
            NEGATIVES (n, d) for triplet, (n, k, d) for infonce, each anchor's own.
        resources: Threads, memory bound, precision, progress.
        **inputs: What relates rows, and how files are read.
            labels: One class per row or sample, integers, strings or bools, None for no class,
                (n,); or one-hot rows (n, k).
            pairs: Rows (i, j, y) or (i, j) of indices into the embeddings, (p, 3) or (p, 2).
            triplets: Rows (anchor, positive, negative) of indices, (t, 3).
            bank: Further negatives that all anchors share, (m, d).
            match: Whether row i of both files is similar, 0 or 1, (n,).
            scores: Ready scores instead of embeddings, (n, m).
            prototypes: Class vectors for cross-entropy, (classes, d).
            noise: Noise distribution of nce, (m,); None or "uniform" for uniform.
            positive: `first` or `diagonal`: where the positives of square scores lie.
            views: `stacked`, `interleaved`, `first` or `second`, where the shape does not decide.
            dtype: `bfloat16` where two-byte numbers that are stored without a type (void, or
                integers) are that, in at least one of the files; `bits` where bytes are packed
                signs, eight dimensions each, read as -1 and 1; the others are read by their own
                types.
            join: The column of ids by which rows of other files are put into the order of
                EMBEDDINGS; without, ids that both files have are compared.
            on_bad: `stop` at rows that hold NaN, infinity or null, are ragged, or are null vectors
                where a direction is needed; or `drop` them, with their pairs, labels and views,
                which `dropped` of a result says.
    """

    def __init__(
        self, *files: Data | None, resources: Resources | None = None, **inputs: Any
    ) -> None:
        self._open(given(*files, **inputs), Resources.of(resources))

    @classmethod
    def of(cls, inputs: Given, resources: Resources) -> Session:
        """Over inputs that are named already."""
        session = cls.__new__(cls)
        session._open(inputs, resources)
        return session

    def _open(self, inputs: Given, resources: Resources) -> None:
        self.keep = inputs.reading.keep or Keep()
        self.given = replace(inputs, reading=replace(inputs.reading, keep=self.keep))
        self.resources, self._stock = resources, Stock(resources)

    @cached_property
    def inputs(self) -> Inputs:
        """The inputs with the embeddings open, for questions to choose from."""
        return Inputs(self.given)

    def ask(self, *questions: Question[Any]) -> list[Any]:
        """The results, in the order of the questions.

        Raises:
            ContrastError: Of the first question that fails; the message says what was expected,
                what was got and what to do.
        """
        chosen = [(question, question.chosen(self.inputs).given) for question in questions]
        return _raised(self.outcomes(chosen))

    def ask_of_all(self, question: Question[R]) -> R:
        """The result of a question that must take every one of the inputs.

        Raises:
            ContrastError: As `ask` does, also for an input that the question does not take.
        """
        (result,) = _raised(self.outcomes([(question, self.given)]))
        found: R = result
        return found

    def outcomes(self, questions: Sequence[tuple[Question[Any], Given]]) -> list[Any]:
        """The result of each question, or the error that keeps it from one.

        Args:
            questions: With the inputs that each is computed from, some of the session's.
        """
        self.keep.reads.often |= len(questions) > 1
        found: dict[int, Any] = {}
        waiting: dict[int, tuple[Asking[Any], Room]] = {}
        for place, (question, inputs) in enumerate(questions):
            try:
                try:
                    waiting[place] = question.prepared(inputs, self._stock)
                except Crowded:
                    self._answer(waiting, found)
                    waiting[place] = question.prepared(inputs, self._stock)
            except ContrastError as error:
                found[place] = error
        self._answer(waiting, found)
        return [found[place] for place in range(len(questions))]

    def _answer(self, waiting: dict[int, tuple[Asking[Any], Room]], found: dict[int, Any]) -> None:
        """Answer what waits, together; afterwards nothing is held."""
        if waiting:
            rooms = [room for _, room in waiting.values()]
            workers, states = min(r.workers for r in rooms), min(r.states for r in rooms)
            engine = partial(run, workers=workers, tile=self.resources.tile)
            askings = together([attempt(asking) for asking, _ in waiting.values()])
            with np.errstate(over="ignore", invalid="ignore"):  # refused where it matters
                results = answer(askings, engine, self.resources.progress, states)
            found.update(zip(waiting, results, strict=True))
            waiting.clear()
        self._stock.release()


def _raised(outcomes: list[Any]) -> list[Any]:
    for each in outcomes:
        if isinstance(each, ContrastError):
            raise each
    return outcomes


def given(*files: Data | None, **inputs: Any) -> Given:
    """Inputs by their names, and how they are read.

    Raises:
        BadParameter: A name that is no input's, or too many by position.
    """
    if len(files) > len(FILES):
        raise BadParameter(
            "inputs",
            expected=f"at most {', '.join(FILES)} by position",
            got=f"{len(files)} of them",
            remedy="Give the others by name, such as labels=y.",
        )
    known(inputs, (*INPUT_NAMES, *_READING), "an input")
    reading = Reading(**{name: inputs.pop(name) for name in _READING if name in inputs})
    named: dict[str, Any] = dict(zip(FILES, files, strict=False))
    return Given(**named, **inputs, reading=reading)


def known(options: Iterable[str], names: Collection[str], what: str) -> None:
    """Refuse an option that nobody knows.

    Raises:
        BadParameter: The message lists those that are known.
    """
    for name in options:
        if name not in names:
            remedy = known_names(name, names)
            raise BadParameter(name, expected=what, got=f"{name}=...", remedy=remedy)


def split(options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what a session takes, the rest) of the options of one call."""
    names = {"resources", *_READING, *INPUT_NAMES}
    own = {name: value for name, value in options.items() if name in names}
    return own, {name: value for name, value in options.items() if name not in names}
