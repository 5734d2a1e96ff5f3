"""The way in: from its first line on Ctrl-C is exit code 130, also while the rest is imported."""

from __future__ import annotations

import sys
from typing import NoReturn

from .exits import FAULT
from .leaving import guard, leave

guard()


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    try:
        from .main import main as run_and_leave
    except Exception as error:  # a broken installation must not end as a check that failed
        if "--debug" in sys.argv:
            raise
        print(f"error: contrast cannot start: {type(error).__name__}: {error}.", file=sys.stderr)
        leave(FAULT)
    run_and_leave()


if __name__ == "__main__":
    main()
