"""One matrix saved in every format, for the tests of sources."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

Rows = npt.NDArray[Any]
Save = Callable[[Path, Rows], Path]

CHUNK = 4
"""Rows of a row group or record batch."""


def lists(rows: Rows, how: str = "list") -> pa.Array:
    """Rows of any number of axes as lists, or lists of lists."""
    kind: Any = pa.from_numpy_dtype(rows.dtype.newbyteorder("="))
    for extent in reversed(rows.shape[1:]):
        kind = {
            "list": pa.list_(kind),
            "large_list": pa.large_list(kind),
            "fixed_size_list": pa.list_(kind, extent),
        }[how]
    plain = rows.tolist()
    if rows.dtype == np.float16:
        plain = [[np.float16(x) for x in row] for row in plain]
    return pa.array(plain, kind)


def tensors(rows: Rows) -> pa.Array:
    """Rows as a fixed_shape_tensor column."""
    return pa.FixedShapeTensorArray.from_numpy_ndarray(np.ascontiguousarray(rows))


def write(path: Path, columns: dict[str, Any], chunk: int = CHUNK, **how: Any) -> Path:
    """A table by the suffix of its path."""
    table = pa.table(columns)
    if path.suffix == ".parquet":
        pa.parquet.write_table(table, path, row_group_size=chunk, **how)
    else:
        opener = pa.ipc.new_stream if path.suffix == ".arrows" else pa.ipc.new_file
        with opener(path, table.schema, **how) as writer:
            writer.write_table(table, max_chunksize=chunk)
    return path


def safetensors(path: Path, arrays: dict[str, Rows], **change: Any) -> Path:
    """A safetensors file, written by hand from the description of the format."""
    names = {"<f8": "F64", "<f4": "F32", "<f2": "F16", "<i8": "I64", "<i4": "I32", "|b1": "BOOL",
             "|u1": "U8", "<u2": "BF16", "|i1": "I8"}  # fmt: skip
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, array in arrays.items():
        size = array.nbytes
        header[name] = {
            "dtype": names[array.dtype.str],
            "shape": list(array.shape),
            "data_offsets": [at, at + size],
            **change,
        }
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    data = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays.values())
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


def matrix(rows: Rows) -> dict[str, Rows]:
    """One numeric column per dimension, in an order that is not that of the numbers."""
    return {
        f"dim_{index}": rows[:, index]
        for index in np.argsort([str(i) for i in range(rows.shape[1])])
    }


def npy(path: Path, rows: Rows) -> Path:
    np.save(path, rows)
    return path


def npz(path: Path, rows: Rows) -> Path:
    np.savez(path, emb=rows)
    return path


def deflated(path: Path, rows: Rows) -> Path:
    np.savez_compressed(path, emb=rows)
    return path


def _shards(suffix: str, save: Save) -> Save:
    def write_shards(path: Path, rows: Rows) -> Path:
        path.mkdir()
        for number, start in enumerate(range(0, len(rows), 2)):
            save(path / f"emb_{number}{suffix}", rows[start : start + 2])
        return path

    return write_shards


def _table(column: Callable[[Rows], Any], **how: Any) -> Save:
    return lambda path, rows: write(path, {"emb": column(rows)}, **how)


def _lists(how: str) -> Callable[[Rows], pa.Array]:
    return lambda rows: lists(rows, how)


def _fortran(save: Save) -> Save:
    return lambda path, rows: save(path, np.asfortranarray(rows))


def _swapped(path: Path, rows: Rows) -> Path:
    return npy(path, rows.astype(rows.dtype.newbyteorder(">")))


def _tensor(path: Path, rows: Rows) -> Path:
    return safetensors(path, {"emb": rows})


def _matrix(path: Path, rows: Rows) -> Path:
    return write(path, matrix(rows))


def _compressed(codec: str) -> Save:
    return _table(lists, options=pa.ipc.IpcWriteOptions(compression=codec))


_TABLES = ("parquet", "arrow", "arrows")
_LISTS = ("list", "large_list", "fixed_size_list")

SAVED: dict[str, tuple[str, Save]] = {
    "npy": (".npy", npy),
    "npy fortran": (".npy", _fortran(npy)),
    "npy big endian": (".npy", _swapped),
    "npz": (".npz", npz),
    "npz fortran": (".npz", _fortran(npz)),
    "npz deflated": (".npz", deflated),
    "npz deflated fortran": (".npz", _fortran(deflated)),
    "safetensors": (".safetensors", _tensor),
    **{f"{t} {how}": (f".{t}", _table(_lists(how))) for t in _TABLES for how in _LISTS},
    **{f"{t} tensor": (f".{t}", _table(tensors)) for t in _TABLES},
    **{f"{t} columns": (f".{t}", _matrix) for t in _TABLES},
    "parquet zstd": (".parquet", _table(lists, compression="zstd")),
    "parquet byte stream split": (
        ".parquet",
        _table(lists, use_dictionary=False, use_byte_stream_split=True),
    ),
    "parquet pages of version 2": (".parquet", _table(lists, data_page_version="2.0")),
    "arrow lz4": (".arrow", _compressed("lz4")),
    "arrow stream zstd": (".arrows", _compressed("zstd")),
    "shards of npy": ("", _shards(".npy", npy)),
    "shards of npz": ("", _shards(".npz", deflated)),
    "shards of parquet": ("", _shards(".parquet", _table(lists))),
    "shards of arrow": ("", _shards(".arrow", _table(tensors))),
    "shards of safetensors": ("", _shards(".safetensors", _tensor)),
}
"""Every way to save one matrix: the suffix, and what writes it."""


def saved(folder: Path, how: str, rows: Rows, name: str = "emb") -> Path:
    """The path of rows that are saved in one of these ways."""
    suffix, save = SAVED[how]
    return save(folder / f"{name}{suffix}", rows)
