"""Commands as a shell would run them, and a folder of small files for them."""

import contextlib
import csv
import io
import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from contrast_cli.main import run
from golden import BANK, C_LABELS, H_LABELS, MATCH, A, B, C, H, circle

D = circle(130, 300, 160, 20)
POSITIVE = np.array(
    [[-0.83483301, -0.16904167, 0.52390721], [-0.83455951, -0.16862266, 0.52447767]]
)
NEGATIVES = np.array(
    [
        [0.70374682, -0.18682394, -0.68544673],
        [0.15465702, 0.32303224, 0.93366556],
        [0.53043332, -0.83523217, -0.14500935],
        [0.68285685, -0.73054075, 0.00409143],
        [0.76652431, 0.61500886, 0.18494479],
    ]
)
_WORDS = np.array(["cat", "dog", "ant"])
_ROWS = np.arange(4)


@dataclass(frozen=True)
class Told:
    """What a command left: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> float:
        """The bare number of `-o value`."""
        assert self.code == 0, self.err
        assert self.out == f"{float(self.out)!r}\n"
        return float(self.out)

    @property
    def document(self) -> dict[str, Any]:
        """The object of `-o json`, in which NaN and infinity are no numbers."""
        assert self.code == 0, self.err
        found = json.loads(self.out, parse_constant=_no_constant)
        assert isinstance(found, dict)
        return found

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows of `-o csv`."""
        assert self.code == 0, self.err
        return list(csv.DictReader(io.StringIO(self.out)))


def _no_constant(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")


def contrast(line: str, folder: Path) -> Told:
    """Run a command line in a folder."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = run(shlex.split(line)[1:])
    return Told(code, out.getvalue(), err.getvalue())


def refused(line: str, folder: Path) -> str:
    """The one message of a command that is refused: nothing else is printed, no traceback."""
    told = contrast(line, folder)
    assert (told.code, told.out) == (2, ""), told
    assert told.err.startswith("error: ")
    assert told.err.count("error:") == 1
    assert "Traceback" not in told.err
    first, _, remedy = told.err.partition("\n  ")
    assert ": expected " in first
    assert ", got " in first
    assert remedy.strip()
    return told.err


def table(folder: Path, name: str, **columns: npt.ArrayLike) -> None:
    """A Parquet file; a matrix becomes a column of lists."""
    listed = {key: pa.array(np.asarray(values).tolist()) for key, values in columns.items()}
    pq.write_table(pa.table(listed), folder / name)


def small_files(folder: Path) -> Path:
    """The data of the golden values, each as .npy and, where it is no 3-D array, as Parquet."""
    a_and_b = np.concatenate([A, B])
    scores = A @ B.T
    matrices = {
        "a": A,
        "b": B,
        "c": C,
        "h": H,
        "d": D,
        "ab": a_and_b,
        "interleaved": np.stack([A, B], axis=1).reshape(8, 2),
        "abd": np.concatenate([a_and_b, D]),
        "bank": BANK,
        "classes": circle(10, 55, 80),
        "scores": scores,
        "first": np.stack([np.roll(row, -i) for i, row in enumerate(scores)]),
        "banked": np.column_stack([np.diag(scores), A @ BANK.T]),
        "logits": C @ circle(10, 55, 80).T,
        "four": np.array([[2.0, 0.5, -1.0, 0.3]]),
        "p1": POSITIVE[:1],
        "p2": POSITIVE[1:],
        "neg": NEGATIVES,
        "one": np.concatenate([POSITIVE[:1] @ POSITIVE[1:].T, POSITIVE[:1] @ NEGATIVES.T], axis=1),
    }
    for name, rows in matrices.items():
        np.save(folder / f"{name}.npy", rows)
        table(folder, f"{name}.parquet", embedding=rows)
    singles = {
        "y": C_LABELS,
        "words": _WORDS[C_LABELS],
        "yh": H_LABELS,
        "twice": np.tile(_ROWS, 2),
        "match": MATCH,
        "uniform": np.full(4, 0.25),
        "tenths": np.full(4, 0.1),
    }
    for name, values in singles.items():
        np.save(folder / f"{name}.npy", values)
        table(folder, f"{name}.parquet", **{name: values})
    lists = {
        "pairs": ("ij", np.column_stack([_ROWS, _ROWS + 4])),
        "matched": ("ijy", np.column_stack([_ROWS, _ROWS + 4, MATCH])),
        "similar": ("ijy", np.column_stack([_ROWS, _ROWS + 4, np.ones(4, int)])),
    }
    for name, (columns, rows) in lists.items():
        np.save(folder / f"{name}.npy", rows)
        table(folder, f"{name}.parquet", **dict(zip(columns, rows.T, strict=True)))
    triplets = np.column_stack([_ROWS, _ROWS + 4, _ROWS + 8])
    np.save(folder / "triplets.npy", triplets)
    named = dict(zip(("anchor", "positive", "negative"), triplets.T, strict=True))
    table(folder, "triplets.parquet", **named)
    np.save(folder / "own.npy", NEGATIVES[None])
    np.save(folder / "views.npy", np.stack([A, B]))
    np.save(folder / "second.npy", np.stack([A, B], axis=1))
    return folder
