"""The two consoles: results on standard output, everything else on standard error."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from contrastive_core.errors import ContrastError

_PATIENCE = 0.5
"""Seconds of work after which a progress bar appears."""

_LONG = 60.0
"""Seconds of work, estimated, after which the bar says how to do with less."""

_WIDE = 10_000
"""Width of a console: a table is as wide as its content, and no digit is ever cut."""


@dataclass(frozen=True)
class Manners:
    """How to speak to the user.

    Args:
        quiet: 0 says everything, 1 no notes and no progress, 2 no warnings either.
        color: auto, always or never.
    """

    quiet: int = 0
    color: str = "auto"

    def note(self, text: str) -> None:
        """Something worth knowing."""
        if self.quiet < 1:
            self._say("note", "blue", text)

    def warn(self, text: str) -> None:
        """Something to beware of."""
        if self.quiet < 2:
            self._say("warning", "yellow", text)

    def error(self, text: str) -> None:
        """Why there is no result."""
        self._say("error", "red", text)

    def console(self, stream: IO[str]) -> Console:
        """A rich console for tables."""
        from rich.console import Console

        colored = self.colored(stream)
        return Console(
            file=stream,
            force_terminal=colored,
            no_color=not colored,
            width=_WIDE,
            highlight=False,
            markup=False,
            emoji=False,
            soft_wrap=True,
        )

    @staticmethod
    def columns(stream: IO[str]) -> int | None:
        """How wide the terminal is; None off a terminal, where nothing needs to be folded."""
        return shutil.get_terminal_size().columns if stream.isatty() else None

    def colored(self, stream: IO[str]) -> bool:
        """Whether to colour: --color over NO_COLOR over FORCE_COLOR over what the stream is."""
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        forced = os.environ.get("FORCE_COLOR")
        return forced != "0" if forced else stream.isatty()

    def refusal(self, error: ContrastError) -> None:
        """What was expected, what was got and what to do."""
        self.error(f"{error.what}: expected {error.expected}, got {error.got}.\n  {error.remedy}")

    def _say(self, word: str, color: str, text: str) -> None:
        head = click.style(f"{word}:", fg=color, bold=True)
        # Nobody is left to tell when standard error is closed or full: the exit code still says it.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            click.echo(f"{head} {text}", err=True, color=self.colored(sys.stderr))


class Bar:
    """A progress bar on standard error: on a terminal only, and only when work lasts.

    Args:
        manners: Of the consoles.
        hint: What to do about work that lasts over a minute; nothing where there is no way.
        what: What is counted.
    """

    def __init__(self, manners: Manners, hint: str = "", what: str = "scores") -> None:
        self._hint, self._what = hint, what
        self._shown = manners.quiet < 1 and sys.stderr is not None and sys.stderr.isatty()
        self._manners = manners
        self._start = time.monotonic()
        self._progress: Progress | None = None
        self._task: Any = None

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def __call__(self, done: int, total: int) -> None:
        """Show how far the work is."""
        if not self._shown or time.monotonic() - self._start < _PATIENCE:
            return
        if self._progress is None:
            self._progress = self._open(total)
        self._progress.update(
            self._task, completed=done, total=total, description=self.words(done, total)
        )

    def words(self, done: int, total: int) -> str:
        """What is done; where it is long, how long it takes in all, and the hint."""
        seconds = (time.monotonic() - self._start) * total / done if done else 0.0
        if not self._hint or seconds <= _LONG:
            return self._what
        return f"{self._what}, about {seconds / 60:.0f} min in all: {self._hint}"

    def _open(self, total: int) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(),
        )
        console = Console(
            stderr=True, no_color=not self._manners.colored(sys.stderr), highlight=False
        )
        progress = Progress(*columns, console=console, transient=True)
        self._task = progress.add_task(self._what, total=total)
        progress.start()
        return progress
