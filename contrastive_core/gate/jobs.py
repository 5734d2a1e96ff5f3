"""Figures put together by the one measuring that gives them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import ContrastError
from ..geometry.declarations import KEYS_SUFFIX, METRICS
from ..losses import LOSSES, Triplet
from ..session.fitting import Chosen, Inputs, Missing
from .catalogue import METRIC, TRIPLETS, parameters_of, sort_of
from .rules import Figure

Parameters = tuple[tuple[str, str], ...]

MARGIN = "margin"


@dataclass(frozen=True)
class Job:
    """One measuring.

    Args:
        sort: metric, triplets or loss.
        name: The kind of a loss; else empty.
        parameters: In force for all of its figures; of triplets without the margin.
        figures: What is taken from it.
    """

    sort: str
    name: str
    parameters: Parameters
    figures: tuple[Figure, ...]

    def chosen(self, inputs: Inputs) -> Chosen:
        """The inputs that it is measured on.

        Raises:
            Missing: They are not in the pool, or leave it open which are meant.
        """
        if self.sort == METRIC:
            return inputs.of_metrics([figure.name for figure in self.figures])
        if self.sort == TRIPLETS:
            return inputs.of_loss(Triplet, TRIPLETS)
        return inputs.of_loss(LOSSES[self.name], self.name)

    def apart(self) -> tuple[Job, ...]:
        """The same in parts that need different inputs, for where one of these is bad."""
        if self.sort != METRIC:
            return (self,)
        found: dict[str, list[Figure]] = {}
        for figure in self.figures:
            needs = METRICS[figure.name.removesuffix(KEYS_SUFFIX)].needs
            found.setdefault(needs, []).append(figure)
        return tuple(Job(METRIC, "", self.parameters, tuple(part)) for part in found.values())


def jobs_of(figures: Iterable[Figure]) -> tuple[Job, ...]:
    """As few measurings as give all of the figures, in the order in which these are met.

    Metrics of the same settings come of one; triplets of all margins; a loss with its quantiles.
    """
    found: dict[tuple[str, str, Parameters], list[Figure]] = {}
    counted = []
    for figure in dict.fromkeys(figures):
        sort = sort_of(figure)
        if sort == TRIPLETS and not parameters_of(TRIPLETS, sort, figure.field):
            counted.append(figure)  # of any margin and distance
            continue
        name = "" if sort in (METRIC, TRIPLETS) else figure.name
        inside = tuple(pair for pair in figure.parameters if sort != TRIPLETS or pair[0] != MARGIN)
        found.setdefault((sort, name, inside), []).append(figure)
    if counted:
        first = next((key for key in found if key[0] == TRIPLETS), (TRIPLETS, "", ()))
        found.setdefault(first, []).extend(counted)
    return tuple(Job(*key, tuple(of)) for key, of in found.items())


@dataclass(frozen=True, eq=False)
class Planned:
    """A measuring with its inputs.

    Args:
        job: What is measured.
        chosen: On what.
    """

    job: Job
    chosen: Chosen


def planned(
    figures: Iterable[Figure], inputs: Inputs
) -> tuple[list[Planned], dict[Figure, ContrastError]]:
    """The measurings that can be done, and why the other figures cannot be had.

    Raises:
        BadInput: EMBEDDINGS cannot be opened.
    """
    found, missing = [], dict[Figure, ContrastError]()
    wanted = list(dict.fromkeys(figures))
    for figure in wanted:
        if sort_of(figure) == METRIC and inputs.given.embeddings is not None:
            lacks = inputs.lacks(figure.name)
            if lacks is not None:
                missing[figure] = lacks
    for job in jobs_of(figure for figure in wanted if figure not in missing):
        try:
            found.append(Planned(job, job.chosen(inputs)))
        except Missing as error:
            missing.update(dict.fromkeys(job.figures, error))
    return found, missing
