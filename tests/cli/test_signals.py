"""A signal at any time: exit code, no process or folder left, complete reports."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from itertools import cycle
from pathlib import Path

import psutil
import pytest
import typer
from typer.testing import CliRunner

from limerun.cli.app import Commands
from limerun.errors import DatasetError
from tests.cli.conftest import Limerun, StartLimerun, valid_record
from tests.conftest import Note
from tests.fork_server import Fork

pytestmark = pytest.mark.slow
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
DATASET = """
dataset:
  limetypes: {company: {name: {type: string}}}
  rows: {company: 20000}
"""
PHASES = ["start", "dataset", "running", "idle worker", "report"]
"""As the lines on stderr begin with which each is announced."""


def send(process: Fork, *numbers: int) -> str:
    """Send signals, wait until no process is left, and return what stderr says."""
    below = psutil.Process(process.pid).children(recursive=True)
    for number in numbers:
        os.kill(process.pid, number)
    out, err = process.communicate()
    _, alive = psutil.wait_procs(below, timeout=300)
    assert not alive, (alive, out, err)
    return err


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIMERUN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def leftovers(cache: Path) -> list[str]:
    runs = cache / "runs"
    return [path.name for path in runs.iterdir()] if runs.exists() else []


@pytest.mark.parametrize(
    ("phase", "number"), [*zip(PHASES, cycle(SIGNALS), strict=False)]
)
def test_a_signal_in_any_phase_gives_its_exit_code_and_leaves_no_files(
    phase: str,
    number: signal.Signals,
    start: StartLimerun,
    config: Callable[..., Path],
    cache: Path,
    tmp_path: Path,
) -> None:
    path = config("returns", DATASET)
    reports = ("--json", "r.json", "--html", "r.html")
    process = start("capacity-test", path, *reports, pause_at=f"^{phase}")
    process.read_errors_up_to(f"^{phase}")
    err = send(process, number)
    assert process.returncode == 128 + number, err
    assert "Traceback" not in err
    assert not leftovers(cache)
    if (tmp_path / "r.json").exists():
        json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert not list(tmp_path.glob(".limerun-*"))


@pytest.mark.parametrize(
    ("command", "number"),
    [*zip(["capacity-test", "run", "profile"], SIGNALS, strict=True)],
)
def test_a_run_ended_by_a_signal_is_recorded_with_its_exit_code(
    command: str,
    number: signal.Signals,
    start: StartLimerun,
    config: Callable[..., Path],
    note: Note,
    tmp_path: Path,
) -> None:
    path = config("says_that_it_began_and_waits", f"parameters: {{note: {note.path}}}")
    process = start(command, path, "--json", "r.json")
    note.read(process.end())
    err = send(process, number, number, number)
    assert process.returncode == 128 + number, err
    record = valid_record(tmp_path / "r.json")
    assert record["exit_code"] == 128 + number
    assert record["runs"][0]["killed_because"] == "interrupted"


def test_a_hangup_signal_ignored_at_the_start_stays_ignored(
    config: Callable[..., Path], cache: Path, tmp_path: Path
) -> None:
    path = config("returns", DATASET)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "limerun", "capacity-test", str(path)],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.signal(signal.SIGHUP, before)
    with process:
        assert process.stderr is not None
        assert any(line.startswith("dataset") for line in process.stderr)
        process.send_signal(signal.SIGHUP)
        err = process.stderr.read()
    assert process.returncode == 0, err


def test_the_next_start_removes_the_files_of_a_killed_process(
    start: StartLimerun,
    limerun: Limerun,
    config: Callable[..., Path],
    cache: Path,
) -> None:
    path = config("returns", DATASET)
    killed = start("capacity-test", path, pause_at="^running")
    killed.read_errors_up_to("^running")
    send(killed, signal.SIGKILL)
    assert leftovers(cache)
    limerun("capacity-test", path).expect(out="PASSED")
    assert not leftovers(cache)


def test_a_signal_ends_a_series_of_runs_with_its_exit_code(
    start: StartLimerun, config: Callable[..., Path]
) -> None:
    path = config("returns", DATASET)
    process = start("estimate", path, "--to", "1M", pause_at="^running")
    process.read_errors_up_to("^running")
    err = send(process, signal.SIGTERM)
    assert process.returncode == 128 + signal.SIGTERM, err


@pytest.mark.parametrize("number", SIGNALS)
def test_the_terminal_cursor_is_visible_again_after_a_signal(
    number: signal.Signals, tmp_path: Path, config: Callable[..., Path]
) -> None:
    main, side = os.openpty()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "limerun",
            "capacity-test",
            str(config("never_ends")),
        ],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=side,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(side)
    seen = b""
    while b"\x1b[?25l" not in seen:
        seen += os.read(main, 1 << 16)
    process.send_signal(number)
    with suppress(OSError):  # Linux's way to say that the other side is closed
        while chunk := os.read(main, 1 << 16):
            seen += chunk
    os.close(main)
    assert process.wait(timeout=300) == 128 + number
    assert seen.rfind(b"\x1b[?25h") > seen.rfind(b"\x1b[?25l")


@pytest.mark.parametrize(
    ("cause", "code"), [(OSError(), 2), (KeyboardInterrupt(), 130)]
)
def test_an_error_caused_by_a_signal_is_not_reported_as_invalid_input(
    cause: BaseException, code: int
) -> None:
    app = typer.Typer(cls=Commands, callback=lambda: None)

    @app.command()
    def fails() -> None:
        error = DatasetError("cannot be written")
        error.__cause__ = OSError()
        error.__cause__.__cause__ = cause
        raise error

    assert CliRunner().invoke(app, ["fails"]).exit_code == code
