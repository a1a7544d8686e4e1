"""The modules of the bare worker; unlike its size, they are equal on all machines."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import RunTask

BARE = Path(__file__).parents[1] / "tasks" / "bare.py"
pytestmark = [pytest.mark.slow, pytest.mark.no_coverage]

LIMERUN_MODULES = {
    "limerun",
    "limerun.lime",
    "limerun.lime.install",
    "limerun.lime.lacking",
    "limerun.worker",
    "limerun.worker.callsite",
    "limerun.worker.celery_tasks",
    "limerun.worker.channel",
    "limerun.worker.counters",
    "limerun.worker.ending",
    "limerun.worker.listening",
    "limerun.worker.load",
    "limerun.worker.main",
    "limerun.worker.process",
    "limerun.worker.protocol",
    "limerun.worker.signature",
    "limerun.worker.standard",
    "limerun.worker.task_thread",
}
HEAVY = {
    "argparse",
    "asyncio",
    "dataclasses",
    "email",
    "faker",
    "inspect",
    "logging",
    "numpy",
    "pathlib",
    "psutil",
    "pyarrow",
    "pydantic",
    "rich",
    "sqlalchemy",
    "subprocess",
    "threading",
    "traceback",
    "typer",
    "typing",
    "unittest",
    "yaml",
}


@pytest.fixture
def modules_of_the_worker(outcome_of: RunTask) -> set[str]:
    result = outcome_of(f"{BARE}:names_the_modules")
    assert isinstance(result.result, list)
    return {str(name) for name in result.result}


def test_the_bare_worker_imports_exactly_these_modules_of_limerun(
    modules_of_the_worker: set[str],
) -> None:
    own = {name for name in modules_of_the_worker if name.startswith("limerun")}
    assert own == LIMERUN_MODULES


def test_the_bare_worker_imports_no_heavy_packages(
    modules_of_the_worker: set[str],
) -> None:
    started = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    interpreter_s_own = set(started.stdout.split())
    assert not (modules_of_the_worker - interpreter_s_own) & HEAVY


def test_the_site_packages_of_limerun_are_not_visible_to_another_interpreter(
    tmp_path: Path,
) -> None:
    """The worker's script finds limerun by its folder, not on the path."""
    boot = Path(__file__).parents[2] / "limerun" / "worker" / "boot.py"
    code = (
        f"import runpy, sys; sys.argv = ['boot']\n"
        f"runpy.run_path({str(boot)!r}, run_name='__mp_main__')\n"
        "import limerun\n"
        "print([p for p in sys.path if 'site-packages' in p])\n"
    )
    shown = subprocess.run(
        [sys.executable, "-S", "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert shown.stdout.strip() == "[]"
