"""Completion: what is offered, in real shells, without a word about what cannot be read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from contrast_cli.topics import TOPICS

from contrastive_core.geometry.declarations import METRICS
from contrastive_core.losses import LOSSES

_BLOCKED = "import sys; sys.modules.update(numpy=None, pyarrow=None, rich=None); "
_RUN = "from contrast_cli.main import main; main()"
_COLUMNS = ["z1", "z2", "my vectors", "label"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of each format with the same columns, or arrays; and files that cannot be read."""
    folder = tmp_path_factory.mktemp("files")
    rows = np.arange(12, dtype=np.float32).reshape(4, 3)
    arrays: dict[str, npt.NDArray[Any]] = {
        "z1": rows,
        "z2": rows,
        "my vectors": rows,
        "label": np.arange(4),
    }
    table = pa.table({name: pa.array(values.tolist()) for name, values in arrays.items()})
    pq.write_table(table, folder / "emb.parquet")
    feather.write_feather(table, str(folder / "emb.arrow"), compression="uncompressed")
    np.savez(folder / "emb.npz", **arrays)  # type: ignore[arg-type]
    np.save(folder / "emb.npy", rows)
    (folder / "y.csv").write_text("name,class\na,1\nb,2\n")
    (folder / "broken.parquet").write_bytes(b"PAR1 and nothing else")
    (folder / "empty.parquet").write_bytes(b"")
    return folder


def _asked(
    *words: str,
    of: str = "bash",
    before: str = _BLOCKED,
    folder: Path | None = None,
    more: dict[str, str] | None = None,
) -> str:
    """What a shell is answered for a line whose last word is being typed."""
    environment = {
        **os.environ,
        "_CONTRAST_COMPLETE": f"{of}_complete",
        "COMP_WORDS": "\n".join(words),
        "COMP_CWORD": str(len(words) - 1),
        **(more or {}),
    }
    done = subprocess.run(
        [sys.executable, "-c", f"{before}{_RUN}"],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def _offered(*words: str, folder: Path | None = None, before: str = _BLOCKED) -> list[str]:
    """The candidates themselves."""
    answered = _asked(*words, folder=folder, before=before)
    return [line.partition(",")[2] for line in answered.splitlines()]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("contrast l", ["loss"]),
        ("contrast loss --kind ", list(LOSSES)),
        ("contrast loss --kind=dc", ["--kind=dcl"]),
        ("contrast loss --kind infonce --den", ["--denominator"]),
        ("contrast loss --kind triplet --m", ["--memory", "--margin", "--mining"]),
        ("contrast loss --kind nope --mem", ["--memory"]),
        ("contrast loss --kind infonce --denominator v", ["views"]),
        ("contrast loss --kind triplet --mining b", ["batch-hard"]),
        ("contrast loss --kind infonce --scores s.npy --positive d", ["diagonal"]),
        ("contrast loss --kind infonce --convention m", ["moco"]),
        ("contrast loss --kind clip --convention a", ["all"]),
        ("contrast loss --kind clip a.npy b.npy --color n", ["never"]),
        ("contrast loss --kind clip --on-bad ", ["stop", "drop"]),
        ("contrast loss --kind clip -o va", ["value"]),
        ("contrast metrics --metric norm_", ["norm_mean", "norm_std"]),
        ("contrast metrics --metric ", list(METRICS)),
        ("contrast metrics --dup", ["--duplicate-threshold"]),
        ("contrast kinds al", ["alignment", "align-uniform"]),
        ("contrast check --require uniformity.", ["uniformity.keys"]),
        ("contrast check --warn triplets.ha", ["triplets.hard"]),
        ("contrast help co", ["conventions", "completion"]),
        ("contrast completion ", ["bash", "zsh", "fish"]),
        ("contrast nonsense --o", []),
        ("contrast loss --nonsense 3 --kin", ["--kind"]),
    ],
)
def test_names_are_completed_without_numpy(words: str, offered: list[str]) -> None:
    assert _offered(*words.split(" ")) == offered


def test_topics_are_completed() -> None:
    assert set(TOPICS) <= set(_offered("contrast", "help", ""))


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ('"a.npz::', '"a.npz::\\$(x)\\`y\\`\\"\'\\\\'),
        ("'a.npz::", "'a.npz::$(x)`y`\"'\\''\\"),
        ("a.npz::", "\\$\\(x\\)\\`y\\`\\\"\\'\\\\"),
    ],
)
def test_no_name_in_a_file_becomes_a_command(typed: str, offered: str, tmp_path: Path) -> None:
    named: dict[str, Any] = {"$(x)`y`\"'\\": np.ones((4, 2))}
    np.savez(tmp_path / "a.npz", **named)
    answered = _asked(
        "contrast", "info", typed, more={"COMP_BREAKS": " :="}, folder=tmp_path, before=""
    )
    assert answered == f"plain,{offered.removeprefix(typed[0]) if typed[0] != 'a' else offered}\n"


@pytest.mark.parametrize(
    "words",
    [
        ("contrast", "loss", ""),
        ("contrast", "metrics", "emb"),
        ("contrast", "info", "a.npy", ""),
        ("contrast", "loss", "--kind", "triplet", "--labels", ""),
        ("contrast", "loss", "--kind", "infonce", "--bank", "b"),
    ],
)
def test_files_are_left_to_the_shell(words: tuple[str, ...]) -> None:
    assert _asked(*words) == "file,\n"


def test_noise_is_a_word_or_a_file() -> None:
    words = ("contrast", "loss", "--kind", "nce", "--noise", "")
    assert _asked(*words) == "plain,uniform\nfile,\n"


@pytest.mark.parametrize("name", ["emb.parquet", "emb.arrow", "emb.npz"])
def test_behind_two_colons_stand_the_columns_of_the_file(name: str, folder: Path) -> None:
    found = _offered("contrast", "metrics", f"{name}::", folder=folder, before="")
    assert found == [f"{name}::{each}".replace(" ", "\\ ") for each in _COLUMNS]
    assert _offered("contrast", "metrics", f"{name}::z", folder=folder, before="") == [
        f"{name}::z1",
        f"{name}::z2",
    ]


def test_labels_of_the_embeddings_come_first_behind_labels(folder: Path) -> None:
    found = _offered(
        "contrast", "metrics", "emb.parquet", "--labels", "::", folder=folder, before=""
    )
    assert found[0] == "::label"
    line = "contrast loss --kind supcon emb.parquet::z1 --labels ::la"
    assert _offered(*line.split(), folder=folder, before="") == ["::label"]
    line = "contrast metrics emb.npy --labels y.csv::"
    found = _offered(*line.split(), folder=folder, before="")
    assert found == ["y.csv::name", "y.csv::class"]


@pytest.mark.parametrize(
    "place",
    ["broken.parquet::", "empty.parquet::", "absent.parquet::", "emb.npy::", "-::", "s3://a/b::"],
)
def test_what_cannot_be_read_completes_to_nothing_and_says_nothing(
    place: str, folder: Path
) -> None:
    words = ("contrast", "loss", "--kind", "infonce", "--bank", place)
    assert _asked(*words, folder=folder, before="") == ""


def test_files_behind_a_format_are_completed(folder: Path) -> None:
    assert _offered("contrast", "loss", "-o", "json:emb.p", folder=folder) == ["json:emb.parquet"]
    (folder / "out").mkdir(exist_ok=True)
    assert _asked("contrast", "loss", "-o", "json:ou", folder=folder) == "open,json:out/\n"


def test_bash_is_given_what_it_replaces_and_other_shells_whole_words(folder: Path) -> None:
    words = ("contrast", "metrics", "emb.parquet::my")
    assert (
        _asked(*words, more={"COMP_BREAKS": " :="}, folder=folder, before="")
        == "plain,my\\ vectors\n"
    )
    assert _asked(*words, more={"COMP_BREAKS": " "}, folder=folder, before="") == (
        "plain,emb.parquet::my\\ vectors\n"
    )
    assert _asked(*words, of="zsh", folder=folder, before="") == (
        "plain\nemb.parquet::my\\ vectors\n_\n"
    )
    assert _asked(*words, of="fish", folder=folder, before="") == (
        "plain,emb.parquet::my vectors\n"
    )
    quoted = ("contrast", "metrics", '"emb.parquet::my')
    assert _asked(*quoted, more={"COMP_BREAKS": " :="}, folder=folder, before="") == (
        "plain,emb.parquet::my vectors\n"
    )


@pytest.mark.parametrize("changes", [{"COMP_CWORD": "x"}, {"COMP_CWORD": "99"}, {"COMP_WORDS": ""}])
def test_nonsense_from_a_shell_has_no_traceback(changes: dict[str, str]) -> None:
    _asked("contrast", "loss", "", more=changes)


def test_an_unknown_shell_is_exit_2_with_the_known_ones() -> None:
    for name, said in (
        ("1", "bash_complete or zsh_complete"),
        ("tcsh_complete", "'tcsh_complete'"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", _RUN],
            capture_output=True,
            text=True,
            env={**os.environ, "_CONTRAST_COMPLETE": name},
            check=False,
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr


_IN_BASH = """
mkdir -p '{folder}/bin'
printf '#!/bin/sh\nexec "%s" -m contrast_cli "$@"\n' '{python}' > '{folder}/bin/contrast'
chmod +x '{folder}/bin/contrast'
PATH='{folder}/bin':$PATH
eval "$(contrast completion bash)"
compopt() {{ echo "compopt $1 $2"; }}
cd '{folder}'
while read -r point; do
    IFS= read -r line
    COMP_LINE=$line COMP_POINT=$point
    read -r cword
    IFS=$'\\x1f' read -ra COMP_WORDS
    COMP_CWORD=$cword
    _contrast_completion contrast
    printf '%s\\n' "${{COMPREPLY[@]}}"
    echo --
done
"""


def _bash(folder: Path, *lines: tuple[list[str], str]) -> list[list[str]]:
    """What COMPREPLY holds in a real bash, for lines and the words that bash makes of them."""
    asked = "".join(
        f"{len(line)}\n{line}\n{len(words) - 1}\n{chr(31).join(words)}{chr(31)}\n"
        for words, line in lines
    )
    script = _IN_BASH.format(python=sys.executable, folder=folder)
    done = subprocess.run(
        ["bash", "--norc", "-c", script], input=asked, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [part.splitlines() for part in done.stdout.split("--\n")[:-1]]


def test_a_real_bash_joins_what_it_split_at_colons(folder: Path) -> None:
    told = _bash(
        folder,
        (["contrast", "lo"], "contrast lo"),
        (["contrast", "loss", "--kind", "trip"], "contrast loss --kind trip"),
        (["contrast", "loss", "--kind", "=", "dc"], "contrast loss --kind=dc"),
        (["contrast", "metrics", "emb.parquet", "::"], "contrast metrics emb.parquet::"),
        (["contrast", "metrics", "emb.parquet", "::", "la"], "contrast metrics emb.parquet::la"),
        (
            ["contrast", "metrics", "emb.parquet", "--labels", "::", "l"],
            "contrast metrics emb.parquet --labels ::l",
        ),
        (["contrast", "loss", "-o", "json", ":", "emb.pa"], "contrast loss -o json:emb.pa"),
        (["contrast", "loss", "em"], "contrast loss em"),
    )
    assert told == [
        ["loss"],
        ["triplet"],
        ["dcl"],
        ["z1", "z2", "my\\ vectors", "label"],
        ["label"],
        ["label"],
        ["emb.parquet"],
        ["compopt -o default", ""],
    ]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script_that_names_the_program_and_how_to_install_it(shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "contrast_cli", "completion", shell],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"_CONTRAST_COMPLETE={shell}_complete" in done.stdout.replace(
        "-lx _CONTRAST_COMPLETE ", "_CONTRAST_COMPLETE="
    )
    assert f"contrast completion {shell}" in done.stdout


def test_another_shell_is_refused_with_the_known_ones() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "contrast_cli", "completion", "fsh"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Did you mean 'fish'? Known: bash, zsh, fish." in done.stderr
