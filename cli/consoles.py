"""The two consoles: results on standard output, everything else on standard error."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import click

from contrastive_core.plain_text import inert, message, plain
from contrastive_core.resources import LISTENER

from .folding import fit_to
from .leaving import tidy_with
from .progress import clock, line, rate
from .terminals import USUAL, is_colored, is_live, width_of

if TYPE_CHECKING:
    from rich.console import Console

    from contrastive_core.errors import ContrastError

_PATIENCE = 0.5
"""Seconds of work after which a progress bar appears."""

_REFRESH = 0.1
"""Seconds between two pictures of it."""

_REST = "\x1b[K"
"""Erases the rest of a line."""

_ERASE = f"\r{_REST}"

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

    def error(self, text: str, remedy: str = "") -> None:
        """Why there is no result, and in lines of their own what to do."""
        self._say("error", "red", text, remedy)

    def console(self, stream: IO[str]) -> Console:
        """A rich console for tables."""
        from .render.plain_console import PlainConsole

        colored = self.colored(stream)
        return PlainConsole(
            file=stream,
            force_terminal=colored,
            no_color=not colored,
            color_system="standard" if colored else None,
            width=_WIDE,
            highlight=False,
            markup=False,
            emoji=False,
            soft_wrap=True,
        )

    @staticmethod
    def columns(stream: IO[str]) -> int | None:
        """How wide the terminal is; None off a terminal, where nothing needs to be folded."""
        return width_of(stream)

    def colored(self, stream: IO[str]) -> bool:
        """Whether to colour what goes to a stream."""
        return is_colored(stream, self.color)

    def refusal(self, error: ContrastError) -> None:
        """What was expected, what was got and what to do."""
        self.error(f"{error.what}: expected {error.expected}, got {error.got}.", error.remedy)

    def _say(self, word: str, color: str, text: str, remedy: str = "") -> None:
        """A line, and those of what to do; nothing raw from outside, whoever forgot it."""
        remedies = "\n".join(map(message, remedy.split("\n")))
        text = message(text) + (inert(f"\n  {remedies}") if remedy else "")
        head = f"{word}:"
        said = fit_to(sys.stderr, f"{head} {text}").removeprefix(head)
        # Nobody is left to tell when standard error is closed or full: the exit code still says it.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            styled = click.style(head, fg=color, bold=True)
            click.echo(f"{styled}{said}", err=True, color=self.colored(sys.stderr))


class Bar:
    """A line of progress on standard error: on a terminal only, and only when work lasts.

    It is written over in one piece, and erased at the end, on an error and on Ctrl-C.

    Args:
        manners: Of the consoles.
        hint: What to do about work that lasts over a minute; nothing where there is no way.
        what: What is counted.
    """

    def __init__(self, manners: Manners, hint: str = "", what: str = "scores") -> None:
        self._hint, self._what = hint, what
        self._shown = manners.quiet < 1 and is_live(sys.stderr)
        self._start = self._since = time.monotonic()
        self._base = self._done = 0
        self._written = 0.0

    def __enter__(self) -> Bar:
        self._token = LISTENER.set(self.wait)
        return self

    def __exit__(self, *_: object) -> None:
        LISTENER.reset(self._token)
        if self._written:
            self._write(_ERASE)

    def __call__(self, done: int, total: int) -> None:
        """Show how far the work is."""
        if not self._shown:
            return
        now = time.monotonic()
        if done < self._done:  # another pass begins
            self._base, self._since = done, now
        self._done = done
        if not self._is_due(now):
            return
        share = min(1.0, done / total) if total else 1.0
        ascii_only = (sys.stderr.encoding or "").lower().replace("-", "") != "utf8"
        columns = width_of(sys.stderr) or USUAL
        words = self.words(done, total)
        text = line(words, share, self.facts(done, total), columns, plain=ascii_only)
        self._write(f"\r{text}{_REST}")

    def wait(self, words: str) -> None:
        """Show what is waited for, where there is no telling how long."""
        if self._shown and self._is_due(time.monotonic()):
            columns = width_of(sys.stderr) or USUAL
            self._write(f"\r{plain(words)[: columns - 1]}{_REST}")

    def _is_due(self, now: float) -> bool:
        """Whether it is time for another picture; the first is to be erased on every way out."""
        if now - self._start < _PATIENCE or now - self._written < _REFRESH:
            return False
        if not self._written:
            tidy_with(lambda: os.write(sys.stderr.fileno(), _ERASE.encode()))
        self._written = now
        return True

    def words(self, done: int, total: int) -> str:
        """What is done; where it is long, how long it takes in all, and the hint."""
        seconds = (time.monotonic() - self._start) * total / done if done else 0.0
        if not self._hint or seconds <= _LONG:
            return self._what
        return f"{self._what}, about {seconds / 60:.0f} min in all: {self._hint}"

    def facts(self, done: int, total: int) -> tuple[str, ...]:
        """How fast it goes, and how long it still takes; nothing before anything is done."""
        per_second = (done - self._base) / max(time.monotonic() - self._since, 1e-9)
        if per_second <= 0:
            return ()
        return rate(per_second, self._what), f"{clock((total - done) / per_second)} left"

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # progress is never worth an error
            sys.stderr.write(text)
            sys.stderr.flush()
