"""Labels and their like from every kind of file: archives, tensors, text, CSV, dictionaries."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from saved import lists, safetensors, write

import contrastive_core as cc
from contrastive_core.errors import BadInput
from contrastive_core.sources import (
    open_source,
    read_labels,
    read_match,
    read_noise,
    read_pairs,
    read_targets,
    read_triplets,
)

VECTORS = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)


def text(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(read: Any, *given: Any) -> BadInput:
    with pytest.raises(BadInput) as error:
        read(*given)
    raised = error.value
    assert raised.expected
    assert raised.got
    assert raised.remedy.endswith(".")
    return raised


# Archives and tensors.


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("values", [[3, 1, 3], [3.0, 1.0, 3.0], ["b", "a", "b"]])
def test_labels_of_an_archive_are_taken_alone_or_by_name(
    tmp_path: Path, save: Any, values: list[Any]
) -> None:
    save(tmp_path / "y.npz", anything=np.array(values))
    assert read_labels(tmp_path / "y.npz", 3).codes.tolist() == [1, 0, 1]
    save(tmp_path / "z.npz", emb=VECTORS, y=np.array(values), other=np.zeros(3))
    assert read_labels(tmp_path / "z.npz", 3).codes.tolist() == [1, 0, 1]
    assert read_labels(f"{tmp_path}/z.npz::other", 3).codes.tolist() == [0, 0, 0]


def test_labels_of_tensors_are_taken_alone_or_by_name(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "y.safetensors", {"emb": VECTORS, "label": np.array([3, 1, 3])})
    assert read_labels(path, 3).classes == [1, 3]
    (source,) = open_source(path)
    assert read_labels("::label", 3, beside=source).classes == [1, 3]


def test_pairs_and_triplets_of_an_archive_are_one_array_or_arrays_by_name(tmp_path: Path) -> None:
    rows = np.array([[0, 1, 1], [2, 3, 0]])
    np.savez(tmp_path / "p.npz", rows)
    np.savez(tmp_path / "q.npz", y=rows[:, 2], j=rows[:, 1], i=rows[:, 0])
    np.savez(tmp_path / "r.npz", pairs=rows, other=rows)
    for place in (tmp_path / "p.npz", tmp_path / "q.npz", f"{tmp_path}/r.npz::pairs"):
        pairs = read_pairs(place, 4)
        assert (pairs.i.tolist(), pairs.j.tolist()) == ([0, 2], [1, 3])
    negative, anchor, positive = np.array([[2, 1], [0, 3], [1, 0]])
    np.savez(tmp_path / "t.npz", negative=negative, anchor=anchor, positive=positive)
    assert read_triplets(tmp_path / "t.npz", 4).negative.tolist() == [2, 1]


def test_arrays_of_pairs_of_different_lengths_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "p.npz", i=np.array([0, 1]), j=np.array([1]))
    assert refused(read_pairs, tmp_path / "p.npz", 4).got == "1 and 2"


def test_missing_arrays_of_pairs_are_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "p.npz", i=np.array([0, 1]), k=np.array([1, 2]))
    raised = refused(read_pairs, tmp_path / "p.npz", 4)
    assert raised.expected == "the arrays i, j"
    assert raised.got == "the arrays i: int64 (2,), k: int64 (2,)"


@pytest.mark.parametrize("name", ["t.npz", "t.safetensors", "t.npy"])
def test_triplets_of_four_are_never_accepted_silently(tmp_path: Path, name: str) -> None:
    four = np.zeros((9, 4), int)
    path = tmp_path / name
    if name == "t.npz":
        np.savez(path, four)
    elif name == "t.npy":
        np.save(path, four)
    else:
        safetensors(path, {"t": four})
    assert "pytorch-metric-learning" in refused(read_triplets, path, 4).remedy


def test_scores_prototypes_banks_and_noise_come_from_the_same_formats(tmp_path: Path) -> None:
    bank = np.random.default_rng(1).normal(size=(5, 4)).astype(np.float32)
    labels = np.array([0, 1, 2, 3, 4, 0])
    scores = np.random.default_rng(2).normal(size=(6, 5))
    np.savez(tmp_path / "b.npz", bank)
    safetensors(tmp_path / "p.safetensors", {"p": bank})
    write(tmp_path / "s.parquet", {f"score_{i}": scores[:, i] for i in range(5)})
    (tmp_path / "q.txt").write_text("0.2\n" * 6)
    (tmp_path / "y.csv").write_text("label\n" + "\n".join(map(str, labels)))
    given: list[tuple[str, tuple[Any, ...], dict[str, Any], dict[str, Any]]] = [
        ("infonce", (VECTORS, VECTORS + 1), {"bank": bank}, {"bank": tmp_path / "b.npz"}),
        (
            "cross-entropy",
            (VECTORS,),
            {"prototypes": bank, "labels": labels},
            {"prototypes": tmp_path / "p.safetensors", "labels": tmp_path / "y.csv"},
        ),
        ("infonce", (), {"scores": scores}, {"scores": tmp_path / "s.parquet"}),
    ]
    for kind, files, arrays, paths in given:
        assert cc.loss(kind, *files, **paths).value == cc.loss(kind, *files, **arrays).value
    assert read_noise(tmp_path / "q.txt", 6, sum_to_one=False).tolist() == [0.2] * 6


# Text: one value per line.


@pytest.mark.parametrize("name", ["y.txt", "y.labels", "y", "y.TXT"])
@pytest.mark.parametrize(
    ("content", "classes", "codes"),
    [
        ("cat\ndog\ncat\n", ["cat", "dog"], [0, 1, 0]),
        ("cat\ndog\ncat", ["cat", "dog"], [0, 1, 0]),
        ("cat\r\ndog\r\ncat\r\n", ["cat", "dog"], [0, 1, 0]),
        ("\ufeffcat\ndog\ncat\n", ["cat", "dog"], [0, 1, 0]),
        ("3\n-1\n3\n", [-1, 3], [1, 0, 1]),
        ("3.0\n1e0\n3.\n", [1, 3], [1, 0, 1]),
        ("3\ncat\n3\n", ["3", "cat"], [0, 1, 0]),
        ("007\n7\n007\n", ["007", "7"], [0, 1, 0]),
        ("golden retriever, old\nx\ngolden retriever, old\n", ["golden retriever, old", "x"],
         [0, 1, 0]),
        ("a\n\na\n", ["a"], [0, -1, 0]),
        ("1\n\n1\n", [1], [0, -1, 0]),
        ("été\nz\nété\n", ["z", "été"], [1, 0, 1]),
    ],
)  # fmt: skip
def test_lines_are_labels(
    tmp_path: Path, name: str, content: str, classes: list[Any], codes: list[int]
) -> None:
    labels = read_labels(text(tmp_path / name, content), 3)
    assert labels.classes == classes
    assert labels.codes.tolist() == codes
    assert labels.nulls == codes.count(-1)


def test_lines_are_targets_and_matches_too(tmp_path: Path) -> None:
    path = text(tmp_path / "y.txt", "1\n0\n1\n")
    assert read_targets(path, 3, 2).numbers.tolist() == [1, 0, 1]
    assert read_match(path, 3).similar.tolist() == [True, False, True]


def test_a_line_without_a_label_has_no_positives(tmp_path: Path) -> None:
    path = text(tmp_path / "y.txt", "a\nb\na\nb\n\na\n")
    names: Any = ["a", "b", "a", "b", None, "a"]
    expected = cc.loss("supcon", VECTORS, labels=names)
    found = cc.loss("supcon", VECTORS, labels=path)
    assert found.value == expected.value
    assert found.undefined == 1


@pytest.mark.parametrize("content", ["nan\n1\n2\n", "1.5\n1\n2\n"])
def test_text_that_is_no_label_is_refused_as_in_other_files(tmp_path: Path, content: str) -> None:
    raised = refused(read_labels, text(tmp_path / "y.txt", content), 3)
    assert raised.expected == "labels that are whole numbers or strings"


def test_another_number_of_lines_is_refused(tmp_path: Path) -> None:
    assert refused(read_labels, text(tmp_path / "y.txt", "a\nb\n"), 3).got == "2 labels"
    raised = refused(read_labels, text(tmp_path / "y.txt", "label\na\nb\nc\n"), 3)
    assert raised.got == "4 labels"
    assert "first line" in raised.remedy


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    raised = refused(read_labels, text(tmp_path / "y.txt", b"\xff\xfe\xfd"), 3)
    assert raised.expected == "UTF-8 text"
    raised = refused(read_labels, text(tmp_path / "y.txt", b"a\x00b\n"), 3)
    assert "begins with" in raised.got
    raised = refused(read_labels, text(tmp_path / "y.npy", "a\nb\nc\n"), 3)
    assert "begins with" in raised.got


def test_text_holds_no_embeddings(tmp_path: Path) -> None:
    for name in ("e.csv", "e.txt"):
        raised = refused(open_source, text(tmp_path / name, "1,2\n3,4\n"))
        assert "begins with" in raised.got


# CSV: columns by name.


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("y.csv", "id,label,z\n1,b,0\n2,a,0\n3,b,0\n"),
        ("y.csv", "id;label;z\n1;b;0\n2;a;0\n3;b;0\n"),
        ("y.tsv", "id\tlabel\tz\n1\tb\t0\n2\ta\t0\n3\tb\t0\n"),
        ("y.csv", ",label\n0,b\n1,a\n2,b\n"),
        ("y.csv", "label\nb\na\nb\n"),
        ("y.csv", 'label,note\nb,"x, y"\na,"x\ny"\n"b",""\n'),
        ("y.csv", "\ufefflabel\r\nb\r\na\r\nb\r\n"),
    ],
)
def test_the_column_of_labels_is_recognised(tmp_path: Path, name: str, content: str) -> None:
    labels = read_labels(text(tmp_path / name, content), 3)
    assert (labels.classes, labels.codes.tolist()) == (["a", "b"], [1, 0, 1])


def test_a_column_is_picked_by_name(tmp_path: Path) -> None:
    path = text(tmp_path / "y.csv", "breed,label\nx,1\ny,2\n")
    assert read_labels(f"{path}::breed", 2).classes == ["x", "y"]
    raised = refused(read_labels, f"{path}::bred", 2)
    assert raised.remedy == "Did you mean 'breed'? Known: breed, label."
    raised = refused(read_labels, text(tmp_path / "z.csv", "breed,age\nx,1\n"), 1)
    assert raised.got == "none of these among: breed: text, age: text"


def test_empty_cells_are_no_labels(tmp_path: Path) -> None:
    for content in ("label,z\na,1\n,2\nb,3\n", "label\na\n\nb\n"):
        labels = read_labels(text(tmp_path / "y.csv", content), 3)
        assert labels.codes.tolist() == [0, -1, 1]
        assert labels.nulls == 1


def test_pairs_and_triplets_in_csv_are_found_by_name(tmp_path: Path) -> None:
    pairs = read_pairs(text(tmp_path / "p.csv", "y,j,i\n1,1,0\n0,3,2\n"), 4)
    assert (pairs.i.tolist(), pairs.j.tolist()) == ([0, 2], [1, 3])
    path = text(tmp_path / "t.csv", "negative,anchor,positive\n2,0,1\n")
    assert read_triplets(path, 4).negative.tolist() == [2]


def test_a_first_line_that_names_nothing_is_explained(tmp_path: Path) -> None:
    raised = refused(read_labels, text(tmp_path / "y.csv", "a\nb\nc\n"), 3)
    assert raised.got == "2 labels"
    assert "first line" in raised.remedy


@pytest.mark.parametrize(
    ("content", "got"),
    [
        ("label,z\na,1\nb\n", "1 value where 2 are named, row 3"),
        ("label,label\na,1\n", "two columns of one name"),
        ('label,z\n"a,1\n', "unexpected end of data"),
    ],
)
def test_csv_that_is_broken_is_refused(tmp_path: Path, content: str, got: str) -> None:
    assert got in refused(read_labels, text(tmp_path / "y.csv", content), 1).got


# Categoricals.


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "arrows"])
def test_categoricals_that_change_from_batch_to_batch_are_labels(
    tmp_path: Path, suffix: str
) -> None:
    column = pa.array(["z", "y", None, "a", "z", "m"]).dictionary_encode()
    path = write(tmp_path / f"y.{suffix}", {"y": column, "emb": lists(VECTORS)}, chunk=2)
    labels = read_labels(path, 6)
    assert labels.codes.tolist() == [3, 2, -1, 0, 3, 1]
    assert labels.nulls == 1


def test_a_dictionary_that_is_replaced_within_a_stream_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "y.arrows"
    parts = [pa.array(each).dictionary_encode() for each in (["b", "a"], ["c", "b"])]
    batches = [pa.record_batch({"y": part}) for part in parts]
    with pa.ipc.new_stream(path, batches[0].schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    assert read_labels(path, 4).codes.tolist() == [1, 0, 2, 1]
