"""Find the interpreter that the worker runs under."""

import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

_ASK = "import sys; sys.stdout.write('limerun %d %d limerun' % sys.version_info[:2])"
_ANSWER = re.compile(rb"limerun (\d+) (\d+) limerun")
_LONGEST_ANSWER = 4096
_SECONDS = 5.0
_IN_ENVIRONMENT = ("bin/python", "python", "Scripts/python.exe")
_OLDEST = (3, 10)


class InterpreterNotFound(Exception):
    """The interpreter cannot be used; the text says why."""


def find_interpreter(
    python: str | None, folder: Path, environ: Mapping[str, str]
) -> str:
    """Return the interpreter's path.

    Args:
        python: A path relative to the config's folder, a bare name to look up on PATH,
            or None for limerun's own interpreter.
        folder: The config's folder.
        environ: The environment, for PATH.

    Raises:
        InterpreterNotFound: It does not exist, or cannot be executed.
    """
    if python is None:
        return sys.executable
    if "/" not in python and os.sep not in python:
        found = shutil.which(python, path=environ.get("PATH", os.defpath))
        if found is None:
            _refuse_folder(python, absolute(python, folder))
            raise InterpreterNotFound(
                "no such command on PATH; write a path like .venv/bin/python"
            )
        return _checked(found)
    # Never resolve the link: Python finds a virtual environment by the link's path.
    path = absolute(python, folder)
    _refuse_folder(python, path)
    if not os.path.isfile(path):  # noqa: PTH113 - False for a name too long, too
        raise InterpreterNotFound(f"there is no file {path}; check the path")
    if not os.access(path, os.X_OK):
        raise InterpreterNotFound(f"{path} is not executable; name an interpreter")
    return _checked(str(path))


def _refuse_folder(python: str, path: Path) -> None:
    if os.path.isdir(path):  # noqa: PTH112 - False for a name too long, too
        there = [each for each in _IN_ENVIRONMENT if (path / each).exists()]
        name = f"{python.rstrip('/')}/{(there or _IN_ENVIRONMENT)[0]}"
        raise InterpreterNotFound(
            f"{path} is a folder; write the interpreter's path, such as {name}"
        )


def _checked(path: str) -> str:
    """Return the path if it is a Python interpreter that limerun can use.

    One that does not answer is accepted: the start of a worker has its own time limit.
    """
    answer = _ask(path)
    if answer is None:
        return path
    version = _ANSWER.search(answer)
    if version is None:
        raise InterpreterNotFound(f"{path} is not a Python interpreter")
    if tuple(map(int, version.groups())) < _OLDEST:
        found = b".".join(version.groups()).decode()
        raise InterpreterNotFound(
            f"{path} is Python {found}; limerun needs Python 3.10 or later"
        )
    return path


def _ask(path: str) -> bytes | None:
    """Return a program's first output, or None if none arrives in time."""
    try:
        process = subprocess.Popen(
            [path, "-I", "-S", "-c", _ASK],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise InterpreterNotFound(
            f"{path} cannot be executed: {error.strerror}"
        ) from error
    assert process.stdout is not None
    answer = b""
    deadline = time.monotonic() + _SECONDS
    try:
        while len(answer) < _LONGEST_ANSWER and not _ANSWER.search(answer):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
                return answer or None
            chunk = os.read(process.stdout.fileno(), _LONGEST_ANSWER)
            if not chunk:
                return answer
            answer += chunk
        return answer
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def absolute(name: str, folder: Path) -> Path:
    """Return a path relative to a folder as an absolute one, without resolving links."""
    # Path.expanduser raises an error if the user does not exist.
    expanded = os.path.expanduser(name)  # noqa: PTH111
    return Path(os.path.abspath(folder / expanded))  # noqa: PTH100
