"""From files to pairs: every layout gives the same loss, every doubt is an error or a warning."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet
import pytest

import contrastive_core as cc
from contrastive_core import LossResult, Resources
from contrastive_core.errors import BadInput, BadParameter, ContrastError, TooLittleMemory

Rows = npt.NDArray[Any]

EXACT = Resources(precision="float64")
N, D = 9, 4


def cloud(n: int = N, d: int = D, seed: int = 0) -> Rows:
    return np.random.default_rng(seed).normal(size=(n, d))


FIRST = cloud()
SECOND = FIRST + 0.3 * cloud(seed=1)
INTERLEAVED = np.stack([FIRST, SECOND], axis=1).reshape(2 * N, D)


def loss(*inputs: Any, kind: str = "infonce", **how: Any) -> LossResult:
    return cc.loss(kind, *inputs, resources=EXACT, per_sample=True, **how)


def refused(*inputs: Any, **how: Any) -> ContrastError:
    with pytest.raises(ContrastError) as error:
        loss(*inputs, **how)
    assert error.value.expected
    assert error.value.got
    assert error.value.remedy.endswith((".", "--views first or --views second."))
    return error.value


def columns(path: Path, **named: Rows) -> str:
    table = pa.table({name: pa.array(list(map(list, rows))) for name, rows in named.items()})
    pa.parquet.write_table(table, path, row_group_size=4)
    return str(path)


# Layouts.


@pytest.mark.parametrize("kind", ["infonce", "nt-xent", "clip"])
def test_every_layout_gives_the_same_loss(tmp_path: Path, kind: str) -> None:
    table = columns(tmp_path / "t.parquet", positive=SECOND, anchor=FIRST)
    given: dict[str, tuple[tuple[Any, ...], dict[str, str]]] = {
        "two files": ((FIRST, SECOND), {}),
        "views first": ((np.stack([FIRST, SECOND]),), {}),
        "views second": ((np.stack([FIRST, SECOND], axis=1),), {}),
        "stacked": ((np.concatenate([FIRST, SECOND]),), {"views": "stacked"}),
        "interleaved": ((INTERLEAVED,), {"views": "interleaved"}),
        "two columns": ((table,), {}),
    }
    expected = loss(FIRST, SECOND, kind=kind).samples.loss.tolist()
    for layout, (inputs, how) in given.items():
        found = loss(*inputs, kind=kind, **how)
        assert found.samples.loss.tolist() == expected, layout
        assert found.positives.layout == layout
        assert not found.positives.assumed


def test_one_flat_file_is_assumed_to_be_stacked() -> None:
    found = loss(np.concatenate([FIRST, SECOND]))
    assert found.value == loss(FIRST, SECOND).value
    assert found.positives.layout == "stacked"
    assert found.positives.assumed
    assert found.positives.description == "row i and row i + 9 (two stacked views)"


def test_two_columns_may_be_named_one_by_one(tmp_path: Path) -> None:
    table = columns(tmp_path / "t.parquet", left=FIRST, right=SECOND)
    found = loss(f"{table}::left", f"{table}::right")
    assert found.value == loss(FIRST, SECOND).value
    assert found.positives.layout == "two columns"


def test_two_files_of_different_formats_fit_together(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", FIRST)
    table = columns(tmp_path / "b.parquet", emb=SECOND)
    found = loss(tmp_path / "a.npy", table)
    assert found.value == loss(FIRST, SECOND).value
    assert found.positives.layout == "two files"
    assert [file.format for file in found.inputs] == ["npy", "parquet"]
    assert [file.shape for file in found.inputs] == [(N, D), (N, D)]


def test_the_same_file_twice_is_two_files(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", FIRST)
    found = loss(tmp_path / "a.npy", tmp_path / "a.npy")
    assert found.samples.positive == pytest.approx([1.0] * N)


@pytest.mark.parametrize("shape", [(2, 3, 4), (3, 2, 4)])
def test_the_only_axis_of_two_holds_the_views(shape: tuple[int, ...]) -> None:
    found = loss(np.random.default_rng(0).normal(size=shape))
    assert found.positives.layout == ("views first" if shape[0] == 2 else "views second")
    assert found.candidates == 3


@pytest.mark.parametrize("views", ["first", "second"])
def test_the_axis_of_the_views_may_be_said(views: str) -> None:
    rows = np.random.default_rng(0).normal(size=(2, 2, 4))
    found = loss(rows, views=views)
    other = rows if views == "first" else rows.transpose(1, 0, 2)
    assert found.value == loss(other[0], other[1]).value


@pytest.mark.parametrize("shape", [(2, 2, 4), (3, 5, 4)])
def test_ambiguous_axes_are_refused(shape: tuple[int, ...]) -> None:
    raised = refused(np.ones(shape), kind="nt-xent")
    assert isinstance(raised, BadInput)
    assert "exactly one of the first two axes" in raised.expected
    assert raised.got == f"shape {shape}"
    assert raised.remedy == "Say where the views lie: --views first or --views second."


@pytest.mark.parametrize(("shape", "views"), [((1, 5, 4), "first"), ((5, 1, 4), "second")])
def test_a_single_view_is_refused(shape: tuple[int, ...], views: str) -> None:
    raised = refused(np.ones(shape), kind="nt-xent", views=views)
    assert raised.expected == "at least two views"


def test_an_odd_number_of_stacked_rows_is_refused() -> None:
    for views in (None, "stacked", "interleaved"):
        raised = refused(cloud(7), views=views)
        assert "an even number of rows" in raised.expected
        assert raised.got == "7 rows"


@pytest.mark.parametrize(("n", "d"), [(8, 4), (9, 3)])
def test_files_of_different_shapes_are_refused(n: int, d: int) -> None:
    raised = refused(FIRST, cloud(n, d))
    assert raised.what == "keys"
    assert "(9, 4)" in raised.expected
    assert raised.got == f"shape ({n}, {d})"


def test_two_files_must_both_be_flat() -> None:
    raised = refused(np.stack([FIRST, SECOND]), SECOND)
    assert raised.what == "embeddings"
    assert raised.got == "shape (2, 9, 4)"
    assert refused(FIRST, np.stack([FIRST, SECOND])).what == "keys"


@pytest.mark.parametrize("kind", ["infonce", "clip"])
def test_three_views_are_refused_where_two_are_compared(kind: str) -> None:
    raised = refused(np.stack([FIRST, SECOND, FIRST]), kind=kind, views="first")
    assert raised.expected == f"2 views for {kind}"
    assert raised.got == "3 views"
    assert "nt-xent" in raised.remedy


def test_three_views_are_compared_by_nt_xent() -> None:
    found = loss(np.stack([FIRST, SECOND, cloud(seed=2)]), kind="nt-xent", views="first")
    assert found.n == 3 * N
    assert found.candidates == 3 * N - 1


@pytest.mark.parametrize(
    ("inputs", "views"),
    [
        ((FIRST, SECOND), "stacked"),
        ((FIRST, SECOND), "first"),
        ((INTERLEAVED,), "first"),
        ((INTERLEAVED,), "second"),
        ((np.stack([FIRST, SECOND]),), "stacked"),
        ((np.stack([FIRST, SECOND]),), "interleaved"),
        ((INTERLEAVED,), "sideways"),
    ],
)
def test_a_layout_that_the_inputs_contradict_is_refused(
    inputs: tuple[Rows, ...], views: str
) -> None:
    raised = refused(*inputs, views=views)
    assert isinstance(raised, BadParameter)
    assert raised.what == "views"
    assert views in raised.got


# Positives that are no positives.


def warned(found: LossResult, start: str) -> list[str]:
    return [warning for warning in found.warnings if start in warning]


NEAR = cloud(200, 8)
NEARBY = NEAR + 0.2 * cloud(200, 8, seed=1)
MIXED = np.stack([NEAR, NEARBY], axis=1).reshape(400, 8)
LAYERED = np.concatenate([NEAR, NEARBY])
RANDOM = "closer than random pairs"


@pytest.mark.parametrize("views", [None, "stacked"])
@pytest.mark.parametrize("kind", ["infonce", "nt-xent", "clip"])
def test_interleaved_rows_read_as_stacked_are_noticed(kind: str, views: str | None) -> None:
    (warning,) = warned(loss(MIXED, kind=kind, views=views), RANDOM)
    assert "--views interleaved fits better" in warning
    close = (NEAR * NEARBY).sum(axis=1)
    cosines = close / np.linalg.norm(NEAR, axis=1) / np.linalg.norm(NEARBY, axis=1)
    assert f"mean similarity {cosines.mean():.4f}." in warning


def test_stacked_rows_read_as_interleaved_are_noticed() -> None:
    (warning,) = warned(loss(LAYERED, views="interleaved"), RANDOM)
    assert "--views stacked fits better" in warning


@pytest.mark.parametrize("views", ["stacked", "interleaved"])
def test_the_right_layout_is_not_warned_about(views: str) -> None:
    rows = LAYERED if views == "stacked" else MIXED
    assert warned(loss(rows, views=views), RANDOM) == []


def test_shuffled_files_are_noticed_without_another_layout() -> None:
    (warning,) = warned(loss(NEAR, NEARBY[::-1]), RANDOM)
    assert "fits better" not in warning
    assert "same order" in warning


def test_rows_without_any_pairs_are_noticed_without_another_layout() -> None:
    (warning,) = warned(loss(cloud(400, 8)), RANDOM)
    assert "fits better" not in warning


def test_files_in_the_same_order_are_not_warned_about() -> None:
    assert loss(NEAR, NEARBY).warnings == ()


def test_the_similarity_of_random_pairs_is_the_mean_over_all_of_them() -> None:
    (warning,) = warned(loss(NEAR, NEARBY[::-1]), RANDOM)
    z = NEAR / np.linalg.norm(NEAR, axis=1, keepdims=True)
    keys = (NEARBY / np.linalg.norm(NEARBY, axis=1, keepdims=True))[::-1]
    cosines = z @ keys.T
    others = cosines[~np.eye(200, dtype=bool)].mean()
    assert f"(mean similarity {np.diag(cosines).mean():.4f} against {others:.4f};" in warning


# Duplicates.


def copies(views: Rows, kind: str, setting: dict[str, Any]) -> tuple[int, int, int]:
    """Anchors affected, anchors, and copies: negatives equal to one of the anchor's positives."""
    count, n, _ = views.shape
    everybody = [(v, i) for v in range(count) for i in range(n)]
    if kind == "nt-xent":
        plan = [(v, everybody) for v in range(count)]
    elif setting.get("denominator") == "views":
        plan = [(0, everybody), (1, everybody)]
    else:
        plan = [(0, everybody[n:]), (1, everybody[:n])]
    if kind == "infonce" and not setting.get("symmetric"):
        plan = plan[:1]
    counts = []
    for v, candidates in plan:
        for i in range(n):
            positives = [tuple(views[w, i]) for w in range(count) if w != v]
            counts.append(sum(tuple(views[w, j]) in positives for w, j in candidates if j != i))
    return sum(each > 0 for each in counts), len(counts), sum(counts)


def with_copies(count: int, seed: int) -> Rows:
    """Few different rows, all of them unit vectors without rounding, signed zeros among them."""
    choice = np.random.default_rng(seed).integers(0, 6, size=(count, 10))
    corners = np.concatenate([np.eye(3), -np.eye(3)])
    views = corners[choice]
    views[:, 7:] = cloud(count * 3, 3, seed).reshape(count, 3, 3)
    return np.asarray(views)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("kind", "setting", "count"),
    [
        ("infonce", {}, 2),
        ("infonce", {"symmetric": True}, 2),
        ("infonce", {"denominator": "views"}, 2),
        ("infonce", {"denominator": "views", "symmetric": True}, 2),
        ("nt-xent", {}, 2),
        ("nt-xent", {}, 3),
        ("nt-xent", {}, 4),
        ("clip", {}, 2),
        ("clip", {"similarity": "dot"}, 2),
    ],
)
def test_copies_of_positives_among_negatives_are_counted(
    kind: str, setting: dict[str, Any], count: int, seed: int
) -> None:
    views = with_copies(count, seed)
    affected, anchors, total = copies(views, kind, setting)
    assert 0 < affected < anchors
    for precision in ("float32", "float64"):
        means = Resources(precision=precision)
        found = cc.loss(kind, views, views="first", resources=means, **setting)
        (warning,) = warned(found, "duplicates")
        assert f"{affected} of {anchors} anchors meet exact copies" in warning
        assert f"({total} in all)" in warning


def test_equal_positives_are_no_duplicates() -> None:
    assert warned(loss(FIRST, FIRST.copy()), "duplicates") == []
    views = np.stack([FIRST, FIRST, FIRST])
    assert warned(loss(views, kind="nt-xent", views="first"), "duplicates") == []


def test_distinct_rows_that_agree_in_their_first_numbers_are_no_duplicates() -> None:
    rows = FIRST / np.linalg.norm(FIRST, axis=1, keepdims=True)
    rows[:, :3] = rows[0, :3]
    assert warned(loss(rows, rows + 0.01, similarity="dot"), "duplicates") == []


def test_one_copy_far_away_is_found() -> None:
    first = cloud(3000, 5)
    second = first + 0.1 * cloud(3000, 5, seed=1)
    second[2900] = second[7]
    (warning,) = warned(cc.loss("infonce", first, second), "duplicates")
    assert "2 of 3000 anchors meet exact copies" in warning
    assert "(2 in all)" in warning


# Dot products.


def test_rows_of_other_than_unit_norm_are_warned_about_with_dot_products() -> None:
    first = FIRST / np.linalg.norm(FIRST, axis=1, keepdims=True)
    second = SECOND / np.linalg.norm(SECOND, axis=1, keepdims=True)
    assert warned(loss(first, second, similarity="dot"), "") == []
    second[[2, 5]] *= 3
    (warning,) = warned(loss(first, second, similarity="dot"), "2 of 18 rows")
    assert "not of unit norm (from 1 to 3)" in warning
    assert "--similarity cosine" in warning


def test_the_norm_of_a_row_is_not_warned_about_with_cosines() -> None:
    assert [w for w in loss(FIRST, 7 * SECOND).warnings if "norm" in w] == []


def test_an_interleaved_file_that_a_modality_gap_hides_is_noticed_by_its_value() -> None:
    rng = np.random.default_rng(5)
    content = rng.standard_normal((300, 16))
    gap = 2.0 * np.eye(16)[0]
    mixed = np.stack([content + gap, content - gap], axis=1).reshape(600, 16)
    (warning,) = warned(loss(mixed, tau=0.07), "above chance")
    assert "--views interleaved fits better" in warning


def test_a_file_given_twice_is_noticed() -> None:
    rows = np.random.default_rng(1).standard_normal((20, 4))
    result = cc.loss("infonce", rows, rows.copy())
    assert any(text.startswith("20 of 20 samples have two identical") for text in result.warnings)


def test_a_temperature_that_makes_all_scores_alike_is_not_called_collapse() -> None:
    rows = np.random.default_rng(2).standard_normal((2, 20, 4))
    rows[1] = rows[0] + 0.1 * rows[1]
    texts = cc.loss("infonce", rows, tau=1e9).warnings
    assert any("because tau = 1e+09 makes all scores alike" in text for text in texts)
    assert not any(text.startswith("collapse") for text in texts)


def test_the_ledger_of_a_symmetric_loss_names_both_directions() -> None:
    rows = np.random.default_rng(3).standard_normal((2, 6, 4))
    ledger = cc.loss("infonce", rows, symmetric=True).convention
    assert ledger.formula.startswith("1/2 (l_i + l'_i)")
    assert ledger.denominator == "the N rows of the other view, the positive among them"


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_rows_of_signs_are_told_apart(precision: str) -> None:
    signs = np.where(np.random.default_rng(0).random((2, 300, 64)) < 0.5, -1.0, 1.0)
    result = cc.loss("infonce", signs, resources=Resources(precision=precision))
    assert len(np.unique(signs.reshape(600, 64), axis=0)) == 600
    assert not any("duplicates" in text for text in result.warnings)


def test_long_rows_in_float32_products_are_warned_of() -> None:
    rows = 1000.0 * np.random.default_rng(0).standard_normal((2, 20, 4))
    products = cc.loss("infonce", rows, similarity="dot", tau=1.0).warnings
    assert any("Use --precision float64" in text for text in products)
    exact = cc.loss(
        "infonce", rows, similarity="dot", tau=1.0, resources=Resources(precision="float64")
    )
    assert not any("Use --precision float64" in text for text in exact.warnings)


def test_a_loss_beyond_float64_is_refused() -> None:
    first = 1e139 * np.array([[1.0, 0.0], [-1.0, 0.0]])
    how: dict[str, Any] = {"similarity": "dot", "resources": Resources(precision="float64")}
    with pytest.raises(BadParameter, match="a temperature at which"):
        cc.loss("infonce", first, -first, tau=1e-30, **how)


def test_long_candidates_tie_within_a_tolerance_that_grows_with_their_norm() -> None:
    anchors = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    keys = np.array([[1.0, 0.0], [5.0, 1e4], [5.0 + 5e-9, 1e4]])
    result = cc.loss(
        "infonce",
        anchors,
        keys,
        similarity="dot",
        per_sample=True,
        resources=Resources(precision="float64"),
    )
    assert result.samples.hardest_index is not None
    assert result.samples.hardest_index[0] == 1


@pytest.mark.parametrize(("kind", "least"), [("contrastive", 1), ("alignment", 2)])
def test_listed_pairs_count_towards_the_memory_bound(kind: str, least: int) -> None:
    rows = np.random.default_rng(0).normal(size=(100, 4))
    pairs = np.column_stack([np.tile([0, 1], 50_000), np.tile([2, 3], 50_000), np.ones(100_000)])
    with pytest.raises(TooLittleMemory, match="kept beside"):
        cc.loss(kind, rows, pairs=pairs, resources=Resources(memory=least * 2**20))


def test_listed_triplets_count_towards_the_memory_bound() -> None:
    rows = np.random.default_rng(0).normal(size=(100, 4))
    triplets = np.tile([[0, 1, 2], [3, 4, 5]], (50_000, 1))
    with pytest.raises(TooLittleMemory, match="kept beside"):
        cc.loss("triplet", rows, triplets=triplets, resources=Resources(memory=2**20))


def test_what_results_carry_has_a_public_name(tmp_path: Path) -> None:
    rows = np.random.default_rng(1).normal(size=(8, 3))
    rows[2] = np.nan
    np.save(tmp_path / "emb.npy", rows)
    found = cc.loss("infonce", tmp_path / "emb.npy", on_bad="drop")
    assert isinstance(found.dropped, cc.Dropped)
    assert isinstance(found.inputs[0], cc.InputFile)
    assert (found.dropped.samples, found.inputs[0].role) == (1, "embeddings")


def test_one_row_is_no_rows(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as raised:
        cc.loss("infonce", [[1.0, 2.0]])
    assert raised.value.got == "1 row"
    with pytest.raises(BadInput) as raised:
        cc.loss("supcon", FIRST, labels=[1])
    assert (raised.value.expected, raised.value.got) == ("9 labels, one per row", "1 label")
    with pytest.raises(BadInput) as raised:
        cc.loss("infonce", FIRST, pairs=[(0, 1, 1), (1, 2, 0)])
    assert raised.value.got == "1 pair with y = 0"
    np.save(tmp_path / "emb.npy", [[1.0]])
    (use, *_) = cc.info(tmp_path / "emb.npy").uses
    assert use.meaning == "one cloud of 1 row"


def test_labels_of_views_count_samples() -> None:
    for asked in (
        lambda: cc.loss("supcon", INTERLEAVED, labels=[0] * 18, views="stacked"),
        lambda: cc.metrics(INTERLEAVED, labels=[0] * 18, views="interleaved"),
        lambda: cc.triplets(INTERLEAVED, labels=[0] * 18, views="stacked"),
    ):
        with pytest.raises(BadInput) as raised:
            asked()
        assert raised.value.expected == "9 labels, one per sample"
        assert raised.value.remedy == "Write one for each sample, in the order of the samples."


def test_rows_that_are_no_views_say_to_leave_views_out() -> None:
    with pytest.raises(BadInput) as raised:
        cc.loss("supcon", FIRST, labels=[0] * 9, views="stacked")
    assert raised.value.expected.endswith("two views of each sample, for --views stacked")
    assert raised.value.remedy == (
        "Leave --views out where each row is a sample of its own; or give the positives as a "
        "second file, behind EMBEDDINGS."
    )


def test_triplets_are_told_in_their_own_words() -> None:
    with pytest.raises(BadInput) as raised:
        cc.triplets(FIRST, SECOND)
    assert raised.value.got == "EMBEDDINGS POSITIVES"
    with pytest.raises(BadInput) as raised:
        cc.triplets(FIRST * 1e300, labels=[0, 0, 1] * 3, normalize=False)
    assert raised.value.remedy == "Use --normalize, or scale the rows down."
    labels: Any = [0, 0, 1, 1, None, 2, 2, 2, 2]
    *_, warning = cc.triplets(FIRST, labels=labels).warnings
    assert warning == "rows without a label (no positives; nobody's negative): 1 of 9."
    *_, warning = cc.loss("supcon", FIRST, labels=labels).warnings
    assert warning == "rows without a label (no positives; candidates all the same): 1 of 9."
