"""What label files, numbers, pairs and triplets hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from info_files import ROWS, labels, listed, npy, vectors, ways
from saved import lists, write

import contrastive_core as cc
from contrastive_core.holdings.parts import Found, NumberFacts

Rows = npt.NDArray[Any]

# Labels and numbers.


@pytest.mark.parametrize(
    ("array", "kind", "smallest", "largest"),
    [
        (np.array([3, 1, 3, 3, 1, 0]), "integers", (0, 1), (3, 3)),
        (np.array([3.0, 1, 3, 3, 1, 0]), "whole floats", (0, 1), (3, 3)),
        (np.array(["c", "b", "c", "c", "b", "a"]), "strings", ("a", 1), ("c", 3)),
        (np.array([b"c", b"b", b"c", b"c", b"b", b"a"]), "strings", ("a", 1), ("c", 3)),
    ],
)
def test_labels_are_counted_by_class(
    tmp_path: Path, array: Rows, kind: str, smallest: Any, largest: Any
) -> None:
    part = labels(npy(tmp_path, array))
    assert (part.kind, part.rows, part.nulls, part.classes, part.lone) == (kind, 6, 0, 3, 1)
    assert part.smallest is not None
    assert part.largest is not None
    assert (part.smallest.name, part.smallest.rows) == smallest
    assert (part.largest.name, part.largest.rows) == largest
    assert part.preview == tuple(x.decode() if isinstance(x, bytes) else x for x in array.tolist())
    assert part.zero_or_one is False


def test_labels_of_text_csv_and_tables_have_nulls(tmp_path: Path) -> None:
    (tmp_path / "y.txt").write_text("cat\n\ndog\ncat\n")
    (tmp_path / "y.csv").write_text("id,label\n1,cat\n2,\n3,dog\n4,cat\n")
    write(tmp_path / "y.parquet", {"label": ["cat", None, "dog", "cat"]})
    for name in ("y.txt", "y.csv", "y.parquet"):
        part = labels(tmp_path / name)
        assert (part.rows, part.nulls, part.classes, part.lone) == (4, 1, 2, 1)
        assert part.preview == ("cat", None, "dog", "cat")


def test_labels_beside_vectors_are_counted_too(tmp_path: Path) -> None:
    path = write(tmp_path / "emb.parquet", {"emb": lists(ROWS), "y": [0, 0, 1, 1, 1, 2, None]})
    part = labels(path)
    assert part.name == f"{path}::y"
    assert (part.classes, part.nulls, part.lone) == (3, 1, 1)


def test_bools_and_zeros_and_ones_may_be_matches(tmp_path: Path) -> None:
    for values in (np.array([True, False]), np.array([1, 0])):
        path = npy(tmp_path, values, "m.npy")
        assert labels(path).zero_or_one is True
        match = "contrast loss --kind contrastive emb.npy keys.npy --match m.npy"
        assert ways(path)[match][0] == "possible"
    path = npy(tmp_path, np.array([1, 2]), "m.npy")
    assert not any("--match" in command for command in ways(path))


def test_fractions_are_no_classes(tmp_path: Path) -> None:
    (part,) = cc.info(npy(tmp_path, [0.25, 0.5, np.nan, 2.0])).numbers
    assert isinstance(part, NumberFacts)
    assert (part.rows, part.nan, part.min, part.max, part.sum) == (4, 1, 0.25, 2.0, 2.75)
    ((status, meaning),) = ways(tmp_path / "emb.npy").values()
    assert status == "refused"
    assert "got numbers from 0.25 to 2" in meaning


def test_probabilities_may_be_noise(tmp_path: Path) -> None:
    one = ways(npy(tmp_path, [0.25, 0.25, 0.5], "q.npy"))
    assert one["contrast loss --kind nce emb.npy --noise q.npy"][0] == "possible"
    ((command, (_, meaning)),) = ways(npy(tmp_path, [0.25, 0.25], "q.npy")).items()
    assert command == "contrast loss --kind nce --scores scores.npy --noise q.npy"
    assert "they sum to 0.5" in meaning


# Pairs and triplets.


def test_pairs_are_counted(tmp_path: Path) -> None:
    rows = np.array([[0, 5, 1], [2, 2, 0], [5, 0, 1], [1, 3, 0]])
    write(tmp_path / "p.parquet", dict(zip("ijy", rows.T, strict=True)))
    for path in (npy(tmp_path, rows), tmp_path / "p.parquet"):
        part = listed(path)
        assert (part.kind, part.columns, part.rows) == ("pairs", ("i", "j", "y"), 4)
        assert (part.lowest, part.highest) == (0, 5)
        assert (part.similar, part.dissimilar) == (2, 2)
        assert part.own == Found(1, (1,))
        assert part.duplicates == Found(1, (2,))
        assert part.preview[0] == (0, 5, 1)


def test_pairs_without_y_are_positives(tmp_path: Path) -> None:
    path = npy(tmp_path, [[0, 1], [2, 3]], "p.npy")
    part = listed(path)
    assert (part.columns, part.similar, part.dissimilar) == (("i", "j"), None, None)
    found = ways(path)
    assert found["contrast metrics emb.npy --pairs p.npy"][0] == "decided"
    assert found["contrast loss --kind contrastive emb.npy --pairs p.npy"][0] == "refused"
    assert found["contrast metrics p.npy"][0] == "possible"


def test_a_third_column_of_zeros_and_ones_says_pairs_and_what_else(tmp_path: Path) -> None:
    found = ways(npy(tmp_path, [[4, 7, 1], [2, 3, 0]], "p.npy"))
    assert found["contrast loss --kind contrastive emb.npy --pairs p.npy"][0] == "decided"
    status, meaning = found["contrast triplets emb.npy --triplets p.npy"]
    assert status == "possible"
    assert "taken for pairs, as the third column holds 0 and 1 alone" in meaning


def test_another_third_column_says_triplets(tmp_path: Path) -> None:
    rows = np.array([[0, 1, 2], [3, 4, 5], [0, 1, 2], [6, 7, 6]])
    names = ("anchor", "positive", "negative")
    write(tmp_path / "t.parquet", dict(zip(names, rows.T, strict=True)))
    for path in (npy(tmp_path, rows), tmp_path / "t.parquet"):
        part = listed(path)
        assert (part.kind, part.columns, part.similar) == ("triplets", names, None)
        assert (part.highest, part.own, part.duplicates) == (7, Found(1, (3,)), Found(1, (2,)))


def test_y_of_minus_one_is_refused_with_what_to_write(tmp_path: Path) -> None:
    path = npy(tmp_path, [[0, 1, -1], [1, 2, 1]], "p.npy")
    assert listed(path).dissimilar == 1
    status, meaning = ways(path)["contrast loss --kind contrastive emb.npy --pairs p.npy"]
    assert status == "refused"
    assert "y is -1, where 0 says dissimilar, in 1 of 2 rows (first: 0)" in meaning


def test_negative_integers_and_floats_are_vectors(tmp_path: Path) -> None:
    assert vectors(npy(tmp_path, [[0, -1], [2, 3]])).d == 2
    assert vectors(npy(tmp_path, [[0.0, 1.0], [2.0, 3.0]])).d == 2
    assert vectors(npy(tmp_path, [[0, 1, 2, 3], [2, 3, 4, 5]])).d == 4
