"""Results of metrics that nobody measured: every case that a table has to print."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from contrastive_core.geometry.declarations import METRICS
from contrastive_core.geometry.result import ClassFacts, MetricsResult, MetricValue, RowFacts
from contrastive_core.inputs import InputFile
from contrastive_core.labelled import Positives

LEVELS: dict[str, tuple[float, float | None, float | None, str | None]] = {
    "alignment": (0.2911464208540431, 2.0, 0.0, None),
    "uniformity": (-1.4557972350258001, -3.875240118, 0.0, None),
    "mean_cosine": (0.9999123456789, 0.0, 1.0, "collapsed"),
    "tolerance": (0.565148371670111, 0.0, 1.0, None),
    "modality_gap": (0.23204025925230601, 0.0441943, 0.0, None),
    "effective_rank": (7.200121558, 61.2345678, None, "low rank: 7 of 64 dimensions hold 99 %"),
    "rankme": (2.82203297922569, 60.1, 1.0, None),
    "participation_ratio": (1.79882525697504, 56.9, None, None),
    "stable_rank": (1.52574549921235, 39.4, 1.0, None),
    "alpha_req": (math.nan, None, None, None),
    "iso_score": (0.399412628487518, 0.89, None, None),
    "hubness": (12.3456789012345, 0.7, None, "hubs"),
    "duplicates": (123456.0, 0.0, 512.0, None),
    "recall_at_1": (0.75, 0.001953125, None, "like random vectors"),
    "precision_at_1": (5 / 7, 0.1, None, None),
    "r_precision": (3 / 7, 0.1, None, None),
    "map_at_r": (26 / 63, 0.03, None, None),
    "norm_mean": (2.34161610568421e-05, None, None, None),
    "norm_std": (0.516559787053076, None, None, None),
}
"""Value, random, collapsed and reading of each."""


def metric(name: str, **changed: Any) -> MetricValue:
    """One metric; undefined where its value is NaN."""
    value, random, collapsed, reading = LEVELS[name.removesuffix(".keys")]
    facts: dict[str, Any] = {
        "name": name,
        "value": value,
        "reason": "fewer than 20 positive eigenvalues" if math.isnan(value) else None,
        "definition": METRICS[name.removesuffix(".keys")].definition,
        "parameters": {"t": 2.0} if name == "uniformity" else {},
        "n": 512,
        "left_out": 12 if name.startswith("r_precision") else None,
        "random": random,
        "random_from": None if random is None else "closed form",
        "collapsed": collapsed,
        "reading": reading,
        "estimated": False,
        "interval": None,
    }
    return MetricValue(**{**facts, **changed})


def rows(count: int = 3) -> RowFacts:
    """Rows with every column that there is."""
    index = np.arange(count)
    numbers = np.linspace(0.123456789, 0.987654321, count)
    return RowFacts(
        index=index,
        view=index % 2,
        label=np.array([-3, 0, 7] * count, dtype=object)[:count],
        norm=numbers * 1e-7,
        alignment=numbers,
        uniformity=-numbers * 3,
        nearest=np.where(index == 1, -1, index + 100),
        nearest_cosine=np.where(index == 1, np.nan, numbers),
        occurrences=index * 11,
        rank=index + 1,
        precision_at_1=numbers,
        r_precision=numbers,
        average_precision=numbers,
    )


def classes() -> ClassFacts:
    """Twelve classes of growing size; one is a point, one is a single row."""
    ranks = np.arange(12) + 1.5
    ranks[[0, 4]] = np.nan
    return ClassFacts(
        label=np.array([f"class {number}" for number in range(12)], dtype=object),
        size=np.arange(12) + 1,
        tolerance=np.concatenate([[np.nan], np.linspace(0.1, 0.9, 11)]),
        effective_rank=ranks,
        hardest_class=np.array([f"class {11 - number}" for number in range(12)], dtype=object),
        hardest_cosine=np.linspace(0.2, 0.3, 12),
        r_precision=np.linspace(0.5, 0.6, 12),
    )


def result(*names: str, **changed: Any) -> MetricsResult:
    """Every metric, or some of them."""
    chosen = names or tuple(LEVELS)
    everything = rows()
    facts: dict[str, Any] = {
        "metrics": {name: metric(name) for name in chosen},
        "skipped": {name: METRICS[name].lacking() for name in ("tolerance",) if names},
        "n": 512,
        "d": 64,
        "clouds": 1,
        "positives": Positives("two files", assumed=False, description="row i of both files"),
        "parameters": {"t": 2.0, "alpha": 2.0, "duplicate_threshold": 0.999, "seed": 0},
        "precision": "float32",
        "anchors": None,
        "samples": everything,
        "worst": everything.take(np.array([2, 0])),
        "classes": None,
        "inputs": (InputFile("embeddings", "emb.npy", "npy", (512, 64), "float32"),),
        "warnings": (),
    }
    return MetricsResult(**{**facts, **changed})
