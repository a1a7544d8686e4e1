"""Tasks in a worker under Python 3.10, which limerun itself does not support."""

import ast
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Limerun

CONFIGS = ROOT / "configs"
SEEN_BY_WORKERS = ("worker", "lime", "instruments", "segments.py", "storage.py")
FAILING_HOOK = """
from lime_application import LimeApplication
from lime_task import task
from lime_type.limeobjects import LimeObject
from lime_type.limetypes import register_class

class Company(LimeObject):
    def before_update(self, uow, **kwargs):
        raise RuntimeError("no such office")

@task
def save(app: LimeApplication) -> None:
    register_class("company", Company)
    uow = app.unit_of_work()
    uow.add(app.limetypes.company(name="Acme"))
    uow.commit()
"""
DATASET = """
dataset:
  limetypes: {company: {name: {type: string}}}
"""


@pytest.fixture
def python(monkeypatch: pytest.MonkeyPatch) -> str:
    """A Python 3.10 with SQLAlchemy; it must exist if the variable names one."""
    named = os.environ.get("LIMERUN_TEST_PYTHON310")
    monkeypatch.delenv("LIMERUN_TEST_PYTHON310", raising=False)  # not a key of limerun
    found = named or shutil.which("python3.10")
    if found is None:
        pytest.skip("there is no python3.10")
    ask = "import sys, sqlalchemy; print(sys.version_info[:2])"
    said = subprocess.run([found, "-c", ask], capture_output=True, text=True)
    if not named and said.returncode:
        pytest.skip(f"{found} does not run, or has no SQLAlchemy")
    assert said.stdout == "(3, 10)\n", said
    return found


def _files() -> list[Path]:
    paths = (ROOT / "limerun" / name for name in SEEN_BY_WORKERS)
    return [
        file
        for path in paths
        for file in (path.rglob("*.py") if path.is_dir() else [path])
    ]


@pytest.mark.parametrize("file", _files(), ids=lambda file: file.stem)
def test_modules_imported_by_workers_are_compatible_with_python_3_10(
    file: Path,
) -> None:
    tree = ast.parse(file.read_bytes(), feature_version=(3, 10))
    newer = {"UTC": "datetime", "Self": "typing", "StrEnum": "enum"}
    imported = {
        (alias.name, node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert not imported & newer.items()


@pytest.mark.slow
@pytest.mark.parametrize(
    "config", ["import-contracts", "fetch-contracts", "deal-report", "reassign-deals"]
)
def test_an_example_task_runs_on_python_3_10(
    limerun: Limerun, python: str, config: str
) -> None:
    config_file = CONFIGS / f"{config}.yaml"
    limerun("run", config_file, "--rows", 20, "--set", f"python={python}").expect(
        out="returned after"
    )


@pytest.mark.slow
def test_a_task_can_be_profiled_on_python_3_10(limerun: Limerun, python: str) -> None:
    config = CONFIGS / "import-contracts.yaml"
    arguments = ("--scale", "0.01", "--set", f"python={python}")
    limerun("profile", config, *arguments).expect(
        out=r"(?s)import_contracts\.py.*memory at the peak.*How statements"
    )


@pytest.mark.slow
def test_an_error_in_a_hook_names_the_object(
    limerun: Limerun, python: str, tmp_path: Path
) -> None:
    (tmp_path / "t.py").write_text(FAILING_HOOK)
    config = tmp_path / "c.yaml"
    config.write_text(f"task: t.py:save\npython: {python}\n{DATASET}")
    limerun("run", config, "--json", "record.json").expect(code=3, out="no such office")
    note = "in before_update of company, a new object; the unit of work was rolled back"
    assert note in (tmp_path / "record.json").read_text()
