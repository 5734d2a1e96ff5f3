"""`contrast loss`: the value of one loss, per sample and in total, and its convention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from contrastive_core.conventions import ALL_NAME, PAPER_NAME
from contrastive_core.errors import BadParameter
from contrastive_core.losses import LOSSES, find_loss
from contrastive_core.vocabulary import INPUTS, NOISE

from .consoles import Bar, Manners
from .options import HELP_NAMES, hyper_parameters, kind_options, named, sharing_options, written
from .outputs import Output, check_outputs, parse_outputs, write_all
from .pages import write_kind, write_kinds
from .refusals import missing_kind, no_such_option

if TYPE_CHECKING:
    from contrastive_core.losses import Loss
    from contrastive_core.resources import Resources
    from contrastive_core.summary import LossResult

_MOST_FILES = 3


class LossCommand(click.Command):
    """A command whose options depend on `--kind`, wherever on the line that stands."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Find the kind first; then its options are known."""
        kind = written(args, "--kind")
        if kind is not None and not kind.startswith("-"):
            ctx.meta["declaration"] = find_loss(kind)
        try:
            _refuse_repetition(self.make_parser(ctx).parse_args(list(args))[2])
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            shared = [each.opts[-1] for each in self.params if isinstance(each, click.Option)]
            declaration = ctx.meta.get("declaration")
            raise no_such_option(error.option_name, declaration, shared) from error
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
            write_kinds(formatter)
        else:
            write_kind(ctx, formatter, declaration)


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
        click.Argument(["files"], nargs=-1, metavar="[EMBEDDINGS [KEYS [NEGATIVES]]]"),
        named("--kind", LOSSES, metavar="KIND", text="The loss; see the list below."),
        *sharing_options(),
    ],
)
@click.pass_context
def loss(ctx: click.Context, /, **options: Any) -> None:
    """Print the value of a contrastive loss on saved embeddings.

    EMBEDDINGS is a .npy, Parquet or Arrow IPC file (PATH::column picks a column). With KEYS, row i
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
    reverse_... are those from KEYS to EMBEDDINGS. csv holds every sample; json with --per-sample.
    A sample that lacks what the formula needs is nan, counted, and not in the value.
    """
    declaration = ctx.meta.get("declaration")
    if declaration is None:
        raise missing_kind()
    outputs = parse_outputs(options["output"])
    named_inputs = {name: options[name] for name in INPUTS if options.get(name) is not None}
    files = _files(options["files"])
    check_outputs(outputs, [*files, *_paths(named_inputs)])
    manners = Manners(options["quiet"], options["color"])
    asked = {
        "top": _top(options["top"]),
        "sort": options["sort"] or "worst",
        "reduction": options.get("reduction"),
        **named_inputs,
        **hyper_parameters(declaration, options),
    }
    if options["convention"] == ALL_NAME:
        _compare(declaration, files, asked, outputs, manners, options)
    else:
        _value(declaration, files, asked, outputs, manners, options)


def _value(
    declaration: type[Loss],
    files: tuple[str, ...],
    asked: dict[str, Any],
    outputs: list[Output],
    manners: Manners,
    options: dict[str, Any],
) -> None:
    """One loss under one convention."""
    from contrastive_core import api

    from .render import Listing, write_loss

    listing = Listing(
        every=options["per_sample"],
        top=None if options["top"] is None else asked["top"],
        sort=options["sort"],
    )
    per_sample = _wants_samples(outputs, options)
    with Bar(manners) as bar:
        result = api.loss(
            declaration.kind,
            *files,
            convention=options["convention"] or PAPER_NAME,
            per_sample=per_sample,
            resources=_resources(options, bar),
            **asked,
        )
    _say(manners, result, set())
    write_all(outputs, write_loss(result, manners, listing))


def _compare(
    declaration: type[Loss],
    files: tuple[str, ...],
    asked: dict[str, Any],
    outputs: list[Output],
    manners: Manners,
    options: dict[str, Any],
) -> None:
    """One loss under every convention, side by side."""
    from contrastive_core import api

    from .render import write_conventions

    _refuse_value(outputs, options)
    with Bar(manners) as bar:
        found = api.loss_by_convention(
            declaration.kind, *files, resources=_resources(options, bar), **asked
        )
    said: set[str] = set()
    for each in found:
        if each.result is not None:
            _say(manners, each.result, said, "" if each.name == PAPER_NAME else f"{each.name}: ")
    write_all(outputs, write_conventions(declaration.kind, found, manners))


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
    if any(output.format == "value" for output in outputs):
        raise BadParameter(
            "output",
            expected="table, json or csv for --convention all",
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


def _wants_samples(outputs: list[Output], options: dict[str, Any]) -> bool:
    """Whether every sample's rank and hardest negative are to be found."""
    said = [name for name in ("per_sample", "top", "sort") if options[name]]
    if said and all(output.format == "value" for output in outputs):
        name = f"--{said[0].replace('_', '-')}"
        raise BadParameter(
            name,
            expected="an output that lists samples: table, json or csv",
            got="value alone",
            remedy=f"Leave {name} out, or add -o csv:PATH.",
        )
    if options["per_sample"] and options["top"]:
        raise BadParameter(
            "--top",
            expected="either all samples or some of them",
            got="--per-sample and --top",
            remedy="Leave one of them out; --sort goes with both.",
        )
    return options["per_sample"] or any(output.format == "csv" for output in outputs)


def _paths(named_inputs: dict[str, str]) -> list[str]:
    """Those that are files, and no words."""
    return [
        value
        for name, value in named_inputs.items()
        if not INPUTS[name].names and (name, value) != ("noise", NOISE)
    ]


def _files(files: tuple[str, ...]) -> tuple[str, ...]:
    """At most three paths."""
    if len(files) <= _MOST_FILES:
        return files
    raise BadParameter(
        "files",
        expected="EMBEDDINGS, KEYS and NEGATIVES at most",
        got=f"{len(files)} files",
        remedy="For example: contrast loss --kind infonce emb.npy.",
    )


def _top(written_top: str | None) -> int:
    """How many samples are listed."""
    if written_top is None:
        return 10
    if written_top.isascii() and written_top.isdigit():
        return int(written_top)
    raise BadParameter(
        "top",
        expected="a whole number from 0 on",
        got=repr(written_top),
        remedy="Leave it out for the ten worst; --per-sample lists all.",
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
