"""(loss, problem) to per-sample values: one module per family of losses."""

from .dispatch import evaluate

__all__ = ["evaluate"]
