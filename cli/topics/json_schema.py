"""`contrast help json`: the schema itself, for programs."""

from __future__ import annotations

from ..schema import schema_text
from .blocks import Topic

TOPIC = Topic("json", "the JSON Schema of -o json, itself JSON", document=schema_text)
