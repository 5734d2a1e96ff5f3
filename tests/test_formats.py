"""One matrix in all formats: the same rows to the same loss; and files that are broken."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.ipc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from saved import SAVED, lists, safetensors, saved, tensors, write

import contrastive_core as cc
from contrastive_core.errors import BadInput, BadParameter, NeedlessType
from contrastive_core.resources import Resources
from contrastive_core.sources import Reading, Source, open_source

Rows = npt.NDArray[Any]

RNG = np.random.default_rng(0)
VECTORS = RNG.normal(size=(12, 11)).astype(np.float32)
VIEWS = RNG.normal(size=(9, 2, 5)).astype(np.float32)


def only(path: Path | str, **how: Any) -> Source:
    (source,) = open_source(path, **how)
    return source


def read_all(path: Path | str, **how: Any) -> list[Rows]:
    return [source.read(0, source.shape[0]) for source in open_source(path, **how)]


def read_or_refused(path: Path) -> list[Rows] | None:
    """The rows, or None where the file is refused; any other exception is a failure."""
    try:
        return read_all(path)
    except BadInput:
        return None


def refused(path: Path | str, **how: Any) -> BadInput:
    """The error of opening and reading, complete and naming the file."""
    with pytest.raises(BadInput) as error:
        read_all(path, **how)
    raised = error.value
    assert str(path).partition("::")[0] in raised.what
    assert raised.expected
    assert raised.got
    assert raised.remedy.endswith((".", "?"))
    return raised


# The same rows from every format.


@pytest.mark.parametrize("how", SAVED)
def test_every_format_gives_the_same_rows_in_any_order_of_reading(tmp_path: Path, how: str) -> None:
    source = only(saved(tmp_path, how, VECTORS))
    assert source.shape == (12, 11)
    for start, stop in [(0, 2), (2, 3), (3, 12), (0, 12), (5, 6), (4, 9), (1, 1), (11, 12), (0, 1)]:
        assert np.array_equal(source.read(start, stop), VECTORS[start:stop])


@pytest.mark.parametrize("how", SAVED)
@pytest.mark.parametrize("number", ["float64", "float16", "int32", "int8"])
def test_every_format_holds_other_numbers(tmp_path: Path, how: str, number: str) -> None:
    rows = RNG.integers(-100, 100, size=(7, 3)).astype(number)
    source = only(saved(tmp_path, how, rows))
    assert source.dtype.newbyteorder("=") == rows.dtype
    assert np.array_equal(source.read(0, 7), rows)


@settings(
    max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(n=st.integers(2, 9), d=st.integers(2, 12), seed=st.integers(0, 99), wide=st.booleans())
def test_every_format_gives_the_same_loss_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory, n: int, d: int, seed: int, wide: bool
) -> None:
    folder = tmp_path_factory.mktemp("loss")
    rows = np.random.default_rng(seed).normal(size=(2 * n, d)).astype("f8" if wide else "f4")
    expected = cc.loss("infonce", rows, tau=0.1)
    for number, how in enumerate(SAVED):
        found = cc.loss("infonce", saved(folder, how, rows, f"emb{number}"), tau=0.1)
        assert found.value == expected.value, how
        assert np.array_equal(found.samples.loss, expected.samples.loss), how


@pytest.mark.parametrize("how", SAVED)
def test_long_rows_in_float64_give_the_same_loss_to_the_last_bit(tmp_path: Path, how: str) -> None:
    rows = RNG.normal(size=(16, 67))
    means = Resources(precision="float64")
    expected = cc.loss("infonce", rows, resources=means)
    found = cc.loss("infonce", saved(tmp_path, how, rows), resources=means)
    assert np.array_equal(found.samples.loss, expected.samples.loss)


FORWARD = [how for how in SAVED if "columns" not in how and "shards" not in how]


@pytest.mark.parametrize("how", FORWARD)
def test_views_in_every_format_are_read_in_one_pass(tmp_path: Path, how: str) -> None:
    expected = cc.loss("nt-xent", VIEWS, views="second")
    path = saved(tmp_path, how, VIEWS)
    source = only(path)
    assert source.shape == (9, 2, 5)
    for view in range(2):
        strand = source.strand(1, view)
        rows = strand.source.read(0, strand.source.shape[0])
        assert np.array_equal(rows[strand.start :: strand.step][: strand.n], VIEWS[:, view])
    assert cc.loss("nt-xent", path, views="second").value == expected.value


@pytest.mark.parametrize("how", ["npy", "npz deflated", "npz deflated fortran", "safetensors",
                                 "parquet list", "arrow tensor"])  # fmt: skip
def test_views_on_the_first_axis_are_read_too(tmp_path: Path, how: str) -> None:
    views = np.ascontiguousarray(VIEWS.swapaxes(0, 1))
    expected = cc.loss("nt-xent", views).value
    assert cc.loss("nt-xent", saved(tmp_path, how, views)).value == expected


@pytest.mark.parametrize("how", ["npy", "npz deflated", "parquet fixed_size_list", "arrows list"])
def test_own_negatives_come_from_lists_of_lists(tmp_path: Path, how: str) -> None:
    anchors, keys = RNG.normal(size=(2, 6, 4)).astype(np.float32)
    negatives = RNG.normal(size=(6, 3, 4)).astype(np.float32)
    expected = cc.loss("infonce", anchors, keys, negatives).value
    path = saved(tmp_path, how, negatives)
    assert only(path).shape == (6, 3, 4)
    assert cc.loss("infonce", anchors, keys, path).value == expected
    how_pooled: dict[str, Any] = {"convention": "sentence-transformers"}
    pooled = cc.loss("infonce", anchors, keys, negatives, **how_pooled).value
    assert cc.loss("infonce", anchors, keys, path, **how_pooled).value == pooled


@pytest.mark.parametrize("name", ["negative", "negatives"])
def test_anchor_positive_and_their_negatives_lie_in_one_table(tmp_path: Path, name: str) -> None:
    anchors, keys = RNG.normal(size=(2, 6, 4))
    negatives = RNG.normal(size=(6, 3, 4))
    columns = {name: lists(negatives), "positive": lists(keys), "anchor": lists(anchors)}
    path = write(tmp_path / "t.parquet", columns)
    expected = cc.loss("infonce", anchors, keys, negatives).value
    assert cc.loss("infonce", path).value == expected


def test_half_floats_in_tables_are_read_as_they_are(tmp_path: Path) -> None:
    rows = RNG.normal(size=(6, 3)).astype(np.float16)
    for suffix in ("parquet", "arrow", "arrows"):
        path = write(tmp_path / f"t.{suffix}", {"emb": lists(rows)})
        assert only(path).dtype == np.float16
        assert np.array_equal(only(path).read(0, 6), rows)


# bfloat16.

BITS = (VECTORS.view(np.uint32) >> 16).astype(np.uint16)
WIDE = (BITS.astype(np.uint32) << 16).view(np.float32)


@pytest.mark.parametrize("kind", ["V2", "<u2", ">u2", "<i2"])
def test_two_byte_numbers_are_bfloat16_where_that_is_said(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "emb.npy"
    array = (
        BITS.view("V2")
        if kind == "V2"
        else BITS.astype(">u2")
        if kind == ">u2"
        else BITS.view(kind)
    )
    np.save(path, array)
    source = only(path, reading=Reading(dtype="bfloat16"))
    assert (source.stored, str(source.dtype)) == ("bfloat16", "float32")
    assert np.array_equal(source.read(0, 12), WIDE)
    expected = cc.loss("infonce", WIDE).value
    found = cc.loss("infonce", path, dtype="bfloat16")
    assert found.value == expected
    assert found.inputs[0].dtype == "bfloat16"
    assert cc.loss("infonce", array, dtype="bfloat16").value == expected


def test_two_byte_voids_explain_themselves(tmp_path: Path) -> None:
    path = tmp_path / "emb.npy"
    np.save(path, BITS.view("V2"))
    assert "say --dtype bfloat16" in refused(path).remedy


@pytest.mark.parametrize("kind", ["f2", "f4", "i4"])
def test_bfloat16_is_said_in_vain_where_every_file_has_a_type(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "emb.npy"
    np.save(path, VECTORS.astype(kind))
    np.save(tmp_path / "y.npy", (np.arange(12) // 3).astype(np.uint16))
    for asked in (
        lambda: cc.loss("infonce", path, path, dtype="bfloat16"),
        lambda: cc.loss("supcon", path, labels=tmp_path / "y.npy", dtype="bfloat16"),
        lambda: cc.loss("infonce", scores=path, dtype="bfloat16"),
        lambda: cc.metrics(path, dtype="bfloat16"),
        lambda: cc.triplets(path, labels=tmp_path / "y.npy", dtype="bfloat16"),
        lambda: cc.info(path, dtype="bfloat16"),
    ):
        with pytest.raises(NeedlessType, match="a file of two-byte numbers without") as raised:
            asked()
        assert f"{path} of {np.dtype(kind)}" in raised.value.got


@pytest.mark.parametrize("kind", ["f2", "f4", "f8", "i4"])
def test_files_beside_one_of_bfloat16_keep_their_own_types(tmp_path: Path, kind: str) -> None:
    bits, keys, bank = (tmp_path / f"{name}.npy" for name in ("emb", "keys", "bank"))
    np.save(bits, BITS.view("V2"))
    own = (VECTORS[::-1] * 8).astype(kind)
    np.save(keys, own)
    np.save(bank, own[:5])
    said: dict[str, Any] = {"dtype": "bfloat16"}
    two = cc.loss("infonce", bits, keys, **said)
    assert two.value == cc.loss("infonce", WIDE, own).value
    assert [each.dtype for each in two.inputs] == ["bfloat16", str(np.dtype(kind))]
    again = cc.loss("infonce", keys, keys, bank=bits, denominator="bank", **said)
    assert again.value == cc.loss("infonce", own, own, bank=WIDE, denominator="bank").value
    space = cc.metrics(keys, bits, **said).metrics["alignment"].value
    assert space == cc.metrics(own, WIDE).metrics["alignment"].value
    prototypes: dict[str, Any] = {"labels": np.arange(12) % 5, "prototypes": bank}
    classes = cc.loss("cross-entropy", bits, **prototypes, **said).value
    assert classes == cc.loss("cross-entropy", WIDE, **{**prototypes, "prototypes": own[:5]}).value


def test_labels_of_two_bytes_are_never_bfloat16(tmp_path: Path) -> None:
    labels = (np.arange(12) // 3).astype(np.uint16)
    np.save(tmp_path / "y.npy", labels)
    np.save(tmp_path / "emb.npy", BITS.view("V2"))
    given: dict[str, Any] = {"labels": tmp_path / "y.npy", "dtype": "bfloat16"}
    expected = cc.loss("supcon", WIDE, labels=labels).value
    assert cc.loss("supcon", tmp_path / "emb.npy", **given).value == expected
    assert cc.triplets(tmp_path / "emb.npy", **given).triplets == 12 * 2 * 9


def test_shards_of_bfloat16_and_of_other_types_are_one_array(tmp_path: Path) -> None:
    (tmp_path / "emb").mkdir()
    np.save(tmp_path / "emb" / "0.npy", BITS[:6].view("V2"))
    np.save(tmp_path / "emb" / "1.npy", VECTORS[6:])
    source = only(tmp_path / "emb", reading=Reading(dtype="bfloat16"))
    assert source.stored == "bfloat16 and float32"
    assert np.array_equal(source.read(0, 12), np.concatenate([WIDE[:6], VECTORS[6:]]))


def test_other_types_are_said_by_the_files() -> None:
    with pytest.raises(BadParameter, match=r"Known: bfloat16, bits\. All other types are read"):
        cc.loss("infonce", VECTORS, dtype="float16")


def test_bfloat16_tensors_need_nothing_said(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "e.safetensors", {"emb": BITS})
    assert only(path).stored == "bfloat16"
    assert np.array_equal(only(path).read(3, 7), WIDE[3:7])
    assert cc.loss("infonce", path).value == cc.loss("infonce", WIDE).value
    assert cc.loss("infonce", path, dtype="bfloat16").value == cc.loss("infonce", WIDE).value


def test_bfloat16_comes_from_tables_and_compressed_arrays(tmp_path: Path) -> None:
    said = Reading(dtype="bfloat16")
    np.savez_compressed(tmp_path / "e.npz", emb=BITS.view("V2"))
    write(tmp_path / "e.parquet", {"emb": lists(BITS)})
    for name in ("e.npz", "e.parquet"):
        assert np.array_equal(only(tmp_path / name, reading=said).read(1, 9), WIDE[1:9])


# Which array or column.


def test_the_only_vectors_of_an_archive_are_taken_and_labels_are_not(tmp_path: Path) -> None:
    np.savez(tmp_path / "e.npz", y=np.arange(12) // 3, z=VECTORS, names=np.array(["a"] * 12))
    source = only(tmp_path / "e.npz")
    assert np.array_equal(source.read(0, 12), VECTORS)
    assert source.facts.chosen == "the only array of vectors"
    expected = cc.loss("supcon", VECTORS, labels=np.arange(12) // 3).value
    assert cc.loss("supcon", tmp_path / "e.npz", labels="::y").value == expected


@pytest.mark.parametrize("name", ["label", "labels", "y", "class", "target"])
def test_vectors_called_like_labels_are_never_taken_unasked(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "t.parquet", {name: lists(VECTORS), "text": ["a"] * 12})
    arrays: dict[str, Any] = {name: VECTORS, "id": np.arange(12)}
    np.savez(tmp_path / "t.npz", **arrays)
    for place in (path, tmp_path / "t.npz"):
        assert refused(place).remedy.endswith(f"{place}::{name}.")
        assert np.array_equal(only(f"{place}::{name}").read(0, 12), VECTORS)


def test_an_array_is_picked_by_its_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "e.npz", a=VECTORS, b=VECTORS + 1)
    safetensors(tmp_path / "e.safetensors", {"a": VECTORS, "b": VECTORS + 1})
    for name in ("e.npz", "e.safetensors"):
        assert np.array_equal(only(f"{tmp_path}/{name}::b").read(0, 12), VECTORS + 1)
        raised = refused(tmp_path / name)
        assert "2 vector" in raised.got
        assert "::a" in raised.remedy
        assert "Did you mean 'a'?" in refused(f"{tmp_path}/{name}::A").remedy


def test_recognised_and_related_arrays_are_taken(tmp_path: Path) -> None:
    np.savez(tmp_path / "e.npz", other=VECTORS + 2, embeddings=VECTORS)
    assert np.array_equal(only(tmp_path / "e.npz").read(0, 12), VECTORS)
    np.savez(tmp_path / "p.npz", z2=VECTORS + 1, z1=VECTORS)
    first, second = open_source(tmp_path / "p.npz", related=2)
    assert (first.name, second.name) == (f"{tmp_path}/p.npz::z1", f"{tmp_path}/p.npz::z2")
    assert np.array_equal(second.read(0, 12), VECTORS + 1)


def test_a_pickled_array_of_an_archive_is_never_unpickled(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "sprung",))

    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "e.npz", emb=np.array([[Trap()]], dtype=object))
        raised = refused(tmp_path / "e.npz")
        assert "object" in raised.got
        assert "unpickled" in raised.remedy
        save(tmp_path / "m.npz", emb=VECTORS, other=np.array([Trap()], dtype=object))
        assert np.array_equal(only(tmp_path / "m.npz").read(0, 12), VECTORS)
    assert not (tmp_path / "sprung").exists()


def test_dimensions_are_ordered_by_their_numbers(tmp_path: Path) -> None:
    columns = {f"dim_{i}": VECTORS[:, i] for i in (10, 9, 1, 0, 2, 3, 4, 8, 7, 6, 5)}
    path = write(tmp_path / "t.parquet", {"id": np.arange(12), **columns, "label": ["a"] * 12})
    source = only(path)
    assert source.shape == (12, 11)
    assert np.array_equal(source.read(0, 12), VECTORS)
    for name in ("dim", "dim_"):
        assert np.array_equal(only(f"{path}::{name}").read(2, 4), VECTORS[2:4])


def test_columns_called_by_numbers_alone_are_a_matrix(tmp_path: Path) -> None:
    columns = {str(i): VECTORS[:, i] for i in range(11)}
    assert np.array_equal(only(write(tmp_path / "t.parquet", columns)).read(0, 12), VECTORS)


@pytest.mark.parametrize(
    "names",
    [
        ("label_0", "label_1"),
        ("y0", "y1"),
        ("id_1", "id_2"),
        ("dim_0", "dim_2"),
        ("dim_5", "dim_6"),
        ("dim_1", "dim_01"),
        ("dim_0", "other"),
        ("dim_0",),
        ("a", "b"),
    ],
)
def test_other_numeric_columns_are_no_matrix(tmp_path: Path, names: tuple[str, ...]) -> None:
    path = write(tmp_path / "t.parquet", dict.fromkeys(names, VECTORS[:, 0]))
    raised = refused(path)
    assert raised.got.startswith("0 vector columns among: ")
    assert names[0] in raised.got


def test_two_matrices_are_listed_or_taken_by_recognised_names(tmp_path: Path) -> None:
    left = {f"a_{i}": VECTORS[:, i] for i in range(3)}
    right = {f"b_{i}": VECTORS[:, i] for i in range(3)}
    raised = refused(write(tmp_path / "t.parquet", {**left, **right}))
    assert "::a " in raised.remedy
    images = {f"image_{i}": VECTORS[:, i] for i in range(3)}
    texts = {f"text_{i}": VECTORS[:, i + 1] for i in range(3)}
    path = write(tmp_path / "p.parquet", {**texts, **images})
    first, second = open_source(path, related=2)
    assert np.array_equal(first.read(0, 12), VECTORS[:, :3])
    assert np.array_equal(second.read(0, 12), VECTORS[:, 1:4])


def test_a_vector_column_goes_before_numbered_columns(tmp_path: Path) -> None:
    columns = {"score_0": VECTORS[:, 0], "score_1": VECTORS[:, 1], "emb": lists(VECTORS)}
    assert np.array_equal(only(write(tmp_path / "t.parquet", columns)).read(0, 12), VECTORS)


def test_numbers_missing_from_a_matrix_are_counted(tmp_path: Path) -> None:
    columns = {"d0": [1.0, None, 3.0], "d1": [1.0, 2.0, None]}
    raised = refused(write(tmp_path / "t.parquet", columns))
    assert raised.got.startswith("2 rows null")
    assert raised.got.endswith("(first: 1, 2)")


RAGGED: list[Any] = [
    [[1.0, 2.0], [3.0, 4.0]],
    None,
    [[1.0, 2.0], None],
    [[1.0, 2.0], [3.0]],
    [[1.0, 2.0]],
    [[1.0, None], [3.0, 4.0]],
    [[5.0, 6.0], [7.0, 8.0]],
]


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "arrows"])
@pytest.mark.parametrize("chunk", [1, 3, 100])
def test_ragged_lists_of_lists_are_counted(tmp_path: Path, suffix: str, chunk: int) -> None:
    column = pa.array(RAGGED, pa.list_(pa.list_(pa.float32())))
    raised = refused(write(tmp_path / f"t.{suffix}", {"emb": column}, chunk))
    assert raised.expected == "2 x 2 numbers in every row"
    assert raised.got.startswith("5 rows")
    assert raised.got.endswith("(first: 1, 2, 3, 4, 5)")


def test_null_tensors_are_counted(tmp_path: Path) -> None:
    column = tensors(VECTORS)
    rows = [None if row in (3, 7) else each for row, each in enumerate(VECTORS.tolist())]
    storage = pa.array(rows, column.type.storage_type)
    holed = pa.ExtensionArray.from_storage(column.type, storage)
    raised = refused(write(tmp_path / "t.arrow", {"emb": holed}))
    assert raised.got.endswith("(first: 3, 7)")


def test_what_a_source_is_made_of_is_known(tmp_path: Path) -> None:
    path = write(tmp_path / "t.parquet", {"emb": lists(VECTORS), "other": lists(VECTORS)})
    facts = only(path).facts
    assert facts.format == "parquet"
    assert facts.groups == (4, 4, 4)
    assert facts.chosen == "a recognised name"
    assert facts.unused == ("other",)


# Memory.


def test_a_compressed_array_is_read_in_blocks(tmp_path: Path) -> None:
    rows = np.zeros((300_000, 16), np.float32)
    rows[::1000, 3] = 1
    np.savez_compressed(tmp_path / "e.npz", emb=rows)
    code = (
        "import resource, sys\n"
        "from contrastive_core.sources import open_source\n"
        "(source,) = open_source(sys.argv[1])\n"
        "source.read(0, 1)\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "total = sum(source.read(i, i + 500).sum() for i in range(0, 300_000, 500))\n"
        "print(total, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "e.npz")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    total, grown = ran.stdout.split()
    assert float(total) == 300
    assert int(grown) < 16 * 1024  # of 19,200 KiB


@pytest.mark.parametrize("how", ["parquet list", "arrow list", "npz deflated"])
def test_the_memory_bound_changes_no_bit(tmp_path: Path, how: str) -> None:
    rows = RNG.normal(size=(4000, 24)).astype(np.float32)
    path = saved(tmp_path, how, rows)
    expected = cc.loss("infonce", rows, resources=Resources(threads=1)).value
    small = Resources(threads=1, memory=18 * 2**20)
    assert cc.loss("infonce", path, resources=small).value == expected


# Files that are broken.


def test_every_format_that_is_cut_short_is_refused_or_whole(tmp_path: Path) -> None:
    for number, how in enumerate(how for how in SAVED if "shards" not in how):
        path = saved(tmp_path, how, VECTORS, f"emb{number}")
        content = path.read_bytes()
        for length in sorted({*range(1, 160, 7), *range(160, len(content), 61), len(content) - 1}):
            path.write_bytes(content[:length])
            found = read_or_refused(path)
            if found is not None:  # the end mark of an Arrow stream may be missing
                assert "arrow" in how
                assert np.array_equal(found[0], VECTORS)


@pytest.mark.parametrize("how", [how for how in SAVED if "shards" not in how])
def test_a_file_of_which_bytes_were_changed_is_read_or_refused(tmp_path: Path, how: str) -> None:
    path = saved(tmp_path, how, VECTORS)
    content = path.read_bytes()
    rng = np.random.default_rng(1)
    for _ in range(60):
        broken = bytearray(content)
        for place in rng.integers(0, len(content), 3):
            broken[place] = rng.integers(256)
        path.write_bytes(bytes(broken))
        read_or_refused(path)


def header_of(text: bytes, data: bytes = b"\x00" * 16) -> bytes:
    return len(text).to_bytes(8, "little") + text + data


TENSOR = {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}


@pytest.mark.parametrize("name", ["e.safetensors", "e.bin"])
@pytest.mark.parametrize(
    "length", [b"PAR1", b"PK\x03\x04", b"\xff\xff\xff\xff", b"\xff" * 8, b"\x80\x02}q", b"FEA1"]
)
def test_a_damaged_length_of_a_header_is_of_no_other_format(
    tmp_path: Path, name: str, length: bytes
) -> None:
    path = safetensors(tmp_path / name, {"emb": VECTORS})
    path.write_bytes(length + path.read_bytes()[len(length) :])
    raised = refused(path)
    assert raised.expected == "a complete safetensors file"
    size = path.stat().st_size
    assert raised.got == f"a header of {int.from_bytes(length, 'little')} bytes in a file of {size}"


@pytest.mark.parametrize("length", [b"PAR1\x15\0\0\0", b"ARROW1\0\0", b"\x93NUMPY\x01\0"])
def test_a_damaged_header_is_told_by_the_name_where_all_else_is_another_format(
    tmp_path: Path, length: bytes
) -> None:
    path = safetensors(tmp_path / "e.safetensors", {"emb": VECTORS})
    path.write_bytes(length + path.read_bytes()[8:])
    assert refused(path).expected == "a complete safetensors file"


def test_other_formats_are_read_by_their_content_whatever_they_are_called(tmp_path: Path) -> None:
    for how in ("npy", "npz", "parquet list", "arrow list", "arrows list"):
        path = saved(tmp_path, how, VECTORS).rename(tmp_path / "e.safetensors")
        assert np.array_equal(only(path).read(0, 12), VECTORS)


def test_a_pointer_of_git_lfs_is_called_that(tmp_path: Path) -> None:
    path = tmp_path / "e.safetensors"
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n")
    assert "git lfs pull" in refused(path).got


@pytest.mark.parametrize(
    ("content", "got"),
    [
        (header_of(b'{"a": 1'), "a header that is no JSON"),
        (header_of(b'{"a":\xff}'), "a header that is no JSON"),
        (header_of(b'{"a": ' + b"[" * 100_000), "a header that is no JSON"),
        (header_of(b'{"a": 1, "a": 2}'), "the same name twice"),
        (header_of(b'{"a": 1}'), "a header without dtype, shape, data_offsets"),
        (header_of(json.dumps({"a": {**TENSOR, "extra": 1}}).encode()), "a header without dtype"),
        (header_of(json.dumps({"a": {**TENSOR, "shape": [-2, -2]}}).encode()), "shape [-2, -2]"),
        (header_of(json.dumps({"a": {**TENSOR, "shape": [True, 4]}}).encode()), "shape [True, 4]"),
        (header_of(json.dumps({"a": {**TENSOR, "shape": [2.0, 2]}}).encode()), "shape [2.0, 2]"),
        (header_of(json.dumps({"a": {**TENSOR, "shape": [2**40, 2**40]}}).encode()), "in bytes 0"),
        (header_of(json.dumps({"a": {**TENSOR, "data_offsets": [0, 20]}}).encode()), "in bytes 0"),
        (header_of(json.dumps({"a": {**TENSOR, "data_offsets": [16, 0]}}).encode()), "in bytes 16"),
        (header_of(json.dumps({"a": {**TENSOR, "data_offsets": [16, 32]}}).encode()), "16 to 32"),
        (header_of(json.dumps({"a": TENSOR, "b": TENSOR}).encode()), "overlaps"),
        (header_of(json.dumps({"a": TENSOR}).encode(), b"\x00" * 17), "17 bytes of numbers"),
        ((2**26).to_bytes(8, "little") + b'{"', "a header of 67108864 bytes in a file of 10"),
        ((2**31).to_bytes(8, "little") + b'{"', "a header of 2147483648 bytes in a file of 10"),
    ],
)
def test_a_safetensors_header_that_lies_is_refused(
    tmp_path: Path, content: bytes, got: str
) -> None:
    path = tmp_path / "e.safetensors"
    path.write_bytes(content)
    raised = refused(path)
    assert raised.expected == "a complete safetensors file"
    assert got in raised.got


def test_a_gap_between_tensors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.safetensors"
    header = {"a": {**TENSOR, "data_offsets": [4, 20]}}
    path.write_bytes(header_of(json.dumps(header).encode(), b"\x00" * 20))
    assert "leaves a gap" in refused(path).got


def test_a_tensor_of_an_unknown_type_is_named(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "e.safetensors", {"emb": VECTORS}, dtype="F8_E4M3")
    assert refused(path).got == "dtype 'F8_E4M3'"


def test_no_tensor_is_refused(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "e.safetensors", {})
    assert refused(path).got == "none"


def test_a_bool_tensor_is_no_embedding(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "e.safetensors", {"emb": VECTORS > 0})
    assert refused(path).got == "dtype bool"


def archive(path: Path, members: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", how) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def test_other_archives_are_named(tmp_path: Path) -> None:
    path = archive(tmp_path / "model.pt", {"model/data.pkl": b"\x80", "model/data/0": b"1"})
    assert refused(path).got == "a file of torch.save, whose pickle is never loaded"
    path = archive(tmp_path / "a.zip", {"word/document.xml": b"<"})
    assert refused(path).got == "an archive of word/document.xml"


def test_an_empty_archive_is_refused(tmp_path: Path) -> None:
    assert refused(archive(tmp_path / "e.npz", {})).got == "an archive of nothing"


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("shape", ["(1099511627776, 1099511627776)", "(2, 3)", "(-2, 3)"])
def test_a_member_whose_header_lies_is_refused(tmp_path: Path, how: int, shape: str) -> None:
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
    text = text.ljust(117) + b"\n"
    member = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + b"\x00" * 16
    raised = refused(archive(tmp_path / "e.npz", {"emb.npy": member}, how))
    assert "declares" in raised.got


def test_a_member_that_claims_more_than_it_can_hold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.npz"
    np.savez_compressed(path, emb=np.zeros((4, 4)))
    content = path.read_bytes()
    place = content.index(b"PK\x01\x02") + 24
    path.write_bytes(content[:place] + (2**31).to_bytes(4, "little") + content[place + 4 :])
    assert re.search("claim to hold 2147483648", refused(path).got)


def test_a_member_of_a_wrong_check_sum_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.npz"
    np.savez_compressed(path, emb=VECTORS)
    content = path.read_bytes()
    place = content.index(b"PK\x01\x02") + 16
    path.write_bytes(content[:place] + b"\x00\x00\x00\x00" + content[place + 4 :])
    assert "CRC" in refused(path).got


def test_a_member_with_a_password_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.npz"
    np.savez(path, emb=VECTORS)
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert "password" in refused(path).got


@pytest.mark.parametrize(
    ("content", "got"),
    [
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
        (b"\x1f\x8b\x08\x00", "a file compressed by gzip"),
        (b"\x80\x04\x95", "a pickle, which is never unpickled"),
        (b"PARE", "an encrypted Parquet file"),
    ],
)
def test_formats_that_are_near_are_named(tmp_path: Path, content: bytes, got: str) -> None:
    path = tmp_path / "emb.bin"
    path.write_bytes(content)
    assert refused(path).got == got


def test_an_arrow_file_without_batches_is_refused(tmp_path: Path) -> None:
    schema = pa.schema([("emb", pa.list_(pa.float32()))])
    for opener, name in ((pa.ipc.new_file, "e.arrow"), (pa.ipc.new_stream, "e.arrows")):
        with opener(tmp_path / name, schema):
            pass
        assert "at least one row" in refused(tmp_path / name).expected


def test_archives_and_tensors_import_no_pyarrow(tmp_path: Path) -> None:
    np.savez(tmp_path / "e.npz", emb=VECTORS)
    safetensors(tmp_path / "e.safetensors", {"emb": VECTORS})
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from contrastive_core.sources import open_source\n"
        "print(*(open_source(path)[0].shape for path in sys.argv[1:]))"
    )
    paths = [str(tmp_path / "e.npz"), str(tmp_path / "e.safetensors")]
    command = [sys.executable, "-c", code, *paths]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("(12, 11) (12, 11)\n", "")
