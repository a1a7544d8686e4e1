"""limerun's Python API: the names that `import limerun` offers."""

import subprocess
import sys
from pathlib import Path

import pytest

import limerun

TASK = "def count(rows: int = 3) -> int:\n    return rows\n"


@pytest.mark.parametrize("name", limerun.__all__)
def test_every_public_name_exists(name: str) -> None:
    assert getattr(limerun, name)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'capacity'"):
        vars(limerun)["__getattr__"]("capacity")


def test_importing_limerun_imports_no_other_modules() -> None:
    code = "import sys; old = set(sys.modules); import limerun; print(set(sys.modules) - old)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "{'limerun'}"


@pytest.mark.slow
def test_a_task_in_the_current_folder_is_run_and_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tasks.py").write_text(TASK)
    outcome = limerun.capacity_test("tasks.py:count", parameters={"rows": 7})
    assert outcome.passed
    assert outcome.record.runs[0].result == 7
    assert {each.name for each in tmp_path.iterdir()} <= {"tasks.py", "__pycache__"}


def test_a_missing_config_is_reported_with_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(limerun.LimerunError, match=rf"a\.yaml.*{tmp_path}"):
        limerun.capacity_test(config="a.yaml")
