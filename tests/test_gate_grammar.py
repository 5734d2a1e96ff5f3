"""Rules as they are typed, and what is said of those that are none."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrastive_core import LOSSES, METRICS
from contrastive_core.errors import BadParameter
from contrastive_core.gate.catalogue import (
    LOSS_FIELDS,
    STATISTICS,
    TRIPLET_FIELDS,
    better_of,
    completions,
    dependence_of,
    described,
    names,
)
from contrastive_core.gate.grammar import parse_figure, parse_rule
from contrastive_core.gate.naming import values_of
from contrastive_core.gate.rules import OPERATORS, Figure


@pytest.mark.parametrize(
    ("text", "figure", "op", "bound"),
    [
        ("uniformity <= -2", Figure("uniformity"), "<=", -2.0),
        ("triplets.hard<=5%", Figure("triplets", (), "hard"), "<=", 0.05),
        ("triplets.fractions.semi-hard > .5 %", Figure("triplets", (), "semi_hard"), ">", 0.005),
        ("triplets.hard <= 0.07%", Figure("triplets", (), "hard"), "<=", 0.0007),
        ("triplets.hard <= -28.07%", Figure("triplets", (), "hard"), "<=", -0.2807),
        ("triplets . counts . hard == 0", Figure("triplets", (), "counts.hard"), "==", 0.0),
        ("p95(nt_xent) <= 6", Figure("nt-xent", (), "", "p95"), "<=", 6.0),
        ("  infonce ( tau = 0.070 )<3.2e0 ", Figure("infonce", (("tau", "0.07"),)), "<", 3.2),
        ("infonce.value >= 1.", Figure("infonce"), ">=", 1.0),
        ("max(alignment(alpha=1)) < 4", Figure("alignment", (("alpha", "1"),), "", "max"), "<", 4),
        ("uniformity.keys(t=3) <= -1", Figure("uniformity.keys", (("t", "3"),)), "<=", -1.0),
        ("mean-cosine.keys <= +0.5", Figure("mean_cosine.keys"), "<=", 0.5),
        (
            "infonce(temperature=1e-1, similarity=dot) <= 1",
            Figure("infonce", (("similarity", "dot"), ("tau", "0.1"))),
            "<=",
            1.0,
        ),
        (
            "nt-xent(convention=lightly).terms.positive <= 0",
            Figure("nt-xent", (("convention", "lightly"),), "terms.positive"),
            "<=",
            0.0,
        ),
        (
            "triplets(raw=true, margin=0.50).loss.mean-active <= 1",
            Figure("triplets", (("margin", "0.5"), ("normalize", "false")), "loss.mean_active"),
            "<=",
            1.0,
        ),
        ("nce(log-z=fit) <= 9", Figure("nce", (("log_z", "fit"),)), "<=", 9.0),
    ],
)
def test_a_rule_is_a_figure_an_operator_and_a_bound(
    text: str, figure: Figure, op: str, bound: float
) -> None:
    rule = parse_rule(text, "warn")
    assert (rule.figure, rule.op, rule.bound) == (figure, op, bound)
    assert (rule.level, rule.written) == ("warn", text.strip())


def test_parameters_have_the_types_of_the_library() -> None:
    figure = parse_figure(
        "triplet(soft-margin=true, mining=random-semi-hard, seed=3, convention=paper)"
    )
    expected = {"mining": "random-semi-hard", "seed": 3.0, "soft_margin": True}
    assert values_of(figure) == expected


@pytest.mark.parametrize(
    ("text", "expected", "got", "remedy"),
    [
        ("", "the name of a metric or a loss", "its end", "uniformity"),
        ("uniformity", "<= >= == < >", "its end", "uniformity <= -2"),
        ("uniformity <=", "a finite number or a percentage", "its end", "uniformity <= -2"),
        ("uniformity <= nan", "a finite number", "'nan' at character 15", "uniformity <= -2"),
        ("uniformity <= -inf", "a finite number", "'-inf' at character 15", ""),
        ("uniformity <= 1e999", "a finite number", "'1e999' at character 15", ""),
        ("uniformity = 2", "<= >= == < >", "'=' at character 12", "Write ==."),
        ("uniformity =< 2", "<= >= == < >", "'=<' at character 12", "Write <=."),
        ("uniformity <= 2 or so", "the end of the rule", "'or so' at character 17", ""),
        ("uniformity <= 1_000", "the end of the rule", "'_000' at character 16", ""),
        ("a <= uniformity <= 2", "a metric, triplets, or the kind", "'a' at character 1", ""),
        ("uniformity <= 2 <= 3", "the end of the rule", "'<= 3' at", "Write two rules."),
        ("-2 >= uniformity", "the name of a metric", "'-2 >= uniformity'", "stands first"),
        ("uniformty <= 2", "a metric, triplets, or", "'uniformty'", "Did you mean 'uniformity'?"),
        ("moco <= 2", "a metric, triplets, or", "'moco'", "infonce(convention=moco)"),
        ("HCL <= 2", "a metric, triplets, or", "'HCL'", "It is not one of ours. Known: mean_cos"),
        ("max(HCL) <= 2", "the kind of a loss", "'HCL' at", "not one of ours. Known: infonce, nt"),
        ("mean(infonce) <= 2", "a quantile around a loss", "'mean' at", "Write infonce alone"),
        ("avg(clip(tau=1)) <= 2", "a quantile around a loss", "'avg'", "Write clip(tau=1) alone"),
        ("std(infonce) <= 2", "a quantile around a loss", "'std'", "Known: min, p5, p25"),
        ("alignment.keys <= 2", "one cloud", "'alignment.keys'", "write alignment."),
        ("uniformity.hard <= 2", "uniformity without a field", "'hard' at character 12", ""),
        ("triplets <= 2", "a field of triplets behind", "'<= 2' at", "triplets.hard"),
        ("triplets.har <= 2", "a field of triplets", "'har' at character 10", "'hard'"),
        ("infonce.terms <= 2", "a field of infonce", "'terms'", "terms.positive"),
        ("infonce(tua=1) <= 2", "a parameter of infonce", "'tua' at character 9", "'tau'"),
        ("infonce(tau=0) <= 2", "tau: a finite number > 0", "'0' at character 13", ""),
        ("infonce(tau) <= 2", "= behind tau", "') <= 2' at character 12", "tau=VALUE"),
        ("infonce(symmetric) <= 2", "= behind symmetric", "') <= 2' at", "symmetric=VALUE"),
        ("infonce(tau=) <= 2", "a value of tau", "') <= 2' at character 13", ""),
        ("infonce(tau=1 <= 2", "a closing bracket", "'<= 2' at character 15", ""),
        ("infonce(tau=1,tau=2) <= 2", "each parameter once", "'tau' at character 15", ""),
        ("infonce(tau=1,scale=2) <= 2", "either scale or tau", "", "scale is 1 / tau"),
        ("infonce(convention=foo) <= 2", "a convention of infonce", "'convention=foo'", "moco"),
        ("infonce(symmetric=yes) <= 2", "symmetric: true or false", "'yes' at", ""),
        ("clip(similarity=l2) <= 2", "one of cosine, dot", "'l2' at character 17", ""),
        ("uniformity(alpha=2) <= 2", "a parameter of uniformity", "'alpha'", "Known: t."),
        ("uniformity(t=-1) <= 2", "t: a finite number >=", "'-1' at character 14", ""),
        ("norm_mean(t=1) <= 2", "a parameter of norm_mean", "'t'", "Leave it out."),
        ("triplets(mining=hard).hard <= 2", "a parameter of triplets.hard", "'mining'", "margin"),
        ("triplets(margin=1).anchors <= 2", "a parameter of triplets.anchors", "'margin'", ""),
        ("triplets.hard(margin=1) <= 2", "an operator", "'(' at", "triplets(p=v).hard"),
        ("triplet(mining=easy,average=active) <= 2", "average=all", "'average=active'", ""),
        ("p95(mean_cosine) <= 2", "the kind of a loss in p95", "'mean_cosine' at character 5", ""),
        ("p95(infonce.n) <= 2", "a loss alone in p95", "", "Write p95(infonce)."),
        ("p95(p5(infonce)) <= 2", "a loss", "", "A quantile is of one loss."),
        ("p95(infonce).n <= 2", "an operator", "'.' at character 13", "has no fields"),
        ("p95 <= 2", "a metric, triplets, or", "'p95'", "p95(nt-xent)"),
    ],
)
def test_what_is_no_rule_is_told_where_and_why(
    text: str, expected: str, got: str, remedy: str
) -> None:
    with pytest.raises(BadParameter) as refused:
        parse_rule(text)
    assert refused.value.what == f"rule {text!r}"
    assert expected in refused.value.expected
    assert got in refused.value.got
    assert remedy in refused.value.remedy


@pytest.mark.parametrize(
    ("op", "below", "at", "above"),
    [
        ("<", True, False, False),
        ("<=", True, True, False),
        (">", False, False, True),
        (">=", False, True, True),
        ("==", False, True, False),
    ],
)
def test_a_bound_itself_is_within_where_the_operator_says_equal(
    op: str, below: bool, at: bool, above: bool
) -> None:
    rule = parse_rule(f"uniformity {op} 0.5")
    near = (0.49999999999999994, 0.5, 0.5000000000000001)
    assert tuple(map(rule.holds, near)) == (below, at, above)


def test_an_unknown_level_lists_the_known_ones() -> None:
    with pytest.raises(BadParameter, match="Known: error, warn"):
        parse_rule("uniformity <= 2", "fatal")


_VALUES = {
    "tau": st.sampled_from(["0.07", "1", ".5", "2e-2"]),
    "margin": st.sampled_from(["0", "0.20", "3"]),
    "t": st.sampled_from(["2", "0.5", "1e1"]),
    "alpha": st.sampled_from(["1", "2.0"]),
    "similarity": st.sampled_from(["cosine", "dot"]),
    "distance": st.sampled_from(["euclidean"]),
    "swap": st.sampled_from(["true", "false", "True"]),
}


@st.composite
def _figures(draw: st.DrawFn) -> str:
    """Legal figures, in one spelling or another."""
    from contrastive_core.gate.catalogue import parameters_of, sort_of

    statistic = draw(st.sampled_from(["", "", *STATISTICS]))
    name = draw(st.sampled_from(sorted(LOSSES) if statistic else list(names())))
    sort = sort_of(Figure(name, statistic=statistic))
    fields = {"triplets": list(TRIPLET_FIELDS), "loss": ["", *LOSS_FIELDS]}.get(sort, [""])
    field = "" if statistic else draw(st.sampled_from(fields))
    known = [each for each in parameters_of(name, sort, field) if each in _VALUES]
    chosen = draw(st.lists(st.sampled_from(known), unique=True)) if known else []
    inside = ", ".join(f"{each}={draw(_VALUES[each])}" for each in chosen)
    text = f"{name}({inside})" if chosen else name
    text = f"{text}.{field}" if field else text
    text = f"{statistic}({text})" if statistic else text
    return draw(st.sampled_from([text, text.replace("_", "-"), text.replace("(", " ( ")]))


@settings(max_examples=150, deadline=None)
@given(_figures())
def test_the_text_of_a_figure_is_the_figure(text: str) -> None:
    figure = parse_figure(text)
    assert parse_figure(figure.text) == figure
    assert parse_figure(figure.text).text == figure.text


_PIECES = st.sampled_from(
    [*OPERATORS, *names(), *STATISTICS, "(", ")", ".", ",", "=", "%", "tau", "0.1", "-2", " ", "é"]
)


@settings(max_examples=250, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(_PIECES, max_size=9).map("".join)))
def test_no_text_is_a_traceback(text: str) -> None:
    rule, remedy = None, "."
    try:
        rule = parse_rule(text)
    except BadParameter as refused:
        remedy = refused.remedy
    assert remedy.endswith((".", "?"))
    if rule is not None:
        assert parse_rule(f"{rule.figure.text} {rule.op} {rule.bound!r}").figure == rule.figure


@pytest.mark.parametrize(
    ("text", "better", "counts"),
    [
        ("uniformity", "lower", False),
        ("uniformity.keys", "lower", False),
        ("alignment", "lower", False),
        ("mean_cosine", "neither", False),
        ("tolerance", "higher", False),
        ("effective_rank", "higher", True),
        ("iso_score", "higher", True),
        ("hubness", "lower", True),
        ("duplicates.keys", "lower", True),
        ("norm_mean", "neither", False),
        ("recall_at_1", "higher", True),
        ("map_at_r", "higher", True),
        ("modality_gap", "neither", False),
        ("infonce", "lower", True),
        ("nce", "lower", True),
        ("siglip", "lower", True),
        ("cross-entropy", "lower", False),
        ("contrastive", "lower", False),
        ("triplet", "lower", False),
        ("triplet(mining=batch-hard)", "lower", True),
        ("align-uniform", "lower", False),
        ("p95(triplet)", "lower", False),
        ("max(triplet)", "lower", True),
        ("infonce.mi_lower_bound", "higher", True),
        ("infonce.undefined", "lower", True),
        ("infonce.n", "neither", True),
        ("infonce.candidates", "neither", True),
        ("triplets.hard", "lower", False),
        ("triplets.semi_hard", "lower", False),
        ("triplets.easy", "higher", False),
        ("triplets.active_fraction", "lower", False),
        ("triplets.loss.mean", "lower", False),
        ("triplets(mining=batch-hard).loss.mean", "lower", True),
        ("triplets.counts.hard", "lower", True),
        ("triplets.counts.easy", "neither", True),
        ("triplets.anchors", "neither", True),
        ("triplets.undefined", "lower", True),
    ],
)
def test_which_way_is_better_and_what_grows_with_the_samples(
    text: str, better: str, counts: bool
) -> None:
    figure = parse_figure(text)
    assert (better_of(figure), dependence_of(figure).counts) == (better, counts)


def test_everything_that_can_be_checked_is_described_with_its_reason() -> None:
    entries = {each.figure: each for each in described()}
    assert set(entries) >= {*METRICS, *LOSSES, "triplets.hard", "LOSS.mi_lower_bound"}
    assert all(each.meaning and each.dependence.why for each in entries.values())
    assert entries["uniformity"].parameters == ("t",)
    assert entries["triplets.hard"].parameters == ("margin", "distance", "swap", "normalize")
    assert entries["infonce"].parameters[:3] == ("tau", "temperature", "scale")
    assert entries["hubness"].parameters == ()


@pytest.mark.parametrize(
    ("begun", "some"),
    [
        ("uni", ("uniformity", "uniformity.keys")),
        ("triplets.h", ("triplets.hard",)),
        ("p9", ("p95(",)),
        ("p95(inf", ("p95(infonce)",)),
        ("infonce.mi", ("infonce.mi_lower_bound",)),
        ("zzz", ()),
    ],
)
def test_a_shell_is_told_how_a_figure_goes_on(begun: str, some: tuple[str, ...]) -> None:
    assert completions(begun) == some


def test_every_completion_of_a_name_is_a_figure() -> None:
    for text in completions(""):
        if not text.endswith("("):
            assert parse_figure(text).text == text


def test_the_grammar_and_the_catalogue_import_no_numpy() -> None:
    code = (
        "import sys; import contrastive_core.gate.grammar, contrastive_core.gate.catalogue;"
        "from contrastive_core.gate.grammar import parse_rule; parse_rule('infonce(tau=1) <= 2');"
        "sys.exit('numpy' in sys.modules or 'pyarrow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
