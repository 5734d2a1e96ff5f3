"""What Python is given: tensors, lists of them, masked arrays, and what is none of these."""

from typing import Any, cast

import numpy as np
import pytest
from tensors import Tensor

import contrastive_core as cc
from contrastive_core.sources import PLAIN
from contrastive_core.sources.memory import array_source

ROWS = np.random.default_rng(5).normal(size=(6, 4)).astype(np.float32)
SHORT = (ROWS.view(np.uint32) & 0xFFFF0000).view(np.float32)
"""Rows that bfloat16 holds exactly."""
LABELS = [0, 0, 1, 1, 2, 2]


def uniformity(rows: Any) -> float:
    return cc.metrics(rows, metrics="uniformity").metrics["uniformity"].value


def told(ask: Any) -> str:
    with pytest.raises(cc.ContrastError) as error:
        ask()
    return str(error.value)


@pytest.mark.parametrize("how", [{}, {"grad": True}, {"device": "cuda:0"},
                                 {"grad": True, "device": "mps:0"}], ids=str)  # fmt: skip
def test_tensors_are_taken_off_their_graph_and_device(how: dict[str, Any]) -> None:
    assert uniformity(Tensor(ROWS, **how)) == uniformity(ROWS)
    found = cc.loss("infonce", Tensor(ROWS, **how), Tensor(ROWS[::-1], **how), tau=0.5).value
    assert found == cc.loss("infonce", ROWS, ROWS[::-1], tau=0.5).value
    for labels in (Tensor(LABELS, **how), [Tensor(each, **how) for each in LABELS]):
        of_tensors = cc.loss("supcon", Tensor(ROWS, **how), labels=labels)
        assert of_tensors.value == cc.loss("supcon", ROWS, labels=LABELS).value
    pairs = Tensor([[0, 1], [2, 3]], **how)
    given = cc.loss("alignment", ROWS, pairs=pairs).value
    assert given == cc.loss("alignment", ROWS, pairs=[[0, 1], [2, 3]]).value


def test_half_tensors_stay_half() -> None:
    half = ROWS.astype(np.float16)
    result = cc.metrics(Tensor(half, dtype="float16", grad=True), metrics="uniformity")
    assert result.inputs[0].dtype == "float16"
    assert result.metrics["uniformity"].value == uniformity(half)


def test_bfloat16_tensors_are_read_exactly_and_called_so() -> None:
    given = Tensor(SHORT, dtype="bfloat16", grad=True, device="cuda:0")
    source = array_source(given, "embeddings", PLAIN)
    assert source.stored == "bfloat16"
    assert np.array_equal(source.read(0, 6), SHORT)
    assert cc.metrics(given, metrics="uniformity").inputs[0].dtype == "bfloat16"
    assert uniformity(given) == uniformity(SHORT)


def test_types_that_numpy_lacks_are_read_as_float32() -> None:
    assert uniformity(Tensor(SHORT, dtype="float8_e4m3fn")) == uniformity(SHORT)


def test_a_list_of_tensors_is_its_rows() -> None:
    assert uniformity([Tensor(row, grad=True) for row in ROWS]) == uniformity(ROWS)


def test_numbers_that_are_masked_are_missing() -> None:
    masked = np.ma.masked_array(ROWS, mask=np.outer(np.arange(6) == 4, [True] * 4))
    assert "1 row with NaN" in told(lambda: uniformity(masked))
    kept = cc.metrics(masked, metrics="uniformity", on_bad="drop").metrics["uniformity"].value
    assert kept == uniformity(np.delete(ROWS, 4, 0))
    assert uniformity(np.ma.masked_array(ROWS)) == uniformity(ROWS)
    whole = np.ma.masked_array(np.arange(1, 13).reshape(6, 2), mask=False)
    whole[3, 1] = np.ma.masked
    assert "1 row with NaN" in told(lambda: uniformity(whole))


class Torn:
    """What raises when it is made an array of."""

    def __array__(self, *how: Any, **more: Any) -> Any:
        raise RuntimeError("no array of this.")


@pytest.mark.parametrize(
    ("given", "got"),
    [
        ([[1, 2], [3]], "got list, which becomes no NumPy array: setting an array element"),
        (Torn(), "got Torn, which becomes no NumPy array: no array of this. Give a NumPy array."),
        (Tensor(ROWS, device="meta"), "no NumPy array: Cannot copy out of meta tensor; no data!"),
        ({"a": 1}, "got dict. Give a NumPy array."),
        (object(), "got object. Give a NumPy array."),
    ],
)
def test_what_is_no_array_is_told_as_that(given: Any, got: str) -> None:
    asked: dict[str, Any] = {
        "embeddings": lambda: cc.metrics(given),
        "keys": lambda: cc.loss("infonce", ROWS, given),
        "bank": lambda: cc.loss("infonce", ROWS, ROWS, bank=given),
        "scores": lambda: cc.loss("infonce", scores=given),
    }
    for name, ask in asked.items():
        assert told(ask).startswith(f"{name}: expected an array of numbers, got ")
        assert got in told(ask)
    assert told(lambda: cc.check(given, require="uniformity <= 0"))


WRONG = [5, 2.5, [1], {"a": 1}, np.ones((2, 2)), object(), b"x"]
OPTIONS = [
    *("kind", "convention", "reduction", "sort", "top", "views", "positive", "dtype", "join"),
    *("on_bad", "tau", "similarity", "metrics", "require", "baseline", "threads", "memory"),
    *("precision", "info"),
]
NUMBERS = ("top", "tau", "threads")


@pytest.mark.parametrize("given", WRONG, ids=lambda given: type(given).__name__)
@pytest.mark.parametrize("name", OPTIONS)
def test_a_wrong_value_of_any_option_is_a_contrast_error(name: str, given: Any) -> None:
    asks: dict[str, Any] = {
        "kind": lambda: cc.loss(given, ROWS, ROWS),
        "positive": lambda: cc.loss("infonce", scores=ROWS, positive=given),
        "metrics": lambda: cc.metrics(ROWS, metrics=given),
        "require": lambda: cc.check(ROWS, require=given),
        "baseline": lambda: cc.check(ROWS, baseline=given),
        "info": lambda: cc.info(given),
        **{
            each: lambda: cc.loss("infonce", ROWS, resources=cc.Resources(**{name: given}))
            for each in ("threads", "memory", "precision")
        },
    }
    if name in NUMBERS and isinstance(given, int | float):
        given = -given
    said = told(asks.get(name, lambda: cc.loss("infonce", ROWS, ROWS, **{name: given})))
    assert "\n [" not in said, "an array is told by its type"


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore")  # theirs, not ours: deprecations at import
def test_the_real_tensors_are_taken_too() -> None:
    torch = pytest.importorskip("torch")
    rows = torch.from_numpy(ROWS)
    assert uniformity(rows.clone().requires_grad_()) == uniformity(ROWS)
    assert uniformity(torch.nn.Parameter(rows)) == uniformity(ROWS)
    short = torch.from_numpy(SHORT).bfloat16().requires_grad_()
    assert cc.metrics(short).inputs[0].dtype == "bfloat16"
    assert uniformity(short) == uniformity(SHORT)
    assert uniformity(rows.half()) == uniformity(ROWS.astype(np.float16))
    for labels in (torch.tensor(LABELS), list(torch.tensor(LABELS))):
        found = cc.loss("supcon", rows, labels=labels).value
        assert found == cc.loss("supcon", ROWS, labels=LABELS).value
    assert "to_dense()" in told(lambda: uniformity(rows.to_sparse()))
    empty = torch.empty(6, 4, device="meta")
    assert "Cannot copy out of meta tensor" in told(lambda: uniformity(empty))


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: cc.Session(ROWS, lables=LABELS), "lables: expected an input, got lables=...."),
        (lambda: cc.metrics(ROWS, lables=LABELS), "lables: expected a setting of the metrics"),
        (lambda: cc.loss("infonce", ROWS, ROWS, taus=1), "Did you mean 'tau'?"),
        (lambda: cc.triplets(ROWS, labels=LABELS, marge=1), "Did you mean 'margin'?"),
        (lambda: cc.loss("infonce", ROWS, ROWS, ROWS, ROWS), "by position, got 4 of them"),
        (lambda: cc.loss("infonce", ROWS, ROWS, resources=3), "resources: expected"),
        (lambda: cc.check(ROWS, resources=cast("Any", 3)), "resources: expected"),
    ],
)
def test_a_name_that_nobody_knows_is_a_contrast_error(ask: Any, said: str) -> None:
    assert said in told(ask)
