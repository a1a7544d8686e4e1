"""Which tasks a package holds, and what is said when it is named as a task."""

from pathlib import Path

import pytest

from tests.cli.conftest import Limerun

pytestmark = pytest.mark.slow


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package laid out as the platform's generator does it."""
    tasks = tmp_path / "limepkg_erp" / "tasks"
    tasks.mkdir(parents=True)
    (tasks.parent / "__init__.py").write_text("")
    (tasks / "__init__.py").write_text(
        "from . import imports\n\ndef get_task_modules():\n    return [imports]\n"
    )
    (tasks / "imports.py").write_text(
        "from lime_task import task\n\n"
        "@task(qos='background')\n"
        "def import_contracts(application, path: str) -> dict:\n"
        '    """Import the contracts of an export."""\n\n'
        "@task\ndef import_persons(app): ...\n\n"
        "def helper(): ...\n"
    )
    return tasks.parent


def test_tasks_lists_what_a_package_says_it_holds(
    limerun: Limerun, package: Path
) -> None:
    said = limerun("tasks", "limepkg_erp").expect(
        out=r"limepkg_erp.tasks.imports:import_contracts\(application, path: str\)"
    )
    assert "qos background" in said.out
    assert "Import the contracts of an export." in said.out
    assert "import_persons" in said.out
    assert "helper" not in said.out


def test_a_task_that_is_a_package_is_answered_with_its_tasks(
    limerun: Limerun, package: Path, tmp_path: Path
) -> None:
    path = tmp_path / "limerun.yaml"
    path.write_text("task: limepkg_erp\n")
    limerun("capacity-test", path).expect(
        code=2, err="name one of its tasks:\n  task: limepkg_erp.tasks.imports:import_c"
    )


def test_a_package_that_is_not_there_is_2(limerun: Limerun) -> None:
    limerun("tasks", "no_such_package").expect(code=2, err="no_such_package")


def test_a_package_that_does_not_say_where_its_tasks_are_is_searched(
    limerun: Limerun, package: Path
) -> None:
    (package / "tasks" / "__init__.py").write_text("")
    (package / "tasks" / "imports_test.py").write_text("raise SystemExit\n")
    limerun("tasks", "limepkg_erp/").expect(out="tasks.imports:import_contracts")
