"""What the oracles share: dot products, log-sum-exp, the mean of what is defined."""

import math
from collections.abc import Hashable, Sequence

Row = Sequence[float]
Rows = Sequence[Row]
Labels = Sequence[Hashable]
"""A label of None is null: its row has no positives."""

ABSENT = math.nan


def dot(x: Row, y: Row) -> float:
    return math.fsum(float(a) * float(b) for a, b in zip(x, y, strict=True))


def length(x: Row) -> float:
    return math.hypot(*(float(a) for a in x))


def score(x: Row, y: Row, similarity: str) -> float:
    if similarity == "dot":
        return dot(x, y)
    x_length, y_length = length(x), length(y)
    return math.fsum(
        (float(a) / x_length) * (float(b) / y_length) for a, b in zip(x, y, strict=True)
    )


def log_sum_exp(terms: Sequence[float]) -> float:
    if not terms:
        return -math.inf
    largest = max(terms)
    return largest + math.log(math.fsum(math.exp(term - largest) for term in terms))


def unit(x: Row) -> list[float]:
    norm = math.hypot(*(float(a) for a in x))
    return [float(a) / norm for a in x]


def units(rows: Rows) -> list[list[float]]:
    return [unit(row) for row in rows]


def mean(values: Sequence[float]) -> float:
    """Of the defined ones; NaN where there is none."""
    defined = [value for value in values if not math.isnan(value)]
    return math.fsum(defined) / len(defined) if defined else ABSENT


def softplus(x: float) -> float:
    """log(1 + e^x)."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def sigmoid(x: float) -> float:
    return math.exp(-softplus(-x))
