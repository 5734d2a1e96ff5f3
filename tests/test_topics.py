"""`contrast help`: commands, topics, and what is said to a name that is neither."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import contrast
from contrast_cli.folding import folded
from contrast_cli.main import contrast as group
from contrast_cli.topics import TOPICS

from contrastive_core.dialects import dialects_of
from contrastive_core.losses import LOSSES
from contrastive_core.vocabulary import INPUTS

ROOT = Path(__file__).resolve().parent.parent


def _said(line: str) -> str:
    told = contrast(line, ROOT)
    assert (told.code, told.err) == (0, "")
    return told.out


def _commands() -> list[str]:
    """Every command line that a topic shows."""
    pages = [_said(f"contrast help {topic}") for topic in TOPICS]
    return [line.strip() for page in pages for line in re.findall(r"(?m)^  contrast .*", page)]


def test_the_topics_of_the_contract_are_there() -> None:
    assert {"inputs", "outputs", "conventions", "exit-codes"} <= set(TOPICS)


@pytest.mark.parametrize("command", _commands())
def test_a_command_that_a_topic_shows_runs(command: str) -> None:
    program = shlex.join([sys.executable, "-m", "contrast_cli"])
    line = command.replace("contrast", program, 1)
    done = subprocess.run(line, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_help_lists_every_command_and_every_topic() -> None:
    listed = _said("contrast help")
    for name in (*group.commands, *TOPICS):
        assert re.search(rf"(?m)^  {name} ", listed)
    assert all(kind in listed for kind in LOSSES)


def test_the_help_of_the_program_lists_the_topics() -> None:
    said = _said("contrast --help")
    assert "contrast help TOPIC" in said
    assert all(re.search(rf"(?m)^  {name} ", said) for name in TOPICS)


@pytest.mark.parametrize("name", ["loss", "metrics", "kinds", "help"])
def test_help_of_a_command_is_its_own_help(name: str) -> None:
    assert _said(f"contrast help {name}") == _said(f"contrast {name} --help")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("convention", "Did you mean 'conventions'? Known: inputs, outputs, json, conventions"),
        ("exitcodes", "Did you mean 'exit-codes'?"),
        ("metric", "Did you mean 'metrics'?"),
        ("triplet", "contrast kinds triplet is the page of that loss."),
    ],
)
def test_an_unknown_topic_lists_the_known_ones_and_the_nearest(typed: str, said: str) -> None:
    told = contrast(f"contrast help {typed}", ROOT)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(f"error: help: expected a topic or a command, got {typed!r}.\n")
    assert said in told.err


def test_two_topics_at_once_are_an_error() -> None:
    assert contrast("contrast help inputs outputs", ROOT).code == 2


def test_conventions_tell_every_library_of_every_kind() -> None:
    flat = "".join(_said("contrast help conventions").split())
    for kind in LOSSES:
        for name, dialect in dialects_of(kind).items():
            assert name in flat
            assert "".join(dialect.says.split()) in flat
            assert "".join(dialect.reference.split()) in flat


def test_inputs_tell_every_input_option() -> None:
    said = _said("contrast help inputs")
    assert all(re.search(rf"(?m)^  --{name} ", said) for name in INPUTS)


def test_exit_codes_are_those_of_the_program() -> None:
    said = _said("contrast help exit-codes")
    assert re.findall(r"(?m)^  (\d+)  ", said) == ["0", "1", "2", "3", "130", "141"]


def test_a_folded_command_is_what_it_was_for_a_shell() -> None:
    command = "contrast loss --kind supcon sample_data/emb.npy --labels sample_data/labels.npy -q"
    lines = folded(command, 60)
    assert max(map(len, lines.splitlines())) <= 60
    assert "--labels sample_data/labels.npy" in lines
    assert shlex.split(lines.replace("\\\n", " ")) == shlex.split(command)
