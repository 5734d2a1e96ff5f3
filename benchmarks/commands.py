"""Every kind and form of input as a command line, and the files that these name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

COLUMNS = 64
"""Of ready scores, and class vectors."""

_SQUARE = 4096
"""Rows of a square of ready scores, at most."""

_OWN = 4
"""Negatives of each anchor's own."""

_TWO, _VIEWS, _PAIRS = "a.npy b.npy", "views.npy", "a.npy --pairs pairs.npy"
_LABELS = "a.npy --labels y.npy"
_SCORES, _SQUARE_SCORES = "--scores scores.npy", "--scores square.npy --positive diagonal"

_OF_FILES = {"two files": _TWO, "views": _VIEWS, "pairs": _PAIRS}
_OF_CLASSES = {
    **_OF_FILES,
    "labels": _LABELS,
    "labels of files": "a.npy b.npy --labels y.npy",
    "three views": "three.npy --views first",
}

_OF_KIND: dict[str, dict[str, str]] = {
    "infonce": {
        **_OF_FILES,
        "bank": "a.npy b.npy --bank c.npy",
        "own negatives": "a.npy b.npy own.npy",
        "scores": _SCORES,
        "symmetric": "a.npy b.npy --symmetric",
        "over views": "a.npy b.npy --denominator views",
        "tau 0.01": "a.npy b.npy --tau 0.01",
        "float64": "a.npy b.npy --precision float64",
    },
    "nt-xent": _OF_CLASSES,
    "clip": {**_OF_FILES, "scores": _SQUARE_SCORES},
    "dcl": {**_OF_FILES, "scores": _SCORES},
    "nce": {
        **_OF_FILES,
        "noise": "a.npy b.npy --noise noise.npy",
        "expected": "a.npy b.npy --expected",
        "fit": "a.npy b.npy --expected --log-z fit",
        "scores": _SCORES,
    },
    "contrastive": {
        "two files": "a.npy b.npy --match match.npy",
        "views": _VIEWS,
        "pairs": "a.npy --pairs marked.npy",
        "labels": _LABELS,
    },
    "siglip": {**_OF_FILES, "scores": _SCORES},
    "alignment": _OF_FILES,
    "uniformity": {"cloud": "a.npy", "two files": _TWO},
    "align-uniform": _OF_FILES,
    "supcon": {**_OF_CLASSES, "in": "a.npy --labels y.npy --form in"},
    "cross-entropy": {
        "scores": "--scores scores.npy --labels targets.npy",
        "prototypes": "a.npy --prototypes prototypes.npy --labels targets.npy",
    },
    "triplet": {
        "labels": _LABELS,
        "batch-hard": f"{_LABELS} --mining batch-hard",
        "random-semi-hard": f"{_LABELS} --mining random-semi-hard",
        "three files": "a.npy b.npy c.npy",
        "triplets": "a.npy --triplets triplets.npy",
    },
}

_OTHERS = {
    "metrics": {
        "cloud": "a.npy",
        "labels": _LABELS,
        "two files": "a.npy b.npy --labels y.npy",
        "pairs": _PAIRS,
        "views": _VIEWS,
        "sample": f"{_LABELS} --sample 64",
    },
    "triplets": {
        "labels": _LABELS,
        "margins": f"{_LABELS} --margin 0.1 --margin 0.2 --margin 0.5",
        "three files": "a.npy b.npy c.npy",
        "triplets": "a.npy --triplets triplets.npy",
        "sample": f"{_LABELS} --sample 64",
    },
}


@dataclass(frozen=True)
class Case:
    """A command on one form of input.

    Args:
        name: The kind of loss, or the command.
        form: The form of input, or what is special.
        words: The command line without `contrast`, memory and output.
    """

    name: str
    form: str
    words: tuple[str, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it reads."""
        return tuple(dict.fromkeys(word for word in self.words if word.endswith(".npy")))


CASES = (
    *(
        Case(kind, form, ("loss", "--kind", kind, *line.split()))
        for kind, forms in _OF_KIND.items()
        for form, line in forms.items()
    ),
    *(
        Case(command, form, (command, *line.split()))
        for command, forms in _OTHERS.items()
        for form, line in forms.items()
    ),
)
"""Every kind, every form that it declares, and what needs memory of its own."""


def write_files(folder: Path, n: int, d: int, names: frozenset[str]) -> None:
    """The files that some cases name, of n samples in d dimensions.

    Args:
        folder: Where.
        n: Samples.
        d: Dimensions.
        names: Which files.
    """
    for name in sorted(names):
        np.save(folder / name, _array(name, n, d))


def _array(name: str, n: int, d: int) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
    """What a file of this name holds; each file has a seed of its own."""
    rng = np.random.default_rng(sum(name.encode()))
    rows = {"a.npy": (n, d), "b.npy": (n, d), "c.npy": (n, d), "own.npy": (n, _OWN, d)}
    rows |= {"views.npy": (2, n, d), "three.npy": (3, n, d), "prototypes.npy": (COLUMNS, d)}
    side = min(n, _SQUARE)
    rows |= {"scores.npy": (n, COLUMNS), "square.npy": (side, side)}
    if name in rows:
        return rng.standard_normal(rows[name], dtype=np.float32)
    match name:
        case "y.npy":
            return rng.integers(min(56, n // 4), size=n)
        case "targets.npy":
            return rng.integers(COLUMNS, size=n)
        case "match.npy":
            return np.arange(n) % 2
        case "noise.npy":
            return np.full(n, 1.0 / n)
        case "pairs.npy":
            return np.stack([np.arange(n), (np.arange(n) + 1) % n], axis=1)
        case "marked.npy":
            return np.stack([np.arange(n), (np.arange(n) + 1) % n, np.arange(n) % 2], axis=1)
        case "triplets.npy":
            return np.stack([(np.arange(n) + step) % n for step in range(3)], axis=1)
        case _:
            raise ValueError(f"no file is {name}")
