"""Commands on a terminal: a pseudo-terminal of a given width, and what is seen on it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = (sys.executable, "-m", "contrast_cli")

_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class Seen:
    """What a command left on a terminal.

    Args:
        code: Its exit code.
        raw: Every character that the terminal was sent.
        other: What went to the stream that is no terminal.
    """

    code: int
    raw: str
    other: str

    @property
    def text(self) -> str:
        """Without colours and other codes."""
        return _CODES.sub("", self.raw).replace("\r\n", "\n")

    @property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return self.text.splitlines()


def environment(**changes: str | None) -> dict[str, str]:
    """Of a terminal without wishes; a value of None takes a variable away."""
    usual = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
    dropped = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    changed = {**kept, **usual, **changes}
    return {name: value for name, value in changed.items() if value is not None}


def on_terminal(
    *arguments: str,
    columns: int = 80,
    stream: str = "stdout",
    program: tuple[str, ...] = PROGRAM,
    changes: Mapping[str, str | None] | None = None,
) -> Seen:
    """Run a command whose `stream` is a terminal, and the other one a pipe.

    Args:
        arguments: Of the command.
        columns: Of the terminal.
        stream: stdout or stderr.
        program: What is run.
        changes: Of the environment.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    child = subprocess.Popen(
        [*program, *arguments],
        cwd=ROOT,
        env=environment(**(changes or {})),
        stdin=slave,
        stdout=slave if stream == "stdout" else subprocess.PIPE,
        stderr=slave if stream == "stderr" else subprocess.PIPE,
    )
    os.close(slave)
    raw = read_all(master)
    os.close(master)
    out, err = child.communicate()
    other = (err if stream == "stdout" else out).decode()
    return Seen(child.returncode, raw.decode(), other)


def read_all(master: int) -> bytes:
    """Everything that is sent until the last writer has gone."""
    parts = []
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # Linux says so when nobody holds the other end any more
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts)
