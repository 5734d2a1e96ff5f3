"""The ways out of the process: an interrupt at any moment, and an end that changes no exit code."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import IO, NoReturn

from .exits import INTERRUPTED

_tidying: list[Callable[[], object]] = []


def guard() -> None:
    """Answer Ctrl-C from now on: tidy up, say nothing, exit code 130.

    The process ends on the spot. An exception would have to find its way through whatever runs at
    that moment: an import, a thread pool that waits for its tasks, a destructor that swallows it.
    Where an interrupt is ignored (nohup, a job in the background) it stays ignored.
    """
    _occupy_standard_streams()
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupted)
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _ended)


def _occupy_standard_streams() -> None:
    """A closed stream's number would go to the next file, which libraries then would print into."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _interrupted(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    signal.signal(number, signal.SIG_IGN)
    _tidy()
    os._exit(INTERRUPTED)


def _ended(number: int, frame: FrameType | None) -> None:
    """Somebody else ends the process: tidy up, then die of the signal as anybody would."""
    del frame
    _tidy()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _tidy() -> None:
    """What must not be left behind."""
    # Not imported here: the guard stands before anything else is loaded.
    files = sys.modules.get("contrastive_core.whole_files")
    drafts = tuple(getattr(files, "drafts", ()))
    removing = (lambda name=name: os.unlink(name) for name in drafts)
    for each in (*_tidying, *removing):
        try:
            each()
        except (OSError, ValueError):
            continue


def tidy_with(last: Callable[[], object]) -> None:
    """Call this before the process is ended by a signal; it may be in the middle of anything."""
    _tidying.append(last)


def leave(code: int) -> NoReturn:
    """End with this exit code: no interrupt and no stream that is gone changes it any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            abandon(stream)
    sys.exit(code)


def abandon(stream: IO[str] | None) -> None:
    """Point a stream nowhere, so that the interpreter's last flush does not complain."""
    if stream is None:
        return
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        return
