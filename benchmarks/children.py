"""The processes of the contestants: started, told to run once, watched, stopped."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from contrastive_core.resources import available_processors

from . import machine
from .child import OUT_OF_MEMORY
from .data import two_views
from .declarations import Contestant
from .outcomes import Prepare

_GLANCE = 0.02
"""Seconds between looks at the memory of a process that runs."""

_COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Commands start from bytecode, as installed ones do."""

_ENDING = 5.0
"""Seconds in which a process that has nothing to do is to end."""

_ROOT = Path(__file__).resolve().parent.parent

_QUIET = {
    "CUDA_VISIBLE_DEVICES": "",
    "JAX_PLATFORMS": "cpu",
    "HF_HUB_OFFLINE": "1",
    **dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
        str(available_processors()),
    ),
}
"""The same cores for everybody, and no network."""


@dataclass(frozen=True)
class Limits:
    """What a process may use.

    Args:
        seconds: Of one call.
        memory: Resident bytes; beyond, it counts as out of memory.
        preparing: Seconds until libraries are loaded and data made.
        apart: Whether it is a process of its own; else nothing of this holds.
    """

    seconds: float = 120.0
    memory: int = 2**62
    preparing: float = 600.0
    apart: bool = True


class Stopped(Exception):
    """A contestant that cannot go on, and why."""


@dataclass
class Call:
    """What one call of a contestant took and came to."""

    seconds: float
    values: dict[str, float] = field(default_factory=dict)
    bits: str = ""
    peak: int = 0
    resident: int = 0


class Child:
    """One contestant at one size, alive until it is closed."""

    def __init__(self, line: str, contestant: Contestant, n: int, d: int, limits: Limits) -> None:
        self.limits = limits
        arguments = ("-m", "benchmarks.child", line, contestant.name, str(n), str(d))
        self.process = subprocess.Popen(
            (sys.executable, *arguments),
            cwd=_ROOT,
            env={**os.environ, **_QUIET},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.input_bytes = self.memory = 0
        self.busy = False

    def wait(self) -> None:
        """Until its libraries are loaded and its data made.

        Raises:
            Stopped: It did not get that far.
        """
        told = self._answer(self.limits.preparing)
        self.input_bytes, self.memory = int(told["input_bytes"]), int(told["memory"])

    def run(self) -> Call:
        """One call.

        Raises:
            Stopped: It took too long, or too much memory, or failed.
        """
        stdin = self.process.stdin
        if stdin is None or self.process.poll() is not None:
            raise Stopped("it is gone")
        self.busy = True
        stdin.write(b"run\n")
        stdin.flush()
        call = Call(**self._answer(self.limits.seconds))
        self.busy = False
        return call

    def close(self) -> None:
        """End the process: one that has nothing to do ends by itself, and tidies up."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(0 if self.busy else _ENDING)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def _answer(self, seconds: float) -> dict[str, Any]:
        """The next line that it says."""
        stdout, end = self.process.stdout, time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(stdout or 0, selectors.EVENT_READ)
            while not selector.select(_GLANCE):
                if machine.resident(self.process.pid) > self.limits.memory:
                    raise Stopped(OUT_OF_MEMORY)
                if time.monotonic() > end:
                    raise Stopped(f"over {seconds:g} s")
        line = stdout.readline() if stdout else b""
        if not line:
            code = self.process.wait()
            raise Stopped(OUT_OF_MEMORY if code == -9 else f"ended with {code}")
        told: dict[str, Any] = json.loads(line)
        if "stopped" in told:
            raise Stopped(told["stopped"])
        return told


class Command:
    """A command that is a process of its own each time."""

    input_bytes = memory = 0

    def __init__(self, contestant: Contestant, n: int, d: int, limits: Limits) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="benchmarks.")
        self.limits = limits
        file = Path(self.folder.name) / "x.npy"
        np.save(file, two_views(n, d))
        self.arguments = [word.replace("{file}", str(file)) for word in contestant.command]

    def wait(self) -> None:
        """Its data are made."""

    def run(self) -> Call:
        """Start it and wait for its end."""
        start = time.perf_counter()
        try:
            done = subprocess.run(
                (sys.executable, *self.arguments),
                cwd=self.folder.name,
                env=_COMPILED,
                capture_output=True,
                timeout=self.limits.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Stopped(f"over {self.limits.seconds:g} s") from error
        seconds = time.perf_counter() - start
        if done.returncode:
            raise Stopped(f"ended with {done.returncode}")
        return Call(seconds)

    def close(self) -> None:
        """Forget its data."""
        self.folder.cleanup()


class Here:
    """A contestant in this very process, where only its numbers are wanted."""

    def __init__(self, prepare: Prepare, n: int, d: int) -> None:
        self.ready = prepare(n, d)
        self.input_bytes, self.memory = self.ready.input_bytes, self.ready.memory

    def wait(self) -> None:
        """It is ready."""

    def run(self) -> Call:
        """One call."""
        outcome = self.ready.run()
        return Call(0.0, dict(outcome.values), outcome.bits)

    def close(self) -> None:
        """Nothing is left."""


def missing(contestant: Contestant) -> tuple[str, ...]:
    """Modules that it needs and that are not installed."""
    return tuple(name for name in contestant.needs if find_spec(name) is None)


Runner = Child | Command | Here


@contextmanager
def closing(runners: dict[str, Runner]) -> Iterator[None]:
    """Close whoever is left in the end."""
    try:
        yield
    finally:
        for runner in runners.values():
            runner.close()


def start(line: str, contestant: Contestant, n: int, d: int, limits: Limits) -> Runner:
    """A contestant that gets ready."""
    if contestant.prepare is None:
        return Command(contestant, n, d, limits)
    if not limits.apart:
        return Here(contestant.prepare, n, d)
    return Child(line, contestant, n, d, limits)
