"""`contrast metrics --guide`: every metric, what it is, and what good looks like."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from typing import IO, Any

import click

from contrastive_core.geometry.declarations import Metric
from contrastive_core.geometry.settings import NEIGHBOURS, Settings
from contrastive_core.version import VERSION

from .outputs import Output, Write

_WIDEST = 100

_INTRODUCTION = (
    "Every metric stands beside two levels: what it is where all embeddings are equal (collapsed), "
    "and what it is for directions uniform on the sphere (random). A good space lies at neither "
    "end by itself: alignment and uniformity pull against each other, and so do tolerance and "
    "mean_cosine."
)

_BETTER = {"lower": "lower", "higher": "higher", "neither": "neither way as such"}


def write_guide(chosen: Sequence[Metric]) -> Write:
    """A writer of the guide."""

    def write(output: Output, stream: IO[str]) -> None:
        if output.format == "json":
            head = {
                "schema": "contrast/1",
                "command": "metrics",
                "version": VERSION,
                "inputs": [],
                "warnings": [],
                "guide": guide(chosen),
            }
            stream.write(json.dumps(head, indent=2, ensure_ascii=False) + "\n")
        else:
            stream.write(_pages(chosen))

    return write


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


def _pages(chosen: Iterable[Metric]) -> str:
    """Name and meaning; below them definition, source, direction and what good looks like."""
    columns = min(shutil.get_terminal_size().columns, _WIDEST)
    formatter = click.HelpFormatter(width=max(columns - 2, 40))
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
