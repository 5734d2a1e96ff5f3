"""Values that leave the range of float64."""

from __future__ import annotations

import numpy as np

from ..errors import BadParameter
from ..losses import Loss
from ..numerics import Float


def finite(values: Float, loss: Loss) -> Float:
    """The values, or the error where one left the range of float64; NaN is let through."""
    if not np.isinf(values).any():
        return values
    if loss.temperature is None:
        raise infinite(loss)
    raise BadParameter(
        "tau",
        expected="a temperature at which similarity / tau fits in float64",
        got="a loss that does not",
        remedy="Raise tau (lower scale).",
    )


def infinite(loss: Loss) -> BadParameter:
    """The error for a value beyond float64."""
    return BadParameter(
        loss.kind,
        expected="parameters and rows for which the loss fits in float64",
        got="a loss that does not",
        remedy="Bring the parameters nearer to their defaults, or scale the rows down.",
    )
