"""`contrast triplets`: how many triplets are easy, semi-hard and hard, and the loss over them."""

from __future__ import annotations

from typing import Any

import click

from contrastive_core.hardness.settings import Settings
from contrastive_core.losses import Triplet
from contrastive_core.vocabulary import INPUTS

from .asked import (
    given_files,
    given_inputs,
    given_reading,
    how_many,
    listing,
    means,
    paths,
    say_joined,
    wants_samples,
)
from .consoles import Bar, Manners
from .guide import triplet_guide
from .metric_checks import check_guide
from .options import (
    HELP_NAMES,
    files_argument,
    hyper_parameters,
    input_option,
    parameter_options,
    sharing_options,
)
from .outputs import Output, check_outputs, formats, parse_outputs, wants, write_all
from .parsing import Command
from .render import writer
from .triplet_checks import check_triplets

_FILES = ("EMBEDDINGS", "POSITIVES", "NEGATIVES")

_MEANINGS = {
    "labels": "One class per row, or per sample of two views, integers or strings; null for none. "
    "::NAME is a column of EMBEDDINGS.",
    "triplets": INPUTS["triplets"].meaning,
    "views": INPUTS["views"].meaning,
}
"""The inputs beside the files."""

_SAYS = formats(
    "one row per anchor or listed triplet", "one bare number, the mean that --average chooses"
)

_HINT = "--sample M estimates it in less"


def _own_options() -> list[click.Parameter]:
    """Those of the triplet loss; a margin may be given again, and a seed draws anchors too."""
    own = {
        "margin": click.Option(
            ["--margin"],
            multiple=True,
            metavar="NUMBER",
            help="Margin m. Repeatable: a line for each, from one pass.  [default: 0.2]",
        ),
        "seed": click.Option(
            ["--seed"],
            metavar="NUMBER",
            help="Seed of --sample and of random-semi-hard.  [default: 0]",
        ),
    }
    return [own.get(each.name or "", each) for each in parameter_options(Triplet)]


@click.command(
    cls=Command,
    context_settings=HELP_NAMES,
    params=[
        files_argument("[EMBEDDINGS [POSITIVES NEGATIVES]]"),
        *(input_option(INPUTS[name], meaning) for name, meaning in _MEANINGS.items()),
        *_own_options(),
        *parameter_options(Settings),
        click.Option(
            ["--guide"],
            is_flag=True,
            help="Say what good looks like, number by number; without a file that alone.",
        ),
        *sharing_options("anchors or listed triplets", formats=_SAYS, precision="float64"),
    ],
)
@click.pass_context
def triplets(ctx: click.Context, /, **options: Any) -> None:
    """Count easy, semi-hard and hard triplets, exactly, and the loss over them.

    EMBEDDINGS is a .npy, .npz, Parquet, Arrow or safetensors file, a folder or glob of shards, a
    URI, or - for standard input; PATH::name picks a column or array.
    --labels makes its triplets: every anchor a with every positive p (a row of its class) and every
    negative n (a row of another class). Or triplets are listed: --triplets holds indices, or three
    files, or the columns anchor, positive and negative of one, hold them row by row.

    \b
      hard        D(a,n) <= D(a,p)                   a stranger is as near
      semi-hard   D(a,p) < D(a,n) < D(a,p) + m       closer than the margin
      easy        D(a,n) >= D(a,p) + m               loss 0: nothing to learn

    \b
    Examples:
      contrast triplets sample_data/emb.npy --labels sample_data/labels.npy
      contrast triplets sample_data/emb.parquet --labels ::label --guide
      contrast triplets sample_data/emb.parquet --labels ::label --margin 0.1 --margin 0.5
      contrast triplets sample_data/emb.parquet --labels ::label --sample 100 -o json

    Counts and fractions are of all triplets, whatever --mining says: no triplet is visited, at
    every anchor the negatives are sorted once. The means are those of contrast loss --kind triplet
    with the same options: `mean` over all triplets or those that --mining keeps, `mean_active` over
    the active ones (hard and semi-hard) of these; --average chooses which of them is -o value, and
    the loss of an anchor. A mean over nothing is nan; `mean_active` with none active is 0.

    --soft-margin and --swap visit every triplet, 1e11 at most, once for each margin.

    --sample estimates fractions and means from M anchors, each with its interval; counts cannot be
    sampled, and are null. Nothing is sampled without it.

    The result lists the ten worst anchors (--top, --sort): largest loss first, ties by more hard
    triplets, with the farthest positive and the nearest negative, counted in the stacked views
    (view v of sample i is v * n + i) where samples have views. An anchor without a positive or a
    negative is undefined and counted apart. jsonl, csv, tsv and parquet hold every anchor; json
    with --per-sample. With several margins they hold every anchor at each, and the table lists
    those of the first.
    """
    outputs = parse_outputs(options["output"], _SAYS)
    if options["guide"] and not options["files"]:
        check_guide(ctx, outputs, "--output")
        write_all(outputs, triplet_guide().writer(Manners(color=options["color"])))
        return
    named_inputs = given_inputs(options)
    files = given_files(options["files"], _FILES, "contrast triplets emb.npy --labels y.npy")
    check_outputs(outputs, [*files, *paths(named_inputs)])
    wants_samples(outputs, options)
    check_triplets(outputs, options)
    asked = {
        **named_inputs,
        **given_reading(options),
        **{name.replace("-", "_"): each for name, each in _parameters(options).items()},
        "top": how_many(options),
        "sort": options["sort"] or "worst",
    }
    _count(files, asked, outputs, options)


def _parameters(options: dict[str, Any]) -> dict[str, Any]:
    """Those that were given, by name."""
    given = hyper_parameters(Triplet, {**options, "margin": options["margin"] or None})
    return {**given, **hyper_parameters(Settings, options)}


def _count(
    files: tuple[str, ...], asked: dict[str, Any], outputs: list[Output], options: dict[str, Any]
) -> None:
    """Count once, write in every format."""
    import contrastive_core as cc

    from .render.triplet_report import TripletReport

    manners = Manners(options["quiet"], options["color"])
    with Bar(manners, "" if options["sample"] else _HINT) as bar:
        result = cc.triplets(*files, resources=means(options, bar), **asked)
    say_joined(manners, result.inputs)
    report = TripletReport(result, listing(options), options["guide"])
    if wants(outputs, "value"):
        report.value()  # where there is none, nothing is written
    for warning in result.warnings:
        manners.warn(warning)
    write_all(outputs, writer(report, manners))
