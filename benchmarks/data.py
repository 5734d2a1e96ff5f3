"""The rows and labels that everybody is given."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]

CLASSES = 56
"""Classes of the lines with labels."""


def two_views(n: int, d: int, seed: int = 0) -> Rows:
    """n random rows, the second half of them noisy copies of the first: two stacked views."""
    rng = np.random.default_rng(seed)
    first = rng.standard_normal((n // 2, d), dtype=np.float32)
    second = first + rng.standard_normal((n // 2, d), dtype=np.float32)
    return np.concatenate([first, second])


def two_files(n: int, d: int, seed: int = 0) -> tuple[Rows, Rows]:
    """n anchors and n keys."""
    rows = two_views(2 * n, d, seed)
    return rows[:n], rows[n:]


def classes(n: int, count: int = CLASSES, seed: int = 1) -> Labels:
    """A class for each of n rows, all of one size or nearly."""
    labels = np.arange(n) % min(count, max(n // 2, 1))
    return np.asarray(np.random.default_rng(seed).permutation(labels), np.int64)


def clustered(n: int, d: int, seed: int = 0) -> tuple[Rows, Labels]:
    """Rows about the centres of their classes, and these classes."""
    rng = np.random.default_rng(seed)
    labels = classes(n)
    centres = rng.standard_normal((CLASSES, d), dtype=np.float32)
    rows: Any = centres[labels] + 2 * rng.standard_normal((n, d), dtype=np.float32)
    return rows, labels
