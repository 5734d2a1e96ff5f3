"""URIs: through pyarrow's filesystems, of which the local and the mock one are at hand."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.fs
import pytest
from saved import SAVED, lists, saved, write

import contrastive_core as cc
from contrastive_core.errors import BadInput
from contrastive_core.sources import Source, filesystems, open_source, read_labels
from contrastive_core.sources.places import split_column

Rows = npt.NDArray[Any]

VECTORS = np.random.default_rng(0).normal(size=(12, 11)).astype(np.float32)


@pytest.fixture
def far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is reached as mock://bucket/, by ranges of bytes and never mapped."""
    folder = tmp_path / "far"
    (folder / "bucket").mkdir(parents=True)
    system = pa.fs.SubTreeFileSystem(str(folder), pa.fs.LocalFileSystem())
    real = filesystems.connect

    def connect(uri: str) -> tuple[Any, str]:
        scheme, _, rest = uri.partition("://")
        return (system, rest) if scheme == "mock" else real(uri)

    monkeypatch.setattr(filesystems, "connect", connect)
    return folder / "bucket"


def only(place: str, **how: Any) -> Source:
    (source,) = open_source(place, **how)
    return source


def refused(place: str) -> BadInput:
    with pytest.raises(BadInput) as error:
        open_source(place)
    assert error.value.what == place
    assert error.value.remedy.endswith(".")
    return error.value


@pytest.mark.parametrize("how", SAVED)
def test_every_format_is_read_by_ranges_from_elsewhere(far: Path, how: str) -> None:
    path = saved(far, how, VECTORS)
    source = only(f"mock://bucket/{path.name}")
    assert source.name == f"mock://bucket/{path.name}"
    for start, stop in [(0, 2), (2, 12), (5, 6), (0, 12)]:
        assert np.array_equal(source.read(start, stop), VECTORS[start:stop])


@pytest.mark.parametrize(
    "how", ["npy", "npz deflated", "parquet list", "arrows tensor", "npy fortran"]
)
def test_the_loss_is_the_same_to_the_last_bit(far: Path, how: str) -> None:
    path = saved(far, how, VECTORS)
    expected = cc.loss("infonce", VECTORS).value
    assert cc.loss("infonce", f"mock://bucket/{path.name}").value == expected
    assert cc.loss("infonce", path.as_uri()).value == expected


def test_views_are_read_from_elsewhere(far: Path) -> None:
    views = VECTORS[:, :10].reshape(12, 2, 5)
    for name, array, axis in (("a", views, "second"), ("b", views.swapaxes(0, 1), "first")):
        np.save(far / f"{name}.npy", np.ascontiguousarray(array))
        expected = cc.loss("nt-xent", array, views=axis).value
        assert cc.loss("nt-xent", f"mock://bucket/{name}.npy", views=axis).value == expected


def test_a_column_is_picked_by_name(far: Path) -> None:
    write(far / "t.parquet", {"a": lists(VECTORS), "b": lists(VECTORS + 1), "y": np.arange(12)})
    source = only("mock://bucket/t.parquet::b")
    assert np.array_equal(source.read(0, 12), VECTORS + 1)
    assert read_labels("mock://bucket/t.parquet::y", 12).classes == list(range(12))
    assert read_labels("::y", 12, beside=source).classes == list(range(12))


def test_labels_are_read_from_text_elsewhere(far: Path) -> None:
    (far / "y.txt").write_text("b\na\n")
    assert read_labels("mock://bucket/y.txt", 2).classes == ["a", "b"]


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("s3://bucket/e.parquet::emb", ("s3://bucket/e.parquet", "emb")),
        ("hdfs://[::1]:8020/e.parquet", ("hdfs://[::1]:8020/e.parquet", None)),
        ("hdfs://[::1]:8020/e.parquet::emb", ("hdfs://[::1]:8020/e.parquet", "emb")),
        ("s3://bucket", ("s3://bucket", None)),
    ],
)
def test_a_host_is_not_split(written: str, parts: tuple[str, str | None]) -> None:
    assert split_column(written) == parts


@pytest.mark.parametrize(
    "pattern", ["emb", "emb/", "emb/*.npy", "emb/e_*", "emb/e_[0-9]*.npy", "**/*.npy"]
)
def test_folders_and_globs_elsewhere_are_shards(far: Path, pattern: str) -> None:
    (far / "emb").mkdir()
    for number in range(12):
        np.save(far / "emb" / f"e_{number}.npy", VECTORS[number : number + 1])
    (far / "emb" / "_SUCCESS").touch()
    source = only(f"mock://bucket/{pattern}")
    assert source.shape == (12, 11)
    assert np.array_equal(source.read(0, 12), VECTORS)
    if pattern != "**/*.npy":
        assert np.array_equal(only(f"{(far / 'emb').as_uri()}{pattern[3:]}").read(0, 12), VECTORS)


def test_files_of_this_machine_are_mapped(tmp_path: Path) -> None:
    np.save(tmp_path / "a b.npy", VECTORS)
    source = only((tmp_path / "a b.npy").as_uri())
    assert isinstance(source.read(0, 1).base, np.ndarray)
    assert np.array_equal(source.read(0, 12), VECTORS)


def test_what_is_not_there_is_refused(far: Path, tmp_path: Path) -> None:
    assert refused("mock://bucket/absent.npy").got == "no file of that name"
    assert refused((tmp_path / "absent.npy").as_uri()).got == "no file of that name"
    assert refused("mock://bucket/*.npy").got == "none"
    (far / "e.npy").write_bytes(b"hello")
    assert refused("mock://bucket/e.npy").got == "a file that begins with b'hello'"


@pytest.mark.parametrize("uri", ["nowhere://bucket/e.npy", "s3://", "file://relative/e.npy"])
def test_a_uri_that_leads_nowhere_is_refused(uri: str) -> None:
    assert "pyarrow.fs" in refused(uri).expected


def test_the_mock_filesystem_of_pyarrow_is_read(monkeypatch: pytest.MonkeyPatch, far: Path) -> None:
    np.save(far / "e.npy", VECTORS)
    system = pa.fs._MockFileSystem()
    system.create_dir("bucket")
    with system.open_output_stream("bucket/e.npy") as file:
        file.write((far / "e.npy").read_bytes())
    monkeypatch.setattr(filesystems, "connect", lambda uri: (system, uri.partition("://")[2]))
    assert np.array_equal(only("mock://bucket/e.npy").read(0, 12), VECTORS)
    assert np.array_equal(only("mock://bucket/*.npy").read(3, 12), VECTORS[3:])


def test_a_failure_in_the_middle_of_reading_is_an_input_error(far: Path) -> None:
    np.save(far / "e.npy", VECTORS)
    source = only("mock://bucket/e.npy")
    (far / "e.npy").write_bytes(b"")
    with pytest.raises(BadInput) as error:
        source.read(0, 12)
    assert error.value.what == "mock://bucket/e.npy"
