"""What a command tells: the keys of each kind, which samples are listed, and the conventions."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from command_line import contrast, small_files
from golden import near

EVERY = {
    *("schema", "command", "version", "inputs", "warnings", "kind", "value", "reduction", "n"),
    *("sample", "undefined", "convention", "parameters", "positives", "quantiles"),
    *("worst", "per_sample"),
}
SOFTMAX = {"candidates", "chance", "terms"}
BOUND = {*SOFTMAX, "mi_lower_bound"}
LOG = math.log

KEYS = [
    # The line, what a sample is, how many terms there are, and the keys beside those of all.
    ("infonce a.npy b.npy", "anchor", 4, BOUND),
    ("infonce a.npy b.npy --bank bank.npy", "anchor", 4, BOUND),
    ("infonce a.npy b.npy --bank bank.npy --denominator bank", "anchor", 4, BOUND),
    ("infonce a.npy b.npy --denominator views", "anchor", 4, SOFTMAX),
    ("infonce ab.npy --pairs pairs.npy", "anchor", 4, BOUND),
    ("infonce a.npy b.npy --symmetric", "pair", 4, BOUND),
    ("infonce a.npy b.npy --convention info-nce-pytorch", "anchor", 4, BOUND),
    ("infonce a.npy b.npy --convention moco --bank bank.npy", "anchor", 4, BOUND),
    ("infonce a.npy b.npy --convention lightly --bank bank.npy", "anchor", 4, SOFTMAX),
    ("infonce a.npy b.npy --convention sentence-transformers", "anchor", 4, SOFTMAX),
    (
        "infonce a.npy b.npy --convention tensorflow-similarity",
        "anchor",
        4,
        {"candidates", "terms"},
    ),
    ("nt-xent a.npy b.npy", "anchor", 8, SOFTMAX),
    ("nt-xent ab.npy --labels twice.npy", "anchor", 8, SOFTMAX),
    ("clip a.npy b.npy", "pair", 4, BOUND),
    ("clip a.npy b.npy --convention open_clip", "pair", 4, SOFTMAX),
    ("dcl a.npy b.npy", "anchor", 8, SOFTMAX),
    ("supcon c.npy --labels y.npy", "anchor", 5, SOFTMAX),
    ("cross-entropy c.npy --prototypes classes.npy --labels y.npy", "row", 6, SOFTMAX),
    ("cross-entropy --scores logits.npy --labels y.npy", "row", 6, SOFTMAX),
    ("nce a.npy b.npy", "anchor", 4, set()),
    ("nce a.npy b.npy --log-z 1.5", "anchor", 4, set()),
    ("nce a.npy b.npy --log-z auto", "anchor", 4, {"chance"}),
    ("nce a.npy b.npy --log-z fit", "anchor", 4, {"chance"}),
    ("siglip a.npy b.npy", "anchor", 4, set()),
    ("contrastive a.npy b.npy --match match.npy", "pair", 4, set()),
    ("contrastive ab.npy --pairs matched.npy", "pair", 4, set()),
    ("contrastive c.npy --labels y.npy", "anchor", 15, set()),
    ("alignment a.npy b.npy", "pair", 4, set()),
    ("align-uniform a.npy b.npy", "pair", 4, set()),
    ("uniformity a.npy", "row", 6, set()),
    ("triplet c.npy --labels y.npy", "anchor", 26, {"chance"}),
    ("triplet a.npy b.npy d.npy", "triplet", 4, {"chance"}),
    ("triplet abd.npy --triplets triplets.npy", "triplet", 4, {"chance"}),
]

SAMPLES = [
    ("infonce a.npy b.npy", "loss positive rank hardest hardest_index"),
    ("nt-xent a.npy b.npy", "view loss positive rank hardest hardest_index hardest_view"),
    ("dcl a.npy b.npy", "view loss positive rank hardest hardest_index hardest_view"),
    ("supcon c.npy --labels y.npy", "loss positive positives rank hardest hardest_index"),
    (
        "cross-entropy --scores logits.npy --labels y.npy",
        "loss positive rank hardest hardest_index",
    ),
    ("siglip a.npy b.npy", "loss positive rank hardest hardest_index"),
    ("contrastive c.npy --labels y.npy", "loss positives negatives"),
    ("contrastive a.npy b.npy", "loss similar distance"),
    ("contrastive ab.npy --pairs matched.npy", "loss first second similar distance"),
    ("alignment a.npy b.npy", "loss distance"),
    ("uniformity a.npy", "loss"),
    ("uniformity a.npy b.npy", "view loss"),
    ("align-uniform a.npy b.npy", "loss distance alignment uniformity"),
    ("triplet c.npy --labels y.npy", "loss triplets hard semi_hard easy"),
    ("triplet a.npy b.npy d.npy", "loss positive_distance negative_distance category"),
]

DIALECTS = [
    ("infonce a.npy b.npy --bank bank.npy", "moco", 0.036572259061685),
    ("infonce a.npy b.npy --bank bank.npy", "lightly", 0.396292492408917),
    ("infonce a.npy b.npy --bank bank.npy", "info-nce-pytorch", 0.0634948150276866),
    ("infonce a.npy b.npy", "info-nce-pytorch", 0.240493125422491),
    ("infonce a.npy b.npy", "sentence-transformers", 0.191500285554253),
    ("infonce a.npy b.npy", "tensorflow-similarity", 0.191500298032373),
    ("contrastive a.npy b.npy --match match.npy", "paper", 0.0629176402292716),
    ("contrastive a.npy b.npy --match match.npy", "sentence-transformers", 0.0335243096402842),
    ("contrastive a.npy b.npy --match match.npy", "tensorflow-addons", 0.125835280458543),
    ("contrastive h.npy --labels yh.npy", "pytorch-metric-learning", 1.29930556890514),
    ("triplet h.npy --labels yh.npy", "pytorch-metric-learning", 0.677061043083529),
    ("triplet h.npy --labels yh.npy", "sentence-transformers", 4.82021065018775),
    ("triplet h.npy --labels yh.npy --mining batch-hard", "tensorflow-addons", 1.00893541655484),
    ("triplet h.npy --labels yh.npy --mining semi-hard", "tensorflow-addons", 0.931413125886793),
    ("triplet a.npy b.npy d.npy", "sentence-transformers", 3.7380304950812),
    ("nt-xent a.npy b.npy", "lightly", 0.85879857880765),
    ("nt-xent a.npy b.npy", "simclr", 0.783415270038659),
    ("nt-xent a.npy b.npy", "tensorflow-similarity", 0.632745739472213),
    ("nt-xent a.npy b.npy", "pytorch-metric-learning", 0.343781561282935),
    ("nt-xent a.npy b.npy", "optax", 0.343781561282935),
    ("nt-xent h.npy --labels yh.npy", "optax", 3.63458886571597),
    ("supcon h.npy --labels yh.npy", "supcontrast", 3.99984801850046),
    ("supcon h.npy --labels yh.npy --tau 0.1", "supcontrast", 4.23041977749521),
    ("supcon h.npy --labels yh.npy", "pytorch-metric-learning", 3.48883073317741),
    ("clip a.npy b.npy", "open_clip", 0.213713676009804),
    ("align-uniform a.npy b.npy", "lightly", -1.3634524739718),
]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_files(tmp_path_factory.mktemp("here"))


def _json(line: str, here: Path) -> dict[str, Any]:
    return contrast(f"contrast loss -q --precision float64 --kind {line} -o json", here).document


@pytest.mark.parametrize(("line", "sample", "n", "further"), KEYS)
def test_json_holds_the_keys_of_the_kind_and_no_others(
    line: str, sample: str, n: int, further: set[str], here: Path
) -> None:
    document = _json(f"{line} --per-sample", here)
    assert set(document) == EVERY | further
    assert (document["sample"], document["n"]) == (sample, n)
    if "terms" in further:
        assert sum(document["terms"].values()) == pytest.approx(document["value"], rel=1e-12)


@pytest.mark.parametrize(("line", "columns"), SAMPLES)
def test_samples_have_the_columns_of_the_kind(line: str, columns: str, here: Path) -> None:
    document = _json(f"{line} --per-sample", here)
    assert list(document["per_sample"][0]) == ["index", *columns.split()]
    told = contrast(f"contrast loss -q --kind {line} -o csv", here)
    assert list(told.rows[0]) == ["index", *columns.split()]


@pytest.mark.parametrize(
    ("line", "chance", "candidates"),
    [
        ("infonce a.npy b.npy", LOG(4), 4),
        ("infonce a.npy b.npy --bank bank.npy", LOG(6), 6),
        ("infonce a.npy b.npy --bank bank.npy --denominator bank", LOG(3), 3),
        ("infonce a.npy b.npy --denominator views", LOG(7), 7),
        ("infonce p1.npy p2.npy own.npy", LOG(6), 6),
        ("infonce --scores banked.npy", LOG(3), 3),
        ("nt-xent a.npy b.npy", LOG(7), 7),
        ("clip a.npy b.npy", LOG(4), 4),
        ("dcl a.npy b.npy", LOG(6), 6),
        ("supcon c.npy --labels y.npy", LOG(5), 5),
        ("cross-entropy --scores logits.npy --labels y.npy", LOG(3), 3),
        ("nce a.npy b.npy --log-z fit", LOG(17) + 16 * LOG(1 + 1 / 16), None),
        ("triplet c.npy --labels y.npy --margin 0.7", 0.7, None),
        ("triplet c.npy --labels y.npy --soft-margin", LOG(2), None),
        ("nt-xent a.npy b.npy --convention simclr", 2 * LOG(7), 7),
    ],
)
def test_chance_is_the_value_of_equal_scores(
    line: str, chance: float, candidates: int | None, here: Path
) -> None:
    document = _json(line, here)
    assert document["chance"] == near(chance)
    assert document.get("candidates") == candidates


def test_mutual_information_is_log_k_less_the_mean(here: Path) -> None:
    infonce = _json("infonce --tau 0.1 a.npy b.npy", here)
    assert infonce["mi_lower_bound"] == near(1.3862943611198906 - 0.24049312542249135)
    summed = _json("clip --tau 0.1 a.npy b.npy --reduction sum", here)
    assert summed["mi_lower_bound"] == near(1.3862943611198906 - 0.24230586707116575)


@pytest.mark.parametrize(
    ("line", "layout"),
    [
        ("infonce a.npy b.npy", "two files"),
        ("infonce ab.npy", "stacked"),
        ("infonce interleaved.npy --views interleaved", "interleaved"),
        ("infonce second.npy", "views second"),
        ("infonce ab.npy --pairs pairs.npy", "pairs"),
        ("infonce p1.npy p2.npy own.npy", "own negatives"),
        ("infonce --scores banked.npy", "first column"),
        ("clip --scores scores.npy --positive diagonal", "diagonal"),
        ("supcon c.npy --labels y.npy", "labels"),
        ("contrastive a.npy b.npy --match match.npy", "match"),
        ("triplet abd.npy --triplets triplets.npy", "triplets"),
        ("uniformity a.npy", "one cloud"),
    ],
)
def test_json_says_how_the_positives_were_found(line: str, layout: str, here: Path) -> None:
    positives = _json(line, here)["positives"]
    assert positives["layout"] == layout
    assert positives["assumed"] is (line == "infonce ab.npy")


def test_the_table_names_the_samples(here: Path) -> None:
    for line, sample in (
        ("infonce a.npy b.npy", "anchor"),
        ("alignment a.npy b.npy", "pair"),
        ("uniformity a.npy", "row"),
        ("triplet a.npy b.npy d.npy", "triplet"),
    ):
        out = contrast(f"contrast loss -q --kind {line}", here).out
        assert f"\nThe loss over the {sample}s\n" in out
        assert f"\nThe worst 4 of 4 {sample}s\n" in out
        assert f"\n{sample}s " in out


def test_undefined_samples_are_counted_and_said(here: Path) -> None:
    told = contrast("contrast loss --kind supcon c.npy --labels y.npy", here)
    assert "1 more define no loss and are left out" in told.out
    assert "warning: rows alone in their class, without a positive: 1 of 6." in told.err
    assert _json("supcon c.npy --labels y.npy", here)["undefined"] == 1
    mined = _json("triplet c.npy --labels y.npy --mining random-semi-hard", here)
    assert (mined["n"], mined["undefined"]) == (2, 4)


# Which samples are listed, and in what order. Losses of the five: 2, 1, 0, 4, 3 from the worst on.

SUPCON = "contrast loss -qq --kind supcon c.npy --labels y.npy"


@pytest.mark.parametrize(
    ("options", "key", "indices"),
    [
        ("", "worst", [2, 1, 0, 4, 3]),
        ("--top 2", "worst", [2, 1]),
        ("--top 2 --sort worst", "worst", [2, 1]),
        ("--sort best", "best", [3, 4, 0, 1, 2]),
        ("--top 3 --sort best", "best", [3, 4, 0]),
        ("--sort index", "first", [0, 1, 2, 3, 4]),
        ("--top 2 --sort index", "first", [0, 1]),
        ("--top 0", "worst", []),
        ("--top 99", "worst", [2, 1, 0, 4, 3]),
    ],
)
def test_json_lists_the_samples_asked_for(
    options: str, key: str, indices: list[int], here: Path
) -> None:
    document = contrast(f"{SUPCON} {options} -o json", here).document
    assert [sample["index"] for sample in document[key]] == indices
    assert len({"worst", "best", "first", "per_sample"} & set(document)) == 1


@pytest.mark.parametrize(
    ("options", "indices"),
    [
        ("", [0, 1, 2, 3, 4, 5]),
        ("--sort index", [0, 1, 2, 3, 4, 5]),
        ("--sort worst", [2, 1, 0, 4, 3, 5]),
        ("--sort best", [3, 4, 0, 1, 2, 5]),
        ("--top 2", [2, 1]),
        ("--top 2 --sort best", [3, 4]),
        ("--top 2 --sort index", [0, 1]),
        ("--per-sample --sort best", [3, 4, 0, 1, 2, 5]),
    ],
)
def test_csv_lists_the_samples_asked_for(options: str, indices: list[int], here: Path) -> None:
    rows = contrast(f"{SUPCON} {options} -o csv", here).rows
    assert [int(row["index"]) for row in rows] == indices
    assert all((row["loss"] == "nan") is (row["index"] == "5") for row in rows)


@pytest.mark.parametrize("sort", ["worst", "best"])
def test_undefined_samples_come_last_and_are_null(sort: str, here: Path) -> None:
    document = contrast(f"{SUPCON} --per-sample --sort {sort} -o json", here).document
    losses = [sample["loss"] for sample in document["per_sample"]]
    assert losses[-1] is None
    assert document["per_sample"][-1]["index"] == 5
    assert losses[:-1] == sorted(losses[:-1], reverse=sort == "worst")


@pytest.mark.parametrize(
    ("options", "title"),
    [
        ("", "The worst 5 of 5 anchors"),
        ("--top 2", "The worst 2 of 5 anchors"),
        ("--sort best --top 3", "The best 3 of 5 anchors"),
        ("--sort index --top 3", "The first 3 of 5 anchors"),
        ("--per-sample", "All samples"),
    ],
)
def test_the_table_says_which_samples_it_lists(options: str, title: str, here: Path) -> None:
    told = contrast(f"{SUPCON} {options}", here)
    assert f"\n{title}\n" in told.out
    assert told.err == ""


def test_a_table_of_no_samples_has_no_title(here: Path) -> None:
    assert "The worst" not in contrast(f"{SUPCON} --top 0", here).out


def test_the_same_samples_in_every_format_of_one_run(here: Path, tmp_path: Path) -> None:
    outputs = " ".join(f"-o {name}:{tmp_path / name}" for name in ("json", "csv", "table"))
    told = contrast(f"{SUPCON} --top 2 --sort best {outputs}", here)
    assert (told.code, told.out, told.err) == (0, "", "")
    document = json.loads((tmp_path / "json").read_text())
    assert [sample["index"] for sample in document["best"]] == [3, 4]
    lines = (tmp_path / "csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["index", "3", "4"]
    assert "\nThe best 2 of 5 anchors\n" in (tmp_path / "table").read_text()


# The line of bars.


def _bars(out: str) -> list[str]:
    return [line for line in out.splitlines() if line and set(line) <= set(" ▁▂▃▄▅▆▇█")]


def test_bars_show_where_the_losses_lie(here: Path) -> None:
    out = contrast(SUPCON, here).out
    (bars,) = _bars(out)
    assert len(bars) <= 60
    assert sum(bar != " " for bar in bars) == 5
    scale = out.splitlines()[out.splitlines().index(bars) + 1]
    assert scale.split() == ["0.5623", "0.9492"]


def test_chance_is_marked_where_it_lies_among_the_losses(here: Path) -> None:
    assert "^ chance" not in contrast(SUPCON, here).out
    line = "nt-xent --tau 0.1 h.npy --labels yh.npy"
    out = contrast(f"contrast loss -qq --kind {line}", here).out
    (bars,) = _bars(out)
    (marked,) = [line for line in out.splitlines() if line.endswith("^ chance")]
    ends = _json(line, here)["quantiles"]
    share = (LOG(5) - ends["min"]) / (ends["max"] - ends["min"])
    assert marked.index("^") == int(share * 60)
    assert len(bars) == 60


def test_equal_losses_have_no_bars(here: Path) -> None:
    assert _bars(contrast("contrast loss -q --kind alignment a.npy a.npy", here).out) == []


# Conventions.


@pytest.mark.parametrize(("line", "name", "expected"), DIALECTS)
def test_a_convention_is_the_value_of_its_library(
    line: str, name: str, expected: float, here: Path
) -> None:
    document = _json(f"{line} --convention {name}", here)
    assert document["value"] == near(expected)
    assert document["convention"]["name"] == name


def test_the_ledger_says_what_a_convention_multiplies_by(here: Path) -> None:
    ledger = _json("nt-xent a.npy b.npy --convention simclr", here)["convention"]
    assert (ledger["factor"], ledger["tau"], ledger["scale"]) == (2.0, 0.1, 10.0)
    ledger = _json("supcon h.npy --labels yh.npy --tau 0.1 --convention supcontrast", here)
    assert ledger["convention"]["factor"] == near(0.1 / 0.07)


def test_the_table_says_what_is_set_instead_of_a_default(here: Path) -> None:
    line = "contrast loss --kind nt-xent a.npy b.npy --tau 0.5 --convention"
    assert "are added; tau 0.1; here tau 0.5; 2 times" in contrast(f"{line} simclr", here).out
    flat = " ".join(contrast(f"{line} all -o md", here).out.split())
    assert "the losses of a sample's two views are added; tau 0.1; here tau 0.5" in flat
    assert "the paper's value, tau 0.5 |" in flat


def test_of_ready_scores_the_table_names_no_normalisation(here: Path) -> None:
    out = contrast("contrast loss --kind infonce --scores a.npy --positive first", here).out
    assert "ready scores, taken as they are; float" in out


ALL = "contrast loss -q --precision float64 --kind infonce a.npy b.npy --convention all"
OF_ALL = {
    "paper": 0.2114072650761914,
    "info-nce-pytorch": 0.240493125422491,
    "sentence-transformers": 0.191500285554253,
    "moco": None,
    "lightly": None,
    "tensorflow-similarity": 0.191500298032373,
}


def test_all_conventions_in_json(here: Path) -> None:
    document = contrast(f"{ALL} -o json", here).document
    assert set(document) == {
        *("schema", "command", "version", "inputs", "warnings", "kind", "conventions")
    }
    found = {entry["name"]: entry for entry in document["conventions"]}
    assert list(found) == list(OF_ALL)
    for name, expected in OF_ALL.items():
        if expected is None:
            assert set(found[name]) == {"name", "value", "skipped"}
            assert found[name]["value"] is None
            assert "expected --bank" in found[name]["skipped"]
        else:
            assert found[name]["value"] == near(expected)
            assert found[name]["convention"]["name"] == name
            assert found[name]["candidates"] == 4


def test_all_conventions_in_csv(here: Path) -> None:
    rows = contrast(f"{ALL} -o csv", here).rows
    assert [row["convention"] for row in rows] == list(OF_ALL)
    for row, expected in zip(rows, OF_ALL.values(), strict=True):
        if expected is None:
            assert (row["value"], row["n"], row["candidates"]) == ("nan", "", "")
            assert "expected --bank" in row["skipped"]
        else:
            assert float(row["value"]) == near(expected)
            assert (row["n"], row["candidates"], row["skipped"]) == ("4", "4", "")


def test_all_conventions_in_a_table(here: Path) -> None:
    told = contrast(ALL, here)
    assert (told.code, told.err) == (0, "")
    named = [line.split()[0] for line in told.out.splitlines() if line and line[0].isalpha()]
    assert named[: len(OF_ALL) + 1] == ["convention", *OF_ALL]
    assert told.out.count("skipped: expected --bank") == 2


def test_with_a_bank_the_conventions_that_know_one_are_not_skipped(here: Path) -> None:
    document = contrast(f"{ALL} --bank bank.npy -o json", here).document
    found = {entry["name"]: entry["value"] for entry in document["conventions"]}
    assert found["moco"] == near(0.036572259061685)
    assert found["lightly"] == near(0.396292492408917)
    skipped = [name for name, value in found.items() if value is None]
    assert skipped == ["sentence-transformers", "tensorflow-similarity"]


def test_a_parameter_that_a_convention_excludes_skips_it(here: Path) -> None:
    document = contrast(f"{ALL} --similarity cosine --tau 0.1 -o json", here).document
    found = {entry["name"]: entry for entry in document["conventions"]}
    assert "similarity dot" in found["tensorflow-similarity"]["skipped"]
    for name in ("paper", "info-nce-pytorch", "sentence-transformers"):
        assert found[name]["value"] == near(0.24049312542249135)


def test_a_kind_without_conventions_has_the_papers(here: Path) -> None:
    line = "contrast loss -q --kind nce --expected a.npy b.npy --convention all -o csv"
    assert [row["convention"] for row in contrast(line, here).rows] == ["paper"]
