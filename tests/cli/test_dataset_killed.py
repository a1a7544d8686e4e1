"""If a command on an export is killed, no row of the export remains."""

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.cli.conftest import StartLimerun

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "a.csv").write_text("id,name\n1,Lovisa\n2,Algot\n")
    (folder / "b.csv").write_text("id,name\n1,Lovisa\n")
    return folder


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGKILL"])
@pytest.mark.parametrize(
    "command", ["shape export --out shape.yaml", "verify export export"]
)
def test_temporary_copies_of_rows_are_removed_when_the_process_is_killed(
    export: Path, tmp_path: Path, start: StartLimerun, command: str, name: str
) -> None:
    held = tmp_path / "held"
    held.mkdir()
    words = ("dataset", *command.split())
    process = start(*words, pause_at=r"b\.csv", TMPDIR=str(held))
    process.read_errors_up_to(r"b\.csv")
    assert [*held.glob("*/0.parquet")], "the first table was read"
    guards = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, getattr(signal, name))
    process.communicate()
    assert process.returncode != 0
    psutil.wait_procs(guards, timeout=300)
    assert [*held.iterdir()] == []
