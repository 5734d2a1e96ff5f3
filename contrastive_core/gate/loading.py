"""Reading a baseline: every way in which a file can be none is told in one message."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

from ..errors import BadInput, ContrastError
from ..geometry.declarations import HIGHER, LOWER, NEITHER
from ..whole_files import read_whole
from .baseline import FAMILY, NUMBER, SCHEMA, Baseline, SavedFigure, SavedFile, SavedInput
from .grammar import parse_figure
from .taking import (
    Take,
    Words,
    Wrong,
    count,
    exactly,
    list_of,
    members,
    not_negative,
    number,
    or_null,
    sha256,
    string,
)

_ANEW = "Save it anew: contrast check ... --save-baseline FILE."


def load_baseline(path: Path) -> Baseline:
    """Read a baseline.

    Raises:
        BadInput: The file is missing, damaged, no baseline, or written by a newer version.
    """
    document = _parsed(path)
    _check_schema(path, document)
    try:
        return _baseline(document)
    except Wrong as wrong:
        raise BadInput(
            str(path),
            expected=f"a baseline: {wrong.expected} at {wrong.where or 'its top'}",
            got=wrong.got,
            remedy=f"It was changed by hand or by another program. {_ANEW}",
        ) from None


def _parsed(path: Path) -> Any:
    """The document; duplicate keys and numbers that are none are refused."""
    try:
        text = read_whole(path).decode("utf-8")
    except FileNotFoundError as error:
        raise BadInput(
            str(path),
            expected="a baseline, saved before",
            got="no file of that name",
            remedy=f"Check the path; or save one: contrast check ... --save-baseline {path}.",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise _no_json(path, error) from error
    try:
        return json.loads(text, object_pairs_hook=_object_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _no_json(path, error) from error


def _no_json(path: Path, error: Exception) -> BadInput:
    said = (str(error).splitlines() or ["nothing"])[0]
    return BadInput(
        str(path),
        expected="a baseline, a file of JSON in UTF-8",
        got=f"what cannot be read as that: {said}",
        remedy=f"It may be damaged, or be another file. {_ANEW}",
    )


def _object_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in members:
        if name in found:
            raise ValueError(f"{name!r} twice in one object")
        found[name] = value
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _check_schema(path: Path, document: Any) -> None:
    """Refuse what says itself that it is something else."""
    said = document.get("schema") if isinstance(document, dict) else None
    if said == SCHEMA:
        return
    newer = (
        re.fullmatch(re.escape(FAMILY) + r"([0-9]{1,9})", said) if isinstance(said, str) else None
    )
    if newer and int(newer[1]) > NUMBER:
        remedy = f"A newer version of contrast wrote it: update this one. Or: {_ANEW}"
    elif said == "contrast/1":
        remedy = f"That is a result of contrast, not a baseline. {_ANEW}"
    else:
        remedy = f"It seems to be another file. {_ANEW}"
    raise BadInput(
        str(path),
        expected=f"a baseline, with the schema {SCHEMA!r}",
        got=f"the schema {said!r}" if isinstance(said, str) else "none",
        remedy=remedy,
    )


def _baseline(document: Any) -> Baseline:
    take: dict[str, Take] = {"schema": string, "version": string, "inputs": list_of(_input)}
    found = exactly(document, "", take)
    names = [each.name for each in found["inputs"]]
    if not names:
        raise Wrong("inputs", "at least one input", [])
    if not any(each.figures for each in found["inputs"]):
        raise Wrong("inputs", "at least one figure", Words("none"))
    for name in names:
        if names.count(name) > 1:
            raise Wrong("inputs", "names that differ", name)
    return Baseline(found["version"], found["inputs"])


def _input(value: Any, where: str) -> SavedInput:
    take: dict[str, Take] = {
        "name": or_null(string),
        "n": or_null(count),
        "d": or_null(count),
        "files": list_of(_file),
        "figures": _figures,
    }
    return SavedInput(**exactly(value, where, take))


def _file(value: Any, where: str) -> SavedFile:
    take: dict[str, Take] = {
        "role": string,
        "path": string,
        "format": or_null(string),
        "shape": or_null(list_of(count)),
        "dtype": or_null(string),
        "sha256": or_null(sha256),
    }
    return SavedFile(**exactly(value, where, take))


def _figures(value: Any, where: str) -> dict[str, SavedFigure]:
    return {text: _figure(text, each, f"{where}.{text}") for text, each in members(value, where)}


def _figure(text: str, value: Any, where: str) -> SavedFigure:
    take: dict[str, Take] = {
        "value": or_null(number),
        "sigma": or_null(not_negative),
        "better": _way,
        "n": or_null(count),
        "samples": count,
        "d": or_null(count),
        "precision": string,
        "convention": or_null(string),
        "positives": or_null(string),
        "parameters": _parameters,
        "reason": or_null(string),
    }
    found = exactly(value, where, take)
    if (found["value"] is None) != (found["reason"] is not None):
        raise Wrong(where, "a value, or null and the reason why", value)
    found["value"] = math.nan if found["value"] is None else found["value"]
    try:
        figure = parse_figure(text)
    except ContrastError as error:
        raise Wrong(where, "a figure of this version", Words(repr(text))) from error
    if figure.text != text:
        raise Wrong(where, f"the figure as {figure.text!r}", text)
    return SavedFigure(figure=figure, **found)


def _way(value: Any, where: str) -> str:
    if value not in (LOWER, HIGHER, NEITHER):
        raise Wrong(where, f"{LOWER}, {HIGHER} or {NEITHER}", value)
    return str(value)


def _parameters(value: Any, where: str) -> dict[str, Any]:
    return {name: _parameter(each, f"{where}.{name}") for name, each in members(value, where)}


def _parameter(value: Any, where: str) -> Any:
    several = value if isinstance(value, list) else [value]
    for each in several:
        if isinstance(each, dict | list):
            raise Wrong(where, "a number, a word, true, false, null or a list of these", value)
        if isinstance(each, float):
            number(each, where)
    return value
