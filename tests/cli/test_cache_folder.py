"""If folders are unusable, a task is still measured, or the error is clear."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Limerun


@pytest.mark.slow
def test_a_task_is_measured_even_without_a_cache(
    limerun: Limerun, config: Callable[..., Path]
) -> None:
    path = config(
        "returns", "dataset: {limetypes: {c: {n: {type: string}}}, rows: {c: 3}}"
    )
    said = limerun("capacity-test", path, LIMERUN_CACHE="/dev/null")
    said.expect(out="PASSED", err="warning: the cache folder /dev/null cannot be used")


def test_a_deleted_current_folder_is_reported(
    tmp_path: Path, config: Callable[..., Path]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    path = config("returns")
    command = f"cd {gone} && rmdir {gone} && {sys.executable} -m limerun run {path}"
    done = subprocess.run(
        ["sh", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 2, done.stderr
    assert "the current folder no longer exists" in done.stderr
