"""Files of vectors: every way they are stored, every way they are broken."""

import io
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
import pytest

import contrastive_core as cc
from contrastive_core.errors import BadInput
from contrastive_core.sources import ArraySource, Source, open_source
from contrastive_core.sources.places import split_column

Rows = npt.NDArray[Any]

VECTORS = np.random.default_rng(0).integers(0, 100, size=(11, 3))
FORMATS = ("parquet", "arrow")
TYPES = {"float16": pa.float16(), "float32": pa.float32(), "float64": pa.float64()}
LISTS = ("list", "large_list", "fixed_size_list")


def vectors(rows: Any, how: str = "list", number: str = "float32", d: int = 3) -> pa.Array:
    """An Arrow array of one vector per row; None stands for a missing vector or number."""
    value = TYPES.get(number) or getattr(pa, number)()
    kind = {
        "list": pa.list_(value),
        "large_list": pa.large_list(value),
        "fixed_size_list": pa.list_(value, d),
    }[how]
    scalar = np.dtype(number).type
    plain = [
        None if row is None else [None if x is None else scalar(x) for x in row] for row in rows
    ]
    return pa.array(plain, kind)


def save(path: Path, columns: dict[str, pa.Array], chunk: int = 4) -> str:
    """Write a table in row groups or record batches of `chunk` rows."""
    table = pa.table(columns)
    if path.suffix == ".parquet":
        pa.parquet.write_table(table, path, row_group_size=chunk)
    else:
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table, max_chunksize=chunk)
    return str(path)


def only(path: str, **how: Any) -> Source:
    (source,) = open_source(path, **how)
    return source


def read_all(path: str | Path, **how: Any) -> list[Rows]:
    return [source.read(0, source.shape[0]) for source in open_source(path, **how)]


def refused(path: str | Path, **how: Any) -> BadInput:
    """The error of opening and reading a file, which must be complete and name the file."""
    with pytest.raises(BadInput) as error:
        read_all(path, **how)
    raised = error.value
    assert str(path) in raised.what
    assert raised.expected
    assert raised.got
    assert raised.remedy.endswith((".", "?"))
    return raised


# npy.

NUMBERS = ["f2", "f4", "f8", "g", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]


@pytest.mark.parametrize("fortran", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("number", NUMBERS)
def test_npy_of_every_width_and_order_gives_the_same_rows(
    tmp_path: Path, number: str, order: str, fortran: bool
) -> None:
    array = VECTORS.astype(np.dtype(f"{order}{number}"))
    path = tmp_path / "emb.npy"
    np.save(path, np.asfortranarray(array) if fortran else array)
    source = only(str(path))
    assert source.format == "npy"
    assert source.name == str(path)
    assert source.shape == (11, 3)
    assert source.dtype == array.dtype
    assert source.read(2, 9).astype(float).tolist() == VECTORS[2:9].tolist()


@pytest.mark.parametrize("fortran", [False, True])
@pytest.mark.parametrize("number", ["<f4", ">f8", "<i2"])
def test_npy_of_views_gives_either_axis(tmp_path: Path, number: str, fortran: bool) -> None:
    views = np.arange(2 * 5 * 3).reshape(2, 5, 3).astype(number)
    path = tmp_path / "views.npy"
    np.save(path, np.asfortranarray(views) if fortran else views)
    source = only(str(path))
    assert source.shape == (2, 5, 3)
    for v in range(2):
        assert source.strand(0, v).source.read(1, 4).tolist() == views[v, 1:4].tolist()
    assert source.strand(1, 4).source.read(0, 2).tolist() == views[:, 4].tolist()


@pytest.mark.parametrize("number", NUMBERS)
def test_a_loss_reads_every_number_type(tmp_path: Path, number: str) -> None:
    array = np.random.default_rng(1).integers(1, 9, size=(8, 3))
    path = tmp_path / "emb.npy"
    np.save(path, array.astype(number))
    expected = cc.loss("infonce", array.astype(np.float64)).value
    assert cc.loss("infonce", str(path)).value == expected
    assert cc.loss("infonce", path).value == expected


def test_all_versions_of_the_npy_header_are_read(tmp_path: Path) -> None:
    for version in ((1, 0), (2, 0), (3, 0)):
        path = tmp_path / f"{version[0]}.npy"
        with path.open("wb") as file:
            np.lib.format.write_array(file, VECTORS, version=version)
        assert only(str(path)).read(0, 11).tolist() == VECTORS.tolist()


# Parquet and Arrow.


@pytest.mark.parametrize("number", TYPES)
@pytest.mark.parametrize("how", LISTS)
@pytest.mark.parametrize("suffix", FORMATS)
def test_lists_of_every_sort_give_the_same_rows(
    tmp_path: Path, suffix: str, how: str, number: str
) -> None:
    path = save(tmp_path / f"t.{suffix}", {"emb": vectors(VECTORS.tolist(), how, number)})
    source = only(path)
    assert source.format == suffix
    assert source.shape == (11, 3)
    assert source.dtype == np.dtype(number)
    assert source.read(0, 11).tolist() == VECTORS.tolist()


@pytest.mark.parametrize("number", ["int8", "int32", "int64", "uint16"])
@pytest.mark.parametrize("suffix", FORMATS)
def test_lists_of_integers_are_vectors(tmp_path: Path, suffix: str, number: str) -> None:
    path = save(tmp_path / f"t.{suffix}", {"emb": vectors(VECTORS.tolist(), "list", number)})
    assert only(path).read(0, 11).tolist() == VECTORS.tolist()


@pytest.mark.parametrize("how", LISTS)
@pytest.mark.parametrize("suffix", FORMATS)
def test_sliced_arrays_give_the_rows_of_the_slice(tmp_path: Path, suffix: str, how: str) -> None:
    whole = vectors(VECTORS.tolist(), how)
    path = save(tmp_path / f"t.{suffix}", {"emb": whole.slice(3, 6)}, chunk=100)
    assert only(path).read(0, 6).tolist() == VECTORS[3:9].tolist()


@pytest.mark.parametrize("how", LISTS)
@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("chunk", [1, 3, 4, 100])
def test_ranges_may_be_read_in_any_order(tmp_path: Path, suffix: str, how: str, chunk: int) -> None:
    path = save(tmp_path / f"t.{suffix}", {"emb": vectors(VECTORS.tolist(), how)}, chunk)
    source = only(path)
    ranges = [(0, 2), (2, 3), (3, 11), (0, 11), (5, 6), (6, 9), (1, 1), (10, 11), (4, 8), (0, 1)]
    for start, stop in ranges:
        assert source.read(start, stop).tolist() == VECTORS[start:stop].tolist()


@pytest.mark.parametrize("suffix", FORMATS)
def test_row_groups_longer_than_a_batch_are_read_whole(tmp_path: Path, suffix: str) -> None:
    rows = np.arange(3 * 10_000, dtype=np.float32).reshape(-1, 3)
    column = pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel()), 3)
    path = save(tmp_path / f"t.{suffix}", {"emb": column}, chunk=9000)
    source = only(path)
    edges = [0, 1, 4095, 4096, 4097, 8999, 9000, 9001, 10_000]
    for start, stop in [*itertools.pairwise(edges), (0, 10_000), (8191, 9002)]:
        assert np.array_equal(source.read(start, stop), rows[start:stop])


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("pair", [("anchor", "positive"), ("query", "positive"), ("image", "text"),
                                  ("sentence1", "sentence2"), ("z1", "z2")])  # fmt: skip
def test_recognised_pairs_are_taken_by_name_whatever_their_order(
    tmp_path: Path, suffix: str, pair: tuple[str, str]
) -> None:
    first, second = pair
    columns = {
        second: vectors((VECTORS + 1).tolist()),
        "id": pa.array(range(11)),
        first: vectors(VECTORS.tolist()),
    }
    path = save(tmp_path / f"t.{suffix}", columns)
    sources = open_source(path, related=2)
    assert [source.name for source in sources] == [f"{path}::{first}", f"{path}::{second}"]
    assert sources[0].read(0, 11).tolist() == VECTORS.tolist()
    assert sources[1].read(0, 11).tolist() == (VECTORS + 1).tolist()


def test_the_two_columns_of_a_pair_may_be_read_in_turns(tmp_path: Path) -> None:
    columns = {"z1": vectors(VECTORS.tolist()), "z2": vectors((VECTORS + 1).tolist())}
    first, second = open_source(save(tmp_path / "t.parquet", columns), related=2)
    for start in range(0, 11, 2):
        stop = min(start + 2, 11)
        assert first.read(start, stop).tolist() == VECTORS[start:stop].tolist()
        assert second.read(start, stop).tolist() == (VECTORS + 1)[start:stop].tolist()


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_column_is_picked_by_its_name(tmp_path: Path, suffix: str) -> None:
    columns = {
        "a.b": vectors((VECTORS + 2).tolist()),
        "a": vectors(VECTORS.tolist()),
        "b": vectors((VECTORS + 1).tolist()),
    }
    path = save(tmp_path / f"t.{suffix}", columns)
    for name, offset in (("a", 0), ("b", 1), ("a.b", 2)):
        source = only(f"{path}::{name}")
        assert source.name == f"{path}::{name}"
        assert source.read(0, 11).tolist() == (VECTORS + offset).tolist()


@pytest.mark.parametrize("name", ["embedding", "embeddings", "emb", "vector", "vectors"])
def test_a_recognised_name_is_taken_among_several(tmp_path: Path, name: str) -> None:
    columns = {"other": vectors((VECTORS + 1).tolist()), name: vectors(VECTORS.tolist())}
    path = save(tmp_path / "t.parquet", columns)
    assert only(path).read(0, 11).tolist() == VECTORS.tolist()


def test_a_file_whose_name_holds_two_colons_is_not_split(tmp_path: Path) -> None:
    path = tmp_path / "a::b.npy"
    np.save(path, VECTORS)
    assert only(str(path)).read(0, 11).tolist() == VECTORS.tolist()
    assert split_column(f"{path}::c") == (str(path), "c")


@pytest.mark.parametrize("suffix", FORMATS)
def test_other_columns_are_not_in_the_way(tmp_path: Path, suffix: str) -> None:
    columns = {
        "id": pa.array(range(11)),
        "text": pa.array(["x"] * 11),
        "tags": pa.array([["a", "b"]] * 11),
        "flags": pa.array([[True]] * 11),
        "features": vectors(VECTORS.tolist()),
    }
    assert only(save(tmp_path / f"t.{suffix}", columns)).read(0, 1).tolist() == [
        VECTORS[0].tolist()
    ]


# Nulls and ragged rows.

HOLES: Sequence[Any] = [[1, 2, 3], None, [4, 5, 6], [7, None, 9], [1, 1, 1], None, [2, 2, 2]]
RAGGED: Sequence[Any] = [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8],
    [],
    [9, 9, 9],
    [1, 2, 3, 4],
    None,
    [0, 0, None],
]


@pytest.mark.parametrize("chunk", [1, 2, 100])
@pytest.mark.parametrize("how", LISTS)
@pytest.mark.parametrize("suffix", FORMATS)
def test_null_rows_and_null_numbers_are_counted(
    tmp_path: Path, suffix: str, how: str, chunk: int
) -> None:
    path = save(tmp_path / f"t.{suffix}", {"emb": vectors(HOLES, how)}, chunk)
    raised = refused(path)
    assert raised.expected == "3 numbers in every row"
    assert raised.got.startswith("3 rows")
    assert "first: 1, 3, 5)" in raised.got


@pytest.mark.parametrize("chunk", [1, 3, 100])
@pytest.mark.parametrize("how", ["list", "large_list"])
@pytest.mark.parametrize("suffix", FORMATS)
def test_ragged_rows_are_counted_with_the_first_five(
    tmp_path: Path, suffix: str, how: str, chunk: int
) -> None:
    path = save(tmp_path / f"t.{suffix}", {"emb": vectors([*RAGGED, [1]], how)}, chunk)
    raised = refused(path)
    assert raised.got.startswith("6 rows")
    assert "first: 2, 3, 5, 6, 7)" in raised.got


@pytest.mark.parametrize("how", LISTS)
def test_nulls_of_a_sliced_array_are_counted_from_its_own_start(tmp_path: Path, how: str) -> None:
    path = save(tmp_path / "t.arrow", {"emb": vectors(HOLES, how).slice(2, 4)}, chunk=100)
    raised = refused(path)
    assert raised.got.startswith("2 rows")
    assert "first: 1, 3)" in raised.got


@pytest.mark.parametrize("suffix", FORMATS)
def test_nulls_do_not_shift_the_rows_behind_them(tmp_path: Path, suffix: str) -> None:
    rows = [*VECTORS.tolist(), None, *VECTORS.tolist()]
    source = only(save(tmp_path / f"t.{suffix}", {"emb": vectors(rows)}, chunk=1))
    assert source.read(12, 23).tolist() == VECTORS.tolist()
    with pytest.raises(BadInput, match=r"first: 11\)"):
        source.read(10, 13)
    assert source.read(14, 15).tolist() == VECTORS[2:3].tolist()


@pytest.mark.parametrize("suffix", FORMATS)
def test_leading_nulls_leave_the_length_to_the_first_vector(tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path / f"t.{suffix}", {"emb": vectors([None, None, [1, 2, 3], [4, 5, 6]])}, 1)
    raised = refused(path)
    assert raised.expected == "3 numbers in every row"
    assert "first: 0, 1)" in raised.got


@pytest.mark.parametrize("how", LISTS)
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_column_of_nulls_alone_is_refused(tmp_path: Path, suffix: str, how: str) -> None:
    path = save(tmp_path / f"t.{suffix}", {"emb": vectors([None] * 4, how)})
    assert refused(path).got.startswith("4 rows")


# Files that hold no vectors.


@pytest.mark.parametrize("how", LISTS)
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_table_without_rows_is_refused(tmp_path: Path, suffix: str, how: str) -> None:
    path = save(tmp_path / f"t.{suffix}", {"emb": vectors([], how)})
    raised = refused(path)
    assert "at least one row" in raised.expected
    assert "(0, " in raised.got or raised.got.startswith("0 rows")


@pytest.mark.parametrize("suffix", FORMATS)
def test_vectors_without_numbers_are_refused(tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path / f"t.{suffix}", {"emb": vectors([[], [], [], []])})
    assert refused(path).got == "shape (4, 0)"


@pytest.mark.parametrize("array", [np.zeros((0, 3)), np.zeros((3, 0)), np.zeros((0, 2, 3))])
def test_an_array_without_numbers_is_refused(tmp_path: Path, array: Rows) -> None:
    path = tmp_path / "emb.npy"
    np.save(path, array)
    raised = refused(path)
    assert raised.expected == "at least one row and one dimension"
    assert raised.got == f"shape {array.shape}"


@pytest.mark.parametrize("shape", [(), (4,), (2, 2, 2, 2)])
def test_arrays_of_other_ranks_are_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    path = tmp_path / "emb.npy"
    np.save(path, np.ones(shape))
    raised = refused(path)
    assert "(n, d)" in raised.expected
    assert raised.got == f"shape {shape}"


@pytest.mark.parametrize(
    ("array", "word"),
    [
        (np.ones((2, 2), bool), "bool"),
        (np.ones((2, 2), complex), "complex128"),
        (np.array([["a", "b"]]), "<U1"),
        (np.array([[b"a", b"b"]]), "|S1"),
        (np.ones((2, 2), "datetime64[s]"), "datetime64[s]"),
        (np.zeros((2, 2), "V2"), "|V2"),
        (np.zeros((2, 2), [("x", "f4")]), "x"),
    ],
)
def test_what_is_no_real_number_is_refused(tmp_path: Path, array: Rows, word: str) -> None:
    path = tmp_path / "emb.npy"
    np.save(path, array)
    raised = refused(path)
    assert raised.expected == "float or integer numbers"
    assert word in raised.got


def test_pickled_arrays_are_never_unpickled(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "sprung",))

    path = tmp_path / "emb.npy"
    np.save(path, np.array([[Trap(), Trap()]], dtype=object), allow_pickle=True)
    raised = refused(path)
    assert "object" in raised.got
    assert "unpickled" in raised.remedy
    assert not (tmp_path / "sprung").exists()


def test_arrays_in_memory_are_checked_as_files_are() -> None:
    for array, word in ((np.ones(3), "shape (3,)"), (np.ones((2, 2), bool), "bool")):
        with pytest.raises(BadInput) as error:
            ArraySource(array, "mine")
        assert error.value.what == "mine"
        assert word in error.value.got


# Files that are broken.


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "absent.npy").got == "no file of that name"
    assert "working directory" in refused(f"{tmp_path}/absent.parquet::emb").remedy


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path).got == "a folder without any"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "emb.npy"
    path.touch()
    assert refused(path).got == "an empty file"


@pytest.mark.parametrize("content", [b"hello, world", b"\x00" * 100, b"1,2\n3,4"])
def test_a_file_of_another_format_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "emb.npy"
    path.write_bytes(content)
    raised = refused(path)
    assert raised.expected == ("a .npy, .npz, Parquet, Arrow IPC, Arrow stream or safetensors file")
    assert repr(content[:8]) in raised.got


def npy_bytes(array: Rows) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


@pytest.mark.parametrize("length", [6, 7, 8, 9, 40, 127, 128, 150, -1])
def test_a_truncated_npy_file_is_refused(tmp_path: Path, length: int) -> None:
    path = tmp_path / "emb.npy"
    path.write_bytes(npy_bytes(VECTORS.astype("f8"))[:length])
    raised = refused(path)
    assert raised.expected == "a complete .npy file"
    assert "np.save" in raised.remedy


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"(11, 3)", b"(11,-3)"),
        (b"(11, 3)", b"(1e, 3)"),
        (b"(11, 3)", b"[[[[[[["),
        (b"'<f8'", b"'<q9'"),
        (b"shape", b"shepa"),
    ],
)
def test_a_damaged_npy_header_is_refused(tmp_path: Path, old: bytes, new: bytes) -> None:
    content = npy_bytes(VECTORS.astype("f8"))
    assert old in content
    path = tmp_path / "emb.npy"
    path.write_bytes(content.replace(old, new))
    assert refused(path).expected == "a complete .npy file"


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.9, 0.999])
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_truncated_table_is_refused(tmp_path: Path, suffix: str, share: float) -> None:
    path = tmp_path / f"t.{suffix}"
    save(path, {"emb": vectors(VECTORS.tolist() * 100)}, chunk=100)
    content = path.read_bytes()
    path.write_bytes(content[: max(8, int(len(content) * share))])
    raised = refused(path)
    assert raised.expected == "a complete Parquet or Arrow IPC file"


def test_a_table_with_a_damaged_page_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    rows = np.random.default_rng(0).normal(size=(2000, 3))
    save(path, {"emb": vectors(rows.tolist())}, chunk=500)
    content = bytearray(path.read_bytes())
    content[4:404] = b"\xff" * 400
    path.write_bytes(content)
    assert refused(path).expected == "a complete Parquet or Arrow IPC file"


# Columns that do not fit.


def test_a_column_of_an_npy_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "emb.npy"
    np.save(path, VECTORS)
    raised = refused(f"{path}::emb")
    assert raised.got == "column 'emb'"
    assert "no columns" in raised.remedy


def test_an_unknown_column_lists_the_known_ones(tmp_path: Path) -> None:
    columns = {"emb": vectors(VECTORS.tolist()), "id": pa.array(range(11))}
    raised = refused(save(tmp_path / "t.parquet", columns) + "::embb")
    assert raised.got == "'embb'"
    assert raised.remedy == "Did you mean 'emb'? Known: emb, id."


def test_a_column_of_single_numbers_is_refused(tmp_path: Path) -> None:
    columns = {"emb": vectors(VECTORS.tolist()), "id": pa.array(range(11))}
    raised = refused(save(tmp_path / "t.parquet", columns) + "::id")
    assert raised.expected == "a vector column"
    assert "int64" in raised.got
    assert "emb" in raised.remedy


@pytest.mark.parametrize("related", [1, 2, 3])
def test_several_unrecognised_columns_are_listed(tmp_path: Path, related: int) -> None:
    columns = {"left": vectors(VECTORS.tolist()), "right": vectors(VECTORS.tolist())}
    path = save(tmp_path / "t.parquet", columns)
    raised = refused(path, related=related)
    assert raised.got.startswith("2 vector columns among: left: ")
    assert f"{path}::left" in raised.remedy


def test_a_pair_is_not_taken_where_one_source_is_wanted(tmp_path: Path) -> None:
    columns = {"z1": vectors(VECTORS.tolist()), "z2": vectors(VECTORS.tolist())}
    assert refused(save(tmp_path / "t.parquet", columns), related=1).got.startswith("2 vector")


@pytest.mark.parametrize(("related", "taken"), [(2, 2), (3, 3)])
def test_as_many_related_columns_are_taken_as_there_may_be(
    tmp_path: Path, related: int, taken: int
) -> None:
    names = ("negative", "positive", "anchor")
    columns = {name: vectors((place + VECTORS).tolist()) for place, name in enumerate(names)}
    path = save(tmp_path / "t.parquet", columns)
    found = read_all(path, related=related)
    expected = [2 + VECTORS, 1 + VECTORS, VECTORS][:taken]
    assert [rows.tolist() for rows in found] == [rows.tolist() for rows in expected]


def test_two_related_columns_are_taken_where_there_might_be_three(tmp_path: Path) -> None:
    columns = {"z2": vectors((1 + VECTORS).tolist()), "z1": vectors(VECTORS.tolist())}
    first, second = read_all(save(tmp_path / "t.parquet", columns), related=3)
    assert first.tolist() == VECTORS.tolist()
    assert second.tolist() == (1 + VECTORS).tolist()


def test_a_table_without_vectors_is_refused(tmp_path: Path) -> None:
    columns = {"id": pa.array([1]), "tags": pa.array([["a"]]), "flags": pa.array([[True]])}
    raised = refused(save(tmp_path / "t.parquet", columns))
    assert raised.got.startswith("0 vector columns")
    assert "list<float>" in raised.remedy


@pytest.mark.parametrize("suffix", FORMATS)
def test_two_columns_of_one_name_are_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t.{suffix}"
    column = vectors(VECTORS.tolist())
    table = pa.Table.from_arrays([column, column], names=["emb", "emb"])
    if suffix == "parquet":
        pa.parquet.write_table(table, path)
    else:
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)
    assert refused(path).got == "'emb' 2 times"
    refused(f"{path}::emb")


def test_a_second_array_in_one_npy_file_is_not_ignored(tmp_path: Path) -> None:
    path = tmp_path / "two.npy"
    with path.open("wb") as file:
        np.save(file, np.ones((2, 3)))
        np.save(file, np.ones((2, 3)))
    assert "declares 176" in refused(path).got


@pytest.mark.parametrize("shape", ["(2, 1099511627776, 1099511627776)", "(True, 3, 4)", "(2, 3)"])
def test_a_header_that_lies_is_refused_before_anything_is_allocated(
    tmp_path: Path, shape: str
) -> None:
    path = tmp_path / "lie.npy"
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header = header.ljust(117) + b"\n"
    magic = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little")
    path.write_bytes(magic + header + b"\x00" * 16)
    assert "declares" in refused(path).got


def test_two_recognised_pairs_leave_it_open_which_is_meant(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    names = ("anchor", "positive", "query")
    pa.parquet.write_table(pa.table({name: [[1.0, 2.0], [3.0, 4.0]] for name in names}), path)
    error = refused(path, related=2)
    assert "3 vector columns" in error.got
    assert f"{path}::anchor {path}::positive" in error.remedy
