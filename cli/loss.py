"""`contrast loss`: the value of one loss, per sample and in total, and its convention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from contrastive_core.errors import BadParameter, known_names
from contrastive_core.losses import LOSSES, find_loss
from contrastive_core.parameters import spellings
from contrastive_core.vocabulary import LAYOUTS, REDUCTIONS

from .consoles import Bar, Manners
from .options import HELP_NAMES, given, kind_options, named, sharing_options, written
from .outputs import Output, check_outputs, parse_outputs, write_all

if TYPE_CHECKING:
    from contrastive_core.losses import Loss
    from contrastive_core.resources import Resources


class LossCommand(click.Command):
    """A command whose options depend on `--kind`, wherever on the line that stands."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Find the kind first; then its options are known."""
        kind = written(args, "--kind")
        if kind is not None:
            ctx.meta["declaration"] = find_loss(kind)
        try:
            _refuse_repetition(self.make_parser(ctx).parse_args(list(args))[2])
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise _no_such_option(error.option_name, ctx.meta.get("declaration")) from error
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

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
            _write_kinds(formatter)
        else:
            _write_kind(ctx, formatter, declaration)


def _refuse_repetition(order: list[click.Parameter]) -> None:
    """An option said twice would silently lose one of its values."""
    for param in order:
        if not isinstance(param, click.Option) or param.multiple or param.count or param.is_flag:
            continue
        if order.count(param) > 1:
            raise BadParameter(
                param.opts[0],
                expected=f"{' or '.join(param.opts)} at most once",
                got=f"it {order.count(param)} times",
                remedy="Leave all but one out.",
            )


@click.command(
    cls=LossCommand,
    context_settings=HELP_NAMES,
    options_metavar="--kind KIND [OPTIONS]",
    params=[
        click.Argument(["files"], nargs=-1, metavar="[EMBEDDINGS [KEYS]]"),
        named("--kind", LOSSES, metavar="KIND", text="The loss; see the list below."),
        named(
            "--views",
            LAYOUTS,
            text="Where the views of a sample lie in one file: stacked (rows i and i + n/2) or "
            "interleaved (2i and 2i + 1) in a 2-D file; on the first or second axis of a 3-D one.",
        ),
        named(
            "--reduction",
            REDUCTIONS,
            default="mean",
            text="Over the samples that define the loss.",
        ),
        *sharing_options(),
    ],
)
@click.pass_context
def loss(ctx: click.Context, /, **options: Any) -> None:
    """Print the value of a contrastive loss on saved embeddings.

    EMBEDDINGS is a .npy, Parquet or Arrow IPC file (PATH::column picks a column). With KEYS, row i
    of both are positives. Alone, it holds two views of each sample: a 3-D array with an axis of
    length 2, two vector columns (anchor and positive, query and positive, image and text,
    sentence1 and sentence2, z1 and z2), or a 2-D array taken as two stacked views, which is said.

    \b
    Examples:
      contrast loss --kind infonce --tau 0.07 emb.npy
      contrast loss --kind clip image.npy text.npy -o json
      contrast loss --kind nt-xent emb.parquet -o csv:losses.csv
      contrast loss --kind infonce --help

    The result names the ten worst samples: loss in nats, similarity and rank of the positive (1 is
    best), similarity and row of the hardest negative, counted in KEYS, or in the stacked views
    (view v of sample i is v * n + i) where all views are candidates. Where a loss averages two
    directions, the columns reverse_... are those from KEYS to EMBEDDINGS. csv holds every sample;
    json does with --per-sample.
    """
    from contrastive_core import api

    from .render import write_loss

    declaration = ctx.meta.get("declaration")
    if declaration is None:
        raise _missing_kind()
    hyper = given(kind_options(declaration), options)
    outputs = parse_outputs(options["output"])
    check_outputs(outputs, options["files"])
    manners = Manners(options["quiet"], options["color"])
    per_sample = _wants_samples(outputs, options["per_sample"])
    with Bar(manners) as bar:
        result = api.loss(
            declaration.kind,
            *_files(options["files"]),
            views=options["views"],
            reduction=options["reduction"],
            per_sample=per_sample,
            resources=_resources(options, bar),
            **hyper,
        )
    if result.positives.assumed:
        manners.note(f"positives assumed: {result.positives.description}; --views says otherwise.")
    for warning in result.warnings:
        manners.warn(warning)
    write_all(outputs, write_loss(result, manners, every_sample=options["per_sample"]))


def _wants_samples(outputs: list[Output], per_sample: bool) -> bool:
    """Whether every sample's rank and hardest negative are to be found."""
    if per_sample and all(output.format == "value" for output in outputs):
        raise BadParameter(
            "--per-sample",
            expected="an output that lists samples: table, json or csv",
            got="value alone",
            remedy="Leave --per-sample out, or add -o csv:PATH.",
        )
    return per_sample or any(output.format == "csv" for output in outputs)


def _files(files: tuple[str, ...]) -> tuple[str, ...]:
    """One or two paths."""
    if 1 <= len(files) <= 2:
        return files
    raise BadParameter(
        "files",
        expected="EMBEDDINGS, or EMBEDDINGS and KEYS",
        got=f"{len(files)} files" if files else "no file",
        remedy="For example: contrast loss --kind infonce emb.npy.",
    )


def _resources(options: dict[str, Any], bar: Bar) -> Resources:
    """Threads, memory and precision as typed."""
    from contrastive_core.resources import Resources, parse_size, parse_threads

    return Resources(
        threads=parse_threads(options["threads"]),
        memory=parse_size(options["memory"]),
        precision=options["precision"],
        progress=bar,
    )


def _missing_kind() -> BadParameter:
    return BadParameter(
        "--kind",
        expected="the name of a loss",
        got="none",
        remedy=f"Give --kind with one of {', '.join(LOSSES)}.",
    )


def _no_such_option(name: str, declaration: type[Loss] | None) -> BadParameter:
    """The error for an option that the kind does not take: it names those it does take."""
    owners = [kind for kind, other in LOSSES.items() if name.lstrip("-") in spellings(other)]
    belongs = f"{name} belongs to {', '.join(owners)}. " if owners else ""
    shared = [option.opts[-1] for option in loss.params if isinstance(option, click.Option)]
    if declaration is None:
        known = known_names(name, shared)
        remedy = f"Say --kind first: {belongs}" if owners else f"{known} --kind adds its own."
    else:
        own = [f"--{spelling}" for spelling in spellings(declaration)]
        bare = [each.lstrip("-") for each in (*own, *shared)]
        near = known_names(name.lstrip("-"), bare).partition("Known:")[0]
        takes = f"{declaration.kind} takes {', '.join(own)}; all kinds take {', '.join(shared)}."
        remedy = f"{belongs or near}{takes}"
    kind = f"--kind {declaration.kind}" if declaration else "contrast loss"
    return BadParameter(name, expected=f"an option of {kind}", got=name, remedy=remedy.strip())


def _write_kinds(formatter: click.HelpFormatter) -> None:
    """The kinds, a line each."""
    with formatter.section("Kinds (contrast loss --kind KIND --help for the options of one)"):
        formatter.write_dl([(kind, each.headline()) for kind, each in LOSSES.items()])


def _write_kind(
    ctx: click.Context, formatter: click.HelpFormatter, declaration: type[Loss]
) -> None:
    """One kind: what it means, its formula and paper, its options."""
    formatter.write_usage(
        ctx.command_path, f"--kind {declaration.kind} [OPTIONS] EMBEDDINGS [KEYS]"
    )
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(declaration.headline())
        formatter.write_paragraph()
        for line in declaration.formula().splitlines():
            formatter.write(f"{'':>{formatter.current_indent + 2}}{line}\n")
        formatter.write_paragraph()
        formatter.write_text(declaration.meaning)
        formatter.write_paragraph()
        formatter.write_text(f"{declaration.paper.citation}: {declaration.paper.url}")
    records = [option.get_help_record(ctx) for option in kind_options(declaration)]
    with formatter.section(f"Options of {declaration.kind}"):
        formatter.write_dl([record for record in records if record])
    with formatter.section("Example"):
        formatter.write_text(declaration.example)
    formatter.write_paragraph()
    formatter.write_text("Options that every kind takes: contrast loss --help.")
