"""Where the time goes: the line of our code that each thread is at, a thousand times a second.

Time that a thread spends in compiled code (a product, an exponential) counts for the line that
called it. Nothing is patched; but a thread that runs Python gives way more often while it is
watched.
"""

from __future__ import annotations

import linecache
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

INTERVAL = 0.001
"""Seconds between two looks."""

_SWITCH = 0.0002
"""Seconds after which a thread that runs Python lets the watch look."""

_CORE = "contrastive_core"

SORTS = (
    ("product", re.compile(r"matmul|einsum|score\.fill")),
    ("exp", re.compile(r"np\.exp|expm1|log1p|logaddexp")),
    ("sums", re.compile(r"row_sums|_ones\(|\.sum\(|@ ")),
    ("max and shift", re.compile(r"\.max\(|np\.maximum|np\.subtract")),
    ("sort and search", re.compile(r"sort|partition|searchsorted|nonzero|\.cumsum|bincount")),
    ("copies", re.compile(r"copyto|np\.multiply|astype|\.copy\(|concatenate|write\(|read\(")),
    ("waiting", re.compile(r"\.result\(\)|\.acquire|\.wait\(")),
)
"""What a line does, by its text; the first that fits."""


@dataclass
class Samples:
    """What was seen.

    Args:
        lines: (file, line number) to how often a thread was there.
        seconds: Wall time.
        processor: Time of all processors.
    """

    lines: Counter[tuple[str, int]] = field(default_factory=Counter)
    seconds: float = 0.0
    processor: float = 0.0

    def at_work(self) -> Counter[tuple[str, int]]:
        """The lines at which no thread waits for another."""
        return Counter(
            {place: n for place, n in self.lines.items() if sort_of(text_of(place)) != "waiting"}
        )

    def sorts(self) -> Counter[str]:
        """The same by what the lines do."""
        found: Counter[str] = Counter()
        for place, count in self.lines.items():
            found[sort_of(text_of(place))] += count
        return found


def text_of(place: tuple[str, int]) -> str:
    """The text of a line."""
    return linecache.getline(*place).strip()


def sort_of(text: str) -> str:
    """What a line does."""
    return next((name for name, pattern in SORTS if pattern.search(text)), "rest")


def sample(work: Callable[[], object]) -> Samples:
    """Run something and watch all threads."""
    found, done = Samples(), threading.Event()
    watch = threading.Thread(target=_watch, args=(found, done), daemon=True)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH)
    watch.start()
    start, spent = time.perf_counter(), time.process_time()
    try:
        work()
    finally:
        found.seconds = time.perf_counter() - start
        found.processor = time.process_time() - spent
        done.set()
        watch.join()
        sys.setswitchinterval(interval)
    return found


def _watch(found: Samples, done: threading.Event) -> None:
    own = threading.get_ident()
    while not done.wait(INTERVAL):
        for thread, frame in sys._current_frames().items():
            place = None if thread == own else _place(frame)
            if place is not None:
                found.lines[place] += 1


def _place(frame: FrameType | None) -> tuple[str, int] | None:
    """The innermost line of the core; None for a thread that has none."""
    while frame is not None:
        if _CORE in Path(frame.f_code.co_filename).parts:
            return frame.f_code.co_filename, frame.f_lineno or frame.f_code.co_firstlineno
        frame = frame.f_back
    return None
