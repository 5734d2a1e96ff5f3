"""The machine: its memory, that of a process, and the facts that stand beside every number."""

from __future__ import annotations

import os
import platform
import resource
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from contrastive_core.resources import available_processors

LIBRARIES = (
    "numpy",
    "jax",
    "lightly",
    "mpmath",
    "optax",
    "pytorch-metric-learning",
    "sentence-transformers",
    "torch",
)
"""Whose versions a number depends on."""

_STATUS = Path("/proc/self/status")
_GROUP = Path("/sys/fs/cgroup/memory.max")
_UNIT = 1 if sys.platform == "darwin" else 1024
"""Of `ru_maxrss`: bytes on macOS, KiB elsewhere."""


def memory() -> int:
    """Bytes that the machine, or the group of processes that this is in, may use."""
    installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    bound = _GROUP.read_text().strip() if _GROUP.exists() else "max"
    return min(installed, int(bound)) if bound.isdigit() else installed


def peak() -> int:
    """Largest resident size of this process, in bytes, since `forget_peak`."""
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


def forget_peak() -> bool:
    """Begin a new peak at the present resident size; whether the kernel can."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def resident(process: int) -> int:
    """Resident bytes of a process; 0 where that is not told, or the process is gone."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text().split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _status(name: str) -> int:
    """A line of the kernel's account of this process, in bytes; 0 where there is none."""
    if not _STATUS.exists():
        return 0
    for line in _STATUS.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return 0


def facts() -> dict[str, Any]:
    """Processors, memory and versions; no names of hosts, users or folders."""
    return {
        "processor": _processor(),
        "processors": available_processors(),
        "memory_gib": round(memory() / 2**30, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "blas": _blas(),
        "libraries": {name: found for name in LIBRARIES if (found := _version(name))},
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _blas() -> str:
    """The library that NumPy multiplies with, and the routines it picked."""
    import numpy as np
    from threadpoolctl import threadpool_info

    np.ones((2, 2)) @ np.ones((2, 2))
    for pool in threadpool_info():
        if pool["user_api"] == "blas":
            words = (pool["internal_api"], pool.get("version"), pool.get("architecture"))
            return " ".join(str(word) for word in words if word)
    return "unknown"


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
