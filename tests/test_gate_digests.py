"""The content hash: the same numbers are the same data, whatever file they lie in."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from contrastive_core.gate import digests as gate_digests
from contrastive_core.gate.digests import content_hash, digests
from contrastive_core.inputs import Given
from contrastive_core.sources import PLAIN, Reading, array_source, open_source

ROWS = np.random.default_rng(5).normal(size=(40, 3)).astype(np.float32)


def hash_of(array: Any) -> str:
    return content_hash(array_source(np.asarray(array), "rows", PLAIN))


def test_the_hash_is_that_of_the_type_the_shape_and_the_little_endian_numbers() -> None:
    plain = b'["float32", [2, 2]]' + bytes.fromhex("0000803f 00000040 00004040 00008040")
    rows = np.array([[1, 2], [3, 4]], np.float32)
    assert hash_of(rows) == hashlib.sha256(plain).hexdigest()


@pytest.mark.parametrize(
    "same",
    [ROWS.astype(">f4"), np.asfortranarray(ROWS), np.repeat(ROWS, 2, axis=0)[::2]],
    ids=["big-endian", "fortran", "strided"],
)
def test_byte_order_and_memory_order_change_no_hash(same: Any) -> None:
    assert hash_of(same) == hash_of(ROWS)


def test_a_number_a_type_a_shape_and_an_order_change_the_hash() -> None:
    one = ROWS.copy()
    one[7, 1] = np.nextafter(one[7, 1], np.float32(9))
    others = [one, ROWS.astype(np.float64), ROWS.reshape(20, 6), ROWS[::-1], ROWS[:, ::-1]]
    assert len({hash_of(each) for each in [ROWS, *others]}) == 6


def test_npy_parquet_and_memory_agree(tmp_path: Path) -> None:
    np.save(tmp_path / "emb.npy", ROWS)
    column = pa.FixedSizeListArray.from_arrays(pa.array(ROWS.ravel()), 3)
    pq.write_table(pa.table({"emb": column}), tmp_path / "emb.parquet", row_group_size=7)
    found = [open_source(tmp_path / name)[0] for name in ("emb.npy", "emb.parquet")]
    assert [content_hash(each) for each in found] == [hash_of(ROWS)] * 2


def test_the_size_of_a_part_changes_no_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = hash_of(ROWS)
    for size in (1, 30, 100):
        monkeypatch.setattr(gate_digests, "_BYTES", size)
        assert hash_of(ROWS) == whole


def test_bfloat16_is_another_type_than_the_float32_it_is_read_as() -> None:
    bits = (ROWS.view(np.uint32) >> 16).astype(np.uint16)
    source = array_source(bits.view("V2"), "rows", Reading("bfloat16"))
    assert content_hash(source) != hash_of(source.read(0, 40))


def test_the_empty_bytes_of_long_floats_are_not_hashed() -> None:
    rows = np.array([[1, 3], [2, 5]], np.longdouble) / 3
    again = rows.copy()
    if np.finfo(np.longdouble).nmant == 63:  # 80 bits, in twelve or sixteen bytes
        again.view(np.uint8).reshape(2, 2, -1)[..., 10:] = 255
    assert np.array_equal(again, rows)
    assert hash_of(again) == hash_of(rows)
    bumped = rows.copy()
    bumped[0, 0] = np.nextafter(bumped[0, 0], np.longdouble(1))
    assert hash_of(bumped) != hash_of(rows)


def test_every_input_has_its_hash_by_its_role() -> None:
    given = Given(
        ROWS,
        ROWS[::-1],
        bank=ROWS[:5],
        labels=["a", "b"] * 20,
        match=[0, 1] * 20,
        noise=np.full(40, 1 / 40),
        pairs=[(0, 1)],
        triplets=[(0, 1, 2)],
    )
    found = digests(given)
    roles = "embeddings keys bank labels pairs triplets match noise"
    assert " ".join(found) == roles
    assert len(set(found.values())) == 8


@pytest.mark.parametrize(
    ("role", "one", "other"),
    [
        ("labels", ["a", "b"] * 20, ["a", "c"] * 20),
        ("labels", [0, 1] * 20, [0, 2] * 20),
        ("labels", [0, 1] * 20, [1, 0] * 20),
        ("pairs", [(0, 1), (2, 3)], [(0, 1), (3, 2)]),
        ("pairs", [(0, 1), (2, 3)], [(0, 1, 1), (2, 3, 1)]),
        ("triplets", [(0, 1, 2)], [(0, 2, 1)]),
    ],
)
def test_another_list_is_another_hash(role: str, one: Any, other: Any) -> None:
    hashes = [digests(Given(ROWS, **{role: each}))[role] for each in (one, one, other)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_labels_of_a_file_and_of_memory_agree(tmp_path: Path) -> None:
    labels = np.arange(40) % 3
    np.save(tmp_path / "y.npy", labels.astype(np.int16))
    both = [digests(Given(ROWS, labels=each)) for each in (str(tmp_path / "y.npy"), labels)]
    assert both[0] == both[1]


def test_labels_count_samples_of_views_and_rows_of_scores() -> None:
    labels = np.arange(20) % 3
    views = digests(Given(ROWS.reshape(2, 20, 3), labels=labels))
    assert views["labels"] == digests(Given(scores=ROWS[:20], labels=labels))["labels"]
    assert set(digests(Given(scores=ROWS[:20], noise=[0.5] * 3))) == {"scores", "noise"}


def test_what_cannot_be_read_is_left_out() -> None:
    assert set(digests(Given(ROWS, labels=[1, 2, 3]))) == {"embeddings"}
