"""The `contrast` command: its group, its exit codes, its last word on every error."""

from __future__ import annotations

import io
import os
import sys
import traceback
import warnings
from typing import IO, NoReturn

import click
from click.exceptions import NoArgsIsHelpError

from contrastive_core.errors import BadParameter, ContrastError, known_names
from contrastive_core.plain_text import inert, plain
from contrastive_core.version import VERSION

from .check import check
from .completion import VARIABLE, answer, completion
from .consoles import Manners
from .exits import BAD_INPUT, DONE, FAILED, FAULT, INTERRUPTED, READER_GONE, ChecksFailed
from .folding import fit_to
from .help import help_command, write_topics
from .info import info
from .kinds import kinds
from .leaving import abandon, leave
from .loss import loss
from .metrics import metrics
from .options import HELP_NAMES, written
from .parsing import Command
from .triplets import triplets


class Commands(Command, click.Group):
    """The commands; an unknown one is answered with the nearest."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command, or the error that lists the known ones."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            raise BadParameter(
                "command",
                expected="a command of contrast",
                got=repr(args[0]),
                remedy=known_names(args[0], self.commands),
            )
        return super().resolve_command(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What else there is help on."""
        super().format_epilog(ctx, formatter)
        write_topics(formatter)


@click.group(cls=Commands, context_settings=HELP_NAMES, no_args_is_help=True)
@click.version_option(VERSION, prog_name="contrast", message="%(prog)s %(version)s")
def contrast() -> None:
    """Read saved embeddings and say what contrastive learning makes of them.

    \b
    Example:
      contrast loss --kind infonce --tau 0.07 emb.npy

    Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 a check
    failed, 2 usage or bad input, 3 a fault of contrast, 130 interrupted, 141 reader gone.
    """


contrast.add_command(loss)
contrast.add_command(metrics)
contrast.add_command(triplets)
contrast.add_command(check)
contrast.add_command(info)
contrast.add_command(kinds)
contrast.add_command(help_command)
contrast.add_command(completion)


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    warnings.simplefilter("ignore")  # Python's own are for programmers; ours go another way
    _never_choke(sys.stdout)
    leave(run(sys.argv[1:]))


def _never_choke(stream: IO[str] | None) -> None:
    """A character that the stream's encoding lacks is written as its code, and stops nothing."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def run(args: list[str]) -> int:
    """Run the command line; every way out is decided here."""
    debug, manners = "--debug" in args, Manners(color=written(args, "--color") or "auto")
    try:
        _invoke(args)
        if sys.stdout is not None:
            sys.stdout.flush()
    except ChecksFailed:
        return FAILED
    except BrokenPipeError:
        abandon(sys.stdout)
        return READER_GONE
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except ContrastError as error:
        manners.refusal(error)
        return BAD_INPUT
    except NoArgsIsHelpError as error:
        click.echo(fit_to(sys.stderr, error.format_message()), err=True)
        return BAD_INPUT
    except click.ClickException as error:
        return _refused(manners, *_usage(error))
    except OSError as error:
        got = error.strerror or error
        what = f"{error.filename or 'system'}: expected a file that works, got {got}."
        return _refused(manners, what, "Check the file, its permissions and its disk.")
    except BaseException as error:  # the last word: whatever is left is a fault of ours
        if lacks_memory(error):
            what = f"memory: expected as much as is asked for, got less ({error or 'none left'})."
            return _refused(manners, what, "Lower --memory or --threads.")
        return _fault(manners, error, debug=debug)
    return DONE


def lacks_memory(error: BaseException) -> bool:
    """Whether the machine has no memory left for an array, a thread or a library."""
    words = ("can't start new thread", "failed to map segment", "Cannot allocate memory")
    return isinstance(error, MemoryError) or any(each in str(error) for each in words)


def _invoke(args: list[str]) -> None:
    """Run the command, or say what the shell may complete.

    Click's own `main` would turn a closed pipe into exit code 1, and more.
    """
    instruction = os.environ.get(VARIABLE)
    if instruction is not None:
        answer(contrast, instruction)
        return
    try:
        with contrast.make_context("contrast", args) as context:
            contrast.invoke(context)
    except click.exceptions.Exit as done:
        if done.exit_code != DONE:
            raise RuntimeError(f"a command left with {done.exit_code} and no reason") from done


def _refused(manners: Manners, what: str, remedy: str) -> int:
    manners.error(what, remedy)
    return BAD_INPUT


def _usage(error: click.ClickException) -> tuple[str, str]:
    """Click's own complaint, with the way to the help."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "contrast"
    return error.format_message(), f"See {command} --help."


def _fault(manners: Manners, error: BaseException, *, debug: bool) -> int:
    if debug:
        for line in "".join(traceback.format_exception(error)).splitlines():
            click.echo(inert(plain(line)), err=True)
    kind = type(error).__name__
    remedy = "" if debug else "Run again with --debug for the traceback."
    manners.error(f"a fault of contrast, not of your data: {kind}: {error}.", remedy)
    return FAULT
