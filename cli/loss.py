"""`contrast loss`: the value of one loss, per sample and in total, and its convention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from contrastive_core.conventions import ALL_NAME, PAPER_NAME
from contrastive_core.errors import BadParameter, ContrastError
from contrastive_core.losses import LOSSES, find_loss, kind_of

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
from .completing import of_names
from .consoles import Bar, Manners
from .options import (
    HELP_NAMES,
    files_argument,
    hyper_parameters,
    kind_options,
    sharing_options,
    written,
)
from .outputs import Output, check_outputs, parse_outputs, wants, write_all
from .pages import write_kind, write_kinds
from .parsing import Command
from .refusals import missing_kind, no_such_option
from .render import writer

if TYPE_CHECKING:
    from contrastive_core.losses import Loss
    from contrastive_core.summary import LossResult

_FILES = ("EMBEDDINGS", "KEYS", "NEGATIVES")


class LossCommand(Command):
    """A command whose options depend on `--kind`, wherever on the line that stands."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Find the kind first; then its options are known."""
        kind = written(args, "--kind")
        if kind and (kind_of(kind) or not ctx.resilient_parsing):
            ctx.meta["declaration"] = find_loss(kind)
        return super().parse_args(ctx, args)

    def no_such_option(self, ctx: click.Context, name: str) -> ContrastError:
        """The error names the options of the kind, and the kind that has this one."""
        shared = [each.opts[-1] for each in self.params if isinstance(each, click.Option)]
        return no_such_option(name, ctx.meta.get("declaration"), shared)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The shared options and those of the kind."""
        declaration = ctx.meta.get("declaration")
        own = kind_options(declaration) if declaration else []
        return [*super().get_params(ctx), *own]

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """A kind's page with its options; without a kind, the shared options and the kinds."""
        declaration = ctx.meta.get("declaration")
        if declaration is None:
            super().format_help(ctx, formatter)
            write_kinds(formatter)
        else:
            write_kind(ctx, formatter, declaration)


@click.command(
    cls=LossCommand,
    context_settings=HELP_NAMES,
    options_metavar="--kind KIND [OPTIONS]",
    params=[
        files_argument("[EMBEDDINGS [KEYS [NEGATIVES]]]"),
        click.Option(
            ["--kind"],
            metavar="KIND",
            shell_complete=of_names(LOSSES),
            help="The loss; see the list below.",
        ),
        *sharing_options(),
    ],
)
@click.pass_context
def loss(ctx: click.Context, /, **options: Any) -> None:
    """Print the value of a contrastive loss on saved embeddings.

    EMBEDDINGS is a .npy, .npz, Parquet, Arrow or safetensors file, a folder or glob of shards, a
    URI, or - for standard input; PATH::name picks a column or array.
    With KEYS, row i
    of both are positives. Alone, it holds two views of each sample: a 3-D array with an axis of
    length 2, two vector columns (anchor and positive, query and positive, image and text,
    sentence1 and sentence2, z1 and z2), or a 2-D array taken as two stacked views, which is said;
    supcon, contrastive and triplet never assume that, and uniformity takes one cloud of rows.
    NEGATIVES are the negatives of a triplet, row by row, or each anchor's own for infonce. Classes
    (--labels), pairs, triplets, a bank, ready scores: contrast kinds KIND shows what a kind takes.

    \b
    Examples:
      contrast loss --kind infonce --tau 0.07 emb.npy
      contrast loss --kind supcon emb.npy --labels y.npy
      contrast loss --kind triplet emb.npy --labels y.npy --mining batch-hard
      contrast loss --kind clip image.npy text.npy -o json
      contrast loss --kind nt-xent emb.npy --convention all
      contrast loss --kind infonce --help

    The result lists the ten worst samples (--top, --sort): loss, and for losses with candidates
    similarity and rank of the positive (1 is best), similarity and row of the hardest negative,
    counted in KEYS, or in the stacked views (view v of sample i is v * n + i) where all views are
    candidates; the rows of a bank follow. Where a loss averages two directions, the columns
    reverse_... are those from KEYS to EMBEDDINGS. jsonl, csv, tsv and parquet hold every sample;
    json with --per-sample.
    A sample that lacks what the formula needs is nan, counted, and not in the value.
    """
    declaration = ctx.meta.get("declaration")
    if declaration is None:
        raise missing_kind()
    outputs = parse_outputs(options["output"])
    named_inputs = given_inputs(options)
    files = given_files(options["files"], _FILES, "contrast loss --kind infonce emb.npy")
    check_outputs(outputs, [*files, *paths(named_inputs)])
    manners = Manners(options["quiet"], options["color"])
    asked = {
        "top": how_many(options),
        "sort": options["sort"] or "worst",
        "reduction": options.get("reduction"),
        **named_inputs,
        **given_reading(options),
        **hyper_parameters(declaration, options),
    }
    if options["convention"] == ALL_NAME:
        _compare(declaration, files, asked, outputs, manners, options)
    else:
        _value(options["kind"], files, asked, outputs, manners, options)


def _value(
    kind: str,
    files: tuple[str, ...],
    asked: dict[str, Any],
    outputs: list[Output],
    manners: Manners,
    options: dict[str, Any],
) -> None:
    """One loss under one convention."""
    import contrastive_core as cc

    from .render.loss_report import LossReport

    per_sample = wants_samples(outputs, options)
    with Bar(manners) as bar:
        result = cc.loss(
            kind,
            *files,
            convention=options["convention"] or PAPER_NAME,
            per_sample=per_sample,
            resources=means(options, bar),
            **asked,
        )
    say_joined(manners, result.inputs)
    _say(manners, result, set())
    write_all(outputs, writer(LossReport(result, listing(options)), manners))


def _compare(
    declaration: type[Loss],
    files: tuple[str, ...],
    asked: dict[str, Any],
    outputs: list[Output],
    manners: Manners,
    options: dict[str, Any],
) -> None:
    """One loss under every convention, side by side."""
    import contrastive_core as cc

    from .render.convention_report import ConventionReport

    _refuse_value(outputs, options)
    with Bar(manners) as bar:
        found = cc.loss_by_convention(
            declaration.kind, *files, resources=means(options, bar), **asked
        )
    said: set[str] = set()
    if found[0].result is not None:
        say_joined(manners, found[0].result.inputs)
    for each in found:
        if each.result is not None:
            _say(manners, each.result, said, "" if each.name == PAPER_NAME else f"{each.name}: ")
    write_all(outputs, writer(ConventionReport(declaration.kind, found), manners))


def _say(manners: Manners, result: LossResult, said: set[str], name: str = "") -> None:
    """What was assumed, and what to beware of; nothing twice."""
    assumed = f"positives assumed: {result.positives.description}; --views says otherwise."
    if result.positives.assumed and assumed not in said:
        manners.note(assumed)
    own = f"candidates: {result.positives.description}, and nobody else's."
    if result.positives.layout == "own negatives" and own not in said:
        manners.note(own)
    for warning in result.warnings:
        if warning not in said:
            manners.warn(f"{name}{warning}")
    said.update((assumed, own, *result.warnings))


def _refuse_value(outputs: list[Output], options: dict[str, Any]) -> None:
    """Several conventions are not one number, and list no samples."""
    if wants(outputs, "value"):
        raise BadParameter(
            "output",
            expected="a format of several values for --convention all",
            got="value, which is one number",
            remedy="Name one convention, or take -o json.",
        )
    for name in ("per_sample", "top", "sort"):
        if options[name]:
            raise BadParameter(
                f"--{name.replace('_', '-')}",
                expected="one convention, whose samples are listed",
                got="--convention all",
                remedy="Name one convention, or leave it out.",
            )
