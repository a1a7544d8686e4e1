"""limerun init, and running what it writes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Limerun

pytestmark = pytest.mark.slow
SOLUTION = ROOT / "fixtures" / "solution_example"
FILES = {
    "limerun.yaml",
    "limerun.schema.json",
    "lime-types.yaml",
    "tasks/import_contracts.py",
    ".github/workflows/limerun.yml",
}
IMPORT = """\
from lime_task import task

raise RuntimeError("this module was run")
"""


def file_names(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_init_in_an_empty_folder_writes_a_sample_that_passes(
    limerun: Limerun, tmp_path: Path
) -> None:
    said = limerun("init").expect(
        out=r"found no task here; wrote a sample(.|\n)*"
        "next: limerun run limerun.yaml, then limerun capacity-test limerun.yaml\n$"
    )
    assert "fix this first" not in said.err
    assert file_names(tmp_path) == FILES
    assert (tmp_path / "limerun.schema.json").read_text() == limerun("schema").out
    limerun("capacity-test", "limerun.yaml", "--scale", "0.1").expect(out="PASSED")


def test_init_overwrites_no_files(limerun: Limerun, tmp_path: Path) -> None:
    (tmp_path / "limerun.yaml").write_text("mine")
    (tmp_path / "limerun.schema.json").write_text("mine")
    limerun("init").expect(
        code=2,
        err=r"limerun\.yaml, limerun\.schema\.json: already exists.*move or remove",
    )
    assert file_names(tmp_path) == {"limerun.yaml", "limerun.schema.json"}
    assert (tmp_path / "limerun.yaml").read_text() == "mine"


@pytest.mark.parametrize("has_model", [True, False])
def test_a_solution_can_be_measured_without_changes(
    limerun: Limerun, tmp_path: Path, has_model: bool
) -> None:
    left = shutil.ignore_patterns(".*", "__pyc*", "capacity.yaml")
    shutil.copytree(SOLUTION, tmp_path, ignore=left, dirs_exist_ok=True)
    if not has_model:
        (tmp_path / "lime-types.yaml").unlink()
    said = limerun("init").expect(out=r"found 2 tasks.*deals\.py:close_stale_deals")
    assert ("lime-types.yaml" in said.out) != has_model
    assert "before: '2024-01-01'" in (tmp_path / "limerun.yaml").read_text()
    limerun(
        "capacity-test", "limerun.yaml", "--scale", "0.2", "--json", "r.json"
    ).expect(out="PASSED")
    [run] = json.loads((tmp_path / "r.json").read_text())["runs"]
    assert run["result"]["closed"] > 20


def test_the_generated_source_file_matches_the_file_that_the_task_reads(
    limerun: Limerun, tmp_path: Path
) -> None:
    package = tmp_path / "src" / "limepkg_erp" / "tasks"
    package.mkdir(parents=True)
    for folder in (package, package.parent):
        (folder / "__init__.py").write_text("")
    shutil.copy(ROOT / "fixtures" / "tasks" / "import_contracts.py", package)
    limerun("init").expect(out="src/limepkg_erp/tasks/import_contracts.py:import_con")
    limerun(
        "capacity-test", "limerun.yaml", "--scale", "0.1", "--json", "r.json"
    ).expect(out="PASSED")
    [run] = json.loads((tmp_path / "r.json").read_text())["runs"]
    assert run["result"] == {"created": 300}, "half of the export is there already"


def test_init_configures_a_celery_task_with_its_parameters(
    limerun: Limerun, tmp_path: Path
) -> None:
    (tmp_path / "reminders.py").write_text(
        "import json\n\nfrom celery import Celery\n\napp = Celery('shop')\n\n\n"
        "@app.task(bind=True)\ndef count(self, path, minimum: float, dry_run=True):\n"
        "    with open(path) as file:\n"
        "        rows = map(json.loads, file)\n"
        "        return sum(row['amount'] >= minimum for row in rows)\n"
    )
    limerun("init").expect(out=r"found the task reminders\.py:count")
    assert not (tmp_path / "lime-types.yaml").exists()
    limerun("capacity-test", "limerun.yaml").expect(out="PASSED")


def test_init_runs_no_code_and_skips_a_broken_file(
    limerun: Limerun, tmp_path: Path
) -> None:
    (tmp_path / "runs.py").write_text(f"{IMPORT}\n@task\ndef work(app): ...\n")
    (tmp_path / "broken.py").write_text("def a(:\n")
    said = limerun("init").expect(out="found the task runs.py:work")
    assert "skipped broken.py, line 1" in said.err
    assert "was run" not in said.err


def test_the_projects_own_interpreter_is_named_and_used(
    limerun: Limerun, tmp_path: Path
) -> None:
    (tmp_path / "work.py").write_text(
        "import sys\nfrom celery import shared_task\n\n\n"
        "@shared_task\ndef work():\n    return sys.executable\n"
    )
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    said = limerun("init").expect()
    assert "fix this first" not in said.err
    assert "\npython: .venv/bin/python\n" in (tmp_path / "limerun.yaml").read_text()
    python.chmod(0o644)
    (tmp_path / "limerun.yaml").unlink()
    (tmp_path / "limerun.schema.json").unlink()
    shutil.rmtree(tmp_path / ".github")
    limerun("init").expect(err="(?s)fix this first: .*is not executable")


def test_a_project_with_an_existing_pipeline_gets_a_snippet(
    limerun: Limerun, tmp_path: Path
) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text("stages: [test]\n")
    limerun("init").expect(err=r"limerun\.gitlab-ci\.yml: its first lines explain how")
    assert not (tmp_path / ".github").exists()
    assert "include:" in (tmp_path / "limerun.gitlab-ci.yml").read_text()


@pytest.mark.parametrize("place", [".github", ".github/workflows/limerun.yml"])
def test_an_unwritable_folder_stays_unchanged(
    limerun: Limerun, tmp_path: Path, place: str
) -> None:
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    limerun("init").expect(code=2, err=r"\.github.*Nothing was written")
    assert file_names(tmp_path) == {place}


def test_a_deleted_folder_exits_with_2(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f'rmdir "$PWD"; exec "{sys.executable}" -m limerun init'
    said = subprocess.run(
        ["bash", "-c", script], cwd=gone, capture_output=True, text=True, check=False
    )
    assert said.returncode == 2
    assert "the current folder: No such file" in said.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_write_protected_folder_exits_with_2(
    limerun: Limerun, tmp_path: Path
) -> None:
    tmp_path.chmod(0o555)
    try:
        limerun("init").expect(code=2, err="Permission denied. Nothing was written")
    finally:
        tmp_path.chmod(0o755)
