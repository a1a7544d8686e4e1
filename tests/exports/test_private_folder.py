"""Folders for the rows of an export: removed at the end, after a kill, or at the next start."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from limerun.exports.reading.private_folder import private_folder


def test_a_private_folder_is_removed_after_its_block_and_after_an_error(
    tmp_path: Path,
) -> None:
    with private_folder(tmp_path, "rows-") as folder:
        (folder / "part").write_text("Lovisa")
    with pytest.raises(ZeroDivisionError), private_folder(tmp_path, "rows-"):
        1 / 0  # noqa: B018 - any error
    assert [*tmp_path.iterdir()] == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_private_folder_is_removed_when_its_process_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from limerun.exports.reading.private_folder import private_folder\n"
        "with private_folder(Path(sys.argv[1]), 'rows-') as folder:\n"
        "    (folder / 'part').write_text('Lovisa')\n"
        "    print('ready', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert [*tmp_path.glob("rows-*/part")]
        [guard] = psutil.Process(other.pid).children()
        other.kill()
    guard.wait(timeout=300)
    assert [*tmp_path.iterdir()] == []
