"""What each library prints for the same data, by its name: `convention=`.

Every value was confirmed by the library itself, or by its published source: run on the same data in
float64 where it takes it.
"""

from typing import Any

import numpy as np
import pytest
from golden import EXACT, Rows, Setting, circle

import contrastive_core as cc
from contrastive_core import LossResult
from contrastive_core.errors import BadInput, BadParameter, ContrastError, NothingDefined

UNIT: Setting = {
    "first": circle(0, 40, 100, 200),
    "second": circle(10, 70, 95, 230),
    "third": circle(130, 300, 160, 20),
    "bank": circle(130, 300),
    "match": np.array([1, 0, 1, 0]),
    "rows": circle(0, 10, 20, 50, 60, 80),
    "labels": np.array([0, 0, 0, 1, 1, 2]),
}
"""Unit rows, which do not show normalisation."""

RAW: Setting = {
    "first": np.array([[0.5, 1], [1.2, -0.3], [-0.4, 0.8]]),
    "second": np.array([[0.6, 0.9], [1, 0.2], [-0.7, 0.5]]),
    "third": np.array([[1, -1], [0.3, 0.9], [-0.5, -0.6]]),
    "bank": np.array([[-0.6, 0.8], [0.3, -0.2]]),
    "match": np.array([1, 0, 1]),
    "rows": np.array([[-1, 3, 0], [3, 2, 1], [-1, 1, -1], [4, 2, 0], [3, 3, 3], [1, 1, 4]]) / 4,
    "labels": np.array([0, 1, 0, 1, 0, 2]),
}
"""Rows of many lengths."""


def inputs(form: str, data: Setting) -> Setting:
    two = {"embeddings": data["first"], "keys": data["second"]}
    forms: dict[str, Setting] = {
        "two": two,
        "cloud": {"embeddings": data["first"]},
        "match": {**two, "match": data["match"]},
        "three": {**two, "negatives": data["third"]},
        "own": {**two, "negatives": data["third"][:, None]},
        "bank": {**two, "bank": data["bank"]},
        "labels": {"embeddings": data["rows"], "labels": data["labels"]},
    }
    return forms[form]


def printed(
    kind: str, convention: str, form: str, data: Setting, /, **parameters: Any
) -> LossResult:
    return cc.loss(kind, convention=convention, resources=EXACT, **inputs(form, data), **parameters)


BATCH_HARD = {"mining": "batch-hard"}
SOFT = {"mining": "batch-hard", "soft_margin": True}
SEMI_HARD = {"mining": "semi-hard"}

PML = "pytorch-metric-learning"
ST = "sentence-transformers"
TFA = "tensorflow-addons"
TFS = "tensorflow-similarity"

# kind, convention, inputs, parameters, value of unit rows, value of raw rows
PAGE: list[tuple[str, str, str, Setting, float | None, float | None]] = [
    ("contrastive", "paper", "match", {}, 0.0629176402292716, 0.0688278397621832),
    ("contrastive", ST, "match", {}, 0.0335243096402842, 0.029428187021572),
    ("contrastive", TFA, "match", {}, 0.125835280458543, 0.137655679524366),
    ("contrastive", PML, "match", {}, 0.613137039907953, 0.864413453726135),
    ("contrastive", PML, "labels", {}, None, 1.29930556890514),
    ("triplet", "paper", "labels", {}, 0.00624751159786389, 0.45445229801335),
    ("triplet", PML, "labels", {}, 0.0, 0.677061043083529),
    ("triplet", PML, "labels", {"margin": 0.2}, 0.0283366976451374, None),
    ("triplet", ST, "three", {}, 3.7380304950812, 3.71302740269735),
    ("triplet", ST, "labels", {}, 4.38888623387726, 4.82021065018775),
    ("triplet", ST, "labels", BATCH_HARD, 4.65973024432386, 5.00893541655484),
    ("triplet", ST, "labels", SOFT, 0.539651111834218, 0.735767626079211),
    ("triplet", ST, "labels", SEMI_HARD, 4.59771217217815, 4.93141312588679),
    ("triplet", TFA, "labels", SEMI_HARD, 0.597712172178145, 0.931413125886793),
    ("triplet", TFA, "labels", BATCH_HARD, 0.659730244323855, 1.00893541655484),
    ("nt-xent", "paper", "two", {}, 0.85879857880765, 0.705643789003226),
    ("nt-xent", "lightly", "two", {}, 0.85879857880765, 0.705643789003226),
    ("nt-xent", "simclr", "two", {}, 0.783415270038659, 0.122105205422934),
    ("nt-xent", TFS, "two", {}, 0.632745739472213, 0.0101772876419801),
    ("nt-xent", PML, "two", {}, 0.343781561282935, 0.0201367612022372),
    ("nt-xent", PML, "labels", {}, 0.187087056892526, 3.63458886571597),
    ("nt-xent", "optax", "two", {}, 0.343781561282935, 0.0201367612022372),
    ("nt-xent", "optax", "labels", {}, 0.187087056892526, 3.63458886571597),
    ("supcon", "paper", "labels", {}, 0.720060445081673, 3.48883073317741),
    ("supcon", "paper", "labels", {"form": "in"}, 0.709968723314799, 1.77214469362215),
    ("supcon", "supcontrast", "labels", {}, 0.526171483890919, 3.99984801850046),
    ("supcon", "supcontrast", "labels", {"tau": 0.1}, 0.857214815573419, 4.23041977749521),
    ("supcon", PML, "labels", {}, 0.720060445081673, 3.48883073317741),
    ("infonce", "info-nce-pytorch", "two", {}, 0.240493125422491, 0.0155563865961608),
    ("infonce", "info-nce-pytorch", "bank", {}, 0.0634948150276866, 0.739757827953697),
    ("infonce", ST, "two", {}, 0.191500285554253, 0.000319485275232),
    ("infonce", ST, "own", {}, 0.614178807318451, 0.344542015215199),
    ("infonce", "moco", "bank", {}, 0.036572259061685, 0.881922430543867),
    ("infonce", "lightly", "bank", {}, 0.396292492408917, 0.642379616980028),
    ("infonce", TFS, "two", {}, 0.191500298032373, 0.00606585719238417),
    ("clip", "paper", "two", {}, 0.213713676009804, 0.0042448421038778),
    ("clip", "open_clip", "two", {}, 0.213713676009804, 0.00985346339417958),
    ("siglip", "paper", "two", {}, 1.27744247394235, 1.16056847272458),
    ("siglip", "open_clip", "two", {}, 1.27744247394235, 1.21522450713604),
    ("dcl", "paper", "two", {}, -3.52931958220931, -3.74301446092514),
    ("dcl", "lightly", "two", {}, -3.52931958220931, -3.74301446092514),
    ("alignment", "paper", "two", {}, 0.143473370663585, 0.146797578697155),
    ("alignment", "align_uniform", "two", {}, 0.143473370663585, 0.163333333333333),
    ("uniformity", "paper", "cloud", {}, -2.39553839518425, -2.49750203688768),
    ("uniformity", "align_uniform", "cloud", {}, -2.39553839518425, -2.72828704510407),
    ("align-uniform", "paper", "two", {}, -2.03078630175724, -2.20271491197998),
    ("align-uniform", "align_uniform", "two", {}, -2.03078630175724, -2.35237742536235),
    ("align-uniform", "lightly", "two", {}, -1.3634524739718, -1.28734966621185),
]


# Where some triplets cost nothing, a mean of all and one of the others part.
SMALL_MARGINS: list[tuple[str, Setting, float, float]] = [
    (ST, {}, 0.02833669764513727, 0.6060433719419629),
    (ST, BATCH_HARD, 0.009445565881712423, 0.3474464850177119),
    (ST, SEMI_HARD, 0.007084174411284318, 0.25258019058005976),
    (TFA, BATCH_HARD, 0.009445565881712423, 0.3474464850177119),
    (TFA, SEMI_HARD, 0.007084174411284318, 0.25258019058005976),
]


def named(case: tuple[Any, ...]) -> str:
    kind, convention, form, parameters, *_ = case
    words = [f"{name}={value}" for name, value in parameters.items()]
    return " ".join([kind, convention, form, *words])


@pytest.mark.parametrize("case", PAGE, ids=named)
def test_what_a_library_prints(case: tuple[str, str, str, Setting, Any, Any]) -> None:
    kind, convention, form, parameters, of_unit, of_raw = case
    for data, expected in ((UNIT, of_unit), (RAW, of_raw)):
        if expected is None:
            continue
        found = printed(kind, convention, form, data, **parameters)
        # 0.000319485275232 is printed to twelve digits, the others to fifteen.
        assert found.value == pytest.approx(expected, rel=3e-12, abs=1e-14)
        assert found.convention.name == convention


@pytest.mark.parametrize(("convention", "parameters", "of_unit", "of_raw"), SMALL_MARGINS)
def test_zeros_are_kept_but_in_all_triplets(
    convention: str, parameters: Setting, of_unit: float, of_raw: float
) -> None:
    for data, expected in ((UNIT, of_unit), (RAW, of_raw)):
        found = printed("triplet", convention, "labels", data, margin=0.2, **parameters)
        assert found.value == pytest.approx(expected, rel=1e-12)


CONVENTIONS = sorted({(case[0], case[1], case[2]) for case in PAGE})


@pytest.mark.parametrize(("kind", "form"), sorted({(case[0], case[2]) for case in PAGE}))
def test_the_paper_is_the_default(kind: str, form: str) -> None:
    said = printed(kind, "paper", form, RAW)
    unsaid = cc.loss(kind, resources=EXACT, **inputs(form, RAW))
    assert unsaid.value == said.value
    assert unsaid.convention == said.convention
    assert unsaid.convention.name == "paper"
    assert unsaid.convention.factor == 1.0


@pytest.mark.parametrize(("kind", "convention", "form"), CONVENTIONS)
def test_the_ledger_is_complete(kind: str, convention: str, form: str) -> None:
    ledger = printed(kind, convention, form, RAW).convention
    assert ledger.name == convention
    for part in (ledger.formula, ledger.reference, ledger.reduction, ledger.normalisation):
        assert part.strip()


# Factors, defaults and their order of precedence.


@pytest.mark.parametrize(
    ("kind", "convention", "form", "parameters", "factor"),
    [
        ("contrastive", TFA, "match", {}, 2.0),
        ("nt-xent", "simclr", "two", {}, 2.0),
        ("nt-xent", TFS, "two", {}, 2.0),
        ("supcon", "supcontrast", "labels", {}, 1.0),
        ("supcon", "supcontrast", "labels", {"tau": 0.1}, 0.1 / 0.07),
        ("nt-xent", "lightly", "two", {}, 1.0),
    ],
)
def test_the_ledger_says_the_factor(
    kind: str, convention: str, form: str, parameters: Setting, factor: float
) -> None:
    ledger = printed(kind, convention, form, RAW, **parameters).convention
    assert ledger.factor == pytest.approx(factor, rel=1e-15)


@pytest.mark.parametrize(
    ("kind", "convention", "form", "parameters", "end"),
    [
        ("nt-xent", "simclr", "two", {}, "; tau 0.1"),
        ("nt-xent", "simclr", "two", {"tau": 0.1}, "; tau 0.1"),
        ("nt-xent", "simclr", "two", {"tau": 0.5}, "; tau 0.1; here tau 0.5"),
        ("nt-xent", "lightly", "two", {"scale": 4}, "the paper's value, tau 0.5; here tau 0.25"),
        ("dcl", "lightly", "two", {"tau": 0.5}, "the paper's value, tau 0.1; here tau 0.5"),
        ("align-uniform", "lightly", "two", {"weight": 3.0}, "t_u 1; here weight 3"),
        ("contrastive", ST, "match", {"distance": "euclidean"}, "0.5; here distance euclidean"),
        ("triplet", PML, "labels", {"margin": 0.3, "normalize": False}, "; here margin 0.3, raw"),
    ],
)
def test_what_is_set_instead_of_the_default_of_a_library_is_said(
    kind: str, convention: str, form: str, parameters: Setting, end: str
) -> None:
    assert printed(kind, convention, form, RAW, **parameters).convention.reference.endswith(end)


@pytest.mark.parametrize(
    ("kind", "convention", "form", "parameters"),
    [
        ("contrastive", TFA, "match", {"distance": "euclidean"}),
        ("nt-xent", "simclr", "two", {"tau": 0.1}),
        ("nt-xent", TFS, "two", {"tau": 0.05}),
    ],
)
def test_samples_carry_the_factor(
    kind: str, convention: str, form: str, parameters: Setting
) -> None:
    paper = printed(kind, "paper", form, RAW, **parameters)
    theirs = printed(kind, convention, form, RAW)
    assert theirs.samples.loss == pytest.approx(2 * paper.samples.loss, rel=1e-12)
    assert theirs.value == pytest.approx(2 * paper.value, rel=1e-12)
    assert float(np.mean(theirs.samples.loss)) == pytest.approx(theirs.value, rel=1e-12)


@pytest.mark.parametrize(
    ("kind", "convention", "form", "tau"),
    [
        ("nt-xent", "lightly", "two", 0.5),
        ("nt-xent", "simclr", "two", 0.1),
        ("nt-xent", TFS, "two", 0.05),
        ("nt-xent", PML, "labels", 0.07),
        ("nt-xent", "optax", "labels", 0.07),
        ("supcon", "supcontrast", "labels", 0.07),
        ("supcon", PML, "labels", 0.1),
        ("infonce", "info-nce-pytorch", "two", 0.1),
        ("infonce", ST, "two", 0.05),
        ("infonce", "moco", "bank", 0.07),
        ("infonce", "lightly", "bank", 0.5),
        ("infonce", TFS, "two", 0.05),
        ("clip", "open_clip", "two", 0.07),
        ("dcl", "lightly", "two", 0.1),
    ],
)
def test_a_convention_brings_its_temperature(
    kind: str, convention: str, form: str, tau: float
) -> None:
    by_default = printed(kind, convention, form, RAW)
    assert by_default.convention.tau == pytest.approx(tau, rel=1e-15)
    said = printed(kind, convention, form, RAW, tau=tau)
    assert said.value == pytest.approx(by_default.value, rel=1e-13)


def test_an_explicit_option_wins_over_the_librarys_default() -> None:
    simclr = printed("nt-xent", "simclr", "two", UNIT, tau=0.5)
    assert simclr.value == pytest.approx(2 * 0.85879857880765, rel=1e-12)
    assert simclr.convention.tau == 0.5
    by_scale = printed("nt-xent", "simclr", "two", UNIT, scale=2)
    assert by_scale.value == pytest.approx(2 * 0.85879857880765, rel=1e-12)
    moco = printed("infonce", "moco", "bank", UNIT, tau=0.1)
    assert moco.value == pytest.approx(0.0634948150276866, rel=1e-12)
    triplet = printed("triplet", TFA, "labels", UNIT, mining="batch-hard", margin=5)
    assert triplet.value == pytest.approx(4.65973024432386, rel=1e-12)
    lightly = printed("align-uniform", "lightly", "two", UNIT, t=2)
    assert lightly.value == pytest.approx(-2.03078630175724, rel=1e-12)


@pytest.mark.parametrize(
    ("kind", "convention", "form", "parameters"),
    [
        ("clip", "open_clip", "two", {"similarity": "cosine"}),
        ("siglip", "open_clip", "two", {"similarity": "cosine"}),
        ("nt-xent", "simclr", "two", {"similarity": "dot"}),
        ("supcon", "supcontrast", "labels", {"form": "in"}),
        ("supcon", "supcontrast", "labels", {"similarity": "cosine"}),
        ("contrastive", TFA, "match", {"distance": "cosine"}),
        ("triplet", TFA, "labels", {"mining": "hard"}),
        ("infonce", "moco", "bank", {"denominator": "keys"}),
    ],
)
def test_contradicting_a_fixed_part_of_a_convention_is_an_error(
    kind: str, convention: str, form: str, parameters: Setting
) -> None:
    with pytest.raises(BadParameter, match=convention):
        printed(kind, convention, form, RAW, **parameters)


# What the input lacks.


@pytest.mark.parametrize("convention", ["moco", "lightly"])
def test_a_convention_that_needs_a_bank_asks_for_it(convention: str) -> None:
    with pytest.raises((BadInput, BadParameter), match="bank"):
        printed("infonce", convention, "two", UNIT)


@pytest.mark.parametrize(("kind", "convention"), [("nt-xent", "simclr"), ("nt-xent", TFS)])
def test_a_convention_of_views_refuses_labels(kind: str, convention: str) -> None:
    with pytest.raises(ContrastError, match=convention):
        printed(kind, convention, "labels", UNIT)


def test_an_unknown_convention_names_the_known_ones_and_the_nearest() -> None:
    with pytest.raises(BadParameter, match="optax") as error:
        printed("nt-xent", "optaxx", "two", UNIT)
    for known in ("paper", "lightly", "simclr", TFS, PML):
        assert known in str(error.value)


def test_the_convention_of_another_kind_is_refused() -> None:
    with pytest.raises(BadParameter, match="moco"):
        printed("clip", "moco", "two", UNIT)


# Samples that define nothing for the paper: what the libraries make of them.

ONE_CLASS = np.zeros(6, dtype=int)
ALONE = np.arange(6)


@pytest.mark.parametrize(
    ("kind", "convention", "labels", "parameters", "expected"),
    [
        ("contrastive", PML, ONE_CLASS, {}, 1.090074106374907),
        ("contrastive", PML, ALONE, {}, 0.3960784090894316),
        ("triplet", ST, ONE_CLASS, BATCH_HARD, 5.0),
        ("triplet", ST, ONE_CLASS, SOFT, 0.6931471805599453),
        ("triplet", ST, ONE_CLASS, SEMI_HARD, 6.024136396986169),
        ("triplet", ST, ALONE, BATCH_HARD, 4.477640372614769),
        ("triplet", ST, ALONE, SOFT, 0.467884880809154),
        ("triplet", TFA, ONE_CLASS, BATCH_HARD, 1.0),
        ("triplet", TFA, ONE_CLASS, SEMI_HARD, 2.024136396986169),
        ("triplet", TFA, ALONE, BATCH_HARD, 0.477640372614769),
        ("nt-xent", PML, ONE_CLASS, {}, 0.0),
        ("nt-xent", "optax", ONE_CLASS, {}, 0.0),
        ("supcon", "supcontrast", ONE_CLASS, {}, 7.065381956673806),
        ("supcon", "supcontrast", ALONE, {}, 0.0),
        ("supcon", PML, ONE_CLASS, {}, 0.0),
    ],
)
def test_one_class_and_classes_of_one(
    kind: str, convention: str, labels: Rows, parameters: Setting, expected: float
) -> None:
    data = {**RAW, "labels": labels}
    found = printed(kind, convention, "labels", data, **parameters)
    assert found.value == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("kind", "convention", "parameters"),
    [("nt-xent", "optax", {}), ("triplet", TFA, SEMI_HARD)],
)
def test_where_a_library_prints_nan_nothing_is_defined(
    kind: str, convention: str, parameters: Setting
) -> None:
    with pytest.raises(NothingDefined):
        printed(kind, convention, "labels", {**RAW, "labels": ALONE}, **parameters)


@pytest.mark.parametrize("kind", ["supcon", "contrastive"])
@pytest.mark.parametrize(
    ("rows", "labels", "on_bad"),
    [
        (np.eye(2), [0, 1], "stop"),
        (np.eye(1, 3), [0], "stop"),
        (np.array([[1.0, 0.0], [np.nan, 0.0], [0.0, 1.0], [1.0, np.inf]]), [0, 0, 1, 1], "drop"),
    ],
)
def test_what_a_library_prints_for_nothing_is_said_and_not_printed(
    kind: str, rows: Any, labels: list[int], on_bad: str
) -> None:
    name = "pytorch-metric-learning"
    if kind == "contrastive" and len(rows) > 1:  # two rows of different classes are a pair
        assert cc.loss(kind, rows, labels=labels, convention=name, on_bad=on_bad).n == 1
        return
    with pytest.raises(cc.ContrastError, match=rf"{name} prints 0 for that"):
        cc.loss(kind, rows, labels=labels, convention=name, on_bad=on_bad)


def test_a_rule_on_nothing_keeps_no_other_from_its_verdict() -> None:
    rules = ["supcon(convention=pytorch-metric-learning) <= 1", "uniformity <= 0"]
    found = cc.check(np.eye(2), labels=[0, 1], require=rules)
    assert [each.passed for each in found.checks] == [None, True]


@pytest.mark.parametrize(
    ("kind", "convention", "parameters", "terms", "undefined"),
    [
        ("supcon", "paper", {}, 5, 1),
        ("supcon", "supcontrast", {}, 6, 0),
        ("triplet", ST, BATCH_HARD, 6, 0),
        ("triplet", TFA, BATCH_HARD, 6, 0),
        ("triplet", "paper", BATCH_HARD, 5, 1),
        ("nt-xent", "optax", {}, 8, 1),
    ],
)
def test_terms_that_a_convention_counts(
    kind: str, convention: str, parameters: Setting, terms: int, undefined: int
) -> None:
    found = printed(kind, convention, "labels", UNIT, **parameters)
    assert (found.n, found.undefined) == (terms, undefined)
