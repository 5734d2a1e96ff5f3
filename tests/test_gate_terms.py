"""Figures that are means over samples carry their terms; everything is measured in few passes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from forms import Case, cases
from metric_data import SAMPLE_DATA

import contrastive_core as cc
from contrastive_core import LOSSES, METRICS, Resources
from contrastive_core.dialects import DIALECTS, dialects_of
from contrastive_core.gate import measuring
from contrastive_core.gate.grammar import parse_figure
from contrastive_core.gate.jobs import jobs_of, planned
from contrastive_core.gate.measured import Measured
from contrastive_core.gate.measuring import Wanted, measure
from contrastive_core.gate.sigmas import sigma_of
from contrastive_core.session.session import Session

EXACT = Resources(precision="float64")
WHOLE = ("align-uniform", *METRICS)
"""Losses whose value is no mean over samples, or is known as a metric."""

MEANS = {case.name: case for kind in LOSSES if kind not in METRICS for case in cases(kind)}


def _measured(text: str, **given: Any) -> Measured:
    figure = parse_figure(text)
    session = Session(**given, resources=EXACT)
    plan, missing = planned([figure], session.inputs)
    assert not missing
    return measure(plan, Wanted(10, 0), session).measured[figure]


def _mean(found: Measured) -> float:
    mean = np.zeros(())
    for ratio in found.ratios:
        some = ~np.isnan(ratio.sums)
        counts = np.broadcast_to(ratio.counts, some.shape)[some].sum()
        mean += ratio.sums[some].sum() / counts if counts else 0.0
    return float(mean if found.transform is None else found.transform(mean))


@pytest.mark.parametrize("name", MEANS)
def test_the_terms_of_a_loss_make_its_value(name: str) -> None:
    case: Case = MEANS[name]
    found = _measured(case.kind, **case.given)
    whole = case.kind in WHOLE
    assert (not found.ratios) == whole
    if not whole:
        assert _mean(found) == pytest.approx(found.value, rel=1e-9, abs=1e-12)


CONVENTIONS = [(each.kind, each.name) for each in DIALECTS if each.kind not in WHOLE]


@pytest.mark.parametrize(("kind", "name"), CONVENTIONS)
def test_the_terms_of_a_loss_make_its_value_under_every_convention(kind: str, name: str) -> None:
    dialect = dialects_of(kind)[name]
    told = [case for case in cases(kind) if not dialect.forms or case.form in dialect.forms]
    told = [case for case in told if dialect.needs is None or dialect.needs in case.given]
    told = [case for case in told if not any(each in case.given for each in dialect.without)]
    twins = dialect.sets.get("added_views", False)
    told = [case for case in told if not twins or "three" not in case.variant]
    assert told
    for case in told:
        found = _measured(f"{kind}(convention={name})", **case.given)
        assert _mean(found) == pytest.approx(found.value, rel=1e-9, abs=1e-12)
        assert sigma_of(found, 0)


OF_LABELS = ("mining=batch-hard, average=active", "mining=random-semi-hard", "mining=semi-hard")


@pytest.mark.parametrize(
    "how",
    [
        *(f"average={average}" for average in ("all", "active")),
        *(f"average=active, {word}=true" for word in ("swap", "soft_margin")),
        *(f"mining={mining}" for mining in ("easy", "hard")),
        *OF_LABELS,
    ],
)
def test_the_terms_of_triplets_make_the_mean_that_is_asked_for(how: str) -> None:
    for case in cases("triplet"):
        if case.form != "labels" and how in OF_LABELS:
            continue
        loss = _measured(f"triplet({how})", **case.given)
        triplets = _measured(f"triplets({how}).value", **case.given)
        assert _mean(loss) == pytest.approx(loss.value, rel=1e-12)
        assert _mean(triplets) == pytest.approx(triplets.value, rel=1e-12)
        assert sigma_of(loss, 0) == sigma_of(triplets, 0)


@pytest.mark.parametrize("form", ["labels", "triplets", "three files"])
@pytest.mark.parametrize("mining", ["all", "easy", "hard"])
@pytest.mark.parametrize("field", ["mean", "mean_active"])
def test_the_terms_of_both_means_of_triplets_make_them(form: str, mining: str, field: str) -> None:
    given = next(case for case in cases("triplet") if case.form == form).given
    found = _measured(f"triplets(mining={mining}).loss.{field}", **given)
    assert _mean(found) == pytest.approx(found.value, rel=1e-12)
    assert (sigma_of(found, 0) == 0.0) == (mining == "easy")


@pytest.mark.parametrize(
    "metric",
    [
        *("alignment", "alignment(alpha=1)", "uniformity", "uniformity(t=5)", "uniformity.keys"),
        *("recall_at_1", "precision_at_1", "r_precision.keys", "map_at_r"),
    ],
)
def test_the_terms_of_a_metric_make_its_value(metric: str) -> None:
    found = _measured(metric, embeddings=SAMPLE_DATA / "emb.npy", labels=SAMPLE_DATA / "labels.npy")
    assert _mean(found) == pytest.approx(found.value, rel=1e-9)


@pytest.mark.parametrize("metric", ["mean_cosine", "effective_rank", "hubness", "duplicates"])
def test_what_is_no_mean_over_samples_carries_no_terms(metric: str) -> None:
    assert _measured(metric, embeddings=SAMPLE_DATA / "emb.npy").ratios == ()


@pytest.mark.parametrize("text", ["p95(infonce)", "infonce.n", "infonce.mi_lower_bound"])
def test_what_is_said_beside_the_value_of_a_loss_carries_no_terms(text: str) -> None:
    assert _measured(text, embeddings=SAMPLE_DATA / "emb.npy").ratios == ()


@pytest.mark.parametrize("form", ["labels", "triplets", "three files"])
@pytest.mark.parametrize("field", ["hard", "semi_hard", "easy", "active_fraction"])
def test_the_terms_of_a_share_make_the_share(form: str, field: str) -> None:
    given = next(case for case in cases("triplet") if case.form == form).given
    found = _measured(f"triplets.{field}", **given)
    assert _mean(found) == pytest.approx(found.value, abs=1e-12)


def test_views_of_one_sample_are_one_group() -> None:
    found = _measured("nt-xent", embeddings=SAMPLE_DATA / "emb.npy")
    assert found.groups is not None
    assert found.groups.tolist() == [*range(512), *range(512)]


def test_a_measure_says_what_must_be_equal_to_compare_it() -> None:
    found = _measured("nce(log_z=fit)", embeddings=SAMPLE_DATA / "emb.npy")
    assert (found.samples, found.d) == (512, 32)
    assert (found.precision, found.convention) == ("float64", "paper")
    assert found.found == {"log_z"}
    own = _measured("align-uniform", embeddings=SAMPLE_DATA / "emb.npy")
    assert own.found == {"log_z", "alignment", "uniformity"}


def test_few_measurings_give_all_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Counter[str] = Counter()
    for name in ("LossQuestion", "MetricsQuestion", "TripletsQuestion"):
        plain = getattr(measuring, name)

        def counted(*given: Any, plain: Any = plain, name: str = name, **how: Any) -> Any:
            asked[name] += 1
            return plain(*given, **how)

        monkeypatch.setattr(measuring, name, counted)
    rules = [
        *("nt-xent <= 99", "p95(nt-xent) <= 99", "nt-xent.n >= 1", "nt-xent(tau=1) <= 99"),
        *("uniformity <= 0", "hubness <= 9", "uniformity.keys <= 0", "map_at_r >= 0"),
        *("triplets.hard <= 1", "triplets(margin=0.5).easy >= 0", "triplets.anchors >= 1"),
        "triplets(margin=1).loss.mean <= 9",
    ]
    emb, labels = SAMPLE_DATA / "emb.npy", SAMPLE_DATA / "labels.npy"
    assert cc.check(emb, labels=labels, require=rules).passed
    assert asked == {"LossQuestion": 2, "MetricsQuestion": 1, "TripletsQuestion": 1}


def test_figures_without_parameters_are_counted_beside_those_that_have_some() -> None:
    texts = ["triplets(distance=cosine).hard", "triplets.anchors", "triplets.undefined"]
    (job,) = jobs_of(map(parse_figure, texts))
    assert [figure.text for figure in job.figures] == texts
    assert job.parameters == (("distance", "cosine"),)
