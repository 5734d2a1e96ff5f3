"""Measurements as JSON, a line for each: what several commands write, read and add to."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from contrastive_core.whole_files import write_whole

T = TypeVar("T")


def read_records(cls: type[T], path: Path) -> list[T]:
    """What `write_records` wrote of a dataclass.

    Raises:
        ValueError, TypeError, KeyError: It holds something else, or nothing.
    """
    names = [field.name for field in dataclasses.fields(cls)]  # type: ignore[arg-type]
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, list) or not found:
        raise ValueError("no records")
    return [cls(**{name: each[name] for name in names}) for each in found]


def write_records(records: Sequence[dict[str, Any]], path: Path) -> None:
    """JSON; the file is whole at any time."""
    write_whole(path, "[\n" + ",\n".join(json.dumps(each) for each in records) + "\n]\n")
