"""NumPy's .npz files: zip archives of .npy members.

A stored member lies in the file as it is and is mapped, when its check sum was found right; a
deflated one, or one on another machine, is read forward, block by block, or copied to a temporary
file where its rows do not lie one after the other.
"""

from __future__ import annotations

import math
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from .arrays import ArrayShelf, Stored
from .bfloat16 import bits_dtype
from .checks import check_shape, plain_shape
from .files import File, first_line, stream, unsupported
from .forward import Forward, Rows, Streamed
from .npy import HEADER, check_length, read_header, read_span
from .reading import Reading
from .shelf import Shelf, Words
from .source import Facts, Source, left_out
from .spans import Span, numbers
from .spill import spilled

WORDS = Words("array", "shape (n, d)", "Save the vectors with np.savez('emb.npz', emb=vectors).")

_BLOCK = 2**22
"""Bytes inflated at a time."""

_LARGE = 2**26
"""Bytes of an array that is not held in memory."""

_MOST = 1100
"""How many bytes one deflated byte can become, and a bit."""

_LOCAL = struct.Struct("<4s22xHH")
"""The header before a member: its magic, the lengths of its name and of further fields."""

_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    struct.error,
    UnicodeDecodeError,
)
"""What zipfile raises on bytes that are no archive, or that need a password."""


def open_npz(file: File, reading: Reading) -> ArrayShelf:
    """The arrays of a .npz file, of which only the headers are read, and those when asked for."""
    try:
        archive = zipfile.ZipFile(stream(file))
    except _ZIP_ERRORS as error:
        raise _failed(file.name, error) from error
    members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
    if not members:
        raise _no_arrays(file.name, archive.namelist())
    named: dict[str, zipfile.ZipInfo] = {}
    for info in members:
        name = info.filename.removesuffix(".npy")
        if name in named:
            raise _damaged(file.name, f"two arrays {name!r}")
        named[name] = info
    return ArrayShelf(file.name, "npz", WORDS, Members(file, archive, named), reading)


class Members(Mapping[str, Stored]):
    """The arrays of an archive by their names; the header of one is read when it is asked for.

    Args:
        file: The archive as a file.
        archive: The same, open.
        named: What its directory says of each.
    """

    def __init__(
        self, file: File, archive: zipfile.ZipFile, named: dict[str, zipfile.ZipInfo]
    ) -> None:
        self._file, self._archive, self._named = file, archive, named
        self._read: dict[str, Stored] = {}

    def __getitem__(self, name: str) -> Stored:
        if name not in self._read:
            info, what = self._named[name], self._file.name
            what += "" if what.endswith(f"::{name}") else f"::{name}"
            try:
                self._read[name] = _member(self._file, self._archive, info, what)
            except _ZIP_ERRORS as error:
                raise _failed(what, error) from error
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._named

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)


def _member(file: File, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Stored:
    """An array, of which the header has been read."""
    if info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & 1:
        start = _start(file, info)
        stop = start + info.file_size
        if stop > file.size or info.file_size != info.compress_size:
            raise _damaged(name, "a member that ends outside the file")
        if file.memory is not None:
            return Kept(read_span(file, name, start, stop), file.memory[start:stop], info.CRC)
    deflated = info.compress_type == zipfile.ZIP_DEFLATED
    if deflated and info.file_size > info.compress_size * _MOST + HEADER:
        raise _damaged(name, f"{info.compress_size} bytes that claim to hold {info.file_size}")
    with archive.open(info) as member:
        shape, dtype, fortran, offset = read_header(member.read(HEADER), name)
    check_length(shape, dtype, offset, info.file_size, name)
    return Deflated(archive, info, name, offset, shape, dtype, fortran)


def _start(file: File, info: zipfile.ZipInfo) -> int:
    """The place of a member's bytes: behind a header of its own."""
    if info.header_offset < 0:
        raise zipfile.BadZipFile("a member that begins before the file")
    header = file.read(info.header_offset, info.header_offset + _LOCAL.size)
    magic, name, extra = _LOCAL.unpack(header)
    if magic != b"PK\x03\x04":
        raise zipfile.BadZipFile("no member where the directory of the archive says")
    return int(info.header_offset) + _LOCAL.size + int(name) + int(extra)


@dataclass(frozen=True, eq=False)
class Kept:
    """An array that lies in the file as it is.

    Args:
        span: The array.
        member: Its bytes and those of its header.
        check_sum: What the archive says of them.
    """

    span: Span
    member: memoryview
    check_sum: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape."""
        return self.span.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Its type of number, as stored."""
        return self.span.dtype

    @property
    def is_bfloat16(self) -> bool:
        """NumPy has no such type."""
        return False

    def array(self, name: str) -> npt.NDArray[Any]:
        """All of it, mapped."""
        self._check(name)
        return self.span.array(name)

    def source(self, name: str, facts: Facts, shelf: Shelf, *, bits: bool, empty: bool) -> Source:
        """It as vectors, mapped."""
        self._check(name)
        return self.span.source(name, facts, shelf, bits=bits, empty=empty)

    def _check(self, name: str) -> None:
        """Look at the check sum: one pass over the bytes, some seconds for as many GiB."""
        self.span.file.check()
        if zlib.crc32(self.member) != self.check_sum:
            raise _damaged(name, "another check sum (CRC-32) than the archive declares")


@dataclass(frozen=True, eq=False)
class Deflated:
    """An array that is compressed, or lies on another machine.

    Args:
        archive: The open archive.
        info: The member.
        name: What messages call it.
        offset: The length of the array's header.
        shape: Its shape.
        dtype: Its type of number, as stored.
        fortran: Whether the first axis varies fastest.
    """

    archive: zipfile.ZipFile
    info: zipfile.ZipInfo
    name: str
    offset: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool

    @property
    def is_bfloat16(self) -> bool:
        """NumPy has no such type."""
        return False

    def array(self, name: str) -> npt.NDArray[Any]:
        """All of it: labels, pairs and their like; what is large goes to a temporary file."""
        if self.info.file_size > _LARGE:
            file = spilled(self._parts(_BLOCK), name, "an inflated array")
            return Span(file, 0, self.shape, self.dtype, self.fortran).array(name)
        parts = b"".join(self._parts(_BLOCK))
        return numbers(parts, self.shape, self.dtype, fortran=self.fortran, name=name)

    def source(self, name: str, facts: Facts, shelf: Shelf, *, bits: bool, empty: bool) -> Source:
        """It as vectors, read forward."""
        shape = plain_shape(self.shape, shard=empty)
        facts = left_out(facts, self.shape, shape)
        if not (empty and shape[:1] == (0,)):
            check_shape(name, shape)
        number = bits_dtype(self.dtype) if bits else self.dtype
        if self.fortran and len(shape) > 1:
            file = spilled(self._parts(_BLOCK), name, "an inflated array")
            span = Span(file, 0, shape, self.dtype, fortran=True)
            return span.source(name, facts, shelf, bits=bits, empty=empty)
        turned = replace(self, dtype=number, shape=shape)
        short = _damaged(self.name, "fewer numbers than its header declares")
        rows = Forward(turned._blocks, shape[-1], number, short)
        return Streamed(name, shape, rows, facts, shelf, bits)

    def _blocks(self, row: int) -> Iterator[tuple[int, Rows]]:
        """All rows, some MiB at a time: a compressed stream begins at its beginning."""
        del row
        d = self.shape[-1]
        each = d * self.dtype.itemsize
        first = 0
        for part in self._parts(max(1, _BLOCK // each) * each):
            rows = np.frombuffer(part, self.dtype).reshape(-1, d)
            yield first, rows
            first += len(rows)

    def _parts(self, size: int) -> Iterator[bytes]:
        """The numbers, `size` bytes at a time."""
        left = math.prod(self.shape) * self.dtype.itemsize
        try:
            with self.archive.open(self.info) as member:
                _exactly(member, self.offset)
                while left:
                    part = _exactly(member, min(size, left))
                    left -= len(part)
                    yield part
                member.read(1)  # the check sum is looked at behind the last byte
        except _ZIP_ERRORS as error:
            raise _failed(self.name, error) from error


def _exactly(member: IO[bytes], size: int) -> bytes:
    """So many bytes."""
    part = member.read(size)
    if len(part) != size:
        raise EOFError("fewer bytes than the archive declares")
    return part


def _no_arrays(name: str, members: list[str]) -> BadInput:
    """The error for other archives: a file of PyTorch, an office document."""
    torch = any(member.endswith("data.pkl") for member in members)
    return BadInput(
        name,
        expected="a .npz file: an archive of .npy members",
        got="a file of torch.save, whose pickle is never loaded"
        if torch
        else f"an archive of {', '.join(members[:3]) or 'nothing'}",
        remedy="Save the vectors with np.save('emb.npy', tensor.numpy()).",
    )


def _failed(name: str, error: Exception) -> BadInput:
    """The error for what zipfile refuses: damage, or what it does not support."""
    if isinstance(error, NotImplementedError):
        return unsupported(name, error, "Write it again with np.savez or np.savez_compressed.")
    return _damaged(name, first_line(error))


def _damaged(name: str, got: str) -> BadInput:
    return BadInput(
        name,
        expected="a complete .npz file",
        got=got,
        remedy="The file is damaged, was cut short or needs a password: write it again with "
        "np.savez.",
    )
