"""The losses in 50 digits: loops of mpmath, written from the papers; they share no code with us."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Real = Any
"""A number of mpmath."""

Row = Sequence[Real]
Given = Mapping[str, Any]
"""Inputs by name, and the hyper-parameters that are not at their defaults."""

DIGITS = 50


def exact(kind: str, given: Given) -> Real:
    """The value of a loss on given inputs.

    Args:
        kind: The loss.
        given: `embeddings` and, as the kind asks, `keys`, `labels`, `prototypes`, `tau`, `scale`,
            `similarity`.
    """
    from mpmath import mp

    with mp.workdps(DIGITS):
        return +_LOSSES[kind](given)


def _rows(given: Given, name: str) -> list[list[Real]]:
    from mpmath import mpf

    return [[mpf(float(x)) for x in row] for row in given[name]]


def _unit(given: Given, name: str) -> list[list[Real]]:
    """Rows of unit norm, or as they are where the similarity is their product."""
    from mpmath import sqrt

    rows = _rows(given, name)
    if given.get("similarity") == "dot":
        return rows
    norms = [sqrt(_dot(row, row)) for row in rows]
    return [[x / norm for x in row] for row, norm in zip(rows, norms, strict=True)]


def _dot(x: Row, y: Row) -> Real:
    from mpmath import fdot

    return fdot(x, y)


def _square(x: Row, y: Row) -> Real:
    """|x - y|^2."""
    return sum((a - b) ** 2 for a, b in zip(x, y, strict=True))


def _log_sum_exp(terms: Sequence[Real]) -> Real:
    from mpmath import exp, fsum, log

    top = max(terms)
    return top + log(fsum(exp(term - top) for term in terms))


def _softplus(x: Real) -> Real:
    from mpmath import exp, log

    return log(1 + exp(x)) if x < 0 else x + log(1 + exp(-x))


def _mean(terms: Sequence[Real]) -> Real:
    from mpmath import fsum

    return fsum(terms) / len(terms)


def _info_nce(anchors: Sequence[Row], keys: Sequence[Row], tau: Real) -> Real:
    """van den Oord et al. 2018, eq. 4."""
    logits = [[_dot(anchor, key) / tau for key in keys] for anchor in anchors]
    return _mean([_log_sum_exp(row) - row[i] for i, row in enumerate(logits)])


def _infonce(given: Given) -> Real:
    return _info_nce(_unit(given, "embeddings"), _unit(given, "keys"), _tau(given))


def _clip(given: Given) -> Real:
    """Radford et al. 2021, figure 3."""
    first, second = _unit(given, "embeddings"), _unit(given, "keys")
    there, back = (_info_nce(*sides, _tau(given)) for sides in ((first, second), (second, first)))
    return (there + back) / 2


def _tau(given: Given) -> Real:
    from mpmath import mpf

    return mpf(given["tau"])


def _of_all(given: Given, *, with_positive: bool) -> Real:
    """Each of 2n rows among the others."""
    rows = [*_unit(given, "embeddings"), *_unit(given, "keys")]
    n, tau, losses = len(rows) // 2, _tau(given), []
    for i, row in enumerate(rows):
        partner = (i + n) % (2 * n)
        left_out = {i} if with_positive else {i, partner}
        logits = [_dot(row, other) / tau for j, other in enumerate(rows) if j not in left_out]
        losses.append(_log_sum_exp(logits) - _dot(row, rows[partner]) / tau)
    return _mean(losses)


def _nt_xent(given: Given) -> Real:
    """Chen et al. 2020, eq. 1."""
    return _of_all(given, with_positive=True)


def _dcl(given: Given) -> Real:
    """Yeh et al. 2021, eq. 6."""
    return _of_all(given, with_positive=False)


def _siglip(given: Given) -> Real:
    """Zhai et al. 2023, algorithm 1, bias -10."""
    from mpmath import mpf

    first, second = _unit(given, "embeddings"), _unit(given, "keys")
    scale, costs = mpf(given["scale"]), []
    for i, x in enumerate(first):
        for j, y in enumerate(second):
            logit = scale * _dot(x, y) - 10
            costs.append(_softplus(-logit if i == j else logit))
    return _mean(costs) * len(second)


def _nce(given: Given) -> Real:
    """Gutmann & Hyvarinen 2010, eq. 3, in expectation over 16 draws of uniform noise, log Z 0."""
    from mpmath import fsum, log, mpf

    first, second, tau = _unit(given, "embeddings"), _unit(given, "keys"), _tau(given)
    share = mpf(16) / len(second)
    losses = []
    for i, x in enumerate(first):
        gaps = [_dot(x, y) / tau - log(share) for y in second]
        losses.append(_softplus(-gaps[i]) + share * fsum(_softplus(gap) for gap in gaps))
    return _mean(losses)


def _supcon(given: Given) -> Real:
    """Khosla et al. 2020, eq. 2."""
    rows, labels, tau = _unit(given, "embeddings"), given["labels"], _tau(given)
    losses = []
    for i, row in enumerate(rows):
        logits = {j: _dot(row, other) / tau for j, other in enumerate(rows) if j != i}
        positives = [logit for j, logit in logits.items() if labels[j] == labels[i]]
        if positives:
            losses.append(_log_sum_exp(list(logits.values())) - _mean(positives))
    return _mean(losses)


def _cross_entropy(given: Given) -> Real:
    """Bridle 1990, eq. 2, of cosines with class vectors."""
    classes, tau, losses = _unit(given, "prototypes"), _tau(given), []
    for row, label in zip(_unit(given, "embeddings"), given["labels"], strict=True):
        logits = [_dot(row, of_class) / tau for of_class in classes]
        losses.append(_log_sum_exp(logits) - logits[label])
    return _mean(losses)


def _contrastive(given: Given) -> Real:
    """Hadsell, Chopra, LeCun 2006, eq. 4, margin 1, over all pairs of rows as they are."""
    from mpmath import sqrt

    rows, labels, costs = _rows(given, "embeddings"), given["labels"], []
    for i, j in _pairs(len(rows)):
        far = sqrt(_square(rows[i], rows[j]))
        costs.append(far**2 / 2 if labels[i] == labels[j] else max(0, 1 - far) ** 2 / 2)
    return _mean(costs)


def _pairs(n: int) -> Iterator[tuple[int, int]]:
    return ((i, j) for i in range(n) for j in range(i + 1, n))


def _triplet(given: Given) -> Real:
    """Schroff et al. 2015, eq. 3, margin 0.2, squared distances of unit rows."""
    from mpmath import mpf

    rows, labels, costs = _unit(given, "embeddings"), given["labels"], []
    margin = mpf(0.2)
    far = [[_square(x, y) for y in rows] for x in rows]
    for a, distances in enumerate(far):
        own = [p for p in range(len(rows)) if p != a and labels[p] == labels[a]]
        others = [n for n in range(len(rows)) if labels[n] != labels[a]]
        costs += [max(0, distances[p] - distances[n] + margin) for p in own for n in others]
    return _mean(costs)


def _alignment(given: Given) -> Real:
    """Wang & Isola 2020, eq. 2, alpha 2."""
    first, second = _unit(given, "embeddings"), _unit(given, "keys")
    return _mean([_square(x, y) for x, y in zip(first, second, strict=True)])


def _uniformity(given: Given) -> Real:
    """Wang & Isola 2020, eq. 4, t 2."""
    return _potential(_unit(given, "embeddings"))


def _potential(rows: Sequence[Row]) -> Real:
    from mpmath import log

    powers = [-2 * _square(rows[i], rows[j]) for i, j in _pairs(len(rows))]
    return _log_sum_exp(powers) - log(len(powers))


def _align_uniform(given: Given) -> Real:
    """Wang & Isola 2020, section 5, weight 1."""
    spread = [_potential(_unit(given, name)) for name in ("embeddings", "keys")]
    return _alignment(given) + sum(spread) / 2


_LOSSES: dict[str, Callable[[Given], Real]] = {
    "infonce": _infonce,
    "nt-xent": _nt_xent,
    "clip": _clip,
    "dcl": _dcl,
    "nce": _nce,
    "contrastive": _contrastive,
    "siglip": _siglip,
    "alignment": _alignment,
    "uniformity": _uniformity,
    "align-uniform": _align_uniform,
    "supcon": _supcon,
    "cross-entropy": _cross_entropy,
    "triplet": _triplet,
}
"""By kind; parameters that are not given are at the kind's defaults."""

KINDS = tuple(_LOSSES)
