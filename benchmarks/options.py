"""Options that several of the commands have, and what is refused before anything is measured."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Check = Callable[[Path], object]


def json_option(check: Check) -> Callable[[Any], Any]:
    """`--json`, refused at once where it cannot be written or holds something else.

    Args:
        check: Reads what an earlier run wrote; raises ValueError, TypeError or KeyError.
    """

    def checked(context: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
        del context, option
        if path is not None:
            _check_place(path)
            if path.exists():
                _check_content(path, check)
        return path

    kind = click.Path(path_type=Path)
    return click.option(
        "--json", "path", type=kind, callback=checked, help="Write the results there."
    )


def _check_place(path: Path) -> None:
    """A plain file, in a folder that is there."""
    if path.exists() and not path.is_file():
        raise click.BadParameter(f"expected a file, got {path}.")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise click.BadParameter(f"expected a path that can be written to, got {path}.")


def _check_content(path: Path, check: Check) -> None:
    try:
        check(path)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        words = f"expected the results of an earlier run or a new file, got {path}."
        raise click.BadParameter(words) from error


class Amount(click.ParamType[float]):
    """A finite number above 0."""

    name = "number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number."""
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and number > 0):
            self.fail(f"expected a finite number above 0, got {value}.", param, ctx)
        return number
