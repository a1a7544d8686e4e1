"""Our own Lime solution, tested without changes, installed or from its folder."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import ROOT, Limerun

pytestmark = pytest.mark.slow
SOLUTION = ROOT / "fixtures" / "solution_example"
NEEDS = ("sqlalchemy==1.4.54", "pytest", "pyyaml")
PIP = (sys.executable, "-m", "pip")
QUIETLY = ("--quiet", "--no-compile")  # few of their modules are imported


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the solution, installed without limerun into a .venv in its folder."""
    folder = tmp_path_factory.mktemp("customer") / "solution_example"
    shutil.copytree(SOLUTION, folder, ignore=shutil.ignore_patterns(".*", "__pyc*"))
    for command in (
        [sys.executable, "-m", "venv", "--without-pip", ".venv"],
        [*PIP, "--python", ".venv/bin/python", "install", *QUIETLY, ".", *NEEDS],
    ):
        subprocess.run(command, cwd=folder, check=True)
    return folder


def record_of(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_task_of_a_solution_is_tested_in_its_own_environment(
    installed: Path, limerun: Limerun, tmp_path: Path
) -> None:
    limerun("capacity-test", installed / "capacity.yaml", "--json", "r.json").expect(
        out="PASSED"
    )
    record = record_of(tmp_path / "r.json")
    python = str(installed / ".venv" / "bin" / "python")
    assert record["config"]["values"]["python"] == python
    assert record["task"]["file"].startswith(str(installed))
    [run] = record["runs"]
    assert run["result"]["closed"] > 1000
    # 50 deals, and the note that a hook adds to each.
    assert run["transactions"]["max_objects"] == 100


def test_the_solutions_own_tests_pass_with_the_fixtures_of_the_stand_in(
    installed: Path,
) -> None:
    ran = subprocess.run(
        [".venv/bin/python", "-m", "pytest", "-p", "limerun.lime.fixtures"],
        cwd=installed,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " passed" in ran.stdout


def test_a_task_in_a_package_that_is_not_installed_runs_from_its_folder(
    limerun: Limerun, tmp_path: Path
) -> None:
    """The package's classes need no entry point; tasks that it sends are counted."""
    config = tmp_path / "lying.yaml"
    config.write_text(
        f"task: {SOLUTION}/solution_example/tasks/deals.py:close_stale_deals\n"
        'parameters: {before: "2024-01-01"}\n'
        f"dataset: {{limetypes: {SOLUTION}/lime-types.yaml, "
        "rows: {company: 5, deal: 100}}\n"
    )
    limerun("run", config, "--json", "r.json").expect()
    [run] = record_of(tmp_path / "r.json")["runs"]
    effect = run["effect"]
    closed = run["result"]["closed"]
    assert effect["deal"]["updated"] == effect["history"]["created"] == closed > 0
    sent = {"solution_example.tasks.companies.sum_up_company": 5}
    assert run["sent_tasks"] == sent
    assert "is worth" not in run["output"]["stderr"]
