"""Commands that answer to every option: twice is refused, an unknown one gets the nearest name."""

from __future__ import annotations

from typing import Any

import click

from contrastive_core.errors import BadParameter, ContrastError

from .folding import fit
from .refusals import not_an_option

_OF_STDIN, _NO_OPTION = "-::", "\0"
"""A column of standard input begins with a dash and is no option: it is marked for Click."""


class Command(click.Command):
    """A command that loses no option silently."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse what is said twice, and what is no option of the command."""
        args = [f"{_NO_OPTION}{arg}" if arg.startswith(_OF_STDIN) else arg for arg in args]
        try:
            if not ctx.resilient_parsing:  # a line that is being completed
                _refuse_repetition(self.make_parser(ctx).parse_args(list(args))[2])
            rest = super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise self.no_such_option(ctx, error.option_name) from error
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise
        ctx.params = {name: _unmarked(value) for name, value in ctx.params.items()}
        return rest

    def get_help(self, ctx: click.Context) -> str:
        """The help, no wider than a terminal."""
        return fit(super().get_help(ctx))

    def no_such_option(self, ctx: click.Context, name: str) -> ContrastError:
        """The error for an option that the command does not take."""
        taken = [each.opts[-1] for each in self.get_params(ctx) if isinstance(each, click.Option)]
        return not_an_option(name, ctx.command_path, taken)


def _unmarked(value: Any) -> Any:
    """A value, or several, without the mark."""
    if isinstance(value, tuple):
        return tuple(map(_unmarked, value))
    return value.removeprefix(_NO_OPTION) if isinstance(value, str) else value


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
