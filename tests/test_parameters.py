"""What is legal, and what a bad hyper-parameter is told: derived from the declarations."""

import copy
import dataclasses
import itertools
import math
from typing import Any

import numpy as np
import pytest
from forms import cases

import contrastive_core as cc
from contrastive_core import LOSSES, Resources
from contrastive_core.errors import BadParameter
from contrastive_core.losses import Loss, make_loss
from contrastive_core.parameters import Number, inverse, parameters, spellings

BAD = [
    pytest.param(k, p.name, value, id=f"{k} {p.name}={value!r}")
    for k in LOSSES
    for p in parameters(LOSSES[k])
    for value in p.bound.bad
]
WITH_RECIPROCAL = [
    pytest.param(kind, p.name, p.bound.reciprocal, p.bound.aliases, id=f"{kind} {p.name}")
    for kind in LOSSES
    for p in parameters(LOSSES[kind])
    if isinstance(p.bound, Number) and p.bound.reciprocal
]
REFUSED = [
    pytest.param(kind, form, field, id=f"{kind} of {form} {field}")
    for kind in LOSSES
    for form, fields in LOSSES[kind].form_refuses.items()
    for field in fields
]


@pytest.mark.parametrize(("kind", "name", "value"), BAD)
def test_a_bad_value_is_refused_with_a_message_that_helps(kind: str, name: str, value: Any) -> None:
    with pytest.raises(BadParameter) as error:
        make_loss(kind, **{name: value})
    raised = error.value
    assert raised.what == name
    assert raised.expected
    assert str(value) in raised.got
    assert raised.remedy.endswith(".")
    assert str(raised) == f"{name}: expected {raised.expected}, got {raised.got}. {raised.remedy}"


@pytest.mark.parametrize(("kind", "name", "value"), BAD)
def test_a_bad_value_is_refused_by_the_declaration_itself(kind: str, name: str, value: Any) -> None:
    with pytest.raises(BadParameter):
        LOSSES[kind](**{name.replace("-", "_"): value})


@pytest.mark.parametrize("kind", LOSSES)
def test_every_parameter_has_bad_values(kind: str) -> None:
    assert all(parameter.bound.bad for parameter in parameters(LOSSES[kind]))


@pytest.mark.parametrize("kind", LOSSES)
def test_an_unknown_parameter_lists_the_known_ones(kind: str) -> None:
    with pytest.raises(BadParameter) as error:
        make_loss(kind, no_such_parameter=1)
    assert "no-such-parameter" in error.value.got
    for name in spellings(LOSSES[kind]):
        assert name in error.value.remedy


def test_a_parameter_of_another_loss_says_whose_it_is() -> None:
    with pytest.raises(BadParameter, match=r"It belongs to infonce\."):
        make_loss("clip", denominator="views")


def test_an_unknown_kind_lists_the_known_ones_and_the_nearest() -> None:
    with pytest.raises(BadParameter) as error:
        make_loss("nt-xnet")
    assert "Did you mean 'nt-xent'?" in error.value.remedy
    for kind in LOSSES:
        assert kind in error.value.remedy


@pytest.mark.parametrize(("kind", "form", "field"), REFUSED)
def test_a_parameter_that_would_change_nothing_is_refused(kind: str, form: str, field: str) -> None:
    (parameter,) = (p for p in parameters(LOSSES[kind]) if p.field == field)
    for case in (case for case in cases(kind) if case.form == form):
        with pytest.raises(BadParameter) as error:
            case.loss({field: parameter.default})
        assert error.value.what in (parameter.name, field)
        assert error.value.expected == f"a parameter that {kind} of {form} takes"


@pytest.mark.parametrize(("kind", "name", "reciprocal", "aliases"), WITH_RECIPROCAL)
def test_a_temperature_and_its_inverse_exclude_each_other(
    kind: str, name: str, reciprocal: str, aliases: tuple[str, ...]
) -> None:
    for one, other in itertools.permutations((name, reciprocal, *aliases), 2):
        both: dict[str, Any] = {one: 0.5, other: 2.0}
        with pytest.raises(BadParameter) as error:
            make_loss(kind, **both)
        assert one in error.value.expected
        assert other in error.value.expected
        assert error.value.got == "both"


@pytest.mark.parametrize(("kind", "name", "reciprocal", "aliases"), WITH_RECIPROCAL)
def test_a_scale_is_the_inverse_of_a_temperature(
    kind: str, name: str, reciprocal: str, aliases: tuple[str, ...]
) -> None:
    def made(written: str, value: Any) -> Loss:
        return make_loss(kind, **{written: value})

    expected = made(name, 0.125)
    assert made(reciprocal, 8.0) == expected
    for alias in aliases:
        assert made(alias, 0.125) == expected
    for case in cases(kind):
        one, other = case.loss({reciprocal: 8.0}), case.loss({name: 0.125})
        assert np.array_equal(one.samples.loss, other.samples.loss, equal_nan=True)


@pytest.mark.parametrize(("kind", "name", "reciprocal", "aliases"), WITH_RECIPROCAL)
@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf, "hot"])
def test_a_bad_scale_is_refused_by_its_own_name(
    kind: str, name: str, reciprocal: str, aliases: tuple[str, ...], bad: Any
) -> None:
    for written in (reciprocal, *aliases, name):
        with pytest.raises(BadParameter) as error:
            make_loss(kind, **{written: bad})
        assert error.value.what == written


def test_a_scale_is_reported_and_computed_as_it_was_given() -> None:
    rows, exact = np.random.default_rng(0).normal(size=(12, 4)), Resources(precision="float64")
    found = cc.loss("infonce", rows, scale=49, resources=exact)
    assert 1 / (1 / 49) != 49
    assert (found.convention.scale, found.parameters["tau"]) == (49.0, 1 / 49)
    (ask,) = make_loss("infonce", scale=49).asks()  # type: ignore[attr-defined]
    assert ask.scale == 49.0


def test_a_copy_of_a_scale_is_that_scale() -> None:
    """As the JSON of a result is made of a copy of its convention."""
    rows = np.random.default_rng(0).normal(size=(12, 4))
    told = cc.loss("infonce", rows, scale=49).convention
    for each in (told, copy.deepcopy(told), dataclasses.replace(told)):
        assert each.tau is not None
        assert (each.tau, inverse(each.tau), each.scale) == (1 / 49, 49.0, 49.0)


def test_the_scale_of_siglip_stands_in_its_ledger_and_in_the_word_on_precision() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(40, 16))
    rows *= 22 / np.linalg.norm(rows, axis=1, keepdims=True)
    found = cc.loss("siglip", rows, rows + 0.1, similarity="dot", scale=100)
    assert (found.convention.scale, found.convention.tau) == (100.0, None)
    assert any("Use --precision float64" in warning for warning in found.warnings)
