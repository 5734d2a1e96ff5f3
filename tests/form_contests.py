"""Who meets whom in every form: the contests whose ranks the textbook tells, by direction."""

from collections.abc import Callable, Sequence
from typing import Any

from form_oracles import Given, Setting, labelled, targets_of, views_of
from textbook import Contest
from textbook_arithmetic import length, score

Contests = list[list[Contest]]
"""One list of contests for each direction, an anchor after the other."""

Numbered = dict[int, Any]
"""Number of a candidate to its row."""


def contest(
    anchor: Any, candidates: Numbered, positives: list[int], similarity: str, tolerance: float
) -> Contest:
    """One anchor among candidates; scores of dot products tie relative to both lengths."""
    dot = similarity == "dot"
    return Contest(
        {j: score(anchor, row, similarity) for j, row in candidates.items()},
        positives,
        {
            j: tolerance * (length(anchor) * length(row) if dot else 1.0)
            for j, row in candidates.items()
        },
    )


def _without(candidates: Numbered, number: int) -> Numbered:
    return {j: row for j, row in candidates.items() if j != number}


def _along_keys(
    anchors: Sequence[Any], keys: Sequence[Any], bank: Any, how: Setting, tolerance: float
) -> list[Contest]:
    """The key of anchor i is number i, row m of a bank is number N + m."""
    pool = dict(enumerate([*keys, *bank]))
    return [
        contest(anchor, pool, [i], how.get("similarity", "cosine"), tolerance)
        for i, anchor in enumerate(anchors)
    ]


def _among_all(
    rows: Sequence[Any], labels: Sequence[Any], how: Setting, tolerance: float, bank: Any = ()
) -> list[Contest]:
    """All rows but itself, and a bank; those of one label are positives."""
    pool, found = dict(enumerate([*rows, *bank])), []
    for i, row in enumerate(rows):
        known = [j for j, label in enumerate(labels) if j != i and label == labels[i]]
        positives = known if labels[i] is not None else []
        similarity = how.get("similarity", "cosine")
        found.append(contest(row, _without(pool, i), positives, similarity, tolerance))
    return found


def _infonce(given: Given, how: Setting, tolerance: float) -> Contests:
    if "scores" in given:
        return _ready(given, how, tolerance)
    first, second = views_of(given)
    n, bank = len(first), given.get("bank", ())
    similarity = how["similarity"]
    if "negatives" in given:
        own = zip(first, second, given["negatives"], strict=True)
        pools = [(a, dict(enumerate([key, *others]))) for a, key, others in own]
        return [[contest(a, pool, [0], similarity, tolerance) for a, pool in pools]]
    if how["denominator"] == "views":
        labels = [*range(n), *range(n)]
        every = _among_all([*first, *second], labels, how, tolerance, bank)
        return [every[:n], every[n:]] if how["symmetric"] else [every[:n]]
    if how["denominator"] == "bank":
        pool = {n + m: row for m, row in enumerate(bank)}
        pairs = enumerate(zip(first, second, strict=True))
        return [[contest(a, {i: key, **pool}, [i], similarity, tolerance) for i, (a, key) in pairs]]
    there = _along_keys(first, second, bank, how, tolerance)
    return [there, _along_keys(second, first, (), how, tolerance)] if how["symmetric"] else [there]


def _keys(given: Given, how: Setting, tolerance: float) -> Contests:
    if "scores" in given:
        return _ready(given, how, tolerance)
    first, second = views_of(given)
    return [_along_keys(first, second, (), how, tolerance)]


def _both_ways(given: Given, how: Setting, tolerance: float) -> Contests:
    if "scores" in given:
        return _ready(given, how, tolerance)
    first, second = views_of(given)
    return [
        _along_keys(first, second, (), how, tolerance),
        _along_keys(second, first, (), how, tolerance),
    ]


def _everybody(given: Given, how: Setting, tolerance: float) -> Contests:
    if "scores" in given:
        return _ready(given, how, tolerance)
    if "labels" in given:
        return [_among_all(*labelled(given), how, tolerance)]
    views = views_of(given)
    labels = [i for view in views for i in range(len(view))]
    return [_among_all([row for view in views for row in view], labels, how, tolerance)]


def _classes(given: Given, how: Setting, tolerance: float) -> Contests:
    if "scores" in given:
        return _ready(given, how, tolerance)
    pool = dict(enumerate(given["prototypes"]))
    rows = zip(given["embeddings"], given["labels"], strict=True)
    similarity = how["similarity"]
    return [[contest(x, pool, [] if y is None else [y], similarity, tolerance) for x, y in rows]]


def _ready(given: Given, how: Setting, tolerance: float) -> Contests:
    """Ready scores; those in float64 tie as such, whatever the working precision."""
    del how, tolerance
    found = []
    for row, target in zip(given["scores"].tolist(), targets_of(given), strict=True):
        scores = dict(enumerate(row))
        positives = [] if target is None else [target]
        found.append(Contest(scores, positives, dict.fromkeys(scores, 1e-12)))
    return [found]


CONTESTS: dict[str, Callable[[Given, Setting, float], Contests]] = {
    "infonce": _infonce,
    "nt-xent": _everybody,
    "clip": _both_ways,
    "dcl": _everybody,
    "siglip": _keys,
    "supcon": _everybody,
    "cross-entropy": _classes,
    "nce": _keys,
}
"""Every kind in which an anchor picks its positives out of candidates."""
