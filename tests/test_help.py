"""Help is the documentation: it is complete, its examples run, it costs little."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from contrast_cli.loss import loss
from contrast_cli.main import run
from contrast_cli.topics import TOPICS

from contrastive_core.losses import LOSSES
from contrastive_core.parameters import Choice, Number, NumberOr, parameters, spellings


def _help(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert run(list(arguments)) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return str(out)


def _options(text: str) -> set[str]:
    """The options that a help text explains."""
    lines = [line for line in text.splitlines() if re.match(r"  -", line)]
    return {option for line in lines for option in re.findall(r"--[a-z-]+", line.split("  ")[1])}


def _unbroken(text: str) -> str:
    """Without line breaks, and without the hyphens at which lines were broken."""
    return " ".join(text.split()).replace("- ", "").replace("-", "")


_SOFTMAX = "tau temperature scale similarity convention reduction"
OPTIONS = {
    "infonce": f"pairs bank scores positive views denominator symmetric {_SOFTMAX}",
    "nt-xent": f"labels pairs views {_SOFTMAX}",
    "clip": f"pairs scores positive views {_SOFTMAX}",
    "dcl": f"pairs scores positive views {_SOFTMAX}",
    "nce": f"pairs scores positive noise views noise-samples log-z expected seed {_SOFTMAX}",
    "contrastive": "labels pairs match views margin distance similar normalize raw convention "
    "reduction",
    "siglip": "pairs scores positive views scale bias similarity convention reduction",
    "alignment": "pairs views alpha convention reduction",
    "uniformity": "views t convention",
    "align-uniform": "pairs views alpha t weight convention",
    "supcon": f"labels pairs views form {_SOFTMAX}",
    "cross-entropy": f"labels scores prototypes {_SOFTMAX}",
    "triplet": "labels triplets views margin distance mining average soft-margin swap normalize "
    "raw seed convention reduction",
}
"""What each kind takes beside the options of all."""


def test_the_options_of_every_kind_are_written_down_here() -> None:
    assert list(OPTIONS) == list(LOSSES)


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("order", ["before", "after", "equals"])
def test_help_of_a_kind_shows_its_options_and_no_others(
    kind: str, order: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = {
        "before": ["--help", "--kind", kind],
        "after": ["--kind", kind, "-h"],
        "equals": [f"--kind={kind}", "--help"],
    }
    text = _help("loss", *words[order], capsys=capsys)
    assert _options(text) == {f"--{name}" for name in OPTIONS[kind].split()}
    assert set(spellings(LOSSES[kind])) <= set(OPTIONS[kind].split())


@pytest.mark.parametrize("kind", LOSSES)
def test_help_of_a_kind_shows_every_way_to_give_its_input(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = _help("loss", "--kind", kind, "--help", capsys=capsys)
    flat = _unbroken(text)
    assert "\nInput:\n" in text
    for command, words in LOSSES[kind].ways():
        assert f"  {command}\n" in text
        assert _unbroken(words) in flat


@pytest.mark.parametrize("kind", LOSSES)
def test_help_of_a_kind_shows_formula_meaning_paper_and_defaults(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    declaration = LOSSES[kind]
    text = _help("loss", "--kind", kind, "--help", capsys=capsys)
    flat = " ".join(text.split())
    assert declaration.headline() in flat
    assert _unbroken(declaration.meaning) in _unbroken(text)
    assert _unbroken(declaration.when_equal) in _unbroken(text)
    assert declaration.paper.citation in flat
    assert f"  {declaration.paper.url}\n" in text
    for line in declaration.formula().splitlines():
        assert line in text
    for parameter in parameters(declaration):
        if isinstance(parameter.bound, Number | NumberOr):
            assert f"[default: {parameter.default:g}" in flat
        if isinstance(parameter.bound, Choice):
            assert f"[default: {parameter.default}]" in flat


def test_plain_help_shows_the_shared_options_and_the_kinds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = _help("loss", "--help", capsys=capsys)
    assert "--tau" not in _options(text)
    assert _options(text) == {
        *("--kind", "--output", "--per-sample", "--top", "--sort", "--threads", "--memory"),
        *("--precision", "--quiet", "--color", "--debug", "--help"),
        *("--dtype", "--join", "--on-bad"),
    }
    for kind, declaration in LOSSES.items():
        assert re.search(rf"^  {kind} ", text, re.MULTILINE)
        assert declaration.headline().split(":")[0][:40] in text


def test_an_example_per_line_in_every_help(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--help"], ["loss", "--help"]):
        text = _help(*words, capsys=capsys)
        assert "  contrast loss --kind infonce --tau 0.07 emb.npy\n" in text
    assert "Print" in (loss.help or "")


@pytest.mark.parametrize(
    ("kind", "example"), [(kind, each) for kind in LOSSES for each in LOSSES[kind].examples]
)
def test_the_examples_of_a_kind_are_shown_and_run(
    kind: str, example: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"  {example}\n" in _help("loss", "--kind", kind, "--help", capsys=capsys)
    program, *arguments = example.split()
    assert program == "contrast"
    assert arguments[:3] == ["loss", "--kind", kind]
    assert run(arguments) == 0
    assert kind in capsys.readouterr().out


def test_every_kind_has_an_example() -> None:
    assert all(declaration.examples for declaration in LOSSES.values())


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert _help("--version", capsys=capsys) == "contrast 0.1.0\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["loss", "--help"],
        ["kinds", "--help"],
        ["metrics", "--help"],
        ["triplets", "--help"],
        ["check", "--help"],
        ["metrics", "--guide"],
        ["triplets", "--guide"],
        ["metrics", "--guide", "--metric", "hubness", "-o", "json"],
        ["help"],
        *(["help", topic] for topic in TOPICS),
        ["help", "metrics"],
        ["completion", "bash"],
        *(["loss", "--kind", kind, "-h"] for kind in ("clip", "nce", "triplet")),
        ["--version"],
    ],
)
def test_help_imports_neither_numpy_nor_pyarrow_nor_rich(arguments: list[str]) -> None:
    blocked = "import sys; sys.modules.update(numpy=None, pyarrow=None, rich=None);"
    command = f"{blocked} from contrast_cli.main import run; sys.exit(run({arguments!r}))"
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
