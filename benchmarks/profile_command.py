"""`python -m benchmarks profile KIND`: where the time of a loss goes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import click

import contrastive_core as cc

from .data import CLASSES, classes, clustered, two_views
from .ours import evaluated, product
from .report import show, table
from .sampling import Samples, sample, text_of

_CORE = "contrastive_core"

_FEW = 30
"""Samples that tell nothing."""


@click.command("profile")
@click.argument("kind", type=click.Choice(list(cc.LOSSES)))
@click.option("-n", "rows", type=click.IntRange(4, 2**24), default=16384, show_default=True)
@click.option("-d", "dims", type=click.IntRange(1), default=128, show_default=True)
@click.option("--tau", type=float, help="The temperature.  [default: the kind's]")
@click.option("--precision", type=click.Choice(("float32", "float64")))
@click.option(
    "--threads", type=click.IntRange(0, 9999), default=0, help="[default: all processors]"
)
@click.option("--labels", is_flag=True, help="Of labels, where the kind takes views too.")
@click.option("--standings", is_flag=True, help="Rank and hardest negative of every sample too.")
@click.option(
    "--lines",
    "most",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="Lines that are listed.",
)
def profile(
    kind: str,
    rows: int,
    dims: int,
    tau: float | None,
    precision: str | None,
    threads: int,
    labels: bool,
    standings: bool,
    most: int,
) -> None:
    """Where the time of a loss goes: products, exponentials, sums, the rest, and line by line.

    Each thread is looked at a thousand times a second; time in compiled code counts for the line
    that called it. Beside it stands the time of one matrix product of the same rows.
    """
    given = _given(kind, rows - rows % 2, dims, labels=labels)
    how = {} if tau is None else {"tau": tau}
    means = cc.Resources(threads=threads, precision=precision)

    def work() -> object:
        return evaluated(kind, given, standings=standings, resources=means, **how)

    work()
    found, plain = sample(work), [_seconds(work) for _ in range(3)]
    floor = product(rows, dims)
    floor.run()
    floors = [_seconds(floor.run) for _ in range(3)]
    _show(found, median(plain), median(floors), most)


def _given(kind: str, n: int, d: int, *, labels: bool) -> dict[str, Any]:
    """Inputs that the kind takes."""
    if kind == "triplet":
        rows, of_rows = clustered(n, d)
        return {"embeddings": rows, "labels": of_rows}
    if kind == "cross-entropy":
        return {
            "embeddings": two_views(n, d),
            "prototypes": two_views(CLASSES, d),
            "labels": classes(n),
        }
    if kind == "uniformity":
        return {"embeddings": two_views(n, d)}
    if labels or kind in ("supcon", "contrastive"):
        return {"embeddings": two_views(n, d), "labels": classes(n)}
    return {"embeddings": two_views(n, d), "views": "stacked"}


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _show(found: Samples, plain: float, floor: float, most: int) -> None:
    """Totals, sorts of work, lines."""
    click.echo(
        f"{plain:.3f} s unwatched, {found.seconds:.3f} s watched, on "
        f"{found.processor / found.seconds:.2f} processors; the product takes {floor:.3f} s: "
        f"{plain / floor:.2f} of it.\n"
    )
    whole = found.at_work().total()
    if whole < _FEW:
        raise click.ClickException(f"seen at work {whole} times: too short to tell; more rows.")
    sorts = found.sorts()
    waiting = sorts.pop("waiting", 0)
    columns = (("what", "left"), ("share", "right"), ("of the product", "right"))
    show(
        table(
            f"By what a line does (threads seen at work {whole:,} times, waiting {waiting:,})",
            columns,
            [
                (name, f"{count / whole:.1%}", f"{count / whole * plain / floor:.3f}")
                for name, count in sorts.most_common()
            ],
        )
    )
    rows = [
        (f"{_short(place)}", f"{count / whole:.1%}", text_of(place)[:80])
        for place, count in found.at_work().most_common(most)
    ]
    columns = (("line", "left"), ("share", "right"), ("code", "left"))
    show(table("By line", columns, rows))


def _short(place: tuple[str, int]) -> str:
    parts = Path(place[0]).parts
    return f"{'/'.join(parts[parts.index(_CORE) + 1 :])}:{place[1]}"
