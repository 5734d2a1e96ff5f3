"""`contrast help`: commands and topics; and the page of one of them."""

from __future__ import annotations

import click

from contrastive_core.errors import BadParameter, known_names
from contrastive_core.losses import LOSSES, kind_of

from .folding import fit
from .guide import page_formatter
from .options import HELP_NAMES
from .parsing import Command
from .topics import TOPICS, Block, Commands, Heading, Lines, Rows, Topic


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    del param
    return [name for name in _known(ctx) if name.startswith(incomplete)]


@click.command(
    "help",
    cls=Command,
    context_settings=HELP_NAMES,
    params=[
        click.Argument(
            ["topic"], required=False, metavar="[TOPIC|COMMAND]", shell_complete=_complete
        )
    ],
)
@click.pass_context
def help_command(ctx: click.Context, topic: str | None) -> None:
    """Show the commands and the topics; or the page of one of them.

    \b
    Examples:
      contrast help
      contrast help inputs
      contrast help loss
    """
    if topic is None:
        click.echo(fit(_overview(ctx)), nl=False)
    elif topic in TOPICS:
        document = TOPICS[topic].document
        click.echo(document() if document else fit(page(TOPICS[topic])), nl=False)
    elif topic in _commands(ctx):
        click.echo(_help_of(ctx, topic))
    else:
        raise _unknown(ctx, topic)


def page(topic: Topic) -> str:
    """A topic, as wide as the terminal and never too wide to read."""
    formatter = page_formatter()
    formatter.write(f"{topic.name}: {topic.headline}\n")
    for block in topic.blocks():
        _write(formatter, block)
    return formatter.getvalue()


def _write(formatter: click.HelpFormatter, block: Block) -> None:
    match block:
        case Heading(text):
            formatter.write(f"\n{text}\n")
        case Rows(rows, widest):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_dl(rows, col_max=widest)
        case Commands(lines) | Lines(lines):
            formatter.write_paragraph()
            for line in lines:
                formatter.write(f"  {line}\n")
        case _:
            formatter.write_paragraph()
            formatter.write_text(block)


def _overview(ctx: click.Context) -> str:
    """What there is help on."""
    formatter = page_formatter()
    commands = _commands(ctx)
    rows = [(name, each.get_short_help_str(limit=200)) for name, each in commands.items()]
    with formatter.section("Commands (contrast help COMMAND, or contrast COMMAND --help)"):
        formatter.write_dl(rows)
    write_topics(formatter)
    with formatter.section("Losses (contrast kinds KIND)"):
        formatter.write_text(", ".join(LOSSES))
    return formatter.getvalue()


def write_topics(formatter: click.HelpFormatter) -> None:
    """The topics, a line each."""
    with formatter.section("Topics (contrast help TOPIC)"):
        formatter.write_dl([(name, each.headline) for name, each in TOPICS.items()])


def _commands(ctx: click.Context) -> dict[str, click.Command]:
    group = ctx.find_root().command
    return dict(sorted(group.commands.items())) if isinstance(group, click.Group) else {}


def _known(ctx: click.Context) -> list[str]:
    return [*TOPICS, *_commands(ctx)]


def _help_of(ctx: click.Context, name: str) -> str:
    """The help of a command, as its own --help prints it."""
    command = _commands(ctx)[name]
    names = HELP_NAMES["help_option_names"]
    its = click.Context(command, info_name=name, parent=ctx.find_root(), help_option_names=names)
    return command.get_help(its)


def _unknown(ctx: click.Context, topic: str) -> BadParameter:
    kind = kind_of(topic)
    page_of_kind = f"contrast kinds {kind} is the page of that loss. " if kind else ""
    return BadParameter(
        "help",
        expected="a topic or a command",
        got=repr(topic),
        remedy=f"{page_of_kind}{known_names(topic, _known(ctx))}",
    )
