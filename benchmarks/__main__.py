"""`python -m benchmarks`: exit 1 where numbers are wrong, 2 for bad input, 130 when interrupted."""

from __future__ import annotations

import signal
import sys

import click

from contrastive_core import ContrastError

from .command import main


def _end(number: int, _: object) -> None:
    """As an exception, so that children and temporary folders go too."""
    sys.exit(128 + number)


def run() -> int:
    """The whole command."""
    signal.signal(signal.SIGTERM, _end)
    try:
        main(prog_name="python -m benchmarks", standalone_mode=False)
    except click.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except ContrastError as error:
        click.echo(f"Error: {error}", err=True)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(run())
