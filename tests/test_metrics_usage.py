"""How `contrast metrics` is asked: its help, its guide, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from command_line import contrast, refused, small_files
from contrast_cli.metrics import metrics

from contrastive_core.geometry.declarations import METRICS
from contrastive_core.version import VERSION


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_files(tmp_path_factory.mktemp("here"))
    (folder / "bad.npy").write_bytes(b"no array")
    np.save(folder / "holes.npy", np.array([[1.0, np.nan], [0.0, 1.0]]))
    np.save(folder / "three.npy", np.eye(3))
    return folder


OPTIONS = {
    *("dtype", "join", "on-bad"),
    *("labels", "pairs", "views", "metric", "t", "alpha", "duplicate-threshold", "sample", "seed"),
    *("guide", "output", "per-sample", "top", "sort", "threads", "memory", "precision", "quiet"),
    *("color", "debug", "help"),
}


def test_help_has_every_option_and_what_is_assumed(here: Path) -> None:
    told = contrast("contrast metrics --help", here)
    assert (told.code, told.err) == (0, "")
    lines = [line for line in told.out.splitlines() if re.match(r"  -", line)]
    named = {each for line in lines for each in re.findall(r"--([a-z-]+)", line.split("  ")[1])}
    assert named == OPTIONS
    flat = " ".join(told.out.split())
    for said in (
        "Measure the space",
        "one cloud of rows: nothing is assumed to be a view of anything",
        "NAME and NAME.keys",
        "Labels count samples, not views.",
        "the others are exact anyway",
        "[default: 0.999]",
        "one row per embedding row",
        "All rows, not only the worst ten.",
    ):
        assert said in flat


def test_help_names_every_metric_that_a_sample_estimates_or_leaves_out() -> None:
    (told,) = [text for text in (metrics.help or "").split("\n\n") if "--sample estimates" in text]
    estimated, _, left_out = told.partition("hubness")
    for metric in METRICS.values():
        assert (metric.name in estimated) is metric.sampled
        assert (metric.name in f"hubness{left_out}") is bool(metric.whole)


def test_the_command_is_listed(here: Path) -> None:
    out = contrast("contrast --help", here).out
    assert re.search(r"^  metrics +Measure the space of saved embeddings", out, re.MULTILINE)


# The guide.


def test_the_guide_explains_every_metric(here: Path) -> None:
    told = contrast("contrast metrics --guide", here)
    assert (told.code, told.err) == (0, "")
    flat = " ".join(told.out.split())
    for metric in METRICS.values():
        assert f"\n{metric.name}\n" in told.out
        assert metric.source in flat
        assert metric.good in flat.replace("- ", "-") or metric.good in flat
    assert flat.count("definition ") == len(METRICS)
    assert "{" not in flat.replace("_{i<j}", "").replace("_{k <= min(n, d)}", "").replace(
        "_{i <= R}", ""
    )


def test_the_guide_as_one_object(here: Path) -> None:
    document = contrast("contrast metrics --guide -o json", here).document
    assert set(document) == {"schema", "command", "version", "inputs", "warnings", "guide"}
    assert document["schema"] == "contrast/1"
    assert (document["command"], document["version"]) == ("metrics", VERSION)
    assert list(document["guide"]) == list(METRICS)
    for name, told in document["guide"].items():
        assert told["good"] == METRICS[name].good
        assert told["better"] in ("lower", "higher", "neither")
        assert set(told) == {
            *("meaning", "definition", "source", "better", "good", "needs", "sampled")
        }
    assert "cosine > 0.999" in document["guide"]["duplicates"]["definition"]
    assert "10 nearest" in document["guide"]["hubness"]["definition"]


def test_the_guide_of_some_metrics(here: Path) -> None:
    line = "contrast metrics --guide --metric hubness --metric alignment -o json"
    assert list(contrast(line, here).document["guide"]) == ["alignment", "hubness"]


def test_the_guide_goes_into_a_file(here: Path, tmp_path: Path) -> None:
    told = contrast(f"contrast metrics --guide -o json:{tmp_path / 'guide.json'}", here)
    assert (told.code, told.out, told.err) == (0, "", "")
    assert list(json.loads((tmp_path / "guide.json").read_text())["guide"]) == list(METRICS)


# What is refused: the line, and words of the message.

BAD = [
    # Files.
    ("", "EMBEDDINGS"),
    ("a.npy b.npy c.npy", "EMBEDDINGS and KEYS at most"),
    ("missing.npy", "missing.npy"),
    ("bad.npy", "bad.npy"),
    ("holes.npy", "holes.npy"),
    ("a.npy three.npy", "three.npy"),
    ("a.npy --labels y.npy", "y.npy"),
    ("a.npy --labels missing.npy", "missing.npy"),
    ("a.npy --pairs words.npy", "words.npy"),
    ("a.npy b.npy --pairs pairs.npy", "pairs"),
    ("ab.npy --pairs matched.npy", "positive pairs"),
    # Words.
    ("a.npy --views sideways", "stacked"),
    ("a.npy b.npy --views stacked", "--views"),
    ("a.npy --sort badly", "worst"),
    ("a.npy --color green", "auto"),
    ("a.npy --precision float16", "float32"),
    ("a.npy --metric uniformty", "Did you mean 'uniformity'?"),
    ("a.npy --metric ''", "Known: alignment"),
    # Numbers.
    ("a.npy --t 0", ">= 1e-06 and <= 1e+06"),
    ("a.npy --t warm", "warm"),
    ("a.npy --alpha -1", ">= 1e-06 and <= 1000"),
    ("a.npy --duplicate-threshold 1.5", "<= 1"),
    ("a.npy --sample 1", ">= 2"),
    ("a.npy --sample 2.5", "whole number"),
    ("a.npy --seed -1", ">= 0"),
    ("a.npy --top many", "whole number"),
    ("a.npy --top -1", "whole number"),
    ("a.npy --threads 0", "threads"),
    ("a.npy --memory little", "memory"),
    # Options of others, and twice.
    ("a.npy --tau 0.07", "contrast metrics takes"),
    ("a.npy --kind infonce", "contrast metrics takes"),
    ("a.npy --duplicates 0.9", "Did you mean 'duplicate-threshold'?"),
    ("a.npy --label y.npy", "Did you mean 'labels'?"),
    ("a.npy --t 1 --t 2", "at most once"),
    ("a.npy --labels y.npy --labels y.npy", "at most once"),
    # Outputs, and combinations that mean nothing.
    ("a.npy -o xml", "FORMAT"),
    ("a.npy -o x.csv", "-o csv:x.csv"),
    ("a.npy -o json -o csv", "at most one format"),
    ("a.npy -o json:a.npy", "one of the inputs"),
    ("a.npy -o value", "no --metric"),
    ("a.npy -o value --metric uniformity --metric rankme", "2 of them"),
    ("a.npy -o value --metric uniformity --top 3", "--top"),
    ("a.npy -o value --metric uniformity --per-sample", "--per-sample"),
    ("a.npy --per-sample --top 3", "either all samples or some"),
    ("a.npy --metric rankme --t 3", "a metric that depends on it: uniformity"),
    ("a.npy --metric uniformity --alpha 3", "alignment"),
    ("a.npy --metric uniformity --duplicate-threshold 0.9", "duplicates"),
    ("a.npy --metric rankme --sample 3", "map_at_r"),
    ("ab.npy --metric rankme --pairs pairs.npy", "alignment"),
    ("a.npy --alpha 3", "alignment: needs positives"),
    ("a.npy --sample 3 --duplicate-threshold 0.9", "duplicates: cannot be sampled"),
    (
        "a.npy --sample 3 --metric precision_at_1 --metric rankme",
        "none, for it is skipped (precision_at_1: needs --labels)",
    ),
    ("a.npy --guide -o csv", "table or -o json"),
    ("a.npy --guide -o value --metric rankme", "table or -o json"),
    ("--guide -o csv", "table or -o json"),
    ("--guide --labels y.npy", "--guide without a file"),
    ("--guide --t 3", "--guide without a file"),
    ("--guide --top 3", "--guide without a file"),
    # Values that are none.
    ("a.npy -o value --metric alpha_req", "positive eigenvalues"),
    ("a.npy -o value --metric hubness", "12 rows"),
    ("a.npy -o value --metric tolerance", "--labels"),
    ("a.npy -o value --metric recall_at_1", "KEYS"),
    ("a.npy -o value --metric uniformity.keys", "uniformity.keys"),
]


@pytest.mark.parametrize(("line", "words"), BAD)
def test_what_means_nothing_is_refused_in_one_message(line: str, words: str, here: Path) -> None:
    assert words in refused(f"contrast metrics {line}", here)
