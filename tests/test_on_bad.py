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
from contrastive_core.errors import BadInput

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
        elif name in ("first", "second", "anchor") or (
            name in ("positive_index", "negative_index") and "triplets" in given
        ):
            rows = np.arange(len(given["embeddings"]))
            expects = np.setdiff1d(rows, bad_samples(given))[values]
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


def _cloud(seed: int, n: int = 14) -> Rows:
    return np.random.default_rng(seed).normal(size=(n, 4))


def _metric_inputs() -> dict[str, Given]:
    x, y = _cloud(1), _cloud(2)
    labels = [0, 0, 1, 1, None, 2, 2, 0, 1, 2, 0, 3, 1, 0]
    pairs = np.array([[0, 1], [2, 3], [5, 9], [7, 4], [3, 8], [11, 13], [12, 6]])
    return {
        "a cloud": {"embeddings": x},
        "with labels": {"embeddings": x, "labels": labels},
        "with pairs": {"embeddings": x, "pairs": pairs},
        "two files": {"embeddings": x, "keys": y, "labels": labels},
        "views": {"embeddings": np.stack([x, y], axis=1), "labels": labels},
        "stacked": {"embeddings": np.concatenate([x, y]), "views": "stacked"},
    }


def _metric_bad(given: Given) -> tuple[Given, Given, Rows]:
    """Bad rows, the input without what goes with them, and what is left."""
    x = given["embeddings"].copy()
    bad = {**given, "embeddings": x}
    x[3], x[11, ..., 2] = 0.0, np.nan
    rows = [3, 11]
    if "keys" in given:
        bad["keys"] = given["keys"].copy()
        bad["keys"][5, 0] = -np.inf
        rows.append(5)
    kept = np.setdiff1d(np.arange(14), rows)
    left = dict(bad)
    for name in ("keys", "labels"):
        if name in bad:
            left[name] = [bad[name][i] for i in kept]
    both = np.concatenate([kept, 14 + kept]) if "views" in given else kept
    left["embeddings"] = x[both]
    if "pairs" in given:
        pairs = given["pairs"][~np.isin(given["pairs"], rows).any(axis=1)]
        left["pairs"] = np.searchsorted(kept, pairs)
    return bad, left, kept


@pytest.mark.parametrize("name", list(_metric_inputs()))
def test_metrics_are_those_of_the_rows_that_are_left(name: str) -> None:
    bad, left, kept = _metric_bad(_metric_inputs()[name])
    found = cc.metrics(on_bad="drop", resources=_EXACT, **bad)
    expected = cc.metrics(resources=_EXACT, **left)
    assert found.dropped is not None
    assert found.dropped.samples == 14 - len(kept)
    assert found.dropped.pairs == (3 if name == "with pairs" else 0)
    assert {n: m.value for n, m in found.metrics.items()} == pytest.approx(
        {n: m.value for n, m in expected.metrics.items()}, rel=0, abs=0, nan_ok=True
    )
    told = dict(found.samples.columns())
    for column, values in expected.samples.columns():
        expects = kept[values] if column in ("index", "nearest") else values
        np.testing.assert_array_equal(told[column], expects, err_msg=column)


@pytest.mark.parametrize("name", ["with labels", "two files", "views"])
def test_triplets_of_labels_are_those_of_the_rows_that_are_left(name: str) -> None:
    bad, left, kept = _metric_bad(_metric_inputs()[name])
    if "keys" in bad:
        bad["positives"], left["positives"] = bad.pop("keys"), np.array(left.pop("keys"))
    found = cc.triplets(on_bad="drop", margin=(0.2, 0.5), **bad)
    expected = cc.triplets(margin=(0.2, 0.5), **left)
    assert found.counts == expected.counts
    assert found.value == expected.value
    every = np.concatenate([kept, 14 + kept])
    for ours, theirs in zip(found.margins, expected.margins, strict=True):
        told = dict(ours.samples.columns())
        for column, values in theirs.samples.columns():
            expects = values
            if column == "index":
                expects = kept[values]
            elif column in ("positive_index", "negative_index"):
                expects = np.where(values < 0, values, every[np.maximum(values, 0)])
            np.testing.assert_array_equal(told[column], expects, err_msg=column)


def test_listed_triplets_go_with_the_rows_that_they_name() -> None:
    rows, listed = _cloud(3, 6), np.array([[0, 1, 2], [3, 4, 5], [1, 0, 3], [5, 4, 0]])
    rows[2] = np.nan
    found = cc.triplets(rows, triplets=listed, on_bad="drop")
    assert dict(found.samples.columns())["index"].tolist() == [1, 2, 3]
    assert dict(found.samples.columns())["anchor"].tolist() == [3, 1, 5]
    assert dict(found.samples.columns())["negative_index"].tolist() == [5, 3, 0]
    assert found.dropped is not None
    assert (
        found.dropped.sentence == "of 4 triplets, for 1 row with NaN or infinity in embeddings "
        "(row 2)"
    )


@pytest.mark.parametrize("denominator", ["keys", "views", "bank"])
def test_the_hardest_is_numbered_behind_rows_that_were_left_out(denominator: str) -> None:
    x, y, bank = _cloud(1, 6), _cloud(2, 6), _cloud(3, 5)
    y[1], bank[0] = np.nan, np.inf
    x[4], bank[3] = (9, 1, 1, 1), (9, 1, 1.1, 1)
    given: Given = {"denominator": denominator, "bank": bank, "per_sample": True}
    found = cc.loss("infonce", x, y, on_bad="drop", **given)
    first = {"keys": 6, "views": 12, "bank": 6}[denominator]
    assert found.samples.hardest_index is not None
    assert found.samples.index.tolist() == [0, 2, 3, 4, 5]
    assert found.samples.hardest_index[3] == first + 3
    assert found.dropped is not None
    assert (found.dropped.samples, found.dropped.bank, found.dropped.rows) == (1, 1, 2)


_LISTED: dict[str, Callable[[pa.DataType], pa.DataType]] = {
    "list": pa.list_,
    "large_list": pa.large_list,
    "fixed_size_list": lambda kind: pa.list_(kind, 4),
}


def _written(folder: Path, suffix: str, column: pa.Array) -> Path:
    path = folder / f"x.{suffix}"
    table = pa.table({"embedding": column})
    if suffix == "parquet":
        pq.write_table(table, path, row_group_size=3)
    else:
        pyarrow.feather.write_feather(table, path, compression="uncompressed")
    return path


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
@pytest.mark.parametrize("name", list(_LISTED))
@pytest.mark.parametrize("kind", [pa.float32(), pa.int16(), pa.float16()])
@pytest.mark.parametrize("gaps", [[0], [4], [9], [0, 1, 2], [0, 4, 5, 9]], ids=str)
def test_nulls_in_lists_shift_no_row(
    tmp_path: Path, suffix: str, name: str, kind: pa.DataType, gaps: list[int]
) -> None:
    whole = np.random.default_rng(5).integers(1, 9, size=(10, 4)).astype(kind.to_pandas_dtype())
    rows: list[Any] = [list(row) for row in whole]
    for number, gap in enumerate(gaps):
        rows[gap] = None if number % 2 == 0 else [rows[gap][0], None, *rows[gap][2:]]
    path = _written(tmp_path, suffix, pa.array(rows, _LISTED[name](kind)))
    found = cc.loss("uniformity", path, on_bad="drop", resources=_EXACT)
    kept = np.setdiff1d(np.arange(10), gaps)
    expected = cc.loss("uniformity", whole[kept], resources=_EXACT)
    assert found.value == expected.value
    assert found.samples.index.tolist() == kept.tolist()
    assert found.inputs[0].dtype == str(whole.dtype)
    assert found.dropped is not None
    assert found.dropped.findings[0].first == tuple(gaps)
    assert "null or of another length" in found.dropped.sentence


@pytest.mark.parametrize("short", [0, 3, 5])
def test_ragged_rows_are_those_of_another_length_than_most(tmp_path: Path, short: int) -> None:
    whole = _cloud(7, 6)
    rows = [list(row) for row in whole]
    rows[short] = rows[short][:2]
    path = _written(tmp_path, "parquet", pa.array(rows))
    found = cc.loss("uniformity", path, on_bad="drop", resources=_EXACT)
    left = cc.loss("uniformity", np.delete(whole, short, axis=0), resources=_EXACT)
    assert found.value == left.value
    assert found.dropped is not None
    assert found.dropped.findings[0].first == (short,)
    with pytest.raises(cc.ContrastError, match="1 row null") as raised:
        cc.loss("uniformity", path)
    assert f"(first: {short})" in str(raised.value)


def test_a_null_among_several_views_of_a_column_loses_the_sample(tmp_path: Path) -> None:
    whole = np.random.default_rng(8).normal(size=(6, 2, 3))
    rows: list[Any] = whole.tolist()
    rows[1], rows[4] = None, [rows[4][0], None]
    path = _written(tmp_path, "parquet", pa.array(rows))
    found = cc.loss("nt-xent", path, on_bad="drop", resources=_EXACT)
    expected = cc.loss("nt-xent", np.delete(whole, [1, 4], axis=0), resources=_EXACT)
    assert found.value == expected.value
    assert found.samples.index.tolist() == [0, 2, 3, 5] * 2


def test_a_null_in_one_of_several_numeric_columns_loses_the_row(tmp_path: Path) -> None:
    whole = np.random.default_rng(9).integers(1, 9, (6, 3))
    columns: dict[str, Any] = {f"e{k}": whole[:, k].tolist() for k in range(3)}
    columns["e1"][2] = None
    pq.write_table(pa.table(columns), tmp_path / "x.parquet")
    found = cc.loss("uniformity", tmp_path / "x.parquet", on_bad="drop", resources=_EXACT)
    expected = cc.loss("uniformity", np.delete(whole, 2, axis=0), resources=_EXACT)
    assert found.value == expected.value


def test_a_null_vector_is_bad_where_a_direction_is_needed_and_nowhere_else() -> None:
    x, y = _cloud(1, 6), _cloud(2, 6)
    x[2] = 0.0
    cosine = cc.loss("infonce", x, y, on_bad="drop")
    assert cosine.samples.index.tolist() == [0, 1, 3, 4, 5]
    assert cc.loss("infonce", x, y, similarity="dot", on_bad="drop").dropped is None


def test_numbers_beyond_float32_are_not_left_out() -> None:
    x, y = _cloud(1, 6), _cloud(2, 6)
    x[2], x[3] = 1e60, np.nan
    with pytest.raises(cc.ContrastError, match="float64"):
        cc.loss("infonce", x, y, similarity="dot", on_bad="drop")


def test_a_class_vector_is_never_left_out() -> None:
    prototypes = _cloud(1, 3)
    prototypes[1] = np.nan
    with pytest.raises(cc.ContrastError, match="class vectors that can be used"):
        cc.loss(
            "cross-entropy",
            _cloud(2, 4),
            prototypes=prototypes,
            labels=[0, 1, 2, 0],
            on_bad="drop",
        )


def test_rows_of_a_given_noise_distribution_are_not_left_out() -> None:
    x, y = _cloud(1, 5), _cloud(2, 5)
    assert cc.loss("nce", x, y, noise=np.full(5, 0.2), on_bad="drop").dropped is None
    x[1] = np.nan
    with pytest.raises(cc.ContrastError, match="another distribution"):
        cc.loss("nce", x, y, noise=np.full(5, 0.2), on_bad="drop")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_is_left_where_every_row_is_bad(case: Case) -> None:
    given = dict(case.given)
    name = "scores" if "scores" in given else "embeddings"
    given[name] = np.full_like(given[name], np.nan)
    with pytest.raises(cc.ContrastError, match="that can be used, got left out"):
        cc.loss(case.kind, on_bad="drop", **given)


def test_spilled_rows_are_left_out_alike() -> None:
    x, y = _cloud(1, 3000), _cloud(2, 3000)
    x[::7], y[5] = np.nan, 0.0
    kept = cc.loss("clip", x, y, on_bad="drop")
    x, y = np.hstack([x] * 100), np.hstack([y] * 100)
    small = Resources(memory=29 * 2**20, threads=1)
    spilled = cc.loss("clip", x, y, on_bad="drop", resources=small)
    assert spilled.samples.index.tolist() == kept.samples.index.tolist()
    assert spilled.value == cc.loss("clip", x, y, on_bad="drop").value


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    x, y = _cloud(1, 12), _cloud(2, 12)
    x[4, 0], x[7], y[9] = np.nan, np.inf, 0.0
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", y)
    np.save(tmp_path / "labels.npy", np.arange(12) % 3)
    np.save(tmp_path / "none.npy", np.full((4, 3), np.nan))
    return tmp_path


_WARNING = (
    "warning: left out (--on-bad drop): 3 of 12 samples, for 2 rows with NaN or infinity in x.npy "
    "(row 4, 7), 1 row with only zeros, and so no direction in y.npy (row 9).\n"
)


def test_the_command_says_what_it_left_out(folder: Path) -> None:
    for command in ("loss --kind clip", "metrics"):
        told = contrast(f"contrast {command} x.npy y.npy --on-bad drop -o json", folder)
        assert _WARNING in told.err
        assert told.document["dropped"] == {
            "rows": 3,
            "samples": 3,
            "of": 12,
            "sample": "sample",
            "bank": 0,
            "pairs": 0,
            "found": [
                {"path": "x.npy", "reason": "NaN or infinity", "rows": 2, "first": [4, 7]},
                {
                    "path": "y.npy",
                    "reason": "only zeros, and so no direction",
                    "rows": 1,
                    "first": [9],
                },
            ],
        }
        assert "left out" in contrast(f"contrast {command} x.npy y.npy --on-bad drop", folder).out
    labelled = "contrast triplets x.npy --labels labels.npy --on-bad drop"
    assert contrast(f"{labelled} -o json", folder).document["dropped"]["samples"] == 2
    assert "left out" in contrast(labelled, folder).out


def test_the_command_stops_unless_asked_and_says_how_to_ask(folder: Path) -> None:
    for option in ("", "--on-bad stop"):
        said = refused(f"contrast loss --kind clip x.npy y.npy {option}", folder)
        assert "2 rows with NaN or infinity (row 4, 7, counted from 0)" in said
        assert "--on-bad drop" in said
    assert "dropped" not in contrast("contrast metrics labels.npy", folder).out
    assert "--on-bad" in refused("contrast loss --kind clip x.npy y.npy --on-bad dorp", folder)


def test_the_command_has_no_result_where_nothing_is_left(folder: Path) -> None:
    said = refused("contrast metrics none.npy --on-bad drop", folder)
    assert "expected at least one sample that can be used, got left out: 4 of 4" in said


def test_every_convention_says_what_it_left_out(folder: Path) -> None:
    line = "contrast loss --kind nt-xent x.npy y.npy --convention all --on-bad drop -o json"
    found = contrast(line, folder).document["conventions"]
    assert {each["dropped"]["samples"] for each in found if each["value"] is not None} == {3}


@pytest.mark.parametrize("on_bad", ["stop", "drop"])
@pytest.mark.parametrize("unit", [True, False])
def test_finite_rows_that_are_too_long_are_called_that(on_bad: str, unit: bool) -> None:
    rows = np.random.default_rng(3).normal(size=(8, 3))
    rows[5] = 1.7e308
    how: dict[str, Any] = {"similarity": "cosine" if unit else "dot", "on_bad": on_bad}
    resources = cc.Resources(precision="float64")
    own = rows[4:].reshape(2, 2, 3)
    for given in ((rows,), (rows[:4], rows[4:]), (rows[:2], rows[2:4], own)):
        with pytest.raises(BadInput) as raised:
            cc.loss("infonce", *given, resources=resources, **how)
        row = 5 if len(given) == 1 else 1
        what = "1 row with finite numbers whose squares go beyond the range of float64"
        assert raised.value.got == f"{what} (row {row}, counted from 0)"
        assert raised.value.remedy.startswith("Scale the rows down")
    rows[5, 0] = np.inf
    with pytest.raises(BadInput, match="1 row with NaN or infinity"):
        cc.loss("infonce", rows, similarity=how["similarity"], resources=resources)
