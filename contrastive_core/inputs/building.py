"""From a recognised form of input to a problem: everything is read and validated here."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dropped import Numbering
from ..errors import BadInput
from ..losses import CLIP, NCE, Contrastive, InfoNCE, Loss, Triplet
from ..memory import Room, check_room, make_room
from ..prepared import Noted, pick, prepare_noting
from ..problem import (
    Classified,
    Labelled,
    Noised,
    PairList,
    Positives,
    Problem,
    Scored,
    TripletList,
    Views,
)
from ..resources import Resources
from ..score_rows import ReadyScores
from ..sources import (
    Source,
    Strided,
    read_labels,
    read_match,
    read_noise,
    read_pairs,
    read_targets,
    read_triplets,
)
from ..vocabulary import NOISE
from .arrange import Arrangement, arrange, check_flat, one_cloud
from .checks import check_own, check_range, check_width, dissimilar, flattened, no_similarity
from .dropping import (
    PER_NUMBER,
    Left,
    Listed,
    bad_with_noise,
    classes_left,
    listed_without_bad,
    own_without_bad,
    refuse_bad_classes,
    scores_without_bad,
    without_bad,
)
from .given import FILES, Recognised, open_given

_PER_DRAW = 16
"""Bytes per draw of noise: its logit, and a function of it."""

_PER_PAIR, _PER_TRIPLET = 100, 160
"""Bytes per listed pair or triplet: rows, distances, terms."""

_PER_CANDIDATE = 40
"""Bytes per candidate and thread while an anchor's distances are sorted and summed."""


@dataclass(frozen=True)
class InputFile:
    """What was read.

    Args:
        role: embeddings, keys, negatives, bank, prototypes, scores, labels, pairs, ...
        path: The path, or what an array is called.
        format: Of rows and scores: npy, parquet, arrow or memory.
        shape: Of rows and scores.
        dtype: Of rows and scores.
    """

    role: str
    path: str
    format: str | None = None
    shape: tuple[int, ...] | None = None
    dtype: str | None = None


@dataclass(frozen=True, eq=False)
class Built:
    """A problem, the room to solve it in, and what was read.

    Args:
        problem: Who is whose positive.
        room: Threads, and where the rows lie.
        inputs: What was read, in its order.
        unused: Vector columns of the same table that were left out.
        numbering: The numbers of what stays; None where no row was left out.
    """

    problem: Problem
    room: Room
    inputs: tuple[InputFile, ...]
    unused: tuple[str, ...] = ()
    numbering: Numbering | None = None

    def unread(self, what: str) -> tuple[str, ...]:
        """A warning where vector columns were not read."""
        if not self.unused:
            return ()
        return (f"vector columns that {what} does not read here: {', '.join(self.unused)}.",)


def build(loss: Loss, found: Recognised, resources: Resources, *, per_row: int = 0) -> Built:
    """Read the input of a loss.

    Args:
        loss: What is computed from it.
        found: Its form.
        resources: What may be used.
        per_row: Bytes that are kept beside each row, beyond what a loss keeps.

    Raises:
        BadInput: Something cannot be used.
        TooLittleMemory: The bound is too low.
    """
    builder = _Builder(loss, found, resources, per_row)
    problem = builder.methods[found.form.name]()
    unused = dict.fromkeys(column for source in builder.sources for column in source.unused)
    return Built(problem, builder.room, builder.inputs(), tuple(unused), builder.numbering)


class _Builder:
    """One method per form of input."""

    def __init__(
        self, loss: Loss, found: Recognised, resources: Resources, per_row: int = 0
    ) -> None:
        self.loss, self.given, self.resources = loss, found.given, resources
        self.per_row = per_row
        self.sources: list[Source] = list(found.sources)
        self.others: dict[str, Source] = {}
        self.dtype = resources.precision or loss.precision
        self.room = Room(in_memory=True, workers=resources.workers)
        self.drops = found.given.reading.drops
        self.numbering: Numbering | None = None
        self.methods: dict[str, Callable[[], Problem]] = {
            "views": self.views,
            "two files": self.two_files,
            "cloud": self.cloud,
            "pairs": self.pairs,
            "labels": self.labels,
            "three files": self.three_files,
            "triplets": self.triplets,
            "own negatives": self.own_negatives,
            "scores": self.scores,
            "prototypes": self.prototypes,
        }

    def inputs(self) -> tuple[InputFile, ...]:
        """What was read: rows and scores as they are stored, and what relates them by name."""
        opened = {**dict(zip(FILES, self.sources, strict=False)), **self.others}
        files = [InputFile(role, s.name, s.format, s.shape, s.stored) for role, s in opened.items()]
        for role in ("labels", "pairs", "triplets", "match", "noise"):
            given = getattr(self.given, role)
            if given is not None and not (role == "noise" and _is_uniform(given)):
                files.append(InputFile(role, name_of(given, role)))
        return tuple(files)

    def views(self) -> Problem:
        """Views in one file."""
        arrangement = self._arranged()
        if isinstance(self.loss, Contrastive):
            return self._matched(arrangement)
        return self._views(arrangement)

    def two_files(self) -> Problem:
        """Two files; for contrastive, whether their rows belong together."""
        return self.views()

    def cloud(self) -> Problem:
        """One cloud, or one for each view."""
        return self._views(arrange(self.sources, self.given.views, type(self.loss), alone=True))

    def pairs(self) -> Problem:
        """A list of pairs of rows."""
        arrangement = one_cloud(self.sources[0])
        listed = read_pairs(self.given.pairs, arrangement.n, keep=self.given.reading.keep)
        count = len(listed.i)
        picked = 0 if isinstance(self.loss, Contrastive) else 2 * count
        strands = self._with_bank(arrangement)
        noted = self._prepare(strands, picked=picked, extra=_PER_PAIR * count)
        name = name_of(self.given.pairs, "pairs")
        found = Positives("pairs", assumed=False, description=f"the pairs of {name}")
        if isinstance(self.loss, Contrastive):
            if listed.y is None:
                raise no_similarity(name)
            left = self._listed(noted, "pair", (listed.i, listed.j))
            similar = self._similar(left.of_samples(listed.y))
            first, second = left.columns
            return PairList(left.data, first, second, similar, found)
        if listed.y is not None and not listed.y.all():
            raise dissimilar(self.loss.kind, name, int(np.count_nonzero(~listed.y)))
        left = self._listed(noted, "pair", (listed.i, listed.j), bank_from=arrangement.n)
        index = np.concatenate([*left.columns, left.bank])
        rows = pick(noted.data, index, in_memory=self.room.in_memory)
        return self._noised(Views(rows, left.n, 2, found))

    def labels(self) -> Problem:
        """Rows, or views of samples, with classes."""
        arrangement = arrange(self.sources, self.given.views, type(self.loss), alone=True)
        labels = read_labels(
            self.given.labels, arrangement.n, beside=self.sources[0], reading=self.given.reading
        )
        count = len(arrangement.strands)
        left = self._left(self._prepare(arrangement.strands), arrangement.n, count)
        codes, classes = labels.codes, tuple(labels.classes)
        if left.numbering is not None:
            codes, classes = classes_left(left.of_samples(codes), classes)
        name = name_of(self.given.labels, "labels")
        described = f"rows of one class of {name} ({len(classes)} classes)"
        if count > 1:
            described += f"; {arrangement.found.description}"
        found = Positives("labels", assumed=False, description=described)
        return Labelled(left.data, left.n, count, np.tile(codes, count), classes, found)

    def three_files(self) -> Problem:
        """Anchors, positives and negatives row by row."""
        shapes = {source.shape for source in self.sources}
        for source in self.sources:
            check_flat(source)
        if len(shapes) > 1:
            listed = ", ".join(f"{source.name} {source.shape}" for source in self.sources)
            raise BadInput(
                self.sources[-1].name,
                expected="three files of one shape: row i of each is one triplet",
                got=listed,
                remedy="Save anchors, positives and negatives in the same order.",
            )
        n = self.sources[0].shape[0]
        noted = self._prepare([Strided(source, 0, 1, n) for source in self.sources])
        left = self._left(noted, n, len(self.sources))
        names = ", ".join(source.name for source in self.sources)
        found = Positives("three files", assumed=False, description=f"row i of {names}")
        rows = np.arange(left.n)
        positive, negative = left.n + rows, 2 * left.n + rows
        return TripletList(left.data, rows, positive, negative, found, aligned=True)

    def triplets(self) -> Problem:
        """A list of triplets of rows."""
        strands = one_cloud(self.sources[0]).strands
        listed = read_triplets(self.given.triplets, strands[0].n, keep=self.given.reading.keep)
        noted = self._prepare(strands, extra=_PER_TRIPLET * len(listed.anchor))
        columns = (listed.anchor, listed.positive, listed.negative)
        left = self._listed(noted, "triplet", columns)
        name = name_of(self.given.triplets, "triplets")
        found = Positives("triplets", assumed=False, description=f"the triplets of {name}")
        anchor, positive, negative = left.columns
        return TripletList(left.data, anchor, positive, negative, found)

    def own_negatives(self) -> Problem:
        """Two files, and a third of each anchor's own negatives."""
        negatives = self.sources[2]
        arrangement = arrange(self.sources[:2], None, type(self.loss))
        check_own(negatives, arrangement)
        if isinstance(self.loss, InfoNCE) and self.loss.pooled:
            return self._views(arrangement, flattened(negatives))
        noted = self._prepare(arrangement.strands)
        table, self.numbering = own_without_bad(noted, arrangement.n, negatives, drops=self.drops)
        words = f"{arrangement.found.description}; negatives: {negatives.name}"
        found = Positives("own negatives", assumed=False, description=words)
        return Scored(table, np.zeros(table.n, np.int64), found)

    def scores(self) -> Problem:
        """Ready scores."""
        (source,) = open_given(self.given.scores, "scores", self.given.reading)
        check_flat(source)
        self.others["scores"] = source
        table = ReadyScores(source)
        check_room(table.n, table.width, self.resources)
        if self.given.labels is not None:
            targets = self._targets(table.n, table.width, source)
            name = name_of(self.given.labels, "labels")
            found = Positives("labels", assumed=False, description=f"the columns of {name}")
        else:
            targets, found = self._positive_columns(table)
        diagonal = found.layout == "diagonal"
        left = scores_without_bad(source, targets, diagonal=diagonal, drops=self.drops)
        self.numbering = left.numbering
        return self._noised(Scored(left.table, left.targets, found))

    def prototypes(self) -> Problem:
        """Rows and class vectors."""
        (classes,) = open_given(self.given.prototypes, "prototypes", self.given.reading)
        rows = one_cloud(self.sources[0])
        check_flat(classes)
        check_width(classes, rows)
        targets = self._targets(rows.n, classes.shape[0], self.sources[0])
        noted = self._prepare([*rows.strands, Strided(classes, 0, 1, classes.shape[0])])
        refuse_bad_classes(noted, rows.n, classes)
        left = self._left(noted, rows.n, 1)
        name = name_of(self.given.labels, "labels")
        found = Positives("labels", assumed=False, description=f"the class vectors of {name}")
        self.others["prototypes"] = classes
        return Classified(left.data, left.n, left.of_samples(targets), found)

    def _targets(self, n: int, classes: int, beside: Source) -> Any:
        """The class number of each row, of embeddings or of scores."""
        reading = self.given.reading
        return read_targets(self.given.labels, n, classes, beside=beside, reading=reading)

    def _arranged(self) -> Arrangement:
        return arrange(self.sources, self.given.views, type(self.loss))

    def _prepare(self, strands: Sequence[Strided], *, picked: int = 0, extra: int = 0) -> Noted:
        """Read rows, after making room for them, for those picked out of them, and for more."""
        n, d = sum(strand.n for strand in strands), strands[0].d
        extra += self._extra(strands[0].n) + self.per_row * n
        extra += PER_NUMBER * (n + picked) if self.drops else 0
        count = len(strands)
        self.room = make_room(n + picked, d, self.dtype, self.resources, views=count, extra=extra)
        noted = prepare_noting(
            strands,
            unit=self.loss.unit_rows,
            dtype=self.dtype,
            in_memory=self.room.in_memory,
            raw_by=self.loss.raw_by,
            stop=not self.drops,
        )
        check_range(noted, strands[0].name)
        return noted

    def _left(self, noted: Noted, n: int, count: int, *, owned: bool = False) -> Left:
        """Views of samples without bad rows."""
        left = without_bad(noted, n, count, owned=owned)
        self.numbering = left.numbering
        return left

    def _listed(
        self, noted: Noted, sample: str, columns: tuple[Any, ...], *, bank_from: int | None = None
    ) -> Listed:
        """Listed pairs or triplets without those that name bad rows."""
        left = listed_without_bad(noted, sample, columns, bank_from)
        self.numbering = left.numbering
        return left

    def _extra(self, n: int) -> int:
        """Bytes that the loss keeps beside the rows: its draws, or rows of sorted distances."""
        if isinstance(self.loss, NCE) and not self.loss.expected:
            return _PER_DRAW * n * int(self.loss.noise_samples)
        return _PER_CANDIDATE * n * self.resources.workers if isinstance(self.loss, Triplet) else 0

    def _views(self, arrangement: Arrangement, bank: Source | None = None) -> Problem:
        """Views, and a bank behind them."""
        noted, count = self._prepare(self._with_bank(arrangement, bank)), len(arrangement.strands)
        left = self._left(noted, arrangement.n, count, owned=bank is not None)
        return self._noised(Views(left.data, left.n, count, arrangement.found))

    def _with_bank(self, arrangement: Arrangement, bank: Source | None = None) -> list[Strided]:
        """The rows, and those of the bank where there is one."""
        if bank is None and self.given.bank is not None:
            (bank,) = open_given(self.given.bank, "bank", self.given.reading)
        strands = list(arrangement.strands)
        if bank is not None:
            check_flat(bank)
            check_width(bank, arrangement)
            strands.append(Strided(bank, 0, 1, bank.shape[0]))
            self.others["bank"] = bank
        return strands

    def _noised(self, problem: Views | Scored) -> Problem:
        """With its noise distribution, for NCE."""
        if not isinstance(self.loss, NCE):
            return problem
        given = self.given.noise
        if given is None or _is_uniform(given):
            return Noised(problem, None)
        scored = isinstance(problem, Scored)
        columns = problem.table.width if isinstance(problem, Scored) else problem.n
        if self.numbering is not None:
            of = self.others["scores"].shape[1] if scored else self.numbering.dropped.of
            if columns < of:
                raise bad_with_noise(name_of(given, "noise"), self.numbering)
        return Noised(problem, read_noise(given, columns, sum_to_one=not scored))

    def _matched(self, arrangement: Arrangement) -> PairList:
        """Row i of both views, similar or not."""
        n = arrangement.n
        rows, similar, found = np.arange(n), np.ones(n, bool), arrangement.found
        if self.given.match is not None:
            similar = self._similar(
                read_match(self.given.match, n, beside=self.sources[0], reading=self.given.reading)
            )
            words = f"{found.description}, where {name_of(self.given.match, 'match')} says similar"
            found = Positives("match", assumed=False, description=words)
        left = self._left(self._prepare(arrangement.strands), n, 2)
        rows, similar = rows[: left.n], left.of_samples(similar)
        return PairList(left.data, rows, left.n + rows, similar, found, aligned=True)

    def _similar(self, flags: Any) -> Any:
        """By the value of y that says similar."""
        loss = self.loss
        return ~flags if isinstance(loss, Contrastive) and loss.similar == "0" else flags

    def _positive_columns(self, table: ReadyScores) -> tuple[Any, Positives]:
        """Column 0, or the diagonal: of a square table that must be said."""
        where, square = self.given.positive, table.n == table.width
        name = table.source.name
        if isinstance(self.loss, CLIP):
            if where == "first" or not square:
                raise BadInput(
                    name,
                    expected="a square table for clip, which picks along rows and along columns",
                    got=f"shape {table.source.shape}" + (", --positive first" if where else ""),
                    remedy="Give (n, n) scores with --positive diagonal, or use --kind infonce.",
                )
            where = "diagonal"
        if where is None and square:
            raise BadInput(
                name,
                expected="--positive first or --positive diagonal for a square table",
                got=f"shape {table.source.shape} and neither",
                remedy="diagonal: score (i, i) is the positive's; first: column 0 is.",
            )
        if where == "diagonal" and not square:
            raise BadInput(
                name,
                expected="a square table for --positive diagonal",
                got=f"shape {table.source.shape}",
                remedy="Leave --positive out where column 0 is the positive.",
            )
        if where == "diagonal":
            found = Positives("diagonal", assumed=False, description=f"the diagonal of {name}")
            return np.arange(table.n), found
        found = Positives("first column", assumed=False, description=f"column 0 of {name}")
        return np.zeros(table.n, np.int64), found


def name_of(given: Any, name: str) -> str:
    """A path, or what an array is called."""
    return os.fspath(given) if isinstance(given, str | os.PathLike) else name


def _is_uniform(given: Any) -> bool:
    return isinstance(given, str) and given == NOISE
