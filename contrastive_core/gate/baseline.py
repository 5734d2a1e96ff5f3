"""A baseline: what figures came to, saved to be held against later; one file that can be reviewed.

    {
      "schema": "contrast/baseline/1",
      "version": "0.1.0",
      "inputs": [
        {
          "name": null,
          "n": 512, "d": 32,
          "files": [
            {"role": "embeddings", "path": "emb.npy", ..., "sha256": "9f86..."}
          ],
          "figures": {
            "uniformity": {
              "value": -2.31,
              "sigma": 0.012,
              "better": "lower", "n": 130816, ..., "parameters": {"t": 2.0},
              "reason": null
            }
          }
        }
      ]
    }

Nothing in it tells when or where it was written: the same data give the same bytes. Paths are as
they were typed, and only inform. `baseline.schema.json` is its JSON Schema.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..inputs import Given
from ..sources import is_path
from ..sources.overwriting import clash
from ..version import VERSION
from ..whole_files import UNSPEAKABLE, cannot_write, check_place, write_whole
from .measured import Measured
from .rules import Figure
from .sigmas import sigma_of
from .verdict import CheckedInput

FAMILY, NUMBER = "contrast/baseline/", 1
"""Of the schema; the number rises when a reader of before could not read it any more."""

SCHEMA = f"{FAMILY}{NUMBER}"


@dataclass(frozen=True)
class SavedFigure:
    """What a figure came to.

    Args:
        figure: Which.
        value: NaN where it was undefined.
        sigma: Its standard error; None where it is no mean over samples.
        better: lower, higher or neither.
        n: Terms or rows that it was taken over.
        samples: Samples of the input.
        d: Dimensions; None for ready scores.
        precision: Working precision.
        convention: Of a loss; None for a metric.
        positives: What defines them: views, labels, pairs, ...; None where it has none.
        parameters: In force.
        reason: Why it was undefined; None where it was not.
    """

    figure: Figure
    value: float
    sigma: float | None
    better: str
    n: int | None
    samples: int
    d: int | None
    precision: str
    convention: str | None
    positives: str | None
    parameters: dict[str, Any]
    reason: str | None


@dataclass(frozen=True)
class SavedFile:
    """A file of a baseline: as `InputFile`, with the hash of its values; None where unknown."""

    role: str
    path: str
    format: str | None
    shape: tuple[int, ...] | None
    dtype: str | None
    sha256: str | None


@dataclass(frozen=True)
class SavedInput:
    """One named set of inputs, and what its figures came to by their text."""

    name: str | None
    n: int | None
    d: int | None
    files: tuple[SavedFile, ...]
    figures: dict[str, SavedFigure]


@dataclass(frozen=True)
class Baseline:
    """A whole file: the version that wrote it, and the inputs."""

    version: str
    inputs: tuple[SavedInput, ...]


def saved_input(
    checked: CheckedInput, measured: Sequence[Measured], hashes: Mapping[str, str], seed: int
) -> SavedInput:
    """What is saved of one input.

    Args:
        checked: Which files were read.
        measured: Every figure that was measured.
        hashes: The content hash of the files, by role.
        seed: Of the bootstrap of the standard errors.
    """
    files = (
        SavedFile(f.role, _spoken(f.path), f.format, f.shape, f.dtype, hashes.get(f.role))
        for f in checked.files
    )
    figures = {each.figure.text: _saved(each, seed) for each in measured}
    return SavedInput(checked.name, checked.n, checked.d, tuple(files), figures)


def _spoken(path: str) -> str:
    """A path as text: bytes that are no UTF-8 are no string of JSON either."""
    return path.encode(errors=UNSPEAKABLE).decode()


def _saved(measured: Measured, seed: int) -> SavedFigure:
    value, reason = float(measured.value), measured.reason
    if not math.isfinite(value):
        value, reason = math.nan, reason or f"its value is {value}"
    parameters = {name: plain(each) for name, each in sorted(measured.parameters.items())}
    return SavedFigure(
        measured.figure,
        value,
        sigma_of(measured, seed),
        measured.better,
        measured.n,
        measured.samples,
        measured.d,
        measured.precision,
        measured.convention,
        None if measured.positives is None else measured.positives.way,
        {name: each for name, each in parameters.items() if name not in measured.found},
        reason,
    )


def plain(value: Any) -> Any:
    """A parameter as JSON has it."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value if isinstance(value, bool | int | float | str | None) else str(value)


def check_target(path: Path, inputs: Iterable[Given]) -> None:
    """Refuse, before anything is measured, a baseline that cannot be written or would be an input.

    Raises:
        CannotWrite: Its place is no place for a file, or holds one of the inputs.
    """
    for given in inputs:
        files = [each for each in (getattr(given, name) for name in given.names) if is_path(each)]
        found = clash(path, map(os.fspath, files))
        if found is not None:
            raise cannot_write(path, found, "Choose another path.")
    check_place(path)


def save_baseline(path: Path, inputs: Sequence[SavedInput]) -> None:
    """Write a baseline, whole or not at all.

    Raises:
        CannotWrite: There is no such directory, no permission, or no room on the disk.
    """
    write_whole(path, text_of(Baseline(VERSION, tuple(inputs))))


def text_of(baseline: Baseline) -> str:
    """The file: inputs in their order, figures by name, a changed value on a line of its own."""
    inputs = ",\n".join(_block("    ", "", _lines_of(each)) for each in baseline.inputs)
    return (
        f'{{\n  "schema": {_json(SCHEMA)},\n  "version": {_json(baseline.version)},\n'
        f'  "inputs": [\n{inputs}\n  ]\n}}\n'
    )


def _lines_of(saved: SavedInput) -> Iterator[str]:
    """The members of an input."""
    yield f'"name": {_json(saved.name)}'
    yield f'"n": {_json(saved.n)}, "d": {_json(saved.d)}'
    files = [f"        {_json(vars(file))}" for file in saved.files]
    yield '"files": [' + ("\n" + ",\n".join(files) + "\n      ]" if files else "]")
    figures = [
        _block("        ", f"{_json(text)}: ", _figure(saved.figures[text]))
        for text in sorted(saved.figures)
    ]
    yield '"figures": {' + ("\n" + ",\n".join(figures) + "\n      }" if figures else "}")


def _figure(saved: SavedFigure) -> Iterator[str]:
    """The members of a figure; what a new model changes first, each on a line."""
    fields = {name: value for name, value in vars(saved).items() if name != "figure"}
    fields["value"] = None if math.isnan(saved.value) else saved.value
    value, sigma, reason = (fields.pop(name) for name in ("value", "sigma", "reason"))
    yield f'"value": {_json(value)}'
    yield f'"sigma": {_json(sigma)}'
    yield _json(fields)[1:-1]
    yield f'"reason": {_json(reason)}'


def _block(indent: str, name: str, lines: Iterator[str]) -> str:
    """An object, its members on lines of their own."""
    inner = ",\n".join(f"{indent}  {line}" for line in lines)
    return f"{indent}{name}{{\n{inner}\n{indent}}}"


def _json(value: Any) -> str:
    """On one line; Python writes the shortest digits that are this very number."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
