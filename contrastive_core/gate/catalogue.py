"""Which figures can be checked: what each takes, which way it is better, what it depends on.

Metrics and losses come from their declarations; what a check knows beyond these stands here, once.
Nothing here imports NumPy, so that completion and `contrast help rules` do not either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..geometry.declarations import HIGHER, KEYS_SUFFIX, LOWER, METRICS, NEITHER
from ..geometry.settings import Settings
from ..losses import LOSSES, Triplet, kind_of
from ..parameters import parameters, spellings
from .rules import Figure

METRIC, TRIPLETS, LOSS = "metric", "triplets", "loss"
"""Sorts of figures. The second is a name, too."""

STATISTICS = ("min", "p5", "p25", "p50", "p75", "p95", "max")
"""Quantiles of the per-sample losses."""

CONVENTION = "convention"
"""What a loss takes beside its hyper-parameters."""

FRACTIONS = "fractions."
"""What may stand before the share of a sort of triplets."""

LOSS_FIELDS: Mapping[str, tuple[str, str]] = {
    "mi_lower_bound": (HIGHER, "log K - mean loss, in nats, where it is a bound"),
    "terms.positive": (LOWER, "the part of the positives: -mean s / tau"),
    "terms.partition": (LOWER, "the part of the candidates: mean log-sum-exp"),
    "undefined": (LOWER, "samples that define no loss"),
    "n": (NEITHER, "terms that are averaged"),
    "candidates": (NEITHER, "K, the terms of the denominator"),
}
"""Fields of a loss beside its value: which way is better, and what it is."""

TRIPLET_FIELDS: Mapping[str, tuple[str, str]] = {
    "hard": (LOWER, "share of the triplets that are hard"),
    "semi_hard": (LOWER, "share that is semi-hard"),
    "easy": (HIGHER, "share that is easy"),
    "active_fraction": (LOWER, "share that is not easy"),
    "counts.hard": (LOWER, "how many are hard"),
    "counts.semi_hard": (NEITHER, "how many are semi-hard"),
    "counts.easy": (NEITHER, "how many are easy"),
    "loss.mean": (LOWER, "mean loss over all triplets"),
    "loss.mean_active": (LOWER, "mean loss over those that are not easy"),
    "value": (LOWER, "the mean that `average` chooses"),
    "triplets": (NEITHER, "how many triplets there are"),
    "anchors": (NEITHER, "rows that are the anchor of one"),
    "undefined": (LOWER, "rows that are the anchor of none"),
}
"""Fields of triplets: which way is better, and what it is."""

SHARES = ("hard", "semi_hard", "easy", "active_fraction")
"""Fields of triplets that are shares of all: the first three are the sorts."""

AVERAGES = ("loss.mean", "loss.mean_active", "value")
"""Fields of triplets that are means of their loss."""

_RETRIEVAL = ("recall_at_1", "precision_at_1", "r_precision", "map_at_r")

_MEANS = ("alignment", "uniformity", *_RETRIEVAL)
"""Metrics that are means over samples, through a function or not."""

_SORTING = ("margin", "distance", "swap", "normalize")
_AVERAGING = (*_SORTING, "mining", "soft_margin")
_TAKES = {
    **dict.fromkeys(("triplets", "anchors", "undefined"), ()),
    **dict.fromkeys(AVERAGES[:2], _AVERAGING),
    "value": (*_AVERAGING, "average"),
}
"""What fields of triplets depend on, where that is not what makes the sorts."""


@dataclass(frozen=True)
class Dependence:
    """Whether a figure depends on how many samples there are, and why.

    Args:
        counts: Whether it does: values of another number of samples are not comparable then.
        why: The reason, in words.
    """

    counts: bool
    why: str


_OTHERS = Dependence(True, "all other samples are its candidates: more of them cost more")
_RANKS = Dependence(True, "more rows, more that may come before the right one")
_RANK = Dependence(True, "it cannot exceed min(n, d), and grows with n while n is near d")
_COUNT = Dependence(True, "it is a count")
_EXTREME = Dependence(True, "of more samples the smallest is smaller and the largest larger")
_MEAN = Dependence(False, "it is a mean over rows, pairs or triplets, of any number of them")

_OF_METRICS = {
    **dict.fromkeys(_RETRIEVAL, _RANKS),
    **dict.fromkeys(("effective_rank", "rankme", "participation_ratio", "stable_rank"), _RANK),
    **dict.fromkeys(("alpha_req", "iso_score"), Dependence(True, "the spectrum depends on n")),
    "hubness": Dependence(True, "lists of 10 neighbours out of more rows spread further"),
    "duplicates": _COUNT,
    "modality_gap": Dependence(False, "it is the distance of two means"),
}
_OF_LOSSES = {
    **dict.fromkeys(("infonce", "nt-xent", "clip", "dcl", "nce", "supcon"), _OTHERS),
    "siglip": Dependence(True, "each row adds up its terms over all other samples"),
    "cross-entropy": Dependence(False, "its candidates are the classes"),
}
_OF_FIELDS = {
    **dict.fromkeys(("undefined", "n", "triplets", "anchors"), _COUNT),
    **dict.fromkeys(("counts.hard", "counts.semi_hard", "counts.easy"), _COUNT),
    "candidates": Dependence(True, "it is a count of samples"),
}


def sort_of(figure: Figure) -> str:
    """metric, triplets or loss. What is both a metric and a loss is a loss in a statistic."""
    if figure.name == TRIPLETS:
        return TRIPLETS
    is_metric = figure.name.removesuffix(KEYS_SUFFIX) in METRICS
    return METRIC if is_metric and not figure.statistic else LOSS


def better_of(figure: Figure) -> str:
    """Which way it is better: lower, higher or neither."""
    sort = sort_of(figure)
    if sort == METRIC:
        return METRICS[figure.name.removesuffix(KEYS_SUFFIX)].better
    if sort == TRIPLETS:
        return TRIPLET_FIELDS[figure.field][0]
    return LOSS_FIELDS[figure.field][0] if figure.field else LOWER


def dependence_of(figure: Figure, layout: str = "") -> Dependence:
    """Whether it depends on how many samples there are.

    Args:
        figure: Which.
        layout: How the positives of a loss were found, where that is known.
    """
    if layout == "own negatives" and figure.field not in _OF_FIELDS:
        return Dependence(figure.statistic in ("min", "max"), "its candidates are its own")
    if figure.field in _OF_FIELDS:
        return _OF_FIELDS[figure.field]
    if figure.statistic in ("min", "max"):
        return _EXTREME
    sort = sort_of(figure)
    if sort == METRIC:
        return _OF_METRICS.get(figure.name.removesuffix(KEYS_SUFFIX), _MEAN)
    if ("mining", "batch-hard") in figure.parameters:
        return Dependence(True, "the hardest of more rows is harder")
    return _MEAN if sort == TRIPLETS else _OF_LOSSES.get(figure.name, _MEAN)


def takes_sigma(figure: Figure) -> bool:
    """Whether it is a mean over samples, whose standard error is known."""
    if figure.statistic:
        return False
    sort = sort_of(figure)
    if sort == METRIC:
        return figure.name.removesuffix(KEYS_SUFFIX) in _MEANS
    if sort == TRIPLETS:
        return figure.field in (*SHARES, *AVERAGES)
    return not figure.field and figure.name != "align-uniform"


def with_sigma() -> str:
    """The figures that take sigma, in words."""
    of_triplets = (f"{TRIPLETS}.{field}" for field in (*SHARES, *AVERAGES))
    return f"{', '.join((*_MEANS, *of_triplets))}, and the values of all losses but align-uniform"


SHARE, COUNT, PLAIN = "share", "count", ""
"""Units of figures: what may be in per cent, what is a whole number, and everything else."""

_OF_ROWS = {"n": "terms", "candidates": "candidates", "undefined": "samples", "anchors": "rows"}
"""What fields count, where it is no triplets."""


def unit_of(figure: Figure) -> str:
    """Whether it is a share, a count or neither."""
    if sort_of(figure) == METRIC:
        own = figure.name.removesuffix(KEYS_SUFFIX)
        if own == "duplicates":
            return COUNT
        return SHARE if own in _RETRIEVAL else PLAIN
    if figure.field in SHARES:
        return SHARE
    return COUNT if figure.field in _OF_FIELDS else PLAIN


def counted_of(figure: Figure) -> tuple[str, str]:
    """What a count counts, and the share that says the same; empty where there is none."""
    if sort_of(figure) == METRIC:
        return "rows", ""
    share = figure.field.removeprefix("counts.")
    of_sort = share != figure.field
    text = Figure(figure.name, figure.parameters, share).text if of_sort else ""
    return _OF_ROWS.get(figure.field, "triplets"), text


def fields_of(sort: str) -> tuple[str, ...]:
    """What may stand behind the point."""
    return tuple({METRIC: {}, TRIPLETS: TRIPLET_FIELDS, LOSS: LOSS_FIELDS}[sort])


def parameters_of(name: str, sort: str, field: str = "") -> tuple[str, ...]:
    """What may stand between the brackets, as rules spell it: with underscores."""
    if sort == METRIC:
        known = {parameter.field for parameter in parameters(Settings)}
        metric = METRICS[name.removesuffix(KEYS_SUFFIX)]
        return tuple(each for each in metric.parameters if each in known)
    if sort == TRIPLETS:
        return _TAKES.get(field, _SORTING)
    return (*(spelt(each) for each in spellings(LOSSES[name])), CONVENTION)


def declares(sort: str, name: str) -> type:
    """What declares the parameters of a figure."""
    return {METRIC: Settings, TRIPLETS: Triplet}.get(sort) or LOSSES[name]


def spelt(name: str) -> str:
    """A name with underscores: hyphens are alike."""
    return name.replace("-", "_")


@dataclass(frozen=True)
class Entry:
    """A line of what can be checked.

    Args:
        figure: As it is typed: `uniformity`, `triplets.hard`, `infonce`, `LOSS.mi_lower_bound`.
        sort: metric, triplets or loss.
        better: lower, higher or neither.
        meaning: What it is.
        parameters: What may stand between its brackets.
        dependence: Whether it depends on how many samples there are.
        sigma: Whether it is a mean over samples, whose standard error is known.
    """

    figure: str
    sort: str
    better: str
    meaning: str
    parameters: tuple[str, ...]
    dependence: Dependence
    sigma: bool = False


def described() -> tuple[Entry, ...]:
    """Everything that can be checked, for `contrast help rules`."""
    metrics = [_entry(Figure(name), METRICS[name].meaning) for name in METRICS]
    triplets = [
        _entry(Figure(TRIPLETS, field=field), meaning)
        for field, (_, meaning) in TRIPLET_FIELDS.items()
    ]
    kinds = [name for name in LOSSES if name not in METRICS]
    losses = [_entry(Figure(kind), LOSSES[kind].headline()) for kind in kinds]
    fields = [
        Entry(
            f"LOSS.{field}", LOSS, better, meaning, (), dependence_of(Figure(kinds[0], (), field))
        )
        for field, (better, meaning) in LOSS_FIELDS.items()
    ]
    return (*metrics, *triplets, *losses, *fields)


def _entry(figure: Figure, meaning: str) -> Entry:
    sort = sort_of(figure)
    names = parameters_of(figure.name, sort, figure.field)
    better, dependence = better_of(figure), dependence_of(figure)
    sigma = takes_sigma(figure)
    return Entry(figure.text, sort, better, meaning, names, dependence, sigma)


def names() -> tuple[str, ...]:
    """Every name that a figure can begin with, metrics first."""
    keys = [name + KEYS_SUFFIX for name, metric in METRICS.items() if not metric.of_pairs]
    return tuple(dict.fromkeys((*METRICS, *keys, TRIPLETS, *LOSSES)))


def named(text: str) -> str | None:
    """The name of a figure that is meant: hyphens and underscores are alike; None for none."""
    by_spelling = {spelt(each): each for each in names()}
    return by_spelling.get(spelt("".join(text.split()))) or kind_of(text)


def completions(begun: str) -> tuple[str, ...]:
    """How a figure may go on, for a shell: names, then fields behind a point, then statistics."""
    triplets = [f"{TRIPLETS}.{field}" for field in TRIPLET_FIELDS]
    losses = [f"{kind}.{field}" for kind in LOSSES if kind not in METRICS for field in LOSS_FIELDS]
    statistics = [f"{each}(" for each in STATISTICS]
    plain = [name for name in names() if name != TRIPLETS]
    inside = [f"{each}{kind})" for each in statistics if begun.startswith(each) for kind in LOSSES]
    if inside:
        return tuple(each for each in inside if each.startswith(begun))
    behind = [*triplets, *(losses if "." in begun else ()), *statistics]
    return tuple(each for each in (*plain, *behind) if each.startswith(begun))
