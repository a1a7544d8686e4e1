"""Find the tasks of a package, by importing it in a worker."""

import os
import re
import sys
from pathlib import Path

from limerun.engine.launch import Launch
from limerun.engine.local import LocalWorker
from limerun.errors import TaskError
from limerun.progress import Progress
from limerun.records import FoundTask
from limerun.scaffold.code import python_files
from limerun.worker.protocol import MENTIONS_TASKS

Notes = tuple[str, ...]


def discover(
    place: str, *, python: str | None = None
) -> tuple[tuple[FoundTask, ...], Notes]:
    """Return the tasks in a folder, file, package or module, and failed imports.

    Args:
        place: A folder, a file, `package` or `package.module`.
        python: The interpreter in which it is installed; None: limerun's own.

    Raises:
        TaskError: It does not exist, or cannot be imported.
    """
    notes: list[str] = []
    launch = Launch(
        task=place,
        paths=(str(Path.cwd()),),
        python=python or sys.executable,
        environment=dict(os.environ),
        cwd=str(Path.cwd()),
        sampling_seconds=0.1,
        timeout_seconds=None,
        kill_task_bytes=None,
        reserve_bytes=0,
    )
    places = _places(place, notes)
    if not places:
        return (), tuple(notes)
    with LocalWorker(launch, Progress()) as worker:
        found, failed = worker.list_tasks(places)
    return found, (*notes, *failed)


def _places(place: str, notes: list[str]) -> list[str]:
    """Return the files or the module to import.

    The files of a folder are those that `limerun init` reads. A folder without Python
    files may have the same name as a module elsewhere.
    """
    path = Path(place)
    is_dotted = all(part.isidentifier() for part in place.split("."))
    if path.is_dir():
        files = list(python_files(path.absolute(), notes))
        if files or not is_dotted:
            return [str(file.resolve()) for file in files if _may_hold_tasks(file)]
    if path.is_file() and path.suffix == ".py":
        return [str(path.absolute())]
    if not is_dotted or path.suffix == ".py":
        raise TaskError(f"{place}: this is not a folder, a Python file or a module")
    return [place]


def _may_hold_tasks(file: Path) -> bool:
    try:
        return re.search(MENTIONS_TASKS, file.read_bytes()) is not None
    except OSError:
        return False
