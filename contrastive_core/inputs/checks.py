"""What must fit together among the inputs, and the errors where it does not."""

from __future__ import annotations

import numpy as np

from ..errors import BadInput, counted
from ..prepared import Noted
from ..sources import Source
from .arrange import Arrangement

_SHORTEST = 1e4
"""Times the root of the least number: shorter rows have distances that lose all digits."""


def flattened(negatives: Source) -> Source:
    """(n, k, d) negatives as n * k rows, those of an anchor together."""
    return negatives.flat()


def check_own(negatives: Source, arrangement: Arrangement) -> None:
    """Each anchor's own negatives, (n, k, d); a column of a table holds one for each."""
    n, d, shape = arrangement.n, arrangement.d, negatives.shape
    column = arrangement.found.layout == "two columns"
    if len(shape) == 3 and (shape[0], shape[2]) == (n, d):
        return
    if len(shape) == 2 and column and shape == (n, d):
        return
    shared = "Negatives that all anchors share go into --bank."
    single = " One for each anchor: save them as shape (n, 1, d)." if shape == (n, d) else ""
    if len(shape) == 2 and shape[1] == d and shape[0] > n and shape[0] % n == 0:
        k = shape[0] // n
        single = f" {k} for each anchor, one after the other: array.reshape({n}, {k}, {d})."
    raise BadInput(
        negatives.name,
        expected=f"each anchor's own negatives, shape ({n}, k, {d})",
        got=f"shape {shape}",
        remedy=shared + single,
    )


def check_width(source: Source, arrangement: Arrangement) -> None:
    """Refuse rows of another dimension."""
    if source.shape[1] != arrangement.d:
        raise BadInput(
            source.name,
            expected=f"rows of {counted(arrangement.d, 'number')}, as in "
            f"{arrangement.strands[0].name}",
            got=f"rows of {source.shape[1]}",
            remedy="Embed both with the same model.",
        )


def check_range(noted: Noted, name: str, *, normalize: bool) -> None:
    """Refuse rows so long, or so short, that their products leave the working precision.

    Args:
        noted: The rows.
        name: What messages call them.
        normalize: Whether --normalize, and not --similarity, makes unit rows of them.
    """
    dtype, longest = noted.data.dtype, noted.longest
    least = float(np.finfo(dtype).tiny)
    if 0.0 < longest < _SHORTEST * least**0.5:
        raise BadInput(
            name,
            expected=f"rows whose dot products have digits in {dtype}",
            got=f"rows of norm {longest:.3g} at most, whose products vanish",
            remedy="Scale the rows up" + (", or --precision float64." if least > 1e-40 else "."),
        )
    if longest < float(np.finfo(dtype).max) ** 0.5 / 2:
        return
    raise BadInput(
        name,
        expected=f"rows whose dot products fit in {dtype}",
        got=f"a row of norm {longest:.3g}, whose products go beyond the range",
        remedy=f"Use {'--normalize' if normalize else '--similarity cosine'}"
        + (", or --precision float64." if dtype.itemsize < 8 else ", or scale the rows down."),
    )


def no_similarity(name: str) -> BadInput:
    """The error for pairs that do not say whether they are similar."""
    return BadInput(
        name,
        expected="a third column y for contrastive: 1 for similar, 0 for dissimilar pairs",
        got="pairs (i, j) alone",
        remedy="Save rows (i, j, y); or use --kind alignment, which takes positives alone.",
    )


def dissimilar(what: str, name: str, count: int) -> BadInput:
    """The error for dissimilar pairs where positives are wanted."""
    return BadInput(
        name,
        expected=f"positive pairs for {what}, y = 1",
        got=f"{counted(count, 'pair')} with y = 0",
        remedy="Leave the dissimilar pairs out; contrast loss --kind contrastive takes both.",
    )
