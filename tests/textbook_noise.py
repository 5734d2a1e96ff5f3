"""The oracles of noise contrastive estimation (Gutmann & Hyvärinen 2010; Mnih & Teh 2012).

Scalar loops, like those of `textbook`; log Z is fitted by bisection.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from textbook_arithmetic import Rows, log_sum_exp, score, sigmoid, softplus


class Noised(NamedTuple):
    """One anchor: the logit s / t and the log of k q of its positive; the same of its noise.

    Each noise term (weight, logit, log k q) is counted `weight` times.
    """

    positive: tuple[float, float]
    noise: list[tuple[float, float, float]]


def nce_loss(anchor: Noised, log_z: float) -> float:
    """-log sigma(Delta_+) - sum_j log sigma(-Delta_j), Delta_c = s_c / t - log Z - log(k q_c)."""
    logit, log_kq = anchor.positive
    costs = [softplus(-(logit - log_z - log_kq))]
    costs += [w * softplus(noise - log_z - of) for w, noise, of in anchor.noise]
    return math.fsum(costs)


def nce_fit(anchors: Sequence[Noised]) -> float:
    """The log Z at which the slope of the mean loss, which only rises, is 0: by bisection."""

    def slope(log_z: float) -> float:
        parts = []
        for (logit, log_kq), noise in anchors:
            parts.append(sigmoid(-(logit - log_z - log_kq)))
            parts += [-w * sigmoid(other - log_z - of) for w, other, of in noise]
        return math.fsum(parts)

    low, high = -1.0, 1.0
    while slope(low) > 0.0:
        low *= 2.0
    while slope(high) < 0.0:
        high *= 2.0
    for _ in range(200):
        middle = (low + high) / 2.0
        if slope(middle) < 0.0:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def nce_expected_terms(scores: Rows, tau: float, k: int, q: Sequence[float]) -> Iterator[Noised]:
    """The sum over draws replaced by k sum_c q_c; the positive of anchor i is column i."""
    log_kq = [math.log(k * share) for share in q]
    for i, row in enumerate(scores):
        logits = [float(value) / tau for value in row]
        noise = [(k * q[c], logit, log_kq[c]) for c, logit in enumerate(logits)]
        yield Noised((logits[i], log_kq[i]), noise)


def nce_drawn_terms(
    scores: Rows, tau: float, draws: Sequence[Sequence[int]], q: Sequence[float]
) -> Iterator[Noised]:
    """The noise that was drawn: k columns per anchor, with repetition, its positive maybe too."""
    for i, (row, drawn) in enumerate(zip(scores, draws, strict=True)):
        k = len(drawn)
        noise = [(1.0, float(row[c]) / tau, math.log(k * q[c])) for c in drawn]
        yield Noised((float(row[i]) / tau, math.log(k * q[i])), noise)


def nce_given_terms(scores: Rows, tau: float, q: Sequence[float]) -> Iterator[Noised]:
    """Ready scores: the positive is column 0, the others are the noise, k is their number."""
    for row in scores:
        k = len(row) - 1
        logits = [float(value) / tau for value in row]
        noise = [(1.0, logits[c], math.log(k * q[c])) for c in range(1, len(row))]
        yield Noised((logits[0], math.log(k * q[0])), noise)


def nce_auto(scores: Rows, tau: float) -> float:
    """log((1 / N) sum_i sum_c e^{s_ic / t})."""
    every = [float(value) / tau for row in scores for value in row]
    return log_sum_exp(every) - math.log(len(scores))


def nce_auto_given(scores: Rows, tau: float, q: Sequence[float]) -> float:
    """The log of the mean over rows and noise columns of e^{s / t} / q."""
    every = [float(row[c]) / tau - math.log(q[c]) for row in scores for c in range(1, len(row))]
    return log_sum_exp(every) - math.log(len(every))


class Estimate(NamedTuple):
    """The loss of each anchor, and the log Z that it stands on."""

    losses: list[float]
    log_z: float


def nce(
    views: Sequence[Rows],
    *,
    noise_samples: int = 16,
    log_z: float | str = 0.0,
    tau: float = 1.0,
    similarity: str = "dot",
    noise: Sequence[float] | None = None,
    draws: Sequence[Sequence[int]] | None = None,
) -> Estimate:
    """In batch: the candidates are the keys. Without draws, in expectation over them."""
    anchors, keys = views
    scores = [[score(anchor, key, similarity) for key in keys] for anchor in anchors]
    q = [1.0 / len(keys)] * len(keys) if noise is None else noise
    if draws is None:
        terms = list(nce_expected_terms(scores, tau, noise_samples, q))
    else:
        terms = list(nce_drawn_terms(scores, tau, draws, q))
    return estimate(terms, log_z, nce_auto(scores, tau))


def nce_of_scores(
    scores: Rows, q: Sequence[float], *, log_z: float | str = 0.0, tau: float = 1.0
) -> Estimate:
    terms = list(nce_given_terms(scores, tau, q))
    return estimate(terms, log_z, nce_auto_given(scores, tau, q))


def estimate(terms: Sequence[Noised], log_z: float | str, auto: float) -> Estimate:
    """At log Z given, `auto`, or `fit`ted to these terms."""
    at = nce_fit(terms) if log_z == "fit" else auto if log_z == "auto" else float(log_z)
    return Estimate([nce_loss(anchor, at) for anchor in terms], at)


def nce_in_batch(views: Sequence[Rows], *, expected: bool = True, **how: Any) -> list[float]:
    if not expected:
        raise ValueError("draws are known to the kernel only: ask nce for those that it made")
    return nce(views, **how).losses
