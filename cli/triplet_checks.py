"""What `contrast triplets` refuses: what has no place in a format, and a value that is none."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from contrastive_core.errors import BadParameter, NothingDefined

from .outputs import Output

if TYPE_CHECKING:
    from contrastive_core.hardness.result import TripletsResult

_TELLING = {"table", "json"}
"""The formats that have room for words."""


def check_triplets(outputs: Sequence[Output], options: Mapping[str, Any]) -> None:
    """Refuse what has no place in a format that is asked for."""
    formats = [output.format for output in outputs]
    if "value" in formats and len(options["margin"]) > 1:
        raise BadParameter(
            "output",
            expected="one --margin for value, which is one number",
            got=f"{len(options['margin'])} of them",
            remedy="Name one, or take -o json.",
        )
    if options["guide"] and not _TELLING & set(formats):
        raise BadParameter(
            "--guide",
            expected="-o table or -o json, which have room for words",
            got=f"-o {formats[0]}",
            remedy="Leave one of them out, or add -o table:PATH.",
        )


def check_value(outputs: Sequence[Output], result: TripletsResult) -> None:
    """Refuse to print the mean of nothing as a number."""
    if any(output.format == "value" for output in outputs) and math.isnan(result.value):
        raise NothingDefined(
            "triplets",
            expected="a term for the mean",
            got=f"none: the mean over {result.margins[0].over} is over nothing",
            remedy="Take -o json for the counts, or --mining all.",
        )
