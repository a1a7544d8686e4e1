"""`limerun improve`: the patch applies, the files stay, and failures are named."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Limerun, start_limerun

TASKS = ROOT / "tests" / "tasks" / "improvable"
CONFIG = """
task: tasks.py:run
parameters: {{path: "${{sources.rows}}"}}
dataset:
  limetypes: {root}/configs/lime-types.yaml
  rows: {{company: 5, contract: 300, deal: 5}}
  properties:
    contract.number: {{kind: sequence, format: "K-{{:07d}}"}}
sources:
  rows:
    format: jsonl
    rows: 400
    overlap: 0.5
    columns: {{number: contract.number, name: contract.name, value: contract.value}}
"""
WRITES = """
import json
from lime_task import task

@task
def run(application, path):
    seen = []
    for line in open(path):
        number = json.loads(line)["number"]
        if number not in seen:
            seen.append(number)
    with open("numbers.txt", "w") as file:
        file.write(str(seen))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config = CONFIG.format(root=ROOT)
    (tmp_path / "limerun.yaml").write_text(config, "utf-8")
    return tmp_path


def use(folder: Path, name: str) -> str:
    shutil.copy(TASKS / f"{name}.py", folder / "tasks.py")
    return (folder / "tasks.py").read_text("utf-8")


@pytest.mark.slow
def test_a_searched_list_becomes_a_set_and_the_files_stay(
    limerun: Limerun, folder: Path
) -> None:
    before = use(folder, "t04_seen_list")
    off = "rules.memory.batches=off"
    done = limerun("improve", "limerun.yaml", "--json", "a.json", "--set", off)
    done.expect(code=0, err="better with 1 change")
    improvement = json.loads((folder / "a.json").read_text("utf-8"))["improvement"]
    [change] = improvement["applied"]
    assert "speed.lookups" in change["gains"]
    assert change["location"]["line"] == 20
    assert len(improvement["tests"]) == 4
    assert (folder / "tasks.py").read_text("utf-8") == before
    assert done.out == improvement["patch"]


@pytest.mark.slow
def test_the_patch_commits_in_batches_and_is_proven(
    limerun: Limerun, folder: Path
) -> None:
    before = use(folder, "t11_save_helper")
    done = limerun("improve", "limerun.yaml", "--patch", "improved.patch", "-q")
    done.expect(out="^IMPROVED  run is better with 1 change: ")
    assert (folder / "tasks.py").read_text("utf-8") == before
    subprocess.run(["git", "apply", "improved.patch"], cwd=folder, check=True)
    after = (folder / "tasks.py").read_text("utf-8")
    assert "def _save(" not in after
    assert "            uow.add(deal)\n" in after


@pytest.mark.slow
def test_a_task_that_writes_a_file_is_not_changed(
    limerun: Limerun, folder: Path
) -> None:
    (folder / "tasks.py").write_text(WRITES, "utf-8")
    limerun("improve", "limerun.yaml").expect(
        out="^$", err=r"NOT IMPROVED +run has no patch: the task writes a file in"
    )


def test_libcst_is_named_if_it_is_missing(
    folder: Path, config: Callable[..., Path]
) -> None:
    use(folder, "t20_fine")
    (folder / "libcst.py").write_text(
        "raise ModuleNotFoundError(name='libcst')", "utf-8"
    )
    done = start_limerun(
        ["improve", "limerun.yaml"],
        cwd=folder,
        environ={"PYTHONPATH": f"{folder}:{ROOT}", "LIMERUN_CACHE": str(folder / "c")},
        timeout=60,
    )
    assert done.returncode == 2
    assert "pyinstrument" not in done.stderr
    assert "pip install 'limerun[lint]'" in done.stderr
