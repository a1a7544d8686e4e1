"""A signal at any time: exit code, no process or folder left, complete reports."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import cycle
from pathlib import Path

import jsonschema
import psutil
import pytest
import typer
from typer.testing import CliRunner

from limerun.cli.app import Commands
from limerun.errors import DatasetError
from tests.cli.conftest import ROOT, wait_until

pytestmark = pytest.mark.slow
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
DATASET = """
dataset:
  limetypes: {company: {name: {type: string}}}
  rows: {company: 20000}
"""
SCHEMA = json.loads((ROOT / "limerun" / "record.schema.json").read_text())
PHASES = ["start", "dataset", "running", "idle worker", "report"]
"""As the lines on stderr begin with which each is announced."""


class Limerun:
    """limerun in a process, whose stderr is read line by line."""

    def __init__(self, folder: Path, *words: object, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "limerun", *map(str, words)],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        self.err = ""

    def wait_for(self, phase: str) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.err += line
            if line.startswith(phase):
                return
        pytest.fail(f"{phase} was never said:\n{self.err}")

    def send(self, *numbers: int) -> None:
        below = psutil.Process(self.process.pid).children(recursive=True)
        for number in numbers:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=300)
        self.err += err
        _, alive = psutil.wait_procs(below, timeout=300)
        assert not alive, (alive, out, self.err)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def start(tmp_path: Path, cache: Path) -> Iterator[Callable[..., Limerun]]:
    started = []

    def run(*words: object) -> Limerun:
        started.append(Limerun(tmp_path, *words, LIMERUN_CACHE=str(cache)))
        return started[-1]

    yield run
    for each in started:
        each.process.kill()
        each.process.wait()


def leftovers(cache: Path) -> list[str]:
    runs = cache / "runs"
    return [path.name for path in runs.iterdir()] if runs.exists() else []


@pytest.mark.parametrize(
    ("phase", "number"), [*zip(PHASES, cycle(SIGNALS), strict=False)]
)
def test_a_signal_in_any_phase_gives_its_exit_code_and_leaves_no_files(
    phase: str,
    number: signal.Signals,
    start: Callable[..., Limerun],
    config: Callable[..., Path],
    cache: Path,
    tmp_path: Path,
) -> None:
    path = config("returns", DATASET)
    limerun = start("capacity-test", path, "--json", "r.json", "--html", "r.html")
    limerun.wait_for(phase)
    limerun.send(number)
    assert limerun.process.returncode == 128 + number, limerun.err
    assert "Traceback" not in limerun.err
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
    start: Callable[..., Limerun],
    config: Callable[..., Path],
    tmp_path: Path,
) -> None:
    note = tmp_path / "note"
    path = config("says_that_it_began_and_waits", f"parameters: {{note: {note}}}")
    limerun = start(command, path, "--json", "r.json")
    wait_until(note.exists, limerun.process)
    limerun.send(number, number, number)
    assert limerun.process.returncode == 128 + number, limerun.err
    record = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, SCHEMA)
    assert record["exit_code"] == 128 + number
    assert record["runs"][0]["killed_because"] == "interrupted"


def test_a_hangup_signal_ignored_at_the_start_stays_ignored(
    start: Callable[..., Limerun], config: Callable[..., Path]
) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        limerun = start("capacity-test", config("returns", DATASET))
    finally:
        signal.signal(signal.SIGHUP, before)
    limerun.wait_for("dataset")
    limerun.send(signal.SIGHUP)
    assert limerun.process.returncode == 0, limerun.err


def test_the_next_start_removes_the_files_of_a_killed_process(
    start: Callable[..., Limerun], config: Callable[..., Path], cache: Path
) -> None:
    path = config("returns", DATASET)
    killed = start("capacity-test", path)
    killed.wait_for("dataset")
    killed.send(signal.SIGKILL)
    assert leftovers(cache)
    again = start("capacity-test", path)
    again.wait_for("report")
    again.process.communicate(timeout=300)
    assert again.process.returncode == 0
    assert not leftovers(cache)


def test_a_signal_ends_a_series_of_runs_with_its_exit_code(
    start: Callable[..., Limerun], config: Callable[..., Path]
) -> None:
    path = config("returns", DATASET)
    limerun = start("estimate", path, "--to", "1M")
    limerun.wait_for("running")
    limerun.send(signal.SIGTERM)
    assert limerun.process.returncode == 128 + signal.SIGTERM, limerun.err


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
            str(config("returns", DATASET)),
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
