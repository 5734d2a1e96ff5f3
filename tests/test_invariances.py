"""What must not matter to any loss: tiles, tasks, threads, memory, order, rotation, length."""

import numpy as np
import pytest
from form_oracles import Setting
from form_settings import few_settings, has_oracle
from forms import Case, Rows, cases, data, distinct
from test_properties import assert_near, assert_textbook

from contrastive_core import LOSSES, LossResult, Resources
from contrastive_core.engines import local
from contrastive_core.errors import TooLittleMemory
from contrastive_core.inputs import stock
from contrastive_core.memory import Room, make_room
from contrastive_core.resources import parse_size
from contrastive_core.tiles import Cut

CASES = [case for kind in LOSSES for case in cases(kind)]
EACH = [pytest.param(case, id=case.name) for case in CASES]
OF_ROWS = [pytest.param(case, id=case.name) for case in CASES if "scores" not in case.given]
LARGE = 1050
"""Samples that make more than one task."""


def same_problem(case: Case) -> bool:
    """Two views, and listed pairs, make the problem that two files make."""
    forms = {form.name for form in LOSSES[case.kind].forms}
    again = case.form in ("views", "pairs") and case.variant != "of three"
    return again and "two files" in forms


_PROBLEMS = [case for case in CASES if not same_problem(case)]
OF_PROBLEMS = [pytest.param(case, id=case.name) for case in _PROBLEMS]
PROBLEMS = list(dict.fromkeys((case.kind, case.form) for case in _PROBLEMS))


def large(kind: str, form: str, n: int = LARGE) -> Case:
    return next(case for case in cases(kind, n=n) if case.form == form)


def walked(case: Case) -> list[Setting]:
    """Settings that make the engine do something else; of few triplets, all."""
    base, *others = few_settings(case)
    if case.form in ("three files", "triplets"):
        others = [setting for setting in others if setting["mining"] == "all"]
    names = ("similarity", "denominator", "symmetric", "form", "distance", "mining", "expected")
    asked = ("soft_margin", "swap", "log_z")
    seen = [s for s in others if any(s.get(n) != base.get(n) for n in (*names, *asked))]
    return [base, *seen]


def assert_same_bits(one: LossResult, other: LossResult) -> None:
    assert one.value == other.value
    columns = zip(one.samples.columns(), other.samples.columns(), strict=True)
    for (name, ours), (also, theirs) in columns:
        assert name == also
        numbers = ours.dtype.kind == "f"
        assert np.array_equal(ours, theirs, equal_nan=numbers), name


def position_decides(case: Case, setting: Setting) -> bool:
    """Draws are made for places, so that another order has other draws."""
    drawn = case.kind == "nce" and "scores" not in case.given and not setting["expected"]
    return drawn or setting.get("mining") == "random-semi-hard"


# How it is computed.


@pytest.mark.parametrize("case", OF_PROBLEMS)
def test_the_edge_of_a_tile_moves_no_number_but_by_rounding(case: Case) -> None:
    for place, setting in enumerate(walked(case)):
        if has_oracle(setting) and not case.expected(setting).n:
            continue
        whole = case.loss(setting)
        for tile in (1, 2, 3, 7) if not place else (3, 7):
            cut = case.loss(setting, tile=tile)
            assert_near(cut.value, whole.value, 1e-12)
            columns = zip(cut.samples.columns(), whole.samples.columns(), strict=True)
            for (name, ours), (_, theirs) in columns:
                if ours.dtype.kind == "f":
                    assert_near(ours, theirs, 1e-9 if setting.get("log_z") == "fit" else 1e-12)
                else:
                    assert ours.tolist() == theirs.tolist(), name


@pytest.mark.parametrize("case", OF_PROBLEMS)
def test_many_small_tasks_agree_with_the_textbook(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tasks hold a thousand rows and more: here they are cut small, so that there are many."""
    monkeypatch.setattr(local, "cut_for", lambda *_: Cut(2, 2, 4))
    for setting in filter(has_oracle, walked(case)):
        assert_textbook(case, setting, 1e-12, threads=2)


@pytest.mark.parametrize(("kind", "form"), PROBLEMS)
def test_threads_do_not_change_a_bit(kind: str, form: str) -> None:
    case = large(kind, form)
    asked = kind not in ("triplet", "contrastive")
    one, two, three = (
        case.loss({}, threads=threads, precision="float32", per_sample=asked)
        for threads in (1, 2, 3)
    )
    assert_same_bits(one, two)
    assert_same_bits(one, three)


@pytest.mark.parametrize(("kind", "form"), PROBLEMS)
def test_threads_do_not_change_a_bit_of_small_tasks(
    kind: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "cut_for", lambda *_: Cut(4, 4, 8))
    case = large(kind, form, n=30)
    for place, setting in enumerate(walked(case)):
        one = case.loss(setting, threads=1, precision="float32")
        for threads in (2, 3) if not place else (3,):
            assert_same_bits(case.loss(setting, threads=threads, precision="float32"), one)


@pytest.mark.parametrize(("kind", "form"), PROBLEMS)
def test_spilled_rows_give_the_same_bits(
    kind: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = large(kind, form, n=400)
    settings = [{}] if kind in ("triplet", "nce") else walked(case)
    in_memory = [case.loss(setting, precision="float32") for setting in settings]
    spill = Room(in_memory=False, workers=2)
    monkeypatch.setattr(stock, "make_room", lambda *_, **__: spill)
    for setting, expected in zip(settings, in_memory, strict=True):
        assert_same_bits(case.loss(setting, precision="float32"), expected)


def test_the_least_memory_spills_and_gives_the_same_bits() -> None:
    rng = np.random.default_rng(3)
    views = distinct(rng, (2, 5000, 384))
    case = Case("clip", "views", "", {"embeddings": views, "views": "first"})
    with pytest.raises(TooLittleMemory) as error:
        case.loss({}, memory=1, precision="float32")
    least = parse_size(error.value.remedy.split()[2])
    assert not make_room(10_000, 384, "float32", Resources(memory=least)).in_memory
    spilled = case.loss({}, memory=least, precision="float32")
    assert_same_bits(spilled, case.loss({}, precision="float32"))


# What is computed.


@pytest.mark.parametrize("case", EACH)
def test_the_order_of_the_samples_does_not_matter(case: Case) -> None:
    order = np.random.default_rng(0).permutation(case.samples)
    for setting in few_settings(case):
        if position_decides(case, setting) or case.expected(setting).n == 0:
            continue
        plain, shuffled = case.loss(setting), case.shuffled(order).loss(setting)
        assert shuffled.value == pytest.approx(plain.value, rel=1e-11, abs=1e-12)
        assert shuffled.n == plain.n
        expected = plain.samples.loss.reshape(-1, case.samples)[:, order]
        assert_near(shuffled.samples.loss.reshape(expected.shape), expected, 1e-9)


@pytest.mark.parametrize("case", OF_ROWS)
def test_a_rotation_of_everything_does_not_matter(case: Case) -> None:
    rotation, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))
    turned = case.moved(lambda rows: np.asarray(rows @ rotation))
    assert_unmoved(case, turned, list(few_settings(case)))


@pytest.mark.parametrize("case", OF_ROWS)
def test_the_length_of_a_row_does_not_matter_to_directions(case: Case) -> None:
    lengths = np.random.default_rng(0)

    def stretched(rows: Rows) -> Rows:
        return np.asarray(rows * lengths.uniform(0.01, 100, size=(*rows.shape[:-1], 1)))

    of_directions = [setting for setting in few_settings(case) if case.made(setting).unit_rows]
    assert of_directions or case.kind == "contrastive"
    assert_unmoved(case, case.moved(stretched), of_directions)


@pytest.mark.parametrize("case", OF_ROWS)
def test_the_length_of_all_rows_matters_to_rows_as_they_are(case: Case) -> None:
    doubled = case.moved(lambda rows: 2 * rows)
    for setting in few_settings(case):
        raw = not case.made(setting).unit_rows
        if raw and case.expected(setting).n:
            assert abs(doubled.loss(setting).value - case.loss(setting).value) > 1e-6


def assert_unmoved(case: Case, moved: Case, settings: list[Setting]) -> None:
    for setting in settings:
        if has_oracle(setting) and case.expected(setting).n == 0:
            continue
        plain, other = case.loss(setting), moved.loss(setting)
        assert other.value == pytest.approx(plain.value, rel=1e-11, abs=1e-12)
        assert_near(other.samples.loss, plain.samples.loss, 1e-9)


def test_the_inputs_have_rows_of_many_lengths_and_no_side_as_long_as_another() -> None:
    d = data()
    lengths = np.linalg.norm(d.bank, axis=1)
    assert 0.5 <= lengths.min() < lengths.max() <= 1.5
    sides = [d.views.shape[1:], d.bank.shape[:1], d.own.shape[1:2], d.prototypes.shape[:1]]
    numbers = [number for side in sides for number in side]
    assert len(set(numbers)) == len(numbers)
    assert None in d.labels
    assert None in d.targets
    assert sum(d.labels.count(label) == 1 for label in d.labels if label is not None) >= 1
