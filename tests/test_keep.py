"""What several measurings of one input share: rows are decoded once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from saved import lists, write

import contrastive_core as cc
from contrastive_core.errors import BadInput, TooLittleMemory
from contrastive_core.sources import Reading, open_source
from contrastive_core.sources import columns as columns_of_tables
from contrastive_core.sources import keep as keeping
from contrastive_core.sources.keep import Keep, KeptRows
from contrastive_core.sources.tables import ParquetTable

RULES = (
    "uniformity <= 10",
    "alignment <= 10",
    "infonce(tau=0.1) <= 100",
    "infonce(tau=0.2) <= 100",
    "uniformity(t=3) <= 10",
    "supcon <= 100",
    "triplets.hard <= 100%",
)


def often() -> Keep:
    """For rows that are read more than once."""
    keep = Keep()
    keep.reads.often = True
    return keep


def _rows(n: int = 40, d: int = 6, seed: int = 1) -> npt.NDArray[Any]:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Rows that were decoded of each Parquet column."""
    counted: Counter[str] = Counter()
    plain = ParquetTable.batches

    def batches(
        table: ParquetTable, columns: Sequence[str], start: int, rows: int
    ) -> Iterator[tuple[int, Any]]:
        for first, batch in plain(table, columns, start, rows):
            counted.update(dict.fromkeys(columns, len(batch)))
            yield first, batch

    monkeypatch.setattr(ParquetTable, "batches", batches)
    monkeypatch.setattr(columns_of_tables, "_BATCH", 42)  # blocks of 7 rows, of which one is held
    return counted


def _table(path: Path) -> Path:
    columns = {
        "anchor": lists(_rows(), "fixed_size_list"),
        "positive": lists(_rows(seed=2), "fixed_size_list"),
        "y": [row % 4 for row in range(40)],
    }
    return write(path / "emb.parquet", columns, chunk=7)


def test_every_column_is_decoded_once_for_seven_rules(
    tmp_path: Path, decoded: Counter[str]
) -> None:
    result = cc.check(_table(tmp_path), labels="::y", require=RULES)
    assert result.passed
    assert decoded == {"anchor": 40, "positive": 40, "y": 40}


def test_files_with_labels_of_their_own_are_decoded_once(
    tmp_path: Path, decoded: Counter[str]
) -> None:
    path = _table(tmp_path)
    pair = (f"{path}::anchor", f"{path}::positive")
    assert cc.check(*pair, labels=f"{path}::y", require=RULES).passed
    assert decoded == {"anchor": 40, "positive": 40, "y": 40}


def test_shards_are_decoded_once(tmp_path: Path, decoded: Counter[str]) -> None:
    for number in range(3):
        columns = {"emb": lists(_rows(seed=number), "fixed_size_list"), "y": [0, 1] * 20}
        write(tmp_path / f"part-{number}.parquet", columns)
    rules = ["uniformity <= 10", "uniformity(t=3) <= 10", "triplets.hard <= 1", "supcon <= 100"]
    assert cc.check(tmp_path, labels="::y", require=rules).passed
    assert decoded == {"emb": 120, "y": 120}


def test_a_baseline_and_its_hashes_decode_nothing_again(
    tmp_path: Path, decoded: Counter[str]
) -> None:
    path = _table(tmp_path)
    cc.check(path, labels="::y", save_baseline=tmp_path / "b.json")
    assert (decoded["anchor"], decoded["positive"]) == (40, 40)


def test_joined_rows_are_put_in_order_once(tmp_path: Path, decoded: Counter[str]) -> None:
    order = np.random.default_rng(0).permutation(40)
    first = {"id": list(range(40)), "emb": lists(_rows(), "fixed_size_list")}
    other = {"id": order.tolist(), "emb": lists(_rows(seed=2)[order], "fixed_size_list")}
    paths = [
        write(tmp_path / "a.parquet", first),
        write(tmp_path / "b.parquet", other),
    ]
    rules = [rule for rule in RULES if not rule.startswith(("supcon", "triplets"))]
    joined = cc.check(*paths, join="id", require=rules)
    plain = cc.check(_rows(), _rows(seed=2), require=rules)
    assert [each.value for each in joined.checks] == [each.value for each in plain.checks]
    assert decoded == {"id": 80, "emb": 80}


def test_one_measuring_writes_nothing_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(size: int, what: str) -> Any:
        raise AssertionError(f"{size} of {what}")

    monkeypatch.setattr(keeping, "temporary", refused)
    path = f"{_table(tmp_path)}::anchor"
    assert cc.check(path, require=["uniformity <= 10", "mean_cosine <= 2"]).passed


def test_a_full_disk_only_costs_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decoded: Counter[str]
) -> None:
    def full(size: int, what: str) -> Any:
        raise TooLittleMemory("memory", expected=f"{size}", got=what, remedy="None.")

    path = _table(tmp_path)
    kept = cc.check(path, labels="::y", require=RULES)
    monkeypatch.setattr(keeping, "temporary", full)
    decoded.clear()
    again = cc.check(path, labels="::y", require=RULES)
    assert [each.value for each in again.checks] == [each.value for each in kept.checks]
    assert decoded["anchor"] > 40


def test_mapped_rows_are_handed_on_as_they_are(tmp_path: Path) -> None:
    np.save(tmp_path / "emb.npy", _rows())
    (source,) = open_source(tmp_path / "emb.npy", reading=Reading(keep=often()))
    (plain,) = open_source(tmp_path / "emb.npy")
    assert type(source) is type(plain)


class _Counted:
    """Rows that say how often each was read."""

    def __init__(self, rows: npt.NDArray[Any]) -> None:
        self.rows, self.dtype = rows, rows.dtype
        self.seen = np.zeros(len(rows), int)

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        self.seen[start:stop] += 1
        return self.rows[start:stop]


@pytest.mark.parametrize(
    "ranges", [[(0, 10), (10, 25)], [(20, 25), (0, 5), (3, 22)], [(0, 25)] * 3]
)
def test_any_order_of_ranges_reads_each_row_once(ranges: list[tuple[int, int]]) -> None:
    counted = _Counted(_rows(25))
    kept = KeptRows(counted, (25, 6), often().reads)
    for start, stop in ranges:
        assert np.array_equal(kept.read(start, stop), counted.rows[start:stop])
    assert counted.seen.max() == 1


def test_an_error_is_not_kept() -> None:
    keep, tries = Keep(), []

    def make() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise BadInput("x", expected="a", got="b", remedy="c.")
        return "made"

    with pytest.raises(BadInput):
        keep.once("key", make)
    assert keep.once("key", make) == keep.once("key", make) == "made"
    assert len(tries) == 2


def test_bfloat16_and_views_in_lists_are_kept_bit_by_bit(tmp_path: Path) -> None:
    views = np.random.default_rng(3).normal(size=(9, 2, 4)).astype(np.float32)
    bits = (views.view(np.uint32) >> 16).astype(np.uint16)
    path = write(tmp_path / "views.parquet", {"emb": lists(bits)}, chunk=4)
    np.savez_compressed(tmp_path / "views.npz", emb=bits)
    for each in (path, tmp_path / "views.npz"):
        (plain,) = open_source(each, reading=Reading("bfloat16"))
        (kept,) = open_source(each, reading=Reading("bfloat16", keep=often()))
        assert (kept.shape, kept.dtype, kept.stored) == (plain.shape, plain.dtype, plain.stored)
        for _ in range(2):
            assert np.array_equal(kept.read(0, 9), plain.read(0, 9))
            assert np.array_equal(kept.flat().read(3, 17), plain.flat().read(3, 17))
