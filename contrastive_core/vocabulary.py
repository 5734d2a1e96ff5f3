"""Words that the command line and the core share, without importing NumPy."""

from __future__ import annotations

from dataclasses import dataclass

LAYOUTS = ("stacked", "interleaved", "first", "second")
"""Where the views of a sample lie in one file."""

REDUCTIONS = ("mean", "sum")
"""Over the terms that define the loss."""

PRECISIONS = ("float32", "float64")
"""Types of the rows and of the score tiles."""

DTYPES = ("bfloat16", "bits")
"""What stored numbers may be, that a file cannot always say itself."""

ON_BAD = ("stop", "drop")
"""What is done about rows that cannot be used."""

SORTS = ("worst", "best", "index")
"""Order of the samples that are listed."""

POSITIVES = ("first", "diagonal")
"""Where the positives lie in a table of ready scores."""

NOISE = "uniform"
"""The noise distribution of NCE where no file gives it."""


TEXT = (
    "Text has one value per line; .csv names its columns first. On standard input text whose first "
    "line holds several names is CSV; a single column is where it is named: -::NAME."
)
"""How text is read, for the help."""


@dataclass(frozen=True)
class Input:
    """Something a loss is computed from.

    Args:
        name: As the library calls it; the option is the same with two dashes.
        metavar: What the option takes.
        meaning: For the help.
        names: The legal words, where it takes a word and no file.
    """

    name: str
    metavar: str
    meaning: str
    names: tuple[str, ...] = ()


INPUTS = {
    entry.name: entry
    for entry in (
        Input(
            "labels",
            "FILE",
            "One class per row (or per sample of several views), integers or strings; with scores "
            "or prototypes the 0-based column or row. ::NAME is a column of EMBEDDINGS. "
            f"{TEXT}",
        ),
        Input(
            "pairs",
            "FILE",
            "Rows (i, j, y) or (i, j) of indices into EMBEDDINGS; y is 1 for similar, 0 for not. "
            "In a table: columns i, j, y.",
        ),
        Input(
            "triplets",
            "FILE",
            "Rows (anchor, positive, negative) of indices into EMBEDDINGS; in a table the columns "
            "of these names.",
        ),
        Input("match", "FILE", "0 or 1 per row: whether row i of both files are similar."),
        Input("bank", "FILE", "Further negatives that all anchors share, (m, d)."),
        Input(
            "scores",
            "FILE",
            "Ready scores or logits, (n, K), instead of embeddings; -inf masks a candidate.",
        ),
        Input(
            "positive",
            "first|diagonal",
            "Where the positives of a square table of scores lie: in column 0, or at (i, i). In "
            "other tables it is column 0.",
            POSITIVES,
        ),
        Input("prototypes", "FILE", "Class vectors, (classes, d)."),
        Input(
            "noise",
            "uniform|FILE",
            "Noise distribution q: uniform, the default, or a file of one probability per "
            "candidate.",
        ),
        Input(
            "views",
            "|".join(LAYOUTS),
            "Where the views of a sample lie in one file: stacked (rows i and i + n/2) or "
            "interleaved (2i and 2i + 1) in a 2-D file; on the first or second axis of a 3-D one.",
            LAYOUTS,
        ),
    )
}
"""All inputs beside EMBEDDINGS, KEYS and NEGATIVES."""
