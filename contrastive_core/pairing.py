"""Whether positives, or rows of one class, are closer than others; and what may be the matter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .errors import counted
from .evaluation import Evaluation
from .numerics import Float
from .prepared import mean_of
from .problem import Labelled, Views
from .tables import Gathered, Span, row_products

EQUAL_WITHIN = 1e-3
"""Mean similarities this near count as equal, relative to the longest rows."""

_ABOVE_CHANCE = 0.01
"""A value above chance by this share is worth a word."""

_HARDLY_CLOSER = 0.98
"""Squared distances within a class, as a share of those between: shuffled labels are above."""


@dataclass(frozen=True)
class Pairs:
    """Nearness of the pairs of the first two views.

    Args:
        positives: Of each sample's own pair, shape (n,): a similarity, or a squared distance with
            its sign changed.
        others: Mean over row i of one view with row j != i of the other.
        similar: Whether it is a similarity.
    """

    positives: Float
    others: float
    similar: bool

    @property
    def mean(self) -> float:
        """Of the positives."""
        return float(self.positives.mean())

    @property
    def error(self) -> float:
        """Standard error of that mean."""
        return float(self.positives.std() / len(self.positives) ** 0.5)

    @property
    def closer(self) -> bool:
        """Whether positives are closer by more than three standard errors."""
        return self.mean - self.others > max(3.0 * self.error, 1e-6)

    @property
    def compared(self) -> str:
        """Both means in words."""
        sign, what = (1, "similarity") if self.similar else (-1, "squared distance")
        return f"mean {what} {_shown(sign * self.mean)} against {_shown(sign * self.others)}"


def pairs_of(views: Views, scored_by: str | None) -> Pairs | None:
    """Similarities; of rows taken as they are for a distance, negative squared distances."""
    if views.count < 2 or views.n < 2:
        return None
    positives = views.positive_scores(views.view(0))[:, 0]
    others = _mean_of_others(views, positives)
    if views.data.unit or scored_by is not None:
        return Pairs(positives, others, similar=True)
    squares = [views.data.norms[: views.n] ** 2, views.data.norms[views.n : 2 * views.n] ** 2]
    mean = float(squares[0].mean() + squares[1].mean())
    return Pairs(2 * positives - squares[0] - squares[1], 2 * others - mean, similar=False)


def about_positives(views: Views, pairs: Pairs, evaluation: Evaluation | None = None) -> str | None:
    """Positives no closer than random pairs, or a loss above chance although they are.

    Args:
        views: The rows.
        pairs: How near their pairs are.
        evaluation: What a loss made of them; None where no loss is asked for.
    """
    if not pairs.closer:
        return _mispaired(views, pairs)
    if evaluation is None or not above_chance(evaluation.mean, evaluation.chance):
        return None
    text = (
        f"the loss of {evaluation.mean:.6g} is above chance ({evaluation.chance:.6g}), although "
        f"positives are closer than random pairs of the two views ({pairs.compared})."
    )
    if pairs.similar and (layout := _better_layout(views, pairs.mean, least=0.0)):
        return f"{text} {layout}"
    within = max(_within(views, number) for number in (0, 1))
    if pairs.similar and within > pairs.mean and _own_view_meets(evaluation):
        apart = np.linalg.norm(_mean(views, 0) - _mean(views, 1))
        return (
            f"{text} Rows of one view are closer to each other (mean similarity {_shown(within)}) "
            f"than to their positives: the views lie apart (gap of their means {apart:.3g})."
        )
    if evaluation.softmax is None:
        return f"{text} Look at the worst."
    tau = evaluation.loss.temperature
    why = f"At tau {tau:g} the negatives that score higher decide"
    return f"{text} {why}: look at the worst, or raise tau."


def above_chance(value: float, guess: float | None) -> bool:
    """Whether a loss is worth a word: above its value when all scores are equal."""
    return guess is not None and value > guess + _ABOVE_CHANCE * abs(guess)


def _own_view_meets(evaluation: Evaluation) -> bool:
    """Whether the rows of an anchor's own view are among its candidates."""
    meetings = (each.meeting for each in evaluation.competitions)
    spans = ((each.anchors, each.candidates) for each in meetings)
    return any(isinstance(own, Span) and own.inside(all_of_them) for own, all_of_them in spans)


def _mispaired(views: Views, pairs: Pairs) -> str:
    """Positives are no closer than random pairs: what to look at."""
    further = pairs.mean <= pairs.others
    verb = "no closer" if further else "not clearly closer"
    error = "" if further else f", standard error {pairs.error:.2g}"
    text = (
        f"positives are {verb} than random pairs ({pairs.compared}{error}; positives: "
        f"{views.found.description})."
    )
    square = 1.0 if views.data.unit else float((views.data.norms**2).mean())
    if pairs.similar and pairs.others > (1.0 - EQUAL_WITHIN) * square:
        return f"{text} All embeddings point the same way."
    layout = _better_layout(views, pairs.mean, least=3.0) if pairs.similar else None
    return f"{text} {layout or 'Check that both views list the samples in the same order.'}"


def _better_layout(views: Views, mean: float, *, least: float) -> str | None:
    """The other way to pair the rows of one 2-D file, where that brings positives closer.

    Args:
        views: The rows.
        mean: Mean similarity of the positives as they are.
        least: By how many standard errors the other way must be closer.
    """
    other = {"stacked": "interleaved", "interleaved": "stacked"}.get(views.found.layout)
    if other is not None:
        rows = np.arange(2 * views.n).reshape(2, views.n)
        if other == "interleaved":
            first, second = rows.reshape(-1)[0::2], rows.reshape(-1)[1::2]
        else:
            first, second = rows.T.reshape(2, views.n)
        scores = row_products(Gathered(views.data, first), Gathered(views.data, second))
        error = float(scores.std()) / len(scores) ** 0.5
        if float(scores.mean()) - mean > max(least * error, 1e-6):
            return f"--views {other} fits better: mean similarity {_shown(float(scores.mean()))}."
    return None


def about_names(names: Iterable[object]) -> str | None:
    """Classes whose names differ in blanks at their ends alone."""
    alike: dict[str, list[str]] = {}
    for name in names:
        if isinstance(name, str):
            alike.setdefault(name.strip(), []).append(name)
    several = [each for each in alike.values() if len(each) > 1]
    if not several:
        return None
    more = f" (and {counted(len(several) - 1, 'other name')})" if len(several) > 1 else ""
    return (
        f"classes {' and '.join(map(repr, several[0]))}{more} differ in blanks alone, and are "
        "classes of their own. Where they are one, save the labels with label.strip()."
    )


def about_classes(
    problem: Labelled, evaluation: Evaluation | None = None, *, collapsed: bool = False
) -> str | None:
    """Rows of one class no closer than rows of different classes; or a loss above chance.

    Args:
        problem: The rows.
        evaluation: What a loss made of them; None where no loss is asked for.
        collapsed: Whether it is known to be that of a collapsed space.
    """
    known = problem.codes >= 0
    squares = np.where(known, 1.0 if problem.data.unit else problem.data.norms**2, 0.0)
    own = np.bincount(problem.codes[known], squares[known], minlength=len(problem.sizes))
    within, total = 0.0, np.zeros(problem.data.d)
    for group in problem.groups():
        place = problem.codes[group.ids] - group.first
        total += group.rows.sum(axis=0)
        within -= float(np.einsum("ij,ij->", group.rows, group.sums[place]))
    within += float((problem.sizes * own).sum())
    n, same = int(known.sum()), int((problem.sizes * (problem.sizes - 1)).sum())
    other = n * (n - 1) - same
    if not same or not other:
        return None
    between = float(n * squares.sum() - total @ total) - within
    near, far = (max(2.0 * gap, 0.0) for gap in (within / same, between / other))
    compared = f"mean squared distance {near:.4g} against {far:.4g}"
    if far > 0.0 and near >= _HARDLY_CLOSER * far:
        verb = "no closer" if near >= far else "hardly closer"
        text = f"rows of one class are {verb} than rows of different classes ({compared})."
        unit = problem.data.unit or (evaluation is not None and evaluation.loss.unit_rows)
        if far <= 2.0 * EQUAL_WITHIN * (1.0 if unit else float(squares.sum()) / n):
            return f"{text} All embeddings point the same way."
        return f"{text} Check that the labels are in the order of the rows."
    if evaluation is None or collapsed or evaluation.loss.mines:
        return None
    value, guess, tau = evaluation.mean, evaluation.chance, evaluation.loss.temperature
    if not guess or not above_chance(value, guess):
        return None
    why = "rows of other classes are nearer than some of the own class. Look at the worst."
    if tau is not None:
        why = (
            "single rows, of the own class or of others, are so much nearer than the own class is "
            f"on average that at tau {tau:g} they decide. Look at the worst, or raise tau."
        )
    return (
        f"the loss of {value:.6g} is {value / guess:.0%} of what it is when all embeddings are "
        f"equal ({guess:.6g}), although rows of one class are closer than others ({compared}): "
        f"{why}"
    )


def about_terms(evaluation: Evaluation, remedy: str) -> str | None:
    """A loss above chance of terms that each stand for themselves.

    Args:
        evaluation: What a loss made of them.
        remedy: What to look at.
    """
    value, guess = evaluation.mean, evaluation.chance
    if not guess or evaluation.loss.mines or not above_chance(value, guess):
        return None
    defined = evaluation.values[~np.isnan(evaluation.values)]
    return (
        f"the loss of {value:.6g} is {value / guess:.0%} of what it is when all scores are equal "
        f"({guess:.6g}): {np.count_nonzero(defined > guess)} of "
        f"{counted(len(defined), evaluation.sample)} are worse than that. {remedy}"
    )


def _mean_of_others(views: Views, positives: Float) -> float:
    """Mean score of row i of view 0 with row j != i of view 1: all of them, through the sums."""
    first, second = (views.n * _mean(views, number) for number in (0, 1))
    total = float(first @ second) - float(positives.sum())
    return total / (views.n * (views.n - 1))


def _within(views: Views, number: int) -> float:
    """Mean score of different rows of a view."""
    n, mean = views.n, _mean(views, number)
    norms = views.data.norms[number * n : (number + 1) * n]
    own = n if views.data.unit else float((norms**2).sum())
    return (n * n * float(mean @ mean) - own) / (n * (n - 1))


def _mean(views: Views, number: int) -> Float:
    """The mean of the rows of a view."""
    return mean_of(views.data, number * views.n, views.n)


def _shown(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 1000 else f"{value:.4g}"
