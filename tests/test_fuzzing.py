"""Valid files of every format, some of whose bytes were changed: never a crash.

What is left is a right result, or an error that says what to do: no other exception, no hang, no
memory beyond what a small file needs. The suite runs a few examples of each file, the same every
time. To look further, with other examples every time:

    CONTRAST_FUZZ_SECONDS=600 pytest tests/test_fuzzing.py -s

shares so many seconds among the files and prints how many examples were run. The file under test
is on disk while it is read: where Python itself dies, it is still there, below `--basetemp`.
"""

from __future__ import annotations

import faulthandler
import os
import random
import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, seed, settings
from mutations import Change, damages
from saved import SAVED, lists, safetensors, saved, write

import contrastive_core as cc
from contrastive_core.errors import ContrastError
from contrastive_core.resources import Resources
from contrastive_core.sources import open_source, read_labels, read_noise, read_pairs, read_triplets

Rows = npt.NDArray[Any]
Save = Callable[[Path, int], Path]
Read = Callable[[Path], None]

SECONDS = float(os.environ.get("CONTRAST_FUZZ_SECONDS", "0"))
"""How long to look, in all; 0 for the few examples of the suite."""

EXAMPLES = 12
"""Examples of each file in the suite."""

ROUND = 200
"""Examples between two looks at the clock."""

HANGS = 300
"""Seconds after which a round is no longer slow but stuck."""

ROOM = 128 * 2**20
"""Bytes that a file of some hundred bytes may need, and pyarrow, loaded with it."""

ONE = Resources(threads=1)


def rows(number: int, *shape: int) -> Rows:
    return np.random.default_rng(number).normal(size=shape).astype(np.float32)


# What is saved, and how it is read. The two files of a format differ in shape and numbers.


def embeddings(how: str) -> Save:
    return lambda folder, number: saved(folder, how, rows(number, 8 + 4 * number, 3 + number))


def views(how: str) -> Save:
    return lambda folder, number: saved(folder, how, rows(number, 5, 2, 3))


def several(folder: Path, number: int) -> Path:
    """Two arrays of an archive, one of them deflated."""
    np.savez_compressed(folder / "emb.npz", z1=rows(number, 6, 3), z2=rows(number + 1, 6, 3))
    return folder / "emb.npz"


def with_ids(suffix: str) -> Save:
    """Vectors and their ids, in words or in numbers."""

    def save(folder: Path, number: int) -> Path:
        path, words = folder / f"emb{suffix}", [f"row {i}" for i in range(8)]
        ids = np.array(words) if number == 0 else np.arange(8)
        if suffix == ".npz":
            np.savez(path, emb=rows(number, 8, 3), id=ids)
        elif suffix == ".safetensors":
            safetensors(path, {"emb": rows(number, 8, 3), "id": np.arange(8)})
        else:
            write(path, {"emb": lists(rows(number, 8, 3)), "id": pa.array(ids.tolist())})
        return path

    return save


def classes(name: str, make: Callable[[Path, Rows], Any]) -> Save:
    def save(folder: Path, number: int) -> Path:
        make(folder / name, np.arange(8) % (2 + number))
        return folder / name

    return save


def text_of(*columns: str) -> Callable[[Path, Rows], Any]:
    """Lines, or the columns of a CSV file."""

    def make(path: Path, y: Rows) -> None:
        lines = [",".join(columns)] if columns else []
        lines += [",".join(str(c + i) for i in range(max(1, len(columns)))) for c in y.tolist()]
        path.write_text("\n".join(lines) + "\n")

    return make


def column_of(convert: Callable[[Rows], Any]) -> Callable[[Path, Rows], Any]:
    return lambda path, y: write(path, {"y": convert(y)})


def in_words(y: Rows) -> pa.Array:
    return pa.array([f"class {c}" for c in y.tolist()])


def a_loss(kind: str, **how: Any) -> Read:
    def read(path: Path) -> None:
        found = cc.loss(kind, path, resources=ONE, **how)
        assert np.isfinite(found.value)
        losses = found.samples.loss
        assert len(losses)
        assert np.isfinite(losses).sum() + np.isnan(losses).sum() == len(losses)

    return read


def two_losses(path: Path) -> None:
    a_loss("infonce")(path)
    a_loss("uniformity")(path)
    if path.suffix in (".npy", ".npz"):
        as_numpy_reads(path)


def as_numpy_reads(path: Path) -> None:
    """What NumPy reads too is the same; it alone minds a second name of a member."""
    (source,) = open_source(path)
    found = source.read(0, source.shape[0])
    try:
        loaded = np.load(path)
        arrays = [loaded] if path.suffix == ".npy" else list(loaded.values())
    except (zipfile.BadZipFile, OSError):
        return
    assert any(np.array_equal(found, array) for array in arrays)


def beside(path: Path) -> None:
    """A second file whose ids are compared, and joined."""
    whole = path.with_name(f"whole{path.suffix}")
    if not whole.exists():
        whole.write_bytes(path.read_bytes())
    for join in (None, "id"):
        try:
            found = cc.loss("infonce", whole, path, join=join, resources=ONE)
        except ContrastError:
            continue
        assert found.n == 8
        assert np.isfinite(found.value)


def the_labels(path: Path) -> None:
    labels = read_labels(path, 8)
    assert labels.codes.shape == (8,)
    assert -1 <= labels.codes.min() <= labels.codes.max() < max(1, len(labels.classes))
    assert labels.nulls == (labels.codes < 0).sum()


def the_pairs(path: Path) -> None:
    pairs = read_pairs(path, 12)
    assert pairs.i.shape == pairs.j.shape
    assert 0 <= min(pairs.i.min(), pairs.j.min()) <= max(pairs.i.max(), pairs.j.max()) < 12


def the_triplets(path: Path) -> None:
    found = read_triplets(path, 12)
    every = np.stack([found.anchor, found.positive, found.negative])
    assert 0 <= every.min() <= every.max() < 12


def the_noise(path: Path) -> None:
    noise = read_noise(path, 8, sum_to_one=False)
    assert noise.shape == (8,)
    assert ((noise > 0) & (noise <= 1)).all()


def npy_of(change: Callable[[Rows], Rows]) -> Callable[[Path, Rows], Any]:
    return lambda path, y: np.save(path, change(y))


def _pairs(y: Rows) -> Rows:
    return np.column_stack([y, y + 4, y % 2])


def _triplets(y: Rows) -> Rows:
    return np.column_stack([y, y + 4, y + 8])


VIEWS = ("npy", "npz deflated", "safetensors", "parquet list", "arrow list",
         "arrows fixed_size_list", "arrow tensor")  # fmt: skip
IDS = (".parquet", ".arrow", ".arrows", ".npz", ".safetensors")

FILES: dict[str, tuple[Save, Read]] = {
    **{how: (embeddings(how), two_losses) for how in SAVED if "shards" not in how},
    **{f"views in {how}": (views(how), a_loss("nt-xent", views="second")) for how in VIEWS},
    "two arrays": (several, a_loss("infonce")),
    **{f"ids in {suffix}": (with_ids(suffix), beside) for suffix in IDS},
    "labels in npy": (classes("y.npy", np.save), the_labels),
    "labels in npy, words": (classes("y.npy", npy_of(lambda y: y.astype("U3"))), the_labels),
    "labels in npz": (classes("y.npz", lambda path, y: np.savez(path, y=y)), the_labels),
    "labels in safetensors": (
        classes("y.safetensors", lambda path, y: safetensors(path, {"y": y})),
        the_labels,
    ),
    **{
        f"labels in {suffix}, {what}": (classes(f"y.{suffix}", column_of(convert)), the_labels)
        for suffix in ("parquet", "arrow", "arrows")
        for what, convert in {
            "numbers": pa.array,
            "words": in_words,
            "categories": lambda y: in_words(y).dictionary_encode(),
            "gaps": lambda y: pa.array([c or None for c in y.tolist()]),
        }.items()
    },
    "labels in lines": (classes("y.txt", text_of()), the_labels),
    "labels in csv": (classes("y.csv", text_of("y", "other")), the_labels),
    "pairs in csv": (classes("pairs.csv", text_of("i", "j")), the_pairs),
    "pairs in npy": (classes("pairs.npy", npy_of(_pairs)), the_pairs),
    "triplets in npz": (
        classes("t.npz", lambda path, y: np.savez_compressed(path, t=_triplets(y))),
        the_triplets,
    ),
    "triplets in csv": (
        classes("t.csv", text_of("anchor", "positive", "negative")),
        the_triplets,
    ),
    "noise in npy": (classes("q.npy", npy_of(lambda y: (y + 1) / 16)), the_noise),
}
"""Valid files, and the door by which each is read."""


# Their damage.


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def attempted(read: Read, path: Path) -> bool:
    """Whether a file is read; an error that says what to do is the only other way out."""
    before = peak()
    told: tuple[str, ...] = ()
    try:
        read(path)
    except ContrastError as error:
        told = (error.what, error.expected, error.got, error.remedy)
    grown = peak() - before
    assert grown < ROOM, f"{grown} bytes for a small file"
    assert all(told), told
    return not told


def look(folder: Path, save: Save, read: Read, **how: Any) -> tuple[int, int]:
    """Damage a file in many ways and read it; how many examples there were, and were refused."""
    (folder / "other").mkdir(exist_ok=True)
    path = save(folder, 0)
    content, other = path.read_bytes(), save(folder / "other", 1).read_bytes()
    read(path)
    found: list[bool] = []

    @settings(deadline=10_000, database=None, suppress_health_check=list(HealthCheck), **how)
    @given(change=damages())
    def attempt(change: Change) -> None:
        path.write_bytes(change(content, other))
        found.append(attempted(read, path))

    if not how.get("derandomize"):
        attempt = seed(random.SystemRandom().getrandbits(32))(attempt)
    faulthandler.dump_traceback_later(HANGS, exit=True)
    try:
        attempt()
    finally:
        faulthandler.cancel_dump_traceback_later()
    return len(found), found.count(False)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_read_right_or_refused_clearly(tmp_path: Path, name: str) -> None:
    save, read = FILES[name]
    if not SECONDS:
        look(tmp_path, save, read, max_examples=EXAMPLES, derandomize=True)
        return
    end = time.monotonic() + SECONDS / len(FILES)
    examples = refused = 0
    while time.monotonic() < end:
        found = look(tmp_path, save, read, max_examples=ROUND)
        examples, refused = examples + found[0], refused + found[1]
    print(f"\nfuzzed {name}: {examples} examples, {refused} refused")
