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
    raise BadInput(
        name,
        expected="a .npy, Parquet or Arrow IPC file",
        got="an empty file" if not first else f"a file that begins with {first!r}",
        remedy="Save the vectors with np.save('emb.npy', vectors), or as a Parquet column.",
    )


def _first_bytes(path: Path, name: str) -> bytes:
    """The bytes that tell formats apart."""
    try:
        with path.open("rb") as file:
            return file.read(8)
    except FileNotFoundError as error:
        raise BadInput(
            name,
            expected="an existing file",
            got="no file of that name",
            remedy=f"Check the path; the working directory is {Path.cwd()}.",
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
