"""The figures of a check are those of the commands, bit by bit."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import contrast
from forms import Case, cases
from metric_data import SAMPLE_DATA

import contrastive_core as cc
from contrastive_core import LOSSES, METRICS, Resources
from contrastive_core.errors import BadParameter
from contrastive_core.gate.catalogue import TRIPLET_FIELDS
from contrastive_core.gate.grammar import parse_figure
from contrastive_core.gate.jobs import jobs_of

EXACT = Resources(precision="float64")
CASES = {case.name: case for kind in LOSSES for case in cases(kind)}
LABELS = SAMPLE_DATA / "labels.npy"


def _values(result: cc.CheckResult) -> dict[str, float | None]:
    return {each.rule: each.value for each in result.checks}


def _asked(case: Case) -> dict[str, str]:
    """Rules by the figure of the result that they are about."""
    fields = {"n": "n", "undefined": "undefined"}
    if case.kind not in METRICS:
        fields |= {"value": "value"}
        return {field: f"{case.kind}.{field} <= 1e9" for field in fields}
    return {}


BEHIND = ("nt-xent of labels of views", "nt-xent of labels of files")
"""Forms that a check does not take: the loss's own first one takes these files without labels."""


@pytest.mark.parametrize("name", BEHIND)
def test_labels_beside_views_are_not_for_a_loss_that_takes_the_views_first(name: str) -> None:
    case = CASES[name]
    with pytest.raises(BadParameter, match="--labels") as refused:
        cc.check(**case.given, require=f"{case.kind} <= 1e9")
    assert "supcon" in refused.value.remedy


@pytest.mark.parametrize("name", [name for name in CASES if name not in BEHIND])
def test_every_loss_in_every_form_is_what_the_command_says(name: str) -> None:
    case = CASES[name]
    expected = case.loss({}, per_sample=False)
    rules = _asked(case)
    quantiles = {each: f"{each}({case.kind}) <= 1e9" for each in ("min", "p25", "p95", "max")}
    listed = [*rules.values(), *quantiles.values()]
    found = _values(cc.check(**case.given, require=listed, resources=EXACT))
    for field, rule in rules.items():
        assert found[rule] == getattr(expected, field)
    for statistic, rule in quantiles.items():
        assert found[rule] == getattr(expected.quantiles, statistic)


@pytest.mark.parametrize("kind", ["infonce", "clip", "nt-xent"])
def test_the_parts_of_a_softmax_are_figures(kind: str) -> None:
    case = cases(kind)[0]
    expected = case.loss({}, per_sample=False)
    fields = ("mi_lower_bound", "candidates", "terms.positive", "terms.partition")
    rules = [f"{kind}.{field} <= 1e9" for field in fields]
    result = cc.check(**case.given, require=rules, resources=EXACT)
    assert expected.terms is not None
    wanted = [
        expected.mi_lower_bound,
        expected.candidates,
        expected.terms.positive,
        expected.terms.partition,
    ]
    for check, value in zip(result.checks, wanted, strict=True):
        if value is None:
            assert check.passed is None
            assert f"{kind} has no" in (check.reason or "")
        else:
            assert check.value == value


def test_a_loss_takes_its_parameters_and_its_convention() -> None:
    case = next(case for case in cases("nt-xent") if case.form == "two files")
    rule = "nt-xent(tau=0.3, similarity=dot) <= 9"
    other = "nt-xent(convention=lightly) <= 9"
    found = _values(cc.check(**case.given, require=[rule, other], resources=EXACT))
    assert found[rule] == case.loss({"tau": 0.3, "similarity": "dot"}).value
    assert found[other] == case.loss({"convention": "lightly"}).value


@pytest.mark.parametrize("kind", ["nce", "triplet"])
def test_a_loss_that_draws_takes_the_seed_of_the_check(kind: str) -> None:
    case = cases(kind)[0]
    typed = "triplet(mining=random-semi-hard{})" if kind == "triplet" else "nce{}"
    setting = {"mining": "random-semi-hard"} if kind == "triplet" else {}
    rules = [f"{typed.format('')} <= 1e9"]
    found = cc.check(**case.given, require=rules, seed=5, resources=EXACT).checks[0].value
    assert found == case.loss({**setting, "seed": 5}).value
    assert found != case.loss({**setting, "seed": 6}).value


def _same(found: float | None, value: float) -> bool:
    return found == value or (found is not None and math.isnan(found) and math.isnan(value))


@pytest.mark.parametrize("how", ["cloud", "two files", "views", "stacked", "labels", "pairs"])
def test_every_metric_is_what_the_command_says(how: str) -> None:
    views = np.load(SAMPLE_DATA / "emb.npy")[:, :200]
    labels = np.load(LABELS)[:200]
    pairs = np.stack([np.arange(100), np.arange(100, 200)], axis=1)
    inputs: dict[str, dict[str, Any]] = {
        "cloud": {"embeddings": views[0]},
        "two files": {"embeddings": views[0], "keys": views[1], "labels": labels},
        "views": {"embeddings": views, "labels": labels},
        "stacked": {"embeddings": np.concatenate(views), "views": "stacked"},
        "labels": {"embeddings": views[1], "labels": labels},
        "pairs": {"embeddings": views[0], "pairs": pairs},
    }
    expected = cc.metrics(**inputs[how]).metrics
    result = cc.check(**inputs[how], require=[f"{name} <= 1e9" for name in expected])
    assert [each.metric for each in result.checks] == list(expected)
    for check in result.checks:
        assert _same(check.value, expected[check.metric].value)


def test_metrics_take_their_parameters() -> None:
    emb = SAMPLE_DATA / "emb.npy"
    rules = {
        "uniformity(t=3)": cc.metrics(emb, t=3).metrics["uniformity"].value,
        "alignment(alpha=1)": cc.metrics(emb, alpha=1).metrics["alignment"].value,
        "duplicates(duplicate_threshold=0.9)": cc.metrics(emb, duplicate_threshold=0.9)
        .metrics["duplicates"]
        .value,
    }
    result = cc.check(emb, require=[f"{rule} <= 1e9" for rule in rules])
    assert [each.value for each in result.checks] == list(rules.values())


def _triplet_value(result: Any, field: str) -> float:
    if field in ("hard", "semi_hard", "easy"):
        return float(getattr(result.fractions, field))
    for part in field.split("."):
        result = getattr(result, part)
    return float(result)


@pytest.mark.parametrize("form", ["labels", "triplets", "three files"])
def test_every_field_of_triplets_is_what_the_command_says(form: str) -> None:
    given = next(case for case in cases("triplet") if case.form == form).given
    ask: Any = cc.triplets
    names = ("embeddings", "keys", "negatives")
    files = [given[name] for name in names if name in given]
    rest = {name: each for name, each in given.items() if name not in names}
    settings: dict[str, dict[str, Any]] = {
        "": {},
        "margin=0.5": {"margin": 0.5},
        "distance=euclidean, margin=0.1": {"distance": "euclidean", "margin": 0.1},
        "normalize=false, swap=true": {"normalize": False, "swap": True},
    }
    expected = {}
    for typed, setting in settings.items():
        result = ask(*files, **rest, **setting)
        for field in TRIPLET_FIELDS:
            if typed and field in ("triplets", "anchors", "undefined"):
                continue
            name = f"triplets({typed})" if typed else "triplets"
            expected[f"{name}.{field} >= 0"] = _triplet_value(result, field)
    found = _values(cc.check(**given, require=list(expected)))
    assert found == expected


def test_triplet_losses_take_how_they_are_mined() -> None:
    given = cases("triplet")[0].given
    rule = "triplets(mining=batch-hard, soft_margin=true).loss.mean <= 9"
    result = cc.triplets(**given, mining="batch-hard", soft_margin=True)
    assert cc.check(**given, require=rule).checks[0].value == result.loss.mean
    active = cc.check(**given, require="triplets(average=active).value <= 9").checks[0].value
    assert active == cc.triplets(**given, average="active").value


def test_files_give_the_bits_of_the_commands() -> None:
    table, parquet = SAMPLE_DATA / "emb.parquet", cc.loss("clip", SAMPLE_DATA / "emb.parquet")
    result = cc.check(table, require=["clip <= 9", "uniformity <= 9", "alignment <= 9"])
    metrics = cc.metrics(table).metrics
    assert [each.value for each in result.checks] == [
        parquet.value,
        metrics["uniformity"].value,
        metrics["alignment"].value,
    ]


def test_threads_and_memory_change_no_bit() -> None:
    emb, rules = SAMPLE_DATA / "emb.npy", ["infonce <= 9", "uniformity <= 9", "hubness <= 9"]
    few = cc.check(emb, require=rules, resources=Resources(threads=1, memory=2**24))
    many = cc.check(emb, require=rules, resources=Resources(threads=3))
    assert [each.value for each in few.checks] == [each.value for each in many.checks]


def test_one_progress_runs_over_all_measurings() -> None:
    told: list[tuple[int, int]] = []
    rules = ["infonce <= 9", "uniformity <= 9", "clip <= 9"]
    resources = Resources(progress=lambda done, total: told.append((done, total)))
    cc.check(SAMPLE_DATA / "emb.npy", require=rules, resources=resources)
    done = [each for each, _ in told]
    assert done == sorted(done)
    assert told[-1][0] == told[-1][1]
    assert all(each <= total for each, total in told)


def test_figures_that_belong_together_are_measured_together_and_each_loss_once() -> None:
    written = (
        *("uniformity", "hubness", "uniformity(t=3)", "triplets.hard", "triplets(margin=0.5).easy"),
        *("infonce", "p95(infonce)", "infonce.n", "infonce(tau=0.2)", "nt-xent"),
    )
    measurings = jobs_of(parse_figure(each) for each in written)
    assert [[figure.text for figure in each.figures] for each in measurings] == [
        ["uniformity", "hubness"],
        ["uniformity(t=3)"],
        ["triplets.hard", "triplets(margin=0.5).easy"],
        ["infonce", "p95(infonce)", "infonce.n"],
        ["infonce(tau=0.2)"],
        ["nt-xent"],
    ]


def test_the_help_claims_no_more_than_that(tmp_path: Path) -> None:
    said = " ".join(contrast("contrast check --help", tmp_path).out.split())
    assert "one pass" not in said
    assert (
        "Metrics of the same settings are measured together, and so are triplets of all margins; "
        "every other loss by itself, once."
    ) in said
