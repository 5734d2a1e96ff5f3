"""Standard input: every format, from a pipe and from a file, once and several times."""

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from saved import SAVED, lists, saved, write

import contrastive_core as cc
from contrastive_core.errors import BadInput, TooLittleMemory
from contrastive_core.sources import open_source

VECTORS = np.random.default_rng(0).normal(size=(12, 6)).astype(np.float32)


def feed(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


@pytest.mark.parametrize("how", [how for how in SAVED if "shards" not in how])
def test_formats_are_told_apart_by_their_first_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    feed(monkeypatch, saved(tmp_path, how, VECTORS).read_bytes())
    (source,) = open_source("-")
    assert source.name == "-"
    assert np.array_equal(source.read(0, 12), VECTORS)
    assert np.array_equal(source.read(3, 5), VECTORS[3:5])


def test_a_column_of_standard_input_is_picked_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = {"a": lists(VECTORS), "b": lists(VECTORS + 1)}
    feed(monkeypatch, write(tmp_path / "t.parquet", columns).read_bytes())
    (source,) = open_source("-::b")
    assert np.array_equal(source.read(0, 12), VECTORS + 1)


def test_several_inputs_may_come_from_one_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classes = np.arange(12) % 3
    columns = {"a": lists(VECTORS), "b": lists(VECTORS + 1), "label": classes}
    feed(monkeypatch, write(tmp_path / "t.parquet", columns).read_bytes())
    assert (
        cc.loss("infonce", "-::a", "-::b").value == cc.loss("infonce", VECTORS, VECTORS + 1).value
    )
    expected = cc.loss("supcon", VECTORS, labels=classes).value
    assert cc.loss("supcon", "-::a", labels="::label").value == expected
    assert cc.loss("supcon", "-::a", labels="-::label").value == expected


def test_labels_are_read_as_lines_of_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"cat\ndog\n" * 6)
    expected = cc.loss("supcon", VECTORS, labels=["cat", "dog"] * 6).value
    assert cc.loss("supcon", VECTORS, labels="-").value == expected


@pytest.mark.parametrize(
    ("content", "labels"),
    [
        ("index,label\n{i},{c}\n", "-"),
        (",label\n{i},{c}\n", "-"),
        ("label\tsplit\n{c}\ttrain\n", "-"),
        ("\ufeffbreed;name\r\n{c};x\r\n", "-::breed"),
        ("label\n{c}\n", "-::label"),
        ('"label"\n"{c}"\n', "-::label"),
        ("7\n{c}\n", "-::7"),
        ("{c}\n", "-"),
    ],
)
@pytest.mark.parametrize("classes", [(0, 1, 2), ("cat", "dog", "ant")])
def test_csv_and_lines_are_told_apart_by_the_first_line(
    monkeypatch: pytest.MonkeyPatch, content: str, labels: str, classes: tuple[Any, ...]
) -> None:
    head, line = content.split("\n", 1) if content.count("\n") == 2 else ("", content)
    body = "".join(line.format(i=i, c=classes[i % 3]) for i in range(12))
    text = f"{head}\n{body}" if head else body
    feed(monkeypatch, text.encode())
    expected = cc.loss("supcon", VECTORS, labels=np.arange(12) % 3).value
    assert cc.loss("supcon", VECTORS, labels=labels).value == expected


@pytest.mark.parametrize(
    ("content", "got", "remedy"),
    [
        ("label\n" + "0\n1\n" * 6, "'label', which may be both", "Say -::label where"),
        ("breed\n" + "0\n1\n" * 5 + "1\n", "'breed', which may be both", "Say -::breed where"),
        ("label\n" + "cat\ndog\n" * 5 + "cat\n", "'label', which may be both", "Say -::label"),
        ("0,0.5\n1,0.25\n" * 6, "the first line '0,0.5'", "Name the columns in a first line"),
        ("cat,0.5\ndog,0.25\n" * 6, "the first line 'cat,0.5'", "Name the columns"),
        ("breed\n" + "cat\ndog\n" * 6, "13 labels", "or say -::NAME of standard input"),
        ("cat,red\ndog,blue\n" * 6, "none of these among: cat: text", "Name the column"),
        ("label,x\n" + "0,1\n" * 11, "11 labels", "The first line of a CSV file names"),
        ("label,x\n" + "0,1\n" * 11 + "0\n", "1 value where 2", "Write it again"),
    ],
)
def test_text_that_may_be_either_is_refused(
    monkeypatch: pytest.MonkeyPatch, content: str, got: str, remedy: str
) -> None:
    feed(monkeypatch, content.encode())
    with pytest.raises(BadInput) as raised:
        cc.loss("supcon", VECTORS, labels="-")
    assert got in raised.value.got
    assert remedy in raised.value.remedy


def test_a_missing_column_of_csv_lists_those_that_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    feed(monkeypatch, b"label,name\n0,a\n")
    with pytest.raises(BadInput) as raised:
        cc.loss("supcon", VECTORS, labels="-::labl")
    assert raised.value.remedy == "Did you mean 'label'? Known: label, name."


def test_pairs_triplets_and_matches_come_as_csv(monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"i,j,y\n0,1,1\n2,3,0\n4,5,1\n")
    expected = cc.loss("contrastive", VECTORS, pairs=[(0, 1, 1), (2, 3, 0), (4, 5, 1)]).value
    assert cc.loss("contrastive", VECTORS, pairs="-").value == expected
    feed(monkeypatch, b"negative\tanchor\tpositive\n3\t0\t1\n5\t2\t4\n")
    assert cc.triplets(VECTORS, triplets="-").triplets == 2
    feed(monkeypatch, b"match\n" + b"1\n0\n" * 6)
    expected = cc.loss("contrastive", VECTORS, VECTORS + 1, match=[1, 0] * 6).value
    assert cc.loss("contrastive", VECTORS, VECTORS + 1, match="-::match").value == expected


@pytest.mark.parametrize(
    ("content", "got"),
    [("0 1\n2 3\n", "plain text"), ("0,1\n2,3\n", "the first line '0,1'"),
     ("a,b\n0,1\n", "the columns a: text, b: text"), ("i\n0\n1\n", "'i', which may be both")],
)  # fmt: skip
def test_pairs_that_name_no_columns_say_what_to_write(
    monkeypatch: pytest.MonkeyPatch, content: str, got: str
) -> None:
    feed(monkeypatch, content.encode())
    with pytest.raises(BadInput) as raised:
        cc.loss("infonce", VECTORS, pairs="-")
    assert got in raised.value.got


def test_info_tells_csv_of_standard_input_as_the_commands_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    feed(monkeypatch, b"label,name\n" + b"0,a\n1,b\n" * 6)
    found = cc.info("-")
    assert (found.format, found.labels[0].rows, found.labels[0].classes) == ("csv", 12, 2)
    feed(monkeypatch, b"label\n" + b"0\n1\n" * 6)
    assert cc.info("-::label").labels[0].rows == 12
    with pytest.raises(BadInput, match="which may be both"):
        cc.info("-")


def test_plain_text_has_no_columns(tmp_path: Path) -> None:
    (tmp_path / "y.txt").write_text("a\nb\n" * 6)
    with pytest.raises(BadInput, match=r"since \S+ is plain text"):
        cc.loss("supcon", VECTORS, labels=f"{tmp_path}/y.txt::label")


@pytest.mark.parametrize(("content", "got"), [(b"", "an empty file"), (b"hello", "begins with")])
def test_what_is_no_file_of_ours_is_refused(
    monkeypatch: pytest.MonkeyPatch, content: bytes, got: str
) -> None:
    feed(monkeypatch, content)
    with pytest.raises(BadInput, match=got):
        open_source("-")


def test_a_stream_that_was_cut_short_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(monkeypatch, saved(tmp_path, "npy", VECTORS).read_bytes()[:-1])
    with pytest.raises(BadInput, match=r"a complete \.npy file"):
        open_source("-")


def test_a_terminal_and_nothing_at_all_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    for stdin, got in ((terminal, "a terminal"), (None, "none")):
        monkeypatch.setattr(sys, "stdin", stdin)
        with pytest.raises(BadInput) as error:
            open_source("-")
        assert error.value.got == got


def test_a_file_called_minus_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "-").open("wb") as file:
        np.save(file, VECTORS)
    monkeypatch.chdir(tmp_path)
    (source,) = open_source("-")
    assert source.shape == (12, 6)


CODE = (
    "import contrastive_core as cc\n"
    "print(cc.loss('infonce', '-').value, cc.loss('infonce', '-').value)\n"
)


@pytest.mark.parametrize("way", ["pipe", "file"])
def test_a_pipe_and_a_file_give_the_same_loss_twice(tmp_path: Path, way: str) -> None:
    path = saved(tmp_path, "arrows list", VECTORS)
    command = [sys.executable, "-c", CODE]
    fed: dict[str, Any] = {"input": path.read_bytes()}
    if way == "file":
        fed = {"stdin": path.open("rb")}
    ran = subprocess.run(command, capture_output=True, check=True, **fed)
    if way == "file":
        fed["stdin"].close()
    expected = cc.loss("infonce", VECTORS).value
    assert [float(each) for each in ran.stdout.split()] == [expected, expected]


def test_the_command_reads_standard_input(tmp_path: Path) -> None:
    path = saved(tmp_path, "npy", VECTORS)
    words = ["loss", "--kind", "infonce", "-", "-o", "value", "-q"]
    command = [sys.executable, "-m", "contrast_cli", *words]
    ran = subprocess.run(command, input=path.read_bytes(), capture_output=True, check=False)
    assert float(ran.stdout) == cc.loss("infonce", VECTORS).value


def test_a_full_disk_is_told_before_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        free = 10

    feed(monkeypatch, saved(tmp_path, "npy", VECTORS).read_bytes())
    monkeypatch.setattr("contrastive_core.sources.spill.shutil.disk_usage", lambda _: Full)
    with pytest.raises(TooLittleMemory, match="Point TMPDIR to a larger disk"):
        open_source("-")


def test_columns_of_standard_input_are_no_options() -> None:
    root = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-c", "from contrast_cli.main import main; main()"]
    words = ["loss", "--kind", "infonce", "-::z1", "-::z2", "-o", "value"]
    with (root / "sample_data/emb.parquet").open("rb") as table:
        done = subprocess.run(
            [*command, *words], stdin=table, capture_output=True, text=True, check=False
        )
    whole = cc.loss("infonce", root / "sample_data/emb.parquet")
    assert (done.returncode, done.stderr) == (0, "")
    assert float(done.stdout) == whole.value
