"""Contrastive losses from saved embeddings: exact, sample by sample, explicit about conventions.

    import contrastive_core as cc
    cc.loss("infonce", z, keys, tau=0.07).value

Names are loaded when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import version

if TYPE_CHECKING:
    from .api import loss as loss
    from .errors import ContrastError as ContrastError
    from .losses import LOSSES as LOSSES
    from .resources import Resources as Resources
    from .summary import LossResult as LossResult

__all__ = ["LOSSES", "ContrastError", "LossResult", "Resources", "__version__", "loss"]

__version__ = version.VERSION

_HOMES = {
    "LOSSES": ".losses",
    "ContrastError": ".errors",
    "LossResult": ".summary",
    "Resources": ".resources",
    "loss": ".api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
