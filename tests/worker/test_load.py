"""The location of a task is its `def`."""

from pathlib import Path

import pytest

from limerun.worker.load import defining_line


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def sync():\n    pass\n", 1),
        ("\n@task\ndef sync():\n    pass\n", 3),
        ("@task(\n    qos='x',\n)\n@other\nasync def sync():\n    pass\n", 5),
        ("sync = lambda: 1\ndef other():\n    pass\n", 1),
    ],
)
def test_the_line_of_a_task_is_its_def_below_the_decorators(
    tmp_path: Path, source: str, line: int
) -> None:
    file = tmp_path / "tasks.py"
    file.write_text(source)
    names = {"task": _decorates, "other": _decorates}
    exec(compile(source, file, "exec"), names)
    code = names["sync"].__code__
    assert defining_line(code) == line


def test_a_task_without_source_is_located_at_the_start_of_its_code(
    tmp_path: Path,
) -> None:
    names = {"task": _decorates}
    source = "@task\ndef sync():\n    pass\n"
    exec(compile(source, tmp_path / "gone.py", "exec"), names)
    assert defining_line(names["sync"].__code__) == 1


def _decorates(found: object = None, **_: object) -> object:
    return found if found is not None else _decorates
