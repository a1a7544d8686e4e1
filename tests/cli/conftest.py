"""Run the command line in a process, as a user does; failures show its output."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import jsonschema
import pytest

from tests.fork_server import Fork, ForkServer

ROOT = Path(__file__).parents[2]
BEHAVIOURS = ROOT / "tests" / "tasks" / "behaviours.py"
# `jsonschema.validate` would check the schema itself each time, which takes longer.
_VALIDATOR = jsonschema.Draft202012Validator(
    json.loads((ROOT / "limerun" / "record.schema.json").read_text("utf-8"))
)


def valid_record(path: Path) -> dict[str, Any]:
    """Return a saved record, after checking it with the JSON Schema."""
    record: dict[str, Any] = json.loads(path.read_text("utf-8"))
    _VALIDATOR.validate(record)
    return record


@dataclass(frozen=True)
class CommandResult:
    """A command's output and exit code."""

    command: str
    code: int
    out: str
    err: str

    def expect(self, *, code: int = 0, out: str = "", err: str = "") -> "CommandResult":
        """Assert the exit code, and patterns in both streams."""
        assert self.code == code, self
        assert re.search(out, self.out), self
        assert re.search(err, self.err), self
        return self

    def __repr__(self) -> str:
        return f"$ {self.command}\n[{self.code}]\n{self.out}\n--- stderr:\n{self.err}"


Limerun = Callable[..., CommandResult]


def start_limerun(
    words: Sequence[str], *, cwd: Path, environ: Mapping[str, str], timeout: float
) -> "subprocess.CompletedProcess[str]":
    """Start limerun in a new interpreter."""
    return subprocess.run(
        [sys.executable, "-m", "limerun", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=timeout,
        env=environ,
        check=False,
    )


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    """A process that has imported limerun."""
    with ForkServer() as server:
        yield server


class StartLimerun(Protocol):
    def __call__(
        self, *words: object, pause_at: str | None = None, **environment: str
    ) -> Fork: ...


@pytest.fixture
def start(tmp_path: Path, fork_server: ForkServer) -> Iterator[StartLimerun]:
    """Start limerun in an empty folder; it is killed at the end of the test."""
    with ExitStack() as stack:

        def run(
            *words: object, pause_at: str | None = None, **environment: str
        ) -> Fork:
            fork = fork_server.start(
                [*map(str, words)],
                cwd=tmp_path,
                environ={**os.environ, **environment},
                pause_at=pause_at,
            )
            return stack.enter_context(fork)

        yield run


def limerun_in(folder: Path, fork_server: ForkServer) -> Limerun:
    """Return a function that runs limerun in a folder."""

    def run(*arguments: object, **environment: str) -> CommandResult:
        words = [str(argument) for argument in arguments]
        # These take effect only at the start of an interpreter.
        starts = any(name.startswith("PYTHON") for name in environment)
        done = (start_limerun if starts else fork_server.run)(
            words, cwd=folder, environ={**os.environ, **environment}, timeout=600
        )
        return CommandResult(
            "limerun " + " ".join(words), done.returncode, done.stdout, done.stderr
        )

    return run


@pytest.fixture
def limerun(tmp_path: Path, fork_server: ForkServer) -> Limerun:
    """Run limerun in an empty folder; keywords are environment variables."""
    return limerun_in(tmp_path, fork_server)


@pytest.fixture
def config(tmp_path: Path) -> Callable[..., Path]:
    """Write a config for a function of behaviours.py (or any task) into the folder."""

    def write(task: str, more: str = "", name: str = "limerun.yaml") -> Path:
        path = tmp_path / name
        spec = task if ":" in task else f"{BEHAVIOURS}:{task}"
        path.write_text(f"task: {spec}\n{more}\n", encoding="utf-8")
        return path

    return write
