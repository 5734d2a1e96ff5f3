"""The same metrics as other libraries compute them; the textbook and the core are both asked."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from metric_data import BOTH, Array, Values, beside, by_core, cloud, measured, sphere

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore"),  # theirs, not ours: deprecations at import
]

Compute = Callable[..., Values]

both = pytest.mark.parametrize("compute", BOTH)
N, D = 61, 24
ROWS = cloud(N, D, 1)
KEYS = beside(ROWS, 2)
LABELS = [*np.random.default_rng(3).integers(0, 6, size=N - 3).tolist(), 20, 21, 22]


def near(value: Any) -> Any:
    return pytest.approx(float(value), rel=1e-10)


def unit_rows(torch: Any, rows: Array) -> Any:
    return torch.nn.functional.normalize(torch.from_numpy(rows), dim=1)


# The sphere.


@both
@pytest.mark.parametrize("t", [0.5, 2.0, 3.0])
def test_uniformity_is_the_authors(compute: Compute, t: float) -> None:
    torch = pytest.importorskip("torch")
    theirs = torch.pdist(unit_rows(torch, ROWS), p=2).pow(2).mul(-t).exp().mean().log()
    assert compute(ROWS, t=t)["uniformity"] == near(theirs)


@both
@pytest.mark.parametrize("alpha", [1.0, 2.0, 3.0])
def test_alignment_is_the_authors(compute: Compute, alpha: float) -> None:
    torch = pytest.importorskip("torch")
    first, second = unit_rows(torch, ROWS), unit_rows(torch, KEYS)
    theirs = (first - second).norm(p=2, dim=1).pow(alpha).mean()
    assert compute(ROWS, KEYS, alpha=alpha)["alignment"] == near(theirs)


@both
def test_mean_cosine_and_duplicates_are_those_of_scikit_learn(compute: Compute) -> None:
    pairwise = pytest.importorskip("sklearn.metrics.pairwise")
    cosines = pairwise.cosine_similarity(ROWS)
    assert compute(ROWS)["mean_cosine"] == near(cosines[np.triu_indices(N, 1)].mean())
    np.fill_diagonal(cosines, -np.inf)
    theirs = (cosines.max(axis=1) > 0.5).sum()
    assert compute(ROWS, duplicate_threshold=0.5)["duplicates"] == theirs


@both
def test_the_gap_is_the_distance_of_the_means_of_unit_rows(compute: Compute) -> None:
    torch = pytest.importorskip("torch")
    first, second = unit_rows(torch, ROWS), unit_rows(torch, KEYS)
    theirs = (first.mean(dim=0) - second.mean(dim=0)).norm()
    assert compute(ROWS, KEYS)["modality_gap"] == near(theirs)


@pytest.mark.parametrize("d", [2, 3, 64, 384])
@pytest.mark.parametrize("t", [0.5, 2.0, 6.0])
def test_the_level_of_uniformity_is_the_bessel_function_of_scipy(d: int, t: float) -> None:
    special = pytest.importorskip("scipy.special")
    theirs = -2.0 * t + math.log(special.hyp0f1(d / 2, t**2))
    found = measured(sphere(5, d, 4), metrics=("uniformity",), t=t).metrics["uniformity"].random
    assert found == pytest.approx(theirs, rel=1e-11, abs=1e-12)


# Spectrum.


@both
def test_ranks_are_those_of_the_singular_values_of_scipy(compute: Compute) -> None:
    linalg = pytest.importorskip("scipy.linalg")
    stats = pytest.importorskip("scipy.stats")
    found = compute(ROWS)
    plain, centred = linalg.svdvals(ROWS), linalg.svdvals(ROWS - ROWS.mean(axis=0))
    shares = plain / plain.sum() + 1e-7
    assert found["rankme"] == near(np.exp(-(shares * np.log(shares)).sum()))
    assert found["effective_rank"] == near(np.exp(stats.entropy(centred)))
    assert found["stable_rank"] == near((plain**2).sum() / plain[0] ** 2)


@both
def test_shares_of_variance_are_those_of_scikit_learns_components(compute: Compute) -> None:
    decomposition = pytest.importorskip("sklearn.decomposition")
    shares = decomposition.PCA().fit(ROWS).explained_variance_ratio_
    found = compute(ROWS)
    assert found["participation_ratio"] == near(1.0 / (shares**2).sum())
    assert found["iso_score"] == near((1.0 / (shares**2).sum() - 1) / (D - 1))


@both
def test_decay_is_the_weighted_line_of_scikit_learn(compute: Compute) -> None:
    decomposition = pytest.importorskip("sklearn.decomposition")
    linear_model = pytest.importorskip("sklearn.linear_model")
    for rows in (ROWS, cloud(130, 120, 5)):
        variances = decomposition.PCA().fit(rows).explained_variance_
        ranks = np.arange(11, min(100, len(variances)) + 1)
        line = linear_model.LinearRegression()
        line.fit(np.log(ranks)[:, None], np.log(variances[ranks - 1]), sample_weight=1 / ranks)
        assert compute(rows)["alpha_req"] == near(-line.coef_[0])


@both
def test_decay_is_the_weighted_line_of_numpy(compute: Compute) -> None:
    """polyfit multiplies residuals by its weights, so those are the roots of ours."""
    covariance = np.cov(ROWS, rowvar=False)
    variances = np.sort(np.linalg.eigvalsh(covariance))[::-1]
    ranks = np.arange(11, D + 1)
    slope, _ = np.polyfit(np.log(ranks), np.log(variances[10:D]), 1, w=1 / np.sqrt(ranks))
    assert compute(ROWS)["alpha_req"] == near(-slope)


# Neighbours.


def neighbours_of_scikit_learn(rows: Array, k: int) -> Array:
    """Without a query each row is left out of its own list."""
    sklearn = pytest.importorskip("sklearn.neighbors")
    search = sklearn.NearestNeighbors(n_neighbors=k, metric="cosine").fit(rows)
    return np.asarray(search.kneighbors(return_distance=False))


@both
@pytest.mark.parametrize("shape", [(61, 24), (12, 3), (90, 200)])
def test_hubness_is_the_skewness_of_scipy(compute: Compute, shape: tuple[int, int]) -> None:
    stats = pytest.importorskip("scipy.stats")
    rows = cloud(*shape, 6)
    lists = neighbours_of_scikit_learn(rows, 10)
    theirs = stats.skew(np.bincount(lists.ravel(), minlength=len(rows)))
    assert compute(rows)["hubness"] == near(theirs)


def test_neighbours_are_those_of_scikit_learn() -> None:
    facts = measured(ROWS).samples
    lists = neighbours_of_scikit_learn(ROWS, 10)
    assert facts.nearest is not None
    assert facts.occurrences is not None
    assert facts.nearest.tolist() == lists[:, 0].tolist()
    assert facts.occurrences.tolist() == np.bincount(lists.ravel(), minlength=N).tolist()


@both
def test_recall_is_that_of_the_nearest_key_of_scikit_learn(compute: Compute) -> None:
    sklearn = pytest.importorskip("sklearn.neighbors")
    far = ROWS + 3.0 * (KEYS / np.linalg.norm(KEYS, axis=1, keepdims=True) - ROWS)
    search = sklearn.NearestNeighbors(n_neighbors=1, metric="cosine").fit(far)
    first = search.kneighbors(ROWS, return_distance=False)[:, 0]
    assert compute(ROWS, far)["recall_at_1"] == (first == np.arange(N)).mean()


# Retrieval.


def accuracies(rows: Array, labels: Array) -> dict[str, float]:
    """It leaves lone rows out as queries, and keeps them as references; it computes in float32."""
    pytest.importorskip("torch")
    accuracy = pytest.importorskip("pytorch_metric_learning.utils.accuracy_calculator")
    inference = pytest.importorskip("pytorch_metric_learning.utils.inference")
    distances = pytest.importorskip("pytorch_metric_learning.distances")
    calculator = accuracy.AccuracyCalculator(
        include=("precision_at_1", "r_precision", "mean_average_precision_at_r"),
        k="max_bin_count",
        device="cpu",
        knn_func=inference.CustomKNN(distances.CosineSimilarity()),
        kmeans_func=len,  # theirs wants faiss, and is not called for these
    )
    found: dict[str, float] = calculator.get_accuracy(rows, labels)
    return found


@both
@pytest.mark.parametrize("shape", [(61, 24), (40, 2), (150, 64)])
@pytest.mark.parametrize("lone", [0, 4])
def test_retrieval_is_that_of_pytorch_metric_learning(
    compute: Compute, shape: tuple[int, int], lone: int
) -> None:
    n, _ = shape
    rows, drawn = cloud(*shape, 7), np.random.default_rng(8).integers(0, 5, size=n)
    drawn[:lone] = 10 + np.arange(lone)
    theirs, ours = accuracies(rows, drawn), compute(rows, labels=drawn.tolist())
    assert ours["precision_at_1"] == near(theirs["precision_at_1"])
    assert ours["r_precision"] == near(theirs["r_precision"])
    assert ours["map_at_r"] == near(theirs["mean_average_precision_at_r"])


@both
def test_tolerance_is_the_mean_of_scikit_learns_cosines_in_classes(compute: Compute) -> None:
    pairwise = pytest.importorskip("sklearn.metrics.pairwise")
    cosines, labels = pairwise.cosine_similarity(ROWS), np.array(LABELS)
    alike = np.triu(labels[:, None] == labels, 1)
    assert compute(ROWS, labels=LABELS)["tolerance"] == near(cosines[alike].mean())


def test_wang_and_liu_average_over_all_pairs() -> None:
    """Their tolerance is ours times the share of pairs (i, j), of all n^2, that are of a class."""
    torch = pytest.importorskip("torch")
    z, labels = unit_rows(torch, ROWS), torch.tensor(LABELS)
    theirs = ((z @ z.T) * (labels[:, None] == labels)).mean()
    pairs = sum(LABELS.count(label) * (LABELS.count(label) - 1) for label in set(LABELS))
    ours = by_core(ROWS, labels=np.array(LABELS))["tolerance"]
    assert (ours * pairs + N) / N**2 == near(theirs)
