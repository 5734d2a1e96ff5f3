"""What a file holds: the facts of its vectors, and what of it is looked into."""

from __future__ import annotations

import math
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from info_files import ROWS, labels, npy, vectors, ways
from saved import CHUNK, SAVED, lists, matrix, safetensors, saved, write

import contrastive_core as cc
from contrastive_core.errors import BadInput, BadParameter, NeedlessType, TooLittleMemory
from contrastive_core.holdings.parts import Found

SCHEMA = pa.list_(pa.float32())


# The same facts from every format.


@pytest.mark.parametrize("how", SAVED)
def test_every_format_holds_the_same_vectors(tmp_path: Path, how: str) -> None:
    found = cc.info(saved(tmp_path, how, ROWS))
    (part,) = found.vectors
    assert (part.shape, part.rows, part.d) == ((7, 2), 7, 2)
    assert np.dtype(part.dtype).newbyteorder("=") == np.float32
    norms = part.norms
    assert (norms.rows, norms.min, norms.median, norms.max, norms.mean) == (7, 1, 5, 17, 7)
    assert norms.unit is False
    assert part.bad.rows == 0
    assert (part.duplicates.rows, part.duplicates.distinct) == (2, 6)
    assert part.duplicates.first == ((1, 4),)
    assert part.preview == ((3.0, 4.0), (0.0, 1.0), (6.0, 8.0))
    assert found.problem == ""
    assert found.warnings == ()


@pytest.mark.parametrize("how", SAVED)
def test_bytes_are_those_of_all_files(tmp_path: Path, how: str) -> None:
    path = saved(tmp_path, how, ROWS)
    files = list(path.iterdir()) if path.is_dir() else [path]
    assert cc.info(path).bytes == sum(file.stat().st_size for file in files)


@pytest.mark.parametrize(
    ("how", "word"),
    [
        *(("npy", "npy"), ("npz deflated", "npz"), ("safetensors", "safetensors")),
        *(("parquet list", "parquet"), ("arrow list", "arrow"), ("arrows list", "arrow stream")),
        *(("shards of npy", "npy"), ("shards of parquet", "parquet")),
    ],
)
def test_the_format_is_said(tmp_path: Path, how: str, word: str) -> None:
    assert cc.info(saved(tmp_path, how, ROWS)).format == word


def test_row_groups_and_record_batches_are_counted(tmp_path: Path) -> None:
    for suffix in ("parquet", "arrow", "arrows"):
        path = write(tmp_path / f"emb.{suffix}", {"emb": lists(ROWS)})
        assert vectors(path).groups == (CHUNK, 3)


def test_shards_are_named_and_counted(tmp_path: Path) -> None:
    path = saved(tmp_path, "shards of npy", ROWS)
    (path / "notes.md").write_text("by hand")
    found = cc.info(path)
    assert [Path(shard).name for shard in found.shards] == [f"emb_{n}.npy" for n in range(4)]
    assert [Path(other).name for other in found.passed_over] == ["notes.md"]
    assert found.vectors[0].groups == (2, 2, 2, 1)


def test_the_memory_order_of_an_array_is_said(tmp_path: Path) -> None:
    assert vectors(saved(tmp_path, "npy", ROWS)).order == "C"
    assert vectors(saved(tmp_path, "npy fortran", ROWS, "f")).order == "Fortran"
    assert vectors(saved(tmp_path, "npz deflated fortran", ROWS)).order == "Fortran"
    assert vectors(saved(tmp_path, "parquet list", ROWS)).order == ""


@pytest.mark.parametrize("order", ["C", "F"])
def test_rows_of_views_are_counted_over_both_axes(tmp_path: Path, order: Any) -> None:
    views = np.arange(30, dtype=np.float64).reshape(2, 5, 3)
    views[1, 3] = np.nan
    views[1, 4] = views[0, 1]
    part = vectors(npy(tmp_path, np.asarray(views, order=order)))
    assert (part.shape, part.rows, part.d) == ((2, 5, 3), 10, 3)
    assert part.bad.nan == Found(1, (8,))
    assert part.duplicates.first == ((1, 9),)
    assert part.preview[1] == (3.0, 4.0, 5.0)


@pytest.mark.parametrize("number", ["float64", "float16", "int64", "int8", "uint16", ">f4", "g"])
def test_numbers_of_any_width(tmp_path: Path, number: str) -> None:
    part = vectors(npy(tmp_path, np.tile(ROWS, 2).astype(number)))
    assert part.dtype == str(np.dtype(number))
    assert part.norms.max == pytest.approx(17 * math.sqrt(2))
    assert part.duplicates.first == ((1, 4),)
    assert part.preview[0] == (3, 4, 3, 4)


def test_bfloat16_where_it_is_said(tmp_path: Path) -> None:
    bits = (ROWS.view(np.uint32) >> 16).astype(np.uint16)
    path = npy(tmp_path, bits.view("V2"))
    part = vectors(path, dtype="bfloat16")
    assert (part.dtype, part.norms.max) == ("bfloat16", 17)
    with pytest.raises(BadInput, match="say --dtype bfloat16"):
        cc.info(path)
    with pytest.raises(NeedlessType, match="Leave --dtype out"):
        cc.info(npy(tmp_path, np.arange(4)), dtype="bfloat16")


# Lengths, bad rows, copies.


def test_rows_of_length_one_are_said_to_be_unit(tmp_path: Path) -> None:
    turned = np.linspace(0, 3, 9)
    unit = np.column_stack([np.cos(turned), np.sin(turned)])
    assert vectors(npy(tmp_path, unit * 1.0009)).norms.unit is True
    assert vectors(npy(tmp_path, unit * 1.002)).norms.unit is False


def test_lengths_whose_squares_leave_the_range(tmp_path: Path) -> None:
    norms = vectors(npy(tmp_path, [[3e200, 4e200], [3e-200, 4e-200], [1.0, 0.0]])).norms
    assert (norms.min, norms.median) == (5e-200, 1.0)
    assert norms.max == pytest.approx(5e200, rel=1e-15)


def test_bad_rows_of_an_array_are_reported_and_not_stopped_at(tmp_path: Path) -> None:
    rows = np.arange(1.0, 31.0).reshape(10, 3)
    rows[1, 0] = rows[4] = np.nan
    rows[2, 2] = -np.inf
    rows[7] = rows[8] = 0
    rows[9, 0], rows[9, 1] = np.inf, np.nan
    part = vectors(npy(tmp_path, rows))
    assert part.bad.nan == Found(3, (1, 4, 9))
    assert part.bad.infinity == Found(1, (2,))
    assert part.bad.zero == Found(2, (7, 8))
    assert (part.bad.null, part.bad.ragged) == (Found(), Found())
    assert part.bad.rows == 6
    assert (part.norms.rows, part.norms.min) == (6, 0.0)
    assert part.duplicates.first == ((7, 8),)
    assert part.preview[1] == (None, 5.0, 6.0)
    (warning,) = cc.info(tmp_path / "emb.npy").warnings
    assert "6 of 10 rows cannot be used: 3 with NaN, 1 with infinity, 2 of only zeros" in warning


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "arrows"])
def test_null_and_ragged_rows_of_a_table_are_told_apart(tmp_path: Path, suffix: str) -> None:
    listed: list[Any] = [[3.0, 4.0], None, [1.0], [1.0, None], [0.0, 1.0], [], [1.0, 2.0, 3.0]]
    listed += [[0.0, 0.0], [math.nan, 1.0], [math.inf, 1.0], [3.0, 4.0]]
    part = vectors(write(tmp_path / f"emb.{suffix}", {"emb": pa.array(listed, SCHEMA)}))
    assert part.shape == (11, 2)
    assert part.bad.null == Found(2, (1, 3))
    assert part.bad.ragged == Found(3, (2, 5, 6))
    assert part.bad.zero == Found(1, (7,))
    assert part.bad.nan == Found(1, (8,))
    assert part.bad.infinity == Found(1, (9,))
    assert part.bad.rows == 8
    assert (part.norms.rows, part.norms.max) == (4, 5.0)
    assert part.duplicates.first == ((0, 10),)
    assert part.preview == ((3.0, 4.0), None, None)


def test_nulls_of_fixed_lists_of_matrices_and_of_lists_of_lists(tmp_path: Path) -> None:
    fixed = pa.array([[1.0, 2.0], None, [3.0, None]], pa.list_(pa.float32(), 2))
    columns = {"x_0": pa.array([1.0, None, 3.0]), "x_1": pa.array([1, 2, 3])}
    nested = pa.array([[[1.0, 2.0]] * 3, None, [[1.0, 2.0]], [[1.0], [1.0], [1.0]]])
    assert vectors(write(tmp_path / "a.parquet", {"emb": fixed})).bad.null == Found(2, (1, 2))
    assert vectors(write(tmp_path / "b.parquet", columns)).bad.null == Found(1, (1,))
    part = vectors(write(tmp_path / "c.parquet", {"emb": nested}))
    assert part.shape == (4, 3, 2)
    assert part.bad.null == Found(3, (3, 4, 5))
    assert part.bad.ragged == Found(6, (6, 7, 8, 9, 10))


def test_bad_rows_of_shards_are_counted_over_all_of_them(tmp_path: Path) -> None:
    (tmp_path / "emb").mkdir()
    for number, rows in enumerate(([[1.0, 2.0], None], [[1.0, 2.0], [1.0]], [[math.nan, 1.0]])):
        write(tmp_path / "emb" / f"{number}.parquet", {"emb": pa.array(rows, SCHEMA)})
    part = vectors(tmp_path / "emb")
    assert part.shape == (5, 2)
    assert part.bad.null == Found(1, (1,))
    assert part.bad.ragged == Found(1, (3,))
    assert part.bad.nan == Found(1, (4,))
    assert part.duplicates.first == ((0, 2),)


def test_a_file_without_one_usable_row_is_reported(tmp_path: Path) -> None:
    part = vectors(npy(tmp_path, np.full((3, 2), np.nan)))
    assert part.bad.nan == Found(3, (0, 1, 2))
    assert part.norms.rows == 0
    assert math.isnan(part.norms.median)
    assert (part.duplicates.rows, part.duplicates.distinct) == (0, 0)


def test_a_signaling_nan_is_nan(tmp_path: Path) -> None:
    rows = ROWS.copy()
    rows.view(np.uint32)[1, 0] = 0x7F800001
    part = vectors(npy(tmp_path, rows))
    assert part.bad.nan == Found(1, (1,))
    assert part.duplicates.rows == 0


def test_only_the_first_bad_rows_are_named(tmp_path: Path) -> None:
    assert vectors(npy(tmp_path, np.zeros((99, 2)))).bad.zero == Found(99, (0, 1, 2, 3, 4))


def test_copies_are_counted_with_the_first_that_they_equal(tmp_path: Path) -> None:
    rows = np.array([[1, 2, 0], [5, 6, 0], [1, 2, -0.0], [7, 8, 0], [1, 2, 0], [5, 6, 0]])
    found = vectors(npy(tmp_path, rows)).duplicates
    assert (found.rows, found.distinct) == (5, 3)
    assert found.first == ((0, 2), (0, 4), (1, 5))


def test_the_first_copies_of_many(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(1000, 3))
    found = vectors(npy(tmp_path, np.concatenate([rows, rows]))).duplicates
    assert (found.rows, found.distinct) == (2000, 1000)
    assert found.first == tuple((row, row + 1000) for row in range(5))


def test_one_number_that_differs_makes_no_copy(tmp_path: Path) -> None:
    rows = np.ones((2, 5))
    rows[1, 4] = np.nextafter(1, 2)
    assert vectors(npy(tmp_path, rows)).duplicates.rows == 0


# Memory.


def test_a_large_file_takes_no_more_than_the_bound(tmp_path: Path) -> None:
    path = npy(tmp_path, np.random.default_rng(0).normal(size=(60_000, 64)).astype(np.float32))
    bound = 8 * 2**20
    assert path.stat().st_size > 1.5 * bound
    cc.info(path)  # what is imported and compiled once is no part of it
    tracemalloc.start()
    part = vectors(path, resources=cc.Resources(memory=bound))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < bound
    assert part.norms.rows == 60_000


def test_a_bound_that_is_too_low_names_the_least_that_works(tmp_path: Path) -> None:
    path = npy(tmp_path, np.ones((100_000, 2)))
    with pytest.raises(TooLittleMemory, match="Give --memory 7MiB or more"):
        cc.info(path, resources=cc.Resources(memory=2**20))
    assert vectors(path, resources=cc.Resources(memory=7 * 2**20)).rows == 100_000
    with pytest.raises(TooLittleMemory, match="for 100000 rows of"):
        cc.info(npy(tmp_path, np.arange(100_000)), resources=cc.Resources(memory=2**20))


def test_progress_is_told_in_rows(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = npy(tmp_path, np.ones((50_000, 4)))
    cc.info(path, resources=cc.Resources(progress=lambda done, total: seen.append((done, total))))
    assert seen[0] == (0, 50_000)
    assert len(seen) > 3
    assert seen == sorted(seen)


# What is in a file, and what of it is taken.


def test_the_columns_of_a_table_are_named_with_what_they_hold(tmp_path: Path) -> None:
    columns = {
        "id": [7, 8],
        "emb": lists(ROWS[:2]),
        "other": lists(ROWS[:2]),
        "label": ["a", "b"],
        "weight": [0.5, 1.0],
        "match": [1, 0],
        "at": pa.array([0, 1], pa.timestamp("s")),
    }
    found = cc.info(write(tmp_path / "emb.parquet", columns))
    assert {each.name: each.holds for each in found.entries} == {
        "id": "ids",
        "emb": "vectors",
        "other": "vectors",
        "label": "labels",
        "weight": "values",
        "match": "match",
        "at": "other",
    }
    assert [each.name for each in found.entries if each.taken] == ["emb", "label", "match"]
    assert found.vectors[0].name.endswith("emb.parquet::emb")
    assert found.vectors[0].chosen == "a recognised name"


def test_columns_that_are_one_matrix_are_one(tmp_path: Path) -> None:
    found = cc.info(write(tmp_path / "emb.parquet", {"y": np.arange(7), **matrix(ROWS)}))
    assert [(each.name, each.type) for each in found.entries] == [
        ("y", "int64"),
        ("dim", "2 columns of float"),
    ]
    assert found.vectors[0].norms.max == 17


def test_several_columns_of_which_none_is_recognised_are_all_looked_into(tmp_path: Path) -> None:
    path = write(tmp_path / "emb.parquet", {"a": lists(ROWS), "b": lists(2 * ROWS)})
    found = cc.info(path)
    assert [part.norms.max for part in found.vectors] == [17, 34]
    assert "2 vector columns among: a: " in found.problem
    assert any(found.problem in warning for warning in found.warnings)
    assert list(ways(path)) == [
        "contrast metrics emb.parquet::a",
        "contrast metrics emb.parquet::b",
    ]


def test_one_column_or_array_of_a_name(tmp_path: Path) -> None:
    path = write(tmp_path / "emb.parquet", {"a": lists(ROWS), "n": np.arange(7)})
    part = vectors(f"{path}::a")
    assert (part.name, part.chosen) == (f"{path}::a", "asked for")
    assert labels(f"{path}::n").classes == 7
    np.savez(tmp_path / "two.npz", z=ROWS, w=2 * ROWS)
    assert vectors(f"{tmp_path}/two.npz::w").norms.max == 34
    with pytest.raises(BadInput, match="Known: a, n"):
        cc.info(f"{path}::b")
    with pytest.raises(BadInput, match=r"A \.npy file has no columns"):
        cc.info(f"{npy(tmp_path, ROWS)}::a")


def test_arrays_of_a_file_are_told_apart(tmp_path: Path) -> None:
    arrays: dict[str, Any] = {"emb": ROWS, "y": np.arange(7), "mask": np.ones((2, 2), bool)}
    np.savez(tmp_path / "a.npz", **arrays)
    for path in (tmp_path / "a.npz", safetensors(tmp_path / "a.safetensors", arrays)):
        found = cc.info(path)
        held = {each.name: (each.holds, each.taken) for each in found.entries}
        assert held["emb"] == ("vectors", True)
        assert held["y"] == ("labels", True)
        assert held["mask"] == ("other", False)


def test_a_file_that_holds_nothing_readable_says_why(tmp_path: Path) -> None:
    for array, message in (
        (np.ones((2, 3), complex), "Take the real part"),
        (np.ones((2, 2), bool), "dtype bool"),
        (np.ones((2, 3, 4, 5)), "Flatten to one vector per row"),
        (np.ones((0, 3)), "it saved nothing"),
        (np.array(3.0), r"shape \(\)"),
    ):
        with pytest.raises(BadInput, match=message):
            cc.info(npy(tmp_path, array))
    (tmp_path / "emb.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    with pytest.raises(BadInput, match="an HDF5 file"):
        cc.info(tmp_path / "emb.h5")
    with pytest.raises(BadInput, match="no file of that name"):
        cc.info(tmp_path / "none.npy")
    with pytest.raises(BadParameter, match="Save the array with"):
        cc.info(ROWS)  # type: ignore[arg-type]


def test_columns_of_which_none_is_recognised_are_listed(tmp_path: Path) -> None:
    found = cc.info(write(tmp_path / "a.parquet", {"p": ["a", "b"], "q": [1, 2]}))
    assert found.parts == ()
    assert found.shape == ()
    assert [each.holds for each in found.entries] == ["values", "values"]
    assert "0 vector columns among: p: string, q: int64" in found.problem
