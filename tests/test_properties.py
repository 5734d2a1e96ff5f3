"""What holds for every declared loss, whatever it is: a new loss is tested before its first test.

Everything here is derived from the declarations: the losses, their parameters, legal and illegal
values. Only the oracle of a loss is written by hand, in `textbook.py`.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import textbook

import contrastive_core as cc
from contrastive_core import LOSSES, LossResult, Resources, api
from contrastive_core.engines import local
from contrastive_core.errors import BadParameter, TooLittleMemory
from contrastive_core.losses import make_loss
from contrastive_core.memory import Room, make_room
from contrastive_core.parameters import Choice, Flag, Number, Parameter, parameters, spellings
from contrastive_core.resources import parse_size
from contrastive_core.tiles import Cut

Rows = npt.NDArray[Any]
Setting = dict[str, Any]

TAUS = (0.05, 0.5, 3.0)
TINY_TAU = 0.001


def values_of(parameter: Parameter) -> tuple[Any, ...]:
    """Legal values that cover a parameter."""
    bound = parameter.bound
    if isinstance(bound, Choice):
        return bound.names
    if isinstance(bound, Flag):
        return (False, True)
    return TAUS if bound.reciprocal else (parameter.default, bound.example)


def settings(kind: str, **fixed: Any) -> Iterator[Setting]:
    """Every combination of legal values, some of them fixed."""
    declared = list(parameters(LOSSES[kind]))
    axes = [(fixed[p.field],) if p.field in fixed else values_of(p) for p in declared]
    for combination in itertools.product(*axes):
        yield {p.field: value for p, value in zip(declared, combination, strict=True)}


def named(case: Sequence[Any]) -> Any:
    kind, setting, *views = case
    words = [f"{key}={value}" for key, value in setting.items()]
    return pytest.param(*case, id=" ".join([kind, *words, *(f"{v} views" for v in views)]))


def has_tau(kind: str) -> bool:
    return "tau" in {parameter.field for parameter in parameters(LOSSES[kind])}


def views_of(kind: str) -> tuple[int, ...]:
    most = LOSSES[kind].most_views
    return (2, 3) if most is None or most > 2 else (2,)


ALL = [named((k, s, v)) for k in LOSSES for s in settings(k) for v in views_of(k)]
AT_ONE_TAU = [
    named((k, s, v))
    for k in LOSSES
    for s in settings(k, **({"tau": 0.2} if has_tau(k) else {}))
    for v in views_of(k)
]
AT_TINY_TAU = [
    named((k, s, v))
    for k in LOSSES
    if has_tau(k)
    for s in settings(k, tau=TINY_TAU)
    for v in views_of(k)
]
OF_COSINES = [case for case in AT_ONE_TAU if case.values[1].get("similarity") == "cosine"]
BAD = [
    pytest.param(k, p.name, value, id=f"{k} {p.name}={value!r}")
    for k in LOSSES
    for p in parameters(LOSSES[k])
    for value in p.bound.bad
]


def sample(n: int, d: int, views: int, seed: int = 3) -> Rows:
    """Views of n samples in d dimensions, none alike, rows of all lengths from 0.5 to 1.5."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, d)) + 0.8 * rng.normal(size=(views, n, d))
    lengths = rng.uniform(0.5, 1.5, size=(views, n, 1))
    return np.asarray(lengths * rows / np.linalg.norm(rows, axis=2, keepdims=True))


def loss(kind: str, views: Rows, setting: Setting, **means: Any) -> LossResult:
    resources = Resources(**{"precision": "float64", **means})
    return cc.loss(kind, views, views="first", per_sample=True, resources=resources, **setting)


def assert_same_bits(one: LossResult, other: LossResult) -> None:
    assert one.value == other.value
    columns = zip(one.samples.columns(), other.samples.columns(), strict=True)
    for (name, ours), (also, theirs) in columns:
        assert name == also
        assert np.array_equal(ours, theirs), name


def assert_near(found: npt.ArrayLike, expected: npt.ArrayLike, relative: float) -> None:
    """Within `relative` of max(1, |expected|)."""
    expected = np.asarray(expected)
    error = np.abs(np.asarray(found) - expected) / np.maximum(1.0, np.abs(expected))
    assert error.max() <= relative


# The textbook.


@pytest.mark.parametrize("kind", LOSSES)
def test_every_declared_loss_has_an_oracle(kind: str) -> None:
    assert kind in textbook.ORACLES


@pytest.mark.parametrize(("kind", "setting", "count"), ALL + AT_TINY_TAU)
def test_float64_agrees_with_the_textbook(kind: str, setting: Setting, count: int) -> None:
    views = sample(7, 5, count)
    expected = textbook.ORACLES[kind](list(views), **setting)
    found = loss(kind, views, setting)
    assert_near(found.samples.loss, expected, 1e-12)
    assert found.value == pytest.approx(math.fsum(expected) / len(expected), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("kind", "setting", "count"), ALL)
def test_float32_agrees_with_the_textbook_to_five_digits(
    kind: str, setting: Setting, count: int
) -> None:
    views = sample(7, 5, count)
    expected = textbook.ORACLES[kind](list(views), **setting)
    assert_near(loss(kind, views, setting, precision="float32").samples.loss, expected, 1e-5)


@pytest.mark.parametrize(("kind", "setting", "count"), AT_TINY_TAU)
def test_float32_agrees_to_three_digits_at_a_tiny_temperature(
    kind: str, setting: Setting, count: int
) -> None:
    views = sample(7, 5, count)
    expected = textbook.ORACLES[kind](list(views), **setting)
    assert_near(loss(kind, views, setting, precision="float32").samples.loss, expected, 1e-3)


# Where the positives stand, for losses that pick a positive out of candidates.


def contests_of(
    kind: str, views: Rows, setting: Setting, tolerance: float
) -> list[list[textbook.Contest]]:
    """The contests of each direction of a loss, anchor by anchor."""
    stacked = list(range(len(views)))
    if kind == "nt-xent":
        plan = [(v, stacked) for v in stacked]
    elif setting.get("denominator") == "views":
        plan = [(0, stacked), (1, stacked)]
    else:
        plan = [(0, [1]), (1, [0])]
    similarity = setting["similarity"]
    found = [textbook.contests(list(views), v, c, similarity, tolerance) for v, c in plan]
    if kind == "nt-xent":
        return [[contest for each in found for contest in each]]
    return found if kind == "clip" or setting.get("symmetric") else found[:1]


def with_ties(count: int) -> Rows:
    """Views with copies among samples and views, and many equal scores."""
    rng = np.random.default_rng(11)
    views = rng.integers(-1, 2, size=(count, 12, 3)).astype(float)
    views[(views == 0).all(axis=2)] = (1.0, 0.0, 0.0)
    views[1, 4:7] = views[0, 4]
    return np.asarray(views)


@pytest.mark.parametrize("data", ["distinct", "ties"])
@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize(("kind", "setting", "count"), AT_ONE_TAU)
def test_rank_and_hardest_negative_are_those_of_the_textbook(
    kind: str, setting: Setting, count: int, precision: str, data: str
) -> None:
    views = sample(9, 4, count) if data == "distinct" else with_ties(count)
    tolerance = 1e-6 if precision == "float32" else 1e-12
    directions = contests_of(kind, views, setting, tolerance)
    for tile in (None, 5):
        samples = loss(kind, views, setting, precision=precision, tile=tile).samples
        columns = dict(samples.columns())
        for prefix, contests in zip(("", "reverse_"), directions, strict=False):
            hardest = [textbook.hardest_negative(contest) for contest in contests]
            scores = [c.scores[h] for c, h in zip(contests, hardest, strict=True)]
            assert columns[prefix + "rank"].tolist() == [textbook.rank(c) for c in contests]
            assert columns[prefix + "hardest_index"].tolist() == hardest
            assert columns[prefix + "hardest"] == pytest.approx(scores, abs=1e-6)
        assert ("reverse_rank" in columns) == (len(directions) == 2)


# What must not matter.


@pytest.mark.parametrize("tile", [1, 2, 3, 7])
@pytest.mark.parametrize(("kind", "setting", "count"), AT_ONE_TAU)
def test_the_edge_of_a_tile_does_not_matter(
    kind: str, setting: Setting, count: int, tile: int
) -> None:
    views = sample(11, 4, count)
    whole, cut = loss(kind, views, setting), loss(kind, views, setting, tile=tile)
    assert_near(cut.samples.loss, whole.samples.loss, 1e-13)
    for (name, ours), (_, theirs) in zip(
        cut.samples.columns(), whole.samples.columns(), strict=True
    ):
        if ours.dtype.kind == "i":
            assert ours.tolist() == theirs.tolist(), name


@pytest.mark.parametrize(("kind", "setting", "count"), AT_ONE_TAU)
def test_many_tasks_agree_with_the_textbook(
    kind: str, setting: Setting, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tasks hold a thousand rows and more: here they are cut small, so that there are many."""
    monkeypatch.setattr(local, "cut_for", lambda *_: Cut(2, 2, 4))
    views = sample(9, 4, count)
    expected = textbook.ORACLES[kind](list(views), **setting)
    found = loss(kind, views, setting, threads=2).samples
    assert_near(found.loss, expected, 1e-12)
    contests = contests_of(kind, views, setting, 1e-12)[0]
    columns = dict(found.columns())
    assert columns["rank"].tolist() == [textbook.rank(c) for c in contests]
    assert columns["hardest_index"].tolist() == [textbook.hardest_negative(c) for c in contests]


@pytest.mark.parametrize(("kind", "setting", "count"), AT_ONE_TAU)
def test_threads_do_not_change_a_bit(kind: str, setting: Setting, count: int) -> None:
    views = sample(3000 // count, 5, count)
    one, two, three = (
        cc.loss(
            kind,
            views,
            views="first",
            resources=Resources(threads=threads),
            **setting,
        )
        for threads in (1, 2, 3)
    )
    assert_same_bits(one, two)
    assert_same_bits(one, three)


@pytest.mark.parametrize("kind", LOSSES)
def test_threads_do_not_change_a_bit_of_small_tiles(kind: str) -> None:
    views = sample(1030, 3, 2)
    one, two, three = (
        loss(kind, views, {}, threads=threads, tile=100, precision="float32")
        for threads in (1, 2, 3)
    )
    assert_same_bits(one, two)
    assert_same_bits(one, three)


@pytest.mark.parametrize(("kind", "setting", "count"), AT_ONE_TAU)
def test_spilled_rows_give_the_same_bits(
    kind: str, setting: Setting, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = sample(1200 // count, 6, count)
    in_memory = loss(kind, views, setting, precision="float32")
    monkeypatch.setattr(api, "make_room", lambda *_: Room(in_memory=False, workers=2))
    assert_same_bits(loss(kind, views, setting, precision="float32"), in_memory)


def test_the_least_memory_spills_and_gives_the_same_bits() -> None:
    views = sample(5000, 384, 2)
    with pytest.raises(TooLittleMemory) as error:
        loss("clip", views, {}, memory=1, precision="float32")
    least = parse_size(error.value.remedy.split()[2])
    assert not make_room(10_000, 384, Resources(memory=least)).in_memory
    spilled = loss("clip", views, {}, memory=least, precision="float32")
    assert_same_bits(spilled, loss("clip", views, {}, precision="float32"))


@pytest.mark.parametrize(("kind", "setting", "count"), AT_ONE_TAU)
def test_the_order_of_the_samples_does_not_matter(kind: str, setting: Setting, count: int) -> None:
    views = sample(17, 4, count)
    order = np.random.default_rng(0).permutation(17)
    plain = loss(kind, views, setting).samples
    shuffled = loss(kind, views[:, order], setting).samples
    for start in range(0, len(plain.loss), 17):
        expected = plain.loss[start : start + 17][order]
        assert_near(shuffled.loss[start : start + 17], expected, 1e-12)


@pytest.mark.parametrize(("kind", "setting", "count"), AT_ONE_TAU)
def test_a_rotation_of_everything_does_not_matter(kind: str, setting: Setting, count: int) -> None:
    views = sample(17, 4, count)
    rotation, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(4, 4)))
    turned = loss(kind, views @ rotation, setting).samples.loss
    assert_near(turned, loss(kind, views, setting).samples.loss, 1e-12)


@pytest.mark.parametrize(("kind", "setting", "count"), OF_COSINES)
def test_the_length_of_a_row_does_not_matter_to_cosines(
    kind: str, setting: Setting, count: int
) -> None:
    views = sample(17, 4, count)
    lengths = np.random.default_rng(0).uniform(0.01, 100, size=(count, 17, 1))
    scaled = loss(kind, lengths * views, setting).samples.loss
    assert_near(scaled, loss(kind, views, setting).samples.loss, 1e-12)


def test_the_length_of_a_row_matters_to_dot_products() -> None:
    views = sample(17, 4, 2)
    there = loss("infonce", views, {"similarity": "dot"}).value
    assert abs(loss("infonce", 2 * views, {"similarity": "dot"}).value - there) > 0.01


@pytest.mark.parametrize(("kind", "setting", "count"), AT_ONE_TAU)
def test_asking_for_ranks_does_not_move_the_loss(kind: str, setting: Setting, count: int) -> None:
    views = sample(17, 4, count)
    plain = cc.loss(kind, views, views="first", resources=Resources(precision="float64"), **setting)
    assert_near(plain.samples.loss, loss(kind, views, setting).samples.loss, 1e-13)


# Parameters.


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


WITH_RECIPROCAL = [
    pytest.param(kind, p.name, p.bound.reciprocal, p.bound.aliases, id=f"{kind} {p.name}")
    for kind in LOSSES
    for p in parameters(LOSSES[kind])
    if isinstance(p.bound, Number) and p.bound.reciprocal
]


@pytest.mark.parametrize(("kind", "name", "reciprocal", "aliases"), WITH_RECIPROCAL)
def test_a_temperature_and_its_inverse_exclude_each_other(
    kind: str, name: str, reciprocal: str, aliases: tuple[str, ...]
) -> None:
    for one, other in itertools.permutations((name, reciprocal, *aliases), 2):
        with pytest.raises(BadParameter) as error:
            make_loss(kind, **{one: 0.5, other: 2.0})
        assert one in error.value.expected
        assert other in error.value.expected
        assert error.value.got == "both"


@pytest.mark.parametrize(("kind", "name", "reciprocal", "aliases"), WITH_RECIPROCAL)
def test_a_scale_is_the_inverse_of_a_temperature(
    kind: str, name: str, reciprocal: str, aliases: tuple[str, ...]
) -> None:
    expected = make_loss(kind, **{name: 0.125})
    assert make_loss(kind, **{reciprocal: 8.0}) == expected
    for alias in aliases:
        assert make_loss(kind, **{alias: 0.125}) == expected
    views = sample(9, 4, 2)
    assert loss(kind, views, {reciprocal: 8.0}).value == loss(kind, views, {name: 0.125}).value


@pytest.mark.parametrize(("kind", "name", "reciprocal", "aliases"), WITH_RECIPROCAL)
@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf, "hot"])
def test_a_bad_scale_is_refused_by_its_own_name(
    kind: str, name: str, reciprocal: str, aliases: tuple[str, ...], bad: Any
) -> None:
    for written in (reciprocal, *aliases, name):
        with pytest.raises(BadParameter) as error:
            make_loss(kind, **{written: bad})
        assert error.value.what == written


@pytest.mark.parametrize("kind", LOSSES)
def test_the_result_reports_the_parameters_it_used(kind: str) -> None:
    for setting in settings(kind):
        found = loss(kind, sample(5, 3, 2), setting)
        assert found.parameters == setting


@pytest.mark.parametrize("similarity", ["cosine", "dot"])
@pytest.mark.parametrize("kind", LOSSES)
def test_asking_for_ranks_changes_no_bit_of_the_loss(kind: str, similarity: str) -> None:
    views = sample(700, 6, 2)
    means = cc.Resources(precision="float32")
    plain, ranked = (
        cc.loss(
            kind, views, views="first", similarity=similarity, per_sample=asked, resources=means
        )
        for asked in (False, True)
    )
    assert plain.samples.rank is None
    assert ranked.samples.rank is not None
    assert np.array_equal(plain.samples.loss, ranked.samples.loss)
