"""What a computation may use: threads, memory, precision."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from .errors import BadParameter, TooLittleMemory, check_count, check_word, shown
from .vocabulary import PRECISIONS

Progress = Callable[[int, int], None]
"""Called with (scores done, scores in all) from the thread that started the computation."""

Listener = Callable[[str], None]
"""Called with words for what is waited for, of which nobody knows how long it takes."""

LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)
"""Who is told what is waited for: files are opened in places that know of no computation."""

_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


@dataclass(frozen=True)
class Resources:
    """Bounds on a computation. Threads and memory change its speed and never a bit of its result.

    Args:
        threads: Threads that compute at once; 0 stands for the processors available.
        memory: Bound on working memory beyond the inputs, in bytes.
        precision: Type of the rows and of the score tiles; None for the kind's own: float32 for
            similarities, float64 for distances. Sums run in float64 in both.
        progress: Called now and then with the scores done and the scores in all.
        tile: Edge of a tile of scores, for tests; None for the one that fits in cache.
    """

    threads: int = 0
    memory: int = 512 * 2**20
    precision: str | None = None
    progress: Progress | None = None
    tile: int | None = None

    def __post_init__(self) -> None:
        """Check each bound."""
        check_count("threads", self.threads, "Leave it out for one thread per processor.")
        if self.precision is not None:
            remedy = "float32 is enough for tau from 0.05 up; float64 is for the last digit."
            check_word("precision", self.precision, PRECISIONS, remedy)
        check_count("memory", self.memory, "Give the bound in bytes: 512 * 2**20.")
        if self.memory == 0:
            raise _bad_size(str(self.memory))

    @staticmethod
    def of(given: Resources | None) -> Resources:
        """Those that were given, or the usual ones.

        Raises:
            BadParameter: Something else was given.
        """
        if isinstance(given, Resources | None):
            return given or Resources()
        raise BadParameter(
            "resources",
            expected="contrastive_core.Resources",
            got=shown(given),
            remedy="For example: resources=cc.Resources(threads=2, memory=2**30).",
        )

    @property
    def workers(self) -> int:
        """Threads to start."""
        return self.threads or available_processors()


def waiting(words: str) -> None:
    """Tell what is waited for: `looking for files: 1024 seen`."""
    listener = LISTENER.get()
    if listener is not None:
        listener(words)


def available_processors() -> int:
    """Processors this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def parse_threads(written: str | None) -> int:
    """A whole number of at least 1; 0, the processors available, when nothing is written."""
    if written is None:
        return 0
    if re.fullmatch(r"[0-9]{1,4}", written) and int(written) > 0:
        return int(written)
    raise _bad_threads(written)


def parse_size(written: str) -> int:
    """Bytes from `512MiB`, `2G`, `1.5 GB` (units are powers of 1024) or a plain number."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*", written.lower())
    if match is None or float(match[1]) * _UNITS[match[2]] < 1:
        raise _bad_size(written)
    return int(float(match[1]) * _UNITS[match[2]])


def format_size(size: float) -> str:
    """Bytes as people write them."""
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"


def too_little_memory(least: int, what: str, resources: Resources) -> TooLittleMemory:
    """The error for a bound that is too small; the size that it names is enough.

    Args:
        least: Bytes that are needed.
        what: What needs them, as in `20 rows of 64 numbers`.
        resources: The bound.
    """
    enough = f"{-(-least // 2**20)} MiB"
    return TooLittleMemory(
        "memory",
        expected=f"at least {enough} for {what}",
        got=format_size(resources.memory),
        remedy=f"Give --memory {enough.replace(' ', '')} or more.",
    )


def _bad_size(written: str) -> BadParameter:
    return BadParameter(
        "memory",
        expected="a size such as 512MiB or 2GiB",
        got=repr(written),
        remedy="Write a number and a unit: KiB, MiB, GiB, TiB; without one it is bytes.",
    )


def _bad_threads(written: str) -> BadParameter:
    return BadParameter(
        "threads",
        expected="a whole number from 1 to 9999",
        got=repr(written),
        remedy="Leave it out for one thread per available processor.",
    )
