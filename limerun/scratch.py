"""Temporary files and folders that are removed even if their process is killed.

A process locks its files and folders; the next start removes those that nobody locks.
Where the system has no `flock`, nothing is removed later.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

from limerun.file_locks import is_still, try_lock

COUNTERS = "limerun-counters-"
"""Prefix of the files in which the worker's counters are shared with the watcher."""


@contextmanager
def scratch_folder(parent: Path, prefix: str = "tmp") -> Iterator[Path]:
    """Yield a temporary folder, then remove it; first remove leftovers of others."""
    parent.mkdir(parents=True, exist_ok=True)
    sweep(parent, prefix, Path.is_dir)
    folder, lock = _locked(lambda: tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def scratch_file(content: bytes) -> tuple[Path, int]:
    """Create a temporary file; return its path and a descriptor that locks it."""
    sweep(Path(tempfile.gettempdir()), COUNTERS, Path.is_file)

    def make() -> str:
        descriptor, name = tempfile.mkstemp(prefix=COUNTERS)
        os.close(descriptor)
        return name

    path, lock = _locked(make)
    file = os.open(path, os.O_RDWR) if lock is None else lock
    os.write(file, content)
    return path, file


def sweep(parent: Path, prefix: str, is_kind: Callable[[Path], bool]) -> None:
    """Remove leftovers of this user's ended processes.

    Args:
        parent: The folder to search.
        prefix: The prefix of their names.
        is_kind: `Path.is_file` or `Path.is_dir`: whether to remove files or folders.
    """
    for path in parent.glob(f"{escape(prefix)}*"):
        lock = _lock(path, wait=False) if is_kind(path) else None
        if lock is None:
            continue
        if os.fstat(lock).st_uid == os.getuid() and is_still(lock, path):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        os.close(lock)


def _locked(make: Callable[[], str]) -> tuple[Path, int | None]:
    """Create a file or folder and lock it; repeat if another process removed it."""
    while True:
        path = Path(make())
        lock = _lock(path, wait=True)
        # Another process may have removed it before it was opened or locked.
        if path.exists() if lock is None else is_still(lock, path):
            return path, lock
        if lock is not None:
            os.close(lock)


def _lock(path: Path, *, wait: bool) -> int | None:
    """Return a locked descriptor; None if another process holds it, or on Windows."""
    if sys.platform == "win32":
        return None
    with suppress(OSError):
        access = os.O_RDWR if path.is_file() else os.O_RDONLY
        file = os.open(path, access | os.O_NOFOLLOW | os.O_NONBLOCK)
        if try_lock(file, wait=wait):
            return file
        os.close(file)
    return None
