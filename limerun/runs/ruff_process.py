"""Run ruff while this process reads the code."""

import shutil
import subprocess
from collections.abc import Sequence
from typing import Self

from limerun.lint.ruff_codes import ARGUMENTS, RuffResult, read_results

EXTRA = "pip install 'limerun[lint]'"


class RuffProcess:
    """Runs ruff as a subprocess; if ruff is missing, its rules are not checked."""

    def __init__(self, files: Sequence[str]) -> None:
        self._files = files
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        command = _ruff_path()
        if command is not None and self._files:
            self._process = subprocess.Popen(
                [command, *ARGUMENTS, "--", *self._files],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def results(self) -> tuple[list[RuffResult], tuple[str, ...]]:
        """Return what ruff reported, and why some rules were not checked."""
        if not self._files:
            return [], ()
        if self._process is None:
            return [], (f"ruff's rules, because ruff is not installed: {EXTRA}",)
        out, problem = self._process.communicate()
        if self._process.returncode:
            return [], (f"ruff's rules, because ruff failed: {problem.strip()[:300]}",)
        return read_results(out), ()


def _ruff_path() -> str | None:
    """Return the path of ruff, if it is installed beside limerun or on the path."""
    try:
        from ruff import find_ruff_bin

        return str(find_ruff_bin())
    except (ImportError, FileNotFoundError):
        return shutil.which("ruff")
