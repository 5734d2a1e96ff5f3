"""What a reader of the value should be warned about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .dropped import Numbering
from .duplicates import Codes, copies_among, may_have_duplicates, row_codes
from .evaluation import Evaluation
from .numerics import Float
from .prepared import BLOCK, Prepared
from .problem import Labelled, Noised, Problem, Scored, Views
from .tables import Gathered, row_products

_UNIT_WITHIN = 1e-3
"""How far a norm may be from 1 before a dot product is said to depend on it."""

_EQUAL_WITHIN = 1e-3
"""Mean similarities this near count as equal, relative to the longest rows."""

_ABOVE_CHANCE = 0.01
"""A value above chance by this share points to rows that are paired wrongly."""

_IMPRECISE = 1e-4
"""Rounding of the logits, in nats, that is worth a word."""

_HARDLY_CLOSER = 0.98
"""Squared distances within a class, as a share of those between: shuffled labels are above."""

_LISTED = 5
"""How many samples a warning names."""

_ROUGH = 1e-3
"""Rounding beyond this excuses nothing: such logits say nothing of collapse."""

_FINGERPRINT_WITHIN = 1e-6
"""A value this near to the one of collapse, relative to max(1, it), is named; rounding aside."""


def warnings(evaluation: Evaluation, numbers: Numbering | None = None) -> list[str]:
    """All warnings, most fundamental first; `numbers` are those of the files."""
    problem, views = evaluation.problem, _views(evaluation.problem)
    pairs = _pairs(views, evaluation.loss.scored_by) if views is not None else None
    data = _data(problem)
    found = [
        _not_unit(evaluation, data),
        _imprecise(evaluation, data),
        _collapse(evaluation, data, pairs),
        _pairing(views, pairs, evaluation.mean, evaluation.chance),
        _classes(problem) if isinstance(problem, Labelled) else None,
        *evaluation.remarks,
    ]
    if views is not None and views.count > 1 and may_have_duplicates(views.data):
        codes = row_codes(views.data)
        found += [_identical_views(views, codes), _duplicates(evaluation, codes, numbers)]
    return [warning for warning in found if warning]


def about_pairs(views: Views) -> list[str]:
    """What to beware of in positives, whatever is computed from them."""
    found = [_pairing(views, _pairs(views, "cosine"))]
    if may_have_duplicates(views.data):
        found.append(_identical_views(views, row_codes(views.data)))
    return [warning for warning in found if warning]


def about_classes(problem: Labelled) -> list[str]:
    """What to beware of in classes, whatever is computed from them."""
    warning = _classes(problem)
    return [warning] if warning else []


def _views(problem: Problem) -> Views | None:
    """The views of a problem that has some."""
    inner = problem.inner if isinstance(problem, Noised) else problem
    return inner if isinstance(inner, Views) else None


def _data(problem: Problem) -> Prepared | None:
    """The rows of a problem that has some."""
    inner = problem.inner if isinstance(problem, Noised) else problem
    return None if isinstance(inner, Scored) else inner.data


def _not_unit(evaluation: Evaluation, data: Prepared | None) -> str | None:
    """Products and distances of rows that are not of unit norm depend on the norms."""
    if data is None or data.unit or evaluation.loss.scored_by != "dot":
        return None
    count = int(np.count_nonzero(np.abs(data.norms - 1.0) > _UNIT_WITHIN))
    if not count:
        return None
    free = evaluation.loss.dialect is None
    return (
        f"{count} of {data.n} rows {'is' if count == 1 else 'are'} not of unit norm "
        f"(from {data.norms.min():.4g} to {data.norms.max():.4g}), and a dot product takes them "
        "as they are: longer rows weigh "
        f"more.{' Use --similarity cosine to normalise.' if free else ''}"
    )


def _imprecise(evaluation: Evaluation, data: Prepared | None) -> str | None:
    """Scores so large that their rounding shows in the loss."""
    scale = evaluation.loss.ledger().scale or 1.0
    if data is None or data.dtype.itemsize > 4:
        return None
    if evaluation.loss.precision == "float64":
        least = float(np.finfo(data.dtype).eps) ** 0.5 * data.longest
        return (
            f"distances below about {least:.1g} are rounding in float32, and others lose digits. "
            "Leave --precision out: distances are computed in float64."
        )
    if data.unit:
        return None
    error = float(np.finfo(data.dtype).eps) * data.longest**2 * scale
    if error < _IMPRECISE:
        return None
    return (
        f"products of rows as long as {data.longest:.4g} are rounded in float32: the loss may be "
        f"off by about {error:.1g}. Use --precision float64."
    )


@dataclass(frozen=True)
class _Pairs:
    """Nearness of the pairs of the first two views.

    Args:
        positives: Of each sample's own pair, shape (n,).
        others: Mean over row i of one view with row j != i of the other.
        what: What nearness is, in words.
    """

    positives: Float
    others: float
    what: str


def _pairs(views: Views, scored_by: str | None) -> _Pairs | None:
    """Similarities; of rows taken as they are for a distance, negative squared distances."""
    if views.count < 2 or views.n < 2:
        return None
    positives = views.positive_scores(views.view(0))[:, 0]
    others = _mean_of_others(views, positives)
    if views.data.unit or scored_by is not None:
        return _Pairs(positives, others, "similarity")
    squares = [views.data.norms[: views.n] ** 2, views.data.norms[views.n : 2 * views.n] ** 2]
    mean = float(squares[0].mean() + squares[1].mean())
    return _Pairs(2 * positives - squares[0] - squares[1], 2 * others - mean, "-(squared distance)")


def _collapse(evaluation: Evaluation, data: Prepared | None, pairs: _Pairs | None) -> str | None:
    """The value that a space of one point has, or a temperature that is too high."""
    level, mean = evaluation.collapsed, evaluation.mean
    if level is None:
        return None
    eps = float(np.finfo(data.dtype).eps) if data is not None else 0.0
    rounding = eps * (evaluation.loss.ledger().scale or 1.0)
    slack = _FINGERPRINT_WITHIN * max(1.0, level) + 2.0 * min(rounding, _ROUGH)
    if abs(mean - level) > slack:
        return None
    softmax = evaluation.softmax
    equal = f"the value equals {level:.6f}"
    if softmax is not None and evaluation.loss.multiplier == 1 and level == evaluation.chance:
        equal = f"the value equals log K = log {softmax.candidates} = {level:.6f}"
    if pairs is not None and data is not None and evaluation.chance is not None:
        spread = float(pairs.positives.mean()) - pairs.others
        if abs(spread) > _EQUAL_WITHIN * data.longest**2:
            tau = evaluation.loss.temperature
            return f"{equal}, because tau = {tau:g} makes all scores alike: lower it."
    said = f"collapse: {equal}, what it is when all embeddings are equal."
    if level == 0.0 and evaluation.loss.blind:
        return f"{said} Positives that are copies of each other give it too."
    return f"{said} The embeddings tell the samples apart no better than a guess."


def _pairing(
    views: Views | None, pairs: _Pairs | None, value: float = 0.0, guess: float | None = None
) -> str | None:
    """Positives no closer than random pairs, or a loss above chance: rows may be mispaired."""
    if views is None or pairs is None:
        return None
    mean = float(pairs.positives.mean())
    closer = _closer(pairs.positives, pairs.others)
    if not closer:
        verb = "no closer" if mean <= pairs.others else "not clearly closer"
        text = f"positives are {verb} than random pairs"
    elif guess is not None and value > guess + _ABOVE_CHANCE * abs(guess):
        above = f"above chance ({guess:.6g})"
        text = f"the loss of {value:.6g} is {above}: negatives outscore positives"
    else:
        return None
    compared = f"mean {pairs.what} {_shown(mean)} against {_shown(pairs.others)}"
    text = f"{text} ({compared}; positives: {views.found.description})."
    if views.data.unit and pairs.others > 1.0 - _EQUAL_WITHIN:
        return f"{text} All embeddings point the same way."
    if pairs.what != "similarity":
        return f"{text} Check that both views list the samples in the same order."
    return f"{text} {_better_layout(views, mean, by_a_hair=closer)}"


def _classes(problem: Labelled) -> str | None:
    """Rows of one class no closer than rows of different classes."""
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
    if near < _HARDLY_CLOSER * far or far == 0.0:
        return None
    verb = "no closer" if near >= far else "hardly closer"
    return (
        f"rows of one class are {verb} than rows of different classes (mean squared distance "
        f"{near:.4g} against {far:.4g}). Check that the labels are in the order of the rows."
    )


def _closer(positives: Float, chance: float) -> bool:
    """By more than three standard errors."""
    error = float(positives.std()) / len(positives) ** 0.5
    return bool(float(positives.mean()) - chance > max(3.0 * error, 1e-6))


def _mean_of_others(views: Views, positives: Float) -> float:
    """Mean score of row i of view 0 with row j != i of view 1: all of them, through the sums."""
    first, second = (_sum(views, number) for number in (0, 1))
    total = float(first @ second) - float(positives.sum())
    return total / (views.n * (views.n - 1))


def _sum(views: Views, number: int) -> Float:
    """Sum of the rows of a view."""
    span = views.view(number)
    total = np.zeros(views.data.d)
    step = max(1, BLOCK // views.data.d)
    for start in range(0, span.n, step):
        rows = span.read(start, min(start + step, span.n))
        total += np.ones(len(rows), rows.dtype) @ rows
    return total


def _shown(similarity: float) -> str:
    return f"{similarity:.4f}" if abs(similarity) < 1000 else f"{similarity:.4g}"


def _better_layout(views: Views, mean: float, *, by_a_hair: bool) -> str:
    """The other way to pair the rows of one 2-D file, where that brings positives closer."""
    other = {"stacked": "interleaved", "interleaved": "stacked"}.get(views.found.layout)
    if other is not None:
        rows = np.arange(2 * views.n).reshape(2, views.n)
        if other == "interleaved":
            first, second = rows.reshape(-1)[0::2], rows.reshape(-1)[1::2]
        else:
            first, second = rows.T.reshape(2, views.n)
        scores = row_products(Gathered(views.data, first), Gathered(views.data, second))
        if _closer(scores, mean) or (by_a_hair and scores.mean() > mean):
            return f"--views {other} fits better: mean similarity {_shown(scores.mean())}."
    return "Check that both views list the samples in the same order."


def _identical_views(views: Views, codes: Codes) -> str | None:
    """Views that are the same rows: the loss of a file with itself looks excellent."""
    same = int(np.count_nonzero(codes[: views.n] == codes[views.n : 2 * views.n]))
    if 2 * same <= views.n:
        return None
    return (
        f"{same} of {views.n} samples {'has' if same == 1 else 'have'} two identical views: a "
        "positive that is the anchor itself says nothing about the embeddings. Was one file given "
        "twice?"
    )


def _duplicates(evaluation: Evaluation, codes: Codes, numbers: Numbering | None) -> str | None:
    """Candidates equal to the positive count as negatives: the loss cannot reach 0."""
    copies = [copies_among(each, codes) for each in evaluation.competitions]
    affected = sum(int(np.count_nonzero(count)) for count in copies)
    if not affected:
        return None
    total = sum(int(count.sum()) for count in copies)
    places = np.flatnonzero(copies[0])[:_LISTED] % evaluation.rows
    first = ", ".join(map(str, places if numbers is None else numbers.samples[places]))
    return (
        f"duplicates: {affected} of {sum(map(len, copies))} anchors "
        f"{'meets' if affected == 1 else 'meet'} exact copies of their positive among the "
        f"negatives ({total} in all), the first for samples {first}. They stay "
        "among the negatives, so the loss of these anchors cannot reach its least."
    )
