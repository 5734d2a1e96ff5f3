"""Files to look into, and what is asked of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import contrastive_core as cc
from contrastive_core.holdings.parts import LabelFacts, ListFacts, VectorFacts

ROWS = np.array([[3, 4], [0, 1], [6, 8], [0, 2], [0, 1], [5, 12], [8, 15]], np.float32)
"""Lengths 5, 1, 10, 2, 1, 13, 17; row 4 is row 1."""


def npy(folder: Path, array: npt.ArrayLike, name: str = "emb.npy") -> Path:
    np.save(folder / name, np.asarray(array))
    return folder / name


def vectors(path: Path | str, **how: Any) -> VectorFacts:
    (part,) = cc.info(path, **how).vectors
    return part


def labels(path: Path | str, **how: Any) -> LabelFacts:
    (part,) = cc.info(path, **how).labels
    return part


def listed(path: Path | str) -> ListFacts:
    (part,) = cc.info(path).lists
    return part


def ways(path: Path | str) -> dict[str, tuple[str, str]]:
    """Status and meaning by the command, without the folder."""
    folder = f"{Path(path).parent}/"
    return {
        use.command.replace(folder, ""): (use.status, use.meaning.replace(folder, ""))
        for use in cc.info(path).uses
    }
