"""Losses by the names they have elsewhere, and names that are no loss of ours."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import contrast, refused

import contrastive_core as cc
from contrastive_core.errors import BadParameter
from contrastive_core.losses import LOSSES, elsewhere, find_loss, make_loss
from contrastive_core.losses.making import taken_as

EMB, KEYS = np.random.default_rng(17).standard_normal((2, 6, 4))

SPELLINGS = [
    ("infoNCE", "infonce"),
    ("InfoNCE_loss", "infonce"),
    ("ntxent", "nt-xent"),
    ("NT_Xent", "nt-xent"),
    ("NT Xent", "nt-xent"),
    ("Cross_Entropy", "cross-entropy"),
    ("SigLIP", "siglip"),
]
"""A kind in other letters: nothing is to be said of it."""

CLASSES = [
    ("CachedMultipleNegativesRankingLoss", "infonce", "--convention sentence-transformers"),
    ("MultipleNegativesRankingLoss", "infonce", "--convention sentence-transformers"),
    ("MNRL", "infonce", "--convention sentence-transformers"),
    ("MultiNegativesRankLoss", "infonce", "--convention tensorflow-similarity"),
    ("NPairsLoss", "infonce", "--similarity dot --tau 1"),
    ("NTXentLoss", "nt-xent", "--convention pytorch-metric-learning"),
    ("SimCLRLoss", "nt-xent", "--convention simclr or --convention tensorflow-similarity"),
    ("ClipLoss", "clip", "--convention open_clip"),
    ("MultipleNegativesSymmetricRankingLoss", "clip", "--scale 20 (sentence-transformers)"),
    ("SigLipLoss", "siglip", "--convention open_clip"),
    ("HypersphereLoss", "align-uniform", "--convention lightly"),
    ("SupConLoss", "supcon", "--convention supcontrast or --convention pytorch-metric-learning"),
    ("BatchHardTripletLoss", "triplet", "--convention sentence-transformers --mining batch-hard"),
    ("TripletHardLoss", "triplet", "--convention tensorflow-addons --mining batch-hard"),
    (
        "triplet_margin_loss",
        "triplet",
        "--distance euclidean --margin 1 --raw (torch) or --convention pytorch-metric-learning",
    ),
]
"""A class of a library whose value is not the paper's: what gives that."""

OTHERS = (
    *("HCL", "rince", "VICReg", "BarlowTwins", "nt-bxent", "DCLW", "SLIP", "BLIP", "CLOOB"),
    *("SupInfoNCE", "ProtoNCE", "circle", "ArcFace", "quadruplet", "OnlineContrastiveLoss"),
    *("MultiSimilarityLoss", "ProxyNCA", "BYOL", "SwaV", "GISTEmbedLoss", "pairwise", "loss"),
)
"""Losses that mean something else."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    np.save(tmp_path / "a.npy", EMB)
    np.save(tmp_path / "b.npy", KEYS)
    return tmp_path


@pytest.mark.parametrize(("name", "kind"), SPELLINGS)
def test_case_hyphens_and_underscores_of_a_kind_are_alike(name: str, kind: str) -> None:
    assert find_loss(name).kind == kind
    assert taken_as(name) is None


@pytest.mark.parametrize(("name", "kind", "own"), CLASSES)
def test_a_class_of_a_library_is_its_kind_and_says_what_its_own_value_has(
    name: str, kind: str, own: str
) -> None:
    assert find_loss(name).kind == kind
    assert taken_as(name) == f"{name} is taken as {kind}; its own value has {own}."


@pytest.mark.parametrize("name", ["DCLLoss", "CrossEntropyLoss", "softmax", "siamese", "FaceNet"])
def test_of_a_name_whose_own_value_is_the_papers_nothing_is_said(name: str) -> None:
    assert find_loss(name).kind in LOSSES
    assert taken_as(name) is None


def test_no_name_means_two_kinds() -> None:
    for kind in LOSSES:
        for name in elsewhere(kind):
            assert find_loss(name).kind == kind


@pytest.mark.parametrize("name", OTHERS)
def test_a_loss_that_means_something_else_is_not_suggested_by_its_spelling(name: str) -> None:
    with pytest.raises(BadParameter) as raised:
        find_loss(name)
    assert raised.value.remedy == f"It is not one of ours. Known: {', '.join(LOSSES)}."


@pytest.mark.parametrize(
    ("slip", "kind"),
    [
        ("inofnce", "infonce"),
        ("infonec", "infonce"),
        ("infonc", "infonce"),
        ("infoncee", "infonce"),
        ("supcom", "supcon"),
        ("triplets", "triplet"),
        ("allignment", "alignment"),
        ("contrast", "contrastive"),
    ],
)
def test_a_slip_of_one_letter_is_suggested(slip: str, kind: str) -> None:
    with pytest.raises(BadParameter) as raised:
        find_loss(slip)
    assert raised.value.remedy.startswith(f"Did you mean {kind!r}? Known: infonce, ")


def test_a_loss_is_made_and_its_conventions_found_by_any_of_its_names() -> None:
    made = make_loss("NTXentLoss", convention="optax")
    assert (made.kind, made.convention, made.temperature) == ("nt-xent", "optax", 0.07)


def test_the_result_has_our_name_and_says_what_the_other_means() -> None:
    found = cc.loss("NTXentLoss", EMB, KEYS, tau=0.5)
    assert (found.kind, found.value) == ("nt-xent", cc.loss("nt-xent", EMB, KEYS).value)
    said = "NTXentLoss is taken as nt-xent; its own value has --convention pytorch-metric-learning."
    assert said in found.warnings


def test_under_a_convention_nothing_is_said() -> None:
    found = cc.loss("NTXentLoss", EMB, KEYS, convention="pytorch-metric-learning")
    assert not [each for each in found.warnings if "taken as" in each]
    side_by_side = cc.loss_by_convention("NTXentLoss", EMB, KEYS)
    assert [each.name for each in side_by_side[:2]] == ["paper", "lightly"]


def test_the_command_takes_the_name_with_the_options_of_its_kind(folder: Path) -> None:
    line = "contrast loss a.npy b.npy --denominator views -o json --kind"
    told = contrast(f"{line} CachedMultipleNegativesRankingLoss", folder)
    assert told.code == 0
    found = json.loads(told.out)
    assert found["kind"] == "infonce"
    assert found["value"] == json.loads(contrast(f"{line}=info_NCE", folder).out)["value"]
    said = (
        "CachedMultipleNegativesRankingLoss is taken as infonce; its own value has --convention "
        "sentence-transformers."
    )
    assert said in found["warnings"]
    assert f"warning: {said}" in told.err


def test_pages_are_found_by_the_name_and_list_those_there_are(folder: Path) -> None:
    told = contrast("contrast kinds mnrl", folder)
    assert told.out == contrast("contrast kinds infonce", folder).out
    assert "Elsewhere: CPC, N-pair, NPairsLoss, MNRL," in told.out
    assert contrast("contrast loss --kind NT_Xent --help", folder).out.startswith(
        "Usage: contrast loss --kind nt-xent"
    )
    assert "contrast kinds nt-xent is the page" in refused("contrast help NTXent", folder)


def test_a_rule_takes_the_name_in_any_place(folder: Path) -> None:
    rules = ("NTXentLoss(tau=0.5) <= 99", "p95(NT_Xent) <= 99", "infoNCE.n <= 99")
    told = contrast(
        f"contrast check a.npy b.npy -o json {' '.join(f'--require {rule!r}' for rule in rules)}",
        folder,
    )
    assert told.code == 0
    found = json.loads(told.out)
    assert [each["metric"] for each in found["checks"]] == [
        "nt-xent(tau=0.5)",
        "p95(nt-xent)",
        "infonce.n",
    ]
    (said,) = (each for each in found["warnings"] if "taken as" in each)
    assert said.startswith("NTXentLoss is taken as nt-xent;")
