"""Which inputs of a pool a figure is measured on.

A rule takes those that it needs, as the command that prints the figure would. Of the forms of a
loss that the pool can fill those stay that use the most of the files given by position; the first
of them, in the loss's own order, is taken: what another rule needs beside them changes nothing.
Where two forms that have nothing to do with each other stay, no one is preferred: the figure is
undecided, and says so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..errors import ContrastError
from ..geometry.declarations import KEYS_SUFFIX, METRICS
from ..inputs import Given
from ..inputs.given import FILES, check_join, flat, open_given, open_rows
from ..losses import Form, Loss
from ..sources import Source, is_path
from ..vocabulary import INPUTS

_VIEWS, _OWN, _THREE = "views", "own negatives", "three files"
_FLAT = ("pairs", "triplets", "prototypes")
"""Forms of one 2-D file."""


class Missing(ContrastError):
    """A figure whose inputs are not in the pool, or that could be measured in several ways."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """The inputs of a measure.

    Args:
        given: Those that it takes.
        used: Their names in the pool.
    """

    given: Given
    used: frozenset[str]


class Inputs:
    """A pool with its embeddings open, as far as that is needed to choose.

    Args:
        given: Everything that was given.
    """

    def __init__(self, given: Given) -> None:
        check_join(given)
        self.given = given

    @cached_property
    def sources(self) -> list[Source]:
        """EMBEDDINGS: one file, or its related columns."""
        if self.given.embeddings is None:
            return []
        alone = dataclasses.replace(self.given, keys=None, negatives=None)
        if self.given.keys is None:
            return open_rows(alone, related=len(FILES))
        return [flat(*open_rows(alone, related=1))]

    @cached_property
    def _negatives(self) -> Source | None:
        if self.given.negatives is None:
            return self.sources[2] if len(self.sources) > 2 else None
        return open_given(self.given.negatives, "negatives", self.given.reading)[0]

    @cached_property
    def names(self) -> frozenset[str]:
        """Inputs that are there, related columns of a table as the files that they stand for."""
        if self.given.keys is not None or self.given.embeddings is None:
            return self.given.names
        return self.given.names | frozenset(FILES[: len(self.sources)])

    def clouds(self) -> int:
        """How many clouds the metrics see."""
        if "keys" in self.names or self.given.views is not None:
            return 2
        return 2 if self._axes(self.sources[:1]) == 3 else 1

    @staticmethod
    def _axes(sources: Iterable[Source]) -> int:
        return max((len(source.shape) for source in sources), default=0)

    def _fits(self, form: Form) -> bool:
        """Whether the shapes are those of a form whose inputs are all there."""
        own = self._axes(self.sources[:1])
        if form.name == _VIEWS:
            return own == 3 or self.given.views is not None or len(self.sources) > 1
        if form.name in _FLAT:
            return own == 2
        if form.name in (_OWN, _THREE):
            negatives = self._negatives
            if negatives is None:
                return False
            own_of_each = len(negatives.shape) == 3
            return own_of_each if form.name == _OWN else len(flat(negatives).shape) == 2
        return True

    def of_loss(self, declaration: type[Loss], name: str) -> Chosen:
        """The inputs of a loss, or of triplets.

        Args:
            declaration: The loss whose forms of input they are.
            name: What messages call the figure.

        Raises:
            Missing: None of its forms can be filled, or several that differ.
        """
        best = self._whole(self._ways(declaration))
        if best and all(best[0] <= way or way <= best[0] for way in best):
            return self._chosen(best[0])
        if not best:
            raise self._lacking(declaration, name)
        words = " or ".join(sorted({in_words(way) for way in best}))
        raise Missing(
            name,
            expected="inputs of one form",
            got=f"inputs for several: {words}",
            remedy="Name two sets of inputs, [check.inputs.NAME], each with those of one form.",
        )

    def _ways(self, declaration: type[Loss]) -> list[frozenset[str]]:
        """What each form that can be filled would take, in the order of the loss."""
        ways = []
        for form in declaration.forms:
            if set(form.needs) <= self.names and self._fits(form):
                taken = {*form.needs, *(set(form.takes) & self.names)}
                if "keys" in taken and "keys" not in form.needs and "views" in taken:
                    taken.discard("views")  # two files are no layout to choose
                ways.append(frozenset(taken))
        return ways

    def _whole(self, ways: Sequence[frozenset[str]]) -> list[frozenset[str]]:
        """Those that leave out no file, or related column, that another one takes.

        Ready scores are beside files, not behind them: one does not say that the other is meant.
        """
        typed = self.given.names & set(FILES)
        most = max((len(way & typed) for way in ways), default=0)
        ways = [way for way in ways if "scores" in way or len(way & typed) == most]
        files = set(FILES)
        return [
            way
            for way in ways
            if not any(way < other and way & files < other & files for other in ways)
        ]

    def _lacking(self, declaration: type[Loss], name: str) -> Missing:
        """The error for a pool without the inputs of a loss."""
        flat = self.given.embeddings is not None and self._axes(self.sources[:1]) == 2
        got = in_words(self.given.names) or "nothing"
        alone = flat and len(self.sources) == 1 and self.given.keys is None
        takes_views = any(form.name == _VIEWS for form in declaration.forms)
        if alone and takes_views and not {"labels", "pairs"} & self.names:
            return Missing(
                name,
                expected="its positives: check assumes nothing",
                got=f"{got}, one 2-D file",
                remedy="Say --views stacked or interleaved where the file holds two views of each "
                "sample, or give KEYS.",
            )
        needs = dict.fromkeys(
            "views" if form.name == _VIEWS else in_words(form.needs) for form in declaration.forms
        )
        return Missing(
            name,
            expected=" or ".join(needs),
            got=got,
            remedy="Give what is missing, or leave the rule out.",
        )

    def of_metrics(self, names: Iterable[str]) -> Chosen:
        """The inputs of metrics: the clouds always, labels and pairs where a metric needs them.

        The positives of two clouds are paired row by row, whatever pairs another rule takes.

        Args:
            names: The metrics, `NAME.keys` for those of the second cloud.

        Raises:
            Missing: There are no embeddings.
        """
        if self.given.embeddings is None:
            raise Missing(
                "metrics",
                expected="EMBEDDINGS",
                got=in_words(self.given.names) or "nothing",
                remedy="Give the rows that the metrics describe.",
            )
        needed = {each for name in names for each in metric_needs(name, self.names)}
        if self.clouds() == 2:
            needed.discard("pairs")
        taken = needed | ({"embeddings", "keys", "views"} & self.names)
        if "keys" in taken:
            taken.discard("views")
        idle = {"keys"} - needed
        chosen = self._chosen(frozenset(taken))
        return Chosen(chosen.given, chosen.used - idle)

    def lacks(self, name: str) -> Missing | None:
        """Why a metric cannot be measured on this pool; None where it can."""
        metric = METRICS[name.removesuffix(KEYS_SUFFIX)]
        alone = self.clouds() == 1
        if alone and (name.endswith(KEYS_SUFFIX) or metric.needs == "keys"):
            reason = METRICS["recall_at_1"].lacking()
        elif (alone and metric.needs == "views" and "pairs" not in self.names) or (
            metric.needs == "labels" and "labels" not in self.names
        ):
            reason = metric.lacking()
        else:
            return None
        return Missing(
            name,
            expected=reason.removeprefix("needs "),
            got=in_words(self.given.names) or "nothing",
            remedy="Give it, or leave the rule out.",
        )

    def _chosen(self, taken: frozenset[str]) -> Chosen:
        """Some inputs of the pool, by themselves."""
        columns = self.given.keys is None and len(self.sources) > 1
        fields = {name: getattr(self.given, name) for name in taken}
        if columns:
            fields = {name: each for name, each in fields.items() if each is not None}
            if len(self.sources) > len(taken & set(FILES)) > 1:
                fields |= self._columns(taken)
        used = frozenset(name for name in taken if getattr(self.given, name) is not None)
        given = Given(**fields, reading=self.given.reading)
        return Chosen(_without_join(given), used)

    def _columns(self, taken: frozenset[str]) -> dict[str, str]:
        """Some of the related columns, by their names."""
        sources = zip(FILES, self.sources, strict=False)
        return {name: source.name for name, source in sources if name in taken}


def metric_needs(name: str, there: frozenset[str]) -> tuple[str, ...]:
    """The inputs without which a metric would not be what it is."""
    metric = METRICS[name.removesuffix(KEYS_SUFFIX)]
    needed = {"views": {"keys", "pairs"}}.get(metric.needs, {metric.needs})
    if name.endswith(KEYS_SUFFIX):
        needed = needed | {"keys"}
    return tuple(sorted(needed & there))


def _without_join(given: Given) -> Given:
    """Without the column to join by, where there is no second file: another rule takes it."""
    others = (given.keys, given.negatives, given.labels, given.match)
    if any(is_path(each) and not str(each).startswith("::") for each in others):
        return given
    return dataclasses.replace(given, reading=dataclasses.replace(given.reading, join=None))


def in_words(names: Iterable[str]) -> str:
    """Inputs as they are typed."""
    found = set(names)
    files = [name.upper() for name in FILES if name in found]
    return " ".join((*files, *(f"--{name}" for name in INPUTS if name in found)))
