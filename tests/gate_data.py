"""Measured figures and baselines made by hand, for the tests of the gate."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from contrastive_core.evaluation import Ratio
from contrastive_core.gate.baseline import Baseline, SavedInput, save_baseline, saved_input
from contrastive_core.gate.comparing import Comparison, compare
from contrastive_core.gate.grammar import parse_figure
from contrastive_core.gate.loading import load_baseline
from contrastive_core.gate.measured import Measured
from contrastive_core.gate.tellings import Data
from contrastive_core.gate.tolerances import parse_allowances
from contrastive_core.gate.verdict import CheckedInput
from contrastive_core.inputs import InputFile

BETTER = {"uniformity": "lower", "alignment": "lower", "effective_rank": "higher"}

HASH = "ab" * 32


def rows(top: int, way: str) -> tuple[dict[str, Any], ...]:
    """Rows that say how they were asked for."""
    return ({"index": top, "way": way},)


def measured(text: str, value: float, **changes: Any) -> Measured:
    """A figure of 100 samples in 8 dimensions; others by keyword."""
    fields: dict[str, Any] = {
        "reason": "no variance" if math.isnan(value) else None,
        "better": BETTER.get(text, "neither"),
        "n": 100,
        "samples": 100,
        "d": 8,
        "precision": "float32",
        "convention": None,
        "parameters": {},
        "ratios": (),
        "transform": None,
        "worst": rows,
        "counts": False,
    }
    return Measured(parse_figure(text), value, **{**fields, **changes})


def mean_of(text: str, terms: Any, counts: Any = 1.0, **changes: Any) -> Measured:
    """A figure that is a mean of terms: of one for each sample, or of as many as are counted."""
    found = Ratio(np.asarray(terms, np.float64), counts)
    some = ~np.isnan(found.sums)
    over = np.broadcast_to(counts, some.shape)[some].sum()
    return measured(text, float(found.sums[some].sum() / over), ratios=(found,), **changes)


def checked(name: str | None = None, path: str = "emb.npy", dtype: str = "float32") -> CheckedInput:
    files = (
        InputFile("embeddings", path, "npy", (100, 8), dtype),
        InputFile("labels", "y.npy"),
    )
    return CheckedInput(name, files, 100, 8)


def saved(
    *figures: Measured, name: str | None = None, digest: str = HASH, seed: int = 0
) -> SavedInput:
    return saved_input(checked(name), figures, {"embeddings": digest, "labels": HASH}, seed)


def written(path: Path, *inputs: SavedInput) -> Baseline:
    """A baseline that went through a file."""
    save_baseline(path, inputs)
    return load_baseline(path)


def held(
    then: Baseline, *now: Measured, allow: tuple[str, ...] = (), name: str | None = None
) -> Comparison:
    """Figures of one input held against a baseline."""
    data = {name: Data(checked(name), {"embeddings": HASH, "labels": HASH})}
    return compare(then, {name: now}, parse_allowances(allow), data=data, top=3)
