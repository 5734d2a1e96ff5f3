"""What the catalogue says of figures is what a check finds of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import contrast, refused

from contrastive_core.gate.catalogue import AVERAGES, takes_sigma
from contrastive_core.gate.grammar import parse_figure

SAMPLES = Path(__file__).parent.parent / "sample_data"

LOSSES = ("infonce", "nt-xent", "clip", "siglip", "dcl", "nce", "supcon", "align-uniform")
FIELDS = ("p95(infonce)", "infonce.mi_lower_bound", "infonce.n", "infonce.terms.positive")
OF_TRIPLETS = ("hard", "easy", "active_fraction", "counts.hard", "triplets", *AVERAGES)


def _require(figures: tuple[str, ...]) -> str:
    return " ".join(f"--require '{each} > -1e9'" for each in figures)


@pytest.mark.parametrize(
    "asked",
    [
        "emb.npy",
        "emb.parquet::z1 --labels ::label",
        f"emb.npy {_require((*LOSSES, *FIELDS, 'uniformity', 'alignment'))}",
        "emb.parquet::z1 --labels ::label "
        + _require((*(f"triplets.{each}" for each in OF_TRIPLETS), "triplet", "contrastive")),
    ],
)
def test_what_takes_sigma_is_what_has_a_standard_error(asked: str, tmp_path: Path) -> None:
    saved = tmp_path / "bl.json"
    told = contrast(f"contrast check {asked} --no-config --save-baseline {saved}", SAMPLES)
    assert told.code == 0, told.err
    (own,) = json.loads(saved.read_text())["inputs"]
    found = {text: figure["sigma"] is not None for text, figure in own["figures"].items()}
    assert found == {text: takes_sigma(parse_figure(text)) for text in found}


def test_help_rules_marks_the_figures_that_take_sigma() -> None:
    page = " ".join(contrast("contrast help rules", SAMPLES).out.split())
    for figure in ("recall_at_1", "triplets.hard", "supcon"):
        assert "; sigma" in page.split(f" {figure} ", 2)[-1][:220]


def test_sigma_of_another_figure_names_those_that_have_one(tmp_path: Path) -> None:
    saved = tmp_path / "bl.json"
    contrast(f"contrast check emb.npy --no-config --save-baseline {saved}", SAMPLES)
    line = f"contrast check emb.npy --no-config --baseline {saved} --allow 'hubness: 2 sigma'"
    told = " ".join(refused(line, SAMPLES).split())
    assert "Standard errors are known of alignment, uniformity, recall_at_1," in told
    assert (
        "triplets.loss.mean_active, triplets.value, and the values of all losses but align-uniform."
        in told
    )


def test_a_configuration_that_allows_without_a_baseline_is_refused(tmp_path: Path) -> None:
    emb = SAMPLES / "emb.npy"
    text = f"[check]\nembeddings = '{emb}'\nrequire = ['uniformity <= 9']\nallow = ['*: 1%']\n"
    (tmp_path / "contrast.toml").write_text(text)
    told = refused("contrast check", tmp_path)
    assert "contrast.toml: allow: expected a baseline that a figure may be worse than" in told
    assert contrast("contrast check --save-baseline bl.json", tmp_path).code == 0
    assert contrast("contrast check --baseline bl.json", tmp_path).code == 0
