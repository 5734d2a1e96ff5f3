"""One contestant in a process of its own: `python -m benchmarks.child LINE CONTESTANT N D`.

It loads its libraries and makes its data, says so, and then runs once for each line that it reads.
What it answers are JSON objects, one a line.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from . import machine
from .lines import LINES
from .outcomes import Ready

_SPENT = ("not enough memory", "can't allocate", "resource_exhausted", "out of memory", "bad_alloc")
"""How libraries word that memory is spent, in lower case."""

OUT_OF_MEMORY = "out of memory"

_ENDS_WITH_PARENT = 1
"""PR_SET_PDEATHSIG."""


def main() -> None:
    """Serve until the input ends."""
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)  # whatever a library prints is no answer
        _be_first_to_go()
        try:
            _serve(_prepared(sys.argv[1:]), answers)
        except Exception as error:
            _say(answers, {"stopped": _reason(error)})


def _prepared(arguments: list[str]) -> Ready:
    line, name, n, d = arguments
    contestants = {contestant.name: contestant for contestant in LINES[line].contestants}
    prepare = contestants[name].prepare
    if prepare is None:
        raise TypeError(f"{name} is a command, not a function")
    return prepare(int(n), int(d))


def _serve(ready: Ready, answers: Any) -> None:
    gc.collect()
    before = machine.resident(os.getpid())
    _say(answers, {"input_bytes": ready.input_bytes, "memory": ready.memory})
    for _ in sys.stdin:
        known = machine.forget_peak()
        start = time.perf_counter()
        outcome = ready.run()
        seconds = time.perf_counter() - start
        peak = machine.peak()
        found = {"seconds": seconds, "values": dict(outcome.values), "bits": outcome.bits}
        beyond = max(peak - before, 1) if known else 0
        _say(answers, {**found, "peak": beyond, "resident": peak})


def _say(answers: Any, what: dict[str, Any]) -> None:
    answers.write(json.dumps(what) + "\n")
    answers.flush()


def _reason(error: Exception) -> str:
    """Why it stopped, in a few words."""
    text = str(error).strip() or "no message"
    if isinstance(error, MemoryError) or any(word in text.lower() for word in _SPENT):
        return OUT_OF_MEMORY
    return f"{type(error).__name__}: {text.splitlines()[0][:120]}"


def _be_first_to_go() -> None:
    """End before others where memory runs out after all, and with whoever started this."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_ENDS_WITH_PARENT, signal.SIGKILL)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


if __name__ == "__main__":
    main()
