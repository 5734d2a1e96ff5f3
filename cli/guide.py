"""`--guide` without a file: what every number is, and what good looks like."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from contrastive_core.geometry.declarations import Metric
from contrastive_core.geometry.settings import NEIGHBOURS, Settings
from contrastive_core.hardness.readings import GOOD, MEANINGS

from .folding import fit
from .metric_checks import no_guide
from .render import writer
from .render.records import heading

if TYPE_CHECKING:
    from rich.console import Console

    from .consoles import Manners
    from .outputs import Write

_WIDEST = 100

_INTRODUCTION = (
    "Every metric stands beside two levels: what it is where all embeddings are equal (collapsed), "
    "and what it is for directions uniform on the sphere (random). A good space lies at neither "
    "end by itself: alignment and uniformity pull against each other, and so do tolerance and "
    "mean_cosine."
)

_BETTER = {"lower": "lower", "higher": "higher", "neither": "neither way as such"}


@dataclass(frozen=True)
class GuideReport:
    """What the numbers of a command are, without a file.

    Args:
        command: Whose numbers.
        told: The guide as plain data.
        pages: The same as text.
    """

    command: str
    told: dict[str, Any]
    pages: str

    def head(self) -> dict[str, Any]:
        """The guide in one object."""
        return {**heading(self.command), "guide": self.told}

    def lists(self) -> dict[str, Any]:
        """None: nothing was measured."""
        return {}

    def table(self) -> list[dict[str, Any]]:
        """Words have no rows."""
        raise no_guide("csv")

    def print_to(self, console: Console, columns: int | None) -> None:
        """The pages, folded when they were made."""
        del columns
        from .render.layout import Figure

        console.print(Figure(self.pages.splitlines()))

    def value(self) -> float:
        """Words are no number."""
        raise no_guide("value")

    def writer(self, manners: Manners) -> Write:
        """Of pages that need no console, and so cost little."""
        return writer(self, manners, {"table": lambda stream: stream.write(fit(self.pages))})


def metric_guide(chosen: Sequence[Metric]) -> GuideReport:
    """The guide to the metrics."""
    return GuideReport("metrics", guide(chosen), _pages(chosen))


def triplet_guide() -> GuideReport:
    """The guide to the counts of triplets."""
    told = {name: {"meaning": MEANINGS[name], "good": GOOD[name]} for name in MEANINGS}
    return GuideReport("triplets", told, _triplet_pages())


def guide(chosen: Iterable[Metric]) -> dict[str, Any]:
    """The metrics as plain data."""
    return {
        metric.name: {
            "meaning": metric.meaning,
            "definition": _definition(metric),
            "source": metric.source,
            "better": metric.better,
            "good": metric.good,
            "needs": metric.lacking() if metric.needs else None,
            "sampled": metric.sampled,
        }
        for metric in chosen
    }


def _definition(metric: Metric) -> str:
    """The formula with the default parameters put in."""
    settings = Settings()
    text = metric.definition.replace("{neighbours}", str(NEIGHBOURS))
    return text.replace("{duplicate_threshold}", f"{settings.duplicate_threshold:g}")


def page_formatter() -> click.HelpFormatter:
    """For a page: as wide as the terminal, and never too wide to read."""
    columns = min(shutil.get_terminal_size().columns, _WIDEST)
    return click.HelpFormatter(width=max(columns - 2, 40))


def _triplet_pages() -> str:
    """Each number in a line, and what good looks like."""
    formatter = page_formatter()
    for name, meaning in MEANINGS.items():
        formatter.write(f"{name.replace('_', ' ')}\n")
        with formatter.indentation():
            formatter.write_text(f"{meaning[0].upper()}{meaning[1:]}.")
            formatter.write_text(f"{GOOD[name][0].upper()}{GOOD[name][1:]}.")
        formatter.write_paragraph()
    return formatter.getvalue()


def _pages(chosen: Iterable[Metric]) -> str:
    """Name and meaning; below them definition, source, direction and what good looks like."""
    formatter = page_formatter()
    formatter.write_text(_INTRODUCTION)
    for metric in chosen:
        formatter.write_paragraph()
        formatter.write(f"{metric.name}\n")
        with formatter.indentation():
            formatter.write_text(f"{metric.meaning[0].upper()}{metric.meaning[1:]}.")
            formatter.write_dl(_facts(metric), col_max=12)
    return formatter.getvalue()


def _facts(metric: Metric) -> list[tuple[str, str]]:
    """What there is to say of a metric, by line."""
    facts = [
        ("definition", _definition(metric)),
        ("source", metric.source),
        ("better", _BETTER[metric.better]),
        ("good", metric.good),
    ]
    return [*facts, ("input", metric.lacking())] if metric.needs else facts
