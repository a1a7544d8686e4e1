"""A task that cannot be called is an error before anything is run."""

from dataclasses import replace
from pathlib import Path

import pytest

from limerun.engine.local import LocalWorker
from limerun.errors import TaskError
from limerun.progress import Progress
from limerun.records import Loaded
from tests.builders import OPENING
from tests.conftest import BEHAVIOURS, RunTask, launch_for

pytestmark = pytest.mark.slow


def load(task: str, *paths: str) -> Loaded:
    launch = replace(launch_for(task), paths=paths)
    with LocalWorker(launch, Progress()) as worker:
        return worker.load()


def load_and_check(task: str) -> None:
    with LocalWorker(launch_for(task), Progress()) as worker:
        worker.load()
        worker.run(OPENING)


def test_a_function_in_a_file_is_found_with_its_line() -> None:
    loaded = load(f"{BEHAVIOURS}:returns")
    assert (loaded.kind, loaded.file) == ("function", str(BEHAVIOURS))
    lines = BEHAVIOURS.read_text().splitlines()
    assert loaded.line is not None
    assert lines[loaded.line - 1].startswith("def returns(")


def test_a_dotted_name_is_found_on_the_given_paths(tmp_path: Path) -> None:
    package = tmp_path / "limepkg_erp" / "tasks"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").write_text("from .imports import run\n")
    (package / "imports.py").write_text("def run(): pass\n")
    assert load("limepkg_erp.tasks:run", str(tmp_path)).file == str(
        package / "imports.py"
    )


def test_a_file_inside_a_package_may_import_its_siblings(tmp_path: Path) -> None:
    package = tmp_path / "limepkg_erp"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "neighbour.py").write_text("NAME = 'x'\n")
    task = package / "task.py"
    task.write_text("from .neighbour import NAME\ndef run(): pass\n")
    assert load(f"{task}:run").file == str(task)


def test_a_file_may_have_the_name_of_a_library(tmp_path: Path) -> None:
    task = tmp_path / "json.py"
    task.write_text("def run(): pass\n")
    assert load(f"{task}:run").file == str(task)


def test_a_method_of_a_class_can_be_named(tmp_path: Path) -> None:
    task = tmp_path / "erp.py"
    task.write_text("class Import:\n    def run(): pass\n")
    assert load(f"{task}:Import.run").line == 2


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (f"{BEHAVIOURS}:return", 'did you mean "returns"'),
        (f"{BEHAVIOURS}:is_async", "is async"),
        (f"{BEHAVIOURS}:is_a_generator", "is a generator"),
        (f"{BEHAVIOURS}:NOT_CALLABLE", "int, which cannot be called"),
        ("no_such_package.tasks:run", "to use another interpreter"),
        ("json:decoder", "is a module"),
        ("json.decoder:JSONDecoder.decode", "method of objects of its class"),
    ],
)
def test_an_object_that_is_not_callable_is_an_error_with_advice(
    task: str, message: str
) -> None:
    with pytest.raises(TaskError, match=message):
        load_and_check(task)


@pytest.mark.parametrize(
    "source",
    [
        "def __getattr__(name):\n    if name == 'run':\n        return lambda: 1\n"
        "    raise AttributeError(name)\n",
        "globals()['run'] = lambda: 1\n",
        "import sys\nsetattr(sys.modules[__name__], 'run', lambda: 1)\n",
        "import sys, types\nsys.modules[__name__] = made = types.ModuleType('made')\n"
        "made.run = lambda: 1\n",
    ],
)
def test_the_named_object_may_be_created_by_code_at_import(
    tmp_path: Path, source: str
) -> None:
    task = tmp_path / "made.py"
    task.write_text(source)
    assert load(f"{task}:run").file == str(task)
    with pytest.raises(TaskError, match='has no "walk"'):
        load(f"{task}:walk")


def test_if_the_object_cannot_be_imported_the_missing_module_is_named(
    tmp_path: Path,
) -> None:
    task = tmp_path / "broken.py"
    task.write_text("def __getattr__(name):\n    import not_installed_here\n")
    with pytest.raises(TaskError, match="install not_installed_here in"):
        load(f"{task}:run")


def test_a_module_that_fails_at_import_is_reported_with_its_line(
    tmp_path: Path,
) -> None:
    task = tmp_path / "broken.py"
    task.write_text("VALUE = {}['missing']\ndef run(): pass\n")
    with pytest.raises(TaskError, match=r"KeyError: 'missing'(.|\n)*broken.py"):
        load(f"{task}:run")


def test_a_module_that_kills_its_interpreter_does_not_hang_the_run(
    tmp_path: Path,
) -> None:
    task = tmp_path / "deadly.py"
    task.write_text("import os\nos.abort()\ndef run(): pass\n")
    with pytest.raises(TaskError, match="SIGABRT before the task could begin"):
        load(f"{task}:run")


def test_the_given_parameters_are_compared_with_those_of_the_task(
    outcome_of: RunTask,
) -> None:
    with pytest.raises(TaskError, match="needs the parameter 'path'"):
        outcome_of("needs")
    with pytest.raises(TaskError, match="no parameter 'pathh'; it takes path"):
        outcome_of("takes_only", pathh="x")
    outcome = outcome_of("needs", path="x", extra="y")
    assert outcome.result == ["x", 2]
