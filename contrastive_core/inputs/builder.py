"""What the forms of input have in common: files are opened, rows read, bad ones left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..dropped import Numbering, in_files
from ..losses import NCE, Contrastive, Loss, Triplet
from ..memory import Room
from ..prepared import Noted, narrow
from ..problem import Noised, Problem, Scored, Views
from ..sources import (
    Labels,
    Source,
    Strided,
    check_needed,
    read_labels,
    read_match,
    read_noise,
    read_targets,
    told_of_codes,
)
from ..vocabulary import NOISE
from .arrange import Arrangement, arrange, check_flat
from .checks import check_range, check_width
from .dropping import PER_NUMBER, Left, Listed, bad_with_noise, listed_without_bad, without_bad
from .files import InputFile, listed_read, name_of, rows_read, told_of_shapes
from .given import FILES, Given, Recognised, flat, open_given
from .stock import SHARP, Stock

_PER_DRAW = 16
"""Bytes per draw of noise: its logit, and a function of it."""

_PER_CANDIDATE = 40
"""Bytes per candidate and thread while an anchor's distances are sorted and summed."""


class Builder:
    """The input of a loss while it is read.

    Args:
        loss: What is computed from it.
        found: Its form, with its embeddings open.
        stock: Rows that are ready, and the memory that is left.
        per_row: Bytes that are kept beside each row, beyond what a loss keeps.
    """

    def __init__(self, loss: Loss, found: Recognised, stock: Stock, per_row: int) -> None:
        self.loss, self.given, self.stock = loss, found.given, stock
        self.resources = stock.resources
        self.per_row = per_row
        self.sources: list[Source] = list(found.sources)
        self.others: dict[str, Source] = _open_others(found.given)
        check_needed([*self.sources, *self.others.values()], self.given.reading)
        self.dtype = self.resources.precision or loss.precision
        if self.resources.precision is None and loss.sharpness > SHARP:
            self.dtype = "float64"
        self.room = Room(in_memory=True, workers=self.resources.workers)
        self.drops = found.given.reading.drops
        self.numbering: Numbering | None = None
        self.joined: dict[str, str] = {}
        self._told: list[str] = []

    def arranged(self, *, alone: bool = False) -> Arrangement:
        """The views; where `alone`, a 2-D file holds one unless it is said that it holds two."""
        return arrange(self.sources, self.given.views, type(self.loss), alone=alone)

    def prepare(self, strands: Sequence[Strided], *, picked: int = 0, extra: int = 0) -> Noted:
        """Read rows, after making room for them, for those picked out of them, and for more.

        Where no precision is asked for, and cosines or distances in float32 could not tell the rows
        of some view apart, they are read in float64.
        """
        noted = self._prepare(strands, picked=picked, extra=extra)
        apart, n = noted.data.unit or self.loss.by_distance, strands[0].n
        if self._may_widen and apart and narrow(noted.data, noted.data.n // n, n, noted.bad):
            self.dtype = "float64"
            noted = self._prepare(strands, picked=picked, extra=extra)
        return noted

    @property
    def _may_widen(self) -> bool:
        """Whether rows are read in float32, and nobody asked for it."""
        return self.dtype == "float32" and self.resources.precision is None

    def _prepare(self, strands: Sequence[Strided], *, picked: int, extra: int) -> Noted:
        n, unit = sum(strand.n for strand in strands), self.loss.unit_rows
        extra += self._extra(strands[0].n) + self.per_row * n
        extra += PER_NUMBER * (n + picked) if self.drops else 0
        centred = self.loss.by_distance and not self._may_widen
        own: dict[str, Any] = {"unit": unit, "centred": centred}
        self.room = self.stock.room(strands, self.dtype, picked=picked, extra=extra, **own)
        how: dict[str, Any] = {"raw_by": self.loss.raw_by, "stop": not self.drops, **own}
        noted = self.stock.prepare(strands, self.dtype, room=self.room, **how)
        check_range(noted, strands[0].name, normalize=self.loss.scored_by != "dot")
        return noted

    def left(self, noted: Noted, n: int, count: int, *, owned: bool = False) -> Left:
        """Views of samples without bad rows."""
        rows = noted.data.n
        left = without_bad(noted, n, count, owned=owned)
        behind = [self.others["bank"]] if "bank" in self.others else []
        sources = [*self.sources[:count], *behind]
        self.numbering = in_files(left.numbering, sources, n, rows)
        return left

    def listed(
        self, noted: Noted, sample: str, columns: tuple[Any, ...], *, bank_from: int | None = None
    ) -> Listed:
        """Listed pairs or triplets without those that name bad rows."""
        left = listed_without_bad(noted, sample, columns, bank_from)
        self.numbering = left.numbering
        return left

    def labels(self, n: int, per: str) -> Labels:
        """The class of each row, or of each sample of several views."""
        read = read_labels(
            self.given.labels, n, per=per, beside=self.sources[0], reading=self.given.reading
        )
        self.joined["labels"] = read.joined
        self._told += read.told
        return read

    def targets(self, n: int, classes: int, beside: Source) -> Any:
        """The class number of each row, of embeddings or of scores."""
        reading = self.given.reading
        read = read_targets(self.given.labels, n, classes, beside=beside, reading=reading)
        self.joined["labels"] = read.joined
        self._told += read.told
        return read.numbers

    def matches(self, n: int) -> Any:
        """Whether row i of both views is similar."""
        read = read_match(self.given.match, n, beside=self.sources[0], reading=self.given.reading)
        self.joined["match"] = read.joined
        self._told += read.told
        return self.similar(read.similar)

    def with_bank(self, arrangement: Arrangement, bank: Source | None = None) -> list[Strided]:
        """The rows, and those of the bank where there is one."""
        bank = self.others.get("bank", bank)
        strands = list(arrangement.strands)
        if bank is not None:
            check_flat(bank)
            check_width(bank, arrangement)
            strands.append(Strided(bank, 0, 1, bank.shape[0]))
            self.others["bank"] = bank
        return strands

    def noised(self, problem: Views | Scored) -> Problem:
        """With its noise distribution, for NCE."""
        if not isinstance(self.loss, NCE):
            return problem
        given = self.given.noise
        if given is None or _is_uniform(given):
            return Noised(problem, None)
        scored = isinstance(problem, Scored)
        columns = problem.table.width if isinstance(problem, Scored) else problem.n
        if self.numbering is not None:
            of = self.others["scores"].shape[1] if scored else self.numbering.of
            if columns < of:
                raise bad_with_noise(name_of(given, "noise"), self.numbering)
        return Noised(problem, read_noise(given, columns, sum_to_one=not scored))

    def similar(self, flags: Any) -> Any:
        """By the value of y that says similar."""
        loss = self.loss
        return ~flags if isinstance(loss, Contrastive) and loss.similar == "0" else flags

    def inputs(self) -> tuple[InputFile, ...]:
        """What was read: rows and scores as they are stored, and what relates them by name."""
        opened = {**dict(zip(FILES, self.sources, strict=False)), **self.others}
        files = [rows_read(role, source) for role, source in opened.items()]
        for role in ("labels", "pairs", "triplets", "match", "noise"):
            given = getattr(self.given, role)
            if given is not None and not (role == "noise" and _is_uniform(given)):
                files.append(listed_read(role, given, self.joined.get(role, "")))
        return tuple(files)

    def otherwise(self) -> tuple[str, ...]:
        """Words on what was read in another way than it is stored, or may have to be."""
        vectors = [*self.sources, *(self.others[role] for role in self.others if role != "scores")]
        opened = (*self.sources, *self.others.values())
        return (*told_of_shapes(opened), *self._told, *told_of_codes(vectors))

    def _extra(self, n: int) -> int:
        """Bytes that the loss keeps beside the rows: its draws, or rows of sorted distances."""
        if isinstance(self.loss, NCE) and not self.loss.expected:
            return _PER_DRAW * n * int(self.loss.noise_samples)
        return _PER_CANDIDATE * n * self.resources.workers if isinstance(self.loss, Triplet) else 0


def _open_others(given: Given) -> dict[str, Source]:
    """Rows and scores that are given by name, open."""
    found: dict[str, Source] = {}
    for role in ("bank", "scores", "prototypes"):
        if getattr(given, role) is not None:
            found[role] = flat(*open_given(getattr(given, role), role, given.reading))
    return found


def _is_uniform(given: Any) -> bool:
    return isinstance(given, str) and given == NOISE
