"""Locks on files, that go when their process goes, however it ends.

Where the system has no `flock`, `locked` lets everyone in: then two runs may make
the same dataset at once, and the first to finish wins.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def try_lock(file: int, *, shared: bool = False, wait: bool = True) -> bool | None:
    """Lock an open file; return False if another holds it, None if there are no locks."""
    if sys.platform == "win32":
        return None
    import fcntl

    how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(file, how if wait else how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return None
    return True


def is_still(file: int, path: Path) -> bool:
    """Return whether an open file is still the one at this path."""
    try:
        return os.path.samestat(os.fstat(file), path.lstat())
    except OSError:
        return False


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold a lock file of this name, and remove it afterwards.

    Yields:
        Whether it is held; without waiting it may not be.
    """
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        held = try_lock(file, wait=wait) is not False
        # Whoever held it before may have removed it in the meantime.
        if not held or is_still(file, path):
            break
        os.close(file)
    try:
        yield held
    finally:
        if held and sys.platform != "win32":
            path.unlink(missing_ok=True)
        os.close(file)
