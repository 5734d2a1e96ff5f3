"""Several files as one: their order, their lengths, what they must have in common."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from saved import lists, write

import contrastive_core as cc
from contrastive_core.errors import BadInput
from contrastive_core.sources import Source, open_source, read_labels
from contrastive_core.sources.natural import in_order, matcher

Rows = npt.NDArray[Any]

VECTORS = np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)


def only(path: Path | str) -> Source:
    (source,) = open_source(path)
    return source


def refused(path: Path | str) -> BadInput:
    with pytest.raises(BadInput) as error:
        open_source(path)
    raised = error.value
    assert raised.expected
    assert raised.got
    assert raised.remedy.endswith(".")
    return raised


def shards(folder: Path, lengths: list[int], rows: Rows = VECTORS, stem: str = "emb_") -> Path:
    """Rows as .npy files of some lengths, numbered without zeros."""
    folder.mkdir(exist_ok=True)
    start = 0
    for number, length in enumerate(lengths):
        np.save(folder / f"{stem}{number}.npy", rows[start : start + length])
        start += length
    return folder


def test_numbers_in_names_are_ordered_as_numbers() -> None:
    names = ["emb_10", "emb_9", "emb_1", "b", "a2x10", "a2x9", "a10", "emb_01", "10", "9", ""]
    assert in_order(names) == [
        "", "9", "10", "a2x9", "a2x10", "a10", "b", "emb_01", "emb_1", "emb_9", "emb_10",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("a/*.npy", "a/b.npy", True),
        ("a/*.npy", "a/b/c.npy", False),
        ("a/**/*.npy", "a/b/c/d.npy", True),
        ("a/**/*.npy", "a/d.npy", True),
        ("a/e[0-9].npy", "a/e7.npy", True),
        ("a/e[!0-9].npy", "a/e7.npy", False),
        ("a/e?.npy", "a/ex.npy", True),
        ("a/e.npy", "a/exnpy", False),
    ],
)
def test_patterns_stay_within_folders_unless_they_say_otherwise(
    pattern: str, name: str, fits: bool
) -> None:
    assert (matcher(pattern).fullmatch(name) is not None) is fits


@pytest.mark.parametrize("how", ["{folder}", "{folder}/", "{folder}/*.npy", "{folder}/emb_*"])
def test_shards_of_mixed_lengths_follow_one_another_in_natural_order(
    tmp_path: Path, how: str
) -> None:
    folder = shards(tmp_path / "emb", [3, 1, 2, 4, 1, 1, 5, 3, 3, 2, 7, 8])
    source = only(how.format(folder=folder))
    assert source.shape == (40, 6)
    assert np.array_equal(source.read(0, 40), VECTORS)
    for start, stop in [(0, 2), (2, 9), (9, 9), (8, 40), (39, 40), (5, 6), (40, 40)]:
        assert np.array_equal(source.read(start, stop), VECTORS[start:stop])


def test_a_loss_of_shards_is_that_of_the_whole(tmp_path: Path) -> None:
    folder = shards(tmp_path / "emb", [11, 9, 20])
    found = cc.loss("infonce", folder)
    assert found.value == cc.loss("infonce", VECTORS).value
    assert found.inputs[0].path == str(folder)
    assert found.inputs[0].shape == (40, 6)


def test_types_of_numbers_may_differ_from_shard_to_shard(tmp_path: Path) -> None:
    np.save(tmp_path / "e0.npy", VECTORS[:5].astype(np.float16))
    np.save(tmp_path / "e1.npy", VECTORS[5:8].astype(np.float64))
    np.save(tmp_path / "e2.npy", np.array([[1, 2, 3, 4, 5, 6]], np.int8))
    source = only(tmp_path)
    assert str(source.dtype) == "float64"
    assert source.stored == "float16 and float64 and int8"
    read = source.read(0, 9)
    assert np.array_equal(read[:5], VECTORS[:5].astype(np.float16))
    assert np.array_equal(read[5:8], VECTORS[5:8])
    assert read[8].tolist() == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("lengths", [[0, 20, 20], [20, 0, 20], [20, 20, 0], [0, 0, 40]])
def test_an_empty_shard_is_passed_over(tmp_path: Path, lengths: list[int]) -> None:
    source = only(shards(tmp_path / "emb", lengths))
    assert np.array_equal(source.read(0, 40), VECTORS)


def test_an_empty_shard_of_a_table_is_passed_over(tmp_path: Path) -> None:
    for number, rows in enumerate((VECTORS[:0], VECTORS[:7], VECTORS[7:7], VECTORS[7:])):
        write(tmp_path / f"e{number}.parquet", {"emb": lists(rows)})
    assert np.array_equal(only(tmp_path).read(0, 40), VECTORS)


def test_shards_that_are_all_empty_are_refused(tmp_path: Path) -> None:
    assert refused(shards(tmp_path / "emb", [0, 0])).got == "shape (0, 6)"


def test_rows_of_another_length_name_the_shard(tmp_path: Path) -> None:
    folder = shards(tmp_path / "emb", [20, 20])
    np.save(folder / "emb_2.npy", np.ones((3, 7)))
    raised = refused(folder)
    assert raised.what == f"{folder}/emb_2.npy"
    assert raised.got == "shape (3, 7)"


def test_a_damaged_shard_is_named(tmp_path: Path) -> None:
    folder = shards(tmp_path / "emb", [20, 20])
    path = folder / "emb_1.npy"
    path.write_bytes(path.read_bytes()[:-1])
    assert refused(folder).what == str(path)


def test_labels_beside_their_embeddings_are_named(tmp_path: Path) -> None:
    folder = shards(tmp_path / "emb", [20, 20])
    np.save(folder / "labels.npy", np.arange(40))
    raised = refused(folder)
    assert raised.what == f"{folder}/labels.npy"
    assert raised.got == "shape (40,)"


def test_a_bad_row_of_a_table_names_the_shard(tmp_path: Path) -> None:
    write(tmp_path / "e0.parquet", {"emb": lists(VECTORS)})
    write(tmp_path / "e1.parquet", {"emb": [[1.0] * 6, None]})
    with pytest.raises(BadInput) as error:
        cc.loss("infonce", tmp_path)
    assert error.value.what == f"{tmp_path}/e1.parquet"


def test_a_shard_without_the_column_is_named(tmp_path: Path) -> None:
    write(tmp_path / "e0.parquet", {"emb": lists(VECTORS)})
    write(tmp_path / "e1.parquet", {"other": lists(VECTORS)})
    raised = refused(tmp_path)
    assert raised.what == f"{tmp_path}/e1.parquet"
    assert raised.got == "'emb'"


def test_hidden_and_marking_files_of_a_folder_are_passed_over(tmp_path: Path) -> None:
    folder = shards(tmp_path / "emb", [40])
    for name in ("_SUCCESS", ".emb_0.npy.crc", "README.md", "state.json", "_tmp.npy"):
        (folder / name).write_bytes(b"x")
    (folder / ".git").mkdir()
    source = only(folder)
    assert source.shape == (40, 6)
    assert len(source.facts.passed_over) == 5
    assert source.facts.groups == (40,)


def test_a_folder_of_two_formats_is_refused(tmp_path: Path) -> None:
    folder = shards(tmp_path / "emb", [20, 20])
    write(folder / "e.parquet", {"emb": lists(VECTORS)})
    raised = refused(folder)
    assert raised.got == "a folder with 2 .npy and 1 Parquet files"
    assert raised.remedy == f"Name the files: '{folder}/*.npy' or '{folder}/*.parquet'."
    assert only(f"{folder}/*.npy").shape == (40, 6)


def test_a_folder_of_folders_is_refused_until_it_is_named(tmp_path: Path) -> None:
    shards(tmp_path / "part=1", [20])
    shards(tmp_path / "part=0", [20], VECTORS[20:])
    raised = refused(tmp_path)
    assert "further folders" in raised.got
    assert only(f"{tmp_path}/**/*.npy").shape == (40, 6)


def test_a_pattern_that_names_nothing_is_refused(tmp_path: Path) -> None:
    assert refused(f"{tmp_path}/*.npy").got == "none"


def test_a_file_that_is_called_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    np.save(tmp_path / "e[1].npy", VECTORS)
    np.save(tmp_path / "e1.npy", VECTORS + 1)
    assert np.array_equal(only(tmp_path / "e[1].npy").read(0, 40), VECTORS)


def test_a_column_of_shards_is_picked_by_name(tmp_path: Path) -> None:
    for number in range(3):
        rows = VECTORS[number * 10 : number * 10 + 10]
        write(tmp_path / f"e{number}.parquet", {"a": lists(rows), "b": lists(rows + 1)})
    for place in (f"{tmp_path}::b", f"{tmp_path}/*.parquet::b"):
        assert np.array_equal(only(place).read(0, 30), VECTORS[:30] + 1)
    assert f"{tmp_path}::a" in refused(tmp_path).remedy


def test_related_columns_of_shards_are_two_views(tmp_path: Path) -> None:
    for number in range(2):
        rows = VECTORS[number * 20 : number * 20 + 20]
        write(tmp_path / f"e{number}.parquet", {"z2": lists(rows + 1), "z1": lists(rows)})
    expected = cc.loss("infonce", VECTORS, VECTORS + 1).value
    assert cc.loss("infonce", tmp_path).value == expected


@pytest.mark.parametrize("suffix", [".npy", ".parquet"])
def test_shards_of_views_join_along_their_rows(tmp_path: Path, suffix: str) -> None:
    views = VECTORS.reshape(10, 2, 12)
    for number, rows in enumerate((views[:3], views[3:4], views[4:])):
        path = tmp_path / f"e{number}{suffix}"
        np.save(path, rows) if suffix == ".npy" else write(path, {"emb": lists(rows)})
    source = only(tmp_path)
    assert source.shape == (10, 2, 12)
    assert np.array_equal(source.read(2, 9), views[2:9])
    assert np.array_equal(source.flat().read(5, 17), views.reshape(20, 12)[5:17])
    expected = cc.loss("nt-xent", views).value
    assert cc.loss("nt-xent", tmp_path).value == expected


def test_labels_come_from_shards_too(tmp_path: Path) -> None:
    names = np.array(["b", "a", "c", "a"] * 10)
    folder = shards(tmp_path / "y", [3, 0, 7, 30], names)
    assert read_labels(folder, 40).codes.tolist() == [1, 0, 2, 0] * 10
    parts: list[list[Any]] = [["b", None], ["a"], [None, "b"]]
    for number, part in enumerate(parts):
        write(tmp_path / f"y{number}.parquet", {"y": part, "n": [number] * len(part)})
    labels = read_labels(f"{tmp_path}/y*.parquet::y", 5)
    assert labels.codes.tolist() == [1, -1, 0, -1, 1]
    assert (labels.classes, labels.nulls) == (["a", "b"], 2)


def test_a_column_of_the_shards_needs_no_path(tmp_path: Path) -> None:
    classes = np.arange(40) % 4
    for number in range(2):
        part = slice(number * 20, number * 20 + 20)
        columns = {"emb": lists(VECTORS[part]), "label": classes[part]}
        write(tmp_path / f"e{number}.parquet", columns)
    expected = cc.loss("supcon", VECTORS, labels=classes).value
    assert cc.loss("supcon", tmp_path, labels="::label").value == expected


@pytest.mark.parametrize(
    ("parts", "got"),
    [
        ([["a"], [1]], "strings in some files, numbers in others"),
        (
            [np.array([1], np.uint64), np.array([-1])],
            "integers with and without a sign, of 64 bits",
        ),
        ([[True], [1]], "bools in some files, numbers in others"),
    ],
)
def test_labels_of_two_kinds_are_refused(tmp_path: Path, parts: list[Any], got: str) -> None:
    for number, part in enumerate(parts):
        write(tmp_path / f"y{number}.parquet", {"y": part})
    with pytest.raises(BadInput) as error:
        read_labels(tmp_path, 2)
    assert error.value.got == got


def test_a_number_of_labels_is_that_of_all_shards(tmp_path: Path) -> None:
    folder = shards(tmp_path / "y", [3, 4], np.arange(7))
    with pytest.raises(BadInput) as error:
        read_labels(folder, 6)
    assert error.value.what == str(folder)
    assert error.value.got == "7 labels"


def test_few_files_are_open_at_a_time(tmp_path: Path) -> None:
    folder = shards(tmp_path / "emb", [1] * 40)
    for number in range(40, 1200):
        np.save(folder / f"emb_{number}.npy", VECTORS[number % 40][None])
    source = only(folder)
    assert np.array_equal(source.read(1160, 1200), VECTORS)
