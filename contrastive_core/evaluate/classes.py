"""SupCon and NT-Xent with labels: many positives, known by their class.

Their mean score costs O(n d), through the sum of the rows of a class; only the log-sum-exps over
all candidates need the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..evaluation import Columns, Evaluation, Ratio, SoftmaxParts, mean_of
from ..losses import NTXent, SupCon
from ..numerics import Float, log_sum_exp, softplus
from ..parameters import inverse
from ..plan import Asking
from ..problem import Labelled
from ..reductions import LogSumExp, PlacedSum, TopK
from ..standing import KEPT, Competition, Meeting, nearest, standing
from ..tables import Gathered, Index, Offsets, OtherClass, SameClass
from .contests import standing_columns, view_of
from .work import finite

Block = npt.NDArray[Any]

_ITSELF = Offsets((0,))

_PAIR = 2
"""Rows of a class in which each has a single positive."""

_FEW, _SHARE = 2**22, 32
"""Positives are few where there are this few pairs, or this share of all pairs at most."""


def evaluate_classes(
    loss: SupCon | NTXent, problem: Labelled, *, standings: bool
) -> Asking[Evaluation]:
    """The loss of every row that has a positive."""
    positive = mean_positive(problem)
    defined = problem.positives > 0
    if isinstance(loss, NTXent) and loss.per_pair:
        values, equal = yield from _per_pair(loss, problem)
    else:
        values, equal = yield from _one_denominator(loss, problem, positive)
    finite(np.where(np.isnan(values) & defined, np.inf, values), loss)
    values, equal = (_undefined(loss, problem, each) * loss.multiplier for each in (values, equal))
    mean, n = _mean(loss, problem, values)
    told = (yield from _look(problem, None)) if standings else None
    chance, _ = _mean(loss, problem, equal)
    kept = ~np.isnan(values)
    pull = -positive[kept & defined] / loss.tau * loss.multiplier
    whole = bool((kept == defined).all()) and not (isinstance(loss, SupCon) and loss.nonzero)
    splits = whole and not (isinstance(loss, NTXent) and loss.per_pair)
    return Evaluation(
        loss,
        problem,
        "anchor",
        values,
        mean,
        n,
        problem.data.dtype.name,
        rows=problem.n,
        views=problem.count > 1,
        columns={"positive": positive, "positives": problem.positives},
        ratios=_ratios(loss, problem, values),
        standing=told,
        look=lambda chosen: _look(problem, chosen),
        chance=chance if len(positive) > 1 else None,
        collapsed=chance,
        softmax=_parts(loss, problem, pull if splits else pull[:0]),
        remarks=remarks_on_labels(problem, softmax=True),
    )


def _parts(loss: SupCon | NTXent, problem: Labelled, pull: Float) -> SoftmaxParts | None:
    """K and the positives' part, where there is one denominator."""
    if isinstance(loss, NTXent) and loss.per_pair:
        return None
    return SoftmaxParts(problem.data.n - 1, float(pull.mean()) if len(pull) else None)


def mean_positive(problem: Labelled) -> Float:
    """Mean score of each row with its positives, (z_i . class sum - z_i . z_i) / |P(i)|."""
    means = np.full(problem.data.n, np.nan)
    for group in problem.groups():
        others = group.sums[problem.codes[group.ids] - group.first] - group.rows
        totals = np.einsum("ij,ij->i", group.rows, others)
        some = problem.positives[group.ids] > 0
        means[group.ids[some]] = totals[some] / problem.positives[group.ids[some]]
    return means


def _one_denominator(
    loss: SupCon | NTXent, problem: Labelled, positive: Float
) -> Asking[tuple[Float, Float]]:
    """Eq. 2 or 3 of Khosla et al.; and the same where all scores are equal.

    With two positives or more the loss is at least log 2, and one log-sum-exp over everybody is
    precise enough. A single positive's loss may be near 0: it is left out of the tiles and enters
    by its exact score, so that what is left is not the rounding of a tile.
    """
    twos = problem.only(problem.sizes == _PAIR)
    relation = SameClass(twos.codes) if twos.classes else _ITSELF
    everybody, rows = problem.all, np.arange(problem.data.n)
    meeting = Meeting(relation, everybody, rows, everybody)
    ((rest,),) = yield [meeting.request(LogSumExp(inverse(loss.tau)))]
    partner = _own_partition(loss.tau, twos)
    with np.errstate(divide="ignore", invalid="ignore"):  # rows without a positive
        pull = positive / loss.tau
        if isinstance(loss, SupCon) and loss.form == "in":
            own = yield from _mates_partition(loss.tau, problem)
            pull = own - np.log(problem.positives)
        values = np.logaddexp(rest - pull, partner - pull)
    return values, np.full(problem.data.n, np.log(max(problem.data.n - 1, 1)))


def _mates_partition(tau: float, problem: Labelled) -> Asking[Float]:
    """Log sum exp(s_ip / tau) over the positives: exactly where they are few."""
    if int((problem.sizes**2).sum()) <= max(_FEW, problem.data.n**2 // _SHARE):
        return _own_partition(tau, problem)
    everybody, rows = problem.all, np.arange(problem.data.n)
    own = Meeting(OtherClass(problem.codes), everybody, rows, everybody)
    ((found,),) = yield [own.request(LogSumExp(inverse(tau)))]
    return np.asarray(found)


def _own_partition(tau: float, problem: Labelled) -> Float:
    """Log sum exp(s_ip / tau) over the positives of each row, in float64; -inf for none."""
    found = np.full(problem.data.n, -np.inf)
    for group in problem.groups():
        for ids, rows in group.mates(problem):
            logits = group.rows @ rows.T / tau
            alike = problem.codes[group.ids][:, None] == problem.codes[ids][None, :]
            logits[~alike | (group.ids[:, None] == ids[None, :])] = -np.inf
            found[group.ids] = np.logaddexp(found[group.ids], log_sum_exp(logits))
    return found


def _per_pair(loss: NTXent, problem: Labelled) -> Asking[tuple[Float, Float]]:
    """Mean over p of log(1 + sum_negatives exp(s_ia / tau) / exp(s_ip / tau)), per row."""
    rows = np.arange(problem.data.n)
    strangers = Meeting(SameClass(problem.codes), problem.all, rows, problem.all)
    ((log_negatives,),) = yield [strangers.request(LogSumExp(inverse(loss.tau)))]
    own = Meeting(OtherClass(problem.codes), problem.all, rows, problem.all)
    terms = PlacedSum(_Against(inverse(loss.tau), log_negatives))
    ((sums,),) = yield [own.request(terms)]
    negatives = problem.data.n - 1 - problem.positives
    with np.errstate(divide="ignore", invalid="ignore"):  # rows without a positive
        return sums / problem.positives, np.log1p(negatives)


@dataclass(frozen=True, eq=False)
class _Against:
    """softplus(level_i - scale * s_ij) of the pairs that are not left out, which are few."""

    scale: float
    levels: Float

    def __call__(self, scores: Block, rows: slice, cols: slice) -> Block:
        del cols
        found = np.zeros(scores.shape)
        pairs = np.nonzero(scores > -np.inf)
        gaps = self.levels[rows][pairs[0]] - self.scale * scores[pairs].astype(np.float64)
        found[pairs] = softplus(gaps)
        return found


def _undefined(loss: SupCon | NTXent, problem: Labelled, values: Float) -> Float:
    """NaN for rows without what the formula needs, or what a library puts there."""
    alone = problem.positives == 0
    values = np.where(alone, 0.0 if _keeps_lone(loss) else np.nan, values)
    surrounded = problem.positives == problem.data.n - 1
    if isinstance(loss, NTXent):
        values = np.where(surrounded & ~alone, loss.without_negatives, values)
    if isinstance(loss, SupCon) and loss.nonzero and not _has_negatives(problem):
        values = np.where(alone, np.nan, 0.0)
    return values


def _keeps_lone(loss: SupCon | NTXent) -> bool:
    return isinstance(loss, SupCon) and loss.lone == "zero"


def _mean(loss: SupCon | NTXent, problem: Labelled, values: Float) -> tuple[float, int]:
    """Over anchors, over pairs, or over what is not 0."""
    if isinstance(loss, NTXent) and loss.per_pair:
        kept = ~np.isnan(values)
        pairs = int(problem.positives[kept].sum())
        total = float((values[kept] * problem.positives[kept]).sum())
        return (total / pairs, pairs) if pairs else (float("nan"), 0)
    if isinstance(loss, SupCon) and loss.nonzero:
        active = values[values > 0]
        return (float(active.mean()), len(active)) if len(active) else (0.0, 0)
    return mean_of(values)


def _ratios(loss: SupCon | NTXent, problem: Labelled, values: Float) -> tuple[Ratio, ...]:
    """What `_mean` is of, where it is not of the anchors alike."""
    if isinstance(loss, NTXent) and loss.per_pair:
        return (Ratio(values * problem.positives, problem.positives),)
    if isinstance(loss, SupCon) and loss.nonzero:
        return (Ratio(values, values > 0),)
    return ()


def _has_negatives(problem: Labelled) -> bool:
    """Whether any row with a positive has a row that is none."""
    return bool((problem.positives < problem.data.n - 1).any())


def _look(problem: Labelled, chosen: Index | None) -> Asking[Columns]:
    """Rank of the nearest positive and the hardest negative, of some rows or of all."""
    rows = np.arange(problem.data.n) if chosen is None else np.asarray(chosen)
    side = problem.all if chosen is None else Gathered(problem.data, rows)
    own = Meeting(OtherClass(problem.codes), side, rows, problem.all)
    ((best,),) = yield [own.request(TopK(KEPT, len(rows)))]
    number = yield from nearest(own, best)
    near = np.where(number < 0, 0, number)[:, None]
    scores = np.nan_to_num(own.scores_of(number))[:, None]
    others = Meeting(SameClass(problem.codes), side, rows, problem.all)
    contest = Competition(others, scores, near)
    (found,) = yield [contest.request()]
    columns = standing_columns((yield from standing(contest, found)))
    columns["rank"] = np.where(number < 0, -1, columns["rank"])
    if problem.count > 1:
        columns["hardest_view"] = view_of(columns["hardest_index"], problem.n, problem.count)
    return columns


def remarks_on_labels(problem: Labelled, *, softmax: bool) -> tuple[str, ...]:
    """What to know of the labels: rows without one, rows alone in their class.

    Args:
        problem: Rows with classes.
        softmax: Whether rows without a label are candidates; else they are nobody's negative.
    """
    without = "candidates all the same" if softmax else "nobody's negative"
    remarks = (
        (
            int(np.count_nonzero(problem.codes < 0)),
            f"without a label (no positives; {without})",
        ),
        (
            int(np.count_nonzero((problem.positives == 0) & (problem.codes >= 0))),
            "alone in their class, without a positive",
        ),
    )
    rows, sizes = problem.data.n, problem.sizes
    found = [f"rows {text}: {count} of {rows}." for count, text in remarks if count]
    if softmax and np.count_nonzero(sizes) == 1 and sizes.max() > 1:
        found.append(
            f"all {sizes.max()} rows with a label are of one class: they are pulled together, and "
            "nothing is told apart. Check the labels."
        )
    return tuple(found)
