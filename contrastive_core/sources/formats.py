"""From what the user typed to an open source: the path, the column, the format by first bytes."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import BadInput
from . import npy
from .source import Source

_ARROW_MAGIC = b"ARROW1"
_PARQUET_MAGIC = b"PAR1"


def split_column(written: str) -> tuple[str, str | None]:
    """`PATH::column` into path and column; a file whose whole name exists is never split."""
    if "::" not in written or os.path.exists(written):
        return written, None
    path, _, column = written.rpartition("::")
    return path, column


def open_source(written: str | os.PathLike[str], *, pairs: bool = False) -> list[Source]:
    """Open a file of embeddings.

    Args:
        written: A path, or `PATH::column` for one column of a Parquet or Arrow file.
        pairs: Whether two related vector columns of one table (`anchor` and `positive`, `z1` and
            `z2`) may be taken as two sources.

    Returns:
        One source, or two where a table holds a recognised pair of vector columns.

    Raises:
        BadInput: The file is missing, unreadable, damaged, of another format, or holds no vectors.
    """
    name = os.fspath(written)
    location, column = split_column(name)
    path = Path(location)
    first = _first_bytes(path, name)
    if first.startswith(npy.MAGIC):
        if column is not None:
            raise BadInput(
                name,
                expected=f"a path without '::', since {location} is a .npy file",
                got=f"column {column!r}",
                remedy=f"A .npy file has no columns: give {location} alone.",
            )
        return [npy.open_npy(path, name)]
    if first.startswith((_PARQUET_MAGIC, _ARROW_MAGIC)):
        # pyarrow is slow to import and only these two formats need it.
        from . import columns

        return columns.open_columns(path, name, column, pairs=pairs)
    raise _unknown_format(name, first)


def _unknown_format(name: str, first: bytes) -> BadInput:
    """The error for bytes that begin no format we read; it names those that are near."""
    near = {
        b"PK": "a .npz or other zip archive",
        b"\xff\xff\xff\xff": "an Arrow stream, which is not the file format",
    }
    known = [what for magic, what in near.items() if first.startswith(magic)]
    got = known[0] if known else f"a file that begins with {first!r}"
    return BadInput(
        name,
        expected="a .npy, Parquet or Arrow IPC file",
        got=got if first else "an empty file",
        remedy="Save the vectors with np.save('emb.npy', vectors), or as a Parquet column.",
    )


def _first_bytes(path: Path, name: str) -> bytes:
    """The bytes that tell formats apart."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise BadInput(
            name,
            expected="an ordinary file, which can be read at any place",
            got="a pipe or a device",
            remedy="Write the embeddings to a file first.",
        )
    try:
        with path.open("rb") as file:
            return file.read(8)
    except FileNotFoundError as error:
        raise BadInput(
            name,
            expected="an existing file",
            got="no file of that name",
            remedy="Standard input is not read: write the embeddings to a file first."
            if name == "-"
            else f"Check the path; the working directory is {Path.cwd()}.",
        ) from error
    except IsADirectoryError as error:
        raise BadInput(
            name,
            expected="a file",
            got="a directory",
            remedy="Give one file inside it.",
        ) from error
    except (OSError, ValueError) as error:
        raise BadInput(
            name,
            expected="a readable file",
            got=str(error),
            remedy="Check its permissions and that it is an ordinary file.",
        ) from error
