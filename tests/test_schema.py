"""What `-o json` writes is what the schema says, for every command; and the schema is strict."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from command_line import contrast, small_files
from contrast_cli.schema import schema_text

from contrastive_core.geometry.declarations import METRICS
from contrastive_core.losses import LOSSES

SCHEMA = json.loads(schema_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

LOSS_INPUTS = (
    *("infonce a.npy b.npy", "infonce a.npy b.npy --symmetric"),
    *("infonce ab.npy --pairs pairs.npy", "infonce p1.npy p2.npy own.npy", "nt-xent views.npy"),
    *("nt-xent ab.npy --labels twice.npy", "clip a.npy b.npy", "dcl second.npy"),
    *("supcon c.npy --labels y.npy", "supcon c.npy --labels words.npy"),
    *("cross-entropy --scores logits.npy --labels y.npy", "nce a.npy b.npy --log-z fit"),
    *("nce a.npy b.npy", "siglip a.npy b.npy", "contrastive ab.npy --pairs matched.npy"),
    *("contrastive c.npy --labels y.npy", "alignment a.npy b.npy", "uniformity a.npy b.npy"),
    *("align-uniform a.npy b.npy", "triplet c.npy --labels y.npy", "triplet a.npy b.npy d.npy"),
    "triplet abd.npy --triplets triplets.npy --sort best",
    "triplet c.npy --labels y.npy --mining batch-hard --sort index --soft-margin",
    "infonce a.npy b.npy --convention tensorflow-similarity --reduction sum",
    "infonce holes.npy b.npy --on-bad drop",
    "infonce --scores masked.npy",
)
LINES = [
    *(f"loss --kind {line} --per-sample" for line in LOSS_INPUTS),
    "loss --kind infonce a.npy b.npy --convention all",
    "loss --kind nt-xent a.npy b.npy --convention all",
    "metrics c.npy",
    "metrics c.npy --labels y.npy --per-sample",
    "metrics c.npy --labels words.npy --guide --sort index",
    "metrics a.npy b.npy --labels four.npy --sort best --per-sample",
    "metrics same.npy",
    "metrics holes.npy --on-bad drop",
    "metrics c.npy --labels y.npy --sample 3",
    "metrics --guide",
    "triplets c.npy --labels y.npy --per-sample",
    "triplets c.npy --labels words.npy --margin 0.1 --margin 0.2 --per-sample --sort index",
    "triplets c.npy --labels y.npy --sample 3 --guide",
    "triplets a.npy b.npy d.npy --per-sample --mining semi-hard",
    "triplets abd.npy --triplets triplets.npy --sort best",
    "triplets holes.npy --labels four.npy --on-bad drop",
    "triplets --guide",
    "info a.npy y.npy words.npy pairs.npy triplets.npy tenths.npy views.npy holes.npy",
    "info a.parquet matched.parquet two.npz",
    "kinds",
    "kinds triplet",
]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_files(tmp_path_factory.mktemp("here"))
    np.save(folder / "holes.npy", np.array([[1.0, 0.2], [0.3, np.nan], [-0.4, 1.0], [0.0, -1.0]]))
    np.save(folder / "masked.npy", np.array([[0.5, 0.2, -np.inf], [0.3, 0.1, 0.4]]))
    np.save(folder / "same.npy", np.ones((4, 3)))
    np.save(folder / "four.npy", np.array([0, 1, 0, 1]))
    np.savez(folder / "two.npz", x=np.eye(3), y=np.eye(3) + 1)
    return folder


def _document(line: str, here: Path) -> dict[str, Any]:
    return contrast(
        f"contrast {line} {'' if line[:5] == 'kinds' else '-qq'} -o json", here
    ).document


def test_the_schema_is_one_of_the_draft_and_names_every_kind_and_metric() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["$defs"]["kind"]["enum"] == list(LOSSES)
    pattern = SCHEMA["$defs"]["metric_name"]["pattern"]
    assert pattern == rf"^({'|'.join(METRICS)})(\.keys)?$"


@pytest.mark.parametrize("line", LINES)
def test_what_is_written_is_what_the_schema_says(line: str, here: Path) -> None:
    VALIDATOR.validate(_document(line, here))


def test_every_definition_is_referred_to() -> None:
    text = schema_text()
    assert {name for name in SCHEMA["$defs"] if f'"#/$defs/{name}"' not in text} == set()


def _objects(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the objects of a document are."""
    if isinstance(value, dict):
        yield path
        for name, each in value.items():
            yield from _objects(each, (*path, name))
    elif isinstance(value, list) and value:
        yield from _objects(value[0], (*path, 0))


_FREE = ("parameters", "metrics", "skipped", "guide")
"""Objects whose keys are names of parameters and metrics."""


@pytest.mark.parametrize(
    "line",
    [
        "loss --kind clip a.npy b.npy --per-sample",
        "loss --kind nt-xent a.npy b.npy --convention all",
        "metrics c.npy --labels y.npy --per-sample",
        "triplets c.npy --labels y.npy --margin 0.1 --margin 0.2 --per-sample",
        "info a.npy y.npy pairs.npy tenths.npy",
        "kinds infonce",
    ],
)
def test_a_key_too_many_or_a_number_that_is_text_fails(line: str, here: Path) -> None:
    document = _document(line, here)
    for path in _objects(document):
        if path and path[-1] in _FREE and not isinstance(document.get("kinds"), list):
            continue
        changed = copy.deepcopy(document)
        place = changed
        for step in path:
            place = place[step]
        place["surprise"] = 1
        assert not VALIDATOR.is_valid(changed), path
        del place["surprise"]
        for name, value in list(place.items()):
            if isinstance(value, int | float) and not isinstance(value, bool):
                place[name] = [str(value)]
                assert not VALIDATOR.is_valid(changed), (*path, name)
                place[name] = value


@pytest.mark.parametrize(
    "key", ["schema", "command", "version", "inputs", "warnings", "value", "worst", "quantiles"]
)
def test_a_key_too_few_fails(key: str, here: Path) -> None:
    document = _document("loss --kind clip a.npy b.npy", here)
    del document[key]
    assert not VALIDATOR.is_valid(document)


CHECK = {
    "schema": "contrast/1",
    "command": "check",
    "version": "0.1.0",
    "inputs": [],
    "warnings": [],
    "passed": False,
    "checks": [
        {
            "metric": "uniformity",
            "value": -1.5,
            "op": "<=",
            "bound": -2,
            "level": "error",
            "passed": False,
            "reason": "-1.5 is above -2",
        }
    ],
}


def test_a_check_holds_its_rules() -> None:
    VALIDATOR.validate(CHECK)
    for key in CHECK["checks"][0]:  # type: ignore[index]
        changed = copy.deepcopy(CHECK)
        del changed["checks"][0][key]  # type: ignore[index]
        assert not VALIDATOR.is_valid(changed)
