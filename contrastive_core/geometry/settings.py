"""What the metrics depend on, and what is asked of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import parameters
from ..errors import BadParameter, known_names, listed
from ..parameters import Number, declare, number
from .declarations import KEYS_SUFFIX, METRICS

NEIGHBOURS = 10
"""k of the lists of neighbours that hubness counts."""


@dataclass(frozen=True)
class Settings:
    """Parameters of the metrics. Every one has a bound, from which its option and errors follow."""

    t: float = number(2.0, "t of uniformity, the sharpness of the potential.", least=1e-6, most=1e6)
    alpha: float = number(
        2.0, "alpha of alignment, the power of the distance.", least=1e-6, most=1e3
    )
    duplicate_threshold: float = declare(
        0.999, Number(least=-1.0, most=1.0, meaning="Cosine above which two rows are twins.")
    )
    sample: float | None = declare(
        None,
        Number(
            least=2,
            whole=True,
            optional=True,
            meaning="Estimate from M rows, drawn with the seed, against all rows, with an interval "
            "(95 %, bootstrap over the rows drawn). For sizes where the exact pass is too long.",
        ),
    )
    seed: float = number(0, "Seed of --sample and of simulated levels.", least=0, whole=True)

    def __post_init__(self) -> None:
        """Check each of them."""
        parameters.check(self)


def chosen_metrics(names: Any) -> tuple[str, ...]:
    """The metrics asked for, without a suffix; all where none is named.

    Raises:
        BadParameter: A name that is no metric; the message lists them.
    """
    wanted = []
    for name in listed("metrics", names):
        metric = METRICS.get(name.removesuffix(KEYS_SUFFIX))
        if metric is None or (metric.of_pairs and name != metric.name):
            raise BadParameter(
                "--metric",
                expected="the name of a metric",
                got=repr(name),
                remedy=known_names(name, METRICS),
            )
        wanted.append(metric.name)
    return tuple(name for name in METRICS if name in wanted) if wanted else tuple(METRICS)


def of_keys(names: Any) -> frozenset[str]:
    """Those that were asked for as NAME.keys, and not as NAME: of the second cloud alone."""
    asked = listed("metrics", names)
    suffixed = {name.removesuffix(KEYS_SUFFIX) for name in asked if name.endswith(KEYS_SUFFIX)}
    return frozenset(suffixed - set(asked))
