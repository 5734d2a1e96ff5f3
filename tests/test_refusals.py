"""What a command refuses: exit 2, one message that says what was expected, got and to be done."""

from pathlib import Path

import numpy as np
import pytest
from command_line import contrast, refused, small_files, table

NOT_TAKEN = [
    # An input or an option of another kind.
    ("siglip ab.npy --labels twice.npy", ["--labels belongs to nt-xent, contrastive, supcon,"]),
    ("infonce ab.npy --labels twice.npy", ["got --labels", "supcon"]),
    ("clip ab.npy --labels twice.npy", ["got --labels", "supcon"]),
    ("dcl ab.npy --labels twice.npy", ["got --labels", "supcon"]),
    ("nce ab.npy --labels twice.npy", ["got --labels", "supcon"]),
    ("alignment ab.npy --labels twice.npy", ["got --labels", "supcon"]),
    ("uniformity ab.npy --labels twice.npy", ["got --labels", "uniformity takes --views, --t"]),
    ("clip a.npy b.npy --bank bank.npy", ["--bank belongs to infonce.", "clip takes --pairs"]),
    ("nt-xent a.npy b.npy --bank bank.npy", ["--bank belongs to infonce."]),
    ("clip a.npy b.npy d.npy", ["NEGATIVES belongs to infonce, triplet."]),
    ("dcl a.npy b.npy d.npy", ["expected an input of dcl, which takes --pairs, --scores"]),
    ("nt-xent --scores scores.npy", ["--scores belongs to infonce, clip, dcl, nce, siglip, cross"]),
    ("supcon --scores scores.npy --labels y.npy", ["supcon takes --labels, --pairs, --views"]),
    ("alignment --scores scores.npy", ["alignment takes --pairs, --views, --alpha"]),
    ("uniformity a.npy --pairs pairs.npy", ["got --pairs", "uniformity takes --views"]),
    ("triplet abd.npy --pairs pairs.npy", ["got --pairs", "triplet takes --labels, --triplets"]),
    ("infonce abd.npy --triplets triplets.npy", ["--triplets belongs to triplet."]),
    ("infonce a.npy b.npy --match match.npy", ["--match belongs to contrastive."]),
    ("infonce a.npy b.npy --noise uniform", ["--noise belongs to nce."]),
    ("infonce a.npy --prototypes classes.npy", ["--prototypes belongs to cross-entropy."]),
    ("cross-entropy --scores logits.npy --labels y.npy --positive first", ["got --positive"]),
    ("cross-entropy c.npy --prototypes classes.npy --labels y.npy --views first", ["--views"]),
    ("siglip a.npy b.npy --tau 1", ["--tau belongs to infonce", "siglip takes", "--bias"]),
    ("infonce a.npy b.npy --form in", ["--form belongs to supcon."]),
    ("contrastive a.npy b.npy --alpha 2", ["--alpha belongs to alignment, align-uniform."]),
    ("uniformity a.npy --reduction mean", ["got --reduction", "uniformity takes --views, --t"]),
    ("align-uniform a.npy b.npy --reduction sum", ["got --reduction"]),
]

NOT_SAID = [
    # Something is missing, or too much is given: the ways are shown.
    ("triplet a.npy b.npy", "EMBEDDINGS KEYS", "anchors.npy positives.npy negatives.npy"),
    ("triplet c.npy", "EMBEDDINGS", "emb.npy --labels y.npy"),
    (
        "triplet abd.npy --triplets triplets.npy --labels y.npy",
        "EMBEDDINGS --labels --triplets",
        "",
    ),
    ("supcon c.npy", "one file of shape (6, 2)", "emb.npy --labels y.npy"),
    ("supcon c.parquet", "one file of shape (6, 2)", "emb.npy --labels y.npy"),
    ("supcon --labels y.npy", "--labels", "emb.npy --labels y.npy"),
    ("supcon ab.npy --pairs pairs.npy --labels y.npy", "EMBEDDINGS --labels --pairs", ""),
    ("contrastive c.npy", "one file of shape (6, 2)", "emb.npy --pairs pairs.npy"),
    ("contrastive a.npy --match match.npy", "one file of shape (4, 2)", "--match match.npy"),
    ("contrastive ab.npy --labels y.npy --match match.npy", "EMBEDDINGS --labels --match", ""),
    ("cross-entropy --scores logits.npy", "--scores", "--scores logits.npy --labels y.npy"),
    ("cross-entropy c.npy --labels y.npy", "EMBEDDINGS --labels", "--prototypes classes.npy"),
    ("cross-entropy --prototypes classes.npy --labels y.npy", "--labels --prototypes", ""),
    ("infonce a.npy b.npy --scores scores.npy", "EMBEDDINGS KEYS --scores", "--scores scores.npy"),
    ("infonce a.npy b.npy --pairs pairs.npy", "EMBEDDINGS KEYS --pairs", ""),
    ("infonce p1.npy p2.npy own.npy --bank neg.npy", "EMBEDDINGS KEYS NEGATIVES --bank", ""),
    ("infonce a.npy b.npy --positive diagonal", "EMBEDDINGS KEYS --positive", ""),
    ("infonce --positive diagonal", "--positive", "--scores scores.npy --positive diagonal"),
    ("infonce --bank bank.npy", "--bank", "emb.npy keys.npy"),
    ("infonce --scores scores.npy --bank bank.npy", "--bank --scores", ""),
    ("infonce --scores scores.npy --pairs pairs.npy", "--pairs --scores", ""),
    ("nce --noise uniform", "--noise", "emb.npy keys.npy"),
    ("uniformity", "nothing", "emb.npy"),
]

CONTRADICTIONS = [
    ("contrastive a.npy b.npy --raw --distance cosine", ["raw:", "got --distance cosine"]),
    ("contrastive a.npy b.npy --normalize --distance cosine", ["normalize:", "leave --normalize"]),
    ("triplet c.npy --labels y.npy --raw --distance cosine", ["raw:", "got --distance cosine"]),
    ("contrastive a.npy b.npy --raw --normalize", ["expected --normalize or --raw, got both"]),
    ("infonce a.npy b.npy --tau 1 --scale 2", ["either tau or scale, got both"]),
    ("triplet a.npy b.npy d.npy --mining batch-hard", ["for triplets that are listed", "--labels"]),
    ("triplet abd.npy --triplets triplets.npy --mining random-semi-hard", ["that are listed"]),
    ("triplet c.npy --labels y.npy --mining random-semi-hard --swap", ["no --swap with"]),
    ("triplet c.npy --labels y.npy --margin -1", ["margin: expected a finite number >= 0, got -1"]),
    ("triplet c.npy --labels y.npy --mining hardest", ["Did you mean 'hard'?"]),
    ("infonce a.npy b.npy --bank bank.npy --symmetric", ["got --symmetric and a bank"]),
    ("infonce a.npy b.npy --denominator bank", ["got --denominator bank without either", "--bank"]),
    ("infonce p1.npy p2.npy own.npy --symmetric", ["own negatives takes"]),
    ("infonce p1.npy p2.npy own.npy --denominator keys", ["own negatives takes"]),
    ("infonce p1.npy p2.npy own.npy --denominator views", ["own negatives takes"]),
    ("infonce --scores banked.npy --similarity dot", ["infonce of scores takes"]),
    ("infonce --scores banked.npy --denominator keys", ["infonce of scores takes"]),
    ("infonce --scores banked.npy --symmetric", ["infonce of scores takes"]),
    ("siglip --scores banked.npy --similarity dot", ["siglip of scores takes"]),
    ("cross-entropy --scores logits.npy --labels y.npy --similarity dot", ["of scores takes"]),
    ("nce --scores four.npy --noise-samples 3", ["noise-samples:", "nce of scores takes"]),
    ("nce --scores four.npy --expected", ["expected:", "nce of scores takes"]),
    ("nce --scores four.npy --seed 1", ["seed:", "nce of scores takes"]),
    ("nce a.npy b.npy --noise-samples 0", ["expected a whole number >= 1, got 0"]),
    ("nce a.npy b.npy --noise-samples 1.5", ["expected a whole number >= 1, got 1.5"]),
    ("nce a.npy b.npy --log-z soon", ["a finite number or auto or fit, got 'soon'"]),
    ("supcon c.npy --labels y.npy --form both", ["--form: expected one of out, in, got 'both'"]),
    ("infonce a.npy b.npy --views stacked", ["got --views stacked with two files"]),
    ("infonce views.npy --views interleaved", ["expected first or second for a 3-D file"]),
    ("infonce ab.npy --views second", ["expected stacked or interleaved for a 2-D file"]),
    # Conventions.
    ("infonce a.npy b.npy --convention moco", ["expected --bank, without which moco", "no bank"]),
    ("infonce a.npy b.npy --convention lightly", ["expected --bank, without which lightly"]),
    (
        "infonce a.npy b.npy --bank bank.npy --convention moco --denominator keys",
        ["expected denominator bank under --convention moco, got keys"],
    ),
    ("nt-xent a.npy b.npy --convention simclr --similarity dot", ["similarity cosine under"]),
    ("infonce --scores banked.npy --convention moco", ["for which moco defines", "got scores"]),
    ("triplet a.npy b.npy d.npy --convention tensorflow-addons", ["(labels), got three files"]),
    ("infonce a.npy b.npy --convention mocco", ["Did you mean 'moco'?"]),
    ("clip a.npy b.npy --convention moco", ["Known: paper, open_clip. moco has one for infonce."]),
    ("infonce a.npy b.npy --convention all -o value", ["got value, which is one number"]),
    (
        "infonce a.npy b.npy --convention all --per-sample",
        ["--per-sample: expected one convention"],
    ),
    ("infonce a.npy b.npy --convention all --top 3", ["--top: expected one convention"]),
    ("infonce a.npy b.npy --convention all --sort best", ["--sort: expected one convention"]),
    # Which samples are listed.
    ("infonce a.npy b.npy --top -1", ["top: expected a whole number from 0 on, got '-1'"]),
    ("infonce a.npy b.npy --top ten", ["got 'ten'"]),
    ("infonce a.npy b.npy --sort up", ["expected one of worst, best, index, got 'up'"]),
    ("infonce a.npy b.npy --top 3 -o value", ["--top: expected an output that lists samples"]),
    ("infonce a.npy b.npy --sort best -o value", ["--sort: expected an output that lists"]),
    ("infonce a.npy b.npy --top 3 --per-sample", ["got --per-sample and --top"]),
]

SHAPES = [
    ("infonce p1.npy p2.npy neg.npy", ["expected each anchor's own negatives", "--bank"]),
    ("infonce a.npy b.npy d.npy", ["shape (4, k, 2), got shape (4, 2)", "--bank", "(n, 1, d)"]),
    ("infonce a.npy c.npy", ["expected shape (4, 2), as a.npy has", "got shape (6, 2)"]),
    ("triplet a.npy b.npy c.npy", ["three files of one shape", "c.npy (6, 2)"]),
    ("infonce a.npy b.npy --bank neg.npy", ["expected rows of 2 numbers", "got rows of 3"]),
    ("cross-entropy c.npy --prototypes neg.npy --labels y.npy", ["expected rows of 2 numbers"]),
    ("infonce neg.npy", ["expected an even number of rows", "got 5 rows"]),
    ("supcon c.npy --labels twice.npy", ["expected 6 labels, one per row, got 8 labels"]),
    ("supcon c.npy --labels bank.npy", ["one per row: shape (6,), got shape (2, 2)"]),
    ("supcon second.npy --labels y.npy", ["expected 4 labels, one per sample, got 6 labels"]),
    ("supcon c.npy --labels nowhere.npy", ["nowhere.npy: expected an existing file"]),
    ("supcon c.npy --labels ::y", ["A .npy file has no columns"]),
    ("supcon c.parquet --labels ::y", ["c.parquet::y: expected a column", "Known: embedding."]),
    ("cross-entropy --scores logits.npy --labels words.npy", ["from 0 to 2, got strings"]),
    ("cross-entropy --scores logits.npy --labels match.npy", ["expected 6 labels", "got 4 labels"]),
    ("contrastive a.npy b.npy --match y.npy", ["expected 4 matches, one per row, got 6 matches"]),
    ("nce a.npy b.npy --noise y.npy", ["expected 4 probabilities, one per row, got 6"]),
    ("nce a.npy b.npy --noise tenths.npy", ["that sum to 1, got a sum of 0.4", "q / q.sum()"]),
    ("infonce ab.npy --pairs matched.npy", ["y = 1, got 2 pairs with y = 0", "contrastive"]),
    ("nt-xent ab.npy --pairs matched.npy", ["y = 1, got 2 pairs with y = 0", "contrastive"]),
    ("supcon ab.npy --pairs matched.npy", ["y = 1, got 2 pairs with y = 0", "contrastive"]),
    ("alignment ab.npy --pairs matched.npy", ["y = 1, got 2 pairs with y = 0"]),
    ("contrastive ab.npy --pairs pairs.npy", ["a third column y for contrastive", "(i, j) alone"]),
    ("contrastive a.npy --pairs matched.npy", ["expected row numbers from 0 to 3 in j"]),
    ("triplet a.npy --triplets triplets.npy", ["expected row numbers from 0 to 3 in positive"]),
    ("triplet abd.npy --triplets pairs.npy", ["shape (m, 3): anchor, positive, negative"]),
    ("infonce --scores scores.npy", ["--positive first or --positive diagonal for a square table"]),
    ("dcl --scores scores.npy", ["--positive first or --positive diagonal for a square table"]),
    ("infonce --scores banked.npy --positive diagonal", ["a square table for", "shape (4, 3)"]),
    ("clip --scores banked.npy", ["expected a square table for clip", "--kind infonce"]),
    ("clip --scores scores.npy --positive first", ["expected a square table for clip"]),
    # Nothing defines the loss.
    ("infonce p1.npy p2.npy", ["expected at least one anchor", "got 1 anchor, none with it"]),
    ("uniformity p1.npy", ["expected at least two rows, a pair, got one row"]),
    ("triplet c.npy --labels y.npy --mining hard", ["got 6 anchors, none with it", "--mining"]),
]

OVERWRITTEN = [
    ("infonce a.npy b.npy", "b.npy"),
    ("supcon c.npy --labels y.npy", "y.npy"),
    ("supcon c.npy --labels y.parquet::y", "y.parquet"),
    ("contrastive ab.npy --pairs matched.npy", "matched.npy"),
    ("contrastive a.npy b.npy --match match.npy", "./match.npy"),
    ("triplet abd.npy --triplets triplets.parquet", "triplets.parquet"),
    ("infonce a.npy b.npy --bank bank.npy", "bank.npy"),
    ("infonce p1.npy p2.npy own.npy", "own.npy"),
    ("infonce --scores scores.npy --positive first", "scores.npy"),
    ("cross-entropy c.npy --prototypes classes.npy --labels y.npy", "classes.npy"),
    ("nce a.npy b.npy --noise uniform.npy", "uniform.npy"),
]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_files(tmp_path_factory.mktemp("here"))


def _check(line: str, said: list[str], here: Path) -> None:
    message = refused(f"contrast loss --kind {line}", here)
    for each in said:
        assert each in message


@pytest.mark.parametrize(("line", "said"), NOT_TAKEN)
def test_what_a_kind_does_not_take_is_refused_with_what_it_takes(
    line: str, said: list[str], here: Path
) -> None:
    _check(line, said, here)


@pytest.mark.parametrize(("line", "got", "way"), NOT_SAID)
def test_input_that_is_no_form_of_the_kind_is_answered_with_the_ways(
    line: str, got: str, way: str, here: Path
) -> None:
    kind = line.split()[0]
    message = refused(f"contrast loss --kind {line}", here)
    first, *ways = message.splitlines()
    assert first.startswith(f"error: {kind}: expected what {kind} is computed from, got {got}")
    assert ways[0] == "  Give it in one of these ways:"
    assert any(each.startswith(f"    contrast loss --kind {kind} ") for each in ways)
    assert any(way in each for each in ways[1:] if each.startswith("    contrast"))


@pytest.mark.parametrize(("line", "said"), CONTRADICTIONS)
def test_options_that_contradict_each_other_or_mean_nothing_are_refused(
    line: str, said: list[str], here: Path
) -> None:
    _check(line, said, here)


@pytest.mark.parametrize(("line", "said"), SHAPES)
def test_files_that_do_not_fit_are_refused_by_name(line: str, said: list[str], here: Path) -> None:
    _check(line, said, here)


@pytest.mark.parametrize(("line", "target"), OVERWRITTEN)
@pytest.mark.parametrize("output", ["json", "csv"])
def test_no_input_is_overwritten(line: str, target: str, output: str, here: Path) -> None:
    before = (here / target).read_bytes()
    _check(f"{line} -o {output}:{target}", ["got one of the inputs"], here)
    assert (here / target).read_bytes() == before


def test_a_word_is_no_file_that_could_be_overwritten(tmp_path: Path) -> None:
    small_files(tmp_path)
    for line, name in (
        ("nce a.npy b.npy --noise uniform", "uniform"),
        ("infonce --tau 0.5 --scores scores.npy --positive diagonal", "diagonal"),
        ("infonce ab.npy --views stacked", "stacked"),
    ):
        told = contrast(f"contrast loss --kind {line} -o value:{name}", tmp_path)
        assert (told.code, told.out, told.err) == (0, "", "")
        assert float((tmp_path / name).read_text()) > 0


def test_nothing_is_written_when_the_input_is_refused(here: Path, tmp_path: Path) -> None:
    for line in ("triplet c.npy", "infonce a.npy c.npy", "siglip ab.npy --labels twice.npy"):
        _check(f"{line} -o json:{tmp_path / 'out.json'}", [], here)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0.5, 0.5, 0.0, 0.0], "above 0"),
        ([0.5, 0.7, -0.1, -0.1], "negative values in 2 rows (first: 2, 3)"),
        ([0.5, 0.5, np.nan, 0.1], "row"),
    ],
)
def test_noise_is_probabilities(values: list[float], said: str, here: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "q.npy", values)
    message = refused(f"contrast loss --kind nce a.npy b.npy --noise {tmp_path / 'q.npy'}", here)
    assert "q.npy: expected probabilities" in message
    assert said in message


@pytest.mark.parametrize("values", [[0, 1, 2, 1], [0.5, 1, 0, 1]])
def test_match_is_zero_or_one(values: list[float], here: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "m.npy", values)
    line = f"contrast loss --kind contrastive a.npy b.npy --match {tmp_path / 'm.npy'}"
    assert "m.npy: expected " in refused(line, here)


def test_a_table_lists_its_columns_when_none_can_be_chosen(here: Path, tmp_path: Path) -> None:
    table(tmp_path, "y.parquet", first=np.arange(6), second=np.arange(6) % 2)
    message = refused(f"contrast loss --kind supcon c.npy --labels {tmp_path / 'y.parquet'}", here)
    assert "first" in message
    assert "second" in message
