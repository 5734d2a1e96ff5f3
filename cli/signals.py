"""SIGTERM and SIGHUP end a run as Ctrl-C does: temporary files go before the program does."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Ended(BaseException):
    """A signal asks the program to end; no handler of errors is to mistake it for one."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Unwind at a signal, then die of it, so that the shell sees which one it was.

    A signal that is ignored, as under nohup, stays so. A second one ends the program at once.
    """
    kept = {each: signal.getsignal(each) for each in _ENDING}
    try:
        for each, handler in kept.items():
            if handler is signal.SIG_DFL:
                signal.signal(each, _end)
        yield
    except Ended as ended:
        signal.signal(ended.number, signal.SIG_DFL)
        os.kill(os.getpid(), ended.number)


def _end(number: int, frame: FrameType | None) -> None:
    """End by unwinding."""
    del frame
    signal.signal(number, signal.SIG_DFL)
    raise Ended(number)
