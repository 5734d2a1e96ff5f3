"""Per-sample losses as a line of block characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_BLOCKS = " ▁▂▃▄▅▆▇█"
_BINS = 60


def histogram(
    values: npt.NDArray[np.float64], chance: float | None, columns: int | None
) -> list[str]:
    """Bars over a scale from the least to the largest loss; chance is marked where it lies inside.

    A bar is as high as its share of the fullest; a sample alone is never invisible.
    """
    import numpy as np

    defined = values[~np.isnan(values)]
    low, high = float(defined.min()), float(defined.max())
    if not high > low:
        return []
    bins = min(_BINS, columns - 1) if columns else _BINS
    counts, _ = np.histogram(defined, bins=bins, range=(low, high))
    levels = np.ceil(counts / counts.max() * (len(_BLOCKS) - 1)).astype(int)
    ends = f"{low:.4g}", f"{high:.4g}"
    lines = ["".join(_BLOCKS[level] for level in levels), _scale(*ends, bins)]
    if chance is not None and low <= chance <= high:
        place = min(int((chance - low) / (high - low) * bins), bins - 1)
        lines.append(f"{'':{place}}^ chance")
    return lines


def _scale(low: str, high: str, bins: int) -> str:
    """Both ends under the bars."""
    return f"{low}{high:>{max(bins - len(low), len(high) + 1)}}"
