"""The pytest plugin, on a solution that was not written for limerun."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOREIGN = Path(__file__).parent / "foreign"
ENTRY_POINTS = "[lime_plugins]\nsolution_acme = solution_acme\n"


def run_pytest(
    folder: Path, *arguments: str, paths: tuple[Path, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run pytest with the plugin, in a folder that knows nothing of limerun."""
    search = os.pathsep.join(str(path) for path in (*paths, ROOT))
    options = ("-p", "limerun.lime.fixtures", "-q", "-p", "no:cacheprovider")
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": search, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_solution_s_own_tests_pass_on_the_stand_in(tmp_path: Path) -> None:
    info = tmp_path / "site" / "solution_acme-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Name: solution_acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    configuration = tmp_path / "pytest.ini"
    configuration.write_text("[pytest]\npython_files = *_test.py\n")
    ran = run_pytest(
        FOREIGN,
        "-c",
        str(configuration),
        f"--rootdir={FOREIGN}",
        str(FOREIGN / "tests"),
        paths=(tmp_path / "site", FOREIGN),
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "passed" in ran.stdout
