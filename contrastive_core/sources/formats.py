"""The file formats, as data; and which of them a file has, told by its first bytes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

from ..errors import BadInput
from .files import File
from .reading import Reading
from .shelf import Shelf

SAVE = "Save the vectors with np.save('emb.npy', vectors), or as a Parquet column."


@dataclass(frozen=True)
class Format:
    """A file format.

    Args:
        name: In a word.
        label: As messages list it.
        magic: The bytes it begins with.
        at: The place of these bytes.
        suffixes: The ends of names of such files, for folders.
        opener: Module and function that make a shelf of it, imported when one is met.
    """

    name: str
    label: str
    magic: bytes
    suffixes: tuple[str, ...]
    opener: tuple[str, str]
    at: int = 0

    def open(self, file: File, reading: Reading) -> Shelf:
        """The file as a shelf."""
        module, function = self.opener
        opener: Any = getattr(import_module(f".{module}", __package__), function)
        if module == "columns":
            opener = partial(opener, format_name=self.name)
        shelf: Shelf = opener(file, reading=reading)
        return shelf


_COLUMNS = ("columns", "open_shelf")

_SAFETENSORS = Format(
    "safetensors",
    "safetensors",
    b"\x00\x00\x00\x00{",  # behind the lower half of the length of the header
    (".safetensors",),
    ("safetensors", "open_safetensors"),
    at=4,
)

FORMATS = (
    Format("npy", ".npy", b"\x93NUMPY", (".npy",), ("npy", "open_npy")),
    Format("npz", ".npz", b"PK", (".npz",), ("npz", "open_npz")),
    Format("parquet", "Parquet", b"PAR1", (".parquet", ".pq", ".parq"), _COLUMNS),
    Format("arrow", "Arrow IPC", b"ARROW1", (".arrow", ".feather", ".ipc"), _COLUMNS),
    Format("arrow stream", "Arrow stream", b"\xff\xff\xff\xff", (".arrows",), _COLUMNS),
    _SAFETENSORS,
)
"""Every format of vectors that is read."""

_NEAR = {
    b"\x89HDF": "an HDF5 file",
    b"\x1f\x8b": "a file compressed by gzip",
    b"\x28\xb5\x2f\xfd": "a file compressed by zstd",
    b"\x80": "a pickle, which is never unpickled",
    b"FEA1": "a Feather file of version 1",
    b"PARE": "an encrypted Parquet file",
    b"version ": "a pointer of Git LFS, where git lfs pull has yet to fetch the file",
}
"""What is not read, by its first bytes."""

_LENGTH = 16
"""Bytes that tell formats apart."""


def recognise(file: File) -> Format | None:
    """The format that a file's first bytes are those of."""
    first = file.read(0, _LENGTH)
    if _is_safetensors(first, file.suffix):
        return _SAFETENSORS
    for known in FORMATS:
        if first[known.at :].startswith(known.magic):
            return known
    return None


def _is_safetensors(first: bytes, suffix: str) -> bool:
    """Whether a file begins with the length of a header (8 bytes) and a brace.

    A damaged length may be the magic of another format. It is told by the rest of it, and where
    the name says what the file is, by half of that: then it is refused by its right name.
    """
    # No other format that is read has either there: of an Arrow stream it is a length, too.
    marks = first[4:8] in (b"\0\0\0\0", b"\xff\xff\xff\xff"), first[8:9] == b"{"
    return all(marks) or (suffix in _SAFETENSORS.suffixes and (any(marks) or 0 < len(first) < 9))


def open_file(file: File, reading: Reading, save: str = SAVE) -> Shelf:
    """A file of any format as a shelf.

    Args:
        file: The file.
        reading: What the user says about the files.
        save: How a file of a known format is written, for one that is of none.

    Raises:
        BadInput: It is of no known format, or damaged.
    """
    known = recognise(file)
    if known is None:
        raise unknown_format(file, save)
    return known.open(file, reading)


def suffixes() -> dict[str, Format]:
    """The formats by the ends of names."""
    return {suffix: known for known in FORMATS for suffix in known.suffixes}


def labels() -> str:
    """The formats as messages list them."""
    *names, last = [known.label for known in FORMATS]
    return f"{', '.join(names)} or {last}"


def unknown_format(file: File, save: str) -> BadInput:
    """The error for bytes that begin no format we read; it names those that are near."""
    first = file.read(0, 8)
    near = [what for magic, what in _NEAR.items() if first.startswith(magic)]
    got = near[0] if near else f"a file that begins with {first!r}"
    return BadInput(
        file.name,
        expected=f"a {labels()} file",
        got=got if first else "an empty file",
        remedy=save,
    )
