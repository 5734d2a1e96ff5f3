"""`contrast info`: what files hold, and how they would be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from contrastive_core.errors import BadParameter, ContrastError, NeedlessType

from .consoles import Bar, Manners
from .options import HELP_NAMES, files_argument, sharing_options
from .outputs import Output, check_outputs, formats, parse_outputs, write_all
from .parsing import Command
from .render import writer

if TYPE_CHECKING:
    from contrastive_core.holdings.result import FileInfo

_SAYS = formats("one row per file, or per column of vectors where it has several", None)
"""The formats, and what is written in each."""

_SHARED = ("output", "dtype", "memory", "quiet", "color", "debug")
"""What it has in common with the commands that compute."""


@click.command(
    cls=Command,
    context_settings=HELP_NAMES,
    params=[
        files_argument("FILE..."),
        *(each for each in sharing_options(formats=_SAYS) if each.name in _SHARED),
    ],
)
def info(**options: Any) -> None:
    """Show what files hold: shape, type, norms, bad rows, duplicates, how they would be read.

    FILE is anything that contrast reads: .npy, .npz, Parquet, Arrow IPC, safetensors, a folder or
    glob of shards, a URI, - for standard input; PATH::name for one array or column. Labels, pairs,
    triplets and noise are told by their shape and numbers, and may be text or CSV too.

    \b
    Examples:
      contrast info sample_data/emb.npy
      contrast info sample_data/emb.parquet sample_data/labels.npy sample_data/pairs.npy
      contrast info sample_data/emb.parquet::z1 -o json
      contrast info sample_data/emb.npy sample_data/untrained.npy -o csv

    Vectors are read once, block by block, in bounded memory; 24 bytes are kept of each row. Norms
    are those of the rows with finite numbers. Rows that cannot be used are counted and never
    stopped at: null, of another length, with NaN, with infinity, of only zeros. Duplicates are rows
    that equal another in every number. Of views, shape (a, b, d), row r is entry [r // b, r % b].

    `read as` shows commands and what each would take the file for: what the file decides, what is
    assumed, what holds only if you say so, and what is refused, with the reason.

    A file that cannot be read is an error (exit code 2); the others are shown all the same.
    """
    outputs = parse_outputs(options["output"], _SAYS)
    _check(options["files"])
    check_outputs(outputs, options["files"])
    manners = Manners(options["quiet"], options["color"])
    found, errors = _look(options["files"], options, manners)
    if found:
        _write(found, outputs, manners)
    for error in errors[:-1]:
        manners.refusal(error)
    if errors:
        raise errors[-1]


def _check(files: tuple[str, ...]) -> None:
    """Refuse no file."""
    if not files:
        raise BadParameter(
            "files",
            expected="at least one file",
            got="none",
            remedy="For example: contrast info emb.npy.",
        )


def _look(
    files: tuple[str, ...], options: dict[str, Any], manners: Manners
) -> tuple[list[FileInfo], list[ContrastError]]:
    """What the files hold, and why some cannot be read."""
    import contrastive_core as cc
    from contrastive_core.resources import Resources, parse_size

    memory = parse_size(options["memory"])

    def look(file: str, dtype: str | None) -> FileInfo | ContrastError:
        with Bar(manners, what="rows") as bar:
            try:
                return cc.info(file, dtype=dtype, resources=Resources(memory=memory, progress=bar))
            except ContrastError as error:
                return error

    told = [look(file, options["dtype"]) for file in files]
    if not all(isinstance(each, ContrastError) for each in told):
        # One file needs --dtype: the others are read by their own types.
        told = [
            look(file, None) if isinstance(each, NeedlessType) else each
            for file, each in zip(files, told, strict=True)
        ]
    errors = [each for each in told if isinstance(each, ContrastError)]
    return [each for each in told if not isinstance(each, ContrastError)], errors


def _write(found: list[FileInfo], outputs: list[Output], manners: Manners) -> None:
    """In every format."""
    from .render.info_report import InfoReport

    for each in found:
        for warning in each.warnings:
            manners.warn(warning)
    write_all(outputs, writer(InfoReport(found), manners))
