"""The metrics of a space, each with its definition, its levels and what it says."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..bootstrap import ratio_interval
from ..dropped import said
from ..errors import BadParameter, NothingDefined
from ..inputs.clouds import Clouds
from ..plan import Asking
from ..summary import Asked
from ..tables import Index
from .declarations import KEYS_SUFFIX, METRICS, Metric
from .facts import SPECTRAL, Facts, find_facts, lacking
from .levels import Level
from .notes import warnings_of
from .readings import ALL_TIED, NEIGHBOURLY, reading, reading_of_rank
from .references import collapsed_level, random_level
from .result import MetricsResult, MetricValue
from .rows import class_facts, in_order, row_facts
from .settings import NEIGHBOURS, Settings, chosen_metrics, of_keys
from .values import (
    OF_CLOUDS,
    ONE_POINT,
    Cloud,
    Found,
    alignment,
    duplicates,
    modality_gap,
    recall_at_1,
)


def measure(
    clouds: Clouds, settings: Settings, asked: Sequence[str] | str, listing: Asked
) -> Asking[MetricsResult]:
    """Everything there is to say about a space.

    Args:
        clouds: The rows.
        settings: The parameters.
        asked: Names of metrics, NAME.keys for that of the second cloud alone; none for all.
        listing: Which rows are listed.

    Raises:
        NothingDefined: None of the metrics can be measured on this input.
    """
    chosen, second = chosen_metrics(asked), of_keys(asked)
    if second and clouds.count == 1:
        raise _one_cloud(min(second))
    drawn = draw(clouds.n, settings)
    skipped = {name: reason for name in chosen if (reason := _why_skipped(name, clouds, drawn))}
    names = [name for name in chosen if name not in skipped]
    if not names:
        raise _nothing(skipped)
    facts = yield from find_facts(clouds, settings, frozenset(names), drawn)
    values = {}
    for name, cloud, suffix in _each(names, second, facts):
        random = yield from random_level(name, cloud, settings)
        values[name + suffix] = _value(METRICS[name], suffix, cloud, facts, settings, random)
    samples = row_facts(clouds, facts, settings, frozenset(names))
    order, numbers = in_order(samples, listing.sort)[: listing.top], clouds.numbering
    if numbers is not None:
        samples = numbers.renumbered(samples, samples=("index", "nearest"), rows=())
    return MetricsResult(
        metrics=values,
        skipped=skipped,
        n=clouds.n,
        d=clouds.exact.data.d,
        clouds=clouds.count,
        positives=None if clouds.aligned is None else clouds.aligned.found,
        parameters=parameters_of(settings),
        precision=clouds.fast.data.dtype.name,
        anchors=None if drawn is None else len(drawn),
        samples=samples,
        worst=samples.take(order),
        classes=class_facts(clouds, facts, frozenset(names)),
        inputs=clouds.inputs,
        warnings=said(numbers, warnings_of(clouds, facts)),
        dropped=None if numbers is None else numbers.dropped,
    )


def draw(n: int, settings: Settings) -> Index | None:
    """Positions of the rows that `--sample` draws, ascending; None where it is not asked."""
    if settings.sample is None:
        return None
    count = int(settings.sample)
    if count > n:
        raise BadParameter(
            "--sample",
            expected=f"at most {n}, the rows there are",
            got=str(count),
            remedy="Leave --sample out: the exact pass costs no more.",
        )
    draws = np.random.default_rng(int(settings.seed))
    return np.sort(draws.choice(n, count, replace=False))


def parameters_of(settings: Settings) -> dict[str, Any]:
    """The parameters in force."""
    found = {**dataclasses.asdict(settings), "neighbours": NEIGHBOURS}
    return {name: value for name, value in found.items() if value is not None}


def _why_skipped(name: str, clouds: Clouds, drawn: Index | None) -> str | None:
    """Why a metric is not measured."""
    reason = lacking(name, clouds)
    if reason is None and drawn is not None and METRICS[name].whole:
        return f"cannot be sampled: {METRICS[name].whole}; leave --sample out"
    return reason


def _nothing(skipped: dict[str, str]) -> NothingDefined:
    """The error for metrics none of which can be measured."""
    listed = "; ".join(f"{name} {reason}" for name, reason in skipped.items())
    return NothingDefined(
        "metrics",
        expected="at least one metric whose inputs are there",
        got=listed,
        remedy="Give what is missing, or leave --metric out for those that can be measured.",
    )


def _one_cloud(name: str) -> BadParameter:
    """The error for a metric of KEYS where there are none."""
    return BadParameter(
        "--metric",
        expected=f"two files or views for {name}{KEYS_SUFFIX}, which is that of the second",
        got="one cloud",
        remedy=f"Say --metric {name}, or give KEYS.",
    )


def _each(
    names: list[str], second: frozenset[str], facts: Facts
) -> Iterator[tuple[str, Cloud, str]]:
    """(metric, cloud, suffix) in the order of the declarations."""
    for number, cloud in enumerate(facts.clouds):
        for name in names:
            if (METRICS[name].of_pairs and number) or (name in second and not number):
                continue
            yield name, cloud, KEYS_SUFFIX if number else ""


def _found(name: str, cloud: Cloud, facts: Facts, settings: Settings) -> Found:
    """The value of a metric."""
    if name in OF_CLOUDS:
        return OF_CLOUDS[name](cloud)
    if name == "duplicates":
        return duplicates(cloud, settings)
    pairs = facts.aligned
    if pairs is None:
        raise TypeError(f"{name} is not defined on one cloud")
    if name == "alignment":
        return alignment(pairs, settings)
    return recall_at_1(pairs) if name == "recall_at_1" else modality_gap(pairs)


def _value(
    metric: Metric, suffix: str, cloud: Cloud, facts: Facts, settings: Settings, random: Level
) -> MetricValue:
    """A metric with all that stands beside it."""
    found = _found(metric.name, cloud, facts, settings)
    collapsed = collapsed_level(metric.name, cloud)
    parameters = {name: parameters_of(settings)[name] for name in metric.parameters}
    estimated = facts.drawn is not None and metric.sampled
    interval = None
    if estimated and found.terms is not None:
        interval = ratio_interval(
            found.terms, 1.0, seed=int(settings.seed), transform=found.transform
        )
    said = reading(metric.name, found.value, random, collapsed, found.n)
    if metric.name in SPECTRAL - {"rankme", "stable_rank"} and cloud.spectrum is not None:
        said = reading_of_rank(cloud.spectrum) if cloud.n > 1 else None
    if metric.name in NEIGHBOURLY and cloud.mean_cosine > ONE_POINT:
        said = ALL_TIED
    return MetricValue(
        name=metric.name + suffix,
        value=found.value,
        reason=found.reason,
        definition=metric.defined(parameters),
        parameters=parameters,
        n=found.n,
        left_out=found.left_out,
        random=random.value,
        random_from=random.source,
        collapsed=collapsed,
        reading=said,
        estimated=estimated,
        interval=interval,
        terms=found.terms,
        transform=found.transform,
    )
