"""What `contrast triplets` refuses: what has no place in a format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contrastive_core.errors import BadParameter

from .metric_checks import no_guide
from .outputs import WORDS, Output, wants


def check_triplets(outputs: Sequence[Output], options: Mapping[str, Any]) -> None:
    """Refuse what has no place in a format that is asked for."""
    if wants(outputs, "value") and len(options["margin"]) > 1:
        raise BadParameter(
            "output",
            expected="one --margin for value, which is one number",
            got=f"{len(options['margin'])} of them",
            remedy="Name one, or take -o json.",
        )
    if options["guide"] and not wants(outputs, *WORDS):
        raise no_guide(outputs[0].format)
