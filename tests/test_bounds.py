"""Files of very many arrays, very long names, few long strings in many rows: what is touched."""

from __future__ import annotations

import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from command_line import contrast, refused
from saved import safetensors, write

import contrastive_core as cc
from contrastive_core.errors import BadInput
from contrastive_core.sources import npz, open_source, read_labels, values
from contrastive_core.sources.spill import spilled

ROWS = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)

MANY = {f"t{number}": ROWS for number in range(150)}


def archive(path: Path, arrays: dict[str, Any]) -> Path:
    np.savez(path, **arrays)
    return path


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The members of archives whose headers are read."""
    names: list[str] = []
    real = npz._member

    def member(*given: Any) -> Any:
        names.append(given[2].filename)
        return real(*given)

    monkeypatch.setattr(npz, "_member", member)
    return names


def test_an_array_that_is_asked_for_is_the_only_one_whose_header_is_read(
    tmp_path: Path, opened: list[str]
) -> None:
    a, b = (archive(tmp_path / name, MANY) for name in ("a.npz", "b.npz"))
    assert cc.loss("infonce", f"{a}::t7", f"{b}::t9").value == cc.loss("infonce", ROWS, ROWS).value
    assert opened == ["t7.npy", "t9.npy"]


def test_info_looks_into_the_first_vectors_and_counts_the_rest(tmp_path: Path) -> None:
    safetensors(tmp_path / "many.safetensors", MANY)
    found = cc.info(tmp_path / "many.safetensors")
    assert [part.name.rpartition("::")[2] for part in found.vectors] == [
        f"t{number}" for number in range(12)
    ]
    assert found.problem.endswith(" The first 12 of 150 are looked into.")
    assert len(found.entries) == 150
    told = contrast("contrast info many.safetensors", tmp_path)
    assert told.code == 0
    assert "150: t0: float32 (8, 3) (vectors), t1:" in told.out
    assert "t12" not in told.out + told.err


def test_messages_name_the_first_of_many_and_count_the_rest(tmp_path: Path) -> None:
    safetensors(tmp_path / "many.safetensors", MANY)
    told = refused("contrast metrics many.safetensors", tmp_path)
    assert "t10: float32 (8, 3), t11: float32 (8, 3) and 138 more.\n" in told
    told = refused("contrast metrics many.safetensors::emb", tmp_path)
    assert "t98, t99 and 50 more.\n" in told
    archive(tmp_path / "some.npz", {"emb": ROWS, **MANY})
    told = contrast("contrast metrics some.npz -o value --metric uniformity", tmp_path).err
    assert "not read here: t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11 and 138 more." in told


def test_few_names_are_all_listed(tmp_path: Path) -> None:
    safetensors(tmp_path / "few.safetensors", {f"t{number}": ROWS for number in range(12)})
    told = refused("contrast metrics few.safetensors", tmp_path)
    assert "t11: float32 (8, 3).\n" in told
    assert len(cc.info(tmp_path / "few.safetensors").vectors) == 12
    assert "looked into" not in cc.info(tmp_path / "few.safetensors").problem


@pytest.mark.parametrize("suffix", ["npz", "safetensors", "parquet", "arrow"])
def test_a_name_that_nobody_could_type_is_refused(tmp_path: Path, suffix: str) -> None:
    path, name = tmp_path / f"e.{suffix}", "e" * 5000
    if suffix == "npz":
        archive(path, {name: ROWS, "emb": ROWS})
    elif suffix == "safetensors":
        safetensors(path, {name: ROWS, "emb": ROWS})
    else:
        write(path, {name: ROWS.tolist(), "emb": ROWS.tolist()})
    told = refused(f"contrast info e.{suffix}", tmp_path)
    assert "of at most 4096 characters, got one of 5000, which begins with 'eeee" in told
    assert len(told) < 300


@pytest.fixture
def pool() -> Iterator[pa.MemoryPool]:
    """What Arrow holds at most from here on."""
    before = pa.default_memory_pool()
    pool = pa.proxy_memory_pool(before)
    pa.set_memory_pool(pool)
    yield pool
    pa.set_memory_pool(before)


N, LENGTH = 20_000, 10_000
CODES = np.random.default_rng(1).integers(0, 5, N).astype(np.int32)
WORDS = [letter * LENGTH for letter in "bdace"]
CODED = pa.DictionaryArray.from_arrays(pa.array(CODES, mask=np.arange(N) == 7), pa.array(WORDS))


def strings(path: Path, how: str) -> Path:
    """Five long strings in very many rows, 200 MB if they were written out."""
    table = pa.table({"label": CODED, "id": CODED})
    if how == "parquet of strings":  # which is how it is stored, whatever the type that is declared
        schema = pa.schema([("label", pa.string()), ("id", pa.string())])
        with pa.parquet.ParquetWriter(path, schema) as writer:
            for start in range(0, N, 2000):
                writer.write_table(table.slice(start, 2000).cast(schema))
        return path
    return write(path, {"label": CODED, "id": CODED}, chunk=N)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("t.parquet", "parquet"),
        ("t.parquet", "parquet of strings"),
        ("t.arrow", "arrow"),
        ("t.arrows", "arrow stream"),
    ],
)
def test_long_strings_are_held_once_for_all_rows(
    tmp_path: Path, name: str, how: str, request: pytest.FixtureRequest
) -> None:
    path = strings(tmp_path / name, how)
    pool = request.getfixturevalue("pool")
    tracemalloc.start()
    labels = read_labels(f"{path}::label", N)
    python = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert labels.classes == sorted(WORDS)
    places = np.array([1, 3, 0, 2, 4])[CODES]
    places[7] = -1
    assert np.array_equal(labels.codes, places)
    assert labels.nulls == 1
    assert pool.max_memory() < 20e6
    assert python < 20e6


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_long_ids_are_held_once_for_all_rows(
    tmp_path: Path, suffix: str, pool: pa.MemoryPool
) -> None:
    coded = pa.DictionaryArray.from_arrays(pa.array(CODES), pa.array(WORDS))
    for name in ("a", "b"):
        columns = {"emb": np.ones((N, 2)).tolist(), "id": coded}
        write(tmp_path / f"{name}.{suffix}", columns, chunk=N)
    before = pool.max_memory()
    cc.metrics(tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}", metrics=["norm_mean"])
    assert pool.max_memory() < before + 20e6


def test_strings_of_arrays_are_held_once_too() -> None:
    words = values._listed(np.array(["b" * 90, "a", "b" * 90]))
    assert words == ["b" * 90, "a", "b" * 90]
    assert words[0] is words[2]


def test_a_large_inflated_array_goes_to_a_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = np.array(["b", "a", "c", "a"])
    np.savez_compressed(tmp_path / "y.npz", y=names)
    monkeypatch.setattr(npz, "_LARGE", 0)
    said: list[str] = []

    def counting(parts: Any, name: str, what: str) -> Any:
        said.append(what)
        return spilled(parts, name, what)

    monkeypatch.setattr(npz, "spilled", counting)
    assert read_labels(tmp_path / "y.npz", 4).codes.tolist() == [1, 0, 2, 0]
    assert said == ["an inflated array"]


def test_a_damaged_array_is_told_when_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "e.npz"
    archive(path, {"good": ROWS})
    with zipfile.ZipFile(path, "a") as opened:
        opened.writestr("bad.npy", b"nothing")
    assert open_source(f"{path}::good")[0].shape == (8, 3)
    for place in (f"{path}::bad", path):
        with pytest.raises(BadInput) as error:
            open_source(place)
        assert error.value.what == f"{path}::bad"
