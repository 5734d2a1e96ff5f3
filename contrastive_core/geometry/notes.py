"""What a reader of the metrics should beware of."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnosis import about_classes, about_pairs
from ..inputs.clouds import Clouds
from .facts import Facts

_ONE_POINT = 1.0 - 1e-6


def warnings_of(clouds: Clouds, facts: Facts) -> Iterator[str]:
    """All warnings, most fundamental first."""
    for number, cloud in enumerate(facts.clouds):
        whose = f" ({'EMBEDDINGS' if number == 0 else 'KEYS'})" if clouds.count > 1 else ""
        pairs = cloud.n * (cloud.n - 1)
        if pairs and (cloud.total @ cloud.total - cloud.squares) / pairs > _ONE_POINT:
            yield (
                f"collapse: all embeddings point the same way{whose}: their mean cosine is 1 to "
                "six digits."
            )
        spectrum = cloud.spectrum
        if spectrum is not None and cloud.n > 1 and not spectrum.spread:
            yield (
                f"all rows are one point{whose}, up to the rounding of the stored type: metrics of "
                "the centred rows are undefined."
            )
        elif spectrum is not None and cloud.n - 1 < cloud.d:
            yield (
                f"{cloud.n} rows of {cloud.d} dimensions{whose} span at most {cloud.n - 1} "
                "directions: ranks are capped there. Compare ranks at equal numbers of rows."
            )
    if clouds.aligned is not None:
        yield from about_pairs(clouds.aligned)
    labelled = clouds.labelled(0)
    if labelled is not None:
        yield from about_classes(labelled)
    if clouds.unused:
        yield f"vector columns that are not read here: {', '.join(clouds.unused)}."
