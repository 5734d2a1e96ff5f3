"""What the formats of a check, of kinds and of files are made of, whatever a run holds."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.shell_completion import ShellComplete
from command_line import contrast
from contrast_cli.main import contrast as group

SAMPLES = Path(__file__).parent.parent / "sample_data"

PLAIN = "check emb.npy --no-config --require 'uniformity <= 9'"

RUNS = [
    PLAIN,
    "check emb.npy --no-config --warn 'alignment <= 0'",
    "check emb.parquet::z1 --labels ::label --no-config --require 'triplets.hard <= 0'",
    "check emb.npy --no-config --require 'tolerance <= 9'",
    "check emb.npy --no-config --baseline BL",
]


@pytest.mark.parametrize("line", RUNS)
def test_the_columns_of_a_check_have_types_whatever_it_holds(line: str, tmp_path: Path) -> None:
    saved, target = tmp_path / "bl.json", tmp_path / "o.parquet"
    contrast(f"contrast check emb.npy --no-config --save-baseline {saved}", SAMPLES)
    contrast(f"contrast {line} -q -o parquet:{target}".replace("BL", str(saved)), SAMPLES)
    types = {field.name: field.type for field in pq.read_schema(target)}
    assert types == {
        **dict.fromkeys(("metric", "op", "level", "reason", "rule", "input"), pa.string()),
        **dict.fromkeys(("value", "bound", "baseline", "allowed"), pa.float64()),
        **dict.fromkeys(("better", "positives", "remedy"), pa.string()),
        **dict.fromkeys(("rows", "views"), pa.list_(pa.int64())),
        "passed": pa.bool_(),
    }


@pytest.mark.parametrize(
    "lines",
    [
        ("info emb.npy", "info labels.npy"),
        ("kinds", "kinds alignment", "kinds uniformity"),
        (
            "loss --kind infonce emb.npy --convention all",
            "loss --kind uniformity emb.npy --convention all",
        ),
    ],
)
def test_other_reports_have_the_same_types_in_every_run(
    lines: tuple[str, ...], tmp_path: Path
) -> None:
    found = []
    for line in lines:
        target = tmp_path / "o.parquet"
        assert contrast(f"contrast {line} -q -o parquet:{target}", SAMPLES).code == 0
        found.append(pq.read_schema(target).remove_metadata())
    assert all(each == found[0] for each in found)
    assert not any(pa.types.is_null(field.type) for field in found[0])


@pytest.mark.parametrize("option", ["--baseline", "--save-baseline", "--config"])
def test_files_are_completed_behind_options_of_files(option: str) -> None:
    offered = ShellComplete(group, {}, "contrast", "X").get_completions(["check", option], "b")
    assert [each.type for each in offered] == ["file"]


def test_figures_are_completed_behind_allow() -> None:
    offered = ShellComplete(group, {}, "contrast", "X").get_completions(["check", "--allow"], "uni")
    assert [each.value for each in offered] == ["uniformity", "uniformity.keys"]


def test_kinds_takes_the_quiet_of_every_command() -> None:
    assert contrast("contrast kinds -q", SAMPLES) == contrast("contrast kinds", SAMPLES)


def test_help_names_the_check_that_still_writes_its_report() -> None:
    page = " ".join(contrast("contrast help exit-codes", SAMPLES).out.split())
    assert "contrast check where something is undecided, which still writes its report" in page
