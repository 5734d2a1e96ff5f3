"""What the counts of triplets depend on beside the loss: margins, and a sample of anchors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from .. import parameters
from ..errors import BadParameter
from ..losses import Triplet, make_loss
from ..parameters import Number, declare


@dataclass(frozen=True)
class Settings:
    """Parameters of the command that are no parameters of the loss."""

    sample: int | None = declare(
        None,
        Number(
            least=2,
            whole=True,
            optional=True,
            meaning="Estimate from M anchors, drawn with the seed, against all rows, with an "
            "interval (95 %, bootstrap over the anchors drawn). For sizes where the exact pass is "
            "too long.",
        ),
    )

    def __post_init__(self) -> None:
        """Check each of them."""
        parameters.check(self)


def made_losses(
    form: str, inputs: Sequence[str], margin: Any, seed: Any, sample: int | None, **values: Any
) -> tuple[Triplet, ...]:
    """The loss at each margin.

    The margin decides the sorts of triplets also where the loss does not depend on it, and the
    seed draws the anchors of a sample too.

    Raises:
        BadParameter: Something a triplet loss does not take, or two margins that are one.
    """
    given = {name: value for name, value in values.items() if value is not None}
    if seed is not None and (sample is None or given.get("mining") == "random-semi-hard"):
        given["seed"] = seed
    loss = make_loss(Triplet.kind, input_form=form, inputs=inputs, **given)
    if not isinstance(loss, Triplet):
        raise TypeError(f"expected a triplet loss, got {loss.kind}")
    if seed is not None:
        loss = replace(loss, seed=seed)
    losses = tuple(replace(loss, margin=each) for each in _listed(margin))
    margins = [each.margin for each in losses]
    for each in margins:
        if margins.count(each) > 1:
            raise BadParameter(
                "margin",
                expected="margins that differ",
                got=f"{each:g} twice",
                remedy="Leave one of them out.",
            )
    return losses


def _listed(margin: Any) -> list[Any]:
    """One margin or several."""
    single = isinstance(margin, str) or not hasattr(margin, "__iter__")
    margins = [margin] if single else list(margin)
    if margins:
        return margins
    raise BadParameter(
        "margin",
        expected="one margin or more",
        got="none",
        remedy="Leave it out for the default.",
    )
