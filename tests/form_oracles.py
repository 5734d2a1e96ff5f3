"""From the inputs of a form to the oracles of the textbook: sample by sample, and the total."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import textbook
import textbook_distance
import textbook_noise
from textbook_arithmetic import log_sum_exp, mean, softplus, units

Given = dict[str, Any]
"""Inputs of `contrastive_core.loss` by name."""

Setting = dict[str, Any]
"""Hyper-parameters by field."""


class Expected(NamedTuple):
    """Loss of every sample, NaN where there is none; the value; the terms it is made of."""

    samples: list[float]
    total: float
    n: int


def views_of(given: Given) -> list[Any]:
    """The views of each sample, or the two sides of each pair, or one cloud."""
    rows = given["embeddings"]
    if "pairs" in given:
        return [rows[given["pairs"][:, side]] for side in (0, 1)]
    if "keys" in given:
        return [rows, given["keys"]]
    return list(rows) if rows.ndim == 3 else [rows]


def labelled(given: Given) -> tuple[list[Any], list[Any]]:
    """All rows, and the label of each; the views of a sample share its label."""
    views = views_of(given)
    return [row for view in views for row in view], list(given["labels"]) * len(views)


def targets_of(given: Given) -> list[int | None]:
    """The column of each row's positive."""
    if "labels" in given:
        return list(given["labels"])
    diagonal = given.get("positive") == "diagonal"
    return [i if diagonal else 0 for i in range(len(given["scores"]))]


def averaged(samples: Sequence[float]) -> Expected:
    """The value is the mean of the samples that have one."""
    return Expected(list(samples), mean(samples), sum(not math.isnan(loss) for loss in samples))


def _infonce(given: Given, how: Setting) -> Expected:
    if "scores" in given:
        return _cross_entropy(given, how)
    views = views_of(given)
    if "negatives" in given:
        first, second = views
        own = textbook.info_nce_over_own_negatives(
            first, second, given["negatives"], how["similarity"], how["tau"]
        )
        return averaged(own)
    return averaged(textbook.infonce(views, bank=given.get("bank", ()), **how))


def _nt_xent(given: Given, how: Setting) -> Expected:
    if "labels" in given:
        return averaged(textbook.nt_xent_of_labels(*labelled(given), **how))
    return averaged(textbook.nt_xent(views_of(given), **how))


def _clip(given: Given, how: Setting) -> Expected:
    if "scores" not in given:
        return averaged(textbook.clip(views_of(given), **how))
    rows = given["scores"]
    there, back = (
        textbook.cross_entropy_of_scores(table.tolist(), range(len(rows)), **how)
        for table in (rows, rows.T)
    )
    return averaged([(a + b) / 2 for a, b in zip(there, back, strict=True)])


def _rows_of_scores(given: Given) -> list[tuple[float, list[float]]]:
    """The score of each row's positive, and those of the others."""
    found = []
    for row, target in zip(given["scores"].tolist(), targets_of(given), strict=True):
        assert target is not None
        found.append((row[target], row[:target] + row[target + 1 :]))
    return found


def _dcl(given: Given, how: Setting) -> Expected:
    if "scores" not in given:
        return averaged(textbook.dcl(views_of(given), **how))
    tau = how.get("tau", 1.0)
    rows = _rows_of_scores(given)
    return averaged([log_sum_exp([s / tau for s in others]) - own / tau for own, others in rows])


def _siglip(given: Given, how: Setting) -> Expected:
    if "scores" not in given:
        return averaged(textbook.siglip(views_of(given), **how))
    scale, bias = how.get("scale", 1.0), how.get("bias", 0.0)
    losses = []
    for own, others in _rows_of_scores(given):
        answers = [softplus(-(scale * own + bias)), *(softplus(scale * s + bias) for s in others)]
        losses.append(math.fsum(answers))
    return averaged(losses)


def _supcon(given: Given, how: Setting) -> Expected:
    if "labels" in given:
        return averaged(textbook.supcon(*labelled(given), **how))
    return averaged(textbook.supcon_of_views(views_of(given), **how))


def _cross_entropy(given: Given, how: Setting) -> Expected:
    targets = targets_of(given) if "scores" in given else list(given["labels"])
    if "scores" in given:
        return averaged(textbook.cross_entropy_of_scores(given["scores"], targets, **how))
    rows, classes = given["embeddings"], given["prototypes"]
    return averaged(textbook.cross_entropy(rows, classes, targets, **how))


def _nce(given: Given, how: Setting) -> Expected:
    noise = given.get("noise")
    if "scores" in given:
        return averaged(_nce_of_scores(given, noise, **how))
    views = views_of(given)
    n, k = len(views[0]), how.get("noise_samples", 16)
    draws = None
    if not how.get("expected"):
        generator = np.random.default_rng(int(how.get("seed", 0)))
        draws = generator.choice(n, size=(n, int(k)), p=noise).tolist()
    rest = {name: value for name, value in how.items() if name not in ("expected", "seed")}
    return averaged(textbook_noise.nce(views, noise=noise, draws=draws, **rest).losses)


def _nce_of_scores(
    given: Given, noise: Any, *, log_z: float | str = 0.0, tau: float = 1.0
) -> list[float]:
    """The positive is brought to column 0, with its own q."""
    width = given["scores"].shape[1]
    q = [1.0 / width] * width if noise is None else list(noise)
    terms, parts = [], []
    for row, target in zip(given["scores"].tolist(), targets_of(given), strict=True):
        assert target is not None
        order = [target, *(c for c in range(width) if c != target)]
        scores, shares = [[row[c] for c in order]], [q[c] for c in order]
        terms += list(textbook_noise.nce_given_terms(scores, tau, shares))
        parts.append(textbook_noise.nce_auto_given(scores, tau, shares))
    auto = log_sum_exp(parts) - math.log(len(parts))
    return textbook_noise.estimate(terms, log_z, auto).losses


def _contrastive(given: Given, how: Setting) -> Expected:
    if "labels" in given:
        found = textbook_distance.contrastive_labels(*labelled(given), **how)
        return Expected(found.samples, mean(found.pairs), len(found.pairs))
    first, second = views_of(given)
    if "pairs" in given:
        flags = given["pairs"][:, 2].tolist()
    else:
        everybody = [int(how.get("similar", "1"))] * len(first)
        flags = list(given.get("match", everybody))
    return averaged(textbook_distance.contrastive_match(first, second, flags, **how))


def _triplet(given: Given, how: Setting) -> Expected:
    average = how.get("average", "all")
    rest = {name: value for name, value in how.items() if name not in ("average", "seed")}
    if "labels" not in given:
        return _listed_triplets(given, average, **rest)
    rows, labels = labelled(given)
    found = textbook_distance.triplets(rows, labels, **rest)
    listed = average == "all" or rest.get("mining") == "batch-hard"  # there is one per anchor
    samples = textbook_distance.triplet_samples(found, len(rows), "all" if listed else average)
    return _of_triplets(samples, found, average)


def _of_triplets(
    samples: list[float], found: Sequence[textbook_distance.Triplet], average: str
) -> Expected:
    """Of no triplet nothing is defined, also where those with a loss are averaged."""
    value = textbook_distance.triplet_value(found, average) if found else math.nan
    return Expected(
        samples, value, sum(average == "all" or one.category != "easy" for one in found)
    )


def _listed_triplets(
    given: Given,
    average: str,
    *,
    margin: float = 0.2,
    distance: str = "sqeuclidean",
    mining: str = "all",
    soft_margin: bool = False,
    swap: bool = False,
    normalize: bool | None = None,
) -> Expected:
    if "triplets" in given:
        rows, places = given["embeddings"], given["triplets"].tolist()
    else:
        files = [given[name] for name in ("embeddings", "keys", "negatives")]
        rows, n = np.concatenate(files), len(files[0])
        places = [(i, n + i, 2 * n + i) for i in range(n)]
    ready = rows.tolist() if normalize is False else units(rows)
    every = [
        textbook_distance.triplet(
            ready, *place, margin=margin, distance_name=distance, soft_margin=soft_margin, swap=swap
        )
        for place in places
    ]
    kept = [one for one in every if mining in ("all", one.category)]
    samples = [one.loss if mining in ("all", one.category) else math.nan for one in every]
    return _of_triplets(samples, kept, average)


def _alignment(given: Given, how: Setting) -> Expected:
    return averaged(textbook_distance.alignment(views_of(given), **how))


def _uniformity(given: Given, how: Setting) -> Expected:
    views = views_of(given)
    n = len(views[0])
    samples = [u for view in views for u in textbook_distance.uniformity_samples(view, **how)]
    total = mean([textbook_distance.uniformity(view, **how) for view in views])
    return Expected(samples, total, len(views) * n * (n - 1) // 2)


def _align_uniform(given: Given, how: Setting) -> Expected:
    views, weight = views_of(given), how.get("weight", 1.0)
    near = textbook_distance.alignment(views, alpha=how.get("alpha", 2.0))
    each = [textbook_distance.uniformity_samples(view, t=how.get("t", 2.0)) for view in views]
    crowd = [mean(shares) for shares in zip(*each, strict=True)]
    samples = [a + weight * u for a, u in zip(near, crowd, strict=True)]
    return Expected(samples, textbook_distance.align_uniform(views, **how), len(samples))


ORACLES: dict[str, Callable[[Given, Setting], Expected]] = {
    "infonce": _infonce,
    "nt-xent": _nt_xent,
    "clip": _clip,
    "dcl": _dcl,
    "siglip": _siglip,
    "supcon": _supcon,
    "cross-entropy": _cross_entropy,
    "nce": _nce,
    "contrastive": _contrastive,
    "triplet": _triplet,
    "alignment": _alignment,
    "uniformity": _uniformity,
    "align-uniform": _align_uniform,
}
"""Kind to textbook value, whatever the form of the input."""
