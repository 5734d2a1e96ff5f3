"""Input that is laid out otherwise than it is read: the message names what is there, and what it
advises gives the right value."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_line import refused
from saved import safetensors, write

import contrastive_core as cc
from contrastive_core.errors import BadInput

Q, P = np.random.default_rng(8).normal(size=(5, 4)), np.random.default_rng(9).normal(size=(15, 4))
"""Queries, and three passages for each: the positive, then two negatives."""

ROWS = np.random.default_rng(25).normal(size=(6, 4)).astype(np.float32)


def _infonce(candidates: list[list[int]], positives: list[int], tau: float = 0.5) -> float:
    """The mean loss of the queries over some passages each, term by term."""
    unit = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (Q, P)]
    cosines = unit[0] @ unit[1].T / tau
    return float(
        np.mean(
            [
                np.log(sum(np.exp(cosines[i, j]) for j in candidates[i])) - cosines[i, positives[i]]
                for i in range(5)
            ]
        )
    )


def _says(*files: object, kind: str = "infonce", **given: object) -> BadInput:
    with pytest.raises(BadInput) as raised:
        cc.loss(kind, *files, **given)  # type: ignore[arg-type]
    return raised.value


# Several passages for each query.


@pytest.mark.parametrize(
    ("passages", "how"), [(P, "array.reshape(5, 3, 4)"), (P.reshape(5, 3, 4), "array")]
)
@pytest.mark.parametrize("kind", ["infonce", "clip"])
def test_passages_in_groups_are_told_with_both_shapes_and_how_to_save_them(
    kind: str, passages: np.ndarray, how: str
) -> None:
    raised = _says(Q, passages, kind=kind)
    assert raised.got == f"shape {passages.shape}"
    assert raised.remedy == (
        f"3 passages for each row of embeddings, the positive first? Then with p = {how} save "
        "p[:, 0] as KEYS, and p[:, 1:], shape (5, 2, 4), as NEGATIVES of infonce; or "
        "p[:, 1:].reshape(-1, 4) as --bank, which all rows share."
    )


def test_what_is_advised_for_passages_in_groups_is_the_right_loss() -> None:
    p = P.reshape(5, 3, 4)
    first = [0, 3, 6, 9, 12]
    own = cc.loss("infonce", Q, p[:, 0], p[:, 1:], tau=0.5).value
    assert own == pytest.approx(_infonce([[j, j + 1, j + 2] for j in first], first), rel=1e-6)
    bank = p[:, 1:].reshape(-1, 4)
    shared = cc.loss("infonce", Q, p[:, 0], bank=bank, tau=0.5).value
    assert shared == pytest.approx(_infonce([list(range(15))] * 5, first), rel=1e-6)


def test_passages_before_their_queries_are_told_too() -> None:
    raised = _says(P, Q)
    assert raised.remedy.startswith("3 passages for each row of keys, the positive first?")


@pytest.mark.parametrize("shape", [(14, 4), (15, 3), (5, 3), (5, 3, 3), (3, 5, 4)])
def test_other_shapes_are_no_groups(shape: tuple[int, ...]) -> None:
    assert "passages" not in _says(Q, np.ones(shape)).remedy


def test_flat_negatives_are_told_how_to_become_each_anchors_own() -> None:
    raised = _says(Q, P[:5], P[:10])
    assert (raised.expected, raised.got) == (
        "each anchor's own negatives, shape (5, k, 4)",
        "shape (10, 4)",
    )
    assert raised.remedy == (
        "Negatives that all anchors share go into --bank. 2 for each anchor, one after the other: "
        "array.reshape(5, 2, 4)."
    )


# Graded pairs.


@pytest.mark.parametrize("grades", [[4.8, 4.0, 0.4], [5, 4, 1], [0.96, 0.8, 0.08]])
def test_graded_pairs_are_told_to_be_graded_and_how_to_choose(grades: list[float]) -> None:
    pairs = np.array([[0, 1, grades[0]], [2, 3, grades[1]], [4, 5, grades[2]]])
    raised = _says(ROWS, kind="contrastive", pairs=pairs)
    assert raised.expected == "0 or 1 in y"
    assert raised.got.endswith(f"such as {next(each for each in grades if each != 1):g}")
    assert raised.remedy == (
        "They are graded: choose the grade from which on two are similar, and save grades >= GRADE "
        "as 1 and 0; or keep those rows alone, as pairs (i, j). Of STS, graded 0 to 5, positives "
        "are usually those of 4 and more; of grades up to 1 those of 0.8 and more."
    )


def test_pairs_of_a_grade_and_more_have_the_loss_of_their_rows() -> None:
    pairs = np.array([[0, 1, 4.8], [2, 3, 4.0], [4, 5, 0.4]])
    unit = ROWS / np.linalg.norm(ROWS, axis=1, keepdims=True)
    expected = (((unit[0] - unit[1]) ** 2).sum() + ((unit[2] - unit[3]) ** 2).sum()) / 2
    positives = pairs[pairs[:, 2] >= 4, :2]
    assert cc.loss("alignment", ROWS, pairs=positives).value == pytest.approx(expected, rel=1e-6)


def test_a_graded_match_is_told_so_and_minus_1_is_no_grade() -> None:
    graded = _says(ROWS, ROWS[::-1], kind="contrastive", match=[5, 4, 3, 2, 1, 0])
    assert graded.remedy.startswith("They are graded")
    signs = _says(ROWS, ROWS[::-1], kind="contrastive", match=[1, -1, 1, -1, 0, 1])
    assert signs.remedy == "Write 1 for similar, 0 for dissimilar."


# Folders of folders.


def _advised(message: str) -> list[str]:
    """The patterns that a message names."""
    return message.partition("Name the files:")[2].split("'")[1::2]


def test_a_folder_of_folders_is_told_what_is_in_them(tmp_path: Path) -> None:
    for path, name in (("img_emb", "e_0"), ("img_emb", "e_1"), (".cache", "e_2")):
        (tmp_path / "cr" / path).mkdir(parents=True, exist_ok=True)
        np.save(tmp_path / "cr" / path / f"{name}.npy", ROWS)
    (tmp_path / "cr" / "metadata").mkdir()
    write(tmp_path / "cr" / "metadata" / "m.parquet", {"emb": ROWS.tolist()})
    message = refused("contrast metrics cr", tmp_path)
    assert _advised(message) == ["cr/img_emb/*.npy", "cr/metadata/*.parquet"]


def test_partitions_are_named_by_one_pattern_which_reads_them(tmp_path: Path) -> None:
    for label in range(3):
        (tmp_path / "hive" / f"label={label}").mkdir(parents=True)
        rows = ROWS[2 * label : 2 * label + 2].tolist()
        write(tmp_path / "hive" / f"label={label}" / "part-0.parquet", {"emb": rows})
    assert _advised(refused("contrast metrics hive", tmp_path)) == ["hive/**/*.parquet"]
    named = _advised(refused("contrast metrics hive::emb", tmp_path))
    assert named == ["hive/**/*.parquet::emb"]
    found = cc.metrics(f"{tmp_path}/{named[0]}", metrics=["uniformity"])
    assert found.metrics["uniformity"].value == pytest.approx(
        cc.metrics(ROWS, metrics=["uniformity"]).metrics["uniformity"].value, rel=1e-6
    )


@pytest.mark.parametrize("names", [["README.md"], ["data/x.json"], ["data/.zarray", "data/0.0"]])
def test_a_folder_without_vectors_is_told_which_names_are(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / "f" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "f" / name).write_text("1")
    message = refused("contrast metrics f", tmp_path)
    assert "Name a file, or a folder of files, that end in .npy, .npz, .parquet" in message


# One vector per file, or per array.


def test_one_vector_per_file_is_to_be_stacked(tmp_path: Path) -> None:
    (tmp_path / "each").mkdir()
    for number, row in enumerate(ROWS):
        np.save(tmp_path / "each" / f"img_{number}.npy", row)
    message = refused("contrast metrics each", tmp_path)
    assert "got shape (4,) in the first of 6, each/img_0.npy" in message
    assert "One vector per file? Stack them: np.save('emb.npy', np.stack(" in message


def test_one_vector_per_array_is_to_be_stacked(tmp_path: Path) -> None:
    arrays = {f"img{number}.jpg": row for number, row in enumerate(ROWS)}
    np.savez(tmp_path / "named.npz", **arrays)
    safetensors(tmp_path / "named.safetensors", arrays)
    for name, entry in (("named.npz", "array"), ("named.safetensors", "tensor")):
        message = refused(f"contrast metrics {name}", tmp_path)
        assert f"One vector per {entry}? Stack them: np.stack(list(arrays.values()))." in message
    np.savez(tmp_path / "other.npz", y=np.arange(4), id=np.arange(4))
    assert "Save the vectors with np.savez" in refused("contrast metrics other.npz", tmp_path)


# Numbered columns with a gap.


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["emb_0", "emb_1", "emb_3", "emb_4"], "emb_0 to emb_4 lack emb_2:"),
        (["d1", "d2", "d4"], "d1 to d4 lack d3:"),
        (["e_000", "e_002", "e_003"], "e_000 to e_003 lack e_001:"),
        (["x2", "x3", "x4", "x5"], "x2 to x5 lack x0, x1:"),
        ([f"v{i}" for i in range(0, 30, 2)] + ["v1"], "lack v3, v5, v7, v9, v11 and 8 more:"),
    ],
)
def test_a_gap_in_numbered_columns_is_named(tmp_path: Path, names: list[str], told: str) -> None:
    write(tmp_path / "t.parquet", {name: [1.0, 2.0, 0.5] for name in names})
    message = refused("contrast metrics t.parquet", tmp_path)
    assert f"{told} number them without a gap." in message


@pytest.mark.parametrize("names", [["y2019", "y2021", "y2030"], ["label_0", "label_2"], ["a", "b"]])
def test_other_numbered_columns_have_no_gap(tmp_path: Path, names: list[str]) -> None:
    write(tmp_path / "t.parquet", {name: [1.0, 2.0, 0.5] for name in names})
    message = refused("contrast metrics t.parquet", tmp_path)
    assert message.endswith("Store each vector as one list<float> value.\n")
