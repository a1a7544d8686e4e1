"""Find the tasks of a package, in a worker: importing it here would mix two worlds."""

import os
import sys
from pathlib import Path

from limerun.engine.launch import Launch
from limerun.engine.local import LocalWorker
from limerun.progress import Progress
from limerun.records import FoundTask


def discover(place: str, *, python: str | None = None) -> tuple[FoundTask, ...]:
    """Return the tasks that a package, module or file holds.

    Args:
        place: `package`, `package.module` or `/path/file.py`.
        python: The interpreter that has it; None: limerun's own.

    Raises:
        TaskError: It is not there, or cannot be imported.
    """
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
    with LocalWorker(launch, Progress()) as worker:
        return worker.list_tasks(place)
