"""What was read of an input: its files, samples and dimensions, and the hash of its content."""

from __future__ import annotations

from ..inputs import InputFile
from .digests import digests
from .measuring import Found
from .planning import Plan
from .tellings import Data
from .verdict import CheckedInput


def data_of(plan: Plan, found: Found, *, hashed: bool) -> Data:
    """What was read of an input.

    Args:
        plan: The input.
        found: What it came to.
        hashed: Whether the hash of its content is wanted, as a baseline does.
    """
    files = tuple(found.inputs.values()) or _opened(plan)
    measured = list(found.measured.values())
    shape = files[0].shape if files else None
    n, d = (samples_of(shape, plan.given.views), shape[-1]) if shape else (None, None)
    told = next((each for each in measured if each.convention is None), None)
    if told is not None:  # rows that were left out are not among those of the metrics
        n, d = told.samples, told.d
    checked = CheckedInput(plan.name, files, n, None if files[:1] and _scored(files[0]) else d)
    return Data(checked, digests(plan.given) if hashed and measured else {})


def samples_of(shape: tuple[int, ...], views: str | None) -> int:
    """Samples of a file of rows: its views are of the same."""
    if len(shape) < 3:
        return shape[0] // 2 if views in ("stacked", "interleaved") else shape[0]
    first = views == "first" or (views is None and shape[0] == 2)
    return shape[1] if first else shape[0]


def _scored(file: InputFile) -> bool:
    """Whether a file holds scores, whose columns are no dimensions."""
    return file.role == "scores"


def _opened(plan: Plan) -> tuple[InputFile, ...]:
    """EMBEDDINGS, where nothing else was read."""
    sources = [] if plan.inputs is None else plan.inputs.sources
    return tuple(InputFile("embeddings", s.name, s.format, s.shape, s.stored) for s in sources)
