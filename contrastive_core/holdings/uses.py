"""How columns beside vectors, labels, numbers and lists of rows would be read."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence

from ..errors import counted
from ..sources.checks import one_axis
from .parts import LabelFacts, ListFacts, NumberFacts, Part, VectorFacts
from .result import Use

_TO_ONE = 1e-6
"""How far from 1 probabilities may sum."""


def uses_of_columns(location: str, parts: Sequence[Part], sorts: dict[str, str]) -> list[Use]:
    """Labels and ids in the same file as the vectors: never used unasked."""
    typed = shlex.quote(location)
    uses = []
    two = sum(isinstance(part, VectorFacts) for part in parts) == 2
    for part in parts:
        name = part.name.rpartition("::")[2]
        column = shlex.quote(f"::{name}")
        if isinstance(part, LabelFacts) and sorts[name] == "match":
            command = f"contrast loss --kind contrastive {typed} --match {column}"
            meaning = "whether row i of both columns is similar, where --match says so"
            uses += [Use(command, meaning, "possible")] if two else []
        elif isinstance(part, LabelFacts):
            command = f"contrast loss --kind supcon {typed} --labels {column}"
            uses.append(Use(command, f"{_classes(part)}, where --labels says so", "possible"))
    ids = [name for name, sort in sorts.items() if sort == "ids"]
    uses += [
        Use(
            f"contrast metrics {typed} keys.parquet --join {shlex.quote(name)}",
            f"{name} must agree with that of a second file, row by row; --join puts it in order",
            "possible",
        )
        for name in ids
    ]
    return uses


def uses_of_values(part: LabelFacts | NumberFacts) -> list[Use]:
    """A file of one value per row."""
    typed = shlex.quote(part.name)
    if isinstance(part, NumberFacts):
        return _uses_of_numbers(part, typed)
    labels = f"contrast loss --kind supcon emb.npy --labels {typed}"
    uses = [
        Use(
            labels,
            f"{_classes(part)}, for {counted(part.rows, 'row or sample', 'rows or samples')}",
            "decided",
        )
    ]
    if part.zero_or_one and not part.nulls:
        match = f"contrast loss --kind contrastive emb.npy keys.npy --match {typed}"
        uses.append(Use(match, "whether row i of both files is similar", "possible"))
    return uses


def uses_as_labels(part: VectorFacts) -> list[Use]:
    """An array of numbers on one axis, or rows of 0s and a single 1, which may be labels."""
    command = f"contrast loss --kind supcon emb.npy --labels {shlex.quote(part.name)}"
    numbers = {number for row in part.preview if row is not None for number in row}
    if one_axis(part.shape):
        whole = part.dtype.startswith(("int", "uint"))
        meaning = f"{counted(math.prod(part.shape), 'label')}, if these are classes"
        return [Use(command, meaning, "possible")] if whole else []
    if len(part.shape) == 2 and part.norms.min == part.norms.max == 1 and numbers == {0, 1}:
        rows = counted(part.rows, "row or sample", "rows or samples")
        meaning = f"one-hot rows of {counted(part.d, 'class', 'classes')}, for {rows}"
        return [Use(command, meaning, "possible")]
    return []


def uses_of_list(part: ListFacts) -> list[Use]:
    """Pairs or triplets of rows."""
    typed = shlex.quote(part.name)
    needs = f"indices into an emb.npy of {counted(part.highest + 1, 'row')} or more"
    listed = f"{counted(part.rows, 'row')} ({', '.join(part.columns)})"
    if part.kind == "triplets":
        meaning = f"{listed}: {needs}"
        uses = [_listed(f"contrast triplets emb.npy --triplets {typed}", meaning, part)]
    else:
        uses = _uses_of_pairs(part, typed, f"{listed}: {needs}")
    if "::" not in part.name and not part.by_name:
        width = len(part.columns)
        meaning = f"{counted(part.rows, 'row')} of {width} numbers, if these are embeddings"
        uses.append(Use(f"contrast metrics {typed}", meaning, "possible"))
    return uses


def _uses_of_pairs(part: ListFacts, typed: str, meaning: str) -> list[Use]:
    contrastive = f"contrast loss --kind contrastive emb.npy --pairs {typed}"
    positives = f"contrast metrics emb.npy --pairs {typed}"
    if part.similar is None:
        refused = "expected rows (i, j, y), got (i, j): which pairs are similar is not said"
        return [
            _listed(positives, f"{meaning}, all of them positive", part),
            Use(contrastive, refused, "refused"),
        ]
    uses = [_listed(contrastive, meaning, part)]
    if not part.dissimilar:
        uses.append(_listed(positives, "all pairs are positive", part))
    if part.could_be_triplets:
        triplets = f"contrast triplets emb.npy --triplets {typed}"
        meaning = "taken for pairs, as the third column holds 0 and 1 alone; as triplets these "
        uses.append(Use(triplets, f"{meaning}would be the rows of the negatives", "possible"))
    return uses


def _listed(command: str, meaning: str, part: ListFacts) -> Use:
    """A way to read the list, unless one of its rows stands against it."""
    faults = {
        "a row is named twice": part.own,
        "a value is missing": part.nulls,
        "y is -1, where 0 says dissimilar": part.minus_one,
    }
    for what, found in faults.items():
        if found.rows:
            count = f"{found.rows} of {part.rows} rows (first: {found.first[0]})"
            return Use(command, f"{what}, in {count}", "refused")
    return Use(command, meaning, "decided")


def _uses_of_numbers(part: NumberFacts, typed: str) -> list[Use]:
    """Probabilities, or nothing that is read."""
    if part.nan or part.nulls or not 0 < part.min <= part.max <= 1:
        refused = (
            "expected classes (whole numbers or strings), or probabilities above 0 and at most 1, "
            f"got numbers from {part.min:g} to {part.max:g}"
        )
        return [
            Use(f"contrast loss --kind supcon emb.npy --labels {typed}", refused, "refused"),
        ]
    noise = f"contrast loss --kind nce emb.npy --noise {typed}"
    if math.isclose(part.sum, 1, abs_tol=_TO_ONE, rel_tol=0):
        return [
            Use(noise, f"the noise distribution of {counted(part.rows, 'candidate')}", "possible")
        ]
    with_scores = f"contrast loss --kind nce --scores scores.npy --noise {typed}"
    meaning = f"noise probabilities; they sum to {part.sum:g}, and with embeddings must sum to 1"
    return [Use(with_scores, meaning, "possible")]


def _classes(part: LabelFacts) -> str:
    return counted(part.classes, "class", "classes")
