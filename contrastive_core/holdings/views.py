"""How vectors would be read: as one cloud, as views of samples, as scores."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace

from ..errors import BadInput, counted
from ..inputs.arrange import arrange
from ..inputs.clouds import Measuring
from ..inputs.given import rows_or_views
from ..losses import LOSSES, InfoNCE, NTXent
from ..sources import Reading, Source
from .choice import said
from .result import Use

_AXES = ("first", "second")


def uses_of_vectors(
    name: str, sources: Sequence[Source], problem: str, reading: Reading
) -> list[Use]:
    """How one, two or three related arrays of vectors would be read.

    Args:
        name: The file as it was written.
        sources: What was looked into.
        problem: Why none would be taken unasked.
        reading: What the user says about the files.
    """
    if problem:
        several = [(_one_of_several(source), source) for source in sources]
    else:
        several = [(_alone(source), source) for source in sources if len(sources) == 2]
    alone = [use for one, source in several for use in read_so([one], [source], reading)]
    together = [] if problem else _together(shlex.quote(name), sources)
    return [*read_so(together, sources, reading), *alone]


def read_so(uses: Sequence[Use], sources: Sequence[Source], reading: Reading) -> list[Use]:
    """Commands that read these sources as they were read, so that they run as they are printed."""
    if reading.dtype is None or not any(reading.dtype in source.stored for source in sources):
        return list(uses)
    return [replace(use, command=f"{use.command} --dtype {reading.dtype}") for use in uses]


def _together(typed: str, sources: Sequence[Source]) -> list[Use]:
    """What takes all of them."""
    if len(sources) == 1:
        (source,) = sources
        rows = rows_or_views(source)
        uses = _views(typed, rows) if len(rows.shape) == 3 else _rows(typed, rows)
        return [*uses, *_own(typed, source)]
    if len(sources) == 2:
        return _aligned(typed, sources)
    return _triplets(typed, sources) if sources else []


def _alone(source: Source) -> Use:
    return Use(f"contrast metrics {shlex.quote(source.name)}", "this one alone", "possible")


def _one_of_several(source: Source) -> Use:
    command = f"contrast metrics {shlex.quote(source.name)}"
    return Use(command, f"{source.shape}, where this is the one that is meant", "possible")


def _rows(typed: str, source: Source) -> list[Use]:
    """A 2-D file."""
    n, d = source.shape
    taking = [kind for kind, each in LOSSES.items() if each.assumes_stacked]
    loss = f"contrast loss --kind infonce {typed}"
    uses = [Use(f"contrast metrics {typed}", f"one cloud of {counted(n, 'row')}", "decided")]
    try:
        arrangement = arrange([source], None, InfoNCE)
        said_of = (
            f"two views of {counted(arrangement.n, 'sample')}, {arrangement.found.description}"
        )
        uses += [
            Use(loss, f"{said_of}; so for {', '.join(taking)}", "assumed"),
            Use(f"{loss} --views interleaved", "row 2i and row 2i + 1 as two views", "possible"),
        ]
    except BadInput as error:
        uses.append(Use(loss, said(error), "refused"))
    square = "; a square table needs --positive first or diagonal" if n == d else ""
    return [
        *uses,
        Use(f"{loss} keys.npy", f"{counted(n, 'anchor')}, row i and row i of keys.npy", "possible"),
        Use(
            f"contrast loss --kind supcon {typed} --labels y.npy",
            f"{counted(n, 'sample')} with a class for each",
            "possible",
        ),
        Use(
            f"contrast loss --kind infonce --scores {typed}",
            f"{counted(n, 'row')} of {d} ready scores or logits: nothing in a file tells them from "
            f"embeddings{square}",
            "possible",
        ),
    ]


def _views(typed: str, source: Source) -> list[Use]:
    """A 3-D file."""
    uses: list[Use] = []
    for command, taker in (
        (f"contrast metrics {typed}", Measuring()),
        (f"contrast loss --kind infonce {typed}", InfoNCE),
        (f"contrast loss --kind nt-xent {typed}", NTXent),
    ):
        try:
            found = arrange([source], None, taker, alone=True)
            meaning = f"{counted(found.n, 'sample')}: {found.found.description}"
            use = Use(command, meaning, "decided")
        except BadInput as error:
            use = Use(command, said(error), "refused")
        # nt-xent takes more than two views: it is named where that makes a difference.
        if taker is not NTXent or use.meaning != uses[-1].meaning:
            uses.append(use)
    if uses[-1].status == "refused":
        uses += [_on_axis(typed, source, axis) for axis in (0, 1) if source.shape[axis] > 1]
    return uses


def _own(typed: str, source: Source) -> list[Use]:
    """A 3-D file as the negatives of each anchor."""
    if len(source.shape) == 2 or source.shape[0] == 2:
        return []
    n, k, _ = source.shape
    meaning = f"the {counted(k, 'own negative')} of each of {counted(n, 'anchor')}"
    command = f"contrast loss --kind infonce anchors.npy positives.npy {typed}"
    return [Use(command, meaning, "possible")]


def _on_axis(typed: str, source: Source, axis: int) -> Use:
    count, samples = source.shape[axis], source.shape[1 - axis]
    kind = "infonce" if count == 2 else "nt-xent"
    command = f"contrast loss --kind {kind} {typed} --views {_AXES[axis]}"
    return Use(command, f"{count} views of {counted(samples, 'sample')}", "possible")


def _aligned(typed: str, sources: Sequence[Source]) -> list[Use]:
    """Two related columns."""
    try:
        found = arrange(sources, None, InfoNCE)
        meaning, status = f"{counted(found.n, 'sample')}: {found.found.description}", "decided"
    except BadInput as error:
        meaning, status = said(error), "refused"
    commands = (f"contrast metrics {typed}", f"contrast loss --kind infonce {typed}")
    return [Use(command, meaning, status) for command in commands]


def _triplets(typed: str, sources: Sequence[Source]) -> list[Use]:
    """Anchors, positives and negatives, row by row."""
    names = ", ".join(source.name.rpartition("::")[2] for source in sources)
    shape = sources[2].shape
    uses = _aligned(typed, sources[:2])[:1]
    if len(shape) == 2:
        row_by_row = f"{counted(shape[0], 'triplet')}, row by row: {names}"
        commands = (f"contrast triplets {typed}", f"contrast loss --kind triplet {typed}")
        uses += [Use(command, row_by_row, "decided") for command in commands]
    negatives = counted(shape[1] if len(shape) == 3 else 1, "own negative")
    own = f"each anchor with its positive and {negatives}"
    return [*uses, Use(f"contrast loss --kind infonce {typed}", own, "decided")]
