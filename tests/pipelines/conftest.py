"""An interpreter without limerun, and limerun built as in a pipeline."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipelines.shell import ROOT, make_venv


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Limerun, built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ["wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run([sys.executable, "-m", "pip", *build], check=True)
    [built] = folder.iterdir()
    return built


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    return make_venv(tmp_path / "python")
