"""Builders of bad files: what is cut short, what lies about itself, what is something else."""

from __future__ import annotations

import json
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
from saved import safetensors, write

Build = Callable[[Path], object]
"""Writes what a case needs into its folder."""

ROWS = np.random.default_rng(7).normal(size=(8, 3))

SIGNALLING = ROWS.astype(np.float32)
"""Rows of which one holds a NaN that signals: processors complain when they convert it."""
SIGNALLING.view(np.uint32)[2, 1] = 0x7FA00000


def nothing(folder: Path) -> None:
    """The line alone is bad."""


def raw(content: bytes, name: str = "bad.npy") -> Build:
    """These bytes."""
    return lambda folder: (folder / name).write_bytes(content)


def array(values: Any, name: str = "bad.npy", dtype: Any = None) -> Build:
    """A sound .npy file of what cannot be used."""
    return lambda folder: np.save(folder / name, np.asarray(values, dtype))


def words(text: str, name: str = "bad.txt") -> Build:
    """Text."""
    return raw(text.encode(), name)


def with_value(value: float, *places: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Rows that hold a value at some places."""
    rows = ROWS.copy()
    for place in places:
        rows[place] = value
    return rows


def header(
    shape: str = "(8, 3)",
    descr: str = "'<f8'",
    *,
    version: bytes = b"\x01\x00",
    text: str | None = None,
    length: int | None = None,
    data: bytes = b"\x00" * 192,
) -> bytes:
    """A .npy file whose header says what it likes."""
    text = text or f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"
    encoded = text.encode("latin-1").ljust(117) + b"\n"
    width = 2 if version == b"\x01\x00" else 4
    length = len(encoded) if length is None else length
    return b"\x93NUMPY" + version + length.to_bytes(width, "little") + encoded + data


class Trap:
    """What would be seen if it were unpickled."""

    def __reduce__(self) -> Any:
        return (os.mkdir, ("sprung",))


def pickled(folder: Path) -> None:
    """A pickle under the name of an array."""
    (folder / "bad.npy").write_bytes(pickle.dumps(Trap()))


def objects(folder: Path) -> None:
    """An array of objects, which is a pickle."""
    np.save(folder / "bad.npy", np.array([[Trap()] * 3] * 4, object), allow_pickle=True)


def trapped(folder: Path) -> None:
    """Labels that are objects."""
    np.save(folder / "bad.npy", np.array([Trap()] * 6, object), allow_pickle=True)


def archive(
    members: dict[str, bytes], name: str = "bad.npz", how: int = zipfile.ZIP_STORED
) -> Build:
    """A zip archive of these members."""

    def build(folder: Path) -> None:
        with zipfile.ZipFile(folder / name, "w", how) as file:
            for member, content in members.items():
                file.writestr(member, content)

    return build


def deflated(shape: str) -> Build:
    """A compressed member whose header declares more than there is."""
    return archive({"emb.npy": header(shape)}, how=zipfile.ZIP_DEFLATED)


def bomb(folder: Path) -> None:
    """Eight KiB that are honest: they inflate to eight MiB, of which the rows are all zero."""
    np.savez_compressed(folder / "bad.npz", emb=np.zeros((2**17, 8)))


_MAKERS: dict[str, Callable[[Path], object]] = {
    ".npy": lambda path: np.save(path, ROWS),
    ".npz": lambda path: np.savez(path, emb=ROWS),
    ".deflated.npz": lambda path: np.savez_compressed(path, emb=ROWS),
    ".safetensors": lambda path: safetensors(path, {"emb": ROWS}),
    ".parquet": lambda path: write(path, {"emb": ROWS.tolist()}),
    ".arrow": lambda path: write(path, {"emb": ROWS.tolist()}),
    ".arrows": lambda path: write(path, {"emb": ROWS.tolist()}),
}


def sound(folder: Path, suffix: str) -> Path:
    """A file with nothing wrong in it."""
    path = folder / f"bad{suffix}"
    _MAKERS[suffix](path)
    return path


def changed(suffix: str, change: Callable[[bytes], bytes]) -> Build:
    """A sound file of a format, whose bytes were changed."""

    def build(folder: Path) -> None:
        path = sound(folder, suffix)
        before = path.read_bytes()
        after = change(before)
        assert after != before
        path.write_bytes(after)

    return build


def cut(suffix: str, length: int | float) -> Build:
    """A sound file of which so many bytes, or that share of them, are left."""

    def shortened(content: bytes) -> bytes:
        return content[: int(length * len(content)) if isinstance(length, float) else length]

    return changed(suffix, shortened)


def put(suffix: str, at: int | bytes, new: bytes, skip: int = 0) -> Build:
    """A sound file with other bytes at a place: a number, or `skip` behind the last such mark."""

    def change(content: bytes) -> bytes:
        place = content.rindex(at) + skip if isinstance(at, bytes) else at % len(content)
        return content[:place] + new + content[place + len(new) :]

    return changed(suffix, change)


def swapped(old: bytes, new: bytes, suffix: str) -> Build:
    """A sound file in which some bytes are others everywhere."""
    return changed(suffix, lambda content: content.replace(old, new))


def tensors(header: Any, data: bytes = b"\x00" * 16, length: int | None = None) -> Build:
    """A safetensors file whose header says what it likes."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    length = len(text) if length is None else length
    return raw(length.to_bytes(8, "little") + text + data, "bad.safetensors")


def tensor(**change: Any) -> dict[str, Any]:
    """The entry of a tensor of four float32 in such a header."""
    return {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16], **change}


def table(name: str = "bad.parquet", /, **columns: Any) -> Build:
    """A sound table of what cannot be used."""
    return lambda folder: write(folder / name, columns)


def twice(name: str) -> Build:
    """A table with two columns of one name."""

    def build(folder: Path) -> None:
        both = pa.Table.from_arrays([pa.array(ROWS.tolist())] * 2, names=["emb", "emb"])
        if name.endswith("parquet"):
            pa.parquet.write_table(both, folder / name)
            return
        with pa.ipc.new_file(folder / name, both.schema) as writer:
            writer.write_table(both)

    return build


def bad_text(name: str, column: str) -> Build:
    """Strings that are no UTF-8, in a table with vectors."""

    def build(folder: Path) -> None:
        names = pa.array([b"a", b"\xff\xfe", b"c", b"d"] * 2).view(pa.string())
        write(folder / name, {"emb": ROWS.tolist(), column: names})

    return build


def folder_of(*names: str) -> Build:
    """A folder of files, some of them arrays."""

    def build(folder: Path) -> None:
        for name in names:
            path = folder / "shards" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith(".npy"):
                np.save(path, ROWS[:4])
            elif name.endswith(".parquet"):
                write(path, {"emb": ROWS[:4].tolist()})
            else:
                path.write_text("x")

    return build


def shards(*parts: npt.ArrayLike | bytes) -> Build:
    """A folder of numbered shards: arrays, or bytes as they are."""

    def build(folder: Path) -> None:
        (folder / "shards").mkdir()
        for number, part in enumerate(parts):
            path = folder / "shards" / f"e{number}.npy"
            path.write_bytes(part) if isinstance(part, bytes) else np.save(path, part)

    return build


def both(*builds: Build) -> Build:
    """Several files."""

    def build(folder: Path) -> None:
        for each in builds:
            each(folder)

    return build


def link(target: str) -> Build:
    """A symbolic link."""
    return lambda folder: (folder / "bad.npy").symlink_to(target)


def pipe(folder: Path) -> None:
    """A named pipe that nobody writes to."""
    os.mkfifo(folder / "bad.npy")
