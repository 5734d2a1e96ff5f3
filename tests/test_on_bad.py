"""Rows that cannot be used: refused, or left out as if the files had never held them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
from command_line import contrast, refused
from forms import Case, cases

import contrastive_core as cc
from contrastive_core import LOSSES, Resources

Rows = npt.NDArray[Any]
Given = dict[str, Any]

_EXACT = Resources(precision="float64")
_BANK_ROW = 1


def spoilt(case: Case) -> Given:
    """The same input with bad rows: NaN, infinity, and one row of a bank."""
    given = {
        name: np.array(v) if isinstance(v, np.ndarray) else v for name, v in case.given.items()
    }
    for name, row, value in (("embeddings", 2, np.nan), ("keys", 4, np.inf), ("scores", 3, np.nan)):
        if name in given:
            given[name][..., row, 1] = value
    if given.get("embeddings", np.empty(0)).ndim == 3:
        given["embeddings"][0, 2] = case.given["embeddings"][0, 2]  # bad in the other views
    if "negatives" in given:
        given["negatives"][5, ..., 0] = -np.inf
    if "bank" in given:
        given["bank"][_BANK_ROW] = np.nan
    return given


def bad_samples(given: Given) -> Rows:
    """Rows that cannot be used, or samples of which one view cannot."""
    names = ("embeddings", "keys", "negatives", "scores")
    found = set()
    for name in names:
        if name in given:
            array = given[name] if name != "embeddings" else np.atleast_3d(given[name])
            if name == "embeddings" and given[name].ndim == 3:
                array = np.moveaxis(given[name], 0, 1)
            flat = np.asarray(array, float).reshape(len(array), -1)
            found |= set(np.flatnonzero(~np.isfinite(flat).all(axis=1)).tolist())
    return np.array(sorted(found), int)


def removed(given: Given) -> tuple[Given, Rows]:
    """The input as if these rows had never been there, and which samples are left."""
    bad, left = bad_samples(given), dict(given)
    for name in ("pairs", "triplets"):
        if name in given:
            return _unlisted(given, name, bad)
    n = len(given["scores"]) if "scores" in given else given["embeddings"].shape[-2]
    kept = np.setdiff1d(np.arange(n), bad)
    for name, value in given.items():
        if name == "embeddings":
            left[name] = value[..., kept, :]
        elif name in ("keys", "negatives", "scores", "match"):
            left[name] = value[kept]
        elif name == "labels":
            left[name] = [value[i] for i in kept]
    if given.get("positive") == "diagonal":
        left["scores"] = given["scores"][np.ix_(kept, kept)]
    if "bank" in given:
        left["bank"] = np.delete(given["bank"], _BANK_ROW, axis=0)
    return left, kept


def _unlisted(given: Given, name: str, bad: Rows) -> tuple[Given, Rows]:
    wide = 3 if name == "triplets" else 2
    rows = given[name]
    kept = np.flatnonzero(~np.isin(rows[:, :wide], bad).any(axis=1))
    n = len(given["embeddings"])
    place = np.cumsum(~np.isin(np.arange(n), bad)) - 1
    listed = np.concatenate([place[rows[kept, :wide]], rows[kept, wide:]], axis=1)
    left = {**given, name: listed, "embeddings": np.delete(given["embeddings"], bad, axis=0)}
    if "bank" in given:
        left["bank"] = np.delete(given["bank"], _BANK_ROW, axis=0)
    return left, kept


def numbers(case: Case, found: cc.Samples, kept: Rows) -> Rows:
    """The number in the files of every candidate that is left."""
    given = case.given
    bank = np.delete(np.arange(3), _BANK_ROW) if "bank" in given else np.empty(0, int)
    if "prototypes" in given or "negatives" in given:
        return np.arange(50)
    if "scores" in given and given.get("positive") != "diagonal":
        return np.arange(50)
    n = case.samples
    views = 1
    if found.hardest_view is not None:
        views = given["embeddings"].shape[0] if given["embeddings"].ndim == 3 else 2
    return np.concatenate([*(view * n + kept for view in range(views)), views * n + bank])


CASES = [case for kind in LOSSES for case in cases(kind) if "noise" not in case.given]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_dropping_is_removing_the_rows_from_the_files(case: Case) -> None:
    given = spoilt(case)
    left, kept = removed(given)
    how: dict[str, Any] = {"per_sample": True, "resources": _EXACT}
    found = cc.loss(case.kind, on_bad="drop", **given, **how)
    expected = cc.loss(case.kind, on_bad="drop", **left, **how)
    assert found.value == expected.value
    assert found.dropped is not None
    assert expected.dropped is None
    assert found.dropped.samples == case.samples - len(kept)
    if found.positives.layout == "one cloud" or found.samples.view is None:
        assert found.samples.index.tolist() == kept[expected.samples.index].tolist()
    told_columns = dict(found.samples.columns())
    for name, values in expected.samples.columns():
        expects = values
        if name == "index":
            expects = kept[values]
        elif name in ("hardest_index", "reverse_hardest_index"):
            known = numbers(case, found.samples, kept)
            expects = np.where(values < 0, values, known[np.maximum(values, 0)])
        elif name in ("first", "second", "anchor", "positive_index", "negative_index"):
            if "pairs" in given or "triplets" in given:
                n = len(given["embeddings"])
                expects = np.setdiff1d(np.arange(n), bad_samples(given))[values]
        np.testing.assert_array_equal(told_columns[name], expects, err_msg=name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_without_bad_rows_dropping_changes_nothing(case: Case) -> None:
    dropping = cc.loss(case.kind, on_bad="drop", **case.given)
    assert dropping.dropped is None
    assert dropping.value == cc.loss(case.kind, **case.given).value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_unless_asked_bad_rows_stop(case: Case) -> None:
    with pytest.raises(cc.ContrastError, match="--on-bad drop"):
        cc.loss(case.kind, **spoilt(case))
