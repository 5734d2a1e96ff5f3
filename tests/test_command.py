"""The command as a shell sees it: what goes where, exit codes, messages."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from contrast_cli.main import contrast, run
from contrast_cli.parsing import Command

from contrastive_core.losses import LOSSES

CONTRAST = [sys.executable, "-c", "from contrast_cli.main import main; main()"]


@pytest.fixture
def views(tmp_path: Path) -> Path:
    """Two stacked views of 30 samples in 7 dimensions, related."""
    rng = np.random.default_rng(3)
    first = rng.standard_normal((30, 7))
    path = tmp_path / "views.npy"
    np.save(path, np.concatenate([first, first + 0.3 * rng.standard_normal((30, 7))]))
    return path


def test_value_is_one_bare_number_on_stdout_and_a_note_on_stderr(
    views: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["loss", "--kind", "infonce", str(views), "-o", "value"]) == 0
    out, err = capsys.readouterr()
    assert out == f"{float(out)!r}\n"
    assert err.startswith("note: positives assumed: row i and row i + 30 (two stacked views)")


def test_saying_the_layout_silences_the_note(
    views: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["loss", "--kind", "infonce", "--views", "stacked", str(views)]) == 0
    assert capsys.readouterr().err == ""


def test_quiet_drops_notes_and_twice_quiet_drops_warnings(
    views: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dot = ["loss", "--kind", "infonce", "--similarity", "dot", str(views), "-o", "value"]
    run([*dot, "-q"])
    quiet = capsys.readouterr().err
    run([*dot, "-qq"])
    assert quiet.startswith("warning: 60 of 60 rows are not of unit norm")
    assert capsys.readouterr().err == ""


def test_every_format_tells_the_same_number(
    views: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [f"{name}:{tmp_path / name}" for name in ("table", "json", "csv", "value")]
    outputs = [word for each in files for word in ("-o", each)]
    assert run(["loss", "--kind", "nt-xent", "-q", str(views), *outputs]) == 0
    assert capsys.readouterr().out == ""
    value = float((tmp_path / "value").read_text())
    document = json.loads((tmp_path / "json").read_text())
    rows = list(csv.DictReader(io.StringIO((tmp_path / "csv").read_text())))
    assert document["value"] == value
    assert np.mean([float(row["loss"]) for row in rows]) == pytest.approx(value, rel=1e-15)
    assert f"{value:.6g}" in (tmp_path / "table").read_text()


def test_json_holds_the_keys_of_the_contract(
    views: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["loss", "--kind", "infonce", str(views), "-o", "json", "--per-sample"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "contrast/1"
    assert document["command"] == "loss"
    assert {"version", "inputs", "warnings", "kind", "reduction", "parameters"} <= set(document)
    assert (document["n"], document["undefined"], document["candidates"]) == (30, 0, 30)
    assert document["chance"] == pytest.approx(math.log(30), rel=1e-15)
    assert document["mi_lower_bound"] == pytest.approx(math.log(30) - document["value"])
    assert set(document["terms"]) == {"positive", "partition"}
    assert sum(document["terms"].values()) == pytest.approx(document["value"])
    ledger = ("name", "formula", "reference", "factor", "denominator", "reduction", "distance")
    further = ("normalisation", "candidates", "tau", "scale")
    assert {*ledger, *further} == set(document["convention"])
    assert list(document["quantiles"]) == ["min", "p5", "p25", "p50", "p75", "p95", "max"]
    assert document["positives"]["layout"] == "stacked"
    assert document["positives"]["assumed"] is True
    expected = ["index", "loss", "positive", "rank", "hardest", "hardest_index"]
    assert list(document["per_sample"][0]) == expected
    assert len(document["per_sample"]) == 30
    assert len(document["worst"]) == 10


def test_json_without_per_sample_has_the_worst_ten_only(
    views: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["loss", "--kind", "infonce", str(views), "-o", "json"])
    document = json.loads(capsys.readouterr().out)
    losses = [sample["loss"] for sample in document["worst"]]
    assert "per_sample" not in document
    assert losses == sorted(losses, reverse=True)


def test_samples_that_are_views_say_which_view(
    views: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["loss", "--kind", "nt-xent", str(views), "-o", "csv"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["view"], row["index"]) for row in rows[29:32]] == [
        ("0", "29"),
        ("1", "0"),
        ("1", "1"),
    ]
    assert all(int(row["hardest_view"]) == int(row["hardest_index"]) // 30 for row in rows)


def test_two_files_give_what_their_stack_gives(
    views: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stacked = np.load(views)
    for name, half in (("a.npy", stacked[:30]), ("b.npy", stacked[30:])):
        np.save(tmp_path / name, half)
    two = [str(tmp_path / "a.npy"), str(tmp_path / "b.npy")]
    assert run(["loss", "--kind", "clip", *two, "-o", "value"]) == 0
    from_two = capsys.readouterr().out
    assert run(["loss", "--kind", "clip", "-q", str(views), "-o", "value"]) == 0
    assert capsys.readouterr().out == from_two


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("loss", ["--kind: expected the name of a loss, got none", "infonce, nt-xent, clip"]),
        ("loss --kind inofnce VIEWS", ["got 'inofnce'", "Did you mean 'infonce'?"]),
        ("loss --kind infonce", ["expected what infonce is computed from, got nothing."]),
        ("loss --kind infonce a b c d", ["EMBEDDINGS, KEYS and NEGATIVES at most, got 4 files"]),
        ("loss --kind infonce absent.npy", ["absent.npy: expected an existing file"]),
        ("loss --kind infonce --margin 1 VIEWS", ["--margin belongs to contrastive, triplet."]),
        ("loss --kind clip --margin 1 VIEWS", [", --tau, --temperature, --scale, --similarity, "]),
        ("loss --kind clip --denominator views VIEWS", ["--denominator belongs to infonce"]),
        ("loss --kind clip --symetric VIEWS", ["an option of --kind clip, got --symetric"]),
        ("loss --tau 1 VIEWS", ["Say --kind first: --tau belongs to infonce, nt-xent, clip"]),
        ("loss --kind infonce --tau 0 VIEWS", ["tau: expected a finite number > 0, got 0"]),
        ("loss --kind infonce --tau nan VIEWS", ["tau: expected a finite number > 0, got nan"]),
        ("loss --kind infonce --tau hot VIEWS", ["got hot"]),
        ("loss --kind infonce --scale 0 VIEWS", ["scale: expected a finite number > 0, got 0"]),
        ("loss --kind infonce --tau 1 --scale 1 VIEWS", ["either tau or scale, got both"]),
        ("loss --kind infonce --similarity cos VIEWS", ["Did you mean 'cosine'?"]),
        ("loss --kind infonce --denominator bnak VIEWS", ["expected one of keys, views"]),
        ("loss --kind infonce --symmetric=1 VIEWS", ["'--symmetric' does not take a value"]),
        ("loss --kind infonce --views third VIEWS", ["stacked, interleaved, first, second"]),
        ("loss --kind infonce --views first VIEWS", ["stacked or interleaved for a 2-D file"]),
        ("loss --kind infonce --reduction max VIEWS", ["expected one of mean, sum"]),
        ("loss --kind infonce --precision half VIEWS", ["expected one of float32, float64"]),
        ("loss --kind infonce --threads 0 VIEWS", ["a whole number from 1 to 9999, got '0'"]),
        ("loss --kind infonce --threads two VIEWS", ["threads: expected a whole number"]),
        ("loss --kind infonce --memory lots VIEWS", ["memory: expected a size such as 512MiB"]),
        ("loss --kind infonce --memory 1KiB VIEWS", ["memory: expected at least", "Give --memory"]),
        ("loss --kind infonce --color blue VIEWS", ["expected one of auto, always, never"]),
        ("loss --kind infonce -o x.csv VIEWS", ["To write that file: -o csv:x.csv."]),
        (
            "loss --kind infonce -o xml VIEWS",
            ["Known: table, json, jsonl, csv, tsv, md, parquet, value"],
        ),
        ("loss --kind infonce -o json: VIEWS", ["expected a path after the colon"]),
        ("loss --kind infonce -o json -o csv VIEWS", ["at most one format on standard output"]),
        ("loss --kind infonce -o json:a -o csv:a VIEWS", ["a file of its own for each format"]),
        ("loss --kind infonce -o json:/absent/a VIEWS", ["got no directory /absent"]),
        ("loss --kind infonce -o json:/ VIEWS", ["/: expected a path that can be written"]),
        ("loss --kind infonce --tau 0.1 --temperature 0.2 VIEWS", ["--tau or --temperature at"]),
        ("loss --kind infonce --kind clip VIEWS", ["--kind: expected --kind at most once"]),
        ("loss --kind infonce --tau 1_0 VIEWS", ["got 1_0"]),
        ("loss --kind infonce -o value:- VIEWS", ["Write -o value for standard output."]),
        ("loss --kind infonce /dev/null", ["got a pipe or a device"]),
        (
            "loss --kind infonce --per-sample -o value VIEWS",
            ["table, json, md, jsonl, csv, tsv or parquet, got value"],
        ),
        ("los", ["Did you mean 'loss'?"]),
        ("--nope", ["--nope: expected an option of contrast, got --nope.", "--version, --help."]),
        ("--color never kinds", ["--color: expected an option of contrast, got --color."]),
    ],
)
def test_bad_usage_is_exit_2_one_message_and_nothing_on_stdout(
    arguments: str, said: list[str], views: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run([str(views) if word == "VIEWS" else word for word in arguments.split()])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.count("error:") == 1
    assert "Traceback" not in err
    for each in said:
        assert each in err


def test_every_command_answers_to_an_option_in_the_same_way() -> None:
    for command in (contrast, *contrast.commands.values()):
        assert isinstance(command, Command), command.name


def test_a_fault_of_ours_is_exit_3_with_a_traceback_only_under_debug(
    views: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr("contrastive_core.loss", broken)
    assert run(["loss", "--kind", "clip", str(views)]) == 3
    short = capsys.readouterr().err
    assert run(["loss", "--kind", "clip", str(views), "--debug"]) == 3
    assert "a fault of contrast, not of your data: ZeroDivisionError: boom" in short
    assert "Traceback" not in short
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupt_is_exit_130(
    views: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("contrastive_core.loss", interrupted)
    target = tmp_path / "out.json"
    assert run(["loss", "--kind", "clip", str(views), "-o", f"json:{target}"]) == 130
    assert capsys.readouterr().out == ""
    assert not target.exists()


def test_ctrl_c_ends_a_long_pass_quietly(tmp_path: Path) -> None:
    path = tmp_path / "large.npy"
    np.save(path, np.random.default_rng(0).standard_normal((2, 40_000, 64), dtype=np.float32))
    command = [*CONTRAST, "loss", "--kind", "nt-xent", str(path)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1.5)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)
    assert (child.returncode, out) == (130, "")
    assert "Traceback" not in err


def test_a_reader_that_leaves_is_exit_141_without_complaint(tmp_path: Path) -> None:
    path = tmp_path / "views.npy"
    np.save(path, np.random.default_rng(0).standard_normal((2, 6_000, 8)))
    command = [*CONTRAST, "loss", "--kind", "infonce", str(path), "-o", "csv"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.readline()
    child.stdout.close()
    err = child.stderr.read()
    child.stderr.close()
    assert child.wait(timeout=60) == 141
    assert b"Traceback" not in err
    assert b"Exception" not in err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_on_stdout_is_exit_2(views: Path) -> None:
    command = [*CONTRAST, "loss", "--kind", "infonce", str(views), "-o", "json"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "standard output: expected a path that can be written" in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_failed_write_leaves_no_file_behind(
    views: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.setattr("os.fsync", full)
    outputs = ["-o", f"json:{folder / 'a.json'}", "-o", f"csv:{folder / 'a.csv'}"]
    assert run(["loss", "--kind", "infonce", str(views), *outputs]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_an_existing_file_is_replaced_whole_or_not_at_all(
    views: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "value.txt"
    target.write_text("old")
    command = ["loss", "--kind", "infonce", str(views), "-o", f"value:{target}"]
    assert run([*command, "--tau", "0"]) == 2
    assert target.read_text() == "old"
    assert run(command) == 0
    assert float(target.read_text()) > 0
    assert capsys.readouterr().out == ""


def test_a_table_off_a_terminal_is_never_wrapped_or_coloured(
    views: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["loss", "--kind", "clip", str(views)])
    out = capsys.readouterr().out
    assert "\x1b[" not in out
    assert all(line == line.rstrip() for line in out.splitlines())
    assert max(len(line) for line in out.splitlines()) > 100


def test_color_always_wins_over_no_color(
    views: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    run(["loss", "--kind", "clip", str(views), "--color", "always"])
    assert "\x1b[" in capsys.readouterr().out
    run(["loss", "--kind", "clip", str(views)])
    assert "\x1b[" not in capsys.readouterr().out


@pytest.mark.parametrize("kind", LOSSES)
def test_the_command_tells_every_kind(
    kind: str, views: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels, classes = tmp_path / "labels.npy", tmp_path / "classes.npy"
    np.save(labels, np.arange(60) % 4)
    np.save(classes, np.eye(4, 7))
    further = {
        "contrastive": ["--views", "stacked"],
        "supcon": ["--views", "stacked"],
        "triplet": ["--labels", str(labels)],
        "cross-entropy": ["--labels", str(labels), "--prototypes", str(classes)],
    }.get(kind, [])
    assert run(["loss", "--kind", kind, "-q", str(views), *further, "-o", "value"]) == 0
    assert math.isfinite(float(capsys.readouterr().out))


def test_an_output_that_is_an_input_is_refused_and_the_input_survives(
    views: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = views.read_bytes()
    assert run(["loss", "--kind", "infonce", str(views), "-o", f"csv:{views}"]) == 2
    assert "got one of the inputs" in capsys.readouterr().err
    assert views.read_bytes() == before


def test_a_link_is_followed_and_a_pipe_is_written_to(views: Path, tmp_path: Path) -> None:
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    target.write_text("old")
    link.symlink_to(target)
    os.mkfifo(pipe)
    reading = ["timeout", "60", "cat", str(pipe)]  # for ever, if the command fails before it writes
    with subprocess.Popen(reading, stdout=subprocess.PIPE, text=True) as reader:
        outputs = ["-o", f"value:{link}", "-o", f"json:{pipe}"]
        assert run(["loss", "--kind", "infonce", "-q", str(views), *outputs]) == 0
        read = json.loads(reader.communicate()[0])
    assert link.is_symlink()
    assert pipe.is_fifo()
    assert float(target.read_text()) == read["value"]


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_are_no_fault(closed: str, views: Path, tmp_path: Path) -> None:
    target = tmp_path / "value"
    command = " ".join(f"'{word}'" for word in [*CONTRAST, "loss", "--kind", "infonce", str(views)])
    to_file = subprocess.run(f"{command} -o value:{target} {closed}", shell=True, check=False)
    to_stdout = subprocess.run(f"{command} -o value {closed} | cat", shell=True, check=False)
    assert (to_file.returncode, to_stdout.returncode) == (0, 0)
    assert float(target.read_text()) > 0


def test_a_result_for_a_closed_stdout_is_exit_2(views: Path) -> None:
    command = " ".join(f"'{word}'" for word in [*CONTRAST, "loss", "--kind", "infonce", str(views)])
    done = subprocess.run(
        f"{command} -o value >&-", shell=True, stderr=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 2
    assert "standard output: expected a path that can be written, got a closed one" in done.stderr


def test_the_color_of_an_error_is_the_one_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    run(["loss", "--kind", "clip", "absent.npy", "--color", "never"])
    assert "\x1b[" not in capsys.readouterr().err
    run(["loss", "--kind", "clip", "absent.npy"])
    assert "\x1b[" in capsys.readouterr().err
