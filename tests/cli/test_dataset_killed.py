"""If a command on an export is killed, no row of the export remains."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "a.csv").write_text("id,name\n1,Lovisa\n2,Algot\n")
    # Large enough that it is still being read when the command is killed.
    rows = "".join(f"{row},Lovisa\n" for row in range(100_000))
    (folder / "b.csv").write_text("id,name\n" + rows * 20)
    return folder


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGKILL"])
@pytest.mark.parametrize(
    "command", ["shape export --out shape.yaml", "verify export export"]
)
def test_temporary_copies_of_rows_are_removed_when_the_process_is_killed(
    export: Path, tmp_path: Path, command: str, name: str
) -> None:
    held = tmp_path / "held"
    held.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "limerun", "dataset", *command.split()],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(held)},
        start_new_session=True,
    )
    assert process.stderr is not None
    with process.stderr:
        assert any("b.csv" in line for line in process.stderr)
        assert [*held.glob("*/0.parquet")], "the first table was read"
        os.killpg(process.pid, getattr(signal, name))
        assert process.wait() != 0
    end = time.monotonic() + 60
    while [*held.iterdir()] and time.monotonic() < end:
        time.sleep(0.01)
    assert [*held.iterdir()] == []
