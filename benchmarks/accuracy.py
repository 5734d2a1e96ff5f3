"""The error of float32 against float64, and of both against 50 digits, on unkind data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

import contrastive_core as cc

from .exact import KINDS, exact
from .ours import evaluated

Rows = npt.NDArray[np.float64]

USUAL, SMALL = 0.05, 0.001
"""Temperatures."""

GOAL_USUAL, GOAL_SMALL, GOAL_EXACT = 1e-5, 1e-3, 1e-12
"""Of float32 from tau 0.05 up, of float32 at tau 0.001, of float64."""

_CLASSES = 4

LONG = "norms 1e4"
"""Data whose scores are products of rows as they are, where the kind has a choice."""

_TEMPERED = ("infonce", "nt-xent", "clip", "dcl", "nce", "supcon", "cross-entropy")
"""Kinds with a temperature; of siglip it is the inverse of the scale."""

_INPUTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("infonce", "nt-xent", "clip", "dcl", "nce", "siglip"), ("keys",)),
    **dict.fromkeys(("alignment", "align-uniform"), ("keys",)),
    **dict.fromkeys(("supcon", "contrastive", "triplet"), ("labels",)),
    "cross-entropy": ("prototypes", "labels"),
    "uniformity": (),
}


@dataclass(frozen=True)
class Measured:
    """Errors of one kind on one set of data, relative to max(1, |value|).

    Args:
        kind: The loss.
        data: A key of `DATA`.
        tau: The temperature; None where the kind has none.
        n: Rows; where the kind takes two files, half of them in each.
        value: In float64.
        float32: Of the value in float32, against float64; infinite where it is not finite.
        sample: Of the worst sample in float32, against float64.
        own: Of the value in the kind's own precision, against float64.
        float64: Of the value in float64, against 50 digits; None where n is too large for them.
    """

    kind: str
    data: str
    tau: float | None
    n: int
    value: float
    float32: float
    sample: float
    own: float
    float64: float | None

    @property
    def place(self) -> tuple[str, str, float | None, int]:
        """What another run measures again."""
        return self.kind, self.data, self.tau, self.n

    @property
    def goal(self) -> float:
        """What the error in the kind's own precision is to be at most."""
        return GOAL_SMALL if self.tau is not None and self.tau < USUAL else GOAL_USUAL

    @property
    def met(self) -> bool:
        """Whether both goals are reached."""
        return self.own <= self.goal and (self.float64 is None or self.float64 <= GOAL_EXACT)


def _plain(rng: np.random.Generator, n: int, d: int) -> Rows:
    return rng.standard_normal((n, d))


def _long(rng: np.random.Generator, n: int, d: int) -> Rows:
    """Rows whose norms are about 10,000, some ten times as long as others."""
    return rng.standard_normal((n, d)) * 1e4 * rng.uniform(0.2, 2.0, (n, 1)) / math.sqrt(d)


def _twins(rng: np.random.Generator, n: int, d: int) -> Rows:
    """Rows that differ from one of three others by a millionth."""
    centres = np.random.default_rng(7).standard_normal((3, d))
    return centres[np.arange(n) % 3] + 1e-6 * rng.standard_normal((n, d))


def _cone(rng: np.random.Generator, n: int, d: int) -> Rows:
    """Rows in a narrow cone: all cosines about 0.9999."""
    return np.asarray(1.0 + 0.01 * rng.standard_normal((n, d)))


DATA: dict[str, Callable[[np.random.Generator, int, int], Rows]] = {
    "plain": _plain,
    LONG: _long,
    "near-duplicates": _twins,
    "narrow cone": _cone,
}


def measure_accuracy(
    n: int,
    d: int,
    *,
    kinds: Sequence[str] = KINDS,
    data: Sequence[str] = (),
    digits: bool,
    say: Callable[[str], None],
) -> Iterator[Measured]:
    """Every kind on all data at both temperatures.

    Args:
        n: Rows.
        d: Dimensions.
        kinds: Losses.
        data: Keys of `DATA`; none for all.
        digits: Whether float64 is held against 50 digits, which is slow: for small n.
        say: Told what comes.
    """
    for kind in kinds:
        for name in data or DATA:
            given = inputs(kind, name, n, d)
            for how, tau in _settings(kind, name):
                say(f"{kind}, {name}, n {n:,}" + ("" if tau is None else f", tau {tau:g}"))
                yield _measured(kind, name, tau, n, given, how, digits)


def inputs(kind: str, data: str, n: int, d: int) -> dict[str, Any]:
    """The inputs of a kind."""
    rng = np.random.default_rng(3)
    draw = DATA[data]
    n = n // 2 if "keys" in _INPUTS[kind] else n
    labels = np.arange(n) % _CLASSES
    every: dict[str, Any] = {
        "keys": draw(rng, n, d),
        "labels": labels,
        "prototypes": draw(rng, _CLASSES, d),
    }
    rows = draw(rng, n, d)
    if data == "plain":
        every["keys"] = rows + 0.7 * every["keys"]
    return {"embeddings": rows, **{name: every[name] for name in _INPUTS[kind]}}


def _settings(kind: str, data: str) -> Iterator[tuple[dict[str, Any], float | None]]:
    """Hyper-parameters, and the temperature that they amount to; long rows as they are."""
    similarity = "dot" if data == LONG else "cosine"
    for tau in (USUAL, SMALL):
        if kind in _TEMPERED:
            more = {"expected": True} if kind == "nce" else {}
            yield {"tau": tau, "similarity": similarity, **more}, tau
        elif kind == "siglip":
            yield {"scale": 1 / tau, "similarity": similarity}, tau
        else:
            yield {}, None
            return


def _measured(
    kind: str,
    data: str,
    tau: float | None,
    n: int,
    given: Mapping[str, Any],
    how: Mapping[str, Any],
    digits: bool,
) -> Measured:
    double, single = (
        evaluated(kind, dict(given), resources=cc.Resources(precision=precision), **how)
        for precision in ("float64", "float32")
    )
    own = double if cc.LOSSES[kind].precision == "float64" else single
    error = None
    if digits:
        error = _off(double.mean, float(exact(kind, {**given, **how})))
    return Measured(
        kind,
        data,
        tau,
        n,
        double.mean,
        _off(single.mean, double.mean),
        _worst(single.values, double.values),
        _off(own.mean, double.mean),
        error,
    )


def _worst(values: Rows, expected: Rows) -> float:
    """Of the samples; infinite where only one of both is defined."""
    defined = ~np.isnan(expected)
    if not np.array_equal(np.isnan(values), ~defined):
        return math.inf
    apart = np.abs(values - expected)[defined] / np.maximum(1.0, np.abs(expected[defined]))
    return float(np.max(np.where(np.isfinite(apart), apart, np.inf), initial=0.0))


def _off(value: float, expected: float) -> float:
    found = abs(value - expected) / max(1.0, abs(expected))
    return found if math.isfinite(found) else math.inf
