"""What objects of json have in common."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from contrastive_core.version import VERSION

if TYPE_CHECKING:
    from contrastive_core.dropped import Dropped
    from contrastive_core.inputs import InputFile

SCHEMA = "contrast/1"

ORDERS = {None: "worst", "worst": "worst", "best": "best", "index": "first"}
"""What the samples that are listed are called, by their order."""


def heading(
    command: str, inputs: Iterable[InputFile] = (), warnings: Iterable[str] = ()
) -> dict[str, Any]:
    """What every object begins with."""
    return {
        "schema": SCHEMA,
        "command": command,
        "version": VERSION,
        "inputs": [dataclasses.asdict(each) for each in inputs],
        "warnings": list(warnings),
    }


def left_out(dropped: Dropped | None) -> dict[str, Any]:
    """What was left out, where something was."""
    return {} if dropped is None else {"dropped": dropped.plain()}
