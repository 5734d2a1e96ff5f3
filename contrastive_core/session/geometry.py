"""The metrics of a space, asked of a session or in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from functools import partial
from typing import Any

from ..errors import BadParameter, listed
from ..geometry.facts import room_for
from ..geometry.measure import measure
from ..geometry.result import MetricsResult
from ..geometry.settings import Settings, chosen_metrics
from ..inputs import Given
from ..inputs.clouds import TAKEN, build_clouds
from ..inputs.stock import Stock
from ..memory import Room
from ..plan import Asking
from ..summary import Asked
from .fitting import Chosen, Inputs
from .session import Data, Session, known, split


class MetricsQuestion:
    """The geometry of the embeddings: each metric beside its reference levels.

    What each metric is, with formula and source, is in `METRICS[name]`. Two files, or two views,
    are aligned row by row: metrics of one cloud then come for both, as `name` and `name.keys`.

    Args:
        metrics: Names of the metrics to measure; none for all whose inputs are there.
        top: How many rows `worst` lists.
        sort: Which: `worst` (largest alignment; without positives the most crowded), `best`, or
            `index`.
        **settings: Of the metrics.
            t: Of uniformity.
            alpha: Of alignment.
            duplicate_threshold: Cosine above which two rows are twins.
            sample: Estimate what is a mean over pairs or rows from so many rows drawn, against all
                rows, with an interval; None for the exact values.
            seed: Of the draw, its bootstrap, and the simulated levels.
    """

    def __init__(
        self,
        metrics: Sequence[str] | str = (),
        *,
        top: int = 10,
        sort: str = "worst",
        **settings: Any,
    ) -> None:
        known(settings, [each.name for each in fields(Settings)], "a setting of the metrics")
        self.names, self.listed = listed("metrics", metrics), Asked(None, top, sort)
        self.settings, self.metrics = Settings(**settings), chosen_metrics(metrics)

    def chosen(self, inputs: Inputs) -> Chosen:
        """The clouds, and what the metrics need beside them."""
        return inputs.of_metrics(self.names or self.metrics)

    def prepared(self, given: Given, stock: Stock) -> tuple[Asking[MetricsResult], Room]:
        """Its clouds ready."""
        for name in sorted(given.names - TAKEN):
            raise BadParameter(
                f"--{name}" if name != "negatives" else "NEGATIVES",
                expected="an input of the metrics: EMBEDDINGS, KEYS, --labels, --pairs, --views",
                got=name,
                remedy="Leave it out.",
            )
        room_of = partial(room_for, frozenset(self.metrics), threads=stock.resources.workers)
        clouds = build_clouds(given, stock, room_of, self.settings.t)
        return measure(clouds, self.settings, self.names, self.listed), clouds.room


def metrics(*files: Data | None, **options: Any) -> MetricsResult:
    """The geometry of saved embeddings: each metric beside its reference levels.

    Args:
        *files: EMBEDDINGS and KEYS, paths or arrays, as `Session` takes them. A 2-D file is one
            cloud unless `views` says that it holds two views.
        **options: labels, pairs, views, dtype, join, on_bad and resources, as `Session` takes
            them; `metrics`, the names to measure, and the settings, as `MetricsQuestion` does.
            Unless the resources say otherwise similarities are in float32, or float64 for rows in
            a narrow cone (mean cosine > 0.99) and for t > 100. Sums over rows, the spectrum and
            distances of positives are in float64 always.

    Returns:
        The metrics; one that is undefined on these data is NaN, with the reason.

    Raises:
        ContrastError: Bad input or parameters, or no metric that the input allows; the message
            says what was expected, what was got and what to do.
    """
    inputs, asked = split(options)
    return Session(*files, **inputs).ask_of_all(MetricsQuestion(**asked))
