"""Golden values of all kinds and inputs.

Computed in 50-digit arithmetic and confirmed by other libraries; the textbook gives each of them to
the last digits.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import textbook
import textbook_distance
import textbook_noise
from golden import (
    BANK,
    C_LABELS,
    H_LABELS,
    MATCH,
    A,
    B,
    C,
    H,
    Rows,
    Setting,
    circle,
    exact,
    near,
)
from textbook_arithmetic import mean

from contrastive_core import LossResult
from contrastive_core.errors import BadInput, BadParameter, NothingDefined

SCORES = np.array([[2.0, 0.5, -1.0, 0.3]])
NOISE = np.full(4, 0.1)


# Two files.


@pytest.mark.parametrize(
    ("kind", "parameters", "expected"),
    [
        ("dcl", {"tau": 0.1}, -3.529319582209312),
        ("dcl", {}, -3.529319582209312),
        ("siglip", {"scale": 10, "bias": -10}, 1.2774424739423473),
        ("siglip", {}, 1.2774424739423473),
        ("alignment", {}, 0.1434733706635845),
        ("alignment", {"alpha": 1}, 0.32420661015901775),
        ("align-uniform", {}, -2.03078630175724),
        ("align-uniform", {"t": 1}, -1.3634524739718),
        ("infonce", {"tau": 0.1, "denominator": "bank", "bank": BANK}, 0.0634948150276866),
        ("infonce", {"denominator": "bank", "bank": BANK}, 0.036572259061685),
        ("contrastive", {"match": MATCH}, 0.0629176402292716),
    ],
)
def test_of_a_and_b(kind: str, parameters: Setting, expected: float) -> None:
    assert exact(kind, A, B, **parameters).value == near(expected)


@pytest.mark.parametrize(
    ("rows", "t", "expected"),
    [
        (A, 1, -1.5873744504619842),
        (A, 2, -2.395538395184251),
        (A, 3, -3.005002745021111),
        (B, 2, -1.95298094965739),
    ],
)
def test_uniformity(rows: Rows, t: float, expected: float) -> None:
    found = exact("uniformity", rows, t=t)
    assert found.value == near(expected)
    assert (found.n, found.undefined, found.reduction) == (6, 0, "log-mean-exp")
    of_each = textbook_distance.uniformity_samples(rows.tolist(), t=t)
    assert found.samples.loss == pytest.approx(of_each, rel=1e-11)


def test_uniformity_of_two_files_is_the_mean_of_both() -> None:
    assert exact("uniformity", A, B).value == near((-2.395538395184251 - 1.95298094965739) / 2)


def test_uniformity_takes_no_reduction() -> None:
    with pytest.raises(BadParameter, match="reduction"):
        exact("uniformity", A, reduction="sum")


def test_mutual_information_is_bounded_by_log_k_less_the_loss() -> None:
    log_4 = 1.3862943611198906
    assert exact("infonce", A, B, tau=0.1).mi_lower_bound == near(log_4 - 0.24049312542249135)
    assert exact("clip", A, B, tau=0.1).mi_lower_bound == near(log_4 - 0.24230586707116575)
    over_bank = exact("infonce", A, B, tau=0.1, denominator="bank", bank=BANK)
    assert over_bank.mi_lower_bound == near(math.log(3) - 0.0634948150276866)


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("infonce", {"denominator": "views"}),
        ("nt-xent", {}),
        ("dcl", {}),
        ("siglip", {}),
        ("nce", {"expected": True, "log_z": "auto"}),
        ("alignment", {}),
    ],
)
def test_no_bound_on_information_is_given_where_it_is_none(kind: str, parameters: Setting) -> None:
    assert exact(kind, A, B, **parameters).mi_lower_bound is None


@pytest.mark.parametrize(
    ("kind", "parameters", "candidates"),
    [
        ("infonce", {}, 4),
        ("infonce", {"bank": BANK}, 6),
        ("infonce", {"denominator": "views"}, 7),
        ("infonce", {"denominator": "views", "bank": BANK}, 9),
        ("infonce", {"denominator": "bank", "bank": BANK}, 3),
        ("nt-xent", {}, 7),
        ("dcl", {}, 6),
        ("clip", {}, 4),
    ],
)
def test_candidates_and_chance(kind: str, parameters: Setting, candidates: int) -> None:
    found = exact(kind, A, B, **parameters)
    assert found.candidates == candidates
    assert found.chance == near(math.log(candidates))


# Noise contrastive estimation.


@pytest.mark.parametrize(
    ("tau", "log_z", "found_log_z", "expected"),
    [
        (1, 0, 0.0, 5.66762976228399),
        (1, "auto", 1.75312299308945, 3.27497877614202),
        (1, "fit", 1.77532823829671, 3.27475001156602),
        (0.1, 0, 0.0, 52.9985044573713),
        (0.1, "auto", 9.67319044526166, 2.8590251226977),
        (0.1, "fit", 9.6478654417276, 2.8587643644518),
    ],
)
def test_expected_nce_in_batch(
    tau: float, log_z: float | str, found_log_z: float, expected: float
) -> None:
    found = exact("nce", A, B, expected=True, noise_samples=16, tau=tau, log_z=log_z)
    assert found.value == near(expected)
    assert found.parameters["log_z"] == pytest.approx(found_log_z, rel=1e-7 if tau < 1 else 1e-8)


@pytest.mark.parametrize(
    ("log_z", "found_log_z", "expected"),
    [
        (0, 0.0, 4.415931957919385),
        (math.log(10), math.log(10), 1.265934961049573),
        ("fit", 3.01003525064891, 1.09958206827624),
        ("auto", 2.4178344087351, 1.21490265876697),
    ],
)
def test_nce_of_ready_scores(log_z: float | str, found_log_z: float, expected: float) -> None:
    found = exact("nce", scores=SCORES, noise=NOISE, log_z=log_z)
    assert found.value == near(expected)
    assert found.parameters["log_z"] == pytest.approx(found_log_z, rel=1e-8, abs=1e-12)


def test_nce_of_ready_scores_counts_its_noise_itself() -> None:
    with pytest.raises(BadParameter, match="noise-samples"):
        exact("nce", scores=SCORES, noise=NOISE, noise_samples=3)


@pytest.mark.parametrize(
    ("noise_samples", "expected"), [(16, 0.0992), (10**3, 1.7e-3), (10**6, 1.7e-6)]
)
def test_much_noise_is_infonce_where_log_z_is_each_anchors_own(
    noise_samples: int, expected: float
) -> None:
    """L_expected - log(k q) - 1 tends to InfoNCE at t 0.1."""
    infonce = exact("infonce", A, B, tau=0.1).samples.loss
    gaps = []
    for i in range(4):
        log_z = math.log(sum(math.exp(10 * float(s)) for s in A[i] @ B.T))
        found = exact("nce", A, B, tau=0.1, expected=True, noise_samples=noise_samples, log_z=log_z)
        gaps.append(found.samples.loss[i] - math.log(noise_samples / 4) - 1 - infonce[i])
    assert abs(sum(gaps) / 4) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("log_z", [0.0, "auto", "fit"])
def test_drawn_noise_has_the_expected_loss_in_the_long_run(log_z: float | str) -> None:
    drawn = [exact("nce", A, B, log_z=log_z, seed=seed).value for seed in range(100)]
    expected = exact("nce", A, B, log_z=log_z, expected=True).value
    spread = float(np.std(drawn)) / 10
    assert spread > 0.0
    # The fit follows its draws, and stays below.
    slack = 5 * spread if log_z != "fit" else 0.1
    assert sum(drawn) / 100 == pytest.approx(expected, abs=slack)


def test_noise_is_drawn_by_the_seed() -> None:
    of_three = [exact("nce", A, B, seed=seed).value for seed in (0, 0, 1)]
    assert of_three[0] == of_three[1] != of_three[2]
    assert exact("nce", A, B).value == of_three[0]


def test_noise_that_can_only_be_one_key_is_known() -> None:
    """q on one key, all but: each draw is that key, save a part in 10^12."""
    tiny = 1e-12
    q = [tiny, tiny, 1 - 3 * tiny, tiny]
    found = exact("nce", A, B, noise=np.array(q), noise_samples=5)
    views = [A.tolist(), B.tolist()]
    expected = textbook_noise.nce(views, noise_samples=5, noise=q, draws=[[2] * 5] * 4).losses
    assert found.samples.loss == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize(
    ("noise", "message"),
    [
        ([0.5, 0.5, 0.0, 0.0], "noise"),
        ([0.5, 0.5, 0.5, 0.5], "noise"),
        ([0.5, 0.5], "noise"),
        ([0.5, 0.7, -0.1, -0.1], "noise"),
    ],
)
def test_noise_that_is_no_distribution_over_the_keys_is_refused(
    noise: list[float], message: str
) -> None:
    with pytest.raises((BadInput, BadParameter), match=message):
        exact("nce", A, B, noise=np.array(noise))


def test_nce_without_noise_is_refused() -> None:
    with pytest.raises(BadParameter, match="noise-samples"):
        exact("nce", A, B, noise_samples=0)


# Labels.


@pytest.mark.parametrize(
    ("rows", "labels", "form", "expected"),
    [
        (C, C_LABELS, "out", 0.7200604450816723),
        (C, C_LABELS, "in", 0.7099687233147993),
        (H, H_LABELS, "out", 3.48883073317741),
        (H, H_LABELS, "in", 1.77214469362215),
    ],
)
def test_supcon(rows: Rows, labels: Rows, form: str, expected: float) -> None:
    found = exact("supcon", rows, labels=labels, form=form)
    assert found.value == near(expected)
    assert (found.n, found.undefined) == (5, 1)
    assert math.isnan(found.samples.loss[5])
    assert found.samples.loss == pytest.approx(
        textbook.supcon(rows.tolist(), labels.tolist(), form=form), rel=1e-11, nan_ok=True
    )


TRIPLETS_OF_C = [
    ({}, 0.00624751159786389),
    ({"average": "active"}, 0.0812176507722306),
    ({"distance": "euclidean"}, 0.0021797459727028756),
    ({"distance": "euclidean", "average": "active"}, 0.028336697645137382),
    ({"distance": "cosine"}, 0.0212008625162305),
    ({"soft_margin": True}, 0.424836331695638),
    ({"swap": True}, 0.0124950231957278),
    ({"mining": "batch-hard"}, 0.0324870603088922),
    ({"mining": "semi-hard"}, 0.0812176507722306),
    ({"mining": "easy"}, 0.0),
]
TRIPLETS_OF_H = [
    ({}, 0.45445229801335),
    ({"average": "active"}, 1.31286219426079),
    ({"distance": "euclidean"}, 0.267173443446944),
    ({"distance": "euclidean", "average": "active"}, 0.534346886893889),
    ({"distance": "cosine"}, 0.265949675411383),
    ({"soft_margin": True}, 0.703084342595152),
    ({"swap": True}, 0.862772122642804),
    ({"mining": "batch-hard"}, 0.641570035598837),
    ({"mining": "easy"}, 0.0),
]


@pytest.mark.parametrize(("parameters", "expected"), TRIPLETS_OF_C)
def test_triplets_of_c(parameters: Setting, expected: float) -> None:
    assert exact("triplet", C, labels=C_LABELS, **parameters).value == near(expected)


@pytest.mark.parametrize(("parameters", "expected"), TRIPLETS_OF_H)
def test_triplets_of_h(parameters: Setting, expected: float) -> None:
    assert exact("triplet", H, labels=H_LABELS, **parameters).value == near(expected)


@pytest.mark.parametrize(
    ("rows", "labels", "parameters", "counts"),
    [
        (C, C_LABELS, {}, (0, 2, 24)),
        (C, C_LABELS, {"swap": True}, (0, 4, 22)),
        (C, C_LABELS, {"distance": "cosine"}, (0, 6, 20)),
        (H, H_LABELS, {}, (8, 1, 17)),
        (H, H_LABELS, {"swap": True}, (12, 2, 12)),
        (H, H_LABELS, {"distance": "euclidean"}, (8, 5, 13)),
        (H, H_LABELS, {"distance": "cosine"}, (8, 3, 15)),
    ],
)
def test_hard_semi_hard_and_easy_triplets(
    rows: Rows, labels: Rows, parameters: Setting, counts: tuple[int, int, int]
) -> None:
    found = []
    for mining in ("hard", "semi-hard", "easy"):
        try:
            found.append(exact("triplet", rows, labels=labels, mining=mining, **parameters).n)
        except NothingDefined:
            found.append(0)
    assert tuple(found) == counts
    assert exact("triplet", rows, labels=labels, **parameters).n == 26


def test_no_active_triplet_is_a_mean_of_zero() -> None:
    found = exact("triplet", C, labels=C_LABELS, distance="euclidean", margin=0.05)
    assert found.value == 0.0
    active = exact(
        "triplet", C, labels=C_LABELS, distance="euclidean", margin=0.05, average="active"
    )
    assert active.value == 0.0


def test_anchors_alone_in_their_class_define_no_triplet() -> None:
    found = exact("triplet", C, labels=C_LABELS)
    assert (found.n, found.undefined) == (26, 1)
    assert math.isnan(found.samples.loss[5])
    hardest = exact("triplet", C, labels=C_LABELS, mining="batch-hard")
    assert (hardest.n, hardest.undefined) == (5, 1)


@pytest.mark.parametrize(
    ("rows", "labels", "expected"),
    [(C, C_LABELS, 0.045023362013482), (H, H_LABELS, 0.151344164089514)],
)
def test_contrastive_over_every_unordered_pair(rows: Rows, labels: Rows, expected: float) -> None:
    found = exact("contrastive", rows, labels=labels)
    assert found.value == near(expected)
    assert found.n == 15
    of_each = textbook_distance.contrastive_labels(rows.tolist(), labels.tolist()).samples
    assert found.samples.loss == pytest.approx(of_each, rel=1e-11)


def test_cross_entropy_against_prototypes() -> None:
    prototypes = circle(10, 55, 80)
    found = exact("cross-entropy", C, prototypes=prototypes, labels=C_LABELS)
    assert found.value == near(0.88461738906254)
    assert (found.n, found.candidates) == (6, 3)
    ready = exact("cross-entropy", scores=C @ prototypes.T, labels=C_LABELS)
    assert ready.value == near(0.88461738906254)
    cosine = exact(
        "cross-entropy", 3 * C, prototypes=prototypes, labels=C_LABELS, similarity="cosine"
    )
    assert cosine.value == near(0.88461738906254)


def test_nt_xent_of_labels_is_supcon_out_at_its_own_temperature() -> None:
    found = exact("nt-xent", H, labels=H_LABELS)
    assert found.value == exact("supcon", H, labels=H_LABELS, tau=0.5).value
    assert exact("nt-xent", H, labels=H_LABELS, tau=0.1).value == near(3.48883073317741)


def test_nt_xent_is_supcon_when_each_label_occurs_twice() -> None:
    rows, labels = np.concatenate([A, B]), np.tile(np.arange(4), 2)
    for form in ("out", "in"):
        found = exact("supcon", rows, labels=labels, tau=0.1, form=form)
        assert found.value == near(0.39170763501932937)
    assert exact("supcon", np.stack([A, B]), views="first", tau=0.1).value == near(
        0.39170763501932937
    )


def test_labels_may_be_strings() -> None:
    words = np.array(["a", "b", "c"])[H_LABELS]
    assert exact("supcon", H, labels=words).value == near(3.48883073317741)
    assert exact("triplet", H, labels=words).value == near(0.45445229801335)


# Explicit negatives, ready scores, pairs and triplets by index.

POSITIVE = np.array(
    [[-0.83483301, -0.16904167, 0.52390721], [-0.83455951, -0.16862266, 0.52447767]]
)
NEGATIVES = np.array(
    [
        [0.70374682, -0.18682394, -0.68544673],
        [0.15465702, 0.32303224, 0.93366556],
        [0.53043332, -0.83523217, -0.14500935],
        [0.68285685, -0.73054075, 0.00409143],
        [0.76652431, 0.61500886, 0.18494479],
    ]
)


def test_one_positive_against_its_own_five_negatives() -> None:
    def found(**parameters: Any) -> LossResult:
        return exact("infonce", POSITIVE[:1], POSITIVE[1:], NEGATIVES[None], **parameters)

    assert math.exp(-found(tau=1).value) == pytest.approx(0.42967915, abs=5e-9)
    assert found(tau=1).candidates == 6
    assert found(tau=0.07, similarity="dot").value == near(4.90686506601999e-05)
    assert found(tau=0.07).value == near(4.90686532446151e-05)


def test_a_bank_of_one_anchors_negatives_is_the_same() -> None:
    found = exact("infonce", POSITIVE[:1], POSITIVE[1:], bank=NEGATIVES, denominator="bank")
    assert found.value == near(4.90686532446151e-05)


def test_the_softmax_of_one_row_of_ready_scores() -> None:
    scores = POSITIVE[0] @ np.concatenate([POSITIVE[1:], NEGATIVES]).T
    shares = []
    for c in range(6):
        first = np.concatenate([scores[c : c + 1], np.delete(scores, c)])[None]
        shares.append(math.exp(-exact("infonce", scores=first).value))
    assert shares == pytest.approx(
        [0.42967915, 0.06330716, 0.21453534, 0.10835722, 0.10135234, 0.08276879], abs=5e-9
    )


def test_shared_negatives_of_two_dimensions_are_a_bank() -> None:
    with pytest.raises(BadInput, match="--bank"):
        exact("infonce", A, B, BANK)


def test_ready_scores_are_taken_as_they_are() -> None:
    scores = 10 * A @ B.T
    diagonal = exact("infonce", scores=scores, positive="diagonal")
    assert diagonal.value == near(0.24049312542249135)
    assert exact("clip", scores=scores, positive="diagonal").value == near(0.24230586707116575)
    first = [np.roll(row, -i) for i, row in enumerate(scores)]
    assert exact("infonce", scores=first, positive="first").value == near(0.24049312542249135)


def test_a_square_table_of_scores_must_say_where_its_positives_are() -> None:
    with pytest.raises((BadInput, BadParameter), match="positive"):
        exact("infonce", scores=A @ B.T)


def test_a_constant_added_to_a_row_of_scores_changes_infonce_by_nothing() -> None:
    scores = 10 * A @ B.T
    moved = scores + np.array([[3.0], [-40.0], [0.5], [700.0]])
    found = exact("infonce", scores=moved, positive="diagonal")
    assert found.value == pytest.approx(0.24049312542249135, rel=1e-9)
    assert exact("clip", scores=moved, positive="diagonal").value > 1.0


def test_pairs_by_index_are_two_files() -> None:
    stacked = np.concatenate([A, B])
    pairs = np.array([[0, 4], [1, 5], [2, 6], [3, 7]])
    assert exact("infonce", stacked, pairs=pairs, tau=0.1).value == near(0.24049312542249135)
    assert exact("alignment", stacked, pairs=pairs).value == near(0.1434733706635845)
    ones = np.column_stack([pairs, np.ones(4, int)])
    assert exact("infonce", stacked, pairs=ones, tau=0.1).value == near(0.24049312542249135)


def test_dissimilar_pairs_are_refused_where_all_must_be_positive() -> None:
    pairs = np.array([[0, 1, 1], [2, 3, 0]])
    with pytest.raises(BadInput, match="similar"):
        exact("infonce", C, pairs=pairs)


def test_contrastive_of_pairs_by_index() -> None:
    stacked = np.concatenate([A, B])
    pairs = np.array([[0, 4, 1], [1, 5, 0], [2, 6, 1], [3, 7, 0]])
    found = exact("contrastive", stacked, pairs=pairs)
    assert found.value == near(0.0629176402292716)
    assert found.n == 4
    with pytest.raises(BadInput, match="y"):
        exact("contrastive", stacked, pairs=pairs[:, :2])


def test_the_paper_of_contrastive_calls_a_similar_pair_zero() -> None:
    found = exact("contrastive", A, B, match=1 - MATCH, similar="0")
    assert found.value == near(0.0629176402292716)


def test_contrastive_of_two_files_without_match_is_all_similar_and_says_so() -> None:
    found = exact("contrastive", A, B)
    assert found.value == near(0.1434733706635845 / 2)
    assert any("dissimilar" in warning for warning in found.warnings)


def test_triplets_by_index_and_by_three_files_agree() -> None:
    made = textbook_distance.triplets(H.tolist(), H_LABELS.tolist())
    rows = np.array([[one.anchor, one.positive, one.negative] for one in made])
    by_index = exact("triplet", H, triplets=rows)
    by_files = exact("triplet", H[rows[:, 0]], H[rows[:, 1]], H[rows[:, 2]])
    for found in (by_index, by_files):
        assert found.value == near(0.45445229801335)
        assert found.n == 26
        assert found.samples.loss == pytest.approx([one.loss for one in made], abs=1e-12)


# Null labels.


def nullable(folder: Path, labels: list[int | None]) -> str:
    path = folder / "labels.parquet"
    pq.write_table(pa.table({"y": pa.array(labels, pa.int64())}), path)
    return str(path)


def test_a_null_label_has_no_positive_and_stays_a_candidate(tmp_path: Path) -> None:
    labels = [0, None, 0, 1, 0, None]
    rows = H.tolist()
    found = exact("supcon", H, labels=nullable(tmp_path, labels))
    expected = textbook.supcon(rows, labels)
    assert found.samples.loss == pytest.approx(expected, rel=1e-11, nan_ok=True)
    assert (found.n, found.undefined) == (3, 3)
    assert found.value == near(mean(expected))
    nt_xent = exact("nt-xent", H, labels=nullable(tmp_path, labels))
    assert nt_xent.value == near(mean(textbook.nt_xent_of_labels(rows, labels)))


def test_a_null_label_is_nobodys_negative(tmp_path: Path) -> None:
    labels = [0, None, 0, 1, 1, None]
    found = exact("triplet", H, labels=nullable(tmp_path, labels))
    made = textbook_distance.triplets(H.tolist(), labels)
    assert found.n == len(made) == 8
    assert found.value == near(textbook_distance.triplet_value(made))
    assert found.undefined == 2
    pairwise = textbook_distance.contrastive_labels(H.tolist(), labels)
    contrastive = exact("contrastive", H, labels=nullable(tmp_path, labels))
    assert contrastive.n == len(pairwise.pairs) == 6
    assert contrastive.value == near(mean(pairwise.pairs))
    assert contrastive.undefined == 2
