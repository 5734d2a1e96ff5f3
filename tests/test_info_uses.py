"""How vectors would be read: as one cloud, views, related columns, scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from info_files import ROWS, npy, ways
from saved import lists, write


def test_an_even_number_of_rows_is_assumed_to_be_two_views(tmp_path: Path) -> None:
    found = ways(npy(tmp_path, ROWS[:6]))
    assert found["contrast metrics emb.npy"] == ("decided", "one cloud of 6 rows")
    status, meaning = found["contrast loss --kind infonce emb.npy"]
    assert status == "assumed"
    assert "two views of 3 samples, row i and row i + 3" in meaning
    assert "nt-xent" in meaning
    assert "supcon" not in meaning
    assert found["contrast loss --kind infonce emb.npy --views interleaved"][0] == "possible"


def test_an_odd_number_of_rows_cannot_be_two_views(tmp_path: Path) -> None:
    status, meaning = ways(npy(tmp_path, ROWS))["contrast loss --kind infonce emb.npy"]
    assert status == "refused"
    assert "got 7 rows" in meaning


def test_any_two_axes_may_be_ready_scores(tmp_path: Path) -> None:
    scores = "contrast loss --kind infonce --scores emb.npy"
    _, meaning = ways(npy(tmp_path, ROWS))[scores]
    assert "7 rows of 2 ready scores or logits" in meaning
    assert "--positive" not in meaning
    _, meaning = ways(npy(tmp_path, np.eye(4)))[scores]
    assert "a square table needs --positive first or diagonal" in meaning


@pytest.mark.parametrize(("shape", "axis"), [((2, 5, 3), "first"), ((5, 2, 3), "second")])
def test_two_views_lie_on_the_axis_of_two(tmp_path: Path, shape: Any, axis: str) -> None:
    found = ways(npy(tmp_path, np.arange(30.0).reshape(shape)))
    for command in ("contrast metrics emb.npy", "contrast loss --kind infonce emb.npy"):
        expected = f"5 samples: the 2 views on the {axis} axis of shape {shape}"
        assert found[command] == ("decided", expected)
    assert not any("--views" in command for command in found)


def test_two_axes_of_two_are_refused_until_one_is_said(tmp_path: Path) -> None:
    found = ways(npy(tmp_path, np.arange(12.0).reshape(2, 2, 3)))
    status, meaning = found["contrast loss --kind infonce emb.npy"]
    assert status == "refused"
    assert "--views first or --views second" in meaning
    for axis in ("first", "second"):
        command = f"contrast loss --kind infonce emb.npy --views {axis}"
        assert found[command] == ("possible", "2 views of 2 samples")


def test_more_than_two_views_are_for_kinds_that_take_them(tmp_path: Path) -> None:
    found = ways(npy(tmp_path, np.arange(36.0).reshape(3, 4, 3)))
    assert found["contrast metrics emb.npy"][0] == "refused"
    assert found["contrast loss --kind infonce emb.npy"][0] == "refused"
    assert found["contrast loss --kind nt-xent emb.npy --views first"][1] == "3 views of 4 samples"
    negatives = "contrast loss --kind infonce anchors.npy positives.npy emb.npy"
    assert found[negatives] == ("possible", "the 4 own negatives of each of 3 anchors")


def test_related_columns_are_two_views_and_labels_are_never_taken_unasked(tmp_path: Path) -> None:
    columns = {"z1": lists(ROWS), "z2": lists(ROWS), "label": np.arange(7), "id": np.arange(7)}
    found = ways(write(tmp_path / "e.parquet", columns))
    assert found["contrast metrics e.parquet"] == (
        "decided",
        "7 samples: row i of e.parquet::z1 and row i of e.parquet::z2",
    )
    assert found["contrast metrics e.parquet::z1"] == ("possible", "this one alone")
    assert found["contrast loss --kind supcon e.parquet --labels ::label"][0] == "possible"
    assert found["contrast metrics e.parquet keys.parquet --join id"][0] == "possible"


def test_related_columns_of_different_widths_are_refused(tmp_path: Path) -> None:
    columns = {"z1": lists(ROWS), "z2": lists(ROWS[:, :1])}
    status, meaning = ways(write(tmp_path / "e.parquet", columns))["contrast metrics e.parquet"]
    assert status == "refused"
    assert "got shape (7, 1)" in meaning


def test_anchors_positives_and_negatives_are_triplets(tmp_path: Path) -> None:
    names = ("anchor", "positive", "negative")
    found = ways(write(tmp_path / "e.parquet", {name: lists(ROWS) for name in names}))
    expected = ("decided", "7 triplets, row by row: anchor, positive, negative")
    assert found["contrast triplets e.parquet"] == expected
    assert found["contrast loss --kind triplet e.parquet"] == expected
    assert found["contrast loss --kind infonce e.parquet"][0] == "decided"


def test_a_name_with_blanks_is_quoted(tmp_path: Path) -> None:
    assert "contrast metrics 'my emb.npy'" in ways(npy(tmp_path, ROWS, "my emb.npy"))
