"""The verdict: what is undecided, what is refused, and that all else is still told."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from metric_data import SAMPLE_DATA

import contrastive_core as cc
from contrastive_core.errors import (
    BadInput,
    BadParameter,
    CannotWrite,
    ContrastError,
    TooLittleMemory,
)
from contrastive_core.gate.front import run_check
from contrastive_core.gate.grammar import parse_rule
from contrastive_core.gate.pool import Pool
from contrastive_core.gate.request import CheckedPool, CheckRequest
from contrastive_core.gate.verdict import FAILED, PASSED, UNDECIDED, Check
from contrastive_core.inputs import Given

Rows = npt.NDArray[Any]
RNG = np.random.default_rng(11)
FLAT: Rows = RNG.normal(size=(24, 4))
KEYS: Rows = FLAT + 0.3 * RNG.normal(size=(24, 4))
LABELS = [row % 3 for row in range(24)]
PAIRS = np.array([[0, 3, 1], [1, 2, 0], [5, 8, 1]])


def _only(result: cc.CheckResult) -> Check:
    (check,) = result.checks
    return check


def test_kept_rules_pass_and_broken_ones_fail() -> None:
    result = cc.check(FLAT, require=["uniformity <= 0", "mean_cosine <= 1"])
    assert (result.outcome, result.passed) == (PASSED, True)
    broken = cc.check(FLAT, require=["uniformity <= 0", "mean_cosine <= -1"])
    assert (broken.outcome, broken.passed) == (FAILED, False)
    assert [each.passed for each in broken.checks] == [True, False]


def test_a_broken_warning_is_told_and_fails_nothing() -> None:
    result = cc.check(FLAT, require="uniformity <= 0", warn="mean_cosine <= -1")
    assert [each.level for each in result.checks] == ["error", "warn"]
    assert [each.passed for each in result.checks] == [True, False]
    assert result.passed


def test_the_raw_number_is_compared() -> None:
    value = cc.metrics(FLAT).metrics["uniformity"].value
    below = float(np.nextafter(value, -9))
    rules = [f"uniformity == {value!r}", f"uniformity < {value!r}", f"uniformity > {below!r}"]
    assert [each.passed for each in cc.check(FLAT, require=rules).checks] == [True, False, True]


def test_checks_are_in_the_order_of_the_rules_and_say_everything() -> None:
    rules = ["infonce(temperature=.10) <= 99", "uniformity <= -9", "alignment <= 9"]
    result = cc.check(FLAT, KEYS, require=rules)
    assert [each.rule for each in result.checks] == rules
    first, second, _ = result.checks
    assert (first.metric, first.op, first.bound) == ("infonce(tau=0.1)", "<=", 99.0)
    assert (second.better, second.level, second.remedy) == ("lower", "error", None)
    assert second.reason == f"{second.value!r} is not <= -9.0"
    assert [file.role for file in result.inputs[0].files] == ["embeddings", "keys"]
    assert (result.inputs[0].n, result.inputs[0].d) == (24, 4)


def test_an_undefined_figure_is_undecided_whatever_its_level() -> None:
    result = cc.check(FLAT[:5], require="uniformity <= 0", warn="hubness <= 9")
    assert result.outcome == UNDECIDED
    assert [each.passed for each in result.checks] == [True, None]
    assert "needs 12 rows" in str(result.checks[1].reason)


def test_undecided_outranks_failed() -> None:
    result = cc.check(FLAT[:5], require=["uniformity <= -99", "hubness <= 9"])
    assert [each.passed for each in result.checks] == [False, None]
    assert result.outcome == UNDECIDED


@pytest.mark.parametrize(
    ("rule", "needs"),
    [
        ("alignment <= 9", "positives"),
        ("recall_at_1 >= 0", "a second file or view"),
        ("uniformity.keys <= 9", "a second file or view"),
        ("tolerance <= 9", "--labels"),
        ("infonce <= 9", "its positives: check assumes nothing"),
        ("supcon <= 9", "its positives"),
        ("triplet <= 9", "EMBEDDINGS --labels"),
        ("triplets.hard <= 9", "EMBEDDINGS --triplets"),
        ("cross-entropy <= 9", "EMBEDDINGS --labels --prototypes"),
        ("p95(contrastive) <= 9", "its positives"),
    ],
)
def test_a_figure_without_its_inputs_is_undecided_and_the_others_are_told(
    rule: str, needs: str
) -> None:
    result = cc.check(FLAT, require=["uniformity <= 0", rule])
    told, missing = result.checks
    assert told.passed is True
    assert (missing.passed, missing.value) == (None, None)
    assert needs in str(missing.reason)
    assert missing.remedy
    assert result.outcome == UNDECIDED


def test_a_flat_file_is_two_views_only_where_that_is_said() -> None:
    stacked = np.concatenate([FLAT, KEYS])
    assert _only(cc.check(stacked, require="infonce <= 99")).passed is None
    found = _only(cc.check(stacked, views="stacked", require="infonce <= 99"))
    assert found.value == cc.loss("infonce", FLAT, KEYS).value
    assert "--views stacked" in str(_only(cc.check(stacked, require="clip <= 99")).remedy)


@pytest.mark.parametrize(
    ("rule", "inputs", "ways"),
    [
        ("contrastive <= 9", {"labels": LABELS, "pairs": PAIRS}, ("--labels", "--pairs")),
        ("infonce <= 9", {"keys": KEYS, "scores": FLAT}, ("EMBEDDINGS KEYS", "--scores")),
        ("supcon <= 9", {"labels": LABELS, "pairs": PAIRS}, ("--labels", "--pairs")),
        (
            "triplets.hard <= 1",
            {"labels": LABELS, "triplets": np.array([[0, 1, 2]])},
            ("--labels", "--triplets"),
        ),
    ],
)
def test_inputs_for_several_forms_leave_a_loss_undecided(
    rule: str, inputs: dict[str, Any], ways: tuple[str, str]
) -> None:
    check = _only(cc.check(FLAT, require=rule, **inputs))
    assert check.passed is None
    assert all(way in str(check.reason) for way in ways)
    assert "[check.inputs.NAME]" in str(check.remedy)


def test_every_rule_takes_its_own_inputs_of_the_pool() -> None:
    rules = [
        "clip <= 99",
        "supcon <= 99",
        "triplets.hard <= 1",
        "infonce(denominator=bank) <= 99",
        "siglip <= 99",
        "precision_at_1 >= 0",
        "recall_at_1 >= 0",
    ]
    bank = RNG.normal(size=(3, 4))
    found = cc.check(FLAT, KEYS, labels=LABELS, bank=bank, require=rules).checks
    assert [each.value for each in found] == [
        cc.loss("clip", FLAT, KEYS).value,
        cc.loss("supcon", FLAT, KEYS, labels=LABELS).value,
        cc.triplets(FLAT, KEYS, labels=LABELS).fractions.hard,
        cc.loss("infonce", FLAT, KEYS, bank=bank, denominator="bank").value,
        cc.loss("siglip", FLAT, KEYS).value,
        cc.metrics(FLAT, KEYS, labels=LABELS).metrics["precision_at_1"].value,
        cc.metrics(FLAT, KEYS).metrics["recall_at_1"].value,
    ]


def test_inputs_of_another_rule_do_not_change_what_a_loss_is() -> None:
    stacked = np.concatenate([FLAT, KEYS])
    alone = cc.loss("nt-xent", FLAT, KEYS).value
    for given in ((FLAT, KEYS), (np.stack([FLAT, KEYS]),)):
        found = cc.check(*given, labels=LABELS, require=["supcon <= 99", "nt-xent <= 99"]).checks
        assert found[0].value == cc.loss("supcon", *given, labels=LABELS).value
        assert found[1].value == alone
    rules = ["supcon <= 99", "nt-xent <= 99"]
    found = cc.check(stacked, views="stacked", labels=LABELS, require=rules).checks
    assert [each.value for each in found][1] == alone
    negatives = RNG.normal(size=(24, 4))
    rules = ["triplet <= 99", "supcon <= 99"]
    found = cc.check(FLAT, KEYS, negatives, labels=LABELS, require=rules).checks
    assert found[0].value == cc.loss("triplet", FLAT, KEYS, negatives).value


def test_two_views_are_paired_row_by_row_whatever_pairs_another_rule_takes(tmp_path: Path) -> None:
    table = {"z1": FLAT.tolist(), "z2": KEYS.tolist()}
    pq.write_table(pa.table(table), tmp_path / "p.parquet")
    with pytest.raises(BadParameter) as refused:
        cc.check(tmp_path / "p.parquet", pairs=PAIRS[:, :2], require="alignment <= 9")
    assert (refused.value.what, "::z1" in refused.value.remedy) == ("--pairs", True)


def test_negatives_by_their_shape_are_those_of_triplets_or_of_each_anchor() -> None:
    flat, own = RNG.normal(size=(24, 4)), RNG.normal(size=(24, 2, 4))
    triplets, infonce = cc.check(FLAT, KEYS, flat, require=["triplet <= 9", "infonce <= 99"]).checks
    assert triplets.value == cc.loss("triplet", FLAT, KEYS, flat).value
    assert infonce.value == cc.loss("infonce", FLAT, KEYS).value
    check = _only(cc.check(FLAT, KEYS, own, require="infonce <= 99"))
    assert check.value == cc.loss("infonce", FLAT, KEYS, own).value


@pytest.mark.parametrize(
    ("inputs", "rule", "named"),
    [
        ({"labels": LABELS}, "uniformity <= 0", "--labels"),
        ({"keys": KEYS}, "uniformity <= 0", "KEYS"),
        ({"keys": KEYS, "bank": KEYS}, "clip <= 99", "--bank"),
        ({"pairs": PAIRS[:, :2]}, "mean_cosine <= 1", "--pairs"),
        ({"keys": KEYS, "pairs": PAIRS[:, :2]}, "alignment <= 9", "--pairs"),
        ({"keys": KEYS, "pairs": PAIRS[:, :2]}, "infonce <= 9", "--pairs"),
        ({"keys": KEYS, "match": [1] * 24}, "alignment <= 9", "--match"),
        ({"keys": KEYS, "views": "stacked"}, "alignment <= 9", "--views"),
        ({"scores": FLAT}, "uniformity <= 0", "--scores"),
    ],
)
def test_an_input_that_no_rule_uses_is_refused_before_anything_is_measured(
    inputs: dict[str, Any], rule: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contrastive_core.gate.front.measure", None)
    with pytest.raises(BadParameter) as refused:
        cc.check(FLAT, require=rule, **inputs)
    assert refused.value.what == named
    assert rule.split()[0] in refused.value.got


def test_two_rules_that_use_all_inputs_together_are_enough() -> None:
    rules = ["uniformity <= 0", "precision_at_1 >= 0", "alignment <= 9"]
    assert cc.check(FLAT, KEYS, labels=LABELS, require=rules).passed


@pytest.mark.parametrize("how", [{}, {"require": []}, {"warn": ()}])
def test_nothing_to_check_is_an_error(how: dict[str, Any]) -> None:
    with pytest.raises(BadParameter, match="nothing to check"):
        cc.check(FLAT, **how)


def test_an_allowance_without_a_baseline_is_an_error() -> None:
    with pytest.raises(BadParameter, match="--allow"):
        cc.check(FLAT, require="uniformity <= 0", allow="uniformity: 0.1")


def test_bad_rules_are_refused_before_a_file_is_opened() -> None:
    with pytest.raises(BadParameter, match="uniformty"):
        cc.check("missing.npy", require=["mean_cosine <= 1", "uniformty <= 2"])


def test_of_several_bad_rules_the_first_is_told_and_which_others_are() -> None:
    with pytest.raises(BadParameter) as refused:
        cc.check(FLAT, require=["uniformty <= 2", "mean_cosine <= 1", "triplets <= 1"])
    assert refused.value.what == "rule 'uniformty <= 2'"
    assert refused.value.remedy.endswith("Wrong too: rule 'triplets <= 1'.")


@pytest.mark.parametrize(
    ("inputs", "rule", "n", "d"),
    [
        ({"embeddings": np.stack([FLAT, KEYS])}, "nt-xent <= 99", 24, 4),
        ({"embeddings": np.stack([FLAT, KEYS], axis=1)}, "nt-xent <= 99", 24, 4),
        ({"embeddings": FLAT, "views": "interleaved"}, "nt-xent <= 99", 12, 4),
        ({"embeddings": FLAT, "pairs": PAIRS}, "contrastive <= 99", 24, 4),
        ({"embeddings": FLAT, "labels": LABELS}, "triplets.hard <= 1", 24, 4),
        ({"scores": FLAT}, "infonce <= 99", 24, None),
    ],
)
def test_the_samples_and_dimensions_of_an_input_are_told(
    inputs: dict[str, Any], rule: str, n: int, d: int | None
) -> None:
    (found,) = cc.check(require=rule, **inputs).inputs
    assert (found.n, found.d) == (n, d)


def _three_columns(path: Path, negatives: Rows) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {"anchor": list(FLAT), "positive": list(KEYS), "negative": negatives.tolist()}
    pq.write_table(pa.table(columns), path)
    return path


def test_of_three_columns_each_figure_takes_those_it_needs(tmp_path: Path) -> None:
    flat = RNG.normal(size=(24, 4))
    path = _three_columns(tmp_path / "flat.parquet", flat)
    rules = ["triplet <= 9", "infonce <= 99", "alignment <= 9", "p50(uniformity) <= 9"]
    found = cc.check(path, require=rules).checks
    assert [each.value for each in found] == [
        cc.loss("triplet", FLAT, KEYS, flat).value,
        cc.loss("infonce", FLAT, KEYS).value,
        cc.metrics(FLAT, KEYS).metrics["alignment"].value,
        cc.loss("uniformity", FLAT, KEYS).quantiles.p50,
    ]
    own = RNG.normal(size=(24, 2, 4))
    path = _three_columns(tmp_path / "own.parquet", own)
    check = _only(cc.check(path, require="infonce <= 99"))
    assert check.value == cc.loss("infonce", FLAT, KEYS, own).value


def test_a_file_that_cannot_be_read_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="existing file"):
        cc.check(tmp_path / "missing.npy", require="uniformity <= 0")
    bad = FLAT.copy()
    bad[3, 1] = np.nan
    with pytest.raises(BadInput, match="row 3"):
        cc.check(bad, require=["uniformity <= 0", "mean_cosine <= 1"])
    (tmp_path / "cut.npy").write_bytes(b"\x93NUMPY\x01")
    with pytest.raises(BadInput, match="damaged"):
        cc.check(tmp_path / "cut.npy", require="uniformity <= 0")


def test_bad_labels_leave_undecided_what_needs_them() -> None:
    rules = ["uniformity <= 0", "tolerance >= -1", "triplets.hard <= 1"]
    result = cc.check(FLAT, labels=LABELS[:5], require=rules)
    assert [each.passed for each in result.checks] == [True, None, None]
    assert "5 labels" in str(result.checks[1].reason)
    with pytest.raises(BadInput, match="5 labels"):
        cc.check(FLAT, labels=LABELS[:5], require=rules[1:])


def test_too_little_memory_is_an_error_at_once() -> None:
    with pytest.raises(TooLittleMemory):
        cc.check(FLAT, require="uniformity <= 0", resources=cc.Resources(memory=1))


def test_a_parameter_that_only_the_data_refuse_is_undecided() -> None:
    scores = RNG.normal(size=(9, 4))
    result = cc.check(scores=scores, require=["infonce(similarity=dot) <= 9", "dcl <= 9"])
    assert [each.passed for each in result.checks] == [None, True]
    assert "a parameter that infonce of scores takes" in str(result.checks[0].reason)


def test_one_class_leaves_triplets_undecided() -> None:
    result = cc.check(FLAT, labels=[0] * 24, require=["triplets.hard <= 1", "tolerance >= -1"])
    assert [each.passed for each in result.checks] == [None, True]
    assert "rows of one class only" in str(result.checks[0].reason)


def _request(**pools: tuple[Given, list[str]]) -> CheckRequest:
    inputs = (
        CheckedPool(Pool(name, given), tuple(parse_rule(rule) for rule in rules))
        for name, (given, rules) in pools.items()
    )
    return CheckRequest(tuple(inputs))


def test_several_inputs_are_told_one_after_the_other() -> None:
    request = _request(
        train=(Given(FLAT), ["uniformity <= 0", "mean_cosine <= -1"]),
        test=(Given(KEYS, labels=LABELS), ["precision_at_1 >= 0"]),
    )
    result = run_check(request)
    told = [(each.input, each.metric, each.passed) for each in result.checks]
    assert told == [
        ("train", "uniformity", True),
        ("train", "mean_cosine", False),
        ("test", "precision_at_1", True),
    ]
    assert [each.name for each in result.inputs] == ["train", "test"]
    assert result.outcome == FAILED


def test_of_several_inputs_one_that_cannot_be_read_leaves_its_own_rules_undecided() -> None:
    request = _request(
        gone=(Given("missing.npy"), ["uniformity <= 0"]),
        bad=(Given(np.full((4, 2), np.nan)), ["uniformity <= 0"]),
        there=(Given(FLAT), ["uniformity <= 0"]),
    )
    result = run_check(request)
    assert [each.passed for each in result.checks] == [None, None, True]
    assert "missing.npy" in str(result.checks[0].reason)
    assert result.outcome == UNDECIDED


def test_of_several_inputs_an_unused_one_is_named_with_its_set() -> None:
    request = _request(
        a=(Given(FLAT), ["uniformity <= 0"]),
        b=(Given(FLAT, labels=LABELS), ["uniformity <= 0"]),
    )
    with pytest.raises(BadParameter, match="--labels of the input 'b'"):
        run_check(request)


def test_warnings_are_told_once_with_their_input() -> None:
    collapsed = Given(np.ones((9, 3)))
    rules = ["uniformity <= 0", "uniformity(t=3) <= 0"]
    alone = run_check(_request(only=(collapsed, rules)))
    assert len(alone.warnings) == len(set(alone.warnings)) > 0
    assert all(each.startswith("only: ") for each in alone.warnings)


def test_two_inputs_of_one_name_are_refused() -> None:
    request = _request(a=(Given(FLAT), ["uniformity <= 0"]))
    twice = dataclasses.replace(request, inputs=request.inputs * 2)
    with pytest.raises(BadParameter, match="names that differ"):
        run_check(twice)


def test_a_rule_on_one_column_of_a_table_takes_that() -> None:
    table = SAMPLE_DATA / "emb.parquet"
    check = _only(cc.check(f"{table}::z1", require="uniformity <= 0"))
    assert check.value == cc.metrics(f"{table}::z1").metrics["uniformity"].value


def test_joining_is_left_out_where_a_rule_takes_one_file(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    order = np.random.default_rng(2).permutation(24)
    for name, ids, rows in (("a", range(24), FLAT), ("b", order, KEYS[order])):
        columns = {"id": list(ids), "emb": list(rows.astype(float))}
        pq.write_table(pa.table(columns), tmp_path / f"{name}.parquet")
    files = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    rules = ["alignment <= 9", "p95(uniformity) <= 9"]
    found = cc.check(*files, join="id", require=rules).checks
    assert found[0].value == cc.metrics(FLAT, KEYS).metrics["alignment"].value
    with pytest.raises(BadParameter, match="join"):
        cc.check(files[0], join="id", require="uniformity <= 0")


def test_a_baseline_of_everything_saves_metrics_and_shares_and_passes_on_the_same_data(
    tmp_path: Path,
) -> None:
    path = tmp_path / "b.json"
    saved = cc.check(FLAT, KEYS, labels=LABELS, save_baseline=path)
    assert (saved.saved, saved.passed, saved.checks) == (str(path), True, ())
    again = cc.check(FLAT, KEYS, labels=LABELS, baseline=path)
    names = {each.metric for each in again.checks}
    assert names > {"uniformity", "uniformity.keys", "alignment", "map_at_r", "triplets.hard"}
    assert again.passed
    worse = cc.check(FLAT, np.roll(KEYS, 1, axis=0), labels=LABELS, baseline=path)
    assert {each.metric for each in worse.checks if each.passed is False} >= {"alignment"}


def test_nothing_is_saved_where_a_rule_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    result = cc.check(FLAT, require="uniformity <= -9", save_baseline=path)
    assert (result.saved, path.exists()) == (None, False)
    result = cc.check(FLAT, require="alignment <= -9", save_baseline=path)
    assert (result.saved, path.exists()) == (None, False)
    result = cc.check(FLAT, warn="uniformity <= -9", save_baseline=path)
    assert (result.saved, path.exists()) == (str(path), True)


def test_a_baseline_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite):
        cc.check(FLAT, save_baseline=tmp_path / "no" / "b.json")


def test_a_figure_of_the_baseline_whose_input_is_missing_says_so(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    cc.check(FLAT, labels=LABELS, save_baseline=path)
    result = cc.check(FLAT, baseline=path)
    missing = {each.metric: each for each in result.checks if each.passed is None}
    assert "tolerance" in missing
    assert "--labels" in str(missing["tolerance"].reason)
    assert result.outcome == UNDECIDED


@pytest.mark.parametrize(
    ("rule", "then", "now", "passed"),
    [
        ("alignment <= 9", (FLAT, {"pairs": PAIRS[:, :2]}), (FLAT, {"keys": KEYS}), None),
        ("supcon <= 99", (FLAT, {"labels": LABELS}), (FLAT, {"keys": KEYS}), None),
        (
            *("supcon <= 99", (FLAT, {"labels": LABELS})),
            *((FLAT, {"keys": KEYS, "labels": LABELS}), None),
        ),
        ("nt-xent <= 99", (FLAT, {"keys": KEYS}), (np.stack([FLAT, KEYS]), {}), True),
        ("uniformity <= 9", (FLAT, {}), (FLAT, {"views": None}), True),
    ],
)
def test_a_baseline_notices_positives_that_were_found_in_another_way(
    rule: str, then: Any, now: Any, passed: bool | None, tmp_path: Path
) -> None:
    place = tmp_path / "b.json"
    cc.check(then[0], require=rule, save_baseline=place, **then[1])
    check = _only(cc.check(now[0], baseline=place, **now[1]))
    assert check.passed is passed
    assert (passed is None) == ("positives were" in str(check.reason))


def test_every_error_says_what_to_do() -> None:
    with pytest.raises(ContrastError) as refused:
        cc.check(FLAT, KEYS, require="uniformity <= 0")
    assert "uniformity.keys" in refused.value.remedy


def test_a_metric_of_the_second_cloud_takes_labels_too() -> None:
    check = _only(cc.check(FLAT, KEYS, labels=LABELS, require="r_precision.keys >= 0"))
    expected = cc.metrics(FLAT, KEYS, labels=LABELS).metrics["r_precision.keys"].value
    assert check.value == expected
    missing = _only(cc.check(FLAT, KEYS, require="r_precision.keys >= 0"))
    assert "--labels" in str(missing.reason)


def test_no_baseline_is_saved_without_what_a_bad_file_was_to_give(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    with pytest.raises(BadInput, match="5 labels"):
        cc.check(FLAT, labels=LABELS[:5], save_baseline=path)
    with pytest.raises(BadInput, match="existing file"):
        cc.check(FLAT, labels=tmp_path / "missing.npy", save_baseline=path)
    gone = _request(there=(Given(FLAT), []), gone=(Given("missing.npy"), []))
    with pytest.raises(BadInput, match="existing file"):
        run_check(dataclasses.replace(gone, save_baseline=path))
    assert not path.exists()


def test_what_is_undefined_and_nobody_asks_for_is_told_and_the_rest_is_saved(
    tmp_path: Path,
) -> None:
    result = cc.check(FLAT[:9], labels=[0] * 9, save_baseline=tmp_path / "b.json")
    assert result.passed
    assert any(note.startswith("triplets.hard is not saved") for note in result.notes)
    assert '"hubness"' in (tmp_path / "b.json").read_text()


def test_two_files_are_no_layout_to_choose() -> None:
    for rule in ("alignment <= 9", "infonce <= 9"):
        with pytest.raises(BadParameter, match="leave --views out"):
            cc.check(FLAT, KEYS, views="stacked", require=rule)
