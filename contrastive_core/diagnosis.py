"""What a reader of the value should be warned about."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .evaluate import Evaluation
from .losses.declaration import Direction
from .numerics import Float
from .prepared import BLOCK, Prepared
from .problem import Views
from .tables import Gathered, row_products

Codes = npt.NDArray[np.uint64]

_UNIT_WITHIN = 1e-3
"""How far a norm may be from 1 before a dot product is said to depend on it."""

_FINGERPRINT_WITHIN = 1e-6
"""A value this near to the one of collapse, relative to max(1, it), is named; rounding aside."""


def warnings(evaluation: Evaluation) -> list[str]:
    """All warnings, most fundamental first."""
    found = (
        _not_unit(evaluation),
        _collapse(evaluation),
        _random_positives(evaluation.views),
        _duplicates(evaluation),
    )
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


def _collapse(evaluation: Evaluation) -> str | None:
    """The value that a space of one point has."""
    mean = float(np.nanmean(evaluation.values))
    fingerprint = evaluation.loss.chance(evaluation.candidates)
    eps = float(np.finfo(evaluation.views.data.dtype).eps)
    rounding = eps * evaluation.loss.ledger().scale
    if abs(mean - fingerprint) > _FINGERPRINT_WITHIN * max(1.0, fingerprint) + 2.0 * rounding:
        return None
    return (
        f"collapse: the value equals log K = log {evaluation.candidates} = {fingerprint:.6f}, what "
        "it is when all embeddings are equal. The embeddings tell the samples apart no better than "
        "a guess."
    )


def _random_positives(views: Views) -> str | None:
    """Positives that are no closer than random pairs: the wrong rows may be paired."""
    if views.n < 2:
        return None
    positives = views.positive_scores(views.view(0))[:, 0]
    chance = _mean_of_others(views, positives)
    if _closer(positives, chance):
        return None
    text = (
        f"positives are no closer than random pairs (mean similarity "
        f"{positives.mean():.4f} against {chance:.4f}; positives: {views.found.description})."
    )
    if chance > 1.0 - _FINGERPRINT_WITHIN and views.data.unit:
        return f"{text} All embeddings point the same way."
    return f"{text} {_better_layout(views, chance)}"


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


def _better_layout(views: Views, chance: float) -> str:
    """The other way to pair the rows of one 2-D file, where that brings positives together."""
    other = {"stacked": "interleaved", "interleaved": "stacked"}.get(views.found.layout)
    if other is not None:
        rows = np.arange(2 * views.n).reshape(2, views.n)
        if other == "interleaved":
            first, second = rows.reshape(-1)[0::2], rows.reshape(-1)[1::2]
        else:
            first, second = rows.T.reshape(2, views.n)
        scores = row_products(Gathered(views.data, first), Gathered(views.data, second))
        if _closer(scores, chance):
            return f"--views {other} fits better: mean similarity {scores.mean():.4f}."
    return "Check that both views list the samples in the same order."


def _duplicates(evaluation: Evaluation) -> str | None:
    """Candidates equal to the positive count as negatives: the loss cannot reach 0."""
    if not may_have_duplicates(evaluation.views.data):
        return None
    codes = row_codes(evaluation.views.data)
    copies = [_copies(evaluation.views, each, codes) for each in evaluation.directions]
    affected = sum(int(np.count_nonzero(count)) for count in copies)
    if not affected:
        return None
    total = sum(int(count.sum()) for count in copies)
    return (
        f"duplicates: {affected} of {sum(map(len, copies))} anchors meet exact copies of their "
        f"positive among the negatives ({total} in all). They stay in the denominator, so the loss "
        "of these anchors cannot reach 0."
    )


def _copies(views: Views, direction: Direction, codes: Codes) -> npt.NDArray[np.int64]:
    """How many negatives of each anchor equal one of its positives."""
    anchors, candidates = direction.anchors, direction.candidates
    values, counts = np.unique(codes[candidates.start : candidates.stop], return_counts=True)
    same_sample = np.arange(anchors.start, anchors.stop)[:, None] % views.n + np.arange(
        0, views.count * views.n, views.n
    )
    shown = (same_sample >= candidates.start) & (same_sample < candidates.stop)
    copies = np.zeros(anchors.n, np.int64)
    positives = codes[views.positive_ids(anchors)]
    for column, code in enumerate(positives.T):
        place = np.minimum(np.searchsorted(values, code), len(values) - 1)
        equal = np.where(values[place] == code, counts[place], 0)
        equal -= ((codes[same_sample] == code[:, None]) & shown).sum(axis=1)
        counted = (positives[:, :column] == code[:, None]).any(axis=1)
        copies += np.where(counted, 0, equal)
    return copies


def may_have_duplicates(data: Prepared) -> bool:
    """Whether the first numbers of any two rows are equal: a quick no for most data."""
    heads = np.sort(np.concatenate([rows[:, 0] for _, rows in data.blocks()]))
    return bool((heads[1:] == heads[:-1]).any())


def row_codes(data: Prepared) -> Codes:
    """A 64-bit code per row, equal for equal rows: a random linear form of its bits."""
    weights = np.random.default_rng(0).integers(1, 2**63, data.d, np.uint64) | np.uint64(1)
    codes = np.empty(data.n, np.uint64)
    for start, rows in data.blocks():
        bits = (rows + 0).view(f"u{rows.dtype.itemsize}")  # + 0 turns -0 into 0
        codes[start : start + len(rows)] = (bits * weights).sum(axis=1, dtype=np.uint64)
    return codes
