"""Integers that are codes for other numbers: packed bits, affine codes, the bits of bfloat16.

Their cosines are those of no embedding. What betrays them is looked for in the first rows.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from .bfloat16 import widen
from .bits import NAME as BITS
from .source import Source

Codes = npt.NDArray[np.int64]

_LOOKED_AT = 2**16
"""Numbers that are looked at."""

_FEWEST = 256
"""With fewer numbers nothing is said: chance looks like anything."""

_BYTES = {"uint8": 0, "int8": -128}
"""Types of one byte, and their least number."""

_TWO_BYTES = ("uint16", ">u2", "int16", ">i2")

_SLACK = 0.2
"""How far packed bits are from being set half of the time, and the variance of bytes, relatively,
from that of eight independent bits: numbers around a mean have less. Few columns vary more."""

_ALIKE = 0.75
"""Correlation of neighbouring columns from which on they are pixels, or their like."""

_FEW_ROWS = 128
"""With fewer rows hardly a column of packed bits holds both 0 and 255."""

_MOST = 0.9
"""Share of the columns that reach both ends, where each was scaled to reach them."""

_CLIPPED = 0.02
"""Share of the numbers at the ends from which on they were clipped, and not scaled, to these."""

_WIDE = 224
"""Range of all numbers, from which on the whole of a byte was meant."""

_OFFSET = 0.7
"""Share of the squared lengths that is the mean's, from which on the offset rules all cosines."""

_MAGNITUDES = (0x3380, 0x4480)
"""The bits of bfloat16 from 2^-24 to 2^10, without the sign."""

_NEARLY_ALL = 0.99
_OCTAVE = 2**7
"""Codes of bfloat16 from a number to twice that number."""


def told_of_codes(sources: Iterable[Source]) -> tuple[str, ...]:
    """A warning for each source whose integers look like codes: why, and how to read them."""
    found = {source.name: _told(source) for source in sources}
    return tuple(f"{name}: {text}" for name, text in found.items() if text)


def _told(source: Source) -> str | None:
    least = _BYTES.get(source.stored)
    if least is None and source.stored not in _TWO_BYTES:
        return None
    flat = source.flat()
    n, d = flat.shape
    rows = flat.read(0, min(n, max(1, _LOOKED_AT // d)))
    numbers = rows[np.isfinite(rows).all(axis=1)].astype(np.int64)
    if numbers.size < _FEWEST or d < 2:
        return None
    text = _of_bfloat16(numbers) if least is None else _of_bytes(numbers, least)
    return None if text is None else f"{source.stored} numbers that look like {text}"


def _of_bytes(numbers: Codes, least: int) -> str | None:
    """Packed bits, or numbers that were scaled to the range of a byte."""
    codes = numbers - least
    n, d = codes.shape
    if _neighbours_alike(codes) > _ALIKE:
        return None
    reaching = int(np.count_nonzero((codes.min(axis=0) == 0) & (codes.max(axis=0) >= 254)))
    scaled = reaching >= _MOST * d
    share, variance = _bits(codes)
    slack, compact = _SLACK + 0.5 / d**0.5, variance < 1.0 - _SLACK
    wide = codes.max() - codes.min() >= _WIDE
    like_bits = wide and np.abs(share - 0.5).max() <= slack and abs(variance - 1.0) <= slack
    if like_bits and not (scaled and (n < _FEW_ROWS or compact)):
        return (
            f"packed bits: each of the 8 bits is set in {share.min():.0%} to {share.max():.0%} of "
            f"the bytes, which vary {variance:.2f} times as much as 8 independent bits. If they "
            f"are, --dtype {BITS} reads {8 * d} dimensions of -1 and 1; cosines of bytes (mean "
            f"{_mean_cosine(numbers):.3f}) are those of no embedding."
        )
    ends = np.mean((codes == 0) | (codes == 255))
    offset_rules = least == 0 and wide and compact and _around_an_offset(codes)
    if ends > max(_CLIPPED, 4 / n) or not (scaled or offset_rules):
        return None
    reach = f"{reaching} of {d} columns reach" if scaled else "they reach"
    offset = "codes" if least == 0 else f"(codes + {-least}.0)"
    return (
        f"affine codes, (x - min) / step: {reach} from {least} to {least + 255}, around "
        f"{numbers.mean():.0f}, and where 0 was is not said; cosines of codes (mean "
        f"{_mean_cosine(numbers):.3f}) are not those of x. If they are, save x = {offset} * (max - "
        "min) / 255.0 + min, by the ranges that made them; without these, codes - "
        "codes.mean(axis=0) comes near."
    )


def _neighbours_alike(codes: Codes) -> float:
    """Mean size of the correlation of each column with the next."""
    deviations = codes - codes.mean(axis=0)
    spread = np.sqrt(np.mean(deviations**2, axis=0))
    unit = deviations / np.where(spread > 0.0, spread, 1.0)
    return float(np.abs(np.mean(unit[:, 1:] * unit[:, :-1], axis=0)).mean())


def _bits(codes: Codes) -> tuple[npt.NDArray[np.float64], float]:
    """How often each bit is set; and the variance relative to that of independent bits."""
    bits = np.unpackbits(codes.astype(np.uint8)[:, :, None], axis=2)
    set_in = bits.mean(axis=0)
    independent = float((set_in * (1.0 - set_in) * 4.0 ** np.arange(7, -1, -1)).sum())
    variance = float(codes.var(axis=0).sum())
    return set_in.mean(axis=0), variance / independent if independent else 0.0


def _around_an_offset(codes: Codes) -> bool:
    """Whether they lie around the middle of all codes, and this rules the cosines."""
    mean, squares = codes.mean(axis=0), np.mean(codes**2, axis=0)
    return bool(64 <= codes.mean() < 192 and (mean**2).sum() >= _OFFSET * squares.sum())


def _mean_cosine(numbers: Codes) -> float:
    """Over all pairs of rows that have a direction."""
    norms = np.sqrt((numbers**2).sum(axis=1))
    unit = numbers[norms > 0.0] / norms[norms > 0.0, None]
    n, total = len(unit), unit.sum(axis=0)
    return float((total @ total - n) / (n * (n - 1.0))) if n > 1 else float("nan")


def _of_bfloat16(numbers: Codes) -> str | None:
    """Two bands of codes, one for each sign, that are alike but for the bit of the sign."""
    bits = numbers & 0xFFFF
    size, negative = bits & 0x7FFF, bits > 0x7FFF
    sizes = size[size > 0]
    usual = (sizes >= _MAGNITUDES[0]) & (sizes <= _MAGNITUDES[1])
    bands = size[~negative & (size > 0)], size[negative & (size > 0)]
    if min(map(len, bands)) < len(sizes) / 50 or usual.mean() < _NEARLY_ALL:
        return None
    if abs(np.median(bands[0]) - np.median(bands[1])) > _OCTAVE:
        return None
    low, high = np.percentile(sizes, (5, 95), method="nearest")
    norms = np.sqrt((widen(bits).astype(np.float64) ** 2).sum(axis=1))
    return (
        f"the bits of bfloat16: {usual.mean():.1%} of those that are not 0 lie, but for the bit of "
        f"the sign, in one band (most from {low} to {high}), and read so rows have a median norm "
        f"of {np.median(norms):.4g}. If they are, --dtype bfloat16 reads them."
    )
