"""What a file holds, in one call."""

from __future__ import annotations

import os

from ..errors import BadParameter
from ..holdings.look import look
from ..holdings.result import FileInfo
from ..resources import Resources
from ..sources import Reading, is_path


def info(
    path: str | os.PathLike[str],
    *,
    dtype: str | None = None,
    resources: Resources | None = None,
) -> FileInfo:
    """What a file holds, and how the commands would read it.

    Vectors are read in one forward pass: lengths of the rows, rows that cannot be used, exact
    copies. Labels, and lists of rows, are read whole. Bad rows are reported, never stopped at.

    Args:
        path: A path, a URI, `-`, a folder or a glob of shards; `PATH::name` for one array or
            column.
        dtype: `bfloat16` where two-byte numbers that are stored without a type (void, or integers)
            are that, `bits` where bytes are packed signs; an error where the file has none.
        resources: The memory bound, and progress in rows.

    Returns:
        The facts of the file and of each array or column that was looked into: vectors, labels,
        numbers, pairs or triplets. Rows of views are counted over both axes: of shape (a, b, d)
        row r is entry [r // b, r % b].

    Raises:
        ContrastError: The file cannot be read at all, or the memory bound is too low; the message
            says what was expected, what was got and what to do.
    """
    if not is_path(path):
        raise BadParameter(
            "path",
            expected="a path",
            got=type(path).__name__,
            remedy="Save the array with np.save('emb.npy', array), and give its path.",
        )
    return look(path, Reading(dtype), resources or Resources())
