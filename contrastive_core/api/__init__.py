"""The library's front door: each question in one call, on files or arrays."""

from .geometry import metrics
from .hardness import triplets
from .holdings import info
from .losses import ConventionValue, loss, loss_by_convention

__all__ = ["ConventionValue", "info", "loss", "loss_by_convention", "metrics", "triplets"]
