"""Exit codes: the contract that scripts rely on, declared once for the program and its help."""

from __future__ import annotations

DONE, FAILED, BAD_INPUT, FAULT, INTERRUPTED, READER_GONE = 0, 1, 2, 3, 130, 141

MEANINGS = {
    DONE: "done, and every check passed",
    FAILED: "a check failed, and nothing else; only contrast check says so",
    BAD_INPUT: "usage, bad input, nothing defined to measure, or not comparable; it outranks 1",
    FAULT: "a fault of contrast, not of your data; --debug shows the traceback",
    INTERRUPTED: "interrupted by Ctrl-C; no file is left half written",
    READER_GONE: "the reader of a pipe is gone, as with | head",
}


class ChecksFailed(Exception):
    """A check did not pass. The result is already written; only the exit code is left to say."""
