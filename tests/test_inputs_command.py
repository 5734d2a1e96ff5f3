"""Every kind in every form of input, as a command on files: the golden values, in every format."""

import math
from pathlib import Path

import numpy as np
import pytest
from command_line import Told, contrast, small_files, table
from golden import C_LABELS, A, B, C, near

GOLDEN = [
    # Two files, one file of views, pairs of rows of one file.
    ("infonce --tau 0.1 a.npy b.npy", 0.24049312542249135),
    ("infonce --tau 0.1 b.npy a.npy", 0.24411860871984015),
    ("infonce --scale 10 a.npy b.npy", 0.24049312542249135),
    ("infonce --temperature 0.1 a.npy b.npy", 0.24049312542249135),
    ("infonce --tau 0.1 a.npy b.npy --symmetric", 0.24230586707116575),
    ("infonce --tau 0.1 a.npy b.npy --denominator views", 0.312261010125978),
    ("infonce --tau 0.1 ab.npy --pairs pairs.npy", 0.24049312542249135),
    ("infonce --tau 0.1 ab.npy --pairs similar.npy", 0.24049312542249135),
    ("infonce --tau 0.1 ab.npy", 0.24049312542249135),
    ("infonce --tau 0.1 ab.npy --views stacked", 0.24049312542249135),
    ("infonce --tau 0.1 interleaved.npy --views interleaved", 0.24049312542249135),
    ("nt-xent --tau 0.1 a.npy b.npy", 0.39170763501932937),
    ("nt-xent --tau 0.1 ab.npy", 0.39170763501932937),
    ("nt-xent --tau 0.1 ab.npy --labels twice.npy", 0.39170763501932937),
    ("nt-xent --tau 0.1 ab.npy --pairs pairs.npy", 0.39170763501932937),
    ("nt-xent --tau 0.1 h.npy --labels yh.npy", 3.48883073317741),
    ("clip --tau 0.1 a.npy b.npy", 0.24230586707116575),
    ("clip --tau 0.1 b.npy a.npy", 0.24230586707116575),
    ("clip --tau 0.1 ab.npy", 0.24230586707116575),
    ("clip --tau 0.1 ab.npy --pairs pairs.npy", 0.24230586707116575),
    ("dcl a.npy b.npy", -3.529319582209312),
    ("dcl ab.npy", -3.529319582209312),
    ("dcl ab.npy --pairs pairs.npy", -3.529319582209312),
    ("siglip a.npy b.npy", 1.2774424739423473),
    ("siglip ab.npy", 1.2774424739423473),
    ("siglip ab.npy --pairs pairs.npy", 1.2774424739423473),
    ("siglip --scale 10 --bias -10 a.npy b.npy", 1.2774424739423473),
    ("alignment a.npy b.npy", 0.1434733706635845),
    ("alignment ab.npy", 0.1434733706635845),
    ("alignment ab.npy --pairs pairs.npy", 0.1434733706635845),
    ("alignment --alpha 1 a.npy b.npy", 0.32420661015901775),
    # A bank; each anchor's own negatives.
    ("infonce --tau 0.1 a.npy b.npy --bank bank.npy --denominator bank", 0.0634948150276866),
    ("infonce p1.npy p2.npy --bank neg.npy --denominator bank", 4.90686532446151e-05),
    (
        "infonce p1.npy p2.npy --bank neg.npy --denominator bank --similarity dot",
        4.90686506601999e-05,
    ),
    # Noise.
    ("nce --expected a.npy b.npy", 5.66762976228399),
    ("nce --expected ab.npy", 5.66762976228399),
    ("nce --expected ab.npy --pairs pairs.npy", 5.66762976228399),
    ("nce --expected a.npy b.npy --noise uniform", 5.66762976228399),
    ("nce --expected a.npy b.npy --noise uniform.npy", 5.66762976228399),
    ("nce --expected a.npy b.npy --log-z auto", 3.27497877614202),
    ("nce --expected a.npy b.npy --log-z fit", 3.27475001156602),
    ("nce --expected --tau 0.1 a.npy b.npy --log-z fit", 2.8587643644518),
    ("nce --scores four.npy --noise tenths.npy", 4.415931957919385),
    ("nce --scores four.npy --noise tenths.npy --log-z auto", 1.21490265876697),
    ("nce --scores four.npy --noise tenths.npy --log-z fit", 1.09958206827624),
    # Ready scores.
    ("infonce --tau 0.1 --scores scores.npy --positive diagonal", 0.24049312542249135),
    ("infonce --tau 0.1 --scores first.npy --positive first", 0.24049312542249135),
    ("infonce --tau 0.1 --scores banked.npy", 0.0634948150276866),
    ("infonce --tau 0.1 --scores banked.npy --positive first", 0.0634948150276866),
    ("infonce --tau 0.07 --scores one.npy", 4.90686506601999e-05),
    ("clip --tau 0.1 --scores scores.npy --positive diagonal", 0.24230586707116575),
    ("siglip --scale 10 --bias -10 --scores scores.npy --positive diagonal", 1.2774424739423473),
    ("siglip --scale 10 --bias -10 --scores first.npy --positive first", 1.2774424739423473),
    ("cross-entropy --scores logits.npy --labels y.npy", 0.88461738906254),
    ("cross-entropy c.npy --prototypes classes.npy --labels y.npy", 0.88461738906254),
    # Classes, as numbers and as words.
    ("supcon c.npy --labels y.npy", 0.7200604450816723),
    ("supcon c.npy --labels words.npy", 0.7200604450816723),
    ("supcon c.npy --labels y.npy --form in", 0.7099687233147993),
    ("supcon h.npy --labels yh.npy", 3.48883073317741),
    ("supcon h.npy --labels yh.npy --form in", 1.77214469362215),
    ("supcon a.npy b.npy", 0.39170763501932937),
    ("supcon ab.npy --pairs pairs.npy", 0.39170763501932937),
    ("supcon ab.npy --views stacked", 0.39170763501932937),
]
"""Losses whose value is the mean over the samples that csv lists."""

GOLDEN_OF_TERMS = [
    ("triplet c.npy --labels y.npy", 0.00624751159786389),
    ("triplet c.npy --labels words.npy", 0.00624751159786389),
    ("triplet c.npy --labels y.npy --average active", 0.0812176507722306),
    ("triplet c.npy --labels y.npy --distance euclidean", 0.0021797459727028756),
    ("triplet c.npy --labels y.npy --distance cosine", 0.0212008625162305),
    ("triplet c.npy --labels y.npy --soft-margin", 0.424836331695638),
    ("triplet c.npy --labels y.npy --swap", 0.0124950231957278),
    ("triplet c.npy --labels y.npy --mining batch-hard", 0.0324870603088922),
    ("triplet h.npy --labels yh.npy", 0.45445229801335),
    ("contrastive c.npy --labels y.npy", 0.045023362013482),
    ("contrastive h.npy --labels yh.npy", 0.151344164089514),
    ("contrastive a.npy b.npy --match match.npy", 0.0629176402292716),
    ("contrastive ab.npy --pairs matched.npy", 0.0629176402292716),
    ("contrastive ab.npy --views stacked --match match.npy", 0.0629176402292716),
    ("contrastive a.npy b.npy", 0.0717366853317922),
    ("uniformity a.npy", -2.395538395184251),
    ("uniformity --t 1 a.npy", -1.5873744504619842),
    ("uniformity --t 3 a.npy", -3.005002745021111),
    ("uniformity b.npy", -1.95298094965739),
    ("uniformity a.npy b.npy", -2.17425967242082),
    ("uniformity ab.npy --views stacked", -2.17425967242082),
    ("align-uniform a.npy b.npy", -2.03078630175724),
    ("align-uniform ab.npy", -2.03078630175724),
    ("align-uniform ab.npy --pairs pairs.npy", -2.03078630175724),
]
"""Losses whose value is another mean than that of the samples, or none."""

OF_ARRAYS = [
    ("infonce --tau 0.1 views.npy", 0.24049312542249135),
    ("infonce --tau 0.1 second.npy", 0.24049312542249135),
    ("infonce --tau 0.1 views.npy --views first", 0.24049312542249135),
    ("infonce --tau 0.1 second.npy --views second", 0.24049312542249135),
    ("nt-xent --tau 0.1 views.npy", 0.39170763501932937),
    ("clip --tau 0.1 views.npy", 0.24230586707116575),
    ("dcl views.npy", -3.529319582209312),
    ("siglip views.npy", 1.2774424739423473),
    ("nce --expected views.npy", 5.66762976228399),
    ("alignment views.npy", 0.1434733706635845),
    ("align-uniform views.npy", -2.03078630175724),
    ("uniformity views.npy", -2.17425967242082),
    ("supcon views.npy", 0.39170763501932937),
    ("contrastive views.npy --match match.npy", 0.0629176402292716),
    ("infonce p1.npy p2.npy own.npy", 4.90686532446151e-05),
    ("infonce --similarity dot p1.npy p2.npy own.npy", 4.90686506601999e-05),
]
"""Input of three axes, which a table of vectors is not."""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_files(tmp_path_factory.mktemp("here"))


def _tell(line: str, here: Path, output: str) -> Told:
    return contrast(f"contrast loss -q --precision float64 --kind {line} -o {output}", here)


def _either(line: str, files: str) -> str:
    return line if files == "npy" else line.replace(".npy", ".parquet")


@pytest.mark.parametrize("files", ["npy", "parquet"])
@pytest.mark.parametrize(("line", "expected"), [*GOLDEN, *GOLDEN_OF_TERMS])
def test_value_is_the_golden_one(line: str, expected: float, files: str, here: Path) -> None:
    assert _tell(_either(line, files), here, "value").value == near(expected)


@pytest.mark.parametrize(("line", "expected"), OF_ARRAYS)
def test_value_of_three_axes_is_the_golden_one(line: str, expected: float, here: Path) -> None:
    assert _tell(line, here, "value").value == near(expected)


@pytest.mark.parametrize(("line", "expected"), [*GOLDEN, *GOLDEN_OF_TERMS, *OF_ARRAYS])
def test_json_and_value_tell_the_same_number(line: str, expected: float, here: Path) -> None:
    document = _tell(line, here, "json").document
    assert document["value"] == near(expected)
    assert document["value"] == _tell(line, here, "value").value
    assert document["kind"] == line.split()[0]


@pytest.mark.parametrize("files", ["npy", "parquet"])
@pytest.mark.parametrize(("line", "expected"), GOLDEN)
def test_the_samples_of_csv_average_to_the_value(
    line: str, expected: float, files: str, here: Path
) -> None:
    losses = [float(row["loss"]) for row in _tell(_either(line, files), here, "csv").rows]
    defined = [loss for loss in losses if not math.isnan(loss)]
    assert sum(defined) / len(defined) == near(expected)


@pytest.mark.parametrize("line", [line for line, _ in GOLDEN_OF_TERMS])
def test_csv_lists_every_sample_that_json_does(line: str, here: Path) -> None:
    samples = _tell(f"{line} --per-sample", here, "json").document["per_sample"]
    rows = _tell(line, here, "csv").rows
    assert [float(row["loss"]) for row in rows] == pytest.approx(
        [math.nan if each["loss"] is None else each["loss"] for each in samples],
        rel=0,
        abs=0,
        nan_ok=True,
    )


def test_per_sample_losses_are_the_golden_ones(here: Path) -> None:
    rows = _tell("infonce --tau 0.1 a.npy b.npy", here, "csv").rows
    expected = [0.001636731, 0.719639195, 0.240683259, 0.000013317]
    assert [float(row["loss"]) for row in rows] == pytest.approx(expected, abs=5e-10)


def test_sum_is_the_mean_times_its_terms(here: Path) -> None:
    summed = _tell("infonce --tau 0.1 a.npy b.npy --reduction sum", here, "json").document
    assert summed["value"] == near(4 * 0.24049312542249135)
    assert (summed["reduction"], summed["n"]) == ("sum", 4)
    triplets = _tell("triplet c.npy --labels y.npy --reduction sum", here, "value")
    assert triplets.value == near(26 * 0.00624751159786389)
    clip = _tell("clip --tau 0.1 a.npy b.npy --reduction sum", here, "value")
    assert clip.value == near(4 * 0.24230586707116575)


# The tutorials' examples, typed as the tutorials have them.


def test_a_positive_and_five_negatives_from_a_bank(here: Path) -> None:
    line = (
        "contrast loss --kind infonce --tau 0.07 --denominator bank p1.npy p2.npy --bank neg.npy"
        " --precision float64"
    )
    assert contrast(f"{line} -o value", here).value == near(4.90686532446151e-05)
    document = contrast(f"{line} -o json", here).document
    assert document["value"] == near(4.90686532446151e-05)
    assert (document["n"], document["candidates"]) == (1, 6)
    (row,) = contrast(f"{line} -o csv", here).rows
    assert float(row["loss"]) == near(4.90686532446151e-05)
    assert int(row["rank"]) == 1


def test_a_positive_and_its_own_five_negatives(here: Path) -> None:
    assert np.load(here / "own.npy").shape == (1, 5, 3)
    line = "contrast loss --kind infonce --tau 0.07 p1.npy p2.npy own.npy --precision float64"
    document = contrast(f"{line} -o json", here).document
    assert document["value"] == near(4.90686532446151e-05)
    assert document["candidates"] == 6


def test_the_softmax_of_a_positive_and_five_negatives(here: Path) -> None:
    line = "infonce --tau 1 --denominator bank p1.npy p2.npy --bank neg.npy"
    assert math.exp(-_tell(line, here, "value").value) == pytest.approx(0.42967915, abs=5e-9)
    # Without the positive in the denominator: log(0.57032085 / 0.42967915).
    dcl = _tell("dcl --tau 1 --scores one.npy", here, "value").value
    assert dcl == pytest.approx(0.2831603, abs=1e-7)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("nt-xent", 1.4782998486247816),
        ("infonce", 0.9907966036368094),
        ("infonce --denominator views", 1.4791977694774954),
    ],
)
def test_three_samples_in_two_views(line: str, expected: float, tmp_path: Path) -> None:
    np.save(tmp_path / "z1.npy", [[1.0, 2.0], [3.0, 1.0], [2.0, 3.0]])
    np.save(tmp_path / "z2.npy", [[0.9, 1.8], [2.8, 0.9], [1.8, 2.7]])
    told = _tell(f"{line} --tau 1 z1.npy z2.npy --per-sample", tmp_path, "json").document
    assert told["value"] == near(expected)
    positives = [sample["positive"] for sample in told["per_sample"][:3]]
    assert positives == pytest.approx([1, 0.99994219, 1], abs=5e-9)


# Columns of one table.


@pytest.fixture
def columns(tmp_path: Path) -> Path:
    """Tables that hold vectors and classes side by side."""
    table(tmp_path, "c.parquet", id=np.arange(6), embedding=C, class_name=C_LABELS)
    words = np.array(["cat", "dog", "ant"])[C_LABELS]
    table(tmp_path, "several.parquet", x=C, other=C[::-1], label=words, y=C_LABELS)
    d = A[::-1]
    table(tmp_path, "triplets.parquet", negative=d, anchor=A, positive=B)
    table(tmp_path, "two.parquet", positive=B, anchor=A)
    table(tmp_path, "texts.parquet", text=B, image=A)
    for name, rows in (("a", A), ("b", B), ("d", d)):
        np.save(tmp_path / f"{name}.npy", rows)
    return tmp_path


def test_classes_are_a_column_of_the_embeddings(columns: Path) -> None:
    for line in (
        "supcon c.parquet --labels ::class_name",
        "supcon several.parquet::x --labels ::label",
        "supcon several.parquet::x --labels ::y",
        "supcon c.parquet --labels several.parquet::y",
    ):
        assert _tell(line, columns, "value").value == near(0.7200604450816723)
    other = _tell("supcon several.parquet::other --labels ::y", columns, "value").value
    assert other != near(0.7200604450816723)


def test_classes_are_never_a_column_unasked(columns: Path) -> None:
    assert _tell("supcon c.parquet", columns, "value").code == 2


def test_anchor_positive_and_negative_are_found_by_name(columns: Path) -> None:
    for kind in ("triplet", "triplet --mining all --distance euclidean"):
        by_name = _tell(f"{kind} triplets.parquet", columns, "value").value
        assert by_name == _tell(f"{kind} a.npy b.npy d.npy", columns, "value").value


def test_two_columns_are_two_files(columns: Path) -> None:
    for name in ("two.parquet", "texts.parquet"):
        value = _tell(f"infonce --tau 0.1 {name}", columns, "value").value
        assert value == near(0.24049312542249135)


def test_a_column_of_negatives_is_each_anchors_own_for_infonce(columns: Path) -> None:
    np.save(columns / "own.npy", A[::-1][:, None])
    found = _tell("infonce --tau 0.1 triplets.parquet", columns, "json").document
    expected = _tell("infonce --tau 0.1 a.npy b.npy own.npy", columns, "json").document
    assert found["value"] == expected["value"]
    assert found["candidates"] == expected["candidates"] == 2


# Listed triplets and rows of three files.


@pytest.mark.parametrize("files", ["npy", "parquet"])
def test_listed_triplets_are_what_three_files_are(files: str, here: Path) -> None:
    listed = _either("triplet abd.npy --triplets triplets.npy", files)
    rows = _either("triplet a.npy b.npy d.npy", files)
    assert _tell(listed, here, "value").value == _tell(rows, here, "value").value
    convention = "--convention sentence-transformers"
    for line in (listed, rows):
        assert _tell(f"{line} {convention}", here, "value").value == near(3.7380304950812)


# What dissimilar pairs are.


def test_zero_may_say_similar(tmp_path: Path, here: Path) -> None:
    np.save(tmp_path / "turned.npy", 1 - np.load(here / "match.npy"))
    line = f"contrastive a.npy b.npy --similar 0 --match {tmp_path / 'turned.npy'}"
    assert _tell(line, here, "value").value == near(0.0629176402292716)


def test_no_dissimilar_pair_is_warned_about(here: Path) -> None:
    told = contrast("contrast loss --kind contrastive a.npy b.npy -o value", here)
    assert told.value == near(0.0717366853317922)
    assert "warning: no dissimilar pair was seen" in told.err


# Noise that is drawn.


def test_drawn_noise_follows_the_seed(here: Path) -> None:
    values = [_tell(f"nce a.npy b.npy --seed {seed}", here, "value").value for seed in (0, 0, 1)]
    assert values[0] == values[1] != values[2]
    assert _tell("nce a.npy b.npy", here, "value").value == values[0]


def test_log_z_is_told_as_it_was_found(here: Path) -> None:
    told = _tell("nce --expected a.npy b.npy --log-z fit", here, "json").document
    assert told["parameters"]["log_z"] == pytest.approx(1.77532823829671, rel=1e-8)
    told = _tell("nce --expected a.npy b.npy --log-z auto", here, "json").document
    assert told["parameters"]["log_z"] == pytest.approx(1.75312299308945, rel=1e-11)


def test_an_absolute_path_is_a_path(here: Path) -> None:
    line = f"infonce --tau 0.1 {here / 'a.npy'} {here / 'b.npy'}"
    assert _tell(line, Path(here.anchor), "value").value == near(0.24049312542249135)
