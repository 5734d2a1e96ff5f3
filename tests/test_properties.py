"""What holds for every declared loss, whatever it is: a new loss is tested before its first test.

Everything here is derived from the declarations: the losses, their forms of input, their
parameters, legal and illegal values. Only the inputs of a form (`forms.py`) and the oracle of a
loss are written by hand.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import textbook_distance
from form_contests import CONTESTS
from form_oracles import ORACLES, Setting, labelled
from form_settings import (
    TAUS,
    TINY_TAU,
    default,
    few_settings,
    has_oracle,
    has_tau,
    many_settings,
    taken,
    values_of,
)
from forms import FORMS, Case, cases

from contrastive_core import LOSSES
from contrastive_core.errors import BadParameter, NothingDefined

CASES = [case for kind in LOSSES for case in cases(kind)]
EACH = [pytest.param(case, id=case.name) for case in CASES]
WITH_TAU = [pytest.param(case, id=case.name) for case in CASES if has_tau(case.kind)]
REDUCIBLE = [pytest.param(case, id=case.name) for case in CASES if LOSSES[case.kind].reducible]
FITTED = 1e-9


def assert_near(found: npt.ArrayLike, expected: npt.ArrayLike, relative: float) -> None:
    """NaN where it is expected, else within `relative` of max(1, |expected|)."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    error = np.abs(found - expected) / np.maximum(1.0, np.abs(expected))
    assert error[~np.isnan(error)].max(initial=0.0) <= relative


def assert_textbook(case: Case, setting: Setting, relative: float, **means: Any) -> None:
    """The loss of every sample, the value and its terms; or nothing is defined for both."""
    expected = case.expected(setting)
    if math.isnan(expected.total):
        with pytest.raises(NothingDefined):
            case.loss(setting, per_sample=False, **means)
        return
    found = case.loss(setting, per_sample=False, **means)
    within = max(relative, FITTED) if setting.get("log_z") == "fit" else relative
    if not flat(setting):
        assert_near(found.samples.loss, expected.samples, within)
    assert_near(found.value, expected.total, within)
    assert found.n == expected.n
    assert found.undefined == sum(map(math.isnan, expected.samples))


def flat(setting: Setting) -> bool:
    """Where a stretch of log Z has the same mean loss to the last digit, any of it may be found."""
    return setting.get("log_z") == "fit" and setting["tau"] < min(TAUS)


# The textbook.


@pytest.mark.parametrize("kind", LOSSES)
def test_every_declared_loss_has_an_oracle(kind: str) -> None:
    assert kind in ORACLES


@pytest.mark.parametrize(
    ("kind", "form"),
    [pytest.param(kind, form.name) for kind in LOSSES for form in LOSSES[kind].forms],
)
def test_every_declared_form_is_tested(kind: str, form: str) -> None:
    assert (kind, form) in FORMS
    given = [case.given for case in CASES if (case.kind, case.form) == (kind, form)]
    declared = [f for f in LOSSES[kind].forms if f.name == form]
    for each in declared:
        taking = [inputs for inputs in given if each.fits(frozenset(inputs))]
        assert taking
        for name in each.takes:
            words = name in ("views", "positive")
            several = [g for other in given for g in other]
            assert words or name in several or name == "keys", name


@pytest.mark.parametrize("case", EACH)
def test_float64_agrees_with_the_textbook(case: Case) -> None:
    for setting in filter(has_oracle, many_settings(case)):
        assert_textbook(case, setting, 1e-12)


@pytest.mark.parametrize("case", EACH)
def test_float32_agrees_with_the_textbook_to_five_digits(case: Case) -> None:
    """Sums of log sigmoids carry the rounding of each term."""
    for setting in filter(has_oracle, few_settings(case)):
        assert_textbook(case, setting, 1e-5, precision="float32")


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("case", WITH_TAU)
def test_a_tiny_temperature_agrees_with_the_textbook(case: Case, precision: str) -> None:
    relative = 1e-12 if precision == "float64" else 1e-3
    for setting in few_settings(case, tau=TINY_TAU):
        assert_textbook(case, setting, relative, precision=precision)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in cases("nce")])
def test_the_fit_of_log_z_finds_its_minimum_where_the_slope_is_a_staircase(case: Case) -> None:
    for tau in (1e-4, 1e-5):
        setting: Setting = {"tau": tau, "log_z": "fit", "seed": 1}
        if case.form == "scores":
            del setting["seed"]
        assert case.loss(setting).value == pytest.approx(case.expected(setting).total, rel=1e-9)


@pytest.mark.parametrize("case", WITH_TAU)
def test_the_temperatures_that_are_tried_reach_from_small_to_large(case: Case) -> None:
    (tau,) = (parameter for parameter in taken(case) if parameter.field == "tau")
    assert set(TAUS) <= set(values_of(tau, case))


@pytest.mark.parametrize("case", EACH)
def test_without_parameters_the_defaults_hold(case: Case) -> None:
    bare = case.loss({}).samples
    told = case.loss(next(few_settings(case))).samples
    assert np.array_equal(bare.loss, told.loss, equal_nan=True)


@pytest.mark.parametrize(("kind", "form"), FORMS)
def test_every_parameter_is_tried_away_from_its_default(kind: str, form: str) -> None:
    alike = [case for case in CASES if (case.kind, case.form) == (kind, form)]
    tried = [setting for case in alike for setting in many_settings(case)]
    for parameter in taken(alike[0]):
        values = {str(s[parameter.field]) for s in tried if parameter.field in s}
        if not values:  # it changes nothing there, whatever the others are
            with pytest.raises(BadParameter, match="It would change nothing"):
                alike[0].loss({parameter.field: parameter.default})
            continue
        assert values - {str(default(parameter, alike[0]))}, parameter.field


def listed(case: Case) -> bool:
    return "labels" in case.given


@pytest.mark.parametrize("distance", ["sqeuclidean", "euclidean", "cosine"])
@pytest.mark.parametrize("margin", [0.2, 1.0])
def test_random_semi_hard_takes_one_of_the_semi_hard_negatives_of_each_pair(
    distance: str, margin: float
) -> None:
    for case in (case for case in cases("triplet", n=12) if listed(case)):
        rows, labels = labelled(case.given)
        choices = textbook_distance.semi_hard_choices(
            rows, labels, margin=margin, distance=distance
        )
        setting = {"mining": "random-semi-hard", "distance": distance, "margin": margin}
        found = case.loss(setting)
        pairs = {pair: [one.loss for one in some] for pair, some in choices.items() if some}
        assert found.n == len(pairs)
        for anchor, loss in enumerate(found.samples.loss):
            own = [losses for (a, _), losses in pairs.items() if a == anchor]
            if not own:
                assert math.isnan(loss)
                continue
            least, most = (math.fsum(map(end, own)) / len(own) for end in (min, max))
            assert least - 1e-12 <= loss <= most + 1e-12


def test_random_semi_hard_follows_its_seed() -> None:
    (case, *_) = cases("triplet", n=40)
    how = {"mining": "random-semi-hard", "margin": 1.0}
    one, same, other = (case.loss({**how, "seed": seed}).value for seed in (0, 0, 1))
    assert one == same
    assert one != other


# What stands beside the value.


@pytest.mark.parametrize("case", EACH)
def test_the_result_reports_the_parameters_it_used(case: Case) -> None:
    found = case.loss(setting := list(few_settings(case))[-1]).parameters
    told = dict(setting)
    if told.get("log_z") in ("auto", "fit"):
        assert math.isfinite(found["log_z"])
        del told["log_z"]
    assert {name: found[name] for name in told} == told


@pytest.mark.parametrize("case", REDUCIBLE)
def test_the_sum_is_the_mean_times_the_terms(case: Case) -> None:
    mean, total = case.loss({}), case.loss({"reduction": "sum"})
    assert (mean.reduction, total.reduction) == ("mean", "sum")
    assert total.n == mean.n
    assert total.value == pytest.approx(mean.n * mean.value, rel=1e-13)
    assert total.mi_lower_bound == mean.mi_lower_bound
    assert total.terms == mean.terms
    if mean.chance is not None:
        assert total.chance == pytest.approx(mean.n * mean.chance, rel=1e-13)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize(
    ("kind", "own"), [("uniformity", "log-mean-exp"), ("align-uniform", "mean + log-mean-exp")]
)
def test_a_value_that_describes_a_set_takes_no_reduction(
    kind: str, own: str, reduction: str
) -> None:
    for case in cases(kind):
        with pytest.raises(BadParameter, match=f"no --reduction for {kind}"):
            case.loss({"reduction": reduction})
        assert case.loss({}).reduction == own


@pytest.mark.parametrize("case", EACH)
def test_the_two_terms_of_a_softmax_sum_to_its_mean(case: Case) -> None:
    found = case.loss({})
    assert (found.terms is not None) == (case.kind in CONTESTS and case.kind not in SIGMOIDS)
    if found.terms is not None:
        assert found.samples.positive is not None
        defined = ~np.isnan(found.samples.loss)
        pull = -float(found.samples.positive[defined].mean()) / found.parameters["tau"]
        assert found.terms.positive == pytest.approx(pull, rel=1e-13)
        assert found.terms.positive + found.terms.partition == pytest.approx(found.value, rel=1e-13)


SIGMOIDS = ("siglip", "nce")


@pytest.mark.parametrize("case", EACH)
def test_the_samples_are_counted_by_view(case: Case) -> None:
    samples = case.loss({}).samples
    views = len(samples.loss) // case.samples
    assert samples.index.tolist() == list(range(case.samples)) * views
    if views > 1:
        assert samples.view is not None
        assert samples.view.tolist() == [v for v in range(views) for _ in range(case.samples)]
    else:
        assert samples.view is None
