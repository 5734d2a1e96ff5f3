"""What the commands answer to options they do not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contrastive_core.errors import BadParameter, known_names
from contrastive_core.losses import LOSSES
from contrastive_core.parameters import options as parameter_names
from contrastive_core.vocabulary import INPUTS

if TYPE_CHECKING:
    from contrastive_core.losses import Loss


def missing_kind() -> BadParameter:
    """The error for no kind at all."""
    return BadParameter(
        "--kind",
        expected="the name of a loss",
        got="none",
        remedy=f"Give --kind with one of {', '.join(LOSSES)}.",
    )


def no_such_option(name: str, declaration: type[Loss] | None, shared: list[str]) -> BadParameter:
    """The error for an option that the kind does not take: it names those it does take."""
    owners = [kind for kind, other in LOSSES.items() if name.lstrip("-") in own_options(other)]
    belongs = f"{name} belongs to {', '.join(owners)}. " if owners else ""
    if declaration is None:
        known = known_names(name, shared)
        remedy = f"Say --kind first: {belongs}" if owners else f"{known} --kind adds its own."
    else:
        own = [f"--{each}" for each in own_options(declaration)]
        bare = [each.lstrip("-") for each in (*own, *shared)]
        near = known_names(name.lstrip("-"), bare).partition("Known:")[0]
        takes = f"{declaration.kind} takes {', '.join(own)}; all kinds take {', '.join(shared)}."
        remedy = f"{belongs or near}{takes}"
    kind = f"--kind {declaration.kind}" if declaration else "contrast loss"
    return BadParameter(name, expected=f"an option of {kind}", got=name, remedy=remedy.strip())


def own_options(declaration: type[Loss]) -> list[str]:
    """What a kind takes beside the shared options, without dashes."""
    inputs = [name for name in INPUTS if name in declaration.inputs()]
    reduction = ["reduction"] if declaration.reducible else []
    return [*inputs, *parameter_names(declaration), "convention", *reduction]


def not_an_option(name: str, command: str, taken: list[str]) -> BadParameter:
    """The error for an option that a command does not take: it names those it does take."""
    bare = [each.lstrip("-") for each in taken]
    near = known_names(name.lstrip("-"), bare).partition("Known:")[0]
    owners = [kind for kind, other in LOSSES.items() if name.lstrip("-") in own_options(other)]
    belongs = f"It belongs to contrast loss --kind {' or '.join(owners)}. " if owners else ""
    return BadParameter(
        name,
        expected=f"an option of {command}",
        got=name,
        remedy=f"{near or belongs}{command} takes {', '.join(taken)}.",
    )
