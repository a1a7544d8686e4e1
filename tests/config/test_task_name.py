"""The name of a task is searched in the source of its file, which is not run."""

from pathlib import Path

import pytest

from limerun.config.task_name import TaskNotFound, TaskUnreadable, find_task


def find(folder: Path, source: str, name: str = "run", *, own: bool = True) -> str:
    (folder / "task.py").write_text(source, encoding="utf-8")
    return find_task(f"task.py:{name}", folder, own_python=own)


@pytest.mark.parametrize(
    "source",
    [
        "def run(): pass",
        "if True:\n    def run(): pass",
        "try:\n    from fast import run\nexcept ImportError:\n    def run(): pass",
        "with lock:\n    run = make()",
        "for run in runs: pass",
        "with open(path) as run: pass",
        "match kind:\n    case 1:\n        def run(): pass",
        "from tasks import make as run",
        "import run.more",
        "(first, [run, *rest]) = make()",
        "run: object = make()",
        "print(run := make())",
        "from tasks import *",
        "import tasks",
        "from . import tasks",
        "from .tasks import first",
        "globals()['run'] = 1",
        "import sys\nsys.modules[__name__].__dict__['run'] = 1",
        "def __getattr__(name): return 1",
        "@decorated\nasync def run(): pass",
        "@decorated\ndef run():\n    yield 1",
        "def run():\n    return (lambda: (yield))",
        "def run():\n    class Inner:\n        def rows(self):\n            yield 1",
    ],
)
def test_a_task_name_that_may_be_bound_at_import_is_found(
    tmp_path: Path, source: str
) -> None:
    assert find(tmp_path, source) == f"{tmp_path}/task.py:run"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("", r'task\.py has no "run"$'),
        ("import os\nfrom json import load", 'has no "run"'),
        ("def runs(): pass", 'has no "run"; did you mean "runs"'),
        ("def main():\n    run = 1", 'has no "run"; known: main'),
        ("async def run(): pass", '"run" is async'),
        ("def run():\n    yield 1", '"run" is a generator'),
        ("def run():\n    if rows:\n        yield from rows", '"run" is a generator'),
    ],
)
def test_a_missing_or_uncallable_task_name_is_refused_with_the_reason(
    tmp_path: Path, source: str, why: str
) -> None:
    with pytest.raises(TaskNotFound, match=why):
        find(tmp_path, source)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("class Jobs:\n    def nightly(self): pass", "Jobs.nightly"),
        ("class Jobs(Base): pass", "Jobs.nightly"),
        ("@decorated\nclass Jobs: pass", "Jobs.nightly"),
        ("jobs = make()", "jobs.nightly"),
        ("class Jobs: pass", "Jobs"),
        (
            "class Jobs:\n    class Night:\n        def run(self): pass",
            "Jobs.Night.run",
        ),
    ],
)
def test_a_nested_task_name_is_found(tmp_path: Path, source: str, name: str) -> None:
    assert find(tmp_path, source, name) == f"{tmp_path}/task.py:{name}"


def test_a_missing_method_is_reported_with_its_class(tmp_path: Path) -> None:
    with pytest.raises(TaskNotFound, match=r'Jobs\.Night has no "run"'):
        find(tmp_path, "class Jobs:\n    class Night: pass", "Jobs.Night.run")


def test_a_syntax_error_is_reported_with_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(TaskUnreadable, match="not valid Python") as caught:
        find(tmp_path, "a = 1\ndef run(:\n")
    assert caught.value.problem.place.line == 2
    assert caught.value.problem.place.column == 9


def test_syntax_unknown_here_is_left_to_another_interpreter(
    tmp_path: Path,
) -> None:
    assert find(tmp_path, "def run(:\n", own=False) == f"{tmp_path}/task.py:run"


@pytest.mark.parametrize("source", ["a\0b", "-" * 100_000 + "1"])
def test_a_file_that_python_cannot_parse_is_refused(
    tmp_path: Path, source: str
) -> None:
    with pytest.raises(TaskUnreadable, match=r"task\.py"):
        find(tmp_path, source)


def test_a_file_that_cannot_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(TaskUnreadable, match=r"cannot be read: .*Permission denied"):
        find(tmp_path, "def run(): pass")


@pytest.mark.parametrize(
    ("task", "why"),
    [
        ("task.py", "does not name a function; write path/file.py:function"),
        (":run", "does not name a function"),
        ("task.py:", "does not name a function"),
        ("task.py:1run", '"1run" is not a valid function name'),
        ("task.py:a..b", '"a..b" is not a valid function name'),
        ("my-package:run", '"my-package" is not a valid module name'),
        ("./task.txt:run", "task.txt is not a Python file"),
        ("none/task.py:run", "there is no folder .*none"),
        ("tasks.py:run", 'there is no file .*tasks.py; did you mean "task.py"'),
    ],
)
def test_a_malformed_task_name_is_refused_with_the_correct_form(
    tmp_path: Path, task: str, why: str
) -> None:
    (tmp_path / "task.py").write_text("def run(): pass")
    (tmp_path / "task.txt").write_text("def run(): pass")
    with pytest.raises(TaskNotFound, match=why):
        find_task(task, tmp_path, own_python=True)


@pytest.mark.parametrize("task", ["package.module:run", "package.module", "module"])
def test_a_module_name_is_accepted_without_a_check(tmp_path: Path, task: str) -> None:
    assert find_task(task, tmp_path, own_python=True) == task
