"""What a reader of the value should be warned about."""

from __future__ import annotations

import numpy as np

from .collapse import about_collapse
from .dropped import Numbering
from .duplicates import Codes, copies_among, may_have_duplicates, row_codes
from .evaluation import Evaluation
from .pairing import about_classes, about_names, about_positives, about_terms, pairs_of
from .prepared import Prepared
from .problem import (
    Classified,
    Labelled,
    Noised,
    PairList,
    Problem,
    Scored,
    TripletList,
    Views,
)

_UNIT_WITHIN = 1e-3
"""How far a norm may be from 1 before a dot product is said to depend on it."""

_IMPRECISE = 1e-4
"""Rounding of the logits, in nats, that is worth a word."""

_LISTED = 5
"""How many samples a warning names."""


def warnings(evaluation: Evaluation, numbers: Numbering | None = None) -> list[str]:
    """All warnings, most fundamental first; `numbers` are those of the files."""
    problem, views = evaluation.problem, _views(evaluation.problem)
    pairs = pairs_of(views, evaluation.loss.scored_by) if views is not None else None
    data = _data(problem)
    collapsed = about_collapse(evaluation, data, pairs)
    found = [
        _not_unit(evaluation, data),
        _imprecise(evaluation, data),
        collapsed,
        None if views is None or pairs is None else about_positives(views, pairs, evaluation),
        about_classes(problem, evaluation, collapsed=collapsed is not None)
        if isinstance(problem, Labelled)
        else None,
        _about_terms(evaluation),
        about_names(problem.classes) if isinstance(problem, Labelled) else None,
        *evaluation.remarks,
    ]
    if views is not None and views.count > 1 and may_have_duplicates(views.data):
        codes = row_codes(views.data)
        found += [_identical_views(views, codes), _duplicates(evaluation, codes, numbers)]
    return [warning for warning in found if warning]


def about_pairs(views: Views) -> list[str]:
    """What to beware of in positives, whatever is computed from them."""
    pairs = pairs_of(views, "cosine")
    found = [None if pairs is None else about_positives(views, pairs)]
    if may_have_duplicates(views.data):
        found.append(_identical_views(views, row_codes(views.data)))
    return [warning for warning in found if warning]


_LOOK_AT = {
    "first column": "Check that column 0 is the positive's.",
    "diagonal": "Check that rows and columns are in one order.",
    "labels": "Check that labels count the classes from 0, in their order.",
}
"""What to look at where ready scores, prototypes or listed triplets are worse than a guess."""


def _about_terms(evaluation: Evaluation) -> str | None:
    """What to beware of where no rows of the same sort tell how near positives are."""
    problem = evaluation.problem
    inner = problem.inner if isinstance(problem, Noised) else problem
    if not isinstance(inner, Scored | Classified | TripletList):
        return None
    if isinstance(inner, TripletList) and evaluation.remarks:  # told of their distances
        return None
    return about_terms(evaluation, _LOOK_AT.get(problem.found.layout, "Look at the worst."))


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
    if data is None:
        return None
    loss, eps = evaluation.loss, float(np.finfo(data.dtype).eps)
    error = eps * data.longest**2 * (loss.ledger().scale or 1.0)
    if data.dtype.itemsize > 4:
        by_tables = loss.by_distance and not isinstance(evaluation.problem, TripletList | PairList)
        if data.unit or not by_tables or error < _IMPRECISE * max(1.0, abs(evaluation.mean)):
            return None
        return (
            f"rows are as long as {data.longest:.4g}: squared distances may be off by about "
            f"{error:.1g}. Subtract from the rows what they have in common."
        )
    if loss.precision == "float64":
        least = eps**0.5 * (data.longest + data.shift)
        return (
            f"distances below about {least:.1g} are rounding in float32, and others lose digits. "
            "Leave --precision out: distances are computed in float64."
        )
    if data.unit or error < _IMPRECISE:
        return None
    return (
        f"products of rows as long as {data.longest:.4g} are rounded in float32: the loss may be "
        f"off by about {error:.1g}. Use --precision float64."
    )


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
    places = np.unique(np.concatenate([np.flatnonzero(each) for each in copies]) % evaluation.rows)
    places = places[:_LISTED]
    first = ", ".join(map(str, places if numbers is None else numbers.samples[places]))
    return (
        f"duplicates: {affected} of {sum(map(len, copies))} anchors "
        f"{'meets' if affected == 1 else 'meet'} exact copies of their positive among the "
        f"negatives ({total} in all), the first for samples {first}. They stay "
        "among the negatives, so the loss of these anchors cannot reach its least."
    )
