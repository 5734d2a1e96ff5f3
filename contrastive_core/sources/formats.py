"""From what the user typed to an open source: the path, the column, the format by first bytes."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import BadInput
from . import npy
from .source import Source

_ARROW_MAGIC = b"ARROW1"
_PARQUET_MAGIC = b"PAR1"
_SAVE = "Save the vectors with np.save('emb.npy', vectors), or as a Parquet column."


def split_column(written: str) -> tuple[str, str | None]:
    """`PATH::column` into path and column; a file whose whole name exists is never split."""
    if "::" not in written or os.path.exists(written):
        return written, None
    path, _, column = written.rpartition("::")
    return path, column


def open_source(written: str | os.PathLike[str], *, related: int = 1) -> list[Source]:
    """Open a file of embeddings.

    Args:
        written: A path, or `PATH::column` for one column of a Parquet or Arrow file.
        related: How many related vector columns of one table (`anchor`, `positive` and `negative`;
            `z1` and `z2`) may be taken as sources of their own, at most.

    Returns:
        One source, or several where a table holds recognised related columns.

    Raises:
        BadInput: The file is missing, unreadable, damaged, of another format, or holds no vectors.
    """
    name = os.fspath(written) or "''"
    location, column = split_column(name)
    path = Path(location)
    if not is_columnar(path, name, _SAVE):
        if column is not None:
            raise no_columns(name, location, column, f"give {location} alone")
        return [npy.open_npy(path, name)]
    # pyarrow is slow to import and only these two formats need it.
    from . import columns

    return columns.open_columns(path, name, column, related=related)


def is_columnar(path: Path, name: str, remedy: str) -> bool:
    """Whether the first bytes are those of a Parquet or Arrow IPC file, not of a .npy file.

    Args:
        path: The file.
        name: What messages call it.
        remedy: How a file of a known format is written, for one that is of none.

    Raises:
        BadInput: The file is missing, unreadable, or of another format.
    """
    first = _first_bytes(path, name)
    if first.startswith((_PARQUET_MAGIC, _ARROW_MAGIC)):
        return True
    if first.startswith(npy.MAGIC):
        return False
    raise _unknown_format(name, first, remedy)


def no_columns(name: str, location: str, column: str, remedy: str) -> BadInput:
    """The error for a column of a .npy file."""
    return BadInput(
        name,
        expected=f"a path without '::', since {location} is a .npy file",
        got=f"column {column!r}",
        remedy=f"A .npy file has no columns: {remedy}.",
    )


def _unknown_format(name: str, first: bytes, remedy: str) -> BadInput:
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
        remedy=remedy,
    )


def _first_bytes(path: Path, name: str) -> bytes:
    """The bytes that tell formats apart."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise BadInput(
            name,
            expected="an ordinary file, which can be read at any place",
            got="a pipe or a device",
            remedy="Write the array to a file first.",
        )
    try:
        with path.open("rb") as file:
            return file.read(8)
    except FileNotFoundError as error:
        raise BadInput(
            name,
            expected="an existing file",
            got="no file of that name",
            remedy="Standard input is not read: write the array to a file first."
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
