"""The command line as a user has it: in a process, with an outcome that explains itself."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BEHAVIOURS = ROOT / "tests" / "tasks" / "behaviours.py"


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    command: str
    code: int
    out: str
    err: str

    def expect(self, *, code: int = 0, out: str = "", err: str = "") -> "Said":
        """Assert the exit code, and patterns in both streams."""
        assert self.code == code, self
        assert re.search(out, self.out), self
        assert re.search(err, self.err), self
        return self

    def __repr__(self) -> str:
        return f"$ {self.command}\n[{self.code}]\n{self.out}\n--- stderr:\n{self.err}"


Limerun = Callable[..., Said]


@pytest.fixture
def limerun(tmp_path: Path) -> Limerun:
    """Run limerun in an empty folder; keywords are environment variables."""

    def run(*arguments: object, **environment: str) -> Said:
        words = [str(argument) for argument in arguments]
        done = subprocess.run(
            [sys.executable, "-m", "limerun", *words],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=120,
            env={**os.environ, **environment},
            check=False,
        )
        return Said(
            "limerun " + " ".join(words), done.returncode, done.stdout, done.stderr
        )

    return run


@pytest.fixture
def config(tmp_path: Path) -> Callable[..., Path]:
    """Write a config for a function of behaviours.py (or any task) into the folder."""

    def write(task: str, more: str = "", name: str = "limerun.yaml") -> Path:
        path = tmp_path / name
        spec = task if ":" in task else f"{BEHAVIOURS}:{task}"
        path.write_text(f"task: {spec}\n{more}\n", encoding="utf-8")
        return path

    return write
