"""What a reader of the metrics should beware of."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..diagnosis import about_pairs
from ..duplicates import earlier_copies, row_codes
from ..errors import counted, some
from ..inputs.clouds import Clouds
from ..pairing import about_classes, about_names
from ..prepared import CONE
from .facts import Facts
from .values import ONE_POINT

_FEW = 30
"""Rows drawn, below which a bootstrap says little."""


def warnings_of(clouds: Clouds, facts: Facts) -> Iterator[str]:
    """All warnings, most fundamental first."""
    yield from clouds.otherwise
    for number, cloud in enumerate(facts.clouds):
        whose = f" ({'EMBEDDINGS' if number == 0 else 'KEYS'})" if clouds.count > 1 else ""
        if cloud.mean_cosine > ONE_POINT:
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
                f"{counted(cloud.n, 'row')} of {counted(cloud.d, 'dimension')}{whose} span at most "
                f"{counted(cloud.n - 1, 'direction')}: ranks are capped there. Compare ranks at "
                "equal numbers of rows."
            )
        if cloud.mean_cosine > CONE and clouds.fast.data.dtype == np.float32:
            yield (
                f"cosines lie within about {1 - cloud.mean_cosine:.1g} of each other{whose}: in "
                "float32 differences below 1e-6 are ties, and neighbours and retrieval follow the "
                "order of the rows. Leave --precision out: such a space is measured in float64."
            )
    if facts.drawn is not None and len(facts.drawn) < _FEW:
        yield f"{counted(len(facts.drawn), 'drawn row')}: too few for an interval to mean much."
    if clouds.aligned is not None:
        yield from about_pairs(clouds.aligned)
        yield from _copies(clouds, facts)
    labelled = clouds.labelled(0)
    if labelled is not None and (warning := about_classes(labelled)) is not None:
        yield warning
    if (alike := about_names(clouds.classes)) is not None:
        yield alike
    if clouds.unused:
        yield f"vector columns that are not read here: {some(clouds.unused)}."


def _copies(clouds: Clouds, facts: Facts) -> Iterator[str]:
    """Keys that are copies of others: only one of them can come first by its row."""
    ranks = None if facts.aligned is None else facts.aligned.ranks
    if ranks is None or clouds.count < 2:
        return
    codes = row_codes(clouds.exact.data)[clouds.n : 2 * clouds.n]
    rows = np.arange(clouds.n) if facts.drawn is None else facts.drawn
    before = earlier_copies(codes)
    copies = int(np.count_nonzero(before))
    by_row, by_content = (float(np.mean(each == 1)) for each in (ranks, ranks - before[rows]))
    if by_content > by_row:
        yield (
            f"{counted(copies, 'key is a copy', 'keys are copies')} of an earlier one, and of "
            f"equal keys the lower row comes first: recall_at_1 is {by_row:.6g} by row and "
            f"{by_content:.6g} by content, where a copy of the own key counts as it."
        )
