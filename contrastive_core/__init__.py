"""Contrastive losses from saved embeddings: exact, sample by sample, explicit about conventions.

    import contrastive_core as cc
    cc.loss("infonce", z, keys, tau=0.07).value
    cc.loss("supcon", z, labels=y, tau=0.1).samples.loss
    cc.loss_by_convention("triplet", z, labels=y)
    cc.info("emb.npy").vectors[0].norms.median
    cc.check("emb.npy", require="uniformity <= -2").passed

    session = cc.Session(z, keys, labels=y)  # opened once, asked in as few walks as answer all
    session.ask(cc.LossQuestion("infonce", tau=0.07), cc.MetricsQuestion(), cc.TripletsQuestion())

Names are loaded when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import version

if TYPE_CHECKING:
    from .dropped import Dropped as Dropped
    from .errors import ContrastError as ContrastError
    from .gate.calling import check as check
    from .gate.verdict import CheckResult as CheckResult
    from .geometry.declarations import METRICS as METRICS
    from .geometry.result import MetricsResult as MetricsResult
    from .hardness.result import TripletsResult as TripletsResult
    from .holdings.result import FileInfo as FileInfo
    from .inputs import InputFile as InputFile
    from .losses import LOSSES as LOSSES
    from .resources import Resources as Resources
    from .samples import Samples as Samples
    from .session.geometry import MetricsQuestion as MetricsQuestion
    from .session.geometry import metrics as metrics
    from .session.hardness import TripletsQuestion as TripletsQuestion
    from .session.hardness import triplets as triplets
    from .session.holdings import info as info
    from .session.losses import ConventionValue as ConventionValue
    from .session.losses import LossQuestion as LossQuestion
    from .session.losses import loss as loss
    from .session.losses import loss_by_convention as loss_by_convention
    from .session.session import Session as Session
    from .summary import LossResult as LossResult

__all__ = [
    "LOSSES",
    "METRICS",
    "CheckResult",
    "ContrastError",
    "ConventionValue",
    "Dropped",
    "FileInfo",
    "InputFile",
    "LossQuestion",
    "LossResult",
    "MetricsQuestion",
    "MetricsResult",
    "Resources",
    "Samples",
    "Session",
    "TripletsQuestion",
    "TripletsResult",
    "__version__",
    "check",
    "info",
    "loss",
    "loss_by_convention",
    "metrics",
    "triplets",
]

__version__ = version.VERSION

_HOMES = {
    "CheckResult": ".gate.verdict",
    "LOSSES": ".losses",
    "ContrastError": ".errors",
    "ConventionValue": ".session.losses",
    "Dropped": ".dropped",
    "FileInfo": ".holdings.result",
    "InputFile": ".inputs",
    "LossQuestion": ".session.losses",
    "LossResult": ".summary",
    "METRICS": ".geometry.declarations",
    "MetricsQuestion": ".session.geometry",
    "MetricsResult": ".geometry.result",
    "Resources": ".resources",
    "Samples": ".samples",
    "Session": ".session.session",
    "TripletsQuestion": ".session.hardness",
    "TripletsResult": ".hardness.result",
    "check": ".gate.calling",
    "info": ".session.holdings",
    "loss": ".session.losses",
    "loss_by_convention": ".session.losses",
    "metrics": ".session.geometry",
    "triplets": ".session.hardness",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
