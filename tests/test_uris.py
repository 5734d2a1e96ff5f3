"""URIs: through pyarrow's filesystems, of which the local and the mock one are at hand."""

import contextlib
import io
from pathlib import Path
from typing import Any

import command_line
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


class _Failing(pa.fs.FileSystemHandler):  # type: ignore[misc]
    """A filesystem of another program, which raises what it likes where it is told to."""

    def __init__(self, system: Any, at: str, error: Exception) -> None:
        self.system, self.at, self.error, self.left = system, at, error, 0
        self.deep: list[bool] = []

    def reach(self, stage: str) -> None:
        self.left -= stage == self.at
        if stage == self.at and self.left < 0:
            raise self.error

    def get_type_name(self) -> str:
        return "failing"

    def get_file_info(self, paths: list[str]) -> Any:
        self.reach("look")
        return self.system.get_file_info(paths)

    def get_file_info_selector(self, selector: Any) -> Any:
        self.reach("list")
        self.deep.append(selector.recursive)
        return self.system.get_file_info(selector)

    def open_input_file(self, path: str) -> Any:
        self.reach("open")
        return pa.PythonFile(_FailingFile(self, self.system.open_input_file(path)), mode="r")

    def normalize_path(self, path: str) -> str:
        return path

    def _not_asked(self, *_: Any) -> Any:
        raise AssertionError("nothing is written")

    open_input_stream = open_output_stream = open_append_stream = create_dir = _not_asked
    delete_dir = delete_dir_contents = delete_root_dir_contents = delete_file = _not_asked
    move = copy_file = _not_asked


class _FailingFile(io.RawIOBase):
    def __init__(self, system: _Failing, file: Any) -> None:
        self.system, self.file = system, file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        if whence == io.SEEK_END:
            self.system.reach("size")
        return int(self.file.seek(offset, whence))

    def tell(self) -> int:
        return int(self.file.tell())

    def read(self, size: int = -1) -> bytes:
        self.system.reach("read")
        return bytes(self.file.read(size))


@pytest.fixture
def failing(far: Path, monkeypatch: pytest.MonkeyPatch) -> _Failing:
    """The filesystem behind mock://, which fails once it is told where."""
    system = pa.fs.SubTreeFileSystem(str(far.parent), pa.fs.LocalFileSystem())
    handler = _Failing(system, "", RuntimeError())

    def connect(uri: str) -> tuple[Any, str]:
        handler.reach("connect")
        return pa.fs.PyFileSystem(handler), uri.partition("://")[2]

    monkeypatch.setattr(filesystems, "connect", connect)
    return handler


class _TokenExpired(Exception):
    """No kin of any exception that a library names."""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (_TokenExpired("\nlog in again\nmore"), "_TokenExpired: log in again"),
        (KeyError("size"), "KeyError: 'size'"),
        (RuntimeError(), "RuntimeError"),
        (ConnectionError("no route to host"), "no route to host"),
    ],
)
@pytest.mark.parametrize(
    ("at", "place"),
    [
        ("connect", "e.npy"),
        ("look", "e.npy"),
        ("list", "*.npy"),
        ("list", ""),
        ("open", "e.npy"),
        ("size", "e.npy"),
        ("read", "e.npy"),
    ],
)
def test_whatever_a_filesystem_raises_is_bad_input(
    far: Path, failing: _Failing, at: str, place: str, error: Exception, said: str
) -> None:
    np.save(far / "e.npy", VECTORS)
    failing.at, failing.error = at, error
    assert refused(f"mock://bucket/{place}").got == said
    message = command_line.refused(f"contrast info 'mock://bucket/{place}'", far)
    assert f", got {said}.\n  Check " in message


@pytest.mark.parametrize("how", [how for how in SAVED if "shards" not in how])
def test_whichever_read_fails_it_is_not_told_as_damage(
    far: Path, failing: _Failing, how: str
) -> None:
    place = f"mock://bucket/{saved(far, how, VECTORS).name}"
    failing.error = _TokenExpired("log in again")
    told: list[str] = []
    for number in range(100):
        failing.at, failing.left = "read", number
        try:
            assert np.array_equal(only(place).read(0, 12), VECTORS)
            break
        except BadInput as error:
            told.append(error.got)
    assert told == ["_TokenExpired: log in again"] * len(told)
    assert 0 < len(told) < 99


def test_a_pattern_of_one_folder_lists_no_folder_below_it(far: Path, failing: _Failing) -> None:
    np.save(far / "e.npy", VECTORS)
    for pattern in ("e*.npy", "**/e*.npy", "*/*.npy"):
        with contextlib.suppress(BadInput):
            open_source(f"mock://bucket/{pattern}")
    assert failing.deep == [False, True, True]


@pytest.mark.parametrize(
    ("uri", "tried"),
    [
        ("gs://bucket/e.npy", "gs://bucket/e.npy?retry_limit_seconds=30"),
        ("gs://bucket/e.npy?a=b", "gs://bucket/e.npy?a=b&retry_limit_seconds=30"),
        ("gs://bucket/e.npy?retry_limit_seconds=5", "gs://bucket/e.npy?retry_limit_seconds=5"),
        ("s3://bucket/e.npy", "s3://bucket/e.npy"),
    ],
)
def test_what_cannot_be_reached_is_not_tried_for_a_quarter_of_an_hour(uri: str, tried: str) -> None:
    assert filesystems.patient(uri) == tried
