"""What a reader of the value should be warned about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .duplicates import Codes, copies_among, may_have_duplicates, row_codes
from .evaluate import Evaluation
from .numerics import Float
from .prepared import BLOCK
from .problem import Views
from .tables import Gathered, row_products

_UNIT_WITHIN = 1e-3
"""How far a norm may be from 1 before a dot product is said to depend on it."""

_EQUAL_WITHIN = 1e-3
"""Mean similarities this near count as equal, relative to the longest rows."""

_ABOVE_CHANCE = 0.01
"""A value above chance by this share points to rows that are paired wrongly."""

_IMPRECISE = 1e-4
"""Rounding of the logits, in nats, that is worth a word."""

_LISTED = 5
"""How many samples a warning names."""

_FINGERPRINT_WITHIN = 1e-6
"""A value this near to the one of collapse, relative to max(1, it), is named; rounding aside."""


def warnings(evaluation: Evaluation) -> list[str]:
    """All warnings, most fundamental first."""
    pairs = _pairs(evaluation.views)
    found = [
        _not_unit(evaluation),
        _imprecise(evaluation),
        _chance(evaluation, pairs),
        _pairing(evaluation, pairs),
    ]
    if may_have_duplicates(evaluation.views.data):
        codes = row_codes(evaluation.views.data)
        found += [_identical_views(evaluation.views, codes), _duplicates(evaluation, codes)]
    return [warning for warning in found if warning]


def _not_unit(evaluation: Evaluation) -> str | None:
    """Dot products of rows that are not of unit norm depend on the norms."""
    data = evaluation.views.data
    if data.unit:
        return None
    count = int(np.count_nonzero(np.abs(data.norms - 1.0) > _UNIT_WITHIN))
    if not count:
        return None
    return (
        f"{count} of {data.n} rows are not of unit norm (from {data.norms.min():.4g} to "
        f"{data.norms.max():.4g}), and --similarity dot takes them as they are: longer rows weigh "
        "more. Use --similarity cosine to normalise."
    )


def _imprecise(evaluation: Evaluation) -> str | None:
    """Scores so large that their rounding shows in the loss."""
    data, scale = evaluation.views.data, evaluation.loss.ledger().scale
    error = float(np.finfo(data.dtype).eps) * data.longest**2 * scale
    if data.unit or data.dtype.itemsize > 4 or error < _IMPRECISE:
        return None
    return (
        f"products of rows as long as {data.longest:.4g} are rounded in float32: the loss may be "
        f"off by about {error:.1g}. Use --precision float64."
    )


@dataclass(frozen=True)
class _Pairs:
    """Scores of the pairs of the first two views.

    Args:
        positives: Score of each sample's own pair, shape (n,).
        others: Mean score of row i of one view with row j != i of the other.
    """

    positives: Float
    others: float


def _pairs(views: Views) -> _Pairs:
    positives = views.positive_scores(views.view(0))[:, 0]
    return _Pairs(positives, _mean_of_others(views, positives))


def _chance(evaluation: Evaluation, pairs: _Pairs) -> str | None:
    """The value that equal scores have: of a space of one point, or of a temperature too high."""
    mean = float(np.nanmean(evaluation.values))
    fingerprint = evaluation.loss.chance(evaluation.candidates)
    eps = float(np.finfo(evaluation.views.data.dtype).eps)
    rounding = eps * evaluation.loss.ledger().scale
    if abs(mean - fingerprint) > _FINGERPRINT_WITHIN * max(1.0, fingerprint) + 2.0 * rounding:
        return None
    equal = f"the value equals log K = log {evaluation.candidates} = {fingerprint:.6f}"
    spread = float(pairs.positives.mean()) - pairs.others
    if abs(spread) > _EQUAL_WITHIN * evaluation.views.data.longest**2:
        tau = evaluation.loss.ledger().tau
        return f"{equal}, because tau = {tau:g} makes all scores alike: lower it."
    return (
        f"collapse: {equal}, what it is when all embeddings are equal. The embeddings tell the "
        "samples apart no better than a guess."
    )


def _pairing(evaluation: Evaluation, pairs: _Pairs) -> str | None:
    """Positives no closer than random pairs, or a loss above chance: rows may be mispaired."""
    views, mean = evaluation.views, float(pairs.positives.mean())
    value = float(np.nanmean(evaluation.values))
    guess = evaluation.loss.chance(evaluation.candidates)
    closer = _closer(pairs.positives, pairs.others)
    if not closer:
        verb = "no closer" if mean <= pairs.others else "not clearly closer"
        text = f"positives are {verb} than random pairs"
    elif value > guess * (1.0 + _ABOVE_CHANCE):
        above = f"above chance ({guess:.6g})"
        text = f"the loss of {value:.6g} is {above}: negatives outscore positives"
    else:
        return None
    compared = f"mean similarity {_shown(mean)} against {_shown(pairs.others)}"
    text = f"{text} ({compared}; positives: {views.found.description})."
    if views.data.unit and pairs.others > 1.0 - _EQUAL_WITHIN:
        return f"{text} All embeddings point the same way."
    return f"{text} {_better_layout(views, mean, by_a_hair=closer)}"


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
        f"{same} of {views.n} samples have two identical views: a positive that is the anchor "
        "itself says nothing about the embeddings. Was one file given twice?"
    )


def _duplicates(evaluation: Evaluation, codes: Codes) -> str | None:
    """Candidates equal to the positive count as negatives: the loss cannot reach 0."""
    copies = [copies_among(evaluation.views, each, codes) for each in evaluation.directions]
    affected = sum(int(np.count_nonzero(count)) for count in copies)
    if not affected:
        return None
    total = sum(int(count.sum()) for count in copies)
    first = ", ".join(map(str, np.flatnonzero(copies[0])[:_LISTED] % evaluation.views.n))
    return (
        f"duplicates: {affected} of {sum(map(len, copies))} anchors meet exact copies of their "
        f"positive among the negatives ({total} in all), the first for samples {first}. They stay "
        "in the denominator, so the loss of these anchors cannot reach 0."
    )
