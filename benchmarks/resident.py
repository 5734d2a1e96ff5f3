"""One `contrast` command, and its peak: `python -m benchmarks.resident TOLD.json ARGS...`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from contrast_cli.main import run

from . import machine

if __name__ == "__main__":
    code = run(sys.argv[2:])
    Path(sys.argv[1]).write_text(json.dumps({"code": code, "resident": machine.peak()}))
