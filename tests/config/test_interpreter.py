"""The version of an interpreter is checked before a run."""

import os
import sys
from pathlib import Path

import pytest

from limerun.config import interpreter
from limerun.config.interpreter import InterpreterNotFound, find_interpreter

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="the programs are shell scripts"
)


def program(folder: Path, text: str) -> str:
    path = folder / "python"
    path.write_text(text)
    path.chmod(0o755)
    return f"./{path.name}"


def test_limeruns_own_interpreter_is_the_default(tmp_path: Path) -> None:
    assert find_interpreter(None, tmp_path, {}) == sys.executable


def test_a_command_is_searched_for_on_the_given_path(tmp_path: Path) -> None:
    (tmp_path / "python-of-mine").symlink_to(sys.executable)
    found = find_interpreter("python-of-mine", Path(), {"PATH": str(tmp_path)})
    assert found == f"{tmp_path}/python-of-mine"
    with pytest.raises(InterpreterNotFound, match="no such command on PATH"):
        find_interpreter("python-of-mine", tmp_path, {"PATH": "/"})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#!/bin/sh\necho hello\n", "is not a Python interpreter"),
        ("#!/bin/sh\nexit 1\n", "is not a Python interpreter"),
        ("#!/no/such/program\n", "cannot be executed: No such file"),
        ("", "cannot be executed: Exec format error"),
    ],
)
def test_a_program_that_is_not_python_is_refused(
    tmp_path: Path, text: str, why: str
) -> None:
    with pytest.raises(InterpreterNotFound, match=why):
        find_interpreter(program(tmp_path, text), tmp_path, {})


def test_a_python_version_that_is_too_old_is_refused(tmp_path: Path) -> None:
    asked = program(tmp_path, "#!/bin/sh\necho limerun 3 9 limerun\n")
    with pytest.raises(InterpreterNotFound, match=r"is Python 3\.9; limerun needs"):
        find_interpreter(asked, tmp_path, {})


def test_a_program_that_does_not_answer_is_left_to_the_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreter, "_SECONDS", 0.0)
    asked = program(tmp_path, "#!/bin/sh\nexec sleep 600\n")
    assert find_interpreter(asked, tmp_path, {}) == f"{tmp_path}/python"
