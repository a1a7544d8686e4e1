"""Find the tasks of a package, in a worker: importing it here would mix two worlds."""

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
    """Return the tasks that a folder, file, package or module holds, and what failed.

    Args:
        place: A folder, a file, `package` or `package.module`.
        python: The interpreter that has it; None: limerun's own.

    Raises:
        TaskError: It is not there, or cannot be imported.
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

    A folder is read as `limerun init` reads it. One without Python files may bear the
    name of a module that lies elsewhere.
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
        raise TaskError(f"{place}: there is no such folder, file or module")
    return [place]


def _may_hold_tasks(file: Path) -> bool:
    try:
        return re.search(MENTIONS_TASKS, file.read_bytes()) is not None
    except OSError:
        return False
