"""The library's front door: each question in one call, on files or arrays.

A question is loaded when it is first asked: who wants a loss does not wait for the metrics.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .geometry import metrics as metrics
    from .hardness import triplets as triplets
    from .holdings import info as info
    from .losses import ConventionValue as ConventionValue
    from .losses import loss as loss
    from .losses import loss_by_convention as loss_by_convention

__all__ = ["ConventionValue", "info", "loss", "loss_by_convention", "metrics", "triplets"]

_HOMES = {
    "ConventionValue": ".losses",
    "info": ".holdings",
    "loss": ".losses",
    "loss_by_convention": ".losses",
    "metrics": ".geometry",
    "triplets": ".hardness",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
