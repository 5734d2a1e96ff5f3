"""Exit codes of real processes: interrupts at any moment, readers that leave, full disks."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import numpy as np
import pytest
from contrast_cli.exits import MEANINGS, ChecksFailed
from contrast_cli.main import run

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = (sys.executable, "-m", "contrast_cli")
_LINE = shlex.join(PROGRAM)
_EMB = "sample_data/emb.npy"


def _shell(line: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """A line of bash, in the repository, ending with the code of the first that failed."""
    command = ["bash", "-o", "pipefail", "-c", line]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **changes},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Enough to work on for a while."""
    path = tmp_path / "large.npy"
    rows = np.random.default_rng(0).standard_normal((2, 8_000, 64), dtype=np.float32)
    np.save(path, rows)
    return path


def _interrupted(
    arguments: list[str], delay: float, *, stop: int = signal.SIGINT
) -> subprocess.Popen[bytes]:
    """A process that is sent a signal `delay` seconds after its first line of ours."""
    read, write = os.pipe()
    told = f"import contrast_cli.__main__ as m, os; os.write({write}, b'x'); m.main()"
    child = subprocess.Popen(
        [sys.executable, "-c", told, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=[write],
    )
    os.read(read, 1)
    time.sleep(delay)
    child.send_signal(stop)
    os.close(read)
    os.close(write)
    return child


@pytest.mark.parametrize("delay", [0.0, 0.03, 0.1, 0.2, 0.4, 0.8, 1.5, 2.5])
def test_ctrl_c_at_any_moment_is_130_and_leaves_nothing(
    delay: float, large: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    files = ["-o", f"csv:{folder / 'all.csv'}", "-o", f"json:{folder / 'all.json'}"]
    child = _interrupted(["loss", "-qq", "--kind", "infonce", str(large), *files], delay)
    out, err = child.communicate(timeout=120)
    left = sorted(path.name for path in folder.iterdir())
    assert child.returncode in (0, 130)
    assert (out, err) == (b"", b"")
    if child.returncode == 0:
        assert left == ["all.csv", "all.json"]
    else:
        assert set(left) <= {"all.csv", "all.json"}  # each of them whole


@pytest.mark.parametrize("delay", [0.0, 0.1, 0.4])
@pytest.mark.parametrize("arguments", [["help"], ["kinds"], ["--version"], ["info", _EMB]])
def test_ctrl_c_in_a_short_command_is_130_without_a_word_unless_it_is_done(
    arguments: list[str], delay: float
) -> None:
    child = _interrupted(arguments, delay)
    out, err = child.communicate(timeout=120)
    assert err == b""
    assert child.returncode in (0, 130)
    assert (child.returncode == 130) or out.endswith(b"\n")


def test_ctrl_c_while_the_terminal_reads_the_result_is_130_or_done(large: Path) -> None:
    child = _interrupted(["loss", "-qq", "--kind", "infonce", str(large), "-o", "csv"], 1.0)
    assert child.wait(timeout=120) in (0, 130, 141)
    assert child.stderr is not None
    assert child.stderr.read() == b""
    child.communicate()


def test_an_ignored_interrupt_stays_ignored() -> None:
    line = f"trap '' INT; exec {_LINE} kinds -o json"
    child = subprocess.Popen(["bash", "-c", line], cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout is not None
    time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    assert child.communicate()[0].endswith(b"}\n")
    assert child.returncode == 0


def test_a_process_that_is_ended_dies_of_the_signal_and_leaves_no_file(
    large: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    for delay in (0.5, 1.5, 2.5):
        files = ["-o", f"csv:{folder / 'all.csv'}"]
        arguments = ["loss", "-qq", "--kind", "infonce", str(large), *files]
        child = _interrupted(arguments, delay, stop=signal.SIGTERM)
        assert child.communicate(timeout=120)[1] == b""
        assert child.returncode in (0, -signal.SIGTERM)
        assert {path.name for path in folder.iterdir()} <= {"all.csv"}


@pytest.mark.parametrize("arguments", ["help inputs", f"loss --kind infonce {_EMB} -o csv"])
def test_a_reader_that_has_had_enough_is_0_or_141_and_no_complaint(arguments: str) -> None:
    done = _shell(f"{_LINE} {arguments} | head -1")
    assert done.returncode in (0, 141)
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


def test_a_reader_that_never_reads_is_141() -> None:
    done = _shell(f"{{ sleep 1.5; {_LINE} kinds -o json; }} | true")
    assert (done.returncode, done.stderr) == (141, "")


def test_the_last_flush_of_a_standard_error_without_reader_changes_no_code() -> None:
    line = f"{{ {_LINE} loss --kind infonce sample_data/emb.parquet::z1 -o value; echo $? >&3; }}"
    done = _shell(f"exec 3>&1; {line} 2> >(exec true)")
    assert done.stdout.splitlines()[-1] == "0"
    assert float(done.stdout.splitlines()[0]) > 0


@pytest.mark.parametrize(
    ("arguments", "closed", "code"),
    [
        ("kinds -o json", ">&-", 2),
        (f"info {_EMB}", ">&-", 2),
        (f"loss --kind infonce {_EMB} -o value", "2>&-", 0),
        ("loss --kind infonce absent.npy", "2>&-", 2),
        ("loss --kind infonce absent.npy", ">&- 2>&-", 2),
        ("kinds -o json", "> /dev/full", 2),
        ("help inputs", "> /dev/full", 2),
        ("--help", "> /dev/full", 2),
        ("loss --kind infonce absent.npy", "2> /dev/full", 2),
        (f"loss --kind infonce {_EMB} -o csv", "> /dev/full 2> /dev/full", 2),
    ],
)
def test_closed_and_full_streams(arguments: str, closed: str, code: int) -> None:
    done = _shell(f"{_LINE} {arguments} {closed}")
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    if code == 2 and "2>" not in closed:
        assert done.stderr.count("error: ") == 1


def test_a_device_is_written_to_and_stays_a_device() -> None:
    done = _shell(f"{_LINE} loss --kind infonce {_EMB} -o value:/dev/null -o json:/dev/stdout")
    assert done.returncode == 0
    assert done.stdout.startswith("{")
    assert not Path("/dev/null").is_file()


def test_an_address_space_that_is_too_small_is_exit_2(tmp_path: Path) -> None:
    path = tmp_path / "wide.npz"
    np.savez_compressed(path, emb=np.zeros((2, 40_000, 2_000), np.float32))
    limited = f"ulimit -v 1500000; OPENBLAS_NUM_THREADS=1 {_LINE} loss --kind infonce {path}"
    done = _shell(f"{limited} --threads 1 -o value")
    assert done.returncode == 2, done
    assert "error: " in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_warnings_of_python_as_errors_change_nothing() -> None:
    command = shlex.join([sys.executable, "-W", "error", "-m", "contrast_cli"])
    done = _shell(f"{command} loss --kind infonce {_EMB} -o value")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (ChecksFailed(), 1),
        (SystemExit(1), 3),
        (SystemExit(0), 3),
        (GeneratorExit(), 3),
        (RecursionError("too deep"), 3),
        (UserWarning("as an error"), 3),
        (ValueError("unforeseen"), 3),
        (click.exceptions.Exit(1), 3),
        (MemoryError(), 2),
        (RuntimeError("can't start new thread"), 2),
        (ImportError("libopenblas.so: failed to map segment from shared object"), 2),
        (OSError(28, "No space left on device"), 2),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(), 141),
    ],
)
def test_only_a_failed_check_is_1(
    raised: BaseException,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr("contrastive_core.loss", fails)
    assert run(["loss", "--kind", "infonce", str(ROOT / _EMB)]) == code
    out, err = capfd.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert err.count("error: ") == (code in (2, 3))


def test_a_broken_installation_is_a_fault_and_no_failed_check() -> None:
    told = "import sys; sys.modules['click'] = None; import contrast_cli.__main__ as m; m.main()"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("error: contrast cannot start: ModuleNotFoundError: ")


def test_the_codes_are_those_of_the_contract() -> None:
    assert list(MEANINGS) == [0, 1, 2, 3, 130, 141]


def test_a_name_or_a_letter_that_the_terminal_cannot_write_stops_nothing(tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"odd\xff.npy")
    odd.write_bytes((ROOT / _EMB).read_bytes())
    line = f"{_LINE} info {shlex.quote(str(odd))}"
    utf, narrow = _shell(line), _shell(line, PYTHONIOENCODING="ascii")
    assert (utf.returncode, narrow.returncode) == (0, 0)
    assert "odd\\udcff.npy" in utf.stdout
    table = _shell(f"{_LINE} loss --kind infonce {_EMB}", PYTHONIOENCODING="ascii")
    assert table.returncode == 0
    assert "1.46416" in table.stdout
