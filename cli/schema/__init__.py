"""What `-o json` writes, as a JSON Schema (draft 2020-12) that is installed with the program."""

from __future__ import annotations

from importlib.resources import files

_NAME = "contrast-1.json"


def schema_text() -> str:
    """The schema of `contrast/1`, as text."""
    return files(__package__).joinpath(_NAME).read_text(encoding="utf-8")
