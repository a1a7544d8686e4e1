"""A small CI runner: a clean folder, a fresh interpreter, and bash."""

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


@dataclass(frozen=True)
class Runner:
    """A checked-out folder and the environment of a runner."""

    folder: Path
    venv: Path
    temporary: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(
        self, script: str, environment: Mapping[str, str] | None = None, flags: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a script as the pipeline's shell does; `flags` are bash's."""
        path = f"{self.venv / 'bin'}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", *flags.split(), "-c", script],
            cwd=self.folder,
            env={
                **_clean(),
                "PIP_COMPILE": "0",  # few of the modules are imported
                **self.environment,
                **(environment or {}),
                "PATH": path,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        print(script, done.stdout, done.stderr, sep="\n")  # noqa: T201 - if it fails
        return done


def make_venv(folder: Path) -> Path:
    """Create an interpreter that finds limerun's dependencies where this one does."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    [packages] = folder.glob("lib/python*/site-packages")
    here = sysconfig.get_path("purelib")
    (packages / "here.pth").write_text(f"{here}\n", encoding="utf-8")
    return folder


def fill_expressions(text: str, values: Mapping[str, str]) -> str:
    """Return a text with GitHub's expressions replaced; each must be known."""
    return _EXPRESSION.sub(lambda found: values[found[1]], text)


def outputs_in(path: Path) -> dict[str, str]:
    """Return the values that steps wrote to GITHUB_OUTPUT; later values win."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return dict(line.split("=", 1) for line in lines)


def _clean() -> dict[str, str]:
    """Return this environment without the variables of tests and tools."""
    drop = ("COV", "GITHUB_", "LIMERUN_", "PYTEST_", "VIRTUAL_ENV", "PYTHONPATH")
    return {name: os.environ[name] for name in os.environ if not name.startswith(drop)}
