"""`contrast triplets`: golden values, what each format holds, which anchors, what is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import Told, contrast, refused, small_files, table
from contrast_cli import consoles
from contrast_cli.consoles import Bar, Manners
from golden import C, circle, near

HEADING = {"schema", "command", "version", "inputs", "warnings", "positives", "estimated"}
AT = {
    *("margin", "triplets", "anchors", "undefined", "counts", "fractions", "active_fraction"),
    *("loss", "convention", "parameters"),
}
SORTS = {"easy", "semi_hard", "hard"}
ROWS = "contrast triplets -qq c.npy --labels y.npy"
LISTED = "contrast triplets -qq abd.npy --triplets triplets.npy"
FILES = "contrast triplets -qq a.npy b.npy d.npy"
ANCHORS = [
    *("index", "label", "loss", "triplets", "hard", "semi_hard", "easy"),
    *("positive_index", "positive_distance", "negative_index", "negative_distance"),
]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_files(tmp_path_factory.mktemp("here"))
    np.save(folder / "named.npy", np.array(["x", "y", "x", "y"]))
    table(folder, "nulls.parquet", label=np.array([0, 0, None, 1, 1, 1], object))
    np.save(folder / "below.npy", np.array([-1, -1, -1, 0, 0, 5]))
    return folder


def _told(line: str, here: Path) -> Told:
    told = contrast(line, here)
    assert (told.code, told.err) == (0, "")
    return told


def _json(line: str, here: Path) -> dict[str, Any]:
    return contrast(f"{line} -o json", here).document


# Golden values.


@pytest.mark.parametrize(
    ("line", "mean", "counts"),
    [
        ("c.npy --labels y.npy", 0.00624751159786389, (0, 2, 24)),
        ("c.parquet --labels y.parquet", 0.00624751159786389, (0, 2, 24)),
        ("c.npy --labels words.parquet", 0.00624751159786389, (0, 2, 24)),
        ("c.npy --labels y.npy --distance euclidean", 0.0021797459727028756, (0, 2, 24)),
        ("c.npy --labels y.npy --distance cosine", 0.0212008625162305, (0, 6, 20)),
        ("c.npy --labels y.npy --soft-margin", 0.424836331695638, (0, 2, 24)),
        ("c.npy --labels y.npy --swap", 0.0124950231957278, (0, 4, 22)),
        ("c.npy --labels y.npy --mining batch-hard", 0.0324870603088922, (0, 2, 24)),
        ("c.npy --labels y.npy --average active", 0.0812176507722306, (0, 2, 24)),
        ("h.npy --labels yh.npy", 0.45445229801335, (8, 1, 17)),
        ("h.npy --labels yh.npy --swap", 0.862772122642804, (12, 2, 12)),
        ("h.npy --labels yh.npy --mining batch-hard", 0.641570035598837, (8, 1, 17)),
    ],
)
def test_golden_values(line: str, mean: float, counts: tuple[int, ...], here: Path) -> None:
    assert contrast(f"contrast triplets -qq {line} -o value", here).value == near(mean)
    document = _json(f"contrast triplets -qq {line}", here)
    assert [document["counts"][name] for name in ("hard", "semi_hard", "easy")] == list(counts)
    assert document["triplets"] == 26


@pytest.mark.parametrize(
    "options",
    ["", "--mining semi-hard", "--mining batch-hard", "--average active", "--soft-margin", "--raw"],
)
def test_the_value_is_that_of_the_loss(options: str, here: Path) -> None:
    inputs = f"h.npy --labels yh.npy {options} -o value"
    loss = contrast(f"contrast loss -qq --kind triplet {inputs}", here)
    assert _told(f"contrast triplets -qq {inputs}", here).out == loss.out


def test_a_sample_of_every_anchor_is_exact(here: Path) -> None:
    exact, sampled = _json(ROWS, here), _json(f"{ROWS} --sample 5", here)
    assert sampled["fractions"] == exact["fractions"]
    assert sampled["loss"]["mean"] == near(exact["loss"]["mean"])


# JSON.


def test_json_holds_these_keys_and_no_others(here: Path) -> None:
    document = _json(ROWS, here)
    assert set(document) == HEADING | AT | {"per_class", "worst"}
    assert (document["schema"], document["command"]) == ("contrast/1", "triplets")
    assert set(document["counts"]) == set(document["fractions"]) == SORTS
    assert set(document["loss"]) == {"mean", "mean_active"}
    assert (document["anchors"], document["undefined"]) == (5, 1)
    assert (document["estimated"], document["active_fraction"]) == (False, 2 / 26)
    assert document["parameters"]["margin"] == 0.2
    assert document["parameters"]["precision"] == "float64"
    assert document["convention"]["reduction"] == "mean over all triplets"
    assert document["positives"]["layout"] == "labels"
    assert [each["role"] for each in document["inputs"]] == ["embeddings", "labels"]


@pytest.mark.parametrize("line", [LISTED, FILES])
def test_json_of_listed_triplets(line: str, here: Path) -> None:
    document = _json(f"{line} --per-sample", here)
    assert set(document) == HEADING | AT | {"worst", "per_sample"}
    assert (document["triplets"], document["anchors"], document["undefined"]) == (4, 4, 0)
    found = document["per_sample"][1]
    assert found["category"] == "easy"
    assert found["gap"] == found["negative_distance"] - found["positive_distance"]
    assert ("anchor" in found) is (line == LISTED)


def test_json_of_several_margins_is_a_list_of_the_same_objects(here: Path) -> None:
    line = f"{ROWS} --per-sample"
    document = _json(f"{line} --margin 0.3 --margin 0.1", here)
    assert set(document) == HEADING | {"triplets", "anchors", "undefined", "margins"}
    for margin, found in zip((0.3, 0.1), document["margins"], strict=True):
        alone = _json(f"{line} --margin {margin}", here)
        assert found == {name: alone[name] for name in alone if name not in HEADING}


def test_json_of_a_sample_says_so(here: Path) -> None:
    document = _json(f"{ROWS} --sample 3 --seed 2", here)
    assert set(document) == HEADING | AT | {"per_class", "worst", "sample", "intervals"}
    assert (document["estimated"], document["sample"], document["triplets"]) == (True, 3, 26)
    counts = document["counts"]
    assert {counts[name] for name in SORTS} == {None}
    assert "cannot be sampled" in counts["reason"]
    intervals = document["intervals"]
    assert set(intervals) == {"fractions", "active_fraction", "loss"}
    assert set(intervals["fractions"]) == SORTS
    assert set(intervals["loss"]) == {"mean", "mean_active"}
    for low, high in (*intervals["fractions"].values(), intervals["active_fraction"]):
        assert 0.0 <= low <= high <= 1.0
    assert document["parameters"]["seed"] == 2
    assert set(document["per_class"][0]) >= {"anchors", "hard_fraction"}
    assert "hard" not in document["per_class"][0]


def test_undefined_numbers_are_null(here: Path) -> None:
    document = _json(f"{ROWS} --mining hard --per-sample", here)
    assert document["loss"] == {"mean": None, "mean_active": None}
    assert document["worst"] == []
    lone = document["per_sample"][5]
    assert (lone["loss"], lone["triplets"], lone["positive_index"]) == (None, 0, None)
    assert document["per_class"][2]["hard_fraction"] is None


def test_classes_have_their_names(here: Path) -> None:
    classes = _json("contrast triplets -qq c.npy --labels words.npy", here)["per_class"]
    assert [(each["label"], each["size"]) for each in classes] == [
        ("ant", 1),
        ("cat", 3),
        ("dog", 2),
    ]
    assert [each["nearest_class"] for each in classes] == ["dog", "dog", "ant"]
    below = _json("contrast triplets -qq c.npy --labels below.npy --per-sample", here)
    assert [each["label"] for each in below["per_class"]] == [-1, 0, 5]
    assert [each["label"] for each in below["per_sample"]] == [-1, -1, -1, 0, 0, 5]
    rows = contrast("contrast triplets -qq c.npy --labels below.npy -o csv", here).rows
    assert [row["label"] for row in rows] == ["-1", "-1", "-1", "0", "0", "5"]


def test_rows_without_a_label_are_undefined(here: Path) -> None:
    document = _json("contrast triplets -qq c.npy --labels nulls.parquet --per-sample", here)
    assert (document["triplets"], document["anchors"], document["undefined"]) == (
        2 * 1 * 3 + 3 * 2 * 2,
        5,
        1,
    )
    assert document["per_sample"][2]["label"] is None


def test_views_of_a_sample_are_counted_by_view(here: Path) -> None:
    for line in ("views.npy --labels named.npy", "a.npy b.npy --labels named.npy"):
        document = _json(f"contrast triplets -qq {line} --per-sample", here)
        assert document["triplets"] == 8 * 3 * 4
        rows = document["per_sample"]
        assert [row["index"] for row in rows] == [0, 1, 2, 3] * 2
        assert [row["view"] for row in rows] == [0] * 4 + [1] * 4
        assert all(row["positive_view"] == row["positive_index"] // 4 for row in rows)


# csv, and which anchors are listed.


def test_csv_has_one_row_per_anchor(here: Path) -> None:
    rows = _told(f"{ROWS} -o csv", here).rows
    assert list(rows[0]) == ANCHORS
    assert [int(row["index"]) for row in rows] == list(range(6))
    assert sum(int(row["easy"]) for row in rows) == 24
    assert (rows[5]["loss"], rows[5]["positive_index"]) == ("nan", "")


def test_csv_has_one_row_per_listed_triplet(here: Path) -> None:
    distances = ["positive_distance", "negative_distance"]
    assert list(_told(f"{FILES} -o csv", here).rows[0]) == [
        *("index", "loss", "category", "gap", *distances)
    ]
    assert list(_told(f"{LISTED} -o csv", here).rows[0]) == [
        *("index", "loss", "category", "gap", "anchor", "positive_index", "positive_distance"),
        *("negative_index", "negative_distance"),
    ]


def test_csv_of_several_margins_has_every_anchor_at_each(here: Path) -> None:
    rows = _told(f"{ROWS} --margin 0.3 --margin 0.1 -o csv", here).rows
    assert list(rows[0]) == ["margin", *ANCHORS]
    assert [float(row["margin"]) for row in rows] == [0.3] * 6 + [0.1] * 6
    alone = _told(f"{ROWS} --margin 0.1 -o csv", here).rows
    assert [{name: row[name] for name in ANCHORS} for row in rows[6:]] == alone


@pytest.mark.parametrize(
    ("options", "key", "indices"),
    [
        ("", "worst", [4, 2, 0, 1, 3]),
        ("--top 2", "worst", [4, 2]),
        ("--sort best --top 4", "best", [0, 1, 3, 2]),
        ("--sort index --top 3", "first", [0, 1, 2]),
        ("--top 0", "worst", []),
    ],
)
def test_the_anchors_asked_for_are_listed(
    options: str, key: str, indices: list[int], here: Path
) -> None:
    document = _json(f"{ROWS} {options}", here)
    assert [row["index"] for row in document[key]] == indices
    if "--top" in options and indices:
        rows = _told(f"{ROWS} {options} -o csv", here).rows
        assert [int(row["index"]) for row in rows] == indices


def test_one_run_writes_every_format(here: Path, tmp_path: Path) -> None:
    outputs = " ".join(f"-o {name}:{tmp_path / name}" for name in ("json", "csv", "table", "value"))
    assert _told(f"{ROWS} {outputs}", here).out == ""
    value = float((tmp_path / "value").read_text())
    assert json.loads((tmp_path / "json").read_text())["loss"]["mean"] == value
    assert "The worst 5 of 5 anchors" in (tmp_path / "table").read_text()


# The table.


def _lines(line: str, here: Path) -> list[str]:
    return _told(line, here).out.splitlines()


def test_every_sort_has_a_line_with_count_share_and_a_bar_of_its_own(here: Path) -> None:
    lines = _lines("contrast triplets -qq h.npy --labels yh.npy", here)
    for start, cells in (
        ("hard", ["8", "30.77", "%", "█" * 12]),
        ("semi-hard", ["1", "3.846", "%", "▓" * 2]),
        ("easy", ["17", "65.38", "%", "░" * 26]),
    ):
        assert [start, *cells] in [line.split() for line in lines]
        assert any(line.startswith(f"{start} ") and "D(a,n)" in line for line in lines)


def test_a_large_number_is_grouped_in_the_table_alone(here: Path) -> None:
    labels = np.repeat([0, 1], 30)
    np.save(here / "sixty.npy", circle(*range(60)))
    np.save(here / "two.npy", labels)
    line = "contrast triplets -qq sixty.npy --labels two.npy"
    assert _lines(line, here)[0].split()[:2] == ["triplets", "52,200"]
    assert _json(line, here)["triplets"] == 52200


def test_colour_is_never_alone(here: Path) -> None:
    plain = _told(f"{ROWS} --color never", here).out
    colored = _told(f"{ROWS} --color always", here).out
    assert "\x1b[" not in plain
    assert "\x1b[33m▓" in colored
    assert "\x1b[32m░" in colored


def test_several_margins_have_a_line_each_with_a_stacked_bar(here: Path) -> None:
    lines = _lines("contrast triplets -qq h.npy --labels yh.npy --margin 0.2 --margin 3", here)
    assert "█ hard   ▓ semi-hard   ░ easy" in lines
    (first,) = [line.split() for line in lines if line.startswith("   0.2 ")]
    assert first[1:7] == ["30.77", "%", "3.846", "%", "65.38", "%"]
    assert (len(first[-1]), first[-1].count("█"), first[-1].count("▓")) == (40, 12, 2)
    (second,) = [line.split() for line in lines if line.startswith("     3 ")]
    assert second[0] == "3"
    assert any("of 5 anchors (margin 0.2)" in line for line in lines)


def test_a_sample_is_said_and_every_number_has_its_interval(here: Path) -> None:
    line = "contrast triplets -qq h.npy --labels yh.npy --sample 4 --seed 3"
    lines = _lines(line, here)
    assert "estimated" in lines[1]
    assert "(seed 3)" in lines[1]
    for start in ("hard ", "easy ", "mean ", "active fraction "):
        assert any(line.startswith(start) and "±" in line for line in lines), start


def test_the_guide_says_what_good_looks_like(here: Path) -> None:
    assert "good:" not in _told(ROWS, here).out
    assert _told(f"{ROWS} --guide", here).out.count("good: ") == 6
    assert set(_json(f"{ROWS} --guide", here)["guide"]) == {
        *("hard", "semi_hard", "easy", "active_fraction", "mean", "mean_active")
    }


def test_the_table_lists_ten_classes_and_says_how_many_more(here: Path) -> None:
    np.save(here / "many.npy", circle(*range(0, 280, 10)))
    np.save(here / "fourteen.npy", np.arange(28) // 2)
    line = "contrast triplets -qq many.npy --labels fourteen.npy"
    assert "; 4 more: -o json has all" in _told(line, here).out
    assert len(_json(line, here)["per_class"]) == 14


# Help, refusals, the bar.


def test_the_help_shows_its_options_and_runs_its_examples(here: Path) -> None:
    out = contrast("contrast triplets --help", here).out
    examples = [line.strip() for line in out.splitlines() if line.startswith("    contrast ")]
    assert len(examples) == 4
    root = Path(__file__).resolve().parent.parent
    for example in examples:
        assert contrast(example, root).code == 0
    for option in ("--margin", "--sample", "--mining", "--guide", "--soft-margin", "--raw"):
        assert f"  {option} " in out
    assert "--convention" not in out
    assert "--reduction" not in out


REFUSED = [
    ("c.npy", "contrast triplets emb.npy --labels y.npy"),
    ("a.npy b.npy", "contrast triplets anchors.npy positives.npy negatives.npy"),
    ("", "got nothing"),
    ("a.npy b.npy d.npy c.npy", "EMBEDDINGS, POSITIVES and NEGATIVES at most"),
    ("c.npy --labels y.npy --tau 0.1", "contrast triplets takes --labels, --triplets, --views"),
    ("c.npy --labels y.npy --marign 0.1", "Did you mean 'margin'?"),
    ("c.npy --labels y.npy --convention paper", "an option of contrast triplets"),
    ("c.npy --labels y.npy --margin 0.1 --margin 0.10", "margins that differ"),
    ("c.npy --labels y.npy --margin x", "a finite number >= 0"),
    ("c.npy --labels y.npy --distance cosine --distance cosine", "at most once"),
    ("c.npy --labels y.npy --margin 1 --margin 2 -o value", "one --margin for value"),
    ("c.npy --labels y.npy --mining hard -o value", "all hard triplets is over nothing"),
    ("c.npy --labels y.npy --guide -o csv", "which have room for words"),
    ("c.npy --labels y.npy --top 3 -o value", "an output that lists samples"),
    ("c.npy --labels y.npy --top 3 --per-sample", "either all samples or some of them"),
    ("c.npy --labels y.npy --seed 3", "It would change nothing"),
    ("c.npy --labels y.npy --sample 6", "at most the 5 anchors that have triplets"),
    ("c.npy --labels y.npy --sample 0", "a whole number >= 2"),
    ("c.npy --labels y.npy --sample 3 --swap", "without --swap"),
    ("abd.npy --triplets triplets.npy --sample 2", "4 listed triplets"),
    ("abd.npy --triplets triplets.npy --mining batch-hard", "that are listed"),
    ("a.npy b.npy d.npy --labels y.npy", "Give it in one of these ways"),
    ("c.npy --labels y.npy --normalize --raw", "Leave one of them out"),
    ("c.npy --labels twice.npy", "6"),
    ("ab.npy --views stacked", "contrast triplets emb.npy --labels y.npy"),
]


@pytest.mark.parametrize(("line", "text"), REFUSED)
def test_what_means_nothing_is_refused(line: str, text: str, here: Path) -> None:
    assert text in refused(f"contrast triplets {line}", here)


def test_no_triplet_at_all_is_refused(here: Path) -> None:
    np.save(here / "ids.npy", np.arange(len(C)))
    message = refused("contrast triplets -qq c.npy --labels ids.npy", here)
    assert "each alone in its class" in message


def test_the_bar_says_how_to_do_with_less_where_it_takes_over_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(consoles.time, "monotonic", lambda: 100.0)
    hinted, plain = Bar(Manners(), "--sample M estimates it in less"), Bar(Manners())
    monkeypatch.setattr(consoles.time, "monotonic", lambda: 110.0)
    assert hinted.words(10, 20) == plain.words(10, 20) == plain.words(1, 90) == "scores"
    assert hinted.words(1, 90) == "scores, about 15 min in all: --sample M estimates it in less"
    assert hinted.words(0, 90) == "scores"
