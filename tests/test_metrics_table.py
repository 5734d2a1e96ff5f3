"""The table of metrics as people read it, at every width: words are folded, numbers never."""

from __future__ import annotations

import dataclasses
import io
import math
import re
from typing import Any

import numpy as np
import pytest
from contrast_cli.consoles import Manners
from contrast_cli.render import Listing
from contrast_cli.render.formats import printed
from contrast_cli.render.layout import digits
from contrast_cli.render.metric_report import MetricReport
from contrast_cli.render.metrics import GROUPS, class_order
from metric_results import LEVELS, classes, metric, result, rows

from contrastive_core.geometry.declarations import METRICS
from contrastive_core.geometry.result import MetricsResult, RowFacts
from contrastive_core.rows import joined

WIDTHS = [None, 200, 120, 80, 60, 40]


def _print(
    found: MetricsResult,
    columns: int | None = None,
    listing: Listing | None = None,
    *,
    guide: bool = False,
    color: bool = False,
) -> str:
    console = Manners(color="always" if color else "never").console(io.StringIO())
    report = MetricReport(found, listing or Listing(), guide={} if guide else None)
    return str(printed(report, console, columns))


def _flat(text: str) -> str:
    """Without the breaks of folded words."""
    return " ".join(text.split())


def _two_clouds(**changed: Any) -> MetricsResult:
    """Every metric, and that of the second cloud behind some."""
    twice = ("uniformity", "participation_ratio", "norm_mean")
    named = [n for name in LEVELS for n in (name, *((f"{name}.keys",) if name in twice else ()))]
    return result(clouds=2, metrics={name: metric(name) for name in named}, **changed)


def _sampled() -> MetricsResult:
    """Two metrics that were estimated."""
    found = _two_clouds()
    half = 0.0123456
    estimated = {
        name: dataclasses.replace(
            value, estimated=True, interval=(value.value - half, value.value + half)
        )
        if value.metric.sampled
        else value
        for name, value in found.metrics.items()
    }
    return dataclasses.replace(found, metrics=estimated, anchors=1000)


def test_every_metric_stands_under_one_heading() -> None:
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(METRICS)


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("found", [result(), _two_clouds(), _sampled()])
def test_no_width_loses_a_digit_or_a_name(columns: int | None, found: MetricsResult) -> None:
    lines = [line.split() for line in _print(found, columns).splitlines()]
    for name, value in found.metrics.items():
        (line,) = [each for each in lines if each[:1] == [name] and each[1:] != ["first"]]
        assert line[1] == ("undefined" if math.isnan(value.value) else digits(value.value))
        for level in (value.collapsed, value.random):
            assert ("-" if level is None else digits(level)) in line


@pytest.mark.parametrize("columns", WIDTHS)
def test_no_width_loses_a_digit_of_classes_and_rows(columns: int | None) -> None:
    words = _print(result(classes=classes()), columns).split()
    listed = (rows().take(np.array([2, 0])), classes().take(np.array([4, 11])))
    for table in listed:
        for row in table.rows(0, 2):
            for value in row:
                shown = digits(value) if isinstance(value, float) else str(value)
                assert shown.split()[-1] in words


@pytest.mark.parametrize("columns", [200, 120, 80, 60])
@pytest.mark.parametrize("guide", [False, True])
def test_no_line_is_longer_than_the_terminal(columns: int, *, guide: bool) -> None:
    for found in (_two_clouds(classes=classes()), _sampled()):
        text = _print(found, columns, guide=guide)
        assert max(map(len, text.splitlines())) <= columns


@pytest.mark.parametrize("columns", WIDTHS)
def test_no_width_loses_a_word(columns: int | None) -> None:
    flat = _flat(_print(_two_clouds(), columns, guide=True)).replace("- ", "-")
    for name, found in result().metrics.items():
        assert METRICS[name].meaning.replace("- ", "-") in flat
        assert METRICS[name].good.replace("- ", "-") in flat
        assert (found.reading or found.reason or "") in flat


def test_the_gauge_is_drawn_where_both_levels_are() -> None:
    lines = {line.split()[0]: line for line in _print(result()).splitlines() if line.strip()}
    for name, (value, random, collapsed, _) in LEVELS.items():
        drawn = {"├", "┤"} & set(lines[name])
        assert bool(drawn) is (None not in (random, collapsed) and not math.isnan(value))


@pytest.mark.parametrize(
    ("value", "gauge"),
    [
        (0.0, "├●─────────┤"),
        (-1.0, "├──●───────┤"),
        (-2.0, "├─────●────┤"),
        (-3.99, "├─────────●┤"),
        (-4.0, "├─────────●┤"),
        (-4.1, "├──────────▶"),
        (0.1, "◀──────────┤"),
    ],
)
def test_the_gauge_shows_where_the_value_lies(value: float, gauge: str) -> None:
    found = metric("uniformity", value=value, collapsed=0.0, random=-4.0)
    assert f"  {gauge}  " in _print(result(metrics={"uniformity": found}))


def test_narrow_terminals_have_no_gauge() -> None:
    assert "├" in _print(result(), 120)
    assert "├" not in _print(result(), 60)


def test_the_reading_is_a_word_in_colour() -> None:
    colored = _print(result(), color=True)
    assert re.search(r"\x1b\[[0-9;]*31m\s*collapsed", colored)
    assert re.search(r"\x1b\[[0-9;]*33m\s*like random vectors", colored)
    assert re.search(r"\x1b\[[0-9;]*33m\s*low rank: 7 of 64 dimensions hold 99 %", colored)
    assert "\x1b" not in _print(result())


def test_an_estimate_has_half_its_interval() -> None:
    for columns in WIDTHS:
        flat = _flat(_print(_sampled(), columns))
        assert flat.count("± 0.012") == 6  # uniformity and its keys, and four of retrieval
        assert "sample 1000 rows drawn of each cloud" in flat


def test_an_undefined_metric_says_why() -> None:
    assert "undefined" in _print(result())
    assert "fewer than 20 positive eigenvalues" in _print(result())


def test_skipped_metrics_say_why() -> None:
    assert "\nSkipped\ntolerance  needs --labels\n" in _print(result("uniformity"))
    assert "Skipped" not in _print(result())


def test_the_guide_says_what_good_looks_like_and_only_when_asked() -> None:
    assert METRICS["alignment"].good not in _flat(_print(result("alignment")))
    assert METRICS["alignment"].good in _flat(_print(result("alignment"), guide=True))


def test_a_heading_without_metrics_is_not_printed() -> None:
    lines = _print(result("uniformity", "norm_mean")).splitlines()
    assert [line for line in lines if line in GROUPS] == ["pairs and spread", "lengths"]


def test_rows_left_out_are_counted() -> None:
    assert "; 12 rows left out" in _print(result("r_precision"))


def test_the_lowest_share_of_directions_comes_first_and_single_rows_last() -> None:
    order = class_order(classes(), 64).tolist()
    assert order[0] == 4  # one point
    assert order[1:3] == [11, 10]  # 12.5 of 11, 11.5 of 10: the largest classes use the least
    assert order[-1] == 0  # a single row


def test_of_equal_shares_the_higher_tolerance_comes_first() -> None:
    table = dataclasses.replace(
        classes(), effective_rank=np.maximum(np.minimum(np.arange(12), 64), 1) / 2.0
    )
    assert class_order(table, 64).tolist() == [*range(11, 0, -1), 0]


def test_a_collapsed_class_comes_first_however_many_directions_its_noise_has() -> None:
    tight = np.array(classes().tolerance)
    tight[[3, 7]] = (0.9992, 0.9999)  # ranks 4.5 of 3 and 8.5 of 7 are the highest shares
    table = dataclasses.replace(classes(), tolerance=tight)
    assert class_order(table, 64).tolist()[:4] == [7, 3, 4, 11]


def test_without_ranks_the_highest_tolerance_comes_first_and_single_rows_last() -> None:
    table = dataclasses.replace(classes(), effective_rank=None, r_precision=None)
    assert class_order(table, 64).tolist() == [*range(11, 0, -1), 0]
    title = "\n12 classes, highest tolerance first (10 of 12 lines: -o json has all)\n"
    assert title in _print(result("tolerance", classes=table))


def test_ten_classes_are_listed_and_the_rest_is_counted() -> None:
    text = _print(result(classes=classes()))
    listed = re.findall(r"^ *class (\d+) ", text, re.MULTILINE)
    assert len(listed) == 10
    order = "collapsed ones first, then those that use the smallest share of their directions"
    assert f"\n12 classes, {order} (10 of 12 lines: -o json has all)\n" in _print(
        result(classes=classes()), 200
    )
    few = classes().take(np.arange(3))
    assert f"\n3 classes, {order}\n" in _print(result(classes=few))


def test_a_class_of_two_clouds_is_one_class_with_two_lines() -> None:
    half = classes().take(np.arange(6))
    views = [dataclasses.replace(half, view=np.full(6, view)) for view in (0, 1)]
    text = _print(_two_clouds(classes=joined(views)), 200)
    assert "\n6 classes, " in text
    assert " (10 of 12 lines: -o json has all)\n" in text


@pytest.mark.parametrize(
    ("listing", "title"),
    [
        (Listing(), "The worst 2 of 512 pairs, highest alignment first"),
        (Listing(sort="best"), "The best 2 of 512 pairs, lowest alignment first"),
        (Listing(sort="index"), "The first 2 of 3 rows"),
        (Listing(every=True), "All rows"),
        (Listing(every=True, sort="best"), "All rows, lowest alignment first"),
    ],
)
def test_the_title_says_which_rows_are_listed(listing: Listing, title: str) -> None:
    assert f"\n{title}\n" in _print(result(), None, listing)


def test_without_positives_rows_are_sorted_by_uniformity_and_without_that_not_at_all() -> None:
    crowded = dataclasses.replace(rows(), alignment=None)
    assert "2 of 3 rows, highest uniformity first\n" in _print(result(samples=crowded))
    plain = RowFacts(rows().index, norm=rows().norm)
    assert "\nThe first 2 of 3 rows\n" in _print(result(samples=plain))


def test_names_of_classes_below_zero_are_names_and_rows_below_zero_are_nobody() -> None:
    text = _print(result(), None, Listing(every=True))
    first, second, _ = text.splitlines()[-3:]
    assert first.split()[2] == "-3"
    assert second.split()[6:8] == ["-", "nan"]


def test_a_table_of_no_rows_has_no_title() -> None:
    none = rows().take(np.array([], np.int64))
    assert "worst" not in _print(result(worst=none))
