"""What is to be checked, as `contrast.toml` or `pyproject.toml` says it.

    [check]
    require = ["uniformity <= -2", "triplets.hard <= 5%"]
    warn = ["hubness <= 1"]
    embeddings = "emb.npy"
    labels = "y.npy"
    baseline = "baseline.json"
    allow = ["uniformity: 0.05"]

Several inputs in one run stand as `[check.inputs.NAME]`, each with rules of its own if it likes,
which are added to the common ones. Paths are relative to the folder of the file. In
`pyproject.toml` the table is `[tool.contrast.check]`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import BadInput, known_names
from ..whole_files import read_whole
from .rules import Rule
from .settings import INPUT_KEYS, WORDS, Table, seen_from_here

OWN, SHARED = "contrast.toml", "pyproject.toml"
"""The names that a configuration may have; the first wins where a folder holds both."""

_TABLES = {OWN: ("check",), SHARED: ("tool", "contrast", "check")}

_SETTINGS = ("require", "warn", "allow", "baseline", "top", "seed")

_ELSEWHERE = {
    "save_baseline": "Saving is an act of the command line: contrast check --save-baseline FILE. ",
    "output": "What is written is said on the command line: contrast check -o junit:report.xml. ",
}
"""Keys that somebody may look for here."""


@dataclass(frozen=True, eq=False)
class NamedInputs:
    """One set of inputs.

    Args:
        name: Of its table; None where the inputs stand in the table of the check itself.
        inputs: Path or word by the name that `contrastive_core.loss` calls it: `embeddings`,
            `labels`, `views`, `on_bad`; paths as seen from the working directory.
        rules: Of these inputs alone.
    """

    name: str | None
    inputs: Mapping[str, str]
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, eq=False)
class Configuration:
    """A file that says what is to be checked.

    Args:
        path: The file, as seen from the working directory.
        rules: Of all inputs.
        inputs: One without a name, or several with names; none where the command line gives them.
        words: What is said of all inputs in the table of the check and is no file, where no files
            stand beside it: `views`, `on_bad`.
        baseline: The file of saved values.
        allow: How much worse a figure may be.
        top: How many rows a failure names; None where the file does not say.
        seed: None where the file does not say.
    """

    path: Path
    rules: tuple[Rule, ...] = ()
    inputs: tuple[NamedInputs, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    baseline: Path | None = None
    allow: tuple[str, ...] = ()
    top: int | None = None
    seed: int | None = None


def find_configuration(start: Path | None = None) -> Configuration | None:
    """The nearest configuration, from a folder upwards; None where there is none.

    A `pyproject.toml` without the table is passed over. A `contrast.toml` without it is an error,
    for it has no other use: another file further up would silently take its place.

    Args:
        start: The folder to begin in; None for the working directory.

    Raises:
        BadInput: The nearest one is broken.
    """
    folder = (start or Path()).resolve()
    for place in (folder, *folder.parents):
        if (place / OWN).is_file():
            return load_configuration(place / OWN)
        found = _read(place / SHARED) if (place / SHARED).is_file() else None
        if found is not None:
            return found
    return None


def load_configuration(path: str | Path) -> Configuration:
    """A configuration by its path: one named `pyproject.toml` has the table of a project.

    Raises:
        BadInput: It is missing, is no TOML, has an unknown key, a wrong type or nothing to check.
    """
    found = _read(Path(path))
    if found is None:
        table = f"[{'.'.join(_names(Path(path)))}]"
        raise BadInput(
            str(seen_from_here(Path(path))),
            expected=f"a table {table}",
            got="none",
            remedy=f"Write {table} and, below it, require = ['uniformity <= -2'].",
        )
    return found


def _names(path: Path) -> tuple[str, ...]:
    """Where our table stands in a file."""
    return _TABLES.get(path.name, _TABLES[OWN])


def _read(path: Path) -> Configuration | None:
    """The configuration in a file; None where it holds no table of ours."""
    shown, names = seen_from_here(path), _names(path)
    content: Any = _parse(path, shown)
    for depth, name in enumerate(names):
        if depth == len(names) - 1:
            _refuse_others(content, shown, names)
        if name not in content:
            return None
        content = content[name]
        if not isinstance(content, dict):
            raise BadInput(
                f"{shown}: {'.'.join(names[: depth + 1])}",
                expected="a table",
                got=repr(content),
                remedy=f"Write [{'.'.join(names)}].",
            )
    return _configuration(Table(content, shown, names))


def _refuse_others(content: dict[str, Any], shown: Path, names: tuple[str, ...]) -> None:
    """What stands beside our table, where nothing else may stand."""
    for other in content:
        if other != names[-1]:
            raise BadInput(
                f"{shown}: {'.'.join((*names[:-1], other))}",
                expected=f"the table [{'.'.join(names)}] and nothing beside it",
                got=repr(other),
                remedy=known_names(other, names[-1:]),
            )


def _parse(path: Path, shown: Path) -> dict[str, Any]:
    """What a TOML file holds."""
    remedy = "Check the file; for example: [check] and, below it, require = ['uniformity <= -2']."
    try:
        return tomllib.loads(read_whole(path).decode("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(str(shown), expected="TOML", got=str(error), remedy=remedy) from error
    except UnicodeDecodeError as error:
        got = f"byte {error.start} that is no UTF-8"
        raise BadInput(str(shown), expected="TOML", got=got, remedy=remedy) from error
    except OSError as error:
        got = error.strerror or str(error)
        raise BadInput(str(shown), expected="a TOML file", got=got, remedy=remedy) from error


def _configuration(table: Table) -> Configuration:
    """What the table of a check says."""
    table.refuse_unknown((*_SETTINGS, *INPUT_KEYS, "inputs"), _ELSEWHERE)
    table.refuse_empty("rules, inputs or a baseline")
    baseline = table.word("baseline")
    files, words = _parted(table.inputs())
    return Configuration(
        path=table.path,
        rules=table.rules(),
        inputs=_inputs(table, files, words),
        words={} if files else words,
        baseline=None if baseline is None else Path(table.place(baseline)),
        allow=table.words("allow"),
        top=table.whole_number("top"),
        seed=table.whole_number("seed"),
    )


def _parted(inputs: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Files, and what is said of them."""
    files = {name: value for name, value in inputs.items() if name not in WORDS}
    return files, {name: value for name, value in inputs.items() if name in WORDS}


def _inputs(table: Table, files: dict[str, str], words: dict[str, str]) -> tuple[NamedInputs, ...]:
    """The inputs of the check: in its own table, or in one with a name each."""
    tables = table.tables("inputs")
    if files and tables:
        raise BadInput(
            table.at("inputs"),
            expected="either files in the table of the check, or tables of inputs with names",
            got=f"both: {', '.join(files)} beside {', '.join(tables)}",
            remedy=f"Move {', '.join(files)} into a table [{'.'.join(table.names)}.inputs.NAME].",
        )
    if files:
        return (NamedInputs(None, files | words),)
    return tuple(_named(name, each, words) for name, each in tables.items())


def _named(name: str, table: Table, words: dict[str, str]) -> NamedInputs:
    """One table of inputs, under the words that are said of all."""
    table.refuse_unknown(("require", "warn", *INPUT_KEYS), _ELSEWHERE)
    table.refuse_empty("files, such as embeddings = 'emb.npy'")
    inputs = table.inputs()
    if not _parted(inputs)[0]:
        raise BadInput(
            table.at(),
            expected="files, such as embeddings = 'emb.npy'",
            got=f"{', '.join(table.content)} alone",
            remedy="Name the files; what is said of all inputs stands in the table of the check.",
        )
    return NamedInputs(name, words | inputs, table.rules())
