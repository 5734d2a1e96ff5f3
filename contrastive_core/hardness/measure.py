"""From a problem to the result: listed triplets, or all of labels."""

from __future__ import annotations

from ..diagnosis import warnings
from ..inputs import InputFile
from ..losses import Triplet
from ..plan import Asking
from ..problem import Labelled, Problem, TripletList
from ..summary import Asked
from .of_labels import hardness_of_labels
from .of_listed import hardness_of_listed
from .result import TripletsResult
from .settings import Settings

PER_ROW, PER_MARGIN = 100, 120
"""Bytes kept beside each row: the hardest pair; counts, sums and losses at each margin."""


def measure(
    losses: tuple[Triplet, ...],
    problem: Problem,
    wanted: Settings,
    asked: Asked,
    inputs: tuple[InputFile, ...],
) -> Asking[TripletsResult]:
    """How hard the triplets are, with what to beware of.

    Args:
        losses: The same loss at each margin.
        problem: Who is whose positive.
        wanted: Whether anchors are drawn.
        asked: Which samples are listed.
        inputs: What was read.

    Raises:
        NothingDefined: There is no triplet.
        BadParameter: A sample that cannot be drawn, or a loss beyond float64.
    """
    if isinstance(problem, TripletList):
        found = hardness_of_listed(losses, problem, wanted, asked)
    elif isinstance(problem, Labelled):
        found = yield from hardness_of_labels(losses, problem, wanted, asked)
    else:
        raise TypeError(f"triplets are not defined on {type(problem).__name__}")
    return TripletsResult(
        triplets=found.triplets,
        anchors=found.anchors,
        undefined=found.undefined,
        kind=found.evaluation.sample,
        sample=wanted.sample,
        margins=found.margins,
        precision=found.evaluation.precision,
        positives=problem.found,
        inputs=inputs,
        warnings=tuple(warnings(found.evaluation)),
    )
