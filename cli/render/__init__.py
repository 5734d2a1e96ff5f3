"""Results as people and programs read them: `table.py`, `records.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contrastive_core.api import ConventionValue
    from contrastive_core.geometry.result import MetricsResult
    from contrastive_core.hardness.result import TripletsResult
    from contrastive_core.holdings.result import FileInfo
    from contrastive_core.summary import LossResult

    from ..consoles import Manners
    from ..outputs import Output, Write


@dataclass(frozen=True)
class Listing:
    """Which samples are listed.

    Args:
        every: All of them, in table and json too.
        top: How many at most, where that was said.
        sort: Their order, where that was said.
    """

    every: bool = False
    top: int | None = None
    sort: str | None = None


def write_loss(result: LossResult, manners: Manners, listing: Listing) -> Write:
    """A writer of a loss result, which imports what its format needs and no more."""

    def write(output: Output, stream: IO[str]) -> None:
        from . import records

        match output.format:
            case "table":
                from .table import print_loss

                columns = manners.columns(stream)
                print_loss(result, manners.console(stream), listing, columns=columns)
            case "json":
                records.write_json(result, stream, listing)
            case "csv":
                records.write_csv(result, stream, listing)
            case "value":
                stream.write(f"{result.value!r}\n")

    return write


def write_conventions(kind: str, found: Sequence[ConventionValue], manners: Manners) -> Write:
    """A writer of one loss under every convention."""

    def write(output: Output, stream: IO[str]) -> None:
        from . import records

        match output.format:
            case "table":
                from .table import print_conventions

                columns = manners.columns(stream)
                print_conventions(kind, found, manners.console(stream), columns=columns)
            case "json":
                records.write_conventions_json(kind, found, stream)
            case "csv":
                records.write_conventions_csv(found, stream)

    return write


def write_metrics(
    result: MetricsResult,
    manners: Manners,
    listing: Listing,
    *,
    guide: dict[str, Any] | None,
    only: float | None,
) -> Write:
    """A writer of the metrics of a space.

    Args:
        result: The metrics.
        manners: Of the consoles.
        listing: Which rows are listed.
        guide: What the metrics are, where that was asked.
        only: The one value, where that was asked.
    """

    def write(output: Output, stream: IO[str]) -> None:
        from . import metric_records

        match output.format:
            case "table":
                from .metrics import print_metrics

                console, columns = manners.console(stream), manners.columns(stream)
                print_metrics(result, console, listing, columns=columns, guide=guide is not None)
            case "json":
                metric_records.write_metrics_json(result, stream, listing, guide)
            case "csv":
                metric_records.write_metrics_csv(result, stream, listing)
            case "value":
                stream.write(f"{only!r}\n")

    return write


def write_triplets(
    result: TripletsResult, manners: Manners, listing: Listing, *, guide: bool
) -> Write:
    """A writer of the triplets; with a guide it says what good looks like."""

    def write(output: Output, stream: IO[str]) -> None:
        from . import triplet_records

        match output.format:
            case "table":
                from .triplets import print_triplets

                console, columns = manners.console(stream), manners.columns(stream)
                print_triplets(result, console, listing, columns=columns, guide=guide)
            case "json":
                triplet_records.write_triplets_json(result, stream, listing, guide=guide)
            case "csv":
                triplet_records.write_triplets_csv(result, stream, listing)
            case "value":
                stream.write(f"{result.value!r}\n")

    return write


def write_info(found: Sequence[FileInfo], manners: Manners) -> Write:
    """A writer of what files hold."""

    def write(output: Output, stream: IO[str]) -> None:
        from . import info_records

        match output.format:
            case "table":
                from .info import print_info

                print_info(found, manners.console(stream), columns=manners.columns(stream))
            case "json":
                info_records.write_info_json(found, stream)
            case "csv":
                info_records.write_info_csv(found, stream)

    return write
