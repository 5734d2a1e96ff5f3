"""`contrast metrics`: the geometry of a space, each number beside its reference levels."""

from __future__ import annotations

from typing import Any

import click

from contrastive_core.geometry.declarations import METRICS, Metric
from contrastive_core.geometry.settings import Settings, chosen_metrics
from contrastive_core.vocabulary import INPUTS, TEXT

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
from .guide import guide, metric_guide
from .metric_checks import check_files, check_guide, check_metrics, check_used
from .options import (
    HELP_NAMES,
    files_argument,
    hyper_parameters,
    input_option,
    named_several,
    parameter_options,
    sharing_options,
)
from .outputs import Output, check_outputs, formats, parse_outputs, wants, write_all
from .parsing import Command
from .render import writer

_FILES = ("EMBEDDINGS", "KEYS")

_MEANINGS = {
    "labels": "One class per row, or per sample of two views or files, integers or strings; null "
    f"for none. ::NAME is a column of EMBEDDINGS. {TEXT}",
    "pairs": "Positive pairs: rows (i, j), or (i, j, y) with y = 1, of indices into EMBEDDINGS. In "
    "a table: columns i, j, y.",
    "views": f"{INPUTS['views'].meaning} Without it a 2-D file is one cloud.",
}
"""The inputs beside the files."""

_SAYS = formats("one row per embedding row", "one bare number, of the one --metric")


@click.command(
    cls=Command,
    context_settings=HELP_NAMES,
    params=[
        files_argument("[EMBEDDINGS [KEYS]]"),
        *(input_option(INPUTS[name], meaning) for name, meaning in _MEANINGS.items()),
        named_several(
            "--metric",
            METRICS,
            metavar="NAME",
            text="Only this metric; repeatable. --guide lists them.",
        ),
        *parameter_options(Settings),
        click.Option(
            ["--guide"],
            is_flag=True,
            help="What every metric is, and what good looks like; without a file that alone.",
        ),
        *sharing_options("rows", formats=_SAYS, precision="float32"),
    ],
)
@click.pass_context
def metrics(ctx: click.Context, /, **options: Any) -> None:
    """Measure the space of saved embeddings: alignment, uniformity, rank, neighbours, classes.

    EMBEDDINGS is a .npy, .npz, Parquet, Arrow or safetensors file, a folder or glob of shards, a
    URI, or - for standard input; PATH::name picks a column or array.
    One 2-D file is
    one cloud of rows: nothing is assumed to be a view of anything unless --views says so. Two
    files, two vector columns of one table (z1 and z2, image and text, ...) or a 3-D file of two
    views are aligned row by row: alignment, modality_gap and recall_at_1 relate them, and every
    metric of one cloud comes for both, as NAME and NAME.keys. A metric whose input is missing is
    left out, and the reason is said.

    \b
    Examples:
      contrast metrics sample_data/emb.npy
      contrast metrics sample_data/emb.npy --labels sample_data/labels.npy
      contrast metrics sample_data/emb.parquet --metric uniformity -o value
      contrast metrics sample_data/prototypes.npy --metric mean_cosine -o json
      contrast metrics sample_data/emb.npy --sample 100
      contrast metrics --guide

    Every number stands beside two levels: what it is where all embeddings are equal (collapsed),
    and what it is for directions uniform on the sphere (random), in closed form or simulated.

    Labels count samples, not views. A row without a label, or alone in its class, is no query of
    precision_at_1, r_precision and map_at_r; one without a label is no candidate either.

    --sample estimates uniformity, recall_at_1, precision_at_1, r_precision and map_at_r, each with
    its interval; hubness and duplicates, which need all rows, are left out; the others are exact
    anyway. Similarities have the type that --precision says; spectra and lengths are float64.

    The result lists the ten worst rows (--top, --sort): those whose positives are farthest, or
    without positives those in the most crowded places. jsonl, csv, tsv and parquet hold every row,
    or every row drawn; json with --per-sample: length, own alignment and uniformity, nearest
    neighbour and similarity to it, in how many lists of ten nearest neighbours it is, rank of its
    key, own retrieval.
    """
    outputs = parse_outputs(options["output"], _SAYS)
    chosen = [METRICS[name] for name in chosen_metrics(options["metric"])]
    if options["guide"] and not options["files"]:
        check_guide(ctx, outputs, "--metric and --output")
        write_all(outputs, metric_guide(chosen).writer(Manners(color=options["color"])))
        return
    named_inputs = given_inputs(options)
    files = given_files(options["files"], _FILES, "contrast metrics emb.npy keys.npy")
    check_files(files)
    check_outputs(outputs, [*files, *paths(named_inputs)])
    wants_samples(outputs, options)
    check_metrics(outputs, options, chosen)
    set_parameters = hyper_parameters(Settings, options)
    asked = {
        **named_inputs,
        **given_reading(options),
        **{name.replace("-", "_"): value for name, value in set_parameters.items()},
        "metrics": options["metric"],
        "top": how_many(options),
        "sort": options["sort"] or "worst",
    }
    _measure(files, asked, outputs, chosen, options)


def _measure(
    files: tuple[str, ...],
    asked: dict[str, Any],
    outputs: list[Output],
    chosen: list[Metric],
    options: dict[str, Any],
) -> None:
    """Measure once, write in every format."""
    import contrastive_core as cc

    from .render.metric_report import MetricReport

    manners = Manners(options["quiet"], options["color"])
    hint = "" if options["sample"] else "--sample M estimates from M rows"
    with Bar(manners, hint) as bar:
        result = cc.metrics(*files, resources=means(options, bar), **asked)
    check_used(result, options)
    say_joined(manners, result.inputs)
    for warning in result.warnings:
        manners.warn(warning)
    explained = guide(chosen) if options["guide"] else None
    report = MetricReport(result, listing(options), options["metric"], explained)
    if wants(outputs, "value"):
        report.value()  # where there is none, nothing is written
    write_all(outputs, writer(report, manners))
