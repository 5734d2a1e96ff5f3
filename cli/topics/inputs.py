"""`contrast help inputs`."""

from __future__ import annotations

from collections.abc import Sequence

from contrastive_core.losses import LOSSES
from contrastive_core.vocabulary import INPUTS, Input

from .blocks import Block, Commands, Heading, Rows, Topic

_TAKEN = (
    (
        "two files",
        "Row i of EMBEDDINGS and row i of KEYS are the two views of sample i.",
    ),
    (
        "three files",
        "triplet: anchors, positives and negatives, row by row. infonce: NEGATIVES (n, k, d), "
        "each anchor's own; (m, d) belongs behind --bank.",
    ),
    (
        "one 3-D file",
        "Aligned views, on whichever of the first two axes is 2; where both or neither are, say "
        "--views first or --views second. More than two views: nt-xent, supcon and uniformity.",
    ),
    (
        "one 2-D file, with --labels, --pairs or --triplets",
        "n samples, related as the second file says.",
    ),
    (
        "one 2-D file alone",
        "In `loss`: two stacked views, row i with row i + n/2, and a note says so; --views "
        "interleaved for rows 2i and 2i + 1. supcon, contrastive and triplet never assume it, "
        "uniformity takes one cloud. `metrics` and `triplets` assume nothing without --views.",
    ),
    (
        "one table with two or three vector columns of known names",
        "The same as two or three files, by name, never by position: anchor or query with "
        "positive (and negative), image and text, sentence1 and sentence2, z1 and z2.",
    ),
)

_PLACES = (
    ("emb.npy, .npz, .parquet", "Told apart by their first bytes, never by the name."),
    ("emb.arrow, .safetensors", "The same. Pickles are never unpickled."),
    ("-", "Standard input: any of these."),
    ("folder/, 'emb_*.npy'", "Shards of one array, in natural order: emb_10 behind emb_9."),
    ("s3://..., gs://..., file://...", "Whatever pyarrow.fs opens; folders and globs too."),
    (
        "PATH::NAME",
        "A column, an npz array or a tensor; the last :: splits. --labels ::y is column y of "
        "EMBEDDINGS.",
    ),
)


def _blocks() -> Sequence[Block]:
    return (
        "contrast info FILE... says it of your own files: what they hold, and as what each "
        "command would read them.",
        Heading("Embeddings"),
        Rows(_TAKEN),
        "Whatever is assumed is said on standard error and stands in the result. Where positives "
        "are no closer than random pairs a warning says so.",
        Heading("Beside the embeddings"),
        Rows(tuple((f"--{each.name}", f"{each.meaning} {_kinds(each.name)}") for each in _given())),
        "Each kind takes its own: contrast kinds KIND shows every way. What a kind does not take "
        "is an error, never ignored.",
        Heading("Paths"),
        Rows(_PLACES),
        "One vector column is taken; else one with a recognised name (embedding, vector, ...); "
        "else an error lists them. Columns called like labels are never used unasked. Vectors are "
        "floats or integers of any width; labels may be text or CSV too.",
        "Axes of length 1 hold nothing: (n, 1, d), (1, n, d), (n, d, 1) are read as (n, d), and a "
        "warning says so. Labels may be integers, words, bools, or one-hot rows. Blanks around the "
        "values of text and CSV are left out.",
        "Integers are taken as the numbers they are. Where they look like codes for others (packed "
        "bits, affine quantisation, bfloat16) a warning says so; --dtype bits and --dtype bfloat16 "
        "read them as that.",
        "Ready scores: minus infinity masks a candidate, which then counts nowhere.",
        "Rows with NaN, infinity or null, ragged lists, and zero vectors where a direction is "
        "needed stop the run with their count; --on-bad drop leaves them out, with what goes with "
        "them, and says so.",
        Heading("Examples"),
        Commands(
            (
                "contrast info sample_data/emb.parquet sample_data/labels.npy",
                "contrast loss --kind infonce sample_data/emb.npy",
                "contrast loss --kind clip sample_data/emb.parquet::z1 sample_data/emb.parquet::z2",
                "contrast loss --kind supcon sample_data/emb.npy --labels sample_data/labels.npy",
                "contrast loss --kind contrastive sample_data/emb.parquet::z1 "
                "--pairs sample_data/pairs.npy",
                "contrast metrics sample_data/emb.parquet::z1 --labels ::label",
                "contrast metrics - < sample_data/emb.npy",
            )
        ),
    )


def _given() -> list[Input]:
    return list(INPUTS.values())


def _kinds(name: str) -> str:
    """The kinds that take an input."""
    taking = [kind for kind, declaration in LOSSES.items() if name in declaration.inputs()]
    return f"[{', '.join(taking)}]"


TOPIC = Topic("inputs", "what is taken as what: files, views, labels, pairs, columns", _blocks)
