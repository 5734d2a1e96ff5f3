"""What relates rows to each other: labels, pairs, triplets, matches, noise; every way to get it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
import pytest

from contrastive_core.errors import BadInput
from contrastive_core.sources import (
    is_path,
    open_source,
    read_labels,
    read_match,
    read_noise,
    read_pairs,
    read_targets,
    read_triplets,
)

FORMATS = ("parquet", "arrow")
WAYS = ("npy", "array", "list", "parquet", "arrow")
TABLES: dict[str, tuple[str, ...]] = {
    "pairs": ("i", "j", "y"),
    "triplets": ("anchor", "positive", "negative"),
}
READERS: dict[str, Callable[[Any], Any]] = {
    "labels": lambda given: read_labels(given, 4),
    "targets": lambda given: read_targets(given, 4, 3),
    "pairs": lambda given: read_pairs(given, 4),
    "triplets": lambda given: read_triplets(given, 4),
    "match": lambda given: read_match(given, 4),
    "noise": lambda given: read_noise(given, 4, sum_to_one=False),
}
GOOD: dict[str, list[Any]] = {
    "labels": [1, 0, 2, 1],
    "targets": [1, 0, 2, 1],
    "pairs": [[0, 1, 1], [2, 3, 0]],
    "triplets": [[0, 1, 2], [3, 2, 1]],
    "match": [1, 0, 0, 1],
    "noise": [1, 1, 1, 1],
}
"""Values that each reader takes, as integers."""


def table(path: Path, columns: dict[str, Any], chunk: int = 3) -> str:
    """Write a table in row groups or record batches of `chunk` rows."""
    written = pa.table(columns)
    if path.suffix == ".parquet":
        pa.parquet.write_table(written, path, row_group_size=chunk)
    else:
        with pa.ipc.new_file(path, written.schema) as writer:
            writer.write_table(written, max_chunksize=chunk)
    return str(path)


def npy(path: Path, array: Any, **how: Any) -> str:
    np.save(path, array, **how)
    return str(path)


def given(folder: Path, way: str, values: list[Any], kind: str = "labels") -> Any:
    """The same values as a file or in memory."""
    if way == "list":
        return values
    if way == "array":
        return np.array(values)
    if way == "npy":
        return npy(folder / "given.npy", np.array(values))
    if kind not in TABLES:
        return table(folder / f"given.{way}", {"only": values})
    columns = dict(zip(TABLES[kind], zip(*values, strict=True), strict=False))
    return table(folder / f"given.{way}", {name: list(held) for name, held in columns.items()})


def refused(reader: str | Callable[[Any], Any], wrong: Any, what: str | None = None) -> BadInput:
    """The error of reading, which must be complete and name what is at fault."""
    with pytest.raises(BadInput) as error:
        (READERS[reader] if isinstance(reader, str) else reader)(wrong)
    raised = error.value
    if what is not None:
        assert raised.what == what
    elif isinstance(wrong, str | os.PathLike):
        assert raised.what == str(wrong)
    elif isinstance(reader, str):
        assert raised.what == ("labels" if reader == "targets" else reader)
    assert raised.expected
    assert raised.got
    assert raised.remedy.endswith(".")
    assert str(raised) == f"{raised.what}: expected {raised.expected}, got {raised.got}. " + (
        raised.remedy
    )
    return raised


# Labels.


@pytest.mark.parametrize("way", WAYS)
def test_integer_labels_are_numbered_in_their_order(tmp_path: Path, way: str) -> None:
    labels = read_labels(given(tmp_path, way, [30, -5, 7, 30]), 4)
    assert labels.codes.dtype == np.int64
    assert labels.codes.tolist() == [2, 0, 1, 2]
    assert labels.classes == [-5, 7, 30]
    assert all(type(name) is int for name in labels.classes)
    assert labels.nulls == 0


@pytest.mark.parametrize("way", WAYS)
def test_string_labels_are_numbered_in_the_order_of_their_names(tmp_path: Path, way: str) -> None:
    labels = read_labels(given(tmp_path, way, ["dog", "cat", "10", "dog", "é", "9"]), 6)
    assert labels.codes.dtype == np.int64
    assert labels.codes.tolist() == [3, 2, 0, 3, 4, 1]
    assert labels.classes == ["10", "9", "cat", "dog", "é"]
    assert all(type(name) is str for name in labels.classes)


@pytest.mark.parametrize("way", WAYS)
def test_integral_floats_are_integer_labels(tmp_path: Path, way: str) -> None:
    labels = read_labels(given(tmp_path, way, [2.0, -0.0, 2.0, 0.0]), 4)
    assert labels.codes.tolist() == [1, 0, 1, 0]
    assert labels.classes == [0, 2]
    assert all(type(name) is int for name in labels.classes)


@pytest.mark.parametrize("kind", ["i1", "u2", ">i4", "<i8", "u8", "f2", "f4", ">f8", "g"])
def test_labels_of_every_number_type_are_the_same(tmp_path: Path, kind: str) -> None:
    labels = read_labels(npy(tmp_path / "y.npy", np.array([5, 3, 5], kind)), 3)
    assert labels.codes.tolist() == [1, 0, 1]
    assert labels.classes == [3, 5]


def test_large_integers_stay_apart(tmp_path: Path) -> None:
    large = np.array([2**64 - 1, 2**64 - 2, 2**64 - 1], np.uint64)
    for way in (large, npy(tmp_path / "y.npy", large), table(tmp_path / "y.parquet", {"y": large})):
        labels = read_labels(way, 3)
        assert labels.codes.tolist() == [1, 0, 1]
        assert labels.classes == [2**64 - 2, 2**64 - 1]


@pytest.mark.parametrize("array", [np.array(["b", "a", "b"]), np.array([b"b", b"a", b"b"])])
def test_unicode_and_bytes_are_the_same_labels(tmp_path: Path, array: Any) -> None:
    for way in (array, npy(tmp_path / "y.npy", array), array.tolist(), array.astype(object)):
        labels = read_labels(way, 3)
        assert labels.codes.tolist() == [1, 0, 1]
        assert labels.classes == ["a", "b"]


def test_a_column_of_shape_n_by_1_is_one_label_per_row(tmp_path: Path) -> None:
    column = np.array([[4], [2], [4]])
    for way in (column, column.tolist(), npy(tmp_path / "y.npy", np.asfortranarray(column))):
        assert read_labels(way, 3).codes.tolist() == [1, 0, 1]


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    "column",
    [
        pa.array([7, None, 3, 7, None], pa.int32()),
        pa.array([7, None, 3, 7, None], pa.uint64()),
        pa.array([7.0, None, 3.0, 7.0, None], pa.float64()),
        pa.array(np.array([7, 0, 3, 7, 0], "f2"), mask=np.array([0, 1, 0, 0, 1], bool)),
        pa.array(["b", None, "a", "b", None], pa.string()),
        pa.array(["b", None, "a", "b", None], pa.large_string()),
        pa.array(["b", None, "a", "b", None]).dictionary_encode(),
        pa.array([7, None, 3, 7, None]).dictionary_encode(),
        pa.array([7.0, None, 3.0, 7.0, None]).dictionary_encode(),
    ],
    ids=lambda column: str(column.type),
)
def test_null_labels_are_minus_one_and_counted(tmp_path: Path, suffix: str, column: Any) -> None:
    labels = read_labels(table(tmp_path / f"y.{suffix}", {"y": column}, chunk=5), 5)
    assert labels.codes.dtype == np.int64
    assert labels.codes.tolist() == [1, -1, 0, 1, -1]
    assert labels.classes in (["a", "b"], [3, 7])
    assert labels.nulls == 2


def test_a_dictionary_may_hold_a_null_a_name_twice_and_one_without_rows(tmp_path: Path) -> None:
    column = pa.DictionaryArray.from_arrays([3, 1, 2, 0, 1], ["b", None, "a", "b", "unused"])
    labels = read_labels(table(tmp_path / "y.arrow", {"y": column}, chunk=5), 5)
    assert labels.codes.tolist() == [1, -1, 0, 1, -1]
    assert labels.classes == ["a", "b"]
    assert labels.nulls == 2


@pytest.mark.parametrize("suffix", FORMATS)
def test_labels_may_change_from_batch_to_batch(tmp_path: Path, suffix: str) -> None:
    names = ["z", "z", "y", None, "a", "z", "m"]
    expected = [3, 3, 2, -1, 0, 3, 1]
    plain = table(tmp_path / f"plain.{suffix}", {"y": pa.array(names)}, chunk=2)
    assert read_labels(plain, 7).codes.tolist() == expected
    if suffix == "parquet":
        coded = {"y": pa.array(names).dictionary_encode()}
        path = table(tmp_path / "coded.parquet", coded, chunk=2)
        assert read_labels(path, 7).codes.tolist() == expected


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ([7, None, 3], [3, 7]),
        (["b", None, "a"], ["a", "b"]),
        ([7.0, None, 3], [3, 7]),
        ([np.int64(7), None, np.float32(3)], [3, 7]),
        ([np.str_("b"), None, b"a"], ["a", "b"]),
    ],
)
def test_none_in_a_list_is_a_null_label(values: list[Any], classes: list[Any]) -> None:
    for way in (values, tuple(values), np.array(values, dtype=object)):
        labels = read_labels(way, 3)
        assert labels.codes.tolist() == [1, -1, 0]
        assert labels.classes == classes
        assert {type(name) for name in labels.classes} == {type(classes[0])}
        assert labels.nulls == 1


def test_masked_values_are_null_labels() -> None:
    labels = read_labels(np.ma.array([7, 9, 3], mask=[False, True, False]), 3)
    assert labels.codes.tolist() == [1, -1, 0]
    assert labels.classes == [3, 7]


def test_labels_that_are_all_null_have_no_class(tmp_path: Path) -> None:
    column = pa.array([None, None], pa.string())
    for way in ([None, None], table(tmp_path / "y.parquet", {"y": column})):
        labels = read_labels(way, 2)
        assert labels.codes.tolist() == [-1, -1]
        assert labels.classes == []
        assert labels.nulls == 2


def test_an_empty_string_is_a_class_of_its_own() -> None:
    assert read_labels(["a", "", None], 3).codes.tolist() == [1, 0, -1]


def test_labels_do_not_hold_the_array_they_came_from() -> None:
    targets = np.array([0, 1, 2])
    read = read_targets(targets, 3, 3).numbers
    targets[:] = 0
    assert read.tolist() == [0, 1, 2]


# Which column.


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("name", ["label", "labels", "y", "class", "target"])
def test_a_recognised_column_is_taken_among_several(tmp_path: Path, suffix: str, name: str) -> None:
    path = table(tmp_path / f"t.{suffix}", {"id": [5, 6, 7], name: [1, 0, 1], "z": [0, 0, 0]})
    assert read_labels(path, 3).codes.tolist() == [1, 0, 1]
    assert read_targets(path, 3, 2).numbers.tolist() == [1, 0, 1]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_column_is_taken_by_its_name(tmp_path: Path, suffix: str) -> None:
    path = table(tmp_path / f"t.{suffix}", {"label": [1, 0, 1], "breed": ["x", "y", "y"]})
    assert read_labels(f"{path}::breed", 3).classes == ["x", "y"]
    assert read_labels(Path(f"{path}::breed"), 3).classes == ["x", "y"]
    assert read_match(f"{path}::label", 3).similar.tolist() == [True, False, True]


def test_a_column_of_the_embeddings_needs_no_path(tmp_path: Path) -> None:
    columns = {"emb": [[1.0], [2.0]], "other": [[1.0], [2.0]], "breed": ["b", "a"]}
    path = table(tmp_path / "emb.parquet", columns)
    for beside in (f"{path}::other", f"{path}::emb"):
        (source,) = open_source(beside)
        labels = read_labels("::breed", 2, beside=source)
        assert labels.codes.tolist() == [1, 0]
    numbered = table(tmp_path / "n.parquet", {"emb": [[1.0], [2.0]], "y": [1, 0]})
    (source,) = open_source(numbered)
    assert read_targets("::y", 2, 2, beside=source).numbers.tolist() == [1, 0]


def test_a_path_is_not_looked_for_in_the_embeddings(tmp_path: Path) -> None:
    beside = table(tmp_path / "emb.parquet", {"emb": [[1.0], [2.0]], "y": [0, 0]})
    own = table(tmp_path / "y.parquet", {"y": [1, 2]})
    (source,) = open_source(beside)
    assert read_labels(f"{own}::y", 2, beside=source).classes == [1, 2]


@pytest.mark.parametrize("reader", ["labels", "targets", "match", "noise"])
def test_a_column_without_a_path_names_no_file(reader: str) -> None:
    raised = refused(reader, "::y", "labels" if reader == "targets" else reader)
    assert raised.expected == "the path of a file before '::'"
    assert raised.got == "'::y'"
    assert raised.remedy == "Write PATH::y."


def test_embeddings_in_npy_have_no_column_of_labels(tmp_path: Path) -> None:
    beside = npy(tmp_path / "emb.npy", np.ones((2, 3)))
    (source,) = open_source(beside)
    raised = refused(lambda g: read_labels(g, 2, beside=source), "::y", f"{beside}::y")
    assert raised.expected == f"a path without '::', since {beside} is a .npy file"
    assert raised.got == "column 'y'"
    assert raised.remedy == "A .npy file has no columns: save the labels in a file of their own."


@pytest.mark.parametrize("suffix", FORMATS)
def test_unrecognised_columns_are_listed(tmp_path: Path, suffix: str) -> None:
    path = table(tmp_path / f"t.{suffix}", {"id": [1, 2, 3, 4], "breed": ["a"] * 4})
    raised = refused("labels", path)
    assert raised.expected == (
        "one column, or one that is named label or labels or y or class or target"
    )
    assert raised.got == "none of these among: id: int64, breed: string"
    assert raised.remedy == f"Name the column of labels: {path}::id."


def test_two_recognised_columns_leave_it_open_which_is_meant(tmp_path: Path) -> None:
    path = table(tmp_path / "t.parquet", {"id": [1, 2], "target": [1, 2], "label": [1, 2]})
    raised = refused("labels", path)
    assert raised.got == "2 of these among: id: int64, target: int64, label: int64"
    assert raised.remedy == f"Name the column of labels: {path}::label."


@pytest.mark.parametrize("reader", ["labels", "targets", "match", "noise"])
def test_an_unknown_column_lists_the_known_ones(tmp_path: Path, reader: str) -> None:
    path = table(tmp_path / "t.parquet", {"breed": [1, 0, 1, 0], "id": [1, 2, 3, 4]})
    raised = refused(reader, f"{path}::bred")
    assert raised.expected == "a column of the file"
    assert raised.got == "'bred'"
    assert raised.remedy == "Did you mean 'breed'? Known: breed, id."


def test_a_table_without_columns_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "t.parquet", {})
    assert refused("labels", path).got == "none of these among: none"


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pa.parquet.write_table(pa.Table.from_arrays([pa.array([1])] * 2, names=["y", "y"]), path)
    raised = refused("labels", path)
    assert raised.got == "'y' 2 times"


# Labels that are none.


@pytest.mark.parametrize("reader", ["labels", "targets", "match", "noise"])
@pytest.mark.parametrize("way", WAYS)
def test_another_number_of_rows_is_refused_with_both(tmp_path: Path, way: str, reader: str) -> None:
    noun = {"targets": "labels", "match": "matches", "noise": "probabilities"}.get(reader, reader)
    for count in (3, 5):
        raised = refused(reader, given(tmp_path, way, [1] * count))
        assert raised.expected == f"4 {noun}, one per row"
        assert raised.got == f"{count} {noun}"
        assert raised.remedy == "Write one for each row, in the order of the rows."


@pytest.mark.parametrize("reader", ["labels", "targets", "match", "noise"])
@pytest.mark.parametrize("shape", [(4, 2), (2, 4), (4, 1, 2)])
def test_more_than_one_value_per_row_is_refused(
    tmp_path: Path, reader: str, shape: tuple[int, ...]
) -> None:
    array = np.full(shape, 2)
    for way in (array, npy(tmp_path / "y.npy", array), array.tolist()):
        raised = refused(reader, way)
        assert raised.expected.startswith("4 ")
        assert raised.expected.endswith(", one per row: shape (4,)")
        assert raised.got == f"shape {shape}"
        assert "np.save(" in raised.remedy


def test_a_single_number_in_a_file_is_refused(tmp_path: Path) -> None:
    assert refused("labels", npy(tmp_path / "y.npy", np.array(3))).got == "shape ()"


@pytest.mark.parametrize(
    ("array", "got"),
    [
        ([1, np.nan, 2, np.nan], "NaN in 2 rows (first: 1, 3)"),
        ([np.nan] * 4, "NaN in 4 rows (first: 0, 1, 2, 3)"),
    ],
)
def test_nan_labels_are_refused_and_nulls_are_named(
    tmp_path: Path, array: list[float], got: str
) -> None:
    for way in ("npy", "array", "list"):
        raised = refused("labels", given(tmp_path, way, array))
        assert raised.expected == "labels that are whole numbers or strings"
        assert raised.got == got
        assert raised.remedy == (
            "Labels with gaps belong in a Parquet column with nulls, or in a list with None."
        )
        assert refused("targets", given(tmp_path, way, array)).got == got


def test_nan_is_no_null_in_a_column_either(tmp_path: Path) -> None:
    path = table(tmp_path / "y.parquet", {"y": pa.array([1.0, None, float("nan"), 2.0])})
    assert refused("labels", path).got == "NaN in 1 row (first: 2)"


def test_only_the_first_five_bad_rows_are_named() -> None:
    raised = refused(lambda g: read_labels(g, 8), np.array([1.0] + [np.nan] * 7), "labels")
    assert raised.got == "NaN in 7 rows (first: 1, 2, 3, 4, 5)"


@pytest.mark.parametrize(
    ("array", "got"),
    [
        ([1, 0.5, 2, 1.25], "values with a fraction in 2 rows (first: 1, 3)"),
        ([1, np.inf, 2, -np.inf], "infinite values in 2 rows (first: 1, 3)"),
        (
            [1, 1e300, 2, 3],
            "values beyond 9007199254740992, where float64 lacks whole numbers in 1 row (first: 1)",
        ),
    ],
)
@pytest.mark.parametrize("reader", ["labels", "targets"])
def test_floats_that_are_no_whole_numbers_are_refused(
    tmp_path: Path, reader: str, array: list[float], got: str
) -> None:
    for way in WAYS:
        raised = refused(reader, given(tmp_path, way, array))
        assert raised.got == got
        assert raised.remedy == "Save whole numbers, as integers."


@pytest.mark.parametrize(("kind", "most"), [("f2", 2048), ("f4", 16777216)])
def test_small_floats_hold_labels_as_far_as_they_count(kind: str, most: int) -> None:
    assert read_labels(np.array([most, 1], kind), 2).classes == [1, most]
    wrong = np.array([most + 2, 1, 1, 1], kind)
    assert f"beyond {most}, where {wrong.dtype}" in refused("labels", wrong).got


@pytest.mark.parametrize("way", WAYS)
def test_bools_are_two_classes(tmp_path: Path, way: str) -> None:
    read = read_labels(given(tmp_path, way, [True, False, True, False]), 4)
    assert read.codes.tolist() == [1, 0, 1, 0]
    assert read.classes == ["False", "True"]
    assert read_labels(given(tmp_path, way, [True] * 4), 4).classes == ["True"]


@pytest.mark.parametrize("way", WAYS)
def test_bools_are_the_numbers_of_two_classes_and_of_no_more(tmp_path: Path, way: str) -> None:
    truths = given(tmp_path, way, [True, False, True, False])
    assert read_targets(truths, 4, 2).numbers.tolist() == [1, 0, 1, 0]
    assert refused("targets", truths).got == "bools"


@pytest.mark.parametrize(
    ("values", "got"),
    [
        ([1, "a", 2, "b"], "a string (first: 1), a whole number (first: 0)"),
        (["a", None, float("nan"), "b"], "a float (first: 2), a string (first: 0)"),
        ([1, True, 2, 3], "a bool (first: 1), a whole number (first: 0)"),
        ([1, 2, {}, 3], "a whole number (first: 0), dict (first: 2)"),
        ([1, 2, 3j, 3], "a whole number (first: 0), complex (first: 2)"),
        ([[1], [2, 3], [4], [5]], "list (first: 0)"),
    ],
)
def test_a_list_of_several_kinds_is_refused(values: list[Any], got: str) -> None:
    raised = refused("labels", values)
    assert raised.expected == "labels of one kind, integers or strings"
    assert raised.got == got
    assert raised.remedy == "Make them all of one kind; a missing value is None."


def test_integers_of_more_than_64_bits_are_refused() -> None:
    raised = refused("labels", [1, 2**80, 3, 4])
    assert raised.expected == "whole numbers of at most 64 bits"
    assert raised.got == "1208925819614629174706176"
    assert raised.remedy == "Give them as strings, str(value), if they are names."


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("wrong", [None, 7, {1, 2, 3, 4}, {"a": 1}, b"y.npy"])
def test_what_is_no_array_is_refused(reader: str, wrong: Any) -> None:
    raised = refused(reader, wrong)
    assert raised.expected.startswith("a path, an array or a list of ")
    assert raised.got == type(wrong).__name__
    assert raised.remedy == "Give a NumPy array."


def test_an_array_that_cannot_be_had_says_why() -> None:
    class Far:
        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            raise TypeError("it is on another device")

    got = refused("labels", Far()).got
    assert got == "Far, which becomes no NumPy array: it is on another device"


@pytest.mark.parametrize("reader", READERS)
def test_bytes_that_are_no_utf_8_are_refused(tmp_path: Path, reader: str) -> None:
    array = np.array(GOOD[reader]).astype("S1")
    array[0] = b"\xff"
    raised = refused(reader, npy(tmp_path / "y.npy", array))
    assert raised.expected == "strings in Unicode or UTF-8"
    assert "0xff" in raised.got
    assert "Decode" in raised.remedy


def test_characters_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "y.npy"
    np.save(path, np.array(["a", "b", "c", "d"]))
    path.write_bytes(path.read_bytes()[:-4] + b"\xff\xff\xff\x7f")
    assert refused("labels", path).expected == "strings in Unicode or UTF-8"


# Targets.


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", [int, float])
def test_targets_are_the_class_numbers_as_they_are(tmp_path: Path, way: str, kind: Any) -> None:
    targets = read_targets(given(tmp_path, way, [kind(9), kind(0), kind(5)]), 3, 10).numbers
    assert targets.dtype == np.int64
    assert targets.tolist() == [9, 0, 5]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_null_target_is_minus_one(tmp_path: Path, suffix: str) -> None:
    for kind in (pa.int64(), pa.float32(), pa.uint8()):
        path = table(tmp_path / f"y.{suffix}", {"y": pa.array([1, None, 0], kind)})
        assert read_targets(path, 3, 2).numbers.tolist() == [1, -1, 0]
    assert read_targets([1, None, 0], 3, 2).numbers.tolist() == [1, -1, 0]
    assert read_targets([None, None], 2, 2).numbers.tolist() == [-1, -1]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("values", "got", "remedy"),
    [
        (
            [0, 3, 1, 9],
            "numbers outside in 2 rows (first: 1, 3), such as 3",
            "Check that they were written for these embeddings.",
        ),
        (
            [1, 2, 3, 1],
            "numbers outside in 1 row (first: 2), such as 3",
            "They seem to count from 1: subtract 1.",
        ),
        (
            [1, -100, 2, 0],
            "numbers outside in 1 row (first: 1), such as -100",
            "A row without a class is a null in a Parquet column, or None in a list.",
        ),
    ],
)
def test_targets_of_no_class_are_refused(
    tmp_path: Path, way: str, values: list[int], got: str, remedy: str
) -> None:
    raised = refused("targets", given(tmp_path, way, values))
    assert raised.expected == "class numbers from 0 to 2"
    assert raised.got == got
    assert raised.remedy == remedy


@pytest.mark.parametrize("way", WAYS)
def test_names_of_classes_are_no_targets(tmp_path: Path, way: str) -> None:
    raised = refused("targets", given(tmp_path, way, ["a", "b", "a", "b"]))
    assert raised.expected == "class numbers from 0 to 2"
    assert raised.got == "strings"
    assert raised.remedy == (
        "Write for each row the number of its class: its column or its prototype, from 0 on."
    )


# Pairs.


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", [int, float])
def test_pairs_say_which_are_similar(tmp_path: Path, way: str, kind: Any) -> None:
    rows = [[kind(x) for x in row] for row in [[0, 1, 1], [3, 0, 0], [3, 0, 1], [2, 1, 0]]]
    pairs = read_pairs(given(tmp_path, way, rows, "pairs"), 4)
    assert pairs.i.dtype == pairs.j.dtype == np.int64
    assert pairs.i.tolist() == [0, 3, 3, 2]
    assert pairs.j.tolist() == [1, 0, 0, 1]
    assert pairs.y is not None
    assert pairs.y.dtype == bool
    assert pairs.y.tolist() == [True, False, True, False]


@pytest.mark.parametrize("way", WAYS)
def test_pairs_may_leave_out_what_they_are(tmp_path: Path, way: str) -> None:
    pairs = read_pairs(given(tmp_path, way, [[0, 1], [3, 0]], "pairs"), 4)
    assert pairs.i.tolist() == [0, 3]
    assert pairs.j.tolist() == [1, 0]
    assert pairs.y is None


@pytest.mark.parametrize("suffix", FORMATS)
def test_columns_of_pairs_are_found_by_name_in_any_order(tmp_path: Path, suffix: str) -> None:
    columns = {
        "y": pa.array([True, False]),
        "note": ["x", "z"],
        "j": pa.array([1, 0], pa.uint8()),
        "i": pa.array([0, 3], pa.float32()),
    }
    pairs = read_pairs(table(tmp_path / f"p.{suffix}", columns), 4)
    assert pairs.i.tolist() == [0, 3]
    assert pairs.j.tolist() == [1, 0]
    assert pairs.y is not None
    assert pairs.y.tolist() == [True, False]


def test_pairs_may_lie_in_memory_by_columns(tmp_path: Path) -> None:
    rows = np.asfortranarray([[0, 1, 1], [3, 2, 0]])
    for way in (rows, npy(tmp_path / "p.npy", rows), [(0, 1, 1), (3, 2, 0)], list(rows)):
        pairs = read_pairs(way, 4)
        assert (pairs.i.tolist(), pairs.j.tolist()) == ([0, 3], [1, 2])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("rows", "column", "got"),
    [
        ([[0, 1], [4, 1], [0, 9]], "i", "numbers outside in 1 row (first: 1), such as 4"),
        ([[0, 1], [0, 4], [0, 9]], "j", "numbers outside in 2 rows (first: 1, 2), such as 4"),
        ([[0, 1], [-1, 2]], "i", "numbers outside in 1 row (first: 1), such as -1"),
        ([[0, 1.0], [1, 2.5]], "j", "values with a fraction in 1 row (first: 1)"),
        ([[0, 1.0], [np.inf, 2]], "i", "infinite values in 1 row (first: 1)"),
        ([[0, 1.0], [1, np.nan]], "j", "NaN in 1 row (first: 1)"),
        ([["0", "1"], ["1", "2"]], "i", "strings"),
        ([[True, False]], "i", "bools"),
    ],
)
def test_numbers_of_no_row_are_refused(
    tmp_path: Path, way: str, rows: list[Any], column: str, got: str
) -> None:
    raised = refused("pairs", given(tmp_path, way, rows, "pairs"))
    assert raised.expected == f"row numbers from 0 to 3 in {column}"
    assert raised.got == got


@pytest.mark.parametrize(
    ("rows", "remedy"),
    [
        ([[1, 2], [3, 4]], "They seem to count from 1: subtract 1."),
        ([[0, 2], [3, 4]], "Check that they were written for these embeddings."),
        ([[2, 3], [2, 4]], "Check that they were written for these embeddings."),
        ([[0, -2]], "Rows count from 0: a negative number does not count from the end."),
        ([[0, 0.5]], "Save whole numbers, as integers."),
        ([[0, None]], "Leave these rows out when writing the file."),
        ([["a", "b"]], "Write the numbers of the rows, from 0 on."),
    ],
)
def test_numbers_of_no_row_come_with_what_to_do(rows: list[Any], remedy: str) -> None:
    assert refused("pairs", rows).remedy == remedy


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("column", ["i", "j", "y"])
def test_null_pairs_are_refused(tmp_path: Path, suffix: str, column: str) -> None:
    columns: dict[str, list[Any]] = {"i": [0, 1, 2], "j": [1, 2, 3], "y": [1, 1, 1]}
    columns[column] = [1, None, None]
    raised = refused("pairs", table(tmp_path / f"p.{suffix}", columns))
    assert raised.expected.endswith(f" in {column}")
    assert raised.got == "null in 2 rows (first: 1, 2)"


@pytest.mark.parametrize("way", WAYS)
def test_similar_is_1_or_0_and_nothing_else(tmp_path: Path, way: str) -> None:
    rows = [[0, 1, 1], [1, 2, -1], [2, 3, 2]]
    raised = refused("pairs", given(tmp_path, way, rows, "pairs"))
    assert raised.expected == "0 or 1 in y"
    assert raised.got == "other numbers in 2 rows (first: 1, 2), such as -1"
    assert raised.remedy == "Write 1 for similar and 0 (not -1) for dissimilar."


@pytest.mark.parametrize("way", WAYS)
def test_a_row_is_no_pair_of_itself(tmp_path: Path, way: str) -> None:
    raised = refused("pairs", given(tmp_path, way, [[0, 1, 1], [2, 2, 1], [3, 3, 0]], "pairs"))
    assert raised.expected == "pairs of two different rows"
    assert raised.got == "a row paired with itself in 2 rows (first: 1, 2)"
    assert raised.remedy == "Leave these rows out when writing the file."


@pytest.mark.parametrize(
    ("shape", "remedy"),
    [
        ((6,), "Save one row (i, j) or (i, j, y) per pair, or the Parquet columns i, j and y."),
        ((6, 1), "Save one row (i, j) or (i, j, y) per pair, or the Parquet columns i, j and y."),
        ((5, 4), "Save one row (i, j) or (i, j, y) per pair, or the Parquet columns i, j and y."),
        ((2, 6), "It lies on its side: save array.T."),
        ((3, 7), "It lies on its side: save array.T."),
        (
            (2, 2, 2),
            "Save one row (i, j) or (i, j, y) per pair, or the Parquet columns i, j and y.",
        ),
    ],
)
def test_pairs_of_other_shapes_are_refused(
    tmp_path: Path, shape: tuple[int, ...], remedy: str
) -> None:
    array = np.zeros(shape, int)
    for way in (array, npy(tmp_path / "p.npy", array), array.tolist()):
        raised = refused("pairs", way)
        assert raised.expected == "an array of shape (m, 2) or (m, 3): i, j, y"
        assert raised.got == f"shape {shape}"
        assert raised.remedy == remedy


@pytest.mark.parametrize("reader", ["pairs", "triplets"])
def test_at_least_one_row_is_needed(tmp_path: Path, reader: str) -> None:
    none = np.zeros((0, 3), int)
    columns = {name: pa.array([], pa.int64()) for name in TABLES[reader]}
    tables = [table(tmp_path / f"t.{suffix}", columns) for suffix in FORMATS]
    for way in (none, npy(tmp_path / "t.npy", none), *tables):
        raised = refused(reader, way)
        assert raised.expected == f"{reader}, at least one"
        assert raised.got == "no rows"
        assert raised.remedy == "Check the step that wrote them: it saved nothing."


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    ("reader", "needed"), [("pairs", "i, j"), ("triplets", "anchor, positive, negative")]
)
def test_missing_columns_are_named_beside_those_there_are(
    tmp_path: Path, suffix: str, reader: str, needed: str
) -> None:
    path = table(tmp_path / f"t.{suffix}", {"i": [0], "positive": [1], "text": ["a"]})
    raised = refused(reader, path)
    assert raised.expected == f"the columns {needed}"
    assert raised.got == "the columns i: int64, positive: int64, text: string"
    assert raised.remedy == (
        "They are found by their names: rename the columns when writing the file."
    )


@pytest.mark.parametrize(
    ("reader", "names"), [("pairs", "i, j, y"), ("triplets", "anchor, positive, negative")]
)
def test_one_column_is_no_table(tmp_path: Path, reader: str, names: str) -> None:
    path = given(tmp_path, "parquet", GOOD[reader], reader)
    raised = refused(reader, f"{path}::i")
    assert raised.expected == f"a path without '::'; the columns are {names}"
    assert raised.got == "column 'i'"
    assert raised.remedy == f"They are found by their names: give {path} alone."


# Triplets.


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", [int, float])
def test_triplets_are_anchor_positive_negative(tmp_path: Path, way: str, kind: Any) -> None:
    rows = [[kind(x) for x in row] for row in [[0, 1, 2], [3, 0, 1]]]
    triplets = read_triplets(given(tmp_path, way, rows, "triplets"), 4)
    assert triplets.anchor.dtype == triplets.negative.dtype == np.int64
    assert triplets.anchor.tolist() == [0, 3]
    assert triplets.positive.tolist() == [1, 0]
    assert triplets.negative.tolist() == [2, 1]


@pytest.mark.parametrize("suffix", FORMATS)
def test_columns_of_triplets_are_found_by_name_in_any_order(tmp_path: Path, suffix: str) -> None:
    columns = {"negative": [2, 1], "id": [8, 9], "positive": [1, 0], "anchor": [0, 3]}
    triplets = read_triplets(table(tmp_path / f"t.{suffix}", columns), 4)
    assert triplets.anchor.tolist() == [0, 3]
    assert triplets.positive.tolist() == [1, 0]
    assert triplets.negative.tolist() == [2, 1]


@pytest.mark.parametrize("way", WAYS)
def test_an_anchor_is_not_its_own_positive(tmp_path: Path, way: str) -> None:
    raised = refused("triplets", given(tmp_path, way, [[0, 1, 2], [3, 3, 1]], "triplets"))
    assert raised.expected == "an anchor and a positive that are different rows"
    assert raised.got == "an anchor that is its own positive in 1 row (first: 1)"
    assert raised.remedy == "Leave these rows out when writing the file."


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("rows", "column", "got"),
    [
        ([[0, 1, 4]], "negative", "numbers outside in 1 row (first: 0), such as 4"),
        ([[0, -1, 2]], "positive", "numbers outside in 1 row (first: 0), such as -1"),
        ([[0.5, 1, 2]], "anchor", "values with a fraction in 1 row (first: 0)"),
    ],
)
def test_triplets_of_no_row_are_refused(
    tmp_path: Path, way: str, rows: list[Any], column: str, got: str
) -> None:
    raised = refused("triplets", given(tmp_path, way, rows, "triplets"))
    assert raised.expected == f"row numbers from 0 to 3 in {column}"
    assert raised.got == got


@pytest.mark.parametrize(
    ("shape", "how"), [((9, 4), "array[:, [0, 1, 3]]."), ((4, 9), "array.T[:, [0, 1, 3]].")]
)
def test_triplets_of_four_columns_are_told_how_to_become_three(
    tmp_path: Path, shape: tuple[int, ...], how: str
) -> None:
    array = np.zeros(shape, int)
    for way in (array, npy(tmp_path / "t.npy", array)):
        raised = refused("triplets", way)
        assert raised.expected == "an array of shape (m, 3): anchor, positive, negative"
        assert raised.got == f"shape {shape}"
        assert "pytorch-metric-learning (anchor, positive, anchor, negative)" in raised.remedy
        assert raised.remedy.endswith(f"keep columns 0, 1, 3: {how}")


def test_triplets_on_their_side_are_refused() -> None:
    assert refused("triplets", np.zeros((3, 8), int)).remedy == "It lies on its side: save array.T."


@pytest.mark.parametrize("suffix", FORMATS)
def test_vectors_are_no_row_numbers(tmp_path: Path, suffix: str) -> None:
    columns = {name: [[1.0, 2.0], [3.0, 4.0]] for name in TABLES["triplets"]}
    raised = refused("triplets", table(tmp_path / f"t.{suffix}", columns))
    assert raised.expected == "triplets as plain whole numbers"
    assert raised.got.startswith("column 'anchor' of type list<")
    assert raised.remedy == (
        "A list per row is a vector, an embedding: triplets are other columns."
    )


# Matches.


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", [int, float, bool])
def test_matches_are_zeros_and_ones_or_bools(tmp_path: Path, way: str, kind: Any) -> None:
    match = read_match(given(tmp_path, way, [kind(1), kind(0), kind(0)]), 3).similar
    assert match.dtype == bool
    assert match.tolist() == [True, False, False]


@pytest.mark.parametrize("name", ["match", "similar", "y"])
def test_the_column_of_matches_is_recognised(tmp_path: Path, name: str) -> None:
    path = table(tmp_path / "m.parquet", {"label": [7, 7], name: [1, 0]})
    assert read_match(path, 2).similar.tolist() == [True, False]


@pytest.mark.parametrize(
    ("values", "got"),
    [
        ([1, -1, 0, 2], "other numbers in 2 rows (first: 1, 3), such as -1"),
        ([1, None, 0, None], "null in 2 rows (first: 1, 3)"),
        ([True, None, False, True], "null in 1 row (first: 1)"),
        ([1.0, float("nan"), 0.0, 1.0], "NaN in 1 row (first: 1)"),
        (["yes", "no", "no", "yes"], "strings"),
        ([1.0, 0.5, 0.0, 1.0], "other numbers in 1 row (first: 1), such as 0.5"),
        ([1.0, float("inf"), 0.0, 1e300], "other numbers in 2 rows (first: 1, 3), such as inf"),
    ],
)
def test_matches_that_are_neither_are_refused(tmp_path: Path, values: list[Any], got: str) -> None:
    tables = [given(tmp_path, suffix, values) for suffix in FORMATS]
    for way in (values, *tables):
        raised = refused("match", way)
        assert raised.expected == "0 or 1 in every row"
        assert raised.got == got


# Noise.


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("sum_to_one", [False, True])
def test_noise_is_one_probability_per_candidate(tmp_path: Path, way: str, sum_to_one: bool) -> None:
    noise = read_noise(given(tmp_path, way, [0.5, 0.25, 0.25]), 3, sum_to_one=sum_to_one)
    assert noise.dtype == np.float64
    assert noise.tolist() == [0.5, 0.25, 0.25]


@pytest.mark.parametrize("kind", ["f2", ">f4", "g", "i8"])
def test_noise_of_other_types_becomes_float64(tmp_path: Path, kind: str) -> None:
    noise = read_noise(npy(tmp_path / "q.npy", np.ones((2, 1), kind)), 2, sum_to_one=False)
    assert noise.dtype == np.dtype("float64")
    assert noise.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("name", ["noise", "probability", "q"])
def test_the_column_of_noise_is_recognised(tmp_path: Path, name: str) -> None:
    path = table(tmp_path / "q.parquet", {"id": [7, 7], name: [0.75, 0.25]})
    assert read_noise(path, 2, sum_to_one=True).tolist() == [0.75, 0.25]


@pytest.mark.parametrize(
    ("values", "got", "remedy"),
    [
        (
            [3, 1, 2, 0.5],
            "values above 1 in 2 rows (first: 0, 2)",
            "Counts or weights? Divide by their sum: q / q.sum().",
        ),
        (
            [0.5, float("inf"), 0.25, 0.25],
            "values above 1 in 1 row (first: 1)",
            "Counts or weights? Divide by their sum: q / q.sum().",
        ),
        (
            [-0.5, 0.5, 0.5, 0.5],
            "negative values in 1 row (first: 0)",
            "Give probabilities, not their logarithms.",
        ),
        (
            [0.5, 0.0, 0.5, 0.0],
            "0 in 2 rows (first: 1, 3)",
            "The noise must reach every candidate: give each more than 0.",
        ),
        (
            [0.5, float("nan"), 0.25, 0.25],
            "NaN in 1 row (first: 1)",
            "Give every candidate a probability.",
        ),
        ([True] * 4, "bools", "Save one probability per candidate with np.save('noise.npy', q)."),
        (["a"] * 4, "strings", "Save one probability per candidate with np.save('noise.npy', q)."),
    ],
)
@pytest.mark.parametrize("way", WAYS)
def test_noise_outside_0_to_1_is_refused(
    tmp_path: Path, way: str, values: list[Any], got: str, remedy: str
) -> None:
    raised = refused("noise", given(tmp_path, way, values))
    assert raised.expected == "probabilities above 0 and at most 1"
    assert raised.got == got
    assert raised.remedy == remedy


def test_a_candidate_without_a_probability_is_refused(tmp_path: Path) -> None:
    values = [0.5, None, 0.25, 0.25]
    for way in (values, given(tmp_path, "parquet", values)):
        assert refused("noise", way).got == "null in 1 row (first: 1)"


def test_noise_sums_to_one_within_a_millionth_where_it_must() -> None:
    def summing(given: Any) -> Any:
        return read_noise(given, 2, sum_to_one=True)

    for near in ([0.5, 0.5000009], [0.5, 0.4999991]):
        assert summing(near).tolist() == near
    for far, total in (
        ([0.5, 0.25], 0.75),
        ([0.5, 0.5 + 2**-19], 1.0000019073486328),
        ([0.5, 0.625], 1.125),
    ):
        raised = refused(summing, far, "noise")
        assert raised.expected == "probabilities that sum to 1"
        assert raised.got == f"a sum of {total}"
        assert raised.remedy == "Divide them by their sum: q / q.sum()."
        assert read_noise(far, 2, sum_to_one=False).tolist() == far


# Names and paths.


def test_strings_and_paths_are_paths() -> None:
    assert is_path("y.npy")
    assert is_path(Path("y.npy"))
    for other in ([1], np.ones(2), None, b"y.npy", 3):
        assert not is_path(other)


@pytest.mark.parametrize("reader", [read_labels, read_pairs, read_triplets, read_match])
def test_an_array_is_called_what_the_caller_calls_it(reader: Any) -> None:
    with pytest.raises(BadInput, match=r"^mine: expected"):
        reader(np.ones((1, 7)), 2, name="mine")


@pytest.mark.parametrize("reader", READERS)
def test_a_path_object_is_read_as_the_string_is(tmp_path: Path, reader: str) -> None:
    path = tmp_path / "a::b.npy"
    np.save(path, GOOD[reader])
    assert repr(READERS[reader](path)) == repr(READERS[reader](str(path)))


# Files that are broken.


@pytest.mark.parametrize("reader", READERS)
def test_a_missing_file_is_refused(tmp_path: Path, reader: str) -> None:
    for name in ("absent.npy", "absent.parquet::y"):
        raised = refused(reader, f"{tmp_path}/{name}")
        assert raised.got == "no file of that name"
        assert "working directory" in raised.remedy


@pytest.mark.parametrize("reader", READERS)
def test_an_empty_folder_is_refused(tmp_path: Path, reader: str) -> None:
    assert refused(reader, tmp_path).got == "a folder without any"


@pytest.mark.parametrize("reader", READERS)
def test_a_file_that_is_none_of_ours_is_told_how_to_become_one(tmp_path: Path, reader: str) -> None:
    path = tmp_path / "y.npy"
    for content, got in (
        (b"", "an empty file"),
        (b"0,1\n2,3\n", r"a file that begins with b'0,1\n2,3\n'"),
        (b"\x80\x04pickle", "a pickle, which is never unpickled"),
    ):
        path.write_bytes(content)
        raised = refused(reader, path)
        assert raised.expected == (
            "a .npy, .npz, Parquet, Arrow IPC, Arrow stream or safetensors file"
        )
        assert raised.got == got
        assert raised.remedy.startswith("Save ")
        assert "vectors" not in raised.remedy


@pytest.mark.parametrize("reader", READERS)
def test_a_pipe_is_refused(tmp_path: Path, reader: str) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert refused(reader, path).got == "a pipe or a device"


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("length", [6, 9, 60, 127, -1])
def test_a_truncated_npy_file_is_refused(tmp_path: Path, reader: str, length: int) -> None:
    path = tmp_path / "y.npy"
    np.save(path, GOOD[reader])
    READERS[reader](path)
    path.write_bytes(path.read_bytes()[:length])
    raised = refused(reader, path)
    assert raised.expected == "a complete .npy file"
    assert "write it again" in raised.remedy


@pytest.mark.parametrize("reader", READERS)
def test_pickled_arrays_are_never_unpickled(tmp_path: Path, reader: str) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "sprung",))

    path = npy(tmp_path / "y.npy", np.array([Trap()] * 4, dtype=object), allow_pickle=True)
    raised = refused(reader, path)
    assert raised.got == "dtype object, Python objects, which are never unpickled"
    assert "a Parquet column with nulls" in raised.remedy
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "array",
    [
        np.ones(4, complex),
        np.ones(4, "datetime64[s]"),
        np.ones(4, "timedelta64[s]"),
        np.zeros(4, "V2"),
        np.zeros(4, [("i", "i8"), ("j", "i8")]),
    ],
    ids=lambda array: array.dtype.kind,
)
def test_what_is_neither_number_nor_string_is_refused(
    tmp_path: Path, reader: str, array: Any
) -> None:
    wide = np.stack([array] * 3, axis=1) if reader in TABLES else array
    for way in (wide, npy(tmp_path / "y.npy", wide)):
        raised = refused(reader, way)
        assert " as plain " in raised.expected
        assert raised.got == f"dtype {array.dtype}"


def lying(path: Path, shape: str, kind: str = "<i8") -> Path:
    """A .npy file of 16 bytes whose header declares something else."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header = header.ljust(117) + b"\n"
    magic = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little")
    path.write_bytes(magic + header + b"\x00" * 16)
    return path


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ("(1099511627776,)", "<i8"),
        ("(1099511627776, 3)", "<i8"),
        ("(4,)", "<i8"),
        ("(4, 3)", "<U1099511"),
        ("(True, 2)", "<i8"),
        ("(-4,)", "<i8"),
        ("(1099511627776,)", "<U0"),
    ],
)
def test_a_header_that_lies_is_refused_before_anything_is_allocated(
    tmp_path: Path, reader: str, shape: str, kind: str
) -> None:
    raised = refused(reader, lying(tmp_path / "lie.npy", shape, kind))
    assert raised.expected == "a complete .npy file"
    assert "declares" in raised.got


@pytest.mark.parametrize("shape", ["(0, 4611686018427387904)", "(0, 1180591620717411303424)"])
def test_a_header_of_an_impossible_shape_is_refused(tmp_path: Path, shape: str) -> None:
    path = lying(tmp_path / "lie.npy", shape)
    path.write_bytes(path.read_bytes()[:-16])
    for read in (READERS["labels"], READERS["pairs"], open_source):
        raised = refused(read, path)
        assert raised.got == f"a header that declares shape {shape}"


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("share", [0.02, 0.5, 0.99])
def test_a_truncated_table_is_refused(
    tmp_path: Path, reader: str, suffix: str, share: float
) -> None:
    path = Path(given(tmp_path, suffix, GOOD[reader], reader))
    READERS[reader](path)
    content = path.read_bytes()
    path.write_bytes(content[: max(8, int(len(content) * share))])
    raised = refused(reader, path)
    assert raised.expected == "a complete Parquet or Arrow IPC file"
    assert raised.remedy == "The file is damaged or was cut short: write it again."


@pytest.mark.parametrize("reader", READERS)
def test_a_table_with_a_damaged_page_is_refused(tmp_path: Path, reader: str) -> None:
    path = Path(given(tmp_path, "parquet", GOOD[reader], reader))
    content = bytearray(path.read_bytes())
    content[4:20] = b"\xff" * 16
    path.write_bytes(content)
    assert refused(reader, path).expected == "a complete Parquet or Arrow IPC file"


@pytest.mark.parametrize("suffix", FORMATS)
def test_names_of_columns_that_are_no_utf_8_are_refused(tmp_path: Path, suffix: str) -> None:
    path = Path(table(tmp_path / f"y.{suffix}", {"name": [1, 2, 3, 4]}))
    path.write_bytes(path.read_bytes().replace(b"name", b"na\xff\xff"))
    for read in (READERS["labels"], open_source):
        raised = refused(read, path)
        assert raised.expected == "a complete Parquet or Arrow IPC file"
        assert "utf-8" in raised.got


def test_strings_that_end_outside_the_file_are_refused(tmp_path: Path) -> None:
    path = Path(table(tmp_path / "y.arrow", {"y": ["aa", "bb", "cc", "dd"]}, chunk=4))
    offsets = np.arange(0, 10, 2, dtype="<i4").tobytes()
    content = path.read_bytes()
    assert content.count(offsets) == 1
    lie = np.array([0, 2, 4, 6, 2**30], "<i4").tobytes()
    path.write_bytes(content.replace(offsets, lie))
    assert refused("labels", path).expected == "a complete Parquet or Arrow IPC file"


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "column",
    [
        pa.array([b"a"] * 4),
        pa.array([1] * 4, pa.decimal128(5, 0)),
        pa.array([1] * 4, pa.date32()),
        pa.array([None] * 4, pa.null()),
        pa.array([{"a": 1}] * 4),
    ],
    ids=lambda column: str(column.type),
)
def test_columns_of_other_types_are_refused(tmp_path: Path, reader: str, column: Any) -> None:
    names = TABLES.get(reader, ("only",))
    path = table(tmp_path / "t.arrow", dict.fromkeys(names, column))
    raised = refused(reader, path)
    assert " as plain " in raised.expected
    assert raised.got == f"column {names[0]!r} of type {column.type}"
    assert raised.remedy == "Name another column, or store it as int64 or string."


def test_a_column_of_vectors_holds_no_labels(tmp_path: Path) -> None:
    path = table(tmp_path / "t.parquet", {"emb": [[1.0]] * 4, "y": [1] * 4})
    raised = refused("labels", f"{path}::emb")
    assert raised.expected == "labels as plain integers or strings"
    assert raised.remedy == "A list per row is a vector, an embedding: labels are other columns."


def test_reading_npy_and_arrays_imports_no_pyarrow(tmp_path: Path) -> None:
    path = npy(tmp_path / "y.npy", np.array([1, 2]))
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from contrastive_core.sources import read_labels, read_pairs\n"
        f"print(read_labels({path!r}, 2).classes, read_pairs([[0, 1]], 2).j)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("[1, 2] [1]\n", "")
