"""`contrast help exit-codes`."""

from __future__ import annotations

from collections.abc import Sequence

from ..exits import MEANINGS
from .blocks import Block, Commands, Heading, Rows, Topic


def _blocks() -> Sequence[Block]:
    return (
        "What a script may rely on. There are no others.",
        Rows(tuple((str(code), meaning) for code, meaning in MEANINGS.items())),
        "With 2 and 3 one message on standard error says what was expected, what was got and what "
        "to do; standard output is empty and no output file is touched, unless a command says "
        "that it shows what it could: contrast info with several files, and contrast check where "
        "something is undecided, which still writes its report, with what was decided.",
        "Warnings never change the exit code: a collapsed space is a result.",
        Heading("In a script"),
        Commands(
            (
                "contrast loss --kind infonce sample_data/emb.npy -q -o value",
                "contrast metrics sample_data/emb.parquet --metric uniformity -q -o value",
            )
        ),
        "In bash, `set -o pipefail` lets a pipeline end with contrast's own code: 141 then says no "
        "more than that the reader had enough.",
    )


TOPIC = Topic("exit-codes", "what 0, 1, 2, 3, 130 and 141 mean", _blocks)
