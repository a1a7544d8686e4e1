"""A process to watch, which runs code sent by a test."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CODE = (
    "import sys, subprocess\n"
    "print('up', flush=True)\n"
    "for line in sys.stdin: exec(line); print('done', flush=True)"
)


class Worker:
    """A process that runs code sent by a test."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", CODE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._answer()

    def do(self, code: str) -> None:
        """Execute a line in the process, and wait until it is done."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{code}\n".encode())
        self.process.stdin.flush()
        self._answer()
        self._settle()

    def _settle(self) -> None:
        """Wait until it reads the next line, and its other threads wait too."""
        while any(
            stat.read_bytes().rpartition(b") ")[2].startswith(b"R")
            for stat in Path(f"/proc/{self.process.pid}/task").glob("*/stat")
        ):
            os.sched_yield()

    def _answer(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline()


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker()
    with made.process:
        yield made
        made.process.kill()
