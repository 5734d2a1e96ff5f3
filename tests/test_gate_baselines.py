"""The file of a baseline: what is in it, and what is no baseline."""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from gate_data import HASH, checked, mean_of, measured, saved, written

from contrastive_core.errors import BadInput, CannotWrite, ContrastError
from contrastive_core.gate.baseline import Baseline, save_baseline, text_of
from contrastive_core.gate.loading import load_baseline
from contrastive_core.version import VERSION

SCHEMA = json.loads(files("contrastive_core.gate").joinpath("baseline.schema.json").read_text())


def figures() -> list[Any]:
    return [
        measured("uniformity", -2.312345678901234, parameters={"t": 2.0}),
        measured("alpha_req", math.nan, reason="needs 20 positive eigenvalues"),
        mean_of("infonce(tau=0.07)", [1.0, 2.0, 4.0], convention="paper", better="lower"),
    ]


def document() -> dict[str, Any]:
    return dict(json.loads(text_of(Baseline("0.1.0", (saved(*figures()),)))))


LITERAL = """{
  "schema": "contrast/baseline/1",
  "version": "0.1.0",
  "inputs": [
    {
      "name": null,
      "n": 100, "d": 8,
      "files": [
        {"role": "embeddings", "path": "emb.npy", "format": "npy", "shape": [100, 8], \
"dtype": "float32", "sha256": "HASH"},
        {"role": "labels", "path": "y.npy", "format": null, "shape": null, \
"dtype": null, "sha256": "HASH"}
      ],
      "figures": {
        "alpha_req": {
          "value": null,
          "sigma": null,
          "better": "neither", "n": 100, "samples": 100, "d": 8, "precision": "float32", \
"convention": null, "positives": null, "parameters": {},
          "reason": "needs 20 positive eigenvalues"
        },
        "uniformity": {
          "value": -2.312345678901234,
          "sigma": null,
          "better": "lower", "n": 100, "samples": 100, "d": 8, "precision": "float32", \
"convention": null, "positives": null, "parameters": {"t": 2.0},
          "reason": null
        }
      }
    }
  ]
}
"""


def test_a_baseline_is_written_so_that_it_can_be_reviewed() -> None:
    found = text_of(Baseline("0.1.0", (saved(*figures()[:2]),)))
    assert found == LITERAL.replace("HASH", HASH)


def test_the_same_data_give_the_same_bytes_in_any_order_of_rules(tmp_path: Path) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    save_baseline(one, [saved(*figures())])
    save_baseline(other, [saved(*reversed(figures()))])
    assert one.read_bytes() == other.read_bytes()
    assert one.read_text() == text_of(load_baseline(one))


def test_a_round_trip_loses_nothing(tmp_path: Path) -> None:
    inputs = (saved(*figures(), name="train"), saved(*figures()[:1], name="val"))
    found = written(tmp_path / "b.json", *inputs)
    assert found.version == VERSION
    assert [each.name for each in found.inputs] == ["train", "val"]
    assert found.inputs[0].files == inputs[0].files
    assert found.inputs[1] == inputs[1]
    for text, figure in inputs[0].figures.items():
        again = found.inputs[0].figures[text]
        assert repr(again) == repr(figure)  # NaN is not equal to itself


@pytest.mark.parametrize("value", [0.1 + 0.2, 5e-324, -1.7976931348623157e308, 1 / 3, -0.0, 1e16])
def test_values_keep_every_bit(value: float, tmp_path: Path) -> None:
    found = written(tmp_path / "b.json", saved(measured("uniformity", value)))
    assert repr(found.inputs[0].figures["uniformity"].value) == repr(value)


def test_what_is_infinite_is_saved_as_undefined(tmp_path: Path) -> None:
    found = written(tmp_path / "b.json", saved(measured("uniformity", math.inf)))
    figure = found.inputs[0].figures["uniformity"]
    assert math.isnan(figure.value)
    assert figure.reason == "its value is inf"


def test_parameters_of_any_type_are_saved_as_json_has_them(tmp_path: Path) -> None:
    given = {"b": np.float64(0.5), "a": np.int64(3), "c": (1, 2.5), "d": True, "e": None, "f": "w"}
    found = written(tmp_path / "b.json", saved(measured("uniformity", 1.0, parameters=given)))
    parameters = found.inputs[0].figures["uniformity"].parameters
    assert list(parameters.items()) == [
        ("a", 3),
        ("b", 0.5),
        ("c", [1, 2.5]),
        ("d", True),
        ("e", None),
        ("f", "w"),
    ]


def test_parameters_that_the_data_gave_are_not_saved(tmp_path: Path) -> None:
    figure = measured("nce", 1.0, parameters={"log_z": 3.2, "k": 1}, found=frozenset({"log_z"}))
    found = written(tmp_path / "b.json", saved(figure))
    assert found.inputs[0].figures["nce"].parameters == {"k": 1}


def test_text_beyond_ascii_stays_readable(tmp_path: Path) -> None:
    save_baseline(tmp_path / "b.json", [saved(*figures(), name="Größe")])
    assert '"name": "Größe"' in (tmp_path / "b.json").read_text(encoding="utf-8")
    assert load_baseline(tmp_path / "b.json").inputs[0].name == "Größe"


def test_the_schema_is_one_and_fits_what_is_written() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(document(), SCHEMA)
    empty = json.loads(text_of(Baseline("0.1.0", (saved(),))))
    jsonschema.validate(empty, SCHEMA)
    assert empty["inputs"][0]["figures"] == {}


def _uniformity(found: dict[str, Any]) -> dict[str, Any]:
    return dict(found["inputs"][0]["figures"]["uniformity"])


def change(*place: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    """Put something into a place of a document."""

    def put(found: Any) -> None:
        for each in place[:-1]:
            found = found[each]
        found[place[-1]] = to

    return put


def drop(*place: Any) -> Callable[[dict[str, Any]], None]:
    """Take something out of a document."""

    def take(found: Any) -> None:
        for each in place[:-1]:
            found = found[each]
        del found[place[-1]]

    return take


FIRST, SECOND = ("inputs", 0), ("inputs", 0, "figures", "uniformity")

MUTATIONS = [
    (change("extra", to=1), 'no other than schema, version, inputs at its top, got "extra"'),
    (drop("version"), "'version' at its top"),
    (change("version", to=1), "a string at version, got 1"),
    (change("inputs", to={}), "a list at inputs, got an object"),
    (change("inputs", to=[]), "at least one input at inputs"),
    (change("inputs", to=["emb.npy"]), 'an object at inputs[0], got "emb.npy"'),
    (change(*FIRST, "name", to=3), "a string at inputs[0].name, got 3"),
    (change(*FIRST, "n", to=-1), "a whole number from 0 on at inputs[0].n, got -1"),
    (change(*FIRST, "n", to=1.5), "a whole number from 0 on at inputs[0].n, got 1.5"),
    (change(*FIRST, "d", to=True), "a whole number from 0 on at inputs[0].d, got true"),
    (drop(*FIRST, "files"), "'files' at inputs[0]"),
    (change(*FIRST, "files", 0, "shape", to=[-1]), "from 0 on at inputs[0].files[0].shape[0]"),
    (change(*FIRST, "files", 0, "shape", to="8"), "a list at inputs[0].files[0].shape"),
    (change(*FIRST, "files", 0, "sha256", to="AB" * 32), "64 hexadecimal digits"),
    (change(*FIRST, "files", 0, "role", to=None), "a string at inputs[0].files[0].role, got null"),
    (change(*FIRST, "files", 0, "when", to="now"), "no other than role, path"),
    (change(*FIRST, "figures", to=[]), "an object at inputs[0].figures, got a list of 0"),
    (change(*SECOND, "value", to="-2"), "a finite number at inputs[0].figures.uniformity.value"),
    (change(*SECOND, "value", to=False), "a finite number"),
    (change(*SECOND, "value", to=None), "a value, or null and the reason why"),
    (change(*SECOND, "reason", to="none"), "a value, or null and the reason why"),
    (change(*SECOND, "reason", to=0), "a string at inputs[0].figures.uniformity.reason"),
    (change(*SECOND, "sigma", to=-0.1), "a number from 0 on"),
    (change(*SECOND, "better", to="up"), "lower, higher or neither"),
    (change(*SECOND, "samples", to=None), "a whole number from 0 on"),
    (change(*SECOND, "precision", to=None), "a string"),
    (change(*SECOND, "parameters", to=None), "an object"),
    (change(*SECOND, "parameters", to={"t": {}}), "or a list of these"),
    (change(*SECOND, "parameters", to={"t": [[1]]}), "or a list of these"),
    (change(*SECOND, "level", to="warn"), "no other than value"),
    (drop(*SECOND, "convention"), "an object without 'convention'"),
    (drop(*SECOND, "positives"), "an object without 'positives'"),
    (change(*SECOND, "positives", to=1), "a string at inputs[0].figures.uniformity.positives"),
]


@pytest.mark.parametrize(("mutate", "part"), MUTATIONS)
def test_a_changed_file_is_one_error_that_says_where(
    mutate: Callable[[Any], None], part: str, tmp_path: Path
) -> None:
    found = document()
    mutate(found)
    path = tmp_path / "b.json"
    path.write_text(json.dumps(found))
    with pytest.raises(BadInput) as error:
        load_baseline(path)
    assert part in str(error.value)
    assert str(path) == error.value.what
    assert "--save-baseline" in error.value.remedy
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, SCHEMA)


@pytest.mark.parametrize(
    ("mutate", "part"),
    [
        (change("inputs", to=[document()["inputs"][0]] * 2), "names that differ"),
        (change(*FIRST, "figures", "uniformty", to=_uniformity(document())), "of this version"),
        (change(*FIRST, "figures", "nt_xent", to=_uniformity(document())), "as 'nt-xent'"),
        (change(*FIRST, "name", to="\ud800"), "a string at inputs[0].name"),
    ],
)
def test_names_that_mean_nothing_are_errors_too(
    mutate: Callable[[Any], None], part: str, tmp_path: Path
) -> None:
    found = document()
    mutate(found)
    (tmp_path / "b.json").write_text(json.dumps(found))
    with pytest.raises(BadInput) as error:
        load_baseline(tmp_path / "b.json")
    assert part in str(error.value)


def test_the_order_of_a_files_members_means_nothing(tmp_path: Path) -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: turned(each) for name, each in reversed(value.items())}
        return [turned(each) for each in value] if isinstance(value, list) else value

    (tmp_path / "b.json").write_text(json.dumps(turned(document()), indent=1))
    assert text_of(load_baseline(tmp_path / "b.json")) == text_of(
        Baseline("0.1.0", (saved(*figures()),))
    )


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "a file of JSON"),
        ("{", "a file of JSON"),
        (text_of(Baseline("0.1.0", (saved(*figures()),)))[:300], "a file of JSON"),
        ('{"schema": "contrast/baseline/1", "schema": 1}', "'schema' twice in one object"),
        ('{"schema": NaN}', "NaN is no number of JSON"),
        ("[" * 100000, "a file of JSON"),
        ('{"n": ' + "9" * 5000 + "}", "a file of JSON"),
        ("[]", "got none"),
        ("3", "got none"),
        ("{}", "got none"),
        ('{"schema": 1}', "got none"),
        ('{"schema": "contrast/1", "command": "metrics"}', "a result of contrast, not a baseline"),
        ('{"schema": "contrast/baseline/2", "sorts": []}', "A newer version of contrast wrote it"),
        ('{"schema": "contrast/baseline/0"}', "It seems to be another file"),
        ('{"schema": "contrast/baseline/x"}', "It seems to be another file"),
    ],
)
def test_what_is_no_baseline_is_one_error(text: str, part: str, tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(BadInput) as error:
        load_baseline(tmp_path / "b.json")
    assert part in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("place", "beyond"),
    [
        ("-2.312345678901234", "1e999"),
        ("-2.312345678901234", "9" * 400),
        ('{"t": 2.0}', '{"t": 1e999}'),
    ],
)
def test_a_number_beyond_double_precision_is_an_error(
    place: str, beyond: str, tmp_path: Path
) -> None:
    text = text_of(Baseline("0.1.0", (saved(*figures()),)))
    (tmp_path / "b.json").write_text(text.replace(place, beyond))
    with pytest.raises(BadInput, match="a finite number"):
        load_baseline(tmp_path / "b.json")


def test_a_missing_file_and_bytes_are_errors_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no file of that name"):
        load_baseline(tmp_path / "b.json")
    with pytest.raises(BadInput, match="a file of JSON"):
        load_baseline(tmp_path)
    np.save(tmp_path / "b.npy", np.ones((3, 200)))
    with pytest.raises(BadInput, match="a file of JSON"):
        load_baseline(tmp_path / "b.npy")


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.json"
    path.write_text("before")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotWrite, match="No space left on device"):
        save_baseline(path, [saved(*figures())])
    monkeypatch.undo()
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["b.json"]
    save_baseline(path, [saved(*figures())])
    assert os.listdir(tmp_path) == ["b.json"]


def test_a_link_is_followed_and_the_mask_of_permissions_kept(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "b.json"
    link.symlink_to(tmp_path / "real" / "b.json")
    before = os.umask(0o027)
    try:
        save_baseline(link, [saved(*figures())])
    finally:
        os.umask(before)
    assert link.is_symlink()
    assert stat.S_IMODE((tmp_path / "real" / "b.json").stat().st_mode) == 0o640


def test_a_place_that_cannot_be_written_to_is_an_error(tmp_path: Path) -> None:
    for path, part in ((tmp_path, "a directory"), (tmp_path / "no" / "b.json", "no directory")):
        with pytest.raises(ContrastError, match=part):
            save_baseline(path, [saved(*figures())])


def test_a_device_is_written_to_and_stays_one() -> None:
    save_baseline(Path("/dev/null"), [saved(*figures())])
    assert Path("/dev/null").is_char_device()


def test_the_files_of_an_input_are_those_that_were_read() -> None:
    found = saved(measured("uniformity", 1.0)).files
    assert [(each.role, each.path, each.sha256) for each in found] == [
        (each.role, each.path, HASH) for each in checked().files
    ]
