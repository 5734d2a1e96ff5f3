"""`contrast help conventions`, from what is declared of each library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contrastive_core.conventions import PAPER_NAME, Dialect
from contrastive_core.dialects import dialects_of
from contrastive_core.losses import LOSSES

from .blocks import Block, Commands, Heading, Rows, Topic


def _blocks() -> Sequence[Block]:
    return (
        "Libraries and papers give different numbers for the same loss of the same data: another "
        "factor, another mean, other defaults, other terms in the denominator. A convention is "
        "one of these ways, stated in full, and every result names the one that it follows.",
        "--convention paper, the default, is the formula of the paper that the kind is named "
        "after, with nothing multiplied. --convention NAME is what that library prints for the "
        "same data, with the library's own defaults; an option that is given wins over a "
        "default, and contradicting what is fixed in the library is an error. --convention all "
        "sets all that are defined for the input side by side.",
        "Where no sample defines a loss, as where every row is alone in its class, there is "
        "nothing to average. Libraries print 0 or nan for that; here it is an error under every "
        "convention, which says what the library would have printed.",
        Commands(
            (
                "contrast loss --kind nt-xent sample_data/emb.npy --convention optax",
                "contrast loss --kind nt-xent sample_data/emb.npy --convention all",
                "contrast kinds nt-xent",
            )
        ),
        *_kinds(),
    )


def _kinds() -> Iterator[Block]:
    """A heading and the libraries of each kind that has some."""
    for kind, declaration in LOSSES.items():
        dialects = dialects_of(kind)
        if dialects:
            yield Heading(kind)
            paper = (PAPER_NAME, declaration.paper.citation)
            yield Rows((paper, *((name, _says(each)) for name, each in dialects.items())))


def _says(dialect: Dialect) -> str:
    """What differs, and where that is from."""
    return f"{dialect.says}. [{dialect.reference}]"


TOPIC = Topic("conventions", "whose value: the paper's, or what a library prints", _blocks)
