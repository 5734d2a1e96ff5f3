"""Ids of rows: compared where both files have them, and the key by which files are joined."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command_line import contrast
from saved import lists, write

import contrastive_core as cc
from contrastive_core.errors import BadInput, BadParameter
from contrastive_core.sources import Reading, aligned, open_source
from contrastive_core.sources.forward import Streamed

Rows = npt.NDArray[Any]

RNG = np.random.default_rng(0)
ANCHORS = RNG.normal(size=(9, 4)).astype(np.float32)
KEYS = RNG.normal(size=(9, 4)).astype(np.float32)
ORDER = RNG.permutation(9)
IDS = np.array([f"row {i}" for i in range(9)])
EXPECTED = cc.loss("infonce", ANCHORS, KEYS).value


def saved(path: Path, rows: Rows, ids: Any, name: str = "id") -> Path:
    if path.suffix == ".npz":
        np.savez(path, emb=rows, **{name: ids})
        return path
    return write(path, {"emb": lists(rows), name: ids})


def refused(*files: Path, error: type[Exception] = BadInput, **how: Any) -> Any:
    with pytest.raises(error) as caught:
        cc.loss("infonce", *files, **how)
    raised: Any = caught.value
    assert raised.expected
    assert raised.got
    assert raised.remedy.endswith(".")
    return raised


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "npz"])
@pytest.mark.parametrize("ids", [IDS, np.arange(9), np.arange(9, dtype=np.uint8)])
def test_equal_ids_in_one_order_are_two_files(tmp_path: Path, suffix: str, ids: Any) -> None:
    first = saved(tmp_path / "a.parquet", ANCHORS, ids)
    second = saved(tmp_path / f"b.{suffix}", KEYS, ids)
    assert cc.loss("infonce", first, second).value == EXPECTED


@pytest.mark.parametrize("suffix", ["parquet", "npz"])
@pytest.mark.parametrize("name", ["id", "_id", "key"])
def test_the_first_id_that_differs_is_named(tmp_path: Path, suffix: str, name: str) -> None:
    ids = IDS.copy()
    ids[[5, 7]] = ids[[7, 5]]
    first = saved(tmp_path / f"a.{suffix}", ANCHORS, IDS, name)
    second = saved(tmp_path / "b.parquet", KEYS, ids, name)
    raised = refused(first, second)
    assert raised.what == str(second)
    assert raised.expected == f"the rows of {first}, in its order: {name} 'row 5' in row 5"
    assert raised.got == f"{name} 'row 7' in row 5, the first that differs"
    assert f"--join {name}" in raised.remedy


def test_numbers_and_their_digits_are_the_same_ids(tmp_path: Path) -> None:
    first = saved(tmp_path / "a.parquet", ANCHORS, np.arange(9))
    second = saved(tmp_path / "b.parquet", KEYS, np.arange(9).astype(str))
    assert cc.loss("infonce", first, second).value == EXPECTED
    other = saved(tmp_path / "c.parquet", KEYS[ORDER], ORDER.astype(str))
    assert cc.loss("infonce", first, other, join="id").value == EXPECTED


def test_ids_that_one_file_lacks_are_not_compared(tmp_path: Path) -> None:
    first = saved(tmp_path / "a.parquet", ANCHORS, IDS)
    for other in ({"name": IDS[::-1]}, {"id": [[1]] * 9}):
        second = write(tmp_path / "b.parquet", {"emb": lists(KEYS), **other})
        found = cc.loss("infonce", first, f"{second}::emb")
        assert found.value == EXPECTED
    assert cc.loss("infonce", first, KEYS).value == EXPECTED


def test_two_columns_of_one_file_are_not_compared(tmp_path: Path) -> None:
    path = write(tmp_path / "t.parquet", {"a": lists(ANCHORS), "b": lists(KEYS), "id": [None] * 9})
    assert cc.loss("infonce", f"{path}::a", f"{path}::b").value == EXPECTED


def test_a_row_without_an_id_is_refused(tmp_path: Path) -> None:
    first = saved(tmp_path / "a.parquet", ANCHORS, IDS)
    second = saved(tmp_path / "b.parquet", KEYS, [*IDS[:8], None])
    assert refused(first, second).expected == "an id in every row"


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "arrows", "npz"])
@pytest.mark.parametrize("kind", ["strings", "integers"])
def test_joined_rows_are_put_into_the_order_of_the_embeddings(
    tmp_path: Path, suffix: str, kind: str
) -> None:
    ids = IDS if kind == "strings" else np.arange(100, 109)
    first = saved(tmp_path / "a.parquet", ANCHORS, ids, "sample")
    second = saved(tmp_path / f"b.{suffix}", KEYS[ORDER], ids[ORDER], "sample")
    assert cc.loss("infonce", first, second, join="sample").value == EXPECTED


def test_rows_that_nobody_asked_for_are_left_out_and_counted(tmp_path: Path) -> None:
    first = saved(tmp_path / "a.parquet", ANCHORS, IDS)
    keys = np.concatenate([KEYS + 1, KEYS])
    second = saved(tmp_path / "b.parquet", keys, [*(f"x{i}" for i in range(9)), *IDS])
    assert cc.loss("infonce", first, second, join="id").value == EXPECTED
    (a,), (b,) = open_source(first), open_source(second)
    joined = aligned(a, b, Reading(join="id"))
    assert joined.shape == (9, 4)
    assert joined.facts.joined == "joined by id, 9 rows left out"


def test_rows_in_order_are_left_where_they_are(tmp_path: Path) -> None:
    first = saved(tmp_path / "a.parquet", ANCHORS, IDS)
    (a,), (b,) = open_source(first), open_source(saved(tmp_path / "b.parquet", KEYS, IDS))
    found = aligned(a, b, Reading(join="id"))
    assert found.facts.joined == "joined by id, in which order they were"
    assert isinstance(found, Streamed)
    assert isinstance(b, Streamed)
    assert found.rows is b.rows


def test_negatives_are_joined_too(tmp_path: Path) -> None:
    negatives = RNG.normal(size=(9, 2, 4)).astype(np.float32)
    first = saved(tmp_path / "a.parquet", ANCHORS, IDS)
    second = saved(tmp_path / "b.parquet", KEYS[ORDER], IDS[ORDER])
    third = saved(tmp_path / "c.parquet", negatives[ORDER], IDS[ORDER])
    expected = cc.loss("infonce", ANCHORS, KEYS, negatives).value
    assert cc.loss("infonce", first, second, third, join="id").value == expected


def test_labels_are_compared_and_joined(tmp_path: Path) -> None:
    classes = np.arange(9) // 3
    first = saved(tmp_path / "a.parquet", ANCHORS, IDS)
    expected = cc.loss("supcon", ANCHORS, labels=classes).value
    good = write(tmp_path / "y.parquet", {"id": IDS, "label": classes})
    turned = write(tmp_path / "z.parquet", {"id": IDS[ORDER], "label": classes[ORDER]})
    text = tmp_path / "y.csv"
    lines = [f"{IDS[i]},{classes[i]}" for i in [*ORDER, *ORDER[:0]]]
    text.write_text("\n".join(["id,label", "more,77", *lines]))
    assert cc.loss("supcon", first, labels=good).value == expected
    for other in (turned, text):
        assert cc.loss("supcon", first, labels=other, join="id").value == expected
    with pytest.raises(BadInput, match="the first that differs"):
        cc.loss("supcon", first, labels=turned)


def test_metrics_and_triplets_are_joined_too(tmp_path: Path) -> None:
    classes = np.arange(9) // 3
    first = saved(tmp_path / "a.parquet", ANCHORS, IDS)
    second = saved(tmp_path / "b.parquet", KEYS[ORDER], IDS[ORDER])
    labels = write(tmp_path / "y.parquet", {"id": IDS[ORDER], "label": classes[ORDER]})
    expected = cc.metrics(ANCHORS, KEYS, metrics=["alignment"]).metrics["alignment"].value
    found = cc.metrics(first, second, metrics=["alignment"], join="id")
    assert found.metrics["alignment"].value == expected
    counted = cc.triplets(ANCHORS, labels=classes).margins[0]
    assert cc.triplets(first, labels=labels, join="id").margins[0].counts == counted.counts
    with pytest.raises(BadInput, match="the first that differs"):
        cc.metrics(first, second)


def test_shards_are_joined_as_one(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for number, part in enumerate((slice(0, 4), slice(4, 9))):
        saved(tmp_path / "a" / f"{number}.parquet", ANCHORS[part], IDS[part])
    second = saved(tmp_path / "b.parquet", KEYS[ORDER], IDS[ORDER])
    assert cc.loss("infonce", tmp_path / "a", second, join="id").value == EXPECTED


@pytest.mark.parametrize(
    ("order", "said", "options"),
    [
        (range(9), "the same id in every row", ""),
        (range(9), "joined by id, in which order they were", "--join id"),
        (ORDER, "joined by id", "--join id"),
        ([*ORDER, 0], "joined by id, 1 row left out", "--join id"),
    ],
)
def test_results_say_how_rows_were_joined(
    tmp_path: Path, order: Any, said: str, options: str
) -> None:
    order = np.array(order)
    ids = np.where(np.arange(len(order)) < 9, IDS[order], "more")
    classes = np.arange(9) // 3
    saved(tmp_path / "a.parquet", ANCHORS, IDS)
    saved(tmp_path / "b.parquet", KEYS[order], ids)
    write(tmp_path / "y.parquet", {"id": ids, "label": classes[order]})
    write(tmp_path / "m.parquet", {"id": ids, "match": order % 2})
    (tmp_path / "keys").mkdir()
    for number, part in enumerate((slice(0, 4), slice(4, 10))):
        saved(tmp_path / "keys" / f"{number}.parquet", KEYS[order][part], ids[part])
    for line, others in (
        ("loss --kind infonce a.parquet b.parquet", {"keys": "b.parquet"}),
        ("loss --kind infonce a.parquet keys/", {"keys": "keys/"}),
        ("loss --kind clip a.parquet b.parquet --convention all", {"keys": "b.parquet"}),
        ("loss --kind supcon a.parquet --labels y.parquet", {"labels": "y.parquet"}),
        ("loss --kind contrastive a.parquet b.parquet --match m.parquet",
         {"keys": "b.parquet", "match": "m.parquet"}),
        ("metrics a.parquet b.parquet --labels y.parquet",
         {"keys": "b.parquet", "labels": "y.parquet"}),
        ("triplets a.parquet --labels y.parquet", {"labels": "y.parquet"}),
    ):  # fmt: skip
        told = contrast(f"contrast {line} {options} -o json -o table:{tmp_path}/t.txt", tmp_path)
        found = {each["role"]: each["joined"] for each in told.document["inputs"]}
        assert found == {"embeddings": None} | dict.fromkeys(others, said)
        words = " ".join((tmp_path / "t.txt").read_text().split())
        (tmp_path / "t.txt").unlink()
        for path in others.values():
            assert f"note: {path}: {said}.\n" in told.err
            assert f"ids {path}: {said}" in words or "--convention" in line


def test_nothing_is_said_of_ids_where_none_are_compared(tmp_path: Path) -> None:
    first = saved(tmp_path / "a.parquet", ANCHORS, IDS)
    second = saved(tmp_path / "b.parquet", KEYS, IDS, "name")
    told = contrast(f"contrast loss --kind infonce {first} {second} -o json", tmp_path)
    assert [each["joined"] for each in told.document["inputs"]] == [None, None]
    assert "note:" not in told.err


@pytest.mark.parametrize("twice", ["a", "b"])
def test_ids_that_are_not_different_join_nothing(tmp_path: Path, twice: str) -> None:
    ids = {"a": IDS.copy(), "b": IDS[ORDER].copy()}
    ids[twice][[2, 3]] = "same"
    first = saved(tmp_path / "a.parquet", ANCHORS, ids["a"])
    second = saved(tmp_path / "b.parquet", KEYS, ids["b"])
    raised = refused(first, second, join="id")
    assert raised.what == f"{tmp_path}/{twice}.parquet"
    assert raised.got == "'same' in several rows"


def test_an_id_without_a_row_is_named(tmp_path: Path) -> None:
    first = saved(tmp_path / "a.parquet", ANCHORS, IDS)
    second = saved(tmp_path / "b.parquet", KEYS[:7], IDS[:7])
    raised = refused(first, second, join="id")
    assert raised.what == str(second)
    assert raised.got == "none for 2 of 9, such as 'row 7'"


def test_a_file_without_the_column_is_named(tmp_path: Path) -> None:
    first = saved(tmp_path / "a.parquet", ANCHORS, IDS)
    second = saved(tmp_path / "b.parquet", KEYS, IDS, "name")
    raised = refused(first, second, join="id")
    assert raised.what == str(second)
    assert raised.got == "columns emb, name"
    np.save(tmp_path / "c.npy", KEYS)
    assert refused(first, tmp_path / "c.npy", join="id").got == "values without names"


def test_joining_needs_a_second_file(tmp_path: Path) -> None:
    first = saved(tmp_path / "a.parquet", ANCHORS, IDS)
    assert refused(first, error=BadParameter, join="id").got == "--join id and none"
    with pytest.raises(BadParameter, match="--join id and none"):
        cc.loss("supcon", first, labels=[1] * 9, join="id")
    with pytest.raises(BadParameter, match="an empty name"):
        cc.loss("infonce", first, first, join="")


# Every index that is printed is a row of the file it names.


@pytest.fixture
def shuffled(tmp_path: Path) -> tuple[Path, Any]:
    """Two files of the same samples, the second in another order and with rows of its own."""
    rng = np.random.default_rng(5)
    rows, order = rng.normal(size=(9, 4)), rng.permutation(12)
    more = np.concatenate([rows + 0.1 * rng.normal(size=rows.shape), rng.normal(size=(3, 4))])
    ids = np.arange(12) * 10
    for name, vectors, own in (("a", rows, ids[:9]), ("b", more[order], ids[order])):
        table = pa.table({"emb": vectors.tolist(), "id": own, "y": (own // 10) % 3})
        pq.write_table(table, tmp_path / f"{name}.parquet")
    return tmp_path, order


def _key(order: Any, sample: int) -> int:
    """The row of the second file that a sample's key is."""
    return int(np.flatnonzero(order == sample)[0])


@pytest.mark.parametrize("kind", ["infonce", "clip", "nce", "siglip"])
def test_the_hardest_key_after_a_join_is_its_row_in_keys(shuffled: Any, kind: str) -> None:
    here, order = shuffled
    files = here / "a.parquet", here / "b.parquet"
    found = cc.loss(kind, *files, join="id", per_sample=True, similarity="cosine")
    a = np.asarray(pq.read_table(files[0])["emb"].to_pylist())
    b = np.asarray(pq.read_table(files[1])["emb"].to_pylist())
    a, b = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (a, b))
    hardest = found.samples.hardest_index
    assert hardest is not None
    assert np.einsum("ij,ij->i", a, b[hardest]) == pytest.approx(found.samples.hardest, abs=1e-6)
    if kind == "clip":
        back = found.samples.reverse_hardest_index
        assert back is not None
        keys = b[[_key(order, i) for i in range(9)]]
        expected = pytest.approx(found.samples.reverse_hardest, abs=1e-6)
        assert np.einsum("ij,ij->i", keys, a[back]) == expected


def test_rows_of_keys_after_a_join_are_named_by_their_own_file(shuffled: Any) -> None:
    here, order = shuffled
    space = cc.metrics(here / "a.parquet", here / "b.parquet", join="id")
    samples = space.samples
    assert samples.view is not None
    assert samples.nearest is not None
    own = [_key(order, i) for i in range(9)]
    assert samples.index[samples.view == 1].tolist() == own
    assert set(samples.nearest[samples.view == 1].tolist()) <= set(own)
    assert samples.index[samples.view == 0].tolist() == list(range(9))


def test_anchors_of_keys_after_a_join_are_named_by_their_own_file(shuffled: Any) -> None:
    here, order = shuffled
    files = here / "a.parquet", here / "b.parquet"
    found = cc.triplets(*files, labels="::y", join="id")
    columns = dict(found.samples.columns())
    own = [_key(order, i) for i in range(9)]
    assert columns["index"][columns["view"] == 1].tolist() == own
    views = columns["negative_view"]
    rows = columns["negative_index"] - 9 * views
    assert set(rows[views == 1].tolist()) <= set(own)
    assert cc.loss("nt-xent", *files, join="id").samples.index[9:].tolist() == own


def test_rows_of_a_bank_follow_all_rows_of_keys_after_a_join(shuffled: Any) -> None:
    here, _ = shuffled
    files = here / "a.parquet", here / "b.parquet"
    keys = np.asarray(pq.read_table(files[1])["emb"].to_pylist())
    bank = np.random.default_rng(6).normal(size=(5, 4))
    found = cc.loss("infonce", *files, bank=bank, join="id", per_sample=True).samples
    a = np.asarray(pq.read_table(files[0])["emb"].to_pylist())
    a, stacked = (
        x / np.linalg.norm(x, axis=1, keepdims=True) for x in (a, np.concatenate([keys, bank]))
    )
    assert found.hardest_index is not None
    assert (found.hardest_index >= 12).any()
    nearest = np.einsum("ij,ij->i", a, stacked[found.hardest_index])
    assert nearest == pytest.approx(found.hardest, abs=1e-6)


def test_own_negatives_of_all_anchors_after_a_join_are_named_by_their_own_file(
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(7)
    rows, order = rng.normal(size=(6, 4)), np.array([4, 2, 0, 5, 1, 3])
    own = (rows[:, None] + 0.05 * rng.normal(size=(6, 2, 4)))[order]
    for name, vectors, ids in (("a", rows, range(6)), ("b", rows[::-1], range(5, -1, -1))):
        np.savez(tmp_path / f"{name}.npz", emb=vectors, id=np.array(ids))
    np.savez(tmp_path / "n.npz", emb=own, id=order)
    files = [f"{tmp_path / name}.npz::emb" for name in "abn"]
    how: dict[str, Any] = {"join": "id", "convention": "sentence-transformers"}
    found = cc.loss("infonce", *files, per_sample=True, **how).samples
    unit, flat = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (rows, own.reshape(12, 4)))
    assert found.hardest_index is not None
    assert (found.hardest_index >= 6).all()
    nearest = np.einsum("ij,ij->i", unit, flat[found.hardest_index - 6])
    assert nearest == pytest.approx(found.hardest, abs=1e-6)


def test_bad_rows_after_a_join_are_named_by_their_own_file(shuffled: Any, tmp_path: Path) -> None:
    here, order = shuffled
    table = pq.read_table(here / "b.parquet")
    vectors = table["emb"].to_pylist()
    row = _key(order, 8)
    vectors[row] = [np.nan] * 4
    pq.write_table(table.set_column(0, "emb", pa.array(vectors)), tmp_path / "bad.parquet")
    files = here / "a.parquet", tmp_path / "bad.parquet"
    assert row != 8
    for ask in (
        lambda: cc.loss("infonce", *files, join="id"),
        lambda: cc.metrics(*files, join="id"),
    ):
        with pytest.raises(BadInput, match=rf"\(row {row}, counted from 0\)"):
            ask()
    left = cc.loss("infonce", *files, join="id", on_bad="drop")
    assert left.dropped is not None
    assert left.dropped.findings[0].first == (row,)
    assert left.samples.index.tolist() == list(range(8))


def test_values_that_are_refused_after_a_join_are_named_by_their_own_file(shuffled: Any) -> None:
    here, order = shuffled
    row = _key(order, 8)
    wrong = np.where(np.arange(12) == row, 7, 1)
    table = pa.table({"id": order * 10, "y": wrong})
    pq.write_table(table, here / "y.parquet")
    files, y = (here / "a.parquet", here / "b.parquet"), f"{here / 'y.parquet'}::y"
    with pytest.raises(BadInput, match=rf"\(first: {row}\), such as 7"):
        cc.loss("contrastive", *files, match=y, join="id")
    with pytest.raises(BadInput, match=rf"\(first: {row}\), such as 7"):
        cc.loss("cross-entropy", files[0], prototypes=np.eye(4), labels=y, join="id")


def test_negatives_that_cannot_be_used_after_a_join_are_named_by_their_own_file(
    tmp_path: Path,
) -> None:
    order, rows = np.array([4, 2, 0, 5, 1, 3]), np.random.default_rng(8).normal(size=(6, 4))
    own = np.random.default_rng(9).normal(size=(6, 2, 4))
    own[3, 1] = np.nan
    np.savez(tmp_path / "a.npz", emb=rows, id=np.arange(6))
    np.savez(tmp_path / "n.npz", emb=own, id=order)
    a, n = f"{tmp_path / 'a.npz'}::emb", f"{tmp_path / 'n.npz'}::emb"
    for convention in ("paper", "sentence-transformers"):
        with pytest.raises(BadInput, match=r"\(row 7, counted from 0\)"):
            cc.loss("infonce", a, a, n, join="id", convention=convention)
