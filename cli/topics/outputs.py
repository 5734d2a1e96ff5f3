"""`contrast help outputs`."""

from __future__ import annotations

from collections.abc import Sequence

from ..outputs import FORMATS
from .blocks import Block, Commands, Heading, Rows, Topic


def _blocks() -> Sequence[Block]:
    return (
        "-o FORMAT[:PATH], repeatable in one run. FORMAT ends at the first colon, the rest is a "
        "path. At most one format goes to standard output; when all have a path, it stays empty.",
        Rows(tuple(FORMATS.items())),
        "Results go to standard output; notes, warnings, errors and progress to standard error. A "
        "command's own help says what its rows are.",
        Heading("Numbers"),
        "A number means the same in every format, at full precision in all but tables, which "
        "round to six digits. Undefined is nan in csv, null in JSON; nobody is an empty cell in "
        "csv, null in JSON and - in a table.",
        Heading("Text from files"),
        "A label, an id, a name in a file or a path may hold what a terminal obeys, what nobody "
        "sees or what breaks a line. Tables, md, junit, github and all messages show such a "
        "character by its code, as Python writes it: \\x1b, \\n, \\u202e. What the log of a job "
        "would take for a command is shown so too: \\x3a: for :: at the start of a name or a "
        "line, \\x23# for ## before a bracket. Names in tables are cut to 60 characters, words in "
        "messages to 300, messages to 3,000: … stands for what is left out.",
        "json, jsonl, csv, tsv and parquet hold the text itself, whole. json and jsonl write those "
        "characters as \\u001b; csv and tsv hold them raw: in a terminal or the log of a job give "
        "them a file. What no encoding can write is its code in csv, tsv and parquet.",
        Heading("Files"),
        "A file is written whole or not at all: when anything fails, what stood there before is "
        "still there. An input is never overwritten: no output goes to a file that is read, nor "
        "into a folder or a pattern that is. A device or a pipe is written to and never "
        "replaced.",
        Heading("On a terminal and off it"),
        Rows(
            (
                (
                    "tables",
                    "On a terminal words are folded to its width, and columns that do not fit go "
                    "into a further table; no number is ever cut. Off a terminal a table is as "
                    "wide as its content.",
                ),
                (
                    "colour",
                    "--color always|never wins; then NO_COLOR, if not empty; then FORCE_COLOR, "
                    "where 0 is off; else colour is for terminals, unless TERM is dumb.",
                ),
                (
                    "progress",
                    "On standard error, on a terminal only, when work lasts over half a second; it "
                    "leaves nothing behind.",
                ),
                (
                    "-q, -qq",
                    "No notes and no progress; -qq no warnings either.",
                ),
            )
        ),
        Heading("Examples"),
        Commands(
            (
                "contrast loss --kind infonce sample_data/emb.npy -o json",
                "contrast metrics sample_data/emb.npy -o csv:/tmp/rows.csv -o json:/tmp/all.json",
                "contrast loss --kind clip sample_data/emb.npy -o value",
            )
        ),
    )


TOPIC = Topic("outputs", "formats, files, numbers, terminals and colours", _blocks)
