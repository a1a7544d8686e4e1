"""Find the interpreter that the worker runs under."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path


class InterpreterNotFound(Exception):
    """There is no such interpreter; the text says why."""


def find_interpreter(
    python: str | None, folder: Path, environ: Mapping[str, str]
) -> str:
    """Return the interpreter's path; limerun's own where none is asked for.

    Args:
        python: A path from the config's folder, or a bare name to look up on PATH.
        folder: The config's.
        environ: Where PATH is read from.

    Raises:
        InterpreterNotFound: It is not there, or cannot be executed.
    """
    if python is None:
        return sys.executable
    if "/" not in python and os.sep not in python:
        found = shutil.which(python, path=environ.get("PATH", os.defpath))
        if found is None:
            raise InterpreterNotFound(
                "there is no such command on PATH; write a path like .venv/bin/python"
            )
        return found
    # A virtual environment is known by the path of its link: never resolve it.
    path = Path(os.path.abspath(folder / Path(python).expanduser()))  # noqa: PTH100
    if not path.is_file():
        raise InterpreterNotFound(f"there is no file {path}")
    if not os.access(path, os.X_OK):
        raise InterpreterNotFound(f"{path} cannot be executed")
    return str(path)
