"""Verdicts made by hand, for the tests of what is written of them."""

from __future__ import annotations

import math
from typing import Any

from contrastive_core.gate.verdict import Check, CheckedInput, CheckResult
from contrastive_core.inputs import InputFile

ROWS = ({"index": 241, "view": 1, "loss": 5.25}, {"index": 7, "view": 0, "loss": 4.5})

FILES = (
    InputFile("embeddings", "emb.npy", "npy", (512, 32), "float32"),
    InputFile("labels", "y.npy"),
)


def verdict_of(*checks: Check, names: tuple[str | None, ...] = (None,), **more: Any) -> CheckResult:
    """A verdict on one input, or on several with names."""
    return CheckResult(checks, tuple(CheckedInput(name, FILES, 512, 32) for name in names), **more)


def holds(**change: Any) -> Check:
    return Check(**{**_UNIFORMITY, **change})


def fails(**change: Any) -> Check:
    given = {"value": -1.25, "passed": False, "reason": "-1.25 is not <= -2", "rows": ROWS}
    return Check(**{**_UNIFORMITY, **given, **change})


def warns(**change: Any) -> Check:
    return fails(**{"level": "warn", **change})


def undefined(**change: Any) -> Check:
    given = {"value": math.nan, "passed": None, "reason": "all rows are equal", "remedy": "Look."}
    return Check(**{**_UNIFORMITY, **given, **change})


def worse(**change: Any) -> Check:
    given = {
        "value": -1.5,
        "bound": -1.75,
        "passed": False,
        "reason": "-1.5 is worse than the baseline's -2 by 0.5; allowed is 0.25 (lower is better)",
        "rule": "uniformity no worse than the baseline's -2 by more than 0.25",
        "baseline": -2.0,
        "allowed": 0.25,
    }
    return Check(**{**_UNIFORMITY, **given, **change})


_UNIFORMITY: dict[str, Any] = {
    "metric": "uniformity",
    "value": -3.125,
    "op": "<=",
    "bound": -2.0,
    "level": "error",
    "passed": True,
    "reason": None,
    "rule": "uniformity <= -2",
    "better": "lower",
}
