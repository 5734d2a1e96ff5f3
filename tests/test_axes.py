"""Axes of length 1, one-hot rows and blanks: read as what they can only mean, and said."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from command_line import contrast
from saved import lists, safetensors, tensors, write

import contrastive_core as cc
from contrastive_core.errors import BadInput
from contrastive_core.sources import open_source, read_labels, read_match, read_noise, read_targets
from contrastive_core.sources.per_row import single
from contrastive_core.sources.values import Wanted

ROWS = np.random.default_rng(8).normal(size=(12, 4))
KEYS = ROWS + 0.3 * np.random.default_rng(9).normal(size=(12, 4))
BANK = np.random.default_rng(10).normal(size=(5, 4))
LABELS = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
HOT = np.eye(4)[LABELS]

SHAPES = [(12, 1, 4), (1, 12, 4), (12, 4, 1), (12, 4, 1, 1), (12, 1, 1, 4), (1, 12, 1, 4, 1)]


def said(name: str, shape: tuple[int, ...], after: tuple[int, ...] = (12, 4)) -> str:
    return f"{name}: shape {shape} is read as {after}."


def refused(ask: Any, *given: Any, **named: Any) -> BadInput:
    with pytest.raises(BadInput) as error:
        ask(*given, **named)
    return error.value


# Rows.


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_with_axes_of_length_one_are_rows(shape: tuple[int, ...]) -> None:
    rows, keys = ROWS.reshape(shape), KEYS.reshape(shape)
    asked: list[tuple[Any, Any, set[str]]] = [
        (lambda x, _: cc.loss("nt-xent", x), rows, {"embeddings"}),
        (lambda x, _: cc.loss("nt-xent", x, views="interleaved"), rows, {"embeddings"}),
        (lambda x, _: cc.loss("supcon", x, labels=LABELS), rows, {"embeddings"}),
        (lambda x, _: cc.loss("alignment", x, pairs=[[0, 1], [4, 2]]), rows, {"embeddings"}),
        (lambda x, k: cc.loss("infonce", x, k), rows, {"embeddings", "keys"}),
        (lambda x, k: cc.loss("infonce", ROWS, k, bank=x), rows, {"keys", "bank"}),
        (lambda x, k: cc.loss("triplet", ROWS, k, x), rows, {"keys", "negatives"}),
        (lambda x, _: cc.loss("infonce", scores=x), rows, {"scores"}),
        (lambda x, _: cc.loss("cross-entropy", ROWS, labels=LABELS, prototypes=x), rows,
         {"prototypes"}),
        (lambda x, _: cc.triplets(x, labels=LABELS), rows, {"embeddings"}),
    ]  # fmt: skip
    for ask, given, names in asked:
        flat, found = ask(ROWS, KEYS), ask(given, keys)
        assert found.value == flat.value
        told = {said(name, shape) for name in names}
        assert set(found.warnings) == {*flat.warnings, *told}
    metrics = cc.metrics(rows, labels=LABELS)
    assert metrics.metrics == cc.metrics(ROWS, labels=LABELS).metrics
    assert said("embeddings", shape) in metrics.warnings
    rules = ["uniformity <= 0", "supcon <= 100", "triplets.hard <= 1"]
    checked = cc.check(rows, labels=LABELS, require=rules)
    assert checked.checks == cc.check(ROWS, labels=LABELS, require=rules).checks
    assert said("embeddings", shape) in checked.warnings
    assert cc.check(ROWS, keys, rows, require="triplet <= 10").passed


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["x.npy", "x.npz", "deflated.npz", "x.safetensors", "fortran.npy"])
def test_every_format_of_arrays_is_read_so(
    tmp_path: Path, name: str, shape: tuple[int, ...]
) -> None:
    path, rows = tmp_path / name, ROWS.reshape(shape)
    save: dict[str, Any] = {
        "x.npy": lambda: np.save(path, rows),
        "fortran.npy": lambda: np.save(path, np.asfortranarray(rows)),
        "x.npz": lambda: np.savez(path, rows, y=LABELS),
        "deflated.npz": lambda: np.savez_compressed(path, np.asfortranarray(rows), y=LABELS),
        "x.safetensors": lambda: safetensors(path, {"a": rows}),
    }
    save[name]()
    found = cc.metrics(path, metrics="uniformity")
    assert found.metrics == cc.metrics(ROWS, metrics="uniformity").metrics
    assert said(str(path), shape) in found.warnings
    assert cc.info(path).uses[0].meaning == "one cloud of 12 rows"


@pytest.mark.parametrize(
    ("how", "shape"),
    [
        *(
            (how, shape)
            for how in ("list", "fixed_size_list")
            for shape in ((12, 1, 4), (12, 4, 1))
        ),
        *(("tensor", shape) for shape in ((12, 1, 4), (12, 4, 1), (12, 4, 1, 1))),
    ],
)
def test_columns_are_read_so(tmp_path: Path, how: str, shape: tuple[int, ...]) -> None:
    rows = ROWS.reshape(shape)
    column = tensors(rows) if how == "tensor" else lists(rows, how)
    path = write(tmp_path / "x.parquet", {"emb": column})
    found = cc.metrics(path, metrics="uniformity")
    assert found.metrics == cc.metrics(ROWS, metrics="uniformity").metrics
    assert said(str(path), shape) in found.warnings
    assert cc.info(path).vectors[0].bad.rows == 0


def test_shards_are_read_so_however_few_rows_one_has(tmp_path: Path) -> None:
    for number, rows in enumerate((ROWS[:2], ROWS[2:3], ROWS[3:])):
        np.save(tmp_path / f"{number}.npy", rows[:, :, None, None])
        np.save(tmp_path / f"last-{number}.npy", rows[:, :, None])
    for pattern, shape in (("[0-9].npy", (12, 4, 1, 1)), ("last-*.npy", (12, 4, 1))):
        found = cc.metrics(f"{tmp_path}/{pattern}", metrics="uniformity")
        assert found.metrics == cc.metrics(ROWS, metrics="uniformity").metrics
        assert said(f"{tmp_path}/{pattern}", shape) in found.warnings


def test_an_axis_of_two_holds_views_and_negatives_stay_each_anchors_own() -> None:
    two = np.stack([ROWS, KEYS])
    whole = cc.loss("infonce", two)
    found = cc.loss("infonce", two[..., None])
    assert (found.value, found.positives.layout) == (whole.value, "views first")
    assert cc.loss("nt-xent", two[None]).positives.layout == "views first"
    assert cc.loss("infonce", two[:, :1], bank=BANK).positives.layout == "views first"
    negatives = ROWS[::-1].reshape(12, 1, 4)
    own = cc.loss("infonce", ROWS, KEYS, negatives)
    assert own.candidates == 2
    assert not any("is read as" in warning for warning in own.warnings)


def test_advice_on_views_does_not_go_in_a_circle() -> None:
    for shape, views, word in (((12, 1, 4), "second", "second"), ((1, 12, 4), "first", "first")):
        error = refused(cc.loss, "infonce", ROWS.reshape(shape), views=views)
        assert error.got == f"1 on the {word} axis of shape {shape}"
        assert error.remedy == (
            f"Leave --views out: an axis of length 1 holds none, and {shape} is read as (12, 4)."
        )
    error = refused(cc.loss, "infonce", ROWS[:11].reshape(11, 1, 4))
    assert error.got == "11 rows of shape (11, 1, 4)"
    error = refused(cc.loss, "infonce", ROWS[:11], views="stacked")
    assert error.remedy.endswith("or give the positives as a second file, behind EMBEDDINGS.")


def test_what_is_left_over_is_refused_with_its_shape() -> None:
    rows = np.ones((12, 3, 2, 4, 1))
    assert refused(cc.metrics, rows).got == "shape (12, 3, 2, 4)"
    assert refused(cc.metrics, ROWS[0]).got == "shape (4,)"


# Labels.


def all_of(labels: Any) -> dict[str, Any]:
    """Every number that labels come to."""
    return {
        "supcon": cc.loss("supcon", ROWS, labels=labels).value,
        "metrics": cc.metrics(ROWS, labels=labels, metrics="precision_at_1").metrics,
        "triplets": cc.triplets(ROWS, labels=labels).margins[0].counts,
        "check": cc.check(ROWS, labels=labels, require="r_precision >= 0").checks,
        "logits": cc.loss("cross-entropy", scores=ROWS, labels=labels).value,
    }


@pytest.mark.parametrize("shape", [(1, 12), (12, 1), (12, 1, 1)])
def test_labels_with_axes_of_length_one_are_labels(tmp_path: Path, shape: tuple[int, ...]) -> None:
    np.save(tmp_path / "y.npy", LABELS.reshape(shape))
    np.savez(tmp_path / "y.npz", x=ROWS, y=LABELS.reshape(shape))
    array, expected = LABELS.reshape(shape), all_of(LABELS)
    for given in (array, array.tolist(), tmp_path / "y.npy", f"{tmp_path}/y.npz::y"):
        assert all_of(given) == expected
    told = cc.loss("supcon", ROWS, labels=array).warnings
    assert f"labels: shape {shape} is read as (12,)." in told
    assert cc.loss("supcon", tmp_path / "y.npz", labels="::y").value == expected["supcon"]


@pytest.mark.parametrize("kind", [np.float64, np.int64, np.bool_, np.uint8])
def test_one_hot_rows_are_the_classes_of_their_ones(tmp_path: Path, kind: Any) -> None:
    hot = HOT.astype(kind)
    np.save(tmp_path / "y.npy", hot)
    for given in (hot, hot.tolist(), tmp_path / "y.npy"):
        assert all_of(given) == all_of(LABELS)
    told = "labels: rows of 0s and a single 1, shape (12, 4), are read as the place of the 1."
    for result in (cc.metrics(ROWS, labels=hot), cc.triplets(ROWS, labels=hot)):
        assert told in result.warnings


def test_one_hot_shards_are_read_one_behind_the_other(tmp_path: Path) -> None:
    for number, rows in enumerate((HOT[:5], HOT[5:])):
        np.save(tmp_path / f"{number}.npy", rows)
    assert read_labels(f"{tmp_path}/*.npy", 12).codes.tolist() == LABELS.tolist()


def test_rows_of_several_ones_are_no_partition() -> None:
    several, none = HOT.copy(), HOT.copy()
    several[[1, 4]] = 1
    none[7] = 0
    both = none.copy()
    both[2] = 1
    for given, got in (
        (several, "several classes in 2 rows (first: 1, 4)"),
        (none, "no class in 1 row (first: 7)"),
        (both, "several classes in 1 row (first: 2), and no class in 1 row (first: 7)"),
    ):
        for error in (
            refused(cc.loss, "supcon", ROWS, labels=given),
            refused(cc.metrics, ROWS, labels=given),
            refused(cc.loss, "cross-entropy", scores=ROWS, labels=given),
        ):
            assert error.got == got
            assert error.remedy.startswith("Classes that overlap are no partition: save one class")


def test_other_tables_are_no_labels() -> None:
    for array in (HOT * 0.5, np.full((12, 2), "a"), HOT.T, HOT[:8]):
        error = refused(read_labels, array, 12)
        assert error.expected == "12 labels, one per row: shape (12,)"
        assert error.got == f"shape {array.shape}"
    assert refused(read_labels, HOT.T, 12).remedy.startswith("One-hot, on its side? Save")
    assert refused(read_match, HOT, 12).got == "shape (12, 4)"


class Counted(np.ndarray):
    """An array that counts the rows that are read of it."""

    rows = 0

    def __getitem__(self, key: Any) -> Any:
        Counted.rows += len(range(*key.indices(len(self))))
        return np.asarray(super().__getitem__(key))


def test_embeddings_given_as_labels_are_refused_by_their_first_rows() -> None:
    rows = np.broadcast_to(np.array(0.5), (2**20, 512)).view(Counted)
    wanted = Wanted("y", "labels", "integers", "Save them.", (), single=True, one_hot=True)
    assert refused(single, "y", rows, wanted).got == "shape (1048576, 512)"
    assert Counted.rows <= 2048


def test_match_and_noise_may_lie_on_their_side() -> None:
    assert read_match(np.ones((1, 4)), 4).similar.tolist() == [True] * 4
    assert read_noise(np.full((4, 1), 0.25), 4, sum_to_one=True).tolist() == [0.25] * 4
    assert read_targets(np.ones((1, 4), int), 4, 2).numbers.tolist() == [1] * 4


# Blanks.


def test_blanks_at_the_ends_of_lines_make_no_classes(tmp_path: Path) -> None:
    """Half of the words have a blank behind them; in numbers, too."""
    for name, words in (("w.txt", "abcd"), ("n.txt", "0123")):
        lines = [words[each] + " " * (row % 2) for row, each in enumerate(LABELS)]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
        found = cc.metrics(ROWS, labels=tmp_path / name, metrics="precision_at_1")
        expected = cc.metrics(ROWS, labels=LABELS, metrics="precision_at_1").metrics
        assert found.metrics == expected
        first = words[0]
        told = f"blanks at the ends of values are left out: '{first} ' is '{first}'."
        assert f"{tmp_path / name}: {told}" in found.warnings
        (facts,) = cc.info(tmp_path / name).labels
        assert facts.classes == 4
    (tmp_path / "y.csv").write_text("id, label\n" + "".join(f"{i}, a\n" for i in range(12)))
    read = read_labels(f"{tmp_path}/y.csv::label", 12)
    assert (read.classes, read.told) == (["a"], ())


def test_names_that_differ_in_blanks_alone_are_told_where_they_are_kept(tmp_path: Path) -> None:
    words = ["a", "a ", "b", "b ", "c", "d"] * 2
    path = write(tmp_path / "y.parquet", {"label": pa.array(words)})
    told = (
        "classes 'a' and 'a ' (and 1 other name) differ in blanks alone, and are classes of their "
        "own. Where they are one, save the labels with label.strip()."
    )
    for given in (words, np.array(words), path):
        for result in (
            cc.loss("supcon", ROWS, labels=given),
            cc.metrics(ROWS, labels=given),
            cc.triplets(ROWS, labels=given),
            cc.check(ROWS, labels=given, require="r_precision >= 0"),
        ):
            assert told in result.warnings


# The command line.


def test_every_command_says_what_it_read_otherwise(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", ROWS.reshape(12, 4, 1, 1))
    np.save(tmp_path / "y.npy", LABELS[None])
    told = "warning: x.npy: shape (12, 4, 1, 1) is read as (12, 4)."
    of_labels = "warning: y.npy: shape (1, 12) is read as (12,)."
    for line in (
        "loss --kind supcon x.npy --labels y.npy -o json",
        "metrics x.npy --labels y.npy -o json",
        "triplets x.npy --labels y.npy -o json",
        "check x.npy --labels y.npy --require 'r_precision >= 0' -o json",
    ):
        shown = contrast(f"contrast {line}", tmp_path)
        assert shown.code == 0
        assert told in shown.err
        assert of_labels in shown.err
        assert json.loads(shown.out)["warnings"][:2] == [told[9:], of_labels[9:]]
    assert told in contrast("contrast info x.npy", tmp_path).err


def test_info_says_what_may_be_labels(tmp_path: Path) -> None:
    for name, array, meaning in (
        ("row.npy", LABELS[None], "12 labels, if these are classes"),
        ("column.npy", LABELS[:, None], "12 labels, if these are classes"),
        ("hot.npy", HOT, "one-hot rows of 4 classes, for 12 rows or samples"),
    ):
        np.save(tmp_path / name, array)
        by_command = {use.command: use for use in cc.info(tmp_path / name).uses}
        use = by_command[f"contrast loss --kind supcon emb.npy --labels {tmp_path / name}"]
        assert (use.meaning, use.status) == (meaning, "possible")
    np.save(tmp_path / "rows.npy", ROWS)
    uses = cc.info(tmp_path / "rows.npy").uses
    assert not any(f"--labels {tmp_path}" in each.command for each in uses)


def test_labels_beside_vectors_are_no_vectors_whatever_their_shape(tmp_path: Path) -> None:
    for shape in ((12, 1), (1, 12)):
        np.savez(tmp_path / "a.npz", anything=ROWS, y=LABELS.reshape(shape))
        assert [source.name for source in open_source(tmp_path / "a.npz")] == [
            str(tmp_path / "a.npz")
        ]
        assert [facts.classes for facts in cc.info(tmp_path / "a.npz").labels] == [4]
