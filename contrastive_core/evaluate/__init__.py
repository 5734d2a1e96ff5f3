"""(loss, problem, engine) to per-sample values: one module per family of losses."""

from .dispatch import evaluate
from .work import Work

__all__ = ["Work", "evaluate"]
