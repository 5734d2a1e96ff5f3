"""`contrast completion SHELL`: the script that teaches a shell; and the answers it asks for."""

from __future__ import annotations

import click

from contrastive_core.errors import BadParameter, known_names

from .completing import of_names
from .options import HELP_NAMES
from .parsing import Command
from .shells import SHELLS

VARIABLE = "_CONTRAST_COMPLETE"
"""Set by the shell when it asks."""

_PROGRAM = "contrast"


@click.command(
    cls=Command,
    context_settings=HELP_NAMES,
    params=[
        click.Argument(
            ["shell"], required=False, metavar="bash|zsh|fish", shell_complete=of_names(SHELLS)
        )
    ],
)
@click.pass_context
def completion(ctx: click.Context, shell: str | None) -> None:
    r"""Print the script that completes contrast in bash, zsh or fish.

    \b
    Where it goes:
      bash   echo 'eval "$(contrast completion bash)"' >> ~/.bashrc
      zsh    echo 'eval "$(contrast completion zsh)"' >> ~/.zshrc
      fish   contrast completion fish > ~/.config/fish/completions/contrast.fish

    In zsh the line stands behind `compinit`. A new shell then completes commands, options (those
    of the kind that is on the line), kinds, metrics, conventions, formats, files, and behind
    PATH:: the columns or arrays of a file; behind --labels :: those of EMBEDDINGS.

    \b
    Examples:
      contrast completion bash
      contrast completion fish
    """
    if shell not in SHELLS:
        raise BadParameter(
            "shell",
            expected=f"one of {', '.join(SHELLS)}",
            got=repr(shell) if shell else "none",
            remedy=known_names(shell or "", SHELLS),
        )
    click.echo(_asking(ctx.find_root().command, shell).source(), nl=False)


def answer(group: click.Command, instruction: str) -> None:
    """What a shell asked for by the environment.

    A command line that cannot be understood, or a file that cannot be read, completes to nothing:
    there is no room for a message between the words that somebody types.
    """
    shell, _, what = instruction.partition("_")
    if shell not in SHELLS or what not in ("complete", "source"):
        raise BadParameter(
            VARIABLE,
            expected=" or ".join(f"{each}_complete" for each in SHELLS),
            got=repr(instruction),
            remedy="Unset it; contrast completion bash prints a script that sets it when needed.",
        )
    asking = _asking(group, shell)
    try:
        found = asking.source() if what == "source" else asking.complete()
    except Exception:  # whatever is wrong with the line is told when it is run
        return
    click.echo(found.encode("utf-8", "surrogateescape"), nl=bool(found))


def _asking(group: click.Command, shell: str) -> click.shell_completion.ShellComplete:
    return SHELLS[shell](group, {}, _PROGRAM, VARIABLE)
